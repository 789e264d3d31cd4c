"""The tables. Constraint names matter: `failures.py` tells people which field is taken."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables; every time is stored with its zone."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain dict
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }
    # Without a loop to wait on, nothing may be fetched behind an attribute later.
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - as above


class Therapist(Base):
    """A therapist's account."""

    __tablename__ = "therapists"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    email: Mapped[str]
    username: Mapped[str]
    password_hash: Mapped[str]
    full_name: Mapped[str]
    license_number: Mapped[str | None]
    specialization: Mapped[str | None]
    phone: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))
    is_verified: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_login: Mapped[datetime | None]
    legacy_key: Mapped[str | None]
    legacy: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))

    __table_args__ = (
        Index("uq_therapists_email", sql("lower(email)"), unique=True),
        Index("uq_therapists_username", sql("lower(username)"), unique=True),
        UniqueConstraint("legacy_key", name="uq_therapists_legacy_key"),
    )


class Patient(Base):
    """A patient of one therapist; deleting sets `deleted_at` and keeps the row."""

    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    therapist_id: Mapped[int] = mapped_column(
        ForeignKey("therapists.id", name="fk_patients_therapist")
    )
    patient_id: Mapped[str]
    full_name: Mapped[str]
    date_of_birth: Mapped[date | None]
    gender: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    address: Mapped[str | None]
    emergency_contact: Mapped[str | None]
    medical_history: Mapped[str | None]
    notes: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))
    consent_ai_notes: Mapped[bool] = mapped_column(server_default=sql("true"))
    consent_ai_notes_at: Mapped[datetime | None]
    consent_training: Mapped[bool] = mapped_column(server_default=sql("false"))
    consent_training_at: Mapped[datetime | None]
    clinical: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    deleted_at: Mapped[datetime | None]
    legacy_key: Mapped[str | None]
    legacy: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))

    __table_args__ = (
        Index(
            "uq_patients_patient_id",
            "therapist_id",
            "patient_id",
            unique=True,
            postgresql_where=sql("deleted_at IS NULL"),
        ),
        Index(
            "ix_patients_full_name",
            "therapist_id",
            sql("lower(full_name)"),
            "id",
            postgresql_where=sql("deleted_at IS NULL"),
        ),
        # What a session's foreign key points at, so that its therapist is its patient's.
        UniqueConstraint("id", "therapist_id", name="uq_patients_id_therapist"),
        UniqueConstraint("therapist_id", "legacy_key", name="uq_patients_legacy_key"),
    )


class Session(Base):
    """A therapy session; `notes` and its companions mirror the newest note version."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    patient_id: Mapped[int]
    therapist_id: Mapped[int]
    session_number: Mapped[int]
    session_date: Mapped[datetime] = mapped_column(server_default=func.now())
    duration: Mapped[int | None]
    language: Mapped[str] = mapped_column(server_default=sql("'english'"))
    original_transcription: Mapped[str | None]
    translated_transcription: Mapped[str | None]
    translation_language: Mapped[str | None]
    audio_file_path: Mapped[str | None]
    audio_file_size: Mapped[int | None]
    notes: Mapped[str | None]
    notes_version: Mapped[int] = mapped_column(server_default=sql("0"))
    notes_is_ai_generated: Mapped[bool] = mapped_column(server_default=sql("false"))
    notes_edited_from_ai: Mapped[bool] = mapped_column(server_default=sql("false"))
    notes_generated_at: Mapped[datetime | None]
    notes_last_edited_at: Mapped[datetime | None]
    diagnosis: Mapped[str | None]
    treatment_plan: Mapped[str | None]
    is_completed: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    deleted_at: Mapped[datetime | None]
    legacy_key: Mapped[str | None]
    legacy: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))

    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "therapist_id"],
            ["patients.id", "patients.therapist_id"],
            name="fk_sessions_patient",
        ),
        UniqueConstraint("patient_id", "session_number", name="uq_sessions_session_number"),
        UniqueConstraint("patient_id", "legacy_key", name="uq_sessions_legacy_key"),
        CheckConstraint("(notes_version = 0) = (notes IS NULL)", name="ck_sessions_notes_version"),
        CheckConstraint(
            "notes_is_ai_generated OR NOT notes_edited_from_ai", name="ck_sessions_notes_origin"
        ),
        Index(
            "ix_sessions_newest",
            "patient_id",
            sql("session_date DESC"),
            sql("id DESC"),
            postgresql_where=sql("deleted_at IS NULL"),
        ),
    )


class NoteVersion(Base):
    """One version of a session's note; a trigger refuses every change but the signature."""

    __tablename__ = "note_versions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", name="fk_note_versions_session")
    )
    number: Mapped[int]
    origin: Mapped[str]
    text: Mapped[str]
    style: Mapped[str]
    model: Mapped[str | None]
    prompt_version: Mapped[str | None]
    request_id: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("therapists.id", name="fk_note_versions_author")
    )
    # When the AI text was generated that this version is or stems from.
    generated_at: Mapped[datetime | None]
    # Not now(): a writer that waited for another must not seem to be the earlier one.
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(
        ForeignKey("therapists.id", name="fk_note_versions_signer")
    )

    __table_args__ = (
        UniqueConstraint("session_id", "number", name="uq_note_versions_number"),
        UniqueConstraint("session_id", "request_id", name="uq_note_versions_request_id"),
        CheckConstraint("number > 0", name="ck_note_versions_number"),
        CheckConstraint("origin IN ('ai', 'human', 'ai_edited')", name="ck_note_versions_origin"),
        CheckConstraint(
            "(signed_at IS NULL) = (signed_by IS NULL)", name="ck_note_versions_signature"
        ),
    )


class SessionFacts(Base):
    """What is kept of a session for summaries, under the digest of the texts it was read from."""

    __tablename__ = "session_facts"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", name="fk_session_facts_session"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RevokedToken(Base):
    """A bearer token that was logged out before it expired."""

    __tablename__ = "revoked_tokens"

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Installation(Base):
    """What this database is called; its one row is made with the table."""

    __tablename__ = "installation"

    is_only: Mapped[bool] = mapped_column(server_default=sql("true"), primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())

    __table_args__ = (CheckConstraint("is_only", name="ck_installation_is_only"),)
