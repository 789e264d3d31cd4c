"""The ancestor's database is taken over whole, once, and only if it is one."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.import_auralis import import_file, main
from db.records import CLINICAL_FIELDS, LEGACY_HASH_PREFIX, NoteOrigin, NoteVersionRecord
from db.session import Database
from notes.errors import InvalidInputError
from tests.db import auralis_file as old
from tests.db.conftest import Practice

WHEN = datetime(2025, 3, 4, 5, 6, 7, 8, tzinfo=UTC)
LATER = "2025-03-05 00:00:00"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an ancestor's file with one therapist, one patient, and four kinds of notes."""
    path = tmp_path / "auralis.db"
    old.create(path)
    old.add_therapist(path, 1, "ada")
    old.add_patient(path, 7, 1)
    old.add_session(path, 1, 7, notes_is_ai_generated=0, notes_edited_from_ai=0)
    ai = {"notes_is_ai_generated": 1, "notes_generated_at": old.WHEN}
    old.add_session(path, 2, 7, **ai, notes_edited_from_ai=0, notes_last_edited_at=old.WHEN)
    old.add_session(path, 3, 7, **ai, notes_edited_from_ai=1, notes_last_edited_at=LATER)
    old.add_session(path, 4, 7, notes=None)
    return path


async def stored(database: Database, table: str) -> list[dict[str, Any]]:
    async with database._engine.connect() as connection:
        rows = await connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))
        return [dict(row._mapping) for row in rows]


async def notes_of(database: Database) -> list[NoteVersionRecord]:
    async with database.transaction() as repos:
        patients = await repos.patients.list(1)
        sessions = await repos.sessions.list_for_patient(1, patients[0].id)
        return [v for s in reversed(sessions) for v in await repos.notes.versions(1, s.id)]


async def test_every_column_is_kept(database: Database, database_url: str, file: Path) -> None:
    await import_file(file, database_url)
    (therapist,) = await stored(database, "therapists")
    assert therapist["email"] == "ada@old.org"
    assert therapist["password_hash"] == f"{LEGACY_HASH_PREFIX}salt1$hash1"
    assert (therapist["created_at"], therapist["last_login"]) == (WHEN, WHEN)
    assert therapist["legacy"]["id"] == 1

    (patient,) = await stored(database, "patients")
    assert (patient["patient_id"], patient["date_of_birth"]) == ("P7", date(1990, 5, 17))
    assert (patient["is_active"], patient["notes"]) == (False, "careful")
    assert (patient["created_at"], patient["updated_at"]) == (WHEN, WHEN)
    clinical = {name: f"the {name}" for name in CLINICAL_FIELDS} | {"age": 35}
    assert patient["clinical"] == clinical
    assert (patient["consent_ai_notes"], patient["consent_training"]) == (True, False)

    session = (await stored(database, "sessions"))[0]
    for name, value in {
        "session_number": 1,
        "session_date": WHEN,
        "duration": 3000,
        "language": "hindi",
        "original_transcription": "Therapist: Hello 1.",
        "translated_transcription": "translated",
        "translation_language": "english",
        "audio_file_path": "/audio/1.wav",
        "audio_file_size": 12,
        "notes": "note 1",
        "diagnosis": "F32",
        "treatment_plan": "plan",
        "is_completed": True,
        "created_at": WHEN,
        "updated_at": WHEN,
    }.items():
        assert session[name] == value, name


async def test_notes_become_versions_of_the_right_origin(
    database: Database, database_url: str, file: Path
) -> None:
    counts = await import_file(file, database_url)
    versions = await notes_of(database)
    assert [(v.text, v.origin, v.author_id) for v in versions] == [
        ("note 1", NoteOrigin.HUMAN, 1),
        ("note 2", NoteOrigin.AI, None),
        ("note 3", NoteOrigin.AI_EDITED, 1),
    ]
    assert versions[1].created_at == WHEN
    flags = [
        (row["notes_is_ai_generated"], row["notes_edited_from_ai"], row["notes_generated_at"])
        for row in await stored(database, "sessions")
    ]
    assert flags == [
        (False, False, None),
        (True, False, WHEN),
        (True, True, WHEN),
        (False, False, None),
    ]
    assert counts == Counter(
        {
            "therapists added": 1,
            "patients added": 1,
            "sessions added": 4,
            "notes added (human)": 1,
            "notes added (ai)": 1,
            "notes added (ai_edited)": 1,
        }
    )


async def test_a_second_run_adds_only_what_is_new(
    database: Database, database_url: str, file: Path
) -> None:
    await import_file(file, database_url)
    before = await stored(database, "note_versions")
    old.add_session(file, 5, 7)
    old.change(file, "UPDATE sessions SET notes = 'changed there' WHERE id = 1")
    async with database.transaction() as repos:
        await repos.patients.update(1, 1, patient_id="RENAMED")
        await repos.sessions.delete(1, 2)
    counts = await import_file(file, database_url)
    assert counts == Counter(
        {
            "therapists already there": 1,
            "patients already there": 1,
            "sessions already there": 3,
            "sessions changed in the file since; left as they are here": 1,
            "sessions added": 1,
            "notes added (human)": 1,
        }
    )
    assert (await stored(database, "note_versions"))[: len(before)] == before


