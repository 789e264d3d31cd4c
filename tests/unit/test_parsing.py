"""Notes as sections: read, completed, cleaned and written."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.errors import NoteParseError
from notes.parsing import (
    NOT_DISCUSSED,
    NoteDraft,
    Section,
    complete,
    draft_from_branches,
    parse_note,
)
from notes.style import HISTORY, PARAGRAPH, SECTIONS5, NoteStyle

EXAMPLES = settings(max_examples=200, deadline=None)
KEYS = [section.key for section in SECTIONS5.sections]
HEADINGS = [f"**{section.heading}:**" for section in SECTIONS5.sections]

words = st.lists(
    st.sampled_from(
        ["calm", "sleep.", "worry,", "{{RED:suicide}}", "{{RED:hurt myself}}", "**x**"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
note_soup = st.lists(
    st.one_of(
        st.sampled_from([*HEADINGS, "Plan:", "## Risk", "\n", "**", "RISK ASSESSMENT :", " "]),
        st.text(max_size=10),
    ),
    max_size=20,
).map("".join)


def body(text: str, key: str = "emotional_state") -> str:
    return draft_from_branches(SECTIONS5, {key: text}).section(key).text


@EXAMPLES
@given(
    st.one_of(st.text(st.characters(codec=None)), note_soup),
    st.sampled_from([SECTIONS5, HISTORY, PARAGRAPH]),
)
def test_only_note_parse_error_is_raised(text: str, style: NoteStyle) -> None:
    """Invariant 6: parse_note raises only NoteParseError, on any string."""
    with contextlib.suppress(NoteParseError):
        assert parse_note(text, style).sections


@EXAMPLES
@given(st.one_of(note_soup, st.fixed_dictionaries(dict.fromkeys(KEYS, words))))
def test_every_section_is_there(written: str | dict[str, str]) -> None:
    """Property 9: Required Summary Sections."""
    if isinstance(written, dict):
        draft = draft_from_branches(SECTIONS5, written)
    else:
        try:
            parsed = parse_note(written, SECTIONS5)
        except NoteParseError:
            return
        draft, missing = complete(parsed, SECTIONS5)
        for key in missing:
            assert draft.section(key).text == NOT_DISCUSSED
    lines = draft.text.split("\n")
    assert len(lines) == 5
    for line, heading in zip(lines, HEADINGS, strict=True):
        assert line.startswith(heading + " ")
        assert len(line) > len(heading) + 1


@EXAMPLES
@given(st.dictionaries(st.sampled_from(KEYS), words, min_size=1))
def test_a_note_is_read_back(texts: dict[str, str]) -> None:
    """Property 6: Clinical Marker Preservation."""
    sections = tuple(
        Section(section.key, section.heading, texts[section.key])
        for section in SECTIONS5.sections
        if section.key in texts
    )
    draft = NoteDraft("sections5", sections)
    assert parse_note(draft.text, SECTIONS5) == draft
    cleaned = draft_from_branches(SECTIONS5, texts)
    for key, text in texts.items():
        kept = cleaned.section(key).text
        assert kept.count("{{RED:") <= text.count("{{RED:")
        if len(text.split()) <= 6:
            assert kept.count("{{RED:") == text.count("{{RED:")


@EXAMPLES
@given(st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(codec=None), max_size=200)))
def test_any_answer_of_a_model_makes_a_draft(texts: dict[str, str]) -> None:
    draft = draft_from_branches(SECTIONS5, texts)
    assert parse_note(draft.text, SECTIONS5) == draft
    for section, style in zip(draft.sections, SECTIONS5.sections, strict=True):
        assert 1 <= len(section.text.split()) <= max(style.max_words, 2)
        assert not set(section.text) & set("*`#|<>\n")


@pytest.mark.parametrize(
    "text",
    [
        "**Risk:** None.\n**Plan:** Walk.",
        "Here is the note:\n\nRisk: None.\nPlan: Walk.",
        "**Plan:** Walk. **Risk:** None.",
        "## Risk\nNone.\n## Plan\nWalk.",
        "* **risk assessment**: None.\n* **PLAN** : Walk.",
        "**Risk:**\n  None.\n\n**Plan:**\n  Walk.\n",
    ],
)
def test_headings_of_many_forms(text: str) -> None:
    draft = parse_note(text, SECTIONS5)
    assert draft.text == "**Risk:** None.\n**Plan:** Walk."


def test_a_section_written_twice_is_joined() -> None:
    assert parse_note("Risk: a\nPlan: b\nRisk: c", SECTIONS5).section("risk").text == "a c"


@pytest.mark.parametrize("text", ["", "  \n", "A quiet week.", "The plan: walk.", "****"])
def test_text_without_sections_is_not_a_note(text: str) -> None:
    with pytest.raises(NoteParseError):
        parse_note(text, SECTIONS5)


def test_a_paragraph_is_its_text() -> None:
    draft = parse_note(" Patient\nsleeps  well. ", PARAGRAPH)
    assert draft.text == "Patient sleeps well."
    assert draft.num_words == 3


def test_headings_are_not_words_of_the_note() -> None:
    assert parse_note("**Chief Complaint:** Poor sleep.", SECTIONS5).num_words == 2


def test_completion_names_what_was_missing() -> None:
    draft, missing = complete(parse_note("**Plan:** Walk.\n**Risk:**", SECTIONS5), SECTIONS5)
    assert missing == ("chief_complaint", "emotional_state", "risk", "intervention")
    assert [section.is_discussed for section in draft.sections] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Patient feels low and tired today.<|end|> junk", "Patient feels low and tired today."),
        ("<|assistant|>\n Patient feels low.", "Patient feels low."),
        ("</s>", NOT_DISCUSSED),
        ("**Emotional State:** Patient feels low.", "Patient feels low."),
        ("Patient feels low.\n**Plan:** Walk.", "Patient feels low."),
        ("Patient feels **very** `low`.", "Patient feels very low."),
        ("Patient feels low", "Patient feels low."),
        ("Patient feels {{RED:suicidal}}. {x}", "Patient feels {{RED:suicidal}}. x."),
        ("none", NOT_DISCUSSED),
        ("N/A.", NOT_DISCUSSED),
        (" ... ", NOT_DISCUSSED),
        ("", NOT_DISCUSSED),
        ("Nothing helps against the worry.", "Nothing helps against the worry."),
    ],
)
def test_cleaning(text: str, expected: str) -> None:
    assert body(text) == expected


def test_an_echo_of_the_question_is_dropped() -> None:
    question = SECTIONS5.instruction
    assert body(f"{question} Patient feels low.") == "Patient feels low."


def test_a_question_told_as_something_that_was_said_is_no_content() -> None:
    echo = "Therapist asked the patient to summarize the session in one sentence per section."
    assert body(echo) == NOT_DISCUSSED
    assert body(f"Patient feels low. {echo}") == "Patient feels low."
    assert body("Patient talks in one sentence.") == "Patient talks in one sentence."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Patient feels low and tired in the morning. He sleeps badly and hardly eats at all.",
            "Patient feels low and tired in the morning.",
        ),
        (
            "Patient feels very anxious about work and friends, which makes the evenings long and "
            "lonely for everyone there.",
            "Patient feels very anxious about work and friends.",
        ),
        (
            "Patient feels very angry with her older brother and her parents most of the time.",
            "Patient feels very angry with her older brother.",
        ),
        (
            "Patient feels unable to tell new colleagues at work anything about the very long "
            "illness.",
            "Patient feels unable to tell new colleagues at work anything.",
        ),
        (
            "Patient feels pressed by both her old parents to find a job that pays a bit better.",
            "Patient feels pressed by both her old parents.",
        ),
    ],
)
def test_a_text_that_is_too_long_is_cut_where_it_hurts_least(text: str, expected: str) -> None:
    assert body(text) == expected


@pytest.mark.parametrize(
    "unit", ["**Risk:** ", "** ", "Risk", " ", "#", "<|a", "{{RED:", "Risk \n"]
)
def test_reading_is_linear(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    draft_from_branches(SECTIONS5, {"risk": text})
    with contextlib.suppress(NoteParseError):
        parse_note(text, SECTIONS5)
    assert time.process_time() - start < 5
