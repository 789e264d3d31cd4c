"""What is written in a comparison: the same sessions, grammar and number of tokens for everybody.

A document is the five sections with exactly NUM_TOKENS tokens, headings and openings included,
written greedily. Nobody can stop early, since the grammars have no end; everybody is cut at the
limit. A peer writes one document from one prompt, which asks for all sections at once, and its
sections come round again should tokens be left. The engine writes a branch for each section, whose
heading stands in its text and whose opening the grammar forces; both count as written. A peer's
model may spell a forced heading in smaller pieces than it needs, and then gets less far with its
tokens: that is not counted against it.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.errors import BenchError
from models.engine.asking import request_for
from models.engine.params import BranchRequest, GenerationRequest, SamplingParams
from notes.grammar import section_grammar
from notes.prompt import Branch, ChatFormat, Prompt, format_prompt
from notes.style import SECTIONS5, NoteStyle, SectionStyle
from notes.transcript import Turn, parse_transcript
from scripts.demo import FOLDER as DEMO

NUM_TOKENS = 130
GREEDY = SamplingParams(temperature=0.0, repeat_penalty=1.0)
TIMEOUT_S = 3600.0

_CSV_COLUMN = "session_transcription"
_STRIDE = 37  # turns between the beginnings of two sessions


@dataclass(frozen=True, slots=True)
class Session:
    """One session's turns."""

    name: str
    turns: tuple[Turn, ...]

    @property
    def num_words(self) -> int:
        """Return the number of words that were said."""
        return sum(_num_words(turn) for turn in self.turns)

    @property
    def before_last_turn(self) -> "Session":
        """Return the session as it was one turn earlier."""
        return replace(self, turns=self.turns[:-1])


@dataclass(frozen=True, slots=True)
class WholeNote:
    """A note as a peer is asked for it: one prompt, one grammar, one run of tokens."""

    prompt: str
    grammar: str
    max_tokens: int
    sampling: SamplingParams


@dataclass(frozen=True, slots=True)
class Workload:
    """Makes sessions, and the questions about them for one model.

    `turns` is what sessions are cut from; `count_tokens` is the model's.
    """

    turns: tuple[Turn, ...]
    chat_format: ChatFormat
    count_tokens: Callable[[str], int]
    num_tokens: int = NUM_TOKENS

    def sessions(self, num_words: int, seeds: Iterable[int]) -> tuple[Session, ...]:
        """Return a session of about so many words for each seed; no two begin alike."""
        return tuple(cut_session(self.turns, num_words, seed) for seed in seeds)

    def note_request(self, session: Session, style: NoteStyle = SECTIONS5) -> GenerationRequest:
        """Return the engine's question: its branches have NUM_TOKENS tokens with their headings."""
        prompt = format_prompt(session.turns, style, self.chat_format)
        shares = even_shares(self.num_tokens, len(prompt.branches))
        branches = tuple(
            BranchRequest(
                key=branch.key,
                text=branch.text,
                max_tokens=_room(share - self.heading_tokens(branch, style.section(branch.key))),
                grammar=endless_grammar(style.section(branch.key)),
            )
            for branch, share in zip(prompt.branches, shares, strict=True)
        )
        return GenerationRequest(session.name, prompt.prefix, branches, GREEDY, TIMEOUT_S)

    def whole_note(self, session: Session, style: NoteStyle = SECTIONS5) -> WholeNote:
        """Return a peer's question about the same session."""
        prompt = format_prompt(session.turns, style, self.chat_format)
        return WholeNote(
            prompt=whole_prompt(prompt, style),
            grammar=cyclic_grammar(style),
            max_tokens=self.num_tokens,
            sampling=GREEDY,
        )

    def prefix(self, session: Session) -> str:
        """Return what the engine reads of a session before any question."""
        return format_prompt(session.turns, SECTIONS5, self.chat_format).prefix

    def product_request(self, session: Session, sampling: SamplingParams) -> GenerationRequest:
        """Return the question that the product asks the engine: answers end where they end."""
        prompt = format_prompt(session.turns, SECTIONS5, self.chat_format)
        return request_for(prompt, session.name, sampling, timeout_s=TIMEOUT_S)

    def product_note(self, session: Session, sampling: SamplingParams) -> WholeNote:
        """Return the same as one question for a peer."""
        prompt = format_prompt(session.turns, SECTIONS5, self.chat_format)
        sections = SECTIONS5.sections
        headings = sum(map(self.heading_tokens, prompt.branches, sections))
        return WholeNote(
            prompt=whole_prompt(prompt, SECTIONS5),
            grammar=note_grammar(SECTIONS5),
            max_tokens=headings + sum(branch.max_tokens for branch in prompt.branches),
            sampling=sampling,
        )

    def heading_tokens(self, branch: Branch, section: SectionStyle) -> int:
        """Return the tokens of a branch's text that belong to the note."""
        asked = branch.text.removesuffix(heading_of(section))
        return self.count_tokens(branch.text) - self.count_tokens(asked)

    def num_headings_tokens(self, style: NoteStyle = SECTIONS5) -> int:
        """Return the tokens of all headings, which the engine reads and a peer writes."""
        prompt = format_prompt((), style, self.chat_format)
        return sum(map(self.heading_tokens, prompt.branches, style.sections))


