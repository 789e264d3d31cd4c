"""Long transcripts in pieces that fit the model's context, and what of them was read."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from notes.transcript import Transcript, Turn, render_turns

_SENTENCE_END = re.compile(r"[.!?…]{1,8}[\"'”’)\]]{0,4} ")

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive turns that are read in one prompt; `index` counts from 0 of `count`."""

    index: int
    count: int
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a transcript reached the model; `share` is of its letters, from 0 to 1."""

    num_turns: int
    uncovered_turn_ids: tuple[int, ...]
    share: float


def split_transcript(
    transcript: Transcript, max_tokens: int, count_tokens: CountTokens
) -> tuple[Chunk, ...]:
    """Return chunks of at most `max_tokens` when rendered, cut between turns; nothing is lost.

    A turn that is too long for a chunk is cut at sentences, then words; its pieces keep its id
    and span. `count_tokens` is called once for each turn or piece, and a few times for each chunk.
    """
    pieces = [
        piece
        for turn in transcript.turns
        for piece in _fitting_pieces(turn, max_tokens, count_tokens)
    ]
    packs = list(_pack(pieces, max_tokens, count_tokens))
    return tuple(Chunk(index, len(packs), pack) for index, pack in enumerate(packs))


def coverage(transcript: Transcript, chunks: Iterable[Chunk]) -> Coverage:
    """Return which turns were not read in full, in the chunks that reached the model."""
    read: Counter[int] = Counter()
    for chunk in chunks:
        for piece in chunk.turns:
            read[piece.id] += _num_letters(piece)
    wanted = {turn.id: _num_letters(turn) for turn in transcript.turns}
    missing = tuple(turn_id for turn_id, letters in wanted.items() if read[turn_id] < letters)
    num_read = sum(min(read[turn_id], letters) for turn_id, letters in wanted.items())
    share = num_read / sum(wanted.values()) if wanted else 1.0
    return Coverage(len(wanted), missing, share)


def _num_letters(turn: Turn) -> int:
    # Without spaces: those between two pieces of a turn belong to neither.
    return len(turn.text) - turn.text.count(" ")


def _fitting_pieces(
    turn: Turn, max_tokens: int, count_tokens: CountTokens
) -> Iterator[tuple[Turn, int]]:
    """Yield the turn, or its halves, and theirs, until each fits; with the tokens it takes."""
    num_tokens = count_tokens(render_turns((turn,)) + "\n")
    if num_tokens <= max_tokens or len(turn.text) <= 1:
        yield turn, num_tokens
        return
    middle = _cut(turn.text)
    for half in (turn.text[:middle].rstrip(" "), turn.text[middle:].lstrip(" ")):
        yield from _fitting_pieces(replace(turn, text=half), max_tokens, count_tokens)


def _cut(text: str) -> int:
    """Return where to halve a text: the sentence end nearest its middle, or word, or letter."""
    middle = len(text) // 2
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    nearest = min(ends, key=lambda end: abs(end - middle), default=len(text))
    if nearest < len(text):
        return nearest
    before, after = text.rfind(" ", 0, middle), text.find(" ", middle)
    spaces = [space for space in (before, after) if space > 0]
    return min(spaces, key=lambda space: abs(space - middle), default=middle)


def _pack(
    pieces: Sequence[tuple[Turn, int]], max_tokens: int, count_tokens: CountTokens
) -> Iterator[tuple[Turn, ...]]:
    """Yield runs of pieces that fit together."""
    turns = [turn for turn, _ in pieces]
    start = 0
    while start < len(turns):
        end, total = start + 1, pieces[start][1]
        while end < len(turns) and total + pieces[end][1] <= max_tokens:
            total += pieces[end][1]
            end += 1
        # A tokenizer need not be additive: the run as a whole is what must fit.
        while end > start + 1 and count_tokens(render_turns(turns[start:end])) > max_tokens:
            end -= max((end - start) // 8, 1)
        yield tuple(turns[start:end])
        start = end
