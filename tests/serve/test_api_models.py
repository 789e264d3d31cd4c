"""Models over HTTP: who may move them, and that no note is lost while replicas swap."""

import asyncio
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from ray.serve._private.common import DeploymentID
from ray.serve.exceptions import DeploymentUnavailableError

from db.session import Database
from deployments import pipeline
from deployments.api import create_api
from deployments.auth import Authenticator
from deployments.config import Settings
from deployments.loaded_engine import ReplicaConfig, ServedModel
from deployments.services import Services
from models.promotions import Action, read_promotions
from models.registry import ADAPTER_FILE, MODEL_FILE, ModelDescription, ModelRegistry
from notes.errors import EngineError
from notes.prompt import ChatFormat
from scripts.ray_head import ensure_token
from tests.fakes import FakeBackend
from tests.local_handles import LocalBroadcast
from tests.serve.conftest import QUICK_HASHER, desk_of
from tests.serve.local_service import ENGINE, LocalService, open_local_service, run_engine

EVALUATION = "e" * 64
DESCRIPTION = ModelDescription(
    base="Tiny",
    architecture="phi3",
    quantization="Q8_0",
    context_tokens=8192,
    chat_format="chatml",
    prompt_version="3",
    source="file:/home/somebody/tiny.gguf",
    source_sha256="0" * 64,
    license="apache-2.0",
)


def answer(_prompt: str) -> str:
    return " Patient slept badly and worried about work every night."


class Models:
    """Opens what the registry's alias names, on fake engines; `unfit` ones cannot be loaded."""

    def __init__(self, registry: ModelRegistry) -> None:
        self.registry = registry
        self.unfit: set[str] = set()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.is_writing = threading.Event()
        self.num_opened = 0
        self.formats: dict[str, ChatFormat] = {}

    def chat_format(self) -> ChatFormat:
        """Return what the model in production reads."""
        return self.formats.get(self.registry.resolve("notes").reference, ChatFormat.CHATML)

    @contextmanager
    def open(self, config: ReplicaConfig) -> Iterator[ServedModel]:
        reference = self.registry.resolve(config.model).reference
        if reference in self.unfit:
            raise EngineError(reason="no room")
        self.num_opened += 1
        backend = FakeBackend(ENGINE, answer, lambda _batch: self._wait())
        with run_engine(backend, reference) as served:
            yield replace(served, chat_format=self.chat_format())

    def _wait(self) -> None:
        self.is_writing.set()
        assert self.may_go_on.wait(30)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        store_dir=tmp_path / "store",
        database_url=database_url,  # type: ignore[arg-type]
        slow_note_s=3600,
    )


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions; the first is in production."""
    registry = ModelRegistry(settings.store_dir)
    for number in (1, 2, 3):
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(b"GGUF" + bytes([number]) * 50)
        registry.add("notes", DESCRIPTION, {MODEL_FILE: path})
    registry.promote("notes", 1)
    return registry


@pytest.fixture
def models(registry: ModelRegistry) -> Models:
    return Models(registry)


@pytest.fixture
async def service(
    settings: Settings, database: Database, models: Models
) -> AsyncIterator[LocalService]:
    local = await open_local_service(
        settings, database, answer, opener=models.open, chat_format=models.chat_format
    )
    yield local
    models.may_go_on.set()
    await local.close()


@pytest.fixture
def api(settings: Settings, database: Database, service: LocalService) -> FastAPI:
    auth = Authenticator(settings, QUICK_HASHER)
    desk = desk_of(settings, service.formatter, service.replica)
    return create_api(Services(settings, database, auth, service.notes, desk))


@pytest.fixture
async def operator(api: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client with the token that `make serve` makes."""
    ensure_token(settings.operator_token_file)
    token = settings.operator_token_file.read_text()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api),
        base_url="http://test",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield client


async def promote(client: httpx.AsyncClient, version: int) -> httpx.Response:
    body = {"version": version, "evaluation_sha256": EVALUATION}
    return await client.post("/models/notes/promote", json=body)


async def write_note(client: httpx.AsyncClient, session_id: int) -> Any:
    """Have a note written by the model, and return the answer."""
    response = await client.post(f"/sessions/{session_id}/generate-notes", json={})
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["fallback"] is False, body["fallback_reason"]
    return body


