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
    def is_decode(self) -> bool:
        """Tell whether these tokens were written by the model, not read from a prompt."""
        return isinstance(self.sequence, Branch) and self.sequence.answer.is_begun


class Batch:
    """At most `max_tokens` tokens of any number of sequences."""

    def __init__(self, max_tokens: int) -> None:
        self._max_tokens = max_tokens
        self.num_tokens = 0
        self.spans: list[Span] = []

    @property
    def is_full(self) -> bool:
        """Tell whether no further token fits."""
        return self.num_tokens >= self._max_tokens

    @property
    def num_decode_tokens(self) -> int:
        """Return the number of tokens that the model wrote."""
        return sum(len(span.tokens) for span in self.spans if span.is_decode)

    def add(self, generation: Generation, sequence: Sequence) -> None:
        """Take as many of the sequence's pending tokens as fit."""
        tokens = sequence.pending[: self._max_tokens - self.num_tokens]
        span = Span(
            generation=generation,
            sequence=sequence,
            slot=sequence.seat,
            position=sequence.position,
            tokens=tokens,
            first_row=self.num_tokens,
            needs_logits=isinstance(sequence, Branch) and len(tokens) == len(sequence.pending),
        )
        self.spans.append(span)
        self.num_tokens += len(tokens)
