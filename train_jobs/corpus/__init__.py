"""Our own therapy sessions with notes: read, and held against the product's checks.

`python -m train_jobs.corpus` checks every note and tells how varied the sessions are
(train_jobs/corpus/README.md).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from notes.claims import RISK_KEY
from notes.compose import mark_draft
from notes.errors import ConfigurationError
from notes.grammar import is_writable
from notes.grounding import Grounding
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.risk import Polarity, RiskCategory, RiskReading, read_risk
from notes.sentences import num_words
from notes.style import NoteStyle, get_style
from notes.transcript import Transcript, parse_transcript
from notes.validation import Rule, check_note

CORPUS = Path(__file__).parent / "sessions.jsonl"
SPEAKERS = {"T": "Therapist", "P": "Patient", "O": "Other"}


@dataclass(frozen=True, slots=True)
class Alert:
    """What its author would have marked about the patient now, and in which turns."""

    category: RiskCategory
    polarity: Polarity
    turn_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CorpusSession:
    """One session with its notes: the sections' texts by the name of the note's style."""

    id: str
    school: str
    problem: str
    person: str
    risk: str
    text: str
    notes: Mapping[str, Mapping[str, str]]
    alerts: tuple[Alert, ...] = ()

    @property
    def transcript(self) -> Transcript:
        """Return what was said, read as serving reads it."""
        return parse_transcript(self.text)


class FaultKind(Enum):
    """What can be wrong with a note."""

    SECTIONS = "sections"
    WORDS = "words"
    GRAMMAR = "grammar"
    FORM = "form"
    RISK = "risk"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one note, in words for the one who mends it."""

    style: str
    kind: FaultKind
    detail: str

    def __str__(self) -> str:
        return f"{self.style}: {self.detail}"


def load_corpus(path: Path) -> tuple[CorpusSession, ...]:
    """Return the sessions of a file of JSON lines; ConfigurationError names a line that is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        reason = f"There is no corpus to read at {path} ({error.strerror})."
        raise ConfigurationError(reason=reason) from error
    return tuple(_session(path, *each) for each in enumerate(lines, start=1) if each[1].strip())


def _session(path: Path, number: int, line: str) -> CorpusSession:
    try:
        row: dict[str, Any] = json.loads(line)
        text = "\n".join(f"{SPEAKERS[who]}: {said}" for who, said in row["turns"])
        about = {key: str(row[key]) for key in ("id", "school", "problem", "person", "risk")}
        notes = {get_style(name).name: dict(note) for name, note in row["notes"].items()}
        alerts = tuple(
            Alert(RiskCategory(category), Polarity(polarity), tuple(map(int, turn_ids)))
            for category, polarity, turn_ids in row.get("alerts", ())
        )
        return CorpusSession(**about, text=text, notes=notes, alerts=alerts)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"Line {number} of {path} is no session of a corpus ({type(error).__name__})."
        raise ConfigurationError(reason=reason) from error


def faults_of(session: CorpusSession) -> Iterator[str]:
    """Yield what is wrong with a session's notes, in words for the one who mends them."""
    yield from map(str, find_faults(session))


def find_faults(session: CorpusSession) -> Iterator[Fault]:
    """Yield what is wrong with a session's notes, by the checks of the product."""
    transcript = session.transcript
    reading = read_risk(transcript.turns)
    for name, note in session.notes.items():
        style = get_style(name)
        if tuple(note) != tuple(section.key for section in style.sections):
            keys = ", ".join(section.key for section in style.sections)
            yield Fault(name, FaultKind.SECTIONS, f"must have exactly {keys}, in this order")
            continue
        yield from _form(note, style)
        yield from _truth(note, style, transcript, reading)


def _form(note: Mapping[str, str], style: NoteStyle) -> Iterator[Fault]:
    for section in style.sections:
        text, key = note[section.key], section.key
        if text == NOT_DISCUSSED and section.is_optional:
            continue
        count = num_words(text)
        if not section.min_words <= count <= section.max_words:
            bounds = f"{section.min_words} to {section.max_words}"
            yield Fault(style.name, FaultKind.WORDS, f"{key} has {count} words, wants {bounds}")
        elif not is_writable(text, section):
            detail = f"{key} is not what the grammar of a note can write"
            yield Fault(style.name, FaultKind.GRAMMAR, detail)


def _truth(
    note: Mapping[str, str], style: NoteStyle, transcript: Transcript, reading: RiskReading
) -> Iterator[Fault]:
    sections = (Section(each.key, each.heading, note[each.key]) for each in style.sections)
    draft = mark_draft(NoteDraft(style.name, tuple(sections)), reading.findings)
    for violation in check_note(draft, transcript, reading, style):
        detail = f"{violation.section} {violation.rule.value} {violation.detail}"
        if violation.rule is not Rule.RISK_DISAGREES:
            yield Fault(style.name, FaultKind.FORM, detail)
        elif not _is_rightly_silent(note, reading):
            yield Fault(style.name, FaultKind.RISK, f"{detail}; {_in_words(reading)}")
    for each in Grounding(transcript.turns).of_note(draft, reading):
        if not each.is_supported:
            detail = f"{each.section} is not borne out ({each.score:.2f}): {each.sentence}"
            yield Fault(style.name, FaultKind.SUPPORT, detail)


def _is_rightly_silent(note: Mapping[str, str], reading: RiskReading) -> bool:
    """Tell whether a note says that danger was not discussed, and the rules read of none."""
    return note.get(RISK_KEY) == NOT_DISCUSSED and not (reading.findings or reading.asked)


def _in_words(reading: RiskReading) -> str:
    found = ", ".join(
        f"{each.category.value} {each.polarity.value} turns {list(each.turn_ids)}"
        for each in reading.findings
    )
    asked = ", ".join(sorted(category.value for category in reading.asked))
    return f"found: {found or 'nothing'}; asked: {asked or 'nothing'}"
