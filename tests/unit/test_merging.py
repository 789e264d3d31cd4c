"""Drafts of chunks as one draft."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.merging import choose_evenly, collect_sentences, merge_drafts, share_words
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.sentences import cut_words, num_words, split_sentences
from notes.style import SECTIONS5

KEYS = [section.key for section in SECTIONS5.sections]
EXAMPLES = settings(max_examples=150, deadline=None)

sentence = st.lists(
    st.sampled_from(("sleep", "work", "mother", "argues", "tonight", "alone", "plan", "diary")),
    min_size=1,
    max_size=14,
).map(lambda words: " ".join(words).capitalize() + ".")
section_texts = st.one_of(
    st.just(NOT_DISCUSSED), st.lists(sentence, min_size=1, max_size=4).map(" ".join)
)
draft_texts = st.dictionaries(st.sampled_from(KEYS), section_texts)


def draft(texts: Mapping[str, str]) -> NoteDraft:
    sections = (
        Section(s.key, s.heading, texts.get(s.key, NOT_DISCUSSED)) for s in SECTIONS5.sections
    )
    return NoteDraft(SECTIONS5.name, tuple(sections))


@EXAMPLES
@given(st.lists(draft_texts.map(draft), max_size=8), st.integers(10, 150))
def test_a_merged_draft_is_complete_bounded_and_made_of_what_was_written(
    drafts: list[NoteDraft], max_words: int
) -> None:
    merged = merge_drafts(drafts, SECTIONS5, max_words=max_words)
    assert merged == merge_drafts(drafts, SECTIONS5, max_words=max_words)
    assert [section.key for section in merged.draft.sections] == KEYS
    assert merged.draft.num_words <= max_words
    for section in merged.draft.sections:
        written = collect_sentences(drafts, section.key)
        assert section.is_discussed == bool(written)
        kept = [s for s in split_sentences(section.text) if s in written]
        assert kept == [s for s in written if s in kept]


@EXAMPLES
@given(st.lists(draft_texts.map(draft), max_size=8))
def test_every_sentence_is_kept_or_counted(drafts: list[NoteDraft]) -> None:
    merged = merge_drafts(drafts, SECTIONS5, max_words=60)
    given_sentences = sum(
        len([s for s in split_sentences(section.text) if s != NOT_DISCUSSED])
        for one in drafts
        for section in one.sections
    )
    kept = sum(
        len(split_sentences(section.text))
        for section in merged.draft.sections
        if section.is_discussed
    )
    assert kept + merged.num_duplicates + merged.num_left_out == given_sentences


def test_near_duplicates_are_said_once_and_counted() -> None:
    texts = (
        "Patient reports poor sleep before work.",
        "The patient reported poor sleep before work!",
        "Patient argues with her mother.",
    )
    merged = merge_drafts([draft({"chief_complaint": text}) for text in texts], SECTIONS5)
    assert merged.draft.section("chief_complaint").text == f"{texts[0]} {texts[2]}"
    assert (merged.num_duplicates, merged.num_left_out, merged.num_cut) == (1, 0, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Patient sleeps well at night since the new job began.",
            "Patient does not sleep well at night since the new job began.",
        ),
        (
            "Patient had 2 panic attacks on the train this week.",
            "Patient had 5 panic attacks on the train this week.",
        ),
    ],
)
def test_negations_and_numbers_are_never_taken_for_repetition(one: str, other: str) -> None:
    drafts = [draft({"emotional_state": text}) for text in (one, other)]
    assert merge_drafts(drafts, SECTIONS5).num_duplicates == 0


def test_not_discussed_only_if_all_drafts_say_so() -> None:
    drafts = [draft({}), draft({"plan": "Patient will keep a diary."}), draft({})]
    merged = merge_drafts(drafts, SECTIONS5).draft
    assert merged.section("plan").text == "Patient will keep a diary."
    assert merged.section("risk").text == NOT_DISCUSSED
    assert merge_drafts([], SECTIONS5).draft.text.count(NOT_DISCUSSED) == 5


def test_sentences_are_chosen_evenly_over_the_session() -> None:
    assert choose_evenly(["a one.", "b two.", "c three.", "d four.", "e five."], 6) == (
        "a one.",
        "c three.",
        "e five.",
    )
    assert choose_evenly(["much too long for this.", "short."], 2) == ("short.",)
    assert choose_evenly([], 5) == ()


def test_with_room_for_one_sentence_the_first_complaint_and_the_last_plan_stay() -> None:
    names = ("red apples", "green pears", "ripe plums")
    texts = [
        dict.fromkeys(("chief_complaint", "plan"), f"Patient bought {name} today.")
        for name in names
    ]
    merged = merge_drafts([draft(t) for t in texts], SECTIONS5, max_words=6 + 6 + 6)
    assert "apples" in merged.draft.section("chief_complaint").text
    assert "plums" in merged.draft.section("plan").text
    assert merged.num_left_out == 4


def test_fixed_sections_are_taken_as_they_are_and_their_words_count() -> None:
    long = " ".join(f"Topic {chr(97 + n)}{chr(97 + n)} came up." for n in range(26))
    risk = "Patient reports thoughts of suicide."
    merged = merge_drafts(
        [draft(dict.fromkeys(KEYS, long))], SECTIONS5, max_words=50, fixed={"risk": risk}
    )
    assert merged.draft.section("risk").text == risk
    assert 40 <= merged.draft.num_words <= 50


def test_a_sentence_without_room_is_cut_where_it_shows() -> None:
    merged = merge_drafts([draft({"plan": "word " * 100 + "end."})], SECTIONS5, max_words=40)
    assert merged.draft.section("plan").text.endswith("…")
    assert merged.num_cut == 1


def test_words_are_shared_by_need() -> None:
    assert share_words(30, {"a": 4, "b": 50, "c": 50}) == {"a": 4, "b": 13, "c": 13}
    assert share_words(0, {"a": 4}) == {"a": 0}


# Sentences


@EXAMPLES
@given(st.text(max_size=200))
def test_splitting_keeps_every_word(text: str) -> None:
    assert " ".join(split_sentences(text)).split() == text.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Lee helped. It was 3.5 hours.", ("Dr. Lee helped.", "It was 3.5 hours.")),
        ("“Is it?” Yes! And\nnow…  then", ("“Is it?”", "Yes!", "And", "now…", "then")),
        ("", ()),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: Sequence[str]) -> None:
    assert split_sentences(text) == tuple(expected)


def test_cut_words_shows_the_cut() -> None:
    assert cut_words("one two, three", 2) == "one two…"
    assert cut_words("one two", 2) == "one two"
    assert cut_words("one two", 0) == ""
    assert num_words(" a  b\nc ") == 3


def test_of_two_that_contradict_each_other_the_later_stands() -> None:
    drafts = [
        draft({"emotional_state": "Patient feels safe at work."}),
        draft({"emotional_state": "Patient does not feel safe at work."}),
        draft({"emotional_state": "Patient misses her sister."}),
    ]
    merged = merge_drafts(drafts, SECTIONS5)
    assert merged.draft.section("emotional_state").text == (
        "Patient does not feel safe at work. Patient misses her sister."
    )
    assert (merged.num_contradicted, merged.num_duplicates) == (1, 0)
