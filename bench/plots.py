"""Plots of stored results: `python -m bench.plots RESULTS.json… [--into docs/images]`.

From growth-MODEL.json: throughput against the number of sessions in flight, the time of a note
against the length of its session, memory against both. Where compare-MODEL.json is given too, the
peers of the same model stand in the first. One small SVG each; lines differ in marker and dash,
not in colour alone. Needs matplotlib, which is one of the tools for development.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, ScalarFormatter

from bench import growth
from bench import measures as m
from bench.errors import BenchError
from bench.ground import exit_status
from bench.peers.engine import NAME as ENGINE
from bench.results import Row

INTO = Path("docs") / "images"
WORDS = growth.WORDS
_PARTS = {"benchmark", "machine", "settings", "rows"}
_SIZE_INCHES = (6.4, 3.8)
_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: small, and sharp in any size
    "svg.hashsalt": "bench",  # the same results make the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.88",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 5,
    "legend.frameon": False,
    "axes.axisbelow": True,
}
# Each line has a look of its own, readable without colour.
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0b4f8a", "marker": "o", "linestyle": "-"},
    {"color": "#b3541e", "marker": "s", "linestyle": "--"},
    {"color": "#3d7a3d", "marker": "^", "linestyle": "-."},
    {"color": "#7a4b8c", "marker": "D", "linestyle": ":"},
    {"color": "#555555", "marker": "v", "linestyle": (0, (5, 1, 1, 1, 1, 1))},
)


@dataclass(frozen=True, slots=True)
class Results:
    """What stored files say of one model: the machine, and rows by benchmark."""

    model: str
    machine: str
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def line(
        self,
        benchmark: str,
        measure: str,
        x: Callable[[Row], int],
        *,
        who: str = ENGINE,
        words: int | None = None,
    ) -> "Line":
        """Return medians of a measure by length or by notes in flight, with their spread."""
        rows = [
            row
            for row in self.rows.get(benchmark, ())
            if (row.measure, row.who) == (measure, who) and words in (None, row.words)
        ]
        return Line(tuple(sorted((x(row), row.median, *_range(row)) for row in rows)))


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, median, lowest, highest)."""

    points: tuple[tuple[float, float, float, float], ...]

    def across(self, other: "Line") -> "Line":
        """Return its first value at both ends of another line."""
        ends = (other.points[0][0], other.points[-1][0])
        return Line(tuple((end, *self.points[0][1:]) for end in ends))

    def draw(self, axes: Axes, label: str, look: int) -> None:
        """Draw it with its spread; nothing where there is no point."""
        if not self.points:
            return
        x, median, lowest, highest = zip(*self.points, strict=True)
        style = _LOOKS[look % len(_LOOKS)]
        axes.plot(x, median, label=label, **style)
        axes.vlines(x, lowest, highest, colors=style["color"], linewidth=0.9)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw everything; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.plots", description="Plots of results.")
    parser.add_argument(
        "results", type=Path, nargs="+", help="growth-MODEL.json, compare-MODEL.json"
    )
    parser.add_argument("--into", type=Path, default=INTO, help="default: %(default)s")
    given = parser.parse_args(arguments)
    return exit_status(lambda: _draw_all(given.results, given.into))


def _draw_all(paths: Sequence[Path], into: Path) -> int:
    into.mkdir(parents=True, exist_ok=True)
    written = [path for results in read_results(paths) for path in _draw(results, into)]
    for path in written:
        print(path)
    print(json.dumps({"benchmark": "plots", "written": len(written)}))
    return 0


def read_results(paths: Iterable[Path]) -> list[Results]:
    """Return stored results by model; BenchError where a file holds none."""
    found: dict[str, Results] = {}
    for path in paths:
        stored = _read(path)
        model, machine = stored["settings"]["model"], stored["machine"]
        results = found.setdefault(model, Results(model, machine, {}))
        known = results.rows.get(stored["benchmark"], ())
        rows = {**results.rows, stored["benchmark"]: [*known, *map(_row, stored["rows"])]}
        found[model] = Results(model, machine, rows)
    return list(found.values())


