"""How cost grows: `python -m bench.growth [--quick] [--model default|phi3|FILE]`.

With the number of sessions of 200 words that are in flight, each written as bench/workload.py
says: notes per minute, tokens per second (read and written). And with the length of one session:
its note as the product writes it, cut into prompts that fit the context, two of them at a time,
beside the time that reading these prompts takes alone. Beside both the most cells of the cache
that were held or reserved, their bytes, and the resident memory of the process. Each begins with
an empty cache.

Ends with one line of JSON; `--out` gets every value, from which `python -m bench.plots` draws.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from tqdm import tqdm

from bench import measures as m
from bench.asking import reading_only
from bench.ground import (
    FIRST_SEED,
    Common,
    Ground,
    asked_for,
    common_parser,
    exit_status,
    positive,
    positives,
    prepared,
    some_of,
)
from bench.measures import Draw
from bench.peers.engine import NAME as ENGINE
from bench.results import Ledger, Report, Row, median_of, ratio
from bench.watched import Watched, WatchedWriter, open_watched_writer
from bench.workload import TIMEOUT_S, Session
from deployments.messages import NoteRequest
from deployments.planner import Planner
from models.engine.asking import request_for
from models.engine.params import EngineConfig, GenerationRequest
from notes.style import SECTIONS5
from notes.transcript import render_turns

WORDS = 200  # of the sessions that are in flight together
PROMPTS_AT_ONCE = 2  # of one note, as in deployments/phi3.py
PARTS = ("crowd", "length")

TOKENS = "tokens per second, read and written"
NOTE = "one note, as the product plans it"
READING = "the prompts of such a note, read alone"
NUM_PROMPTS, NUM_READ, NUM_WRITTEN = "prompts of a note", "tokens read", "tokens written"
FOUND = "part of the prompts that another had read"
CELLS, CELL_BYTES = "KV cells at the peak", "KV bytes at the peak"
RESIDENT, PARKED = "resident memory at the peak", "parked prefixes at the peak"
SIZES = {CELLS: "cells", CELL_BYTES: "GB", RESIDENT: "GB", PARKED: "GB"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: notes in flight (`crowds`), lengths of one session in words."""

    rounds: int = 3
    crowds: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    notes: int = 8  # of a round, at least; and at least one for each seat
    words: tuple[int, ...] = (200, 500, 1000, 2000, 4000, 8000)
    parts: tuple[str, ...] = PARTS

    @property
    def num_turns(self) -> int:
        """Return how many steps a progress bar has."""
        turns = {"crowd": len(self.crowds), "length": len(self.words)}
        return self.rounds * sum(turns[part] for part in self.parts)


_FULL = Plan()
_LARGE = replace(_FULL, rounds=1, notes=2)
_QUICK = Plan(rounds=1, crowds=(1, 2, 4, 8, 16), notes=2, words=(200, 1000, 4000))


@dataclass(frozen=True, slots=True)
class Growth:
    """Runs the turns and notes their values; `tick` is called after each."""

    ground: Ground
    config: EngineConfig
    plan: Plan
    writer: WatchedWriter
    draw: Draw
    ledger: Ledger
    tick: Callable[[], object]

    def measure(self) -> None:
        """Measure all, in rounds, so that a machine that slows down slows everything."""
        for _ in range(self.plan.rounds):
            if "crowd" in self.plan.parts:
                self._each(self._crowd, self.plan.crowds)
            if "length" in self.plan.parts:
                self._each(self._length, self.plan.words)

    def _each(self, turn: Callable[[int], None], sizes: Sequence[int]) -> None:
        for size in sizes:
            turn(size)
            self.tick()

    def _crowd(self, num_in_flight: int) -> None:
        sessions = self.draw(WORDS, max(num_in_flight, self.plan.notes))
        watched = self.writer.write_watched(sessions, num_in_flight)

        def add(measure: str, unit: str, value: float) -> None:
            self.ledger.add(measure, ENGINE, unit, value, words=WORDS, in_flight=num_in_flight)

        add(m.RATE, "per min", watched.written.notes_per_minute)
        add(TOKENS, "per s", watched.tokens_per_s)
        for measure, value in self._sizes(watched).items():
            add(measure, SIZES[measure], value)

    def _length(self, words: int) -> None:
        requests = self._requests(self.draw(words, 1)[0])
        watched = self.writer.answer_watched(requests, PROMPTS_AT_ONCE)
        reading = self.writer.answer_watched(list(map(reading_only, requests)), PROMPTS_AT_ONCE)

        def add(measure: str, unit: str, value: float) -> None:
            self.ledger.add(measure, ENGINE, unit, value, words=words)

        add(NOTE, "s", watched.written.seconds)
        add(READING, "s", reading.written.seconds)
        add(NUM_PROMPTS, "prompts", len(requests))
        add(NUM_READ, "tokens", watched.num_prompt_tokens)
        add(NUM_WRITTEN, "tokens", watched.num_tokens)
        add(FOUND, "of 1", watched.num_hit_tokens / watched.num_prompt_tokens)
        for measure, value in self._sizes(watched).items():
            add(of_one(measure), SIZES[measure], value)

    def _requests(self, session: Session) -> list[GenerationRequest]:
        """Return what a replica is asked for a session's note; the same answers in every run."""
        ground = self.ground
        planner = Planner(ground.tokenizer, ground.workload.chat_format, self.config.context_tokens)
        sampling = replace(ground.sampling, seed=FIRST_SEED)
        plan = planner.plan(note_request(session))
        return [
            request_for(prompt, f"{session.name}/{index}", sampling, timeout_s=TIMEOUT_S)
            for index, prompt in enumerate(plan.prompts)
        ]

    def _sizes(self, watched: Watched) -> dict[str, float]:
        peak, config = watched.peak, self.config
        return {
            CELLS: peak.cells,
            CELL_BYTES: self.ground.target.kv_bytes(peak.cells, config.kv_type) / m.GB,
            RESIDENT: peak.resident_bytes / m.GB,
            PARKED: peak.parked_bytes / m.GB,
        }


