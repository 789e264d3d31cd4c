"""What an evaluation found, as JSON and as tables for a person."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from train_jobs.evaluation import measures as m
from train_jobs.evaluation.bootstrap import Estimate, Ratio, difference, estimate, share
from train_jobs.evaluation.grounding_scores import ALL, TRUE, Sample
from train_jobs.evaluation.measures import Measured
from train_jobs.evaluation.overlap import ROUGE, bleu
from train_jobs.evaluation.risk_scores import Score

Estimates = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table: its name, its words, and how its figures are written."""

    name: str
    label: str
    digits: int = 2


TABLE = (
    Measure(m.SECTIONS, "notes with all sections, in order"),
    Measure(m.MARKS, "notes with the right marks"),
    Measure(m.BOUNDS, "notes within the word bounds"),
    Measure(m.CLEAN, "notes without markup, agreeing with the risk rules"),
    Measure(m.SUPPORT_WRITTEN, "sentences supported, as the model first wrote them"),
    Measure(m.SUPPORT_BEST, "the same but for Risk, best of all attempts"),
    Measure(m.SUPPORT_NOTE, "sentences supported, in the note"),
    Measure(m.RISK_WRITTEN, "Risk sections that agree with the findings, as written"),
    Measure(m.COVERAGE, "share of the transcript that the model read", 3),
    Measure(m.OMITTED_FACTS, "facts of the person's note left out"),
    Measure(m.OMITTED_STATEMENTS, "telling statements left out"),
    Measure(m.QUESTION_MARKS, "notes with marks that rest on a question alone"),
    *(
        Measure(f"{name}{m.WRITTEN}", f"{label} (F1), as the model wrote it", 3)
        for name, label in ROUGE.items()
    ),
    *(Measure(name, f"{label} (F1)", 3) for name, label in ROUGE.items()),
    Measure(f"{m.BLEU}{m.WRITTEN}", "BLEU (0 to 100), as the model wrote it", 1),
    Measure(m.BLEU, "BLEU (0 to 100)", 1),
    Measure(m.WORDS, "words a note", 0),
    Measure(m.SECONDS, "seconds from asking to note, 8 in flight", 1),
    Measure(m.PACE, "seconds a note, of the whole run", 2),
    Measure(m.PROMPT_TOKENS, "tokens read a note", 0),
    Measure(m.TOKENS, "tokens written a note", 0),
    Measure(m.MEMORY, "megabytes that the model takes", 0),
)
# Compared pairwise on the same sessions; train_jobs/gate.py says what a promotion must not lose.
COMPARED = (
    m.SUPPORT_WRITTEN,
    m.SUPPORT_NOTE,
    m.RISK_WRITTEN,
    m.OMITTED_STATEMENTS,
    m.OMITTED_FACTS,
    f"rougeL{m.WRITTEN}",
    "rougeL",
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured of one system, and the words of each of its notes."""

    name: str
    measures: Estimates
    by_section: Mapping[str, Estimates]
    words: tuple[int, ...]

    @classmethod
    def of(cls, name: str, measured: Sequence[Measured], num_resamples: int) -> "Found":
        """Sum up a system's notes."""
        measures = _estimates([each.ratios for each in measured], num_resamples)
        for key, counts in {
            m.BLEU: [each.bleu for each in measured if each.bleu],
            f"{m.BLEU}{m.WRITTEN}": [each.bleu_written for each in measured if each.bleu_written],
        }.items():
            if scored := bleu(counts, num_resamples):
                measures = {**measures, key: scored}
        kinds = dict.fromkeys(kind for each in measured for kind in each.by_section)
        by_section = {
            kind: _estimates([each.by_section.get(kind, {}) for each in measured], num_resamples)
            for kind in kinds
        }
        return cls(name, measures, by_section, tuple(each.num_words for each in measured))


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run found; `about` is what it ran on, in plain JSON values.

    `models` are the registered versions that wrote, by the name of their column; `sections` are the
    style's headings by key, `bounds` its least, most and long words.
    """

    about: Mapping[str, object] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    systems: tuple[Found, ...] = ()
    differences: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    risk: Mapping[str, Score] = field(default_factory=dict)
    grounding: Mapping[str, Sample] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    bounds: tuple[int, int, int] = (0, 0, 0)

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain JSON values."""
        return {
            "about": dict(self.about),
            "models": {name: dict(each) for name, each in self.models.items()},
            "systems": {
                each.name: {
                    "measures": _details(each.measures),
                    "support_by_section": {
                        kind: _details(found) for kind, found in each.by_section.items()
                    },
                    "words": list(each.words),
                }
                for each in self.systems
            },
            "model_minus": {name: _details(each) for name, each in self.differences.items()},
            "risk": {name: _risk_details(score) for name, score in self.risk.items()},
            "grounding": {name: sample.details() for name, sample in self.grounding.items()},
        }

    def markdown(self) -> str:
        """Return the tables."""
        return "\n".join(self._lines()).rstrip() + "\n"

    def summary(self) -> dict[str, object]:
        """Return the figures that matter most, for the last line of a run."""
        shown = {
            name: round(found.value, 4)
            for name, found in (self.systems[0].measures.items() if self.systems else ())
        }
        risk = {
            name: {
                "recall": _value(score.recalls()),
                "false_alarms": _value(score.false_alarm_shares()),
            }
            for name, score in self.risk.items()
        }
        first = self.systems[0].name if self.systems else None
        grounding = {name: round(sample.auc(), 4) for name, sample in self.grounding.items()}
        return {
            "evaluation": dict(self.about),
            "system": first,
            "measures": shown,
            "risk": risk,
            "grounding_auc": grounding,
        }

    def write(self, folder: Path) -> None:
        """Write evaluation.json and evaluation_report.md."""
        (folder / "evaluation.json").write_text(json.dumps(self.as_dict(), indent=1) + "\n")
        (folder / "evaluation_report.md").write_text(self.markdown())

    def _lines(self) -> Iterator[str]:
        yield "# Evaluation\n"
        yield from (f"- {name}: {value}" for name, value in self.about.items())
        yield "\nFigures stand with 95 % intervals; docs/evaluation.md says how to read them.\n"
        if self.systems:
            yield from _table(self.systems)
            yield from self._section_tables()
            yield from self._difference_table()
        for name, score in self.risk.items():
            yield from _risk_lines(name, score)
        for file, sample in self.grounding.items():
            yield from _grounding_lines(file, sample)

    def _section_tables(self) -> Iterator[str]:
        columns = [
            (f"{each.name}, {KINDS[kind]}", found)
            for each in self.systems
            for kind, found in each.by_section.items()
            if found.keys() & self.sections.keys()
        ]
        if not columns:
            return
        yield "\n## Sentences supported, by section\n"
        yield from _rows(
            ["section", *(name for name, _ in columns)],
            (
                [heading, *(_cell(found.get(key), 2) for _, found in columns)]
                for key, heading in self.sections.items()
            ),
        )

    def _difference_table(self) -> Iterator[str]:
        if not self.differences:
            return
        yield "\n## The model minus each other, on the same sessions\n"
        measured = {name for each in self.differences.values() for name in each}
        shown = [each for each in TABLE if each.name in measured]
        yield from _rows(
            ["measure", *self.differences],
            (
                [row.label, *(_cell(each.get(row.name), 3) for each in self.differences.values())]
                for row in shown
            ),
        )


KINDS = {m.SUPPORT_WRITTEN: "as written", m.SUPPORT_NOTE: "in the note"}


def differences(
    ours: Sequence[Measured], others: Mapping[str, Sequence[Measured]], num_resamples: int
) -> dict[str, Estimates]:
    """Return how much more the model's figures are than each other system's."""
    return {
        name: {
            measure: found
            for measure in COMPARED
            if (found := _difference(ours, theirs, measure, num_resamples))
        }
        for name, theirs in others.items()
    }


def _difference(
    ours: Sequence[Measured], theirs: Sequence[Measured], name: str, num_resamples: int
) -> Estimate | None:
    return difference(_column(ours, name), _column(theirs, name), num_resamples)


def _column(measured: Sequence[Measured], name: str) -> list[Ratio]:
    return [each.ratios.get(name, Ratio(0, 0)) for each in measured]


def _estimates(rows: Sequence[Mapping[str, Ratio]], num_resamples: int) -> Estimates:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row[name] for row in rows if name in row] for name in names}
    found = {name: _estimate(name, column, num_resamples) for name, column in columns.items()}
    return {name: each for name, each in found.items() if each is not None}


