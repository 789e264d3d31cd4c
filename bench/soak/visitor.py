"""How requests end in a soak, and who asks them."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from enum import Enum
from random import Random

from bench.soak.answers import AnswerCheck
from bench.soak.requests import PATIENT_S, Requests
from models.engine.engine import Engine, Ticket
from models.engine.params import Completion, EngineConfig, GenerationRequest
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    InvalidInputError,
    ModelError,
    QueueFullError,
    SequenceTooLongError,
)

UNREAD = "a branch's grammar cannot be read"
_LOST_S = PATIENT_S + 60.0
_BEFORE_LEAVING_S = (0.0, 1.0)


class Outcome(Enum):
    """How a request ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    DEADLINE = "too late"
    FULL = "refused, the queue was full"
    WRONG = "refused, it was wrong"
    FAILED = "failed"
    LOST = "never settled"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended, and what is wrong with that, if anything."""

    outcome: Outcome
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One who asks; `rng` decides what and when."""

    engine: Engine
    config: EngineConfig
    requests: Requests
    check: AnswerCheck
    adapters: tuple[str, ...]
    rng: Random

    async def ask(self, request: GenerationRequest) -> Ending:
        """Wait for the answer and look at it."""
        return await self.ending_of(self.engine.generate(request), request)

    async def outcome_of(self, ticket: Ticket, request: GenerationRequest) -> Ending:
        """Wait for what becomes of a ticket."""
        return await self.ending_of(asyncio.wrap_future(ticket.future), request)

    async def ending_of(self, work: Awaitable[Completion], request: GenerationRequest) -> Ending:
        """Return how a request ended, and what is wrong with its answer."""
        endings: list[Completion] = []

        async def wait() -> None:
            endings.append(await work)

        ending = await settled(wait())
        fault = ending.fault or (self.check.fault(request, endings[0]) if endings else "")
        return Ending(ending.outcome, fault)

    async def pause(self) -> None:
        """Wait as long as somebody may who then leaves."""
        await asyncio.sleep(self.rng.uniform(*_BEFORE_LEAVING_S))


_OUTCOMES: dict[type[Exception], Outcome] = {
    QueueFullError: Outcome.FULL,
    DeadlineExceededError: Outcome.DEADLINE,
    GenerationCancelledError: Outcome.CANCELLED,
    InvalidInputError: Outcome.WRONG,
    SequenceTooLongError: Outcome.WRONG,
    TimeoutError: Outcome.LOST,
}


async def settled(work: Awaitable[None]) -> Ending:
    """Return how some work ended."""
    try:
        async with asyncio.timeout(_LOST_S):
            await work
    except (ModelError, InvalidInputError, TimeoutError) as error:
        return _ending_by(error)
    return Ending(Outcome.DONE)


def _ending_by(error: ModelError | InvalidInputError | TimeoutError) -> Ending:
    if isinstance(error, QueueFullError) and not error.data["retry_after_s"]:
        return Ending(Outcome.FULL, "a full queue did not say when to come back")
    if isinstance(error, EngineError) and error.data["reason"] == UNREAD:
        return Ending(Outcome.WRONG)
    known = (outcome for kind, outcome in _OUTCOMES.items() if isinstance(error, kind))
    outcome = next(known, Outcome.FAILED)
    return Ending(outcome, str(error) if outcome is Outcome.FAILED else "")
