"""A text that is too long for one document, in pieces that fit; no word is lost."""

from collections.abc import Callable, Sequence

from notes.sentences import split_sentences

_LEVELS: tuple[tuple[Callable[[str], Sequence[str]], str], ...] = (
    (str.splitlines, "\n"),
    (split_sentences, " "),
    (str.split, " "),
)


def divide(
    text: str, max_tokens: int, count_tokens: Callable[[str], int], level: int = 0
) -> list[str]:
    """Return pieces that fit: lines together, else sentences, else words, else half words."""
    if level == len(_LEVELS):
        return _halve(text, max_tokens, count_tokens)
    split, joint = _LEVELS[level]
    pieces: list[str] = []
    size = max_tokens
    for unit in filter(str.strip, split(text)):
        cost = count_tokens(unit) + 1  # the joint
        if cost > max_tokens:
            pieces += divide(unit, max_tokens, count_tokens, level + 1)
            size = max_tokens
        elif size + cost > max_tokens:
            pieces.append(unit)
            size = cost
        else:
            pieces[-1] += joint + unit
            size += cost
    return pieces


def _halve(word: str, max_tokens: int, count_tokens: Callable[[str], int]) -> list[str]:
    if len(word) <= 1 or count_tokens(word) <= max_tokens:
        return [word]
    middle = len(word) // 2
    halves = (word[:middle], word[middle:])
    return [piece for half in halves for piece in _halve(half, max_tokens, count_tokens)]
