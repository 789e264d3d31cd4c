"""Notes as append-only versions; the server alone says who wrote what."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from db.records import FREE_STYLE, NoteOrigin, NoteVersionRecord
from db.repositories.base import SessionRows
from db.tables import NoteVersion, Patient, Session
from notes.errors import (
    ConsentMissingError,
    InvalidInputError,
    LostUpdateError,
    NoteExistsError,
    NoteSignedError,
    NotFoundError,
    TranscriptChangedError,
    TranscriptMissingError,
)

# What the sessions row says of a note of each origin.
FLAGS = {
    NoteOrigin.AI: (True, False),
    NoteOrigin.AI_EDITED: (True, True),
    NoteOrigin.HUMAN: (False, False),
}


class NoteRepository(SessionRows):
    """Note versions of a therapist's sessions; writers of one session wait for each other."""

    async def save_human(
        self, therapist_id: int, session_id: int, text: str, *, if_version: int | None = None
    ) -> NoteVersionRecord:
        """Store what a person wrote; the text that is already current makes no new version.

        Raises LostUpdateError when `if_version` is given and no longer the current one.
        """
        session = await self._locked(therapist_id, session_id)
        current = await self._current(session)
        if current is not None and current.text == text:
            return _record(current)
        if if_version not in (None, session.notes_version):
            raise LostUpdateError(session_id=session_id, current=session.notes_version)
        source = await self._with_text(session_id, text) or current
        version = await self._append(
            session,
            text=text,
            origin=_human_origin(text, source),
            author_id=therapist_id,
            style=source.style if source else FREE_STYLE,
            generated_at=source.generated_at if source else None,
        )
        return _record(version)

    async def save_generated(
        self,
        therapist_id: int,
        session_id: int,
        text: str,
        *,
        style: str,
        model: str | None,
        prompt_version: str | None,
        request_id: str | None,
        details: Mapping[str, Any],
        regenerate: bool,
        if_version: int,
        transcript: str,
        translation: str | None = None,
    ) -> NoteVersionRecord:
        """Store what the model wrote; the same `request_id` again returns the stored version.

        Raises LostUpdateError and TranscriptChangedError when `if_version` and `transcript`, or the
        `translation` where it was used, which the writing began with, are no longer the session's;
        ConsentMissingError, NoteSignedError, and NoteExistsError when there is a note and
        `regenerate` is false.
        """
        session = await self._locked(therapist_id, session_id)
        if request_id is not None and (done := await self._of_request(session_id, request_id)):
            return _record(done)
        _check_unchanged(session, if_version, transcript, translation)
        await self._check_consent(session)
        await self._check_replaceable(session, regenerate)
        now = await self._now()
        version = await self._append(
            session,
            text=text,
            origin=NoteOrigin.AI,
            style=style,
            model=model,
            prompt_version=prompt_version,
            request_id=request_id,
            details=dict(details),
            generated_at=now,
            created_at=now,
        )
        return _record(version)

    async def check_can_generate(
        self, therapist_id: int, session_id: int, regenerate: bool
    ) -> None:
        """Raise what stands against generating: consent, transcript, signature, existing note."""
        session = await self._locked(therapist_id, session_id)
        await self._check_consent(session)
        if not (session.original_transcription or "").strip():
            raise TranscriptMissingError(session_id=session_id)
        await self._check_replaceable(session, regenerate)

    async def versions(self, therapist_id: int, session_id: int) -> tuple[NoteVersionRecord, ...]:
        """Return every version, the oldest first; raises NotFoundError for the session."""
        rows = await self._rows(_versions(therapist_id, session_id).order_by(NoteVersion.number))
        if not rows:
            await self._locked(therapist_id, session_id)
        return tuple(_record(row) for (row,) in rows)

    async def version(self, therapist_id: int, session_id: int, number: int) -> NoteVersionRecord:
        """Return one version; raises NotFoundError."""
        row = await self._scalar(
            _versions(therapist_id, session_id).where(NoteVersion.number == number)
        )
        if row is None:
            raise NotFoundError(what="note version", id=number)
        return _record(row)

    async def sign(
        self, therapist_id: int, session_id: int, *, number: int | None = None
    ) -> NoteVersionRecord:
        """Sign the current version (a second time changes nothing).

        `number` is the version that the signer has read: LostUpdateError if it is not current.
        """
        session = await self._locked(therapist_id, session_id)
        version = await self._current(session)
        if version is None:
            raise NotFoundError(what="note of session", id=session_id)
        if number not in (None, version.number):
            raise LostUpdateError(session_id=session_id, current=version.number)
        if not version.text.strip():
            raise InvalidInputError(reason="An empty note cannot be signed.")
        if version.signed_at is None:
            version.signed_at = await self._now()
            version.signed_by = therapist_id
            await self._flush()
        return _record(version)

    async def _check_consent(self, session: Session) -> None:
        consent = select(Patient.consent_ai_notes).where(Patient.id == session.patient_id)
        if not await self._scalar(consent):
            raise ConsentMissingError(patient_id=session.patient_id)

    async def _check_replaceable(self, session: Session, regenerate: bool) -> None:
        signed = select(NoteVersion.id).where(
            NoteVersion.session_id == session.id, NoteVersion.signed_at.is_not(None)
        )
        if await self._scalar(signed.limit(1)) is not None:
            raise NoteSignedError(session_id=session.id)
        if not regenerate and (session.notes or "").strip():
            raise NoteExistsError(session_id=session.id)

    async def _current(self, session: Session) -> NoteVersion | None:
        return await self._scalar(
            select(NoteVersion).where(
                NoteVersion.session_id == session.id,
                NoteVersion.number == session.notes_version,
            )
        )

    async def _with_text(self, session_id: int, text: str) -> NoteVersion | None:
        """Return the newest version that says exactly this: who restores it did not write it."""
        return await self._scalar(
            select(NoteVersion)
            .where(NoteVersion.session_id == session_id, NoteVersion.text == text)
            .order_by(NoteVersion.number.desc())
            .limit(1)
        )

    async def _of_request(self, session_id: int, request_id: str) -> NoteVersion | None:
        return await self._scalar(
            select(NoteVersion).where(
                NoteVersion.session_id == session_id, NoteVersion.request_id == request_id
            )
        )

    async def _append(self, session: Session, *, origin: NoteOrigin, **fields: Any) -> NoteVersion:
        """Add the next version, and keep the session's own columns true to it."""
        version = await self._add(
            NoteVersion(
                session_id=session.id,
                number=session.notes_version + 1,
                origin=origin.value,
                **fields,
            )
        )
        flags = FLAGS[origin]
        session.notes, session.notes_version = version.text, version.number
        session.notes_is_ai_generated, session.notes_edited_from_ai = flags
        session.notes_generated_at = version.generated_at
        session.notes_last_edited_at = version.created_at if version.author_id else None
        await self._flush()
        return version


