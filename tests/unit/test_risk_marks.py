"""Urgent words are marked, denied ones are not, and no word is ever changed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.risk import (
    Polarity,
    RiskCategory,
    RiskFinding,
    mark_risks,
    reconcile_risk,
    unmark,
)

WELL_FORMED = re.compile(r"\{\{RED:[^{}]+\}\}")


def finding(
    category: RiskCategory, polarity: Polarity = Polarity.AFFIRMED, *, is_answer: bool = False
) -> RiskFinding:
    turn_ids = (1, 2) if is_answer else (2,)
    return RiskFinding(category, polarity, None, turn_ids, "test", 0, 1, "test")


EVERY = tuple(finding(category) for category in RiskCategory)
DENIED = tuple(finding(category, Polarity.DENIED, is_answer=True) for category in RiskCategory)


@pytest.mark.parametrize(
    ("plain", "marked"),
    [
        ("Reports suicidal thoughts.", "Reports {{RED:suicidal}} thoughts."),
        ("Wants to kill himself.", "Wants to {{RED:kill himself}}."),
        ("Self-harming weekly.", "{{RED:Self-harming}} weekly."),
        ("Urges to hurt herself.", "Urges to {{RED:hurt herself}}."),
        ("Violent outbursts.", "{{RED:Violent}} outbursts."),
        ("Abused by her partner.", "{{RED:Abused}} by her partner."),
        ("Took an overdose.", "Took an {{RED:overdose}}."),
        ("Thinks of ending her own life.", "Thinks of {{RED:ending her own life}}."),
        ("Passive wish to be dead.", "Passive {{RED:wish to be dead}}."),
        ("Said he was better off dead.", "Said he was {{RED:better off dead}}."),
    ],
)
def test_the_designs_words_are_marked(plain: str, marked: str) -> None:
    assert mark_risks(plain, EVERY) == marked


@pytest.mark.parametrize(
    "plain",
    [
        "Denies suicidal thoughts.",
        "No self-harm, violence or abuse reported.",
        "There was no evidence of suicidal intent.",
        "Suicide was ruled out.",
        "Overdosing is not something she would do.",
        "A skilled negotiator.",
    ],
)
def test_what_the_note_denies_is_not_marked(plain: str) -> None:
    assert mark_risks(plain, EVERY) == plain


def test_a_denial_beside_an_affirmed_danger() -> None:
    text = "Reports suicidal thoughts, but denies self-harm."
    assert mark_risks(text, EVERY) == "Reports {{RED:suicidal}} thoughts, but denies self-harm."


@pytest.mark.parametrize("polarity", set(Polarity) - {Polarity.AFFIRMED, Polarity.PASSIVE})
def test_only_affirmed_and_passive_findings_mark(polarity: Polarity) -> None:
    assert mark_risks("Suicide.", (finding(RiskCategory.SUICIDE, polarity),)) == "Suicide."


def test_marks_belong_to_the_finding() -> None:
    text = "Suicide and violence."
    assert mark_risks(text, (finding(RiskCategory.VIOLENCE),)) == "Suicide and {{RED:violence}}."


@pytest.mark.parametrize(
    "text",
    [
        "{{RED:sleep}}",
        "{{RED:{{RED:suicide}}}}",
        "{{RED:suicide",
        "suicide}}",
        "{{{RED:a}}{RED:b}}",
    ],
)
def test_a_models_own_marks_are_made_again(text: str) -> None:
    marked = mark_risks(text, EVERY)
    assert "{{" not in WELL_FORMED.sub("", marked)
    assert ("{{RED:suicide}}" in marked) == ("suicide" in text)


WORDS = (
    "suicide",
    "Suicidal",
    "self-harm",
    "kill himself",
    "abuse",
    "violence",
    "overdose",
    "sleep",
)
BRACES = ("{{RED:", "}}", "{", "}", "RED:")
GLUE = (" ", ". ", ", ", "but ", "no ", "denies ", "ſuicide", "İ", "’")
PIECES = st.sampled_from((*WORDS, *BRACES, *GLUE))
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join))
FINDINGS = st.lists(
    st.builds(finding, st.sampled_from(RiskCategory), st.sampled_from(Polarity)), max_size=4
)


@settings(max_examples=300)
@given(TEXTS, FINDINGS)
def test_marking_is_idempotent_and_alters_no_word(text: str, findings: list[RiskFinding]) -> None:
    """Property 15: Formatting Convention Support.

    Keywords of affirmed and passive findings keep the `{{RED:…}}` form, and nothing else does.
    """
    marked = mark_risks(text, findings)
    assert mark_risks(marked, findings) == marked
    assert unmark(marked) == unmark(text)
    assert unmark(unmark(text)) == unmark(text)
    assert "{{" not in WELL_FORMED.sub("", marked)


KEYWORDS = st.sampled_from(
    ["suicide", "self-harm", "kill", "hurt myself", "violence", "abuse", "overdose"]
)
FRAMES = st.sampled_from(
    ["Patient spoke about {}.", "Today: {}.", "Sleeps badly. Reports {} again."]
)


@settings(max_examples=100)
@given(st.lists(st.tuples(FRAMES, KEYWORDS), min_size=1, max_size=5))
def test_every_keyword_of_an_alert_is_marked(parts: list[tuple[str, str]]) -> None:
    """Property 10: Risk Keyword Formatting.

    Read as: keywords of affirmed and passive findings.
    """
    text = " ".join(frame.format(word) for frame, word in parts)
    marked = mark_risks(text, EVERY)
    assert WELL_FORMED.findall(marked) == [f"{{{{RED:{word}}}}}" for _, word in parts]
    assert mark_risks(text, DENIED) == text


@settings(max_examples=200)
@given(TEXTS, FINDINGS)
def test_the_risk_section_of_any_model_text(text: str, findings: list[RiskFinding]) -> None:
    """Property 15: Formatting Convention Support.

    The Risk section of any model text is never empty, and its marks are well-formed.
    """
    section, _ = reconcile_risk(text, findings)
    assert section
    marked = mark_risks(section, findings)
    assert "{{" not in WELL_FORMED.sub("", marked)
