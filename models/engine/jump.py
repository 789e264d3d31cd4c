"""What a grammar forces is not asked of the model (jump-forward)."""

import codecs
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from models.engine.backend import Vocabulary
from models.engine.grammar import Grammar

_CONTEXT_TOKENS = 8  # written tokens that are encoded anew with what follows them
_MOST_BYTES = 1024  # of one jump; a grammar may force an endless text
_CONTINUATIONS = {bytes([value]) for value in range(0x80, 0xC0)}  # of a character in UTF-8
_LIKELY = b"ea 1.T"  # two of them show at once that the model has a choice


@dataclass(frozen=True, slots=True)
class Jump:
    """What is known without the model.

    The caller takes the last `num_dropped` written tokens back (out of the cache, too) and writes
    `tokens` in their place; the text only grows by that. `steps` are tokens of a byte each that
    bring the grammar, which has accepted the dropped tokens, to the same place.
    `is_end`: after them only an end token may come, so that the branch is finished.
    """

    num_dropped: int = 0
    tokens: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    is_end: bool = False

    def __bool__(self) -> bool:
        """Tell whether it changes anything."""
        return self.is_end or bool(self.tokens)


NO_JUMP = Jump()


@dataclass(frozen=True, slots=True)
class NextBytes:
    """What may come next: these bytes, and perhaps the answer's end."""

    values: bytes
    may_end: bool

    @property
    def is_end(self) -> bool:
        """Tell whether nothing but the end may come."""
        return self.may_end and not self.values


class ByteTokens:
    """Asks a grammar which bytes may come, through the tokens of a single byte.

    Few vocabularies have a token for every byte. A byte without one counts as possible where a
    longer token that begins with it is.

    llama.cpp refuses a character's first byte where a negated class (`[^é]`) refuses one of the
    characters that begin with it. So a class that refuses all ASCII characters but one may look
    as if it forced that one: the text then still keeps the grammar, but the model had no choice.
    """

    def __init__(self, pieces: Sequence[bytes], ends: Sequence[int]) -> None:
        self.of_byte = {piece[0]: token for token, piece in enumerate(pieces) if len(piece) == 1}
        longer = [t for t, piece in enumerate(pieces) if piece and piece[0] not in self.of_byte]
        tokens = [*self.of_byte.values(), *longer, *ends]
        self._tokens = np.array(tokens, dtype=np.int32)
        first_bytes = [pieces[token][0] for token in tokens[: len(tokens) - len(ends)]]
        self._first_bytes = np.array(first_bytes, dtype=np.int32)
        likely = [self.of_byte[byte] for byte in _LIKELY if byte in self.of_byte]
        self._likely = np.array(likely, dtype=np.int32)

    def is_choice(self, grammar: Grammar) -> bool:
        """Tell quickly whether several bytes are possible; False means that it is unknown."""
        return bool(np.count_nonzero(grammar.allows(self._likely)) > 1)

    def after(self, grammar: Grammar) -> NextBytes:
        """Return which bytes are possible."""
        is_allowed = grammar.allows(self._tokens)
        num_pieces = len(self._first_bytes)
        values = self._first_bytes[is_allowed[:num_pieces]]
        return NextBytes(bytes(set(values.tolist())), bool(is_allowed[num_pieces:].any()))


