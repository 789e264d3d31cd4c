"""What one `llama_decode` call works on."""

from dataclasses import dataclass

from models.engine.sequence import Branch, Generation, Sequence
from models.engine.slots import Slot


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens of one sequence, in neighbouring rows of the batch from `first_row`.

    They go into `slot` from `position` on; `needs_logits` asks for those of the last row.
    """

    generation: Generation
    sequence: Sequence
    slot: Slot
    position: int
    tokens: list[int]
    first_row: int
    needs_logits: bool

    @property
    def last_row(self) -> int:
        """Return the row of the last token."""
        return self.first_row + len(self.tokens) - 1

    @property
    def branch(self) -> Branch:
        """Return the branch that asked for logits; nobody else does."""
        assert isinstance(self.sequence, Branch)  # noqa: S101 - for the type checker
        return self.sequence

    @property
    def is_decode(self) -> bool:
        """Tell whether these tokens were written by the model, not read from a prompt."""
        return isinstance(self.sequence, Branch) and self.sequence.answer.is_begun


class Batch:
    """At most `max_tokens` tokens of any number of sequences, all under one adapter."""

    def __init__(self, max_tokens: int, adapter: str | None = None) -> None:
        self.adapter = adapter
        self._max_tokens = max_tokens
        self.num_tokens = 0
        self.spans: list[Span] = []

    @property
    def num_left(self) -> int:
        """Return how many further tokens fit."""
        return self._max_tokens - self.num_tokens

    @property
    def num_decode_tokens(self) -> int:
        """Return the number of tokens that the model wrote."""
        return sum(len(span.tokens) for span in self.spans if span.is_decode)

    @property
    def num_unwanted_tokens(self) -> int:
        """Return the tokens of cancelled requests that nobody could go on from.

        What only reads is read for the next who reads on; else a session whose turns come faster
        than steps would never get ahead.
        """
        return sum(
            len(span.tokens)
            for span in self.spans
            if span.generation.is_cancelled and span.generation.branches
        )

    def add(self, generation: Generation, sequence: Sequence, max_tokens: int) -> int:
        """Take as many of the sequence's pending tokens as fit and return their number."""
        tokens = sequence.pending[: min(max_tokens, self.num_left)]
        if not tokens:
            return 0
        span = Span(
            generation=generation,
            sequence=sequence,
            slot=sequence.seat,
            position=sequence.num_cached,
            tokens=tokens,
            first_row=self.num_tokens,
            needs_logits=isinstance(sequence, Branch) and len(tokens) == sequence.num_pending,
        )
        self.spans.append(span)
        self.num_tokens += len(tokens)
        return len(tokens)
