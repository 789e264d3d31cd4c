"""llama.cpp as the engine's backend, through llama-cpp-python's low-level API."""

import ctypes
import logging
import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from models.engine.backend import Sample
from models.engine.batch import Batch
from models.engine.params import EngineConfig, SamplingParams
from models.engine.slots import Slot
from notes.errors import EngineError

log = logging.getLogger("notes.engine")

NATIVE_LOG_ERROR = 4  # ggml.h; the binding's own table of levels is of an older llama.cpp
CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
PIECE_BYTES = 256  # longer than any token's text


def _log_native(level: int, text: bytes, _: ctypes.c_void_p) -> None:
    # llama.cpp's errors name files, tensors and numbers; what follows a line may be a grammar.
    if level == NATIVE_LOG_ERROR:
        line = text.decode(errors="replace").partition("\n")[0]
        log.error("llama.cpp failed", extra={"data": {"reason": line}})


_native_logger = llama.llama_log_callback(_log_native)  # must outlive every native call
llama.llama_log_set(_native_logger, ctypes.c_void_p(0))


class LlamaVocabulary:
    """The vocabulary of a loaded model. Closing it makes a late caller fail, not crash."""

    def __init__(self, model: Any) -> None:
        self._vocab = llama.llama_model_get_vocab(model)
        self._lock = threading.Lock()
        self._is_open = True
        self.num_tokens = llama.llama_vocab_n_tokens(self._vocab)
        self._adds_blank = llama.llama_vocab_type(self._vocab) == llama.LLAMA_VOCAB_TYPE_SPM
        self._line_start = self._tokenize("\n", is_start=False) if self._adds_blank else []

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        """Return the tokens of a text; chat tags become special tokens."""
        with self._lock:
            if not self._is_open:
                raise EngineError(reason="it was closed")
            if is_start or not self._adds_blank:
                return self._tokenize(text, is_start=is_start)
            # SentencePiece puts a blank before every text. A continuation must not gain one, so
            # the blank goes to a newline in front, which never joins with what follows.
            return self._tokenize("\n" + text, is_start=False)[len(self._line_start) :]

    def piece(self, token: int) -> bytes:
        """Return a token's bytes; special tokens have none."""
        buffer = ctypes.create_string_buffer(PIECE_BYTES)
        size = llama.llama_token_to_piece(self._vocab, token, buffer, PIECE_BYTES, 0, False)
        return buffer.raw[: max(size, 0)]

    def is_end(self, token: int) -> bool:
        """Tell whether a token ends the answer (any of the model's end-of-generation tokens)."""
        return bool(llama.llama_vocab_is_eog(self._vocab, token))

    def close(self) -> None:
        """Refuse further texts; the model is freed after this."""
        with self._lock:
            self._is_open = False

    def _tokenize(self, text: str, *, is_start: bool) -> list[int]:
        data = text.encode("utf-8", errors="replace")
        room = len(data) + 2  # at most a token a byte, a begin token and a blank
        tokens = (llama.llama_token * room)()
        count = llama.llama_tokenize(self._vocab, data, len(data), tokens, room, is_start, True)
        return tokens[:count]


class LlamaTokenizer:
    """A model's vocabulary without its weights: small and quick to load."""

    def __init__(self, model_path: Path) -> None:
        params = llama.llama_model_default_params()
        params.vocab_only = True
        with ExitStack() as stack:
            model = _open_model(model_path, params, stack)
            self._vocabulary = LlamaVocabulary(model)
            stack.callback(self._vocabulary.close)
            template = llama.llama_model_chat_template(model, None)
            self.chat_template = template.decode() if template else None
            self._resources = stack.pop_all()

    @classmethod
    def load(cls, model_path: Path) -> Self:
        """Read the vocabulary of a GGUF file; raises EngineError when it is none."""
        return cls(model_path)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text as the engine reads it, without a begin token."""
        return self._vocabulary.encode(text, is_start=False)

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return len(self.encode(text))

    def close(self) -> None:
        """Free the vocabulary, once."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Candidates:
    """The array that llama.cpp's samplers work on: every token with its logit."""

    def __init__(self, num_tokens: int) -> None:
        self._rows = np.zeros(num_tokens, dtype=CANDIDATE)
        self._ids = np.arange(num_tokens, dtype=np.int32)
        self._array: Any = llama.llama_token_data_array()

    def load(self, logits: NDArray[np.float32]) -> None:
        """Begin anew from a row of logits, shape (num_tokens,)."""
        self._rows["id"] = self._ids  # samplers sort in place
        self._rows["logit"] = logits
        self._point_at(self._rows)

    def apply(self, sampler: Any) -> None:
        """Let a sampler change logits, order or selection."""
        llama.llama_sampler_apply(sampler, ctypes.byref(self._array))

    def has_any(self) -> bool:
        """Tell whether a token is left that is not forbidden."""
        return bool(np.isfinite(self._rows["logit"]).any())

    def is_allowed(self, token: int, grammar: Any) -> bool:
        """Tell whether a grammar accepts this token next."""
        row = np.array([(token, 1.0, 0.0)], dtype=CANDIDATE)
        self._point_at(row)
        self.apply(grammar)
        return bool(np.isfinite(row["logit"][0]))

    @property
    def selected(self) -> int:
        """Return the token that the last sampler of a chain chose."""
        return int(self._array.data[self._array.selected].id)

    def _point_at(self, rows: NDArray[np.void]) -> None:
        self._array.data = rows.ctypes.data_as(ctypes.POINTER(llama.llama_token_data))
        self._array.size = len(rows)
        self._array.selected = -1
        self._array.sorted = False


