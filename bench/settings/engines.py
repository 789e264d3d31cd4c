"""Engines with different settings, measured in turns: notes in flight, alone, long, and pauses."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast
from unittest.mock import patch

import psutil

from bench import measures as m
from bench.asking import reading_only
from bench.lineup import Lineup, Target
from bench.measures import Draw
from bench.peers.engine import Birth, EngineWriter, ServedEngine
from bench.peers.worker import Worker, open_worker
from bench.results import Ledger
from bench.settings.variants import EngineSetting, Experiment
from bench.workload import Session, Workload
from bench.writing import Contender
from models.engine.params import Completion, GenerationRequest

PROCESSOR = "processor seconds a note"
PAUSE = "longest pause of a note while 1,000 words are read"
WORDS, LONG_WORDS = 200, 1000
_SPARE_BYTES = 200_000_000  # of one process, beside weights that are resident twice
_SHARE_OF_MEMORY = 0.7


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is written in each turn. `num_long` notes of 1,000 words are written alone.

    `bare_rounds` are those of the experiments below the engine, which repeat their steps anyway.
    """

    rounds: int = 3
    bare_rounds: int = 3
    notes: int = 8
    in_flight: int = 8
    num_alone: int = 2
    num_long: int = 1
    has_pauses: bool = True


class TunedWriter(EngineWriter):
    """The parent's side."""

    def __init__(self, worker: Worker, workload: Workload) -> None:
        super().__init__(worker, workload)
        self._child = worker

    def completions(self, requests: Sequence[GenerationRequest]) -> list[Completion]:
        """Return what the engine answers, with its words."""
        return cast(list[Completion], self._child.call("completions", list(requests)))

    def longest_pause(self, request: GenerationRequest, other: GenerationRequest) -> float:
        """Return the longest time between two pieces of an answer while another is read."""
        return float(self._child.call("longest_pause", request, other))

    def processor_s(self) -> float:
        """Return the processor time that the child has used."""
        times = psutil.Process(self._child.pid).cpu_times()
        return float(times.user + times.system)


class TunedEngine(ServedEngine):
    """The child's side."""

    def completions(self, requests: Sequence[GenerationRequest]) -> list[Completion]:
        """Answer all at once."""
        return asyncio.run(self._completions(requests))

    def longest_pause(self, request: GenerationRequest, other: GenerationRequest) -> float:
        """Stream one answer; ask for the other when it has begun."""
        return asyncio.run(self._longest_pause(request, other))

    async def _completions(self, requests: Sequence[GenerationRequest]) -> list[Completion]:
        return list(await asyncio.gather(*map(self._engine.generate, requests)))

    async def _longest_pause(self, request: GenerationRequest, other: GenerationRequest) -> float:
        reading: asyncio.Task[Completion] | None = None
        longest = since = 0.0
        async for _ in self._engine.stream(request):
            now = time.perf_counter()
            if reading is None:
                reading = asyncio.create_task(self._engine.generate(other))
            else:
                longest = max(longest, now - since)
            since = now
        if reading is not None:
            await reading
        return longest


@contextmanager
def open_tuned_writer(setting: EngineSetting, workload: Workload) -> Iterator[TunedWriter]:
    """Load an engine in a child process; freed on exit."""
    target = "bench.settings.engines:open_tuned_engine"
    with open_worker(target, setting, environment=dict(setting.environment)) as worker:
        yield TunedWriter(worker, workload)


@contextmanager
def open_tuned_engine(setting: EngineSetting) -> Iterator[TunedEngine]:
    """Load the engine; without jumps where the setting says so."""
    from models.engine.jump import NO_JUMP  # noqa: PLC0415 - the parent needs no llama.cpp
    from models.engine.loading import open_engine  # noqa: PLC0415 - as above

    with ExitStack() as stack:
        if not setting.has_jumps:
            stack.enter_context(patch("models.engine.writer.plan_jump", lambda *_: NO_JUMP))
        engine = stack.enter_context(open_engine(setting.path, setting.config, "bench"))
        yield TunedEngine(engine, Birth(0.0, engine.stats().load_s))


