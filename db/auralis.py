"""The ancestor's SQLite file: its rows, and each as values of our columns.

Whatever has no column here, or does not fit into one, goes to `legacy` as it was.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from db.records import CLINICAL_FIELDS, LEGACY_HASH_PREFIX, NoteOrigin
from notes.errors import InvalidInputError

Row = Mapping[str, Any]

TABLES = {
    "therapists": {"id", "email", "hashed_password"},
    "patients": {"id", "therapist_id", "patient_id", "full_name"},
    "sessions": {"id", "patient_id", "session_number"},
}


@dataclass(frozen=True, slots=True)
class AncestorFile:
    """An open file whose tables are known to be the ancestor's."""

    connection: sqlite3.Connection

    def count(self) -> int:
        """Return the rows of all three tables."""
        return sum(
            self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in TABLES
        )

    def rows(self, table: str) -> Iterator[Row]:
        """Yield a table's rows in the order of their ids; texts are bytes, as they are stored."""
        cursor = self.connection.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield dict(zip(names, values, strict=True))


@contextmanager
def open_ancestor(path: Path) -> Iterator[AncestorFile]:
    """Open the file for reading; raises InvalidInputError when it is not the ancestor's."""
    if not path.is_file():
        raise InvalidInputError(reason=f"There is no file {path}.")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.text_factory = bytes
        _check_tables(path, connection)
        yield AncestorFile(connection)
    finally:
        connection.close()


def _check_tables(path: Path, connection: sqlite3.Connection) -> None:
    try:
        for table, wanted in TABLES.items():
            info = connection.execute(f"PRAGMA table_info({table})").fetchall()
            missing = wanted - {column[1].decode() for column in info}
            if missing:
                raise InvalidInputError(
                    reason=f"{path} is not an Auralis database: its table {table} lacks "
                    f"{', '.join(sorted(missing))}."
                )
    except sqlite3.DatabaseError as error:
        raise InvalidInputError(
            reason=f"{path} is not an Auralis database: SQLite cannot read it ({error})."
        ) from error


@dataclass(frozen=True, slots=True)
class NoteValues:
    """A session's note as its first version."""

    text: str
    origin: NoteOrigin
    generated_at: datetime | None
    last_edited_at: datetime | None
    created_at: datetime | None


@dataclass(slots=True)
class Values:
    """A row of the ancestor's being taken apart: each column is taken once."""

    row: Row
    columns: dict[str, Any] = field(default_factory=dict)
    legacy: dict[str, Any] = field(default_factory=dict)

    def take(self, name: str, convert: Callable[[Any], tuple[Any, bool]]) -> Any:
        """Return the column converted (None when missing); keep what the conversion loses."""
        value = self.row.get(name)
        if value is None:
            return None
        converted, is_faithful = convert(value)
        if not is_faithful:
            self.legacy[name] = _json(value)
        return converted

    def put(self, convert: Callable[[Any], tuple[Any, bool]], *names: str) -> None:
        """Take columns that are named alike here; what is null is left to our defaults."""
        for name in names:
            value = self.take(name, convert)
            if value is not None:
                self.columns[name] = value

    def keep_rest(self, *handled: str) -> None:
        """Keep every column that nobody has taken, and the row's digest."""
        known = {*self.columns, *handled}
        rest = {name: value for name, value in self.row.items() if name not in known}
        self.legacy |= {name: _json(value) for name, value in rest.items() if value is not None}
        self.legacy["digest"] = _digest(self.row)


def therapist_values(row: Row) -> Values:
    """Return a therapist's values; the password hash is marked as the ancestor's."""
    values = Values(row)
    values.put(_text, "email", "username", "full_name", "license_number", "specialization")
    values.put(_text, "phone")
    values.put(_flag, "is_active", "is_verified")
    values.put(_moment, "created_at", "last_login")
    nameless = f"auralis-{row['id']}"
    values.columns.setdefault("email", f"{nameless}@auralis.invalid")
    values.columns.setdefault("username", nameless)
    values.columns.setdefault("full_name", values.columns["username"])
    password = values.take("hashed_password", _text) or "!$!"
    values.columns["password_hash"] = LEGACY_HASH_PREFIX + password
    values.keep_rest("hashed_password")
    return values


