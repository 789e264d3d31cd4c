"""Sessions with notes as token sequences: the transcript once, and after it every section.

Serving reads a transcript once and lets the sections of a note branch from it. Training does the
same: the sections' branches follow one another in one sequence, each sees the prefix and itself
only (`visibility`) and counts its positions from the prefix on. Five examples of one session so
cost little more than one, and the loss is the sum of theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from datasets import Dataset

from notes.chunking import Chunk
from notes.errors import ConfigurationError
from notes.grounding import Grounding
from notes.parsing import NOT_DISCUSSED
from notes.planning import PromptPlanner
from notes.prompt import ChatFormat, format_prompt, render_example
from notes.sentences import split_sentences
from notes.style import get_style
from notes.transcript import Transcript, Turn, parse_transcript
from train_jobs.dataset import NotedSession

IGNORED = -100  # a label without loss, as PyTorch's cross-entropy calls it
PREFIX = 0

Notes = Mapping[str, Mapping[str, str]]


class Tokenizer(Protocol):
    """What is needed of a tokenizer of transformers."""

    def __call__(
        self, text: str, *, add_special_tokens: bool, return_offsets_mapping: bool
    ) -> Mapping[str, Any]:
        """Return `input_ids`, and `offset_mapping`: start and end of each in characters."""
        ...


@dataclass(frozen=True, slots=True)
class Tree:
    """One sequence: tokens, labels, positions and branches (0 is the prefix), all of one length."""

    input_ids: list[int]
    labels: list[int]
    positions: list[int]
    branches: list[int]

    @property
    def num_tokens(self) -> int:
        """Return the length."""
        return len(self.input_ids)

    @property
    def num_labels(self) -> int:
        """Return how many tokens have a loss."""
        return sum(label != IGNORED for label in self.labels)


def format_for_training(
    sessions: Iterable[NotedSession],
    tokenizer: Tokenizer,
    chat_format: ChatFormat,
    max_tokens: int,
) -> Dataset:
    """Return one row a sequence (`input_ids`, `labels`, `positions`, `branches`: lists of int).

    A session that does not fit `max_tokens` is cut into chunks, as serving would, and each chunk
    is paired with what its turns bear out; nothing is cut silently.
    """
    trees = [
        tree
        for session in sessions
        for tree in trees_of(session, tokenizer, chat_format, max_tokens)
    ]
    if not trees:
        raise ConfigurationError(reason="The data holds no session with a note to train on.")
    return Dataset.from_list(
        [
            {
                "input_ids": tree.input_ids,
                "labels": tree.labels,
                "positions": tree.positions,
                "branches": tree.branches,
            }
            for tree in trees
        ]
    )


def trees_of(
    session: NotedSession, tokenizer: Tokenizer, chat_format: ChatFormat, max_tokens: int
) -> Iterator[Tree]:
    """Yield the sequences of a session: one, or one for each chunk that bears a section out."""
    transcript = parse_transcript(session.transcript)
    whole = _tree(transcript.turns, session.notes, tokenizer, chat_format)
    if whole.num_tokens <= max_tokens:
        yield whole
        return
    frame = whole.num_tokens - len(_encode(tokenizer, _prefix(transcript.turns, chat_format))[0])
    planner = PromptPlanner(_Counter(tokenizer), chat_format, max_tokens - frame)
    for style in (get_style(name) for name in session.notes):
        for chunk in planner.plan_note(transcript, style).chunks:
            notes = {style.name: part_of(session.notes[style.name], chunk, transcript)}
            if notes[style.name]:
                yield _tree(chunk.turns, notes, tokenizer, chat_format)


def part_of(sections: Mapping[str, str], chunk: Chunk, transcript: Transcript) -> Mapping[str, str]:
    """Return a note's sections with the sentences that a chunk's turns bear out.

    A section of which another chunk has everything is "Not discussed." here; nothing is returned
    for a chunk that bears out no sentence.
    """
    grounding = Grounding(transcript.turns)
    inside = {turn.id for turn in chunk.turns}
    parts: dict[str, str] = {}
    for key, text in sections.items():
        kept = [
            sentence
            for sentence in split_sentences(text)
            if text != NOT_DISCUSSED and inside & set(grounding.evidence(sentence).turn_ids)
        ]
        parts[key] = " ".join(kept) or NOT_DISCUSSED
    return parts if any(text != NOT_DISCUSSED for text in parts.values()) else {}


def as_one_text(row: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Return a row whose sections follow one another instead of branching from the transcript."""
    return {
        **row,
        "positions": list(range(len(row["positions"]))),
        "branches": [min(branch, PREFIX + 1) for branch in row["branches"]],
    }


def visibility(branches: torch.Tensor, sequences: torch.Tensor) -> torch.Tensor:
    """Return which token sees which: bool, shape (1, 1, tokens, tokens), rows look at columns.

    `branches` and `sequences` have shape (tokens,): a token sees what stands before it in its own
    sequence, in the prefix or in its own branch.
    """
    size = branches.shape[0]
    before = torch.ones(size, size, dtype=torch.bool).tril()
    same_sequence = sequences[:, None] == sequences[None, :]
    shared = (branches[None, :] == PREFIX) | (branches[:, None] == branches[None, :])
    return (before & same_sequence & shared)[None, None]


def collate(rows: Sequence[Mapping[str, list[int]]]) -> dict[str, torch.Tensor]:
    """Return sequences side by side as one, without padding; none sees another."""
    lengths = torch.tensor([len(row["input_ids"]) for row in rows])
    joined = {
        key: torch.tensor([value for row in rows for value in row[key]])
        for key in ("input_ids", "labels", "positions", "branches")
    }
    sequences = torch.repeat_interleave(torch.arange(len(rows)), lengths)
    return {
        "input_ids": joined["input_ids"][None],
        "labels": joined["labels"][None],
        "position_ids": joined["positions"][None],
        "attention_mask": visibility(joined["branches"], sequences),
    }


def _tree(
    turns: Iterable[Turn], notes: Notes, tokenizer: Tokenizer, chat_format: ChatFormat
) -> Tree:
    turns = tuple(turns)
    prefix = _prefix(turns, chat_format)
    input_ids, _ = _encode(tokenizer, prefix)
    start = len(input_ids)
    tree = Tree(input_ids, [IGNORED] * start, list(range(start)), [PREFIX] * start)
    examples = [
        example
        for name, sections in notes.items()
        for example in render_example(turns, get_style(name), chat_format, sections)
    ]
    for number, example in enumerate(examples, start=1):
        tokens, begins = _encode(tokenizer, example.text[len(prefix) :])
        tree.input_ids.extend(tokens)
        tree.labels.extend(
            token if len(prefix) + begin >= example.loss_start else IGNORED
            for token, begin in zip(tokens, begins, strict=True)
        )
        tree.positions.extend(range(start, start + len(tokens)))
        tree.branches.extend([number] * len(tokens))
    return tree


def _prefix(turns: Iterable[Turn], chat_format: ChatFormat) -> str:
    # The prefix holds nothing of the style, so any will do.
    return format_prompt(turns, get_style("sections5"), chat_format).prefix


def _encode(tokenizer: Tokenizer, text: str) -> tuple[list[int], list[int]]:
    """Return a text's tokens and where each begins, in characters."""
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    return list(encoded["input_ids"]), [begin for begin, _ in encoded["offset_mapping"]]


@dataclass(frozen=True, slots=True)
class _Counter:
    tokenizer: Tokenizer

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return len(_encode(self.tokenizer, text)[0])
