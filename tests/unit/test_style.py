"""Styles: the headings that the design fixes, and bounds that add up."""

import pytest

from notes.errors import UnknownStyleError
from notes.style import HISTORY, PARAGRAPH, SECTIONS5, STYLES, NoteStyle, get_style, paragraph_style


def test_the_five_sections() -> None:
    assert [section.heading for section in SECTIONS5.sections] == [
        "Chief Complaint",
        "Emotional State",
        "Risk",
        "Intervention",
        "Plan",
    ]
    assert (SECTIONS5.min_words, SECTIONS5.max_words, SECTIONS5.long_max_words) == (30, 70, 150)


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda style: style.name)
def test_sections_of_full_length_make_a_note_of_the_right_length(style: NoteStyle) -> None:
    assert sum(section.min_words for section in style.sections) >= style.min_words
    assert sum(section.max_words for section in style.sections) <= style.max_words
    keys = [section.key for section in style.sections]
    assert len(keys) == len(set(keys))


def test_styles_are_found_by_name() -> None:
    assert [get_style(name) for name in STYLES] == [SECTIONS5, HISTORY, PARAGRAPH]
    with pytest.raises(UnknownStyleError, match="sections5"):
        get_style("haiku")


def test_a_section_is_found_by_key() -> None:
    assert SECTIONS5.section("risk").heading == "Risk"


def test_a_paragraph_has_the_bounds_asked_for() -> None:
    style = paragraph_style(100, 250)
    assert (style.min_words, style.max_words) == (100, 250)
    assert style.sections[0].heading == ""
