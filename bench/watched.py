"""Our engine in a child process, with an eye on its cache and its memory while it writes."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil

from bench.peers.engine import NAME, Birth, EngineWriter, ServedEngine
from bench.peers.worker import Worker, open_worker
from bench.workload import Session, Workload, check_count
from bench.writing import Written
from models.engine.params import EngineConfig, GenerationRequest
from scripts.ray_head import WAITING

if TYPE_CHECKING:
    from bench.calm import CalmEngine

_SAMPLE_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Peak:
    """The most that was seen: cells of the cache (held or reserved), resident and parked bytes."""

    cells: int = 0
    resident_bytes: int = 0
    parked_bytes: int = 0

    def or_more(self, other: "Peak") -> "Peak":
        """Return the larger of each."""
        return Peak(
            max(self.cells, other.cells),
            max(self.resident_bytes, other.resident_bytes),
            max(self.parked_bytes, other.parked_bytes),
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """What was written, the peaks meanwhile, and the prompts' tokens that were read only once."""

    written: Written
    peak: Peak
    num_hit_tokens: int

    @property
    def num_prompt_tokens(self) -> int:
        """Return the tokens of all prompts."""
        return sum(note.num_prompt_tokens for note in self.written.notes)

    @property
    def num_tokens(self) -> int:
        """Return the tokens of all answers."""
        return sum(note.num_tokens for note in self.written.notes)

    @property
    def tokens_per_s(self) -> float:
        """Return the rate of tokens that were read or written."""
        return (self.num_prompt_tokens + self.num_tokens) / self.written.seconds


class WatchedWriter(EngineWriter):
    """The parent's side."""

    def __init__(self, worker: Worker, workload: Workload) -> None:
        super().__init__(worker, workload)
        self._child = worker
        self._asked = workload

    def answer_watched(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Watched:
        """Answer requests of any form, so many at a time."""
        return cast(Watched, self._child.call("answer_watched", list(requests), num_in_flight))

    def write_watched(self, sessions: Sequence[Session], num_in_flight: int) -> Watched:
        """Write a document of the workload's length of each session."""
        requests = [self._asked.note_request(session) for session in sessions]
        watched = self.answer_watched(requests, num_in_flight)
        headings = self._asked.num_headings_tokens()
        counts = (note.num_tokens + headings for note in watched.written.notes)
        check_count(NAME, counts, self._asked.num_tokens)
        return watched


class WatchedEngine(ServedEngine):
    """The child's side."""

    def __init__(self, engine: "CalmEngine", birth: Birth) -> None:
        super().__init__(engine, birth)
        self._calm = engine

    def answer_watched(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Watched:
        """Answer all, so many at a time, beginning with an empty cache."""
        self._calm.when_idle(self._calm.forget)
        return asyncio.run(self._answer_watched(requests, num_in_flight))

    async def _answer_watched(
        self, requests: Sequence[GenerationRequest], num_in_flight: int
    ) -> Watched:
        answer = asyncio.create_task(self._answer(requests, num_in_flight))
        peak = self._look()
        while not answer.done():
            await asyncio.wait([answer], timeout=_SAMPLE_EVERY_S)
            peak = peak.or_more(self._look())
        return Watched(answer.result(), peak, self.stats().num_hit_tokens)

    def _look(self) -> Peak:
        stats = self.stats()
        return Peak(stats.used_cache_tokens, stats.memory_bytes, stats.parked_bytes)


@contextmanager
def open_watched_writer(
    model_path: Path, config: EngineConfig, workload: Workload
) -> Iterator[WatchedWriter]:
    """Load the engine in a child process; freed on exit."""
    target = "bench.watched:open_watched_engine"
    with open_worker(target, model_path, config, environment=WAITING) as worker:
        yield WatchedWriter(worker, workload)


@contextmanager
def open_watched_engine(model_path: Path, config: EngineConfig) -> Iterator[WatchedEngine]:
    """Load the engine."""
    from bench.calm import CalmEngine  # noqa: PLC0415 - the parent needs no llama.cpp
    from models.engine.llama_backend import LlamaBackend  # noqa: PLC0415 - as above
    from models.engine.loading import fit, running  # noqa: PLC0415 - likewise

    started = time.monotonic()
    backend = LlamaBackend(model_path, config)
    load_s = time.monotonic() - started
    with running(CalmEngine(backend, fit(config, backend))) as engine:
        since_start_s = time.time() - psutil.Process().create_time()
        yield WatchedEngine(engine, Birth(since_start_s, load_s))
