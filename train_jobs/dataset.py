"""Training data: read from CSV or our corpus, checked, normalised, rendered as when serving."""

import csv
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from notes.errors import ConfigurationError, NoteParseError
from notes.parsing import parse_note
from notes.prompt import ChatFormat, Example, render_example
from notes.style import PARAGRAPH, SECTIONS5, NoteStyle
from notes.transcript import normalise, parse_transcript
from train_jobs.corpus import load_corpus
from train_jobs.splitting import Split, held_out, is_held_out, split_dataset

__all__ = [
    "ACI_BENCH",
    "KNOWN_COLUMNS",
    "MTS_DIALOG",
    "PSYCHOTHERAPY",
    "Columns",
    "InvalidRow",
    "NotedSession",
    "Row",
    "Split",
    "ValidRows",
    "find_columns",
    "format_example",
    "held_out",
    "is_held_out",
    "load_csv",
    "load_noted_sessions",
    "preprocess",
    "split_dataset",
    "validate_rows",
]

logger = logging.getLogger(__name__)

TRANSCRIPT_COLUMN = "session_transcription"
NOTE_COLUMN = "session_summary"
MAX_CELL_CHARS = 10_000_000  # the csv module's own limit, 131,072, is less than a long session

NO_TRANSCRIPT = "the transcript is empty"
NO_NOTE = "the note is empty"
NOTHING = "the transcript and the note are empty"


@dataclass(frozen=True, slots=True)
class Row:
    """One session and its note; `number` counts as a spreadsheet does: the header is row 1."""

    number: int
    transcript: str
    note: str

    @property
    def contents(self) -> Mapping[str, str]:
        """Return the texts that no two parts of a split may share."""
        return {"transcript": self.transcript, "note": self.note}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a CSV file that hold the transcript and the note."""

    transcript: str
    note: str


PSYCHOTHERAPY = Columns(TRANSCRIPT_COLUMN, NOTE_COLUMN)
MTS_DIALOG = Columns("dialogue", "section_text")  # one section of a note for each dialogue
ACI_BENCH = Columns("dialogue", "note")
KNOWN_COLUMNS = (PSYCHOTHERAPY, MTS_DIALOG, ACI_BENCH)


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A row that is not trained on, and why; holds none of its text."""

    row_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ValidRows:
    """The rows to train on, and those that were left out."""

    valid: tuple[Row, ...]
    invalid: tuple[InvalidRow, ...]


@dataclass(frozen=True, slots=True)
class NotedSession:
    """One session with its notes: the sections' texts by the name of the note's style."""

    id: str
    transcript: str
    notes: Mapping[str, Mapping[str, str]]

    @property
    def contents(self) -> Mapping[str, str]:
        """Return the texts that no two parts of a split may share."""
        notes = {name: " ".join(sections.values()) for name, sections in self.notes.items()}
        return {"transcript": self.transcript, **notes}


# Reading


