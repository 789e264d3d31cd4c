"""A round of learning from people, end to end: `python -m bench.practice [--quick] [--csv FILE]`.

The model in production drafts notes of our corpus's sessions, and of a CSV file's rows if there
is one; a simulated practice edits them in its own way (train_jobs/house_style.py) and signs them in
a database; `train_jobs.export_reviewed` takes them out of it, a fine-tune goes on from the last
adapter with them, and the result is exported and drafts notes of sessions that nobody has trained
on. How much is left to be edited in those, before and after? Every stage is kept in the run's
folder: the same command continues after a kill. Ends with one line of JSON.

`--quick` trains two steps on a few notes. It shows only that the chain holds.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.drafts import (
    Draft,
    Part,
    Task,
    distance_between,
    distances,
    edits,
    fall,
    support,
    write_drafts,
)
from bench.errors import BenchError
from bench.results import FOLDER, conditions
from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.session import Database
from models.cache import user_cache
from models.install import MODEL_NAME
from models.registry import PRODUCTION, ModelRegistry, default_store
from notes.errors import NotesError
from notes.evidence import digest
from notes.prompt import PROMPT_VERSION
from notes.style import SECTIONS5, get_style
from scripts.ray_head import ROOT
from train_jobs.corpus import CORPUS
from train_jobs.dataset import NotedSession, load_noted_sessions
from train_jobs.evaluation.author import Author, find_author
from train_jobs.evaluation.bootstrap import Estimate, difference, estimate
from train_jobs.evaluation.cache import NoteCache
from train_jobs.evaluation.datasets import SPLIT_SEED
from train_jobs.export_reviewed import export as export_reviewed
from train_jobs.reviewed import load_pairs, pairs_file
from train_jobs.run_files import ADAPTER, RECORD, read_json, write_json
from train_jobs.splitting import held_out, is_held_out, split_dataset

CONFIG = ROOT / "train_jobs/configs/default.yaml"
WANTED_FALL = 0.25
AS_WRITTEN, AS_SERVED = "as the model wrote them", "as served"
PARTS: dict[str, Part] = {
    AS_WRITTEN: lambda draft: draft.written,
    AS_SERVED: lambda draft: draft.served,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done: notes to sign, settings of the fine-tune, sessions to be judged on."""

    num_notes: int
    settings: tuple[str, ...]
    num_to_judge: int | None = None
    num_texts: int = 24


FULL = Size(200, ("num_epochs=1", "warmup_steps=4", "save_steps=10"))
QUICK = Size(8, ("max_steps=2", "warmup_steps=1"), 3, 4)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its folder, and what it begins with."""

    folder: Path
    size: Size
    author: Author
    adapter: Path
    csv: Path | None

    @property
    def reviewed(self) -> Path:
        """Return the file of signed notes."""
        return self.folder / "reviewed.jsonl"

    @property
    def cache(self) -> NoteCache:
        """Return what was drafted so far."""
        return NoteCache(self.folder / "written.jsonl")

    def begin(self) -> None:
        """Note what the round begins with; BenchError where it cannot begin or go on."""
        if not (self.adapter / "adapter_config.json").exists():
            reason = f"{self.adapter} holds no adapter to go on from: train production's as"
            raise BenchError(reason=f"{reason} docs/training.md says, or name it with --adapter.")
        path = self.folder / "begun.json"
        settings = {
            "model": self.author.fingerprint,
            "adapter": str(self.adapter),
            "csv": str(self.csv),
            "size": str(self.size),
        }
        if not path.exists():
            write_json(path, settings)
        elif read_json(path) != settings:
            reason = f"{self.folder} was begun with another model or other settings: name --runs"
            raise BenchError(reason=f"{reason}, or remove it.")


# The stages


def tasks_to_sign(csv: Path | None, number: int) -> list[Task]:
    """Return so many notes to draft: five sections, other styles, and then the rows of the file."""
    ours = [each for each in load_noted_sessions(CORPUS) if not is_held_out(each.id)]
    rows = split_dataset(load_noted_sessions(csv), seed=SPLIT_SEED).train if csv else ()
    return [*_tasks(ours), *(Task(row, SECTIONS5) for row in rows)][:number]


def tasks_to_judge(size: Size) -> list[Task]:
    """Return the notes of held-out sessions on which the models are compared."""
    return _tasks(held_out(load_noted_sessions(CORPUS)))[: size.num_to_judge]


def _tasks(sessions: Sequence[NotedSession]) -> list[Task]:
    """Return the notes that people have written of these sessions, those in five sections first."""
    tasks = [Task(session, get_style(name)) for session in sessions for name in session.notes]
    return sorted(tasks, key=lambda task: task.style != SECTIONS5)


def sign(this: Round) -> None:
    """Draft notes, have them signed, and take them out of the database as training data."""
    if this.reviewed.exists():
        return
    drafts = write_drafts(this.author, tasks_to_sign(this.csv, this.size.num_notes), this.cache)
    with (
        TemporaryDirectory(prefix="notes-practice-") as scratch,
        EmbeddedPostgres(Path(scratch)) as server,
    ):
        migrate(server.url)
        asyncio.run(store(server.url, drafts, this.author.name))
        counts = asyncio.run(export_reviewed(server.url, this.reviewed))
    for what, number in counts.items():
        _say(f"{number:8} {what}")


async def store(url: str, drafts: Sequence[Draft], model: str) -> None:
    """Store each draft with its session, and what the practice signs, as a clinic would."""
    async with Database.open(url) as database:
        async with database.transaction() as repos:
            therapist = await repos.therapists.create(
                email="house@clinic.org", username="house", password_hash="-", full_name="House"
            )
        for number, draft in enumerate(drafts):
            await _store_one(database, therapist.id, f"Patient {number}", draft, model)


async def _store_one(
    database: Database, therapist: int, name: str, draft: Draft, model: str
) -> None:
    """Store a session with its draft, and sign what the practice makes of it."""
    text = draft.session.transcript
    async with database.transaction() as repos:
        patient = await repos.patients.create(therapist, full_name=name, consent_training=True)
        session = await repos.sessions.create(therapist, patient.id, original_transcription=text)
        await repos.notes.save_generated(
            therapist,
            session.id,
            draft.served.text,
            style=draft.served.style,
            model=model,
            prompt_version=PROMPT_VERSION,
            request_id=None,
            details={"transcript_digest": digest(text)},
            regenerate=False,
            if_version=0,
            transcript=text,
        )
        await repos.notes.save_human(therapist, session.id, draft.signed().text)
        await repos.notes.sign(therapist, session.id)


def learn(this: Round) -> None:
    """Go on from the adapter with what was signed."""
    if (this.folder / RECORD).exists():
        return
    from train_jobs.lora_sft import main as train  # noqa: PLC0415 - torch, which drafts need not

    where = ("--config", str(CONFIG), "--runs", str(this.folder.parent), "--name", this.folder.name)
    own = (f"data=[{this.reviewed}]", f"adapter={this.adapter}", "num_workers=0")
    _must(train, *where, *own, *this.size.settings)


def learnt(this: Round) -> Author:
    """Return the model that came of it, exported and registered in the run's own store."""
    store = this.folder / "store"
    registry = ModelRegistry(store)
    if not registry.versions(MODEL_NAME):
        from train_jobs.export import main as export  # noqa: PLC0415 - torch

        texts = str(this.size.num_texts)
        _must(export, "--run", str(this.folder), "--store", str(store), "--texts", texts)
    return find_author(registry, f"{MODEL_NAME}:{max(registry.versions(MODEL_NAME))}")


