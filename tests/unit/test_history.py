"""Summaries of all of a patient's sessions."""

import datetime as dt
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.fallback import extract_note
from notes.history import SessionSource, compose_history, history_documents
from notes.parsing import NOT_DISCUSSED
from notes.style import HISTORY, SECTIONS5
from notes.transcript import parse_transcript
from tests.unit.sessions import AFFIRMED, DENIED, NEUTRAL, session

EXAMPLES = settings(max_examples=150, deadline=None)
NOTE = (
    "**Chief Complaint:** Patient reports poor sleep.\n**Emotional State:** Patient feels tense.\n"
    "**Risk:** Denies suicidal thoughts when asked.\n**Intervention:** Not discussed.\n"
    "**Plan:** Patient will keep a diary."
)


def count_words(text: str) -> int:
    return len(text.split())


def source(number: int, text: str = NOTE, *, is_note: bool = True) -> SessionSource:
    return SessionSource(number, dt.date(2026, 1, number), text, is_note)


def urgent(number: int) -> SessionSource:
    note = extract_note(parse_transcript(session((*NEUTRAL, AFFIRMED[1]))), SECTIONS5)
    return source(number, note.text)


# Documents


@EXAMPLES
@given(st.lists(st.text(max_size=300), max_size=6), st.integers(12, 120))
def test_documents_fit_and_lose_no_word(texts: list[str], max_tokens: int) -> None:
    sources = [
        source(number, re.sub(r"[{}]{2,}", "", text), is_note=False)  # marks are for readers
        for number, text in enumerate(texts, 1)
    ]
    documents = history_documents(sources, max_tokens, count_words)
    assert all(count_words(document) <= max_tokens for document in documents)
    title = r"^Session \d+ \([\d-]+\)(?:, part \d+ of \d+)?:$"
    read = re.sub(title, "", "\n".join(documents), flags=re.M).split()
    written = [
        s.text.replace("**", "").split() or ["Nothing", "was", "written", "down."] for s in sources
    ]
    assert read == [word for words in reversed(written) for word in words]


def test_sessions_stand_newest_first_and_together_where_they_fit() -> None:
    documents = history_documents([source(1), source(3), source(2)], 1000, count_words)
    assert len(documents) == 1
    assert re.findall(r"^Session \d \(2026-01-0\d\):$", documents[0], re.M) == [
        "Session 3 (2026-01-03):",
        "Session 2 (2026-01-02):",
        "Session 1 (2026-01-01):",
    ]
    assert "**" not in documents[0]


def test_the_newest_is_that_of_the_latest_date_whatever_its_number() -> None:
    late = SessionSource(1, dt.date(2026, 2, 1), NOTE.replace("poor sleep", "a relapse"), True)
    same_day = [SessionSource(number, dt.date(2026, 1, 9), NOTE, True) for number in (2, 3)]
    sources = [*same_day, late]
    (document,) = history_documents(sources, 1000, count_words)
    assert re.findall(r"^Session (\d)", document, re.M) == ["1", "3", "2"]
    summary = compose_history(sources, [])
    assert summary.draft.section("latest_session").text == "Patient reports a relapse."
    assert summary.draft.section("risk").text.startswith("Session 1 (2026-02-01):")
    assert summary.key_points[0].startswith("Session 1 (2026-02-01)")


def test_a_session_that_is_too_long_is_divided_at_its_lines() -> None:
    text = session(NEUTRAL * 3)
    documents = history_documents([source(1, text, is_note=False)], 60, count_words)
    assert len(documents) > 1
    assert documents[0].startswith(f"Session 1 (2026-01-01), part 1 of {len(documents)}:\n")
    assert all(line in text for document in documents for line in document.splitlines()[1:])


@pytest.mark.parametrize("text", ["x" * 5000, "no end to this sentence " * 400])
def test_text_without_a_place_to_divide_still_fits(text: str) -> None:
    documents = history_documents([source(1, text)], 200, len)
    assert all(len(document) <= 200 for document in documents)
    assert sum(document.count("x") for document in documents) == text.count("x")


