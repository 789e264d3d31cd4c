"""The models that this installation has: a folder for each version, described by its card.

Layout: `<root>/<name>/<version>/{model.gguf, card.json}` and `<root>/<name>/aliases.json`.
`card.json` is written last; a version without one does not exist. A LoRA adapter is a version too,
with an `adapter.gguf`; its card names the one base that it was made for.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.sources import blocks_of, sha256_of
from notes.errors import (
    ConfigurationError,
    InvalidInputError,
    ModelFileError,
    ModelNotFoundError,
)

MODEL_FILE = "model.gguf"
ADAPTER_FILE = "adapter.gguf"
PRODUCTION = "production"
_CARD_FILE = "card.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_REFERENCE = re.compile(rf"({_NAME.pattern})(?::([1-9][0-9]*)|@({_NAME.pattern}))?")


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What is known of a model before it is registered.

    `chat_format` is the value of `notes.prompt.ChatFormat`; `source_sha256` is that of the file
    from which the registered ones were made. An adapter also says what it was made for: the base's
    reference, for people, and the SHA-256 of the base's model file, which decides. A model that an
    adapter was merged into says which (`adapter_sha256`); one that was trained here says how
    (`training`: its data, configuration and checks).
    """

    base: str
    architecture: str
    quantization: str
    context_tokens: int
    chat_format: str
    prompt_version: str
    source: str
    source_sha256: str
    license: str
    base_reference: str | None = field(default=None, kw_only=True)
    base_sha256: str | None = field(default=None, kw_only=True)
    adapter_sha256: str | None = field(default=None, kw_only=True)
    training: Mapping[str, Any] | None = field(default=None, kw_only=True)

    @property
    def is_adapter(self) -> bool:
        """Tell whether this is no model, but what is added to one."""
        return self.base_sha256 is not None


