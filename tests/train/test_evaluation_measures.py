"""What is counted of one note."""

from notes.parsing import NoteDraft, Section
from notes.risk import assess_risk, mark_risks, read_risk
from notes.transcript import parse_transcript
from notes.validation import Rule, Violation
from tests.train.tiny import DARK, SLEEP
from train_jobs.evaluation import measures as m
from train_jobs.evaluation.bootstrap import Ratio


def draft(*texts: str) -> NoteDraft:
    return NoteDraft("sections5", tuple(Section(f"s{n}", "", t) for n, t in enumerate(texts)))


def test_each_rule_is_counted_where_it_belongs() -> None:
    kept = m.form([])
    assert set(kept.values()) == {Ratio(1.0)}
    for name, rule in (
        (m.SECTIONS, Rule.SECTIONS),
        (m.MARKS, Rule.WRONG_MARKS),
        (m.MARKS, Rule.BROKEN_MARK),
        (m.BOUNDS, Rule.TOO_SHORT),
        (m.BOUNDS, Rule.TOO_LONG),
        (m.CLEAN, Rule.MARKUP),
        (m.CLEAN, Rule.RISK_DISAGREES),
    ):
        broken = m.form([Violation(rule, "", "")])
        assert {key for key, each in broken.items() if each.part == 0} == {name}


def test_every_rule_of_a_note_is_counted() -> None:
    assert all(m.form([Violation(rule, "", "")]) != m.form([]) for rule in Rule)


def test_support_is_counted_by_section_over_all_drafts() -> None:
    transcript = parse_transcript(SLEEP)
    first = draft("Patient lies awake worrying about the warehouse job.", "Patient bought a horse.")
    second = draft("Not discussed.", "Patient will keep a sleep diary every evening.")
    found = m.support_of(m.evidence_of([first, second], transcript))
    assert found == {"s0": Ratio(1, 1), "s1": Ratio(1, 2)}
    assert m.together(found) == Ratio(2, 3)


def test_the_body_holds_no_marks_headings_or_empty_sections() -> None:
    assert m.body(draft("A {{RED:word}}.", "Not discussed.")) == "A word."


def test_a_mark_that_only_the_therapist_spoke_of_is_found() -> None:
    asked = parse_transcript(SLEEP)
    marked = draft("Patient has thoughts of {{RED:suicide}}.")
    assert m.rests_on_a_question(marked, assess_risk(asked.turns), asked)
    assert not m.rests_on_a_question(draft("No suicide."), assess_risk(asked.turns), asked)


def test_a_mark_that_the_patient_spoke_of_is_none() -> None:
    said = parse_transcript(DARK)
    findings = assess_risk(said.turns)
    marked = mark_risks("Patient wants to kill himself.", findings)
    assert "{{RED:" in marked
    assert not m.rests_on_a_question(draft(marked), findings, said)


def test_a_risk_section_agrees_where_it_tells_what_was_heard() -> None:
    calm, dark, denied = (
        read_risk(parse_transcript(text).turns) for text in ("Patient: Hello.", DARK, SLEEP)
    )
    assert m.risk_agrees("Not discussed.", calm)
    assert not m.risk_agrees("Not discussed.", dark)
    assert not m.risk_agrees("Not discussed.", denied)
    assert m.risk_agrees("Patient denies thoughts of suicide when asked.", denied)
    assert not m.risk_agrees("Patient denies thoughts of suicide when asked.", dark)
    assert not m.risk_agrees("Patient reports suicidal thoughts.", calm)
    assert not m.risk_agrees("Patient reports suicidal thoughts.", denied)
