"""Sentences and words of plain text: split, counted, compared, cut."""

import re
from collections.abc import Iterable

from notes.lexemes import stem

_ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|approx|e\.g|i\.e|a\.m|p\.m)\.$")
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

# Words that say nothing about what a sentence is about. Negations are not among them.
_STOP_WORDS = (
    "a about after also an and are as at be been but by can could did do does for from had has "
    "have he her him his i in is it its just like me my of on or our own patient she so some than "
    "that the their them then there they this to up was we were what when which who will with "
    "would you your client therapist reports reported says said"
)
_STOPS = frozenset(_STOP_WORDS.split())

_NEGATIONS = frozenset(("no", "not", "never", "none", "nobody", "nothing", "without", "denies"))


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text in order, trimmed; joined they hold every word of it."""
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()].strip()
        if not piece or ("\n" not in match.group() and _ABBREVIATION.search(piece)):
            continue
        sentences.append(piece)
        start = match.end()
    rest = text[start:].strip()
    return (*sentences, rest) if rest else tuple(sentences)


def num_words(text: str) -> int:
    """Return the number of words as a reader counts them: runs without white space."""
    return len(text.split())


def content_words(text: str) -> frozenset[str]:
    """Return the words that carry a text's meaning, in lower case."""
    words = (word.replace("’", "'") for word in _WORD.findall(text.casefold()))
    return frozenset(word for word in words if word not in _STOPS)


def is_near_duplicate(words: frozenset[str], others: Iterable[frozenset[str]]) -> bool:
    """Return whether one of the others says nearly the same: three quarters of the words.

    Sentences that differ in a negation or a number never say the same.
    """
    return any(_overlap(words, other) >= 0.75 for other in others)


def is_contradiction(words: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two sentences say the same, one of them denied."""
    if any(map(_is_negation, words)) == any(map(_is_negation, other)):
        return False
    affirmed, others = _affirmed(words), _affirmed(other)
    return len(affirmed) > 1 and _overlap(affirmed, others) >= 0.75


def _affirmed(words: frozenset[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in words if not _is_negation(word))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    if left == right:
        return 1.0
    if any(_is_decisive(word) for word in left ^ right):
        return 0.0
    return len(left & right) / len(left | right)


def _is_decisive(word: str) -> bool:
    return _is_negation(word) or any(map(str.isdigit, word))


def _is_negation(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


def cut_words(text: str, max_words: int) -> str:
    """Return the text, or its first words and an ellipsis that shows the cut."""
    words = text.split()
    if len(words) <= max_words:
        return text
    return " ".join(words[:max_words]).rstrip(".,;:") + "…" if max_words > 0 else ""
