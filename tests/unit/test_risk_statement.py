"""The Risk section says what was found, and never a denial that nobody gave."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.risk import (
    NOTHING_FOUND,
    Polarity,
    RiskCategory,
    RiskFinding,
    mark_risks,
    read_risk,
    reconcile_risk,
    risk_statement,
)
from tests.unit.risk_suite import Exchange, load, talk

EXCHANGES = (*load("first.jsonl"), *load("second.jsonl"))


def statement(*lines: str) -> str:
    reading = read_risk(talk(*lines))
    return mark_risks(risk_statement(reading.findings, was_asked=reading.asked), reading.findings)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["P: Work is hard."], NOTHING_FOUND),
        (
            ["P: I want to take an overdose. I have a plan to kill myself."],
            "Reports active {{RED:suicidal}} thoughts with a plan ({{RED:overdose}}).",
        ),
        (["P: I wish I was dead."], "Passive {{RED:wish to be dead}} reported."),
        (["T: Any thoughts of suicide?", "P: No."], "Denies suicidal thoughts when asked."),
        (
            ["T: Any thoughts of suicide or self-harm?", "P: No."],
            "Denies suicidal thoughts and self-harm when asked.",
        ),
        (
            ["P: I tried to kill myself ten years ago."],
            "Past suicide attempt reported; no current thoughts stated.",
        ),
        (["P: My uncle killed himself."], "Risk of another person mentioned (suicide)."),
        (
            ["T: Any thoughts of suicide?", "P: My boss is awful."],
            "Asked about suicidal thoughts; no clear answer.",
        ),
        (
            ["T: Any thoughts of suicide?", "P: Passive thoughts, no plan."],
            "Passive {{RED:wish to be dead}} reported. Denies suicidal plan or intent when asked.",
        ),
        (
            ["T: Any thoughts of suicide?", "P: No.", "P: I keep thinking about killing myself."],
            "Reports active {{RED:suicidal}} thoughts. "
            "Answers about {{RED:suicidal}} thoughts varied within the session.",
        ),
    ],
)
def test_statements(lines: list[str], expected: str) -> None:
    assert statement(*lines) == expected


@pytest.mark.parametrize("lines", [["P: I would never hurt myself."], ["P: I'm not suicidal."]])
def test_what_was_not_asked_is_not_denied(lines: list[str]) -> None:
    assert "Denies" not in statement(*lines)
    assert statement(*lines).endswith("mentioned by the patient; not asked about.")


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.id)
def test_every_exchange_has_short_true_sentences(exchange: Exchange) -> None:
    reading = read_risk(exchange.turns)
    text = risk_statement(reading.findings, was_asked=reading.asked)
    assert all(len(sentence.split()) <= 14 for sentence in text.split(". "))
    if "Denies" in text:
        assert any(f.polarity is Polarity.DENIED and f.is_answer for f in reading.findings)
    if reading.findings:
        assert text != NOTHING_FOUND
    marked = mark_risks(text, reading.findings)
    assert ("{{RED:" in marked) == any(f.is_alert and has_keyword(f) for f in reading.findings)


def has_keyword(finding: RiskFinding) -> bool:
    """Return whether the design's list has a word for it."""
    if finding.category is RiskCategory.SUBSTANCE:
        return "dos" in finding.term
    return finding.category is not RiskCategory.PSYCHOSIS


def reconciled(model: str, *lines: str) -> tuple[str, bool]:
    reading = read_risk(talk(*lines))
    return reconcile_risk(model, reading.findings, was_asked=reading.asked)


def test_an_invented_denial_goes() -> None:
    assert reconciled("Denies SI/HI.", "P: Work is hard.") == (NOTHING_FOUND, False)


def test_an_invented_danger_goes() -> None:
    model = "Patient reports suicidal thoughts."
    assert reconciled(model, "T: Any suicidal thoughts?", "P: No.") == (
        "Denies suicidal thoughts when asked.",
        False,
    )


def test_a_left_out_danger_is_added() -> None:
    text, was_added = reconciled("Risk is low.", "P: I wish I was dead.")
    assert (text, was_added) == ("Passive wish to be dead reported.", True)


def test_what_agrees_stays_and_is_not_said_twice() -> None:
    model = "Patient speaks of suicidal thoughts at night."
    assert reconciled(f"{model} Sleeps four hours.", "P: I think about suicide.") == (model, False)


