"""Where the time goes: batches by kind, and what that comes down to."""

import argparse
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench import measures as m
from bench import profile as p
from bench.results import Ledger
from bench.workload import Workload, read_turns
from bench.writing import Written
from notes.prompt import ChatFormat


def batch(num_tokens: int, num_written: int) -> Any:
    return SimpleNamespace(num_tokens=num_tokens, num_decode_tokens=num_written)


@pytest.mark.parametrize(
    ("num_tokens", "num_written", "kind"),
    [(512, 0, p.Kind.READING), (40, 40, p.Kind.WRITING), (512, 5, p.Kind.MIXED)],
)
def test_a_batch_is_put_down_under_what_it_is_made_of(
    num_tokens: int, num_written: int, kind: p.Kind
) -> None:
    clock = p.DecodeClock()
    clock.record(batch(num_tokens, num_written), 0.5)
    assert clock.spent[kind] == p.Spent(1, num_tokens, num_written, 0.5)
    assert sum(each.num_batches for each in clock.spent.values()) == 1


class Child:
    """Answers as an engine that reads 1,000 tokens in 1 s and writes 100 in 2 s."""

    def call(self, name: str, requests: list[object], num_in_flight: int) -> p.Profile:
        assert (name, num_in_flight) == ("answer_profiled", 4)
        spent = {kind: p.Spent() for kind in p.Kind}
        spent[p.Kind.READING] = p.Spent(2, 1000, 0, 1.0)
        spent[p.Kind.WRITING] = p.Spent(10, 100, 100, 2.0)
        return p.Profile(Written(4.0, ()), spent)


def test_shares_and_costs() -> None:
    ledger = Ledger()
    workload = Workload(read_turns(), ChatFormat.CHATML, lambda text: len(text.split()))
    plan = p.Plan(rounds=1, notes=2, in_flight=4)
    draw = lambda words, count: workload.sessions(words, range(count))  # noqa: E731
    profiles = p.Profiles(workload, plan, cast(Any, draw), ledger)
    profiles.fill(cast(Any, Child()))
    assert ledger.rows == []
    profiles.measure(p.PRODUCTION, cast(Any, Child()))
    found = p.ratios_of(ledger.rows)
    assert found == {
        "reading_share": 0.25,
        "reading_ms_per_token": 1.0,
        "writing_share": 0.5,
        "writing_ms_per_token": 20.0,
        "outside_share": 0.25,
    }


def test_what_is_kept_idle_is_compared() -> None:
    ledger = Ledger()
    ledger.add(m.RATE, p.PRODUCTION, "per min", 40.0)
    ledger.add(m.RATE, p.WITH_IDLE, "per min", 20.0)
    assert p.ratios_of(ledger.rows) == {"production_vs_idle_cells_kept": 2.0}


def test_a_large_model_writes_fewer_notes() -> None:
    given = argparse.Namespace(quick=True, rounds=None, notes=3, in_flight=None)
    assert p.plan_for(given, is_large=False) == p.Plan(rounds=2, notes=3)
    assert p.plan_for(given, is_large=True).rounds == 1
