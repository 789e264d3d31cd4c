"""Notes by a model, written in this process as the pool would, several at a time."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import psutil

from models.engine.asking import request_for
from models.engine.loading import open_engine
from models.engine.params import Completion, GenerationRequest, SamplingParams
from notes.compose import better_sections, doubtful_sections, with_sections
from notes.planning import Plan
from notes.prompt import Prompt
from notes.style import NoteStyle
from notes.transcript import Transcript
from train_jobs.evaluation.author import Author, Setup
from train_jobs.evaluation.cache import NoteCache, NoteKey, Written

NOTES_IN_FLIGHT = 8  # as many as the engine runs at once
TIMEOUT_S = 3600.0  # nobody waits for it

Tick = Callable[[], object]


class Generates(Protocol):
    """What is needed of an engine."""

    async def generate(self, request: GenerationRequest) -> Completion:
        """Return the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Assignment:
    """One note to be written."""

    transcript: Transcript
    style: NoteStyle
    plan: Plan

    def again(self, answer: "Answer") -> Plan | None:
        """Return what is asked once more, as serving does: what the session does not bear out."""
        doubtful = doubtful_sections(self.transcript, answer.texts, self.style)
        if not any(doubtful):
            return None
        prompts = (
            prompt.only(keys) for prompt, keys in zip(self.plan.prompts, doubtful, strict=True)
        )
        return replace(self.plan, prompts=tuple(prompts))

    def with_attempt(self, answer: "Answer", attempt: Written) -> "Answer":
        """Return the answer with what is better of another attempt."""
        better = better_sections(self.transcript, answer.texts, attempt.texts, self.style)
        texts = with_sections(answer.texts, attempt.texts, better)
        return Answer((*answer.attempts, attempt), texts)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote for one note: each attempt, and the best texts of all by section."""

    attempts: tuple[Written, ...]
    texts: tuple[dict[str, str], ...]

    @classmethod
    def of(cls, first: Written) -> "Answer":
        """Return the first attempt as an answer."""
        return cls((first,), first.texts)

    @property
    def first(self) -> Written:
        """Return what was written before anything was asked again."""
        return self.attempts[0]

    @property
    def seconds(self) -> float:
        """Return the note's own time, with others in flight beside it."""
        return sum(each.seconds for each in self.attempts)

    @property
    def pace_s(self) -> float:
        """Return the note's part of the time of the run."""
        return sum(each.pace_s for each in self.attempts)

    @property
    def num_prompt_tokens(self) -> int:
        """Return the tokens that it needed the model to have read."""
        return sum(each.num_prompt_tokens for each in self.attempts)

    @property
    def num_tokens(self) -> int:
        """Return the tokens that the model wrote."""
        return sum(each.num_tokens for each in self.attempts)

    @property
    def memory_mb(self) -> float:
        """Return what the model and its cache took in memory; 0 where nobody looked."""
        return max(each.memory_mb for each in self.attempts)


@dataclass(frozen=True, slots=True)
class Growth:
    """How much larger this process is than it was at first."""

    first_bytes: int

    @classmethod
    def from_now(cls) -> "Growth":
        """Begin to measure."""
        return cls(_resident_bytes())

    def mb(self) -> float:
        """Return the megabytes that came on top."""
        return round(max(0, _resident_bytes() - self.first_bytes) / 1e6, 1)


