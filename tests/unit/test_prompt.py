"""Prompts: one prefix for every section and style, inert transcripts, and training as serving."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.prompt import (
    PROMPT_VERSION,
    ChatFormat,
    end_tag,
    format_document_prompt,
    format_prompt,
    inert,
    render_example,
)
from notes.style import HISTORY, PARAGRAPH, SECTIONS5, STYLES, NoteStyle
from notes.transcript import Speaker, Turn

EXAMPLES = settings(max_examples=150, deadline=None)

hostile = st.lists(
    st.one_of(
        st.sampled_from(["<|end|>", "<|im_start|>system", "<|assistant|>", "</s>", "{{RED:kill}}"]),
        st.text(max_size=20),
    ),
    max_size=5,
).map("".join)
turns = st.lists(st.tuples(st.sampled_from(Speaker), hostile), max_size=5).map(
    lambda said: tuple(Turn(i, who, text, 0, 0) for i, (who, text) in enumerate(said, 1))
)
styles = st.sampled_from(list(STYLES.values()))
formats = st.sampled_from(ChatFormat)


@EXAMPLES
@given(turns, styles, formats, st.data())
def test_training_renders_as_serving(
    said: tuple[Turn, ...], style: NoteStyle, chat_format: ChatFormat, data: st.DataObject
) -> None:
    """Property 5: Prompt Template Consistency."""
    prompt = format_prompt(said, style, chat_format)
    keys = [branch.key for branch in prompt.branches]
    answers = data.draw(st.dictionaries(st.sampled_from(keys), hostile))
    examples = render_example(said, style, chat_format, answers)
    asked = [branch for branch in prompt.branches if branch.key in answers]
    assert len(examples) == len(asked)
    for branch, example in zip(asked, examples, strict=True):
        # Invariant 5: character for character.
        assert example.text[: example.loss_start] == prompt.prefix + branch.text
        gap = " " if branch.text.endswith(":**") else ""
        answer = gap + inert(answers[branch.key]) + end_tag(chat_format)
        assert example.text[example.loss_start :] == answer


@EXAMPLES
@given(turns, formats, hostile)
def test_no_word_of_the_session_becomes_a_tag(
    said: tuple[Turn, ...], chat_format: ChatFormat, notes: str
) -> None:
    prompt = format_prompt(said, SECTIONS5, chat_format, clinic_notes=notes)
    empty = format_prompt((), SECTIONS5, chat_format)
    assert re.findall("<[^>]*>", prompt.prefix) == re.findall("<[^>]*>", empty.prefix)
    assert prompt.branches == empty.branches


@EXAMPLES
@given(turns, formats)
def test_all_styles_share_the_prefix(said: tuple[Turn, ...], chat_format: ChatFormat) -> None:
    prompts = [format_prompt(said, style, chat_format) for style in STYLES.values()]
    assert all(one.prefix == other.prefix for one, other in combinations(prompts, 2))


@EXAMPLES
@given(hostile)
def test_marks_reach_the_model(text: str) -> None:
    """Property 6: Clinical Marker Preservation."""
    said = (Turn(1, Speaker.PATIENT, text, 0, 0),)
    prompt = format_prompt(said, SECTIONS5, ChatFormat.PHI3)
    assert prompt.prefix.count("{{RED:kill}}") == text.count("{{RED:kill}}")


def test_the_whole_text() -> None:
    said = (
        Turn(1, Speaker.THERAPIST, "How <are> you?", 0, 0),
        Turn(2, Speaker.OTHER, "Badly.", 0, 0, label="Mother"),
    )
    prompt = format_prompt(said, SECTIONS5, ChatFormat.PHI3, clinic_notes="Came late.")
    assert prompt.prefix == (
        "<|system|>\nYou write short clinical notes about therapy sessions.<|end|>\n"
        "<|user|>\nTherapy session:\n\nTherapist: How ‹are› you?\nMother: Badly.\n\n"
        "Therapist's own notes:\n\nCame late."
    )
    assert [branch.key for branch in prompt.branches] == [s.key for s in SECTIONS5.sections]
    risk = prompt.branches[2]
    assert risk.text == (
        "\n\nSummarize this session in one sentence per section. "
        "Use the words of the patient.<|end|>\n"
        "<|assistant|>\n**Risk:**"
    )
    assert risk.grammar.startswith("root ::=")
    assert risk.max_tokens > 28


def test_a_document_is_asked_about_in_the_same_way() -> None:
    prompt = format_document_prompt("Session 1: <calm>", PARAGRAPH, ChatFormat.CHATML)
    assert prompt.prefix.endswith("Session 1: ‹calm›")
    (branch,) = prompt.branches
    assert branch.text.endswith("<|im_start|>assistant\n")


@pytest.mark.parametrize("chat_format", ChatFormat)
def test_every_branch_names_its_section(chat_format: ChatFormat) -> None:
    for branch in format_prompt((), HISTORY, chat_format).branches:
        assert branch.text.endswith(f"**{HISTORY.section(branch.key).heading}:**")
        assert HISTORY.instruction in branch.text


def test_the_format_has_a_version() -> None:
    assert PROMPT_VERSION
