"""How far one model is from another, token by token over some texts; in a child process."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from bench.settings.context import BareContext, ContextOptions
from models.engine.llama_library import open_model
from models.engine.llama_vocabulary import LlamaVocabulary

MAX_TOKENS = 512  # of a text
_ROWS_AT_ONCE = 64

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quality:
    """What the model says beside its reference.

    `divergence` is the mean Kullback-Leibler divergence of the next token, in nats; `agreement`
    how often both hold the same token for the likeliest; the perplexities are of the texts.
    """

    divergence: float
    agreement: float
    perplexity: float
    reference_perplexity: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of each token of a text, shape (tokens,): the losses are of the token that follows."""

    divergence: Floats
    agrees: Floats
    loss: Floats
    reference_loss: Floats


class ModelReader:
    """One loaded model that reads a text at a time."""

    def __init__(self, path: Path, num_threads: int, stack: ExitStack) -> None:
        params = llama.llama_model_default_params()
        params.load_mode = llama.LLAMA_LOAD_MODE_NONE
        model = open_model(path, params, stack)
        self.vocabulary = LlamaVocabulary(model)
        options = ContextOptions(num_threads, MAX_TOKENS, max_rows=MAX_TOKENS)
        self._context = BareContext(model, options)
        stack.callback(self._context.close)

    def logits(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Return the logits after each token, shape (tokens, vocabulary)."""
        return self._context.logits(tokens, self.vocabulary.num_tokens)


class QualityCheck:
    """The child's side."""

    def compare(
        self, reference: Path, other: Path, texts: Sequence[str], num_threads: int
    ) -> Quality:
        """Read the texts with both; of a text at most MAX_TOKENS."""
        with ExitStack() as stack:
            first, second = (ModelReader(path, num_threads, stack) for path in (reference, other))
            parts = [_read_with_both(first, second, text) for text in texts]
        return summary(parts)


def compared(
    tokens: Sequence[int], reference: NDArray[np.float32], other: NDArray[np.float32]
) -> Comparison:
    """Compare logits of shape (tokens, vocabulary), a few rows at a time."""
    parts = []
    for start in range(0, len(tokens) - 1, _ROWS_AT_ONCE):
        following = np.array(tokens[start + 1 : start + 1 + _ROWS_AT_ONCE])
        rows = slice(start, start + len(following))
        parts.append(
            _compared_rows(following, _log_softmax(reference[rows]), _log_softmax(other[rows]))
        )
    return Comparison(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def summary(parts: Sequence[Comparison]) -> Quality:
    """Return the means over all tokens of all texts."""
    return Quality(
        divergence=_mean([each.divergence for each in parts]),
        agreement=_mean([each.agrees for each in parts]),
        perplexity=float(np.exp(_mean([each.loss for each in parts]))),
        reference_perplexity=float(np.exp(_mean([each.reference_loss for each in parts]))),
    )


@contextmanager
def open_quality_check() -> Iterator[QualityCheck]:
    """Open nothing yet: models are loaded for each comparison."""
    yield QualityCheck()


def _read_with_both(first: ModelReader, second: ModelReader, text: str) -> Comparison:
    tokens = first.vocabulary.encode(text, is_start=True)[:MAX_TOKENS]
    return compared(tokens, first.logits(tokens), second.logits(tokens))


def _compared_rows(
    following: NDArray[np.int64], reference: Floats, other: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    places = np.arange(len(following))
    return (
        (np.exp(reference) * (reference - other)).sum(axis=1),
        (reference.argmax(axis=1) == other.argmax(axis=1)).astype(np.float64),
        -other[places, following],
        -reference[places, following],
    )


def _log_softmax(logits: NDArray[np.float32]) -> Floats:
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


def _mean(parts: Sequence[Floats]) -> float:
    return float(np.concatenate(parts).mean())
