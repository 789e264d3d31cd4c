"""The running system under load, change and failure; what it tells of itself, and to whom."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.connections import watched
from tests.live import NETGUARD, LiveSystem, wait_for
from tests.mobile_app import MobileApp, new_app

PLANTED = ("zanzibarquartz", "quokkaford")  # words which nobody but a patient says
SESSION = """Therapist: How have you been since we met on Thursday?
Patient: Zanzibarquartz kept me awake, I felt tense at work and I cried on Friday.
Therapist: Let us practise the breathing exercise every evening until we meet again.
Patient: I will try that, and I will call my sister Quokkaford when it gets bad."""
LONG_SESSION = "\n".join(
    f"Therapist: What happened on day {day}?\n"
    f"Patient: On day {day} I was afraid of the Zanzibarquartz again and stayed at home."
    for day in range(1, 49)
)


@pytest.fixture
def app(live_server: str) -> Iterator[MobileApp]:
    with new_app(live_server) as app:
        yield app


def new_session(app: MobileApp, transcript: str = SESSION) -> int:
    """Store a session of a new patient and return its id."""
    patient = app.create_patient("Zanzibarquartz Quokkaford")
    return int(app.create_session(patient["id"], transcript)["id"])


def note_of(answer: httpx.Response) -> str:
    """Return the note that the model wrote; an extract or an error fails the test."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["fallback"] is False, answer.json()["fallback_reason"]
    return str(answer.json()["generated_notes"])


def test_two_notes_at_once_are_both_stored(app: MobileApp) -> None:
    sessions = [new_session(app), new_session(app)]
    with ThreadPoolExecutor(2) as pool:
        notes = [note_of(answer) for answer in pool.map(app.generate_notes, sessions)]
    assert [app.session(each)["notes"] for each in sessions] == notes


def test_sampling_changes_without_a_restart(app: MobileApp, live_system: LiveSystem) -> None:
    """Property 7: Local Model Parameter Usage."""
    session = new_session(app)
    before = live_system.replica()
    greedy = live_system.user_config("Phi3Replica")
    greedy["sampling"] |= {"temperature": 0.0, "seed": 1}
    varied = {note_of(app.generate_notes(session)) for _ in range(3)}
    with live_system.deployed("Phi3Replica", user_config=greedy):
        assert live_system.replica() == before
        same = {note_of(app.generate_notes(session)) for _ in range(2)}
    assert len(varied) > 1
    assert len(same) == 1
    assert live_system.replica() == before


def test_the_engine_changes_while_notes_are_written(
    app: MobileApp, live_system: LiveSystem
) -> None:
    long, short = new_session(app, LONG_SESSION), new_session(app)
    before = live_system.replica()
    other = live_system.user_config("Phi3Replica")
    other["engine"] |= {"cache_tokens": 6144, "max_sequences": 24}
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(app.generate_notes, long)
        wait_for(live_system.is_generating, "the long note is being written")
        with live_system.deployed("Phi3Replica", user_config=other):
            assert live_system.replica() == before
            note_of(app.generate_notes(short))
            note_of(running.result())
            wait_for(lambda: _num_cells(live_system) == 6144, "the new engine serves")
            note_of(app.generate_notes(short))
    wait_for(lambda: _num_cells(live_system) == 8192, "the first engine serves again")
    assert live_system.replica() == before


def _num_cells(system: LiveSystem) -> float:
    return system.metrics()["engine_cache_tokens"]


def test_health_and_metrics_tell_what_was_done(app: MobileApp, live_system: LiveSystem) -> None:
    before = live_system.metrics()
    answer = app.generate_notes(new_session(app))
    note_of(answer)
    health, now = json.loads(live_system.text("/health")), live_system.metrics()
    assert (health["status"], health["model_loaded"], health["database"]) == ("healthy", True, True)
    assert health["model_name"] == answer.json()["model"]
    assert 50 < health["model_size_mb"] < 5000
    assert health["uptime_seconds"] > 0
    assert health["total_inferences"] == now["inference_time_seconds_count"] + _fallbacks(now)
    assert health["avg_inference_time_seconds"] > 0
    assert health["success_rate"] == now["inference_success_rate"]
    grown = {name: now[name] - before[name] for name in before}
    assert grown["inference_time_seconds_count"] == 1
    assert grown["inference_time_seconds_sum"] == pytest.approx(
        answer.json()["inference_time"], abs=0.01
    )
    assert 100 < grown["prompt_tokens_total"] < 2000
    assert 20 < grown["generated_tokens_total"] < 500
    assert now["model_load_time_seconds"] > 0
    assert now["memory_usage_bytes"] > 1e6 * health["model_size_mb"]
    assert now["timeout_count"] == 0
    assert now["queue_waiting_requests"] == now["queue_waiting_tokens"] == 0


def _fallbacks(metrics: dict[str, float]) -> float:
    return metrics["fallback_usage_count"]


