"""Languages by turn: what a turn shows, what stands around it, and what a note is written from."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.language_detector import FastTextDetector
from notes.language import (
    UNDETERMINED,
    Guess,
    is_english,
    language_shares,
    mark_languages,
    read_source,
    with_languages,
)
from notes.transcript import ENGLISH, parse_transcript

# Those of the kind "held" were scored once, when the rules were done.
TEXTS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "language.jsonl")
    .read_text("utf-8")
    .splitlines()
]
ENGLISH_TEXTS = [row["text"] for row in TEXTS if row["language"] == ENGLISH]
FOREIGN_TEXTS = [row["text"] for row in TEXTS if row["language"] != ENGLISH]
DETECTOR = FastTextDetector()

SPANISH = (
    "Therapist: ¿Cómo ha estado desde la última vez que nos vimos?\n"
    "Patient: No puedo dormir y me despierto a las cuatro de la mañana.\n"
    "Therapist: ¿Ha pensado en hacerse daño o en quitarse la vida?\n"
    "Patient: No.\n"
)
TRANSLATION = (
    "Therapist: How have you been since we last met?\n"
    "Patient: I can't sleep and I wake up at four in the morning.\n"
    "Therapist: Have you thought of hurting yourself or of taking your life?\n"
    "Patient: No.\n"
)


class Sure:
    """Takes everything for one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def detect(self, text: str) -> Guess:
        return Guess(self._language, 1.0)


def languages(text: str) -> list[str]:
    return [turn.language for turn in with_languages(parse_transcript(text), DETECTOR).turns]


def talk(texts: Sequence[str]) -> str:
    return "\n".join(
        f"{('Therapist', 'Patient')[index % 2]}: {text}" for index, text in enumerate(texts)
    )


def test_english_texts_are_english_wherever_they_stand() -> None:
    wrong = [text for text in ENGLISH_TEXTS if languages(f"Patient: {text}") != [ENGLISH]]
    assert wrong == []
    assert set(languages(talk(ENGLISH_TEXTS))) == {ENGLISH}


def test_foreign_texts_are_foreign_alone_and_among_their_own() -> None:
    wrong = [text for text in FOREIGN_TEXTS if languages(f"Patient: {text}") == [ENGLISH]]
    assert len(wrong) <= 0.05 * len(FOREIGN_TEXTS)
    for language in ("es", "de", "fr", "hi"):
        own = [row["text"] for row in TEXTS if row["language"] == language]
        assert set(languages(talk(own))) == {language}


def test_a_foreign_text_between_english_turns_is_seen() -> None:
    english = ENGLISH_TEXTS[:6]
    long = [text for text in FOREIGN_TEXTS if len(text.split()) >= 6]
    missed = [text for text in long if languages(talk([*english, text, *english]))[6] == ENGLISH]
    assert len(missed) <= 0.05 * len(long)


@pytest.mark.parametrize("word", ["No.", "Mhm.", "Ana.", "Ok.", "1998", "…"])
def test_a_word_is_in_the_language_around_it(word: str) -> None:
    assert languages(f"{SPANISH}Therapist: {word}") == ["es"] * 5
    assert languages(f"{TRANSLATION}Therapist: {word}") == [ENGLISH] * 5


def test_a_patient_who_answers_in_another_language_is_heard_in_it() -> None:
    patient = SPANISH.splitlines()[1::2]
    therapist = TRANSLATION.splitlines()[::2]
    lines = [line for pair in zip(therapist, patient, strict=True) for line in pair]
    assert languages("\n".join(lines)) == [ENGLISH, "es", ENGLISH, "es"]


def test_words_that_tell_outweigh_a_detector_that_is_sure() -> None:
    text = "Patient: I think that he was there and that I was not."
    [turn] = with_languages(parse_transcript(text), Sure("de")).turns
    assert turn.language == ENGLISH


def test_shares_are_of_words() -> None:
    transcript = mark_languages(
        parse_transcript("Patient: one two three\nTherapist: four"), ["es", "en"]
    )
    assert language_shares(transcript.turns) == {"es": 0.75, "en": 0.25}
    assert not is_english(transcript)
    assert language_shares(()) == {}


@pytest.mark.parametrize(
    ("original", "translation", "is_used"),
    [
        (SPANISH, TRANSLATION, True),
        (SPANISH, None, False),
        (SPANISH, "", False),
        (SPANISH, SPANISH, False),
        (SPANISH, "I can't sleep.", False),  # a part
        (TRANSLATION, TRANSLATION, False),
        ("", TRANSLATION, False),
    ],
)
def test_a_translation_is_read_where_it_is_english_and_the_original_is_not(
    original: str, translation: str | None, is_used: bool
) -> None:
    source = read_source(original, translation, DETECTOR)
    assert source.is_translation == is_used
    assert source.transcript.original == (translation if is_used else original)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*ENGLISH_TEXTS, *FOREIGN_TEXTS]), st.text(max_size=60))))
def test_any_transcript_has_a_language_for_each_turn(texts: list[str]) -> None:
    before = parse_transcript(talk(texts))
    after = with_languages(before, DETECTOR)
    assert mark_languages(after, [ENGLISH] * len(after.turns)) == before
    assert all(turn.language for turn in after.turns)
    assert after == with_languages(before, DETECTOR)


def test_what_the_detector_cannot_name_is_undetermined() -> None:
    [turn] = with_languages(parse_transcript("Patient: ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ"), Sure(ENGLISH)).turns
    assert turn.language == UNDETERMINED
