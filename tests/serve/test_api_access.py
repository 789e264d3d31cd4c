"""Every row of the table: closed without a token, and another therapist's rows are not there."""

from typing import Any

import httpx
import pytest

from tests.serve.fake_notes import FakeNotes

CLOSED = [
    ("GET", "/auth/me"),
    ("POST", "/auth/logout"),
    ("GET", "/patients/"),
    ("GET", "/patients"),
    ("POST", "/patients/"),
    ("POST", "/patients"),
    ("GET", "/patients/1"),
    ("PUT", "/patients/1"),
    ("DELETE", "/patients/1"),
    ("GET", "/patients/search?q=sam"),
    ("POST", "/sessions/"),
    ("POST", "/sessions"),
    ("GET", "/sessions/patient/1"),
    ("GET", "/sessions/1"),
    ("PUT", "/sessions/1"),
    ("DELETE", "/sessions/1"),
    ("POST", "/sessions/1/generate-notes"),
    ("PUT", "/sessions/1/notes"),
    ("POST", "/sessions/1/notes/sign"),
    ("GET", "/sessions/1/notes/versions"),
    ("GET", "/sessions/1/notes/versions/1"),
    ("POST", "/summarize-sessions"),
    ("POST", "/summarize-text"),
]
BODIES: dict[str, dict[str, Any]] = {
    "/patients": {"full_name": "Sam"},
    "/sessions": {"patient_id": 1},
    "/sessions/1/notes": {"notes": "x"},
    "/summarize-sessions": {"patient_id": 1},
    "/summarize-text": {"text": "x"},
}


@pytest.mark.parametrize("token", [None, "nonsense", "Bearer nonsense", "Basic YTpi"])
async def test_nothing_is_open_without_a_token(
    token: str | None, anonymous: httpx.AsyncClient, notes: FakeNotes
) -> None:
    headers = {} if token is None else {"Authorization": token}
    for method, path in CLOSED:
        body = BODIES.get(path.rstrip("/"))
        response = await anonymous.request(method, path, json=body, headers=headers)
        assert response.status_code == 401, (method, path)
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json()["detail"]
    assert notes.calls == []


async def test_another_therapists_rows_are_not_there(
    ada: httpx.AsyncClient,
    bob: httpx.AsyncClient,
    patient: dict[str, Any],
    session: dict[str, Any],
) -> None:
    saved = await ada.put(f"/sessions/{session['id']}/notes", json={"notes": "Ada's words."})
    assert saved.status_code == 200
    attempts: list[tuple[str, str, Any]] = [
        ("GET", f"/patients/{patient['id']}", None),
        ("PUT", f"/patients/{patient['id']}", {"full_name": "Mine"}),
        ("DELETE", f"/patients/{patient['id']}", None),
        ("POST", "/sessions/", {"patient_id": patient["id"]}),
        ("GET", f"/sessions/patient/{patient['id']}", None),
        ("GET", f"/sessions/{session['id']}", None),
        ("PUT", f"/sessions/{session['id']}", {"notes": "Mine"}),
        ("PUT", f"/sessions/{session['id']}", {"diagnosis": "Mine"}),
        ("DELETE", f"/sessions/{session['id']}", None),
        ("PUT", f"/sessions/{session['id']}/notes", {"notes": "Mine"}),
        ("POST", f"/sessions/{session['id']}/notes/sign", None),
        ("GET", f"/sessions/{session['id']}/notes/versions", None),
        ("GET", f"/sessions/{session['id']}/notes/versions/1", None),
    ]
    for method, path, body in attempts:
        response = await bob.request(method, path, json=body)
        assert response.status_code == 404, (method, path)
    assert (await bob.get("/patients/")).json()["patients"] == []
    assert (await bob.get("/patients/search?q=Sam")).json()["count"] == 0
    current = (await ada.get(f"/sessions/{session['id']}")).json()
    assert (current["notes"], current["diagnosis"]) == ("Ada's words.", None)


async def test_the_pipeline_gets_the_callers_id(
    bob: httpx.AsyncClient, session: dict[str, Any], notes: FakeNotes
) -> None:
    bob_id = (await bob.get("/auth/me")).json()["therapist"]["id"]
    await bob.post(f"/sessions/{session['id']}/generate-notes", json={"regenerate": True})
    await bob.post("/summarize-sessions", json={"patient_id": 1})
    assert [call[1] for call in notes.calls] == [bob_id, bob_id]


async def test_a_disabled_account_is_nobody(
    ada: httpx.AsyncClient, disable_therapists: Any
) -> None:
    await disable_therapists()
    assert (await ada.get("/patients/")).status_code == 401
    login = {"username": "ada", "password": "ada's password"}
    assert (await ada.post("/auth/login", data=login)).status_code == 401


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "one"])
async def test_an_impossible_id_is_refused(number: str, ada: httpx.AsyncClient) -> None:
    for path in (
        f"/patients/{number}",
        f"/sessions/{number}",
        f"/sessions/1/notes/versions/{number}",
    ):
        assert (await ada.get(path)).status_code == 422
