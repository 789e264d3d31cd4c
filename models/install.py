"""Obtains a model or an adapter, registers it, and puts it into production (`make model`)."""

import argparse
import sys
import tempfile
from pathlib import Path

from models.gguf.adapter import check_fits, read_adapter
from models.gguf.metadata import GgufMetadata, read_metadata
from models.gguf.relay import StoredType, relay_as_phi3
from models.registry import (
    ADAPTER_FILE,
    MODEL_FILE,
    PRODUCTION,
    ModelDescription,
    ModelRegistry,
    ModelVersion,
    default_store,
)
from models.sources import DEFAULT_SHA256, DEFAULT_SOURCE, SourceFile, obtain
from notes.errors import ModelNotFoundError, ModelSourceError, NotesError
from notes.prompt import PROMPT_VERSION, ChatFormat, end_tag

MODEL_NAME = "notes"
DEFAULT_BASE = "SmolLM2-135M-Instruct"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = _parser().parse_args(arguments)
    registry = ModelRegistry(options.store)
    try:
        version = _run(registry, options)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(version))
    return 0


def install_default(registry: ModelRegistry) -> ModelVersion:
    """Register the embedded default model, unless it is, and put it into production."""
    found = find(registry, DEFAULT_SHA256)
    return _promote(registry, found or _add_default(registry, obtain(None)))


def install_source(registry: ModelRegistry, source: str, sha256: str | None) -> ModelVersion:
    """Register the GGUF file that `source` names, unless it is, and put it into production."""
    file = obtain(source, sha256)
    found = find(registry, file.sha256)
    return _promote(registry, found or _add_file(registry, file))


def install_adapter(
    registry: ModelRegistry, source: str, sha256: str | None, name: str | None, base_reference: str
) -> ModelVersion:
    """Register a LoRA adapter for a base model, unless it is, and put it into production.

    `name` is by default that of the file. It serves where the pool's `adapters` list it.
    """
    base = registry.resolve(base_reference)
    registry.verify(base)
    file = obtain(source, sha256)
    name = name or file.path.stem.lower()
    found = find(registry, file.sha256, name, base.model_sha256)
    return _promote(registry, found or _add_adapter(registry, file, name, base))


def install_if_missing(registry: ModelRegistry) -> ModelVersion:
    """Return what is in production; the present default model if that is none or the default."""
    try:
        current = registry.resolve(MODEL_NAME)
    except ModelNotFoundError:
        return install_default(registry)
    return current if current.card.source != DEFAULT_SOURCE else install_default(registry)


def find(
    registry: ModelRegistry,
    source_sha256: str,
    name: str = MODEL_NAME,
    base_sha256: str | None = None,
) -> ModelVersion | None:
    """Return the newest version of this file for today's prompt (an adapter's: and its base)."""
    wanted = (source_sha256, base_sha256, PROMPT_VERSION)
    for number in reversed(registry.versions(name)):
        version = registry.get(name, number)
        card = version.card
        if (card.source_sha256, card.base_sha256, card.prompt_version) == wanted:
            return version
    return None


def summary(version: ModelVersion) -> str:
    """Return the line that tells what the production alias names now."""
    card = version.card
    size_mb = sum(card.sizes.values()) / 1e6
    about = (
        f"an adapter for {card.base_reference} ({card.quantization}"
        if card.is_adapter
        else f"{card.base} ({card.architecture}, {card.quantization}, context {card.context_tokens}"
    )
    return f"{card.name}@{PRODUCTION} is {version.reference}: {about}, {size_mb:.0f} MB)"


def chat_format_of(metadata: GgufMetadata, source: str) -> ChatFormat:
    """Return the chat format of a model's template; ModelSourceError for one not spoken here."""
    for chat_format in ChatFormat:
        if end_tag(chat_format) in metadata.chat_template:
            return chat_format
    found = "is neither Phi-3's nor ChatML" if metadata.chat_template else "is missing"
    raise ModelSourceError(source=source, reason=f"its chat template {found}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.install_model", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--source", help="a GGUF file, or hub:owner/name/file.gguf")
    what.add_argument("--adapter", help="a LoRA adapter instead of a model; named like --source")
    what.add_argument("--if-missing", action="store_true", help="keep a model that is there")
    parser.add_argument("--sha256", help="what the file's SHA-256 must be")
    parser.add_argument("--name", help="the adapter's name; default: its file's")
    parser.add_argument("--base", default=MODEL_NAME, help="its model; default: %(default)s")
    parser.add_argument("--store", type=Path, default=default_store(), help="default: %(default)s")
    return parser


def _run(registry: ModelRegistry, options: argparse.Namespace) -> ModelVersion:
    if options.adapter:
        return install_adapter(
            registry, options.adapter, options.sha256, options.name, options.base
        )
    if options.source:
        return install_source(registry, options.source, options.sha256)
    return install_if_missing(registry) if options.if_missing else install_default(registry)


def _promote(registry: ModelRegistry, version: ModelVersion) -> ModelVersion:
    registry.verify(version)
    return registry.promote(version.card.name, version.card.version)


def _add_default(registry: ModelRegistry, file: SourceFile) -> ModelVersion:
    print(f"Re-laying {DEFAULT_BASE} as phi3, Q8_0 (some seconds)", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / MODEL_FILE
        relay_as_phi3(file.path, target, StoredType.Q8_0, name=DEFAULT_BASE)
        description = _describe(read_metadata(target), file)
        return registry.add(MODEL_NAME, description, {MODEL_FILE: target})


def _add_file(registry: ModelRegistry, file: SourceFile) -> ModelVersion:
    metadata = read_metadata(file.path)
    description = _describe(metadata, file)
    _check_phi3_name(metadata, file)
    return registry.add(MODEL_NAME, description, {MODEL_FILE: file.path})


def _add_adapter(
    registry: ModelRegistry, file: SourceFile, name: str, base: ModelVersion
) -> ModelVersion:
    metadata = read_adapter(file.path, base.card.architecture)
    check_fits(file.path, base.model_path)
    about = ModelDescription(
        base=base.card.base,
        architecture=base.card.architecture,
        quantization=metadata.quantization,
        context_tokens=base.card.context_tokens,
        chat_format=base.card.chat_format,
        prompt_version=PROMPT_VERSION,
        source=file.source,
        source_sha256=file.sha256,
        license=metadata.license or "unknown",
        base_reference=base.reference,
        base_sha256=base.model_sha256,
    )
    return registry.add(name, about, {ADAPTER_FILE: file.path})


def _describe(metadata: GgufMetadata, file: SourceFile) -> ModelDescription:
    return ModelDescription(
        base=metadata.name or file.path.stem,
        architecture=metadata.architecture,
        quantization=metadata.quantization,
        context_tokens=metadata.context_tokens,
        chat_format=chat_format_of(metadata, file.source).value,
        prompt_version=PROMPT_VERSION,
        source=file.source,
        source_sha256=file.sha256,
        license=metadata.license or "unknown",
    )


def _check_phi3_name(metadata: GgufMetadata, file: SourceFile) -> None:
    # llama.cpp reads Phi-3's vocabulary rightly only where general.name says what it is: without
    # it the newline after a chat tag becomes tokens that the model was not trained on.
    is_phi3 = chat_format_of(metadata, file.source) is ChatFormat.PHI3
    if is_phi3 and not any(word in metadata.name.lower() for word in ("phi3", "phi-3")):
        reason = (
            f'its general.name is "{metadata.name}", but must contain "phi-3"; write it with '
            'gguf-new-metadata --general-name "phi-3 …" IN OUT'
        )
        raise ModelSourceError(source=file.source, reason=reason)
