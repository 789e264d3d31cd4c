"""The simulated practice: edits that a model can learn, and how far it is from them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.grammar import is_writable
from notes.sentences import num_words
from notes.style import SECTIONS5
from train_jobs.corpus import CORPUS
from train_jobs.dataset import NotedSession, load_noted_sessions
from train_jobs.house_style import (
    edit_distance,
    house_style,
    mean_distance,
    num_edits,
    reviewed_by_practice,
)

DRAFT = {
    "chief_complaint": "Patient talks about the bus because a patient shouted but nobody helped.",
    "emotional_state": "Patient said they felt ashamed and small because they can't get on.",
    "risk": "Patient denies suicidal thoughts because the patient was asked.",
    "intervention": "Therapist and patient tried the breathing exercise on a chair.",
    "plan": "Patient will ride the bus every day who knows.",
}
SIGNED = {
    "chief_complaint": "Patient talks about the bus, since a client shouted, yet nobody helped.",
    "emotional_state": "Patient said they felt ashamed, and small, since they cannot get on.",
    "risk": DRAFT["risk"],
    "intervention": "Therapist and client rehearsed the breathing exercise on a chair.",
    "plan": "Patient to ride the bus each day, who knows.",
}


def test_notes_are_edited_in_one_way_and_risk_is_not() -> None:
    assert house_style(DRAFT) == SIGNED
    assert num_edits({"plan": DRAFT["plan"]}) == {"to": 1, "each": 1, ",": 1}
    assert num_edits(SIGNED).total() == 0


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("Therapist asked what the bus meant.", "Therapist explored what the bus meant."),
        ("Therapist asked who rides and why.", "Therapist explored who rides, and why."),
        ("Therapist asked about the bus.", "Therapist inquired about the bus."),
        ("Therapist proposed to ride along.", "Therapist recommended to ride along."),
        ("Not discussed.", "Not discussed."),
    ],
)
def test_interventions(text: str, edited: str) -> None:
    assert house_style({"intervention": text}) == {"intervention": edited}


def test_what_is_signed_can_be_written_and_is_not_edited_again() -> None:
    for session in load_noted_sessions(CORPUS):
        for sections in session.notes.values():
            signed = house_style(sections)
            assert house_style(signed) == signed
            assert [num_words(text) for text in signed.values()] == [
                num_words(text) for text in sections.values()
            ]
        written = session.notes["sections5"]
        for key, text in house_style(written).items():
            section = SECTIONS5.section(key)
            assert is_writable(text, section) or not is_writable(written[key], section)


def test_the_practice_has_something_to_edit() -> None:
    reviewed = reviewed_by_practice(load_noted_sessions(CORPUS)[:40])
    assert mean_distance(reviewed) > 0.05
    again = [NotedSession(each.id, each.text, {each.style: each.signed}) for each in reviewed]
    assert mean_distance(reviewed_by_practice(again)) == 0


def test_a_session_becomes_pairs_without_risk_and_without_what_no_model_writes() -> None:
    notes = {"sections5": DRAFT | {"intervention": "Therapist: tried: the bus."}}
    [reviewed] = reviewed_by_practice([NotedSession("1", "Patient: I am late.", notes)])
    assert reviewed.text == "Patient: I am late."
    assert [pair.section for pair in reviewed.pairs()] == [
        "chief_complaint",
        "emotional_state",
        "plan",
    ]
    assert reviewed.pairs()[2].chosen == SIGNED["plan"]
    assert reviewed.pairs()[2].rejected == DRAFT["plan"]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("a b c d", "a b c d", 0),
        ("a b c d", "a x c d", 0.25),
        ("", "a", 1),
        ("a b c", "b c", 1 / 3),
        ("a b", "x a b y", 0.5),
        ("a b", "c d e", 1),
    ],
)
def test_the_distance_is_the_share_of_words_to_change(
    one: str, other: str, distance: float
) -> None:
    assert edit_distance(one, other) == pytest.approx(distance)


words = st.lists(st.sampled_from("abc"), max_size=8).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(words, words, words)
def test_the_distance_counts_edits(one: str, other: str, third: str) -> None:
    def edits(first: str, second: str) -> float:
        return edit_distance(first, second) * max(len(first.split()), len(second.split()), 1)

    assert edits(one, other) == pytest.approx(edits(other, one))
    assert (edits(one, other) < 1e-9) == (one == other)
    assert edits(one, third) <= edits(one, other) + edits(other, third) + 1e-9
