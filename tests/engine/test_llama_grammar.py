"""llama.cpp's grammars, and what they force, with the default model's vocabulary."""

import random
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.engine.jump import NO_JUMP, Jump, JumpVocabulary, plan_jump
from models.engine.llama_grammar import LlamaGrammar, open_grammar
from models.engine.llama_vocabulary import LlamaTokenizer, LlamaVocabulary
from notes.errors import EngineError
from notes.grammar import section_grammar
from notes.style import SECTIONS5, SectionStyle
from tests.unit.gbnf import as_regex

WORDS = 'root ::= " calm" | " tired" (" and sad")? "."'


@pytest.fixture(scope="module")
def vocabulary(default_model_path: Path) -> Iterator[LlamaVocabulary]:
    with LlamaTokenizer.load(default_model_path) as tokenizer:
        yield tokenizer._vocabulary


@pytest.fixture(scope="module")
def jumps(vocabulary: LlamaVocabulary) -> JumpVocabulary:
    return JumpVocabulary(vocabulary)


class Desk:
    """Opens grammars, and closes them after the test."""

    def __init__(self, vocabulary: LlamaVocabulary, jumps: JumpVocabulary) -> None:
        self._vocabulary = vocabulary
        self._jumps = jumps
        self.open: list[LlamaGrammar] = []

    def grammar(self, gbnf: str, text: str = "") -> LlamaGrammar:
        """A grammar that has accepted the tokens of a text."""
        self.open.append(open_grammar(self._vocabulary._vocab, gbnf))
        for token in self.tokens(text):
            self.open[-1].accept(token)
        return self.open[-1]

    def tokens(self, text: str) -> list[int]:
        return self._vocabulary.encode(text, is_start=False)

    def jump(self, gbnf: str, text: str = "") -> Jump:
        return plan_jump(self.tokens(text), self.grammar(gbnf, text), self._jumps)

    def allowed(self, grammar: LlamaGrammar) -> NDArray[np.int32]:
        """All tokens that a grammar allows next."""
        tokens = np.arange(self._vocabulary.num_tokens, dtype=np.int32)
        return tokens[grammar.allows(tokens)]


@pytest.fixture
def desk(vocabulary: LlamaVocabulary, jumps: JumpVocabulary) -> Iterator[Desk]:
    desk = Desk(vocabulary, jumps)
    yield desk
    for grammar in desk.open:
        grammar.close()
        grammar.close()  # a second time is harmless


def section(key: str) -> SectionStyle:
    return SECTIONS5.section(key)


def test_a_grammar_allows_what_it_accepts(
    desk: Desk, vocabulary: LlamaVocabulary, jumps: JumpVocabulary
) -> None:
    grammar = desk.grammar(WORDS)
    pieces = [jumps.pieces[token] for token in desk.allowed(grammar)]
    texts = (b" calm", b" tired and sad.")
    expected = {t[:n] for t in texts for n in range(1, len(t) + 1)} & set(jumps.pieces)
    assert set(pieces) == expected
    for token in (*desk.tokens(" tired sad"), *range(vocabulary.num_tokens - 100)[::2000]):
        with closing(grammar.clone()) as copy:
            if grammar.allows(np.array([token], np.int32))[0]:
                copy.accept(token)
            else:
                with pytest.raises(EngineError):
                    copy.accept(token)


@pytest.mark.parametrize("token", [-1, 10**6])
def test_what_is_no_token_is_refused(desk: Desk, token: int) -> None:
    with pytest.raises(EngineError):
        desk.grammar(WORDS).accept(token)


def test_an_end_token_comes_at_the_end_only(desk: Desk) -> None:
    (end,) = desk.tokens("<|im_end|>")
    grammar = desk.grammar(WORDS, " tired")
    with pytest.raises(EngineError):
        grammar.accept(end)
    for token in desk.tokens("."):
        grammar.accept(token)
    grammar.accept(end)
    assert end in desk.allowed(grammar)


def test_a_clone_goes_its_own_way(desk: Desk) -> None:
    for gbnf, text in ((WORDS, " tired"), (section_grammar(section("risk")), " They said, no")):
        grammar = desk.grammar(gbnf, text)
        with closing(grammar.clone()) as copy:
            before = desk.allowed(grammar)
            assert np.array_equal(desk.allowed(copy), before)
            copy.accept(int(before[0]))
            assert not np.array_equal(desk.allowed(copy), before)
            assert np.array_equal(desk.allowed(grammar), before)
        left = grammar.clone()
        desk.open.append(left)
        grammar.close()
        assert np.array_equal(desk.allowed(left), before)


def test_bytes_lead_where_tokens_lead(desk: Desk, jumps: JumpVocabulary) -> None:
    """What a jump relies on, in the middle of a character, too."""
    gbnf = 'root ::= " M" [äöü] "de" [—–] [^a-z] [れた]+'
    tokens = desk.tokens(" Müde—疲れた")
    by_token, by_byte = desk.grammar(gbnf), desk.grammar(gbnf)
    for token in tokens:
        by_token.accept(token)
        for value in jumps.pieces[token]:
            by_byte.accept(jumps.bytes.of_byte[value])
        assert np.array_equal(desk.allowed(by_token), desk.allowed(by_byte))