def _estimate(name: str, column: Sequence[Ratio], num_resamples: int) -> Estimate | None:
    if name in m.YES_OR_NO:
        return share(round(sum(each.part for each in column)), len(column))
    return estimate(column, num_resamples)


def _details(found: Mapping[str, Estimate]) -> dict[str, object]:
    return {name: each.details() for name, each in found.items()}


def _value(found: Mapping[str, Estimate]) -> float | None:
    return round(found["all"].value, 4) if "all" in found else None


def _risk_details(score: Score) -> dict[str, object]:
    citations = score.citations()
    return {
        "num_exchanges": len(score.judged),
        "recall": _details(score.recalls()),
        "false_alarms": _details(score.false_alarm_shares()),
        "citations": citations.details() if citations else None,
        "grave": {"num": score.num_grave, "missed": list(score.missed_grave)},
        "missed": list(score.missed),
        "false": list(score.false_alarms),
    }


# Markdown


def _table(systems: Sequence[Found]) -> Iterator[str]:
    shown = [each for each in TABLE if any(each.name in found.measures for found in systems)]
    yield from _rows(
        ["measure", *(found.name for found in systems)],
        (
            [row.label, *(_cell(found.measures.get(row.name), row.digits) for found in systems)]
            for row in shown
        ),
    )


