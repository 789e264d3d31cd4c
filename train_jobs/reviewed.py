"""Notes that a person went over: as examples in the form of our corpus, and as pairs.

A file of sessions (`reviewed.jsonl`) has its pairs beside it (`reviewed.pairs.jsonl`), one line for
each section in which what a person answers for differs from what the model had written.
"""

import json
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from notes.errors import ConfigurationError
from notes.grammar import is_writable
from notes.parsing import NOT_DISCUSSED
from notes.sentences import num_words
from notes.speaker import Speaker
from notes.style import NoteStyle, SectionStyle
from train_jobs.corpus import SPEAKERS

LETTERS = {Speaker(name): letter for letter, name in SPEAKERS.items()}
LETTERS[Speaker.UNKNOWN] = LETTERS[Speaker.OTHER]  # the corpus knows no fourth

Sections = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of a section of one session's note: the one to write, and the one not to."""

    id: str
    text: str
    style: str
    section: str
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class ReviewedSession:
    """A session and its note: `signed` is what a person answers for, `drafted` the model's.

    `turns` are who speaks (a letter of `SPEAKERS`) and what is said.
    """

    id: str
    turns: tuple[tuple[str, str], ...]
    style: str
    signed: Sections
    drafted: Sections

    @property
    def text(self) -> str:
        """Return the transcript as lines that begin with who speaks."""
        return "\n".join(f"{SPEAKERS[who]}: {said}" for who, said in self.turns)

    def example(self) -> dict[str, Any]:
        """Return the session and its note in the form of our corpus."""
        about = dict.fromkeys(("school", "problem", "person", "risk"), "")  # nobody has told
        notes = {self.style: dict(self.signed)}
        return {"id": self.id, **about, "turns": self.turns, "notes": notes}

    def pairs(self) -> tuple[Pair, ...]:
        """Return what was signed beside what was drafted, for each section that differs."""
        return tuple(
            Pair(self.id, self.text, self.style, key, chosen, self.drafted[key])
            for key, chosen in self.signed.items()
            if self.drafted.get(key, chosen) != chosen
        )


def trainable(sections: Sections, style: NoteStyle) -> Sections:
    """Return the sections that the model could write and that serving would not shorten."""
    return {key: text for key, text in sections.items() if _is_kept(text, style.section(key))}


def _is_kept(text: str, section: SectionStyle) -> bool:
    is_within = text == NOT_DISCUSSED or num_words(text) <= section.max_words
    return is_within and is_writable(text, section)


# Files


def write_reviewed(sessions: Sequence[ReviewedSession], out: Path) -> int:
    """Write the sessions to `out` and their pairs beside it; returns the number of pairs."""
    pairs = [asdict(pair) for session in sessions for pair in session.pairs()]
    write_lines(pairs_file(out), pairs)
    write_lines(out, (session.example() for session in sessions))
    return len(pairs)


def pairs_file(out: Path) -> Path:
    """Return where the pairs stand that belong to a file of sessions."""
    return out.with_suffix(f".pairs{out.suffix}")


def load_pairs(path: Path) -> tuple[Pair, ...]:
    """Return the pairs of a file; ConfigurationError names a line that is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        reason = f"There are no pairs to read at {path} ({error.strerror})."
        raise ConfigurationError(reason=reason) from error
    return tuple(_pair(path, number, line) for number, line in enumerate(lines, start=1))


def _pair(path: Path, number: int, line: str) -> Pair:
    try:
        return Pair(**json.loads(line))
    except (ValueError, TypeError) as error:
        reason = f"Line {number} of {path} is no pair ({type(error).__name__})."
        raise ConfigurationError(reason=reason) from error


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON lines that only this account may read, all or nothing."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        reason = f"{path} cannot be written ({error.strerror}). Name another file with --out."
        raise ConfigurationError(reason=reason) from error
    finally:
        part.unlink(missing_ok=True)