def patient_values(row: Row) -> Values:
    """Return a patient's values; free-text columns go to `clinical`."""
    values = Values(row)
    values.put(_text, "patient_id", "full_name", "gender", "phone", "email", "address")
    values.put(_text, "emergency_contact", "medical_history", "notes")
    values.put(_date, "date_of_birth")
    values.put(_flag, "is_active")
    values.put(_moment, "created_at", "updated_at")
    values.columns.setdefault("patient_id", f"#{row['id']}")
    values.columns.setdefault("full_name", values.columns["patient_id"])
    clinical = {name: values.take(name, _clinical) for name in CLINICAL_FIELDS}
    values.columns["clinical"] = {k: v for k, v in clinical.items() if v is not None}
    values.keep_rest("therapist_id", *CLINICAL_FIELDS)
    return values


def session_values(row: Row) -> tuple[Values, NoteValues | None]:
    """Return a session's values and its note."""
    values = Values(row)
    values.put(_number, "session_number", "duration", "audio_file_size")
    values.put(_text, "language", "original_transcription", "translated_transcription")
    values.put(_text, "translation_language", "audio_file_path", "diagnosis", "treatment_plan")
    values.put(_flag, "is_completed")
    values.put(_moment, "session_date", "created_at", "updated_at")
    values.columns.setdefault("language", "unknown")
    note = _note(values)
    values.keep_rest("patient_id", "notes", *NOTES_COLUMNS)
    return values, note


NOTES_COLUMNS = (
    "notes_is_ai_generated",
    "notes_edited_from_ai",
    "notes_generated_at",
    "notes_last_edited_at",
)


def _note(values: Values) -> NoteValues | None:
    text = values.take("notes", _text)
    is_ai = values.take("notes_is_ai_generated", _flag)
    is_edited = values.take("notes_edited_from_ai", _flag)
    generated_at = values.take("notes_generated_at", _moment)
    edited_at = values.take("notes_last_edited_at", _moment)
    # The ancestor's own words for these facts, whatever we make of them below.
    raw = {name: values.row[name] for name in NOTES_COLUMNS if values.row.get(name) is not None}
    values.legacy |= {name: _json(value) for name, value in raw.items()}
    if not text:
        return None
    origin = NoteOrigin.AI if is_ai else NoteOrigin.HUMAN
    origin = NoteOrigin.AI_EDITED if is_edited else origin
    return NoteValues(
        text=text,
        origin=origin,
        generated_at=None if origin is NoteOrigin.HUMAN else generated_at,
        last_edited_at=None if origin is NoteOrigin.AI else edited_at,
        created_at=edited_at or generated_at or values.columns.get("updated_at"),
    )


# Conversions: the value for our column, and whether it says all that the ancestor's said.


def _text(value: Any) -> tuple[str, bool]:
    if not isinstance(value, bytes):
        return str(value), True
    text = value.decode("utf-8", "replace").replace("\x00", "")
    return text, text.encode() == value


def _clinical(value: Any) -> tuple[Any, bool]:
    return (value, True) if isinstance(value, int) else _text(value)


def _number(value: Any) -> tuple[int | None, bool]:
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None, False
    return number, str(number) == _text(value)[0]


def _flag(value: Any) -> tuple[bool | None, bool]:
    known = {"0": False, "1": True, "false": False, "true": True}
    flag = known.get(_text(value)[0].lower())
    return flag, flag is not None


def _moment(value: Any) -> tuple[datetime | None, bool]:
    """Read a time as UTC, which the ancestor wrote without saying so."""
    try:
        moment = datetime.fromisoformat(_text(value)[0])
    except ValueError:
        return None, False
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC), True


def _date(value: Any) -> tuple[Any, bool]:
    moment, _ = _moment(value)
    if moment is None:
        return None, False
    return moment.date(), moment.time() == time()


def _json(value: Any) -> Any:
    if isinstance(value, int):
        return value
    text, is_faithful = _text(value)
    return text if is_faithful else {"hex": value.hex()}


def _digest(row: Row) -> str:
    filled = sorted((name, value) for name, value in row.items() if value is not None)
    return hashlib.sha256(repr(filled).encode()).hexdigest()[:16]
