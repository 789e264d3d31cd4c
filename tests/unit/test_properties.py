"""The design's properties of summaries that are pure functions of transcript and model answers."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.chunking import split_transcript
from notes.compose import ComposedNote, compose_note
from notes.facts import SessionFacts, SessionSource, newest_first, read_session
from notes.fallback import extract_note
from notes.history import compose_history, history_documents
from notes.parsing import NOT_DISCUSSED, parse_note
from notes.risk import Polarity, assess_risk, unmark
from notes.style import HISTORY, SECTIONS5
from notes.transcript import parse_transcript
from notes.validation import Rule
from tests.unit.sessions import (
    any_session,
    any_texts,
    branch_texts,
    calm_session,
    garbage,
    keys,
    risky_session,
)

EXAMPLES = settings(max_examples=100, deadline=None)
HEADINGS = ["Chief Complaint", "Emotional State", "Risk", "Intervention", "Plan"]
MARK = re.compile(r"\{\{RED:[^{}]+\}\}")
ACTIVE = (Polarity.AFFIRMED, Polarity.PASSIVE)


def compose(text: str, texts: Sequence[Mapping[str, str]]) -> ComposedNote:
    transcript = parse_transcript(text)
    chunks = split_transcript(transcript, 10_000, lambda words: len(words.split()))
    return compose_note(transcript, chunks, texts, SECTIONS5)


sources = st.lists(st.tuples(any_session, st.booleans()), min_size=1, max_size=6).map(
    lambda pairs: [source(n, text, as_note) for n, (text, as_note) in enumerate(pairs, start=1)]
)


def source(number: int, text: str, as_note: bool) -> SessionFacts:
    if as_note:
        text = extract_note(parse_transcript(text), SECTIONS5).text
    facts = read_session(SessionSource(number, dt.date(2026, 1, number), text, is_note=as_note))
    return replace(facts, text=text)


@EXAMPLES
@given(sources, st.integers(12, 200))
def test_one_summary_over_all_sessions(sessions: list[SessionFacts], max_tokens: int) -> None:
    """Property 8: Multi-Session Formatting."""
    read = history_documents(sessions, max_tokens, lambda words: len(words.split()))
    documents = read.documents
    titles = re.findall(
        r"^Session (\d+) \([\d-]+\)(?:, part (\d+) of \d+)?:$", "\n".join(documents), re.M
    )
    firsts = [int(number) for number, part in titles if part in ("", "1")]
    assert firsts == sorted(firsts, reverse=True)
    assert firsts[0] == newest_first(sessions)[0].number
    assert len(set(firsts)) == read.num_read <= len(sessions)
    summary = compose_history(sessions, [{"themes": "Sleep and work come back."}] * len(documents))
    assert summary.num_sessions == len(sessions)
    assert [s.heading for s in summary.draft.sections] == [s.heading for s in HISTORY.sections]


@EXAMPLES
@given(any_session, st.lists(any_texts, max_size=4))
def test_every_note_has_all_sections_in_order(text: str, texts: list[dict[str, str]]) -> None:
    """Property 9: Required Summary Sections."""
    note = compose(text, texts)
    assert re.findall(r"^\*\*([^*]+):\*\* \S", note.text, re.M) == HEADINGS
    assert len(note.text.splitlines()) == 5
    assert parse_note(note.text, SECTIONS5) == note.draft
    if not any(texts):
        assert note.text.count(NOT_DISCUSSED) == 4


@EXAMPLES
@given(risky_session, st.lists(any_texts, max_size=3))
def test_urgent_words_of_what_was_affirmed_are_marked(
    text: str, texts: list[dict[str, str]]
) -> None:
    """Property 10: Risk Keyword Formatting."""
    note = compose(text, texts)
    assert any(finding.polarity in ACTIVE for finding in note.findings)
    assert note.draft.section("risk").is_discussed
    assert {Rule.WRONG_MARKS, Rule.RISK_DISAGREES}.isdisjoint(v.rule for v in note.violations)


@EXAMPLES
@given(calm_session, st.lists(any_texts, max_size=3))
def test_what_was_denied_is_not_urgent(text: str, texts: list[dict[str, str]]) -> None:
    """Property 10: Risk Keyword Formatting."""
    note = compose(text, texts)
    assert not any(finding.polarity in ACTIVE for finding in note.findings)
    assert not MARK.search(note.text)


@EXAMPLES
@given(any_session, st.lists(branch_texts, min_size=1, max_size=3))
def test_notes_have_30_to_70_words(text: str, texts: list[dict[str, str]]) -> None:
    """Property 11: Summary Word Count Bounds."""
    note = compose(text, texts)
    assert note.draft.num_words <= (150 if note.findings else 70)
    num_discussed = sum(section.is_discussed for section in note.draft.sections)
    assert note.draft.num_words >= 30 or num_discussed < 5


@EXAMPLES
@given(any_session, st.sampled_from((0, 1, 30)), st.lists(any_texts, max_size=6))
def test_no_note_exceeds_150_words(text: str, times: int, texts: list[dict[str, str]]) -> None:
    """Property 11: Summary Word Count Bounds."""
    note = compose("\n".join([text] * times), texts)
    assert note.draft.num_words <= 150
    assert Rule.TOO_LONG not in {violation.rule for violation in note.violations}


@EXAMPLES
@given(
    sources, st.lists(st.dictionaries(st.sampled_from([s.key for s in HISTORY.sections]), garbage))
)
def test_sessions_give_the_summary_that_the_route_answers(
    sessions: list[SessionFacts], texts: list[dict[str, str]]
) -> None:
    """Property 14: Session Processing Equivalence."""
    summary = compose_history(sessions, texts)
    answer = (summary.text, summary.num_sessions, list(summary.key_points))
    again = compose_history(list(reversed(sessions)), texts)
    assert answer == (again.text, again.num_sessions, list(again.key_points))
    numbers = [int(re.findall(r"^Session (\d+)", point)[0]) for point in summary.key_points]
    assert numbers == sorted(numbers, reverse=True)


@EXAMPLES
@given(any_session, st.lists(any_texts, max_size=3))
def test_marks_are_whole_and_change_no_word(text: str, texts: list[dict[str, str]]) -> None:
    """Property 15: Formatting Convention Support."""
    for draft in (compose(text, texts).draft, extract_note(parse_transcript(text), SECTIONS5)):
        assert not re.search(r"[{}]", MARK.sub("", draft.text))
        assert MARK.sub(lambda match: match.group()[6:-2], draft.text) == unmark(draft.text)
    findings = assess_risk(parse_transcript(text).turns)
    is_urgent = any(finding.polarity in ACTIVE for finding in findings)
    assert is_urgent or not MARK.search(compose(text, texts).text)


def test_the_keys_are_those_of_the_design() -> None:
    assert keys == ["chief_complaint", "emotional_state", "risk", "intervention", "plan"]