class LlamaSampler:
    """One branch's sampler chain and grammar."""

    def __init__(self, backend: "LlamaBackend", chain: Any, grammar: Any | None) -> None:
        self._backend = backend
        self._chain = chain
        self._grammar = grammar

    def sample(self, row: int) -> Sample:
        """Choose from the logits of a row of the last batch, and accept the choice once."""
        logits = self._backend.logits(row)
        token = self._choose(logits)
        llama.llama_sampler_accept(self._chain, token)
        if self._grammar is not None:
            llama.llama_sampler_accept(self._grammar, token)
        return Sample(token, log_softmax(logits, token))

    def close(self) -> None:
        """Free the native samplers."""
        llama.llama_sampler_free(self._chain)
        if self._grammar is not None:
            llama.llama_sampler_free(self._grammar)

    def _choose(self, logits: NDArray[np.float32]) -> int:
        """Ask the grammar about one token first; about all of them only when it says no."""
        candidates = self._backend.candidates
        candidates.load(logits)
        candidates.apply(self._chain)
        token = candidates.selected
        if self._grammar is None or candidates.is_allowed(token, self._grammar):
            return token
        candidates.load(logits)
        candidates.apply(self._grammar)
        if not candidates.has_any():
            # Accepting a token against the grammar would abort the process.
            raise EngineError(reason="the grammar allows no token of this vocabulary")
        candidates.apply(self._chain)
        return candidates.selected


class NativeBatch:
    """The memory of a `llama_batch`, filled by slices. Every array has shape (num_tokens,)."""

    def __init__(self, num_tokens: int) -> None:
        self._tokens = np.zeros(num_tokens, dtype=np.int32)
        self._positions = np.zeros(num_tokens, dtype=np.int32)
        self._slots = np.zeros(num_tokens, dtype=np.int32)
        self._wants_logits = np.zeros(num_tokens, dtype=np.int8)
        self._num_slots = np.ones(num_tokens, dtype=np.int32)  # a token is in one sequence
        self._slot_pointers = self._slots.ctypes.data + 4 * np.arange(num_tokens, dtype=np.uint64)

    def fill(self, batch: Batch) -> llama.llama_batch:
        """Return the batch in llama.cpp's form; it points into this object."""
        self._wants_logits[: batch.num_tokens] = 0
        for span in batch.spans:
            rows = slice(span.first_row, span.last_row + 1)
            self._tokens[rows] = span.tokens
            self._positions[rows] = np.arange(span.position, span.position + len(span.tokens))
            self._slots[rows] = span.slot
            self._wants_logits[span.last_row] = span.needs_logits
        return llama.llama_batch(
            n_tokens=batch.num_tokens,
            token=_pointer(self._tokens, ctypes.c_int32),
            pos=_pointer(self._positions, ctypes.c_int32),
            n_seq_id=_pointer(self._num_slots, ctypes.c_int32),
            seq_id=_pointer(self._slot_pointers, ctypes.POINTER(ctypes.c_int32)),
            logits=_pointer(self._wants_logits, ctypes.c_int8),
        )


