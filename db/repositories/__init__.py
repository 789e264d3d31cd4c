"""All SQL, one file per aggregate; repositories never commit."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.repositories.facts import FactsRepository
from db.repositories.imports import ImportRepository
from db.repositories.notes import NoteRepository
from db.repositories.patients import PatientRepository
from db.repositories.reviewed import ReviewedRepository
from db.repositories.sessions import SessionRepository
from db.repositories.therapists import TherapistRepository
from db.repositories.tokens import TokenRepository


class Repositories:
    """Everything that one transaction may read and write."""

    def __init__(self, session: AsyncSession) -> None:
        self.therapists = TherapistRepository(session)
        self.patients = PatientRepository(session)
        self.sessions = SessionRepository(session)
        self.notes = NoteRepository(session)
        self.facts = FactsRepository(session)
        self.tokens = TokenRepository(session)
        self.imports = ImportRepository(session)
        self.reviewed = ReviewedRepository(session)
