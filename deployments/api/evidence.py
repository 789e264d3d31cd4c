"""Route: what in the session bears each sentence of its note out."""

import asyncio
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from db.records import NoteVersionRecord
from deployments.api.dependencies import AppServices, Caller
from deployments.api.fields import PathId, RowId
from notes.errors import NotFoundError, UnknownStyleError
from notes.evidence import digest, read_evidence, support
from notes.grounding import SUPPORTED, Evidence
from notes.style import SECTIONS5, NoteStyle, StyleBook
from notes.transcript import Transcript, parse_transcript

router = APIRouter(prefix="/sessions", tags=["Notes"])


class TurnReply(BaseModel):
    """A turn of the transcript; `start` and `end` cut it out of the text, in characters."""

    id: int
    speaker: str
    start: int
    end: int


class SentenceReply(BaseModel):
    """One sentence of the note; without turns there is nothing in the session to look at."""

    section: str
    sentence: str
    score: float
    is_supported: bool
    turns: list[TurnReply]


class EvidenceReply(BaseModel):
    """All sentences; `support` is the share that counts as said, from `threshold` on.

    With `is_transcript_changed` the transcript is no longer the one that the note was written
    from; None means that this is not known, as of a note that a person wrote.
    """

    success: Literal[True] = True
    session_id: int
    version: int
    style: str
    threshold: float = SUPPORTED
    support: float | None
    coverage: float | None
    is_transcript_changed: bool | None
    sentences: list[SentenceReply]


@router.get("/{session_id}/notes/evidence")
async def read_notes_evidence(
    session_id: PathId, services: AppServices, caller: Caller, version: RowId | None = None
) -> EvidenceReply:
    """Return where each sentence of the note stands in the transcript, and how surely.

    Of the current version, or of `version`; computed anew, so that it fits edited notes too.
    """
    async with services.database.transaction() as repos:
        session = await repos.sessions.get(caller.id, session_id)
        number = version or session.notes_version
        if number == 0:
            raise NotFoundError(what="note of session", id=session_id)
        note = await repos.notes.version(caller.id, session_id, number)
    is_translated = note.details.get("written_from") == "translation"
    text = session.translated_transcription if is_translated else session.original_transcription
    style = _style(services.styles, note.style)
    return await asyncio.to_thread(_reply, note, style, text or "")


def _reply(note: NoteVersionRecord, style: NoteStyle, original: str) -> EvidenceReply:
    transcript = parse_transcript(original)
    evidence = read_evidence(note.text, style, transcript)
    written_from = note.details.get("transcript_digest")
    return EvidenceReply(
        session_id=note.session_id,
        version=note.number,
        style=note.style,
        support=support(evidence),
        coverage=_coverage(note),
        is_transcript_changed=None if written_from is None else written_from != digest(original),
        sentences=[_sentence(each, transcript) for each in evidence],
    )


def _coverage(note: NoteVersionRecord) -> float | None:
    """Return the share of the transcript that the model read; None of what a person wrote."""
    found = note.details.get("coverage")
    return found.get("share") if isinstance(found, dict) else None


def _style(styles: StyleBook, name: str) -> NoteStyle:
    try:
        return styles.get(name)
    except UnknownStyleError:
        return SECTIONS5  # free text of a person, or a style that is no longer there


def _sentence(evidence: Evidence, transcript: Transcript) -> SentenceReply:
    turns = [transcript.turns[turn_id - 1] for turn_id in evidence.turn_ids]
    return SentenceReply(
        section=evidence.section,
        sentence=evidence.sentence,
        score=evidence.score,
        is_supported=evidence.is_supported,
        turns=[
            TurnReply(
                id=turn.id,
                speaker=turn.label or turn.speaker.value,
                start=turn.start,
                end=turn.end,
            )
            for turn in turns
        ],
    )
