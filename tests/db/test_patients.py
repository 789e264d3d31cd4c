"""Patients: clinic numbers, consent, search, and what deleting means."""

from datetime import date

import pytest

from db.session import Database
from notes.errors import AlreadyExistsError, InvalidInputError, NotFoundError
from tests.db.conftest import Practice
from tests.db.writing import write


async def test_every_field_is_kept_and_the_clinical_ones_by_name(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        patient = await repos.patients.create(
            ada.therapist,
            full_name="Sam",
            date_of_birth=date(1990, 5, 17),
            phone="+1 555",
            age=36,
            mse_mood="low",
            date_of_assessment=date(2026, 1, 2),
        )
        assert await repos.patients.get(ada.therapist, patient.id) == patient
        changed = await repos.patients.update(
            ada.therapist, patient.id, mse_mood="better", triggers="work", phone=None
        )
    assert patient.date_of_birth == date(1990, 5, 17)
    assert patient.clinical == {"age": 36, "mse_mood": "low", "date_of_assessment": "2026-01-02"}
    assert changed.clinical == patient.clinical | {"mse_mood": "better", "triggers": "work"}
    assert changed.phone is None


@pytest.mark.parametrize("field", ["id", "deleted_at", "consent_training_at", "clinical", "x"])
async def test_only_known_fields_may_be_set(database: Database, ada: Practice, field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        async with database.transaction() as repos:
            await repos.patients.update(ada.therapist, ada.patient, **{field: 1})


async def test_consent_is_dated_when_it_changes(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        first = await repos.patients.get(ada.therapist, ada.patient)
        same = await repos.patients.update(ada.therapist, ada.patient, consent_ai_notes=True)
        given = await repos.patients.update(ada.therapist, ada.patient, consent_training=True)
    async with database.transaction() as repos:
        taken = await repos.patients.update(ada.therapist, ada.patient, consent_training=False)
    assert (first.consent_ai_notes, first.consent_training) == (True, False)
    assert first.consent_training_at is None
    assert same.consent_ai_notes_at == first.consent_ai_notes_at is not None
    assert given.consent_training
    assert given.consent_training_at is not None
    assert taken.consent_training_at is not None
    assert taken.consent_training_at > given.consent_training_at


async def test_a_clinic_number_is_unique_for_one_therapist(
    database: Database, ada: Practice, bob: Practice
) -> None:
    async with database.transaction() as repos:
        first = await repos.patients.create(ada.therapist, full_name="A", patient_id="X1")
        await repos.patients.create(bob.therapist, full_name="B", patient_id="X1")
    with pytest.raises(AlreadyExistsError) as caught:
        async with database.transaction() as repos:
            await repos.patients.create(ada.therapist, full_name="C", patient_id="X1")
    assert caught.value.data == {"what": "patient", "field": "patient_id"}
    async with database.transaction() as repos:
        await repos.patients.delete(ada.therapist, first.id)
        await repos.patients.create(ada.therapist, full_name="C", patient_id="X1")


async def test_a_made_up_clinic_number_is_the_next(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await repos.patients.create(ada.therapist, full_name="A", patient_id="P0041")
        await repos.patients.create(ada.therapist, full_name="B", patient_id="Px99")
        patient = await repos.patients.create(ada.therapist, full_name="C")
    assert patient.patient_id == "P0042"


async def test_the_list_goes_by_name(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await repos.patients.create(ada.therapist, full_name="zoe")
        await repos.patients.create(ada.therapist, full_name="Álvaro", is_active=False)
        await repos.patients.create(ada.therapist, full_name="Ben")
        everybody = await repos.patients.list(ada.therapist)
        active = await repos.patients.list(ada.therapist, active_only=True)
    assert [p.full_name for p in everybody] == ["Ben", "Patient of ada", "zoe", "Álvaro"]
    assert [p.full_name for p in active] == ["Ben", "Patient of ada", "zoe"]
    assert [p.session_count for p in everybody] == [0, 1, 0, 0]


async def test_a_deleted_patient_is_hidden_and_nothing_is_lost(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "mine")
        assert await repos.patients.owner(ada.patient) == ada.therapist
        await repos.patients.delete(ada.therapist, ada.patient)
    async with database.transaction() as repos:
        assert await repos.patients.list(ada.therapist) == ()
        assert await repos.patients.search(ada.therapist, "patient") == ()
        assert (await repos.therapists.get(ada.therapist)).patient_count == 0
        for read in (
            repos.patients.get(ada.therapist, ada.patient),
            repos.patients.owner(ada.patient),
            repos.sessions.get(ada.therapist, ada.session),
            repos.notes.versions(ada.therapist, ada.session),
        ):
            with pytest.raises(NotFoundError):
                await read
    async with database._engine.connect() as connection:
        kept = await connection.exec_driver_sql("SELECT text FROM note_versions")
        assert kept.scalars().all() == ["mine"]


async def test_a_search_finds_number_name_and_phone_the_best_first(
    database: Database, ada: Practice, bob: Practice
) -> None:
    async with database.transaction() as repos:
        for name, number, phone in (
            ("Ann Lee", "LEE-1", "(0300) 123-45"),
            ("Lee", "Z2", None),
            ("Kaylee", "Z3", "999"),
            ("100%_\\", "Z4", None),
        ):
            await repos.patients.create(
                ada.therapist, full_name=name, patient_id=number, phone=phone
            )
        await repos.patients.create(bob.therapist, full_name="Lee")
        matches = await repos.patients.search(ada.therapist, " lee ")
        phones = await repos.patients.search(ada.therapist, "0300 12")
        odd = await repos.patients.search(ada.therapist, "%_\\")
        empty = await repos.patients.search(ada.therapist, "  ")
    found = [(m.patient.full_name, m.match_field, m.relevance_score) for m in matches]
    assert found == [("Lee", "name", 1.0), ("Ann Lee", "patient_id", 0.8), ("Kaylee", "name", 0.5)]
    assert [(p.start, p.end) for p in matches[2].match_positions] == [(3, 6)]
    assert [(m.match_field, m.match_positions[0].end) for m in phones] == [("phone", 9)]
    assert [m.patient.full_name for m in odd] == ["100%_\\"]
    assert empty == ()
