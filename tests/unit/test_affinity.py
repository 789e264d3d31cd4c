"""Digests of prompts' beginnings: alike for as long as the texts are, and nothing to read back."""

from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engine.affinity import BLOCK_CHARS, block_digests, sealed

blocks = st.lists(st.sampled_from("abc").map(lambda char: char * BLOCK_CHARS), max_size=6)


def num_alike(one: tuple[object, ...], other: tuple[object, ...]) -> int:
    """Return how many leading elements are the same."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@given(blocks, blocks, st.text(max_size=BLOCK_CHARS - 1))
def test_texts_share_as_many_digests_as_blocks(one: list[str], other: list[str], end: str) -> None:
    digests = block_digests("".join(one) + end), block_digests("".join(other))
    assert [len(each) for each in digests] == [len(one), len(other)]
    assert num_alike(*digests) == num_alike(tuple(one), tuple(other))


def test_a_block_after_another_beginning_is_another_block() -> None:
    block = "a" * BLOCK_CHARS
    assert block_digests("b" * BLOCK_CHARS + block)[1] != block_digests(block + block)[1]
    assert len(set(block_digests(block * 3))) == 3


def test_a_text_under_another_adapter_is_another_text() -> None:
    text = "a" * 2 * BLOCK_CHARS
    names = (None, "", "tone:1", "tone:2")
    digests = [digest for name in names for digest in block_digests(text, name)]
    assert len(set(digests)) == len(digests) == 8
    assert block_digests(text, "tone:1") == block_digests(text, "tone:1")


@given(st.text(min_size=1, alphabet=st.characters()))
def test_any_text_has_digests(text: str) -> None:
    assert len(block_digests(text * BLOCK_CHARS)) == len(text)


def test_half_a_surrogate_pair_is_a_text_too() -> None:
    assert len(block_digests("\ud83d" * BLOCK_CHARS)) == 1


def test_sealed_digests_need_the_key() -> None:
    digests = block_digests("a" * 2 * BLOCK_CHARS)
    assert sealed(digests, b"one") == sealed(digests, b"one")
    everything = {*digests, *sealed(digests, b"one"), *sealed(digests, b"two")}
    assert len(everything) == 6
    assert {len(each) for each in everything} == {16}


@pytest.mark.parametrize("text", ["", "a" * (BLOCK_CHARS - 1)])
def test_less_than_a_block_has_none(text: str) -> None:
    assert block_digests(text) == ()
