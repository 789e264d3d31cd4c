"""A course of treatment as one summary: what the model reads of it, and what is told by rule."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.facts import SessionFacts, SessionSource, newest_first, read_session
from notes.fallback import extract_note
from notes.history import MAX_IN_FULL, compose_history, history_documents
from notes.key_points import MAX_KEY_POINTS
from notes.open_risks import open_risks
from notes.parsing import NOT_DISCUSSED
from notes.risk.statement import NOT_ASSESSED
from notes.style import HISTORY, SECTIONS5
from notes.transcript import parse_transcript
from tests.unit.sessions import AFFIRMED, DENIED, NEUTRAL, any_session, garbage, session

EXAMPLES = settings(max_examples=100, deadline=None)
NOTE = (
    "**Chief Complaint:** Patient reports poor sleep.\n**Emotional State:** Patient feels tense.\n"
    "**Risk:** Denies suicidal thoughts when asked.\n**Intervention:** Not discussed.\n"
    "**Plan:** Patient will keep a diary."
)
TITLE = re.compile(r"^Session (\d+) \([\d-]+\)(?:, part (\d+) of \d+)?:$", re.M)


def count_words(text: str) -> int:
    return len(text.split())


def source(number: int, text: str = NOTE, *, signed: bool = False, said: str = "") -> SessionFacts:
    """Return a session with a note, `said` in its transcript; its text is there for the model."""
    day = dt.date(2026, 1, 1) + dt.timedelta(weeks=number)
    kept = SessionSource(number, day, text, is_note=True, is_signed=signed, transcript=said)
    return replace(read_session(kept), text=text)


def spoken(number: int, text: str) -> SessionFacts:
    """Return a session that has only a transcript."""
    day = dt.date(2026, 1, 1) + dt.timedelta(weeks=number)
    return replace(read_session(SessionSource(number, day, text, is_note=False)), text=text)


def note(**sections: str) -> str:
    """Return the usual note with other words in some sections."""
    parts = {s.key: s.heading for s in SECTIONS5.sections}
    text = NOTE
    for key, words in sections.items():
        text = re.sub(rf"(\*\*{parts[key]}:\*\*) .*", rf"\1 {words}", text)
    return text


def urgent(number: int) -> SessionFacts:
    written = extract_note(parse_transcript(session((*NEUTRAL, AFFIRMED[1]))), SECTIONS5)
    return source(number, written.text)


def section(sessions: Sequence[SessionFacts], key: str) -> str:
    return compose_history(sessions, []).draft.section(key).text


# What the model reads


def test_the_newest_session_is_read_first_and_in_full() -> None:
    read = history_documents([source(1), source(3), source(2)], 1000, count_words)
    assert [number for number, _ in TITLE.findall(read.documents[0])] == ["3", "2", "1"]
    assert (len(read.documents), read.num_read, read.num_in_full) == (1, 3, 3)
    assert "**" not in read.documents[0]


def test_the_newest_is_that_of_the_latest_date_whatever_its_number() -> None:
    late = replace(source(1, note(chief_complaint="A relapse.")), date=dt.date(2027, 1, 1))
    sessions = [source(2), source(3), late]
    (document,) = history_documents(sessions, 1000, count_words).documents
    assert [number for number, _ in TITLE.findall(document)] == ["1", "3", "2"]
    assert section(sessions, "latest_session") == "A relapse."
    assert section(sessions, "risk").startswith("Session 1 (2027-01-01):")
    assert compose_history(sessions, []).key_points[0].startswith("Session 1:")


def test_what_is_read_does_not_grow_with_the_number_of_sessions() -> None:
    course = [replace(source(number), text="") for number in range(1, 201)]
    course[-1] = replace(course[-1], text=session(NEUTRAL))
    read = history_documents(course, 500, count_words)
    assert len(read.documents) == 1
    assert count_words(read.documents[0]) <= 500
    numbers = [int(number) for number, _ in TITLE.findall(read.documents[0])]
    assert read.num_read == len(numbers) < 200
    assert (read.num_in_full, numbers[0], numbers[-1]) == (1, 200, 1)
    gaps = [a - b for a, b in pairwise(numbers[1:])]
    assert max(gaps) - min(gaps) <= 1  # spread over the whole course


def test_only_the_latest_sessions_are_read_in_full() -> None:
    long = session(NEUTRAL * 2)
    course = [spoken(number, long) for number in range(1, 7)]
    read = history_documents(course, 2000, count_words)
    assert (read.num_read, read.num_in_full) == (6, MAX_IN_FULL)
    assert read.documents[0].count(long) == MAX_IN_FULL


def test_a_long_newest_session_leaves_the_others_a_document_of_their_own() -> None:
    course = [source(number) for number in range(1, 30)]
    course.append(spoken(30, session(NEUTRAL * 9)))
    *parts, last = history_documents(course, 200, count_words).documents
    assert len(parts) > 1
    assert last.startswith(f"{course[-1].title}:\nChief Complaint: ")
    assert count_words(last) > 150
    assert TITLE.findall(last)[-1] == ("1", "")


def test_what_does_not_fit_in_full_stands_with_its_facts() -> None:
    course = [spoken(1, session(NEUTRAL * 9)), source(2)]
    read = history_documents(course, 200, count_words)
    assert (read.num_read, read.num_in_full) == (2, 1)
    assert "Session 1 (2026-01-08):\nChief Complaint: " in read.documents[0]


@EXAMPLES
@given(st.lists(st.text(max_size=300), min_size=1, max_size=6), st.integers(12, 120))
def test_documents_fit_and_lose_no_word_of_the_newest(texts: list[str], max_tokens: int) -> None:
    plain = [re.sub(r"[{}]{2,}", "", text) for text in texts]  # marks are for readers
    read = history_documents(
        [spoken(number, text) for number, text in enumerate(plain, 1)], max_tokens, count_words
    )
    assert all(count_words(document) <= max_tokens for document in read.documents)
    told = plain[-1].replace("**", "").split()
    assert TITLE.sub("", "\n".join(read.documents)).split()[: len(told)] == told


def test_a_newest_session_that_is_too_long_is_divided_at_its_lines() -> None:
    text = session(NEUTRAL * 3)
    documents = history_documents([spoken(1, text)], 60, count_words).documents
    assert len(documents) > 1
    assert documents[0].startswith(f"Session 1 (2026-01-08), part 1 of {len(documents)}:\n")
    assert all(line in text for document in documents for line in document.splitlines()[1:])


@pytest.mark.parametrize("text", ["x" * 5000, "no end to this sentence " * 400])
def test_text_without_a_place_to_divide_still_fits(text: str) -> None:
    documents = history_documents([spoken(1, text)], 200, len).documents
    assert all(len(document) <= 200 for document in documents)
    assert sum(document.count("x") for document in documents) == text.count("x")


def test_marks_are_not_for_the_model() -> None:
    assert "{{RED" not in history_documents([urgent(1)], 1000, count_words).documents[0]


# What the model says


def test_answers_stand_where_a_session_bears_them_out() -> None:
    said = session((*NEUTRAL, "Patient: I was tired after a bad week, and my brother visited."))
    texts = [
        {
            "latest_session": "Patient came in tired after a bad week.",
            "progress": "The patient has bought a sailing boat in Portugal.",
            "intervention": "The therapist used a breathing exercise.",
            "plan": "The patient will move to another country.",
        }
    ]
    summary = compose_history([source(1), spoken(2, said)], texts)
    assert summary.draft.section("latest_session").text == texts[0]["latest_session"]
    assert summary.draft.section("intervention").text == texts[0]["intervention"]
    assert "boat" not in summary.text
    assert "country" not in summary.text
    assert summary.num_unsupported == 1


def test_the_latest_session_is_told_from_its_own_words() -> None:
    texts = [{"latest_session": "The latest session was about poor sleep."}]
    assert (
        "poor sleep"
        not in compose_history(
            [source(1), source(2, note(chief_complaint="Patient had a panic attack."))], texts
        )
        .draft.section("latest_session")
        .text.casefold()
    )


def test_without_the_model_the_sessions_speak_for_themselves() -> None:
    newest = note(chief_complaint="Patient reports a panic attack.", emotional_state="She cries.")
    course = [source(1, note(intervention="Breathing exercise.")), source(2, newest)]
    assert section(course, "latest_session") == "Patient reports a panic attack."
    assert section(course, "emotional_course") == (
        "Session 1: Patient feels tense. Session 2: She cries."
    )
    assert section(course, "intervention") == "Session 1: Breathing exercise."
    assert section(course, "progress") == NOT_DISCUSSED


def test_progress_is_what_was_said_of_a_change() -> None:
    course = [source(1), source(2, note(emotional_state="Patient feels calmer."))]
    assert section(course, "progress") == "Session 2: Patient feels calmer."


# Risk over time


def test_risk_is_that_of_the_sessions_whatever_the_model_says() -> None:
    texts = [{"risk": "Patient denies everything."}]
    summary = compose_history([urgent(1), source(2)], texts)
    risk = summary.draft.section("risk").text
    assert risk.startswith("Session 2 (2026-01-15): Denies suicidal thoughts when asked.")
    assert "Session 1 (2026-01-08):" in risk
    assert "Denied when asked in Session 2 (2026-01-15)." in risk
    assert risk.count("{{RED:") == 1
    assert "everything" not in summary.text


def test_a_danger_that_nobody_spoke_of_again_stays_open() -> None:
    course = [urgent(1), source(2, note(risk=NOT_DISCUSSED)), source(3, note(risk=NOT_DISCUSSED))]
    assert "Not mentioned since." in section(course, "risk")


def test_what_was_not_read_is_not_said_to_be_silent() -> None:
    course = [urgent(1), source(2, note(risk=NOT_ASSESSED))]
    assert "Not mentioned since, in what is in English." in section(course, "risk")


@pytest.mark.parametrize(
    ("later", "since"),
    [
        ("Denies suicidal thoughts when asked.", "Denied when asked in Session 2 (2026-01-15)."),
        ("Denies SI.", "Last mentioned in Session 2 (2026-01-15); no denial when asked since."),
        (
            "Denies suicidal plan or intent when asked.",
            "Last mentioned in Session 2 (2026-01-15); no denial when asked since.",
        ),
        ("Denies self-harm when asked.", "Not mentioned since."),
        ("Risk of another person mentioned (suicide).", "Not mentioned since."),
    ],
)
def test_what_later_sessions_hold_of_a_danger(later: str, since: str) -> None:
    course = [urgent(1), source(2, note(risk=later)), source(3, note(risk=NOT_DISCUSSED))]
    assert since in section(course, "risk")


def test_a_denial_in_a_transcript_counts_where_somebody_asked() -> None:
    course = [urgent(1), spoken(2, session((*NEUTRAL, DENIED[0])))]
    assert "Denied when asked in Session 2" in section(course, "risk")
    unasked = [urgent(1), spoken(2, session((*NEUTRAL, "Patient: I am not suicidal.")))]
    assert "Denied when asked" not in section(unasked, "risk")


def test_a_danger_that_the_newest_sessions_line_leaves_out_is_told_too() -> None:
    risk = "Seen. " * 60 + "Suicidal with a plan."
    told = section([source(1), source(2, note(risk=risk))], "risk")
    assert "Session 2 (2026-01-15): {{RED:Suicidal}} with a plan." in told


def test_a_denial_before_the_danger_says_nothing_of_it() -> None:
    course = [source(1), urgent(2), source(3, note(risk=NOT_DISCUSSED))]
    assert "Denied when asked" not in section(course, "risk")


@pytest.mark.parametrize(
    ("written", "is_urgent"),
    [
        ("Seen today. Pt suicidal, wrote a letter. Called her sister.", True),
        (note(risk="Suicidal with a plan."), True),
        (note(risk="Past suicide attempt."), False),
        ("Seen today. No suicidal ideation. Brother died by suicide years ago.", False),
    ],
)
def test_what_a_therapist_wrote_of_danger_is_urgent_too(written: str, is_urgent: bool) -> None:
    assert ("{{RED:" in section([source(1, written)], "risk")) == is_urgent


@pytest.mark.parametrize("count", [2, 19, 200])
def test_no_urgent_session_goes_unnamed(count: int) -> None:
    risk = section([urgent(number) for number in range(1, count + 1)], "risk")
    named = {int(number) for number in re.findall(r"\b(\d+)\b(?! to)", risk)}
    for first, last in re.findall(r"(\d+) to (\d+)", risk):
        named |= set(range(int(first), int(last) + 1))
    assert named >= set(range(1, count + 1))


def test_where_there_are_too_many_to_name_their_number_is_told() -> None:
    course = [urgent(n) if n % 2 else source(n) for n in range(1, 101)]
    assert "49 sessions, the first 1, the last 97" in section(course, "risk")


# The plan


def test_the_last_signed_plan_is_carried_forward() -> None:
    course = [
        source(1, note(plan="Patient will walk to the river."), signed=True),
        source(2, signed=True),
        source(3, note(plan="Patient will call the school."), said="Patient: I kept my diary."),
        source(4, note(plan=NOT_DISCUSSED)),
    ]
    assert section(course, "plan") == (
        "Session 2 (2026-01-15), signed: Patient will keep a diary. "
        "Last mentioned in Session 3 (2026-01-22). "
        "Session 3 (2026-01-22): Patient will call the school. Not mentioned since."
    )


def test_each_part_of_a_plan_is_followed_by_itself() -> None:
    plan = note(plan="Patient will keep a diary. Patient will call the school.")
    course = [source(1, plan, signed=True), source(2, note(plan=NOT_DISCUSSED), said="The diary.")]
    assert section(course, "plan") == (
        "Session 1 (2026-01-08), signed: Patient will keep a diary. "
        "Last mentioned in Session 2 (2026-01-15). Patient will call the school. "
        "Not mentioned since."
    )


def test_a_plan_of_words_that_stand_in_any_plan_is_not_followed() -> None:
    course = [source(1, note(plan="Meet again next week.")), source(2, note(plan=NOT_DISCUSSED))]
    assert section(course, "plan") == "Session 1 (2026-01-08): Meet again next week."


# Themes and key points


def test_themes_are_the_words_that_recur() -> None:
    course = [
        source(1, note(chief_complaint="Patient sleeps badly since the divorce.")),
        source(2, note(chief_complaint="Patient reports little sleep.")),
        source(3, note(chief_complaint="Patient speaks of the divorce and of sleep.")),
    ]
    themes = compose_history(course, [{"themes": "The sessions come back to the divorce."}])
    assert themes.draft.section("themes").text == (
        "Most often: sleep (in 3 of 3 sessions), tense (3), divorce (2). "
        "The sessions come back to the divorce."
    )


def test_key_points_are_facts_with_their_session_newest_first() -> None:
    first = note(plan="Patient will call the school.", chief_complaint="Patient lost her job.")
    assert compose_history([source(1, first), source(2, signed=True)], []).key_points == (
        "Session 2: Patient reports poor sleep.",
        "Session 2: Denies suicidal thoughts when asked.",
        "Session 2: Signed plan: Patient will keep a diary.",
        "Session 1: Patient lost her job.",
        "Session 1: Denies suicidal thoughts when asked.",
        "Session 1: Plan: Patient will call the school.",
    )


def test_the_most_telling_facts_of_a_long_course_are_kept() -> None:
    course = [
        source(number, note(chief_complaint=f"Patient spoke of day {number}."))
        for number in range(1, 201)
    ]
    course[49] = urgent(50)
    course[119] = source(120, note(plan="Patient will call the school."), signed=True)
    points = compose_history(course, []).key_points
    assert len(points) == MAX_KEY_POINTS
    assert "Session 50: Reports active {{RED:suicidal}} thoughts." in points
    assert "Session 200: Denies suicidal thoughts when asked." in points
    assert "Session 120: Signed plan: Patient will call the school." in points
    assert points == compose_history(course[::-1], []).key_points


def test_key_points_of_transcripts_are_what_was_said() -> None:
    points = compose_history([spoken(1, session(NEUTRAL))], []).key_points
    assert points[0].startswith("Session 1: Patient: ")
    assert not any("risk" in point.casefold() for point in points)


# Any course


courses = st.lists(
    st.tuples(any_session, st.sampled_from(("signed", "note", "said"))), max_size=8
).map(
    lambda pairs: [
        spoken(number, text)
        if kind == "said"
        else source(
            number, extract_note(parse_transcript(text)).text, signed=kind == "signed", said=text
        )
        for number, (text, kind) in enumerate(pairs, start=1)
    ]
)
model_texts = st.lists(
    st.dictionaries(st.sampled_from([s.key for s in HISTORY.sections]), garbage), max_size=3
)


@EXAMPLES
@given(courses, model_texts)
def test_every_summary_keeps_its_form_and_its_bounds(
    course: list[SessionFacts], texts: list[dict[str, str]]
) -> None:
    summary = compose_history(course, texts)
    assert [s.key for s in summary.draft.sections] == [s.key for s in HISTORY.sections]
    assert not {"sections", "too_long", "broken_mark"} & {v.rule.value for v in summary.violations}
    assert len(summary.key_points) <= MAX_KEY_POINTS
    assert all(re.match(r"Session \d+: \S", point) for point in summary.key_points)


@EXAMPLES
@given(courses)
def test_no_danger_goes_untold(course: list[SessionFacts]) -> None:
    risk = section(course, "risk")
    for danger in open_risks(newest_first(course)):
        assert danger.last.title in risk
    assert ("{{RED:" not in risk) or any(open_risks(newest_first(course)))


@pytest.mark.parametrize("course", [[], [source(1, "")], [source(1, "Saw her. Fine.")]])
def test_little_to_go_by_is_still_a_summary(course: Sequence[SessionFacts]) -> None:
    summary = compose_history(course, [{}])
    assert [s.key for s in summary.draft.sections] == [s.key for s in HISTORY.sections]
