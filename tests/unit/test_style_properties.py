"""In a style of any form, whatever the model writes becomes a note of that form, in its bounds."""

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.chunking import split_transcript
from notes.claims import stated_alerts
from notes.compose import ComposedNote, compose_note
from notes.fallback import extract_note
from notes.grammar import section_grammar
from notes.parsing import draft_from_branches, parse_note
from notes.prompt import ChatFormat, format_prompt
from notes.risk import read_risk
from notes.sentences import num_words
from notes.style import BUILT_IN, NoteStyle
from notes.style_rules import is_paragraph
from notes.transcript import parse_transcript
from notes.validation import Rule, check_note
from tests.unit.gbnf import as_regex
from tests.unit.sessions import AFFIRMED, any_session, calm_session
from tests.unit.styles import answered, anything, note_styles

EXAMPLES = settings(max_examples=150, deadline=None)
FEW = settings(max_examples=30, deadline=None)
styles = st.one_of(st.sampled_from(BUILT_IN.styles), note_styles())

Texts = Mapping[str, str]


def compose(text: str, texts: Sequence[Texts], style: NoteStyle, *, keep: bool) -> ComposedNote:
    transcript = parse_transcript(text)
    chunks = split_transcript(transcript, 10_000, num_words)
    return compose_note(transcript, chunks, texts, style, keep_unsupported=keep)


def rules(note: ComposedNote) -> set[Rule]:
    return {violation.rule for violation in note.violations}


@EXAMPLES
@given(any_session, styles, st.booleans(), st.data())
def test_any_text_becomes_a_note_of_the_style(
    text: str, style: NoteStyle, keep: bool, data: st.DataObject
) -> None:
    texts = data.draw(st.lists(st.one_of(answered(style), anything(style)), max_size=3))
    note = compose(text, texts, style, keep=keep)
    assert rules(note) <= {Rule.TOO_SHORT}
    assert note.draft.num_words <= style.long_max_words
    assert note.findings or note.draft.num_words <= style.max_words
    assert parse_note(note.text, style) == note.draft


@EXAMPLES
@given(calm_session, styles, st.data())
def test_a_note_whose_sections_have_content_is_long_enough(
    text: str, style: NoteStyle, data: st.DataObject
) -> None:
    own = [section.key for section in style.sections if section.key != "risk"]
    said = data.draw(st.lists(st.sampled_from(own), min_size=min(3, len(own)), unique=True))
    texts = {key: each for key, each in data.draw(answered(style)).items() if key in said}
    note = compose(text, [texts], style, keep=True)
    assert rules(note) == set()
    assert note.draft.num_words >= style.min_words


@EXAMPLES
@given(st.sampled_from(AFFIRMED), any_session, styles, st.data())
def test_an_alert_is_told_in_every_style_and_at_its_place(
    said: str, rest: str, style: NoteStyle, data: st.DataObject
) -> None:
    texts = data.draw(st.one_of(answered(style), anything(style)))
    note = compose(f"{rest}\n{said}", [texts], style, keep=True)
    place = note.draft.sections[-1] if is_paragraph(style) else note.draft.section("risk")
    assert stated_alerts(place.text)


@EXAMPLES
@given(any_session, styles)
def test_an_extract_is_a_note_of_the_style_too(text: str, style: NoteStyle) -> None:
    transcript = parse_transcript(text)
    note = extract_note(transcript, style)
    found = check_note(note, transcript, read_risk(transcript.turns), style)
    assert {violation.rule for violation in found} <= {Rule.TOO_SHORT}
    assert note.num_words <= style.long_max_words


@FEW
@given(note_styles(), st.data())
def test_what_the_grammar_allows_is_kept(style: NoteStyle, data: st.DataObject) -> None:
    section = data.draw(st.sampled_from(style.sections))
    text = data.draw(st.from_regex(as_regex(section_grammar(section)), fullmatch=True))
    kept = draft_from_branches(style, {section.key: text}).section(section.key)
    assert text.strip().startswith(kept.text.rstrip("."))
    assert not kept.is_discussed or (
        section.min_words <= num_words(kept.text) <= section.max_words
        and kept.text.startswith(section.opening)
    )


@FEW
@given(note_styles())
def test_the_model_is_asked_for_every_section(style: NoteStyle) -> None:
    prompt = format_prompt((), style, ChatFormat.PHI3)
    assert [branch.key for branch in prompt.branches] == [each.key for each in style.sections]
    assert all(style.instruction in branch.text for branch in prompt.branches)
