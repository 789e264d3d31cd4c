"""Who said what of whom, when, and with what answer."""

import json
import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.risk import (
    Polarity,
    RiskCategory,
    RiskFinding,
    Severity,
    asked_about,
    assess_risk,
    read_risk,
)
from notes.risk.answers import Answer, classify
from notes.risk.concepts import fold
from notes.transcript import Speaker, Turn
from tests.unit.risk_suite import load, talk


def found(*lines: str) -> set[tuple[str, str]]:
    return {(f.category.value, f.polarity.value) for f in assess_risk(talk(*lines))}


@pytest.mark.parametrize(
    ("said", "sense"),
    [
        ("I think about suicide.", "affirmed"),
        ("I wish I were dead.", "passive"),
        ("I am not suicidal.", "denied"),
        ("I was suicidal in college, years ago.", "historical"),
        ("My uncle is suicidal.", "other_person"),
        ("If I ever felt suicidal I would call you.", "hypothetical"),
    ],
)
def test_six_senses(said: str, sense: str) -> None:
    assert found(f"P: {said}") == {("suicide", sense)}


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("I wish I were dead.", Severity.WISH),
        ("I think about killing myself.", Severity.ACTIVE),
        ("I think about hanging myself.", Severity.METHOD),
        ("I am going to kill myself.", Severity.INTENT),
        ("I have a plan to kill myself.", Severity.PLAN),
        ("I tried to kill myself yesterday.", Severity.BEHAVIOUR),
    ],
)
def test_six_rungs_of_the_ladder(said: str, severity: Severity) -> None:
    assert {f.severity for f in assess_risk(talk(f"P: {said}"))} == {severity}


def test_question_and_answer_are_read_together() -> None:
    (finding,) = assess_risk(talk("T: Any thoughts of suicide?", "P: Sometimes. At night."))
    assert finding.turn_ids == (1, 2)
    assert finding.is_answer
    assert finding.is_alert
    assert finding.term == "suicide"


def test_the_quote_is_the_patients_own() -> None:
    turns = talk("T: How are you?", "P: Bad. I wish I was dead. Work is hard.")
    (finding,) = assess_risk(turns)
    quote = turns[finding.turn_ids[-1] - 1].text[finding.quote_start : finding.quote_end]
    assert quote == "I wish I was dead."


def test_an_unanswered_question_is_remembered() -> None:
    turns = talk("T: Any thoughts of suicide?", "P: My boss is awful.")
    assert assess_risk(turns) == ()
    assert asked_about(turns) == {RiskCategory.SUICIDE}


def test_no_plan_is_no_denial_of_thoughts() -> None:
    turns = talk("T: Any suicidal ideation?", "P: Fleeting, no plan or intent.")
    polarity = {f.polarity: f.severity for f in assess_risk(turns)}
    assert polarity[Polarity.AFFIRMED] is Severity.ACTIVE
    assert polarity[Polarity.DENIED] is Severity.PLAN


def test_a_plan_counts_only_while_suicide_is_the_topic() -> None:
    plan = "T: Do you have a plan?", "P: Yes, I do."
    assert found(*plan) == set()
    asked = "T: Are you suicidal?", "P: Yes."
    assert [f.severity for f in assess_risk(talk(*asked, *plan))] == [
        Severity.ACTIVE,
        Severity.PLAN,
    ]


def test_a_denial_ends_the_topic() -> None:
    denied = "T: Are you suicidal?", "P: No."
    assert found(*denied, "P: I feel better with a plan.") == {("suicide", "denied")}


def test_another_person_in_the_room_is_not_the_patient() -> None:
    assert found("O: I want to kill myself over this bill.") == set()


def test_without_labels_the_first_person_counts() -> None:
    assert found("U: I think about suicide.") == {("suicide", "affirmed")}
    assert found("U: Suicide is a public health problem.") == set()
    assert found("U: Any thoughts of suicide? No.") == {("suicide", "denied")}


