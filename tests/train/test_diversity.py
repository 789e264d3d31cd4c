"""How varied texts are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train_jobs.diversity import distinct_share, diversity

EXAMPLES = settings(max_examples=100, deadline=None)
KNOWN = ("sleep", "work", "fear", "train", "mother", "rain", "dog", "night")
words = st.lists(st.sampled_from(KNOWN), min_size=1)
texts = st.lists(words.map(" ".join), min_size=2, max_size=12)


@EXAMPLES
@given(texts)
def test_measures_are_shares(some: list[str]) -> None:
    each = diversity(some)
    shares = (*each.distinct, each.tfidf.mean, each.tfidf.max, each.trigrams.mean)
    assert all(0 <= share <= 1 + 1e-9 for share in shares)
    assert each.tfidf.mean <= each.tfidf.max + 1e-9
    assert list(each.words) == sorted(each.words)
    assert each.num_words == sum(len(text.split()) for text in some)


def test_a_copy_is_found_and_strangers_are_not() -> None:
    one, other = "the rain fell on the dark fields", "her mother sold bread at noon"
    assert diversity([one, other]).trigrams.max == 0
    copied = diversity([one, other, one])
    assert copied.trigrams.max == 1
    assert copied.tfidf.max == pytest.approx(1)


def test_repetition_lowers_the_share_of_distinct_sequences() -> None:
    assert distinct_share([["a", "b", "c", "d"]], 2, 10) == 1
    assert distinct_share([["a", "b", "a", "b"]], 2, 10) == pytest.approx(2 / 3)


def test_sets_are_compared_on_equally_many_words() -> None:
    long = [f"word{n} next{n} last{n}" for n in range(50)]
    assert diversity(long, 30).num_compared_words == 30
    assert diversity(long, 10_000).num_compared_words == 150
