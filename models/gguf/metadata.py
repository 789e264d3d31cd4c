"""What a GGUF file says about itself, and copying that from one file to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gguf import GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType, ReaderField

from notes.errors import ModelSourceError


@dataclass(frozen=True, slots=True)
class GgufMetadata:
    """The part of a GGUF file's metadata that decides how the model is used."""

    architecture: str
    name: str
    context_tokens: int
    quantization: str
    chat_template: str
    license: str


def open_gguf(path: Path) -> GGUFReader:
    """Return a reader of `path`; raise ModelSourceError where it is not a whole GGUF file."""
    try:
        return GGUFReader(path)
    except (ValueError, OSError, KeyError, IndexError, OverflowError, UnicodeDecodeError) as error:
        reason = f"it is not a whole GGUF file ({type(error).__name__})"
        raise ModelSourceError(source=str(path), reason=reason) from error


def read_metadata(path: Path) -> GgufMetadata:
    """Return what the GGUF file at `path` says about itself."""
    return metadata_of(open_gguf(path))


def metadata_of(reader: GGUFReader) -> GgufMetadata:
    """Return what an opened GGUF file says about itself."""
    architecture = text(reader, "general.architecture")
    return GgufMetadata(
        architecture=architecture,
        name=text(reader, "general.name"),
        context_tokens=number(reader, f"{architecture}.context_length"),
        quantization=_quantization(reader),
        chat_template=text(reader, "tokenizer.chat_template"),
        license=text(reader, "general.license"),
    )


def text(reader: GGUFReader, key: str) -> str:
    """Return the text under `key`, empty where there is none."""
    field = reader.get_field(key)
    return "" if field is None else str(field.contents())


def number(reader: GGUFReader, key: str) -> int:
    """Return the whole number under `key`, 0 where there is none."""
    field = reader.get_field(key)
    return 0 if field is None else int(field.contents())


def copy_metadata(
    reader: GGUFReader, writer: GGUFWriter, replaced: Mapping[str, str | int | None]
) -> None:
    """Copy every key to `writer`, the architecture's own renamed to the writer's architecture.

    `replaced` gives keys another value (of the same type) or, with None, leaves them out.
    """
    old = text(reader, "general.architecture")
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        value = replaced.get(key, field.contents())
        if value is not None:
            name = f"{writer.arch}.{key.removeprefix(old + '.')}" if _is_of(key, old) else key
            writer.add_key_value(name, value, field.types[0], _item_type(field))


def _is_of(key: str, architecture: str) -> bool:
    return key.startswith(architecture + ".")


def _item_type(field: ReaderField) -> GGUFValueType | None:
    return field.types[-1] if field.types[0] is GGUFValueType.ARRAY else None


def _quantization(reader: GGUFReader) -> str:
    if reader.get_field("general.file_type") is None:
        return "unknown"
    try:
        kind = LlamaFileType(number(reader, "general.file_type"))
    except ValueError:
        return "unknown"
    return kind.name.removeprefix("MOSTLY_").removeprefix("ALL_")