def test_who_cannot_stay_safe_is_in_danger() -> None:
    question = "T: Can you stay safe until Monday?"
    assert found(question, "P: No.") == {("suicide", "affirmed")}
    assert found(question, "P: Yes, I can.") == set()
    assert found("P: I can keep myself safe tonight.") == set()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("No.", Answer.NO),
        ("No, not this week.", Answer.NO),
        ("Yeah, no.", Answer.NO),
        ("Not that I know of", Answer.NO),
        ("Sometimes.", Answer.YES),
        ("Yeah, I guess.", Answer.YES),
        ("No. Well, sometimes.", Answer.YES),
        ("I wouldn't say no.", Answer.YES),
        ("Not anymore.", Answer.NO_LONGER),
        ("What do you mean?", Answer.UNCLEAR),
        ("I don't want to talk about it.", Answer.UNCLEAR),
        ("No one would miss me.", Answer.UNCLEAR),
        ("Um...", Answer.FILLER),
        ("", Answer.FILLER),
    ],
)
def test_answers(said: str, answer: Answer) -> None:
    assert classify(fold(said)) is answer


def test_findings_are_plain_values() -> None:
    (finding,) = assess_risk(talk("P: I took an overdose last night."))
    assert json.loads(json.dumps(finding.to_dict())) == finding.to_dict()
    assert pickle.loads(pickle.dumps(finding)) == finding


SPEAKING = st.sampled_from(Speaker)
PHRASES = st.sampled_from([t.text for e in load("first.jsonl") for t in e.turns])
SPOKEN = st.one_of(st.text(max_size=200), PHRASES, st.lists(PHRASES, max_size=3).map(" ".join))


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Turn, ...]:
    said = draw(st.lists(st.tuples(SPEAKING, SPOKEN), max_size=6))
    return tuple(Turn(i, who, text, 0, len(text)) for i, (who, text) in enumerate(said, start=1))


@settings(max_examples=200, deadline=None)
@given(sessions())
def test_any_session_is_read_the_same_way_twice(turns: tuple[Turn, ...]) -> None:
    reading = read_risk(turns)
    assert reading == read_risk(turns)
    by_id = {turn.id: turn for turn in turns}
    for finding in reading.findings:
        assert_points_at_speech(finding, by_id)


def assert_points_at_speech(finding: RiskFinding, by_id: dict[int, Turn]) -> None:
    last = by_id[finding.turn_ids[-1]]
    assert last.speaker in {Speaker.PATIENT, Speaker.UNKNOWN}
    assert 0 <= finding.quote_start < finding.quote_end <= len(last.text)
    assert finding.term


@settings(max_examples=100, deadline=None)
@given(st.lists(SPOKEN, max_size=6))
def test_a_therapist_alone_gives_no_finding(said: list[str]) -> None:
    turns = tuple(Turn(i, Speaker.THERAPIST, text, 0, 0) for i, text in enumerate(said))
    assert assess_risk(turns) == ()


def test_time_is_linear() -> None:
    """Four times the words take about four times as long, also without full stops."""
    for words in ("I want to kill myself ", "so I said fine. ", "afraid" + "-" * 40 + " hurt "):
        short, long = (seconds_for(words * (n // len(words))) for n in (10_000, 40_000))
        assert long < 10 * short + 0.05


def seconds_for(text: str) -> float:
    turns = (Turn(1, Speaker.PATIENT, text, 0, len(text)),)
    return min(timed(turns) for _ in range(3))


def timed(turns: tuple[Turn, ...]) -> float:
    started = time.process_time()
    assess_risk(turns)
    return time.process_time() - started


@pytest.mark.parametrize(
    "said",
    [
        "If I wasn't here they would manage.",
        "I should have died in that crash.",
        "I don't deserve to live.",
        "I'm just waiting to die.",
        "I'm worth more dead.",
        "I had the rifle against my head.",
    ],
)
def test_what_the_heads_of_a_concept_once_hid_is_found(said: str) -> None:
    assert found(f"P: {said}") & {("suicide", "affirmed"), ("suicide", "passive")}


@pytest.mark.parametrize(
    ("lines", "polarity"),
    [
        (("T: People sometimes want to be dead. Has that been there?", "P: Yes."), "passive"),
        (("T: Some people think of suicide, and I say so openly.", "P: Yes."), None),
        (("T: Any thoughts of suicide?", "P: No. Well, actually, yes."), "affirmed"),
        (("T: Any thoughts of suicide?", "P: They've gone."), "denied"),
        (("T: Any thoughts of suicide?", "P: Less. It comes and goes."), "affirmed"),
    ],
)
def test_questions_in_several_sentences_and_answers_that_turn(
    lines: tuple[str, ...], polarity: str | None
) -> None:
    expected = set() if polarity is None else {polarity}
    assert {sense for _, sense in found(*lines)} == expected
