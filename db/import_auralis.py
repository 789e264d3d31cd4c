"""Takes over the ancestor's database; `make import-auralis` calls main().

One transaction: all of the file, or nothing. A second run adds only what is new in the file.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from db.address import driver_url
from db.auralis import (
    AncestorFile,
    NoteValues,
    Row,
    open_ancestor,
    patient_values,
    session_values,
    therapist_values,
)
from db.records import LEGACY_HASH_PREFIX
from db.repositories import Repositories
from db.repositories.imports import Imported, Outcome
from db.session import Database
from notes.errors import NotesError

UNASSIGNED = "#unassigned"

Progress = Callable[[Iterable[Row]], Iterator[Row]]


class AuralisImport:
    """One run over an open file: owners are looked up by their ids in the file."""

    def __init__(self, repos: Repositories, *, may_join: bool = False) -> None:
        self._imports = repos.imports
        self._may_join = may_join
        self._therapists: dict[int, int] = {}
        self._patients: dict[int, tuple[int, int]] = {}
        self.counts: Counter[str] = Counter()

    async def run(self, file: AncestorFile, progress: Progress = iter) -> None:
        """Take over every row, owners first."""
        for row in progress(file.rows("therapists")):
            await self._therapist(row)
        for row in progress(file.rows("patients")):
            await self._patient(row)
        for row in progress(file.rows("sessions")):
            await self._session(row)

    async def _therapist(self, row: Row) -> None:
        values = therapist_values(row)
        key = values.columns["email"]
        done = await self._imports.therapist(
            key, values.columns, values.legacy, may_join=self._may_join
        )
        self._therapists[row["id"]] = done.id
        self._count("therapists", done)

    async def _patient(self, row: Row) -> None:
        values = patient_values(row)
        therapist_id = self._therapists.get(row["therapist_id"])
        if therapist_id is None:
            self.counts["patients without a therapist"] += 1
            values.legacy["therapist_id"] = row["therapist_id"]
            therapist_id = await self._unassigned_therapist()
        key = values.columns["patient_id"]
        done = await self._imports.patient(therapist_id, key, values.columns, values.legacy)
        self._patients[row["id"]] = (therapist_id, done.id)
        self._count("patients", done)

    async def _session(self, row: Row) -> None:
        values, note = session_values(row)
        owners = self._patients.get(row["patient_id"])
        if owners is None:
            self.counts["sessions without a patient"] += 1
            values.legacy["patient_id"] = row["patient_id"]
            owners = await self._unassigned_patient()
        key = str(row["id"])
        done = await self._imports.session(*owners, key, values.columns, values.legacy)
        self._count("sessions", done)
        if note is not None and done.outcome is Outcome.ADDED:
            await self._note(owners[0], done.id, note)

    async def _note(self, therapist_id: int, session_id: int, note: NoteValues) -> None:
        times = {
            "created_at": note.created_at,
            "generated_at": note.generated_at,
            "last_edited_at": note.last_edited_at,
        }
        await self._imports.note(therapist_id, session_id, note.text, note.origin, times)
        self.counts[f"notes added ({note.origin.value})"] += 1

    async def _unassigned_therapist(self) -> int:
        """Return an account nobody can log in to, for rows whose owner the file has lost."""
        columns = {
            "email": "unassigned@auralis.invalid",
            "username": "auralis-unassigned",
            "full_name": "Imported without a therapist",
            "password_hash": f"{LEGACY_HASH_PREFIX}!$!",
            "is_active": False,
        }
        done = await self._imports.therapist(UNASSIGNED, columns, {"digest": ""}, may_join=False)
        return done.id

    async def _unassigned_patient(self) -> tuple[int, int]:
        therapist_id = await self._unassigned_therapist()
        columns = {"patient_id": "unassigned", "full_name": "Imported without a patient"}
        done = await self._imports.patient(therapist_id, UNASSIGNED, columns, {"digest": ""})
        return therapist_id, done.id

    def _count(self, table: str, done: Imported) -> None:
        self.counts[f"{table} {done.outcome.value}"] += 1


async def import_file(path: Path, url: str, *, may_join: bool = False) -> Counter[str]:
    """Take over the file into the (migrated) database at `url` and return what was counted."""
    with open_ancestor(path) as file:
        async with Database.open(url, pool_size=1) as database, database.transaction() as repos:
            run = AuralisImport(repos, may_join=may_join)
            with tqdm(total=file.count(), unit=" rows", desc=path.name) as bar:
                await run.run(file, _ticking(bar.update))
        return run.counts


def _ticking(update: Callable[[], object]) -> Progress:
    def tick(rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            yield row
            update()

    return tick


def main(arguments: Sequence[str] | None = None, *, default_url: Callable[[], str]) -> int:
    """Run from the command line, into `default_url` unless told; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="the ancestor's auralis.db")
    parser.add_argument("--url", help="the database; by default the running system's")
    parser.add_argument(
        "--join", action="store_true", help="join accounts that are registered here already"
    )
    options = parser.parse_args(arguments)
    try:
        url = driver_url(options.url) if options.url else default_url()
        counts = asyncio.run(import_file(options.file, url, may_join=options.join))
    except NotesError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for what, number in sorted(counts.items()):
        sys.stdout.write(f"{number:8} {what}\n")
    return 0
