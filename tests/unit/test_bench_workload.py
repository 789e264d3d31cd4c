"""A comparison is fair: the same sessions, grammar and number of tokens for everybody."""

import re
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.workload import (
    NUM_TOKENS,
    Workload,
    check_count,
    cut_session,
    cyclic_grammar,
    endless_grammar,
    even_shares,
    note_grammar,
    read_turns,
    whole_prompt,
)
from notes.prompt import ChatFormat, format_prompt
from notes.style import HISTORY, SECTIONS5, NoteStyle
from tests.unit.gbnf import as_regex

WORDS_OF = re.compile(r"\w+|[^\w\s]")
LENGTHS = (200, 500, 1000, 1500, 8000)


def count_tokens(text: str) -> int:
    return len(WORDS_OF.findall(text))


@pytest.fixture(scope="module")
def workload() -> Workload:
    return Workload(read_turns(), ChatFormat.PHI3, count_tokens)


@pytest.mark.parametrize("words", LENGTHS)
def test_sessions_have_about_the_words_asked_for(workload: Workload, words: int) -> None:
    sessions = workload.sessions(words, range(30))
    longest_turn = max(len(turn.text.split()) for turn in workload.turns)
    assert all(abs(session.num_words - words) <= longest_turn / 2 for session in sessions)
    mean = sum(session.num_words for session in sessions) / len(sessions)
    assert abs(mean / words - 1) < 0.05


def test_a_seed_is_a_session(workload: Workload) -> None:
    assert workload.sessions(500, [7, 8]) == workload.sessions(500, [7, 8])


def test_no_two_sessions_share_more_than_what_all_prompts_share(workload: Workload) -> None:
    prefixes = [workload.prefix(session) for session in workload.sessions(200, range(300))]
    shared = format_prompt((), SECTIONS5, ChatFormat.PHI3).prefix + "Therapist: Number "
    starts = {prefix[: len(shared) + 8] for prefix in prefixes}
    assert all(prefix.startswith(shared) for prefix in prefixes)
    assert len(starts) == len(prefixes)


def test_turns_are_numbered_and_go_round(workload: Workload) -> None:
    few = workload.turns[:5]
    session = cut_session(few, 2000, seed=3)
    assert [turn.id for turn in session.turns] == list(range(1, len(session.turns) + 1))
    assert len(session.turns) > 2 * len(few)
    assert session.before_last_turn.turns == session.turns[:-1]


def test_what_is_prefilled_begins_the_prompt_of_the_note(workload: Workload) -> None:
    (session,) = workload.sessions(1000, [4])
    early = workload.prefix(session.before_last_turn)
    assert workload.note_request(session).prefix.startswith(early)


@pytest.mark.parametrize("style", [SECTIONS5, HISTORY])
def test_branches_and_headings_have_the_documents_tokens(
    workload: Workload, style: NoteStyle
) -> None:
    (session,) = workload.sessions(200, [1])
    request = workload.note_request(session, style)
    written = sum(branch.max_tokens for branch in request.branches)
    assert written + workload.num_headings_tokens(style) == NUM_TOKENS
    assert workload.whole_note(session, style).max_tokens == NUM_TOKENS


def test_styles_share_what_is_read(workload: Workload) -> None:
    (session,) = workload.sessions(200, [1])
    first, second = workload.note_request(session), workload.note_request(session, HISTORY)
    assert first.prefix == second.prefix
    assert {branch.text for branch in first.branches}.isdisjoint(
        branch.text for branch in second.branches
    )


def test_everybody_samples_alike(workload: Workload) -> None:
    (session,) = workload.sessions(200, [1])
    sampling = workload.note_request(session).sampling
    assert sampling == workload.whole_note(session).sampling
    assert (sampling.temperature, sampling.repeat_penalty) == (0.0, 1.0)


