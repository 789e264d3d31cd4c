"""What the rules cannot read is said to be unread, and answers nothing."""

from dataclasses import replace

import pytest

from notes.risk import (
    NOT_ASSESSED,
    NOTHING_FOUND,
    RiskReading,
    is_notice,
    read_risk,
    reconcile_risk,
)
from tests.unit.risk_suite import talk


def read_in(languages: str, *lines: str) -> RiskReading:
    turns = zip(talk(*lines), languages.split(), strict=True)
    return read_risk([replace(turn, language=language) for turn, language in turns])


def said_of(reading: RiskReading, model: str = "") -> str:
    text, _ = reconcile_risk(model, reading.findings, was_asked=reading.asked, reach=reading.reach)
    return text


@pytest.mark.parametrize("model", ["", "Denies SI/HI.", "A safety plan was written down."])
def test_a_session_in_another_language_is_not_assessed(model: str) -> None:
    reading = read_in("es es", "T: ¿Ha pensado en el suicidio?", "P: No.")
    assert said_of(reading, model) == NOT_ASSESSED
    assert NOT_ASSESSED == "Risk not assessed: transcript is not in English."


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ("en en", "Denies suicidal thoughts when asked."),
        (
            "en es",
            "Asked about suicidal thoughts; no clear answer. "
            "1 of 2 turns is not in English and was not assessed.",
        ),
        ("es en", f"{NOTHING_FOUND} 1 of 2 turns is not in English and was not assessed."),
    ],
)
def test_a_no_in_another_language_is_no_answer(languages: str, expected: str) -> None:
    assert said_of(read_in(languages, "T: Any thoughts of suicide?", "P: No.")) == expected


def test_a_later_no_does_not_answer_in_its_place() -> None:
    lines = "T: Any thoughts of suicide?", "P: Sí, todas las noches.", "P: No, I can't say it."
    assert "Denies" not in said_of(read_in("en es en", *lines))


def test_findings_of_english_turns_stand_beside_what_was_not_assessed() -> None:
    lines = "P: Estoy muy mal.", "P: I wish I was dead.", "P: Ya no puedo más."
    reading = read_in("es en es", *lines)
    text = said_of(reading)
    assert text == (
        "Passive wish to be dead reported. 2 of 3 turns are not in English and were not assessed."
    )
    assert said_of(reading, text) == text
    assert [is_notice(sentence) for sentence in text.split(". ", 1)] == [False, True]
    assert is_notice(NOT_ASSESSED)
