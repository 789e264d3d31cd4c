"""Recall and false alarms on the labelled suite (tests/data/risk/README.md)."""

import pytest

from notes.risk import Severity, assess_risk
from notes.risk.concepts import fold
from notes.risk.context import sentences
from notes.risk.triggers import LEXICON
from tests.unit.risk_suite import Exchange, load, score

DEVELOPMENT = load("dev.jsonl")
LATER = load("held.jsonl")
ALL = (*DEVELOPMENT, *LATER)


@pytest.mark.parametrize("exchanges", [DEVELOPMENT, LATER], ids=["dev", "held"])
def test_recall_and_false_alarms(exchanges: tuple[Exchange, ...]) -> None:
    result = score(exchanges)
    assert result.recall >= 0.95, result.table()
    assert result.false_alarm_rate <= 0.05, result.table()
    assert result.label_agreement >= 0.95, result.table()


def test_no_category_is_left_behind() -> None:
    result = score(ALL)
    assert {c: n for c, n in result.found.items() if n / result.expected[c] < 0.9} == {}
    assert len(result.expected) == 6


def test_no_affirmed_plan_is_missed() -> None:
    planned = [
        exchange
        for exchange in ALL
        for label in exchange.expected
        if label.polarity == "affirmed" and (label.severity or 0) >= Severity.METHOD
    ]
    assert len(planned) >= 10
    for exchange in planned:
        severities = [f.severity or 0 for f in assess_risk(exchange.turns) if f.is_alert]
        assert max(severities, default=0) >= Severity.METHOD, exchange.id


def test_what_only_the_therapist_says_is_never_a_finding() -> None:
    for exchange in (e for e in ALL if e.tag == "therapist only"):
        assert [f for f in assess_risk(exchange.turns) if f.is_alert] == [], exchange.id


def test_the_suite_is_large_enough_and_its_ids_are_unique() -> None:
    assert len(ALL) >= 150
    assert len({exchange.id for exchange in ALL}) == len(ALL)


def test_heads_hide_no_trigger() -> None:
    """A pattern that matches is always among the candidates that the heads choose."""
    spoken = [s.text for e in ALL for t in e.turns for s in sentences(fold(t.text))]
    hidden = [
        (concept.rule, text)
        for text in spoken
        for concept in set(LEXICON.concepts) - set(LEXICON.candidates(text))
        if concept.pattern.search(text)
    ]
    assert hidden == []


def test_rules_have_different_names() -> None:
    names = [concept.rule for concept in LEXICON.concepts]
    assert len(set(names)) == len(names)