def _risk_lines(name: str, score: Score) -> Iterator[str]:
    yield f"\n## Risk by rule: {name}, {len(score.judged)} exchanges\n"
    yield from _rows(["category", "heard", "of", "recall"], _counted(score.recalls()))
    yield ""
    yield from _rows(
        ["without danger, but with", "false alarms", "of", "share"],
        _counted(score.false_alarm_shares()),
    )
    missed = ", ".join(score.missed_grave) or "none"
    yield f"\nMethod, intent, plan or attempt affirmed: {score.num_grave}; not heard: {missed}."
    citations = score.citations()
    if citations is not None:
        yield f"Findings that name a turn which proves them: {_cell(citations, 2)}."


def _grounding_lines(name: str, sample: Sample) -> Iterator[str]:
    yield f"\n## Grounding: {name}, {len(sample.rows)} sentences\n"
    header = ["sentences", "number", "count as supported", "ranked, AUC", "the floor's"]
    true = sample.supported(TRUE)
    kinds = ((kind, sample.supported(kind)) for kind in sample.kinds)
    yield from _rows(
        header,
        [
            [TRUE, str(true.num), _cell(true, 2), "", ""],
            *(
                [
                    kind.replace("_", " ") if kind != ALL else "all false ones",
                    str(found.num),
                    _cell(found, 2),
                    f"{sample.auc(kind):.3f}",
                    f"{sample.auc(kind, lambda row: row.floor):.3f}",
                ]
                for kind, found in kinds
            ),
        ],
    )
    if together := sample.auc_by_confidence():
        yield f"\nRanked by the model's confidence {together[0]:.3f}, by both {together[1]:.3f}."


def _counted(found: Mapping[str, Estimate]) -> Iterator[list[str]]:
    for name, each in found.items():
        count = str(round(each.value * each.num))
        yield [name.replace("_", " "), count, str(each.num), _cell(each, 2)]


def _rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _cell(found: Estimate | None, digits: int) -> str:
    if found is None:
        return "–"
    value, low, high = (f"{each:.{digits}f}" for each in (found.value, found.low, found.high))
    return value if value == low == high else f"{value} ({low} to {high})"
