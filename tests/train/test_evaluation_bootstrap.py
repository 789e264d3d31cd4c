"""Intervals: they hold the figure, they are the same every time, and they are about as wide."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train_jobs.evaluation.bootstrap import Ratio, difference, estimate, share

QUICK = settings(max_examples=50, deadline=None)
ratios = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda p: Ratio(min(p), max(p))),
    min_size=1,
    max_size=30,
)


@QUICK
@given(ratios)
def test_a_figure_lies_in_its_interval_and_is_the_same_again(sessions: list[Ratio]) -> None:
    found = estimate(sessions, 200)
    assert found == estimate(sessions, 200)
    if found is None:
        assert not any(each.whole for each in sessions)
        return
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    total = sum(each.whole for each in sessions)
    assert found.value == pytest.approx(sum(each.part for each in sessions) / total)


@QUICK
@given(st.integers(0, 50), st.integers(1, 50))
def test_a_share_lies_in_its_interval_which_is_never_a_point(part: int, whole: int) -> None:
    found = share(min(part, whole), whole)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


def test_wilsons_interval_is_the_published_one() -> None:
    """4 of 43, as in the risk suite's README: 9 %, 4 to 22 %."""
    found = share(4, 43)
    assert (round(found.low, 3), round(found.high, 3)) == (0.037, 0.216)


def test_sessions_are_drawn_whole() -> None:
    """Ten sentences of one session say less than ten sessions of one sentence."""
    together = estimate([Ratio(10, 10), Ratio(0, 10)])
    apart = estimate([Ratio(1, 1)] * 10 + [Ratio(0, 1)] * 10)
    assert together is not None
    assert apart is not None
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_a_paired_difference_sees_what_two_intervals_do_not() -> None:
    ours = [Ratio(0.1 * step + 0.05) for step in range(9)]
    theirs = [Ratio(0.1 * step) for step in range(9)]
    found = difference(ours, theirs)
    assert found is not None
    assert found.low == pytest.approx(found.high) == pytest.approx(0.05)


def test_there_is_no_difference_to_what_was_not_measured() -> None:
    assert difference([Ratio(1, 2)], [Ratio(0, 0)]) is None
