"""Routes: writing, saving, reading and signing notes."""

import asyncio
from typing import Any

import httpx
import pytest

from db.session import Database
from deployments.services import NoteOutcome, NoteStatus
from notes.errors import (
    ConsentMissingError,
    NoteExistsError,
    NoteSignedError,
    QueueFullError,
    TranscriptTooShortError,
    UnknownStyleError,
)
from tests.serve.fake_notes import NOTE, FakeNotes


@pytest.fixture
def path(session: dict[str, Any]) -> str:
    return f"/sessions/{session['id']}"


async def store_generated(
    database: Database, session: dict[str, Any], ada: httpx.AsyncClient, text: str = NOTE
) -> None:
    therapist_id = (await ada.get("/auth/me")).json()["therapist"]["id"]
    async with database.transaction() as repos:
        current = await repos.sessions.get(therapist_id, session["id"])
        await repos.notes.save_generated(
            therapist_id,
            session["id"],
            text,
            style="sections5",
            model="fake",
            prompt_version="1",
            request_id=None,
            details={"coverage": 1.0},
            regenerate=True,
            if_version=current.notes_version,
            transcript=current.original_transcription or "",
        )


@pytest.mark.parametrize(
    ("body", "regenerate", "style"),
    [
        ({"regenerate": True}, True, "sections5"),
        ({"regenerate": False, "style": "sections5"}, False, "sections5"),
        ({}, False, "sections5"),
        (None, False, "sections5"),
    ],
)
async def test_generate_passes_on_what_was_asked(
    body: Any,
    regenerate: bool,
    style: str,
    ada: httpx.AsyncClient,
    path: str,
    notes: FakeNotes,
) -> None:
    response = await ada.post(f"{path}/generate-notes", json=body)
    assert response.status_code == 200
    assert notes.calls[0][2:] == (int(path.rsplit("/", maxsplit=1)[-1]), regenerate, style)


async def test_a_stored_note(ada: httpx.AsyncClient, path: str, notes: FakeNotes) -> None:
    notes.outcome = NoteOutcome(
        NoteStatus.STORED,
        5,
        NOTE,
        version=3,
        inference_time_s=4.25,
        coverage=0.5,
        findings=({"category": "suicide", "polarity": "denied"},),
        warnings=("too_short",),
        model="fake",
    )
    response = await ada.post(f"{path}/generate-notes", json={"regenerate": True})
    assert response.headers["ETag"] == '"3"'
    assert response.json() == {
        "success": True,
        "session_id": 5,
        "generated_notes": NOTE,
        "can_edit": True,
        "inference_time": 4.25,
        "version": 3,
        "coverage": 0.5,
        "findings": [{"category": "suicide", "polarity": "denied"}],
        "warnings": ["too_short"],
        "model": "fake",
        "fallback": False,
        "fallback_reason": None,
    }


async def test_a_note_that_takes_long(ada: httpx.AsyncClient, path: str, notes: FakeNotes) -> None:
    notes.outcome = NoteOutcome(NoteStatus.PENDING, 5, eta_minutes=3)
    response = await ada.post(f"{path}/generate-notes", json={"regenerate": True})
    assert response.status_code == 202
    assert response.headers["Retry-After"] == "180"
    body = response.json()
    assert (body["success"], body["session_id"], body["eta_minutes"]) == (False, 5, 3)
    assert body["detail"] == (
        "The note is being written; open the session again in about 3 minutes."
    )


async def test_a_fallback_says_that_it_is_one(
    ada: httpx.AsyncClient, path: str, notes: FakeNotes
) -> None:
    notes.outcome = NoteOutcome(
        NoteStatus.FALLBACK, 5, "An extract.", reason="The model did not finish within 60 s."
    )
    response = await ada.post(f"{path}/generate-notes", json={"regenerate": True})
    body = response.json()
    assert (response.status_code, body["success"], body["fallback"]) == (200, True, True)
    assert body["fallback_reason"] == "The model did not finish within 60 s."
    assert (body["generated_notes"], body["version"]) == ("An extract.", None)
    assert "ETag" not in response.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TranscriptTooShortError(num_chars=3, min_chars=50), 400),
        (NoteExistsError(session_id=1), 400),
        (UnknownStyleError(style="x", known="sections5"), 400),
        (ConsentMissingError(patient_id=1), 403),
        (NoteSignedError(session_id=1), 409),
        (QueueFullError(retry_after_s=4), 429),
        (RuntimeError("planted"), 500),
    ],
)
async def test_what_the_pipeline_refuses(
    error: Exception, status: int, ada: httpx.AsyncClient, path: str, notes: FakeNotes
) -> None:
    notes.error = error
    response = await ada.post(f"{path}/generate-notes", json={"regenerate": True})
    assert response.status_code == status
    assert response.json()["detail"]
    assert "planted" not in response.text


async def test_another_session_in_the_body_is_refused(
    ada: httpx.AsyncClient, path: str, notes: FakeNotes
) -> None:
    response = await ada.post(f"{path}/generate-notes", json={"session_id": 999_999})
    assert (response.status_code, notes.calls) == (400, [])


