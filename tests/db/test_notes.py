"""Note versions: who wrote what, what may replace what, and what signing means."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.records import FREE_STYLE, NoteOrigin
from db.session import Database
from notes.errors import (
    ConsentMissingError,
    InvalidInputError,
    LostUpdateError,
    NoteExistsError,
    NotesError,
    NoteSignedError,
    NotFoundError,
    TranscriptChangedError,
    TranscriptMissingError,
)
from tests.db.conftest import TRANSCRIPT, Practice
from tests.db.writing import generate, read, write


async def test_a_generated_note_becomes_the_sessions_note(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        version = await generate(repos, ada, "draft", request_id="r1")
    session, versions = await read(database, ada)
    assert versions == [version]
    assert (version.number, version.origin, version.author_id) == (1, NoteOrigin.AI, None)
    assert (version.style, version.model, version.details) == (
        "sections5",
        "notes:1",
        {"coverage": 1.0},
    )
    assert (session.notes, session.notes_version) == ("draft", 1)
    assert session.notes_metadata.generated_at is not None
    assert session.notes_metadata.last_edited_at is None


async def test_a_persons_first_note_is_hers_alone(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        version = await write(repos, ada, "mine")
    session, _ = await read(database, ada)
    assert (version.origin, version.author_id) == (NoteOrigin.HUMAN, ada.therapist)
    assert version.style == FREE_STYLE
    assert not session.notes_metadata.is_ai_generated
    assert session.notes_metadata.last_edited_at == version.created_at


async def test_an_edited_draft_keeps_when_it_was_generated(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await generate(repos, ada, "draft")
        generated, _ = (await repos.sessions.get(ada.therapist, ada.session)), None
        version = await write(repos, ada, "draft, better")
    session, _versions = await read(database, ada)
    assert (version.origin, version.style) == (NoteOrigin.AI_EDITED, "sections5")
    assert session.notes_metadata.edited_from_ai
    assert session.notes_metadata.generated_at == generated.notes_metadata.generated_at


async def test_restoring_the_draft_makes_it_the_machines_again(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await generate(repos, ada, "draft")
        await write(repos, ada, "edited")
        restored = await write(repos, ada, "draft")
    assert (restored.number, restored.origin) == (3, NoteOrigin.AI)
    assert restored.author_id == ada.therapist


async def test_saving_the_current_text_again_makes_no_version(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        first = await generate(repos, ada, "draft")
        assert await write(repos, ada, "draft") == first


async def test_a_stale_writer_is_told_the_current_version(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "one")
        await write(repos, ada, "two")
    with pytest.raises(LostUpdateError) as caught:
        async with database.transaction() as repos:
            await repos.notes.save_human(ada.therapist, ada.session, "three", if_version=1)
    assert caught.value.data == {"session_id": ada.session, "current": 2}


async def test_a_repeated_save_after_a_lost_answer_is_no_conflict(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "one")
        save = repos.notes.save_human
        first = await save(ada.therapist, ada.session, "two", if_version=1)
        assert await save(ada.therapist, ada.session, "two", if_version=1) == first


async def test_an_emptied_note_may_be_generated_again(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "one")
        await write(repos, ada, " ")
        version = await generate(repos, ada, "draft")
    assert version.number == 3


async def test_the_same_request_stores_one_version(database: Database, ada: Practice) -> None:
    """Invariant 8."""
    async with database.transaction() as repos:
        first = await generate(repos, ada, "draft", request_id="r1")
    async with database.transaction() as repos:
        assert await generate(repos, ada, "draft", request_id="r1") == first
    _, versions = await read(database, ada)
    assert len(versions) == 1


async def test_what_a_person_saved_meanwhile_stays_current(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "hers")
    with pytest.raises(LostUpdateError) as caught:
        async with database.transaction() as repos:
            await generate(repos, ada, "draft", regenerate=True, if_version=0)
    assert caught.value.data == {"session_id": ada.session, "current": 1}
    session, versions = await read(database, ada)
    assert (session.notes, len(versions)) == ("hers", 1)


@pytest.mark.parametrize(
    ("area", "change", "error"),
    [
        ("sessions", {"original_transcription": TRANSCRIPT + "er."}, TranscriptChangedError),
        ("patients", {"consent_ai_notes": False}, ConsentMissingError),
    ],
)
async def test_a_note_of_what_is_no_longer_so_is_not_stored(
    database: Database,
    ada: Practice,
    area: str,
    change: dict[str, Any],
    error: type[NotesError],
) -> None:
    async with database.transaction() as repos:
        row = ada.session if area == "sessions" else ada.patient
        await getattr(repos, area).update(ada.therapist, row, **change)
    with pytest.raises(error):
        async with database.transaction() as repos:
            await generate(repos, ada, "draft")
    assert (await read(database, ada))[0].notes is None


async def test_a_note_of_a_translation_that_was_changed_is_not_stored(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await repos.sessions.update(ada.therapist, ada.session, translated_transcription="new")
    with pytest.raises(TranscriptChangedError):
        async with database.transaction() as repos:
            await generate(repos, ada, "draft", translation="old")
    async with database.transaction() as repos:
        await generate(repos, ada, "draft", translation="new")
    assert (await read(database, ada))[0].notes == "draft"


async def test_a_request_that_is_stored_is_told_so_whatever_came_after(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        first = await generate(repos, ada, "draft", request_id="r1", if_version=0)
        await write(repos, ada, "hers")
        again = await generate(repos, ada, "draft", request_id="r1", if_version=0)
    assert again == first


@pytest.mark.parametrize("regenerate", [False, True])
async def test_nothing_is_generated_over_a_signature(
    database: Database, ada: Practice, regenerate: bool
) -> None:
    async with database.transaction() as repos:
        await generate(repos, ada, "draft")
        await repos.notes.sign(ada.therapist, ada.session)
        await write(repos, ada, "an addition by hand is possible")
    with pytest.raises(NoteSignedError):
        async with database.transaction() as repos:
            await generate(repos, ada, "again", regenerate=regenerate)


async def test_a_signature_says_who_and_when_and_stays(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "mine")
        signed = await repos.notes.sign(ada.therapist, ada.session, number=1)
        assert await repos.notes.sign(ada.therapist, ada.session) == signed
    session, _ = await read(database, ada)
    assert signed.signed_by == ada.therapist
    assert signed.signed_at is not None
    assert session.is_note_signed
    async with database.transaction() as repos:
        await write(repos, ada, "changed")
        assert not (await repos.sessions.get(ada.therapist, ada.session)).is_note_signed


async def test_only_what_the_signer_read_is_signed(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "one")
        await write(repos, ada, "two")
    with pytest.raises(LostUpdateError):
        async with database.transaction() as repos:
            await repos.notes.sign(ada.therapist, ada.session, number=1)


async def test_there_must_be_something_to_sign(database: Database, ada: Practice) -> None:
    with pytest.raises(NotFoundError):
        async with database.transaction() as repos:
            await repos.notes.sign(ada.therapist, ada.session)
    async with database.transaction() as repos:
        await write(repos, ada, "")
    with pytest.raises(InvalidInputError, match="empty"):
        async with database.transaction() as repos:
            await repos.notes.sign(ada.therapist, ada.session)


async def test_what_stands_against_generating(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        check = repos.notes.check_can_generate
        await check(ada.therapist, ada.session, regenerate=False)
        await write(repos, ada, "mine")
        await check(ada.therapist, ada.session, regenerate=True)
        with pytest.raises(NoteExistsError):
            await check(ada.therapist, ada.session, regenerate=False)
        await repos.notes.sign(ada.therapist, ada.session)
        with pytest.raises(NoteSignedError):
            await check(ada.therapist, ada.session, regenerate=True)
        await repos.sessions.update(ada.therapist, ada.session, original_transcription="  ")
        with pytest.raises(TranscriptMissingError):
            await check(ada.therapist, ada.session, regenerate=True)
        await repos.patients.update(ada.therapist, ada.patient, consent_ai_notes=False)
        with pytest.raises(ConsentMissingError):
            await check(ada.therapist, ada.session, regenerate=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE note_versions SET text = 'forged'",
        "UPDATE note_versions SET origin = 'ai', signed_at = now(), signed_by = author_id",
        "DELETE FROM note_versions",
        "TRUNCATE note_versions",
    ],
)
async def test_the_database_itself_keeps_what_was_written(
    database: Database, ada: Practice, statement: str
) -> None:
    """Invariant 11."""
    async with database.transaction() as repos:
        await write(repos, ada, "mine")
    with pytest.raises(DBAPIError, match="kept as they were written"):
        async with database._engine.begin() as connection:
            await connection.execute(text(statement))
    _, versions = await read(database, ada)
    assert [version.text for version in versions] == ["mine"]


async def test_a_signature_cannot_be_taken_back(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "mine")
        await repos.notes.sign(ada.therapist, ada.session)
    unsign = text("UPDATE note_versions SET signed_at = NULL, signed_by = NULL")
    with pytest.raises(DBAPIError, match="kept as they were written"):
        async with database._engine.begin() as connection:
            await connection.execute(unsign)


async def test_versions_of_a_session_without_a_note(database: Database, ada: Practice) -> None:
    _, versions = await read(database, ada)
    assert versions == []
    with pytest.raises(NotFoundError):
        async with database.transaction() as repos:
            await repos.notes.version(ada.therapist, ada.session, 1)
