"""Routes: a summary of all of a patient's sessions, or of a text."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from deployments.api.dependencies import (
    AppServices,
    BearerToken,
    Caller,
    read_caller,
    read_claims,
)
from deployments.api.fields import RowId, Text
from deployments.services import Services, SummaryOutcome
from notes.errors import AuthenticationError, InvalidInputError, TranscriptTooLongError

router = APIRouter(tags=["Summaries"])

NOTHING_TO_READ = "This patient has no session with a transcript or a note yet."


class SummarizeSessionsBody(BaseModel):
    """Whose sessions to summarize."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"patient_id": 1}

    patient_id: RowId


class SummarizeTextBody(BaseModel):
    """A text, and between how many words its summary is to have."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "text": "Therapist: How was your week? Patient: Hard.",
        "max_length": 250,
        "min_length": 100,
    }

    text: Text
    max_length: int = Field(default=250, ge=10, le=1000)
    min_length: int = Field(default=100, ge=0, le=1000)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_length > self.max_length:
            raise ValueError("`min_length` must not be larger than `max_length`")
        return self


class SummaryReply(BaseModel):
    """A summary; where `success` is false, `message` says why there is none.

    The model has read something of `sessions_read` sessions, all of `sessions_read_in_full`; the
    rules have read them all.
    """

    success: bool = True
    message: str | None = None
    summary: str
    session_count: int
    sessions_read: int
    sessions_read_in_full: int
    key_points: list[str]
    total_text_length: int
    inference_time: float
    fallback: bool = False
    fallback_reason: str | None = None
    coverage: float | None = None
    warnings: list[str] = []
    model: str | None = None


@router.post("/summarize-sessions")
async def summarize_sessions(
    body: SummarizeSessionsBody, services: AppServices, token: BearerToken
) -> SummaryReply:
    """Summarize all sessions of a patient, newest first.

    It needs the token, unless the clinic has set `legacy_open_summary` for the old app.
    """
    therapist_id = await _reader(services, token, body.patient_id)
    outcome = await services.notes.summarize_sessions(therapist_id, body.patient_id)
    return summary_reply(outcome, is_of_sessions=True)


async def _reader(services: Services, token: str | None, patient_id: int) -> int:
    """Return whose rows may be read: the caller's, or on the open route the patient's owner's."""
    if token is not None:
        return (await read_caller(services, await read_claims(services, token))).id
    if not services.settings.legacy_open_summary:
        raise AuthenticationError
    async with services.database.transaction() as repos:
        return await repos.patients.owner(patient_id)


@router.post("/summarize-text")
async def summarize_text(
    body: SummarizeTextBody, services: AppServices, _caller: Caller
) -> SummaryReply:
    """Summarize a text; nothing is stored."""
    if not body.text.strip():
        raise InvalidInputError(reason='`text` is empty. Send {"text": "Patient: …"}.')
    max_chars = services.settings.max_transcript_chars
    if len(body.text) > max_chars:
        raise TranscriptTooLongError(num_chars=len(body.text), max_chars=max_chars)
    outcome = await services.notes.summarize_text(body.text, body.max_length, body.min_length)
    return summary_reply(outcome, is_of_sessions=False)


def summary_reply(outcome: SummaryOutcome, *, is_of_sessions: bool) -> SummaryReply:
    """Return the body that the app reads."""
    is_empty = is_of_sessions and outcome.num_sessions == 0
    return SummaryReply(
        success=not is_empty,
        message=NOTHING_TO_READ if is_empty else None,
        summary=outcome.text,
        session_count=outcome.num_sessions,
        sessions_read=outcome.num_sessions_read,
        sessions_read_in_full=outcome.num_sessions_in_full,
        key_points=list(outcome.key_points),
        total_text_length=outcome.total_text_length,
        inference_time=round(outcome.inference_time_s, 3),
        fallback=outcome.is_fallback,
        fallback_reason=outcome.reason,
        coverage=outcome.coverage,
        warnings=list(outcome.warnings),
        model=outcome.model,
    )
