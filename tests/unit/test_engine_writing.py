"""What a grammar forces is read and not decoded, and how sure the model was of the rest."""

import math

import pytest

from models.engine.params import BranchResult, FinishReason, GenerationRequest
from tests.unit.stage import Stage, ask, branch


def stage_of(answer: str, longer_pieces: tuple[str, ...] = ()) -> Stage:
    return Stage(answer=lambda prompt: answer, longer_pieces=longer_pieces)


def forced(grammar: str, max_tokens: int = 100) -> GenerationRequest:
    return ask("a transcript", branch("plan", max_tokens, grammar=grammar))


def num_steps(stage: Stage) -> int:
    """The batches in which the branch wrote; what it has read, it has read before."""
    return sum(part.is_writing for parts in stage.backend.parts for part in parts)


def test_a_forced_opening_is_read_with_the_prompt() -> None:
    stage = stage_of("calm.")
    result = stage.result(forced("Plan: "))
    assert (result.text, result.finish_reason) == ("Plan: calm.", FinishReason.STOP)
    assert stage.num_read("r1", "plan") == len("plan") + len("Plan: ")
    assert num_steps(stage) == len("calm.")  # the last yields the end
    assert (result.num_tokens, result.num_chosen) == (len("Plan: calm.") + 1, len("calm.") + 1)


def test_what_is_forced_in_between_is_read_in_one_step() -> None:
    stage = stage_of("ab")
    result = stage.result(forced("?, and then ?.$"))
    assert (result.text, result.num_chosen) == ("a, and then b.", len("ab"))
    assert num_steps(stage) == 1


def test_what_is_forced_to_its_end_takes_no_step_at_all() -> None:
    stage = stage_of("")
    result = stage.result(forced("None.$"))
    assert result == BranchResult("plan", "None.", 5, FinishReason.STOP, 0.0, num_chosen=0)
    assert stage.backend.batches == [len("a transcript")]
    assert stage.num_read("r1", "plan") == 0


def test_what_follows_a_branch_that_took_no_step_begins_at_once() -> None:
    stage = stage_of("calm.")
    request = ask("a transcript", branch("risk", grammar="None.$"), branch("plan", after="risk"))
    assert stage.texts(request) == ["None.", "calm."]
    assert stage.num_read("r1", "plan") == len("riskNone.plan")


def test_a_forced_end_saves_the_step_of_the_end_token() -> None:
    stage = stage_of("ab")
    result = stage.result(forced("??.$"))
    assert (result.text, result.num_tokens, result.num_chosen) == ("ab.", 3, 2)
    assert num_steps(stage) == 1


@pytest.mark.parametrize(
    ("max_tokens", "text", "num_forced"),
    [(3, "Pla", 3), (5, "Plan:", 5), (6, "Plan:a", 5), (8, "Plan:a, ", 7), (9, "Plan:a, b", 7)],
)
def test_the_budget_cuts_what_is_forced(max_tokens: int, text: str, num_forced: int) -> None:
    stage = stage_of("abc")
    result = stage.result(forced("Plan:?, ", max_tokens))
    assert (result.text, result.finish_reason) == (text, FinishReason.LENGTH)
    assert (result.num_tokens, result.num_forced) == (max_tokens, num_forced)
    assert stage.backend.num_open_grammars == 0


def test_a_stop_string_that_is_forced_ends_the_branch() -> None:
    stage = stage_of("calm")
    result = stage.result(ask("p", branch("plan", grammar="Plan: END.", stop=("END",))))
    assert (result.text, result.finish_reason) == ("Plan: ", FinishReason.STOP)
    assert num_steps(stage) == 0


def test_what_is_forced_is_spelled_as_the_vocabulary_would() -> None:
    """The piece over the seam replaces the token that the model chose."""
    stage = stage_of("a b", longer_pieces=("a, an", "d "))
    result = stage.result(forced("?, and ??"))
    assert result.text == "a, and  b"
    # "a, an", "d ", " ", "b" and the end, of which the model chose "a", " ", "b" and the end.
    assert (result.num_tokens, result.num_forced) == (5, 1)


def test_tokens_that_are_spelled_anew_leave_the_cache() -> None:
    stage = stage_of("a bc", longer_pieces=("bcdef", "f g"))
    result = stage.result(forced("?bcdef?g.??$"))
    assert result.text == "abcdef g.bc"
    # "b", "c", "d", "e", "f g", "." took the place of "bcdef" and of " ", which was chosen.
    assert (result.num_tokens, result.num_forced) == (9, 9 - 4)


def test_a_forced_end_that_the_budget_cuts_off_is_no_end() -> None:
    """Spelled anew, the last piece takes more tokens than are left."""
    stage = stage_of("a b", longer_pieces=("bcdef", "f g"))
    result = stage.result(forced("?bcdef?g.$", max_tokens=4))
    assert (result.text, result.finish_reason) == ("abcdef g", FinishReason.LENGTH)


def test_without_a_grammar_nothing_is_forced() -> None:
    result = stage_of("calm.").result(ask("p"))
    assert (result.num_forced, result.num_tokens) == (0, len("calm.") + 1)


def test_confidence_is_the_mean_probability_of_what_was_chosen() -> None:
    stage = stage_of("ab")
    stage.backend.sureness = math.log(stage.backend.vocabulary.num_tokens - 1)  # 1 to 1
    result = stage.result(forced("?, ?; "))
    assert (result.num_tokens, result.num_forced) == (7, 4)  # "a", "b" and the end are chosen
    assert result.logprob == pytest.approx(3 * math.log(0.5))
    assert result.confidence == pytest.approx(0.5)


def test_what_was_not_chosen_is_certain() -> None:
    assert stage_of("").result(forced("None.$")).confidence == 1.0
