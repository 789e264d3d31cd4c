"""What the engine needs of the library that runs the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from models.engine.batch import Batch
    from models.engine.params import SamplingParams
    from models.engine.slots import Slot


@dataclass(frozen=True, slots=True)
class Sample:
    """A chosen token and the logarithm of its probability before sampling bent it."""

    token: int
    logprob: float


class Vocabulary(Protocol):
    """Text to tokens and back; safe to call from any thread."""

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        """Return the tokens of a text; `is_start` opens a sequence (begin token, if any)."""
        ...

    def piece(self, token: int) -> bytes:
        """Return a token's bytes, which may be a part of a character."""
        ...

    def is_end(self, token: int) -> bool:
        """Tell whether a token ends the answer."""
        ...


class Sampler(Protocol):
    """Chooses the tokens of one branch and remembers them (penalties, grammar, random state)."""

    def sample(self, row: int) -> Sample:
        """Choose from the logits of a row of the last batch, and accept the choice."""
        ...

    def close(self) -> None:
        """Free it."""
        ...


class Backend(Protocol):
    """One context of a model. Only the engine's thread calls it, apart from the vocabulary."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the model's vocabulary."""
        ...

    @property
    def model_bytes(self) -> int:
        """Return the size of the weights."""
        ...

    def decode(self, batch: Batch) -> None:
        """Run the batch through the model; raises EngineError when the library fails."""
        ...

    def fork(self, source: Slot, target: Slot) -> None:
        """Let an empty slot share all cells of another."""
        ...

    def clear(self, slot: Slot) -> None:
        """Empty a slot; cells that others share stay."""
        ...

    def open_sampler(self, sampling: SamplingParams, grammar: str | None) -> Sampler:
        """Return a new sampler; raises EngineError when the grammar cannot be read."""
        ...

    def close(self) -> None:
        """Free everything, once."""
        ...
