"""Signed notes of patients who let them be used for training, with what they were drafted from."""

from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import aliased

from db.records import NoteOrigin, ReviewedNote, RoomNames
from db.repositories.base import Repository
from db.tables import NoteVersion, Patient, Session, Therapist

# The note that was signed last, and what the model had written in its style before that.
_SIGNED = (
    select(NoteVersion.number, NoteVersion.text, NoteVersion.style)
    .where(NoteVersion.session_id == Session.id, NoteVersion.signed_at.is_not(None))
    .order_by(NoteVersion.number.desc())
    .limit(1)
    .lateral("signed")
)
_BY_MODEL = aliased(NoteVersion, name="by_model")
_DRAFTED = (
    select(_BY_MODEL.text, _BY_MODEL.details)
    .where(
        _BY_MODEL.session_id == Session.id,
        _BY_MODEL.origin == NoteOrigin.AI.value,
        _BY_MODEL.style == _SIGNED.c.style,
        _BY_MODEL.number <= _SIGNED.c.number,
    )
    .order_by(_BY_MODEL.number.desc())
    .limit(1)
    .correlate(Session, _SIGNED)
    .lateral("drafted")
)


class ReviewedRepository(Repository):
    """Reads over all therapists, so it is for the operator's commands and for no route."""

    async def page(self, *, after: int, limit: int) -> tuple[ReviewedNote, ...]:
        """Return the notes of the next sessions after the one with the id `after`, by id."""
        rows = await self._rows(
            _consented().where(Session.id > after).order_by(Session.id).limit(limit)
        )
        return tuple(_record(*row) for row in rows)


def _consented() -> Any:
    return (
        select(
            Session,
            Patient,
            Therapist,
            _SIGNED.c.text,
            _SIGNED.c.style,
            _DRAFTED.c.text,
            _DRAFTED.c.details,
        )
        .select_from(Session)
        .join(Patient, Patient.id == Session.patient_id)
        .join(Therapist, Therapist.id == Session.therapist_id)
        .join(_SIGNED, true())
        .outerjoin(_DRAFTED, true())
        .where(
            Patient.consent_training,
            Patient.deleted_at.is_(None),
            Session.deleted_at.is_(None),
        )
    )


def _record(session: Session, patient: Patient, therapist: Therapist, *notes: Any) -> ReviewedNote:
    signed, style, drafted, details = notes
    return ReviewedNote(
        session_id=session.id,
        style=style,
        signed=signed,
        drafted=drafted,
        draft_details=dict(details or {}),
        original_transcription=session.original_transcription,
        translated_transcription=session.translated_transcription,
        names=_names(patient, therapist),
    )


def _names(patient: Patient, therapist: Therapist) -> RoomNames:
    people = (
        patient.full_name,
        patient.emergency_contact,
        therapist.full_name,
        therapist.username,
    )
    places = (patient.address, patient.clinical.get("residence"))
    numbers = (patient.patient_id, therapist.license_number)
    return RoomNames(
        people=tuple(each for each in people if each),
        places=tuple(str(each) for each in places if each),
        numbers=tuple(each for each in numbers if each),
        birth_year=patient.date_of_birth.year if patient.date_of_birth else None,
    )
