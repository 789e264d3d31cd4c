"""The registry of models: whole versions or none, and none that was replaced."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models import registry as module
from models.registry import MODEL_FILE, ModelDescription, ModelRegistry, ModelVersion
from notes.errors import InvalidInputError, ModelFileError, ModelNotFoundError

DESCRIPTION = ModelDescription(
    base="Tiny",
    architecture="phi3",
    quantization="Q8_0",
    context_tokens=8192,
    chat_format="chatml",
    prompt_version="1",
    source="file:tiny.gguf",
    source_sha256="0" * 64,
    license="apache-2.0",
)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "store")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF" + bytes(range(256)))
    return path


def add(registry: ModelRegistry, weights: Path) -> ModelVersion:
    return registry.add("notes", DESCRIPTION, {MODEL_FILE: weights})


def test_added_files_are_copies_that_the_owner_alone_can_read(
    registry: ModelRegistry, weights: Path
) -> None:
    version = add(registry, weights)
    assert version.model_path.read_bytes() == weights.read_bytes()
    assert weights.exists()
    assert version.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in version.folder.iterdir()} == {0o600}
    registry.verify(version)


def test_a_card_says_everything_and_crosses_processes(
    registry: ModelRegistry, weights: Path
) -> None:
    version = add(registry, weights)
    card = registry.get("notes", 1).card
    assert (card.name, card.version, card.base) == ("notes", 1, "Tiny")
    assert card.sizes == {MODEL_FILE: 260}
    assert pickle.loads(pickle.dumps(version)) == version


def test_versions_are_counted(registry: ModelRegistry, weights: Path) -> None:
    assert [add(registry, weights).card.version for _ in range(3)] == [1, 2, 3]
    assert registry.versions("notes") == (1, 2, 3)


def test_adding_at_once_gives_each_its_own_version(registry: ModelRegistry, weights: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: add(registry, weights), range(8)))
    assert sorted(version.card.version for version in added) == list(range(1, 9))
    for version in added:
        registry.verify(version)


def test_an_add_that_fails_leaves_no_version(registry: ModelRegistry, weights: Path) -> None:
    with pytest.raises(FileNotFoundError):
        registry.add("notes", DESCRIPTION, {MODEL_FILE: weights, "adapter.gguf": Path("gone")})
    assert registry.versions("notes") == ()
    assert not (registry.root / "notes" / "1").exists()


def test_an_add_that_was_killed_leaves_no_version(registry: ModelRegistry, weights: Path) -> None:
    unfinished = registry.root / "notes" / "1"
    unfinished.mkdir(parents=True)
    (unfinished / MODEL_FILE).write_bytes(b"GG")
    assert registry.versions("notes") == ()
    with pytest.raises(ModelNotFoundError):
        registry.get("notes", 1)
    assert add(registry, weights).card.version == 1
    registry.verify(registry.get("notes", 1))


def test_references_name_a_version_an_alias_or_production(
    registry: ModelRegistry, weights: Path
) -> None:
    add(registry, weights)
    add(registry, weights)
    registry.promote("notes", 1)
    registry.promote("notes", 2, alias="candidate")
    assert registry.resolve("notes").card.version == 1
    assert registry.resolve("notes@production").card.version == 1
    assert registry.resolve("notes@candidate").card.version == 2
    assert registry.resolve("notes:2").reference == "notes:2"


@pytest.mark.parametrize("reference", ["notes", "notes:1", "notes@gone", "", "../x", "notes:0"])
def test_unknown_references_say_how_to_get_a_model(registry: ModelRegistry, reference: str) -> None:
    with pytest.raises(ModelNotFoundError, match="make model"):
        registry.resolve(reference)


def test_rollback_returns_to_the_version_before(registry: ModelRegistry, weights: Path) -> None:
    for _ in range(2):
        registry.promote("notes", add(registry, weights).card.version)
    assert registry.rollback("notes").card.version == 1
    assert registry.resolve("notes").card.version == 1
    with pytest.raises(ModelNotFoundError):
        registry.rollback("notes")


def test_promoting_twice_does_not_lose_the_version_before(
    registry: ModelRegistry, weights: Path
) -> None:
    for _ in range(2):
        add(registry, weights)
    for number in (1, 2, 2):
        registry.promote("notes", number)
    assert registry.rollback("notes").card.version == 1


def test_only_what_is_registered_is_promoted(registry: ModelRegistry) -> None:
    with pytest.raises(ModelNotFoundError):
        registry.promote("notes", 1)


def test_a_replaced_file_is_refused(registry: ModelRegistry, weights: Path) -> None:
    version = add(registry, weights)
    version.model_path.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelFileError, match="SHA-256 differs"):
        registry.verify(version)


def test_a_truncated_file_is_refused(registry: ModelRegistry, weights: Path) -> None:
    version = add(registry, weights)
    version.model_path.write_bytes(b"GGUF")
    with pytest.raises(ModelFileError, match="4 bytes, not 260"):
        registry.verify(version)


def test_a_missing_file_is_refused(registry: ModelRegistry, weights: Path) -> None:
    version = add(registry, weights)
    version.model_path.unlink()
    with pytest.raises(ModelFileError, match="missing"):
        registry.verify(version)


def test_a_link_in_the_place_of_a_file_is_refused(registry: ModelRegistry, weights: Path) -> None:
    version = add(registry, weights)
    version.model_path.unlink()
    version.model_path.symlink_to(weights)
    with pytest.raises(ModelFileError, match="not a regular file"):
        registry.verify(version)


def test_files_that_others_can_read_are_closed_again(
    registry: ModelRegistry, weights: Path
) -> None:
    version = add(registry, weights)
    version.model_path.chmod(0o644)
    registry.verify(version)
    assert version.model_path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"files": {}},
        {"files": ["model.gguf"]},
        {"files": {"model.gguf": "", "../x": ""}, "sizes": {"model.gguf": 1, "../x": 1}},
        {"unknown": 1},
    ],
)
def test_a_damaged_card_is_refused(
    registry: ModelRegistry, weights: Path, change: dict[str, object]
) -> None:
    card = add(registry, weights).folder / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), **change}))
    with pytest.raises(ModelFileError, match=r"card\.json"):
        registry.get("notes", 1)


def test_a_card_that_is_not_json_is_refused(registry: ModelRegistry, weights: Path) -> None:
    (add(registry, weights).folder / "card.json").write_text("{")
    with pytest.raises(ModelFileError, match="cannot be read"):
        registry.get("notes", 1)


def test_damaged_aliases_are_refused(registry: ModelRegistry, weights: Path) -> None:
    add(registry, weights)
    (registry.root / "notes" / "aliases.json").write_text("{")
    with pytest.raises(ModelFileError, match="not JSON"):
        registry.resolve("notes")


def test_names_stay_inside_the_store(registry: ModelRegistry, weights: Path) -> None:
    for name, files in [
        ("../notes", {MODEL_FILE: weights}),
        ("notes", {"adapter.gguf": weights}),
        ("notes", {MODEL_FILE: weights, "../x": weights}),
        ("notes", {MODEL_FILE: weights, "card.json": weights}),
    ]:
        with pytest.raises(InvalidInputError):
            registry.add(name, DESCRIPTION, files)


def test_the_default_store_lies_beside_the_registry() -> None:
    assert module.default_store() == Path(module.__file__).parent / "store"
