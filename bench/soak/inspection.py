"""What an engine holds when everybody has left, and what is wrong with that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

MAX_GROWTH_MB = 32.0  # over the part of a run in which nothing new is met any more
MB = 1e6
_SETTLING = 0.25  # of a run, while buffers and the allocator find their size


@dataclass(frozen=True, slots=True)
class Inspection:
    """The state of a drained engine that has forgotten its prefixes, `at_s` after the start.

    `num_occupied_slots` are those for which llama.cpp would save more than for an empty one;
    `num_counted` are the requests of which the engine itself says that they have ended.
    """

    at_s: float
    num_free_slots: int
    num_used_cells: int
    num_occupied_slots: int
    parked_bytes: int
    num_open_grammars: int
    num_accepted: int
    num_settled: int
    num_counted: int
    resident_bytes: int
    proportional_bytes: int
    num_threads: int
    num_handles: int


@dataclass(frozen=True, slots=True)
class Round:
    """A stretch of traffic and what was left after it.

    `endings` counts requests by kind and outcome, `faults` those that should not be.
    """

    endings: Mapping[tuple[str, str], int]
    inspection: Inspection
    faults: Mapping[str, int] = field(default_factory=dict)

    @property
    def num_requests(self) -> int:
        """Return the number of requests that were asked."""
        return sum(self.endings.values())


@dataclass(frozen=True, slots=True)
class Trend:
    """A line through the resident memory after the first quarter of a run."""

    mb_per_hour: float
    growth_mb: float


def faults_of(rounds: Sequence[Round], num_slots: int) -> list[str]:
    """Return a sentence for each thing that leaked or ended as it should not."""
    first = rounds[0].inspection
    found = [
        f"After round {number}: {sentence}."
        for number, each in enumerate(rounds, start=1)
        for sentence in _faults_of_state(each.inspection, first, num_slots)
    ]
    for number, each in enumerate(rounds, start=1):
        found += [f"In round {number}, {count} x: {name}." for name, count in each.faults.items()]
    trend = memory_trend([each.inspection for each in rounds])
    if trend is not None and trend.growth_mb > MAX_GROWTH_MB:
        found.append(f"The resident memory grew by {trend.growth_mb:.0f} MB after the beginning.")
    return found


def memory_trend(inspections: Sequence[Inspection]) -> Trend | None:
    """Return how the memory grows, None where there are too few rounds to tell."""
    late = inspections[int(len(inspections) * _SETTLING) :]
    if len(late) < 3:
        return None
    seconds = np.array([each.at_s for each in late])
    resident = np.array([each.resident_bytes for each in late])
    per_second = float(np.polyfit(seconds, resident, deg=1)[0])
    growth = per_second * float(seconds[-1] - seconds[0])
    return Trend(3600 * per_second / MB, growth / MB)


def _faults_of_state(state: Inspection, first: Inspection, num_slots: int) -> Iterator[str]:
    if num_held := num_slots - state.num_free_slots:
        yield f"{num_held} slots were not given back"
    if state.num_used_cells:
        yield f"{state.num_used_cells} cells of the cache count as used"
    if state.num_occupied_slots:
        yield f"llama.cpp holds cells for {state.num_occupied_slots} slots"
    if state.parked_bytes:
        yield f"{state.parked_bytes} bytes are still parked"
    if state.num_open_grammars:
        yield f"{state.num_open_grammars} grammars were not closed"
    if not state.num_accepted == state.num_settled == state.num_counted:
        yield (
            f"{state.num_accepted} requests were accepted, {state.num_settled} settled, "
            f"and the engine counts {state.num_counted}"
        )
    if state.num_threads != first.num_threads:
        yield f"there are {state.num_threads} threads instead of {first.num_threads}"
    if state.num_handles != first.num_handles:
        yield f"there are {state.num_handles} open files instead of {first.num_handles}"
