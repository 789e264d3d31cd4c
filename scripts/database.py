"""Two questions to the database, asked without the application."""

import asyncio

import asyncpg

from db.session import Database
from notes.errors import DatabaseUnavailableError


def is_database_empty(url: str) -> bool:
    """Tell whether no therapist is stored."""
    return asyncio.run(_is_empty(url.replace("+asyncpg", "", 1)))


def answers(url: str) -> bool:
    """Tell whether the database can be reached."""
    try:
        asyncio.run(_ping(url))
    except DatabaseUnavailableError:
        return False
    return True


async def _is_empty(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT FROM therapists)")
    finally:
        await connection.close()


async def _ping(url: str) -> None:
    async with Database.open(url):
        pass
