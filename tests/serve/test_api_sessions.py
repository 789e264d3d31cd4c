"""Routes: sessions, and notes saved through them."""

import json
from typing import Any

import httpx
import pytest

from tests.serve.conftest import TRANSCRIPT

SESSION_FIELDS = {
    "id",
    "patient_id",
    "session_number",
    "session_date",
    "duration",
    "language",
    "original_transcription",
    "translated_transcription",
    "translation_language",
    "notes",
    "notes_metadata",
    "diagnosis",
    "treatment_plan",
    "is_completed",
    "created_at",
    "updated_at",
}
METADATA_FIELDS = {"is_ai_generated", "edited_from_ai", "generated_at", "last_edited_at"}


@pytest.mark.parametrize("path", ["/sessions/", "/sessions"])
async def test_create(path: str, ada: httpx.AsyncClient, patient: dict[str, Any]) -> None:
    body = {"patient_id": patient["id"], "language": "hindi", "unknown": "x"}
    created = (await ada.post(path, json=body)).json()
    assert {"success", "message", "session"} <= set(created)
    assert set(created["session"]) >= SESSION_FIELDS
    assert created["session"]["session_number"] == 1
    assert created["session"]["language"] == "hindi"
    assert (await ada.post(path, json=body)).json()["session"]["session_number"] == 2


async def test_create_with_notes(ada: httpx.AsyncClient, patient: dict[str, Any]) -> None:
    body = {"patient_id": patient["id"], "notes": "Written by hand.", "duration": 3000.4}
    session = (await ada.post("/sessions/", json=body)).json()["session"]
    assert (session["notes"], session["notes_version"]) == ("Written by hand.", 1)
    assert session["duration"] == 3000
    assert session["notes_metadata"]["is_ai_generated"] is False
    assert session["notes_metadata"]["last_edited_at"] is not None


