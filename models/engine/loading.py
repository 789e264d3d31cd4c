"""From a model file to a running engine."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from models.engine.engine import Engine
from models.engine.llama_backend import LlamaBackend
from models.engine.params import EngineConfig

log = logging.getLogger("notes.engine")
E = TypeVar("E", bound=Engine)

# Every step looks at all cells, idle ones too. That is a good part of a small model's time and next
# to nothing of a large one's, whose states are too large for host memory.
LARGE_MODEL_BYTES = 1 << 30
SMALL_MODEL_IDLE_TOKENS = 0


@contextmanager
def open_engine(
    model_path: Path,
    config: EngineConfig,
    model_name: str,
    *,
    adapters: Mapping[str, Path] | None = None,
) -> Iterator[Engine]:
    """Load a GGUF file, measure it, and run it in a thread; drained and freed on exit.

    `adapters` are LoRA files by the names under which requests ask for them. Raises EngineError
    when llama.cpp cannot load a file.
    """
    with running(_load(model_path, config, model_name, adapters or {})) as engine:
        yield engine


@contextmanager
def running(engine: E) -> Iterator[E]:
    """Warm an engine up and run it in its thread; drained and freed on exit, backend included."""
    try:
        engine.warm_up()
        engine.start()
        yield engine
    finally:
        engine.close()


def _load(
    model_path: Path, config: EngineConfig, model_name: str, adapters: Mapping[str, Path]
) -> Engine:
    started_at = time.monotonic()
    backend = LlamaBackend(model_path, config, adapters)
    config = fit(config, backend)
    load_s = time.monotonic() - started_at
    log.info("model loaded", extra={"data": {"model": model_name, "load_s": round(load_s, 3)}})
    return Engine(backend, config, model_name, adapters=backend.adapter_names, load_s=load_s)


def fit(config: EngineConfig, backend: LlamaBackend) -> EngineConfig:
    """Return the configuration within what a model was trained for, and fitting its size."""
    if config.context_tokens > backend.trained_context_tokens:
        data = {
            "context_tokens": config.context_tokens,
            "trained_tokens": backend.trained_context_tokens,
        }
        log.warning("context is longer than the model was trained for", extra={"data": data})
        config = replace(config, context_tokens=backend.trained_context_tokens)
    if config.idle_cache_tokens is None and backend.model_bytes < LARGE_MODEL_BYTES:
        config = replace(config, idle_cache_tokens=SMALL_MODEL_IDLE_TOKENS)
    return config