@dataclass(frozen=True, slots=True)
class Sessions:
    """What a round is about, the same for every setting."""

    many: Sequence[Session]
    few: Sequence[Session]
    long: Sequence[Session]
    pause: Sequence[Session]  # one short that is written, one long that is read meanwhile


@dataclass(frozen=True, slots=True)
class EngineRounds:
    """Measures experiments in rounds, and each setting once a round, whoever asked for it."""

    experiments: Sequence[Experiment]
    target: Target
    workload: Workload
    draw: Draw
    amount: Amount
    ledger: Ledger
    tick: Callable[[], object]

    @property
    def settings(self) -> list[EngineSetting]:
        """Return all settings, each once."""
        variants = (variant for each in self.experiments for variant in each.variants)
        return list(dict.fromkeys(variant.setting for variant in variants))

    def measure(self) -> None:
        """Run all rounds."""
        contenders = {each: self._contender(each) for each in self.settings}
        is_held = may_hold(self.target, len(contenders))
        with Lineup(is_held, lambda: self.workload.sessions(WORDS, [1])[0]) as lineup:
            for _ in range(self.amount.rounds):
                sessions = self._draw_sessions()
                for setting, contender in contenders.items():
                    with lineup.turn(contender) as writer:
                        self._turn(cast(TunedWriter, writer), setting, sessions)
                    self.tick()

    def _contender(self, setting: EngineSetting) -> Contender:
        opener = partial(open_tuned_writer, setting, self.workload)
        return Contender(str(setting), str(setting), opener)

    def _draw_sessions(self) -> Sessions:
        return Sessions(
            many=self.draw(WORDS, self.amount.notes),
            few=self.draw(WORDS, self.amount.num_alone),
            long=self.draw(LONG_WORDS, self.amount.num_long),
            pause=(*self.draw(WORDS, 1), *self.draw(LONG_WORDS, 1)),
        )

    def _turn(self, writer: TunedWriter, setting: EngineSetting, sessions: Sessions) -> None:
        add = partial(self._add, setting)
        before = writer.processor_s()
        written = writer.write(sessions.many, self.amount.in_flight)
        in_flight = self.amount.in_flight
        add(m.RATE, "per min", written.notes_per_minute, words=WORDS, in_flight=in_flight)
        per_note = (writer.processor_s() - before) / len(sessions.many)
        add(PROCESSOR, "s", per_note, words=WORDS, in_flight=in_flight)
        for words, asked in ((WORDS, sessions.few), (LONG_WORDS, sessions.long)):
            notes = writer.write(asked, 1).notes if asked else ()
            add(m.ALONE, "s", *(note.seconds for note in notes), words=words)
        if self.amount.has_pauses and self._has_pauses(setting):
            short, long = map(self.workload.note_request, sessions.pause)
            add(PAUSE, "s", writer.longest_pause(short, reading_only(long)), words=WORDS)

    def _has_pauses(self, setting: EngineSetting) -> bool:
        wanted = (each for each in self.experiments if each.has_pauses)
        return any(setting == variant.setting for each in wanted for variant in each.variants)

    def _add(
        self,
        setting: EngineSetting,
        measure: str,
        unit: str,
        *values: float,
        words: int,
        in_flight: int = 1,
    ) -> None:
        """Note values for every experiment that this setting takes part in."""
        for experiment in self.experiments:
            if measure == PAUSE and not experiment.has_pauses:
                continue
            name = f"{experiment.name}: {measure}"
            for variant in experiment.variants:
                if variant.setting == setting and values:
                    self.ledger.add(
                        name, variant.label, unit, *values, words=words, in_flight=in_flight
                    )


def may_hold(target: Target, count: int) -> bool:
    """Tell whether so many engines may stay loaded at once."""
    needed = count * (2 * target.file_bytes + _SPARE_BYTES)
    return needed < _SHARE_OF_MEMORY * psutil.virtual_memory().available
