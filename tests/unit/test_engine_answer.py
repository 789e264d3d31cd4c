from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engine.answer import Answer
from models.engine.params import BranchRequest, FinishReason
from notes.errors import EngineError


def answer_of(max_tokens: int = 1000, stop: tuple[str, ...] = ()) -> Answer:
    return Answer(BranchRequest("risk", "", max_tokens=max_tokens, stop=stop))


@st.composite
def pieces(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> list[bytes]:
    """A text's bytes, divided anywhere."""
    raw = draw(texts).encode("utf-8", errors="ignore")
    cuts = sorted(draw(st.sets(st.integers(0, len(raw)))) | {0, len(raw)})
    return [raw[begin:end] for begin, end in pairwise(cuts)]


@given(pieces(st.text()))
def test_text_survives_any_division_into_tokens(tokens: list[bytes]) -> None:
    answer = answer_of()
    for token in tokens:
        answer.add(token, -1.0)
    answer.add_end(-1.0)
    assert answer.result().text == b"".join(tokens).decode()


@given(pieces(st.text("ab€\n")), st.lists(st.text("ab€\n", min_size=1, max_size=3), max_size=2))
def test_what_is_told_piece_by_piece_is_the_result(tokens: list[bytes], stop: list[str]) -> None:
    """Deltas of whole characters, and never one that a stop string takes back."""
    answer = answer_of(stop=tuple(stop))
    told = ""
    for token in tokens:
        if answer.is_finished:
            break
        answer.add(token, -1.0)
        told += answer.take_delta()
    if not answer.is_finished:
        answer.add_end(-1.0)
    told += answer.take_delta()
    assert told == answer.result().text
    assert not any(each in told for each in stop)
    assert b"".join(tokens).decode().startswith(told)
    assert answer.take_delta() == ""


def test_half_a_character_at_the_end_is_left_out() -> None:
    answer = answer_of(max_tokens=1)
    answer.add("a€".encode()[:-1], -1.0)
    assert answer.take_delta() == "a"
    assert answer.result().text == "a"
    assert answer.result().finish_reason is FinishReason.LENGTH


def test_a_stop_string_across_tokens_ends_the_text_before_it() -> None:
    answer = answer_of(stop=("\n\n", "END"))
    for piece in (b"calm.", b"\n", b"\nEND more"):
        assert not answer.is_finished
        answer.add(piece, -1.0)
    assert answer.result().text == "calm."
    assert answer.result().finish_reason is FinishReason.STOP


def test_tokens_and_logprobs_are_summed_with_the_end_token() -> None:
    answer = answer_of()
    answer.add(b"calm", -0.25)
    answer.add_end(-0.5)
    result = answer.result()
    assert (result.text, result.num_tokens, result.logprob) == ("calm", 2, -0.75)


def test_forced_tokens_count_against_the_budget_and_not_as_choices() -> None:
    answer = answer_of(max_tokens=4)
    answer.add_forced(b"Plan:", 2)
    assert (answer.is_begun, answer.num_left) == (False, 2)
    answer.add(b" calm", -0.5)
    assert (answer.is_begun, answer.num_left) == (True, 1)
    answer.add_forced(b".", 1)
    result = answer.result()
    assert (result.text, result.num_tokens, result.num_forced) == ("Plan: calm.", 4, 3)
    assert (result.logprob, result.finish_reason) == (-0.5, FinishReason.LENGTH)


def test_a_stop_string_may_be_forced() -> None:
    answer = answer_of(stop=("END",))
    answer.add_forced(b"calm EN", 1)
    answer.add_forced(b"D of it", 1)
    assert answer.result().text == "calm "


def test_nothing_may_follow() -> None:
    answer = answer_of()
    answer.add_forced(b"None.", 1)
    answer.end()
    assert (answer.result().finish_reason, answer.num_left) == (FinishReason.STOP, 999)
    assert answer.take_delta() == "None."


def test_an_unfinished_answer_has_no_result() -> None:
    with pytest.raises(EngineError):
        answer_of().result()
