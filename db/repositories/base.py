"""What repositories share: statements whose failures are ours."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import DateTime, Executable, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TypedReturnsRows

from db.failures import translated
from db.tables import Base, Session
from notes.errors import InvalidInputError, NotesError, NotFoundError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Table = TypeVar("Table", bound=Base)

# PostgreSQL answers COMMIT after a failed statement with a silent rollback.
IS_BROKEN = "is_broken"

# A row that waited for a lock must show what the other writer left.
FRESH: Mapping[str, Any] = {"populate_existing": True}


class Repository:
    """Runs statements in the caller's transaction and translates what the driver raises."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def _scalar(self, statement: TypedReturnsRows[T]) -> T | None:
        """Return the only column of the first row."""
        row = await self._row(statement)
        return None if row is None else row[0]

    async def _row(self, statement: TypedReturnsRows[*Ts]) -> Row[*Ts] | None:
        found = await self._translated(self._session.execute(statement, execution_options=FRESH))
        return found.first()

    async def _rows(self, statement: TypedReturnsRows[*Ts]) -> Sequence[Row[*Ts]]:
        found = await self._translated(self._session.execute(statement, execution_options=FRESH))
        return found.all()

    async def _run(self, statement: Executable) -> None:
        await self._translated(self._session.execute(statement))

    async def _translated(self, work: Awaitable[T]) -> T:
        """Await `work`; after a failure the transaction can only be undone."""
        try:
            return await translated(work)
        except NotesError:
            self._session.info[IS_BROKEN] = True
            raise

    async def _now(self) -> datetime:
        """Return the database's time, the one clock that all processes share."""
        statement = select(func.clock_timestamp(type_=DateTime(timezone=True)))
        ((now,),) = await self._rows(statement)
        return now

    async def _add(self, row: Table) -> Table:
        self._session.add(row)
        await self._flush()
        return row

    async def _flush(self) -> None:
        await self._translated(self._session.flush())


class SessionRows(Repository):
    """What the two repositories share that write to a session's row: sessions and their notes."""

    async def _locked(self, therapist_id: int, session_id: int) -> Session:
        row = await self._scalar(_locked_session(therapist_id, session_id))
        if row is None:
            raise NotFoundError(what="session", id=session_id)
        return row


def refuse_unknown(fields: Iterable[str], known: AbstractSet[str]) -> None:
    """Raise InvalidInputError for a field that nobody may set."""
    unknown = sorted(set(fields) - known)
    if unknown:
        raise InvalidInputError(reason=f"Unknown or read-only fields: {', '.join(unknown)}.")


def _locked_session(therapist_id: int, session_id: int) -> Select[Session]:
    """Return the query for a session's row that makes other writers of it wait."""
    return (
        select(Session)
        .where(
            Session.id == session_id,
            Session.therapist_id == therapist_id,
            Session.deleted_at.is_(None),
        )
        .with_for_update(key_share=True)
    )
