"""llama.cpp itself: its log, and opening a model. Whoever uses it does so through this file."""

import ctypes
import logging
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama

from notes.errors import EngineError

log = logging.getLogger("notes.engine")

NATIVE_LOG_ERROR = 4  # ggml.h; the binding's own table of levels is of an older llama.cpp


def _log_native(level: int, text: bytes, _: ctypes.c_void_p) -> None:
    # llama.cpp's errors name files, tensors and numbers; what follows a line may be a grammar.
    if level == NATIVE_LOG_ERROR:
        line = text.decode(errors="replace").partition("\n")[0]
        log.error("llama.cpp failed", extra={"data": {"reason": line}})


_native_logger = llama.llama_log_callback(_log_native)  # must outlive every native call
llama.llama_log_set(_native_logger, ctypes.c_void_p(0))


def open_model(model_path: Path, params: Any, stack: ExitStack) -> Any:
    """Load a GGUF file, to be freed with the stack; raises EngineError when it is none."""
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(os.fsencode(model_path), params)
    if not model:
        raise EngineError(reason=f"llama.cpp cannot load {model_path.name}")
    stack.callback(llama.llama_model_free, model)
    return model


def open_context(model: Any, params: Any, stack: ExitStack) -> Any:
    """Make a context of a model, to be freed with the stack; EngineError where memory is short."""
    context = llama.llama_init_from_model(model, params)
    if not context:
        raise EngineError(reason="llama.cpp cannot make a context of this size")
    stack.callback(llama.llama_free, context)
    return context


def available_cores() -> int:
    """Return the number of cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
