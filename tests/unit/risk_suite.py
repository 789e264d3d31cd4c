"""The labelled risk suite: short exchanges with what must be found in them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from notes.risk import RiskFinding, assess_risk
from notes.transcript import Speaker, Turn

FOLDER = Path(__file__).parents[1] / "data" / "risk"

SPEAKERS = {
    "T": Speaker.THERAPIST,
    "P": Speaker.PATIENT,
    "U": Speaker.UNKNOWN,
    "O": Speaker.OTHER,
}


@dataclass(frozen=True, slots=True)
class Expected:
    category: str
    polarity: str
    severity: int | None

    @property
    def is_alert(self) -> bool:
        return self.polarity in {"affirmed", "passive"}


@dataclass(frozen=True, slots=True)
class Exchange:
    id: str
    tag: str
    turns: tuple[Turn, ...]
    expected: tuple[Expected, ...]

    @property
    def alerts(self) -> set[str]:
        return {expected.category for expected in self.expected if expected.is_alert}


def talk(*lines: str) -> tuple[Turn, ...]:
    """Return turns from lines such as `T: How are you?`."""
    parts = [line.split(": ", 1) for line in lines]
    return tuple(
        Turn(number, SPEAKERS[who], said, 0, len(said))
        for number, (who, said) in enumerate(parts, start=1)
    )


def load(name: str) -> tuple[Exchange, ...]:
    rows = [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]
    return tuple(
        Exchange(
            row["id"],
            row["tag"],
            talk(*(f"{who}: {said}" for who, said in row["turns"])),
            tuple(Expected(*expected[:3]) for expected in row["expect"]),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Score:
    """Counts by category; `mistakes` names the exchanges."""

    expected: Counter[str]
    found: Counter[str]
    num_calm: int
    num_false_alarms: int
    num_labels: int
    num_labels_met: int
    mistakes: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.found.total() / self.expected.total()

    @property
    def false_alarm_rate(self) -> float:
        return self.num_false_alarms / self.num_calm

    @property
    def label_agreement(self) -> float:
        return self.num_labels_met / self.num_labels

    def table(self) -> str:
        rows = [f"{c:10} {self.found[c]:3} of {self.expected[c]:3}" for c in sorted(self.expected)]
        return "\n".join(
            (
                *rows,
                f"recall {self.recall:.3f}, false alarms {self.false_alarm_rate:.3f}",
                f"labels met {self.label_agreement:.3f}; mistakes: {', '.join(self.mistakes)}",
            )
        )


def score(exchanges: Sequence[Exchange]) -> Score:
    expected, found = Counter[str](), Counter[str]()
    false_alarms: list[str] = []
    missed: list[str] = []
    labels_met = 0
    for exchange in exchanges:
        findings = assess_risk(exchange.turns)
        alerts = {finding.category.value for finding in findings if finding.is_alert}
        expected.update(exchange.alerts)
        found.update(exchange.alerts & alerts)
        labels_met += sum(is_met(label, findings) for label in exchange.expected)
        if not exchange.alerts <= alerts:
            missed.append(exchange.id)
        if alerts - exchange.alerts:
            false_alarms.append(exchange.id)
    return Score(
        expected,
        found,
        sum(not exchange.alerts for exchange in exchanges),
        len(false_alarms),
        sum(len(exchange.expected) for exchange in exchanges),
        labels_met,
        (*missed, *false_alarms),
    )


def is_met(label: Expected, findings: Sequence[RiskFinding]) -> bool:
    """Return whether category, polarity and, where labelled, severity agree."""
    same = [f for f in findings if (f.category.value, f.polarity.value) == key(label)]
    if label.severity is None:
        return bool(same)
    return label.severity in {finding.severity for finding in same}


def key(label: Expected) -> tuple[str, str]:
    return label.category, label.polarity
