"""What the database knows of bearer tokens: whose they are, and which were logged out."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from db.repositories.base import Repository
from db.tables import Installation, RevokedToken


class TokenRepository(Repository):
    """Revoked tokens, remembered until they would have expired anyway."""

    async def audience(self) -> str:
        """Return this database's own name, which no other one has."""
        ((name,),) = await self._rows(select(Installation.id))
        return str(name)

    async def revoke(self, jti: str, expires_at: datetime) -> None:
        """Refuse this token from now on, and forget those that have expired."""
        row = insert(RevokedToken).values(jti=jti, expires_at=expires_at)
        await self._run(row.on_conflict_do_nothing())
        await self._run(delete(RevokedToken).where(RevokedToken.expires_at < func.now()))

    async def is_revoked(self, jti: str) -> bool:
        """Tell whether this token was logged out."""
        found = await self._scalar(select(RevokedToken.jti).where(RevokedToken.jti == jti))
        return found is not None
