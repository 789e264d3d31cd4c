"""Sessions to write notes about, from a CSV file, a labelled suite, or a folder of transcripts."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from notes.errors import ConfigurationError
from notes.sentences import num_words
from notes.transcript import normalise
from train_jobs.dataset import Columns, Row, find_columns, load_csv, preprocess
from train_jobs.evaluation.exchanges import load_exchanges, transcript_of

KINDS = ".csv, .jsonl, or a folder of .txt"


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


def load_sessions(path: Path, columns: Columns | None = None) -> DataSet:
    """Return the sessions of a CSV file, a labelled suite (JSON lines), or a folder of .txt files.

    Without `columns` a CSV file's header must be that of a known data set. Raises
    ConfigurationError where nothing can be read.
    """
    rows = list(_rows(path, columns))
    sessions = tuple(session for session in rows if normalise(session.transcript))
    if not sessions:
        raise ConfigurationError(reason=f"{path} holds no transcript.")
    return DataSet(path.stem, _digest(sessions), sessions, len(rows) - len(sessions))


def _rows(path: Path, columns: Columns | None) -> Iterator[Session]:
    if path.is_dir():
        for file in sorted(path.glob("*.txt")):
            yield Session(file.stem, file.read_text("utf-8", "replace"), "")
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
    return Session(f"row {row.number}", clean.transcript, clean.note)


def _digest(sessions: Sequence[Session]) -> str:
    content = json.dumps([[each.transcript, each.reference] for each in sessions])
    return hashlib.sha256(content.encode()).hexdigest()
