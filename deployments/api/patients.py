"""Routes: a therapist's patients."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from db.records import PatientMatch, PatientRecord, SessionRecord
from db.search import QueryType, query_type
from deployments.api.auth import DoneReply
from deployments.api.clinical import ClinicalFields
from deployments.api.dependencies import AppServices, Caller
from deployments.api.fields import Day, LongText, Name, OptionalEmail, PathId, ShortText
from deployments.api.sessions import session_reply

router = APIRouter(prefix="/patients", tags=["Patients"])

# Columns that cannot be empty: null in an update means "not sent".
_NEVER_NULL: Final = frozenset(
    {"patient_id", "full_name", "is_active", "consent_ai_notes", "consent_training"}
)


class PatientFields(ClinicalFields):
    """What both a new and a changed patient may carry."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "full_name": "Sam Example",
        "date_of_birth": "1990-05-17",
        "phone": "+1 555 0100",
    }

    patient_id: Name | None = Field(default=None, description="The clinic's own number.")
    date_of_birth: Day = None
    gender: ShortText | None = None
    phone: ShortText | None = None
    email: OptionalEmail = None
    address: ShortText | None = None
    emergency_contact: ShortText | None = None
    medical_history: LongText | None = None
    notes: LongText | None = None
    is_active: bool | None = None
    consent_ai_notes: bool | None = None
    consent_training: bool | None = None

    def to_columns(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return {
            name: value
            for name, value in self.model_dump(exclude_unset=True).items()
            if not (name in _NEVER_NULL and value is None)
        }


class PatientBody(PatientFields):
    """A new patient; the clinic's number is made up where none is sent."""

    full_name: Name


class PatientChanges(PatientFields):
    """What may change."""

    full_name: Name | None = None


class PatientReply(BaseModel):
    """A patient, with the clinical fields beside the others."""

    model_config = ConfigDict(extra="allow")

    id: int
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
    created_at: datetime
    updated_at: datetime
    session_count: int


class PatientsReply(BaseModel):
    """A therapist's patients."""

    success: Literal[True] = True
    count: int
    patients: list[PatientReply]


class OnePatientReply(BaseModel):
    """A patient; with `include_sessions` the sessions are inside."""

    success: Literal[True] = True
    patient: PatientReply


class SavedPatientReply(OnePatientReply):
    """A patient who was just saved."""

    message: str


class PositionReply(BaseModel):
    """Characters of the matched field; `end` is exclusive."""

    model_config = ConfigDict(from_attributes=True)

    start: int
    end: int


class MatchReply(BaseModel):
    """A patient who was found, and where the query stands."""

    patient: PatientReply
    relevance_score: float
    match_field: str
    match_positions: list[PositionReply]


class SearchReply(BaseModel):
    """What a search found, best first."""

    success: Literal[True] = True
    query: str
    query_type: QueryType
    count: int
    results: list[MatchReply]


@router.get("", include_in_schema=False)
@router.get("/")
async def list_patients(
    services: AppServices, caller: Caller, active_only: bool = True
) -> PatientsReply:
    """List the caller's patients."""
    async with services.database.transaction() as repos:
        patients = await repos.patients.list(caller.id, active_only=active_only)
    replies = [patient_reply(patient) for patient in patients]
    return PatientsReply(count=len(replies), patients=replies)


@router.post("", include_in_schema=False)
@router.post("/")
async def create_patient(
    body: PatientBody, services: AppServices, caller: Caller
) -> SavedPatientReply:
    """Create a patient."""
    async with services.database.transaction() as repos:
        patient = await repos.patients.create(caller.id, **body.to_columns())
    return SavedPatientReply(message="Patient created.", patient=patient_reply(patient))


@router.get("/search")
async def search_patients(
    q: Annotated[ShortText, Query(max_length=200)], services: AppServices, caller: Caller
) -> SearchReply:
    """Find patients by the clinic's number, name or phone."""
    async with services.database.transaction() as repos:
        matches = await repos.patients.search(caller.id, q)
    results = [match_reply(match) for match in matches]
    return SearchReply(query=q, query_type=query_type(q), count=len(results), results=results)


@router.get("/{patient_id}")
async def read_patient(
    patient_id: PathId, services: AppServices, caller: Caller, include_sessions: bool = True
) -> OnePatientReply:
    """Return a patient."""
    async with services.database.transaction() as repos:
        patient = await repos.patients.get(caller.id, patient_id)
        sessions = (
            await repos.sessions.list_for_patient(caller.id, patient_id)
            if include_sessions
            else None
        )
    return OnePatientReply(patient=patient_reply(patient, sessions))


@router.put("/{patient_id}")
async def update_patient(
    patient_id: PathId, body: PatientChanges, services: AppServices, caller: Caller
) -> SavedPatientReply:
    """Change a patient; the dates of the consents are kept by the server."""
    async with services.database.transaction() as repos:
        patient = await repos.patients.update(caller.id, patient_id, **body.to_columns())
    return SavedPatientReply(message="Patient updated.", patient=patient_reply(patient))


@router.delete("/{patient_id}")
async def delete_patient(patient_id: PathId, services: AppServices, caller: Caller) -> DoneReply:
    """Delete a patient with all sessions."""
    async with services.database.transaction() as repos:
        await repos.patients.delete(caller.id, patient_id)
    return DoneReply(message="Patient deleted.")


def patient_reply(
    patient: PatientRecord, sessions: Sequence[SessionRecord] | None = None
) -> PatientReply:
    """Return a patient as the app knows it: every clinical field, filled or not."""
    reply: dict[str, Any] = dict.fromkeys(ClinicalFields.model_fields) | patient.clinical
    reply |= {name: getattr(patient, name) for name in PatientReply.model_fields}
    if sessions is not None:
        reply["sessions"] = [session_reply(session) for session in sessions]
    return PatientReply.model_validate(reply)


def match_reply(match: PatientMatch) -> MatchReply:
    """Return a patient who was found."""
    return MatchReply(
        patient=patient_reply(match.patient),
        relevance_score=match.relevance_score,
        match_field=match.match_field,
        match_positions=[
            PositionReply.model_validate(position) for position in match.match_positions
        ],
    )
