"""llama.cpp's grammars, through llama-cpp-python's low-level API."""

import ctypes
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from notes.errors import EngineError

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
_NUM_ROWS = 512  # for questions about every byte, or about the best few hundred tokens


class Candidates:
    """The array that llama.cpp's samplers work on; it grows to the longest question."""

    def __init__(self, num_rows: int = _NUM_ROWS) -> None:
        self._array: Any = llama.llama_token_data_array()
        self._reference = ctypes.byref(self._array)
        self._make_room(num_rows)

    def survivors(self, sampler: Any, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which tokens a sampler leaves possible, shape (len(tokens),)."""
        size = len(tokens)
        if size > len(self._rows):
            self._make_room(size)
        self._ids[:size] = tokens
        self._logits[:size] = 0.0
        self._array.size = size
        llama.llama_sampler_apply(sampler, self._reference)
        is_left: NDArray[np.bool_] = np.isfinite(self._logits[:size])
        return is_left

    def _make_room(self, num_rows: int) -> None:
        self._rows = np.zeros(num_rows, dtype=CANDIDATE)
        self._ids, self._logits = self._rows["id"], self._rows["logit"]
        self._array.data = self._rows.ctypes.data_as(ctypes.POINTER(llama.llama_token_data))
        self._array.selected = -1
        self._array.sorted = False


class LlamaGrammar:
    """The state of a grammar, between two tokens. One thread uses it and its clones."""

    def __init__(self, sampler: Any, num_tokens: int, candidates: Candidates) -> None:
        self._sampler = sampler
        self._num_tokens = num_tokens
        self._candidates = candidates

    def allows(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell for each of these tokens of the vocabulary whether it may come next."""
        return self._candidates.survivors(self._sampler, tokens)

    def accept(self, token: int) -> None:
        """Go on by one token, also by an end token; raises EngineError when it may not come."""
        # The library would abort the process.
        if not 0 <= token < self._num_tokens or not self.allows(np.array([token], np.int32))[0]:
            raise EngineError(reason="a token against the grammar was to be accepted")
        llama.llama_sampler_accept(self._sampler, token)

    def clone(self) -> "LlamaGrammar":
        """Return an independent copy of the state, which the caller closes."""
        copy = llama.llama_sampler_clone(self._sampler)
        return LlamaGrammar(copy, self._num_tokens, self._candidates)

    def close(self) -> None:
        """Free it, once."""
        sampler, self._sampler = self._sampler, None
        if sampler is not None:
            llama.llama_sampler_free(sampler)


def open_grammar(vocab_pointer: Any, gbnf: str) -> LlamaGrammar:
    """Read a grammar whose first rule is `root`; raises EngineError when it cannot be read."""
    # The library takes an empty grammar for none, which allows everything.
    data = gbnf.encode()
    sampler = data and llama.llama_sampler_init_grammar(vocab_pointer, data, b"root")
    if not sampler:
        raise EngineError(reason="a branch's grammar cannot be read")
    return LlamaGrammar(sampler, llama.llama_vocab_n_tokens(vocab_pointer), Candidates())
