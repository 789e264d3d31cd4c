"""The model's words into a checked, marked and stored note."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from db.session import Database
from deployments.config import Settings, load_settings
from deployments.logs import configure_logging, log_event
from deployments.messages import (
    NoteRecord,
    NoteRequest,
    Plan,
    PlanResult,
    Review,
    SummaryRecord,
    SummaryRequest,
)
from notes.compose import (
    ComposedNote,
    better_sections,
    compose_note,
    doubtful_sections,
    finding_details,
    with_sections,
)
from notes.errors import AnswerTooLateError
from notes.evidence import digest
from notes.history import compose_history
from notes.merging import merge_drafts
from notes.parsing import draft_from_branches
from notes.risk import assess_risk, mark_risks
from notes.style import NoteStyle, paragraph_style
from notes.transcript import Transcript, parse_transcript

logger = logging.getLogger("notes.writer")

T = TypeVar("T")


class NotesWriter:
    """Serve deployment: parse → merge → mark risks → validate → one transaction."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or load_settings()
        configure_logging("writer", settings)
        self._database = Database(settings.resolved_database_url())
        self._keep_unsupported = settings.keep_unsupported

    def review(
        self, request: NoteRequest, plan: Plan, result: PlanResult, before: Review | None = None
    ) -> Review:
        """Return the best of all attempts, `result` being the last, and what to ask again."""
        transcript = request.read()
        best = result if before is None else _better(transcript, request.style, before, result)
        doubtful = doubtful_sections(transcript, best.texts, request.style)
        places = tuple(place for place, keys in enumerate(doubtful) if keys)
        prompts = tuple(plan.prompts[place].only(doubtful[place]) for place in places)
        return Review(best, prompts, places)

    async def write(
        self,
        request: NoteRequest,
        plan: Plan,
        result: PlanResult,
        expires_at: float,
    ) -> NoteRecord:
        """Store the note of `request`; twice with the same `request_id` stores one version.

        Raises AnswerTooLateError after `expires_at`: somebody may work on an extract by then.
        LostUpdateError, TranscriptChangedError, ConsentMissingError: the session changed meanwhile.
        """
        if time.time() > expires_at:
            raise AnswerTooLateError
        note = compose_note(
            request.read(),
            plan.chunks,
            result.texts,
            request.style,
            keep_unsupported=self._keep_unsupported,
        )
        async with self._database.transaction() as repos:
            version = await repos.notes.save_generated(
                request.therapist_id,
                request.session_id,
                note.draft.text,
                style=request.style.name,
                model=result.model,
                prompt_version=plan.prompt_version,
                request_id=request.request_id,
                details={
                    **note.details(),
                    "confidence": list(result.confidence),
                    "written_from": "transcript" if request.translation is None else "translation",
                    "transcript_digest": digest(request.source),
                },
                regenerate=request.regenerate,
                if_version=request.notes_version,
                transcript=request.transcript,
                translation=request.translation,
            )
        log_event(
            logger,
            "note_stored",
            request_id=request.request_id,
            session_id=request.session_id,
            version=version.number,
            output_length=len(version.text),
            violations=len(note.violations),
        )
        return _record(request, version.number, version.text, note, result)

    async def summarize(self, request: SummaryRequest, result: PlanResult) -> SummaryRecord:
        """Compose the summary of several sessions or of a text; nothing is stored."""
        if request.sessions:
            history = compose_history(request.sessions, result.texts)
            text, key_points, violations = history.text, history.key_points, history.violations
        else:
            text, key_points, violations = _paragraph(request, result), (), ()
        return SummaryRecord(
            text=text,
            key_points=key_points,
            model=result.model,
            num_prompt_tokens=result.num_prompt_tokens,
            num_tokens=result.num_tokens,
            warnings=tuple(violation.rule.value for violation in violations),
        )

    async def close(self) -> None:
        """Close the connections; the end of a replica's process does the same."""
        await self._database.close()


def _better(
    transcript: Transcript, style: NoteStyle, before: Review, result: PlanResult
) -> PlanResult:
    """Return the best so far, with what is better of an attempt at its doubtful sections."""
    best = before.best
    texts = _in_places(result.texts, before.places, len(best.texts))
    confidence = _in_places(result.confidence, before.places, len(best.texts))
    better = better_sections(transcript, best.texts, texts, style)
    return replace(
        best,
        texts=with_sections(best.texts, texts, better),
        confidence=with_sections(best.confidence, confidence, better),
        num_prompt_tokens=best.num_prompt_tokens + result.num_prompt_tokens,
        num_tokens=best.num_tokens + result.num_tokens,
    )


def _in_places(
    sections: Sequence[dict[str, T]], places: Sequence[int], count: int
) -> list[dict[str, T]]:
    found = dict(zip(places, sections, strict=True))
    return [found.get(place, {}) for place in range(count)]


def _record(
    request: NoteRequest, number: int, text: str, note: ComposedNote, result: PlanResult
) -> NoteRecord:
    return NoteRecord(
        session_id=request.session_id,
        version=number,
        text=text,
        model=result.model,
        coverage=note.coverage.share,
        findings=tuple(finding_details(finding) for finding in note.findings),
        warnings=tuple(violation.rule.value for violation in note.violations),
        num_prompt_tokens=result.num_prompt_tokens,
        num_tokens=result.num_tokens,
    )


def _paragraph(request: SummaryRequest, result: PlanResult) -> str:
    """Return the paragraphs about a text's pieces as one; its risk words are marked."""
    style = paragraph_style(request.min_words, request.max_words)
    drafts = [draft_from_branches(style, texts) for texts in result.texts]
    findings = assess_risk(parse_transcript(request.text).turns)
    return mark_risks(merge_drafts(drafts, style).draft.text, findings)
