"""What a model wrote before, as JSON lines: a killed run continues where it was."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NoteKey:
    """What a model was asked: the same key has the same answer.

    `digest` is of everything that it read and of how it chose its words.
    """

    model: str
    prompt_version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote for each prompt, by section, and what that cost.

    `seconds` is its own time with others in flight beside it, `pace_s` the time since what was
    finished before it: the sum of these is the time of the run. `memory_mb` is how much more the
    process held then than before it had loaded the model; 0 where nobody looked.
    """

    texts: tuple[dict[str, str], ...]
    seconds: float
    pace_s: float
    num_prompt_tokens: int
    num_tokens: int
    memory_mb: float = 0.0


class NoteCache:
    """One file that only grows; each answer is on disk when `add` returns.

    It holds what patients said, so only its owner may read it.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._path = path
        self._known = dict(_read(path))

    def get(self, key: NoteKey) -> Written | None:
        """Return what was written before, if it was."""
        return self._known.get(key)

    def add(self, key: NoteKey, written: Written) -> None:
        """Keep an answer."""
        line = json.dumps({**asdict(key), **asdict(written)})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{_line_end(self._path)}{line}\n")
            file.flush()
            os.fsync(file.fileno())
        self._known[key] = written


def _read(path: Path) -> Iterator[tuple[NoteKey, Written]]:
    for line in path.read_text("utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
            key = NoteKey(row.pop("model"), row.pop("prompt_version"), row.pop("digest"))
            yield key, Written(**{**row, "texts": tuple(row["texts"])})
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # the line that a killed run was writing


def _line_end(path: Path) -> str:
    """Return what ends a line that a killed run was writing, or nothing."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return "" if file.read(1) in (b"", b"\n") else "\n"
