"""What the rules find: plain values that cross processes and are stored beside a note."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any


class RiskCategory(Enum):
    """What the danger is; the order is the order of a Risk section."""

    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    ABUSE = "abuse"
    SUBSTANCE = "substance"
    PSYCHOSIS = "psychosis"


class Polarity(Enum):
    """In what sense it was said."""

    AFFIRMED = "affirmed"
    PASSIVE = "passive"
    DENIED = "denied"
    HISTORICAL = "historical"
    OTHER_PERSON = "other_person"
    HYPOTHETICAL = "hypothetical"


class Severity(IntEnum):
    """The ladder of the Columbia scale (C-SSRS), with behaviour as its top."""

    WISH = 1
    ACTIVE = 2
    METHOD = 3
    INTENT = 4
    PLAN = 5
    BEHAVIOUR = 6


ALERTS = frozenset({Polarity.AFFIRMED, Polarity.PASSIVE})


@dataclass(frozen=True, slots=True)
class RiskFinding:
    """One statement, or one answered question, about a danger.

    `turn_ids` is the patient's turn, after the question's where the two were read together.
    `quote_start` and `quote_end` cut the patient's own words out of the text of the last of them;
    `term` is the trigger, which stands in the question where the answer was only "yes".
    """

    category: RiskCategory
    polarity: Polarity
    severity: Severity | None
    turn_ids: tuple[int, ...]
    rule: str
    quote_start: int
    quote_end: int
    term: str

    @property
    def is_alert(self) -> bool:
        """Whether a clinician must see it: affirmed, or a passive wish."""
        return self.polarity in ALERTS

    @property
    def is_answer(self) -> bool:
        """Whether it follows a question about the same danger."""
        return len(self.turn_ids) > 1

    def to_dict(self) -> dict[str, object]:
        """Give plain values for JSON; a quote is named by its place, never copied."""
        return {
            "category": self.category.value,
            "polarity": self.polarity.value,
            "severity": None if self.severity is None else int(self.severity),
            "turn_ids": list(self.turn_ids),
            "rule": self.rule,
            "quote_start": self.quote_start,
            "quote_end": self.quote_end,
            "term": self.term,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "RiskFinding":
        """Give the finding that `to_dict` gave; its term is not always kept."""
        severity = stored["severity"]
        return cls(
            RiskCategory(stored["category"]),
            Polarity(stored["polarity"]),
            None if severity is None else Severity(severity),
            tuple(stored["turn_ids"]),
            stored["rule"],
            stored["quote_start"],
            stored["quote_end"],
            stored.get("term", ""),
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """How many turns there are, and how many are in a language that the rules do not read."""

    num_turns: int = 0
    num_unread: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether not one turn was read."""
        return 0 < self.num_turns == self.num_unread


@dataclass(frozen=True, slots=True)
class RiskReading:
    """All findings of a session in order, what the therapist asked about, and what was read."""

    findings: tuple[RiskFinding, ...]
    asked: frozenset[RiskCategory]
    reach: Reach = Reach()
