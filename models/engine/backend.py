"""What the engine needs of the library that runs the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.engine.batch import Batch
    from models.engine.grammar import Grammar
    from models.engine.kv_cache import Cells


class Vocabulary(Protocol):
    """Text to tokens and back; safe to call from any thread."""

    @property
    def num_tokens(self) -> int:
        """Return how many tokens there are."""
        ...

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        """Return the tokens of a text; `is_start` opens a sequence (begin token, if any)."""
        ...

    def piece(self, token: int) -> bytes:
        """Return a token's bytes, which may be a part of a character."""
        ...

    def is_end(self, token: int) -> bool:
        """Tell whether a token ends the answer."""
        ...


class Backend(Protocol):
    """One context of a model. Only the engine's thread calls it, apart from what says otherwise."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the model's vocabulary; for any thread."""
        ...

    @property
    def cells(self) -> Cells:
        """Return the cells of the KV cache."""
        ...

    @property
    def model_bytes(self) -> int:
        """Return the size of the weights."""
        ...

    def decode(self, batch: Batch) -> bool:
        """Run the batch through the model; False where it was aborted, EngineError on failure."""
        ...

    def abort(self) -> None:
        """End the `decode` under way within a moment, or the next at once; for any thread."""
        ...

    def clear_abort(self) -> None:
        """Let decodes run again."""
        ...

    def logits(self, rows: list[int]) -> NDArray[np.float32]:
        """Return the logits of rows of the last batch, shape (len(rows), num_tokens)."""
        ...

    def open_grammar(self, gbnf: str) -> Grammar:
        """Return a new state of a grammar; raises EngineError when it cannot be read."""
        ...

    def use_adapter(self, name: str | None) -> None:
        """Decode with this adapter, or with none, from now on."""
        ...

    def close(self) -> None:
        """Free everything, once."""
        ...
