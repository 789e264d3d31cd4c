"""Therapy sessions; their notes are written in `notes.py`."""

from typing import Any

from sqlalchemy import Select, func, select

from db.records import NotesMetadata, SessionRecord
from db.repositories.base import SessionRows, refuse_unknown
from db.tables import NoteVersion, Patient, Session
from notes.errors import NotFoundError

UPDATE_FIELDS = frozenset(
    {
        "duration",
        "original_transcription",
        "translated_transcription",
        "translation_language",
        "diagnosis",
        "treatment_plan",
        "is_completed",
    }
)
CREATE_FIELDS = UPDATE_FIELDS | {"language", "session_date"}

IS_SIGNED = (
    select(NoteVersion.id)
    .where(
        NoteVersion.session_id == Session.id,
        NoteVersion.number == Session.notes_version,
        NoteVersion.signed_at.is_not(None),
    )
    .correlate(Session)
    .exists()
)


class SessionRepository(SessionRows):
    """A therapist's sessions; somebody else's, and deleted ones, are not found."""

    async def create(self, therapist_id: int, patient_id: int, /, **fields: Any) -> SessionRecord:
        """Store a session under the patient's next number; raises NotFoundError."""
        refuse_unknown(fields, CREATE_FIELDS)
        number = await self._next_number(therapist_id, patient_id)
        given = {name: value for name, value in fields.items() if value is not None}
        row = Session(
            patient_id=patient_id, therapist_id=therapist_id, session_number=number, **given
        )
        return _record(await self._add(row), False)

    async def get(self, therapist_id: int, session_id: int) -> SessionRecord:
        """Return one session; raises NotFoundError."""
        found = await self._row(_sessions(therapist_id).where(Session.id == session_id))
        if found is None:
            raise NotFoundError(what="session", id=session_id)
        return _record(*found)

    async def list_for_patient(
        self, therapist_id: int, patient_id: int
    ) -> tuple[SessionRecord, ...]:
        """Return a patient's sessions, newest first; raises NotFoundError."""
        if await self._scalar(_patient_id(therapist_id, patient_id)) is None:
            raise NotFoundError(what="patient", id=patient_id)
        rows = await self._rows(
            _sessions(therapist_id)
            .where(Session.patient_id == patient_id)
            .order_by(Session.session_date.desc(), Session.id.desc())
        )
        return tuple(_record(*row) for row in rows)

    async def update(self, therapist_id: int, session_id: int, /, **fields: Any) -> SessionRecord:
        """Change the given fields; notes are not among them."""
        refuse_unknown(fields, UPDATE_FIELDS)
        row = await self._locked(therapist_id, session_id)
        for name, value in fields.items():
            setattr(row, name, value)
        await self._flush()
        return await self.get(therapist_id, session_id)

    async def delete(self, therapist_id: int, session_id: int) -> None:
        """Hide the session; its row and note versions stay, so nothing written is lost."""
        row = await self._locked(therapist_id, session_id)
        row.deleted_at = func.now()
        await self._flush()

    async def _next_number(self, therapist_id: int, patient_id: int) -> int:
        """Return the number after the highest; the patient's row is the queue for it."""
        patient = _patient_id(therapist_id, patient_id).with_for_update(key_share=True)
        if await self._scalar(patient) is None:
            raise NotFoundError(what="patient", id=patient_id)
        # Deleted sessions count: a number is never given twice.
        highest = select(func.max(Session.session_number)).where(Session.patient_id == patient_id)
        return (await self._scalar(highest) or 0) + 1


def _patient_id(therapist_id: int, patient_id: int) -> Select[int]:
    return select(Patient.id).where(
        Patient.id == patient_id,
        Patient.therapist_id == therapist_id,
        Patient.deleted_at.is_(None),
    )


def _sessions(therapist_id: int) -> Select[Session, bool]:
    return select(Session, IS_SIGNED).where(
        Session.therapist_id == therapist_id, Session.deleted_at.is_(None)
    )


def _record(row: Session, is_note_signed: bool) -> SessionRecord:
    return SessionRecord(
        id=row.id,
        patient_id=row.patient_id,
        therapist_id=row.therapist_id,
        session_number=row.session_number,
        session_date=row.session_date,
        duration=row.duration,
        language=row.language,
        original_transcription=row.original_transcription,
        translated_transcription=row.translated_transcription,
        translation_language=row.translation_language,
        notes=row.notes,
        notes_version=row.notes_version,
        notes_metadata=NotesMetadata(
            is_ai_generated=row.notes_is_ai_generated,
            edited_from_ai=row.notes_edited_from_ai,
            generated_at=row.notes_generated_at,
            last_edited_at=row.notes_last_edited_at,
        ),
        is_note_signed=is_note_signed,
        diagnosis=row.diagnosis,
        treatment_plan=row.treatment_plan,
        is_completed=row.is_completed,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