def read_turns(path: Path | None = None) -> tuple[Turn, ...]:
    """Return the turns of the demo practice, or of a CSV with a column session_transcription."""
    texts = _csv_texts(path) if path else [file.read_text() for file in sorted(DEMO.glob("*.txt"))]
    turns = tuple(turn for text in texts for turn in parse_transcript(text).turns)
    if not turns:
        raise BenchError(reason=f"{path} holds no transcript.")
    return turns


def cut_session(turns: Sequence[Turn], num_words: int, seed: int) -> Session:
    """Return consecutive turns with about so many words; after the last turn the first follows.

    A first turn of its own keeps any two sessions from sharing what has been read.
    """
    first = replace(turns[0], text=f"Number {seed} in our list of meetings. Welcome.", label="")
    cut, total = [first], _num_words(first)
    place = seed * _STRIDE
    while True:
        turn = turns[place % len(turns)]
        # The nearest number of whole turns, since the last turn has to be of a usual length.
        if len(cut) > 1 and total + _num_words(turn) / 2 > num_words:
            break
        cut.append(turn)
        total += _num_words(turn)
        place += 1
    numbered = tuple(replace(turn, id=number) for number, turn in enumerate(cut, start=1))
    return Session(f"{num_words}-{seed}", numbered)


def even_shares(total: int, parts: int) -> tuple[int, ...]:
    """Return `total` in so many parts that differ by one at most."""
    share, rest = divmod(total, parts)
    return tuple(share + (number < rest) for number in range(parts))


def heading_of(section: SectionStyle) -> str:
    """Return a section's heading as the prompt writes it."""
    return f"**{section.heading}:**" if section.heading else ""


def whole_prompt(prompt: Prompt, style: NoteStyle) -> str:
    """Return the prefix, the question and the answer's tag."""
    question = prompt.branches[0].text.removesuffix(heading_of(style.sections[0]))
    return prompt.prefix + question


def endless_grammar(section: SectionStyle) -> str:
    """Return a section's grammar without an end: its words go on for ever."""
    body, rules = _parts(section)
    return f"root ::= {_least(body)} rest\nrest ::= more rest{rules}"


def cyclic_grammar(style: NoteStyle) -> str:
    """Return the grammar of a note whose sections come round again for ever.

    Each has as many words as it may have, which is about NUM_TOKENS tokens once round.
    """
    note, rules = "", ""
    for section in style.sections:
        body, rules = _parts(section)
        given = max(section.min_words, len(section.opening.split()) + 1)
        text = f"{_least(body)} more{{{section.max_words - given}}} end"
        note += f'"{heading_of(section)}" {text} "\\n" '
    return f"root ::= note root\nnote ::= {note}{rules}"


def note_grammar(style: NoteStyle) -> str:
    """Return the product's grammars of all sections as that of one note."""
    bodies = [_parts(section)[0] for section in style.sections]
    rules = _parts(style.sections[0])[1]
    lines = [f"part{number} ::= {body}" for number, body in enumerate(bodies)]
    note = ' "\\n" '.join(
        f'"{heading_of(section)}" part{number}' for number, section in enumerate(style.sections)
    )
    return "\n".join([f"root ::= {note}", *lines]) + rules


def check_count(who: str, num_tokens: Iterable[int], expected: int) -> None:
    """Raise BenchError unless every document has exactly the tokens that were asked for."""
    wrong = [number for number in num_tokens if number != expected]
    if wrong:
        reason = f"{who} wrote a document of {wrong[0]} tokens instead of {expected}."
        raise BenchError(reason=reason)


def _parts(section: SectionStyle) -> tuple[str, str]:
    """Return what the root of a section's grammar stands for, and the lines of its other rules."""
    root, _, rules = section_grammar(section).partition("\n")
    return root.removeprefix("root ::= "), f"\n{rules}"


def _least(body: str) -> str:
    """Return a section's opening and the words that it must have."""
    least, found, _ = body.partition(" more{")
    if not found:
        raise BenchError(reason="notes/grammar.py has changed: bench/workload.py must follow it.")
    return least


def _room(num_tokens: int) -> int:
    if num_tokens < 1:
        raise BenchError(reason="The document is too short for its headings.")
    return num_tokens


def _num_words(turn: Turn) -> int:
    return len(turn.text.split())


def _csv_texts(path: Path) -> list[str]:
    if not path.is_file():
        raise BenchError(reason=f"There is no file {path}.")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if _CSV_COLUMN not in (reader.fieldnames or ()):
            raise BenchError(reason=f"{path.name} has no column {_CSV_COLUMN}.")
        return [row[_CSV_COLUMN] for row in reader]