@dataclass(frozen=True, slots=True)
class ModelCard(ModelDescription):
    """A registered model: its description, its place, and its files with SHA-256 and bytes."""

    name: str
    version: int
    files: Mapping[str, str]
    sizes: Mapping[str, int]
    created_at: str


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A card and the folder that it describes."""

    card: ModelCard
    folder: Path

    @property
    def reference(self) -> str:
        """Return the name under which the registry finds exactly this version."""
        return f"{self.card.name}:{self.card.version}"

    @property
    def model_path(self) -> Path:
        """Return the GGUF file of the weights; ConfigurationError where this is an adapter."""
        if self.card.is_adapter:
            reason = f"{self.reference} is an adapter for {self.card.base_reference}, not a model."
            raise ConfigurationError(reason=reason)
        return self.folder / MODEL_FILE

    @property
    def model_sha256(self) -> str:
        """Return the SHA-256 of the weights; ConfigurationError where this is an adapter."""
        return self.card.files[self.model_path.name]

    @property
    def adapter_path(self) -> Path:
        """Return the GGUF file of an adapter."""
        return self.folder / ADAPTER_FILE


def default_store() -> Path:
    """Return the store beside this file, which git ignores."""
    return Path(__file__).parent / "store"


class ModelRegistry:
    """The versions under one root folder; safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(
        self, name: str, description: ModelDescription, files: Mapping[str, Path]
    ) -> ModelVersion:
        """Copy `files` (registered name: path) into a new version and return it.

        All or nothing: until the card is there, which is last, the version does not exist.
        """
        _check_names(name, files, description)
        with self._locked(name) as folder:
            self._remove_unfinished(folder)
            self._check_kind(name, description)
            number = max(self.versions(name), default=0) + 1
            target = folder / str(number)
            target.mkdir(mode=0o700)
            try:
                sums = {file: _copy(path, target / file) for file, path in files.items()}
                _write_card(target, _card(name, number, description, target, sums))
            except BaseException:
                shutil.rmtree(target, ignore_errors=True)
                raise
        return self.get(name, number)

    def versions(self, name: str) -> tuple[int, ...]:
        """Return the numbers of the versions of `name`, oldest first."""
        cards = (self.root / name).glob(f"*/{_CARD_FILE}")
        return tuple(sorted(int(card.parent.name) for card in cards if card.parent.name.isdigit()))

    def get(self, name: str, version: int) -> ModelVersion:
        """Return one version; ModelNotFoundError where it is not registered."""
        if version not in self.versions(name):
            raise ModelNotFoundError(name=f"{name}:{version}")
        folder = self.root / name / str(version)
        return ModelVersion(_read_card(folder, name, version), folder)

    def resolve(self, reference: str) -> ModelVersion:
        """Return the version that "notes:1", "notes@production" or "notes" (the same) names."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ModelNotFoundError(name=reference)
        name, version, alias = match.groups()
        if version is not None:
            return self.get(name, int(version))
        history = self._aliases(name).get(alias or PRODUCTION)
        if not history:
            raise ModelNotFoundError(name=reference)
        return self.get(name, history[-1])

    def resolve_adapter(self, reference: str, base: ModelVersion) -> ModelVersion:
        """Return the adapter that `reference` names; ConfigurationError unless it fits this base.

        It fits if it was made for the very bytes of the base's model file.
        """
        try:
            found = self.resolve(reference)
        except ModelNotFoundError as error:
            hint = "add it with `python -m scripts.install_model --adapter FILE`"
            reason = f'No adapter "{reference}" is registered; {hint}.'
            raise ConfigurationError(reason=reason) from error
        if not found.card.is_adapter:
            raise ConfigurationError(reason=f"{found.reference} is a model, not an adapter.")
        if found.card.base_sha256 != base.model_sha256:
            reason = f"The adapter {found.reference} was made for {found.card.base_reference}"
            other = f"{base.reference} has other weights. Install one that was made for them."
            raise ConfigurationError(reason=f"{reason}; {other}")
        return found

    def promote(self, name: str, version: int, alias: str = PRODUCTION) -> ModelVersion:
        """Let `alias` name this version from now on; the one before is remembered."""
        found = self.get(name, version)
        with self._locked(name):
            aliases = self._aliases(name)
            history = [past for past in aliases.get(alias, []) if past != version]
            self._write_aliases(name, {**aliases, alias: [*history, version]})
        return found

    def rollback(self, name: str, alias: str = PRODUCTION) -> ModelVersion:
        """Let `alias` name the version before the present one again."""
        with self._locked(name):
            aliases = self._aliases(name)
            history = aliases.get(alias, [])
            if len(history) < 2:
                raise ModelNotFoundError(name=f"{name}@{alias} before the present one")
            found = self.get(name, history[-2])
            self._write_aliases(name, {**aliases, alias: history[:-1]})
        return found

    def verify(self, version: ModelVersion) -> None:
        """Raise ModelFileError unless every file is the one that the card describes.

        Reads every byte. Files that others may read are made the owner's alone again.
        """
        for file, expected in version.card.files.items():
            path = version.folder / file
            reason = _reason_to_refuse(path, version.card.sizes[file])
            if reason is None and sha256_of(path, f"Verifying {file}") != expected:
                reason = "its SHA-256 differs"
            if reason is not None:
                raise ModelFileError(file=str(path), name=version.reference, reason=reason)
            path.chmod(0o600)

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[Path]:
        folder = self.root / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder

    def _check_kind(self, name: str, description: ModelDescription) -> None:
        # Or the alias that serves a model would one day name an adapter.
        numbers = self.versions(name)
        if numbers and self.get(name, numbers[-1]).card.is_adapter is not description.is_adapter:
            kind = "models" if description.is_adapter else "adapters"
            raise InvalidInputError(reason=f'The name "{name}" is one of {kind}; choose another.')

    def _remove_unfinished(self, folder: Path) -> None:
        # Under the lock nobody else is adding, so a folder without a card is a killed add's.
        for entry in folder.iterdir():
            if entry.name.isdigit() and not (entry / _CARD_FILE).exists():
                shutil.rmtree(entry)

    def _aliases(self, name: str) -> dict[str, list[int]]:
        path = self.root / name / "aliases.json"
        try:
            found: dict[str, list[int]] = json.loads(path.read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            reason = "it is not JSON"
            raise ModelFileError(file=str(path), name=name, reason=reason) from error
        return found

    def _write_aliases(self, name: str, aliases: Mapping[str, list[int]]) -> None:
        _write_json(self.root / name / "aliases.json", aliases)


def _check_names(name: str, files: Mapping[str, Path], about: ModelDescription) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidInputError(reason=f'"{name}" is no model name (a-z, 0-9, ".", "_", "-")')
    if not _has_main_file(files, about) or any(not _is_plain(file) for file in files):
        kinds = f"a model has a {MODEL_FILE}, an adapter an {ADAPTER_FILE} and no {MODEL_FILE}"
        raise InvalidInputError(reason=f"{kinds}; all files are in no folder")


def _has_main_file(files: Collection[str], about: ModelDescription) -> bool:
    if about.is_adapter:
        return ADAPTER_FILE in files and MODEL_FILE not in files
    return MODEL_FILE in files


def _is_plain(file: str) -> bool:
    return file == Path(file).name and file not in {"", "..", _CARD_FILE}


def _copy(source: Path, target: Path) -> str:
    """Copy a file, readable by the owner alone, and return the SHA-256 of what was written."""
    digest = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for block in blocks_of(source, f"Registering {target.name}"):
            file.write(block)
            digest.update(block)
        os.fsync(file.fileno())
    return digest.hexdigest()


def _card(
    name: str, version: int, about: ModelDescription, folder: Path, sums: Mapping[str, str]
) -> ModelCard:
    return ModelCard(
        **{each.name: getattr(about, each.name) for each in fields(ModelDescription)},
        name=name,
        version=version,
        files=dict(sums),
        sizes={file: (folder / file).stat().st_size for file in sums},
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _write_card(folder: Path, card: ModelCard) -> None:
    _write_json(folder / _CARD_FILE, asdict(card))


def _read_card(folder: Path, name: str, version: int) -> ModelCard:
    path = folder / _CARD_FILE
    try:
        card = ModelCard(**json.loads(path.read_text()))
    except (ValueError, TypeError, OSError) as error:
        reason = f"the card cannot be read ({type(error).__name__})"
        raise ModelFileError(file=str(path), name=f"{name}:{version}", reason=reason) from error
    fault = _card_fault(card, name, version)
    if fault is not None:
        raise ModelFileError(file=str(path), name=f"{name}:{version}", reason=fault)
    return card


def _card_fault(card: ModelCard, name: str, version: int) -> str | None:
    if (card.name, card.version) != (name, version):
        return "the card is that of another version"
    if not (isinstance(card.files, dict) and isinstance(card.sizes, dict)):
        return "the card lists no files"
    if not _has_main_file(card.files, card) or card.files.keys() != card.sizes.keys():
        return "the card names no model file"
    if not all(_is_plain(file) for file in card.files):
        return "the card names files outside its folder"
    return None


def _reason_to_refuse(path: Path, num_bytes: int) -> str | None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return "it is missing"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if status.st_size != num_bytes:
        return f"it has {status.st_size} bytes, not {num_bytes}"
    return None


def _write_json(path: Path, value: Any) -> None:
    """Replace a small file so that readers see the old one or the new one, never a part."""
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(value, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