class JumpVocabulary:
    """A vocabulary seen byte by byte. Made once a model, in 0.2 s; never changed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        tokens = range(vocabulary.num_tokens)
        ends = {token for token in tokens if vocabulary.is_end(token)}
        self.pieces = [b"" if token in ends else vocabulary.piece(token) for token in tokens]
        self.bytes = ByteTokens(self.pieces, sorted(ends))
        self._sorted = sorted(set(self.pieces))
        self._vocabulary = vocabulary

    def text_of(self, tokens: Sequence[int]) -> bytes:
        """Return the bytes of these tokens."""
        return b"".join(self.pieces[token] for token in tokens)

    def places(self, tokens: Sequence[int]) -> dict[int, int]:
        """Return at which byte each token begins, and the end: the tokens before, by the byte."""
        sizes = (len(self.pieces[token]) for token in tokens)
        return {place: count for count, place in enumerate(accumulate(sizes, initial=0))}

    def encode(self, text: str) -> list[int] | None:
        """Return the tokens of a continuation; None where they would not spell it."""
        tokens = self._vocabulary.encode(text, is_start=False)
        return tokens if self.text_of(tokens) == text.encode() else None

    def has_longer(self, start: bytes, next_bytes: bytes) -> bool:
        """Tell whether a token begins with these bytes and goes on with one of the others."""
        if not self._has(start, bisect_right(self._sorted, start)):
            return False
        starts = (start + bytes([value]) for value in next_bytes)
        return any(self._has(longer, bisect_left(self._sorted, longer)) for longer in starts)

    def _has(self, start: bytes, place: int) -> bool:
        return place < len(self._sorted) and self._sorted[place].startswith(start)


@dataclass(frozen=True, slots=True)
class Forced:
    """The bytes that must come, and what may come after them."""

    values: bytes
    after: NextBytes


def plan_jump(written: Sequence[int], grammar: Grammar, vocabulary: JumpVocabulary) -> Jump:
    """Return what the grammar forces after the written tokens of a branch; it stays as it is."""
    if vocabulary.bytes.is_choice(grammar):
        return NO_JUMP
    with closing(grammar.clone()) as walker:
        forced = _walk(walker, vocabulary.bytes)
    if not forced.values:
        return Jump(is_end=forced.after.is_end)
    try:
        return _spell(written[-_CONTEXT_TOKENS:], forced, vocabulary)
    except UnicodeDecodeError:
        return NO_JUMP


def _walk(grammar: Grammar, byte_tokens: ByteTokens) -> Forced:
    values = bytearray()
    while True:
        after = byte_tokens.after(grammar)
        if after.may_end or len(after.values) != 1 or len(values) == _MOST_BYTES:
            break
        token = byte_tokens.of_byte.get(after.values[0])
        if token is None:
            break
        grammar.accept(token)
        values += after.values
    return Forced(bytes(values), after)


def _spell(written: Sequence[int], forced: Forced, vocabulary: JumpVocabulary) -> Jump:
    """Encode the forced bytes as the tokenizer would, together with the tokens before them."""
    context = _from_character(written, vocabulary)
    start = vocabulary.text_of(context)
    text, rest = _whole_characters(start + forced.values)
    tokens = vocabulary.encode(text)
    if tokens is None:
        return NO_JUMP
    dropped, tokens = _from_seam(context, tokens, vocabulary)
    tokens = _leave_open(tokens, rest[:1] or forced.after.values, vocabulary)
    num_new = len(vocabulary.text_of(tokens)) - len(vocabulary.text_of(dropped))
    if num_new <= 0:
        return NO_JUMP
    return Jump(
        num_dropped=len(dropped),
        tokens=tuple(tokens),
        steps=tuple(vocabulary.bytes.of_byte[value] for value in forced.values[:num_new]),
        is_end=forced.after.is_end and num_new == len(forced.values),
    )


def _from_character(tokens: Sequence[int], vocabulary: JumpVocabulary) -> Sequence[int]:
    """Leave out tokens in front that begin within a character."""
    for place, token in enumerate(tokens):
        if vocabulary.pieces[token][:1] not in _CONTINUATIONS:
            return tokens[place:]
    return ()


def _whole_characters(data: bytes) -> tuple[str, bytes]:
    """Return the text, and the bytes of an unfinished character after it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    return decoder.decode(data), decoder.getstate()[0]


def _from_seam(
    context: Sequence[int], tokens: list[int], vocabulary: JumpVocabulary
) -> tuple[Sequence[int], list[int]]:
    """Return what differs behind the last place where tokens of both begin (or both end)."""
    old, new = vocabulary.places(context), vocabulary.places(tokens)
    seam = max(old.keys() & new.keys())
    return context[old[seam] :], tokens[new[seam] :]


def _leave_open(tokens: list[int], next_bytes: bytes, vocabulary: JumpVocabulary) -> list[int]:
    """Leave to the model what may become the beginning of a longer token.

    A blank that is forced before any word would spoil the tokens that begin with it. Whether such
    a token is allowed to its end is not asked: where it may go on, the model decides.
    """
    num_kept, rest = len(tokens), b""
    for place in reversed(range(len(tokens))):
        rest = vocabulary.pieces[tokens[place]] + rest
        if vocabulary.has_longer(rest, next_bytes):
            num_kept = place
    return tokens[:num_kept]
