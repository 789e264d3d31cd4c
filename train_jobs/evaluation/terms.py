"""What texts are about: their content words without inflection, and how telling each word is."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from notes.lexemes import stem, words
from notes.sentences import content_words, split_sentences


@lru_cache(maxsize=1 << 14)
def terms(text: str) -> frozenset[str]:
    """Return the stems of a text's content words."""
    return frozenset(stem(word) for each in content_words(text) for word in words(each))


def frequencies(text: str) -> Counter[str]:
    """Return in how many sentences of a text each term stands."""
    return Counter(term for sentence in split_sentences(text) for term in terms(sentence))


@dataclass(frozen=True, slots=True)
class Idf:
    """In how many of some texts each term stands."""

    num_texts: int
    counts: Mapping[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Idf":
        """Count the terms of texts."""
        sets = [terms(text) for text in texts]
        return cls(len(sets), Counter(term for each in sets for term in each))

    def weight(self, term: str) -> float:
        """Return how telling a term is: next to nothing where every text has it."""
        return math.log((self.num_texts + 1) / (self.counts.get(term, 0) + 0.5))

    def total(self, some: Iterable[str]) -> float:
        """Return the weight of several terms together."""
        return sum(map(self.weight, some))
