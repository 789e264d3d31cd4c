"""Grammars: whatever they let a model write is a section, word for word."""

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.grammar import is_writable, max_tokens, section_grammar
from notes.parsing import NOT_DISCUSSED, draft_from_branches, parse_note
from notes.style import (
    BUILT_IN,
    HISTORY,
    PARAGRAPH,
    SECTIONS5,
    NoteStyle,
    SectionStyle,
    paragraph_style,
)
from tests.unit.gbnf import as_regex

EXAMPLES = settings(max_examples=100, deadline=None)
SECTIONS = [(style, section) for style in (SECTIONS5, HISTORY) for section in style.sections]


@cache
def written(section: SectionStyle) -> st.SearchStrategy[str]:
    return st.from_regex(as_regex(section_grammar(section)), fullmatch=True)


@EXAMPLES
@given(st.sampled_from(SECTIONS).flatmap(lambda pair: st.tuples(st.just(pair), written(pair[1]))))
def test_what_the_grammar_allows_is_a_section(
    case: tuple[tuple[NoteStyle, SectionStyle], str],
) -> None:
    (style, section), text = case
    draft = draft_from_branches(style, {section.key: text})
    kept = draft.section(section.key).text
    assert text.startswith(" ")
    assert text[1:].startswith(kept.rstrip("."))
    if kept != NOT_DISCUSSED:
        assert section.min_words <= len(kept.split()) <= section.max_words
        assert kept.startswith(section.opening)
        assert kept[-1] in ".!?"
    assert parse_note(draft.text, style) == draft


@EXAMPLES
@given(written(paragraph_style(5, 12).sections[0]))
def test_a_paragraph_begins_without_a_space(text: str) -> None:
    assert text == text.strip()
    assert parse_note(text, PARAGRAPH).text == text


def allows(section: SectionStyle, text: str) -> bool:
    return re.fullmatch(as_regex(section_grammar(section)), text) is not None


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        (" Patient feels tired, tense and low this week.", True),
        (" Patient feels low. He can't sleep, and that's new.", False),  # a stop before 6 words
        (" Patient feels so low, and he can't sleep. That's new.", True),
        (" Patient feels 80% better on an SNRI and follow-up care.", True),
        (" Not discussed.", True),
        ("Patient feels tired, tense and low this week.", False),
        (" Patient feels tired, tense and low this week", False),
        (" Patient feels tired: tense and low this week.", False),
        (" Patient feels **tired**, tense and low this week.", False),
        (" Patient feels tired, tense\nand low this week.", False),
        (" Patient feels <|end|> tense and low this week.", False),
        (" Patient feels {{RED:tense}} and low this week.", False),
        (" Patient feels tiredTense and low this long week.", False),
        (" Patient feels tired.", False),
        (" Therapist feels tired, tense and low this week.", False),
        (" Patient feels" + " very" * 40 + " tired.", False),
    ],
)
def test_the_language(text: str, is_allowed: bool) -> None:
    section = replace(SECTIONS5.section("emotional_state"), opening="Patient feels")
    assert allows(section, text) is is_allowed
    if text.startswith(" "):
        assert is_writable(text.removeprefix(" "), section) is is_allowed


WRITABLE = [
    *(section for style in BUILT_IN for section in style.sections),
    replace(paragraph_style(4, 9).sections[0], is_optional=True),
]
PIECES = ["", " ", ".", ",", ": ", "-", "a", "É", "AB", "7", "’s", "%", "\n", "word " * 9]


@EXAMPLES
@given(st.data(), st.sampled_from(WRITABLE))
def test_a_text_is_writable_where_the_grammar_allows_it(
    data: st.DataObject, section: SectionStyle
) -> None:
    lead = " " if section.heading else ""
    text = data.draw(written(section)).removeprefix(lead)
    assert is_writable(text, section)
    start, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 30))
    spoilt = f"{text[:start]}{data.draw(st.sampled_from(PIECES))}{text[start + length :]}"
    assert is_writable(spoilt, section) is allows(section, lead + spoilt)
    assert is_writable(NOT_DISCUSSED, section) is section.is_optional


def test_a_required_section_may_not_be_left_out() -> None:
    assert not allows(SECTIONS5.section("chief_complaint"), " Not discussed.")


def test_the_repetitions_stay_within_the_limit_of_llama_cpp() -> None:
    grammar = section_grammar(paragraph_style(100, 100_000).sections[0])
    counts = [int(count) for count in re.findall(r"\d+(?=\})", grammar)]
    assert sum(counts) < 2000


def test_the_token_limit_is_above_the_longest_text_of_common_words() -> None:
    section = SECTIONS5.section("plan")
    assert max_tokens(section) > 2 * (section.max_words + 8)
