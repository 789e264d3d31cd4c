"""Writers at the same time, and writers that die."""

import asyncio

import pytest
from sqlalchemy import text

from db.session import Database
from notes.errors import DatabaseUnavailableError, LostUpdateError, NotesError
from tests.db.conftest import Practice
from tests.db.writing import generate, read, write

NUM_WRITERS = 12


async def test_two_people_writing_lose_no_version(database: Database, ada: Practice) -> None:
    async def save(number: int) -> None:
        async with database.transaction() as repos:
            await write(repos, ada, f"text {number}")

    await asyncio.gather(*(save(number) for number in range(NUM_WRITERS)))
    session, versions = await read(database, ada)
    assert {version.text for version in versions} == {f"text {n}" for n in range(NUM_WRITERS)}
    assert [version.number for version in versions] == list(range(1, NUM_WRITERS + 1))
    assert session.notes == versions[-1].text
    times = [version.created_at for version in versions]
    assert times == sorted(times)


async def test_of_two_who_read_the_same_version_one_is_refused(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "read by both")

    async def save(words: str) -> bool:
        try:
            async with database.transaction() as repos:
                await repos.notes.save_human(ada.therapist, ada.session, words, if_version=1)
        except LostUpdateError:
            return False
        return True

    assert sorted(await asyncio.gather(save("one"), save("two"))) == [False, True]
    _, versions = await read(database, ada)
    assert len(versions) == 2


async def test_a_person_and_the_model_at_once(database: Database, ada: Practice) -> None:
    async def human(number: int) -> None:
        async with database.transaction() as repos:
            await write(repos, ada, f"human {number}")

    async def model(number: int) -> None:
        async with database.transaction() as repos:
            await generate(repos, ada, f"model {number}", regenerate=True)

    await asyncio.gather(*(work(number) for number in range(5) for work in (human, model)))
    _, versions = await read(database, ada)
    wanted = {f"{who} {number}" for who in ("human", "model") for number in range(5)}
    assert {version.text for version in versions} == wanted


async def test_the_same_request_at_once_stores_one_version(
    database: Database, ada: Practice
) -> None:
    async def save() -> int:
        async with database.transaction() as repos:
            return (await generate(repos, ada, "draft", request_id="r1")).id

    assert len(set(await asyncio.gather(*(save() for _ in range(NUM_WRITERS))))) == 1
    _, versions = await read(database, ada)
    assert len(versions) == 1


async def test_session_and_clinic_numbers_are_never_given_twice(
    database: Database, ada: Practice
) -> None:
    async def add() -> tuple[int, str]:
        async with database.transaction() as repos:
            session = await repos.sessions.create(ada.therapist, ada.patient)
            patient = await repos.patients.create(ada.therapist, full_name="New")
            return session.session_number, patient.patient_id

    added = await asyncio.gather(*(add() for _ in range(NUM_WRITERS)))
    assert sorted(number for number, _ in added) == list(range(2, NUM_WRITERS + 2))
    assert sorted(name for _, name in added) == [f"P{n:04d}" for n in range(2, NUM_WRITERS + 2)]


async def test_a_failure_after_the_version_leaves_nothing(
    database: Database, ada: Practice
) -> None:
    """Invariant 10."""

    async def fail() -> None:
        async with database.transaction() as repos:
            await generate(repos, ada, "draft")
            raise RuntimeError("after")

    with pytest.raises(RuntimeError, match="after"):
        await fail()
    session, versions = await read(database, ada)
    assert (session.notes, versions) == (None, [])


async def test_a_killed_connection_leaves_nothing(database: Database, ada: Practice) -> None:
    """Invariant 10, with the connection cut between the version and the commit."""
    kill_others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def work() -> None:
        async with database.transaction() as repos:
            await generate(repos, ada, "draft")
            async with database._engine.begin() as other:
                await other.execute(kill_others)
            await write(repos, ada, "too late")

    with pytest.raises(DatabaseUnavailableError):
        await work()
    session, versions = await read(database, ada)
    assert (session.notes, versions) == (None, [])


async def test_a_cancelled_writer_leaves_nothing_and_frees_the_row(
    database: Database, ada: Practice
) -> None:
    written = asyncio.Event()

    async def hang() -> None:
        async with database.transaction() as repos:
            await write(repos, ada, "never finished")
            written.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await written.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with database.transaction() as repos:
        assert (await write(repos, ada, "next")).number == 1


async def test_an_exhausted_pool_says_so_in_our_words(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    database._engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    async with database.transaction() as repos:
        await repos.tokens.is_revoked("x")
        with pytest.raises(NotesError) as caught:
            await database.ping()
    assert isinstance(caught.value, DatabaseUnavailableError)
    await database.close()
