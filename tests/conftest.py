"""Fixtures that several folders of tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.registry import ModelRegistry, default_store
from notes.errors import ModelNotFoundError

# As in the replicas (scripts/ray_head.py); read once, when llama.cpp is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


@pytest.fixture(scope="session")
def default_model_path() -> Path:
    """The GGUF file of the default model; a missing one fails the test, with what to do."""
    try:
        return ModelRegistry(default_store()).resolve("notes@production").model_path
    except ModelNotFoundError:
        pytest.fail("No default model is installed: run `make setup` first.", pytrace=False)


@pytest.fixture(scope="session")
def live_server() -> Iterator[str]:
    """Yield the base URL of the whole system: real database, real model, real Ray."""
    from scripts.system import start_system
    from tests.systems import private_settings, silent

    with private_settings() as settings:
        yield start_system(settings, say=silent).base_url