async def test_an_old_file_without_metadata_is_all_by_hand(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    old.create(path, is_old=True)
    old.add_therapist(path, 1, "ada")
    old.add_patient(path, 1, 1)
    old.add_session(path, 1, 1)
    await import_file(path, database_url)
    assert [v.origin for v in await notes_of(database)] == [NoteOrigin.HUMAN]


async def test_what_does_not_fit_is_kept_as_it_was(
    database: Database, database_url: str, file: Path
) -> None:
    old.change(file, "ALTER TABLE patients ADD COLUMN insurance TEXT")
    old.add_patient(
        file,
        8,
        1,
        insurance="private",
        date_of_birth="May 1990",
        address=b"caf\xe9",
        is_active=None,
        full_name="nul\x00",
        phone=5550100,
    )
    old.add_session(file, 9, 8, session_number=None, duration="an hour", session_date="?")
    old.add_session(file, 10, 8, session_number=1)
    old.add_session(file, 11, 8, session_number=1)
    await import_file(file, database_url)
    patient = (await stored(database, "patients"))[1]
    assert (patient["phone"], patient["is_active"]) == ("5550100", True)
    assert (patient["full_name"], patient["address"]) == ("nul", "caf\ufffd")
    legacy = patient["legacy"]
    assert (legacy["insurance"], legacy["date_of_birth"]) == ("private", "May 1990")
    assert (legacy["address"], legacy["full_name"]) == ({"hex": "636166e9"}, {"hex": "6e756c00"})
    sessions = (await stored(database, "sessions"))[4:]
    assert [row["session_number"] for row in sessions] == [1, 2, 3]
    assert [row["legacy"].get("session_number") for row in sessions] == [None, 1, 1]
    assert (sessions[0]["legacy"]["duration"], sessions[0]["duration"]) == ("an hour", None)


async def test_rows_whose_owner_is_lost_are_kept_apart(
    database: Database, database_url: str, file: Path
) -> None:
    old.add_patient(file, 50, 99)
    old.add_patient(file, 51, 99, therapist_id=None)
    old.add_session(file, 60, 99)
    counts = await import_file(file, database_url)
    await import_file(file, database_url)
    assert counts["patients without a therapist"] == 2
    assert counts["sessions without a patient"] == 1
    assert len(await stored(database, "sessions")) == 5
    nobody = (await stored(database, "therapists"))[1]
    assert (nobody["email"], nobody["is_active"]) == ("unassigned@auralis.invalid", False)
    assert len(await stored(database, "patients")) == 4


async def test_names_taken_here_get_a_suffix(
    database: Database, database_url: str, file: Path
) -> None:
    async with database.transaction() as repos:
        await repos.therapists.create(
            email="other@new.org", username="Ada", password_hash="hash", full_name="Other"
        )
    await import_file(file, database_url)
    imported = (await stored(database, "therapists"))[1]
    assert (imported["username"], imported["legacy"]["username"]) == ("ada-2", "ada")


async def test_an_account_registered_here_is_joined_only_on_request(
    database: Database, database_url: str, file: Path, ada: Practice
) -> None:
    old.change(file, "UPDATE therapists SET email = 'ADA@clinic.org'")
    old.change(file, "UPDATE patients SET patient_id = 'P0001'")
    with pytest.raises(InvalidInputError, match=r"make import-auralis FILE=… ARGS=--join"):
        await import_file(file, database_url)
    assert len(await stored(database, "patients")) == 1
    await import_file(file, database_url, may_join=True)
    patients = await stored(database, "patients")
    assert [(p["therapist_id"], p["patient_id"]) for p in patients] == [
        (ada.therapist, "P0001"),
        (ada.therapist, "P0001-2"),
    ]
    assert (await stored(database, "therapists"))[0]["password_hash"] == "hash"


async def test_therapists_that_differ_in_case_only_are_not_mixed_up(
    database: Database, database_url: str, file: Path
) -> None:
    old.add_therapist(file, 2, "ADA")
    with pytest.raises(InvalidInputError, match="the same e-mail address"):
        await import_file(file, database_url)
    assert await stored(database, "therapists") == []


def test_other_files_are_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (text_file := tmp_path / "a.txt").write_text("not a database, but long enough" * 100)
    old.change(other := tmp_path / "b.db", "CREATE TABLE therapists (id INTEGER)")
    for path, words in (
        (tmp_path / "missing.db", "There is no file"),
        (text_file, "not an Auralis database: SQLite cannot read it"),
        (other, "its table therapists lacks email, hashed_password"),
    ):
        assert main([str(path)], default_url=lambda: "postgresql+asyncpg://nobody@/none") == 1
        assert words in capsys.readouterr().err


def test_the_command_reports_counts(
    template_url: str, module_database_url: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file)], default_url=lambda: module_database_url) == 0
    captured = capsys.readouterr()
    assert "4 sessions added" in captured.out
    assert "6/6" in captured.err


def test_an_address_as_people_write_it_is_taken_too(
    module_database_url: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = module_database_url.replace("postgresql+asyncpg://", "postgres://")
    assert main([str(file), "--url", f"{plain}&colour=red"], default_url=str) == 1
    assert '"colour"' in capsys.readouterr().err
    assert main([str(file), "--url", f"{plain}&sslmode=disable"], default_url=str) == 0
    assert "4 sessions" in capsys.readouterr().out
