"""Obtains a model, registers it, and puts it into production (`make model`)."""

import argparse
import sys
import tempfile
from pathlib import Path

from models.gguf.metadata import GgufMetadata, read_metadata
from models.gguf.relay import StoredType, relay_as_phi3
from models.registry import (
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


def install_if_missing(registry: ModelRegistry) -> ModelVersion:
    """Return what is in production; the present default model if that is none or the default."""
    try:
        current = registry.resolve(MODEL_NAME)
    except ModelNotFoundError:
        return install_default(registry)
    return current if current.card.source != DEFAULT_SOURCE else install_default(registry)


def find(registry: ModelRegistry, source_sha256: str) -> ModelVersion | None:
    """Return the newest version that was made of this file for today's prompt."""
    for number in reversed(registry.versions(MODEL_NAME)):
        version = registry.get(MODEL_NAME, number)
        card = version.card
        if (card.source_sha256, card.prompt_version) == (source_sha256, PROMPT_VERSION):
            return version
    return None


def summary(version: ModelVersion) -> str:
    """Return the line that tells which model answers now."""
    card = version.card
    size_mb = sum(card.sizes.values()) / 1e6
    return (
        f"{MODEL_NAME}@{PRODUCTION} is {version.reference}: {card.base} ({card.architecture}, "
        f"{card.quantization}, context {card.context_tokens}, {size_mb:.0f} MB)"
    )


def chat_format_of(metadata: GgufMetadata, source: str) -> ChatFormat:
    """Return the chat format of a model's template; ModelSourceError for one not spoken here."""
    for chat_format in ChatFormat:
        if end_tag(chat_format) in metadata.chat_template:
            return chat_format
    found = "is neither Phi-3's nor ChatML" if metadata.chat_template else "is missing"
    raise ModelSourceError(source=source, reason=f"its chat template {found}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.install_model", description=__doc__)
    parser.add_argument("--source", help="a GGUF file, or hub:owner/name/file.gguf")
    parser.add_argument("--sha256", help="what the source's SHA-256 must be")
    parser.add_argument("--if-missing", action="store_true", help="keep a model that is there")
    parser.add_argument("--store", type=Path, default=default_store(), help="default: %(default)s")
    return parser


def _run(registry: ModelRegistry, options: argparse.Namespace) -> ModelVersion:
    if options.source:
        return install_source(registry, options.source, options.sha256)
    return install_if_missing(registry) if options.if_missing else install_default(registry)


def _promote(registry: ModelRegistry, version: ModelVersion) -> ModelVersion:
    registry.verify(version)
    return registry.promote(MODEL_NAME, version.card.version)


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
