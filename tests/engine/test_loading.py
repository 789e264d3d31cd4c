"""How a configuration is fitted to the model that it is for."""

from dataclasses import dataclass
from typing import cast

import pytest

from models.engine.llama_backend import LlamaBackend
from models.engine.loading import LARGE_MODEL_BYTES, SMALL_MODEL_IDLE_TOKENS, fit
from models.engine.params import EngineConfig


@dataclass
class Loaded:
    """What is asked of a backend."""

    model_bytes: int
    trained_context_tokens: int = 4096


def fitted(config: EngineConfig, loaded: Loaded) -> EngineConfig:
    return fit(config, cast(LlamaBackend, loaded))


@pytest.mark.parametrize(
    ("asked", "num_bytes", "kept"),
    [
        (None, LARGE_MODEL_BYTES - 1, SMALL_MODEL_IDLE_TOKENS),
        (None, LARGE_MODEL_BYTES, None),
        (700, LARGE_MODEL_BYTES - 1, 700),
        (0, LARGE_MODEL_BYTES, 0),
    ],
)
def test_what_is_kept_in_the_cache_goes_by_the_models_size(
    asked: int | None, num_bytes: int, kept: int | None
) -> None:
    config = EngineConfig(idle_cache_tokens=asked)
    assert fitted(config, Loaded(num_bytes)).idle_cache_tokens == kept


def test_no_context_is_longer_than_the_model_was_trained_for() -> None:
    config = EngineConfig(context_tokens=3000)
    assert fitted(config, Loaded(1, trained_context_tokens=2048)).context_tokens == 2048
    assert fitted(config, Loaded(1)).context_tokens == 3000
