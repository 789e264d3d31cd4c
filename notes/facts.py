"""What is kept of one session: a small record that stands for its texts in a course of treatment.

It is made once for the texts that it comes from (`FACTS_VERSION` changes with the rules here) and
read again for every summary after.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from notes.fallback import extract_note
from notes.headings import read_sections
from notes.lexemes import stem, words
from notes.parsing import NOTHING_WRITTEN, NoteDraft
from notes.risk import (
    NOTHING_FOUND,
    Polarity,
    RiskCategory,
    RiskFinding,
    read_risk,
    risk_sentences,
    unmark,
)
from notes.sentences import cut_words
from notes.stated import StatedRisk, stated_in_note, stated_in_risk
from notes.style import SECTIONS5
from notes.transcript import Transcript, parse_transcript

FACTS_VERSION = "1"

# A record stays small whatever somebody wrote; a cut shows as an ellipsis.
MAX_SECTION_WORDS = 60
_MAX_RISK_WORDS = 25
_SHORTEST_WORD = 3


class Basis(Enum):
    """What a session's facts were read from; the first that there is."""

    SIGNED = "signed"
    NOTE = "note"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True)
class SessionSource:
    """A session's texts: its note (the signed one goes first), and its transcript.

    `text` is the note, or the transcript where there is none: then `spoken` is what was read of it,
    where somebody has done that already, and `is_translation` says which of two it is. Beside a
    note, `transcript` is what was said, `later_text` what a person wrote after the signature, and
    `findings` what was stored with the note, None where nothing was.
    """

    number: int
    date: dt.date
    text: str
    is_note: bool
    is_signed: bool = False
    transcript: str = ""
    later_text: str = ""
    findings: tuple[RiskFinding, ...] | None = None
    spoken: Transcript | None = None
    is_translation: bool = False


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What one session says: five sections, risks, and its words' stems, spaces around each.

    `is_translation`: it was read from the translation of its transcript. `text` is the session's
    whole text where the model is to read it, and is never kept.
    """

    number: int
    date: dt.date
    basis: Basis
    sections: Mapping[str, str]
    risks: tuple[StatedRisk, ...] = ()
    stems: str = field(default="", repr=False)
    is_translation: bool = False
    text: str = field(default="", repr=False)

    @property
    def title(self) -> str:
        """Return how the session is named in prompts and summaries."""
        return f"Session {self.number} ({self.date:%Y-%m-%d})"

    @property
    def findings(self) -> tuple[RiskFinding, ...]:
        """Return the risks as the rules take them."""
        return tuple(risk.finding for risk in self.risks if risk.polarity is not None)

    def section(self, key: str) -> str:
        """Return what a section says, or "" where it says nothing."""
        text = self.sections.get(key, "")
        return "" if text in (*NOTHING_WRITTEN, NOTHING_FOUND) else text

    def num_used(self, stems: Iterable[str]) -> int:
        """Return how many of these stems the session uses."""
        return sum(f" {each} " in self.stems for each in stems)

    def to_dict(self) -> dict[str, Any]:
        """Return what is kept, as plain JSON values; number and date are the session's own."""
        return {
            "basis": self.basis.value,
            "sections": dict(self.sections),
            "risks": [risk.to_dict() for risk in self.risks],
            "stems": self.stems,
            "is_translation": self.is_translation,
        }

    @classmethod
    def from_dict(cls, number: int, date: dt.date, kept: Mapping[str, Any]) -> "SessionFacts":
        """Return the facts of a session that `to_dict` gave."""
        return cls(
            number,
            date,
            Basis(kept["basis"]),
            dict(kept["sections"]),
            tuple(StatedRisk.from_dict(each) for each in kept["risks"]),
            kept["stems"],
            kept["is_translation"],
        )


def newest_first(sessions: Iterable[SessionFacts]) -> tuple[SessionFacts, ...]:
    """Return the sessions as they are read and summarized: by date, those of a day by number."""
    return tuple(sorted(sessions, key=lambda each: (each.date, each.number), reverse=True))


