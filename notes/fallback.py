"""What is said when the model cannot answer: sentences of the transcript itself, and risk by rule.

Nothing here raises, whatever the text, and a whole session takes milliseconds.
"""

from collections.abc import Iterable

from notes.compose import assemble, decide_risk
from notes.extract import by_weight, extract_section, fill, spoken_lines, statements
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.risk import (
    RiskCategory,
    RiskFinding,
    RiskReading,
    assess_risk,
    mark_risks,
    read_risk,
)
from notes.style import SECTIONS5, NoteStyle
from notes.transcript import Transcript, parse_transcript


def extract_note(
    transcript: Transcript, style: NoteStyle = SECTIONS5, reading: RiskReading | None = None
) -> NoteDraft:
    """Return a complete, marked note of the patient's and the therapist's own sentences.

    `reading` is what was read of risk in the transcript, where somebody has done that already.
    """
    reading = reading or read_risk(transcript.turns)
    risk = decide_risk((), reading, style)
    texts = dict(risk.texts)
    lines = statements(transcript.turns, reading.findings)
    for section in style.sections:
        if section.key not in texts:
            texts[section.key] = extract_section(section, lines) or NOT_DISCUSSED
            lines = [line for line in lines if line.text not in texts[section.key]]
    sections = (
        Section(section.key, section.heading, texts[section.key]) for section in style.sections
    )
    draft = NoteDraft(style.name, tuple(sections))
    return assemble((draft,), risk, transcript, reading, style).draft


def extract_summary(text: str, min_words: int, max_words: int) -> str:
    """Return the sentences of a text that speak of what it speaks of most, in their order.

    What affirms a risk is chosen first; questions are left out. It aims at the middle between the
    bounds and never exceeds `max_words`.
    """
    turns = parse_transcript(text).turns
    findings = assess_risk(turns)
    lines = spoken_lines(turns)
    told = [line for line in lines if not line.text.endswith("?")] or lines
    order = by_weight(told, _first_alerts(findings))
    return mark_risks(fill(order, (min_words + max_words) // 2, max_words), findings)


def _first_alerts(findings: Iterable[RiskFinding]) -> frozenset[int]:
    """Return the patient's turn in which each kind of danger was first affirmed."""
    turns: dict[RiskCategory, int] = {}
    for finding in findings:
        if finding.is_alert:
            turns.setdefault(finding.category, finding.turn_ids[-1])
    return frozenset(turns.values())
