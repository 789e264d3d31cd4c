"""The connection pool and its transactions; nothing else commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from db.failures import translated
from db.repositories import Repositories
from db.repositories.base import IS_BROKEN
from notes.errors import DatabaseRefusedError

# Enforced by the server, so that a client that hangs or dies keeps no row locked.
SERVER_SETTINGS = {
    "application_name": "clinic-notes",
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


class Database:
    """A pool of connections to the server at `url`; opened lazily, in the loop that uses it."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "timeout": 10,
                "command_timeout": 40,  # for a server that no longer answers at all
                "server_settings": SERVER_SETTINGS,
            },
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, autoflush=False)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, pool_size: int = 5) -> AsyncIterator["Database"]:
        """Yield a database that answers, and close its connections at exit."""
        database = cls(url, pool_size=pool_size)
        try:
            await database.ping()
            yield database
        finally:
            await database.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        """Yield repositories whose work is committed at exit, or undone by any exception.

        A failed statement whose error somebody swallowed undoes it too, loudly.
        """
        async with self._sessions() as session:
            yield Repositories(session)
            if session.info.get(IS_BROKEN):
                raise DatabaseRefusedError(sqlstate="25P02")
            await translated(session.commit())

    async def ping(self) -> None:
        """Raise DatabaseUnavailableError unless the server answers."""
        await translated(self._ping())

    async def _ping(self) -> None:
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection of the pool."""
        await self._engine.dispose()
