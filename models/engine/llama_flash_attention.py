"""Is flash attention faster here? It depends on the processor, so a short trial decides.

With AMX a step of 32 sequences was measured at 474 ms with it and 96 without. On a Zen 4 without
AMX it is the slower one in the trial by a little, and by far the faster one in a full cache
(docs/benchmarks.md), since it skips the cells of other sessions.
"""

import logging
import time
from contextlib import ExitStack
from typing import Any

import llama_cpp.llama_cpp as llama

from models.engine.llama_library import open_context
from notes.errors import EngineError

log = logging.getLogger("notes.engine")

MAX_PROMPT_TOKENS = 256
PROMPT_S = 0.8  # a large model reads fewer tokens in the trial, so that loading stays short
NUM_ROWS = 16
NUM_ROUNDS = 3
MARGIN = 0.7  # it is left out only where that is far faster: see above


def is_flash_attention_faster(model: Any, params: Any) -> bool:
    """Compare both ways in small contexts of a loaded model."""
    with ExitStack() as stack:
        trials = [Trial(model, params, is_on, stack) for is_on in (True, False)]
        num_tokens = min(MAX_PROMPT_TOKENS, max(NUM_ROWS, trials[0].tokens_in(PROMPT_S)))
        for trial in trials:
            trial.read(num_tokens)
        # In turns, and the best of each: other work on the machine meets both alike.
        rounds = [[trial.write() for trial in trials] for _ in range(NUM_ROUNDS)]
    with_it, without_it = (min(times) for times in zip(*rounds, strict=True))
    is_faster = bool(without_it > MARGIN * with_it)
    data = {"with_s": round(with_it, 4), "without_s": round(without_it, 4), "chosen": is_faster}
    log.info("flash attention measured", extra={"data": data})
    return is_faster


class Trial:
    """A small context with flash attention or without; freed with the stack."""

    def __init__(self, model: Any, params: Any, is_on: bool, stack: ExitStack) -> None:
        params = type(params).from_buffer_copy(params)
        params.n_ctx = 2 * MAX_PROMPT_TOKENS
        params.n_batch = MAX_PROMPT_TOKENS
        params.n_seq_max = params.n_outputs_max = NUM_ROWS
        params.flash_attn_type = int(is_on)
        self._context = open_context(model, params, stack)
        self._batch = llama.llama_batch_init(MAX_PROMPT_TOKENS, 0, 1)
        stack.callback(llama.llama_batch_free, self._batch)
        self._num_read = 0

    def tokens_in(self, seconds: float) -> int:
        """Return how many tokens of a prompt are read in so many seconds."""
        started = time.perf_counter()
        self._decode([(0, position) for position in range(NUM_ROWS)])
        rate = NUM_ROWS / (time.perf_counter() - started)
        self._forget()
        return int(rate * seconds)

    def read(self, num_tokens: int) -> None:
        """Read a prompt and let every row share it."""
        self._decode([(0, position) for position in range(num_tokens)])
        self._num_read = num_tokens
        for row in range(1, NUM_ROWS):
            llama.llama_memory_seq_cp(self._memory, 0, row, -1, -1)

    def write(self) -> float:
        """Return the seconds that a step with a token in each row takes."""
        started = time.perf_counter()
        self._decode([(row, self._num_read) for row in range(NUM_ROWS)])
        self._num_read += 1
        return time.perf_counter() - started

    @property
    def _memory(self) -> Any:
        return llama.llama_get_memory(self._context)

    def _forget(self) -> None:
        llama.llama_memory_clear(self._memory, True)

    def _decode(self, places: list[tuple[int, int]]) -> None:
        """Decode a token at each (row, position)."""
        self._batch.n_tokens = len(places)
        for index, (row, position) in enumerate(places):
            self._batch.token[index] = index + 1
            self._batch.pos[index] = position
            self._batch.n_seq_id[index] = 1
            self._batch.seq_id[index][0] = row
            self._batch.logits[index] = index == len(places) - 1
        if code := llama.llama_decode(self._context, self._batch):
            raise EngineError(reason=f"llama_decode returned {code}")
        llama.llama_synchronize(self._context)
