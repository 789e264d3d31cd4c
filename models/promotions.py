"""Who put which version into production, and when: one line a change, which only grows.

The alias in `aliases.json` says what is in production; this says how it came there.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

_FILE = "promotions.jsonl"


class Action(Enum):
    """What moved the alias."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of what is in production; a rollback rests on no evaluation."""

    name: str
    version: int
    previous: int | None
    action: Action
    by: str
    at: str
    evaluation_sha256: str | None = None


def now() -> str:
    """Return the moment as the history writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def record_promotion(root: Path, promotion: Promotion) -> None:
    """Add a change to the history of a model in the registry at `root`; it is on disk then."""
    line = json.dumps({**asdict(promotion), "action": promotion.action.value}) + "\n"
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT  # whole lines, also from two processes
    with os.fdopen(os.open(root / promotion.name / _FILE, flags, 0o600), "ab", 0) as file:
        file.write(line.encode())
        os.fsync(file.fileno())


def read_promotions(root: Path, name: str) -> tuple[Promotion, ...]:
    """Return the changes of a model, oldest first; a line that was cut off by a crash is none."""
    try:
        lines = (root / name / _FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(found for line in lines if (found := _read(line)) is not None)


def _read(line: str) -> Promotion | None:
    try:
        row = json.loads(line)
        return Promotion(**{**row, "action": Action(row["action"])})
    except (ValueError, KeyError, TypeError):
        return None
