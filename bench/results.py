"""What a benchmark found: rows with every value, ratios, a table, a JSON file, one last line."""

import json
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from bench.machine import describe_machine

# Beside the working tree's other throw-away files; git ignores it.
FOLDER = Path(__file__).parents[1] / ".cache" / "bench"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of whom, once or more often; `words` is a session's length."""

    measure: str
    who: str
    unit: str
    values: tuple[float, ...]
    words: int = 0
    in_flight: int = 1

    @property
    def median(self) -> float:
        """Return the middle value."""
        return statistics.median(self.values)

    @property
    def label(self) -> str:
        """Return what was measured, in words."""
        length = f", {self.words} words" if self.words else ""
        crowd = f", {self.in_flight} in flight" if self.in_flight > 1 else ""
        return f"{self.measure}{length}{crowd}"

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain values, its summary included."""
        summary = {"median": self.median, "min": min(self.values), "max": max(self.values)}
        return {**asdict(self), **summary}


class Ledger:
    """Collects values under what was measured of whom, in the order of their first coming."""

    def __init__(self) -> None:
        self._values: dict[Row, list[float]] = {}

    def add(
        self, measure: str, who: str, unit: str, *values: float, words: int = 0, in_flight: int = 1
    ) -> None:
        """Note one value or several."""
        key = Row(measure, who, unit, (), words, in_flight)
        self._values.setdefault(key, []).extend(values)

    @property
    def rows(self) -> list[Row]:
        """Return a row for each thing that was measured."""
        return [replace(row, values=tuple(values)) for row, values in self._values.items()]


@dataclass(slots=True)
class Report:
    """A run of one benchmark."""

    name: str
    settings: Mapping[str, Any]
    rows: list[Row] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "benchmark": self.name,
            **conditions(),
            "settings": dict(self.settings),
            "rows": [row.as_dict() for row in self.rows],
            "ratios": self.ratios,
        }

    def write(self, path: Path) -> None:
        """Write the JSON file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_dict(), indent=1) + "\n")

    def print(self) -> None:
        """Print the rows, the ratios, and the ratios again as one line of JSON."""
        print(table(self.rows))
        for name, value in self.ratios.items():
            print(f"{name:>44}  {value:g}")
        print(json.dumps({"benchmark": self.name, **self.ratios}))


def conditions() -> dict[str, Any]:
    """Return when and on what a figure was measured."""
    packages = ("llama-cpp-python", "numpy", "gguf")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "load_average": [round(each, 2) for each in psutil.getloadavg()],
        "versions": {
            "python": platform.python_version(),
            **{each: version(each) for each in packages},
        },
    }


def table(rows: Iterable[Row]) -> str:
    """Return the rows as aligned columns: what, who, median, spread, unit, number of values."""
    cells: list[tuple[str, ...]] = [("measure", "who", "median", "min to max", "unit", "n")]
    cells += [_cells(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(_line(row, widths) for row in cells)


def median_of(
    rows: Iterable[Row], measure: str, who: str, words: int | None = None
) -> float | None:
    """Return the median of one row, None where it was not measured."""
    for row in rows:
        if (row.measure, row.who) == (measure, who) and words in (None, row.words):
            return row.median
    return None


def ratio(above: float | None, below: float | None) -> float | None:
    """Return a quotient with three digits, None where a part of it is missing."""
    if above is None or not below:
        return None
    return float(f"{above / below:.3g}")


def _cells(row: Row) -> tuple[str, ...]:
    spread = f"{_figure(min(row.values))} to {_figure(max(row.values))}"
    return row.label, row.who, _figure(row.median), spread, row.unit, str(len(row.values))


def _figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
