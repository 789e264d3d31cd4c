"""Styles: the headings that the design fixes, and which there are."""

import pytest

from notes.errors import UnknownStyleError
from notes.style import BUILT_IN, HISTORY, PARAGRAPH, SECTIONS5, get_style, paragraph_style


def test_the_five_sections() -> None:
    assert [section.heading for section in SECTIONS5.sections] == [
        "Chief Complaint",
        "Emotional State",
        "Risk",
        "Intervention",
        "Plan",
    ]
    assert (SECTIONS5.min_words, SECTIONS5.max_words, SECTIONS5.long_max_words) == (30, 70, 150)


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("soap", "Subjective Objective Assessment Risk Plan"),
        ("dap", "Data Assessment Risk Plan"),
        ("birp", "Behavior Intervention Response Risk Plan"),
        ("narrative", ""),
    ],
)
def test_the_other_forms_of_the_field(name: str, headings: str) -> None:
    style = BUILT_IN.get(name)
    assert " ".join(section.heading for section in style.sections) == headings


def test_a_note_can_be_asked_for_in_any_style_of_the_book() -> None:
    assert [BUILT_IN.get(style.name) for style in BUILT_IN] == list(BUILT_IN)
    assert next(iter(BUILT_IN)) is SECTIONS5
    for name in ("haiku", HISTORY.name, PARAGRAPH.name):  # the last two are for other texts
        with pytest.raises(UnknownStyleError, match="birp, dap, narrative, sections5, soap"):
            BUILT_IN.get(name)


def test_built_in_styles_are_found_by_name() -> None:
    assert [get_style(style.name) for style in (HISTORY, PARAGRAPH)] == [HISTORY, PARAGRAPH]


def test_a_section_is_found_by_key() -> None:
    assert SECTIONS5.section("risk").heading == "Risk"


def test_a_paragraph_has_the_bounds_asked_for() -> None:
    style = paragraph_style(100, 250)
    assert (style.min_words, style.max_words) == (100, 250)
    assert style.sections[0].heading == ""