def load_csv(
    path: Path, transcript_column: str = TRANSCRIPT_COLUMN, note_column: str = NOTE_COLUMN
) -> list[Row]:
    """Return every record of a CSV file (UTF-8, or else Windows-1252), with empty cells as "".

    Raises ConfigurationError when the file or one of the two columns is missing.
    """
    text = _decode(_read(path, transcript_column, note_column))
    csv.field_size_limit(MAX_CELL_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        columns = _find_columns(path, next(reader, []), (transcript_column, note_column))
        records = list(enumerate(reader, start=2))
    except csv.Error as error:
        reason = f"{path} is not a readable CSV file (line {reader.line_num}: {error})."
        raise ConfigurationError(reason=reason) from error
    return [Row(number, *_cells(record, columns)) for number, record in records if record]


def find_columns(path: Path) -> Columns:
    """Return the columns of a known data set by a file's header.

    Raises ConfigurationError when the file is missing or its header is that of none.
    """
    text = _decode(_read(path, TRANSCRIPT_COLUMN, NOTE_COLUMN))
    names = {name.strip() for name in next(csv.reader(io.StringIO(text, newline="")), [])}
    for columns in KNOWN_COLUMNS:
        if {columns.transcript, columns.note} <= names:
            return columns
    known = "; ".join(f"{each.transcript}, {each.note}" for each in KNOWN_COLUMNS)
    reason = (
        f"{path} has the columns of no known data set ({known}). Name the columns that hold the "
        "transcript and the note."
    )
    raise ConfigurationError(reason=reason)


def _read(path: Path, transcript_column: str, note_column: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (
            f"There is no data set to read at {path} ({error.strerror}). Put a CSV file with the "
            f"columns {transcript_column} and {note_column} there, or name another path."
        )
        raise ConfigurationError(reason=reason) from error


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _find_columns(path: Path, header: Sequence[str], needed: tuple[str, str]) -> tuple[int, int]:
    names = [name.strip() for name in header]
    missing = [name for name in needed if name not in names]
    if missing:
        reason = (
            f"{path} has no column {' and no column '.join(missing)}. Name the columns that hold "
            "the transcript and the note."
        )
        raise ConfigurationError(reason=reason)
    return names.index(needed[0]), names.index(needed[1])


def _cells(record: Sequence[str], columns: tuple[int, int]) -> tuple[str, str]:
    transcript, note = (record[column] if column < len(record) else "" for column in columns)
    return transcript, note


def load_noted_sessions(path: Path, columns: Columns | None = None) -> tuple[NotedSession, ...]:
    """Return the sessions that can be trained on: of our corpus (.jsonl), or of a CSV file.

    Without `columns` the CSV's header must be that of a known data set. A note with the headings of
    five sections is one of sections5; any other is a paragraph: so those of the psychotherapy CSV
    (train_jobs/relaying.py makes more of them), MTS-Dialog (one section of a visit's note, which is
    no section of ours) and ACI-Bench. Raises ConfigurationError where nothing can be read.
    """
    if path.suffix == ".jsonl":
        return tuple(NotedSession(each.id, each.text, each.notes) for each in load_corpus(path))
    columns = columns or find_columns(path)
    rows = validate_rows(load_csv(path, columns.transcript, columns.note)).valid
    return tuple(_noted(path.stem, preprocess(row)) for row in rows)


def _noted(name: str, row: Row) -> NotedSession:
    style, sections = _sections_of(row.note)
    return NotedSession(f"{name}:{row.number}", row.transcript, {style.name: sections})


# Checking and cleaning


def preprocess(row: Row) -> Row:
    """Return the row with both texts normalised; lines and `{{RED:…}}` marks are kept."""
    return replace(
        row, transcript=_normalise_lines(row.transcript), note=_normalise_lines(row.note)
    )


def _normalise_lines(text: str) -> str:
    # Turns and sections stand on lines of their own, so a line is what is normalised.
    lines = (normalise(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def validate_rows(rows: Sequence[Row]) -> ValidRows:
    """Return the rows whose transcript and note hold text; the others are logged by number."""
    valid: list[Row] = []
    invalid: list[InvalidRow] = []
    for row in rows:
        reason = _why_invalid(row)
        if reason is None:
            valid.append(row)
        else:
            logger.warning("row %d is left out: %s", row.number, reason)
            invalid.append(InvalidRow(row.number, reason))
    logger.info("%d rows are valid, %d are left out", len(valid), len(invalid))
    return ValidRows(tuple(valid), tuple(invalid))


def _why_invalid(row: Row) -> str | None:
    has_transcript, has_note = bool(normalise(row.transcript)), bool(normalise(row.note))
    if has_transcript and has_note:
        return None
    if has_transcript:
        return NO_NOTE
    return NO_TRANSCRIPT if has_note else NOTHING


# Rendering


def format_example(row: Row, chat_format: ChatFormat) -> tuple[Example, ...]:
    """Return the row as training examples, one a section, in the very prompt that serving uses."""
    style, sections = _sections_of(row.note)
    turns = parse_transcript(row.transcript).turns
    return render_example(turns, style, chat_format, sections)


def _sections_of(note: str) -> tuple[NoteStyle, Mapping[str, str]]:
    """Return the style that a note is written in and its sections; plain prose is a paragraph."""
    try:
        draft = parse_note(note, SECTIONS5)
    except NoteParseError:
        return PARAGRAPH, {PARAGRAPH.sections[0].key: normalise(note)}
    return SECTIONS5, {section.key: section.text for section in draft.sections}
