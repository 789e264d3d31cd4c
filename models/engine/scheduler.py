"""Who waits, who runs, and what goes into the next batch."""

import threading
from collections import deque

from models.engine.batch import Batch
from models.engine.params import EngineConfig
from models.engine.sequence import Generation
from models.engine.slots import Slot, SlotPool
from notes.errors import EngineError, InvalidInputError, SequenceTooLongError


class Scheduler:
    """First come, first served: the oldest waiting request enters as soon as all of it fits.

    Nobody overtakes, so nobody starves. Any thread may call `check_fits`, `add`, `refuse` and
    read the counts; the rest belongs to the engine's thread.
    """

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._pool = SlotPool(config.max_sequences, config.cache_tokens)
        self._lock = threading.Lock()  # guards the two below
        self._waiting: deque[Generation] = deque()
        self._refusal: str | None = None
        self._running: list[Generation] = []

    # Arrivals, from any thread

    def check_fits(self, generation: Generation) -> None:
        """Raise SequenceTooLongError for a request that could not even run alone."""
        if len(generation.sequences) > self._config.max_sequences:
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

    def add(self, generation: Generation) -> bool:
        """Put a request at the end of the queue; return False when the queue is full."""
        with self._lock:
            if self._refusal is not None:
                raise EngineError(reason=self._refusal)
            if len(self._waiting) >= self._config.max_waiting:
                return False
            self._waiting.append(generation)
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

    @property
    def num_free_slots(self) -> int:
        """Return the number of sequences that could enter."""
        return self._pool.num_free_slots

    @property
    def num_reserved_cells(self) -> int:
        """Return the number of KV cells that running requests may come to fill."""
        return self._pool.num_reserved_cells

    @property
    def is_idle(self) -> bool:
        """Tell whether nobody waits and nobody runs."""
        return not self._waiting and not self._running

    def waiting_tokens(self) -> tuple[int, int]:
        """Return the tokens that the queue has yet to read, and the most that it may write."""
        with self._lock:
            num_prompt = sum(generation.num_prompt_tokens for generation in self._waiting)
            return num_prompt, sum(generation.max_new_tokens for generation in self._waiting)

    # The engine's thread

    def everyone(self) -> list[Generation]:
        """Return all requests, the running ones first."""
        with self._lock:
            return [*self._running, *self._waiting]

    def admit(self) -> list[Generation]:
        """Seat waiting requests in order, each as a whole, until the next does not fit."""
        admitted: list[Generation] = []
        with self._lock:
            while self._waiting and self._has_room(self._waiting[0]):
                admitted.append(self._waiting.popleft())
                self._seat(admitted[-1])
        return admitted

    def next_batch(self) -> Batch:
        """Take pending tokens, the oldest request's first, until the batch is full.

        Who writes has been read, and so stands before all who are still being read: a running
        answer gets its one token in every batch, and prompts share out the rest in chunks.
        """
        batch = Batch(self._config.batch_tokens)
        ready = ((each, sequence) for each in self._running for sequence in each.ready())
        for generation, sequence in ready:
            if batch.is_full:
                break
            batch.add(generation, sequence)
        return batch

    def release(self, slot: Slot) -> None:
        """Free the seat and the cells of a sequence that has left."""
        self._pool.release(slot)

    def remove(self, generation: Generation) -> None:
        """Forget a request whose sequences have left, or that never entered."""
        with self._lock:
            if generation in self._running:
                self._running.remove(generation)
            else:
                self._waiting.remove(generation)

    def _has_room(self, generation: Generation) -> bool:
        return self._pool.has_room(len(generation.sequences), generation.max_cells)

    def _seat(self, generation: Generation) -> None:
        for sequence in generation.sequences:
            sequence.slot = self._pool.take(sequence.max_cells)
        self._running.append(generation)
