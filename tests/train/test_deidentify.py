"""What tells who the people of a session are is taken out, and the rest stays."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train_jobs.deidentify import Known, deidentify

ANNA = Known(
    people=(
        "Anna-Maria O’Brien",
        "Tom Hill (husband) 0113 496 0001",
        "Dr. Will José Stone",
        "jstone",
    ),
    places=("12 Elm Grove, Leeds LS6 2AB", "Harrogate"),
    numbers=("P0007",),
    birth_year=1984,
)


def clean(*texts: str, known: Known = ANNA) -> str:
    return " | ".join(deidentify(texts, known))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, Anna-Maria O'Brien.", "Hello, NAME."),
        ("Anna's week was hard.", "NAME's week was hard."),
        ("i said anna maria you have to eat", "i said NAME you have to eat"),
        ("ANNA, listen.", "NAME, listen."),
        ("hill and jose were there, he said.", "hill and NAME were there, he said."),
        ("Will you come? I will.", "NAME you come? I will."),
        ("My husband stays.", "My husband stays."),
        ("We moved to Harrogate from 12 elm grove.", "We moved to PLACE from PLACE."),
        ("It was Elm Road and 5 Old Mill Lane.", "It was PLACE and PLACE."),
        ("He lives at M1 2AB now.", "He lives at PLACE now."),
        ("Write to a.obrien@mail.example.org.", "Write to EMAIL."),
        ("it is a dot brien at gmail dot com", "it is EMAIL"),
        ("See www.example.org/me today.", "See LINK today."),
        ("Call +44 (0)113 496-0001 or 0113 4960001.", "Call PHONE or PHONE."),
        ("oh seven seven double four nine one", "NUMBER"),
        ("On 3rd of March 2024, and March 3.", "On DATE, and DATE."),
        ("on the third of may at 10.30", "on the DATE at 10.30"),
        ("Born 12.03.1984 or 1984-03-12, in 1984.", "Born DATE or DATE, in DATE."),
        ("Number p0007, claim AB123456C.", "Number NUMBER, claim NUMBER."),
        ("Dr. Khan and mr smith came.", "Dr. NAME and mr NAME came."),
        ("my name is kofi and kofi is tired", "my name is NAME and NAME is tired"),
        (
            "I met Priya, Lena and Bo in Ilkley. Priya left.",
            "I met NAME and NAME in NAME. NAME left.",
        ),
    ],
)
def test_what_names_somebody_goes(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I'd slept 5 or 6 hours on Monday, since my mother and Dad came at 10.30.",
        "We did the 5-4-3-2-1 exercise for 10 minutes in 2 rooms.",
        "He said: Go home. So, I can't. The CBT helped, and the GP too.",
        "I may first try to march on, one or two days.",
        "i will, they've a rose, and she'd be 8 of 10 sure",
        "At Christmas I had 3000 thoughts.",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert clean(text) == text


def test_a_word_that_is_also_written_small_is_no_name() -> None:
    assert clean("She told Sam. Sam left, and it is Hard.", "It is hard.") == (
        "She told NAME. NAME left, and it is Hard. | It is hard."
    )


def test_what_is_heard_in_one_text_is_taken_out_of_all() -> None:
    assert clean("I miss Priya.", "Priya is gone.") == "I miss NAME. | NAME is gone."


def test_a_name_that_the_note_tells_is_taken_out_of_small_letters() -> None:
    said = ("so jake said no i know", "I told jake i will", "we asked him")
    assert clean(*said, "Patient talks about Jake and Will.") == (
        "so NAME said no i know | I told NAME i will | we asked him | "
        "Patient talks about NAME and NAME."
    )


names = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéü"), min_size=4, max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(names.map(lambda name: f"x{name}"), min_size=1, max_size=3),
    st.sampled_from(["{} is late.", "so i said {}'s here", "Ask {}, please.", "({})", "{}-{}"]),
    st.sampled_from([str.lower, str.title, str.upper]),
)
def test_a_known_name_is_never_left(people: list[str], said: str, written: object) -> None:
    assert callable(written)
    text = said.format(*(written(name) for name in (people * 2)[:2]))
    found = clean(text, known=Known(people=(" ".join(people),)))
    words = set(re.findall(r"[^\W\d_]+", found.casefold()))
    assert not words & set(people)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), max_size=4))
def test_any_text_is_read_and_a_second_time_nothing_changes(texts: list[str]) -> None:
    once = deidentify(texts, ANNA)
    assert len(once) == len(texts)
    assert deidentify(once, ANNA) == once
