"""What people signed, as training data: `python -m train_jobs.export_reviewed --out FILE.jsonl`.

Of patients who consented to training, and of nobody else, each session's last signed note becomes

- a line of FILE.jsonl in the form of our corpus, for fine-tuning (its Risk section is left out:
  that is written by rule), and
- for each section that somebody changed a line of FILE.pairs.jsonl: what the person signed is
  "chosen", and what the model had drafted is "rejected".

Names and numbers are taken out (train_jobs/deidentify.py says how, and what that misses), and only
texts that the grammar of a note can write are exported. Whoever withdraws the consent is no longer
in the next export; what was trained before stays as it is. Nothing of the texts is printed.
"""

import argparse
import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from db.address import driver_url
from db.records import ReviewedNote
from db.session import Database
from notes.claims import RISK_KEY
from notes.errors import NoteParseError, NotesError
from notes.evidence import digest
from notes.parsing import parse_note
from notes.risk import unmark
from notes.speaker import Speaker
from notes.style import BUILT_IN, NoteStyle, get_style
from notes.transcript import ENGLISH, Turn, parse_transcript
from train_jobs.deidentify import Known, deidentify
from train_jobs.reviewed import LETTERS, ReviewedSession, Sections, trainable, write_reviewed
from train_jobs.wording import plain

PAGE = 50
MOSTLY = 0.9  # de-identification reads English


class UnusableNoteError(Exception):
    """A signed note that nothing can be learnt from; the message is the reason, for counting."""


def reviewed_session(note: ReviewedNote, installation: str) -> ReviewedSession:
    """Return what can be learnt from a signed note; raises UnusableNoteError."""
    style = _style(note)
    turns = _turns(_source(note))
    signed, drafted = _sections(note.signed, style), _sections(note.drafted or "", style)
    if not signed:
        raise UnusableNoteError("the note is not in the form of its style")
    texts = (*(turn.text for turn in turns), *signed.values(), *drafted.values())
    clean = iter(deidentify(texts, _known(note)))
    said = tuple((LETTERS[turn.speaker], next(clean)) for turn in turns)
    signed = trainable({key: next(clean) for key in signed}, style)
    drafted = trainable({key: next(clean) for key in drafted}, style)
    if not signed:
        raise UnusableNoteError("no section is within the style's grammar and bounds")
    return ReviewedSession(_id(note, installation), said, style.name, signed, drafted)


def _style(note: ReviewedNote) -> NoteStyle:
    if note.style not in {style.name for style in BUILT_IN}:
        raise UnusableNoteError("the note has no style, or one of the practice's own")
    return get_style(note.style)


def _source(note: ReviewedNote) -> str:
    """Return the text that the model read; what people say of another one teaches nothing."""
    details = note.draft_details
    if details.get("languages", {ENGLISH: 1.0}).get(ENGLISH, 0.0) < MOSTLY:
        raise UnusableNoteError("the session is not in English")
    is_translated = details.get("written_from") == "translation"
    text = note.translated_transcription if is_translated else note.original_transcription
    if not (text or "").strip():
        raise UnusableNoteError("there is no transcript")
    if details.get("transcript_digest", digest(text or "")) != digest(text or ""):
        raise UnusableNoteError("the transcript was corrected after the draft")
    return text or ""


def _turns(text: str) -> tuple[Turn, ...]:
    turns = parse_transcript(text).turns
    if not any(turn.speaker is Speaker.PATIENT for turn in turns):
        raise UnusableNoteError("who speaks is not clear")
    return turns


def _sections(text: str, style: NoteStyle) -> Sections:
    """Return a note's sections but Risk, in the signs that the grammar has."""
    try:
        sections = parse_note(unmark(text), style).sections
    except NoteParseError:
        return {}
    return {each.key: plain(each.text) for each in sections if each.key != RISK_KEY and each.text}


def _known(note: ReviewedNote) -> Known:
    names = note.names
    return Known(names.people, names.places, names.numbers, names.birth_year)


def _id(note: ReviewedNote, installation: str) -> str:
    """Return a name that is the same in every export and tells nobody which session it is."""
    return f"reviewed-{digest(f'{installation} {note.session_id}')[:16]}"


# Reading and writing


async def read_reviewed(database: Database, counts: Counter[str]) -> AsyncIterator[ReviewedSession]:
    """Yield what can be learnt from, and count it and what is left out by its reason."""
    async with database.transaction() as repos:
        installation = await repos.tokens.audience()
    last = 0
    while True:
        async with database.transaction() as repos:
            notes = await repos.reviewed.page(after=last, limit=PAGE)
        if not notes:
            return
        last = notes[-1].session_id
        for note in notes:
            counts["signed notes of patients who consented to training"] += 1
            try:
                session = reviewed_session(note, installation)
            except UnusableNoteError as error:
                counts[f"left out: {error}"] += 1
            else:
                yield session


async def export(url: str, out: Path) -> Counter[str]:
    """Write both files and return what was counted; a file is there whole, or as it was."""
    counts: Counter[str] = Counter()
    async with Database.open(driver_url(url), pool_size=1) as database:
        sessions = [each async for each in read_reviewed(database, counts)]
    counts["sessions written"] = len(sessions)
    counts["sections written"] = sum(len(session.signed) for session in sessions)
    counts["pairs written"] = write_reviewed(sessions, out)
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m train_jobs.export_reviewed")
    parser.add_argument(
        "--database",
        default=os.environ.get("DATABASE_URL"),
        help="postgresql://…; without it the variable DATABASE_URL, which other users cannot see",
    )
    parser.add_argument("--out", type=Path, required=True, help="the file of sessions, .jsonl")
    options = parser.parse_args(arguments)
    if not options.database:
        parser.error("name the database with --database or in the variable DATABASE_URL")
    try:
        counts = asyncio.run(export(options.database, options.out))
    except NotesError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for what, number in counts.items():
        sys.stdout.write(f"{number:8} {what}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
