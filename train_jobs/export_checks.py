"""Is an exported file the model that was trained? Tokens, probabilities and greedy text compared.

The probabilities are those of every token of the held-out notes, given all before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from models.gguf.reading import GgufReading, Logits
from notes.errors import ConfigurationError
from notes.prompt import Example

T = TypeVar("T")

NUM_GREEDY_TEXTS = 4
NUM_GREEDY_TOKENS = 48
MAX_TOKENS = 1536  # longer texts prove no more, and take their time

# What tokenizers differ about: blanks, digits, scripts, marks. After the reference texts of
# llama.cpp's vocabularies (models/ggml-vocab-*.gguf.inp, MIT licence).
HARD_TEXTS = (
    "ied 4 ½ months",
    "Äpfel",
    " ",
    "   ",
    "\t",
    "\n",
    "\n\n\n",
    "\t\n",
    " Hello World!",
    "w048 7tuijk dsdfhu",
    "нещо на Български",
    "កាន់តែពិសេសអាចខលចេញ",
    "🚀 (normal) 😶‍🌫️ (multiple emojis concatenated) ✅ (only emoji that has its own token)",
    "    Hello\n    Hello",
    "\n =",
    "' era",
    "Hello, y'all! How are you 😁 ?我想在apple工作1314151天～",
    "!!!!!!",
    "3 33 333 3333 33333 3.3 3..3 3...3",
    "Cửa Việt",
    "\n \n\n \n\n\n \t \t\t \t\n  \n   \n    \n     \n",
    "------======= ''''''```````\"\"\"\"......!!!!!!??????",
    "I've been 'told he's there, 'RE you sure? 'M not sure I'll make it, We'Ve a'lL",
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the trained model makes of one text.

    `log_probabilities` has shape (tokens of the note, vocabulary): row n is what follows the token
    number `start + n`.
    """

    tokens: tuple[int, ...]
    start: int
    log_probabilities: Logits
    greedy: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the trained model makes of the held-out notes, and its tokens of all texts."""

    expected: tuple[Expected, ...]
    tokens: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def num_context_tokens(self) -> int:
        """Return how many tokens a context must hold for these texts."""
        return max(len(each.tokens) for each in self.expected) + NUM_GREEDY_TOKENS


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How one file differs from the trained model; `kl` in nats, the mean over the notes' tokens.

    `top1` is the share of tokens whose most probable successor is the same; `greedy_same` counts
    equal texts, and `greedy_shared` is the mean share of their common beginning.
    """

    num_texts: int
    num_tokens: int
    num_tokenized: int
    tokenized_otherwise: int
    kl: float
    top1: float
    num_greedy: int
    greedy_same: int
    greedy_shared: float


def reference_of(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example]
) -> Reference:
    """Return what transformers' model makes of the examples; too long ones are left out."""
    encoded = (_encoded(tokenizer, example) for example in examples)
    chosen = [(tokens, start) for tokens, start in encoded if len(tokens) <= MAX_TOKENS]
    if not chosen:
        reason = f"Every held-out session has more than {MAX_TOKENS} tokens: nothing to check with."
        raise ConfigurationError(reason=reason)
    model.eval()
    expected = tuple(
        _expected(model, tokens, start, is_greedy=number < NUM_GREEDY_TEXTS)
        for number, (tokens, start) in enumerate(_bar(chosen, "The trained model"))
    )
    texts = (*HARD_TEXTS, *(example.text for example in examples))
    return Reference(expected, tuple((text, _tokens(tokenizer, text)) for text in texts))


def check_file(path: Path, reference: Reference, adapter: Path | None = None) -> FileCheck:
    """Hold a GGUF file, or an adapter over it, against the trained model."""
    context = max(512, reference.num_context_tokens)
    with GgufReading(path, adapter=adapter, context_tokens=context) as model:
        otherwise = sum(model.tokens(text) != tokens for text, tokens in reference.tokens)
        found = [_compare(model, each) for each in _bar(reference.expected, (adapter or path).name)]
    kls = np.concatenate([each.kls for each in found])
    hits = np.concatenate([each.hits for each in found])
    shared = [each.shared for each in found if each.shared is not None]
    return FileCheck(
        num_texts=len(found),
        num_tokens=len(kls),
        num_tokenized=len(reference.tokens),
        tokenized_otherwise=otherwise,
        kl=float(kls.mean()),
        top1=float(hits.mean()),
        num_greedy=len(shared),
        greedy_same=sum(share == 1.0 for share in shared),
        greedy_shared=float(np.mean(shared)),
    )


def log_softmax(logits: Logits) -> NDArray[np.float64]:
    """Return log-probabilities, shape (tokens, vocabulary)."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


@dataclass(frozen=True, slots=True)
class _Found:
    """One text: divergence and agreement by token, and the share of greedy text in common."""

    kls: NDArray[np.float64]
    hits: NDArray[np.bool_]
    shared: float | None


def _compare(model: GgufReading, expected: Expected) -> _Found:
    logits = model.read(expected.tokens[:-1], expected.start)
    ours, wanted = log_softmax(logits), expected.log_probabilities.astype(np.float64)
    best = ours.argmax(axis=-1)
    shared = None
    if expected.greedy:
        num_tokens = len(expected.greedy)
        written = model.greedy(expected.start + 1, int(best[0]), num_tokens)
        shared = _share_in_common(expected.greedy, written)
    kls = (np.exp(wanted) * (wanted - ours)).sum(axis=-1)
    return _Found(kls, wanted.argmax(axis=-1) == best, shared)


def _expected(
    model: PreTrainedModel, tokens: tuple[int, ...], start: int, *, is_greedy: bool
) -> Expected:
    asked = torch.tensor([tokens[:-1]], device=model.device)
    with torch.no_grad():
        rows = model(asked, logits_to_keep=len(tokens) - 1 - start).logits[0].float()
        log_probabilities = torch.log_softmax(rows.double(), dim=-1).float().cpu().numpy()
    greedy = _greedy(model, tokens[: start + 1]) if is_greedy else ()
    return Expected(tokens, start, log_probabilities, greedy)


def _greedy(model: PreTrainedModel, asked: Sequence[int]) -> tuple[int, ...]:
    given = torch.tensor([list(asked)], device=model.device)
    written = model.generate(
        given,
        attention_mask=torch.ones_like(given),
        max_new_tokens=NUM_GREEDY_TOKENS,
        do_sample=False,
    )
    return tuple(written[0, len(asked) :].tolist())


def _share_in_common(one: Sequence[int], other: Sequence[int]) -> float:
    same = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        same += 1
    return same / max(len(one), len(other))


def _encoded(tokenizer: PreTrainedTokenizerBase, example: Example) -> tuple[tuple[int, ...], int]:
    """Return an example's tokens, and the number of the one before the note's first."""
    num_asked = len(_tokens(tokenizer, example.text[: example.loss_start]))
    return _tokens(tokenizer, example.text), num_asked - 1


def _tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> tuple[int, ...]:
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])


def _bar(items: Iterable[T], title: str) -> Iterator[T]:
    yield from tqdm(items, desc=title, unit="text", disable=None)
