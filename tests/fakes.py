"""Small hand-written doubles."""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.engine.batch import Batch, Span
from models.engine.params import EngineConfig
from models.engine.parking import State
from models.engine.sequence import Branch
from models.engine.slots import Slot
from notes.errors import EngineError

END = 256  # the fake's tokens are bytes, and this one ends an answer
BROKEN = "\0"
INVALID_GRAMMAR = "this is no grammar"


class RuleBrokenError(BaseException):
    """The engine did what the real backend would break on; no `except Exception` hides it."""


def rule(holds: bool, sentence: str) -> None:
    """Insist on a rule of the real backend."""
    if not holds:
        raise RuleBrokenError(sentence)


def checksum_answer(prompt: str) -> str:
    """Answer differently to every prompt, so that a mixed-up cache is seen."""
    return f" Note {zlib.crc32(prompt.encode()):08x}."


class FakeClock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeVocabulary:
    """One token a byte, one that ends an answer, and one for each of some longer pieces.

    A text is encoded from its end, by the longest piece that fits there. So its last tokens may
    be others when it goes on, as with real vocabularies.
    """

    def __init__(self, longer: Sequence[str] = ()) -> None:
        merged = [piece.encode() for piece in longer]
        self._pieces = [*(bytes([value]) for value in range(END)), b"", *merged]
        self._merged = sorted(merged, key=len, reverse=True)
        self.num_tokens = len(self._pieces)

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        data = text.encode()
        if not self._merged:
            return list(data)
        tokens: list[int] = []
        while data:
            piece = next(filter(data.endswith, self._merged), data[-1:])
            tokens.insert(0, self._pieces.index(piece))
            data = data[: -len(piece)]
        return tokens

    def piece(self, token: int) -> bytes:
        return self._pieces[token]

    def text_of(self, tokens: Sequence[int]) -> bytes:
        return b"".join(self._pieces[token] for token in tokens)

    def is_end(self, token: int) -> bool:
        return token == END


