"""What prompt-lookup speculation would gain, from notes that the engine wrote without it.

A branch proposes the tokens that followed the last place where its newest tokens stood before, in
the prompt or the answer; the model takes those that it would have written itself. The rows of all
branches go into one step, so a step's cost is that of its rows, measured on the same machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.engine.prefix_tree import common_length

NGRAMS = (2, 3)
MAX_DRAFT = 4


@dataclass(frozen=True, slots=True)
class WrittenBranch:
    """The tokens before an answer's chosen part, and that part."""

    context: tuple[int, ...]
    answer: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Speculation:
    """How one branch would have been written: the rows of each of its steps."""

    rows: tuple[int, ...]
    num_tokens: int

    @property
    def num_drafted(self) -> int:
        """Return the tokens that were proposed."""
        return sum(self.rows) - len(self.rows)

    @property
    def num_accepted(self) -> int:
        """Return the proposed tokens that were right."""
        return self.num_tokens - len(self.rows)


def speculate(branch: WrittenBranch, ngram: int, max_draft: int = MAX_DRAFT) -> Speculation:
    """Replay a branch; with `max_draft` 0 as it was written, a token a step."""
    known, left, rows = list(branch.context), list(branch.answer), []
    while left:
        draft = _draft(known, ngram, max_draft)
        # The step itself yields one more, unless the proposal reached the end.
        num_new = min(common_length(draft, left) + 1, len(left))
        rows.append(1 + len(draft))
        known += left[:num_new]
        left = left[num_new:]
    return Speculation(tuple(rows), len(branch.answer))


def writing_s(branches: Sequence[Speculation], cost_s: Mapping[int, float]) -> float:
    """Return the seconds of writing a note's branches side by side; `cost_s` is by rows."""
    rows = sorted(cost_s)
    costs = [cost_s[number] for number in rows]
    return sum(float(np.interp(width, rows, costs)) for width in _widths(branches))


def _widths(branches: Sequence[Speculation]) -> Iterator[int]:
    """Yield the rows of each step of all branches that still write."""
    longest = max((len(branch.rows) for branch in branches), default=0)
    for step in range(longest):
        yield sum(branch.rows[step] for branch in branches if step < len(branch.rows))


def _draft(known: Sequence[int], ngram: int, max_draft: int) -> list[int]:
    """Return what followed the newest tokens at the last place where they stood before."""
    newest = list(known[-ngram:])
    for start in range(len(known) - ngram - 1, -1, -1):
        if list(known[start : start + ngram]) == newest:
            after = start + ngram
            return list(known[after : after + max_draft])
    return []
