"""Patients of a therapist."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, or_, select, update

from db.records import CLINICAL_FIELDS, PatientMatch, PatientRecord
from db.repositories.base import Repository, refuse_unknown
from db.search import MIN_PHONE_DIGITS, best_match, digits
from db.tables import Patient, Session, Therapist
from notes.errors import InvalidInputError, NotFoundError

PLAIN_FIELDS = frozenset(
    {
        "patient_id",
        "full_name",
        "date_of_birth",
        "gender",
        "phone",
        "email",
        "address",
        "emergency_contact",
        "medical_history",
        "notes",
        "is_active",
    }
)
CONSENT_FIELDS = frozenset({"consent_ai_notes", "consent_training"})
FIELDS = PLAIN_FIELDS | CONSENT_FIELDS | frozenset(CLINICAL_FIELDS)

MAX_MATCHES = 50

NUM_SESSIONS = (
    select(func.count())
    .where(Session.patient_id == Patient.id, Session.deleted_at.is_(None))
    .correlate(Patient)
    .scalar_subquery()
)


class PatientRepository(Repository):
    """A therapist's patients; somebody else's, and deleted ones, are not found."""

    async def list(self, therapist_id: int, active_only: bool = False) -> tuple[PatientRecord, ...]:
        """Return the patients by name."""
        statement = _patients(therapist_id).order_by(func.lower(Patient.full_name), Patient.id)
        if active_only:
            statement = statement.where(Patient.is_active)
        return tuple(_record(*row) for row in await self._rows(statement))

    async def get(self, therapist_id: int, patient_id: int) -> PatientRecord:
        """Return one patient; raises NotFoundError."""
        found = await self._row(_patients(therapist_id).where(Patient.id == patient_id))
        if found is None:
            raise NotFoundError(what="patient", id=patient_id)
        return _record(*found)

    async def owner(self, patient_id: int) -> int:
        """Return whose patient this is, for the one route that may answer without a token."""
        owner = await self._scalar(
            select(Patient.therapist_id).where(
                Patient.id == patient_id, Patient.deleted_at.is_(None)
            )
        )
        if owner is None:
            raise NotFoundError(what="patient", id=patient_id)
        return owner

    async def create(self, therapist_id: int, /, **fields: Any) -> PatientRecord:
        """Store a patient; a missing clinic number is given, AI notes are consented to."""
        refuse_unknown(fields, FIELDS)
        if not fields.get("patient_id"):
            fields["patient_id"] = await self._next_clinic_number(therapist_id)
        row = Patient(therapist_id=therapist_id, clinical={})
        _assign(row, {"consent_ai_notes": True, **fields}, await self._now())
        return _record(await self._add(row), 0)

    async def update(self, therapist_id: int, patient_id: int, /, **fields: Any) -> PatientRecord:
        """Change the given fields, the clinic number `patient_id` among them.

        Dates of consent are the server's.
        """
        refuse_unknown(fields, FIELDS)
        row = await self._locked(therapist_id, patient_id)
        _assign(row, fields, await self._now())
        await self._flush()
        return await self.get(therapist_id, patient_id)

    async def delete(self, therapist_id: int, patient_id: int) -> None:
        """Hide the patient and the sessions; their rows stay, so no note is lost."""
        row = await self._locked(therapist_id, patient_id)
        row.deleted_at = func.now()
        await self._flush()
        await self._run(
            update(Session)
            .where(Session.patient_id == patient_id, Session.deleted_at.is_(None))
            .values(deleted_at=func.now())
        )

    async def search(self, therapist_id: int, q: str) -> tuple[PatientMatch, ...]:
        """Return patients whose clinic number, name or phone holds `q`, the best first."""
        query = q.strip()
        if not query:
            return ()
        rows = await self._rows(_patients(therapist_id).where(_holds(query)))
        matches = (_match(_record(*row), query) for row in rows)
        found = sorted(
            (match for match in matches if match.match_positions),
            key=lambda match: (-match.relevance_score, match.patient.full_name.lower()),
        )
        return tuple(found[:MAX_MATCHES])

    async def _locked(self, therapist_id: int, patient_id: int) -> Patient:
        row = await self._scalar(
            select(Patient)
            .where(
                Patient.id == patient_id,
                Patient.therapist_id == therapist_id,
                Patient.deleted_at.is_(None),
            )
            .with_for_update(key_share=True)
        )
        if row is None:
            raise NotFoundError(what="patient", id=patient_id)
        return row

    async def _next_clinic_number(self, therapist_id: int) -> str:
        """Return the number after the highest; the therapist's row is the queue for it."""
        await self._run(
            select(Therapist.id).where(Therapist.id == therapist_id).with_for_update(key_share=True)
        )
        number = func.substring(Patient.patient_id, "^P([0-9]{1,8})$")
        highest = await self._scalar(
            select(func.max(cast(number, Integer))).where(Patient.therapist_id == therapist_id)
        )
        return f"P{(highest or 0) + 1:04d}"


def _patients(therapist_id: int) -> Select[Patient, int]:
    return select(Patient, NUM_SESSIONS).where(
        Patient.therapist_id == therapist_id, Patient.deleted_at.is_(None)
    )


def _assign(row: Patient, fields: Mapping[str, Any], now: datetime) -> None:
    for name, value in fields.items():
        if name in PLAIN_FIELDS:
            setattr(row, name, value)
    for name in CONSENT_FIELDS & fields.keys():
        _assign_consent(row, name, fields[name], now)
    clinical = {name: _plain(fields[name]) for name in CLINICAL_FIELDS if name in fields}
    if clinical:
        row.clinical = {**row.clinical, **clinical}


def _assign_consent(row: Patient, name: str, value: object, now: datetime) -> None:
    """Date the answer by when it became what it is, not by when it was last repeated."""
    if not isinstance(value, bool):
        raise InvalidInputError(reason=f"{name} must be true or false.")
    if value is not getattr(row, name):
        setattr(row, name, value)
        setattr(row, f"{name}_at", now)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _holds(query: str) -> ColumnElement[bool]:
    conditions = [
        Patient.patient_id.icontains(query, autoescape=True),
        Patient.full_name.icontains(query, autoescape=True),
    ]
    if len(digits(query)) >= MIN_PHONE_DIGITS:
        number = func.regexp_replace(Patient.phone, "[^0-9]", "", "g")
        conditions.append(number.contains(digits(query)))
    return or_(*conditions)


def _match(patient: PatientRecord, query: str) -> PatientMatch:
    score, field, positions = best_match(
        patient.patient_id, patient.full_name, patient.phone, query
    )
    return PatientMatch(patient, score, field, positions)


def _record(row: Patient, num_sessions: int) -> PatientRecord:
    return PatientRecord(
        id=row.id,
        therapist_id=row.therapist_id,
        patient_id=row.patient_id,
        full_name=row.full_name,
        date_of_birth=row.date_of_birth,
        gender=row.gender,
        phone=row.phone,
        email=row.email,
        address=row.address,
        emergency_contact=row.emergency_contact,
        medical_history=row.medical_history,
        notes=row.notes,
        is_active=row.is_active,
        consent_ai_notes=row.consent_ai_notes,
        consent_ai_notes_at=row.consent_ai_notes_at,
        consent_training=row.consent_training,
        consent_training_at=row.consent_training_at,
        clinical=dict(row.clinical),
        created_at=row.created_at,
        updated_at=row.updated_at,
        session_count=num_sessions,
    )