async def test_the_fields_are_at_the_top_and_under_session(
    ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    response = await ada.get(f"/sessions/{session['id']}")
    body = response.json()
    inner = body.pop("session")
    assert body.pop("success") is True
    assert body == inner
    assert set(inner) >= SESSION_FIELDS
    assert set(inner["notes_metadata"]) == METADATA_FIELDS
    assert inner["original_transcription"] == TRANSCRIPT
    assert response.headers["ETag"] == '"0"'


async def test_sessions_of_a_patient_come_newest_first(
    ada: httpx.AsyncClient, patient: dict[str, Any]
) -> None:
    for _ in range(3):
        await ada.post("/sessions/", json={"patient_id": patient["id"]})
    body = (await ada.get(f"/sessions/patient/{patient['id']}")).json()
    assert (body["success"], body["count"]) == (True, 3)
    assert [session["session_number"] for session in body["sessions"]] == [3, 2, 1]


async def test_update_changes_what_was_sent(
    ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    changes = {
        "duration": 60,
        "translated_transcription": "Therapeut: …",
        "translation_language": "de",
        "diagnosis": "F32.1",
        "treatment_plan": "Weekly.",
        "is_completed": True,
        "original_transcription": None,
    }
    body = (await ada.put(f"/sessions/{session['id']}", json=changes)).json()
    assert {"success", "message", "session"} <= set(body)
    saved = body["session"]
    assert all(saved[name] == changes[name] for name in set(changes) - {"original_transcription"})
    assert saved["original_transcription"] == TRANSCRIPT
    assert saved["updated_at"] > session["updated_at"]


async def test_notes_saved_here_become_a_version(
    ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    path = f"/sessions/{session['id']}"
    response = await ada.put(path, json={"notes": "First.", "diagnosis": "F32.1"})
    assert response.headers["ETag"] == '"1"'
    assert response.json()["session"]["notes"] == "First."
    again = (await ada.put(path, json={"notes": "First."})).json()["session"]
    assert again["notes_version"] == 1
    await ada.put(path, json={"notes": "Second."})
    versions = (await ada.get(f"{path}/notes/versions")).json()
    assert [each["origin"] for each in versions["versions"]] == ["human", "human"]


async def test_an_empty_text_is_no_first_note(
    ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    saved = (await ada.put(f"/sessions/{session['id']}", json={"notes": ""})).json()["session"]
    assert (saved["notes"], saved["notes_version"]) == (None, 0)


async def test_a_lost_update_is_refused(ada: httpx.AsyncClient, session: dict[str, Any]) -> None:
    path = f"/sessions/{session['id']}"
    etag = (await ada.get(path)).headers["ETag"]
    first = await ada.put(path, json={"notes": "Mine."}, headers={"If-Match": etag})
    assert first.status_code == 200
    changes = {"notes": "Mine too.", "diagnosis": "F32.1"}
    second = await ada.put(path, json=changes, headers={"If-Match": etag})
    assert second.status_code == 409
    assert "version 1" in second.json()["detail"]
    current = (await ada.get(path)).json()
    assert (current["notes"], current["diagnosis"]) == ("Mine.", None)


@pytest.mark.parametrize("changes", [{"diagnosis": "F32.1"}, {"diagnosis": "F32.1", "notes": ""}])
async def test_if_match_is_compared_whether_or_not_notes_are_sent(
    changes: dict[str, Any], ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    path = f"/sessions/{session['id']}"
    refused = await ada.put(path, json=changes, headers={"If-Match": '"7"'})
    assert refused.status_code == 409
    assert "version 0" in refused.json()["detail"]
    assert (await ada.get(path)).json()["diagnosis"] is None
    current = await ada.put(path, json=changes, headers={"If-Match": '"0"'})
    assert (current.status_code, current.json()["session"]["diagnosis"]) == (200, "F32.1")


async def test_delete(ada: httpx.AsyncClient, session: dict[str, Any]) -> None:
    body = (await ada.delete(f"/sessions/{session['id']}")).json()
    assert body["success"] is True
    assert body["message"]
    assert (await ada.get(f"/sessions/{session['id']}")).status_code == 404


async def test_what_was_said_is_kept_as_it_came(
    ada: httpx.AsyncClient, patient: dict[str, Any]
) -> None:
    text = "T:\tHow  are you?\r\n\x07P: caf\u0065\u0301 {{RED:x}} <|end|> \U0001f642\n"
    body = {"patient_id": patient["id"], "original_transcription": text}
    session = (await ada.post("/sessions/", json=body)).json()["session"]
    read = (await ada.get(f"/sessions/{session['id']}")).json()
    assert read["original_transcription"] == text


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"original_transcription": "x" * 20_001}, 413, "20000"),
        ({"notes": "x" * 20_001}, 413, "20000"),
        ({"original_transcription": "a\x00b"}, 422, "NUL"),
        ({"notes": "\ud800"}, 422, "surrogate"),
        ({"duration": -1}, 422, "duration"),
        ({"duration": 1e300}, 422, "duration"),
        ({"is_completed": "perhaps"}, 422, "is_completed"),
    ],
)
async def test_wrong_input_is_explained(
    changes: dict[str, Any], status: int, word: str, ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    response = await ada.put(
        f"/sessions/{session['id']}",
        content=json.dumps(changes),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == status
    assert word in response.json()["detail"]


@pytest.mark.parametrize("patient_id", [None, 0, "x", 2**40])
async def test_a_session_needs_a_patient(patient_id: object, ada: httpx.AsyncClient) -> None:
    response = await ada.post("/sessions/", json={"patient_id": patient_id})
    assert response.status_code == 422
    assert '"patient_id": 1' in response.json()["detail"]


async def test_a_patient_who_is_not_there(ada: httpx.AsyncClient) -> None:
    response = await ada.post("/sessions/", json={"patient_id": 123456})
    assert (response.status_code, response.json()["detail"]) == (404, "There is no patient 123456.")
