"""A therapist at the HTTP interface, for properties: one database, service and loop for all."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx

from db.session import Database
from deployments.api import create_api
from deployments.auth import Authenticator
from deployments.config import Settings
from deployments.services import Services
from notes.style import SECTIONS5
from tests.serve.conftest import QUICK_HASHER, desk_of, registration
from tests.serve.local_service import LocalService, open_local_service

T = TypeVar("T")


@dataclass
class Desk:
    """`answers` holds what the model says in the sections of a note."""

    runner: asyncio.Runner
    database: Database
    service: LocalService
    client: httpx.AsyncClient
    answers: dict[str, str] = field(default_factory=dict)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the one loop."""
        return self.runner.run(work)

    def answer(self, prompt: str) -> str:
        """Say what `answers` holds for the section that a prompt ends with."""
        keys = {section.heading: section.key for section in SECTIONS5.sections}
        heading = prompt.rpartition("**")[0].rpartition("**")[2].removesuffix(":")
        return " " + self.answers.get(keys.get(heading, ""), "Patient will try it again at home.")

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send a request that has to succeed."""
        response = await self.client.post(path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def session(self, session_id: int) -> Any:
        """Return a stored session."""
        return (await self.client.get(f"/sessions/{session_id}")).json()["session"]

    async def write_note(self, transcript: str) -> Any:
        """Store a session of a new patient, have its note written, and return the answer."""
        patient = (await self.post("/patients/", {"full_name": "Sam Example"}))["patient"]
        body = {"patient_id": patient["id"], "original_transcription": transcript}
        session = (await self.post("/sessions/", body))["session"]
        return await self.post(f"/sessions/{session['id']}/generate-notes", {})

    async def summarize(self, session_id: int) -> list[Any]:
        """Have the patient's sessions and the session's text summarized."""
        session = await self.session(session_id)
        body = {"text": session["original_transcription"], "min_length": 5, "max_length": 30}
        return [
            await self.post("/summarize-sessions", {"patient_id": session["patient_id"]}),
            await self.post("/summarize-text", body),
        ]


@contextmanager
def open_desk(database_url: str) -> Iterator[Desk]:
    """Yield a desk whose therapist is logged in."""
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        settings = Settings(
            data_dir=Path(folder),
            database_url=database_url,  # type: ignore[arg-type]
            slow_note_s=86_400,  # whatever a busy machine predicts, the answer is the note
        )
        desk = runner.run(_open(settings, runner))
        try:
            yield desk
        finally:
            runner.run(_close(desk))


async def _open(settings: Settings, runner: asyncio.Runner) -> Desk:
    database = Database(settings.resolved_database_url())
    service = await open_local_service(settings, database, lambda _prompt: "")
    auth = Authenticator(settings, QUICK_HASHER)
    services = Services(settings, database, auth, service.notes, desk_of(settings))
    transport = httpx.ASGITransport(create_api(services))
    client = httpx.AsyncClient(transport=transport, base_url="http://test")
    desk = Desk(runner, database, service, client)
    service.backend.answer = desk.answer
    token = (await desk.post("/auth/register", registration("ada")))["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return desk


async def _close(desk: Desk) -> None:
    await desk.client.aclose()
    await desk.service.close()
    await desk.database.close()
