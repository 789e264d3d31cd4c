"""From a trained adapter to registered GGUF files: tiny models through the whole chain."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from models.gguf.metadata import open_gguf, read_metadata, text
from models.install import find
from models.install import main as install
from models.registry import MODEL_FILE, ModelRegistry
from models.shipped import find_shipped
from models.sources import DEFAULT_SHA256
from notes.errors import ExportRefusedError
from notes.prompt import PROMPT_VERSION
from tests.adapters import write_adapter
from tests.train import exported as e
from train_jobs import export as command
from train_jobs.export import main, refuse_wrong
from train_jobs.export_checks import FileCheck
from train_jobs.registering import ADAPTER, Exported, register
from train_jobs.trained import Trained

GOOD = FileCheck(24, 500, 47, 0, 5e-6, 1.0, 4, 4, 1.0)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return a finished run for each architecture and kind of vocabulary."""
    folder = tmp_path_factory.mktemp("runs")
    byte_level, sentencepiece = e.byte_level_tokenizer(), e.sentencepiece_tokenizer()
    bases = {
        "phi3": e.write_phi3(folder / "tiny", byte_level),
        "phi3-sentencepiece": e.write_phi3(folder / "tiny-spm", sentencepiece, num_spare=7),
        "llama": e.write_llama(folder / "tiny-llama", byte_level),
    }
    return {
        name: e.write_run(
            folder / name, base, parts=e.LLAMA_PARTS if name == "llama" else e.PHI3_PARTS
        )
        for name, base in bases.items()
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return e.write_corpus(tmp_path_factory.mktemp("corpus") / "sessions.jsonl")


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "store")


def export(run: Path, corpus: Path, registry: ModelRegistry, *more: str) -> int:
    out = registry.root.parent / "out"
    places = ("--run", run, "--data", corpus, "--store", registry.root, "--out", out)
    return main([*map(str, places), *more])


@pytest.mark.parametrize(
    ("name", "vocabulary", "general_name"),
    [
        ("phi3", "gpt2", "tiny"),
        ("phi3-sentencepiece", "llama", "phi-3 tiny-spm"),
        ("llama", "gpt2", "tiny-llama"),
    ],
)
def test_what_was_trained_is_what_is_registered(
    runs: Mapping[str, Path],
    corpus: Path,
    registry: ModelRegistry,
    capsys: pytest.CaptureFixture[str],
    name: str,
    vocabulary: str,
    general_name: str,
) -> None:
    assert export(runs[name], corpus, registry, "--quantize", "q8_0", "q4_k_m") == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(found["registered"]) == ["notes:1", "notes:2"]
    assert not (registry.root / "notes" / "aliases.json").exists()  # nothing is promoted
    checks = json.loads((Path(found["out"]) / "checks.json").read_text())
    assert checks["f16"]["kl"] <= 1e-4 >= checks[ADAPTER]["kl"]
    assert checks["f16"]["top1"] > 0.9  # random weights have near-ties
    assert checks["q8_0"]["kl"] <= 0.02
    assert {check["tokenized_otherwise"] for check in checks.values()} == {0}
    version = registry.get("notes", 1)
    registry.verify(version)
    card = version.card
    assert (card.base, card.quantization) == (general_name, "Q8_0")
    assert card.source == f"run:{name}"
    assert card.prompt_version == PROMPT_VERSION
    assert card.training is not None
    assert (card.training["run"]["num_steps"], card.training["rank"]) == (3, 4)
    assert card.training["check"] == checks["q8_0"]
    assert card.training["checked_on"]["file"] == "sessions.jsonl"
    reader = open_gguf(version.model_path)
    assert text(reader, "tokenizer.ggml.model") == vocabulary


def test_a_killed_export_registers_nothing_and_can_be_repeated(
    runs: Mapping[str, Path],
    corpus: Path,
    registry: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "check_all", interrupt)
        assert export(runs["phi3-sentencepiece"], corpus, registry) == 130
    assert registry.versions("notes") == ()
    for _ in range(2):
        assert export(runs["phi3-sentencepiece"], corpus, registry) == 0
    assert registry.versions("notes") == (1,)