async def new_sessions(client: httpx.AsyncClient, num: int) -> list[int]:
    patient = (await client.post("/patients/", json={"full_name": "Sam Example"})).json()
    said = "Therapist: How was week {}?\nPatient: Hard. I slept badly and worried every night."
    bodies = [
        {"patient_id": patient["patient"]["id"], "original_transcription": said.format(number)}
        for number in range(num)
    ]
    return [
        int((await client.post("/sessions/", json=body)).json()["session"]["id"]) for body in bodies
    ]


# Who may


async def test_a_therapist_reads_and_does_not_move(
    ada: httpx.AsyncClient, registry: ModelRegistry
) -> None:
    listed = (await ada.get("/models")).json()
    assert [(each["model"], each["is_production"]) for each in listed["models"]] == [
        ("notes:1", True),
        ("notes:2", False),
        ("notes:3", False),
    ]
    assert "somebody" not in str(listed)
    for response in (await promote(ada, 2), await ada.post("/models/notes/rollback")):
        assert response.status_code == 403
        assert "operator" in response.json()["detail"]
    assert registry.resolve("notes").reference == "notes:1"


@pytest.mark.parametrize("token", [None, "", "x" * 64, "0" * 64])
async def test_nobody_else_may_anything(token: str | None, anonymous: httpx.AsyncClient) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    body = {"version": 2, "evaluation_sha256": EVALUATION}
    for response in (
        await anonymous.get("/models", headers=headers),
        await anonymous.post("/models/notes/promote", json=body, headers=headers),
        await anonymous.post("/models/notes/rollback", headers=headers),
    ):
        assert response.status_code == 401


async def test_the_operators_token_opens_no_patients_record(operator: httpx.AsyncClient) -> None:
    assert (await operator.get("/models")).status_code == 200
    assert (await operator.get("/patients/")).status_code == 401


async def test_the_token_counts_while_its_file_is_private_and_there(
    operator: httpx.AsyncClient, settings: Settings
) -> None:
    path = settings.operator_token_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert (await promote(operator, 2)).status_code == 401
    path.chmod(0o600)
    assert (await promote(operator, 2)).status_code == 200
    path.unlink()
    assert (await promote(operator, 3)).status_code == 401


# Moving


async def test_promoted_and_back(
    operator: httpx.AsyncClient, ada: httpx.AsyncClient, registry: ModelRegistry, models: Models
) -> None:
    first, second, third = await new_sessions(ada, 3)
    assert (await write_note(ada, first))["model"] == "notes:1"
    moved = await promote(operator, 3)
    assert moved.json() == {
        "success": True,
        "message": "notes:3 is in production.",
        "model": "notes:3",
        "previous": "notes:1",
        "num_replicas": 1,
    }
    assert (await write_note(ada, second))["model"] == "notes:3"
    assert (await promote(operator, 3)).json()["previous"] == "notes:3"
    assert models.num_opened == 2  # it serves already
    back = (await operator.post("/models/notes/rollback")).json()
    assert (back["model"], back["previous"]) == ("notes:1", "notes:3")
    assert (await write_note(ada, third))["model"] == "notes:1"
    assert registry.resolve("notes").reference == "notes:1"
    history = read_promotions(registry.root, "notes")
    assert [(each.version, each.previous, each.action) for each in history] == [
        (3, 1, Action.PROMOTE),
        (3, 3, Action.PROMOTE),
        (1, 3, Action.ROLLBACK),
    ]
    assert {each.by for each in history} == {"operator"}
    assert history[0].evaluation_sha256 == EVALUATION


@pytest.mark.parametrize("format_of_new", list(ChatFormat))
async def test_a_swap_loses_no_note_in_flight(
    format_of_new: ChatFormat, operator: httpx.AsyncClient, ada: httpx.AsyncClient, models: Models
) -> None:
    models.formats = {"notes:2": format_of_new}
    sessions = await new_sessions(ada, 6)
    models.may_go_on.clear()
    models.is_writing.clear()
    before = [asyncio.create_task(write_note(ada, each)) for each in sessions[:3]]
    assert await asyncio.to_thread(models.is_writing.wait, 30)
    moving = asyncio.create_task(promote(operator, 2))
    after = [asyncio.create_task(write_note(ada, each)) for each in sessions[3:]]
    await asyncio.sleep(0)
    models.may_go_on.set()  # the new engine warms up, too
    assert (await moving).status_code == 200
    written = {each["model"] for each in await asyncio.gather(*before, *after)}
    assert "notes:1" in written <= {"notes:1", "notes:2"}
    (last,) = await new_sessions(ada, 1)
    assert (await write_note(ada, last))["model"] == "notes:2"


