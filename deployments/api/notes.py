"""Routes: writing, saving, reading and signing the note of a session."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, assert_never

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from db.records import NoteOrigin, SessionRecord
from deployments.api.dependencies import AppServices, Caller, ReadVersion
from deployments.api.fields import Name, PathId, RowId, Text, set_etag
from deployments.api.sessions import NotesMetadataReply, save_notes
from deployments.services import NoteOutcome, NoteStatus
from notes.errors import InvalidInputError, TranscriptTooLongError

router = APIRouter(prefix="/sessions", tags=["Notes"])


class GenerateBody(BaseModel):
    """How to write the note; the app sends `regenerate: true` always."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"regenerate": True}

    regenerate: bool = False
    session_id: RowId | None = None
    style: Name = "sections5"
    adapter: Name | None = None


class SaveNotesBody(BaseModel):
    """A person's text. The app's `is_ai_generated` and `edited_from_ai` are not believed."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"notes": "**Plan:** Meets again next week."}

    notes: Text


class SignBody(BaseModel):
    """Which version to sign; none: the current one, or the one that If-Match names."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"version": 1}

    version: RowId | None = None


class GeneratedReply(BaseModel):
    """A written note; with `fallback` it is an extract of the transcript, and not stored."""

    success: Literal[True] = True
    session_id: int
    generated_notes: str
    can_edit: Literal[True] = True
    inference_time: float
    version: int | None = None
    coverage: float | None = None
    findings: list[dict[str, Any]] = []
    warnings: list[str] = []
    model: str | None = None
    fallback: bool = False
    fallback_reason: str | None = None


class PendingReply(BaseModel):
    """The note takes long; it is finished and stored in the background."""

    success: Literal[False] = False
    session_id: int
    detail: str
    eta_minutes: int
    status: Literal["pending"] = "pending"


class SavedNotesReply(BaseModel):
    """The note as it is now stored."""

    success: Literal[True] = True
    session_id: int
    notes: str
    version: int
    updated_at: datetime
    notes_metadata: NotesMetadataReply


class VersionReply(BaseModel):
    """One version of a note, without its text."""

    model_config = ConfigDict(from_attributes=True)

    session_id: int
    version: int = Field(validation_alias="number")
    origin: NoteOrigin
    style: str
    model: str | None
    prompt_version: str | None
    author_id: int | None
    created_at: datetime
    signed_at: datetime | None
    signed_by: int | None


class FullVersionReply(VersionReply):
    """One version of a note, with its text and how it came about."""

    notes: str = Field(validation_alias="text")
    details: dict[str, Any]


class VersionsReply(BaseModel):
    """All versions of a session's note."""

    success: Literal[True] = True
    session_id: int
    count: int
    versions: list[VersionReply]


class SignedReply(BaseModel):
    """A version that was just signed."""

    success: Literal[True] = True
    message: str
    version: VersionReply


@router.post(
    "/{session_id}/generate-notes",
    response_model=GeneratedReply,
    responses={202: {"model": PendingReply}},
)
async def generate_notes(
    session_id: PathId, services: AppServices, caller: Caller, body: GenerateBody | None = None
) -> Response:
    """Write the note of a session from its transcript, mark risks, and store it as a version."""
    body = body or GenerateBody()
    if body.session_id not in (None, session_id):
        raise InvalidInputError(reason="`session_id` is not the session in the address.")
    outcome = await services.notes.generate(
        caller.id,
        session_id,
        regenerate=body.regenerate,
        style=body.style,
        adapter=body.adapter,
    )
    return generated_response(outcome)


@router.put("/{session_id}/notes")
async def save_session_notes(
    session_id: PathId,
    body: SaveNotesBody,
    *,
    services: AppServices,
    caller: Caller,
    read_version: ReadVersion,
    response: Response,
) -> SavedNotesReply:
    """Save a person's note as a new version; the same text again changes nothing."""
    max_chars = services.settings.max_transcript_chars
    if len(body.notes) > max_chars:
        raise TranscriptTooLongError(num_chars=len(body.notes), max_chars=max_chars)
    async with services.database.transaction() as repos:
        session = await repos.sessions.get(caller.id, session_id)
        session = await save_notes(repos, session, body.notes, read_version)
    set_etag(response, session.notes_version)
    return saved_reply(session)


@router.get("/{session_id}/notes/versions")
async def list_versions(session_id: PathId, services: AppServices, caller: Caller) -> VersionsReply:
    """List every version of a session's note; none is ever lost."""
    async with services.database.transaction() as repos:
        versions = await repos.notes.versions(caller.id, session_id)
    replies = [VersionReply.model_validate(version) for version in versions]
    return VersionsReply(session_id=session_id, count=len(replies), versions=replies)


@router.get("/{session_id}/notes/versions/{number}")
async def read_version_of_note(
    session_id: PathId, number: PathId, services: AppServices, caller: Caller, response: Response
) -> FullVersionReply:
    """Return one version with its text."""
    async with services.database.transaction() as repos:
        version = await repos.notes.version(caller.id, session_id, number)
    set_etag(response, version.number)
    return FullVersionReply.model_validate(version)


@router.post("/{session_id}/notes/sign")
async def sign_notes(
    session_id: PathId,
    services: AppServices,
    caller: Caller,
    read_version: ReadVersion,
    body: SignBody | None = None,
) -> SignedReply:
    """Sign a version; generation never replaces a signed note."""
    number = body.version if body is not None and body.version is not None else read_version
    async with services.database.transaction() as repos:
        version = await repos.notes.sign(caller.id, session_id, number=number)
    return SignedReply(
        message=f"Version {version.number} is signed.",
        version=VersionReply.model_validate(version),
    )


def generated_response(outcome: NoteOutcome) -> Response:
    """Return the answer for each way in which a request for a note can end."""
    match outcome.status:
        case NoteStatus.PENDING:
            return _pending_response(outcome)
        case NoteStatus.STORED | NoteStatus.FALLBACK:
            return _written_response(outcome)
        case _:
            assert_never(outcome.status)


def _written_response(outcome: NoteOutcome) -> Response:
    reply = GeneratedReply(
        session_id=outcome.session_id,
        generated_notes=outcome.text,
        inference_time=round(outcome.inference_time_s, 3),
        version=outcome.version,
        coverage=outcome.coverage,
        findings=list(outcome.findings),
        warnings=list(outcome.warnings),
        model=outcome.model,
        fallback=outcome.status is NoteStatus.FALLBACK,
        fallback_reason=outcome.reason,
    )
    response = JSONResponse(reply.model_dump(mode="json"))
    if outcome.version is not None:
        set_etag(response, outcome.version)
    return response


def _pending_response(outcome: NoteOutcome) -> Response:
    minutes = max(1, outcome.eta_minutes or 1)
    reply = PendingReply(
        session_id=outcome.session_id,
        detail="The note is being written; open the session again in about "
        f"{minutes} minute{'s' if minutes > 1 else ''}.",
        eta_minutes=minutes,
    )
    headers = {"Retry-After": str(60 * minutes)}
    return JSONResponse(reply.model_dump(mode="json"), 202, headers)


def saved_reply(session: SessionRecord) -> SavedNotesReply:
    """Return the body that the app reads after saving."""
    return SavedNotesReply(
        session_id=session.id,
        notes=session.notes or "",
        version=session.notes_version,
        updated_at=session.updated_at,
        notes_metadata=NotesMetadataReply.model_validate(session.notes_metadata),
    )
