"""LoRA adapters over a loaded model: read once, one at a time in use."""

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama

from models.gguf.adapter import read_adapter
from notes.errors import EngineError, ModelSourceError

_NAME_BYTES = 128  # longer than any architecture's name
_SCALE = 1.0  # of what the file itself says (alpha / rank)


class LlamaAdapters:
    """The adapters of one context. For the thread that owns it; to be closed before it.

    What the cache holds was computed with the adapter of its time: its user keeps them apart.
    """

    def __init__(self, model: Any, context: Any, paths: Mapping[str, Path]) -> None:
        """Read the files; EngineError, with the adapter's name, when one does not fit."""
        self._context = context
        self._current: str | None = None
        self._adapters: dict[str, Any] = {}
        try:
            for name, path in paths.items():
                self._adapters[name] = _open_adapter(model, name, path)
        except BaseException:
            self.close()
            raise

    def use(self, name: str | None) -> None:
        """Let the next batches go through this adapter; None is the base alone.

        A real change makes llama.cpp plan its graphs anew at the next decode.
        """
        if name == self._current:
            return
        if name is not None and name not in self._adapters:
            raise EngineError(reason=f'there is no adapter "{name}"')
        self._set(name)

    def close(self) -> None:
        """Take the adapter in use out of the context, and free all of them, once."""
        if self._current is not None:
            self._set(None)
        while self._adapters:
            llama.llama_adapter_lora_free(self._adapters.popitem()[1])

    def _set(self, name: str | None) -> None:
        chosen = [] if name is None else [self._adapters[name]]
        adapters = (llama.llama_adapter_lora_p_ctypes * len(chosen))(*chosen)
        scales = (ctypes.c_float * len(chosen))(*[_SCALE] * len(chosen))
        code = llama.llama_set_adapters_lora(self._context, adapters, len(chosen), scales)
        if code != 0:
            raise EngineError(reason=f'llama.cpp refuses the adapter "{name}" ({code})')
        self._current = name


def _open_adapter(model: Any, name: str, path: Path) -> Any:
    try:
        # Before llama.cpp sees it, which ends the process on some damaged files.
        read_adapter(path, _architecture_of(model))
    except ModelSourceError as error:
        reason = f'the adapter "{name}" cannot be used: {error.data["reason"]}'
        raise EngineError(reason=reason) from error
    adapter = llama.llama_adapter_lora_init(model, os.fsencode(path))
    if not adapter:
        raise EngineError(reason=f'the adapter "{name}" does not fit the model')
    return adapter


def _architecture_of(model: Any) -> str:
    buffer = ctypes.create_string_buffer(_NAME_BYTES)
    llama.llama_model_meta_val_str(model, b"general.architecture", buffer, _NAME_BYTES)
    return buffer.value.decode()
