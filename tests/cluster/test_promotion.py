"""A promotion in the running system: the pool's processes swap, and every note is written."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from typing import Any

import httpx
import pytest

from models.promotions import read_promotions
from models.registry import ModelRegistry
from tests.live import LiveSystem, add_version, wait_for
from tests.mobile_app import MobileApp, new_app

SESSION = """Therapist: How have you been since we met on Thursday?
Patient: The dog next door kept me awake in night {number}, and I cried on Friday.
Therapist: Let us practise the breathing exercise every evening until we meet again.
Patient: I will try that, and I will call my sister when it gets bad."""


@pytest.fixture
def app(live_server: str) -> Iterator[MobileApp]:
    with new_app(live_server) as app:
        yield app


def move(system: LiveSystem, action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call a route as the operator."""
    token = system.settings.operator_token_file.read_text()
    answer = httpx.post(
        f"{system.base_url}/models/notes/{action}",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=120,
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def model_of(answer: httpx.Response) -> str:
    """Return which model wrote a note; an extract or an error fails the test."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["fallback"] is False, answer.json()["fallback_reason"]
    return str(answer.json()["model"])


def test_the_pool_swaps_under_load_and_back(app: MobileApp, live_system: LiveSystem) -> None:
    registry = ModelRegistry(live_system.settings.store_dir)
    number = add_version(registry.root, registry.resolve("notes")).card.version
    patient = app.create_patient("Pat Example")
    replica = live_system.replica()
    is_begun, is_over = Event(), Event()

    def write_on(client: int) -> set[str]:
        """Ask for one note after the other until the promotion is over; return who wrote them."""
        written = set()
        for each in count():
            text = SESSION.format(number=f"{client} of {each}")
            session = app.create_session(patient["id"], text)
            was_over = is_over.is_set()
            written.add(model_of(app.generate_notes(int(session["id"]))))
            is_begun.set()
            if was_over:
                break
        return written

    with ThreadPoolExecutor(3) as pool:
        clients = [pool.submit(write_on, each) for each in range(3)]
        try:
            assert is_begun.wait(120), "no note was written"
            body = {"version": number, "evaluation_sha256": "e" * 64}
            moved = move(live_system, "promote", body)
        finally:
            is_over.set()
        written = set().union(*(each.result() for each in clients))
    assert moved["num_replicas"] == 1
    assert written == {moved["previous"], moved["model"]}
    wait_for(lambda: _model(live_system) == moved["model"], "the new model serves")
    assert move(live_system, "rollback")["model"] == moved["previous"]
    wait_for(lambda: _model(live_system) == moved["previous"], "the old model serves again")
    assert live_system.replica() == replica
    actions = [each.action.value for each in read_promotions(registry.root, "notes")]
    assert actions == ["promote", "rollback"]


def _model(system: LiveSystem) -> str:
    return str(json.loads(system.text("/health"))["model_name"])
