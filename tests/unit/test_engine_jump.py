"""Jump-forward: only what the grammar forces, in the tokenizer's tokens, and never more."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.engine.jump import NO_JUMP, Jump, JumpVocabulary, plan_jump
from notes.errors import EngineError


class MergeVocabulary:
    """Bytes, then some longer pieces, then two end tokens. Encodes by the longest piece that fits.

    Bytes `without` a token have one without text in its place, as special tokens do.
    """

    def __init__(self, *merges: str | bytes, without: bytes = b"") -> None:
        singles = [b"" if value in without else bytes([value]) for value in range(256)]
        longer = [merge.encode() if isinstance(merge, str) else merge for merge in merges]
        self.pieces = [*singles, *longer]
        self.num_tokens = len(self.pieces) + 2

    @property
    def end(self) -> int:
        return self.num_tokens - 1

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        assert not is_start
        data, tokens = text.encode(), []
        while data:
            tokens.append(self._longest(data))
            data = data[max(len(self.pieces[tokens[-1]]), 1) :]
        return tokens

    def piece(self, token: int) -> bytes:
        return self.pieces[token]  # an end token has none to ask for

    def is_end(self, token: int) -> bool:
        return token >= len(self.pieces)

    def _longest(self, data: bytes) -> int:
        fitting = [t for t, piece in enumerate(self.pieces) if piece and data.startswith(piece)]
        return max(fitting, key=lambda token: len(self.pieces[token]), default=data[0])


class TextsGrammar:
    """Allows these texts and nothing else."""

    def __init__(self, texts: Sequence[str], vocabulary: MergeVocabulary, done: bytes) -> None:
        self._texts = texts
        self._vocabulary = vocabulary
        self.done = done
        self.is_open = True
        self.clones: list[TextsGrammar] = []

    def allows(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        return np.array([self._allows(int(token)) for token in tokens], dtype=bool)

    def accept(self, token: int) -> None:
        if not self._allows(token):
            raise EngineError(reason="against the grammar")
        self.done += self._vocabulary.piece(token)

    def clone(self) -> "TextsGrammar":
        self.clones.append(TextsGrammar(self._texts, self._vocabulary, self.done))
        return self.clones[-1]

    def close(self) -> None:
        assert self.is_open
        self.is_open = False

    def _allows(self, token: int) -> bool:
        if self._vocabulary.is_end(token):
            return self.may_end(self.done)
        piece = self._vocabulary.piece(token)
        return bool(piece) and self.may_begin(self.done + piece)

    def may_end(self, data: bytes) -> bool:
        return data in (text.encode() for text in self._texts)

    def may_begin(self, data: bytes) -> bool:
        return any(text.encode().startswith(data) for text in self._texts)

    def forced(self) -> bytes:
        """All bytes that must follow, by looking at every text."""
        found = self.done
        while not self.may_end(found):
            following = [found + bytes([value]) for value in range(256)]
            possible = [data for data in following if self.may_begin(data)]
            if len(possible) != 1:
                break
            found = possible[0]
        return found[len(self.done) :]


class EndlessGrammar:
    """Forces one token for ever."""

    def allows(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        return np.equal(tokens, ord("a"))

    def accept(self, token: int) -> None:
        assert token == ord("a")

    def clone(self) -> "EndlessGrammar":
        return EndlessGrammar()

    def close(self) -> None:
        pass


def checked_jump(written: Sequence[int], grammar: TextsGrammar, vocabulary: JumpVocabulary) -> Jump:
    """Plan a jump, which must leave the grammar as it is and close its copies."""
    before = grammar.done
    jump = plan_jump(written, grammar, vocabulary)
    assert grammar.is_open
    assert grammar.done == before
    assert not any(clone.is_open for clone in grammar.clones)
    return jump


def jump_after(
    written: Sequence[str | bytes], texts: Sequence[str], vocabulary: MergeVocabulary
) -> tuple[int, list[bytes], bool]:
    """Jump after these pieces; return how many are dropped, the new pieces, and is it the end."""
    pieces = [piece.encode() if isinstance(piece, str) else piece for piece in written]
    grammar = TextsGrammar(texts, vocabulary, b"".join(pieces))
    tokens = [vocabulary.pieces.index(piece) for piece in pieces]
    jump = checked_jump(tokens, grammar, JumpVocabulary(vocabulary))
    return jump.num_dropped, [vocabulary.piece(token) for token in jump.tokens], jump.is_end


ENGLISH = MergeVocabulary(
    " P", " Pat", " Patient", " Path", " talks", " about", " the", " N", " No", " Not", " dis", " é"
)


def test_an_opening_is_forced_without_its_last_blank() -> None:
    texts = [" Patient talks about the", " Patient talks about sleep"]
    assert jump_after([], texts, ENGLISH) == (0, [b" Patient", b" talks", b" about"], False)


def test_a_byte_may_have_two_tokens() -> None:
    """As in SentencePiece, which has one for the byte and one for the letter."""
    vocabulary = MergeVocabulary("a", " ", " a", " P")
    assert jump_after([], [" Pa a", " Pa P"], vocabulary) == (0, [b" P", b"a"], False)


def test_a_blank_that_no_token_begins_with_is_taken() -> None:
    vocabulary = MergeVocabulary("ab")
    assert jump_after([], ["a b", "a c"], vocabulary) == (0, [b"a", b" "], False)


def test_a_literal_in_the_middle_and_the_end() -> None:
    texts = ["Yes talks.", "No"]
    assert jump_after(["Y"], texts, ENGLISH) == (0, [b"e", b"s", b" talks", b"."], True)
    assert jump_after([*"Yes", " talks", "."], texts, ENGLISH) == (0, [], True)
    assert jump_after(["Y"], ["Yes", "Yes talks"], ENGLISH) == (0, [b"e", b"s"], False)


def test_written_tokens_are_replaced_where_the_tokenizer_would_join_them() -> None:
    texts = [" Not discussed.", " Patient"]
    found = jump_after([*" a", " N"], [" a Not dis", " a Patient"], ENGLISH)
    assert found == (1, [b" Not", b" dis"], True)
    _, pieces, is_end = jump_after([" N"], texts, ENGLISH)
    assert (b"".join(pieces), is_end) == (b" Not discussed.", True)


def test_written_tokens_stay_that_the_tokenizer_would_have_joined_without_a_jump() -> None:
    written = [" ", "P", "a", "t", " ", "t"]  # it would write " Pat"
    assert jump_after(written, [" Pat talks", " Pot"], ENGLISH) == (2, [b" talks"], True)


def test_at_most_eight_written_tokens_are_replaced() -> None:
    vocabulary = MergeVocabulary("abcdefghij", "cdefghij")
    assert jump_after([*"abcdefgh"], ["abcdefghij", "x"], vocabulary) == (8, [b"abcdefghij"], True)
    assert jump_after([*"abcdefghi"], ["abcdefghij", "x"], vocabulary) == (7, [b"cdefghij"], True)


def test_alternatives_that_share_a_beginning_are_left_to_the_model() -> None:
    assert jump_after([], [" Patient", " Path"], ENGLISH) == (0, [], False)
    assert jump_after([], [" Patient", " Pato"], MergeVocabulary(" Pa")) == (
        0,
        [b" Pa", b"t"],
        False,
    )


def test_a_token_that_spans_several_forced_ones_is_left_to_the_model() -> None:
    vocabulary = MergeVocabulary("abcd")  # the tokenizer sees a, b, c; the model may write abcd
    assert jump_after([], ["xabcd", "xabce"], vocabulary) == (0, [b"x"], False)


def test_characters_of_several_bytes() -> None:
    vocabulary = MergeVocabulary("é", " é", b"\xf0\x9f\x98")
    whole = jump_after([], ["é😔", "é😔!"], vocabulary)
    assert whole == (0, [b"\xc3\xa9", b"\xf0\x9f\x98", b"\x94"], False)
    # é and è begin with the same byte.
    assert jump_after([], ["é", "è"], vocabulary) == (0, [], False)
    assert jump_after([], ["x-é", "x-è"], vocabulary) == (0, [b"x", b"-"], False)
    assert jump_after([], ["x é", "x è"], vocabulary) == (0, [b"x"], False)  # " é" is a token


def test_a_character_that_is_half_written() -> None:
    vocabulary = MergeVocabulary("é")
    # The lead bytes are the model's; the rest is forced, and makes it another token.
    assert jump_after(["x", b"\xc3"], ["xéa", "xéb"], MergeVocabulary()) == (0, [b"\xa9"], False)
    assert jump_after(["x", b"\xc3"], ["xéa", "xéb"], vocabulary) == (1, ["é".encode()], False)
    half: list[str | bytes] = ["x", "疲".encode()[:1]]
    assert jump_after(half, ["x疲", "x疳"], vocabulary) == (0, [], False)  # the second byte only


def test_bytes_that_are_no_text_are_left_alone() -> None:
    vocabulary = MergeVocabulary()
    grammar = TextsGrammar(["xyz"], vocabulary, b"x")
    broken = [0xC3, ord("x")]
    assert checked_jump(broken, grammar, JumpVocabulary(vocabulary)) == NO_JUMP


def test_a_context_begins_with_a_whole_character() -> None:
    written = [b"\xc3", b"\xa9", *"bcdefgh"]
    assert jump_after(written, ["ébcdefghi", "x"], MergeVocabulary("hi")) == (1, [b"hi"], True)


def test_a_byte_without_a_token_ends_the_jump() -> None:
    vocabulary = MergeVocabulary(without=b"c")
    assert jump_after([], ["abcd"], vocabulary) == (0, [b"a", b"b"], False)
    vocabulary = MergeVocabulary("cd", without=b"c")
    assert jump_after([], ["abcd"], vocabulary) == (0, [b"a", b"b"], False)
    # A longer token that begins with it is a choice beside x.
    assert jump_after([], ["abcd", "abx"], vocabulary) == (0, [b"a", b"b"], False)
    assert jump_after([], ["abc", "abx"], vocabulary) == (0, [b"a", b"b", b"x"], True)


def test_text_that_the_tokenizer_spells_in_another_way_is_not_jumped_over() -> None:
    class SmallLetters(MergeVocabulary):
        def encode(self, text: str, *, is_start: bool) -> list[int]:
            return super().encode(text.lower(), is_start=is_start)

    assert jump_after([], ["Ab"], SmallLetters()) == (0, [], False)
    assert jump_after([], ["ab"], SmallLetters()) == (0, [b"a", b"b"], True)


def test_nothing_is_forced_where_there_is_a_choice() -> None:
    assert jump_after([], ["a", "e"], ENGLISH) == (0, [], False)  # two likely ones
    assert jump_after([], ["a", "q"], ENGLISH) == (0, [], False)
    assert jump_after([], ["q", "x"], ENGLISH) == (0, [], False)
    assert jump_after([], ["", "x"], ENGLISH) == (0, [], False)  # the end or x
    assert not NO_JUMP
    assert Jump(is_end=True)


def test_a_grammar_without_a_way_on_is_no_end() -> None:
    assert jump_after(["x"], ["y"], ENGLISH) == (0, [], False)


def test_an_endless_text_is_taken_in_parts() -> None:
    jump = plan_jump([], EndlessGrammar(), JumpVocabulary(MergeVocabulary()))
    assert set(jump.tokens) == {ord("a")}
    assert 0 < len(jump.tokens) <= 1024


texts_lists = st.lists(st.text("ab é疲", max_size=6), min_size=1, max_size=3)
MERGES: list[str | bytes] = [
    "ab",
    "abb",
    "aba",
    " a",
    " b",
    "a ",
    "é",
    " é",
    "éa",
    b"\xe7\x96",
    "疲b",
]
merge_lists = st.lists(st.sampled_from(MERGES), max_size=6, unique=True)


@st.composite
def half_written(draw: st.DrawFn) -> tuple[MergeVocabulary, list[str], list[int]]:
    """A vocabulary, texts with a common beginning, and tokens of one of them, up to anywhere."""
    vocabulary = MergeVocabulary(*draw(merge_lists))
    opening = draw(st.text("ab é疲", max_size=9))
    texts = [opening + text for text in draw(texts_lists)]
    left, written = draw(st.sampled_from(texts)).encode(), []
    for _ in range(draw(st.integers(0, 12))):
        fitting = [t for t in range(vocabulary.num_tokens - 2) if starts(vocabulary, left, t)]
        if not fitting:
            break
        written.append(draw(st.sampled_from(fitting)))
        left = left[len(vocabulary.piece(written[-1])) :]
    return vocabulary, texts, written


def starts(vocabulary: MergeVocabulary, data: bytes, token: int) -> bool:
    return bool(vocabulary.piece(token)) and data.startswith(vocabulary.piece(token))


@given(half_written())
@settings(max_examples=400, deadline=None)
def test_a_jump_is_a_part_of_what_is_forced(
    case: tuple[MergeVocabulary, list[str], list[int]],
) -> None:
    vocabulary, texts, written = case
    pieces = JumpVocabulary(vocabulary)
    done = pieces.text_of(written)
    grammar = TextsGrammar(texts, vocabulary, done)
    jump = checked_jump(written, grammar, pieces)
    kept = written[: len(written) - jump.num_dropped]
    found = pieces.text_of([*kept, *jump.tokens])
    forced = grammar.forced()
    assert (done + forced).startswith(found)
    assert found.startswith(done)
    assert done + pieces.text_of(jump.steps) == found
    assert bool(jump.tokens) == (len(found) > len(done))
    assert 0 <= jump.num_dropped <= min(8, len(written))
    only_end = grammar.may_end(done + forced) and not any(
        grammar.may_begin(done + forced + bytes([value])) for value in range(256)
    )
    assert jump.is_end == only_end
    assert only_end <= (found == done + forced)
    from_before = TextsGrammar(texts, vocabulary, pieces.text_of(kept))
    for token in jump.tokens:
        assert not longer_tokens(pieces, from_before, done + forced)
        from_before.accept(token)


@given(half_written())
@settings(max_examples=100, deadline=None)
def test_without_longer_tokens_all_whole_characters_are_taken(
    case: tuple[MergeVocabulary, list[str], list[int]],
) -> None:
    merged, texts, tokens = case
    done = JumpVocabulary(merged).text_of(tokens)
    vocabulary = MergeVocabulary()
    grammar = TextsGrammar(texts, vocabulary, done)
    jump = checked_jump(list(done), grammar, JumpVocabulary(vocabulary))
    whole = (done + grammar.forced()).decode(errors="ignore").encode()
    assert (jump.num_dropped, bytes(jump.tokens)) == (0, whole[len(done) :])


def longer_tokens(vocabulary: JumpVocabulary, grammar: TextsGrammar, forced: bytes) -> list[bytes]:
    """The tokens that may come here and reach further than what is forced."""
    return [
        piece
        for piece in vocabulary.pieces
        if (grammar.done + piece).startswith(forced)
        and len(grammar.done + piece) > len(forced)
        and grammar.may_begin(grammar.done + piece)
    ]
