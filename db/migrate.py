"""Brings a database to the newest schema: `python -m db.migrate --url URL`."""

import argparse
import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db.failures import translated

LOCK_KEY = 0x6E6F7465  # "note"


def migrate(url: str) -> None:
    """Upgrade the database at `url` to the newest schema; no-op when it is there."""
    asyncio.run(upgrade(url))


async def upgrade(url: str) -> None:
    """Like migrate(), for callers with a running loop; one process at a time, all or nothing."""
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        await translated(_upgrade_locked(engine))
    finally:
        await engine.dispose()


async def _upgrade_locked(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_KEY})"))
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="postgresql+asyncpg://…")
    migrate(parser.parse_args().url)


if __name__ == "__main__":
    main()
