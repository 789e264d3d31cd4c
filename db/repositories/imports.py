"""Rows of the ancestor's database, each taken over once."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import func, insert, select, update

from db.records import FREE_STYLE, NoteOrigin
from db.repositories.base import Repository
from db.repositories.notes import FLAGS
from db.tables import NoteVersion, Patient, Session, Therapist
from notes.errors import InvalidInputError


class Outcome(Enum):
    """What became of a row of the file."""

    ADDED = "added"
    KNOWN = "already there"
    CHANGED = "changed in the file since; left as they are here"


@dataclass(frozen=True, slots=True)
class Imported:
    """Our row for one of the ancestor's."""

    id: int
    outcome: Outcome


class ImportRepository(Repository):
    """Finds a row by its `legacy_key`, or adds it; nothing that is here is changed."""

    async def therapist(
        self, key: str, columns: dict[str, Any], legacy: dict[str, Any], *, may_join: bool
    ) -> Imported:
        """Take over an account; `may_join` an account that registered here with its address."""
        found = await self._row(
            select(Therapist.id, Therapist.legacy).where(Therapist.legacy_key == key)
        )
        if found is not None:
            return _known(found[0], found[1], legacy)
        registered = await self._scalar(
            select(Therapist).where(func.lower(Therapist.email) == func.lower(columns["email"]))
        )
        if registered is not None:
            return await self._join(registered, key, columns, legacy, may_join)
        name = await self._free_username(columns["username"])
        kept = legacy if name == columns["username"] else legacy | {"username": columns["username"]}
        columns = {**columns, "username": name, "legacy_key": key, "legacy": kept}
        return await self._insert(insert(Therapist).values(columns).returning(Therapist.id))

    async def patient(
        self, therapist_id: int, key: str, columns: dict[str, Any], legacy: dict[str, Any]
    ) -> Imported:
        """Take over a patient; a clinic number that is taken here gets a suffix."""
        found = await self._row(
            select(Patient.id, Patient.legacy).where(
                Patient.therapist_id == therapist_id, Patient.legacy_key == key
            )
        )
        if found is not None:
            return _known(found[0], found[1], legacy)
        given = columns["patient_id"]
        number = await self._free_clinic_number(therapist_id, given)
        kept = legacy if number == given else legacy | {"patient_id": given}
        columns = {
            **columns,
            "therapist_id": therapist_id,
            "patient_id": number,
            "consent_ai_notes_at": func.now(),
            "legacy_key": key,
            "legacy": kept,
        }
        return await self._insert(insert(Patient).values(columns).returning(Patient.id))

    async def session(
        self,
        therapist_id: int,
        patient_id: int,
        key: str,
        columns: dict[str, Any],
        legacy: dict[str, Any],
    ) -> Imported:
        """Take over a session without its note; a number that is taken here becomes the next."""
        found = await self._row(
            select(Session.id, Session.legacy).where(
                Session.patient_id == patient_id, Session.legacy_key == key
            )
        )
        if found is not None:
            return _known(found[0], found[1], legacy)
        given = columns.get("session_number")
        number = await self._free_session_number(patient_id, given)
        kept = legacy if number == given else legacy | {"session_number": given}
        columns = {
            **columns,
            "therapist_id": therapist_id,
            "patient_id": patient_id,
            "session_number": number,
            "legacy_key": key,
            "legacy": kept,
        }
        return await self._insert(insert(Session).values(columns).returning(Session.id))

    async def note(
        self,
        therapist_id: int,
        session_id: int,
        text: str,
        origin: NoteOrigin,
        times: dict[str, Any],
    ) -> None:
        """Store the note of a session just taken over, as its first version."""
        is_ai, is_edited = FLAGS[origin]
        created = {"created_at": times["created_at"]} if times["created_at"] else {}
        await self._run(
            insert(NoteVersion).values(
                session_id=session_id,
                number=1,
                origin=origin.value,
                text=text,
                style=FREE_STYLE,
                author_id=None if origin is NoteOrigin.AI else therapist_id,
                generated_at=times["generated_at"],
                **created,
            )
        )
        await self._run(
            update(Session)
            .where(Session.id == session_id)
            .values(
                notes=text,
                notes_version=1,
                notes_is_ai_generated=is_ai,
                notes_edited_from_ai=is_edited,
                notes_generated_at=times["generated_at"],
                notes_last_edited_at=times["last_edited_at"],
                updated_at=Session.updated_at,  # the ancestor's, not the import's
            )
        )

    async def _join(
        self,
        registered: Therapist,
        key: str,
        columns: dict[str, Any],
        legacy: dict[str, Any],
        may_join: bool,
    ) -> Imported:
        """Anybody can register with anybody's address, so somebody must vouch for this."""
        if registered.legacy_key is not None:
            raise InvalidInputError(
                reason="Two therapists of the file have the same e-mail address but for the case "
                f"of its letters (account {registered.id} here). Change one of them in the file."
            )
        if not may_join:
            raise InvalidInputError(
                reason=f"Account {registered.id} was registered here with the e-mail address of a "
                "therapist of the file. If it is the same person, run "
                "`make import-auralis FILE=… ARGS=--join`; the account then gets that therapist's "
                "patients and keeps its new password."
            )
        registered.legacy_key = key
        kept = {name: str(value) for name, value in columns.items() if name != "password_hash"}
        registered.legacy = {**legacy, "joined": kept}
        await self._flush()
        return Imported(registered.id, Outcome.ADDED)

    async def _insert(self, statement: Any) -> Imported:
        (row,) = await self._rows(statement)
        return Imported(row[0], Outcome.ADDED)

    async def _free_username(self, wanted: str) -> str:
        taken = select(func.lower(Therapist.username)).where(
            Therapist.username.istartswith(wanted, autoescape=True)
        )
        return _free(wanted, {name for (name,) in await self._rows(taken)})

    async def _free_clinic_number(self, therapist_id: int, wanted: str) -> str:
        taken = select(Patient.patient_id).where(
            Patient.therapist_id == therapist_id,
            Patient.deleted_at.is_(None),
            Patient.patient_id.startswith(wanted, autoescape=True),
        )
        return _free(wanted, {number for (number,) in await self._rows(taken)})

    async def _free_session_number(self, patient_id: int, wanted: int | None) -> int:
        taken = await self._rows(
            select(Session.session_number).where(Session.patient_id == patient_id)
        )
        numbers = {number for (number,) in taken}
        if wanted is not None and wanted not in numbers:
            return wanted
        return max(numbers, default=0) + 1


def _known(row_id: int, stored: dict[str, Any], read: dict[str, Any]) -> Imported:
    is_same = stored.get("digest") == read["digest"]
    return Imported(row_id, Outcome.KNOWN if is_same else Outcome.CHANGED)


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken or name.lower() in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
