"""The acceptance test: the mobile app's calls, in its order, against the whole running system."""

import time
from collections.abc import Iterator

import pytest

from tests.mobile_app import MobileApp, new_app

HEADINGS = ("Chief Complaint", "Emotional State", "Risk", "Intervention", "Plan")
TRANSCRIPT = """Therapist: Good morning. How have you been since our last session?
Patient: Not so good. I keep lying awake and I feel hopeless about the job.
Therapist: Have you had any thoughts of ending your life?
Patient: Yes, some nights I think about suicide, but I have no plan and I would not do it.
Therapist: Thank you for telling me. Let us go through the safety plan once more, together.
Patient: I would call my sister first. The breathing exercise helps a little too.
Therapist: Please practise it every evening, and we meet again on Thursday."""


@pytest.fixture
def app(live_server: str) -> Iterator[MobileApp]:
    """Yield the app on the phone of a new therapist who is logged in."""
    with new_app(live_server) as app:
        yield app


def write_note(app: MobileApp, session_id: int) -> str:
    """Return the stored note, waiting for it as the app's user would if it takes long."""
    response = app.generate_notes(session_id)
    assert response.status_code in (200, 202), response.text
    if response.status_code == 200:
        assert response.json()["fallback"] is False, response.json()["fallback_reason"]
    deadline = time.monotonic() + 300
    while not (notes := app.session(session_id)["notes"]):
        assert time.monotonic() < deadline, "the note was never stored"
        time.sleep(1)
    return str(notes)


def test_the_apps_whole_day(app: MobileApp) -> None:
    assert app.me()["patient_count"] == 0
    patient = app.create_patient("Sam Example")
    assert [each["id"] for each in app.patients()] == [patient["id"]]
    assert app.search("Sam")[0]["patient"]["id"] == patient["id"]
    assert app.update_patient(patient["id"], notes="Prefers afternoons.")["notes"]

    session = app.create_session(patient["id"])
    assert app.session(session["id"])["notes"] is None
    app.update_session(session["id"], original_transcription=TRANSCRIPT, duration=3000)

    generated = write_note(app, session["id"])
    assert [line.split(":**")[0] for line in generated.splitlines()] == [
        f"**{heading}" for heading in HEADINGS
    ]
    assert "{{RED:suicid" in generated
    metadata = app.session(session["id"])["notes_metadata"]
    assert (metadata["is_ai_generated"], metadata["edited_from_ai"]) == (True, False)
    assert metadata["generated_at"] is not None

    edited = generated.replace("**Plan:**", "**Plan:** Call on Monday.")
    saved = app.update_session(session["id"], notes=edited)
    assert (saved["notes"], saved["notes_metadata"]["edited_from_ai"]) == (edited, True)

    edited_again = f"{edited}\nSeen by Ada."
    saved = app.save_notes(session["id"], edited_again)
    assert saved["notes"] == app.session(session["id"])["notes"] == edited_again
    assert saved["notes_metadata"]["edited_from_ai"] is True

    refused = app.generate_notes(session["id"], regenerate=False)
    assert refused.status_code == 400
    assert "regenerate" in refused.json()["detail"]
    assert app.session(session["id"])["notes"] == edited_again

    answer = app.generate_notes(session["id"], regenerate=True)
    assert answer.status_code == 200, answer.text
    assert answer.json()["can_edit"] is True
    assert answer.json()["inference_time"] > 0
    metadata = app.session(session["id"])["notes_metadata"]
    assert (metadata["is_ai_generated"], metadata["edited_from_ai"]) == (True, False)

    second = app.create_session(patient["id"], TRANSCRIPT.replace("hopeless", "hopeful"))
    assert [each["session_number"] for each in app.sessions(patient["id"])] == [2, 1]
    summary = app.summarize(patient["id"], sends_token=True).json()
    assert summary["success"] is True, summary
    assert summary["session_count"] == 2
    assert summary["summary"]
    assert summary["key_points"]

    app.delete_session(second["id"])
    app.delete_session(session["id"])
    assert app.patient(patient["id"])["session_count"] == 0
    app.delete_patient(patient["id"])
    assert app.patients() == []


def test_a_hand_written_note_stays_the_therapists(app: MobileApp) -> None:
    patient = app.create_patient("Kim Example")
    session = app.create_session(patient["id"], TRANSCRIPT)
    saved = app.save_notes(session["id"], "Written by hand.")
    assert saved["notes_metadata"]["is_ai_generated"] is False
    assert app.generate_notes(session["id"], regenerate=False).status_code == 400
    assert app.session(session["id"])["notes"] == "Written by hand."


def test_a_transcript_that_is_too_short_is_explained(app: MobileApp) -> None:
    patient = app.create_patient("Lee Example")
    for transcript, word in (("Patient: Hi.", "50"), (None, "transcript")):
        session = app.create_session(patient["id"], transcript)
        answer = app.generate_notes(session["id"])
        assert answer.status_code == 400
        assert word in answer.json()["detail"]


def test_the_summary_without_a_token_is_closed(app: MobileApp) -> None:
    patient = app.create_patient("Max Example")
    answer = app.summarize(patient["id"], sends_token=False)
    assert answer.status_code == 401
    assert answer.json()["message"]


def test_a_second_therapist_sees_nothing(app: MobileApp, live_server: str) -> None:
    patient = app.create_patient("Sam Example")
    session = app.create_session(patient["id"], TRANSCRIPT)
    with new_app(live_server) as other:
        assert other.patients() == []
        assert other.generate_notes(session["id"]).status_code == 404
        assert other.summarize(patient["id"], sends_token=True).status_code == 404


def test_a_token_ends_with_the_logout(app: MobileApp) -> None:
    assert app.log_out().is_success
    assert app.log_out().status_code == 401
