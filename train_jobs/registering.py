"""Exported files into the registry, each with what is known of its training in its card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from models.install import MODEL_NAME, describe_adapter, describe_model, install_plain
from models.registry import (
    ADAPTER_FILE,
    MODEL_FILE,
    ModelDescription,
    ModelRegistry,
    ModelVersion,
)
from models.shipped import ADAPTER_NAME
from models.sources import DEFAULT_SHA256, DEFAULT_SOURCE, SourceFile, sha256_of
from train_jobs.base_model import DEFAULT
from train_jobs.export_checks import FileCheck
from train_jobs.trained import Trained

ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class Exported:
    """What a run's export wrote, and what the checks on `data` found; all by the files' type."""

    run: Path
    data: Path
    trained: Trained
    adapter: Path
    models: Mapping[str, Path]
    checks: Mapping[str, FileCheck]

    @property
    def source(self) -> str:
        """Return where the files come from, as cards say it."""
        return f"run:{self.run.resolve().name}"

    def training(self, kind: str) -> dict[str, Any]:
        """Return what the card of one file says of its training and its check."""
        return {
            "run": dict(self.trained.record),
            "rank": self.trained.rank,
            "alpha": self.trained.alpha,
            "checked_on": {"file": self.data.name, "sha256": sha256_of(self.data)},
            "check": asdict(self.checks[kind]),
        }


def register(registry: ModelRegistry, files: Exported, kinds: Sequence[str]) -> list[ModelVersion]:
    """Register the models of these types and, where its base is the default one, the adapter."""
    found = [_add_model(registry, files, kind) for kind in kinds]
    if files.trained.base == DEFAULT:
        found.append(_add_adapter(registry, files))
    return found


def _add_model(registry: ModelRegistry, files: Exported, kind: str) -> ModelVersion:
    path = files.models[kind]
    about = replace(
        describe_model(SourceFile(files.source, path, files.trained.sha256)),
        prompt_version=files.trained.prompt_version,
        adapter_sha256=sha256_of(files.adapter),
        training=files.training(kind),
    )
    return _add_once(registry, MODEL_NAME, about, MODEL_FILE, path)


def _add_adapter(registry: ModelRegistry, files: Exported) -> ModelVersion:
    file = SourceFile(files.source, files.adapter, sha256_of(files.adapter))
    about = replace(
        describe_adapter(file, install_plain(registry)),
        prompt_version=files.trained.prompt_version,
        training=files.training(ADAPTER),
    )
    _write_shipped(files.adapter.with_suffix(".json"), about)
    return _add_once(registry, ADAPTER_NAME, about, ADAPTER_FILE, files.adapter)


def _add_once(
    registry: ModelRegistry, name: str, about: ModelDescription, file: str, path: Path
) -> ModelVersion:
    # A command that was killed between two versions is given again.
    sha256 = sha256_of(path)
    for number in registry.versions(name):
        version = registry.get(name, number)
        if version.card.files.get(file) == sha256:
            return version
    return registry.add(name, about, {file: path})


def _write_shipped(path: Path, about: ModelDescription) -> None:
    """Write what models/shipped needs beside the adapter, should this one ship."""
    shipped = {
        "sha256": about.source_sha256,
        "base": DEFAULT_SOURCE,
        "base_sha256": DEFAULT_SHA256,
        "prompt_version": about.prompt_version,
        "license": about.license,
        **(about.training or {}),
    }
    path.write_text(json.dumps(shipped, indent=2) + "\n")