def _check_unchanged(
    session: Session, if_version: int, transcript: str, translation: str | None
) -> None:
    """Raise when a person has saved since the writing began: that stays current."""
    if session.notes_version != if_version:
        raise LostUpdateError(session_id=session.id, current=session.notes_version)
    is_translated_anew = translation not in (None, session.translated_transcription)
    if (session.original_transcription or "") != transcript or is_translated_anew:
        raise TranscriptChangedError(session_id=session.id)


def _human_origin(text: str, source: NoteVersion | None) -> NoteOrigin:
    """Return who wrote a text that a person saved and that stems from `source`."""
    if source is None:
        return NoteOrigin.HUMAN
    origin = NoteOrigin(source.origin)
    is_changed_ai = origin is NoteOrigin.AI and source.text != text
    return NoteOrigin.AI_EDITED if is_changed_ai else origin


def _versions(therapist_id: int, session_id: int) -> Select[NoteVersion]:
    return (
        select(NoteVersion)
        .join(Session, Session.id == NoteVersion.session_id)
        .where(
            NoteVersion.session_id == session_id,
            Session.therapist_id == therapist_id,
            Session.deleted_at.is_(None),
        )
    )


def _record(row: NoteVersion) -> NoteVersionRecord:
    return NoteVersionRecord(
        id=row.id,
        session_id=row.session_id,
        number=row.number,
        origin=NoteOrigin(row.origin),
        text=row.text,
        style=row.style,
        model=row.model,
        prompt_version=row.prompt_version,
        request_id=row.request_id,
        details=dict(row.details),
        author_id=row.author_id,
        created_at=row.created_at,
        signed_at=row.signed_at,
        signed_by=row.signed_by,
    )
