"""Risk by rule: what was said of danger, by whom, of whom, when, and whether it was denied."""

from notes.risk.assess import asked_about, assess_risk, read_risk
from notes.risk.findings import Polarity, RiskCategory, RiskFinding, RiskReading, Severity
from notes.risk.marks import mark_risks, unmark
from notes.risk.reconcile import reconcile_risk
from notes.risk.statement import NOTHING_FOUND, risk_statement

__all__ = [
    "NOTHING_FOUND",
    "Polarity",
    "RiskCategory",
    "RiskFinding",
    "RiskReading",
    "Severity",
    "asked_about",
    "assess_risk",
    "mark_risks",
    "read_risk",
    "reconcile_risk",
    "risk_statement",
    "unmark",
]
