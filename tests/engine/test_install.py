"""`make model`: what gets into the registry, and what is refused."""

import json
from pathlib import Path

import pytest
from gguf import GGUFWriter, LlamaFileType

from models import install
from models.install import install_default, install_if_missing, main
from models.registry import ModelRegistry
from models.shipped import find_shipped
from models.sources import DEFAULT_SHA256, DEFAULT_SOURCE, sha256_of
from notes.errors import ModelSourceError
from notes.prompt import PROMPT_VERSION, ChatFormat, end_tag
from tests.adapters import write_adapter

PHI3_TEMPLATE = end_tag(ChatFormat.PHI3)
CHATML_TEMPLATE = end_tag(ChatFormat.CHATML)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "store")


def write_gguf(path: Path, *, name: str = "Phi3", template: str | None = PHI3_TEMPLATE) -> Path:
    writer = GGUFWriter(path, "phi3")
    writer.add_name(name)
    writer.add_context_length(4096)
    writer.add_file_type(LlamaFileType.MOSTLY_Q4_K_M)
    if template is not None:
        writer.add_chat_template(template)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def run(registry: ModelRegistry, *arguments: object) -> int:
    return main(["--store", str(registry.root), *map(str, arguments)])


def ship(folder: Path, **about: str) -> Path:
    """Write a folder as models/shipped is where an adapter has come."""
    folder.mkdir()
    path = write_adapter(folder / "notes-lora.gguf", blocks=(0,), parts=("attn_output",))
    known = {
        "sha256": sha256_of(path),
        "base_sha256": DEFAULT_SHA256,
        "prompt_version": PROMPT_VERSION,
        "rank": 4,
    }
    (folder / "notes-lora.json").write_text(json.dumps({**known, **about}))
    return folder


