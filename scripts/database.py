"""Two questions to the database, asked without the application."""

import asyncio

from db.session import Database
from notes.errors import DatabaseUnavailableError


def is_database_empty(url: str) -> bool:
    """Tell whether no therapist is stored."""
    return asyncio.run(_is_empty(url))


def answers(url: str) -> bool:
    """Tell whether the database can be reached."""
    try:
        asyncio.run(_ping(url))
    except DatabaseUnavailableError:
        return False
    return True


async def _is_empty(url: str) -> bool:
    async with Database.open(url) as database, database.transaction() as repos:
        return await repos.therapists.is_empty()


async def _ping(url: str) -> None:
    async with Database.open(url):
        pass
