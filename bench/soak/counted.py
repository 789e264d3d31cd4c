"""The engine and its backend with tallies of what is taken and given back."""

import math
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

from bench.calm import CalmEngine
from models.engine.backend import Backend
from models.engine.engine import Ticket
from models.engine.grammar import Grammar
from models.engine.params import Completion, EngineConfig, GenerationRequest, TextDelta


class Tally:
    """A number that several threads change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.value = 0

    def add(self, change: int) -> None:
        """Change it."""
        with self._lock:
            self.value += change


class CountedGrammar:
    """A grammar that is counted for as long as it is open."""

    def __init__(self, grammar: Grammar, open_grammars: Tally) -> None:
        self._grammar = grammar
        self._open = open_grammars
        self.allows: Callable[[NDArray[np.int32]], NDArray[np.bool_]] = grammar.allows
        self.accept: Callable[[int], None] = grammar.accept
        open_grammars.add(1)

    def clone(self) -> "CountedGrammar":
        """Return an independent copy of the state, which is counted too."""
        return CountedGrammar(self._grammar.clone(), self._open)

    def close(self) -> None:
        """Free it."""
        self._grammar.close()
        self._open.add(-1)


class CountedBackend:
    """A backend that counts open grammars, and is that backend in all else."""

    def __init__(self, backend: Backend) -> None:
        self.open_grammars = Tally()
        self._backend = backend
        self.vocabulary, self.cells = backend.vocabulary, backend.cells
        self.model_bytes = backend.model_bytes
        self.decode, self.logits = backend.decode, backend.logits
        self.abort, self.clear_abort = backend.abort, backend.clear_abort
        self.use_adapter, self.close = backend.use_adapter, backend.close
        self.clear_abort = backend.clear_abort

    def open_grammar(self, gbnf: str) -> CountedGrammar:
        """Return a new state of a grammar; raises EngineError when it cannot be read."""
        return CountedGrammar(self._backend.open_grammar(gbnf), self.open_grammars)


class CountedEngine(CalmEngine):
    """An engine that counts the requests it accepts, and those that it has settled."""

    def __init__(
        self, backend: Backend, config: EngineConfig, adapters: Collection[str] = ()
    ) -> None:
        super().__init__(backend, config, adapters)
        self.accepted, self.settled = Tally(), Tally()

    def submit(
        self,
        request: GenerationRequest,
        on_delta: Callable[[TextDelta], None] | None = None,
        turn: float = math.inf,
    ) -> Ticket:
        """Queue a request; see Engine."""
        ticket = super().submit(request, on_delta, turn)
        self.accepted.add(1)
        ticket.future.add_done_callback(self._settle)
        return ticket

    def _settle(self, _: Future[Completion]) -> None:
        self.settled.add(1)
