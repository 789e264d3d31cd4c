"""Routes: patients."""

import json
import logging
from typing import Any

import httpx
import pytest

from db.records import CLINICAL_FIELDS
from deployments.api.clinical import ClinicalFields

PATIENT_FIELDS = {
    "id",
    "patient_id",
    "full_name",
    "date_of_birth",
    "gender",
    "phone",
    "email",
    "address",
    "emergency_contact",
    "medical_history",
    "notes",
    "is_active",
    "created_at",
    "updated_at",
    "session_count",
    "consent_ai_notes",
    "consent_training",
    *CLINICAL_FIELDS,
}
FULL = {
    "patient_id": "C-17",
    "full_name": "Sam Example",
    "date_of_birth": "1990-05-17",
    "gender": "other",
    "phone": "+1 555 0199",
    "email": "sam@example.org",
    "address": "1 Street",
    "emergency_contact": "Kim",
    "medical_history": "None.",
    "notes": "Prefers mornings.",
    "age": 34,
    "date_of_assessment": "2025-01-02",
    "mse_mood": "Low.",
    "chief_complaint": "Sleep.",
}


def test_the_clinical_fields_are_those_of_the_database() -> None:
    assert tuple(ClinicalFields.model_fields) == CLINICAL_FIELDS


@pytest.mark.parametrize("path", ["/patients/", "/patients"])
async def test_create_and_read_with_and_without_the_slash(
    path: str, ada: httpx.AsyncClient
) -> None:
    created = (await ada.post(path, json=FULL)).json()
    assert created["success"] is True
    assert set(created["patient"]) >= PATIENT_FIELDS
    assert {name: created["patient"][name] for name in FULL} == FULL
    listed = (await ada.get(path)).json()["patients"]
    assert [patient["id"] for patient in listed] == [created["patient"]["id"]]


async def test_a_clinic_number_is_made_up_and_unique(ada: httpx.AsyncClient) -> None:
    first = (await ada.post("/patients/", json={"full_name": "A"})).json()["patient"]
    second = (await ada.post("/patients/", json={"full_name": "B"})).json()["patient"]
    assert first["patient_id"]
    assert first["patient_id"] != second["patient_id"]
    again = await ada.post("/patients/", json={"full_name": "C", "patient_id": first["patient_id"]})
    assert again.status_code == 400


async def test_read_with_and_without_sessions(
    ada: httpx.AsyncClient, patient: dict[str, Any], session: dict[str, Any]
) -> None:
    path = f"/patients/{patient['id']}"
    plain = (await ada.get(path, params={"include_sessions": "false"})).json()["patient"]
    assert "sessions" not in plain
    assert plain["session_count"] == 1
    full = (await ada.get(path, params={"include_sessions": "true"})).json()["patient"]
    assert [each["id"] for each in full["sessions"]] == [session["id"]]
    assert full["sessions"][0]["notes_metadata"]["is_ai_generated"] is False


async def test_update_changes_what_was_sent_only(ada: httpx.AsyncClient) -> None:
    patient = (await ada.post("/patients/", json=FULL)).json()["patient"]
    changes = {"phone": None, "mse_mood": "Better.", "is_active": None, "unknown": 1}
    body = (await ada.put(f"/patients/{patient['id']}", json=changes)).json()
    changed = body["patient"]
    assert body["success"] is True
    assert (changed["phone"], changed["mse_mood"]) == (None, "Better.")
    assert changed["is_active"] is True
    unchanged = set(FULL) - {"phone", "mse_mood"}
    assert {name: changed[name] for name in unchanged} == {name: FULL[name] for name in unchanged}


async def test_the_app_may_send_a_whole_patient_back(ada: httpx.AsyncClient) -> None:
    patient = (await ada.post("/patients/", json=FULL)).json()["patient"]
    body = (await ada.put(f"/patients/{patient['id']}", json=patient)).json()
    assert body["patient"] | {"updated_at": None} == patient | {"updated_at": None}


async def test_active_only(ada: httpx.AsyncClient, patient: dict[str, Any]) -> None:
    await ada.put(f"/patients/{patient['id']}", json={"is_active": False})
    for active_only, count in (("true", 0), ("false", 1)):
        body = (await ada.get("/patients/", params={"active_only": active_only})).json()
        assert len(body["patients"]) == count


async def test_consent_is_recorded_with_its_date(
    ada: httpx.AsyncClient, patient: dict[str, Any]
) -> None:
    assert (patient["consent_ai_notes"], patient["consent_training"]) == (True, False)
    body = {"consent_ai_notes": False, "consent_training": True}
    changed = (await ada.put(f"/patients/{patient['id']}", json=body)).json()["patient"]
    assert (changed["consent_ai_notes"], changed["consent_training"]) == (False, True)
    assert changed["consent_ai_notes_at"] is not None
    assert changed["consent_training_at"] is not None


async def test_delete(ada: httpx.AsyncClient, patient: dict[str, Any]) -> None:
    body = (await ada.delete(f"/patients/{patient['id']}")).json()
    assert body["success"] is True
    assert body["message"]
    assert (await ada.get(f"/patients/{patient['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "field", "kind"),
    [("sam", "name", "name"), ("C-17", "patient_id", "patient_id"), ("555 01", "phone", "phone")],
)
async def test_search_finds_by_number_name_and_phone(
    query: str, field: str, kind: str, ada: httpx.AsyncClient
) -> None:
    await ada.post("/patients/", json=FULL)
    await ada.post("/patients/", json={"full_name": "Someone Else"})
    body = (await ada.get("/patients/search", params={"q": query})).json()
    assert set(body) == {"success", "query", "query_type", "count", "results"}
    assert (body["success"], body["query"], body["query_type"]) == (True, query, kind)
    (result,) = body["results"]
    assert body["count"] == 1
    assert set(result) == {"patient", "relevance_score", "match_field", "match_positions"}
    assert result["match_field"] == field
    assert set(result["match_positions"][0]) == {"start", "end"}


async def test_a_search_leaves_no_trace_in_the_log(
    ada: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="notes"):
        await ada.get("/patients/search", params={"q": "plantedname"})
    assert caplog.records
    assert not any("plantedname" in str(record.__dict__) for record in caplog.records)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("full_name", "x" * 201),
        ("date_of_birth", "17 May"),
        ("email", "nobody"),
        ("medical_history", "a\x00b"),
        ("chief_complaint", "\ud800"),
        ("age", -1),
        ("consent_training", "perhaps"),
    ],
)
async def test_wrong_fields_are_named_with_an_example(
    field: str, value: object, ada: httpx.AsyncClient
) -> None:
    body = json.dumps({"full_name": "Sam"} | {field: value})
    headers = {"Content-Type": "application/json"}
    response = await ada.post("/patients/", content=body, headers=headers)
    assert response.status_code == 422
    assert f"`{field}`" in response.json()["detail"]
    assert "1990-05-17" in response.json()["detail"]


@pytest.mark.parametrize("value", ["1990-05-17", "1990-05-17T00:00:00.000Z"])
async def test_a_moment_is_accepted_for_a_day(value: str, ada: httpx.AsyncClient) -> None:
    body = {"full_name": "Sam", "date_of_birth": value, "email": "", "age": "34"}
    patient = (await ada.post("/patients/", json=body)).json()["patient"]
    assert (patient["date_of_birth"], patient["email"], patient["age"]) == ("1990-05-17", None, 34)