class LlamaBackend:
    """One model and one context with a unified KV cache."""

    def __init__(self, model_path: Path, config: EngineConfig) -> None:
        with ExitStack() as stack:
            model = _open_model(model_path, _model_params(config), stack)
            self.vocabulary = LlamaVocabulary(model)
            stack.callback(self.vocabulary.close)
            self._context = _open_context(model, config, stack)
            self._memory = llama.llama_get_memory(self._context)
            self._batch = NativeBatch(config.batch_tokens)
            self.candidates = Candidates(self.vocabulary.num_tokens)
            self._vocab = llama.llama_model_get_vocab(model)
            self.model_bytes = int(llama.llama_model_size(model))
            self.trained_context_tokens = int(llama.llama_model_n_ctx_train(model))
            self._resources = stack.pop_all()

    def decode(self, batch: Batch) -> None:
        """Run the batch; raises EngineError on any result but success."""
        code = llama.llama_decode(self._context, self._batch.fill(batch))
        if code != 0:
            raise EngineError(reason=f"llama_decode returned {code}")

    def logits(self, row: int) -> NDArray[np.float32]:
        """Return the logits of a row of the last batch, shape (num_tokens,); a view."""
        pointer = llama.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, shape=(self.vocabulary.num_tokens,))

    def fork(self, source: Slot, target: Slot) -> None:
        """Share the cells of a sequence; nothing is copied in a unified cache."""
        llama.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def clear(self, slot: Slot) -> None:
        """Take a sequence out of its cells."""
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)

    def open_sampler(self, sampling: SamplingParams, grammar: str | None) -> LlamaSampler:
        """Return a sampler of the chain penalties, top-k, top-p, temperature, choice."""
        native_grammar = None
        if grammar is not None:
            native_grammar = llama.llama_sampler_init_grammar(
                self._vocab, grammar.encode(), b"root"
            )
            if not native_grammar:
                raise EngineError(reason="a branch's grammar cannot be read")
        return LlamaSampler(self, self._open_chain(sampling), native_grammar)

    def close(self) -> None:
        """Free the context and the model, once."""
        self._resources.close()

    def _open_chain(self, sampling: SamplingParams) -> Any:
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for sampler in self._chain_of(sampling):
            llama.llama_sampler_chain_add(chain, sampler)
        return chain

    def _chain_of(self, sampling: SamplingParams) -> tuple[Any, ...]:
        penalties = llama.llama_sampler_init_penalties(
            self.vocabulary.num_tokens,
            sampling.repeat_last_n,
            sampling.repeat_penalty,
            0.0,
            0.0,
        )
        if sampling.temperature <= 0:
            return penalties, llama.llama_sampler_init_greedy()
        return (
            penalties,
            llama.llama_sampler_init_top_k(sampling.top_k),
            llama.llama_sampler_init_top_p(sampling.top_p, 1),
            llama.llama_sampler_init_temp(sampling.temperature),
            llama.llama_sampler_init_dist(_native_seed(sampling.seed)),
        )


def log_softmax(logits: NDArray[np.float32], token: int) -> float:
    """Return the log-probability of one token of a row of logits, shape (num_tokens,)."""
    highest = logits.max()
    return float(logits[token] - highest - np.log(np.exp(logits - highest).sum()))


def available_cores() -> int:
    """Return the number of cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _native_seed(seed: int | None) -> int:
    # llama.cpp takes its default seed for "a random one".
    default = llama.LLAMA_DEFAULT_SEED
    return default if seed is None else seed % default


def _open_model(model_path: Path, params: Any, stack: ExitStack) -> Any:
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(os.fsencode(model_path), params)
    if not model:
        raise EngineError(reason=f"llama.cpp cannot load {model_path.name}")
    stack.callback(llama.llama_model_free, model)
    return model


def _model_params(config: EngineConfig) -> Any:
    params = llama.llama_model_default_params()
    params.n_gpu_layers = _usable_gpu_layers(config.num_gpu_layers)
    params.load_mode = _LOAD_MODES[config.use_mmap, config.use_mlock]
    return params


_LOAD_MODES = {
    (False, False): llama.LLAMA_LOAD_MODE_NONE,
    (True, False): llama.LLAMA_LOAD_MODE_MMAP,
    (False, True): llama.LLAMA_LOAD_MODE_MLOCK,
    (True, True): llama.LLAMA_LOAD_MODE_MMAP_MLOCK,
}


def _usable_gpu_layers(num_gpu_layers: int) -> int:
    if num_gpu_layers > 0 and not llama.llama_supports_gpu_offload():
        log.warning("no GPU support in llama.cpp; the CPU is used")
        return 0
    return num_gpu_layers


def _open_context(model: Any, config: EngineConfig, stack: ExitStack) -> Any:
    context = llama.llama_init_from_model(model, _context_params(config))
    if not context:
        raise EngineError(reason="llama.cpp cannot make a context of this size")
    stack.callback(llama.llama_free, context)
    return context


def _context_params(config: EngineConfig) -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx = config.cache_tokens
    params.n_batch = params.n_ubatch = config.batch_tokens
    params.n_seq_max = config.max_sequences
    # One row of logits a sequence; the default reserves one a token of the batch.
    params.n_outputs_max = config.max_sequences
    # The library's own default is the host's core count, whatever this process may use.
    params.n_threads = params.n_threads_batch = config.num_threads or available_cores()
    params.flash_attn_type = (
        llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
        if config.flash_attention
        else llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
    )
    params.kv_unified = True
    return params


def _pointer(array: NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
