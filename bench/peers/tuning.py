"""The best settings of llama-server for a model on this machine, found by trying them."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.machine import describe_machine
from scripts.ray_head import WAITING

SLOTS = (1, 2, 4, 8, 16)
_NUM_FINALISTS = 3
_CELLS = 256  # llama.cpp rounds a context up to these


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """The options that matter; the defaults are the choice where nothing has been tried."""

    num_slots: int = 8
    is_unified: bool = False
    flash_attention: str = "off"
    ubatch_tokens: int = 512
    cache_ram_mib: int = 8192
    spins_briefly: bool = True  # as our engine's threads; they spin long by default

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that it is started with."""
        return dict(WAITING) if self.spins_briefly else {}

    def options(self, context_tokens: int) -> tuple[str, ...]:
        """Return llama-server's options for sessions of up to so many tokens."""
        per_slot = -(-context_tokens // _CELLS) * _CELLS
        return (
            *("-fa", self.flash_attention, "-np", str(self.num_slots)),
            "--kv-unified" if self.is_unified else "--no-kv-unified",
            *("-c", str(self.num_slots * per_slot)),
            *("-b", str(max(2048, self.ubatch_tokens)), "-ub", str(self.ubatch_tokens)),
            *("--cache-ram", str(self.cache_ram_mib), "--threads-http", "16"),
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """A choice and its notes per minute, one value a time."""

    choice: ServerChoice
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle value."""
        return median(self.values)


def tune(measure: Callable[[ServerChoice], float], slots: Sequence[int] = SLOTS) -> list[Trial]:
    """Try settings and return the trials, the best first.

    First slots and streams, then what else could help the best of these, and the best three of
    all twice more, one after the other.
    """
    trials = [Trial(choice, (measure(choice),)) for choice in first_choices(slots)]
    best = max(trials, key=lambda trial: trial.median).choice
    trials += [Trial(choice, (measure(choice),)) for choice in further_choices(best)]
    ranked = sorted(trials, key=lambda trial: -trial.median)
    finalists = ranked[:_NUM_FINALISTS]
    for _ in range(2):
        finalists = [
            replace(trial, values=(*trial.values, measure(trial.choice))) for trial in finalists
        ]
    return [*sorted(finalists, key=lambda trial: -trial.median), *ranked[_NUM_FINALISTS:]]


def first_choices(slots: Iterable[int]) -> Iterator[ServerChoice]:
    """Yield numbers of slots, with one stream for all and with one for each."""
    for num_slots in slots:
        yield ServerChoice(num_slots, is_unified=False)
        if num_slots > 1:
            yield ServerChoice(num_slots, is_unified=True)


def further_choices(best: ServerChoice) -> Iterator[ServerChoice]:
    """Yield variations of the best choice so far."""
    yield replace(best, flash_attention="on")
    yield replace(best, spins_briefly=False)
    yield replace(best, cache_ram_mib=0)
    yield replace(best, ubatch_tokens=256)
    yield replace(best, ubatch_tokens=1024)


def choices_file(folder: Path, label: str) -> Path:
    """Return where the choices for a model are kept."""
    return folder / f"peers-{label}.json"


def store_choice(path: Path, words: int, trials: Sequence[Trial]) -> None:
    """Keep the best choice for sessions of this length, and all that was tried."""
    kept = _read(path)
    kept[str(words)] = {
        "best": asdict(trials[0].choice),
        "trials": [asdict(trial) for trial in trials],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": describe_machine(), "words": kept}, indent=1) + "\n")


def stored_choice(path: Path, words: int) -> ServerChoice | None:
    """Return what was found best on this machine for the nearest length, if anything was."""
    kept = _read(path)
    if not kept:
        return None
    nearest = min(kept, key=lambda each: abs(int(each) - words))
    return ServerChoice(**kept[nearest]["best"])


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    stored = json.loads(path.read_text())
    words: dict[str, Any] = stored["words"] if stored["machine"] == describe_machine() else {}
    return words