@pytest.mark.parametrize("gbnf", ["root ::= nowhere", 'toor ::= "a"', 'root ::= "a', ""])
def test_a_grammar_without_sense_is_an_error(desk: Desk, gbnf: str) -> None:
    with pytest.raises(EngineError, match="a branch's grammar cannot be read"):
        desk.grammar(gbnf)


def test_an_opening_is_jumped_over_but_for_its_last_blank(desk: Desk) -> None:
    complaint = section("chief_complaint")
    jump = desk.jump(section_grammar(complaint))
    assert list(jump.tokens) == desk.tokens(f" {complaint.opening}")
    assert (jump.num_dropped, jump.is_end) == (0, False)


def test_a_literal_in_the_middle_joins_what_was_written(desk: Desk) -> None:
    gbnf = section_grammar(section("emotional_state"))
    assert desk.jump(gbnf) == NO_JUMP  # " Patient said they felt" or " Not discussed."
    jump = desk.jump(gbnf, " Patient")
    assert list(jump.tokens) == desk.tokens(" said they felt")
    jump = desk.jump(gbnf, " N")
    assert (jump.num_dropped, jump.is_end) == (1, True)
    assert list(jump.tokens) == desk.tokens(" Not discussed.")
    assert desk.jump(gbnf, " Not discussed.") == Jump(is_end=True)


def test_nothing_is_jumped_over_where_the_model_chooses(desk: Desk) -> None:
    gbnf = section_grammar(section("risk"))
    text = " They said, with tears, they are safe."
    for size in range(len(text) + 1):
        assert desk.jump(gbnf, text[:size]) == NO_JUMP


def test_alternatives_with_one_beginning_are_left_to_the_model(desk: Desk) -> None:
    assert desk.jump('root ::= " Patient" | " Path"') == NO_JUMP
    assert desk.jump('root ::= " Patient" | " Patient" " said"') == Jump(
        tokens=tuple(desk.tokens(" Patient")),
        steps=desk.jump('root ::= " Patient"').steps,
    )


def test_any_characters_are_jumped_over(desk: Desk) -> None:
    text = " Müde — 疲れた 😔."
    jump = desk.jump(f'root ::= "{text}"')
    assert (list(jump.tokens), jump.is_end) == (desk.tokens(text), True)
    # Two characters with one first byte.
    jump = desk.jump('root ::= "x—x—" [éè]')
    assert list(jump.tokens) == desk.tokens("x—x—")


@pytest.mark.parametrize(
    ("gbnf", "text"),
    [
        (section_grammar(section("chief_complaint")), ""),
        (section_grammar(section("intervention")), " Ther"),
        (section_grammar(section("plan")), " N"),
        ('root ::= " Müde — 疲れた 😔" [.!]', " M"),
    ],
)
def test_no_token_of_the_vocabulary_offers_another_way(
    desk: Desk, jumps: JumpVocabulary, gbnf: str, text: str
) -> None:
    jump, grammar = desk.jump(gbnf, text), desk.grammar(gbnf, text)
    left = jumps.text_of(jump.steps)
    assert left
    for step in jump.steps:
        for token in desk.allowed(grammar):
            piece = jumps.pieces[token]
            assert piece
            assert left.startswith(piece) or piece.startswith(left)
        grammar.accept(step)
        left = left[1:]


@pytest.mark.parametrize("style", SECTIONS5.sections, ids=lambda style: style.key)
def test_a_text_of_choices_and_jumps_is_one_of_the_grammar(
    desk: Desk, jumps: JumpVocabulary, style: SectionStyle
) -> None:
    gbnf = section_grammar(style)
    for seed in range(3):
        tokens = write(desk.grammar(gbnf), jumps, random.Random(seed))
        assert re.fullmatch(as_regex(gbnf), jumps.text_of(tokens).decode())
        replayed = desk.grammar(gbnf)
        for token in tokens:
            replayed.accept(token)


def write(grammar: LlamaGrammar, jumps: JumpVocabulary, chance: random.Random) -> list[int]:
    """Write tokens by chance between jumps, which must only make the text longer."""
    written: list[int] = []
    while True:
        jump = plan_jump(written, grammar, jumps)
        text = jumps.text_of(written)
        written = [*written[: len(written) - jump.num_dropped], *jump.tokens]
        assert jumps.text_of(written) == text + jumps.text_of(jump.steps)
        for step in jump.steps:
            grammar.accept(step)
        if jump.is_end:
            return written
        token = choose(grammar, jumps, chance)
        if not jumps.pieces[token]:
            return written
        grammar.accept(token)
        written.append(token)


def choose(grammar: LlamaGrammar, jumps: JumpVocabulary, chance: random.Random) -> int:
    """Choose among some tokens of the vocabulary; end tokens and bytes are among the first."""
    some = [*range(300), *chance.sample(range(300, len(jumps.pieces)), k=1000)]
    tokens = np.array(some, dtype=np.int32)
    return int(chance.choice(tokens[grammar.allows(tokens)]))
