"""Data sets in parts that share no content: 80/10/10 by seed, and our corpus's held-out tenth."""

import hashlib
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, Protocol, TypeVar

from notes.errors import ConfigurationError
from notes.transcript import normalise

SHINGLE_WORDS = 5
# Two texts are near-duplicates from this share of the shorter one's shingles on. Different sessions
# of the psychotherapy CSV reach .10 (transcripts .09), different notes of ACI-Bench .20 by stock
# phrases; a text with one word in ten replaced still shares half.
NEAR_DUPLICATE = 0.3
# Of shorter texts only equal ones count: small talk is alike by chance.
LEAST_SHINGLES = 10

# A session is held out by its id alone, so that the tenth stays when sessions are added. Of the
# names tried this one's tenth has sessions of every risk label (tests/train/test_corpus.py).
HELD_OUT_NAME = "held out 3"


class HasContents(Protocol):
    """What can be split: its texts by their kind, such as transcript and note."""

    @property
    def contents(self) -> Mapping[str, str]:
        """Return the texts that no two parts may share."""
        ...


class HasId(Protocol):
    """A session with a lasting id."""

    @property
    def id(self) -> str:
        """Return the id."""
        ...


Item = TypeVar("Item", bound=HasContents)
Session = TypeVar("Session", bound=HasId)


@dataclass(frozen=True, slots=True)
class Split(Generic[Item]):
    """Three parts of a data set that share no content."""

    train: tuple[Item, ...]
    validation: tuple[Item, ...]
    test: tuple[Item, ...]


def split_dataset(
    items: Sequence[Item], *, seed: int, ratios: tuple[float, float, float] = (0.8, 0.1, 0.1)
) -> Split[Item]:
    """Return the items in three parts, the same for the same seed; what is alike stays together.

    Items with equal texts of a kind (up to case and spaces) go to one part, and so do items with
    near-duplicates. Sizes are the ratios rounded to whole items, unless such a group is larger than
    the part's share. Items keep their order.
    """
    needs = _shares(len(items), ratios)
    groups = _groups(items)
    random.Random(seed).shuffle(groups)  # noqa: S311 - a reproducible shuffle, not a secret
    groups.sort(key=len, reverse=True)  # large groups first, while there is room for them
    parts: tuple[list[int], ...] = ([], [], [])
    for group in groups:
        target = max(range(3), key=lambda part: needs[part])
        parts[target].extend(group)
        needs[target] -= len(group)
    return Split(*(tuple(items[index] for index in sorted(part)) for part in parts))


def is_held_out(session_id: str) -> bool:
    """Tell whether a session of our corpus belongs to the tenth that is never trained on."""
    digest = hashlib.sha256(f"{HELD_OUT_NAME} {session_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 10 == 0


def held_out(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Return the sessions of the tenth that is never trained on, in order."""
    return tuple(session for session in sessions if is_held_out(session.id))


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that share much of the shorter one's wording, by their places.

    Pairs are counted over an inverted index of word shingles; only those that share one are seen.
    """
    shingles = [_shingles(text) for text in texts]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, own in enumerate(shingles):
        if len(own) >= LEAST_SHINGLES:
            for shingle in own:
                holders[shingle].append(place)
    shared = Counter(pair for places in holders.values() for pair in combinations(places, 2))
    for (one, other), count in shared.items():
        if count >= NEAR_DUPLICATE * min(len(shingles[one]), len(shingles[other])):
            yield one, other


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text)
    return frozenset(zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False))


def _shares(num_items: int, ratios: tuple[float, float, float]) -> list[int]:
    """Return whole numbers in the given ratios that sum to `num_items` (largest remainder)."""
    if min(ratios) < 0 or not math.isclose(sum(ratios), 1.0, abs_tol=1e-9):
        raise ConfigurationError(reason=f"The ratios {ratios} of a split must sum to 1.")
    shares = [math.floor(num_items * ratio + 1e-9) for ratio in ratios]
    by_remainder = sorted(range(3), key=lambda part: shares[part] - num_items * ratios[part])
    for part in by_remainder[: num_items - sum(shares)]:
        shares[part] += 1
    return shares


def _groups(items: Sequence[HasContents]) -> list[list[int]]:
    """Return the items' places in groups; two that share content, or nearly, share a group."""
    parents = list(range(len(items)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for one, other in _alike(items):
        parents[root(other)] = root(one)
    groups: dict[int, list[int]] = {}
    for place in range(len(items)):
        groups.setdefault(root(place), []).append(place)
    return list(groups.values())


def _alike(items: Sequence[HasContents]) -> Iterator[tuple[int, int]]:
    """Yield pairs of places that belong together, equal texts before near-duplicates."""
    by_kind: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for place, item in enumerate(items):
        for kind, text in item.contents.items():
            yield by_kind[kind].setdefault(normalise(text).casefold(), place), place
    for first_seen in by_kind.values():
        places = list(first_seen.values())
        for one, other in near_duplicates(list(first_seen)):
            yield places[one], places[other]
