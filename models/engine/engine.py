"""Many requests at once over one context: what callers ask for, from any thread."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import psutil

from models.engine.backend import Backend
from models.engine.core import EngineCore, name_and_place, settle
from models.engine.loop import EngineLoop
from models.engine.meter import Counts, Meter
from models.engine.params import (
    BranchRequest,
    Completion,
    EngineConfig,
    EngineStats,
    GenerationRequest,
    SamplingParams,
    TextDelta,
)
from models.engine.sequence import Generation, plan_generation
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    QueueFullError,
    UnknownAdapterError,
)

log = logging.getLogger("notes.engine")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A submitted request: `future` gets its Completion or a ModelError, from the engine alone.

    `turn` is its place in the scheduler's order.
    """

    future: Future[Completion]
    cancel: Callable[[], None]
    turn: float


class Deadline:
    """When a caller stops waiting: the engine looks at deadlines only between long steps."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._ends_at = asyncio.get_running_loop().time() + timeout_s

    async def wait_for(self, result: Awaitable[T]) -> T:
        """Await a result; raises DeadlineExceededError where it does not come in time."""
        try:
            async with asyncio.timeout_at(self._ends_at):
                return await result
        except TimeoutError:
            raise DeadlineExceededError(timeout_s=round(self._timeout_s, 1)) from None


class Engine:
    """Takes requests from any thread; its own thread does the work (core.py) step by step.

    `open_engine` (loading.py) makes one with a model and its thread; tests call `step` themselves.
    """

    def __init__(
        self,
        backend: Backend,
        config: EngineConfig,
        model_name: str,
        *,
        adapters: Collection[str] = (),
        load_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend = backend
        self._config = config
        self._model_name = model_name
        self._adapters = frozenset(adapters)
        self._load_s = load_s
        self._clock = clock
        self._core = EngineCore(backend, config, model_name, clock)
        self._loop = EngineLoop(self.step, self._die)
        self._warming: dict[str, Ticket] = {}
        self._is_closed = False

    # For callers, from any thread

    def submit(
        self,
        request: GenerationRequest,
        on_delta: Callable[[TextDelta], None] | None = None,
        turn: float = math.inf,
    ) -> Ticket:
        """Queue a request at its turn, or at an earlier one that it takes over.

        `on_delta` is called in the engine's thread and must be quick.

        Raises before any work: SequenceTooLongError when it can never fit, QueueFullError when
        too many wait, InvalidInputError when it asks for nothing, UnknownAdapterError, and
        EngineError when the engine has stopped.
        """
        self._check_adapter(request.adapter)
        generation = plan_generation(request, self._backend.vocabulary, self._clock())
        generation.on_delta = on_delta
        self._core.scheduler.check_fits(generation)
        if not self._core.scheduler.add(generation, self._core.meter.prefill.per_s, turn):
            raise QueueFullError(retry_after_s=self._predict_wait_s())
        self._loop.wake()
        return Ticket(generation.future, partial(self._cancel, generation), generation.rank)

    async def generate(self, request: GenerationRequest) -> Completion:
        """Return the answer; cancelling the awaiting task frees the sequences within one step.

        Raises what `submit` raises, DeadlineExceededError and EngineError.
        """
        return await self._outcome(self.submit(request), request.timeout_s)

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[TextDelta, None]:
        """Yield the text of all branches as it is written; raises what `generate` raises.

        Whoever stops listening closes the generator (`aclosing`); the sequences leave then.
        """
        loop, news = asyncio.get_running_loop(), asyncio.Queue[TextDelta | Future[Completion]]()

        def tell(item: TextDelta | Future[Completion]) -> None:
            with suppress(RuntimeError):  # the caller's loop is closed: nobody listens
                loop.call_soon_threadsafe(news.put_nowait, item)

        deadline = Deadline(request.timeout_s)
        ticket = self.submit(request, tell)
        ticket.future.add_done_callback(tell)
        try:
            while isinstance(item := await deadline.wait_for(news.get()), TextDelta):
                yield item
            item.result()
        finally:
            ticket.cancel()

    async def prefill(
        self, session_key: str, text: str, *, adapter: str | None = None, timeout_s: float = 60.0
    ) -> None:
        """Read a session's text so far, so that a request that begins with it starts from there.

        Only what has been added since the last call is read. Calling it again, or after the text
        has left the cache, does no harm. A newer text of the same session takes the place of one
        that is being read, whose call ends. `session_key` goes to logs: an id, never a name.
        """
        if not text:
            return
        name = f"{session_key}/prefill"
        request = GenerationRequest(name, text, (), timeout_s=timeout_s, adapter=adapter)
        older = self._warming.get(session_key)
        ticket = self.submit(request, turn=older.turn if older else math.inf)
        if older is not None:
            older.cancel()
        self._warming[session_key] = ticket
        try:
            await self._outcome(ticket, timeout_s)
        except GenerationCancelledError:
            return
        finally:
            if self._warming.get(session_key) is ticket:
                del self._warming[session_key]

    def held_digests(self) -> tuple[str, ...]:
        """Return the digests (affinity.py) of the prefixes that were read last, held or parked.

        A hint for routing: where memory is short, some of them have left since.
        """
        return tuple({digest for known in tuple(self._core.known_prefixes) for digest in known})

    def stats(self) -> EngineStats:
        """Return what the engine does now, and how fast it has been."""
        scheduler, cache, meter = self._core.scheduler, self._core.cache, self._core.meter
        waiting_tokens, waiting_new_tokens = scheduler.waiting_tokens()
        return EngineStats(
            model=self._model_name,
            num_running=scheduler.num_running,
            num_waiting=scheduler.num_waiting,
            waiting_tokens=waiting_tokens,
            waiting_new_tokens=waiting_new_tokens,
            free_slots=cache.num_free_slots,
            used_cache_tokens=cache.num_used_cells,
            idle_cache_tokens=cache.num_idle_cells,
            cache_tokens=self._config.cache_tokens,
            prefill_tokens_per_s=meter.prefill.per_s,
            decode_tokens_per_s=meter.decode.per_s,
            num_finished=meter.counts.num_finished,
            num_failed=meter.counts.num_failed,
            num_prompt_tokens=meter.counts.num_prompt_tokens,
            num_generated_tokens=meter.counts.num_generated_tokens,
            num_hit_tokens=cache.num_hit_tokens,
            parked_bytes=cache.parked_bytes,
            python_share=meter.python_share,
            load_s=self._load_s,
            memory_bytes=psutil.Process().memory_info().rss,
            model_bytes=self._backend.model_bytes,
            heartbeat_age_s=self._clock() - self._core.heartbeat,
        )

    @property
    def is_alive(self) -> bool:
        """Tell whether the engine's thread runs."""
        return self._loop.is_alive

    # The life of the engine

    def warm_up(self, num_prompt_tokens: int = 64, num_new_tokens: int = 8) -> None:
        """Run a small request, so that the first rates are measured; before `start`.

        Twice, since the first run pays for memory that has never been touched; and with several
        branches, since a step of five costs hardly more than a step of one.
        """
        num_branches = max(1, min(5, self._config.max_sequences - 1))
        branches = tuple(
            BranchRequest(key=str(number), text="", max_tokens=num_new_tokens)
            for number in range(num_branches)
        )
        prompt = "word " * min(num_prompt_tokens, self._config.context_tokens // 4)
        greedy = SamplingParams(temperature=0.0)
        for _ in range(2):
            self._core.meter = Meter()
            ticket = self.submit(GenerationRequest("warm-up", prompt, branches, sampling=greedy))
            while self.step():
                pass
            ticket.future.result()
            self.forget()
        self._core.meter.counts = Counts()

    def forget(self) -> None:
        """Let go of all that is kept for later; only while nothing runs."""
        self._core.forget()

    def start(self) -> None:
        """Start the thread that steps."""
        self._loop.start()

    def close(self, grace_s: float = 30.0) -> None:
        """Finish what was accepted within the grace time, fail the rest, and free the backend."""
        if self._is_closed:
            return
        self._is_closed = True
        self._core.scheduler.refuse("it is closing")
        self._loop.stop(grace_s)
        if self._loop.is_alive:
            # Freeing memory that a native call still uses would crash the process. Whoever waits
            # is told all the same.
            log.error("engine hangs", extra={"data": {"grace_s": grace_s}})
            for generation in self._core.scheduler.everyone():
                settle(generation, EngineError(reason="it hangs"))
        else:
            self._core.fail_everyone(EngineError(reason="it was closed"))
            self._backend.close()

    def step(self) -> bool:
        """Do what the thread does next; return whether work is left."""
        return self._core.step()

    # Helpers

    async def _outcome(self, ticket: Ticket, timeout_s: float) -> Completion:
        try:
            return await Deadline(timeout_s).wait_for(asyncio.wrap_future(ticket.future))
        finally:
            ticket.cancel()

    def _cancel(self, generation: Generation) -> None:
        if not generation.future.done():
            self._core.abandon(generation)
            self._loop.wake()

    def _die(self, error: Exception) -> None:
        reason = f"its thread died of {name_and_place(error)}"
        log.error("engine died", extra={"data": {"error": name_and_place(error)}})
        self._core.scheduler.refuse(reason)
        self._core.fail_everyone(EngineError(reason=reason))

    def _check_adapter(self, adapter: str | None) -> None:
        if adapter is not None and adapter not in self._adapters:
            raise UnknownAdapterError.unless_one_of(self._adapters)

    def _predict_wait_s(self) -> int:
        core = self._core
        return max(1, math.ceil(core.meter.seconds_for(*core.scheduler.waiting_tokens())))
