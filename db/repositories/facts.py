"""What is kept of sessions, so that a course of treatment is not read anew for each summary."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from db.records import KeptFacts, NoteOrigin, NoteText, SessionTexts, SummarizedSession
from db.repositories.base import Repository
from db.tables import NoteVersion, Session, SessionFacts

_SEPARATOR = "\x1f"
# The note that was signed last, and the current one; the same row where that is signed.
_SIGNED = (
    select(NoteVersion.number, NoteVersion.text, NoteVersion.details, NoteVersion.origin)
    .where(NoteVersion.session_id == Session.id, NoteVersion.signed_at.is_not(None))
    .order_by(NoteVersion.number.desc())
    .limit(1)
    .lateral("signed")
)
_CURRENT = aliased(NoteVersion, name="current_note")
_TEXT = func.coalesce(
    _SIGNED.c.text, func.nullif(Session.notes, ""), Session.original_transcription, ""
)


class FactsRepository(Repository):
    """Facts of a therapist's sessions, under the digest of the texts that they were read from.

    A row is written once and never changed; it goes when facts of other texts take its place.
    `rules` names the version of the rules that read the texts.
    """

    async def of_patient(
        self, therapist_id: int, patient_id: int, rules: str
    ) -> tuple[SummarizedSession, ...]:
        """Return a patient's sessions that hold a text, newest first, with what is kept of them."""
        is_of_texts = and_(
            SessionFacts.session_id == Session.id, SessionFacts.digest == _digest(rules)
        )
        rows = await self._rows(
            _sessions(
                therapist_id,
                Session.id,
                Session.session_number,
                Session.session_date,
                func.char_length(_TEXT),
                SessionFacts.facts,
            )
            .outerjoin(SessionFacts, is_of_texts)
            .where(Session.patient_id == patient_id, _TEXT != "")
            .order_by(Session.session_date.desc(), Session.id.desc())
        )
        return tuple(SummarizedSession(*row) for row in rows)

    async def texts(
        self, therapist_id: int, session_ids: Collection[int], rules: str
    ) -> tuple[SessionTexts, ...]:
        """Return the texts of some sessions, and the digest under which their facts are kept."""
        rows = await self._rows(
            _sessions(
                therapist_id,
                Session,
                _digest(rules),
                _SIGNED.c.number,
                _SIGNED.c.text,
                _findings(_SIGNED.c.details),
                _SIGNED.c.origin,
                _CURRENT.number,
                _CURRENT.text,
                _findings(_CURRENT.details),
                _CURRENT.origin,
            )
            .where(Session.id.in_(session_ids))
            .order_by(Session.id)
        )
        return tuple(_texts(*row) for row in rows)

    async def keep(self, therapist_id: int, made: Sequence[KeptFacts]) -> None:
        """Keep facts, unless somebody was first; those of other texts of the sessions go.

        Sessions that are not there any more are passed over.
        """
        ids = {each.session_id for each in made}
        owned = {id_ for (id_,) in await self._rows(_owned(therapist_id, ids))}
        # In one order for all writers, so that none waits for another that waits for it.
        kept = sorted(
            (each for each in made if each.session_id in owned), key=lambda each: each.session_id
        )
        if kept:
            rows = [asdict(each) for each in kept]
            await self._run(insert(SessionFacts).values(rows).on_conflict_do_nothing())
        for each in kept:
            await self._run(_forget_others(each.session_id, each.digest))


def _sessions(therapist_id: int, *columns: Any) -> Any:
    """Return the query for columns of a therapist's sessions and of their notes."""
    is_current = and_(_CURRENT.session_id == Session.id, _CURRENT.number == Session.notes_version)
    return (
        select(*columns)
        .select_from(Session)
        .outerjoin(_SIGNED, _SIGNED.c.number.is_not(None))
        .outerjoin(_CURRENT, is_current)
        .where(Session.therapist_id == therapist_id, Session.deleted_at.is_(None))
    )


def _owned(therapist_id: int, session_ids: Collection[int]) -> Select[int]:
    return select(Session.id).where(
        Session.id.in_(session_ids),
        Session.therapist_id == therapist_id,
        Session.deleted_at.is_(None),
    )


def _digest(rules: str) -> ColumnElement[str]:
    """Return a digest of all texts of a session; a version's number stands for its text."""
    texts = func.concat_ws(
        cast(_SEPARATOR, Text),
        cast(rules, Text),
        func.coalesce(_SIGNED.c.number, 0),
        Session.notes_version,
        func.coalesce(Session.original_transcription, ""),
        func.coalesce(Session.translated_transcription, ""),
    )
    return func.encode(func.sha256(func.convert_to(texts, "UTF8")), "hex")


def _findings(details: Any) -> ColumnElement[Any]:
    return details["risk"]["findings"]  # type: ignore[no-any-return]


def _forget_others(session_id: int, digest: str) -> Any:
    """Return the deletion of facts of other texts; what somebody else deletes is left to them."""
    others = (
        select(SessionFacts.digest)
        .where(SessionFacts.session_id == session_id, SessionFacts.digest != digest)
        .with_for_update(skip_locked=True)
    )
    return delete(SessionFacts).where(
        SessionFacts.session_id == session_id, SessionFacts.digest.in_(others)
    )


def _texts(row: Session, digest: str, *notes: Any) -> SessionTexts:
    return SessionTexts(
        session_id=row.id,
        session_number=row.session_number,
        session_date=row.session_date,
        digest=digest,
        signed=_note(*notes[:4]),
        current=_note(*notes[4:]),
        original_transcription=row.original_transcription,
        translated_transcription=row.translated_transcription,
    )


def _note(
    number: int | None, text: str | None, findings: Any, origin: str | None
) -> NoteText | None:
    if number is None or text is None:
        return None
    return NoteText(number, text, findings, NoteOrigin(origin))
