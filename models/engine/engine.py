"""Many requests at once over one context: schedule, run, postprocess."""

import asyncio
import logging
import math
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from models.engine.backend import Backend
from models.engine.batch import Batch, Span
from models.engine.loop import EngineLoop
from models.engine.meter import Counts, Meter
from models.engine.params import (
    BranchRequest,
    Completion,
    EngineConfig,
    EngineStats,
    GenerationRequest,
    SamplingParams,
)
from models.engine.scheduler import Scheduler
from models.engine.sequence import Branch, Generation, Sequence, plan_generation
from notes.errors import DeadlineExceededError, EngineError, ModelError, QueueFullError

log = logging.getLogger("notes.engine")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A submitted request: `future` gets its Completion or a ModelError, from the engine alone."""

    future: Future[Completion]
    cancel: Callable[[], None]


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
        load_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend = backend
        self._config = config
        self._model_name = model_name
        self._load_s = load_s
        self._clock = clock
        self._scheduler = Scheduler(config)
        self._meter = Meter()
        self._loop = EngineLoop(self.step, self._die)
        self._heartbeat = clock()
        self._is_closed = False

    # For callers, from any thread

    def submit(self, request: GenerationRequest) -> Ticket:
        """Queue a request.

        Raises before any work: SequenceTooLongError when it can never fit, QueueFullError when
        too many wait, InvalidInputError when it asks for nothing, EngineError when the engine
        has stopped.
        """
        generation = plan_generation(request, self._backend.vocabulary, self._clock())
        self._scheduler.check_fits(generation)
        if not self._scheduler.add(generation):
            raise QueueFullError(retry_after_s=self._predict_wait_s())
        self._loop.wake()
        return Ticket(generation.future, partial(self._cancel, generation))

    async def generate(self, request: GenerationRequest) -> Completion:
        """Return the answer; cancelling the awaiting task frees the sequences within one step.

        Raises what `submit` raises, DeadlineExceededError and EngineError.
        """
        ticket = self.submit(request)
        try:
            # The engine looks at deadlines between steps; the caller does not wait for a long one.
            async with asyncio.timeout(request.timeout_s):
                return await asyncio.wrap_future(ticket.future)
        except TimeoutError:
            raise DeadlineExceededError(timeout_s=round(request.timeout_s, 1)) from None
        finally:
            ticket.cancel()

    def stats(self) -> EngineStats:
        """Return what the engine does now, and how fast it has been."""
        scheduler, counts = self._scheduler, self._meter.counts
        return EngineStats(
            model=self._model_name,
            num_running=scheduler.num_running,
            num_waiting=scheduler.num_waiting,
            waiting_tokens=sum(scheduler.waiting_tokens()),
            free_slots=scheduler.num_free_slots,
            used_cache_tokens=scheduler.num_reserved_cells,
            cache_tokens=self._config.cache_tokens,
            prefill_tokens_per_s=self._meter.prefill.per_s,
            decode_tokens_per_s=self._meter.decode.per_s,
            num_finished=counts.num_finished,
            num_failed=counts.num_failed,
            num_prompt_tokens=counts.num_prompt_tokens,
            num_generated_tokens=counts.num_generated_tokens,
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
        self._meter.counts = Counts()

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
            # Freeing memory that a native call still uses would crash the process.
            log.error("engine hangs", extra={"data": {"grace_s": grace_s}})
        else:
            self._fail_everyone(EngineError(reason="it was closed"))
            self._backend.close()

    # The engine's thread

    def step(self) -> bool:
        """Schedule, run, postprocess; return whether work is left."""
        self._heartbeat = self._clock()
        self._drop_unwanted()
        self._admit()
        batch = self._scheduler.next_batch()
        if batch.spans and self._decode(batch):
            for span in batch.spans:
                self._postprocess(span)
        return not self._scheduler.is_idle

    def _drop_unwanted(self) -> None:
        now = self._clock()
        for generation in self._scheduler.everyone():
            if reason := generation.reason_to_drop(now):
                self._fail(generation, reason)

    def _admit(self) -> None:
        for generation in self._scheduler.admit():
            generation.admitted_at = self._clock()
            try:
                for branch in generation.branches:
                    branch.sampler = self._backend.open_sampler(
                        generation.request.sampling, branch.request.grammar
                    )
            except Exception as error:
                self._fail(generation, _as_model_error(error))

    def _decode(self, batch: Batch) -> bool:
        started_at = self._clock()
        try:
            self._backend.decode(batch)
        except Exception as error:
            # Nobody can say how far it came, so everybody in the batch has to leave.
            for span in batch.spans:
                self._fail(span.generation, _as_model_error(error))
            return False
        self._meter.record(batch, self._clock() - started_at)
        return True

    def _postprocess(self, span: Span) -> None:
        generation = span.generation
        if generation.future.done():
            return  # an earlier span of the same request failed
        try:
            span.sequence.advance(len(span.tokens))
            if span.sequence.pending:
                return  # the rest of a prompt waits for the next batch
            if isinstance(span.sequence, Branch):
                self._write(generation, span.sequence, span.last_row)
            else:
                self._fork(generation)
        except Exception as error:
            self._fail(generation, _as_model_error(error))

    def _fork(self, generation: Generation) -> None:
        for branch in generation.branches:
            self._backend.fork(generation.prefix.seat, branch.seat)

    def _write(self, generation: Generation, branch: Branch, row: int) -> None:
        token = branch.write(row, self._backend.vocabulary)
        generation.first_token_at = generation.first_token_at or self._clock()
        self._meter.counts.num_generated_tokens += 1
        if not branch.answer.is_finished:
            branch.pending.append(token)
            return
        self._leave(branch)
        if generation.is_finished:
            self._finish(generation)

    def _finish(self, generation: Generation) -> None:
        completion = generation.completion(self._model_name, self._clock())
        self._remove(generation)
        self._meter.counts.num_finished += 1
        _log_finished(completion)
        generation.future.set_result(completion)

    def _fail(self, generation: Generation, error: ModelError) -> None:
        if generation.future.done():
            return
        try:
            self._remove(generation)
        finally:
            self._meter.counts.num_failed += 1
            _log_failed(generation, error)
            generation.future.set_exception(error)

    def _remove(self, generation: Generation) -> None:
        self._scheduler.remove(generation)
        for sequence in generation.sequences:
            self._leave(sequence)

    def _leave(self, sequence: Sequence) -> None:
        sequence.close()
        if sequence.slot is not None:
            slot, sequence.slot = sequence.slot, None
            self._backend.clear(slot)
            self._scheduler.release(slot)

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

    # Helpers of `submit`

    def _cancel(self, generation: Generation) -> None:
        generation.is_cancelled = True
        self._loop.wake()

    def _predict_wait_s(self) -> int:
        return max(1, math.ceil(self._meter.seconds_for(*self._scheduler.waiting_tokens())))


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
    log.warning("generation failed", extra={"data": data})
