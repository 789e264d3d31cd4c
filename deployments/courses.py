"""A patient's sessions as facts: those that are kept, and new ones for texts that have changed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

from db.records import KeptFacts, NoteOrigin, NoteText, SessionTexts, SummarizedSession
from db.session import Database
from notes.facts import (
    FACTS_VERSION,
    SessionFacts,
    SessionSource,
    newest_first,
    read_session,
    stored_findings,
)
from notes.history import MAX_IN_FULL
from notes.language import LanguageDetector, read_source

Texts = tuple[SessionTexts, ...]

# So many transcripts are held and read at once; what is read is kept before the next are begun.
PIECE = 8


@dataclass(frozen=True, slots=True)
class Course:
    """The sessions of a patient that hold a text, and how long their texts are together."""

    sessions: tuple[SessionFacts, ...]
    num_chars: int


class CourseReader:
    """Reads a course of treatment; each text of a session is read once, whoever asks for it."""

    def __init__(self, database: Database, detector: LanguageDetector) -> None:
        self._database = database
        self._detector = detector
        self._reading: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def read(self, therapist_id: int, patient_id: int) -> Course:
        """Return the facts of all sessions; those of the latest hold their whole text too."""
        # Who asks meanwhile for the same patient finds everything kept.
        async with self._reading.setdefault(patient_id, asyncio.Lock()):
            async with self._database.transaction() as repos:
                rows = await repos.facts.of_patient(therapist_id, patient_id, FACTS_VERSION)
            facts = {row.session_id: _kept(row, row.facts) for row in rows if row.facts is not None}
            missing = [row.session_id for row in rows if row.facts is None]
            facts |= await self._read_missing(therapist_id, missing)
        latest = [row.session_id for row in rows[:MAX_IN_FULL]]
        for texts in await self._texts(therapist_id, latest):
            if found := facts.get(texts.session_id):
                facts[texts.session_id] = replace(found, text=_whole_text(texts, found))
        return Course(newest_first(facts.values()), sum(row.num_chars for row in rows))

    async def _read_missing(
        self, therapist_id: int, session_ids: Sequence[int]
    ) -> dict[int, SessionFacts]:
        """Read texts in pieces, outside the event loop, and keep what they say."""
        made: dict[int, SessionFacts] = {}
        for start in range(0, len(session_ids), PIECE):
            texts = await self._texts(therapist_id, session_ids[start : start + PIECE])
            facts = await asyncio.to_thread(self._read_all, texts)
            pairs = list(zip(texts, facts, strict=True))
            kept = [KeptFacts(text.session_id, text.digest, read.to_dict()) for text, read in pairs]
            async with self._database.transaction() as repos:
                await repos.facts.keep(therapist_id, kept)
            made |= {text.session_id: read for text, read in pairs}
        return made

    async def _texts(self, therapist_id: int, session_ids: Sequence[int]) -> Texts:
        async with self._database.transaction() as repos:
            return await repos.facts.texts(therapist_id, session_ids, FACTS_VERSION)

    def _read_all(self, texts: Texts) -> list[SessionFacts]:
        return [read_session(self._source(each)) for each in texts]

    def _source(self, texts: SessionTexts) -> SessionSource:
        """Return what facts are read from: the signed note, the current one, or what was said."""
        number, date = texts.session_number, texts.session_date.date()
        original = texts.original_transcription or ""
        translation = texts.translated_transcription or ""
        note = _note(texts)
        if note is None:
            said = read_source(original, translation, self._detector)
            return SessionSource(
                number,
                date,
                said.transcript.original,
                is_note=False,
                spoken=said.transcript,
                is_translation=said.is_translation,
            )
        return SessionSource(
            number,
            date,
            note.text,
            is_note=True,
            is_signed=texts.signed is not None,
            transcript=f"{original} {translation}",
            later_text=_later_text(texts),
            findings=stored_findings(note.findings),
        )


def _kept(row: SummarizedSession, facts: Mapping[str, Any]) -> SessionFacts:
    return SessionFacts.from_dict(row.session_number, row.session_date.date(), facts)


def _note(texts: SessionTexts) -> NoteText | None:
    """Return the note that stands for the session; a cleared one is none."""
    note = texts.signed or texts.current
    return note if note is not None and note.text.strip() else None


def _whole_text(texts: SessionTexts, facts: SessionFacts) -> str:
    note = _note(texts)
    if note is not None:
        return note.text
    said = texts.translated_transcription if facts.is_translation else texts.original_transcription
    return said or ""


def _later_text(texts: SessionTexts) -> str:
    """Return what a person wrote after signing; what they saw of danger is not lost."""
    signed, current = texts.signed, texts.current
    if signed is None or current is None or current.number == signed.number:
        return ""
    return "" if current.origin is NoteOrigin.AI else current.text
