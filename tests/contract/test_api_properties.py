"""Properties 13 and 14: whatever is stored or written, the app gets the bodies that it knows."""

import json
from datetime import UTC
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from db.records import NotesMetadata, SessionRecord
from deployments.api.notes import generated_response, saved_reply
from deployments.api.sessions import SessionBody, SessionChanges, one_session_reply
from deployments.api.summaries import summary_reply
from deployments.services import NoteOutcome, NoteStatus, SummaryOutcome

# What PostgreSQL can store, and JSON can carry: no NUL, no half of a surrogate pair.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300)
IDS = st.integers(1, 2**31 - 1)
MOMENTS = st.datetimes(timezones=st.just(UTC))
SECONDS = st.floats(0, 1e6)

STRING_OR_NULL = {"type": ["string", "null"]}


def body_schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


METADATA = body_schema(
    is_ai_generated={"type": "boolean"},
    edited_from_ai={"type": "boolean"},
    generated_at=STRING_OR_NULL,
    last_edited_at=STRING_OR_NULL,
)
SESSION = body_schema(
    id={"type": "integer"},
    patient_id={"type": "integer"},
    session_number={"type": "integer"},
    session_date={"type": "string"},
    duration={"type": ["integer", "null"]},
    language={"type": "string"},
    original_transcription=STRING_OR_NULL,
    translated_transcription=STRING_OR_NULL,
    translation_language=STRING_OR_NULL,
    notes=STRING_OR_NULL,
    notes_metadata=METADATA,
    diagnosis=STRING_OR_NULL,
    treatment_plan=STRING_OR_NULL,
    is_completed={"type": "boolean"},
    created_at={"type": "string"},
    updated_at={"type": "string"},
)
SAVED_NOTES = body_schema(
    success={"const": True},
    session_id={"type": "integer"},
    notes={"type": "string"},
    updated_at={"type": "string"},
    notes_metadata=METADATA,
)
GENERATED = body_schema(
    success={"const": True},
    session_id={"type": "integer"},
    generated_notes={"type": "string"},
    can_edit={"const": True},
    inference_time={"type": "number", "minimum": 0},
)
PENDING = body_schema(
    success={"const": False}, session_id={"type": "integer"}, detail={"type": "string"}
)
SUMMARY = body_schema(
    success={"type": "boolean"},
    summary={"type": "string"},
    session_count={"type": "integer", "minimum": 0},
    key_points={"type": "array", "items": {"type": "string"}},
    total_text_length={"type": "integer", "minimum": 0},
    inference_time={"type": "number", "minimum": 0},
)

metadata = st.builds(
    NotesMetadata, st.booleans(), st.booleans(), st.none() | MOMENTS, st.none() | MOMENTS
)
sessions = st.builds(
    SessionRecord,
    id=IDS,
    patient_id=IDS,
    therapist_id=IDS,
    session_number=IDS,
    session_date=MOMENTS,
    duration=st.none() | st.integers(0, 604_800),
    language=TEXT,
    original_transcription=st.none() | TEXT,
    translated_transcription=st.none() | TEXT,
    translation_language=st.none() | TEXT,
    notes=st.none() | TEXT,
    notes_version=st.integers(0, 1000),
    notes_metadata=metadata,
    is_note_signed=st.booleans(),
    diagnosis=st.none() | TEXT,
    treatment_plan=st.none() | TEXT,
    is_completed=st.booleans(),
    created_at=MOMENTS,
    updated_at=MOMENTS,
)
summaries = st.builds(
    SummaryOutcome,
    text=TEXT,
    key_points=st.lists(TEXT, max_size=8).map(tuple),
    num_sessions=st.integers(0, 500),
    total_text_length=st.integers(0, 10**9),
    inference_time_s=SECONDS,
    is_fallback=st.booleans(),
    reason=st.none() | TEXT,
    coverage=st.none() | st.floats(0, 1),
    warnings=st.lists(TEXT, max_size=3).map(tuple),
    model=st.none() | TEXT,
)
outcomes = st.builds(
    NoteOutcome,
    status=st.sampled_from(NoteStatus),
    session_id=IDS,
    text=TEXT,
    version=st.none() | IDS,
    inference_time_s=SECONDS,
    eta_minutes=st.none() | st.integers(0, 10_000),
    reason=st.none() | TEXT,
    coverage=st.none() | st.floats(0, 1),
    findings=st.lists(st.dictionaries(TEXT, st.none() | TEXT | st.integers()), max_size=3).map(
        tuple
    ),
    warnings=st.lists(TEXT, max_size=3).map(tuple),
    model=st.none() | TEXT,
)


@settings(max_examples=200)
@given(summaries, st.booleans())
def test_summaries_have_the_fields_that_the_app_reads(
    outcome: SummaryOutcome, is_of_sessions: bool
) -> None:
    """Property 13: API Response Format Compatibility."""
    reply = summary_reply(outcome, is_of_sessions=is_of_sessions)
    body = json.loads(reply.model_dump_json())
    jsonschema.validate(body, SUMMARY)
    assert (body["summary"], body["session_count"]) == (outcome.text, outcome.num_sessions)
    assert body["key_points"] == list(outcome.key_points)
    assert body["success"] or body["message"]


@settings(max_examples=200)
@given(outcomes)
def test_generated_notes_have_the_fields_that_the_app_reads(outcome: NoteOutcome) -> None:
    """Property 13: API Response Format Compatibility."""
    response = generated_response(outcome)
    body = json.loads(bytes(response.body))
    is_pending = outcome.status is NoteStatus.PENDING
    jsonschema.validate(body, PENDING if is_pending else GENERATED)
    assert response.status_code == (202 if is_pending else 200)
    if not is_pending:
        assert body["generated_notes"] == outcome.text
        assert body["fallback"] is (outcome.status is NoteStatus.FALLBACK)


@settings(max_examples=200)
@given(sessions)
def test_a_session_reads_as_it_did_before(session: SessionRecord) -> None:
    """Property 14: Session Processing Equivalence."""
    body = json.loads(one_session_reply(session).model_dump_json())
    jsonschema.validate(body, SESSION)
    jsonschema.validate(body["session"], SESSION)
    assert {name: body[name] for name in body["session"]} == body["session"]
    assert body["original_transcription"] == session.original_transcription
    assert body["notes"] == session.notes
    assert "therapist_id" not in body


@settings(max_examples=200)
@given(sessions)
def test_saved_notes_read_as_they_did_before(session: SessionRecord) -> None:
    """Property 14: Session Processing Equivalence."""
    body = json.loads(saved_reply(session).model_dump_json())
    jsonschema.validate(body, SAVED_NOTES)
    assert body["notes"] == (session.notes or "")


bodies = st.fixed_dictionaries(
    {"patient_id": IDS, "language": st.sampled_from(["hindi", "english"])},
    optional={
        "duration": st.none() | st.integers(0, 604_800),
        "original_transcription": st.none() | TEXT,
        "notes": st.none() | TEXT,
        "audio_file_path": TEXT,
    },
)


@settings(max_examples=200)
@given(bodies)
def test_every_session_that_the_app_sends_is_taken_as_sent(sent: dict[str, Any]) -> None:
    """Property 14: Session Processing Equivalence."""
    for kind in (SessionBody, SessionChanges):
        taken = kind.model_validate_json(json.dumps(sent)).model_dump()
        assert "audio_file_path" not in taken
        assert {name: taken[name] for name in sent if name in taken} == {
            name: value for name, value in sent.items() if name in taken
        }