async def test_save_does_not_believe_the_clients_flags(ada: httpx.AsyncClient, path: str) -> None:
    body = {"notes": "By hand.", "is_ai_generated": True, "edited_from_ai": True}
    saved = (await ada.put(f"{path}/notes", json=body)).json()
    assert {"success", "session_id", "notes", "updated_at", "notes_metadata"} <= set(saved)
    assert saved["notes"] == "By hand."
    assert saved["notes_metadata"]["is_ai_generated"] is False
    assert saved["notes_metadata"]["edited_from_ai"] is False


async def test_an_edited_note_is_known_as_such_by_both_routes(
    ada: httpx.AsyncClient, path: str, session: dict[str, Any], database: Database
) -> None:
    await store_generated(database, session, ada)
    read = (await ada.get(path)).json()["notes_metadata"]
    assert (read["is_ai_generated"], read["edited_from_ai"]) == (True, False)
    edited = (await ada.put(f"{path}/notes", json={"notes": "Edited."})).json()
    assert edited["notes_metadata"]["edited_from_ai"] is True
    await ada.put(path, json={"notes": "Edited again."})
    versions = (await ada.get(f"{path}/notes/versions")).json()["versions"]
    assert [each["origin"] for each in versions] == ["ai", "ai_edited", "ai_edited"]


async def test_versions_can_be_read_back(
    ada: httpx.AsyncClient, path: str, session: dict[str, Any], database: Database
) -> None:
    await ada.put(f"{path}/notes", json={"notes": "By hand."})
    await store_generated(database, session, ada)
    listed = (await ada.get(f"{path}/notes/versions")).json()
    assert (listed["success"], listed["count"]) == (True, 2)
    assert [each["version"] for each in listed["versions"]] == [1, 2]
    first = await ada.get(f"{path}/notes/versions/1")
    assert first.headers["ETag"] == '"1"'
    assert (first.json()["notes"], first.json()["origin"]) == ("By hand.", "human")
    second = (await ada.get(f"{path}/notes/versions/2")).json()
    assert (second["model"], second["details"]["coverage"]) == ("fake", 1.0)
    assert (await ada.get(f"{path}/notes/versions/3")).status_code == 404


@pytest.mark.parametrize("if_match", ['"1"', 'W/"1"', "1"])
async def test_if_match_guards_against_a_lost_update(
    if_match: str, ada: httpx.AsyncClient, path: str
) -> None:
    first = await ada.put(f"{path}/notes", json={"notes": "One."})
    assert first.headers["ETag"] == '"1"'
    headers = {"If-Match": if_match}
    second = await ada.put(f"{path}/notes", json={"notes": "Two."}, headers=headers)
    assert (second.status_code, second.headers["ETag"]) == (200, '"2"')
    third = await ada.put(f"{path}/notes", json={"notes": "Three."}, headers=headers)
    assert third.status_code == 409
    assert "version 2" in third.json()["detail"]


@pytest.mark.parametrize(("if_match", "status"), [("*", 200), ("abc", 400), ('"1", "2"', 400)])
async def test_other_forms_of_if_match(
    if_match: str, status: int, ada: httpx.AsyncClient, path: str
) -> None:
    headers = {"If-Match": if_match}
    response = await ada.put(f"{path}/notes", json={"notes": "x"}, headers=headers)
    assert response.status_code == status


async def test_two_people_at_once_lose_nothing(ada: httpx.AsyncClient, path: str) -> None:
    texts = {f"Text {number}." for number in range(6)}
    answers = await asyncio.gather(
        *(ada.put(f"{path}/notes", json={"notes": text}) for text in texts)
    )
    assert {answer.status_code for answer in answers} == {200}
    stored = {
        (await ada.get(f"{path}/notes/versions/{number}")).json()["notes"] for number in range(1, 7)
    }
    assert stored == texts


async def test_sign(ada: httpx.AsyncClient, path: str) -> None:
    assert (await ada.post(f"{path}/notes/sign")).status_code == 404
    await ada.put(f"{path}/notes", json={"notes": "One."})
    therapist_id = (await ada.get("/auth/me")).json()["therapist"]["id"]
    signed = (await ada.post(f"{path}/notes/sign")).json()
    assert signed["success"] is True
    assert signed["version"]["signed_by"] == therapist_id
    assert signed["version"]["signed_at"] is not None
    assert (await ada.get(path)).json()["is_note_signed"] is True


@pytest.mark.parametrize("names_it", ["body", "header"])
async def test_what_is_signed_is_what_was_read(
    names_it: str, ada: httpx.AsyncClient, path: str
) -> None:
    await ada.put(f"{path}/notes", json={"notes": "One."})
    await ada.put(f"{path}/notes", json={"notes": "Two."})

    async def sign(version: int) -> httpx.Response:
        if names_it == "body":
            return await ada.post(f"{path}/notes/sign", json={"version": version})
        return await ada.post(f"{path}/notes/sign", headers={"If-Match": f'"{version}"'})

    assert (await sign(1)).status_code == 409
    assert (await sign(2)).json()["version"]["version"] == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"notes": None}, 422), ({"notes": "a\x00"}, 422), ({"notes": "x" * 20_001}, 413)],
)
async def test_a_wrong_note_is_refused(
    body: dict[str, Any], status: int, ada: httpx.AsyncClient, path: str
) -> None:
    response = await ada.put(f"{path}/notes", json=body)
    assert response.status_code == status
    assert response.json()["detail"]
