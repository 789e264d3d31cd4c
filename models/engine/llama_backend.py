"""llama.cpp as the engine's backend, through llama-cpp-python's low-level API."""

import ctypes
import logging
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from models.engine.batch import Batch
from models.engine.llama_adapters import LlamaAdapters
from models.engine.llama_flash_attention import is_flash_attention_faster
from models.engine.llama_grammar import LlamaGrammar, open_grammar
from models.engine.llama_library import available_cores, open_context, open_model
from models.engine.llama_vocabulary import LlamaVocabulary
from models.engine.params import EngineConfig, KVType
from models.engine.parking import State
from models.engine.slots import Slot
from notes.errors import EngineError

log = logging.getLogger("notes.engine")

ABORTED = 2  # llama_decode's answer when the abort callback said so


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


class LlamaCells:
    """The cells of a context's unified KV cache."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._memory = llama.llama_get_memory(context)

    def fork(self, source: Slot, target: Slot, start: int, end: int) -> None:
        """Share cells of a sequence; nothing is copied in a unified cache."""
        llama.llama_memory_seq_cp(self._memory, source, target, start, end)

    def trim(self, slot: Slot, start: int, end: int = -1) -> None:
        """Take a sequence out of its cells from a position on, or to another."""
        llama.llama_memory_seq_rm(self._memory, slot, start, end)

    def num_bytes(self, slot: Slot) -> int:
        """Return the size of a sequence's state."""
        return int(llama.llama_state_seq_get_size(self._context, slot))

    def save(self, slot: Slot) -> State:
        """Return the state of a sequence's cells, shape (bytes,)."""
        state = np.empty(self.num_bytes(slot), np.uint8)
        size = llama.llama_state_seq_get_data(
            self._context, _pointer(state, ctypes.c_uint8), len(state), slot
        )
        return state[:size]

    def restore(self, slot: Slot, state: State) -> bool:
        """Fill an empty slot; False where no cells are free for it."""
        pointer = _pointer(state, ctypes.c_uint8)
        size = llama.llama_state_seq_set_data(self._context, pointer, len(state), slot)
        return bool(size)


class AbortFlag:
    """A flag that llama.cpp looks at between two operations of a decode.

    The callback is libc's `strlen`, which says 0 of an empty text and 1 of a text of one byte: so
    the flag is read without Python's lock, several hundred times a step.
    """

    def __init__(self, context: Any) -> None:
        self._text = ctypes.create_string_buffer(b"\0", 2)
        self._callback = ctypes.cast(ctypes.CDLL(None).strlen, llama.ggml_abort_callback)
        address = ctypes.cast(self._text, ctypes.c_void_p)
        llama.llama_set_abort_callback(context, self._callback, address)

    def set(self) -> None:
        """End the decode under way."""
        self._text[0] = b"\1"

    def clear(self) -> None:
        """Let decodes run."""
        self._text[0] = b"\0"


class LlamaBackend:
    """One model and one context with a unified KV cache."""

    def __init__(
        self, model_path: Path, config: EngineConfig, adapters: Mapping[str, Path] | None = None
    ) -> None:
        with ExitStack() as stack:
            model = open_model(model_path, _model_params(config), stack)
            self.vocabulary = LlamaVocabulary(model)
            stack.callback(self.vocabulary.close)
            self._context = _open_context(model, config, stack)
            self._adapters = LlamaAdapters(model, self._context, adapters or {})
            self.adapter_names = frozenset(adapters or {})
            stack.callback(self._adapters.close)
            self.cells = LlamaCells(self._context)
            self._flag = AbortFlag(self._context)
            self._batch = NativeBatch(config.batch_tokens)
            self._vocab = llama.llama_model_get_vocab(model)
            self.model_bytes = int(llama.llama_model_size(model))
            self.trained_context_tokens = int(llama.llama_model_n_ctx_train(model))
            self._resources = stack.pop_all()

    def decode(self, batch: Batch) -> bool:
        """Run the batch; False where it was aborted, EngineError on any other failure."""
        code = llama.llama_decode(self._context, self._batch.fill(batch))
        if code == ABORTED:
            return False
        if code != 0:
            raise EngineError(reason=f"llama_decode returned {code}")
        return True

    def abort(self) -> None:
        """End the decode under way; for any thread."""
        self._flag.set()

    def clear_abort(self) -> None:
        """Let decodes run again."""
        self._flag.clear()

    def logits(self, rows: list[int]) -> NDArray[np.float32]:
        """Return the logits of all rows that asked for them, shape (len(rows), num_tokens).

        A view, valid until the next decode. llama.cpp keeps them in the order of the rows.
        """
        pointer = llama.llama_get_logits(self._context)
        return np.ctypeslib.as_array(pointer, shape=(len(rows), self.vocabulary.num_tokens))

    def open_grammar(self, gbnf: str) -> LlamaGrammar:
        """Return a new state of a grammar; raises EngineError when it cannot be read."""
        return open_grammar(self._vocab, gbnf)

    def use_adapter(self, name: str | None) -> None:
        """Decode with this adapter, or with none, from now on."""
        self._adapters.use(name)

    def close(self) -> None:
        """Free the context and the model, once."""
        self._resources.close()


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
_KV_TYPES = {KVType.F16: llama.GGML_TYPE_F16, KVType.Q8_0: llama.GGML_TYPE_Q8_0}


def _usable_gpu_layers(num_gpu_layers: int) -> int:
    if num_gpu_layers > 0 and not llama.llama_supports_gpu_offload():
        log.warning("no GPU support in llama.cpp; the CPU is used")
        return 0
    return num_gpu_layers


def _open_context(model: Any, config: EngineConfig, stack: ExitStack) -> Any:
    params = _context_params(config)
    if config.flash_attention is None:
        params.flash_attn_type = _flash_attention(is_flash_attention_faster(model, params))
    return open_context(model, params, stack)


def _context_params(config: EngineConfig) -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx = config.cache_tokens
    params.n_batch = config.batch_tokens
    params.n_ubatch = min(config.micro_batch_tokens, config.batch_tokens)
    params.n_seq_max = config.max_sequences
    # One row of logits a sequence; the default reserves one a token of the batch.
    params.n_outputs_max = config.max_sequences
    # The library's own default is the host's core count, whatever this process may use.
    params.n_threads = params.n_threads_batch = config.num_threads or available_cores()
    params.flash_attn_type = _flash_attention(config.flash_attention is True)
    params.type_k = params.type_v = _KV_TYPES[config.kv_type]
    params.kv_unified = True
    return params


def _flash_attention(is_on: bool) -> int:
    if is_on:
        return llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    return llama.LLAMA_FLASH_ATTN_TYPE_DISABLED


def _pointer(array: NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
