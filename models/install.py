"""Obtains a model or an adapter, registers it, and puts it into production (`make model`)."""

import argparse
import sys
import tempfile
from dataclasses import replace
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
from models.shipped import SHIPPED, ShippedAdapter, find_shipped
from models.sources import DEFAULT_SHA256, DEFAULT_SOURCE, SourceFile, obtain
from notes.errors import ModelNotFoundError, ModelSourceError, NotesError
from notes.prompt import PROMPT_VERSION, ChatFormat, end_tag

MODEL_NAME = "notes"
PLAIN_NAME = "base"
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


def install_default(registry: ModelRegistry, shipped: Path = SHIPPED) -> ModelVersion:
    """Register the default model, unless it is, and put it into production.

    It is the embedded base with the adapter of the folder `shipped` merged in, or the base alone
    where that folder has none for today's prompt.
    """
    adapter = find_shipped(shipped)
    sha256 = adapter.sha256 if adapter else None
    found = find(registry, DEFAULT_SHA256, adapter_sha256=sha256)
    return _promote(registry, found or _add_default(registry, MODEL_NAME, adapter))


def install_plain(registry: ModelRegistry) -> ModelVersion:
    """Register the embedded base alone as "base", unless it is; for adapters and comparisons."""
    found = find(registry, DEFAULT_SHA256, PLAIN_NAME)
    return _promote(registry, found or _add_default(registry, PLAIN_NAME, None))


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


def install_if_missing(registry: ModelRegistry, shipped: Path = SHIPPED) -> ModelVersion:
    """Return what is in production; the present default model if that is none or the default."""
    try:
        current = registry.resolve(MODEL_NAME)
    except ModelNotFoundError:
        return install_default(registry, shipped)
    is_default = current.card.source == DEFAULT_SOURCE
    return install_default(registry, shipped) if is_default else current


def find(
    registry: ModelRegistry,
    source_sha256: str,
    name: str = MODEL_NAME,
    base_sha256: str | None = None,
    adapter_sha256: str | None = None,
) -> ModelVersion | None:
    """Return the newest version of this file for today's prompt.

    An adapter's version is for this base; a model's has this adapter merged in, or none.
    """
    wanted = (source_sha256, base_sha256, adapter_sha256, PROMPT_VERSION)
    for number in reversed(registry.versions(name)):
        version = registry.get(name, number)
        card = version.card
        about = (card.source_sha256, card.base_sha256, card.adapter_sha256, card.prompt_version)
        if about == wanted:
            return version
    return None


def summary(version: ModelVersion) -> str:
    """Return the line that tells what the production alias names now."""
    card = version.card
    size_mb = sum(card.sizes.values()) / 1e6
    about = (
        f"an adapter for {card.base_reference} ({card.quantization}"
        if card.is_adapter
        else f"{card.base}{' + adapter' if card.adapter_sha256 else ''} ({card.architecture}, "
        f"{card.quantization}, context {card.context_tokens}"
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
    what.add_argument("--plain", action="store_true", help="the default base without its adapter")
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
    if options.plain:
        return install_plain(registry)
    return install_if_missing(registry) if options.if_missing else install_default(registry)


def _promote(registry: ModelRegistry, version: ModelVersion) -> ModelVersion:
    registry.verify(version)
    return registry.promote(version.card.name, version.card.version)


def _add_default(
    registry: ModelRegistry, name: str, adapter: ShippedAdapter | None
) -> ModelVersion:
    file = obtain(None)
    merging = " and merging its adapter" if adapter else ""
    print(f"Re-laying {DEFAULT_BASE} as phi3, Q8_0{merging} (some seconds)", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / MODEL_FILE
        path = adapter.path if adapter else None
        relay_as_phi3(file.path, target, StoredType.Q8_0, name=DEFAULT_BASE, adapter=path)
        about = describe_model(replace(file, path=target))
        if adapter:
            about = replace(about, adapter_sha256=adapter.sha256, training=adapter.training)
        return registry.add(name, about, {MODEL_FILE: target})


def _add_file(registry: ModelRegistry, file: SourceFile) -> ModelVersion:
    return registry.add(MODEL_NAME, describe_model(file), {MODEL_FILE: file.path})


def _add_adapter(
    registry: ModelRegistry, file: SourceFile, name: str, base: ModelVersion
) -> ModelVersion:
    return registry.add(name, describe_adapter(file, base), {ADAPTER_FILE: file.path})


def describe_adapter(file: SourceFile, base: ModelVersion) -> ModelDescription:
    """Return what is known of an adapter; ModelSourceError where it does not fit the base."""
    metadata = read_adapter(file.path, base.card.architecture)
    check_fits(file.path, base.model_path)
    return ModelDescription(
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


def describe_model(file: SourceFile) -> ModelDescription:
    """Return what is known of a GGUF model; ModelSourceError where no prompt fits it."""
    metadata = read_metadata(file.path)
    about = ModelDescription(
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
    _check_phi3_name(metadata, file)
    return about


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
