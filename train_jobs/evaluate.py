"""What a model's notes are worth: `python -m train_jobs.evaluate --data FILE [--risk FOLDER]`.

Writes a note for every session of a data set with one or several registered models, counts what
docs/evaluation.md says, beside the version in production and notes that need no model, and puts the
risk rules to labelled suites. Into --out go evaluation.json, evaluation_report.md, plots, and the
models' words, so that a killed run continues where it was. Needs no torch. Ends with one line of
JSON. train_jobs/promote.py judges by it whether the first model may go into production.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from models.registry import PRODUCTION, ModelRegistry, default_store
from notes.compose import MAX_ATTEMPTS
from notes.errors import ModelNotFoundError, NotesError
from notes.prompt import PROMPT_VERSION
from notes.style import SECTIONS5, NoteStyle, get_style
from train_jobs.dataset import Columns
from train_jobs.evaluation import systems as s
from train_jobs.evaluation.author import Author, find_author, plan_notes, production_setup
from train_jobs.evaluation.bootstrap import NUM_RESAMPLES
from train_jobs.evaluation.cache import NoteCache
from train_jobs.evaluation.datasets import DataSet, Session, divide, load_sessions
from train_jobs.evaluation.examples import write_examples
from train_jobs.evaluation.exchanges import load_folder
from train_jobs.evaluation.grounding_scores import load_samples
from train_jobs.evaluation.measures import Measured
from train_jobs.evaluation.plots import draw
from train_jobs.evaluation.report import Estimates, Found, Report, differences
from train_jobs.evaluation.risk_scores import score
from train_jobs.evaluation.writing import Assignment, write_notes

STORE = default_store()
OUT = Path(__file__).parents[1] / ".cache" / "evaluation"
QUICK_SESSIONS = 24
QUICK_RESAMPLES = 500
DEFAULT_MODEL = "notes@production"
NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, read."""

    data: Path | None = None
    columns: Columns | None = None
    models: tuple[str, ...] = (DEFAULT_MODEL,)
    adapter: str | None = None
    base: str | None = None
    style: str = SECTIONS5.name
    risk: tuple[Path, ...] = ()
    grounding: Path | None = None
    neighbours: Path | None = None
    is_held_out: bool = False
    num_sessions: int | None = None
    num_resamples: int = NUM_RESAMPLES
    seed: int = 1
    max_attempts: int = MAX_ATTEMPTS
    store: Path = STORE
    out: Path = OUT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = read_options(arguments)
    try:
        report = evaluate(options)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the same command continues where it was.", file=sys.stderr)
        return 130
    print(report.markdown())
    print(json.dumps({**report.summary(), "out": str(options.out)}))
    return 0


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read a command line."""
    parser = argparse.ArgumentParser(prog="python -m train_jobs.evaluate", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, help="our corpus or a suite (.jsonl), a CSV file, a folder of .txt")
    add("--columns", nargs=2, metavar=("TRANSCRIPT", "NOTE"), help="the CSV file's, if not known")
    models = "the candidate, and others beside it; default: notes@production; none: baselines alone"
    add("--model", nargs="+", default=[DEFAULT_MODEL], metavar="MODEL", help=models)
    add("--adapter", help="a LoRA adapter for the candidate, which alone is the untuned base then")
    add("--base", help="the untuned base of a model that was merged")
    add("--style", default=SECTIONS5.name, help="default: %(default)s")
    add("--risk", type=Path, nargs="+", default=[], help="folders of labelled exchanges (.jsonl)")
    add("--grounding", type=Path, help="a folder of labelled sentences (tests/data/grounding)")
    add("--neighbours", type=Path, help="where nearest neighbours come from; default: --data")
    add("--held-out", action="store_true", help="only what is never trained on")
    add("--sessions", type=_positive, help="so many of them, evenly spread; default: all")
    asked = "how often a section is asked until it is borne out; default: %(default)s"
    add("--attempts", type=_positive, default=MAX_ATTEMPTS, help=asked)
    add("--quick", action="store_true", help=f"{QUICK_SESSIONS} sessions, wider intervals")
    add("--seed", type=int, default=1, help="of the sampling; default: %(default)s")
    add("--store", type=Path, default=STORE, help="the registry; default: %(default)s")
    add("--out", type=Path, default=OUT, help="default: %(default)s")
    given = parser.parse_args(arguments)
    if given.data is None and given.grounding is None and not given.risk:
        parser.error("name what is to be evaluated on: --data, --risk, --grounding")
    return Options(
        data=given.data,
        columns=Columns(*given.columns) if given.columns else None,
        models=tuple(given.model),
        adapter=given.adapter,
        base=given.base,
        style=given.style,
        risk=tuple(given.risk),
        grounding=given.grounding,
        neighbours=given.neighbours,
        is_held_out=given.held_out,
        num_sessions=given.sessions or (QUICK_SESSIONS if given.quick else None),
        num_resamples=QUICK_RESAMPLES if given.quick else NUM_RESAMPLES,
        seed=given.seed,
        max_attempts=given.attempts,
        store=given.store,
        out=given.out,
    )


def evaluate(options: Options) -> Report:
    """Measure everything that was asked for, and write it to the folder `options.out`."""
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report(
        risk={str(folder): score(load_folder(folder)) for folder in options.risk},
        grounding=load_samples(options.grounding) if options.grounding else {},
    )
    if options.data is not None:
        report = _with_notes(report, options.data, options)
    report.write(options.out)
    draw(report, options.out)
    return report


def _with_notes(report: Report, path: Path, options: Options) -> Report:
    """Return the report with what notes about the sessions of a data set are worth."""
    style = get_style(options.style)
    data, everybody = _sessions_of(path, style, options)
    sessions = data.spread(options.num_sessions or len(data.sessions))
    ground = s.Ground.of(sessions, everybody, style)
    authors = _authors(options)
    measured = {name: _by_model(author, ground, options) for name, author in authors.items()}
    measured |= dict(ground.baselines())
    if s.MODEL in measured:
        write_examples(options.out / "examples.md", measured[s.MODEL])
    about = {
        "data": f"{data.name}, {len(sessions)} of {len(data.sessions)} sessions",
        "sha256 of the data": data.sha256[:16],
        "rows left out, without a transcript": data.num_left_out,
        **{name: author.name for name, author in authors.items()},
        "prompt version": PROMPT_VERSION,
        "style": style.name,
        "words of an extract, at most": ground.extract_words,
        "seed": options.seed,
        "attempts at a section, at most": options.max_attempts,
    }
    return replace(
        report,
        about=about,
        models={name: author.details() for name, author in authors.items()},
        systems=tuple(
            Found.of(name, each, options.num_resamples) for name, each in measured.items()
        ),
        differences=_differences(measured, options.num_resamples),
        sections={each.key: each.heading for each in style.sections if each.heading},
        bounds=(style.min_words, style.max_words, style.long_max_words),
    )


def _sessions_of(
    path: Path, style: NoteStyle, options: Options
) -> tuple[DataSet, tuple[Session, ...]]:
    """Return what is written about, and where neighbours and the rareness of words come from."""
    data = load_sessions(path, options.columns, style)
    everybody = data.sessions
    if options.is_held_out:
        data, everybody = divide(data, path, options.columns)
    if options.neighbours is not None:
        everybody = load_sessions(options.neighbours, options.columns, style).sessions
    return data, everybody


def _differences(
    measured: Mapping[str, Sequence[Measured]], num_resamples: int
) -> Mapping[str, Estimates]:
    if s.MODEL not in measured:
        return {}
    others = {name: each for name, each in measured.items() if name not in (s.MODEL, s.PERSON)}
    return differences(measured[s.MODEL], others, num_resamples)


def _authors(options: Options) -> dict[str, Author]:
    """Return who writes, by the name of the column: each once, the candidate first.

    Beside it stand the version in production, the untuned base, and the other models.
    """
    if NO_MODEL in options.models:
        return {}
    registry = ModelRegistry(options.store)
    first, *others = options.models
    candidate = find_author(registry, first, options.adapter)
    found = {s.MODEL: candidate, **_in_production(registry, candidate)}
    if options.base is not None:
        found[s.BASE] = find_author(registry, options.base)
    elif options.adapter is not None:
        found[s.BASE] = Author(candidate.model)
    authors = [find_author(registry, each) for each in others]
    return _distinct({**found, **{author.name: author for author in authors}})


def _in_production(registry: ModelRegistry, candidate: Author) -> dict[str, Author]:
    try:
        reference = f"{candidate.model.card.name}@{PRODUCTION}"
        return {s.PRODUCTION: find_author(registry, reference)}
    except ModelNotFoundError:
        return {}


def _distinct(authors: Mapping[str, Author]) -> dict[str, Author]:
    first: dict[str, str] = {}
    for name, author in authors.items():
        first.setdefault(author.fingerprint, name)
    return {name: authors[name] for name in first.values()}


def _by_model(author: Author, ground: s.Ground, options: Options) -> list[Measured]:
    setup = replace(production_setup(options.seed), max_attempts=options.max_attempts)
    plans = plan_notes(author, ground.transcripts, ground.style, setup)
    assignments = [
        Assignment(case.transcript, ground.style, plan)
        for case, plan in zip(ground.cases, plans, strict=True)
    ]
    cache = NoteCache(options.out / "written.jsonl")
    with tqdm(total=len(plans), desc=f"Notes by {author.name}", unit="note") as bar:
        answers = write_notes(author, assignments, setup, cache, bar.update)
    return [
        ground.of_answer(*each) for each in zip(ground.cases, assignments, answers, strict=True)
    ]


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number above 0')
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
