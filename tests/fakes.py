"""Small hand-written doubles."""

import zlib
from collections.abc import Callable

from models.engine.backend import Sample
from models.engine.batch import Batch
from models.engine.params import EngineConfig, SamplingParams
from models.engine.slots import Slot
from notes.errors import EngineError

END = 256  # the fake's tokens are bytes, and this one ends an answer
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
    """One token a byte."""

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        return list(text.encode())

    def piece(self, token: int) -> bytes:
        return bytes([token])

    def is_end(self, token: int) -> bool:
        return token == END


class FakeSampler:
    """Writes `answer(prompt)` byte by byte, and checks that the cache holds what it wrote."""

    def __init__(self, backend: "FakeBackend") -> None:
        self._backend = backend
        self._prompt_size = 0
        self._left: list[int] = []
        self._written: list[int] = []
        self._is_open = True

    def sample(self, row: int) -> Sample:
        tokens = self._backend.tokens_at(row)
        if not self._written:
            self._prompt_size = len(tokens)
            self._left = [*self._backend.answer(bytes(tokens).decode()).encode(), END]
        rule(tokens[self._prompt_size :] == self._written, "the cache holds what was written")
        self._written.append(self._left.pop(0))
        return Sample(self._written[-1], logprob=-0.5)

    def close(self) -> None:
        rule(self._is_open, "a sampler is freed once")
        self._is_open = False
        self._backend.num_open_samplers -= 1


class FakeBackend:
    """A deterministic model over a cache that insists on what the real one needs.

    `answer` maps the text before a branch's answer to the answer. `before_decode` is called with
    each batch: raise from it to play a native failure, wait in it to play a slow model.
    """

    model_bytes = 1_000_000

    def __init__(
        self,
        config: EngineConfig | None = None,
        answer: Callable[[str], str] = checksum_answer,
        before_decode: Callable[[Batch], None] = lambda batch: None,
    ) -> None:
        self.config = config or EngineConfig()
        self.answer = answer
        self.before_decode = before_decode
        self.vocabulary = FakeVocabulary()
        self.batches: list[int] = []  # the size of each
        self.num_open_samplers = 0
        self.num_closed = 0
        self._slots: dict[Slot, list[int]] = {}  # the cells of a sequence, in order
        self._cells: list[int] = []  # the token that each cell was filled with
        self._slot_of_row: dict[int, Slot] = {}

    @property
    def num_used_cells(self) -> int:
        """The cells that any sequence holds; shared ones count once."""
        return len({cell for cells in self._slots.values() for cell in cells})

    def tokens_at(self, row: int) -> list[int]:
        """What the sequence holds whose logits stand at this row."""
        return [self._cells[cell] for cell in self._slots[self._slot_of_row[row]]]

    def decode(self, batch: Batch) -> None:
        self.before_decode(batch)
        rule(0 < batch.num_tokens <= self.config.batch_tokens, "a batch keeps its budget")
        self._slot_of_row = {}
        next_row = 0
        for span in batch.spans:
            cells = self._slots.setdefault(span.slot, [])
            rule(span.first_row == next_row, "rows follow each other")
            rule(span.position == len(cells), "positions follow each other")
            next_row += len(span.tokens)
            cells += range(len(self._cells), len(self._cells) + len(span.tokens))
            self._cells += span.tokens
            rule(len(cells) <= self.config.context_tokens, "a sequence keeps to its context")
            if span.needs_logits:
                self._slot_of_row[span.last_row] = span.slot
        rule(self.num_used_cells <= self.config.cache_tokens, "the cache is large enough")
        rule(len(self._slots) <= self.config.max_sequences, "there are enough slots")
        self.batches.append(batch.num_tokens)

    def fork(self, source: Slot, target: Slot) -> None:
        rule(target not in self._slots, "a sequence begins in an empty slot")
        self._slots[target] = list(self._slots.get(source, []))

    def clear(self, slot: Slot) -> None:
        self._slots.pop(slot, None)

    def open_sampler(self, sampling: SamplingParams, grammar: str | None) -> FakeSampler:
        if grammar == INVALID_GRAMMAR:
            raise EngineError(reason="a branch's grammar cannot be read")
        self.num_open_samplers += 1
        return FakeSampler(self)

    def close(self) -> None:
        self.num_closed += 1
