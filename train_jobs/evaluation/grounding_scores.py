"""How well the grounding score tells what a session bears out, on sentences labelled by hand.

A folder holds samples (`*.jsonl`, a sentence a line: `session`, `sentence`, `kind`, perhaps the
model's `confidence`) and their sessions (`sessions/*.jsonl`, as in the risk suite);
tests/data/grounding/README.md describes it.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from notes.errors import ConfigurationError
from notes.grounding import SUPPORTED, WINDOW_TURNS, Grounding
from notes.sentences import content_words
from notes.transcript import Turn
from train_jobs.evaluation.bootstrap import Estimate, share
from train_jobs.evaluation.exchanges import load_folder

ALL, TRUE = "all", "true"
_CONFIDENCE_WEIGHT = 0.25  # of a standard deviation, beside one of the score; the best of four


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence of a note, its scores, and how it is false ("true" where it is not)."""

    session: str
    kind: str
    score: float
    floor: float
    confidence: float | None

    @property
    def is_true(self) -> bool:
        """Tell whether the session bears it out."""
        return self.kind == TRUE


Score = Callable[[Labelled], float]


By = Callable[[Labelled], float]


@dataclass(frozen=True, slots=True)
class Sample:
    """The sentences of one file."""

    rows: tuple[Labelled, ...]

    @property
    def kinds(self) -> list[str]:
        """Return the ways in which sentences are false, and all of them together."""
        return [*dict.fromkeys(row.kind for row in self.rows if not row.is_true), ALL]

    def of_sessions(self, names: Iterable[str]) -> "Sample":
        """Return the sentences about these sessions."""
        wanted = set(names)
        return Sample(tuple(row for row in self.rows if row.session in wanted))

    def halves(self) -> tuple["Sample", "Sample"]:
        """Return what the weights were set on, every second session, and what they were not."""
        names = sorted({row.session for row in self.rows})
        return self.of_sessions(names[::2]), self.of_sessions(names[1::2])

    def auc(self, kind: str = ALL, by: By = lambda row: row.score) -> float:
        """Return how often a true sentence scores above a false one; a tie counts half."""
        others = [by(row) for row in self.false(kind)]
        true = [by(row) for row in self.rows if row.is_true]
        won = [sum((t > f) + 0.5 * (t == f) for f in others) / len(others) for t in true]
        return sum(won) / len(won)

    def false(self, kind: str = ALL) -> list[Labelled]:
        """Return the sentences that are false in this way."""
        return [row for row in self.rows if not row.is_true and kind in (ALL, row.kind)]

    def supported(self, kind: str) -> Estimate:
        """Return which share of a kind counts as supported."""
        rows = [r for r in self.rows if r.is_true] if kind == TRUE else self.false(kind)
        return share(sum(row.score >= SUPPORTED for row in rows), len(rows))

    def auc_by_confidence(self) -> tuple[float, float] | None:
        """Return the ranking by the model's confidence, and by it and the score together."""
        if any(row.confidence is None for row in self.rows):
            return None
        score = _standard([row.score for row in self.rows])
        confidence = _standard([row.confidence or 0.0 for row in self.rows])
        both = {
            id(row): s + _CONFIDENCE_WEIGHT * c
            for row, s, c in zip(self.rows, score, confidence, strict=True)
        }
        alone = self.auc(by=lambda row: row.confidence or 0.0)
        return alone, self.auc(by=lambda row: both[id(row)])

    def details(self) -> dict[str, object]:
        """Return the figures as plain JSON values."""
        together = self.auc_by_confidence()
        return {
            "num_true": sum(row.is_true for row in self.rows),
            "num_false": len(self.false()),
            "auc": {kind: round(self.auc(kind), 4) for kind in self.kinds},
            "auc_of_the_floor": {
                kind: round(self.auc(kind, lambda row: row.floor), 4) for kind in self.kinds
            },
            "supported": {kind: self.supported(kind).details() for kind in (TRUE, *self.kinds)},
            "auc_by_confidence": together and round(together[0], 4),
            "auc_by_score_and_confidence": together and round(together[1], 4),
        }


def load_samples(folder: Path) -> Mapping[str, Sample]:
    """Return the samples of a folder by name; raises ConfigurationError where there are none."""
    sessions = {each.id: _Session(each.turns) for each in load_folder(folder / "sessions")}
    samples = {
        path.stem: Sample(tuple(_rows(path, sessions))) for path in sorted(folder.glob("*.jsonl"))
    }
    if not samples:
        raise ConfigurationError(reason=f"There are no labelled sentences in {folder}/*.jsonl.")
    return samples


class _Session:
    """A session's turns, and what both scores make of them."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._grounding = Grounding(turns)

    def score(self, sentence: str) -> float:
        """Return the product's score."""
        return self._grounding.evidence(sentence).score

    def floor(self, sentence: str) -> float:
        """Return the largest IDF-weighted overlap with six consecutive turns (TN-Eval)."""
        words = content_words(sentence)
        weights = {
            word: math.log(1 + len(self._turns) / max(1, self._counts[word])) for word in words
        }
        held = max(sum(weights[word] for word in words & window) for window in self._windows)
        return held / sum(weights.values()) if words else 0.0

    @cached_property
    def _words(self) -> list[frozenset[str]]:
        return [content_words(turn.text) for turn in self._turns]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word for each in self._words for word in each)

    @cached_property
    def _windows(self) -> list[frozenset[str]]:
        starts = range(max(1, len(self._words) - WINDOW_TURNS + 1))
        return [frozenset().union(*self._words[i : i + WINDOW_TURNS]) for i in starts]


def _rows(path: Path, sessions: Mapping[str, _Session]) -> Iterator[Labelled]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            session, sentence = sessions[row["session"]], row["sentence"]
            confidence = row.get("confidence")
            yield Labelled(
                row["session"],
                row["kind"],
                session.score(sentence),
                session.floor(sentence),
                confidence,
            )
        except (ValueError, KeyError, TypeError) as error:
            reason = f"Line {number} of {path} is no labelled sentence ({type(error).__name__})."
            raise ConfigurationError(reason=reason) from error


def _standard(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0
    return [(value - mean) / spread for value in values]
