"""Therapists' accounts."""

from sqlalchemy import Select, func, or_, select, update

from db.records import TherapistRecord
from db.repositories.base import Repository
from db.tables import Patient, Therapist
from notes.errors import NotFoundError

NUM_PATIENTS = (
    select(func.count())
    .where(Patient.therapist_id == Therapist.id, Patient.deleted_at.is_(None))
    .correlate(Therapist)
    .scalar_subquery()
)


class TherapistRepository(Repository):
    """Accounts by id, by e-mail address or by user name (letters' case does not matter)."""

    async def create(
        self,
        *,
        email: str,
        username: str,
        password_hash: str,
        full_name: str,
        license_number: str | None = None,
        specialization: str | None = None,
        phone: str | None = None,
    ) -> TherapistRecord:
        """Store an account; raises AlreadyExistsError for a taken email or username."""
        row = Therapist(
            email=email,
            username=username,
            password_hash=password_hash,
            full_name=full_name,
            license_number=license_number,
            specialization=specialization,
            phone=phone,
        )
        return _record(await self._add(row), 0)

    async def get(self, therapist_id: int) -> TherapistRecord:
        """Return the account; raises NotFoundError."""
        found = await self._row(_accounts().where(Therapist.id == therapist_id))
        if found is None:
            raise NotFoundError(what="therapist", id=therapist_id)
        return _record(*found)

    async def usernames(self) -> tuple[str, ...]:
        """Return the user names of all accounts, the oldest first."""
        rows = await self._rows(select(Therapist.username).order_by(Therapist.id))
        return tuple(username for (username,) in rows)

    async def credentials(self, username_or_email: str) -> tuple[TherapistRecord, str] | None:
        """Return the account and its password hash; an e-mail address goes before a user name."""
        name = func.lower(username_or_email)
        is_email = func.lower(Therapist.email) == name
        found = await self._row(
            _accounts()
            .where(or_(is_email, func.lower(Therapist.username) == name))
            .order_by(is_email.desc())
            .limit(1)
        )
        return None if found is None else (_record(*found), found[0].password_hash)

    async def set_password_hash(self, therapist_id: int, password_hash: str) -> None:
        """Replace the password hash."""
        await self._run(
            update(Therapist)
            .where(Therapist.id == therapist_id)
            .values(password_hash=password_hash)
        )

    async def touch_login(self, therapist_id: int) -> None:
        """Note that the therapist has logged in now."""
        await self._run(
            update(Therapist).where(Therapist.id == therapist_id).values(last_login=func.now())
        )


def _accounts() -> Select[Therapist, int]:
    return select(Therapist, NUM_PATIENTS)


def _record(row: Therapist, num_patients: int) -> TherapistRecord:
    return TherapistRecord(
        id=row.id,
        email=row.email,
        username=row.username,
        full_name=row.full_name,
        license_number=row.license_number,
        specialization=row.specialization,
        phone=row.phone,
        is_active=row.is_active,
        is_verified=row.is_verified,
        created_at=row.created_at,
        last_login=row.last_login,
        patient_count=num_patients,
    )
