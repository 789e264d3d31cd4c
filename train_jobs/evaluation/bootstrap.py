"""How sure a figure is: 95 % intervals over sessions.

What is counted once a session as yes or no gets Wilson's interval, which says something even where
all are the same; everything else a percentile bootstrap that draws whole sessions, since sentences
of one session are not independent.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_RESAMPLES = 2000
SEED = 1
_PERCENTILES = (2.5, 97.5)
_Z = 1.959964

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """What one session adds to a figure: so many of so many."""

    part: float
    whole: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, and the number of sessions that it rests on."""

    value: float
    low: float
    high: float
    num: int

    def details(self) -> dict[str, float | int]:
        """Return plain JSON values, rounded."""
        low, high = round(self.low, 4), round(self.high, 4)
        return {"value": round(self.value, 4), "low": low, "high": high, "n": self.num}


def share(part: int, whole: int) -> Estimate:
    """Return a share of independent cases with Wilson's interval; `whole` is above 0."""
    value = part / whole
    centre = (value + _Z**2 / (2 * whole)) / (1 + _Z**2 / whole)
    spread = value * (1 - value) / whole + _Z**2 / (4 * whole**2)
    half = _Z * math.sqrt(spread) / (1 + _Z**2 / whole)
    # At the ends the formula gives the end itself, but for the last digit.
    low = 0.0 if part == 0 else max(0.0, centre - half)
    high = 1.0 if part == whole else min(1.0, centre + half)
    return Estimate(value, low, high, whole)


def estimate(ratios: Sequence[Ratio], num_resamples: int = NUM_RESAMPLES) -> Estimate | None:
    """Return the sum of the parts over the sum of the wholes; None where there is nothing."""
    counted = [ratio for ratio in ratios if ratio.whole > 0]
    return bootstrap(_table(counted), _quotient, num_resamples) if counted else None


def difference(
    ours: Sequence[Ratio], theirs: Sequence[Ratio], num_resamples: int = NUM_RESAMPLES
) -> Estimate | None:
    """Return how much more ours is, on the same sessions in the same order, by a paired bootstrap.

    None where one of the two has nothing.
    """
    table = np.hstack([_table(ours), _table(theirs)])
    if not table[:, 1].any() or not table[:, 3].any():
        return None
    return bootstrap(table, lambda sums: _quotient(sums[:2]) - _quotient(sums[2:]), num_resamples)


def bootstrap(
    table: Floats, figure: Callable[[Floats], float], num_resamples: int = NUM_RESAMPLES
) -> Estimate:
    """Return a figure of column sums of one row a session, over sessions drawn with replacement."""
    num = len(table)
    drawn = np.random.default_rng(SEED).multinomial(num, np.full(num, 1 / num), num_resamples)
    values = [figure(sums) for sums in drawn @ table]
    low, high = np.nanpercentile(values, _PERCENTILES)
    return Estimate(figure(table.sum(axis=0)), float(low), float(high), num)


def _table(ratios: Sequence[Ratio]) -> Floats:
    return np.array([[ratio.part, ratio.whole] for ratio in ratios], dtype=np.float64)


def _quotient(sums: Floats) -> float:
    return float(sums[0] / sums[1]) if sums[1] else math.nan
