"""What written notes state of danger, sentence by sentence: alerts, denials, mere mentions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from notes.claims import stated_alerts
from notes.risk import (
    Polarity,
    RiskCategory,
    RiskFinding,
    Severity,
    risk_sentences,
    stated_risks,
    unmark,
)
from notes.risk.findings import ALERTS
from notes.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class StatedRisk:
    """That a danger was spoken of, in which sense and words; `polarity` None: only named."""

    category: RiskCategory
    polarity: Polarity | None
    text: str
    is_answer: bool = False
    severity: Severity | None = None

    @property
    def is_alert(self) -> bool:
        """Whether a clinician must see it."""
        return self.polarity in ALERTS

    @property
    def is_denial(self) -> bool:
        """Whether the patient denied it altogether when asked, and not only a plan or an intent."""
        is_whole = self.severity is None or self.severity <= Severity.ACTIVE
        return self.polarity is Polarity.DENIED and self.is_answer and is_whole

    @property
    def finding(self) -> RiskFinding:
        """Return it as the rules take it; raises ValueError where it is only named."""
        if self.polarity is None:
            raise ValueError("what is only named is no finding")
        turn_ids = (1, 2) if self.is_answer else (1,)
        return RiskFinding(self.category, self.polarity, self.severity, turn_ids, "kept", 0, 0, "")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "category": self.category.value,
            "polarity": None if self.polarity is None else self.polarity.value,
            "text": self.text,
            "is_answer": self.is_answer,
            "severity": None if self.severity is None else int(self.severity),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "StatedRisk":
        """Return what `to_dict` gave."""
        polarity, severity = kept["polarity"], kept["severity"]
        return cls(
            RiskCategory(kept["category"]),
            None if polarity is None else Polarity(polarity),
            kept["text"],
            kept["is_answer"],
            None if severity is None else Severity(severity),
        )


_DETAIL = re.compile(r" \([\w, ]+\)(?=\.$)")
_NO_ANSWER = re.compile(
    r"\b(?:not|un) ?(?:assess|ask|discuss|screen|address|explor|evaluat)\w*|no clear answer"
    r"|\bvaried within",
    re.IGNORECASE,
)
_IN_CASE = re.compile(
    r"\b(?:if|in case|safety plan\w*|crisis (?:line|plan)|988|hotline|helpline)\b", re.IGNORECASE
)
_ASKED = re.compile(r"\bask(?:ed|ing)\b|\bon (?:direct )?(?:inquiry|enquiry)\b", re.IGNORECASE)
_PARTIAL = re.compile(r"\b(?:plan|intent|intention|means|active)\w*\b", re.IGNORECASE)
# Drinking and drugs are also a session's ordinary subject: only the urgent words alarm.
_ORDINARY = RiskCategory.SUBSTANCE


def stated_in_risk(text: str) -> tuple[StatedRisk, ...]:
    """Return what a note's Risk section states: the rule's own sentences exactly, others by words.

    A denial counts as one only where the sentence says that somebody asked.
    """
    return tuple(risk for sentence in _sentences(text) for risk in _stated(sentence))


def stated_in_note(text: str) -> tuple[StatedRisk, ...]:
    """Return what a note affirms outside its Risk section, by its urgent words.

    What to do if a danger comes back is none.
    """
    told = (sentence for sentence in _sentences(text) if not _IN_CASE.search(sentence))
    return tuple(risk for sentence in told for risk in _alerts(sentence))


def _sentences(text: str) -> tuple[str, ...]:
    return split_sentences(unmark(text))


def _stated(sentence: str) -> Iterator[StatedRisk]:
    by_rule = _by_rule()
    known = by_rule.get(sentence) or by_rule.get(_DETAIL.sub("", sentence))
    if known is not None:
        for risk in known:
            yield StatedRisk(risk.category, risk.polarity, sentence, risk.is_answer, risk.severity)
        return
    yield from _alerts(sentence)
    for category, polarity in dict.fromkeys(stated_risks(sentence)):
        yield _claimed(sentence, category, polarity)


def _alerts(sentence: str) -> Iterator[StatedRisk]:
    if not _NO_ANSWER.search(sentence):
        for alert in stated_alerts(sentence):
            yield StatedRisk(alert.category, alert.polarity, sentence)


def _claimed(sentence: str, category: RiskCategory, polarity: Polarity) -> StatedRisk:
    if polarity is Polarity.DENIED:
        if _ASKED.search(sentence) and not _PARTIAL.search(sentence):
            return StatedRisk(category, polarity, sentence, is_answer=True)
        return StatedRisk(category, None, sentence)
    if polarity in (Polarity.AFFIRMED, Polarity.PASSIVE):
        is_said = category is not _ORDINARY and not _NO_ANSWER.search(sentence)
        return StatedRisk(category, polarity if is_said else None, sentence)
    return StatedRisk(category, polarity, sentence)


@cache
def _by_rule() -> Mapping[str, tuple[StatedRisk, ...]]:
    """Return what each sentence means that the rule itself writes."""
    known: dict[str, tuple[StatedRisk, ...]] = {}
    grades = (None, *Severity)
    for category in RiskCategory:
        for polarity in Polarity:
            for severity in grades if category is RiskCategory.SUICIDE else (None,):
                _learn(known, StatedRisk(category, polarity, "", False, severity))
                _learn(known, StatedRisk(category, polarity, "", True, severity))
    for polarity in (Polarity.DENIED, Polarity.OTHER_PERSON, Polarity.HYPOTHETICAL):
        for pair in combinations(RiskCategory, 2):
            for is_answer in (False, True):
                _learn(known, *(StatedRisk(each, polarity, "", is_answer) for each in pair))
    return known


def _learn(known: dict[str, tuple[StatedRisk, ...]], *risks: StatedRisk) -> None:
    for sentence in risk_sentences([risk.finding for risk in risks]):
        if sentence.keys:
            known.setdefault(sentence.text, risks)
