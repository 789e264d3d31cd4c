"""Many requests at once over one context: schedule, run, postprocess."""

import asyncio
import logging
import math
import threading
import time
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
from numpy.typing import NDArray

from models.engine.affinity import block_digests
from models.engine.backend import Backend
from models.engine.batch import Batch, Span
from models.engine.kv_cache import KVCache
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
from models.engine.sampler import logprobs
from models.engine.scheduler import Scheduler
from models.engine.sequence import Branch, Generation, Sequence, plan_generation
from models.engine.writer import Writer
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    ModelError,
    QueueFullError,
    UnknownAdapterError,
)

log = logging.getLogger("notes.engine")
T = TypeVar("T")

NUM_KNOWN_PREFIXES = 16  # whose digests are told to the router


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
    """Takes requests from any thread; `step` is the main loop's body and runs in one thread.

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
        self._cache = KVCache(backend.cells, config)
        self._scheduler = Scheduler(config, self._cache)
        self._writer = Writer(backend, self._cache)
        self._meter = Meter()
        self._loop = EngineLoop(self.step, self._die)
        self._warming: dict[str, Ticket] = {}
        self._known_prefixes: deque[tuple[str, ...]] = deque(maxlen=NUM_KNOWN_PREFIXES)
        self._abort_lock = threading.Lock()  # guards the next, and that only it is aborted
        self._batch: Batch | None = None  # the one that is being decoded
        self._heartbeat = clock()
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
        self._scheduler.check_fits(generation)
        if not self._scheduler.add(generation, self._meter.prefill.per_s, turn):
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
        return tuple({digest for known in tuple(self._known_prefixes) for digest in known})

    def stats(self) -> EngineStats:
        """Return what the engine does now, and how fast it has been."""
        scheduler, cache, counts = self._scheduler, self._cache, self._meter.counts
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
            prefill_tokens_per_s=self._meter.prefill.per_s,
            decode_tokens_per_s=self._meter.decode.per_s,
            num_finished=counts.num_finished,
            num_failed=counts.num_failed,
            num_prompt_tokens=counts.num_prompt_tokens,
            num_generated_tokens=counts.num_generated_tokens,
            num_hit_tokens=cache.num_hit_tokens,
            parked_bytes=cache.parked_bytes,
            python_share=self._meter.python_share,
            load_s=self._load_s,
            memory_bytes=psutil.Process().memory_info().rss,
            model_bytes=self._backend.model_bytes,
            heartbeat_age_s=self._clock() - self._heartbeat,
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
            self._meter = Meter()
            ticket = self.submit(GenerationRequest("warm-up", prompt, branches, sampling=greedy))
            while self.step():
                pass
            ticket.future.result()
            self.forget()
        self._meter.counts = Counts()

    def forget(self) -> None:
        """Let go of all that is kept for later; only while nothing runs."""
        self._cache.forget()
        self._known_prefixes.clear()

    def start(self) -> None:
        """Start the thread that steps."""
        self._loop.start()

    def close(self, grace_s: float = 30.0) -> None:
        """Finish what was accepted within the grace time, fail the rest, and free the backend."""
        if self._is_closed:
            return
        self._is_closed = True
        self._scheduler.refuse("it is closing")
        self._loop.stop(grace_s)
        if self._loop.is_alive:
            # Freeing memory that a native call still uses would crash the process. Whoever waits
            # is told all the same.
            log.error("engine hangs", extra={"data": {"grace_s": grace_s}})
            for generation in self._scheduler.everyone():
                _settle(generation, EngineError(reason="it hangs"))
        else:
            self._fail_everyone(EngineError(reason="it was closed"))
            self._backend.close()

    # The engine's thread

    def step(self) -> bool:
        """Schedule, run, postprocess; return whether work is left."""
        self._heartbeat = started_at = self._clock()
        self._drop_unwanted()
        self._admit()
        batch = self._scheduler.next_batch()
        if batch.spans:
            if self._decode(batch):
                self._postprocess(batch)
            self._meter.counts.step_s += self._clock() - started_at
        return not self._scheduler.is_idle

    def _drop_unwanted(self) -> None:
        now = self._clock()
        for generation in self._scheduler.everyone():
            if reason := generation.reason_to_drop(now):
                self._keep_what_was_read(generation)
                self._fail(generation, reason)

    def _admit(self) -> None:
        for generation in self._scheduler.admit():
            generation.admitted_at = self._clock()
            if not generation.prefix.num_pending:
                self._guard(generation, partial(self._on_prefix_read, generation))
        self._cache.tidy()

    def _decode(self, batch: Batch) -> bool:
        started_at = self._clock()
        with self._abort_lock:
            self._batch = batch
        try:
            self._backend.use_adapter(batch.adapter)
            is_done = self._backend.decode(batch)
        except Exception as error:
            # Nobody can say how far it came, so everybody in the batch has to leave.
            for span in batch.spans:
                self._fail(span.generation, _as_model_error(error))
            return False
        finally:
            seconds = self._clock() - started_at
            self._meter.counts.decode_s += seconds
            with self._abort_lock:
                self._batch = None
                self._backend.clear_abort()
        if is_done:
            self._meter.record(batch, seconds)
        else:
            for span in batch.spans:
                self._cache.undo(span.sequence)
        return is_done

    def _postprocess(self, batch: Batch) -> None:
        for span in batch.spans:
            span.sequence.advance(len(span.tokens))
        for span in batch.spans:
            if span.sequence is span.generation.prefix:
                self._guard(span.generation, partial(self._on_prefix_read, span.generation))
        self._write([span for span in batch.spans if span.needs_logits])

    def _on_prefix_read(self, generation: Generation) -> None:
        """Share what has been read so far; after the last of it the branches begin."""
        self._cache.publish(generation, generation.prefix)
        if generation.prefix.num_pending:
            return
        generation.is_prefix_read = True
        self._remember(block_digests(generation.request.prefix, generation.adapter))
        self._begin_branches(generation)

    def _remember(self, digests: tuple[str, ...]) -> None:
        """Keep a prefix's digests in place of those of its own beginnings, read before."""
        for known in list(self._known_prefixes):
            if known == digests[: len(known)]:
                self._known_prefixes.remove(known)
        self._known_prefixes.append(digests)

    def _begin_branches(self, generation: Generation) -> None:
        """Seat the branches whose source is there by now."""
        for branch in generation.branches:
            if branch.is_ready and not branch.is_begun:
                self._writer.begin(generation, branch)
                self._after_writing(generation, branch)
        if generation.is_finished:
            self._finish(generation)

    def _write(self, spans: list[Span]) -> None:
        """Choose a token for each branch whose row of logits is there."""
        if not spans:
            return
        rows = self._backend.logits([span.last_row for span in spans])
        tokens = [self._choose(span, row) for span, row in zip(spans, rows, strict=True)]
        for span, token, logprob in zip(spans, tokens, logprobs(rows, tokens), strict=True):
            if not span.generation.future.done():
                self._guard(span.generation, partial(self._add, span, token, logprob))

    def _choose(self, span: Span, row: NDArray[np.float32]) -> int:
        token = 0
        if not span.generation.future.done():  # an earlier branch of the same request failed
            try:
                token = span.branch.choose(row)
            except Exception as error:
                self._fail(span.generation, _as_model_error(error))
        return token

    def _add(self, span: Span, token: int, logprob: float) -> None:
        generation, branch = span.generation, span.branch
        if not branch.answer.is_begun:
            self._cache.publish(generation, branch)
        self._writer.add(branch, token, logprob)
        generation.first_token_at = generation.first_token_at or self._clock()
        self._meter.counts.num_generated_tokens += 1
        self._after_writing(generation, branch)
        if branch.answer.is_finished:
            self._begin_branches(generation)

    def _after_writing(self, generation: Generation, branch: Branch) -> None:
        if generation.on_delta is not None and (text := branch.answer.take_delta()):
            generation.on_delta(TextDelta(branch.request.key, text))
        if branch.answer.is_finished:
            self._leave(branch)

    def _finish(self, generation: Generation) -> None:
        completion = generation.completion(self._name_of(generation), self._clock())
        self._remove(generation)
        self._meter.counts.num_finished += 1
        _log_finished(completion)
        with suppress(InvalidStateError):  # the engine hung, and it was told so
            generation.future.set_result(completion)

    def _guard(self, generation: Generation, work: Callable[[], None]) -> None:
        """Let an error end the one request that it belongs to."""
        try:
            work()
        except Exception as error:
            self._fail(generation, _as_model_error(error))

    def _fail(self, generation: Generation, error: ModelError) -> None:
        if generation.future.done():
            return
        try:
            self._remove(generation)
        finally:
            self._meter.counts.num_failed += 1
            _log_failed(generation, error)
            _settle(generation, error)

    def _keep_what_was_read(self, generation: Generation) -> None:
        """Leave a half-read prefix to whoever asks for it again, though no slot was spare."""
        prefix = generation.prefix
        if prefix.slot is not None and prefix.num_cached > prefix.num_shared:
            prefix.stop()
            self._guard(generation, partial(self._cache.publish, generation, prefix))

    def _remove(self, generation: Generation) -> None:
        self._scheduler.remove(generation)
        for sequence in generation.sequences:
            self._leave(sequence)

    def _leave(self, sequence: Sequence) -> None:
        if isinstance(sequence, Branch):
            sequence.close()
        self._cache.leave(sequence)

    def _fail_everyone(self, error: EngineError) -> None:
        for generation in self._scheduler.everyone():
            # The backend may be what is broken; whoever waits has to hear of it all the same.
            with suppress(Exception):
                self._fail(generation, error)

    def _die(self, error: Exception) -> None:
        reason = f"its thread died of {_name_and_place(error)}"
        log.error("engine died", extra={"data": {"error": _name_and_place(error)}})
        self._scheduler.refuse(reason)
        self._fail_everyone(EngineError(reason=reason))

    # Helpers of the callers' side

    async def _outcome(self, ticket: Ticket, timeout_s: float) -> Completion:
        try:
            return await Deadline(timeout_s).wait_for(asyncio.wrap_future(ticket.future))
        finally:
            ticket.cancel()

    def _cancel(self, generation: Generation) -> None:
        if generation.future.done():
            return
        generation.is_cancelled = True
        with self._abort_lock:
            batch = self._batch
            if batch is not None and 2 * batch.num_unwanted_tokens >= batch.num_tokens:
                # Its step would be spent for nobody; the others lose less than it costs them.
                self._backend.abort()
        self._loop.wake()

    def _check_adapter(self, adapter: str | None) -> None:
        if adapter is not None and adapter not in self._adapters:
            raise UnknownAdapterError.unless_one_of(self._adapters)

    def _name_of(self, generation: Generation) -> str:
        adapter = generation.adapter
        return f"{self._model_name}+{adapter}" if adapter else self._model_name

    def _predict_wait_s(self) -> int:
        return max(1, math.ceil(self._meter.seconds_for(*self._scheduler.waiting_tokens())))


def _settle(generation: Generation, error: ModelError) -> None:
    with suppress(InvalidStateError):  # it was settled when the engine hung
        generation.future.set_exception(error)


def _as_model_error(error: Exception) -> ModelError:
    if isinstance(error, ModelError):
        return error
    return EngineError(reason=_name_and_place(error))


def _name_and_place(error: Exception) -> str:
    # The message of a foreign error may hold what people said; its name and place do not.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def _log_finished(completion: Completion) -> None:
    timings = completion.timings
    data = {
        "request_id": completion.request_id,
        "model": completion.model,
        "num_prompt_tokens": completion.num_prompt_tokens,
        "num_tokens": completion.num_tokens,
        "queued_s": round(timings.queued_s, 4),
        "prefill_s": round(timings.prefill_s, 4),
        "decode_s": round(timings.decode_s, 4),
    }
    log.info("generation finished", extra={"data": data})


def _log_failed(generation: Generation, error: ModelError) -> None:
    data = {"request_id": generation.request.request_id, "error": type(error).__name__}
    # Whoever goes away, and whoever has a newer text, cancels: no failure of anybody's.
    level = logging.DEBUG if isinstance(error, GenerationCancelledError) else logging.WARNING
    log.log(level, "generation failed", extra={"data": data})
