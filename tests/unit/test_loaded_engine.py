"""A replica's engine: what opens it, which adapters it has, when it closes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from pydantic import ValidationError

from deployments import loaded_engine as module
from deployments.loaded_engine import LoadedEngine, ReplicaConfig, ServedModel, open_registered
from models.engine.engine import Engine
from models.engine.params import EngineConfig, SamplingParams
from models.registry import ADAPTER_FILE, MODEL_FILE, ModelRegistry
from notes.errors import (
    ConfigurationError,
    EngineError,
    InvalidInputError,
    ModelFileError,
    UnknownAdapterError,
)
from notes.prompt import ChatFormat
from tests.unit.test_registry import DESCRIPTION


class FakeContext:
    """What opens and closes an engine; remembers how often it was closed."""

    def __init__(
        self, adapters: Mapping[str, str] | None = None, *, fails_to_close: bool = False
    ) -> None:
        self.num_closed = 0
        self.may_close = Event()
        self.may_close.set()
        self._adapters = adapters or {}
        self._fails_to_close = fails_to_close

    def __enter__(self) -> ServedModel:
        engine = cast(Engine, object())
        return ServedModel(engine, ChatFormat.CHATML, self._adapters)

    def __exit__(self, *_: object) -> None:
        if not self.may_close.wait(5):
            return  # whoever should allow it waits for it
        self.num_closed += 1
        if self._fails_to_close:
            raise EngineError(reason="it does not want to")


# Leases


def fail_in(loaded: LoadedEngine) -> None:
    with loaded.lease():
        raise EngineError(reason="of its own")


def test_a_retired_engine_closes_with_its_last_request() -> None:
    context = FakeContext()
    loaded = LoadedEngine(ReplicaConfig(), context)
    with loaded.lease():
        with loaded.lease():
            loaded.retire()
            assert context.num_closed == 0
        assert context.num_closed == 0
    loaded.join()
    assert context.num_closed == 1


@pytest.mark.parametrize("is_in_use", [False, True])
def test_nobody_waits_for_an_engine_to_close(is_in_use: bool) -> None:
    context = FakeContext()
    context.may_close.clear()
    loaded = LoadedEngine(ReplicaConfig(), context)
    if is_in_use:
        with loaded.lease():
            loaded.retire()
    else:
        loaded.retire()
    assert not loaded.is_closed
    context.may_close.set()
    loaded.join()
    assert loaded.is_closed
    assert context.num_closed == 1


def test_an_unused_engine_closes_when_it_is_retired_and_only_once() -> None:
    context = FakeContext()
    loaded = LoadedEngine(ReplicaConfig(), context)
    with loaded.lease():
        pass
    assert context.num_closed == 0
    loaded.retire()
    loaded.retire()
    loaded.join()
    assert context.num_closed == 1


def test_a_request_that_failed_has_left_too() -> None:
    context = FakeContext()
    loaded = LoadedEngine(ReplicaConfig(), context)
    with loaded.lease():
        loaded.retire()
        with pytest.raises(EngineError):
            fail_in(loaded)
        assert context.num_closed == 0
    loaded.join()
    assert context.num_closed == 1


def test_an_engine_that_fails_to_close_costs_no_request_its_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    context = FakeContext(fails_to_close=True)
    loaded = LoadedEngine(ReplicaConfig(), context)
    with loaded.lease():
        loaded.retire()
    loaded.join()
    assert context.num_closed == 1
    assert "engine_close_failed" in caplog.messages


# Which configuration needs another engine


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"sampling": SamplingParams(temperature=0.1)}, True),
        ({"adapters": ("warm", "tone")}, True),
        ({"adapters": ("tone",)}, False),
        ({"adapters": ()}, False),
        ({"adapters": ("tone", "warm:2")}, False),
        ({"model": "notes:2"}, False),
        ({"engine": EngineConfig(max_sequences=12)}, False),
    ],
)
def test_an_engine_serves_what_needs_no_other_files(
    change: dict[str, object], is_same: bool
) -> None:
    config = ReplicaConfig(adapters=("tone", "warm"))
    loaded = LoadedEngine(config, FakeContext())
    assert loaded.serves(config.model_copy(update=change)) is is_same


def test_the_pool_is_configured_in_plain_yaml_values() -> None:
    config = ReplicaConfig.model_validate({"adapters": ["tone@production", "warm:2"]})
    assert config.adapters == ("tone@production", "warm:2")
    assert ReplicaConfig().adapters == ()
    with pytest.raises(ValidationError):
        ReplicaConfig.model_validate({"adapters": "tone"})


# Which adapters a request may have


def test_a_request_gets_the_version_that_was_loaded() -> None:
    names = {"tone@production": "tone:3", "warm:2": "warm:2"}
    loaded = LoadedEngine(ReplicaConfig(), FakeContext(names))
    assert loaded.adapter_named(None) is None
    assert loaded.adapter_named("tone@production") == "tone:3"
    assert loaded.adapter_named("warm:2") == "warm:2"


@pytest.mark.parametrize("asked", ["other", "tone", "tone:3", "TONE@production", "", "../x"])
def test_another_adapter_is_refused_and_the_allowed_are_named(asked: str) -> None:
    names = {"warm:2": "warm:2", "tone@production": "tone:3"}
    loaded = LoadedEngine(ReplicaConfig(), FakeContext(names))
    with pytest.raises(UnknownAdapterError, match=r"Allowed: tone@production, warm:2\.") as raised:
        loaded.adapter_named(asked)
    assert isinstance(raised.value, InvalidInputError)  # the caller's fault, and not the model's
    assert raised.value.data == {"allowed": "tone@production, warm:2"}  # and nothing that was sent


def test_without_adapters_none_is_allowed() -> None:
    loaded = LoadedEngine(ReplicaConfig(), FakeContext())
    with pytest.raises(UnknownAdapterError, match=r"Allowed: none\."):
        loaded.adapter_named("tone")


# From the registry


class Opened:
    """Stands for `open_engine`: keeps what it was given."""

    def __init__(self) -> None:
        self.calls: list[tuple[Path, str, dict[str, Path]]] = []

    @contextmanager
    def open(
        self, path: Path, config: EngineConfig, name: str, adapters: Mapping[str, Path]
    ) -> Iterator[Engine]:
        self.calls.append((path, name, dict(adapters)))
        yield cast(Engine, object())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    opened = Opened()
    monkeypatch.setattr(module, "open_engine", opened.open)
    return opened


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a store with two models, and two versions of an adapter for the first of them."""
    registry = ModelRegistry(tmp_path / "store")
    file = tmp_path / "file.gguf"
    for content in (b"GGUF one", b"GGUF two"):
        file.write_bytes(content)
        registry.add("notes", DESCRIPTION, {MODEL_FILE: file})
    base = registry.promote("notes", 1)
    about = replace(DESCRIPTION, base_reference=base.reference, base_sha256=base.model_sha256)
    for content in (b"GGUF three", b"GGUF four"):
        file.write_bytes(content)
        registry.add("tone", about, {ADAPTER_FILE: file})
    registry.promote("tone", 2)
    return registry