def _must(command: Callable[[Sequence[str]], int], *arguments: str) -> None:
    if command(arguments) != 0:
        raise BenchError(reason="The round stopped; the same command continues where it was.")


# What came of it


def judge(this: Round, after: Author) -> dict[str, Any]:
    """Return what is left to be edited, and how much is supported, before and after."""
    tasks, cache = tasks_to_judge(this.size), this.cache
    old, new = (write_drafts(each, tasks, cache) for each in (this.author, after))
    counts = {"before": edits(old), "after": edits(new)}
    return {
        "held-out sessions": len({task.session.id for task in tasks}),
        "held-out notes": len(tasks),
        "edit distance": {name: _distance(old, new, part) for name, part in PARTS.items()},
        "sentences supported, as written": {
            "before": _details(estimate(support(old))),
            "after": _details(estimate(support(new))),
            "difference": _details(difference(support(new), support(old))),
        },
        "distance between the two models' drafts": round(distance_between(old, new), 4),
        "edits wanted": {when: dict(each.most_common()) for when, each in counts.items()},
    }


def _distance(old: Sequence[Draft], new: Sequence[Draft], part: Part) -> dict[str, Any]:
    before, after = distances(old, part), distances(new, part)
    return {
        "before": _details(estimate(before)),
        "after": _details(estimate(after)),
        "fall": _details(fall(before, after)),
    }


def _details(found: Estimate | None) -> dict[str, float | int] | None:
    return found.details() if found else None


def is_reached(found: dict[str, Any]) -> bool:
    """Tell whether drafts need a quarter less editing, and support has not fallen for certain."""
    more = found["sentences supported, as written"]["difference"]
    is_less = found["edit distance"][AS_SERVED]["fall"]["value"] >= WANTED_FALL
    return is_less and more is not None and more["high"] >= 0


def go(this: Round) -> dict[str, Any]:
    """Go through all stages and return what came of them."""
    this.begin()
    sign(this)
    learn(this)
    found = judge(this, learnt(this))
    record = read_json(this.folder / RECORD)
    return {
        "notes signed": len(tasks_to_sign(this.csv, this.size.num_notes)),
        "notes that train": len(load_noted_sessions(this.reviewed)),
        "sections changed": len(load_pairs(pairs_file(this.reviewed))),
        "steps": record["num_steps"],
        **found,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    given = _parser().parse_args(arguments)
    name = "practice-quick" if given.quick else "practice"
    try:
        author = find_author(ModelRegistry(given.store), f"{MODEL_NAME}@{PRODUCTION}")
        size = QUICK if given.quick else FULL
        this = Round(given.runs / name, size, author, given.adapter, given.csv)
        found = {"quick": given.quick, **go(this)}
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    if given.quick:
        _say("Two steps on a few notes: this shows only that the chain holds.")
    else:
        found["reached"] = is_reached(found)
    write_json(FOLDER / f"{name}.json", {**conditions(), **found})
    print(json.dumps({"benchmark": "practice", **found}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.practice", description=__doc__)
    runs = user_cache("runs")
    adapter = runs / "default" / ADAPTER
    add = parser.add_argument
    add("--quick", action="store_true", help="a few notes, two steps")
    add("--csv", type=Path, help="sessions that fill up what our corpus has too few of")
    add("--adapter", type=Path, default=adapter, help="production's; default: %(default)s")
    add("--runs", type=Path, default=runs, help="default: %(default)s")
    add("--store", type=Path, default=default_store(), help="the registry with production's model")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
