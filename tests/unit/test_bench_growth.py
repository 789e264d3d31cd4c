"""How cost grows: what is asked, what is noted, what it comes down to."""

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from bench import growth as g
from bench import measures as m
from bench.asking import reading_only
from bench.ground import Common, Ground, common_parser, positives
from bench.lineup import Target
from bench.measures import Draw
from bench.peers.engine import NAME as ENGINE
from bench.results import Ledger, Row
from bench.watched import Peak, Watched
from bench.workload import Session, Workload, read_turns
from bench.writing import Written, WrittenNote
from models.engine.asking import request_for
from models.engine.params import EngineConfig, GenerationRequest, SamplingParams
from notes.prompt import ChatFormat, format_prompt
from notes.style import SECTIONS5
from train_jobs.evaluation.author import production_settings

ROOT = Path(__file__).parents[2]
CONFIG = EngineConfig(context_tokens=1024, num_threads=2)
TARGET = Target("small", Path("small.gguf"), 1000, kv_values_per_token=64, trained_tokens=4096)


class Counter:
    """Counts as many tokens as a text has words."""

    def count(self, text: str) -> int:
        return len(text.split())


WORKLOAD = Workload(read_turns(), ChatFormat.CHATML, Counter().count)
GROUND = Ground(TARGET, cast(Any, Counter()), WORKLOAD, 2, CONFIG, SamplingParams(seed=1))