async def test_a_change_is_finished_though_its_caller_has_gone(
    operator: httpx.AsyncClient, registry: ModelRegistry, models: Models
) -> None:
    models.may_go_on.clear()
    models.is_writing.clear()
    moving = asyncio.create_task(promote(operator, 2))
    assert await asyncio.to_thread(models.is_writing.wait, 30)
    moving.cancel()
    models.may_go_on.set()
    again = await promote(operator, 2)
    assert again.json()["previous"] == "notes:2"
    assert [each.previous for each in read_promotions(registry.root, "notes")] == [1, 2]


async def test_a_note_waits_for_the_formatter_to_follow_the_pool(
    ada: httpx.AsyncClient,
    registry: ModelRegistry,
    models: Models,
    service: LocalService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "REPLAN_S", 0.01)
    (session,) = await new_sessions(ada, 1)
    models.formats = {"notes:2": ChatFormat.PHI3}
    registry.promote("notes", 2)
    await service.replica.reload("notes:2")
    writing = asyncio.create_task(write_note(ada, session))
    await asyncio.sleep(0.2)
    assert not writing.done()
    await service.formatter.reload("notes:2")
    assert (await writing)["model"] == "notes:2"


# Refusing


async def test_a_version_whose_file_was_changed_is_refused(
    operator: httpx.AsyncClient, ada: httpx.AsyncClient, registry: ModelRegistry, models: Models
) -> None:
    path = registry.get("notes", 2).model_path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    refused = await promote(operator, 2)
    assert refused.status_code == 409
    assert "notes:2 is not put into production" in refused.json()["detail"]
    assert "SHA-256 differs" in refused.json()["detail"]
    assert refused.json()["detail"].endswith("In production stays notes:1.")
    assert registry.resolve("notes").reference == "notes:1"
    assert models.num_opened == 1
    assert read_promotions(registry.root, "notes") == ()
    (session,) = await new_sessions(ada, 1)
    assert (await write_note(ada, session))["model"] == "notes:1"


@pytest.mark.parametrize("move", ["promote", "rollback"])
async def test_a_version_that_does_not_load_leaves_the_old_one_in_production(
    move: str,
    operator: httpx.AsyncClient,
    ada: httpx.AsyncClient,
    registry: ModelRegistry,
    models: Models,
) -> None:
    assert (await promote(operator, 3)).status_code == 200
    models.unfit = {"notes:1", "notes:2"}
    if move == "promote":
        refused = await promote(operator, 2)
    else:
        refused = await operator.post("/models/notes/rollback")
    assert refused.status_code == 409
    assert "no room" in refused.json()["detail"]
    assert registry.resolve("notes").reference == "notes:3"
    (session,) = await new_sessions(ada, 1)
    assert (await write_note(ada, session))["model"] == "notes:3"


async def test_a_pool_that_is_pinned_to_a_version_is_told_of(
    operator: httpx.AsyncClient, registry: ModelRegistry, service: LocalService
) -> None:
    await service.replica.reconfigure(ReplicaConfig(model="notes:1").model_dump())
    refused = await promote(operator, 2)
    assert refused.status_code == 409
    assert "goes on with notes:1" in refused.json()["detail"]
    assert registry.resolve("notes").reference == "notes:1"


async def test_what_is_not_there_or_no_model_is_said(
    operator: httpx.AsyncClient, registry: ModelRegistry, tmp_path: Path
) -> None:
    missing = await promote(operator, 9)
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no model notes:9.")
    first = await operator.post("/models/notes/rollback")
    assert first.status_code == 404
    assert (await operator.post("/models/absent/rollback")).status_code == 404
    assert (await operator.post("/models/%2e%2e/rollback")).status_code == 422
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    card = {**{n: getattr(DESCRIPTION, n) for n in DESCRIPTION.__slots__}, "base_sha256": "0" * 64}
    adapter = ModelDescription(**{**card, "base_reference": "notes:1"})
    registry.add("house", adapter, {ADAPTER_FILE: path})
    body = {"version": 1, "evaluation_sha256": EVALUATION}
    assert (await operator.post("/models/house/promote", json=body)).status_code == 400


async def test_a_sleeping_pool_reads_the_alias_when_it_wakes(
    operator: httpx.AsyncClient,
    registry: ModelRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nobody(*_: object, **__: object) -> None:
        raise DeploymentUnavailableError(DeploymentID("Phi3Replica", "notes"))

    monkeypatch.setattr(LocalBroadcast, "results_async", nobody)
    assert (await promote(operator, 2)).json()["num_replicas"] == 0
    assert registry.resolve("notes").reference == "notes:2"
