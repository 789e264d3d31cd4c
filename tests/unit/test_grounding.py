"""What in a session bears a sentence of its note out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.evidence import read_evidence, support
from notes.grounding import WINDOW_TURNS, Grounding, ground_note
from notes.lexemes import is_near, stem
from notes.parsing import parse_note
from notes.risk import read_risk
from notes.style import SECTIONS5
from notes.transcript import parse_transcript
from tests.unit.sessions import AFFIRMED, NEUTRAL, any_session, session

SESSION = parse_transcript(
    "Therapist: How have you been sleeping?\n"
    "Patient: Badly. I wake at three and worry about the mortgage until it gets light.\n"
    "Therapist: Any alcohol in the evening?\n"
    "Patient: No, none since August.\n"
    "Therapist: Shall we try a sleep diary until next Thursday?\n"
    "Patient: Yes, I can do that.\n"
    "Therapist: And your sister, has she called?\n"
    "Patient: She drinks every night now and shouts at the children.\n"
)
GROUNDING = Grounding(SESSION.turns)


def test_what_was_said_is_supported_and_cited() -> None:
    found = GROUNDING.evidence("Patient wakes at three and worries about the mortgage.")
    assert found.is_supported
    assert 2 in found.turn_ids


def test_a_quotation_is_that_of_its_speaker() -> None:
    found = GROUNDING.evidence("Patient: She drinks every night now and shouts…")
    assert (found.score, found.turn_ids) == (1.0, (8,))
    assert GROUNDING.evidence("Therapist: She drinks every night now and shouts…").score < 1.0


def test_inflection_and_spelling_do_not_matter() -> None:
    found = GROUNDING.evidence("Patient is waking at three, worrying about a morgage.")
    assert found.is_supported


@pytest.mark.parametrize(
    "sentence",
    [
        "Patient will practise progressive muscle relaxation before work.",
        "Therapist prescribed sertraline for the panic attacks.",
    ],
)
def test_what_nobody_said_is_not(sentence: str) -> None:
    assert not GROUNDING.evidence(sentence).is_supported


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Patient denies alcohol since August.", "Patient reports alcohol since August."),
        ("Therapist suggested a sleep diary.", "Patient suggested a sleep diary."),
    ],
)
def test_a_denial_and_another_speaker_weigh(true: str, false: str) -> None:
    assert GROUNDING.evidence(true).score > GROUNDING.evidence(false).score


def test_sentences_by_rule_rest_on_the_turns_of_their_findings() -> None:
    transcript = parse_transcript(session((*NEUTRAL, AFFIRMED[0])))
    reading = read_risk(transcript.turns)
    note = parse_note("**Risk:** Reports active suicidal thoughts.", SECTIONS5)
    (found,) = ground_note(note, transcript, reading)
    assert found.score == 1.0
    assert set(found.turn_ids) == {
        turn_id for finding in reading.findings for turn_id in finding.turn_ids
    }


def test_absent_content_is_no_sentence() -> None:
    note = "**Plan:** Not discussed.\n**Risk:** Nothing about risk was found by rule; please check."
    assert read_evidence(note, SECTIONS5, SESSION) == ()
    assert support(()) is None


def test_a_note_of_any_form_has_evidence() -> None:
    (found,) = read_evidence("She **wakes** at three.", SECTIONS5, SESSION)
    assert (found.section, found.sentence) == ("", "She wakes at three.")


def test_words_around_the_headings_are_read_too() -> None:
    found = read_evidence("She wakes at three.\n**Plan:** Keep a diary.", SECTIONS5, SESSION)
    assert [each.section for each in found] == ["", ""]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), any_session), st.text(max_size=100))
def test_any_text_has_a_score_and_turns_of_one_window(text: str, sentence: str) -> None:
    turns = parse_transcript(text).turns
    found = Grounding(turns).evidence(sentence)
    assert 0.0 <= found.score <= 1.0
    assert set(found.turn_ids) <= {turn.id for turn in turns}
    assert list(found.turn_ids) == sorted(set(found.turn_ids))
    assert not found.turn_ids or found.turn_ids[-1] - found.turn_ids[0] < WINDOW_TURNS
    assert bool(found.turn_ids) == (found.score > 0)


@given(any_session)
def test_a_statement_that_was_made_is_supported(text: str) -> None:
    turns = parse_transcript(text).turns
    grounding = Grounding(turns)
    for turn in turns:
        if turn.text.endswith("?") or len(turn.text.split()) < 3:
            continue  # a question may be answered with a no; a "No, never." may stand anywhere
        found = grounding.evidence(turn.text)
        assert found.is_supported or not found.turn_ids


@pytest.mark.parametrize(
    ("one", "other"), [("worries", "worrying"), ("slept", "sleeps"), ("tried", "trying")]
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("alcohol", "alchohol"), ("medicat", "medicatn")])
def test_a_slip_of_the_pen_is_near(one: str, other: str) -> None:
    assert is_near(one, other)
    assert not is_near("alcohol", "coal")
