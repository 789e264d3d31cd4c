"""Sessions to write notes about: our corpus, a CSV file, a labelled suite, or transcripts."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from notes.errors import ConfigurationError
from notes.parsing import NoteDraft, Section
from notes.sentences import num_words
from notes.style import SECTIONS5, NoteStyle
from notes.transcript import normalise
from train_jobs.corpus import CorpusSession, load_corpus
from train_jobs.dataset import (
    Columns,
    Row,
    find_columns,
    load_csv,
    load_noted_sessions,
    preprocess,
)
from train_jobs.evaluation.exchanges import load_exchanges, transcript_of
from train_jobs.splitting import is_held_out, split_dataset

KINDS = ".csv, .jsonl, or a folder of .txt"
SPLIT_SEED = 1  # of a CSV file; training splits with the same


@dataclass(frozen=True, slots=True)
class Session:
    """One transcript; `reference` is the note that a person wrote, "" where there is none."""

    id: str
    transcript: str
    reference: str

    @property
    def num_words(self) -> int:
        """Return the number of words of the transcript."""
        return num_words(self.transcript)


@dataclass(frozen=True, slots=True)
class DataSet:
    """The sessions of one file or folder; rows without a transcript are left out and counted."""

    name: str
    sha256: str
    sessions: tuple[Session, ...]
    num_left_out: int

    def spread(self, num_sessions: int) -> tuple[Session, ...]:
        """Return so many sessions, evenly from the first to the last; all where there are fewer."""
        total = len(self.sessions)
        if num_sessions >= total:
            return self.sessions
        return tuple(self.sessions[index * total // num_sessions] for index in range(num_sessions))


def load_sessions(
    path: Path, columns: Columns | None = None, style: NoteStyle = SECTIONS5
) -> DataSet:
    """Return the sessions of our corpus, a labelled suite, a CSV file, or a folder of .txt files.

    Of the corpus the notes in `style` are the references. Without `columns` a CSV file's header
    must be that of a known data set. Raises ConfigurationError where nothing can be read.
    """
    rows = list(_rows(path, columns, style))
    sessions = tuple(session for session in rows if normalise(session.transcript))
    if not sessions:
        raise ConfigurationError(reason=f"{path} holds no transcript.")
    return DataSet(path.stem, _digest(sessions), sessions, len(rows) - len(sessions))


def divide(
    data: DataSet, path: Path, columns: Columns | None = None
) -> tuple[DataSet, tuple[Session, ...]]:
    """Return the part that is never trained on, and all other sessions.

    It is the corpus's held-out tenth, or the test part of a CSV file as training splits it. Raises
    ConfigurationError where there is no such part.
    """
    ids = _held_out_ids(data, path, columns)
    held_out = tuple(each for each in data.sessions if each.id in ids)
    if not held_out:
        raise ConfigurationError(reason=f"{path} has no held-out part: it is too small.")
    rest = tuple(each for each in data.sessions if each.id not in ids)
    return DataSet(f"{data.name}, held out", _digest(held_out), held_out, data.num_left_out), rest


def _held_out_ids(data: DataSet, path: Path, columns: Columns | None) -> frozenset[str]:
    if path.suffix == ".csv":
        test = split_dataset(load_noted_sessions(path, columns), seed=SPLIT_SEED).test
        return frozenset(_row_id(each.id.rpartition(":")[2]) for each in test)
    if path.suffix == ".jsonl" and _is_corpus(path):
        return frozenset(each.id for each in data.sessions if is_held_out(each.id))
    reason = f"{path} has no held-out part; give our corpus or a CSV file with people's notes."
    raise ConfigurationError(reason=reason)


def _rows(path: Path, columns: Columns | None, style: NoteStyle) -> Iterator[Session]:
    if path.is_dir():
        for file in sorted(path.glob("*.txt")):
            yield Session(file.stem, file.read_text("utf-8", "replace"), "")
    elif path.suffix == ".jsonl" and path.is_file() and _is_corpus(path):
        for each in load_corpus(path):
            yield Session(each.id, each.text, _reference(each, style))
    elif path.suffix == ".jsonl" and path.is_file():
        for exchange in load_exchanges(path):
            yield Session(exchange.id, transcript_of(exchange), "")
    elif path.suffix == ".csv":
        columns = columns or find_columns(path)
        yield from map(_session, load_csv(path, columns.transcript, columns.note))
    else:
        reason = f"{path} is no data set that can be read: give {KINDS}."
        raise ConfigurationError(reason=reason)


def _session(row: Row) -> Session:
    clean = preprocess(row)
    return Session(_row_id(row.number), clean.transcript, clean.note)


def _row_id(number: int | str) -> str:
    return f"row {number}"


def _is_corpus(path: Path) -> bool:
    """Tell our corpus, whose lines have notes, from a labelled suite."""
    with path.open(encoding="utf-8", errors="replace") as file:
        line = next((line for line in file if line.strip()), "")
    try:
        return "notes" in json.loads(line)
    except (ValueError, TypeError):
        return False


def _reference(session: CorpusSession, style: NoteStyle) -> str:
    """Return the person's note in a style, with its headings; "" where there is none."""
    note = session.notes.get(style.name)
    if note is None:
        return ""
    keys = (each for each in style.sections if each.key in note)
    sections = (Section(each.key, each.heading, note[each.key]) for each in keys)
    return NoteDraft(style.name, tuple(sections)).text


def _digest(sessions: Sequence[Session]) -> str:
    content = json.dumps([[each.transcript, each.reference] for each in sessions])
    return hashlib.sha256(content.encode()).hexdigest()