def test_the_default_is_installed_once(
    registry: ModelRegistry,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(install, "find_shipped", lambda _: None)
    assert run(registry) == 0
    assert run(registry) == 0
    assert registry.versions("notes") == (1,)
    version = registry.resolve("notes@production")
    registry.verify(version)
    card = version.card
    assert (card.architecture, card.quantization, card.chat_format) == ("phi3", "Q8_0", "chatml")
    assert (card.source, card.source_sha256) == (DEFAULT_SOURCE, DEFAULT_SHA256)
    assert (card.license, card.prompt_version) == ("apache-2.0", PROMPT_VERSION)
    assert "notes@production is notes:1: SmolLM2-135M-Instruct" in capsys.readouterr().out


def test_a_phi3_file_is_installed_with_what_it_says_of_itself(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    file = write_gguf(tmp_path / "phi-3-q4.gguf")
    assert run(registry, "--source", file) == 0
    version = registry.resolve("notes")
    assert version.model_path.read_bytes() == file.read_bytes()
    card = version.card
    assert (card.base, card.architecture, card.quantization) == ("Phi3", "phi3", "Q4_K_M")
    assert (card.context_tokens, card.chat_format) == (4096, "phi3")
    assert (card.source, card.license) == ("file:phi-3-q4.gguf", "unknown")


def test_a_file_is_registered_once_and_promoted_again(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    first = write_gguf(tmp_path / "first.gguf", name="phi-3 one")
    second = write_gguf(tmp_path / "second.gguf", name="phi-3 two")
    for file in (first, second, first):
        assert run(registry, "--source", file) == 0
    assert registry.versions("notes") == (1, 2)
    assert registry.resolve("notes").card.version == 1


def test_a_new_prompt_makes_a_new_version(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_gguf(tmp_path / "phi-3.gguf")
    run(registry, "--source", file)
    monkeypatch.setattr(install, "PROMPT_VERSION", "next")
    run(registry, "--source", file)
    assert registry.resolve("notes:2").card.prompt_version == "next"


def test_set_up_keeps_the_clinics_own_model(registry: ModelRegistry, tmp_path: Path) -> None:
    run(registry, "--source", write_gguf(tmp_path / "phi-3.gguf"))
    assert install_if_missing(registry).card.base == "Phi3"
    assert run(registry, "--if-missing") == 0
    assert registry.versions("notes") == (1,)


def test_a_chatml_model_is_taken_under_any_name(registry: ModelRegistry, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "x.gguf", name="Other", template=CHATML_TEMPLATE)
    assert run(registry, "--source", file) == 0
    assert registry.resolve("notes").card.chat_format == "chatml"


@pytest.mark.parametrize(
    ("name", "template", "reason"),
    [
        ("Phi3", None, "chat template is missing"),
        ("Phi3", "[INST]", "neither Phi-3's nor ChatML"),
        ("Tuned", PHI3_TEMPLATE, 'must contain "phi-3"'),
    ],
)
def test_a_model_that_would_be_asked_wrongly_is_refused(
    registry: ModelRegistry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    template: str | None,
    reason: str,
) -> None:
    file = write_gguf(tmp_path / "x.gguf", name=name, template=template)
    assert run(registry, "--source", file) == 1
    assert reason in capsys.readouterr().err
    assert registry.versions("notes") == ()


@pytest.mark.parametrize("num_bytes", [0, 3, 40, 150])
def test_a_truncated_file_is_refused(
    registry: ModelRegistry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    num_bytes: int,
) -> None:
    file = write_gguf(tmp_path / "x.gguf")
    file.write_bytes(file.read_bytes()[:num_bytes])
    assert run(registry, "--source", file) == 1
    assert "not a whole GGUF file" in capsys.readouterr().err


def test_the_wrong_checksum_is_refused(
    registry: ModelRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(registry, "--source", write_gguf(tmp_path / "x.gguf"), "--sha256", "00") == 1
    assert "expected 00" in capsys.readouterr().err


def test_a_replaced_model_is_not_promoted(
    registry: ModelRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_gguf(tmp_path / "x.gguf")
    run(registry, "--source", file)
    registry.resolve("notes").model_path.write_bytes(b"GGUF")
    assert run(registry, "--source", file) == 1
    assert "find out who did" in capsys.readouterr().err


def test_the_adapter_that_ships_comes_into_an_installed_default_once(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    nothing, shipped = tmp_path / "nothing", ship(tmp_path / "shipped")
    plain = install_default(registry, nothing)
    for _ in range(2):
        merged = install_if_missing(registry, shipped)
    assert (plain.reference, merged.reference) == ("notes:1", "notes:2")
    card = merged.card
    assert card.adapter_sha256 == sha256_of(shipped / "notes-lora.gguf")
    assert (card.base, card.source_sha256) == (plain.card.base, DEFAULT_SHA256)
    assert card.training is not None
    assert card.training["rank"] == 4
    assert merged.model_sha256 != plain.model_sha256
    assert "SmolLM2-135M-Instruct + adapter (phi3, Q8_0" in install.summary(merged)
    assert install_if_missing(registry, nothing).reference == "notes:1"


def test_the_plain_base_has_a_name_of_its_own(registry: ModelRegistry) -> None:
    assert run(registry, "--plain") == 0
    assert registry.resolve("base").card.adapter_sha256 is None
    assert registry.versions("notes") == ()


@pytest.mark.parametrize("about", [{"prompt_version": "0"}, {"base_sha256": "0" * 64}])
def test_an_adapter_for_another_prompt_or_base_is_not_used(
    tmp_path: Path, about: dict[str, str]
) -> None:
    assert find_shipped(ship(tmp_path / "shipped")) is not None
    assert find_shipped(ship(tmp_path / "other", **about)) is None


def test_a_damaged_adapter_is_not_merged(registry: ModelRegistry, tmp_path: Path) -> None:
    shipped = ship(tmp_path / "shipped")
    path = shipped / "notes-lora.gguf"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelSourceError, match="not the file that notes-lora"):
        install_default(registry, shipped)
    assert registry.versions("notes") == ()


def test_what_ships_with_this_checkout_is_whole() -> None:
    find_shipped()
