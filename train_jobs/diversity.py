"""How varied texts are: their lengths, how many word sequences are new, how near neighbours are.

The share of distinct sequences falls with the number of words, so sets are compared on equally
many words of each.
"""

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean, quantiles

NGRAMS = (1, 2, 3)
_SEED = 1

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Similarity:
    """The likeness of each text to the one most like it, from 0 to 1: on average, and the most."""

    mean: float
    max: float


@dataclass(frozen=True, slots=True)
class Diversity:
    """The measures of one set of texts.

    `words` are the least, the tenths of 10, 50 and 90 %, and the most; `distinct` is the share of
    sequences of one, two, three words that are new, in the first `num_compared_words`.
    """

    num_texts: int
    num_words: int
    words: tuple[int, ...]
    num_compared_words: int
    distinct: tuple[float, ...]
    tfidf: Similarity
    trigrams: Similarity


def diversity(texts: Sequence[str], num_compared_words: int | None = None) -> Diversity:
    """Return how varied texts are; at least two of them, with words."""
    spoken = [words(text) for text in texts]
    total = sum(map(len, spoken))
    compared = min(total, num_compared_words or total)
    shuffled = spoken.copy()
    random.Random(_SEED).shuffle(shuffled)  # noqa: S311 - a reproducible order, not a secret
    return Diversity(
        num_texts=len(texts),
        num_words=total,
        words=_spread([len(each) for each in spoken]),
        num_compared_words=compared,
        distinct=tuple(distinct_share(shuffled, num, compared) for num in NGRAMS),
        tfidf=_nearest(_tfidf(spoken)),
        trigrams=_nearest_sets([frozenset(_ngrams(each, 3)) for each in spoken]),
    )


def words(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold())


def distinct_share(texts: Sequence[Sequence[str]], length: int, max_words: int) -> float:
    """Return the share of word sequences that are new, within the first words of the texts."""
    sequences: list[tuple[str, ...]] = []
    room = max_words
    for text in texts:
        sequences += _ngrams(text[:room], length)
        room = max(0, room - len(text))
    return len(set(sequences)) / len(sequences) if sequences else 0.0


def _ngrams(text: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return list(zip(*(text[start:] for start in range(length)), strict=False))


def _spread(lengths: Sequence[int]) -> tuple[int, ...]:
    tenths = quantiles(lengths, n=10, method="inclusive")
    return (min(lengths), *(round(tenths[index]) for index in (0, 4, 8)), max(lengths))


def _tfidf(texts: Sequence[Sequence[str]]) -> list[Vector]:
    """Return the texts as vectors of length 1: words that few texts hold weigh more."""
    holders = Counter(word for text in texts for word in set(text))
    vectors: list[Vector] = []
    for text in texts:
        weights = {
            word: (1 + math.log(count)) * math.log(len(texts) / holders[word])
            for word, count in Counter(text).items()
        }
        length = math.hypot(*weights.values()) or 1.0
        vectors.append({word: weight / length for word, weight in weights.items()})
    return vectors


def _nearest(vectors: Sequence[Vector]) -> Similarity:
    """Return the likeness by the cosine of vectors of length 1."""
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        for word, weight in vector.items():
            holders[word].append((place, weight))
    likeness: defaultdict[tuple[int, int], float] = defaultdict(float)
    for held in holders.values():
        for (one, weight), (other, other_weight) in combinations(held, 2):
            likeness[one, other] += weight * other_weight
    return _summary(likeness, len(vectors))


def _nearest_sets(sets: Sequence[frozenset[tuple[str, ...]]]) -> Similarity:
    """Return the likeness by the share of members that two sets have in common (Jaccard)."""
    likeness = {
        (one, other): len(sets[one] & sets[other]) / (len(sets[one] | sets[other]) or 1)
        for one, other in combinations(range(len(sets)), 2)
    }
    return _summary(likeness, len(sets))


def _summary(likeness: Mapping[tuple[int, int], float], num_texts: int) -> Similarity:
    best = [0.0] * num_texts
    for pair, value in likeness.items():
        for place in pair:
            best[place] = max(best[place], value)
    return Similarity(mean(best), max(best))
