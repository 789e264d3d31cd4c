"""Our engine in a child process, as a replica runs it."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil

from bench.peers.worker import Worker, open_worker
from bench.workload import TIMEOUT_S, Session, Workload, check_count
from bench.writing import Written, WrittenNote
from models.engine.params import (
    BranchRequest,
    EngineConfig,
    EngineStats,
    GenerationRequest,
    SamplingParams,
)
from notes.style import SECTIONS5, NoteStyle
from scripts.processes import memory_bytes
from scripts.ray_head import WAITING

if TYPE_CHECKING:
    from models.engine.engine import Engine

NAME = "our engine"


@dataclass(frozen=True, slots=True)
class Birth:
    """What loading took."""

    start_to_first_token_s: float  # from the start of the process, imports included
    load_s: float  # the file alone


class EngineWriter:
    """The parent's side: sessions in, checked counts out."""

    def __init__(self, worker: Worker, workload: Workload) -> None:
        self._worker = worker
        self._workload = workload

    def write(self, sessions: Sequence[Session], num_in_flight: int) -> Written:
        """Write a note of each session; see Writer."""
        return self.write_styles([(session, SECTIONS5) for session in sessions], num_in_flight)

    def write_styles(
        self, asked: Sequence[tuple[Session, NoteStyle]], num_in_flight: int
    ) -> Written:
        """Write a document of each session in its style."""
        requests = [self._workload.note_request(session, style) for session, style in asked]
        written = self.answer(requests, num_in_flight)
        expected = self._workload.num_tokens
        counts = (
            note.num_tokens + self._workload.num_headings_tokens(style)
            for note, (_, style) in zip(written.notes, asked, strict=True)
        )
        check_count(NAME, counts, expected)
        notes = tuple(
            WrittenNote(note.seconds, note.num_prompt_tokens, expected) for note in written.notes
        )
        return Written(written.seconds, notes)

    def write_product(
        self, sessions: Sequence[Session], num_in_flight: int, sampling: SamplingParams
    ) -> Written:
        """Write notes as the product asks for them; see Writer."""
        requests = [self._workload.product_request(session, sampling) for session in sessions]
        return self.answer(requests, num_in_flight)

    def answer(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Written:
        """Answer requests of any form."""
        return cast(Written, self._worker.call("answer", list(requests), num_in_flight))

    def prefill(self, session: Session) -> float:
        """Let the engine read a session so far; return the seconds."""
        text = self._workload.prefix(session)
        return float(self._worker.call("prefill", session.name, text))

    def memory_bytes(self) -> int:
        """Return the child's proportional set size."""
        return memory_bytes([psutil.Process(self._worker.pid)])

    def birth(self) -> Birth:
        """Return what loading took."""
        return cast(Birth, self._worker.call("birth"))

    def stats(self) -> EngineStats:
        """Return the engine's own figures."""
        return cast(EngineStats, self._worker.call("stats"))


@contextmanager
def open_engine_writer(
    model_path: Path, config: EngineConfig, workload: Workload
) -> Iterator[EngineWriter]:
    """Load the engine in a child process; freed on exit."""
    target = "bench.peers.engine:open_served_engine"
    with open_worker(target, model_path, config, environment=WAITING) as worker:
        yield EngineWriter(worker, workload)


class ServedEngine:
    """The child's side."""

    def __init__(self, engine: "Engine", birth: Birth) -> None:
        self._engine = engine
        self._birth = birth

    def answer(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Written:
        """Answer all, so many at a time, each as soon as one before it is done."""
        return asyncio.run(self._answer(requests, num_in_flight))

    def prefill(self, session_key: str, text: str) -> float:
        """Read a session so far; return the seconds."""
        started = time.perf_counter()
        asyncio.run(self._engine.prefill(session_key, text, timeout_s=TIMEOUT_S))
        return time.perf_counter() - started

    def birth(self) -> Birth:
        """Return what loading took."""
        return self._birth

    def stats(self) -> EngineStats:
        """Return the engine's own figures."""
        return self._engine.stats()

    async def _answer(self, requests: Sequence[GenerationRequest], num_in_flight: int) -> Written:
        seats = asyncio.Semaphore(num_in_flight)

        async def seated(request: GenerationRequest) -> WrittenNote:
            async with seats:
                return await self._write_note(request)

        started = time.perf_counter()
        notes = await asyncio.gather(*map(seated, requests))
        return Written(time.perf_counter() - started, tuple(notes))

    async def _write_note(self, request: GenerationRequest) -> WrittenNote:
        started = time.perf_counter()
        answer = await self._engine.generate(request)
        seconds = time.perf_counter() - started
        return WrittenNote(seconds, answer.num_prompt_tokens, answer.num_tokens)


@contextmanager
def open_served_engine(model_path: Path, config: EngineConfig) -> Iterator[ServedEngine]:
    """Load the engine and write a first token."""
    from models.engine.loading import open_engine  # noqa: PLC0415 - the parent needs no llama.cpp

    with open_engine(model_path, config, "bench") as engine:
        asyncio.run(engine.generate(_first_token()))
        seconds = time.time() - psutil.Process().create_time()
        yield ServedEngine(engine, Birth(seconds, engine.stats().load_s))


def _first_token() -> GenerationRequest:
    branch = BranchRequest(key="first", text="\n\n", max_tokens=1)
    return GenerationRequest("first", "Load to first token.", (branch,))
