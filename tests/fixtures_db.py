"""A real PostgreSQL for tests: one server a run, one fresh database a test."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.session import Database

TEST_SETTINGS = {
    "fsync": "off",
    # Its worker belongs to the superuser, and keeps our role from dropping a database.
    "autovacuum": "off",
}


@pytest.fixture(scope="session")
def template_url() -> Iterator[str]:
    """Yield the URL of a migrated database that no test writes to."""
    # Not pytest's folder: a second pytest closes that to the account that serves for root.
    with (
        TemporaryDirectory(prefix="notes-db-") as folder,
        EmbeddedPostgres(Path(folder), TEST_SETTINGS) as server,
    ):
        migrate(server.url)
        yield server.url


@pytest.fixture
def database_url(template_url: str) -> Iterator[str]:
    """Yield the URL of a fresh copy of the template."""
    yield from copy_of(template_url)


def copy_of(template_url: str) -> Iterator[str]:
    """Copy the template, yield the copy's URL, and drop it."""
    template = make_url(template_url)
    name = f"test_{uuid.uuid4().hex}"
    admin = template.set(database="postgres").render_as_string(hide_password=False)
    _run(admin, f'CREATE DATABASE {name} TEMPLATE "{template.database}"')
    yield template.set(database=name).render_as_string(hide_password=False)
    _run(admin, f"DROP DATABASE {name} WITH (FORCE)")


def empty_database(template_url: str) -> Iterator[str]:
    """Make a database that is no copy, beside the template; yield its URL, and drop it."""
    empty = make_url(template_url).set(database="template1")
    yield from copy_of(empty.render_as_string(hide_password=False))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Yield an open database that holds nothing."""
    async with Database.open(database_url) as database:
        yield database


def _run(url: str, statement: str) -> None:
    async def run() -> None:
        engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.exec_driver_sql(statement)
        await engine.dispose()

    asyncio.run(run())
