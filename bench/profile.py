"""Where the engine's time goes: `python -m bench.profile [--quick] [--model default|phi3|FILE]`.

Notes of 200 words as bench/workload.py says, so many in flight, in steady traffic: sessions that
nobody measures come first, so that the cache holds what a replica's holds after an hour. Every call
of llama.cpp is timed and put down as reading (prompts alone), writing (tokens of answers alone) or
mixed; what is left of the time is Python's and parking. The engine runs as production runs it and,
in turns, with idle prefixes kept in the cache.

Ends with one line of JSON.
"""

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tqdm import tqdm

from bench import measures as m
from bench.ground import (
    FIRST_SEED,
    Common,
    Ground,
    asked_for,
    common_parser,
    exit_status,
    positive,
    prepared,
)
from bench.measures import Draw
from bench.peers.engine import Birth, ServedEngine
from bench.peers.worker import Worker, open_worker
from bench.results import Ledger, Report, Row, median_of, ratio
from bench.workload import Session, Workload
from bench.writing import Written
from models.engine.params import EngineConfig, GenerationRequest
from scripts.ray_head import WAITING

if TYPE_CHECKING:
    from models.engine.batch import Batch
    from models.engine.engine import Engine

WORDS = 200
IDLE_TOKENS = 4096
PRODUCTION, WITH_IDLE = "as production", f"{IDLE_TOKENS} idle cells kept"
_MS = 1000


class Kind(StrEnum):
    """What a batch is made of."""

    READING = "reading"
    MIXED = "mixed"
    WRITING = "writing"


