"""The HTTP interface in this process, on a real database and without a model."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from db.session import Database
from deployments.api import create_api
from deployments.auth import Authenticator
from deployments.config import Settings
from deployments.model_desk import ModelDesk
from deployments.services import Services
from models.registry import ModelRegistry
from tests.local_handles import LocalHandle
from tests.serve.fake_notes import FakeNotes

TRANSCRIPT = (
    "Therapist: How was your week?\n"
    "Patient: Hard. I slept badly and I worried about work every night."
)
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

Register = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings; a module that needs others overrides this."""
    return Settings(data_dir=tmp_path, max_body_bytes=1_000_000, max_transcript_chars=20_000)


@pytest.fixture
def notes() -> FakeNotes:
    return FakeNotes()


@pytest.fixture
def api(settings: Settings, database: Database, notes: FakeNotes) -> FastAPI:
    """Return the application."""
    auth = Authenticator(settings, QUICK_HASHER)
    return create_api(Services(settings, database, auth, notes, desk_of(settings)))


def desk_of(settings: Settings, formatter: object = None, pool: object = None) -> ModelDesk:
    """Return the models' desk for deployments in this process, or for none."""
    handles = [LocalHandle(each) for each in (formatter, pool)]
    return ModelDesk(ModelRegistry(settings.store_dir), *handles)  # type: ignore[arg-type]


@pytest.fixture
async def anonymous(api: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client without a token."""
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def register(anonymous: httpx.AsyncClient) -> AsyncIterator[Register]:
    """Yield a function that makes a therapist and returns the client of that therapist."""
    clients: list[httpx.AsyncClient] = []

    async def make(name: str) -> httpx.AsyncClient:
        response = await anonymous.post("/auth/register", json=registration(name))
        assert response.status_code == 200, response.text
        headers = {"Authorization": f"Bearer {response.json()['access_token']}"}
        client = httpx.AsyncClient(
            transport=anonymous._transport, base_url="http://test", headers=headers
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def ada(register: Register) -> httpx.AsyncClient:
    """Return the client of a therapist."""
    return await register("ada")


@pytest.fixture
async def bob(register: Register) -> httpx.AsyncClient:
    """Return the client of another therapist."""
    return await register("bob")


@pytest.fixture
async def patient(ada: httpx.AsyncClient) -> dict[str, Any]:
    """Return a patient of Ada's."""
    response = await ada.post("/patients/", json={"full_name": "Sam Example"})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()["patient"]
    return body


@pytest.fixture
async def session(ada: httpx.AsyncClient, patient: dict[str, Any]) -> dict[str, Any]:
    """Return a session of Ada's patient."""
    response = await ada.post(
        "/sessions/",
        json={
            "patient_id": patient["id"],
            "language": "english",
            "duration": 3000,
            "original_transcription": TRANSCRIPT,
        },
    )
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()["session"]
    return body


def registration(name: str) -> dict[str, str]:
    """Return the body with which the app registers."""
    return {
        "email": f"{name}@clinic.org",
        "username": name,
        "password": f"{name}'s password",
        "full_name": f"{name.title()} Example",
        "license_number": f"L-{name}",
        "specialization": "CBT",
        "phone": "+1 555 0100",
    }


@pytest.fixture
def disable_therapists(database: Database) -> Callable[[], Awaitable[None]]:
    """Return a function that disables every account, as an operator would."""

    async def disable() -> None:
        async with database._engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE therapists SET is_active = false")

    return disable
