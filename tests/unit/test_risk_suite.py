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
from train_jobs.evaluation.exchanges import load_folder

FIRST = load("first.jsonl")
SECOND = load("second.jsonl")
THIRD = load("third.jsonl")
ALL = (*FIRST, *SECOND, *THIRD)
DEMO = Path(__file__).parents[2] / "scripts" / "demo"


@pytest.mark.parametrize("exchanges", [FIRST, SECOND, THIRD], ids=["first", "second", "third"])
def test_recall_and_false_alarms(exchanges: tuple[Exchange, ...]) -> None:
    result = score(exchanges)
    assert result.recall >= 0.95, result.table()
    assert result.false_alarm_rate <= 0.05, result.table()
    assert result.label_agreement >= 0.95, result.table()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("exchanges-a.jsonl", 60),
        ("exchanges-b.jsonl", 75),
        ("exchanges-c.jsonl", 85),
        ("extra-1.jsonl", 260),
        ("extra-2.jsonl", 260),
        ("extra-3.jsonl", 260),
        ("extra-4.jsonl", 260),
        ("sessions-1.jsonl", 7),
        ("sessions-2.jsonl", 7),
        ("sessions-3.jsonl", 7),
    ],
)
def test_what_others_wrote_is_well_formed(name: str, count: int) -> None:
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
    ("name", "files", "recall"), [("exchanges", "abc", 0.85), ("extra", "1234", 0.65)]
)
def test_what_the_rules_hear_of_others(name: str, files: str, recall: float) -> None:
    """The rules were widened by these: a floor against losing ground, no estimate."""
    result = score([each for file in files for each in load(f"{name}-{file}.jsonl")])
    assert result.recall >= recall, result.table()
    assert result.false_alarm_rate <= 0.08, result.table()


def test_the_test_half() -> None:
    """Nobody looked at it while the rules were widened; the targets, .97 and .05, are missed."""
    exchanges = load_folder(FOLDER.parent / "test")
    assert len(exchanges) == 281
    result = score(exchanges)
    assert result.recall >= 0.44, result.table()
    assert result.false_alarm_shares()["all"].value <= 0.18, result.table()


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
