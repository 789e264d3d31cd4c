"""What written sentences claim of danger: read, and held against the findings of a session."""

import re
from collections.abc import Callable, Container
from dataclasses import replace

from notes.grounding import Grounding
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.risk import (
    Polarity,
    RiskCategory,
    RiskFinding,
    RiskReading,
    mark_risks,
    reconcile_risk,
    unmark,
)
from notes.sentences import content_words, split_sentences

RISK_KEY = "risk"
INTERVENTION_KEY = "intervention"

_SELF = r"(?:my|your|him|her|them|one)sel(?:f|ves)"
# Words that claim danger to life; others ("abuse", "drinking") are a session's ordinary subject.
_DANGER = re.compile(
    rf"suicid|self[ -]?(?:harm|injur)|\b(?:kill|hurt|harm|cut)\w* {_SELF}|homicid|overdos|ideation"
    r"|\b(?:SI|HI)\b|\bend(?:ing)? (?:his|her|their) (?:own )?life|\bbetter off dead"
    r"|\b(?:wish|want)\w* to (?:be dead|die)\b",
    re.IGNORECASE,
)
# That the therapist spoke of it says nothing of the patient.
_ASKING = re.compile(
    r"\btherapist\b.{0,40}\b(?:ask|assess|screen|check|explor|review|monitor)\w*", re.IGNORECASE
)


def is_founded(sentence: str, reading: RiskReading) -> bool:
    """Return whether the findings hold what a sentence claims of suicide, self-harm or homicide."""
    if not _DANGER.search(sentence):
        return True
    if _ASKING.match(sentence) and (reading.asked or reading.findings):
        return True
    return sentence in reconcile_risk(sentence, reading.findings)[0]


def is_heard(sentence: str, spoken: frozenset[str]) -> bool:
    """Return whether at least half of a sentence's content words were spoken in the session."""
    words = content_words(sentence)
    return 2 * len(words & spoken) >= len(words)


def drop_unfounded(draft: NoteDraft, reading: RiskReading) -> tuple[NoteDraft, int]:
    """Return the draft without unfounded sentences outside its Risk section, and their number."""
    keys = [section.key for section in draft.sections if section.key != RISK_KEY]
    return _drop(draft, keys, lambda sentence: is_founded(sentence, reading))


def drop_unsupported(draft: NoteDraft, grounding: Grounding) -> tuple[NoteDraft, int]:
    """Return the draft without what the session does not bear out; Risk is decided by rule."""
    keys = [section.key for section in draft.sections if section.key != RISK_KEY]
    return _drop(draft, keys, lambda sentence: grounding.evidence(sentence).is_supported)


def _drop(
    draft: NoteDraft, keys: Container[str], is_kept: Callable[[str], bool]
) -> tuple[NoteDraft, int]:
    sections: list[Section] = []
    count = 0
    for section in draft.sections:
        sentences = split_sentences(section.text) if _may_lose(section, keys) else ()
        kept = tuple(filter(is_kept, sentences))
        is_whole = len(kept) == len(sentences)
        count += len(sentences) - len(kept)
        text = section.text if is_whole else " ".join(kept) or NOT_DISCUSSED
        sections.append(replace(section, text=text))
    return replace(draft, sections=tuple(sections)), count


def _may_lose(section: Section, keys: Container[str]) -> bool:
    return section.key in keys and section.is_discussed


# That was then, or is someone else's, or was only a thought.
_NOT_NOW = re.compile(
    r"\b(?:past|history|historical|previous|prior|former|formerly|ago|childhood|another|family"
    r"|hypothetical|hypothetically|varied)\b",
    re.IGNORECASE,
)


def stated_alerts(note: str) -> tuple[RiskFinding, ...]:
    """Return what a written note affirms of the patient's present danger, by its urgent words."""
    sentences = [s for s in split_sentences(unmark(note)) if not _NOT_NOW.search(s)]
    alerts = (
        RiskFinding(category, Polarity.AFFIRMED, None, (), "note", 0, 0, "")
        for category in RiskCategory
    )
    return tuple(alert for alert in alerts if any(mark_risks(s, (alert,)) != s for s in sentences))
