"""What is kept of one session: small, the same every time, and true to the note or transcript."""

import datetime as dt
import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.compose import finding_details
from notes.facts import Basis, SessionFacts, SessionSource, read_session, stored_findings
from notes.fallback import extract_note
from notes.parsing import NOT_DISCUSSED
from notes.risk import NOTHING_FOUND, Polarity, RiskCategory, assess_risk
from notes.style import SECTIONS5, STYLES
from notes.transcript import parse_transcript
from tests.unit.sessions import AFFIRMED, DENIED, NEUTRAL, PASSIVE, any_session, session

EXAMPLES = settings(max_examples=150, deadline=None)
DAY = dt.date(2026, 1, 5)
NOTE = (
    "**Chief Complaint:** Patient reports poor sleep.\n**Emotional State:** Patient feels tense.\n"
    "**Risk:** Denies suicidal thoughts when asked.\n**Intervention:** Not discussed.\n"
    "**Plan:** Patient will keep a diary."
)
SUICIDE, HARM = RiskCategory.SUICIDE, RiskCategory.SELF_HARM


def of_note(text: str) -> SessionFacts:
    return read_session(SessionSource(1, DAY, text, is_note=True))


def of_transcript(text: str) -> SessionFacts:
    return read_session(SessionSource(1, DAY, text, is_note=False))


def alerts(facts: SessionFacts) -> set[RiskCategory]:
    return {risk.category for risk in facts.risks if risk.is_alert}


def denials(facts: SessionFacts) -> set[RiskCategory]:
    return {risk.category for risk in facts.risks if risk.is_denial}


def test_a_note_is_its_sections() -> None:
    facts = of_note(NOTE)
    assert facts.basis is Basis.NOTE
    assert facts.section("chief_complaint") == "Patient reports poor sleep."
    assert facts.section("intervention") == ""
    assert (alerts(facts), denials(facts)) == (set(), {SUICIDE})


def test_a_transcript_is_its_extract() -> None:
    text = session((*NEUTRAL, AFFIRMED[1]))
    facts, note = of_transcript(text), extract_note(parse_transcript(text), SECTIONS5)
    assert facts.basis is Basis.TRANSCRIPT
    assert facts.section("plan") == note.section("plan").text
    assert alerts(facts) == {SUICIDE}
    assert "{{RED" not in str(facts.sections)


@EXAMPLES
@given(st.one_of(any_session, st.text(max_size=300)), st.booleans())
def test_facts_are_kept_as_json_and_come_back(text: str, is_note: bool) -> None:
    source = SessionSource(3, DAY, text, is_note)
    facts = read_session(source)
    kept = json.loads(json.dumps(facts.to_dict()))
    assert SessionFacts.from_dict(3, DAY, kept) == facts == read_session(source)
    assert pickle.loads(pickle.dumps(facts)) == facts
    assert {section.key for section in SECTIONS5.sections} == facts.sections.keys()


@EXAMPLES
@given(any_session)
def test_a_note_by_rule_states_what_its_transcript_holds(text: str) -> None:
    """What the rules have written is read back as they meant it."""
    said, written = of_transcript(text), of_note(extract_note(parse_transcript(text)).text)
    assert alerts(written) == alerts(said)
    assert denials(written) <= denials(said)


@pytest.mark.parametrize(
    ("risk", "alert", "denied"),
    [
        ("Denies SI/HI.", set(), set()),
        ("Denies SI when asked.", set(), {SUICIDE}),
        ("Denies suicidal plan or intent when asked.", set(), set()),
        ("Patient reports SI with a plan.", {SUICIDE}, set()),
        ("Cut her arm on Tuesday, asked about it; denies suicidal thoughts.", {HARM}, {SUICIDE}),
        ("Reports psychotic experiences or loss of control.", {RiskCategory.PSYCHOSIS}, set()),
        ("Asked about suicidal thoughts; no clear answer.", set(), set()),
        ("Suicidality not assessed.", set(), set()),
        ("Past suicide attempt reported; no current thoughts stated.", set(), set()),
        ("Risk of another person mentioned (suicide).", set(), set()),
        ("Low risk. Safety plan reviewed.", set(), set()),
    ],
)
def test_what_a_risk_section_states(
    risk: str, alert: set[RiskCategory], denied: set[RiskCategory]
) -> None:
    facts = of_note(NOTE.replace("Denies suicidal thoughts when asked.", risk))
    assert alerts(facts) == alert
    assert denials(facts) - alert == denied - alert


