"""Routes: summaries, and the one door that a clinic may open for the old app."""

import logging
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.session import Database
from deployments.api import create_api
from deployments.auth import Authenticator
from deployments.config import Settings
from deployments.services import Services, SummaryOutcome
from notes.errors import ModelError
from tests.serve.conftest import desk_of
from tests.serve.fake_notes import FakeNotes


@pytest.fixture
def open_summary() -> bool:
    return False


@pytest.fixture
def settings(tmp_path: Path, open_summary: bool) -> Settings:
    return Settings(data_dir=tmp_path, legacy_open_summary=open_summary, max_transcript_chars=1000)


async def test_the_summary_of_sessions(
    ada: httpx.AsyncClient, patient: dict[str, Any], notes: FakeNotes
) -> None:
    response = await ada.post("/summarize-sessions", json={"patient_id": patient["id"]})
    body = response.json()
    assert response.status_code == 200
    assert body["success"] is True
    assert body["summary"] == "**Themes:** Sleep."
    assert (body["session_count"], body["key_points"]) == (2, ["Sleep."])
    assert (body["total_text_length"], body["inference_time"]) == (900, 1.5)
    assert notes.calls[0][2] == patient["id"]


async def test_how_many_sessions_the_model_has_read_is_said(
    ada: httpx.AsyncClient, patient: dict[str, Any], notes: FakeNotes
) -> None:
    notes.summary = SummaryOutcome(
        "Told.", num_sessions=200, num_sessions_read=20, num_sessions_in_full=3, coverage=0.1
    )
    body = (await ada.post("/summarize-sessions", json={"patient_id": patient["id"]})).json()
    assert (body["session_count"], body["sessions_read"]) == (200, 20)
    assert (body["sessions_read_in_full"], body["coverage"]) == (3, 0.1)


async def test_nothing_to_summarize_is_said_in_message(
    ada: httpx.AsyncClient, patient: dict[str, Any], notes: FakeNotes
) -> None:
    notes.summary = SummaryOutcome("")
    response = await ada.post("/summarize-sessions", json={"patient_id": patient["id"]})
    body = response.json()
    assert (response.status_code, body["success"]) == (200, False)
    assert body["message"].startswith("This patient has no session")


async def test_every_failure_has_the_message_that_the_app_shows(
    ada: httpx.AsyncClient, anonymous: httpx.AsyncClient, notes: FakeNotes
) -> None:
    path = "/summarize-sessions"
    notes.error = ModelError()
    answers = [
        (await ada.post(path, json={"patient_id": 1}), 503),
        (await ada.post(path, json={}), 422),
        (await ada.post(path, content=b"{", headers={"Content-Type": "application/json"}), 400),
        (await anonymous.post(path, json={"patient_id": 1}), 401),
    ]
    notes.error = RuntimeError("planted")
    answers.append((await ada.post(path, json={"patient_id": 1}), 500))
    for response, status in answers:
        assert response.status_code == status
        body = response.json()
        assert (body["success"], body["message"]) == (False, body["detail"])
        assert "planted" not in response.text


async def test_a_fallback_is_marked(
    ada: httpx.AsyncClient, patient: dict[str, Any], notes: FakeNotes
) -> None:
    notes.summary = SummaryOutcome(
        "Extract.", num_sessions=1, is_fallback=True, reason="The language model failed."
    )
    body = (await ada.post("/summarize-sessions", json={"patient_id": patient["id"]})).json()
    assert (body["success"], body["fallback"]) == (True, True)
    assert body["fallback_reason"] == "The language model failed."


class TestOpenDoor:
    """`legacy_open_summary: true`."""

    @pytest.fixture
    def open_summary(self) -> bool:
        return True

    async def test_it_reads_with_the_owners_id(
        self,
        ada: httpx.AsyncClient,
        anonymous: httpx.AsyncClient,
        patient: dict[str, Any],
        notes: FakeNotes,
    ) -> None:
        ada_id = (await ada.get("/auth/me")).json()["therapist"]["id"]
        response = await anonymous.post("/summarize-sessions", json={"patient_id": patient["id"]})
        assert response.status_code == 200
        assert notes.calls == [("summarize_sessions", ada_id, patient["id"])]

    async def test_a_patient_who_is_not_there(
        self, anonymous: httpx.AsyncClient, notes: FakeNotes
    ) -> None:
        response = await anonymous.post("/summarize-sessions", json={"patient_id": 4711})
        assert (response.status_code, notes.calls) == (404, [])
        assert response.json()["message"] == "There is no patient 4711."

    async def test_a_wrong_token_is_still_wrong(
        self, anonymous: httpx.AsyncClient, patient: dict[str, Any]
    ) -> None:
        headers = {"Authorization": "Bearer nonsense"}
        body = {"patient_id": patient["id"]}
        response = await anonymous.post("/summarize-sessions", json=body, headers=headers)
        assert response.status_code == 401

    async def test_a_caller_with_a_token_is_asked_for_as_such(
        self, bob: httpx.AsyncClient, patient: dict[str, Any], notes: FakeNotes
    ) -> None:
        bob_id = (await bob.get("/auth/me")).json()["therapist"]["id"]
        await bob.post("/summarize-sessions", json={"patient_id": patient["id"]})
        assert notes.calls[0][1] == bob_id

    async def test_it_opens_nothing_else(
        self, anonymous: httpx.AsyncClient, patient: dict[str, Any]
    ) -> None:
        assert (await anonymous.get(f"/patients/{patient['id']}")).status_code == 401
        assert (await anonymous.post("/summarize-text", json={"text": "x"})).status_code == 401

    def test_each_start_warns(
        self,
        settings: Settings,
        database: Database,
        notes: FakeNotes,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        services = Services(settings, database, Authenticator(settings), notes, desk_of(settings))
        with caplog.at_level(logging.WARNING, logger="notes"):
            create_api(services)
        (record,) = caplog.records
        assert record.getMessage() == "summaries_are_open_without_a_token"


async def test_the_summary_of_a_text(ada: httpx.AsyncClient, notes: FakeNotes) -> None:
    body = (await ada.post("/summarize-text", json={"text": "Patient: Hard."})).json()
    assert (body["success"], body["summary"]) == (True, "**Themes:** Sleep.")
    bounds = {"text": "Patient: Hard.", "max_length": 60, "min_length": 20}
    await ada.post("/summarize-text", json=bounds)
    assert notes.calls == [
        ("summarize_text", "Patient: Hard.", 250, 100),
        ("summarize_text", "Patient: Hard.", 60, 20),
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": ""}, 400),
        ({"text": " \n\t"}, 400),
        ({"text": "a\x00b"}, 422),
        ({"text": "x" * 1001}, 413),
        ({"text": "x", "max_length": 50, "min_length": 60}, 422),
        ({"text": "x", "max_length": 10**9}, 422),
    ],
)
async def test_a_wrong_text_is_refused(
    body: dict[str, Any], status: int, ada: httpx.AsyncClient, notes: FakeNotes
) -> None:
    response = await ada.post("/summarize-text", json=body)
    assert (response.status_code, notes.calls) == (status, [])
    assert response.json()["detail"]
