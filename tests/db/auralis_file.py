"""The ancestor's database as its own code made it, for tests of the import."""

import sqlite3
from pathlib import Path
from typing import Any

from db.records import CLINICAL_FIELDS

NOTES_COLUMNS = (
    "notes_is_ai_generated BOOLEAN, notes_edited_from_ai BOOLEAN, "
    "notes_generated_at DATETIME, notes_last_edited_at DATETIME"
)
TABLES = {
    "therapists": "id INTEGER PRIMARY KEY, email VARCHAR, username VARCHAR, "
    "hashed_password VARCHAR, full_name VARCHAR, license_number VARCHAR, specialization VARCHAR, "
    "phone VARCHAR, is_active BOOLEAN, is_verified BOOLEAN, created_at DATETIME, "
    "last_login DATETIME",
    "patients": "id INTEGER PRIMARY KEY, therapist_id INTEGER, patient_id VARCHAR UNIQUE, "
    "full_name VARCHAR, date_of_birth DATETIME, gender VARCHAR, phone VARCHAR, email VARCHAR, "
    "address TEXT, emergency_contact VARCHAR, medical_history TEXT, notes TEXT, "
    "is_active BOOLEAN, created_at DATETIME, updated_at DATETIME, "
    + ", ".join(f"{name} TEXT" for name in CLINICAL_FIELDS if name != "age")
    + ", age INTEGER",
    "sessions": "id INTEGER PRIMARY KEY, patient_id INTEGER, session_number INTEGER, "
    "session_date DATETIME, duration INTEGER, language VARCHAR, original_transcription TEXT, "
    "translated_transcription TEXT, translation_language VARCHAR, audio_file_path VARCHAR, "
    "audio_file_size INTEGER, notes TEXT, diagnosis TEXT, treatment_plan TEXT, "
    "is_completed BOOLEAN, created_at DATETIME, updated_at DATETIME",
}

WHEN = "2025-03-04 05:06:07.000008"


def create(path: Path, *, is_old: bool = False) -> None:
    """Make the empty tables; old files lack the four columns on notes."""
    with sqlite3.connect(path) as connection:
        for table, columns in TABLES.items():
            extra = f", {NOTES_COLUMNS}" if table == "sessions" and not is_old else ""
            connection.execute(f"CREATE TABLE {table} ({columns}{extra})")
    connection.close()


def add(path: Path, table: str, **columns: Any) -> None:
    """Insert one row."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    with sqlite3.connect(path) as connection:
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*columns.values()])
    connection.close()


def change(path: Path, statement: str) -> None:
    """Run one statement."""
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def add_therapist(path: Path, number: int, name: str) -> None:
    """Insert a therapist with a value in every column."""
    add(
        path,
        "therapists",
        id=number,
        email=f"{name}@old.org",
        username=name,
        hashed_password=f"salt{number}$hash{number}",
        full_name=name.title(),
        license_number="L1",
        specialization="CBT",
        phone="555",
        is_active=1,
        is_verified=1,
        created_at=WHEN,
        last_login=WHEN,
    )


def add_patient(path: Path, number: int, therapist: int, **columns: Any) -> None:
    """Insert a patient with a value in every column."""
    filled: dict[str, Any] = {name: f"the {name}" for name in CLINICAL_FIELDS}
    filled |= {
        "id": number,
        "therapist_id": therapist,
        "patient_id": f"P{number}",
        "full_name": f"Patient {number}",
        "date_of_birth": "1990-05-17 00:00:00.000000",
        "gender": "f",
        "phone": "0300 1",
        "email": "p@x.org",
        "address": "Street 1",
        "emergency_contact": "Mum",
        "medical_history": "none",
        "notes": "careful",
        "is_active": 0,
        "created_at": WHEN,
        "updated_at": WHEN,
        "age": 35,
    }
    add(path, "patients", **{**filled, **columns})


def add_session(path: Path, number: int, patient: int, **columns: Any) -> None:
    """Insert a session with a value in every column that all files have."""
    filled = {
        "id": number,
        "patient_id": patient,
        "session_number": number,
        "session_date": WHEN,
        "duration": 3000,
        "language": "hindi",
        "original_transcription": f"Therapist: Hello {number}.",
        "translated_transcription": "translated",
        "translation_language": "english",
        "audio_file_path": "/audio/1.wav",
        "audio_file_size": 12,
        "notes": f"note {number}",
        "diagnosis": "F32",
        "treatment_plan": "plan",
        "is_completed": 1,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    add(path, "sessions", **{**filled, **columns})
