"""Routes: a patient's sessions. Notes saved here follow the same rules as on the notes route."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from db.records import SessionRecord
from db.repositories import Repositories
from deployments.api.auth import DoneReply
from deployments.api.dependencies import AppServices, Caller, ReadVersion
from deployments.api.fields import LongText, Name, PathId, RowId, Seconds, Text, set_etag
from deployments.config import Settings
from notes.errors import LostUpdateError, TranscriptTooLongError

router = APIRouter(prefix="/sessions", tags=["Sessions"])


class SessionBody(BaseModel):
    """A new session."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "patient_id": 1,
        "language": "english",
        "duration": 3000,
        "original_transcription": "Therapist: How was your week?\nPatient: Hard.",
    }

    patient_id: RowId
    language: Name = "english"
    session_date: AwareDatetime | None = None  # now, where it is not sent
    duration: Seconds | None = None
    original_transcription: Text | None = None
    notes: Text | None = None


class SessionChanges(BaseModel):
    """What may change; null means "not sent", so that nothing is erased by an empty form."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "original_transcription": "Therapist: How was your week?\nPatient: Hard.",
        "is_completed": True,
    }

    duration: Seconds | None = None
    original_transcription: Text | None = None
    translated_transcription: Text | None = None
    translation_language: Name | None = None
    notes: Text | None = None
    diagnosis: LongText | None = None
    treatment_plan: LongText | None = None
    is_completed: bool | None = None


class NotesMetadataReply(BaseModel):
    """Who wrote the current note, computed by the server."""

    model_config = ConfigDict(from_attributes=True)

    is_ai_generated: bool
    edited_from_ai: bool
    generated_at: datetime | None
    last_edited_at: datetime | None


class SessionReply(BaseModel):
    """A session with its current note."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    patient_id: int
    session_number: int
    session_date: datetime
    duration: int | None
    language: str
    original_transcription: str | None
    translated_transcription: str | None
    translation_language: str | None
    notes: str | None
    notes_version: int
    notes_metadata: NotesMetadataReply
    is_note_signed: bool
    diagnosis: str | None
    treatment_plan: str | None
    is_completed: bool
    created_at: datetime
    updated_at: datetime


class OneSessionReply(SessionReply):
    """The session's fields at the top, and the same object under `session` for the app."""

    success: Literal[True] = True
    session: SessionReply


class SavedSessionReply(BaseModel):
    """A session that was just saved."""

    success: Literal[True] = True
    message: str
    session: SessionReply


class SessionsReply(BaseModel):
    """A patient's sessions, newest first."""

    success: Literal[True] = True
    count: int
    sessions: list[SessionReply]


@router.post("", include_in_schema=False)
@router.post("/")
async def create_session(
    body: SessionBody, services: AppServices, caller: Caller, response: Response
) -> SavedSessionReply:
    """Create a session; its number is the patient's next."""
    _check_lengths(services.settings, body.original_transcription, body.notes)
    fields = body.model_dump(exclude={"patient_id", "notes"}, exclude_none=True)
    async with services.database.transaction() as repos:
        session = await repos.sessions.create(caller.id, body.patient_id, **fields)
        if body.notes is not None:
            session = await save_notes(repos, session, body.notes)
    set_etag(response, session.notes_version)
    return SavedSessionReply(message="Session created.", session=session_reply(session))


@router.get("/patient/{patient_id}")
async def list_sessions(patient_id: PathId, services: AppServices, caller: Caller) -> SessionsReply:
    """List a patient's sessions, newest first."""
    async with services.database.transaction() as repos:
        sessions = await repos.sessions.list_for_patient(caller.id, patient_id)
    replies = [session_reply(session) for session in sessions]
    return SessionsReply(count=len(replies), sessions=replies)


@router.get("/{session_id}")
async def read_session(
    session_id: PathId, services: AppServices, caller: Caller, response: Response
) -> OneSessionReply:
    """Return a session; the ETag is the version of its note."""
    async with services.database.transaction() as repos:
        session = await repos.sessions.get(caller.id, session_id)
    set_etag(response, session.notes_version)
    return one_session_reply(session)


@router.put("/{session_id}")
async def update_session(
    session_id: PathId,
    body: SessionChanges,
    *,
    services: AppServices,
    caller: Caller,
    read_version: ReadVersion,
    response: Response,
) -> SavedSessionReply:
    """Change a session; `notes` becomes a new version, whose author the server works out."""
    _check_lengths(
        services.settings, body.original_transcription, body.translated_transcription, body.notes
    )
    fields = body.model_dump(exclude={"notes"}, exclude_none=True)
    async with services.database.transaction() as repos:
        session = await repos.sessions.update(caller.id, session_id, **fields)
        if body.notes is None:
            _check_read(session, read_version)
        else:
            session = await save_notes(repos, session, body.notes, read_version)
    set_etag(response, session.notes_version)
    return SavedSessionReply(message="Session updated.", session=session_reply(session))


@router.delete("/{session_id}")
async def delete_session(session_id: PathId, services: AppServices, caller: Caller) -> DoneReply:
    """Delete a session."""
    async with services.database.transaction() as repos:
        await repos.sessions.delete(caller.id, session_id)
    return DoneReply(message="Session deleted.")


async def save_notes(
    repos: Repositories, session: SessionRecord, text: str, read_version: int | None = None
) -> SessionRecord:
    """Save what a person wrote; an empty text where there is no note yet is no note."""
    if not text.strip() and session.notes_version == 0:
        _check_read(session, read_version)
        return session
    await repos.notes.save_human(session.therapist_id, session.id, text, if_version=read_version)
    return await repos.sessions.get(session.therapist_id, session.id)


def session_reply(session: SessionRecord) -> SessionReply:
    """Return a session as the app knows it."""
    return SessionReply.model_validate(session)


def one_session_reply(session: SessionRecord) -> OneSessionReply:
    """Return a session in both places where clients look for it."""
    reply = session_reply(session)
    return OneSessionReply(**dict(reply), session=reply)


def _check_read(session: SessionRecord, read_version: int | None) -> None:
    if read_version not in (None, session.notes_version):
        raise LostUpdateError(session_id=session.id, current=session.notes_version)


def _check_lengths(settings: Settings, *texts: str | None) -> None:
    longest = max(len(text or "") for text in texts)
    if longest > settings.max_transcript_chars:
        raise TranscriptTooLongError(num_chars=longest, max_chars=settings.max_transcript_chars)
