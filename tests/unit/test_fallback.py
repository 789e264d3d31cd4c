"""Notes and summaries made of the transcript's own sentences."""

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.fallback import extract_note, extract_summary
from notes.parsing import NOT_DISCUSSED, parse_note
from notes.risk import unmark
from notes.sentences import num_words
from notes.style import HISTORY, SECTIONS5
from notes.transcript import parse_transcript
from notes.validation import validate_note
from tests.unit.sessions import AFFIRMED, NEUTRAL, any_session, session

EXAMPLES = settings(max_examples=150, deadline=None)


@EXAMPLES
@given(st.one_of(st.text(max_size=300), any_session))
def test_any_text_gives_a_complete_note(text: str) -> None:
    transcript = parse_transcript(text)
    note = extract_note(transcript, SECTIONS5)
    assert parse_note(note.text, SECTIONS5) == note
    assert note.num_words <= 150
    assert {v.rule.value for v in validate_note(note, transcript)} <= {"too_short"}


def test_sections_hold_what_was_said_and_by_whom() -> None:
    note = extract_note(parse_transcript(session(NEUTRAL)), SECTIONS5)
    said = session(NEUTRAL)
    for key, label in (
        ("chief_complaint", "Patient: "),
        ("emotional_state", "Patient: "),
        ("intervention", "Therapist: "),
        ("plan", "Therapist: "),
    ):
        text = note.section(key).text
        assert text.startswith(label)
        assert text.removeprefix(label).split(". ")[0] in said
    assert "sleep diary" in note.section("plan").text
    assert "breathing" in note.section("intervention").text


def test_no_sentence_is_said_twice_and_questions_are_not_statements() -> None:
    note = extract_note(parse_transcript(session(NEUTRAL)), SECTIONS5)
    sentences = re.findall(r"[^.:]+\.", " ".join(section.text for section in note.sections))
    assert len(sentences) == len(set(sentences))
    assert "?" not in note.text


def test_risk_is_stated_by_rule_and_marked() -> None:
    note = extract_note(parse_transcript(session((*NEUTRAL, AFFIRMED[1]))), SECTIONS5)
    assert "{{RED:suicid" in note.section("risk").text
    assert "every night" not in note.section("chief_complaint").text


def test_an_empty_transcript_has_nothing_discussed() -> None:
    note = extract_note(parse_transcript(""), SECTIONS5)
    assert note.text.count(NOT_DISCUSSED) == 4
    assert extract_note(parse_transcript(""), HISTORY).text.count(NOT_DISCUSSED) == 6


def test_a_whole_session_takes_well_under_a_second() -> None:
    text = session(NEUTRAL * 200)
    started = time.process_time()
    extract_note(parse_transcript(text), SECTIONS5)
    extract_summary(text, 100, 250)
    assert time.process_time() - started < 2


@EXAMPLES
@given(st.one_of(st.text(max_size=400), any_session), st.integers(0, 40), st.integers(0, 60))
def test_a_summary_never_exceeds_its_words(text: str, min_words: int, more: int) -> None:
    summary = extract_summary(text, min_words, min_words + more)
    assert num_words(summary) <= min_words + more
    assert summary == extract_summary(text, min_words, min_words + more)


def test_a_summary_keeps_the_order_and_the_speakers() -> None:
    summary = extract_summary(session(NEUTRAL * 3), 20, 40)
    assert 20 <= num_words(summary) <= 40
    assert re.match(r"(Patient|Therapist): ", summary)


def test_a_short_text_is_summarized_by_itself() -> None:
    assert extract_summary("She slept badly. He called.", 10, 50) == "She slept badly. He called."


def test_risk_comes_first_in_a_summary() -> None:
    text = session((*NEUTRAL * 5, AFFIRMED[1]))
    assert "{{RED:suicide}}" in extract_summary(text, 10, 20)
    assert unmark(extract_summary(text, 10, 20)).count("suicide") == 1
