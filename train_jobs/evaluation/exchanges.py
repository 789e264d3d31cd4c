"""The labelled risk suite: short exchanges and sessions with what must be found in them.

One exchange is one line of JSON; tests/data/risk/README.md describes it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notes.errors import ConfigurationError
from notes.risk import Polarity
from notes.risk.findings import ALERTS
from notes.transcript import Speaker, Turn, render_turns

SPEAKERS = {
    "T": Speaker.THERAPIST,
    "P": Speaker.PATIENT,
    "U": Speaker.UNKNOWN,
    "O": Speaker.OTHER,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One label; `turn_ids` are the turns that prove it, where they are named."""

    category: str
    polarity: str
    severity: int | None
    turn_ids: tuple[int, ...] = ()

    @property
    def is_alert(self) -> bool:
        """Tell whether a clinician must see it: affirmed, or a passive wish."""
        return Polarity(self.polarity) in ALERTS


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said, and the labels of it; without labels nobody is in danger."""

    id: str
    tag: str
    turns: tuple[Turn, ...]
    expected: tuple[Expected, ...]

    @property
    def alerts(self) -> set[str]:
        """Return the categories with an affirmed or passive label."""
        return {expected.category for expected in self.expected if expected.is_alert}


def talk(lines: Sequence[tuple[str, str]]) -> tuple[Turn, ...]:
    """Return turns from speakers' letters and their words."""
    return tuple(
        Turn(number, SPEAKERS[who], said, 0, len(said))
        for number, (who, said) in enumerate(lines, start=1)
    )


def transcript_of(exchange: Exchange) -> str:
    """Return an exchange as a transcript that the product reads."""
    return render_turns(exchange.turns)


def load_exchanges(path: Path) -> tuple[Exchange, ...]:
    """Return the exchanges of a file; ConfigurationError names the line that is none."""
    found: list[Exchange] = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        if line.strip():
            found.append(_read_line(path, number, line))
    return tuple(found)


def load_folder(folder: Path) -> tuple[Exchange, ...]:
    """Return the exchanges of a folder's JSON lines; ConfigurationError where there are none."""
    found = [each for path in sorted(folder.glob("*.jsonl")) for each in load_exchanges(path)]
    if not found:
        raise ConfigurationError(reason=f"There is no exchange in {folder}/*.jsonl.")
    return tuple(found)


def _read_line(path: Path, number: int, line: str) -> Exchange:
    try:
        return _exchange(json.loads(line))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        reason = f"Line {number} of {path} is no exchange of a risk suite ({type(error).__name__})."
        raise ConfigurationError(reason=reason) from error


def _exchange(row: dict[str, Any]) -> Exchange:
    labels = tuple(
        Expected(label[0], Polarity(label[1]).value, label[2], tuple(*label[3:4]))
        for label in row["expect"]
    )
    return Exchange(row["id"], row["tag"], talk(row["turns"]), labels)
