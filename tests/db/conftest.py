"""A fresh database a test, and somebody in it to write for."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from db.session import Database
from tests.fixtures_db import copy_of

TRANSCRIPT = "Therapist: How was your week?\nPatient: Hard."


@dataclass(frozen=True, slots=True)
class Practice:
    """Ids of a therapist, the patient and the session that a test writes to."""

    therapist: int
    patient: int
    session: int


@pytest.fixture(scope="module")
def module_database_url(template_url: str) -> Iterator[str]:
    """Yield a database for all examples of a module's properties."""
    yield from copy_of(template_url)


@pytest.fixture
async def ada(database: Database) -> Practice:
    return await open_practice(database, "ada")


@pytest.fixture
async def bob(database: Database) -> Practice:
    return await open_practice(database, "bob")


async def open_practice(database: Database, name: str) -> Practice:
    """Store a therapist with one patient and one session."""
    async with database.transaction() as repos:
        therapist = await repos.therapists.create(
            email=f"{name}@clinic.org", username=name, password_hash="hash", full_name=name.title()
        )
        patient = await repos.patients.create(therapist.id, full_name=f"Patient of {name}")
        session = await repos.sessions.create(
            therapist.id, patient.id, original_transcription=TRANSCRIPT
        )
    return Practice(therapist.id, patient.id, session.id)