@dataclass(slots=True)
class Spent:
    """What the batches of a kind were, together."""

    num_batches: int = 0
    num_tokens: int = 0
    num_written: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What was written, and where the time went."""

    written: Written
    spent: dict[Kind, Spent]

    @property
    def outside_s(self) -> float:
        """Return the time outside llama.cpp's decoding."""
        return self.written.seconds - sum(each.seconds for each in self.spent.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int = 5
    notes: int = 16
    in_flight: int = 8


_LARGE = Plan(rounds=1, notes=4, in_flight=4)
_QUICK = Plan(rounds=2)


class ProfiledEngine(ServedEngine):
    """The child's side."""

    def __init__(self, engine: "Engine", clock: "DecodeClock", birth: Birth) -> None:
        super().__init__(engine, birth)
        self._clock = clock

    def answer_profiled(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Profile:
        """Answer all, so many at a time, with every decode timed."""
        self._clock.spent = {kind: Spent() for kind in Kind}
        written = asyncio.run(self._answer(requests, num_in_flight))
        return Profile(written, self._clock.spent)


class DecodeClock:
    """Times the calls of llama.cpp by what is in their batch."""

    def __init__(self) -> None:
        self.spent = {kind: Spent() for kind in Kind}

    def record(self, batch: "Batch", seconds: float) -> None:
        """Put a batch down under its kind."""
        num_written = batch.num_decode_tokens
        kind = Kind.READING if not num_written else Kind.MIXED
        if num_written == batch.num_tokens:
            kind = Kind.WRITING
        spent = self.spent[kind]
        spent.num_batches += 1
        spent.num_tokens += batch.num_tokens
        spent.num_written += num_written
        spent.seconds += seconds


@contextmanager
def open_profiled_engine(model_path: Path, config: EngineConfig) -> Iterator[ProfiledEngine]:
    """Load the engine over a backend whose decodes are timed."""
    from models.engine.engine import Engine  # noqa: PLC0415 - the parent needs no llama.cpp
    from models.engine.llama_backend import LlamaBackend  # noqa: PLC0415 - as above
    from models.engine.loading import fit, running  # noqa: PLC0415 - likewise

    clock = DecodeClock()

    class TimedBackend(LlamaBackend):
        def decode(self, batch: "Batch") -> bool:
            started = time.perf_counter()
            is_done = super().decode(batch)
            clock.record(batch, time.perf_counter() - started)
            return is_done

    backend = TimedBackend(model_path, config)
    with running(Engine(backend, fit(config, backend), "bench")) as engine:
        yield ProfiledEngine(engine, clock, Birth(0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Profiles:
    """Runs the rounds and notes their values."""

    workload: Workload
    plan: Plan
    draw: Draw
    ledger: Ledger

    def measure(self, who: str, worker: Worker) -> None:
        """Write one round's notes and note where the time went."""
        profile = self._profile(worker, self.draw(WORDS, self.plan.notes))
        seconds = profile.written.seconds
        crowd = self.plan.in_flight
        rate = profile.written.notes_per_minute
        self.ledger.add(m.RATE, who, "per min", rate, words=WORDS, in_flight=crowd)
        for kind, spent in profile.spent.items():
            if not spent.num_tokens:
                continue
            self.ledger.add(share_of(kind), who, "of 1", spent.seconds / seconds)
            self.ledger.add(cost_of(kind), who, "ms", _MS * spent.seconds / spent.num_tokens)
            tokens_a_note = spent.num_tokens / self.plan.notes
            self.ledger.add(f"{kind}: tokens a note", who, "tokens", tokens_a_note)
            per_batch = spent.num_tokens / spent.num_batches
            self.ledger.add(f"{kind}: tokens a batch", who, "tokens", per_batch)
        self.ledger.add("outside llama.cpp", who, "of 1", profile.outside_s / seconds)

    def fill(self, worker: Worker) -> None:
        """Write notes that nobody measures, until the cache holds what it holds in operation."""
        self._profile(worker, self.draw(WORDS, self.plan.notes))

    def _profile(self, worker: Worker, sessions: Sequence[Session]) -> Profile:
        requests = [self.workload.note_request(session) for session in sessions]
        return cast(Profile, worker.call("answer_profiled", requests, self.plan.in_flight))


def share_of(kind: Kind) -> str:
    """Return what the share of a kind of batches is called."""
    return f"{kind}: share of the time"


def cost_of(kind: Kind) -> str:
    """Return what the cost of a kind of batches is called."""
    return f"{kind}: a token"


def ratios_of(rows: Sequence[Row]) -> dict[str, float]:
    """Return what the profile comes down to."""
    return {name: value for name, value in _named_ratios(rows) if value is not None}


def _named_ratios(rows: Sequence[Row]) -> Iterator[tuple[str, float | None]]:
    rates = (median_of(rows, m.RATE, who) for who in (PRODUCTION, WITH_IDLE))
    yield "production_vs_idle_cells_kept", ratio(*rates)
    for kind in Kind:
        yield f"{kind}_share", ratio(median_of(rows, share_of(kind), PRODUCTION), 1)
        yield f"{kind}_ms_per_token", ratio(median_of(rows, cost_of(kind), PRODUCTION), 1)
    yield "outside_share", ratio(median_of(rows, "outside llama.cpp", PRODUCTION), 1)


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
        _measure(ground, config, Profiles(ground.workload, plan, draw, ledger))
    described = {
        "model": ground.target.label,
        "model_bytes": ground.target.file_bytes,
        "plan": asdict(plan),
        "engine": str(config),
    }
    report = Report("profile", described, ledger.rows)
    report.ratios = ratios_of(report.rows)
    options.write(report, ground.target.label)
    return 0


def _measure(ground: Ground, config: EngineConfig, profiles: Profiles) -> None:
    """Keep both engines loaded and let them take turns; a large model is only run one way."""
    configs = {PRODUCTION: config}
    if not ground.is_large:
        configs[WITH_IDLE] = replace(config, idle_cache_tokens=IDLE_TOKENS)
    target = "bench.profile:open_profiled_engine"
    with ExitStack() as stack, tqdm(unit="turn", disable=None) as bar:
        bar.total = profiles.plan.rounds * len(configs)
        workers = {
            who: stack.enter_context(
                open_worker(target, ground.target.path, each, environment=WAITING)
            )
            for who, each in configs.items()
        }
        for worker in workers.values():
            profiles.fill(worker)
        for _ in range(profiles.plan.rounds):
            for who, worker in workers.items():
                profiles.measure(who, worker)
                bar.update()


def plan_for(given: argparse.Namespace, is_large: bool) -> Plan:
    """Return how much is measured: the short form or the long one, with what was asked for."""
    asked = asked_for(given, ("rounds", "notes", "in_flight"))
    plan = _LARGE if is_large else _QUICK if given.quick else Plan()
    return replace(plan, **asked)


def _parser() -> argparse.ArgumentParser:
    parser = common_parser(
        "profile", "Where the engine's time goes.", "the short form, about three minutes"
    )
    add = parser.add_argument
    add("--rounds", type=positive, help="how often each is measured")
    add("--notes", type=positive, help="notes of a round")
    add("--in-flight", type=positive, help="notes at a time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