def config_with(*adapters: str, model: str = "notes@production") -> ReplicaConfig:
    return ReplicaConfig(model=model, adapters=adapters)


def test_adapters_are_opened_with_their_model_by_exact_version(
    registry: ModelRegistry, opened: Opened
) -> None:
    config = config_with("tone@production", "tone:1", "tone:2")
    with open_registered(registry.root, config) as served:
        assert served.adapters == {
            "tone@production": "tone:2",
            "tone:1": "tone:1",
            "tone:2": "tone:2",
        }
    paths = {f"tone:{n}": registry.get("tone", n).adapter_path for n in (1, 2)}
    assert opened.calls == [(registry.get("notes", 1).model_path, "notes:1", paths)]


def test_an_alias_is_what_it_names_at_the_time_of_loading(
    registry: ModelRegistry, opened: Opened
) -> None:
    with open_registered(registry.root, config_with("tone")) as served:
        registry.promote("tone", 1)
        assert served.adapters == {"tone": "tone:2"}
    with open_registered(registry.root, config_with("tone")) as served:
        assert served.adapters == {"tone": "tone:1"}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (config_with("tone", model="notes:2"), "tone:2 was made for notes:1; notes:2 has other"),
        (config_with("gone"), 'No adapter "gone" is registered'),
        (config_with("tone:9"), 'No adapter "tone:9" is registered'),
        (config_with("notes:2"), "notes:2 is a model"),
        (config_with(model="tone"), "tone:2 is an adapter for notes:1"),
    ],
)
def test_what_does_not_go_together_is_not_opened(
    registry: ModelRegistry, opened: Opened, config: ReplicaConfig, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason), open_registered(registry.root, config):
        pass
    assert opened.calls == []


def test_a_replaced_adapter_is_not_opened(registry: ModelRegistry, opened: Opened) -> None:
    registry.get("tone", 1).adapter_path.write_bytes(b"GGUF thre?")
    config = config_with("tone:1")
    with (
        pytest.raises(ModelFileError, match="SHA-256 differs"),
        open_registered(registry.root, config),
    ):
        pass
    assert opened.calls == []
    with open_registered(registry.root, config_with("tone:2")):
        assert len(opened.calls) == 1
