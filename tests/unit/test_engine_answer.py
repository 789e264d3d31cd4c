from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engine.answer import Answer
from models.engine.params import BranchRequest, FinishReason
from notes.errors import EngineError


def answer_of(max_tokens: int = 1000, stop: tuple[str, ...] = ()) -> Answer:
    return Answer(BranchRequest("risk", "", max_tokens=max_tokens, stop=stop))


@given(st.text(), st.data())
def test_text_survives_any_division_into_tokens(text: str, data: st.DataObject) -> None:
    raw = text.encode("utf-8", errors="ignore")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)))) | {0, len(raw)})
    answer = answer_of(max_tokens=len(raw) + 2)
    for begin, end in pairwise(cuts):
        answer.add(raw[begin:end], -1.0)
    answer.add_end(-1.0)
    assert answer.result().text == raw.decode()


def test_half_a_character_at_the_end_is_left_out() -> None:
    answer = answer_of(max_tokens=1)
    answer.add("a€".encode()[:-1], -1.0)
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


def test_an_unfinished_answer_has_no_result() -> None:
    with pytest.raises(EngineError):
        answer_of().result()
