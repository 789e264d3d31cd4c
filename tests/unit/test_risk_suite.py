"""Recall and false alarms on the labelled suite (tests/data/risk/README.md)."""

import json
from pathlib import Path

import pytest

from notes.risk import (
    NOTHING_FOUND,
    Polarity,
    RiskCategory,
    Severity,
    assess_risk,
    read_risk,
    risk_statement,
)
from notes.risk.concepts import fold
from notes.risk.context import sentences
from notes.risk.triggers import LEXICON
from notes.transcript import parse_transcript
from tests.unit.risk_suite import FOLDER, Exchange, load, score

DEVELOPMENT = load("dev.jsonl")
LATER = load("held.jsonl")
BLIND = load("blind.jsonl")
UNTOUCHED = load("blind2.jsonl")
ALL = (*DEVELOPMENT, *LATER, *BLIND)
DEMO = Path(__file__).parents[2] / "scripts" / "demo"


@pytest.mark.parametrize("exchanges", [DEVELOPMENT, LATER, BLIND], ids=["dev", "held", "blind"])
def test_recall_and_false_alarms(exchanges: tuple[Exchange, ...]) -> None:
    result = score(exchanges)
    assert result.recall >= 0.95, result.table()
    assert result.false_alarm_rate <= 0.05, result.table()
    assert result.label_agreement >= 0.95, result.table()


def test_the_set_that_no_rule_was_fitted_to() -> None:
    """It is the estimate for strange wording; its recall is in the README and has no floor."""
    result = score(UNTOUCHED)
    assert (len(UNTOUCHED), result.expected.total(), result.num_calm) == (40, 24, 16)
    assert result.false_alarm_rate <= 0.15, result.table()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("exchanges-a.jsonl", 120),
        ("exchanges-b.jsonl", 150),
        ("exchanges-c.jsonl", 170),
        ("sessions-1.jsonl", 14),
        ("sessions-2.jsonl", 14),
        ("sessions-3.jsonl", 14),
    ],
)
def test_what_others_wrote_is_well_formed(name: str, count: int) -> None:
    """No rule is fitted to these yet; what the rules hear of them is in the README."""
    exchanges = load(name)
    assert len({exchange.id for exchange in exchanges}) == count
    for row in map(json.loads, (FOLDER / name).read_text("utf-8").splitlines()):
        for category, polarity, severity, turn_ids in row["expect"]:
            RiskCategory(category), Polarity(polarity)
            assert severity is None or category == "suicide"
            assert severity is None or Severity(severity)
            assert turn_ids
            assert all(1 <= turn_id <= len(row["turns"]) for turn_id in turn_ids), row["id"]


@pytest.mark.parametrize(
    ("name", "files", "heard", "false_alarms"),
    [("exchanges", "abc", (35, 184), (22, 258)), ("sessions", "123", (5, 23), (6, 20))],
)
def test_what_the_rules_hear_of_others_is_what_the_readme_says(
    name: str, files: str, heard: tuple[int, int], false_alarms: tuple[int, int]
) -> None:
    result = score([each for file in files for each in load(f"{name}-{file}.jsonl")])
    assert (result.found.total(), result.expected.total()) == heard, result.table()
    assert (result.num_false_alarms, result.num_calm) == false_alarms, result.table()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "daniel-1-divorce",
            "Passive wish to be dead reported. Denies suicidal plan or intent when asked.",
        ),
        (
            "daniel-2-pills",
            "Reports active suicidal thoughts with a plan. Passive wish to be dead reported.",
        ),
        (
            "daniel-3-safety",
            "Reports active suicidal thoughts. Passive wish to be dead reported."
            " Denies suicidal plan or intent when asked.",
        ),
        ("maya-1-panic", "Denies suicidal thoughts and self-harm when asked."),
        ("maya-2-bus", NOTHING_FOUND),
        ("maya-3-supermarket", NOTHING_FOUND),
        ("maya-4-setback", "Denies suicidal thoughts and self-harm when asked."),
        ("priya-1-thesis", NOTHING_FOUND),
        ("priya-2-family", "Denies suicidal thoughts when asked. Past self-harm reported."),
        ("tomas-1-grief", "Passive wish to be dead reported."),
        (
            "tomas-2-drinking",
            "Reports dangerous substance use. Denies self-harm when asked.",
        ),
        ("tomas-3-allotment", "Denies suicidal thoughts when asked."),
    ],
)
def test_the_demonstration_sessions(name: str, said: str) -> None:
    reading = read_risk(parse_transcript((DEMO / f"{name}.txt").read_text("utf-8")).turns)
    assert risk_statement(reading.findings, was_asked=reading.asked) == said


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
        is_known_miss = exchange.id == "b-19"  # a loaded gun, nowhere said what for
        assert is_known_miss or max(severities, default=0) >= Severity.METHOD, exchange.id


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
