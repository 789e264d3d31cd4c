"""What is measured of a note, one session at a time."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from notes.grounding import Evidence, ground_note
from notes.parsing import NOTHING_WRITTEN, NoteDraft
from notes.risk import RiskFinding, RiskReading, mark_risks, reconcile_risk, unmark
from notes.sentences import num_words, split_sentences
from notes.transcript import Speaker, Transcript
from notes.validation import Rule, Violation
from train_jobs.evaluation.bootstrap import Ratio
from train_jobs.evaluation.overlap import BleuCounts

SECTIONS, MARKS, BOUNDS, CLEAN = "sections", "marks", "bounds", "clean"
SUPPORT_WRITTEN, SUPPORT_BEST = "support_written", "support_best"
SUPPORT_NOTE = "support_note"
RISK_WRITTEN = "risk_written"
COVERAGE = "coverage"
OMITTED_FACTS, OMITTED_STATEMENTS = "omitted_facts", "omitted_statements"
QUESTION_MARKS = "marks_on_a_question_alone"
WORDS, SECONDS, PACE, MEMORY = "words", "seconds", "pace_s", "memory_mb"
PROMPT_TOKENS, TOKENS = "prompt_tokens", "tokens"
BLEU = "bleu"
WRITTEN = "_written"  # ends the names of what is measured before anything is dropped

# Counted once a note, as yes or no.
YES_OR_NO = frozenset({SECTIONS, MARKS, BOUNDS, CLEAN, QUESTION_MARKS, RISK_WRITTEN})
# What every note must have, whatever the model writes.
FORM = (SECTIONS, MARKS, BOUNDS, CLEAN)

_MARK = re.compile(r"\{\{RED:([^{}]+)\}\}")
_RULES = {
    SECTIONS: {Rule.SECTIONS},
    MARKS: {Rule.BROKEN_MARK, Rule.WRONG_MARKS},
    BOUNDS: {Rule.TOO_SHORT, Rule.TOO_LONG},
    CLEAN: {Rule.MARKUP, Rule.RISK_DISAGREES},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one session's note adds to each figure.

    `by_section` holds the support of sections, by measure and section key; `unsupported` are the
    sentences of the note that are not.
    """

    session_id: str
    note: str
    unsupported: tuple[str, ...]
    ratios: Mapping[str, Ratio]
    num_words: int
    by_section: Mapping[str, Mapping[str, Ratio]] = field(default_factory=dict)
    bleu: BleuCounts | None = None
    bleu_written: BleuCounts | None = None


def form(violations: Iterable[Violation]) -> dict[str, Ratio]:
    """Return whether sections, marks, length and the rest are as they must be."""
    broken = {violation.rule for violation in violations}
    return {name: Ratio(float(not rules & broken)) for name, rules in _RULES.items()}


def support_of(evidence: Iterable[Evidence]) -> dict[str, Ratio]:
    """Return how many sentences are supported, by section."""
    found: dict[str, list[bool]] = defaultdict(list)
    for each in evidence:
        found[each.section].append(each.is_supported)
    return {section: Ratio(sum(each), len(each)) for section, each in found.items()}


def evidence_of(drafts: Sequence[NoteDraft], transcript: Transcript) -> tuple[Evidence, ...]:
    """Return the evidence of what was written, before anything is dropped."""
    return tuple(each for draft in drafts for each in ground_note(draft, transcript))


def together(by_section: Mapping[str, Ratio]) -> Ratio:
    """Return all sections' sentences as one."""
    parts = by_section.values()
    return Ratio(sum(each.part for each in parts), sum(each.whole for each in parts))


def body(draft: NoteDraft) -> str:
    """Return what a note says, without headings, marks and sections that say nothing."""
    return "\n".join(unmark(each.text) for each in draft.sections if each.is_discussed)


def rests_on_a_question(
    draft: NoteDraft, findings: Iterable[RiskFinding], transcript: Transcript
) -> bool:
    """Return whether a mark of the note has no finding that somebody but the therapist said.

    Marks are read from the note itself, so that one which nobody's finding explains counts too.
    """
    turns = {turn.id: turn for turn in transcript.turns}
    spoken = [
        finding
        for finding in findings
        if finding.is_alert
        and turns[finding.turn_ids[-1]].speaker is not Speaker.THERAPIST
        and turns[finding.turn_ids[-1]].text[finding.quote_start : finding.quote_end].strip()
    ]
    return any(
        set(_MARK.findall(section.text)) - set(_MARK.findall(mark_risks(section.text, spoken)))
        for section in draft.sections
    )


def risk_agrees(text: str, reading: RiskReading) -> bool:
    """Return whether a written Risk section tells every alert, and nothing that no finding holds.

    One that says nothing agrees where nobody spoke of danger.
    """
    if text in NOTHING_WRITTEN:
        return not reading.findings
    told = reconcile_risk(
        unmark(text), reading.findings, was_asked=reading.asked, reach=reading.reach
    )
    agreed, is_added = told
    return not is_added and all(each in agreed for each in split_sentences(unmark(text)))


def length(text: str) -> Ratio:
    """Return a note's words."""
    return Ratio(num_words(text))
