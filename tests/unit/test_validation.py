"""What is wrong with a note."""

from dataclasses import replace

import pytest

from notes.parsing import NoteDraft, Section
from notes.risk import NOTHING_FOUND, assess_risk
from notes.style import SECTIONS5
from notes.transcript import parse_transcript
from notes.validation import Rule, max_note_words, validate_note
from tests.unit.sessions import AFFIRMED, NEUTRAL, session

CALM = parse_transcript(session(NEUTRAL))
URGENT = parse_transcript(session((*NEUTRAL, AFFIRMED[1])))
TEXTS = {
    "chief_complaint": "Patient reports poor sleep and worry before work.",
    "emotional_state": "Patient feels angry and guilty after an argument.",
    "risk": NOTHING_FOUND,
    "intervention": "Therapist taught paced breathing and a sleep diary.",
    "plan": "Patient will keep a sleep diary every day.",
}


def note(**changed: str) -> NoteDraft:
    texts = TEXTS | changed
    sections = (Section(s.key, s.heading, texts[s.key]) for s in SECTIONS5.sections)
    return NoteDraft(SECTIONS5.name, tuple(sections))


def rules(draft: NoteDraft, *, urgent: bool = False) -> set[tuple[Rule, str]]:
    return {(v.rule, v.section) for v in validate_note(draft, URGENT if urgent else CALM)}


def test_a_good_note_has_no_violations() -> None:
    assert validate_note(note(), CALM) == ()


def test_absent_empty_and_misplaced_sections_are_named() -> None:
    draft = note(plan="  ")
    assert (Rule.SECTIONS, "plan") in rules(draft)
    assert (Rule.SECTIONS, "plan") in rules(replace(draft, sections=draft.sections[:4]))
    assert rules(replace(note(), sections=note().sections[::-1])) == {(Rule.SECTIONS, "")}
    assert rules(replace(note(), sections=note().sections * 2)) >= {(Rule.SECTIONS, "")}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"plan": "word " * 60}, {(Rule.TOO_LONG, "")}),
        ({"plan": "Diary.", "intervention": "Talk."}, {(Rule.TOO_SHORT, "")}),
        ({"plan": "Patient will keep <|end|> a diary every day."}, {(Rule.MARKUP, "plan")}),
        ({"plan": "Patient will **keep** a diary every day."}, {(Rule.MARKUP, "plan")}),
    ],
)
def test_form_is_checked(changed: dict[str, str], expected: set[tuple[Rule, str]]) -> None:
    assert rules(note(**changed)) == expected


def test_few_words_are_no_violation_where_little_was_discussed() -> None:
    absent = dict.fromkeys(("emotional_state", "intervention", "plan"), "Not discussed.")
    assert rules(note(**absent)) == set()


def test_marks_must_be_whole_and_those_of_the_findings() -> None:
    broken = "Patient will keep a {{RED:sleep diary every day."
    assert (Rule.BROKEN_MARK, "plan") in rules(note(plan=broken))
    marked = "Patient will keep a {{RED:sleep}} diary every day."
    assert rules(note(plan=marked)) == {(Rule.WRONG_MARKS, "plan")}


def test_the_risk_section_must_agree_with_the_transcript() -> None:
    assert (Rule.RISK_DISAGREES, "risk") in rules(note(), urgent=True)
    denied = note(risk="Patient denies suicidal thoughts and any plan.")
    assert (Rule.RISK_DISAGREES, "risk") in rules(denied)
    assert (Rule.RISK_DISAGREES, "risk") in rules(denied, urgent=True)


def test_violations_hold_no_words_of_the_note() -> None:
    draft = note(plan="planted " * 80 + "<|x|> {{RED:", risk="Patient denies planted.")
    assert "planted" not in str([v.details() for v in validate_note(draft, URGENT)])


def test_long_sessions_and_risk_may_take_more_words() -> None:
    long = parse_transcript(session(NEUTRAL * 40))
    assert max_note_words(SECTIONS5, CALM, "", ()) == 70
    assert max_note_words(SECTIONS5, long, "", ()) == 150
    findings = assess_risk(URGENT.turns)
    assert max_note_words(SECTIONS5, CALM, "word " * 24, findings) == 80
    assert max_note_words(SECTIONS5, CALM, "word " * 240, findings) == 150
    assert max_note_words(SECTIONS5, CALM, "word " * 24, ()) == 70
