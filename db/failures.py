"""What the driver raises, as errors of ours; the driver's words may hold values and stay here."""

from collections.abc import Awaitable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from notes.errors import (
    AlreadyExistsError,
    DatabaseRefusedError,
    DatabaseUnavailableError,
    InvalidInputError,
    NotesError,
    NotFoundError,
)

T = TypeVar("T")

UNIQUE_FIELDS = {
    "uq_therapists_email": ("therapist", "email"),
    "uq_therapists_username": ("therapist", "username"),
    "uq_patients_patient_id": ("patient", "patient_id"),
    "uq_sessions_session_number": ("session", "session_number"),
    "uq_note_versions_number": ("note version", "number"),
    "uq_note_versions_request_id": ("note version", "request_id"),
}

# Connection lost or refused, no resources, server stopping, cancelled by a timeout or a deadlock.
UNAVAILABLE_STATES = ("08", "53", "57", "40", "55P03")

NOT_STORABLE = (
    "A value cannot be stored: a text holds a NUL or half a surrogate pair, or a number or date "
    "is out of range. Remove it and send the rest again."
)


async def translated(work: Awaitable[T]) -> T:
    """Await `work`; raise errors of ours in place of the driver's."""
    failure: NotesError
    try:
        return await work
    except DBAPIError as error:
        failure = translate(error)
    except (PoolTimeoutError, OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
        failure = DatabaseUnavailableError()  # raised while connecting, not by a statement
    # Out here, so that the driver's error is not even kept as the context of ours.
    raise failure


def translate(error: DBAPIError) -> NotesError:
    """Return the error of ours that says what the driver's means."""
    cause = error.orig.__cause__ if error.orig is not None else None
    if isinstance(cause, asyncpg.PostgresError):
        return _translate_state(cause)
    if isinstance(cause, ValueError):
        return InvalidInputError(reason=NOT_STORABLE)
    return DatabaseUnavailableError()


def _translate_state(cause: asyncpg.PostgresError) -> NotesError:
    state = cause.sqlstate or ""
    if state == "23505":
        what, field = UNIQUE_FIELDS.get(cause.constraint_name or "", ("row", "key"))
        return AlreadyExistsError(what=what, field=field)
    if state == "23503":
        return NotFoundError(what="row", id="that the new one belongs to")
    if state == "23502":
        return InvalidInputError(reason=f"{cause.column_name} must not be empty.")
    if state.startswith(("22", "23514")):
        return InvalidInputError(reason=NOT_STORABLE)
    if state.startswith(UNAVAILABLE_STATES):
        return DatabaseUnavailableError()
    return DatabaseRefusedError(sqlstate=state)
