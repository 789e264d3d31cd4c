"""Notes without a model."""

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.sentences import num_words
from tests.train.tiny import DARK, MOTHER, NOTES, SESSIONS, SLEEP
from train_jobs.evaluation.baselines import Neighbours, lead, tfidf_extract
from train_jobs.evaluation.datasets import Session
from train_jobs.evaluation.terms import Idf, terms

QUICK = settings(max_examples=50, deadline=None)
IDF = Idf.of(each.transcript for each in SESSIONS)


@QUICK
@given(st.text(max_size=300), st.integers(1, 30))
def test_extracts_are_never_too_long(text: str, limit: int) -> None:
    assert num_words(lead(text, limit)) <= limit
    assert num_words(tfidf_extract(text, IDF, limit)) <= limit


def test_the_lead_is_the_beginning_without_labels() -> None:
    assert lead(SLEEP, 5) == "How was your week? I"


def test_the_extract_is_of_telling_sentences_in_their_order() -> None:
    assert tfidf_extract(SLEEP, IDF, 22) == (
        "I barely slept, I lie awake worrying about the warehouse job. "
        "For next week, keep a sleep diary every evening."
    )


def test_the_nearest_neighbour_is_another_session_about_the_same() -> None:
    alike = Session("new", SLEEP.replace("warehouse", "bakery"), "Not this.")
    assert Neighbours.of(SESSIONS, IDF).nearest_note(alike) == NOTES[0]


def test_nobody_is_their_own_neighbour() -> None:
    neighbours = Neighbours.of(SESSIONS, IDF)
    for session in SESSIONS:
        assert neighbours.nearest_note(session) != session.reference
    assert Neighbours.of(SESSIONS[:1], IDF).nearest_note(SESSIONS[0]) == ""
    assert Neighbours.of([Session("x", MOTHER, "")], IDF).nearest_note(SESSIONS[0]) == ""


def test_words_that_every_session_has_say_little() -> None:
    idf = Idf.of([SLEEP, MOTHER, DARK])
    (common,) = terms("tell") or terms("week")
    rare = next(iter(terms("warehouse")))
    assert idf.weight(rare) > 0
    assert Idf.of(["warehouse"] * 50).weight(rare) < 0.1
    assert idf.weight(common) >= 0
