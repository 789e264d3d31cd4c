"""What is wrong with a note: its form, its length, and its Risk section against the findings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from notes.claims import RISK_KEY
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.risk import (
    RiskFinding,
    RiskReading,
    mark_risks,
    read_risk,
    reconcile_risk,
    risk_statement,
    unmark,
)
from notes.sentences import num_words, split_sentences
from notes.style import NoteStyle, get_style
from notes.transcript import Transcript

LONG_TRANSCRIPT_WORDS = 1500

_MARK = re.compile(r"\{\{RED:[^{}\s][^{}]*\}\}")
_MARKUP = re.compile(r"[<>|`]|\*\*")


class Rule(Enum):
    """What a note must hold to."""

    SECTIONS = "sections"  # exactly the style's, in its order, under its headings
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    MARKUP = "markup"  # chat tags and emphasis have no place in a section's text
    BROKEN_MARK = "broken_mark"
    WRONG_MARKS = "wrong_marks"
    RISK_DISAGREES = "risk_disagrees"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that the note breaks; `section` is "" for the whole note; no words of the note."""

    rule: Rule
    section: str
    detail: str

    def details(self) -> dict[str, object]:
        """Return the violation as plain JSON values."""
        return {"rule": self.rule.value, "section": self.section, "detail": self.detail}


def validate_note(
    draft: NoteDraft, transcript: Transcript, style: NoteStyle | None = None
) -> tuple[Violation, ...]:
    """Return everything that is wrong with a note; the style is looked up when not given."""
    return check_note(draft, transcript, read_risk(transcript.turns), style)


def check_note(
    draft: NoteDraft,
    transcript: Transcript,
    reading: RiskReading,
    style: NoteStyle | None = None,
) -> tuple[Violation, ...]:
    """Return what is wrong with a note, given what was read of risk in its transcript."""
    style = style or get_style(draft.style)
    risk_text = _risk_text(draft) or _statement(reading)  # a paragraph's stands at its end
    max_words = max_note_words(style, transcript, risk_text, reading.findings)
    return (
        *check_form(draft, style, max_words),
        *_check_marks(draft, reading.findings),
        *_check_risk(draft, reading),
    )


def check_form(draft: NoteDraft, style: NoteStyle, max_words: int) -> tuple[Violation, ...]:
    """Return what is wrong with a note's sections, length and markup, whatever it says."""
    return (
        *_check_sections(draft, style),
        *_check_length(draft, style, max_words),
        *_check_markup(draft),
    )


def max_note_words(
    style: NoteStyle, transcript: Transcript, risk_text: str, findings: Sequence[RiskFinding]
) -> int:
    """Return how many words a note may have: `max_words` of its style, or more where it needs them.

    It needs more in two cases, and never more than `long_max_words`: a transcript of more than
    1,500 words may use all of it; where risk was found, the words by which what is said of it
    exceeds `max_words` of the Risk section come on top (all of them in a paragraph).
    """
    if num_words(transcript.original) > LONG_TRANSCRIPT_WORDS:
        return style.long_max_words
    usual = {section.key: section.max_words for section in style.sections}.get(RISK_KEY, 0)
    extra = max(0, num_words(risk_text) - usual) if findings else 0
    return min(style.max_words + extra, style.long_max_words)


def _statement(reading: RiskReading) -> str:
    return risk_statement(reading.findings, was_asked=reading.asked, reach=reading.reach)


def _risk_text(draft: NoteDraft) -> str:
    return {section.key: section.text for section in draft.sections}.get(RISK_KEY, "")


def _check_sections(draft: NoteDraft, style: NoteStyle) -> list[Violation]:
    expected = [(section.key, section.heading) for section in style.sections]
    found = [(section.key, section.heading) for section in draft.sections]
    violations = [
        Violation(Rule.SECTIONS, key, "is absent")
        for key, head in expected
        if (key, head) not in found
    ]
    violations += [
        Violation(Rule.SECTIONS, section.key, "is empty")
        for section in draft.sections
        if not section.text.strip()
    ]
    if not violations and found != expected:
        violations.append(Violation(Rule.SECTIONS, "", "order or number differs from the style"))
    return violations


def _check_length(draft: NoteDraft, style: NoteStyle, max_words: int) -> list[Violation]:
    count = draft.num_words
    if count > max_words:
        return [Violation(Rule.TOO_LONG, "", f"{count} words; at most {max_words}")]
    own = [section for section in draft.sections if section.key != RISK_KEY]  # not by rule
    num_discussed = sum(map(_has_content, own))
    if count < style.min_words and num_discussed >= min(3, len(own)):
        return [Violation(Rule.TOO_SHORT, "", f"{count} words; at least {style.min_words}")]
    return []


def _check_markup(draft: NoteDraft) -> list[Violation]:
    violations = []
    for section in draft.sections:
        if _MARKUP.search(section.text):
            violations.append(Violation(Rule.MARKUP, section.key, "holds tags or emphasis"))
        if re.search(r"[{}]", _MARK.sub("", section.text)):
            violations.append(Violation(Rule.BROKEN_MARK, section.key, "holds a mark cut open"))
    return violations


def _check_marks(draft: NoteDraft, findings: Sequence[RiskFinding]) -> list[Violation]:
    return [
        Violation(Rule.WRONG_MARKS, section.key, "marks are not those of the findings")
        for section in draft.sections
        if mark_risks(unmark(section.text), findings) != section.text
    ]


def _check_risk(draft: NoteDraft, reading: RiskReading) -> list[Violation]:
    """Return a violation when the Risk section lacks an alert or says what no finding holds."""
    text = unmark(_risk_text(draft))
    findings, asked, reach = reading.findings, reading.asked, reading.reach
    if text == _statement(reading):
        return []
    if not text:
        whole = unmark(" ".join(section.text for section in draft.sections))
        is_silent = reconcile_risk(whole, findings, was_asked=asked, reach=reach)[1]
        return [Violation(Rule.RISK_DISAGREES, "", "no alert is told")] if is_silent else []
    agreed, is_added = reconcile_risk(text, findings, was_asked=asked, reach=reach)
    if not is_added and all(sentence in agreed for sentence in split_sentences(text)):
        return []
    return [Violation(Rule.RISK_DISAGREES, RISK_KEY, f"{len(reading.findings)} findings")]


def _has_content(section: Section) -> bool:
    return section.is_discussed and not section.text.startswith(NOT_DISCUSSED)
