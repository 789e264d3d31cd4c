"""Who waits, who runs, and what goes into the next batch."""

import bisect
import math
import threading

from models.engine.batch import Batch
from models.engine.kv_cache import MIN_GAIN_TOKENS, KVCache
from models.engine.params import EngineConfig
from models.engine.prefix_tree import common_length
from models.engine.sequence import Generation
from notes.errors import EngineError, InvalidInputError, SequenceTooLongError

ADAPTER_TURNS = 8  # batches before another adapter has its turn
READ_TOKENS_PER_S = 100.0  # for the order of requests, until a rate has been measured


class Scheduler:
    """A request's turn is its arrival plus the time that reading it takes: a short one may pass a
    long one that came up to that much earlier, and nobody is passed for ever.

    Any thread may call `check_fits`, `add`, `refuse` and read the counts; the rest belongs to the
    engine's thread.
    """  # noqa: D205 - the rule is one sentence

    def __init__(self, config: EngineConfig, cache: KVCache) -> None:
        self._config = config
        self._cache = cache
        self._lock = threading.Lock()  # guards the two below
        self._waiting: list[Generation] = []
        self._refusal: str | None = None
        self._running: list[Generation] = []
        self._last_adapter: str | None = None
        self._num_turns = 0  # that it has had

    # Arrivals, from any thread

    def check_fits(self, generation: Generation) -> None:
        """Raise SequenceTooLongError for a request that could not even run alone."""
        if generation.num_slots > self._config.max_sequences:
            raise InvalidInputError(
                reason=f"The request has {len(generation.branches)} branches; the engine takes "
                f"{self._config.max_sequences - 1}."
            )
        for needed, limit in (
            (generation.max_context, self._config.context_tokens),
            (generation.max_cells, self._config.cache_tokens),
        ):
            if needed > limit:
                raise SequenceTooLongError(num_tokens=needed, max_tokens=limit)

    def add(
        self, generation: Generation, read_tokens_per_s: float = 0.0, turn: float = math.inf
    ) -> bool:
        """Queue a request at its turn, or at an earlier one that it has taken over.

        Returns False when the queue is full.
        """
        seconds = generation.num_prompt_tokens / (read_tokens_per_s or READ_TOKENS_PER_S)
        generation.rank = min(turn, generation.submitted_at + seconds)
        with self._lock:
            if self._refusal is not None:
                raise EngineError(reason=self._refusal)
            if len(self._waiting) >= self._config.max_waiting:
                return False
            bisect.insort(self._waiting, generation, key=lambda each: each.rank)
            return True

    def refuse(self, reason: str) -> None:
        """Take no further requests: from now on `add` raises EngineError."""
        with self._lock:
            self._refusal = reason

    # Counts, from any thread

    @property
    def num_running(self) -> int:
        """Return the number of requests in the cache."""
        return len(self._running)

    @property
    def num_waiting(self) -> int:
        """Return the number of requests in the queue."""
        return len(self._waiting)

    def waiting_tokens(self) -> tuple[int, int]:
        """Return the tokens that queued requests will have read and at most written."""
        with self._lock:
            waiting = list(self._waiting)
        return (
            sum(each.num_prompt_tokens for each in waiting),
            sum(each.max_new_tokens for each in waiting),
        )

    # The engine's thread

    @property
    def is_idle(self) -> bool:
        """Tell whether nobody waits and nobody runs."""
        return not self._running and not self._waiting

    def everyone(self) -> list[Generation]:
        """Return all requests, the running ones first."""
        with self._lock:
            return [*self._running, *self._waiting]

    def admit(self) -> list[Generation]:
        """Let waiting requests into the cache in their turn, until the next does not fit."""
        admitted: list[Generation] = []
        for generation in self._candidates():
            if len(self._running) >= self._config.max_running:
                break
            if self._is_being_read(generation):
                continue  # it will find there what another reads now
            if not self._cache.admit(generation):
                break
            with self._lock:
                self._waiting.remove(generation)
                bisect.insort(self._running, generation, key=lambda each: each.rank)
            admitted.append(generation)
        return admitted

    def next_batch(self) -> Batch:
        """Take what the model wrote last, then chunks of prompts in turn, until the batch is full.

        So a running answer gets its token in every batch of its adapter, however long the prompts
        are, or the texts that other grammars force.
        """
        adapter = self._next_adapter()
        running = [each for each in self._running if each.adapter == adapter]
        batch = Batch(self._config.batch_tokens, adapter)
        writing = [(generation, branch) for generation in running for branch in generation.writing]
        for num_served, (generation, branch) in enumerate(writing, start=1):
            batch.add(generation, branch, batch.num_left - (len(writing) - num_served))
        room = self._config.mixed_tokens if batch.spans else self._config.batch_tokens
        for generation in running:
            for sequence in generation.reading:
                room -= batch.add(generation, sequence, room)
        return batch

    def remove(self, generation: Generation) -> None:
        """Forget a request whose sequences have left, or that never entered."""
        with self._lock:
            if generation in self._running:
                self._running.remove(generation)
            else:
                self._waiting.remove(generation)

    def _candidates(self) -> list[Generation]:
        with self._lock:
            return list(self._waiting)

    def _is_being_read(self, generation: Generation) -> bool:
        """Tell whether a running request is about to read tokens that this one needs as well."""
        tokens = generation.prefix.tokens
        num_cached: int | None = None
        for other in self._running:
            if other.is_prefix_read or other.adapter != generation.adapter:
                continue
            num_common = common_length(tokens, other.prefix.tokens)
            if num_common <= other.prefix.num_cached:
                continue
            if num_cached is None:
                num_cached = self._cache.num_cached(generation.adapter, tokens)
            if num_common >= num_cached + MIN_GAIN_TOKENS:
                return True
        return False

    def _next_adapter(self) -> str | None:
        """Return whose turn it is, where requests with several adapters run: one after another.

        Each has several batches, since llama.cpp plans its graph anew at every change.
        """
        adapters = list(dict.fromkeys(each.adapter for each in self._running))
        self._num_turns += 1
        if self._last_adapter in adapters:
            position = adapters.index(self._last_adapter)
            if self._num_turns < ADAPTER_TURNS:
                return self._last_adapter
            adapters = adapters[position + 1 :] + adapters[: position + 1]
        self._last_adapter, self._num_turns = (adapters[0] if adapters else None), 0
        return self._last_adapter
