"""How the engine is visited in a soak: those who wait, those who leave, those who ask wrongly."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from bench.soak.requests import PATIENT_S
from bench.soak.visitor import Ending, Outcome, Visitor, settled
from models.engine.engine import Ticket
from models.engine.params import GenerationRequest
from notes.errors import QueueFullError
from notes.style import HISTORY

# Those who wait for their answer


async def short_note(visitor: Visitor) -> list[Ending]:
    """Ask for the note of a short session."""
    session = visitor.requests.short_session(visitor.rng)
    return [await visitor.ask(visitor.requests.note(visitor.rng, session))]


async def long_note(visitor: Visitor) -> list[Ending]:
    """Ask for the note of a long session."""
    session = visitor.requests.long_session(visitor.rng)
    return [await visitor.ask(visitor.requests.note(visitor.rng, session))]


async def regeneration(visitor: Visitor) -> list[Ending]:
    """Ask for the note of a session that was asked about before."""
    session = visitor.requests.known_session(visitor.rng)
    return [await visitor.ask(visitor.requests.note(visitor.rng, session))]


async def second_style(visitor: Visitor) -> list[Ending]:
    """Ask for another style of the same."""
    session = visitor.requests.known_session(visitor.rng)
    return [await visitor.ask(visitor.requests.note(visitor.rng, session, HISTORY))]


async def chained(visitor: Visitor) -> list[Ending]:
    """Ask for a section that comes after another."""
    session = visitor.requests.known_session(visitor.rng)
    return [await visitor.ask(visitor.requests.chained(visitor.rng, session))]


async def with_adapter(visitor: Visitor) -> list[Ending]:
    """Ask for a note that is written with an adapter."""
    session = visitor.requests.short_session(visitor.rng)
    adapter = visitor.rng.choice(visitor.adapters)
    return [await visitor.ask(visitor.requests.note(visitor.rng, session, adapter=adapter))]


async def streamed(visitor: Visitor) -> list[Ending]:
    """Listen to a stream to its end."""
    session = visitor.requests.short_session(visitor.rng)
    request = visitor.requests.note(visitor.rng, session)
    texts = {branch.key: "" for branch in request.branches}

    async def listen() -> None:
        async with aclosing(visitor.engine.stream(request)) as deltas:
            async for delta in deltas:
                texts[delta.key] += delta.text

    ending = await settled(listen())
    return [Ending(ending.outcome, ending.fault or visitor.check.stream_fault(request, texts))]


async def growing(visitor: Visitor) -> list[Ending]:
    """Let the engine read a session as it grows, then ask for its note."""
    session = visitor.requests.long_session(visitor.rng)
    readings = []
    for text in visitor.requests.growing(visitor.rng, session):
        reading = visitor.engine.prefill(session.name, text, timeout_s=PATIENT_S)
        readings.append(asyncio.create_task(settled(reading)))
        if visitor.rng.random() < 0.5:  # sometimes the next words come before it has been read
            await visitor.pause()
    note = await visitor.ask(visitor.requests.note(visitor.rng, session))
    return [*await asyncio.gather(*readings), note]


# Those who leave


async def dropped_stream(visitor: Visitor) -> list[Ending]:
    """Listen to a part of a stream, and go away."""
    session = visitor.requests.short_session(visitor.rng)
    request = visitor.requests.note(visitor.rng, session)
    left = visitor.rng.randint(1, 40)

    async def listen() -> None:
        nonlocal left
        async with aclosing(visitor.engine.stream(request)) as deltas:
            async for _ in deltas:
                left -= 1
                if not left:
                    return

    ending = await settled(listen())
    return [ending if left else Ending(Outcome.CANCELLED)]


async def cancelled_reading(visitor: Visitor) -> list[Ending]:
    """Take a long question back, most likely while it is read or waits."""
    session = visitor.requests.long_session(visitor.rng)
    request = visitor.requests.note(visitor.rng, session)
    try:
        ticket = visitor.engine.submit(request)
    except QueueFullError:
        return [Ending(Outcome.FULL)]
    await visitor.pause()
    ticket.cancel()
    return [await visitor.outcome_of(ticket, request)]


async def cancelled_writing(visitor: Visitor) -> list[Ending]:
    """Take a question back when the first words of the answer are there."""
    session = visitor.requests.short_session(visitor.rng)
    request = visitor.requests.note(visitor.rng, session)
    loop, has_begun = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: object) -> None:
        loop.call_soon_threadsafe(has_begun.set)

    try:
        ticket = visitor.engine.submit(request, tell)
    except QueueFullError:
        return [Ending(Outcome.FULL)]
    ticket.future.add_done_callback(tell)  # where it fails before
    await has_begun.wait()
    ticket.cancel()
    return [await visitor.outcome_of(ticket, request)]


async def abandoned(visitor: Visitor) -> list[Ending]:
    """Cancel the task that waits for an answer, as a web server does."""
    session = visitor.requests.long_session(visitor.rng)
    request = visitor.requests.note(visitor.rng, session)
    task = asyncio.create_task(visitor.ask(request))
    await visitor.pause()
    task.cancel()
    await asyncio.wait([task])
    return [Ending(Outcome.CANCELLED) if task.cancelled() else task.result()]


async def late(visitor: Visitor) -> list[Ending]:
    """Ask with a deadline that most likely passes."""
    session = visitor.requests.long_session(visitor.rng)
    timeout_s = visitor.rng.uniform(0.05, 1.5)
    return [await visitor.ask(visitor.requests.note(visitor.rng, session, timeout_s=timeout_s))]


# Those who ask wrongly, or all at once


async def too_long(visitor: Visitor) -> list[Ending]:
    """Ask with more than fits the context."""
    request = visitor.requests.too_long(visitor.rng, visitor.config.context_tokens)
    return [await visitor.ask(request)]


async def unreadable_grammar(visitor: Visitor) -> list[Ending]:
    """Ask with a grammar that is none."""
    return [await visitor.ask(visitor.requests.unreadable(visitor.rng))]


async def unknown_adapter(visitor: Visitor) -> list[Ending]:
    """Ask for an adapter that is not there."""
    session = visitor.requests.known_session(visitor.rng)
    request = visitor.requests.note(visitor.rng, session, adapter="nobody's")
    return [await visitor.ask(request)]


async def burst(visitor: Visitor) -> list[Ending]:
    """Ask more at once than the queue holds, and take most of it back."""
    config = visitor.config
    endings: list[Ending] = []
    accepted: list[tuple[Ticket, GenerationRequest]] = []
    for _ in range(config.max_waiting + config.max_running + 4):
        session = visitor.requests.known_session(visitor.rng)
        request = visitor.requests.note(visitor.rng, session)
        try:
            accepted.append((visitor.engine.submit(request), request))
        except QueueFullError:
            endings.append(Ending(Outcome.FULL))
    if not endings:
        endings.append(Ending(Outcome.FAILED, "a queue took more than it holds"))
    for ticket, _ in accepted[2:]:
        ticket.cancel()
    return endings + [await visitor.outcome_of(*each) for each in accepted]


Visit = Callable[[Visitor], Awaitable[list[Ending]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to visit, how often it comes, and how it may end."""

    visit: Visit
    weight: int
    allowed: frozenset[Outcome]

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.visit.__name__.replace("_", " ")


_WAITS = frozenset({Outcome.DONE, Outcome.FULL})
# Whoever leaves may have been answered, or refused, a moment before.
_LEAVES = _WAITS | {Outcome.CANCELLED}
_ERRS = frozenset({Outcome.WRONG})

KINDS = (
    Kind(short_note, 6, _WAITS),
    Kind(long_note, 3, _WAITS),
    Kind(regeneration, 2, _WAITS),
    Kind(second_style, 2, _WAITS),
    Kind(chained, 1, _WAITS),
    Kind(with_adapter, 3, _WAITS),
    Kind(streamed, 2, _WAITS),
    Kind(growing, 2, _WAITS),
    Kind(dropped_stream, 2, _LEAVES),
    Kind(cancelled_reading, 2, _LEAVES),
    Kind(cancelled_writing, 2, _LEAVES),
    Kind(abandoned, 2, _LEAVES),
    Kind(late, 2, _WAITS | {Outcome.DEADLINE}),
    Kind(too_long, 1, _ERRS),
    Kind(unreadable_grammar, 1, _ERRS | {Outcome.FULL}),
    Kind(unknown_adapter, 1, _ERRS),
    Kind(burst, 1, _LEAVES),
)