def test_a_client_that_goes_away_frees_its_sequences(
    app: MobileApp, live_system: LiveSystem
) -> None:
    session = new_session(app, LONG_SESSION)
    wait_for(live_system.is_idle, "nothing else is being written")
    app.hang_up(session, lambda: wait_for(live_system.is_generating, "the note is being written"))
    wait_for(live_system.is_idle, "the sequences are free again", patience_s=15)
    assert app.session(session)["notes"] is None
    note_of(app.generate_notes(new_session(app)))


def test_nothing_that_people_said_is_told(app: MobileApp, live_system: LiveSystem) -> None:
    session = new_session(app)
    note = note_of(app.generate_notes(session))
    app.search(PLANTED[0])
    patient = app.session(session)["patient_id"]
    assert app.summarize(patient, sends_token=True).json()["success"] is True
    for status in _wrong_requests(app, session):
        assert 400 <= status < 500
    too_small = live_system.user_config("Phi3Replica")
    too_small["engine"] |= {"context_tokens": 128, "cache_tokens": 6144}
    with live_system.deployed("Phi3Replica", user_config=too_small):
        wait_for(lambda: _num_cells(live_system) == 6144, "the new engine serves")
        assert app.generate_notes(session).json()["fallback"] is True
    wait_for(lambda: _num_cells(live_system) == 8192, "the first engine serves again")
    told = {str(path): path.read_bytes().lower() for path in live_system.log_files()}
    told |= {url: body.lower() for url, body in _figures(live_system)}
    for folder in (live_system.settings.logs_dir, live_system.run.temp_dir):
        lines = [text for place, text in told.items() if place.startswith(str(folder))]
        assert any(b"fallback_used" in text for text in lines)  # so it is here that one would look
    said = [*PLANTED, "breathing exercise", "afraid of the", *_sentences(note)]
    for place, text in told.items():
        assert not [words for words in said if words.lower().encode() in text], place


def _wrong_requests(app: MobileApp, session: int) -> Iterator[int]:
    """Yield the statuses of requests that are wrong in each way that there is."""
    words = " ".join(PLANTED)
    yield app.call("PUT", f"/sessions/{session}/notes", {"notes": [words]}).status_code
    yield app.call("POST", "/sessions/", {"patient_id": words}).status_code
    yield app.call("POST", f"/sessions/{session}/generate-notes", {"style": words}).status_code
    yield app.call("GET", f"/patients/search?q={words * 100}").status_code
    yield app.call("GET", f"/{words}").status_code
    yield app.call("GET", f"/patients/{words}").status_code
    yield app.call("PUT", f"/sessions/{session}/notes", f'{{"notes": "{words}').status_code
    body = {"full_name": words, "patient_id": f"{words} {uuid.uuid4()}"}
    app.call("POST", "/patients/", body)
    yield app.call("POST", "/patients/", body).status_code


def _sentences(note: str) -> list[str]:
    """Return what each section of a note says, save for what rules put there."""
    bodies = dict(line.removeprefix("**").split(":** ", 1) for line in note.splitlines())
    return [text for heading, text in bodies.items() if heading != "Risk" and len(text) > 30]


def _figures(system: LiveSystem) -> Iterator[tuple[str, bytes]]:
    """Yield what can be read without a password: our metrics, health, and Ray's metrics."""
    own = [f"{system.base_url}{path}" for path in ("/metrics", "/health", "/")]
    for url in [*own, f"http://127.0.0.1:{system.run.metrics_port}/metrics"]:
        answer = httpx.get(url, trust_env=False, timeout=30)
        assert answer.is_success
        yield url, answer.content


def test_nothing_leaves_the_machine(app: MobileApp, live_system: LiveSystem) -> None:
    """Property 1: No External API Calls During Summarization."""
    session = new_session(app)
    patient = app.session(session)["patient_id"]
    with watched(live_system.processes) as seen:
        note_of(app.generate_notes(session))
        answer: dict[str, Any] = app.summarize(patient, sends_token=True).json()
    assert (answer["success"], answer["fallback"]) == (True, False)
    assert seen.num_looks > 5
    assert seen.num_connections > 0
    assert seen.outward == set()
    assert live_system.replica().pid in live_system.guarded_pids()
    assert live_system.replica("Ingress").pid in live_system.guarded_pids()
    assert live_system.refused_calls() == []


def test_the_guard_refuses_and_records(tmp_path: Path) -> None:
    """What the test before rests on."""
    file = tmp_path / "guard.txt"
    program = (
        "import socket\n"
        "for call in (lambda: socket.create_connection(('203.0.113.1', 80), timeout=1),\n"
        "             lambda: socket.getaddrinfo('example.org', 80)):\n"
        "    try: call()\n"
        "    except OSError as error: print(type(error).__name__)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(NETGUARD), "NETGUARD_FILE": str(file)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["OutwardCallError"] * 2
    assert [line.split()[1] for line in file.read_text().splitlines()] == [
        *("guarded", "refused", "refused")
    ]
