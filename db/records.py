"""What repositories return: plain frozen values that may cross a process."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

# The ancestor's `salt$sha256` behind this prefix; to be verified once and then hashed anew.
LEGACY_HASH_PREFIX = "auralis-sha256$"

# The style of a note that a person wrote from nothing.
FREE_STYLE = "free"

# The ancestor's free-text columns of a patient, kept by name and not interpreted.
CLINICAL_FIELDS = (
    "age",
    "residence",
    "education",
    "occupation",
    "marital_status",
    "date_of_assessment",
    "current_medical_conditions",
    "past_medical_conditions",
    "current_medications",
    "allergies",
    "hospitalizations",
    "previous_psychiatric_diagnoses",
    "previous_psychiatric_treatment",
    "previous_psychiatric_hospitalizations",
    "suicide_self_harm_history",
    "substance_use_history",
    "psychiatric_illness_family",
    "medical_illness_family",
    "family_dynamics",
    "significant_family_events",
    "childhood_developmental_history",
    "educational_history",
    "occupational_history",
    "relationship_history",
    "social_support_system",
    "living_situation",
    "cultural_religious_background",
    "chief_complaint",
    "chief_complaint_description",
    "illness_onset",
    "illness_progression",
    "previous_episodes",
    "triggers",
    "impact_on_functioning",
    "mse_appearance",
    "mse_behavior",
    "mse_speech",
    "mse_mood",
    "mse_affect",
    "mse_thought_process",
    "mse_thought_content",
    "mse_perception",
    "mse_cognition",
    "mse_insight",
    "mse_judgment",
)


class NoteOrigin(Enum):
    """Who wrote a version, computed by the server from the difference to its predecessor."""

    AI = "ai"
    HUMAN = "human"
    AI_EDITED = "ai_edited"


@dataclass(frozen=True, slots=True)
class TherapistRecord:
    """A therapist, without the password hash."""

    id: int
    email: str
    username: str
    full_name: str
    license_number: str | None
    specialization: str | None
    phone: str | None
    is_active: bool
    is_verified: bool
    created_at: datetime
    last_login: datetime | None
    patient_count: int


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient; `clinical` holds the ancestor's free-text columns by name."""

    id: int
    therapist_id: int
    patient_id: str
    full_name: str
    date_of_birth: date | None
    gender: str | None
    phone: str | None
    email: str | None
    address: str | None
    emergency_contact: str | None
    medical_history: str | None
    notes: str | None
    is_active: bool
    consent_ai_notes: bool
    consent_ai_notes_at: datetime | None
    consent_training: bool
    consent_training_at: datetime | None
    clinical: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    session_count: int


@dataclass(frozen=True, slots=True)
class MatchPosition:
    """Where a query stands in the matched field, in characters; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """A patient found by a search; `match_field` is "patient_id", "name" or "phone"."""

    patient: PatientRecord
    relevance_score: float
    match_field: str
    match_positions: tuple[MatchPosition, ...]


@dataclass(frozen=True, slots=True)
class NotesMetadata:
    """The design's four facts about a session's current note."""

    is_ai_generated: bool
    edited_from_ai: bool
    generated_at: datetime | None
    last_edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A therapy session with its current note."""

    id: int
    patient_id: int
    therapist_id: int
    session_number: int
    session_date: datetime
    duration: int | None
    language: str
    original_transcription: str | None
    translated_transcription: str | None
    translation_language: str | None
    notes: str | None
    notes_version: int
    notes_metadata: NotesMetadata
    is_note_signed: bool
    diagnosis: str | None
    treatment_plan: str | None
    is_completed: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class NoteVersionRecord:
    """One immutable version of a session's note; `number` counts from 1."""

    id: int
    session_id: int
    number: int
    origin: NoteOrigin
    text: str
    style: str
    model: str | None
    prompt_version: str | None
    request_id: str | None
    details: dict[str, Any]
    author_id: int | None
    created_at: datetime
    signed_at: datetime | None
    signed_by: int | None


@dataclass(frozen=True, slots=True)
class NoteText:
    """The text of a note version, and the risk findings that were stored with it, if any."""

    number: int
    text: str
    findings: Any
    origin: NoteOrigin


@dataclass(frozen=True, slots=True)
class SessionTexts:
    """All texts of a session, under their digest; `signed` is the version that was signed last."""

    session_id: int
    session_number: int
    session_date: datetime
    digest: str
    signed: NoteText | None
    current: NoteText | None
    original_transcription: str | None
    translated_transcription: str | None


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What is kept of a session, under the digest of the texts that it was read from."""

    session_id: int
    digest: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SummarizedSession:
    """A session of a course of treatment; `facts` is None where nothing is kept of its texts."""

    session_id: int
    session_number: int
    session_date: datetime
    num_chars: int
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class RoomNames:
    """What the database knows that names the people of a session, as free text."""

    people: tuple[str, ...]
    places: tuple[str, ...]
    numbers: tuple[str, ...]
    birth_year: int | None


@dataclass(frozen=True, slots=True)
class ReviewedNote:
    """A session's last signed note, and what the model had drafted in its style, if anything."""

    session_id: int
    style: str
    signed: str
    drafted: str | None
    draft_details: dict[str, Any]
    original_transcription: str | None
    translated_transcription: str | None
    names: RoomNames
