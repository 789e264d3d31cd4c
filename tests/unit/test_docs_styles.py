"""docs/styles.md is true: its table is the code's, and its example writes notes."""

import re

from deployments.config import ROOT
from notes.chunking import split_transcript
from notes.compose import compose_note
from notes.sentences import num_words
from notes.style import BUILT_IN
from notes.style_file import read_styles
from notes.style_rules import MAX_SECTION_WORDS, MAX_SECTIONS
from notes.transcript import parse_transcript
from notes.validation import LONG_TRANSCRIPT_WORDS
from tests.unit.sessions import AFFIRMED, NEUTRAL, session

DOCUMENT = (ROOT / "docs" / "styles.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (\d+) to (\d+) \| (\d+) \|$", re.MULTILINE)
TEXTS = {
    "chief_complaint": "Patient wants to sleep through the night before work.",
    "intervention": "Therapist and patient tried the breathing exercise together.",
    "response": "Patient told the therapist that the exercise makes them a bit calmer.",
    "plan": "Patient will keep a sleep diary every day next week.",
}


def test_the_table_holds_the_built_in_styles() -> None:
    found = ROW.findall(DOCUMENT)
    rows = [(name, headings.strip(), *map(int, bounds)) for name, headings, *bounds in found]
    assert rows == [
        (
            style.name,
            " · ".join(section.heading for section in style.sections) or "one paragraph",
            style.min_words,
            style.max_words,
            style.long_max_words,
        )
        for style in BUILT_IN
    ]


def test_the_limits_are_the_codes() -> None:
    for limit in (MAX_SECTIONS, MAX_SECTION_WORDS, f"{LONG_TRANSCRIPT_WORDS:,}"):
        assert f" {limit} " in DOCUMENT


def test_the_example_writes_a_note() -> None:
    style = read_styles(ROOT / "docs" / "styles").get("girp")
    transcript = parse_transcript(session((*NEUTRAL, AFFIRMED[1])))
    chunks = split_transcript(transcript, 10_000, num_words)
    note = compose_note(transcript, chunks, [TEXTS], style)
    assert note.violations == ()
    headings = re.findall(r"^\*\*(.+?):\*\*", note.text, re.MULTILINE)
    assert headings == ["Goal", "Intervention", "Response", "Risk", "Plan"]
    assert "{{RED:suicid" in note.draft.section("risk").text
    assert note.draft.section("plan").text == TEXTS["plan"]