def test_a_graver_claim_than_was_found_goes() -> None:
    text, was_added = reconciled("Has a plan for suicide.", "P: I think about suicide.")
    assert (text, was_added) == ("Reports active suicidal thoughts.", True)


def test_a_milder_claim_does_not_stand_for_a_plan() -> None:
    model = "Reports suicidal thoughts."
    text, was_added = reconciled(model, "P: I have a plan to kill myself.")
    assert text == f"Reports active suicidal thoughts with a plan. {model}"
    assert was_added


@pytest.mark.parametrize(
    "model",
    [
        "Not discussed.",
        "No safety concerns.",
        "Patient is at low risk.",
        "Her brother is suicidal.",
        "",
    ],
)
def test_judgements_without_a_finding_go(model: str) -> None:
    assert reconciled(model, "P: Work is hard.") == (NOTHING_FOUND, False)


@pytest.mark.parametrize(
    "model",
    [
        "Suicide or self-harm is a risk.",
        "Therapist's suicide attempt, and the patient's self-harm.",
        "Suicide and self-harm were discussed.",
        "The patient is at high risk of suicide.",
        "The session was calm.",
    ],
)
@pytest.mark.parametrize(
    "lines",
    [
        ["T: Any thoughts of suicide or of hurting yourself?", "P: No, none."],
        ["P: I wish I was dead."],
        ["P: I tried to kill myself when I was seventeen."],
        ["P: My brother killed himself."],
    ],
    ids=["denied", "passive", "historical", "other"],
)
def test_a_danger_named_in_another_sense_goes(model: str, lines: list[str]) -> None:
    assert model not in reconciled(model, *lines)[0]


@pytest.mark.parametrize(
    "model",
    [
        "Suicide or self-harm is a risk.",
        "Therapist's suicide attempt, and the patient's self-harm.",
        "The suicide risk is low.",
    ],
)
def test_a_grade_or_a_danger_of_the_therapists_goes_even_where_both_were_found(model: str) -> None:
    lines = "P: Last night I tried to kill myself.", "P: I cut my arms with a razor on Monday."
    assert model not in reconciled(model, *lines)[0]


def test_a_bare_word_does_not_stand_for_a_sentence_by_rule() -> None:
    text, was_added = reconciled("Suicide.", "P: I think about suicide.")
    assert text.startswith("Reports active suicidal thoughts.")
    assert was_added


@pytest.mark.parametrize(
    ("model", "stays"),
    [
        ("A safety plan was written down with the crisis line's number.", True),
        ("The sister takes the tablets to the pharmacy today.", True),
        ("The crisis line is not needed.", False),
        ("Safety plan, as the patient may die.", False),
        ("The sister is kind.", False),
    ],
)
def test_only_safety_measures_stay_without_a_finding_of_their_own(model: str, stays: bool) -> None:
    text, _ = reconciled(model, "P: I think about suicide.")
    assert (model in text) == stays


NOTES = st.lists(
    st.sampled_from(
        [
            "Denies suicidal thoughts.",
            "Reports suicidal thoughts with a plan.",
            "Patient has a history of self-harm.",
            "No violence.",
            "Wishes to be dead.",
            "Is hearing voices.",
            "Sleeps badly.",
        ]
    ),
    max_size=4,
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(NOTES, st.sampled_from(EXCHANGES))
def test_the_section_always_agrees_with_the_findings(model: str, exchange: Exchange) -> None:
    reading = read_risk(exchange.turns)
    text, _ = reconcile_risk(model, reading.findings, was_asked=reading.asked)
    if not holds(reading.findings, Polarity.DENIED):
        assert "Denies" not in text
    if not any(f.is_alert and f.category is RiskCategory.SUICIDE for f in reading.findings):
        assert "with a plan" not in text
        assert "Wishes to be dead" not in text
    if not holds(reading.findings, Polarity.AFFIRMED, RiskCategory.PSYCHOSIS):
        assert "Is hearing voices." not in text


def holds(
    findings: tuple[RiskFinding, ...], polarity: Polarity, category: RiskCategory | None = None
) -> bool:
    return any(f.polarity is polarity and category in {None, f.category} for f in findings)
