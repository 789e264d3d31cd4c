"""How the next tokens are chosen from logits: penalties, top-k, top-p, temperature, choice."""

from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.engine.grammar import Grammar
from models.engine.jump import Jump
from models.engine.params import SamplingParams
from notes.errors import EngineError

Logits: TypeAlias = NDArray[np.float32]
Tokens: TypeAlias = NDArray[np.int32]

# Whatever lies this far below the best logit (times a temperature above 1) is never chosen. It
# weighs at most num_tokens * exp(-30) together, 1e-8 for 100,000 tokens, before temperature and
# after it. Nothing else that top-k and top-p could leave is ever overlooked.
_WIDTH = 30.0

# A grammar that refused the choice is asked about this many of the best tokens.
_FEW, _MANY = 256, 2048
# The share that tokens outside of the few may have, at most, before many are asked about.
_FORGOTTEN = 1e-3

_STRIDE = 16  # every 16th logit shows about where the best ones begin
_LOWEST = np.finfo(np.float32).min


class Sampler:
    """Chooses the tokens of one branch and remembers them (penalties, grammar, random state).

    It equals llama.cpp's chain of these samplers. It owns the grammar.
    """

    def __init__(self, params: SamplingParams, grammar: Grammar | None) -> None:
        self._params = params
        self.grammar = grammar
        self._memory: deque[int] = deque(maxlen=max(params.repeat_last_n, 0))
        seed = params.seed
        self._random = np.random.default_rng(None if seed is None else seed % 2**64)

    def choose(self, logits: Logits) -> int:
        """Choose from one row, shape (num_tokens,), and accept the choice.

        Raises EngineError where the grammar allows nothing.
        """
        if not np.isfinite(logits.max()):
            raise EngineError(reason="the model's logits are no numbers")
        penalized = self._penalize(logits)
        token = self._draw(*self._distribution(penalized))
        if self.grammar is not None and not self.grammar.allows(np.array([token], np.int32))[0]:
            token = self._draw(*self._shape(*self._allowed(penalized, self.grammar)))
        self.accept(token)
        return token

    def accept(self, token: int) -> None:
        """Remember a token that follows; raises EngineError when the grammar does not allow it."""
        if self.grammar is not None:
            self.grammar.accept(token)
        self._memory.append(token)

    def follow(self, jump: Jump) -> None:
        """Remember what was jumped over. Tokens that it replaces stay in the penalties' memory."""
        if self.grammar is not None:
            for step in jump.steps:
                self.grammar.accept(step)
        self._memory.extend(jump.tokens)

    def close(self) -> None:
        """Free the grammar."""
        if self.grammar is not None:
            self.grammar.close()

    def _penalize(self, logits: Logits) -> Logits:
        """Make tokens of the last answer's part less likely; the row itself stays as it is."""
        penalty = self._params.repeat_penalty
        if not self._memory or penalty == 1.0:
            return logits
        tokens = np.array(list(set(self._memory)))
        values = logits[tokens]
        logits = logits.copy()
        logits[tokens] = np.where(values > 0, values / penalty, values * penalty)
        return logits

    def _distribution(self, logits: Logits) -> tuple[Tokens, NDArray[np.float64]]:
        """Return the tokens that may be chosen, and their probabilities."""
        num_wanted = self._num_wanted(len(logits))
        if num_wanted == 1:
            return np.array([logits.argmax()], np.int32), np.ones(1)
        return self._shape(*_best(logits, num_wanted, _WIDTH * max(self._params.temperature, 1.0)))

    def _allowed(self, logits: Logits, grammar: Grammar) -> tuple[Tokens, Logits]:
        """Return the best tokens that the grammar allows, with their logits, best first.

        The whole vocabulary takes 100 times as long as the few, and is asked about only where
        none of the many is allowed. So where fewer than `top_k` of the many are, tokens that
        2,048 others outdo are overlooked.
        """
        for size in (_FEW, _MANY, len(logits)):
            tokens, values = _best(logits, size)
            is_allowed = grammar.allows(tokens)
            if is_allowed.any() and (size > _FEW or self._suffice(values, is_allowed, len(logits))):
                return tokens[is_allowed], values[is_allowed]
        raise EngineError(reason="the grammar allows no token of this vocabulary")

    def _suffice(self, values: Logits, is_allowed: NDArray[np.bool_], num_tokens: int) -> bool:
        """Tell whether tokens below these could hardly be chosen."""
        num_missing = self._num_wanted(num_tokens) - np.count_nonzero(is_allowed)
        below = values[-1] - values[is_allowed][0]
        share = num_missing * np.exp(below / max(self._params.temperature, 1.0))
        return bool(share <= _FORGOTTEN)

    def _shape(self, tokens: Tokens, values: Logits) -> tuple[Tokens, NDArray[np.float64]]:
        """Apply top-k, top-p and temperature to tokens that are sorted by logit, best first."""
        params = self._params
        size = self._num_wanted(len(values))
        below = (values[:size] - values[0]).astype(np.float64)
        if params.top_p < 1:
            reached = np.exp(below).cumsum()
            size = int(reached.searchsorted(params.top_p * reached[-1])) + 1
        weights = np.exp(below[:size] / (params.temperature or 1.0))
        return tokens[:size], weights / weights.sum()

    def _draw(self, tokens: Tokens, probabilities: NDArray[np.float64]) -> int:
        place = int(probabilities.cumsum().searchsorted(self._random.random(), side="right"))
        return int(tokens[min(place, len(tokens) - 1)])

    def _num_wanted(self, num_tokens: int) -> int:
        """Return how many of so many tokens top-k leaves; greedy is top-1."""
        if self._params.temperature <= 0:
            return 1
        return min(self._params.top_k, num_tokens) if self._params.top_k > 0 else num_tokens


def logprobs(logits: Logits, tokens: Sequence[int]) -> list[float]:
    """Return the log-softmax of one token a row, of logits of shape (rows, num_tokens)."""
    highest = logits.max(axis=1)
    totals = np.exp(logits - highest[:, None]).sum(axis=1)
    chosen = logits[np.arange(len(logits)), tokens]
    values: list[float] = (chosen - highest - np.log(totals)).tolist()
    return values


def _best(logits: Logits, count: int, width: float = np.inf) -> tuple[Tokens, Logits]:
    """Return the best tokens and their logits, best first; none so far below the best of all."""
    floor = max(logits.max() - width, _LOWEST)  # tokens of -inf are never wanted
    is_near = logits >= max(_guess(logits, count), floor)
    if np.count_nonzero(is_near) < count:
        is_near = logits >= floor
    tokens = np.flatnonzero(is_near).astype(np.int32)
    values = logits[tokens]
    if len(tokens) > count:
        is_best = values >= np.partition(values, -count)[-count]
        tokens, values = tokens[is_best], values[is_best]
    order = np.argsort(-values, kind="stable")[:count]  # the first of equals wins, as in argmax
    return tokens[order], values[order]


def _guess(logits: Logits, count: int) -> float:
    """Return a logit that twice as many tokens reach, and some more, judged by a sample."""
    sample = logits[::_STRIDE]
    rank = 2 * count // _STRIDE + 8
    return float(np.partition(sample, -rank)[-rank]) if rank < len(sample) else -np.inf
