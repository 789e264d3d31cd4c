"""Three plots of a report: support by section, risk by category, length against the bounds.

SVG, small and the same for the same figures; what differs, differs in marker and not in colour
alone. Needs matplotlib, which is one of the tools for development.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from train_jobs.evaluation.bootstrap import Estimate
from train_jobs.evaluation.report import KINDS, Found, Report

_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: small, and sharp in any size
    "svg.hashsalt": "evaluation",  # the same figures make the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.88",
    "grid.linewidth": 0.6,
    "lines.markersize": 6,
    "legend.frameon": False,
    "axes.axisbelow": True,
}
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0b4f8a", "marker": "o"},
    {"color": "#0b4f8a", "marker": "o", "markerfacecolor": "white"},
    {"color": "#b3541e", "marker": "s"},
    {"color": "#3d7a3d", "marker": "^"},
    {"color": "#7a4b8c", "marker": "D"},
    {"color": "#555555", "marker": "v"},
    {"color": "#8a6d0b", "marker": "P"},
    {"color": "#111111", "marker": "*"},
)
_ALL = "whole note"
_SPREAD = 0.8  # of the room between two places that their points may take
_GAP = 0.16  # between two points, where there is room

_Places = dict[tuple[int, str], float]


def draw(report: Report, folder: Path) -> tuple[Path, ...]:
    """Draw what the report has figures for; return the files."""
    return tuple(_draw(report, folder))


def _draw(report: Report, folder: Path) -> Iterator[Path]:
    charts: tuple[tuple[str, Callable[[Report], Figure | None]], ...] = (
        ("support", support),
        ("risk", risk),
        ("length", length),
    )
    for name, chart in charts:
        with mpl.rc_context(_STYLE):
            figure = chart(report)
            if figure is None:
                continue
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
        yield path


def support(report: Report) -> Figure | None:
    """Return the share of supported sentences by section, of everybody who is compared."""
    lines = [(name, found) for each in report.systems for name, found in _support_of(each)]
    if not lines:
        return None
    places = {**report.sections, _ALL: _ALL}
    figure, axes = _figure((8.4, 4.0), _title(report))
    shifts = _shifts([found for _, found in lines], list(places))
    for look, (name, found) in enumerate(lines):
        shown = {shifts[look, key]: found[key] for key in places if key in found}
        _points(axes, shown, name, look)
    axes.set_xticks(range(len(places)), [each.replace(" ", "\n") for each in places.values()])
    axes.set_ylabel("share of sentences supported")
    axes.set_ylim(0, 1.03)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _support_of(found: Found) -> Iterator[tuple[str, dict[str, Estimate]]]:
    for kind, by_section in found.by_section.items():
        name = f"{found.name}, {KINDS[kind]}" if len(found.by_section) > 1 else found.name
        total = {_ALL: found.measures[kind]} if kind in found.measures else {}
        yield name, {**by_section, **total}


def risk(report: Report) -> Figure | None:
    """Return recall by category and false alarms by what was said, of each suite."""
    if not report.risk:
        return None
    figure = Figure(figsize=(8.4, 2.4 + 1.2 * len(report.risk)), layout="constrained")
    left, right = figure.subplots(1, 2)
    _bars(left, {name: each.recalls() for name, each in report.risk.items()})
    _bars(right, {name: each.false_alarm_shares() for name, each in report.risk.items()})
    left.set_title("danger that the rules hear", fontsize=9, loc="left")
    right.set_title("alarms where nobody is in danger", fontsize=9, loc="left")
    if len(report.risk) > 1:
        lines, names = left.get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower center")
    return figure


def _bars(axes: Axes, suites: Mapping[str, Mapping[str, Estimate]]) -> None:
    names = list(dict.fromkeys(name for found in suites.values() for name in found))
    shifts = _shifts(list(suites.values()), names)
    for look, (suite, found) in enumerate(suites.items()):
        shown = {shifts[look, name]: found[name] for name in names if name in found}
        for place, each in shown.items():
            count = f"{round(each.value * each.num)}/{each.num}"
            axes.annotate(count, (1.04, place), va="center", fontsize=8, annotation_clip=False)
        _points(axes, shown, suite, 2 * look, is_flat=True)
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    axes.set_xlim(-0.02, 1.02)


def length(report: Report) -> Figure | None:
    """Return how long everybody's notes are, with the bounds of the style."""
    systems = [each for each in report.systems if each.words]
    if not systems:
        return None
    figure, axes = _figure((8.4, 3.4), _title(report))
    least, most, long_most = report.bounds
    axes.axvspan(least, most, color="#0b4f8a", alpha=0.10, linewidth=0, label="bounds")
    axes.axvspan(most, long_most, color="#0b4f8a", alpha=0.04, linewidth=0, label="long sessions")
    axes.boxplot(
        [each.words for each in systems],
        orientation="horizontal",
        widths=0.55,
        whis=(0, 100),
        medianprops={"color": "#b3541e", "linewidth": 1.6},
    )
    axes.set_yticks(range(1, len(systems) + 1), [each.name for each in systems])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("words of a note: lowest, quarter, median, three quarters, highest")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _figure(size: tuple[float, float], title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize=9, loc="left")
    return figure, axes


def _title(report: Report) -> str:
    return ", ".join(str(report.about[each]) for each in ("model", "data") if each in report.about)


def _shifts(lines: Sequence[Mapping[str, Estimate]], names: Sequence[str]) -> _Places:
    """Return where each line's points stand: side by side at the places that it shares."""
    places: _Places = {}
    for place, name in enumerate(names):
        there = [look for look, found in enumerate(lines) if name in found]
        for index, look in enumerate(there):
            shift = (index - (len(there) - 1) / 2) * min(_GAP, _SPREAD / len(there))
            places[look, name] = place + shift
    return places


def _points(
    axes: Axes, shown: Mapping[float, Estimate], label: str, look: int, *, is_flat: bool = False
) -> None:
    """Draw points with their intervals; lying where `is_flat`."""
    places = list(shown)
    values = [each.value for each in shown.values()]
    spread = (
        [max(0.0, each.value - each.low) for each in shown.values()],
        [max(0.0, each.high - each.value) for each in shown.values()],
    )
    style = _LOOKS[look % len(_LOOKS)]
    common: dict[str, Any] = {"label": label, "linestyle": "none", "elinewidth": 1.1, **style}
    if is_flat:
        axes.errorbar(values, places, xerr=spread, **common)
    else:
        axes.errorbar(places, values, yerr=spread, **common)