def read_session(source: SessionSource) -> SessionFacts:
    """Return a session's facts: its note's, or an extract of its transcript; never raises."""
    read = _read_note if source.is_note else _read_transcript
    sections, risks = read(source)
    spoken = stems_of(" ".join((source.text, source.later_text, source.transcript)))
    return SessionFacts(
        source.number,
        source.date,
        _basis(source),
        {key: cut_words(text, MAX_SECTION_WORDS) for key, text in sections.items()},
        tuple(risks),
        f" {' '.join(sorted(spoken))} ",
        source.is_translation,
    )


def stems_of(text: str) -> frozenset[str]:
    """Return the words of a text without their inflection, as they are compared."""
    return frozenset(stem(word) for word in words(unmark(text)) if len(word) >= _SHORTEST_WORD)


def stored_findings(stored: object) -> tuple[RiskFinding, ...] | None:
    """Return the findings in the details of a note version, or None where they are not ours."""
    if not isinstance(stored, list):
        return None
    try:
        return tuple(map(RiskFinding.from_dict, stored))
    except (KeyError, TypeError, ValueError):
        return None


def _basis(source: SessionSource) -> Basis:
    if source.is_signed:
        return Basis.SIGNED
    return Basis.NOTE if source.is_note else Basis.TRANSCRIPT


def _read_note(source: SessionSource) -> tuple[dict[str, str], Iterable[StatedRisk]]:
    text = unmark(source.text)
    sections = read_sections(text)
    if sections is None:
        sections = _texts(extract_note(parse_transcript(text)))
        sections["risk"] = NOTHING_FOUND
        stated = stated_in_note(text)
    else:
        rest = " ".join(body for key, body in sections.items() if key != "risk")
        stated = (*stated_in_risk(sections["risk"]), *stated_in_note(rest))
    stated = (*found_risks(source.findings or ()), *stated, *stated_in_note(source.later_text))
    risks = _once(stated)
    if sections["risk"] in (*NOTHING_WRITTEN, NOTHING_FOUND) and risks:
        sections["risk"] = " ".join(dict.fromkeys(risk.text for risk in risks))
    return sections, risks


def _read_transcript(source: SessionSource) -> tuple[dict[str, str], Iterable[StatedRisk]]:
    transcript = source.spoken or parse_transcript(source.text)
    reading = read_risk(transcript.turns)
    return _texts(extract_note(transcript, SECTIONS5, reading)), found_risks(reading.findings)


def _texts(draft: NoteDraft) -> dict[str, str]:
    return {section.key: unmark(section.text) for section in draft.sections}


def found_risks(findings: Sequence[RiskFinding]) -> tuple[StatedRisk, ...]:
    """Return findings as they are kept: one of each category and sense, in the rule's words."""
    texts = {key: each.text for each in risk_sentences(findings) for key in each.keys}
    groups: dict[tuple[RiskCategory, Polarity, bool], list[RiskFinding]] = {}
    for finding in findings:
        key = (finding.category, finding.polarity, finding.is_answer)
        groups.setdefault(key, []).append(finding)
    return tuple(
        StatedRisk(
            category,
            polarity,
            texts.get((category, polarity), ""),
            is_answer,
            max((f.severity for f in found if f.severity is not None), default=None),
        )
        for (category, polarity, is_answer), found in groups.items()
    )


def _once(stated: Iterable[StatedRisk]) -> tuple[StatedRisk, ...]:
    """Return the first statement of each category and sense."""
    kept: dict[object, StatedRisk] = {}
    for risk in stated:
        short = StatedRisk(
            risk.category,
            risk.polarity,
            cut_words(risk.text, _MAX_RISK_WORDS),
            risk.is_answer,
            risk.severity,
        )
        kept.setdefault((risk.category, risk.polarity, risk.is_answer), short)
    return tuple(kept.values())
