"""A bare llama.cpp context in a child process: what a step, a read, a saved state cost."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from models.engine.llama_backend import LlamaCells
from models.engine.llama_flash_attention import is_flash_attention_faster
from models.engine.llama_library import open_model
from models.engine.slots import Slot

_ANY_TOKEN = 100  # which token is read changes nothing of what it costs


@dataclass(frozen=True, slots=True)
class ContextOptions:
    """A context's size and kind. `max_rows`: the most logits that a step asks for."""

    num_threads: int
    cache_tokens: int
    num_slots: int = 1
    batch_tokens: int = 512
    micro_batch_tokens: int = 512
    max_rows: int = 64
    flash_attention: bool = False
    is_unified: bool = True

    def params(self) -> Any:
        """Return them in llama.cpp's form; the cache is of F16."""
        params = llama.llama_context_default_params()
        params.n_ctx = self.cache_tokens
        params.n_batch = self.batch_tokens
        params.n_ubatch = min(self.micro_batch_tokens, self.batch_tokens)
        params.n_seq_max = self.num_slots
        params.n_outputs_max = self.max_rows
        params.n_threads = params.n_threads_batch = self.num_threads
        params.flash_attn_type = int(self.flash_attention)
        params.kv_unified = self.is_unified
        return params


class BareContext:
    """One context; all times in seconds."""

    def __init__(self, model: Any, options: ContextOptions) -> None:
        self._options = options
        self._context = llama.llama_init_from_model(model, options.params())
        if not self._context:
            raise BenchError(reason="llama.cpp cannot make a context of this size.")
        self._batch = llama.llama_batch_init(options.batch_tokens, 0, 1)
        self._memory = llama.llama_get_memory(self._context)
        self.cells = LlamaCells(self._context)

    def read(self, slot: int, num_tokens: int) -> float:
        """Read so many tokens into an empty slot."""
        seconds = 0.0
        for start in range(0, num_tokens, self._options.batch_tokens):
            end = min(num_tokens, start + self._options.batch_tokens)
            rows = [
                (slot, position, _ANY_TOKEN + position % 1000) for position in range(start, end)
            ]
            seconds += self._decode(rows, {len(rows) - 1})
        return seconds

    def share(self, source: int, target: int) -> float:
        """Let an empty slot have what another holds; between streams that is a copy."""
        started = time.perf_counter()
        llama.llama_memory_seq_cp(self._memory, source, target, -1, -1)
        return time.perf_counter() - started

    def step(self, slots: Sequence[int], position: int, num_tokens: int = 1) -> float:
        """Decode so many tokens in each slot from a position on, and take them back."""
        rows = [
            (slot, position + place, _ANY_TOKEN) for slot in slots for place in range(num_tokens)
        ]
        seconds = self._decode(rows, set(range(len(rows))))
        for slot in slots:
            llama.llama_memory_seq_rm(self._memory, slot, position, -1)
        return seconds

    def logits(self, tokens: Sequence[int], num_vocabulary: int) -> NDArray[np.float32]:
        """Return the logits after each token of a text, shape (tokens, vocabulary); a copy."""
        llama.llama_memory_clear(self._memory, True)
        rows = [(0, position, token) for position, token in enumerate(tokens)]
        self._decode(rows, set(range(len(rows))))
        pointer = llama.llama_get_logits(self._context)
        return np.ctypeslib.as_array(pointer, shape=(len(rows), num_vocabulary)).copy()

    def close(self) -> None:
        """Free it."""
        llama.llama_batch_free(self._batch)
        llama.llama_free(self._context)

    def _decode(self, rows: Sequence[tuple[int, int, int]], wanted: set[int]) -> float:
        """Decode tokens at (slot, position, token); `wanted` rows get logits."""
        batch = self._batch
        batch.n_tokens = len(rows)
        for index, (slot, position, token) in enumerate(rows):
            batch.token[index] = token
            batch.pos[index] = position
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = slot
            batch.logits[index] = index in wanted
        started = time.perf_counter()
        code = llama.llama_decode(self._context, batch)
        llama.llama_synchronize(self._context)
        if code:
            raise BenchError(reason=f"llama_decode returned {code}.")
        return time.perf_counter() - started


class BareModel:
    """The child's side: a loaded model, whose contexts live for one question each."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def is_flash_attention_faster(self, options: ContextOptions) -> bool:
        """Tell what the engine would find at its start."""
        return is_flash_attention_faster(self._model, options.params())

    def steps(
        self, options: ContextOptions, num_prompt: int, shapes: Sequence[tuple[int, int]]
    ) -> list[float]:
        """Return the seconds of reading a prompt, and of a step for each shape.

        A shape is (sequences, tokens of each); all sequences share the prompt.
        """
        with self._opened(options) as context:
            seconds = [context.read(0, num_prompt)]
            for slot in range(1, options.num_slots):
                context.share(0, slot)
            return seconds + [
                _median_of(context, range(count), num_prompt, num_tokens)
                for count, num_tokens in shapes
            ]

    def sessions(
        self, options: ContextOptions, num_sessions: int, num_prompt: int
    ) -> tuple[float, float]:
        """Return the seconds of a step of all slots, and of sharing a prompt with one.

        The slots are evenly divided among sessions, each with a prompt of its own.
        """
        per_session = options.num_slots // num_sessions
        with self._opened(options) as context:
            context.read(0, num_prompt)
            state = context.cells.save(Slot(0))
            for first in range(per_session, options.num_slots, per_session):
                context.cells.restore(Slot(first), state)
            sharing = [
                context.share(slot - slot % per_session, slot)
                for slot in range(options.num_slots)
                if slot % per_session
            ]
            step = _median_of(context, range(options.num_slots), num_prompt, 1)
            return step, float(np.median(sharing))

    def parking(self, options: ContextOptions, num_tokens: int) -> tuple[float, float, float, int]:
        """Return the seconds of reading, saving and restoring a prompt, and the state's bytes."""
        with self._opened(options) as context:
            reading = context.read(0, num_tokens)
            started = time.perf_counter()
            state = context.cells.save(Slot(0))
            saving = time.perf_counter() - started
            context.cells.trim(Slot(0), 0)
            started = time.perf_counter()
            context.cells.restore(Slot(0), state)
            return reading, saving, time.perf_counter() - started, len(state)

    @contextmanager
    def _opened(self, options: ContextOptions) -> Iterator[BareContext]:
        context = BareContext(self._model, options)
        try:
            yield context
        finally:
            context.close()


@contextmanager
def open_bare_model(path: Path) -> Iterator[BareModel]:
    """Load a model."""
    with ExitStack() as stack:
        params = llama.llama_model_default_params()
        params.load_mode = llama.LLAMA_LOAD_MODE_NONE
        yield BareModel(open_model(path, params, stack))


_NUM_STEPS = 5


def _median_of(context: BareContext, slots: Sequence[int], position: int, num_tokens: int) -> float:
    # The first step of a shape plans its graph and is left out.
    times = [context.step(slots, position, num_tokens) for _ in range(1 + _NUM_STEPS)]
    return float(np.median(times[1:]))