def of_one(measure: str) -> str:
    """Return what a size is called where it is that of one note."""
    return f"{measure}, one note"


def note_request(session: Session) -> NoteRequest:
    """Return the product's question for the note of a session."""
    return NoteRequest(
        request_id=session.name,
        therapist_id=1,
        session_id=1,
        transcript=render_turns(session.turns),
        notes_version=0,
        style=SECTIONS5,
        regenerate=False,
    )


def ratios_of(rows: Sequence[Row]) -> dict[str, float]:
    """Return what the growth comes down to."""
    return {name: value for name, value in _named_ratios(rows) if value is not None}


def _named_ratios(rows: Sequence[Row]) -> Iterator[tuple[str, float | None]]:
    rates = {row.in_flight: row.median for row in rows if row.measure == m.RATE}
    for crowd, rate in rates.items():
        if crowd > 1:
            yield f"notes_per_minute_{crowd}_in_flight_vs_1", ratio(rate, rates.get(1))
    for words in sorted({row.words for row in rows if row.measure == NOTE}):
        note = median_of(rows, NOTE, ENGINE, words)
        reading = median_of(rows, READING, ENGINE, words)
        yield f"note_time_vs_reading_alone_{words}", ratio(note, reading)
        yield f"note_s_per_1000_words_{words}", ratio(note, words / 1000)
    for measure, name in ((CELLS, "kv_cells"), (RESIDENT, "resident_gb")):
        found = [row.median for row in rows if row.measure in (measure, of_one(measure))]
        yield f"most_{name}", ratio(max(found, default=None), 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    given = _parser().parse_args(arguments)
    return exit_status(lambda: _run(given))


def _run(given: argparse.Namespace) -> int:
    options = Common.of(given)
    with prepared(options) as ground:
        plan = plan_for(given, ground.is_large)
        config = ground.config(WORDS)
        ledger = Ledger()
        draw = Draw(ground.workload, itertools.count(FIRST_SEED))
        with (
            open_watched_writer(ground.target.path, config, ground.workload) as writer,
            tqdm(total=plan.num_turns, unit="turn", disable=None) as bar,
        ):
            writer.write(ground.workload.sessions(WORDS, range(2)), 2)  # which nobody measures
            Growth(ground, config, plan, writer, draw, ledger, bar.update).measure()
    described = {
        "model": ground.target.label,
        "model_bytes": ground.target.file_bytes,
        "sessions": options.sessions.name if options.sessions else "demo practice",
        "plan": asdict(plan),
        "engine": str(config),
    }
    report = Report("growth", described, ledger.rows)
    report.ratios = ratios_of(report.rows)
    options.write(report, ground.target.label)
    return 0


def plan_for(given: argparse.Namespace, is_large: bool) -> Plan:
    """Return how much is measured: the short form or the long one, with what was asked for."""
    asked = asked_for(given, ("rounds", "crowds", "notes", "words", "parts"))
    return replace(_QUICK if given.quick else _LARGE if is_large else _FULL, **asked)


def _parser() -> argparse.ArgumentParser:
    parser = common_parser("growth", "How cost grows.", "the short form, about three minutes")
    add = parser.add_argument
    add("--rounds", type=positive, help="how often each is measured")
    add("--crowds", type=positives, help="sessions in flight, such as 1,8,32")
    add("--notes", type=positive, help="notes of a round, at least")
    add("--words", type=positives, help="lengths of one session, such as 200,8000")
    add("--parts", type=some_of(PARTS), help=f"some of {','.join(PARTS)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
