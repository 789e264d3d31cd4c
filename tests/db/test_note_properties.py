"""The design's properties 17 and 18, against the real database."""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.records import NoteOrigin, NoteVersionRecord, SessionRecord
from db.session import Database
from notes.errors import NoteExistsError
from tests.db.conftest import TRANSCRIPT, Practice, open_practice
from tests.db.writing import generate, read, write

T = TypeVar("T")

# Few texts, so that the same one is often written twice; empty ones among them.
texts = st.sampled_from(["", " ", "a", "b", "c"]) | st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20
)


@dataclass(frozen=True, slots=True)
class Generate:
    """The model writes."""

    text: str
    regenerate: bool


@dataclass(frozen=True, slots=True)
class Write:
    """A person saves."""

    text: str


steps = st.builds(Generate, texts, st.booleans()) | st.builds(Write, texts)


@dataclass(frozen=True, slots=True)
class Desk:
    """One database and one loop for all examples; each example gets a session of its own."""

    runner: asyncio.Runner
    database: Database
    practice: Practice

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def fresh(self) -> Practice:
        async with self.database.transaction() as repos:
            session = await repos.sessions.create(
                self.practice.therapist, self.practice.patient, original_transcription=TRANSCRIPT
            )
        return replace(self.practice, session=session.id)


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Desk]:
    with asyncio.Runner() as runner:
        database = Database(module_database_url)
        yield Desk(runner, database, runner.run(open_practice(database, "ada")))
        runner.run(database.close())


def expected(history: list[tuple[str, NoteOrigin]], step: Generate | Write) -> NoteOrigin | None:
    """Return the origin of the version that `step` adds, or None when it adds none."""
    current, origin = history[-1] if history else ("", NoteOrigin.HUMAN)
    if isinstance(step, Generate):
        return NoteOrigin.AI if step.regenerate or not current.strip() else None
    if history and step.text == current:
        return None
    authors = {text: who for text, who in history if text == step.text}
    if authors:
        return authors[step.text]
    return NoteOrigin.HUMAN if origin is NoteOrigin.HUMAN else NoteOrigin.AI_EDITED


async def take(database: Database, who: Practice, step: Generate | Write) -> None:
    async with database.transaction() as repos:
        if isinstance(step, Generate):
            await generate(repos, who, step.text, regenerate=step.regenerate)
        else:
            await write(repos, who, step.text)


async def play(
    desk: Desk, sequence: list[Generate | Write]
) -> tuple[list[tuple[str, NoteOrigin]], SessionRecord, list[NoteVersionRecord]]:
    who = await desk.fresh()
    history: list[tuple[str, NoteOrigin]] = []
    for step in sequence:
        origin = expected(history, step)
        if isinstance(step, Generate) and origin is None:
            with pytest.raises(NoteExistsError):
                await take(desk.database, who, step)
            continue
        await take(desk.database, who, step)
        if origin is not None:
            history.append((step.text, origin))
    return history, *await read(desk.database, who)


@settings(max_examples=120, deadline=None)
@given(sequence=st.lists(steps, max_size=7))
def test_metadata_is_always_true(desk: Desk, sequence: list[Generate | Write]) -> None:
    """Property 17: Notes Metadata Tracking."""
    history, session, versions = desk.run(play(desk, sequence))
    # Invariant 11: every version can be read back, in order, with its author.
    assert [(version.text, version.origin) for version in versions] == history
    assert [version.number for version in versions] == list(range(1, len(history) + 1))
    assert session.notes_version == len(history)
    metadata = session.notes_metadata
    if not history:
        assert session.notes is None
        assert (metadata.is_ai_generated, metadata.edited_from_ai) == (False, False)
        return
    text, origin = history[-1]
    assert session.notes == text
    assert metadata.is_ai_generated is (origin is not NoteOrigin.HUMAN)
    assert metadata.edited_from_ai is (origin is NoteOrigin.AI_EDITED)
    assert (metadata.generated_at is not None) is metadata.is_ai_generated
    by_person = versions[-1].author_id is not None
    assert metadata.last_edited_at == (versions[-1].created_at if by_person else None)


async def protect(desk: Desk, before: list[Generate | Write], text: str) -> None:
    who = await desk.fresh()
    for step in before:
        await take(desk.database, who, step)
    kept = await read(desk.database, who)
    with pytest.raises(NoteExistsError):
        await take(desk.database, who, Generate(text, regenerate=False))
    assert await read(desk.database, who) == kept
    await take(desk.database, who, Generate(text, regenerate=True))
    session, versions = await read(desk.database, who)
    assert session.notes == text
    assert versions[:-1] == kept[1]


written = texts.filter(lambda text: text.strip() != "")


@settings(max_examples=120, deadline=None)
@given(
    before=st.lists(
        st.builds(Generate, written, st.just(True)) | st.builds(Write, written),
        min_size=1,
        max_size=4,
    ),
    text=texts,
)
def test_a_note_is_replaced_only_on_request(
    desk: Desk, before: list[Generate | Write], text: str
) -> None:
    """Property 18: Notes Overwrite Protection."""
    desk.run(protect(desk, before, text))
