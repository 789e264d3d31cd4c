"""Fixtures that several folders of tests share."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployments.logs import close_logging
from models.registry import ModelRegistry, default_store
from notes.errors import ModelNotFoundError
from tests.fixtures_db import database, database_url, template_url

__all__ = ["database", "database_url", "template_url"]  # one PostgreSQL for all folders

if TYPE_CHECKING:
    from tests.live import LiveSystem

# Tests share their cores with each other: no thread spins. Read once, when llama.cpp is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


@pytest.fixture(autouse=True)
def _fresh_logging() -> Iterator[None]:
    """Let no test log into the folder of the one before it: the first configuration stands."""
    yield
    close_logging()


@pytest.fixture(scope="session")
def default_model_path() -> Path:
    """The GGUF file of the default model; a missing one fails the test, with what to do."""
    try:
        return ModelRegistry(default_store()).resolve("notes@production").model_path
    except ModelNotFoundError:
        pytest.fail("No default model is installed: run `make setup` first.", pytrace=False)


@pytest.fixture(scope="session")
def live_system() -> "Iterator[LiveSystem]":
    """Yield the whole system, once for all tests: real database, real model, real Ray."""
    from tests.live import open_live_system

    with open_live_system() as system:
        yield system


@pytest.fixture(scope="session")
def live_server(live_system: "LiveSystem") -> str:
    """Return the whole system's base URL."""
    return live_system.base_url
