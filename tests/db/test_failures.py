"""What the database refuses, in our words and without anybody's text."""

import contextlib
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text

from db.embedded import database_url
from db.failures import translated
from db.session import Database
from notes.errors import DatabaseRefusedError, DatabaseUnavailableError, InvalidInputError
from tests.db.conftest import Practice
from tests.db.writing import write

PLANTED = "a-planted-word"


@pytest.mark.parametrize("poison", ["\x00", "\ud800"], ids=["nul", "surrogate"])
async def test_text_that_cannot_be_stored_is_refused_and_not_repeated(
    database: Database, ada: Practice, poison: str
) -> None:
    words = PLANTED + poison
    for work in (
        lambda repos: write(repos, ada, words),
        lambda repos: repos.patients.update(ada.therapist, ada.patient, notes=words),
        lambda repos: repos.patients.update(ada.therapist, ada.patient, mse_mood=words),
        lambda repos: repos.patients.search(ada.therapist, words),
    ):
        with pytest.raises(InvalidInputError) as caught:
            async with database.transaction() as repos:
                await work(repos)
        shown = "".join(traceback.format_exception(caught.value))
        assert PLANTED not in shown
        assert caught.value.__context__ is None


async def test_numbers_out_of_range_are_refused(database: Database, ada: Practice) -> None:
    with pytest.raises(InvalidInputError):
        async with database.transaction() as repos:
            await repos.sessions.get(ada.therapist, 2**70)


async def test_a_missing_value_is_named(database: Database, ada: Practice) -> None:
    with pytest.raises(InvalidInputError, match="full_name"):
        async with database.transaction() as repos:
            await repos.patients.update(ada.therapist, ada.patient, full_name=None)


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    nowhere = Database(database_url(tmp_path))
    with pytest.raises(DatabaseUnavailableError) as caught:
        await nowhere.ping()
    assert caught.value.__context__ is None
    with pytest.raises(DatabaseUnavailableError):
        async with Database.open("postgresql+asyncpg://nobody@127.0.0.1:1/none"):
            pass


async def test_a_statement_that_takes_too_long_is_cut_off(database: Database) -> None:
    async def sleep() -> None:
        async with database._engine.connect() as connection:
            await connection.execute(text("SET statement_timeout = '20ms'"))
            await connection.execute(text("SELECT pg_sleep(5)"))

    with pytest.raises(DatabaseUnavailableError):
        await translated(sleep())


async def test_other_refusals_tell_the_state_only(database: Database) -> None:
    async def refused() -> None:
        async with database._engine.connect() as connection:
            await connection.execute(text(f'SELECT * FROM "{PLANTED}"'))

    with pytest.raises(DatabaseRefusedError) as caught:
        await translated(refused())
    assert str(caught.value) == "The database refused a statement (SQLSTATE 42P01)."


async def test_a_swallowed_failure_is_not_taken_for_a_commit(
    database: Database, ada: Practice
) -> None:
    async def swallow() -> None:
        async with database.transaction() as repos:
            await repos.therapists.set_password_hash(ada.therapist, "new")
            with contextlib.suppress(InvalidInputError):
                await repos.therapists.set_password_hash(ada.therapist, "\x00")

    with pytest.raises(DatabaseRefusedError, match="25P02"):
        await swallow()
    async with database.transaction() as repos:
        found = await repos.therapists.credentials("ada")
    assert found is not None
    assert found[1] == "hash"


async def test_a_pool_survives_a_restart_of_its_connections(
    database: Database, ada: Practice
) -> None:
    async with database._engine.connect() as connection:
        pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    other = Database(database._engine.url.render_as_string(hide_password=False))
    async with other._engine.begin() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend({pid})"))
    await other.close()
    await database.ping()
