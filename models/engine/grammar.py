"""What the engine needs of a grammar: the state of one branch's, between two tokens."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Grammar(Protocol):
    """Tells which tokens may come next. One thread uses it and its clones."""

    def allows(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell for each of these tokens, end tokens too, whether it may come next."""
        ...

    def accept(self, token: int) -> None:
        """Go on by one token; raises EngineError when it may not come next."""
        ...

    def clone(self) -> "Grammar":
        """Return an independent copy of the state, which the caller closes."""
        ...

    def close(self) -> None:
        """Free it."""
        ...
