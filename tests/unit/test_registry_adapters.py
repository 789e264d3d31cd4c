"""Adapters in the registry: versions like any other, each for the one base that it names."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from models.registry import (
    ADAPTER_FILE,
    MODEL_FILE,
    ModelDescription,
    ModelRegistry,
    ModelVersion,
)
from notes.errors import (
    ConfigurationError,
    InvalidInputError,
    ModelFileError,
    ModelNotFoundError,
)
from tests.unit.test_registry import DESCRIPTION


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "store")


@pytest.fixture
def base(registry: ModelRegistry, tmp_path: Path) -> ModelVersion:
    return add_model(registry, tmp_path, b"GGUF base")


def add_model(registry: ModelRegistry, folder: Path, content: bytes) -> ModelVersion:
    path = folder / "given.gguf"
    path.write_bytes(content)
    return registry.add("notes", DESCRIPTION, {MODEL_FILE: path})


def description_for(base: ModelVersion) -> ModelDescription:
    return replace(DESCRIPTION, base_reference=base.reference, base_sha256=base.model_sha256)


def add_adapter(
    registry: ModelRegistry, base: ModelVersion, content: bytes = b"GGUF adapter"
) -> ModelVersion:
    path = registry.root.parent / "given-adapter.gguf"
    path.write_bytes(content)
    return registry.add("tone", description_for(base), {ADAPTER_FILE: path})


def test_an_adapters_card_names_its_base(registry: ModelRegistry, base: ModelVersion) -> None:
    version = add_adapter(registry, base)
    card = registry.get("tone", 1).card
    assert card.is_adapter
    assert not base.card.is_adapter
    assert (card.base_reference, card.base_sha256) == ("notes:1", base.card.files[MODEL_FILE])
    assert version.adapter_path.read_bytes() == b"GGUF adapter"
    assert pickle.loads(pickle.dumps(version)) == version
    registry.verify(version)


def test_adapters_are_promoted_and_rolled_back_like_models(
    registry: ModelRegistry, base: ModelVersion
) -> None:
    for number in (1, 2):
        assert add_adapter(registry, base).card.version == number
        registry.promote("tone", number)
    assert registry.resolve_adapter("tone@production", base).reference == "tone:2"
    assert registry.resolve_adapter("tone:1", base).reference == "tone:1"
    registry.rollback("tone")
    assert registry.resolve_adapter("tone", base).reference == "tone:1"


def test_a_replaced_adapter_is_refused(registry: ModelRegistry, base: ModelVersion) -> None:
    version = add_adapter(registry, base)
    version.adapter_path.write_bytes(b"GGUF adapte?")
    with pytest.raises(ModelFileError, match="SHA-256 differs"):
        registry.verify(version)


def test_an_adapter_is_never_applied_to_another_base(
    registry: ModelRegistry, base: ModelVersion, tmp_path: Path
) -> None:
    add_adapter(registry, base)
    other = add_model(registry, tmp_path, b"GGUF other")
    with pytest.raises(ConfigurationError, match="tone:1 was made for notes:1; notes:2 has other"):
        registry.resolve_adapter("tone:1", other)


def test_the_same_weights_under_another_number_are_the_same_base(
    registry: ModelRegistry, base: ModelVersion, tmp_path: Path
) -> None:
    add_adapter(registry, base)
    again = add_model(registry, tmp_path, b"GGUF base")
    assert again.reference == "notes:2"
    assert registry.resolve_adapter("tone:1", again).reference == "tone:1"


def test_a_model_is_no_adapter_and_an_adapter_no_model(
    registry: ModelRegistry, base: ModelVersion
) -> None:
    adapter = add_adapter(registry, base)
    with pytest.raises(ConfigurationError, match="notes:1 is a model"):
        registry.resolve_adapter("notes:1", base)
    with pytest.raises(ConfigurationError, match="tone:1 is an adapter for notes:1"):
        _ = adapter.model_path
    with pytest.raises(ConfigurationError, match="tone:1 is an adapter"):
        registry.resolve_adapter("tone:1", adapter)


@pytest.mark.parametrize("reference", ["tone", "tone:1", "../tone", ""])
def test_an_adapter_that_is_not_there_says_how_to_add_one(
    registry: ModelRegistry, base: ModelVersion, reference: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"install_model --adapter FILE"):
        registry.resolve_adapter(reference, base)


def test_a_name_holds_models_or_adapters(
    registry: ModelRegistry, base: ModelVersion, tmp_path: Path
) -> None:
    file = add_adapter(registry, base).adapter_path
    with pytest.raises(InvalidInputError, match='"notes" is one of models'):
        registry.add("notes", description_for(base), {ADAPTER_FILE: file})
    with pytest.raises(InvalidInputError, match='"tone" is one of adapters'):
        registry.add("tone", DESCRIPTION, {MODEL_FILE: file})
    assert registry.versions("notes") == registry.versions("tone") == (1,)


def test_an_adapter_brings_its_own_file_and_no_model(
    registry: ModelRegistry, base: ModelVersion
) -> None:
    path = base.model_path
    for files in ({MODEL_FILE: path}, {ADAPTER_FILE: path, MODEL_FILE: path}, {"x.gguf": path}):
        with pytest.raises(InvalidInputError, match="no folder"):
            registry.add("tone", description_for(base), files)
    with pytest.raises(ModelNotFoundError):
        registry.get("tone", 1)


def test_a_model_may_keep_the_adapter_that_it_was_merged_from(
    registry: ModelRegistry, base: ModelVersion
) -> None:
    path = base.model_path
    version = registry.add("merged", DESCRIPTION, {MODEL_FILE: path, ADAPTER_FILE: path})
    assert not version.card.is_adapter
    registry.verify(version)


def test_a_card_from_before_there_were_adapters_is_a_models(
    registry: ModelRegistry, base: ModelVersion
) -> None:
    path = base.folder / "card.json"
    card = json.loads(path.read_text())
    for name in ("base_reference", "base_sha256"):
        assert card.pop(name) is None
    path.write_text(json.dumps(card))
    assert not registry.get("notes", 1).card.is_adapter


def test_an_adapters_card_without_its_file_is_refused(
    registry: ModelRegistry, base: ModelVersion
) -> None:
    path = add_adapter(registry, base).folder / "card.json"
    card = json.loads(path.read_text())
    card["files"] = {MODEL_FILE: card["files"][ADAPTER_FILE]}
    card["sizes"] = {MODEL_FILE: 12}
    path.write_text(json.dumps(card))
    with pytest.raises(ModelFileError, match="names no model file"):
        registry.get("tone", 1)
