"""Risk by rule: what was said of danger, by whom, of whom, when, and whether it was denied."""

from notes.risk.assess import asked_about, assess_risk, read_risk
from notes.risk.findings import Polarity, Reach, RiskCategory, RiskFinding, RiskReading, Severity
from notes.risk.marks import mark_risks, unmark
from notes.risk.reconcile import reconcile_risk, stated_risks
from notes.risk.statement import (
    NOT_ASSESSED,
    NOTHING_FOUND,
    is_notice,
    risk_sentences,
    risk_statement,
    unread_sentence,
)

__all__ = [
    "NOTHING_FOUND",
    "NOT_ASSESSED",
    "Polarity",
    "Reach",
    "RiskCategory",
    "RiskFinding",
    "RiskReading",
    "Severity",
    "asked_about",
    "assess_risk",
    "is_notice",
    "mark_risks",
    "read_risk",
    "reconcile_risk",
    "risk_sentences",
    "risk_statement",
    "stated_risks",
    "unmark",
    "unread_sentence",
]
