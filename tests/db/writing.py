"""The shortest way to write and read notes in a test."""

from db.records import NoteVersionRecord, SessionRecord
from db.repositories import Repositories
from db.session import Database
from tests.db.conftest import TRANSCRIPT, Practice


async def generate(
    repos: Repositories,
    who: Practice,
    text: str,
    *,
    regenerate: bool = False,
    request_id: str | None = None,
    if_version: int | None = None,
    transcript: str = TRANSCRIPT,
    translation: str | None = None,
) -> NoteVersionRecord:
    """Store `text` as what a model wrote, by default over whatever is current."""
    if if_version is None:  # changing nothing locks the row, and tells its version
        if_version = (await repos.sessions.update(who.therapist, who.session)).notes_version
    return await repos.notes.save_generated(
        who.therapist,
        who.session,
        text,
        style="sections5",
        model="notes:1",
        prompt_version="1",
        request_id=request_id,
        details={"coverage": 1.0},
        regenerate=regenerate,
        if_version=if_version,
        transcript=transcript,
        translation=translation,
    )


async def write(repos: Repositories, who: Practice, text: str) -> NoteVersionRecord:
    """Store `text` as what a person wrote."""
    return await repos.notes.save_human(who.therapist, who.session, text)


async def read(database: Database, who: Practice) -> tuple[SessionRecord, list[NoteVersionRecord]]:
    """Return the session and every version of its note."""
    async with database.transaction() as repos:
        session = await repos.sessions.get(who.therapist, who.session)
        return session, list(await repos.notes.versions(who.therapist, who.session))
