"""Relevance and positions of a match, without a database."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.search import EXACT, PREFIX, SUBSTRING, WORD, best_match, match_text, query_type


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("0300 123", "phone"),
        ("+49 (30) 1", "phone"),
        ("+1 (555) 01-99", "phone"),
        ("P0012", "patient_id"),
        ("A-7", "patient_id"),
        ("12", "patient_id"),
        ("P2024A", "patient_id"),
        ("Ann 2nd", "patient_id"),
        ("Ann Lee", "name"),
        ("Élodie", "name"),
    ],
)
def test_the_kind_of_a_query(query: str, kind: str) -> None:
    assert query_type(query) == kind


@pytest.mark.parametrize(
    ("text", "score"),
    [("Lee", EXACT), ("Leena", PREFIX), ("Ann Lee", WORD), ("Kaylee", SUBSTRING), ("Ann", 0.0)],
)
def test_relevance_goes_down_with_distance(text: str, score: float) -> None:
    assert match_text(text, "lee")[0] == score


def test_all_places_are_told() -> None:
    _, positions = match_text("Ann Annan", "ANN")
    assert [(p.start, p.end) for p in positions] == [(0, 3), (4, 7)]


def test_a_word_with_digits_is_no_phone_number() -> None:
    assert best_match("X", "Y", "555 123", "a555")[0] == 0.0


@settings(max_examples=200)
@given(text=st.text(max_size=20), start=st.integers(0, 19), length=st.integers(1, 5))
def test_positions_always_stand_at_the_query(text: str, start: int, length: int) -> None:
    query = text[start : start + length]
    if not query:
        return
    score, positions = match_text(text, query)
    assert score > 0
    for position in positions:
        assert re.fullmatch(re.escape(query), text[position.start : position.end], re.IGNORECASE)
