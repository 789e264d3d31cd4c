"""Where in its session each sentence of a written note stands, whoever wrote it."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from notes.errors import NoteParseError
from notes.grounding import Evidence, ground_note
from notes.parsing import NoteDraft, Section, parse_note
from notes.risk import read_risk, unmark
from notes.style import NoteStyle
from notes.transcript import Transcript


def read_evidence(text: str, style: NoteStyle, transcript: Transcript) -> tuple[Evidence, ...]:
    """Return the evidence of each sentence of a note; text of another form is one section, ""."""
    return ground_note(_draft(text, style), transcript, read_risk(transcript.turns))


def support(evidence: Sequence[Evidence]) -> float | None:
    """Return the share of sentences that their session bears out; None without sentences."""
    return sum(each.is_supported for each in evidence) / len(evidence) if evidence else None


def digest(text: str) -> str:
    """Return what tells whether a transcript is still the one that a note was written from."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _draft(text: str, style: NoteStyle) -> NoteDraft:
    try:
        draft = parse_note(text, style)
    except NoteParseError:
        return _free(text)
    # A person may have written around the headings, and none of that may go unread.
    return draft if Counter(draft.text.split()) == Counter(text.split()) else _free(text)


def _free(text: str) -> NoteDraft:
    return NoteDraft("", (Section("", "", unmark(text).replace("**", "")),))
