"""Sessions: order, numbers, fields, and whose they are."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from db.repositories import Repositories
from db.session import Database
from notes.errors import InvalidInputError, NotFoundError
from tests.db.conftest import TRANSCRIPT, Practice
from tests.db.writing import generate, write

Call = Callable[[Repositories, Practice, int], Awaitable[Any]]


async def test_a_session_has_its_fields_and_defaults(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        session = await repos.sessions.create(
            ada.therapist, ada.patient, language="german", duration=3000
        )
        assert await repos.sessions.get(ada.therapist, session.id) == session
        changed = await repos.sessions.update(
            ada.therapist, session.id, is_completed=True, diagnosis="F32"
        )
    assert (session.session_number, session.language, session.duration) == (2, "german", 3000)
    assert (session.notes, session.notes_version, session.is_note_signed) == (None, 0, False)
    assert (changed.is_completed, changed.diagnosis) == (True, "F32")


@pytest.mark.parametrize("field", ["notes", "session_number", "notes_is_ai_generated"])
async def test_notes_and_numbers_are_not_set_as_fields(
    database: Database, ada: Practice, field: str
) -> None:
    with pytest.raises(InvalidInputError, match=field):
        async with database.transaction() as repos:
            await repos.sessions.update(ada.therapist, ada.session, **{field: "x"})


async def test_sessions_come_newest_first(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        for day in (3, 1, 2):
            await repos.sessions.create(
                ada.therapist, ada.patient, session_date=datetime(2020, 1, day, tzinfo=UTC)
            )
        listed = await repos.sessions.list_for_patient(ada.therapist, ada.patient)
    assert [session.session_number for session in listed] == [1, 2, 4, 3]


async def test_a_deleted_session_is_hidden_and_its_number_is_not_given_again(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        second = await repos.sessions.create(ada.therapist, ada.patient)
        await repos.sessions.delete(ada.therapist, second.id)
        third = await repos.sessions.create(ada.therapist, ada.patient)
        listed = await repos.sessions.list_for_patient(ada.therapist, ada.patient)
        assert (await repos.patients.get(ada.therapist, ada.patient)).session_count == 2
        with pytest.raises(NotFoundError):
            await repos.sessions.get(ada.therapist, second.id)
    assert third.session_number == 3
    assert [session.id for session in listed] == [third.id, ada.session]


CALLS: dict[str, Call] = {
    "patients.get": lambda r, p, me: r.patients.get(me, p.patient),
    "patients.update": lambda r, p, me: r.patients.update(me, p.patient, notes="x"),
    "patients.delete": lambda r, p, me: r.patients.delete(me, p.patient),
    "sessions.create": lambda r, p, me: r.sessions.create(me, p.patient),
    "sessions.list": lambda r, p, me: r.sessions.list_for_patient(me, p.patient),
    "sessions.get": lambda r, p, me: r.sessions.get(me, p.session),
    "sessions.update": lambda r, p, me: r.sessions.update(me, p.session, duration=1),
    "sessions.delete": lambda r, p, me: r.sessions.delete(me, p.session),
    "notes.save_human": lambda r, p, me: write(r, Practice(me, p.patient, p.session), "x"),
    "notes.save_generated": lambda r, p, me: generate(
        r, Practice(me, p.patient, p.session), "x", if_version=1
    ),
    "notes.check": lambda r, p, me: r.notes.check_can_generate(me, p.session, regenerate=True),
    "notes.versions": lambda r, p, me: r.notes.versions(me, p.session),
    "notes.version": lambda r, p, me: r.notes.version(me, p.session, 1),
    "notes.sign": lambda r, p, me: r.notes.sign(me, p.session),
}


@pytest.mark.parametrize("name", CALLS)
async def test_rows_of_another_therapist_are_not_found(
    database: Database, ada: Practice, bob: Practice, name: str
) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "Ada's")
        before = await repos.sessions.get(ada.therapist, ada.session)
    with pytest.raises(NotFoundError):
        async with database.transaction() as repos:
            await CALLS[name](repos, ada, bob.therapist)
    async with database.transaction() as repos:
        assert await repos.sessions.get(ada.therapist, ada.session) == before
    assert before.original_transcription == TRANSCRIPT