class Pencil:
    """Writes at once; remembers what it was asked, and how many at a time."""

    def __init__(self) -> None:
        self.crowds: list[tuple[int, int]] = []
        self.asked: list[list[GenerationRequest]] = []

    def write_watched(self, sessions: Sequence[Session], num_in_flight: int) -> Watched:
        self.crowds.append((len(sessions), num_in_flight))
        return self._watched(len(sessions), 6.0)

    def answer_watched(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Watched:
        assert num_in_flight == g.PROMPTS_AT_ONCE
        self.asked.append(list(requests))
        seconds = sum(branch.max_tokens for each in requests for branch in each.branches)
        return self._watched(len(requests), float(seconds))

    def _watched(self, count: int, seconds: float) -> Watched:
        notes = tuple(WrittenNote(1.0, 400, 100) for _ in range(count))
        return Watched(Written(seconds, notes), Peak(500, 2_000_000_000, 0), 40)


def measured(plan: g.Plan) -> tuple[Pencil, list[Row], int]:
    pencil, ledger, ticks = Pencil(), Ledger(), itertools.count()
    draw = Draw(WORKLOAD, itertools.count(1000))
    growth = g.Growth(GROUND, CONFIG, plan, cast(Any, pencil), draw, ledger, lambda: next(ticks))
    growth.measure()
    return pencil, ledger.rows, next(ticks)


def row(rows: Sequence[Row], measure: str, *, words: int, in_flight: int = 1) -> Row:
    return next(
        each
        for each in rows
        if (each.measure, each.words, each.in_flight) == (measure, words, in_flight)
    )


def test_a_crowd_has_a_note_for_each_seat() -> None:
    plan = g.Plan(rounds=2, crowds=(1, 4, 32), notes=8, words=(200,), parts=("crowd",))
    pencil, rows, ticks = measured(plan)
    assert pencil.crowds == [(8, 1), (8, 4), (32, 32)] * 2
    assert ticks == plan.num_turns == 6
    rate = row(rows, m.RATE, words=200, in_flight=32)
    assert rate.values == (320.0, 320.0)  # 32 notes in 6 s
    tokens = row(rows, g.TOKENS, words=200, in_flight=4)
    assert tokens.median == pytest.approx(8 * 500 / 6)


def test_a_long_session_is_asked_as_the_product_plans_it() -> None:
    plan = g.Plan(rounds=1, words=(200, 4000), parts=("length",))
    pencil, rows, _ = measured(plan)
    short, _, long, read = pencil.asked
    assert len(short) == 1
    assert len(long) > 3
    assert all(Counter().count(each.prefix) <= CONFIG.context_tokens for each in long)
    assert [each.prefix for each in read] == [each.prefix for each in long]
    assert {branch.max_tokens for each in read for branch in each.branches} == {1}
    assert row(rows, g.NUM_PROMPTS, words=4000).median == len(long)
    assert row(rows, g.FOUND, words=200).median == 0.1
    note, reading = (row(rows, each, words=4000).median for each in (g.NOTE, g.READING))
    assert note > reading == 5 * len(long)


def test_sizes_of_a_note_and_of_a_crowd_are_told_apart() -> None:
    plan = g.Plan(rounds=1, crowds=(1,), notes=1, words=(200,))
    _, rows, _ = measured(plan)
    for measure in (g.CELLS, g.CELL_BYTES, g.RESIDENT, g.PARKED):
        assert len(row(rows, measure, words=200).values) == 1
        assert len(row(rows, g.of_one(measure), words=200).values) == 1
    assert row(rows, g.CELL_BYTES, words=200).median == 500 * 64 * 2 / 1e9


def test_prompts_run_as_many_at_once_as_in_a_replica() -> None:
    source = (ROOT / "deployments" / "phi3.py").read_text()
    assert f"\nPROMPTS_AT_ONCE = {g.PROMPTS_AT_ONCE} " in source


def test_a_prompt_is_asked_whole_or_only_read() -> None:
    (session,) = WORKLOAD.sessions(200, [1])
    prompt = format_prompt(session.turns, SECTIONS5, ChatFormat.CHATML)
    request = request_for(prompt, "a", SamplingParams(), timeout_s=1.0, adapter="style")
    assert [each.grammar for each in request.branches] == [each.grammar for each in prompt.branches]
    assert [each.text for each in request.branches] == [each.text for each in prompt.branches]
    assert (request.prefix, request.adapter) == (prompt.prefix, "style")
    read = reading_only(request)
    assert [each.text for each in read.branches] == [each.text for each in request.branches]
    assert all((each.max_tokens, each.grammar) == (1, None) for each in read.branches)


def test_ratios_say_how_it_grows() -> None:
    rows = [
        Row(m.RATE, ENGINE, "per min", (20.0,), words=200),
        Row(m.RATE, ENGINE, "per min", (50.0, 40.0, 60.0), words=200, in_flight=8),
        Row(g.NOTE, ENGINE, "s", (40.0,), words=8000),
        Row(g.READING, ENGINE, "s", (32.0,), words=8000),
        Row(g.CELLS, ENGINE, "cells", (700.0,), words=200),
        Row(g.of_one(g.CELLS), ENGINE, "cells", (3000.0,), words=8000),
    ]
    assert g.ratios_of(rows) == {
        "notes_per_minute_8_in_flight_vs_1": 2.5,
        "note_time_vs_reading_alone_8000": 1.25,
        "note_s_per_1000_words_8000": 5.0,
        "most_kv_cells": 3000.0,
    }


def parsed(*arguments: str) -> argparse.Namespace:
    return g._parser().parse_args(arguments)


def test_the_plan_has_the_issues_range_unless_less_is_asked_for() -> None:
    full = g.plan_for(parsed(), is_large=False)
    assert full.crowds == (1, 2, 4, 8, 16, 32)
    assert (min(full.words), max(full.words), full.rounds) == (200, 8000, 3)
    quick = g.plan_for(parsed("--quick"), is_large=True)
    assert quick.num_turns < full.num_turns
    asked = g.plan_for(parsed("--quick", "--crowds", "3", "--parts", "crowd"), is_large=False)
    assert (asked.crowds, asked.parts, asked.num_turns) == ((3,), ("crowd",), 1)


@pytest.mark.parametrize("arguments", [("--parts", "speed"), ("--words", "many"), ("--notes", "0")])
def test_a_wrong_argument_is_refused(arguments: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        parsed(*arguments)


def test_the_engine_is_production_s_unless_told_otherwise() -> None:
    base, sampling = production_settings()
    ground = Ground(TARGET, cast(Any, Counter()), WORKLOAD, 2, base, sampling)
    assert ground.config(200).max_running == base.max_running
    assert ground.config(200).num_threads == 2
    changed = Ground(TARGET, cast(Any, Counter()), WORKLOAD, 2, base, sampling, ("max_running=1",))
    assert changed.config(200).max_running == 1


def test_common_options_are_read() -> None:
    parser = common_parser("soak", "Description.", "quick")
    options = Common.of(parser.parse_args(["--quick", "--threads", "3", "--engine", "a=b"]))
    assert (options.is_quick, options.num_threads, options.engine) == (True, 3, ("a=b",))
    assert options.model == "default"
    assert positives("1,2") == (1, 2)