@pytest.mark.parametrize(
    ("text", "key", "part"),
    [
        ("**Subjective:** Sleeps badly.\n**Plan:** Sleep diary.", "chief_complaint", "badly"),
        ("**Data:** Sleeps badly.\n**Assessment:** Tense.", "emotional_state", "Tense"),
        ("Behavior: Paced.\nIntervention: Breathing.\nPlan: Rest.", "intervention", "Breathing"),
        ("Seen today.\nHomework: call the school", "plan", "school"),
        ("Saw her today, she cried at work and slept badly.", "chief_complaint", "work"),
    ],
)
def test_notes_of_other_styles_are_read_too(text: str, key: str, part: str) -> None:
    assert part in of_note(text).section(key)


def test_every_style_with_a_plan_keeps_it_where_it_is_looked_for() -> None:
    for style in STYLES.values():
        sections = [s for s in style.sections if s.heading]
        if any(s.key == "plan" for s in sections):
            text = "\n".join(f"**{s.heading}:** Words of {s.key}." for s in sections)
            assert of_note(text).section("plan") == "Words of plan."


def test_a_long_note_is_kept_short_and_shows_the_cut() -> None:
    facts = of_note(NOTE.replace("a diary", "a diary " * 500))
    assert facts.section("plan").endswith("…")
    assert len(json.dumps(facts.to_dict())) < 2000


def test_findings_that_were_stored_with_a_note_are_used() -> None:
    turns = parse_transcript(session((*NEUTRAL, *PASSIVE, *DENIED))).turns
    stored = [finding_details(each) for each in assess_risk(turns)]
    findings = stored_findings(json.loads(json.dumps(stored)))
    assert findings is not None
    bare = NOTE.replace("Denies suicidal thoughts when asked.", NOT_DISCUSSED)
    facts = read_session(SessionSource(1, DAY, bare, is_note=True, findings=findings))
    assert Polarity.PASSIVE in {risk.polarity for risk in facts.risks}
    assert "wish to be dead" in facts.section("risk")


@pytest.mark.parametrize("stored", [None, {}, "x", [1], [{"category": "new"}], [{}]])
def test_findings_of_another_release_are_none(stored: object) -> None:
    assert stored_findings(stored) is None


def test_what_was_written_after_the_signature_alarms() -> None:
    later = NOTE.replace("poor sleep", "wanting to kill herself")
    source = SessionSource(1, DAY, NOTE, is_note=True, is_signed=True, later_text=later)
    facts = read_session(source)
    assert facts.basis is Basis.SIGNED
    assert facts.section("chief_complaint") == "Patient reports poor sleep."
    assert alerts(facts) == {SUICIDE}


@pytest.mark.parametrize(
    ("plan", "alert"),
    [
        ("Call the crisis line if suicidal thoughts return.", set()),
        ("Safety plan for suicidal thoughts written down.", set()),
        ("Admitted today because she is suicidal.", {SUICIDE}),
    ],
)
def test_what_to_do_in_case_of_danger_is_no_danger(plan: str, alert: set[RiskCategory]) -> None:
    assert alerts(of_note(NOTE.replace("Patient will keep a diary.", plan))) == alert


def test_a_session_without_words_has_no_facts() -> None:
    facts = of_transcript("")
    assert all(not facts.section(section.key) for section in SECTIONS5.sections)
    assert facts.sections["risk"] == NOTHING_FOUND
