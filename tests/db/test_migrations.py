"""The migrations make exactly the tables that the code describes."""

import ast
import asyncio
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import db
from db.migrate import upgrade
from db.session import Database
from db.tables import Base


async def test_the_migrated_schema_is_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async with database._engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_check_constraints_are_the_same_too(database: Database) -> None:
    """Alembic compares everything but these."""
    described = {
        constraint.name
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    async with database._engine.connect() as connection:
        query = text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
        stored = set((await connection.execute(query)).scalars())
    assert described <= stored
    assert {name for name in stored if name.startswith("ck_")} == described


async def test_migrating_twice_and_at_once_changes_nothing(
    database: Database, database_url: str
) -> None:
    await asyncio.gather(*(upgrade(database_url) for _ in range(3)))
    async with database._engine.connect() as connection:
        version = await connection.execute(text("SELECT version_num FROM alembic_version"))
        assert version.scalars().all() == ["0003"]


async def test_each_list_uses_an_index(database: Database) -> None:
    plans = {
        "ix_sessions_newest": "SELECT * FROM sessions WHERE patient_id = 1 AND deleted_at IS NULL "
        "ORDER BY session_date DESC, id DESC",
        "ix_patients_full_name": "SELECT * FROM patients WHERE therapist_id = 1 "
        "AND deleted_at IS NULL ORDER BY lower(full_name), id",
        "uq_note_versions_number": "SELECT * FROM note_versions WHERE session_id = 1 "
        "ORDER BY number",
        "uq_therapists_email": "SELECT * FROM therapists WHERE lower(email) = 'x'",
    }
    async with database._engine.connect() as connection:
        await connection.execute(text("SET enable_seqscan = off"))
        await connection.execute(text("SET enable_bitmapscan = off"))
        for index, query in plans.items():
            rows = await connection.execute(text(f"EXPLAIN {query}"))
            plan = "\n".join(rows.scalars())
            assert index in plan
            assert "Sort" not in plan


def test_only_the_session_commits() -> None:
    folder = Path(db.__file__).parent
    committing = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert committing == {"session.py"}
