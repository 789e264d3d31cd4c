"""The settings' database, reached without the application."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from db.embedded import EmbeddedPostgres
from db.session import Database
from deployments.config import Settings
from notes.errors import DatabaseUnavailableError


@contextmanager
def reachable_database(settings: Settings) -> Iterator[str]:
    """Yield the database's URL; an embedded one that does not run is started for the block."""
    url = settings.resolved_database_url()
    if settings.database_url is not None or answers(url):
        yield url
    else:
        with EmbeddedPostgres(settings.data_dir) as server:
            yield server.url


def is_database_empty(url: str) -> bool:
    """Tell whether no therapist is stored."""
    return not asyncio.run(_usernames(url))


def is_practice_of(username: str, url: str) -> bool:
    """Tell whether this therapist is stored, and no other."""
    return asyncio.run(_usernames(url)) == (username,)


def answers(url: str) -> bool:
    """Tell whether the database can be reached."""
    try:
        asyncio.run(_ping(url))
    except DatabaseUnavailableError:
        return False
    return True


async def _usernames(url: str) -> tuple[str, ...]:
    async with Database.open(url) as database, database.transaction() as repos:
        return await repos.therapists.usernames()


async def _ping(url: str) -> None:
    async with Database.open(url):
        pass