def damaged(run: Path, target: Path, fault: str) -> Path:
    """Copy a run with a fault in its adapter."""
    (target / "final").mkdir(parents=True)
    for name in ("run.json", "final/adapter_config.json", "final/adapter_model.safetensors"):
        (target / name).write_bytes((run / name).read_bytes())
    path = target / "final" / "adapter_model.safetensors"
    weights = load_file(path)
    first = next(key for key in weights if "lora_B" in key)
    match fault:
        case "truncated":
            path.write_bytes(path.read_bytes()[:-100])
        case "nan":
            weights[first][0, 0] = torch.nan
            save_file(weights, path)
        case "half":
            del weights[first]
            save_file(weights, path)
        case "wide":
            weights[first] = torch.zeros(weights[first].shape[0] + 1, weights[first].shape[1])
            save_file(weights, path)
        case "absent":
            path.unlink()
        case "dora":
            config = target / "final" / "adapter_config.json"
            config.write_text(json.dumps({**json.loads(config.read_text()), "use_dora": True}))
    return target


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("truncated", "the adapter cannot be read"),
        ("nan", "was the loss NaN"),
        ("half", "is not complete"),
        ("wide", "another shape"),
        ("absent", "it has no adapter"),
        ("dora", "use_dora"),
    ],
)
def test_a_damaged_adapter_is_refused_in_a_sentence(
    runs: Mapping[str, Path],
    corpus: Path,
    registry: ModelRegistry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    sentence: str,
) -> None:
    run = damaged(runs["phi3-sentencepiece"], tmp_path / "run", fault)
    assert export(run, corpus, registry) == 1
    assert sentence in capsys.readouterr().err
    assert registry.versions("notes") == ()


def test_a_folder_that_holds_no_run_is_refused(
    corpus: Path, registry: ModelRegistry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(tmp_path, corpus, registry) == 1
    assert "it holds no finished run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "check", "reason"),
    [
        ("f16", replace(GOOD, kl=2e-4), "divergence of its probabilities is 0.0002"),
        (ADAPTER, replace(GOOD, kl=2e-4), "divergence"),
        ("q8_0", replace(GOOD, kl=0.03), "the limit 0.02"),
        ("q8_0", replace(GOOD, kl=float("nan")), "is nan"),
        ("q4_k_m", replace(GOOD, tokenized_otherwise=1), "it reads 1 of 47 texts otherwise"),
    ],
)
def test_a_file_that_says_other_things_is_refused(kind: str, check: FileCheck, reason: str) -> None:
    refuse_wrong({"f16": GOOD, "q4_k_m": replace(GOOD, kl=0.3)})
    with pytest.raises(ExportRefusedError, match=reason):
        refuse_wrong({"f16": GOOD, kind: check})


def test_the_checks_notice_rows_in_another_order(
    runs: Mapping[str, Path],
    corpus: Path,
    registry: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("models.gguf.export.Layout.ordered", lambda _, __, weights: weights)
    assert export(runs["llama"], corpus, registry) == 1
    assert "is not the model that was trained: the divergence" in capsys.readouterr().err


def test_an_adapter_for_the_default_base_is_registered_over_it_and_could_ship(
    runs: Mapping[str, Path], corpus: Path, registry: ModelRegistry, tmp_path: Path
) -> None:
    trained = replace(Trained.read(runs["phi3-sentencepiece"]), base="default")
    path = write_adapter(tmp_path / "notes-lora.gguf")
    files = Exported(runs["phi3-sentencepiece"], corpus, trained, path, {}, {ADAPTER: GOOD})
    (version,) = register(registry, files, [])
    base = registry.resolve("base")
    assert registry.resolve_adapter(version.reference, base).adapter_path.is_file()
    assert version.card.training is not None
    shipped = find_shipped(tmp_path)
    assert shipped is not None
    assert shipped.training["check"]["kl"] == GOOD.kl
    assert base.card.adapter_sha256 is None
    assert find(registry, DEFAULT_SHA256, "base") == base


def test_a_tuned_model_can_be_installed_elsewhere(
    runs: Mapping[str, Path], corpus: Path, registry: ModelRegistry, tmp_path: Path
) -> None:
    assert export(runs["phi3-sentencepiece"], corpus, registry) == 0
    file = registry.get("notes", 1).folder / MODEL_FILE
    assert read_metadata(file).chat_template == e.PHI3_TEMPLATE
    assert install(["--store", str(tmp_path / "other"), "--source", str(file)]) == 0
