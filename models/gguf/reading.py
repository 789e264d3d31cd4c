"""A GGUF model read token by token: what it makes of texts, for holding it against another."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self, TypeAlias

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from models.engine.llama_adapters import LlamaAdapters
from models.engine.llama_library import available_cores, open_context, open_model
from notes.errors import EngineError

Logits: TypeAlias = NDArray[np.float32]  # shape (tokens, vocabulary)

BATCH_TOKENS = 256
_SEQUENCE = 0
_ADAPTER = "adapter"


class GgufReading:
    """A loaded model that holds one text, with an adapter over it where one is given."""

    def __init__(
        self,
        path: Path,
        *,
        adapter: Path | None = None,
        context_tokens: int = 2048,
        num_threads: int | None = None,
    ) -> None:
        with ExitStack() as stack:
            model = open_model(path, llama.llama_model_default_params(), stack)
            self._context = open_context(model, _params(context_tokens, num_threads), stack)
            if adapter is not None:
                adapters = LlamaAdapters(model, self._context, {_ADAPTER: adapter})
                stack.callback(adapters.close)
                adapters.use(_ADAPTER)
            self._vocab = llama.llama_model_get_vocab(model)
            self._batch = llama.llama_batch_init(BATCH_TOKENS, 0, 1)
            stack.callback(llama.llama_batch_free, self._batch)
            self._memory = llama.llama_get_memory(self._context)
            self._resources = stack.pop_all()

    @property
    def num_vocabulary_tokens(self) -> int:
        """Return the width of a row of logits."""
        return int(llama.llama_vocab_n_tokens(self._vocab))

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a text, without a begin token; chat tags are single tokens."""
        data = text.encode()
        room = len(data) + 2  # at most a token a byte, and a blank in front
        found = (llama.llama_token * room)()
        count = llama.llama_tokenize(self._vocab, data, len(data), found, room, False, True)
        return tuple(found[:count])

    def read(self, tokens: Sequence[int], start: int) -> Logits:
        """Read a text from its beginning; return the logits after each token from `start` on."""
        self._forget(0)
        rows = [
            self._decode(tokens[first : first + BATCH_TOKENS], first, start)
            for first in range(0, len(tokens), BATCH_TOKENS)
        ]
        return np.concatenate(rows)

    def greedy(self, position: int, first: int, num_tokens: int) -> tuple[int, ...]:
        """Return the most probable text from `position` of the one that was read last.

        `first` is its first token, which `read` has told; an end token does not end it.
        """
        self._forget(position)
        written = [first]
        while len(written) < num_tokens:
            at = position + len(written) - 1
            written.append(int(self._decode(written[-1:], at, at).argmax()))
        return tuple(written)

    def close(self) -> None:
        """Free the model, once."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _forget(self, position: int) -> None:
        llama.llama_memory_seq_rm(self._memory, _SEQUENCE, position, -1)

    def _decode(self, tokens: Sequence[int], position: int, start: int) -> Logits:
        """Return the logits of those tokens that stand at `start` or behind it."""
        batch = self._batch
        batch.n_tokens = len(tokens)
        for row, token in enumerate(tokens):
            batch.token[row] = token
            batch.pos[row] = position + row
            batch.n_seq_id[row] = 1
            batch.seq_id[row][0] = _SEQUENCE
            batch.logits[row] = position + row >= start
        if code := llama.llama_decode(self._context, batch):
            raise EngineError(reason=f"llama_decode returned {code}")
        num_rows = max(0, min(len(tokens), position + len(tokens) - start))
        shape = (num_rows, self.num_vocabulary_tokens)
        if num_rows == 0:
            return np.empty(shape, np.float32)
        pointer = llama.llama_get_logits(self._context)
        return np.ctypeslib.as_array(pointer, shape=shape).copy()


def _params(context_tokens: int, num_threads: int | None) -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx = context_tokens
    params.n_batch = params.n_ubatch = params.n_outputs_max = BATCH_TOKENS
    params.n_threads = params.n_threads_batch = num_threads or available_cores()
    params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return params
