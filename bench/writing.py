"""What writes notes in a comparison, and what came of it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bench.workload import Session
from models.engine.params import SamplingParams


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """One note: the seconds from asking to having, what was read and what was written."""

    seconds: float
    num_prompt_tokens: int
    num_tokens: int


@dataclass(frozen=True, slots=True)
class Written:
    """Several notes, and the seconds from the first question to the last answer."""

    seconds: float
    notes: tuple[WrittenNote, ...]

    @property
    def notes_per_minute(self) -> float:
        """Return the rate of notes."""
        return 60 * len(self.notes) / self.seconds

    @property
    def tokens_per_s(self) -> float:
        """Return the rate of written tokens."""
        return sum(note.num_tokens for note in self.notes) / self.seconds

    @property
    def num_prompt_tokens(self) -> int:
        """Return the mean number of tokens of a prompt."""
        return round(sum(note.num_prompt_tokens for note in self.notes) / len(self.notes))


class Writer(Protocol):
    """A loaded model that writes documents; they have the workload's number of tokens."""

    def write(self, sessions: Sequence[Session], num_in_flight: int) -> Written:
        """Write a note of each session, so many at a time; BenchError where a count is wrong."""
        ...

    def write_product(
        self, sessions: Sequence[Session], num_in_flight: int, sampling: SamplingParams
    ) -> Written:
        """Write notes as the product asks for them, which end where they end."""
        ...

    def memory_bytes(self) -> int:
        """Return the proportional set size of the process that holds the model."""
        ...


@dataclass(frozen=True, slots=True)
class Contender:
    """One who takes part: `settings` say how it was run, `open` loads it and frees it again.

    `is_alone`: it writes one note at a time, whatever is asked for.
    """

    name: str
    settings: str
    open: Callable[[], AbstractContextManager[Writer]]
    is_alone: bool = False
