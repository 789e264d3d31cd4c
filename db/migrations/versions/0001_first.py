"""The first schema: therapists, patients, sessions, note versions, revoked tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOT_DELETED = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    _create_therapists()
    _create_patients()
    _create_sessions()
    _create_note_versions()
    _protect_note_versions()
    _create_revoked_tokens()


def downgrade() -> None:
    for table in ("revoked_tokens", "note_versions", "sessions", "patients", "therapists"):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_note_versions")


def _create_therapists() -> None:
    op.create_table(
        "therapists",
        _id(),
        *_required("email", "username", "password_hash", "full_name"),
        *_texts("license_number", "specialization", "phone"),
        _flag("is_active", True),
        _flag("is_verified", False),
        _moment("created_at"),
        *_times("last_login"),
        *_imported(),
        sa.UniqueConstraint("legacy_key", name="uq_therapists_legacy_key"),
    )
    for column in ("email", "username"):
        expression = sa.text(f"lower({column})")
        op.create_index(f"uq_therapists_{column}", "therapists", [expression], unique=True)


def _create_patients() -> None:
    op.create_table(
        "patients",
        _id(),
        sa.Column("therapist_id", sa.BigInteger, nullable=False),
        *_required("patient_id", "full_name"),
        sa.Column("date_of_birth", sa.Date),
        *_texts("gender", "phone", "email", "address", "emergency_contact"),
        *_texts("medical_history", "notes"),
        _flag("is_active", True),
        _flag("consent_ai_notes", True),
        *_times("consent_ai_notes_at"),
        _flag("consent_training", False),
        *_times("consent_training_at"),
        _document("clinical"),
        _moment("created_at"),
        _moment("updated_at"),
        *_times("deleted_at"),
        *_imported(),
        sa.ForeignKeyConstraint(["therapist_id"], ["therapists.id"], name="fk_patients_therapist"),
        sa.UniqueConstraint("id", "therapist_id", name="uq_patients_id_therapist"),
        sa.UniqueConstraint("therapist_id", "legacy_key", name="uq_patients_legacy_key"),
    )
    op.create_index(
        "uq_patients_patient_id",
        "patients",
        ["therapist_id", "patient_id"],
        unique=True,
        postgresql_where=NOT_DELETED,
    )
    op.create_index(
        "ix_patients_full_name",
        "patients",
        ["therapist_id", sa.text("lower(full_name)"), "id"],
        postgresql_where=NOT_DELETED,
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        _id(),
        sa.Column("patient_id", sa.BigInteger, nullable=False),
        sa.Column("therapist_id", sa.BigInteger, nullable=False),
        sa.Column("session_number", sa.BigInteger, nullable=False),
        _moment("session_date"),
        sa.Column("duration", sa.BigInteger),
        sa.Column("language", sa.Text, nullable=False, server_default="english"),
        *_texts("original_transcription", "translated_transcription", "translation_language"),
        *_texts("audio_file_path"),
        sa.Column("audio_file_size", sa.BigInteger),
        *_texts("notes"),
        sa.Column("notes_version", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        _flag("notes_is_ai_generated", False),
        _flag("notes_edited_from_ai", False),
        *_times("notes_generated_at", "notes_last_edited_at"),
        *_texts("diagnosis", "treatment_plan"),
        _flag("is_completed", False),
        _moment("created_at"),
        _moment("updated_at"),
        *_times("deleted_at"),
        *_imported(),
        sa.ForeignKeyConstraint(
            ["patient_id", "therapist_id"],
            ["patients.id", "patients.therapist_id"],
            name="fk_sessions_patient",
        ),
        sa.UniqueConstraint("patient_id", "session_number", name="uq_sessions_session_number"),
        sa.UniqueConstraint("patient_id", "legacy_key", name="uq_sessions_legacy_key"),
        sa.CheckConstraint(
            "(notes_version = 0) = (notes IS NULL)", name="ck_sessions_notes_version"
        ),
        sa.CheckConstraint(
            "notes_is_ai_generated OR NOT notes_edited_from_ai", name="ck_sessions_notes_origin"
        ),
    )
    op.create_index(
        "ix_sessions_newest",
        "sessions",
        ["patient_id", sa.text("session_date DESC"), sa.text("id DESC")],
        postgresql_where=NOT_DELETED,
    )


def _create_note_versions() -> None:
    op.create_table(
        "note_versions",
        _id(),
        sa.Column("session_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        *_required("origin", "text", "style"),
        *_texts("model", "prompt_version", "request_id"),
        _document("details"),
        sa.Column("author_id", sa.BigInteger),
        *_times("generated_at"),
        _moment("created_at", default="clock_timestamp()"),
        *_times("signed_at"),
        sa.Column("signed_by", sa.BigInteger),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_note_versions_session"),
        sa.ForeignKeyConstraint(["author_id"], ["therapists.id"], name="fk_note_versions_author"),
        sa.ForeignKeyConstraint(["signed_by"], ["therapists.id"], name="fk_note_versions_signer"),
        sa.UniqueConstraint("session_id", "number", name="uq_note_versions_number"),
        sa.UniqueConstraint("session_id", "request_id", name="uq_note_versions_request_id"),
        sa.CheckConstraint("number > 0", name="ck_note_versions_number"),
        sa.CheckConstraint(
            "origin IN ('ai', 'human', 'ai_edited')", name="ck_note_versions_origin"
        ),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_by IS NULL)", name="ck_note_versions_signature"
        ),
    )


def _protect_note_versions() -> None:
    """Let the database itself refuse to change or forget what was written."""
    op.execute(
        """
        CREATE FUNCTION keep_note_versions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.signed_at IS NULL
               AND to_jsonb(NEW) - 'signed_at' - 'signed_by'
                 = to_jsonb(OLD) - 'signed_at' - 'signed_by' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'note versions are kept as they were written'
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON note_versions "
        "FOR EACH ROW EXECUTE FUNCTION keep_note_versions()"
    )
    op.execute(
        "CREATE TRIGGER keep_table BEFORE TRUNCATE ON note_versions "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_note_versions()"
    )


def _create_revoked_tokens() -> None:
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.Text, primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_revoked_tokens_expires_at", "revoked_tokens", ["expires_at"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]


def _times(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def _moment(name: str, default: str = "now()") -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text(default)
    )


def _flag(name: str, default: bool) -> sa.Column[bool]:
    value = sa.text("true" if default else "false")
    return sa.Column(name, sa.Boolean, nullable=False, server_default=value)


def _document(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text("'{}'"))


def _imported() -> list[sa.Column[object]]:
    """What ties a row to the ancestor's, and what of that row has no column here."""
    return [sa.Column("legacy_key", sa.Text), _document("legacy")]