def test_marks_are_not_for_the_model() -> None:
    assert "{{RED" not in history_documents([urgent(1)], 1000, count_words)[0]


# The summary


def test_answers_of_all_documents_become_one_summary() -> None:
    texts = [
        {"latest_session": "Patient came in tired after a bad week.", "themes": "Poor sleep."},
        {"latest_session": "An older session.", "themes": "Trouble at work.", "plan": "Walks."},
    ]
    summary = compose_history([source(1), source(2)], texts)
    assert summary.draft.section("latest_session").text == texts[0]["latest_session"]
    assert summary.draft.section("themes").text == "Trouble at work. Poor sleep."
    assert summary.draft.section("plan").text == "Walks."
    assert summary.draft.section("progress").text == NOT_DISCUSSED
    assert (summary.num_sessions, summary.num_documents) == (2, 2)


def test_without_the_model_the_notes_speak_for_themselves() -> None:
    newest = NOTE.replace("poor sleep", "a panic attack")
    summary = compose_history([source(1), source(2, newest)], [])
    assert summary.draft.section("latest_session").text == "Patient reports a panic attack."
    assert summary.draft.section("themes").text == (
        "Patient reports poor sleep. Patient reports a panic attack."
    )
    assert summary.draft.section("plan").text == "Patient will keep a diary."


def test_risk_is_that_of_the_sessions_whatever_the_model_says() -> None:
    texts = [{"risk": "Patient denies everything."}]
    summary = compose_history([urgent(1), source(2)], texts)
    risk = summary.draft.section("risk").text
    assert risk.startswith("Session 2 (2026-01-02): Denies suicidal thoughts when asked.")
    assert "Session 1 (2026-01-01):" in risk
    assert risk.count("{{RED:") == 1
    assert "everything" not in summary.text


@pytest.mark.parametrize(
    ("note", "is_urgent"),
    [
        ("Seen today. Pt suicidal, wrote a letter. Called her sister.", True),
        (NOTE.replace("Denies suicidal thoughts when asked.", "Suicidal with a plan."), True),
        (NOTE.replace("Denies suicidal thoughts when asked.", "Past suicide attempt."), False),
        ("Seen today. No suicidal ideation. Brother died by suicide years ago.", False),
    ],
)
def test_what_a_therapist_wrote_of_danger_is_urgent_too(note: str, is_urgent: bool) -> None:
    summary = compose_history([source(1, note)], [])
    assert ("{{RED:" in summary.draft.section("risk").text) == is_urgent


def test_no_urgent_session_goes_unnamed_for_want_of_room() -> None:
    summary = compose_history([urgent(number) for number in range(1, 20)], [])
    risk = summary.draft.section("risk").text
    assert [n for n in range(1, 20) if not re.search(rf"\b{n}\b", risk)] == []


def test_key_points_are_facts_with_their_session_newest_first() -> None:
    assert compose_history([source(1), source(2)], []).key_points == tuple(
        f"Session {number} (2026-01-0{number}), {fact}"
        for number in (2, 1)
        for fact in (
            "Chief Complaint: Patient reports poor sleep.",
            "Risk: Denies suicidal thoughts when asked.",
            "Plan: Patient will keep a diary.",
        )
    )


def test_key_points_of_transcripts_are_what_was_said() -> None:
    calm = source(1, session(NEUTRAL), is_note=False)
    points = compose_history([calm], []).key_points
    assert points[0].startswith("Session 1 (2026-01-01), Chief Complaint: Patient: ")
    assert not any("Risk" in point for point in points)
    asked = source(1, session((*NEUTRAL, *DENIED)), is_note=False)
    assert any("Risk" in point for point in compose_history([asked], []).key_points)


@pytest.mark.parametrize("sources", [[], [source(1, "")], [source(1, "Saw her. Fine.")]])
def test_little_to_go_by_is_still_a_summary(sources: Sequence[SessionSource]) -> None:
    summary = compose_history(sources, [{}])
    assert [s.key for s in summary.draft.sections] == [s.key for s in HISTORY.sections]
