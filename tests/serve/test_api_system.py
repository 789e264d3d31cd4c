"""Routes: health, metrics, documentation, and what is not offered."""

import re
from pathlib import Path

import httpx
import pytest

from deployments.config import Settings
from deployments.services import Health
from tests.serve.fake_notes import FakeNotes

OUTSIDE = re.compile(r"(?:https?:)?//[\w.-]+", re.IGNORECASE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, cors_origins=("http://clinic.lan",), max_body_bytes=2000)


async def test_health_has_the_designs_fields(
    anonymous: httpx.AsyncClient, notes: FakeNotes
) -> None:
    response = await anonymous.get("/health")
    assert response.status_code == 200
    assert response.json() == {
        "status": "healthy",
        "model_loaded": True,
        "model_name": "fake",
        "model_size_mb": 140.5,
        "uptime_seconds": 12.0,
        "total_inferences": 3,
        "success_rate": 1.0,
        "avg_inference_time_seconds": 2.5,
        "database": True,
    }
    notes.state = Health("degraded", False, "", 0.0, 1.0, 0, 1.0, 0.0, database=False)
    response = await anonymous.get("/health")
    assert (response.status_code, response.json()["status"]) == (503, "degraded")


async def test_metrics_are_prometheus_text(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/metrics")
    assert response.text == "inference_success_rate 1.0\n"
    assert response.headers["Content-Type"].startswith("text/plain; version=")


async def test_the_front_door_names_the_documentation(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/")).json()["docs"] == "/docs"


async def test_the_documentation_needs_no_outside_host(anonymous: httpx.AsyncClient) -> None:
    page = await anonymous.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert not OUTSIDE.search(page.text)
    names = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
    assert len(names) == 4
    for name in names:
        asset = await anonymous.get(f"/{name}")
        assert (asset.status_code, len(asset.content) > 0) == (200, True), name
    # The page of an older Swagger UI stays empty, since FastAPI describes itself in OpenAPI 3.1.
    assert (await anonymous.get("/openapi.json")).json()["openapi"].startswith("3.1")
    assert "oas31" in (await anonymous.get("/docs/swagger-ui-bundle.js")).text
    start = (await anonymous.get("/docs/start.js")).text
    assert not OUTSIDE.search(start)
    assert "validatorUrl: null" in start
    assert "<script>" not in page.text


async def test_redoc_leads_to_the_one_page(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/redoc")
    assert response.headers["Location"] == "docs"


@pytest.mark.parametrize("name", ["index.html", "..%2f__init__.py", "../__init__.py", "x"])
async def test_no_other_file_is_served(name: str, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get(f"/docs/{name}")).status_code == 404


async def test_the_schema_describes_every_route_of_the_table(
    anonymous: httpx.AsyncClient,
) -> None:
    schema = (await anonymous.get("/openapi.json")).json()
    described = {
        f"{method.upper()} {path}" for path, item in schema["paths"].items() for method in item
    }
    assert described >= {
        "POST /auth/register",
        "POST /auth/login",
        "GET /auth/me",
        "POST /auth/logout",
        "GET /patients/",
        "POST /patients/",
        "GET /patients/{patient_id}",
        "PUT /patients/{patient_id}",
        "DELETE /patients/{patient_id}",
        "GET /patients/search",
        "POST /sessions/",
        "GET /sessions/patient/{patient_id}",
        "GET /sessions/{session_id}",
        "PUT /sessions/{session_id}",
        "DELETE /sessions/{session_id}",
        "POST /sessions/{session_id}/generate-notes",
        "PUT /sessions/{session_id}/notes",
        "POST /sessions/{session_id}/notes/sign",
        "GET /sessions/{session_id}/notes/versions",
        "GET /sessions/{session_id}/notes/versions/{number}",
        "POST /summarize-sessions",
        "POST /summarize-text",
        "GET /health",
        "GET /metrics",
    }


async def test_translation_is_not_offered(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.post("/translate", json={"text": "x", "target_language": "en"})
    assert response.status_code == 501
    assert "not offered" in response.json()["detail"]


async def test_cors_follows_the_settings(anonymous: httpx.AsyncClient) -> None:
    for origin, allowed in (("http://clinic.lan", "http://clinic.lan"), ("http://evil.lan", None)):
        response = await anonymous.get("/health", headers={"Origin": origin})
        assert response.headers.get("Access-Control-Allow-Origin") == allowed
    preflight = await anonymous.options(
        "/patients/",
        headers={"Origin": "http://clinic.lan", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 200


async def test_a_large_body_is_refused_before_anything_else(
    anonymous: httpx.AsyncClient,
) -> None:
    response = await anonymous.post("/auth/register", content=b"x" * 2001)
    assert response.status_code == 413
    assert "2000 bytes" in response.json()["detail"]
