"""What the engine's thread does: schedule, run, postprocess."""

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import InvalidStateError
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.engine.affinity import block_digests
from models.engine.backend import Backend
from models.engine.batch import Batch, Span
from models.engine.kv_cache import KVCache
from models.engine.meter import Meter
from models.engine.params import Completion, EngineConfig, TextDelta
from models.engine.sampler import logprobs
from models.engine.scheduler import Scheduler
from models.engine.sequence import Branch, Generation, Sequence
from models.engine.writer import Writer
from notes.errors import EngineError, GenerationCancelledError, ModelError

log = logging.getLogger("notes.engine")

NUM_KNOWN_PREFIXES = 16  # whose digests are told to the router


class EngineCore:
    """The main loop's body over one backend; Engine (engine.py) is what callers see of it.

    `step`, `fail_everyone` and `forget` run in one thread; any thread may call `abandon`, use the
    scheduler's queue, and read counts.
    """

    def __init__(
        self, backend: Backend, config: EngineConfig, model_name: str, clock: Callable[[], float]
    ) -> None:
        self.cache = KVCache(backend.cells, config)
        self.scheduler = Scheduler(config, self.cache)
        self.meter = Meter()
        self.known_prefixes: deque[tuple[str, ...]] = deque(maxlen=NUM_KNOWN_PREFIXES)
        self.heartbeat = clock()
        self._backend = backend
        self._model_name = model_name
        self._clock = clock
        self._writer = Writer(backend, self.cache)
        self._abort_lock = threading.Lock()  # guards the next, and that only it is aborted
        self._batch: Batch | None = None  # the one that is being decoded

    # From any thread

    def abandon(self, generation: Generation) -> None:
        """Drop a request within one step, which is aborted where most of it is for nobody."""
        generation.is_cancelled = True
        with self._abort_lock:
            batch = self._batch
            if batch is not None and 2 * batch.num_unwanted_tokens >= batch.num_tokens:
                # Its step would be spent for nobody; the others lose less than it costs them.
                self._backend.abort()

    # The engine's thread

    def step(self) -> bool:
        """Schedule, run, postprocess; return whether work is left."""
        self.heartbeat = started_at = self._clock()
        self._drop_unwanted()
        self._admit()
        batch = self.scheduler.next_batch()
        if batch.spans:
            if self._decode(batch):
                self._postprocess(batch)
            self.meter.counts.step_s += self._clock() - started_at
        return not self.scheduler.is_idle

    def forget(self) -> None:
        """Let go of all that is kept for later; only while nothing runs."""
        self.cache.forget()
        self.known_prefixes.clear()

    def _drop_unwanted(self) -> None:
        now = self._clock()
        for generation in self.scheduler.everyone():
            if reason := generation.reason_to_drop(now):
                self._keep_what_was_read(generation)
                self._fail(generation, reason)

    def _admit(self) -> None:
        for generation in self.scheduler.admit():
            generation.admitted_at = self._clock()
            if not generation.prefix.num_pending:
                self._guard(generation, partial(self._on_prefix_read, generation))
        self.cache.tidy()

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
            self.meter.counts.decode_s += seconds
            with self._abort_lock:
                self._batch = None
                self._backend.clear_abort()
        if is_done:
            self.meter.record(batch, seconds)
        else:
            for span in batch.spans:
                self.cache.undo(span.sequence)
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
        self.cache.publish(generation, generation.prefix)
        if generation.prefix.num_pending:
            return
        generation.is_prefix_read = True
        self._remember(block_digests(generation.request.prefix, generation.adapter))
        self._begin_branches(generation)

    def _remember(self, digests: tuple[str, ...]) -> None:
        """Keep a prefix's digests in place of those of its own beginnings, read before."""
        for known in list(self.known_prefixes):
            if known == digests[: len(known)]:
                self.known_prefixes.remove(known)
        self.known_prefixes.append(digests)

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
            self.cache.publish(generation, branch)
        self._writer.add(branch, token, logprob)
        generation.first_token_at = generation.first_token_at or self._clock()
        self.meter.counts.num_generated_tokens += 1
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
        self.meter.counts.num_finished += 1
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
            self.meter.counts.num_failed += 1
            _log_failed(generation, error)
            settle(generation, error)

    def _keep_what_was_read(self, generation: Generation) -> None:
        """Leave a half-read prefix to whoever asks for it again, though no slot was spare."""
        prefix = generation.prefix
        if prefix.slot is not None and prefix.num_cached > prefix.num_shared:
            prefix.stop()
            self._guard(generation, partial(self.cache.publish, generation, prefix))

    def _remove(self, generation: Generation) -> None:
        self.scheduler.remove(generation)
        for sequence in generation.sequences:
            self._leave(sequence)

    def _leave(self, sequence: Sequence) -> None:
        if isinstance(sequence, Branch):
            sequence.close()
        self.cache.leave(sequence)

    def fail_everyone(self, error: EngineError) -> None:
        """End all requests with this error."""
        for generation in self.scheduler.everyone():
            # The backend may be what is broken; whoever waits has to hear of it all the same.
            with suppress(Exception):
                self._fail(generation, error)

    def _name_of(self, generation: Generation) -> str:
        adapter = generation.adapter
        return f"{self._model_name}+{adapter}" if adapter else self._model_name


def settle(generation: Generation, error: ModelError) -> None:
    """Tell whoever waits, unless it was told already."""
    with suppress(InvalidStateError):  # it was settled when the engine hung
        generation.future.set_exception(error)


def _as_model_error(error: Exception) -> ModelError:
    if isinstance(error, ModelError):
        return error
    return EngineError(reason=name_and_place(error))


def name_and_place(error: Exception) -> str:
    """Return an error without its message, which may hold what people said."""
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
