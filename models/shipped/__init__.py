"""The adapter that ships with the default model: a GGUF file, and what is known of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.sources import DEFAULT_SHA256, sha256_of
from notes.errors import ModelSourceError
from notes.prompt import PROMPT_VERSION

SHIPPED = Path(__file__).parent
ADAPTER_NAME = "notes-lora"


@dataclass(frozen=True, slots=True)
class ShippedAdapter:
    """A checked adapter for the embedded base; `training` goes into the merged model's card."""

    path: Path
    sha256: str
    training: Mapping[str, Any]


def find_shipped(folder: Path = SHIPPED) -> ShippedAdapter | None:
    """Return the folder's adapter, None where it has none for today's prompt and base.

    Raises ModelSourceError where the adapter is not the file that its JSON describes.
    """
    about = _read(folder / f"{ADAPTER_NAME}.json")
    if (about.get("prompt_version"), about.get("base_sha256")) != (PROMPT_VERSION, DEFAULT_SHA256):
        return None
    path = folder / f"{ADAPTER_NAME}.gguf"
    if not path.is_file() or sha256_of(path) != about.get("sha256"):
        reason = f"it is not the file that {ADAPTER_NAME}.json describes; check it out again"
        raise ModelSourceError(source=str(path), reason=reason)
    return ShippedAdapter(path, about["sha256"], about)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ModelSourceError(source=str(path), reason="it is not JSON") from error
    return found if isinstance(found, dict) else {}