def _read(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BenchError(reason=f"{path} cannot be read as results.") from error
    if not isinstance(stored, dict) or not stored.keys() >= _PARTS:
        raise BenchError(reason=f"{path} holds no results of a benchmark.")
    return stored


def _row(stored: Mapping[str, Any]) -> Row:
    values = tuple(stored["values"])
    return Row(
        stored["measure"],
        stored["who"],
        stored["unit"],
        values,
        stored["words"],
        stored["in_flight"],
    )


def _in_flight(row: Row) -> int:
    return row.in_flight


def _words(row: Row) -> int:
    return row.words


def _range(row: Row) -> tuple[float, float]:
    return min(row.values), max(row.values)


def _draw(results: Results, into: Path) -> Iterator[Path]:
    charts = (("throughput", throughput), ("latency", latency), ("memory", memory))
    for name, chart in charts:
        with mpl.rc_context(_STYLE):
            figure = chart(results)
            if figure is None:
                continue
            path = into / f"bench-{name}-{results.model}.svg"
            figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
        yield path


def throughput(results: Results) -> Figure | None:
    """Return notes per minute against sessions in flight; None where nothing was measured."""
    ours = results.line("growth", m.RATE, _in_flight)
    if not ours.points:
        return None
    figure, axes = _figure(results, f"sessions of {WORDS} words in flight")
    ours.draw(axes, ENGINE, 0)
    for look, who in enumerate(_peers(results), start=1):
        line = results.line("compare", m.RATE, _in_flight, who=who, words=WORDS)
        if who.startswith("Llama"):  # one at a time, whatever is asked for
            line = line.across(ours)
        line.draw(axes, who, look)
    _log_x(axes, [int(point[0]) for point in ours.points])
    axes.set_ylabel("notes per minute")
    _add_token_axis(axes, results)
    return _finished(figure, axes)


def latency(results: Results) -> Figure | None:
    """Return a note's time against its session's length, with what reading alone takes."""
    note = results.line("growth", growth.NOTE, _words)
    if not note.points:
        return None
    figure, axes = _figure(results, "words of one session")
    note.draw(axes, "the whole note", 0)
    reading = results.line("growth", growth.READING, _words)
    reading.draw(axes, "reading its prompts alone", 1)
    axes.set_ylabel("seconds")
    axes.set_xlim(left=0)
    return _finished(figure, axes)


def memory(results: Results) -> Figure | None:
    """Return KV and resident memory, against sessions in flight and against length."""
    figure = Figure(figsize=(_SIZE_INCHES[0], _SIZE_INCHES[1]), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    figure.suptitle(_title(results), fontsize=9)
    crowd = [results.line("growth", each, _in_flight) for each in _MEMORY]
    names = [growth.of_one(each) for each in _MEMORY]
    length = [results.line("growth", each, _words) for each in names]
    if not crowd[0].points and not length[0].points:
        return None
    for axes, lines in ((left, crowd), (right, length)):
        for look, (line, label) in enumerate(zip(lines, _MEMORY.values(), strict=True)):
            line.draw(axes, label, look)
        axes.set_ylim(bottom=0)
    if crowd[0].points:
        _log_x(left, [int(point[0]) for point in crowd[0].points])
    left.set_xlabel(f"sessions of {WORDS} words in flight")
    right.set_xlabel("words of one session")
    left.set_ylabel("GB")
    (left if crowd[0].points else right).legend(loc="best")
    return figure


_MEMORY = {
    growth.RESIDENT: "resident memory",
    growth.CELL_BYTES: "KV cells in use",
    growth.PARKED: "parked prefixes",
}


def _figure(results: Results, x_label: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    axes.set_title(_title(results), fontsize=9, loc="left")
    axes.set_xlabel(x_label)
    return figure, axes


def _title(results: Results) -> str:
    return f"Model: {results.model}. {results.machine}"


def _finished(figure: Figure, axes: Axes) -> Figure:
    axes.set_ylim(bottom=0)
    axes.legend(loc="best")
    return figure


def _log_x(axes: Axes, ticks: Sequence[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xticks(ticks)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_locator(NullLocator())


def _add_token_axis(axes: Axes, results: Results) -> None:
    """Show tokens per second at the right: these notes have nearly the same number of them."""
    notes = results.line("growth", m.RATE, _in_flight).points
    tokens = results.line("growth", growth.TOKENS, _in_flight).points
    if not tokens:
        return
    factor = sum(point[1] for point in tokens) / sum(point[1] for point in notes)

    def to_tokens(value: Any) -> Any:
        return value * factor

    def to_notes(value: Any) -> Any:
        return value / factor

    right = axes.secondary_yaxis("right", functions=(to_tokens, to_notes))
    right.set_ylabel("tokens per second, read and written")


def _peers(results: Results) -> list[str]:
    rows = results.rows.get("compare", ())
    rates = (row.who for row in rows if (row.measure, row.words) == (m.RATE, WORDS))
    return [name for name in dict.fromkeys(rates) if name != ENGINE]


if __name__ == "__main__":
    sys.exit(main())