@pytest.mark.parametrize("chat_format", ChatFormat)
def test_a_peers_prompt_asks_for_all_sections_in_one_message(chat_format: ChatFormat) -> None:
    prompt = format_prompt(read_turns()[:4], SECTIONS5, chat_format)
    whole = whole_prompt(prompt, SECTIONS5)
    assert whole.startswith(prompt.prefix)
    asked = whole.removeprefix(prompt.prefix)
    assert asked.count(SECTIONS5.instruction) == 1
    assert "**" not in asked
    # It ends where the answer of a section would begin.
    tags = prompt.branches[-1].text.removesuffix("**Plan:**").rpartition("patient.")[2]
    assert asked.endswith(tags)
    assert asked.count(tags.strip()) == 1


def test_the_engines_grammar_has_no_end() -> None:
    for section in SECTIONS5.sections:
        grammar = endless_grammar(section)
        # `rest` calls itself after at least a word, and nothing else ends the root.
        assert re.match(r"root ::= \".*\" word on\{\d+\} rest\nrest ::= more rest\n", grammar)
        assert section.opening in grammar


def test_a_peers_grammar_holds_every_heading_in_order_and_has_no_end() -> None:
    grammar = cyclic_grammar(SECTIONS5)
    assert grammar.startswith("root ::= note root\n")
    headings = re.findall(r'"\*\*([^:]+):\*\*"', grammar)
    assert headings == [section.heading for section in SECTIONS5.sections]


def test_a_peers_sections_have_the_most_words_of_the_style() -> None:
    once = cyclic_grammar(SECTIONS5).replace("root ::= note root", "root ::= note")
    pattern = re.compile(as_regex(once))
    note = "".join(
        f"**{section.heading}:** " + " ".join(words(section.opening, section.max_words)) + ".\n"
        for section in SECTIONS5.sections
    )
    assert pattern.fullmatch(note.replace("\n", r"\n"))
    assert not pattern.fullmatch(note.replace("word.", ".").replace("\n", r"\n"))


def words(opening: str, number: int) -> list[str]:
    given = opening.split()
    return [*given, *["word"] * (number - len(given))]


def test_the_products_grammar_is_that_of_its_sections() -> None:
    pattern = re.compile(as_regex(note_grammar(SECTIONS5)))
    note = r"\n".join(
        f"**{section.heading}:** " + " ".join(words(section.opening, section.min_words + 1)) + "."
        for section in SECTIONS5.sections
    )
    assert pattern.fullmatch(note)
    absent = note.replace(f"Risk:** {' '.join(words('', 7))}.", "Risk:** Not discussed.")
    assert absent != note
    assert pattern.fullmatch(absent)


def test_shares_are_even_and_whole() -> None:
    assert even_shares(130, 5) == (26,) * 5
    assert even_shares(130, 6) == (22, 22, 22, 22, 21, 21)


def test_a_document_too_short_for_its_headings_is_refused() -> None:
    short = Workload(read_turns(), ChatFormat.PHI3, count_tokens, num_tokens=20)
    with pytest.raises(BenchError, match="too short"):
        short.note_request(short.sessions(200, [1])[0])


def test_a_wrong_count_is_loud() -> None:
    check_count("somebody", [130, 130], 130)
    with pytest.raises(BenchError, match="somebody wrote a document of 129 tokens instead of 130"):
        check_count("somebody", [130, 129], 130)


def test_sessions_can_come_from_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "sessions.csv"
    path.write_text(
        'session_transcription,session_summary\n"Therapist: Hello.\nPatient: Hi.",x\n'
        '"Therapist: Again?\nPatient: Yes.",y\n'
    )
    assert [turn.text for turn in read_turns(path)] == ["Hello.", "Hi.", "Again?", "Yes."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "There is no file"),
        ("transcript\nhello\n", "has no column session_transcription"),
        ("session_transcription\n", "holds no transcript"),
    ],
)
def test_a_csv_that_is_none_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    path = tmp_path / "sessions.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BenchError, match=sentence):
        read_turns(path)