@dataclass(frozen=True, slots=True)
class Desk:
    """One author's notes, in the cache or to be written."""

    author: str  # its fingerprint
    sampling: SamplingParams
    cache: NoteCache
    max_attempts: int
    adapter: str | None = None
    growth: Growth | None = None

    def find(self, assignment: Assignment) -> Answer | None:
        """Return the answer if all of it has been written."""
        first = self.cache.get(self._key(assignment.plan, self.sampling))
        answer = None if first is None else Answer.of(first)
        for number in range(1, self.max_attempts):
            again = None if answer is None else assignment.again(answer)
            if answer is None or again is None:
                break
            attempt = self.cache.get(self._key(again, self.sampling.of_retry(number)))
            answer = None if attempt is None else assignment.with_attempt(answer, attempt)
        return answer

    async def write_all(
        self, engine: Generates, assignments: Sequence[Assignment], tick: Tick
    ) -> None:
        """Write notes into the cache, a few in flight at a time; `tick` after each."""
        left, clock = iter(assignments), _Pace()

        async def work() -> None:
            for assignment in left:
                await self._write(engine, assignment, clock)
                tick()

        await asyncio.gather(*(work() for _ in range(NOTES_IN_FLIGHT)))

    async def _write(self, engine: Generates, assignment: Assignment, clock: "_Pace") -> None:
        answer = Answer.of(await self._ask(engine, assignment.plan, self.sampling, clock))
        for number in range(1, self.max_attempts):
            again = assignment.again(answer)
            if again is None:
                break
            attempt = await self._ask(engine, again, self.sampling.of_retry(number), clock)
            answer = assignment.with_attempt(answer, attempt)

    async def _ask(
        self, engine: Generates, plan: Plan, sampling: SamplingParams, clock: "_Pace"
    ) -> Written:
        key = self._key(plan, sampling)
        known = self.cache.get(key)
        if known is not None:
            return known
        started_at = time.monotonic()
        prompts = [(f"{key.digest[:12]}/{i}", p) for i, p in enumerate(plan.prompts) if p.branches]
        completions = {
            prompt: await engine.generate(self._request(name, prompt, sampling))
            for name, prompt in prompts
        }
        written = Written(
            texts=tuple(_texts(completions.get(prompt)) for prompt in plan.prompts),
            seconds=round(time.monotonic() - started_at, 3),
            pace_s=round(clock.lap(), 3),
            num_prompt_tokens=sum(one.num_prompt_tokens for one in completions.values()),
            num_tokens=sum(one.num_tokens for one in completions.values()),
            memory_mb=self.growth.mb() if self.growth else 0.0,
        )
        self.cache.add(key, written)
        return written

    def _key(self, plan: Plan, sampling: SamplingParams) -> NoteKey:
        # How a retry would be sampled makes no other note of what is asked now.
        content = repr((replace(sampling, retry_temperature=None), plan.prompts)).encode()
        return NoteKey(self.author, plan.prompt_version, hashlib.sha256(content).hexdigest())

    def _request(
        self, request_id: str, prompt: Prompt, sampling: SamplingParams
    ) -> GenerationRequest:
        return request_for(prompt, request_id, sampling, timeout_s=TIMEOUT_S, adapter=self.adapter)


def write_notes(
    author: Author,
    assignments: Sequence[Assignment],
    setup: Setup,
    cache: NoteCache,
    tick: Tick,
) -> list[Answer]:
    """Return the author's answers, from the cache or written now; `tick` is called for each.

    The model is loaded only where something is missing.
    """
    adapter = author.adapter.reference if author.adapter else None
    growth = Growth.from_now()
    desk = Desk(author.fingerprint, setup.sampling, cache, setup.max_attempts, adapter, growth)
    missing = [each for each in assignments if desk.find(each) is None]
    for _ in range(len(assignments) - len(missing)):
        tick()
    if missing:
        with _engine_of(author, setup) as engine:
            asyncio.run(desk.write_all(engine, missing, tick))
    return [answer for each in assignments if (answer := desk.find(each)) is not None]


class _Pace:
    """Seconds between what is finished, one after the other."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def lap(self) -> float:
        """Return the seconds since the last call."""
        before, self._at = self._at, time.monotonic()
        return self._at - before


def _resident_bytes() -> int:
    return int(psutil.Process().memory_info().rss)


def _texts(completion: Completion | None) -> dict[str, str]:
    return {each.key: each.text for each in completion.branches} if completion else {}


@contextmanager
def _engine_of(author: Author, setup: Setup) -> Iterator[Generates]:
    added = author.adapter
    adapters = {added.reference: added.adapter_path} if added else {}
    with open_engine(
        author.model.model_path, setup.engine, author.name, adapters=adapters
    ) as engine:
        yield engine