class FakeGrammar:
    """Forces the text that it is written as; after it anything may come.

    In it a `?` stands for any one byte, and a `$` for the end. What is written in real GBNF is not
    read, and allows everything.
    """

    def __init__(self, backend: "FakeBackend", forced: bytes) -> None:
        self._backend = backend
        self._forced = forced
        self._is_open = True
        backend.num_open_grammars += 1

    def allows(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        if not self._forced:
            return np.ones(len(tokens), dtype=bool)
        return np.array([self._after(token) is not None for token in tokens.tolist()], dtype=bool)

    def accept(self, token: int) -> None:
        rule(self._is_open, "a grammar is used until it is freed")
        left = self._after(token)
        if left is None:
            raise EngineError(reason="a token against the grammar was to be accepted")
        self._forced = left

    def clone(self) -> "FakeGrammar":
        return FakeGrammar(self._backend, self._forced)

    def close(self) -> None:
        rule(self._is_open, "a grammar is freed once")
        self._is_open = False
        self._backend.num_open_grammars -= 1

    def _after(self, token: int) -> bytes | None:
        """What is forced after this token; None where it may not come."""
        if token == END:
            return b"" if self._forced in (b"", b"$") else None
        left = self._forced
        for value in self._backend.vocabulary.piece(token):
            if left and (left[0] == ord("$") or left[0] not in (value, ord("?"))):
                return None
            left = left[1:]
        return left


def complete(grammar: str | None, answer: str) -> str:
    """What the fake writes: the forced text, with the answer in its gaps and behind it."""
    written, left = "", answer
    for sign in forced_by(grammar):
        if sign == "$":
            return written
        gap, left = (left[:1], left[1:]) if sign == "?" else (sign, left)
        written += gap
    return written + left


def forced_by(grammar: str | None) -> str:
    """The fake's own kind of grammar, or nothing."""
    return "" if grammar is None or "::=" in grammar else grammar


class FakeCells:
    """A cache that insists on what the real one needs. Each cell is one token's, by its number.

    It is good only under the `adapter` that it was filled under. With `refuses_states` there is no
    room for a saved state, as in a cache that is fragmented.
    """

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._holders: Counter[int] = Counter()  # of each cell
        self.slots: dict[Slot, dict[int, int]] = {}  # the cell at each position of a sequence
        self.filled: list[tuple[int, int]] = []  # each cell's token and adapter
        self.adapter = 0  # by number; 0 is none
        self.refuses_states = False
        self.num_saved = 0
        self.num_restored = 0

    @property
    def num_used(self) -> int:
        """The cells that any sequence holds; shared ones count once."""
        return len(self._holders)

    def tokens_at(self, slot: Slot) -> list[int]:
        """The tokens of a sequence."""
        return [token for token, _ in self._filled_at(slot)]

    def adapters_at(self, slot: Slot) -> set[int]:
        """The adapters under which a sequence was decoded."""
        return {adapter for _, adapter in self._filled_at(slot)}

    def write(self, slot: Slot, position: int, tokens: list[int]) -> None:
        rule(position == len(self.slots.get(slot, {})), "positions follow each other")
        self._fill(slot, [(token, self.adapter) for token in tokens])

    def fork(self, source: Slot, target: Slot, start: int, end: int) -> None:
        cells, given = self.slots.get(target, {}), self.slots[source]
        rule(source != target, "a sequence shares with another")
        rule(0 <= start < end <= len(given), "only what is there is shared")
        rule(not any(position in cells for position in range(start, end)), "into empty places")
        self._hold(target, {position: given[position] for position in range(start, end)})

    def trim(self, slot: Slot, start: int, end: int = -1) -> None:
        cells = self.slots.get(slot, {})
        for position in [each for each in cells if each >= start and (end < 0 or each < end)]:
            cell = cells.pop(position)
            self._holders[cell] -= 1
            if not self._holders[cell]:
                del self._holders[cell]
        if not cells:
            self.slots.pop(slot, None)

    def num_bytes(self, slot: Slot) -> int:
        return 8 * len(self.slots.get(slot, {}))

    def save(self, slot: Slot) -> State:
        self.num_saved += 1
        return np.frombuffer(np.array(self._filled_at(slot), np.int32).tobytes(), np.uint8)

    def restore(self, slot: Slot, state: State) -> bool:
        rule(slot not in self.slots, "a state goes into an empty slot")
        if self.refuses_states:
            return False
        self.num_restored += 1
        pairs = np.frombuffer(state.tobytes(), np.int32).reshape(-1, 2).tolist()
        self._fill(slot, [(token, adapter) for token, adapter in pairs])
        return True

    def _filled_at(self, slot: Slot) -> list[tuple[int, int]]:
        cells = self.slots.get(slot, {})
        rule(all(position in cells for position in range(len(cells))), "a sequence has no gaps")
        return [self.filled[cells[position]] for position in range(len(cells))]

    def _fill(self, slot: Slot, pairs: list[tuple[int, int]]) -> None:
        first, position = len(self.filled), len(self.slots.get(slot, {}))
        self.filled.extend(pairs)
        self._hold(slot, {position + place: first + place for place in range(len(pairs))})
        rule(position + len(pairs) <= self._config.context_tokens, "a sequence keeps its context")
        rule(self.num_used <= self._config.cache_tokens, "the cache is large enough")

    def _hold(self, slot: Slot, cells: dict[int, int]) -> None:
        self.slots.setdefault(slot, {}).update(cells)
        self._holders.update(cells.values())
        rule(0 <= slot < self._config.max_sequences, "there are enough slots")


@dataclass(frozen=True)
class Part:
    """What one sequence had decoded in a batch; `key` is its branch's, None the prefix's."""

    request_id: str
    key: str | None
    num_tokens: int
    is_writing: bool


class FakeBackend:
    """A deterministic model over a cache that insists on what the real one needs.

    `answer` maps the text before a branch's answer to the answer, which is written byte by byte,
    each with the logit `sureness` among zeros; BROKEN in it stands for logits that are no numbers.
    `before_decode` is called with each batch: raise from it to play a native failure, wait in it
    to play a slow model, or call `abort` to end it half way.
    """

    model_bytes = 1_000_000

    def __init__(
        self,
        config: EngineConfig | None = None,
        answer: Callable[[str], str] = checksum_answer,
        before_decode: Callable[[Batch], None] = lambda batch: None,
        longer_pieces: Sequence[str] = (),
    ) -> None:
        self.config = config or EngineConfig()
        self.answer = answer
        self.before_decode = before_decode
        self.vocabulary = FakeVocabulary(longer_pieces)
        self.cells = FakeCells(self.config)
        self.sureness = 50.0
        self.parts: list[list[Part]] = []  # of each batch
        self.adapters: list[str | None] = [None]  # as they were changed
        self.num_aborted = 0
        self.num_open_grammars = 0
        self.num_closed = 0
        self._is_aborted = False
        self._next_tokens: list[int] = []
        self._adapter_numbers: dict[str | None, int] = {None: 0}

    @property
    def num_used_cells(self) -> int:
        """The cells that any sequence holds; shared ones count once."""
        return self.cells.num_used

    @property
    def batches(self) -> list[int]:
        """The size of each batch that was decoded."""
        return [sum(part.num_tokens for part in parts) for parts in self.parts]

    def decode(self, batch: Batch) -> bool:
        self.before_decode(batch)
        rule(0 < batch.num_tokens <= self.config.batch_tokens, "a batch keeps its budget")
        rule({each.generation.adapter for each in batch.spans} == {self.adapters[-1]}, "adapters")
        next_row = 0
        for span in batch.spans:
            rule(span.first_row == next_row, "rows follow each other")
            next_row += len(span.tokens)
        if self._is_aborted:
            self._fill(batch.spans, batch.num_tokens // 2)  # it ends anywhere
            self.num_aborted += 1
            return False
        self._fill(batch.spans, batch.num_tokens)
        self._next_tokens = [self._predict(span) for span in batch.spans if span.needs_logits]
        self.parts.append([_part(span) for span in batch.spans])
        return True

    def abort(self) -> None:
        self._is_aborted = True

    def clear_abort(self) -> None:
        self._is_aborted = False

    def logits(self, rows: list[int]) -> NDArray[np.float32]:
        rule(len(rows) == len(self._next_tokens), "logits are taken for all rows that have them")
        logits = np.zeros((len(rows), self.vocabulary.num_tokens), dtype=np.float32)
        logits[np.arange(len(rows)), self._next_tokens] = self.sureness
        logits[np.array(self._next_tokens) == ord(BROKEN)] = np.nan
        return logits

    def open_grammar(self, gbnf: str) -> FakeGrammar:
        if gbnf == INVALID_GRAMMAR:
            raise EngineError(reason="a branch's grammar cannot be read")
        return FakeGrammar(self, forced_by(gbnf).encode())

    def use_adapter(self, name: str | None) -> None:
        if name != self.adapters[-1]:
            self.adapters.append(name)
        self.cells.adapter = self._adapter_numbers.setdefault(name, len(self._adapter_numbers))

    def close(self) -> None:
        self.num_closed += 1

    def _fill(self, spans: list[Span], num_rows: int) -> None:
        for span in spans:
            if tokens := span.tokens[: max(0, num_rows - span.first_row)]:
                self.cells.write(span.slot, span.position, tokens)

    def _predict(self, span: Span) -> int:
        """The next byte of the answer to what the cache holds before it."""
        branch = span.branch
        held = self.cells.tokens_at(span.slot)
        rule(held == branch.tokens, "the cache holds the branch's tokens")
        rule(self.cells.adapters_at(span.slot) == {self.cells.adapter}, "adapters are not mixed")
        asked = self.vocabulary.text_of(held[: branch.num_asked])
        written = self.vocabulary.text_of(held[branch.num_asked :])
        wanted = complete(branch.request.grammar, self.answer(asked.decode())).encode()
        rule(wanted.startswith(written), "the cache holds what was written")
        return wanted[len(written)] if len(written) < len(wanted) else END


def _part(span: Span) -> Part:
    key = span.sequence.request.key if isinstance(span.sequence, Branch) else None
    return Part(span.generation.request.request_id, key, len(span.tokens), span.is_decode)
