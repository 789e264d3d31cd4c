"""What the command line of a comparison says, and how much is measured because of it."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.ground import LARGE_BYTES, Common, common_parser, positive, positives, some_of

PARTS = ("throughput", "reuse", "load", "product")
_EXTRA = "product"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `notes` are written in flight, `notes_alone` one after the other.

    Of sessions that are longer than the shortest, half as many are written. `is_quick` leaves out
    `Llama` with flash attention and llama-server's notes one at a time, and loads once.
    """

    rounds: int = 3
    notes: int = 16
    notes_alone: int = 4
    in_flight: int = 8
    words: tuple[int, ...] = (200, 500, 1000, 1500)
    reuse_words: tuple[int, ...] = (200, 1000)
    reuse_notes: int = 2
    parts: tuple[str, ...] = PARTS[:-1]
    is_quick: bool = False

    @property
    def lengths(self) -> tuple[int, ...]:
        """Return the lengths of all sessions, the shortest first."""
        return tuple(sorted({*self.words, *self.reuse_words}))

    def notes_of(self, words: int) -> int:
        """Return how many sessions of this length are written in flight."""
        return self.notes if words == min(self.words) else max(self.in_flight, self.notes // 2)

    def notes_alone_of(self, words: int) -> int:
        """Return how many sessions of this length are written one after the other."""
        return self.notes_alone if words == min(self.words) else -(-self.notes_alone // 2)

    @property
    def num_loads(self) -> int:
        """Return how often loading is measured."""
        return 1 if self.is_quick else self.rounds

    def num_turns(self, num_contenders: int) -> int:
        """Return how many turns there will be."""
        turns = {
            "throughput": self.rounds * len(self.words) * num_contenders,
            "reuse": self.rounds * len(self.reuse_words),
            "load": self.num_loads,
            "product": self.rounds * num_contenders,
        }
        return sum(turns[part] for part in self.parts)


_FULL = Plan()
# Notes take long on a large model; what they share out is known after fewer.
_LARGE = replace(_FULL, notes=8, notes_alone=2, reuse_notes=1)
_QUICK = replace(_LARGE, words=(200,), reuse_words=(1000,), is_quick=True)


@dataclass(frozen=True, slots=True)
class Options:
    """A read command line."""

    common: Common
    has_server: bool
    is_tuning: bool
    changes: dict[str, object]  # of the plan

    def plan(self, model_bytes: int) -> Plan:
        """Return how much is measured on a model of this size."""
        plan = _LARGE if model_bytes > LARGE_BYTES else _FULL
        return replace(_QUICK if self.common.is_quick else plan, **self.changes)  # type: ignore[arg-type]


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read a command line; a wrong one ends the process with a sentence."""
    given = _parser().parse_args(arguments)
    parts = given.parts or PARTS[:-1]
    asked = {
        "rounds": given.rounds,
        "notes": given.notes,
        "notes_alone": given.notes_alone,
        "in_flight": given.in_flight,
        "words": given.words,
        "reuse_words": given.words,
        "parts": (*parts, _EXTRA) if given.product and _EXTRA not in parts else parts,
    }
    return Options(
        common=Common.of(given),
        has_server=not given.without_server,
        is_tuning=given.tune_peer,
        changes={name: value for name, value in asked.items() if value is not None},
    )


def _parser() -> argparse.ArgumentParser:
    parser = common_parser(
        "compare", "Our engine against its peers.", "the short form, about four minutes"
    )
    add = parser.add_argument
    add("--words", type=positives, help="lengths of sessions, such as 200,500")
    add("--rounds", type=positive, help="how often each is measured")
    add("--notes", type=positive, help="notes of a round that are written in flight")
    add("--notes-alone", type=positive, help="notes of a round that are written alone")
    add("--in-flight", type=positive, help="notes at a time")
    add("--parts", type=some_of(PARTS), help=f"some of {','.join(PARTS)}; the last is extra")
    add("--product", action="store_true", help="also notes as the product asks for them")
    add("--without-server", action="store_true", help="leave llama-server out")
    add("--tune-peer", action="store_true", help="find llama-server's best settings, and end")
    return parser
