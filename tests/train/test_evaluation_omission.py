"""What a note leaves out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.transcript import parse_transcript
from tests.train.tiny import NOTES, SESSIONS, SLEEP
from train_jobs.evaluation.omission import NUM_TELLING, facts_of, omitted, telling_statements
from train_jobs.evaluation.terms import Idf

IDF = Idf.of(each.transcript for each in SESSIONS)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_a_note_covers_its_own_facts_and_an_empty_one_none(text: str) -> None:
    facts = facts_of(text)
    assert omitted(facts, text, IDF).part == 0
    assert omitted(facts, "", IDF).part == len(facts)
    assert omitted(facts, text, IDF).whole == len(facts)


def test_what_is_said_in_other_forms_is_covered_and_another_matter_is_not() -> None:
    facts = facts_of(NOTES[0])
    assert len(facts) == 2
    assert omitted(facts, "Patient worries about warehouse jobs and lay awake.", IDF).part == 1
    assert omitted(facts, NOTES[1], IDF).part == 2


def test_facts_may_stand_anywhere_in_the_note() -> None:
    note = "Patient talks about the warehouse. Patient felt worried and awake."
    assert omitted(facts_of(NOTES[0])[:1], note, IDF).part == 0


def test_headings_are_no_facts() -> None:
    assert facts_of("CHIEF COMPLAINT\n\nSleep.\n\nPlan: none.") == ()


def test_telling_statements_are_the_patients_and_no_questions() -> None:
    found = telling_statements(parse_transcript(SLEEP).turns, IDF)
    assert found[0] == "I barely slept, I lie awake worrying about the warehouse job."
    assert not any("diary" in each or each.endswith("?") for each in found)
    long = "\n".join(f"Patient: The dog number{n} barked at neighbour{n} today." for n in range(20))
    assert len(telling_statements(parse_transcript(long).turns, IDF)) == NUM_TELLING
