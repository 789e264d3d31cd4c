"""`python -m scripts.install_model --adapter`: what gets in, for which base, and what does not."""

from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter, LlamaFileType

from models.install import main
from models.registry import MODEL_FILE, ModelRegistry
from notes.prompt import PROMPT_VERSION, ChatFormat, end_tag
from tests.adapters import write_adapter

PARTS = ("attn_output",)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a store with a model of one matrix in production."""
    registry = ModelRegistry(tmp_path / "store")
    assert run(registry, "--source", write_base(tmp_path / "base.gguf")) == 0
    return registry


def write_base(path: Path, *, outputs: int = 576) -> Path:
    writer = GGUFWriter(path, "phi3")
    writer.add_name("phi-3 base")
    writer.add_context_length(4096)
    writer.add_file_type(LlamaFileType.ALL_F32)
    writer.add_chat_template(end_tag(ChatFormat.PHI3))
    writer.add_tensor("blk.0.attn_output.weight", np.ones((outputs, 576), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def run(registry: ModelRegistry, *arguments: object) -> int:
    return main(["--store", str(registry.root), *map(str, arguments)])


def test_an_adapter_is_installed_for_the_model_in_production(
    registry: ModelRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_adapter(tmp_path / "Tone.gguf", parts=PARTS, blocks=(0,))
    assert run(registry, "--adapter", file) == 0
    assert "tone@production is tone:1: an adapter for notes:1 (F32" in capsys.readouterr().out
    base = registry.resolve("notes")
    version = registry.resolve_adapter("tone@production", base)
    registry.verify(version)
    assert version.adapter_path.read_bytes() == file.read_bytes()
    card = version.card
    assert (card.base_reference, card.base_sha256) == ("notes:1", base.card.files[MODEL_FILE])
    assert (card.architecture, card.quantization, card.chat_format) == ("phi3", "F32", "phi3")
    assert (card.source, card.prompt_version) == ("file:Tone.gguf", PROMPT_VERSION)
    assert registry.resolve("notes").reference == "notes:1"


def test_an_adapter_is_registered_once_for_a_base(registry: ModelRegistry, tmp_path: Path) -> None:
    first, second = (
        write_adapter(tmp_path / f"{seed}.gguf", seed=seed, parts=PARTS, blocks=(0,))
        for seed in (1, 2)
    )
    for file in (first, second, first):
        assert run(registry, "--adapter", file, "--name", "tone") == 0
    assert registry.versions("tone") == (1, 2)
    assert registry.resolve("tone").reference == "tone:1"
    # The same file for other weights is another version.
    other = tmp_path / "other.gguf"
    other.write_bytes(write_base(tmp_path / "base.gguf").read_bytes() + bytes(32))
    assert run(registry, "--source", other) == 0
    assert run(registry, "--adapter", first, "--name", "tone", "--base", "notes:2") == 0
    assert registry.resolve_adapter("tone", registry.get("notes", 2)).reference == "tone:3"


@pytest.mark.parametrize(
    ("blocks", "outputs", "architecture", "reason"),
    [
        ((0,), 576, "llama", 'general.architecture is "llama", not "phi3"'),
        ((7,), 576, "phi3", 'no weight "blk.7.attn_output.weight" of this shape'),
        ((0,), 500, "phi3", 'no weight "blk.0.attn_output.weight" of this shape'),
    ],
)
def test_an_adapter_of_another_model_is_refused(
    registry: ModelRegistry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    blocks: tuple[int, ...],
    outputs: int,
    architecture: str,
    reason: str,
) -> None:
    assert run(registry, "--source", write_base(tmp_path / "b.gguf", outputs=outputs)) == 0
    file = write_adapter(
        tmp_path / "tone.gguf", parts=PARTS, blocks=blocks, architecture=architecture
    )
    assert run(registry, "--adapter", file) == 1
    assert reason in capsys.readouterr().err
    assert registry.versions("tone") == ()


def test_a_model_is_not_taken_for_an_adapter_nor_an_adapter_for_a_model(
    registry: ModelRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(registry, "--adapter", tmp_path / "base.gguf", "--name", "tone") == 1
    assert 'general.type is "", not "adapter"' in capsys.readouterr().err
    file = write_adapter(tmp_path / "tone.gguf", parts=PARTS, blocks=(0,))
    assert run(registry, "--source", file) == 1
    assert "chat template is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--base", "gone"), 'No model "gone" is registered'),
        (("--name", "notes"), 'The name "notes" is one of models'),
        (("--name", "../x"), "is no model name"),
        (("--sha256", "00"), "expected 00"),
        (("--base", "tone"), "tone:1 is an adapter for notes:1, not a model"),
    ],
)
def test_a_wrong_wish_is_explained(
    registry: ModelRegistry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    file = write_adapter(tmp_path / "tone.gguf", parts=PARTS, blocks=(0,))
    assert run(registry, "--adapter", file) == 0
    assert run(registry, "--adapter", file, *arguments) == 1
    assert reason in capsys.readouterr().err
    assert registry.resolve("notes").reference == "notes:1"
    assert registry.versions("tone") == (1,)


def test_a_replaced_base_takes_no_adapter(
    registry: ModelRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = registry.resolve("notes").model_path
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    file = write_adapter(tmp_path / "tone.gguf", parts=PARTS, blocks=(0,))
    assert run(registry, "--adapter", file) == 1
    assert "SHA-256 differs" in capsys.readouterr().err
