"""What the command line of a comparison says, and how much is measured because of it."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.results import FOLDER

PARTS = ("throughput", "reuse", "load", "product")
_EXTRA = "product"
_LARGE_BYTES = 1 << 30


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

    model: str
    is_quick: bool
    sessions: Path | None
    sdist: Path | None
    out: Path | None
    num_threads: int | None
    engine: tuple[str, ...]
    has_server: bool
    is_tuning: bool
    changes: dict[str, object]  # of the plan

    def plan(self, model_bytes: int) -> Plan:
        """Return how much is measured on a model of this size."""
        plan = _LARGE if model_bytes > _LARGE_BYTES else _FULL
        return replace(_QUICK if self.is_quick else plan, **self.changes)  # type: ignore[arg-type]


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
        model=given.model,
        is_quick=given.quick,
        sessions=given.sessions,
        sdist=given.sdist,
        out=given.out,
        num_threads=given.threads,
        engine=tuple(given.engine),
        has_server=not given.without_server,
        is_tuning=given.tune_peer,
        changes={name: value for name, value in asked.items() if value is not None},
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.compare", description="Our engine against its peers."
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="the short form, about four minutes")
    add("--model", default="default", help="default, phi3, or the path of a GGUF file")
    add("--sessions", type=Path, help="a CSV with a column session_transcription")
    add("--words", type=_numbers, help="lengths of sessions, such as 200,500")
    add("--rounds", type=_positive, help="how often each is measured")
    add("--notes", type=_positive, help="notes of a round that are written in flight")
    add("--notes-alone", type=_positive, help="notes of a round that are written alone")
    add("--in-flight", type=_positive, help="notes at a time")
    add("--threads", type=_positive, help="of everybody; default: every core")
    add("--parts", type=_parts, help=f"some of {','.join(PARTS)}; the last is extra")
    add("--product", action="store_true", help="also notes as the product asks for them")
    add("--engine", action="append", default=[], metavar="KEY=VALUE", help="our engine's settings")
    add("--without-server", action="store_true", help="leave llama-server out")
    add("--tune-peer", action="store_true", help="find llama-server's best settings, and end")
    add("--sdist", type=Path, help="llama-cpp-python's source distribution")
    add("--out", type=Path, help=f"the JSON file; default: compare-MODEL.json in {FOLDER}")
    return parser


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number above 0')
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_positive(part) for part in text.split(","))


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    for part in parts:
        if part not in PARTS:
            raise argparse.ArgumentTypeError(f'"{part}" is none of {", ".join(PARTS)}')
    return parts
