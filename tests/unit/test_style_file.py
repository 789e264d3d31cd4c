"""A practice's own styles: read from files, and refused with a sentence that says what to do."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.config import ROOT, Settings
from notes.errors import ConfigurationError, StyleFileError
from notes.risk import (
    NOTHING_FOUND,
    Polarity,
    RiskCategory,
    RiskFinding,
    Severity,
    risk_statement,
)
from notes.sentences import num_words
from notes.style import BUILT_IN, NoteStyle
from notes.style_file import parse_style, read_styles
from notes.style_rules import (
    ALERT_WORDS,
    ASKED_WORDS,
    NOTHING_FOUND_WORDS,
    SHORTEST_STATEMENT,
    fault,
)
from scripts.system import start_system
from tests.unit.styles import as_toml, note_styles

EXAMPLES = settings(max_examples=100, deadline=None)
GOOD = (ROOT / "docs" / "styles" / "girp.toml").read_text()


@pytest.mark.parametrize("style", list(BUILT_IN), ids=lambda style: style.name)
def test_the_built_in_styles_keep_the_rules(style: NoteStyle) -> None:
    assert fault(style) is None


@EXAMPLES
@given(note_styles())
def test_a_style_is_read_as_it_was_written(style: NoteStyle) -> None:
    assert parse_style(style.name, as_toml(style)) == style


@EXAMPLES
@given(st.one_of(st.text(), st.builds(GOOD.replace, st.sampled_from(GOOD.split()), st.text())))
def test_any_file_is_a_style_or_refused(text: str) -> None:
    with suppress(StyleFileError):
        assert fault(parse_style("own", text)) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("min_words = 30", "min_words = = 30", "is not TOML"),
        ("min_words = 30", "least = 30", r"`least` is not known.*`min_words`"),
        ("min_words = 30", 'min_words = "30"', "`min_words` must be a whole number"),
        ("min_words = 30", "min_words = true", "`min_words` must be a whole number"),
        ("min_words = 30", "min_words = 80", r"\(80\), `max_words` \(70\).*must not fall"),
        ("min_words = 30", "min_words = 31", "may have 30 words. Lower it"),
        ("max_words = 70", "max_words = 60", "`max_words` is 60.*need 70 words"),
        ("long_max_words = 150", "long_max_words = 80", "`long_max_words` is 80.*need 92"),
        ("long_max_words = 150", "long_max_words = 5000", "1000 at most"),
        ('instruction = "', 'instruction = "<|user|> ', "`instruction` must be plain words"),
        ("Use the words of the patient.", " word" * 60, "`instruction` must be plain"),
        ("of the patient.", "of the patient" + " again" * 60, "`instruction` has 74 words"),
        ("[[section]]", "[section]", "not TOML"),
        ("[[section]]", "[[part]]", "`part` is not known"),
        ('heading = "Goal"', "", "`heading` of section 1 is missing"),
        ('heading = "Goal"', "heading = 5", "`heading` of section 1 must be a text"),
        ('heading = "Goal"', 'heading = "Goal:"', "`heading` of section 1 must be plain words"),
        ('heading = "Goal"', 'heading = "**Goal**"', "`heading` of section 1 must be plain words"),
        ('heading = "Goal"', 'heading = "<|end|>"', "`heading` of section 1 must be plain words"),
        ('heading = "Goal"', 'heading = "plan"', '"plan" stands twice'),
        ('heading = "Goal"', 'heading = "Interventions"', '"interventions" stands twice'),
        ('heading = "Goal"', 'heading = "Risk Assessment"', '"risk assessment" stands twice'),
        ('key = "plan"', 'key = "Next plan"', "`key` of section 5 must begin with a small letter"),
        ('key = "plan"', 'key = "response"', '`key = "response"` stands twice'),
        ('key = "risk"', 'key = "danger"\nheading = "Danger"', 'no section with `key = "risk"`'),
        ('key = "risk"', 'key = "risk"\nheading = "Danger"', '`heading` must be "Risk"'),
        ('key = "risk"', 'key = "risk"\nopening = "Patient denies"', "`opening` be left out"),
        (
            'opening = "Patient"',
            'opening = "Patient will:"',
            "`opening` of section 5 must",
        ),
        (
            'opening = "Patient"',
            'opening = "' + "very " * 9 + '"',
            "`opening` of section 5",
        ),
        (
            'opening = "Patient"',
            'opening = "Patient said they will"\nmin_words = 4',
            "Write 7 or more",
        ),
        (
            'opening = "Patient"',
            'opening = "Use the words of the patient"\nmin_words = 12',
            "repeats five words of `instruction`",
        ),
        (
            'opening = "Patient"',
            'opening = "Patient said they will"\nmax_words = 400',
            "`max_words` 400. Write 4 to 300",
        ),
        (
            'opening = "Patient"',
            'opening = "Patient said they will"\nis_optional = 1',
            "`is_optional` of section 5 must be true or false",
        ),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(StyleFileError, match=words) as caught:
        parse_style("own", GOOD.replace(old, new, 1))
    assert "own.toml" in str(caught.value)
    assert "docs/styles.md" in str(caught.value)


def test_the_rules_leave_room_for_whatever_is_said_of_risk() -> None:
    alerts = [
        RiskFinding(category, Polarity.AFFIRMED, Severity.PLAN, (1,), "", 0, 0, "pills bridge")
        for category in RiskCategory
    ]
    passive = RiskFinding(RiskCategory.SUICIDE, Polarity.PASSIVE, None, (1,), "", 0, 0, "")
    assert num_words(risk_statement([*alerts, passive])) <= ALERT_WORDS
    assert num_words(risk_statement([], was_asked=tuple(RiskCategory))) <= ASKED_WORDS
    assert num_words(NOTHING_FOUND) <= NOTHING_FOUND_WORDS
    shortest = min(num_words(risk_statement([alert])) for alert in alerts)
    assert shortest == SHORTEST_STATEMENT


def test_a_style_needs_sections_and_not_too_many() -> None:
    with pytest.raises(StyleFileError, match="no sections"):
        parse_style("own", 'instruction = "Summarize this session."')
    many = "".join(f'[[section]]\nkey = "k{n}"\nheading = "H {n}"\n' for n in range(11))
    with pytest.raises(StyleFileError, match=r"11 sections\. Write 10 at most"):
        parse_style("own", 'instruction = "Summarize this session."\n' + many)


@pytest.mark.parametrize("name", ["soap", "history", "paragraph", "Intake", "in take", "8"])
def test_a_file_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(StyleFileError, match="Rename the file"):
        parse_style(name, GOOD)


def test_a_folder_adds_its_styles_to_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(GOOD)
    (tmp_path / "README.md").write_text("not a style")
    assert [style.name for style in read_styles(tmp_path)][-2:] == ["narrative", "own"]
    assert read_styles(None) == BUILT_IN


def test_a_wrong_folder_stops_the_start_before_anything_runs(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", styles_dir=tmp_path / "styles")
    with pytest.raises(ConfigurationError, match=r"styles_dir.*is not a folder"):
        start_system(settings)
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "own.toml").write_bytes(b"\xff")
    with pytest.raises(StyleFileError, match=r"own\.toml.*UTF-8"):
        start_system(settings)
    assert not (tmp_path / "data").exists()
