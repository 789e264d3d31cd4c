"""The pool in the running system: its queue, its sleep, its crashes, and two replicas of it."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import httpx
import psutil
import pytest

from scripts.serve_client import ServeClient
from scripts.system import token_file
from tests.live import LiveSystem, wait_for
from tests.mobile_app import MobileApp, new_app

SESSION = """Therapist: How have you been since we met on Thursday?
Patient: The dog next door kept me awake, I felt tense at work and I cried on Friday.
Therapist: Let us practise the breathing exercise every evening until we meet again.
Patient: I will try that, and I will call my sister when it gets bad."""
POOL = "Phi3Replica"


@pytest.fixture
def app(live_server: str) -> Iterator[MobileApp]:
    with new_app(live_server) as app:
        yield app


def new_sessions(app: MobileApp, *transcripts: str) -> list[int]:
    """Store sessions of a new patient and return their ids."""
    patient = app.create_patient("Pat Example")
    return [int(app.create_session(patient["id"], each)["id"]) for each in transcripts]


def long_session(about: str, num_days: int = 48) -> str:
    """Return a transcript that takes several seconds to read, unless it was read before."""
    return "\n".join(
        f"Therapist: What happened on day {day}?\n"
        f"Patient: On day {day} I was afraid of the {about} again and stayed at home."
        for day in range(num_days)
    )


def note_of(answer: httpx.Response) -> str:
    """Return the note that the model wrote; an extract or an error fails the test."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["fallback"] is False, answer.json()["fallback_reason"]
    return str(answer.json()["generated_notes"])


def scaling_of(system: LiveSystem, **changes: Any) -> dict[str, Any]:
    """Return the pool's autoscaling with other values."""
    deployments = system.config["applications"][0]["deployments"]
    pool = next(each for each in deployments if each["name"] == POOL)
    return dict(pool["autoscaling_config"]) | changes


# A full queue


def test_a_full_queue_says_when_there_is_room(app: MobileApp, live_system: LiveSystem) -> None:
    sessions = new_sessions(app, *[SESSION] * 16)
    note_of(app.generate_notes(sessions.pop()))  # so that the engine's rates are those of notes
    with live_system.deployed(POOL, max_ongoing_requests=1, max_queued_requests=1):
        short_s = _seconds_until_let_in(app, sessions[:3])
    with live_system.deployed(POOL, max_ongoing_requests=1, max_queued_requests=3):
        long_s = _seconds_until_let_in(app, sessions[3:])
    assert 1 <= short_s < long_s <= 600


def _seconds_until_let_in(app: MobileApp, sessions: list[int]) -> int:
    """Ask for all notes at once, and again for one that was refused, after the time told.

    There are many more than the queue holds, since a session that was read before takes less time
    than it takes to ask for the next.
    """
    with ThreadPoolExecutor(len(sessions)) as pool:
        asked = {pool.submit(app.generate_notes, session): session for session in sessions}
        refused = next(each for each in as_completed(asked) if each.result().status_code == 429)
        seconds = int(refused.result().headers["Retry-After"])
        time.sleep(seconds)
        note_of(app.generate_notes(asked[refused]))
    return seconds


# No replica


def test_a_pool_without_work_sleeps_and_wakes(app: MobileApp, live_system: LiveSystem) -> None:
    [session] = new_sessions(app, SESSION)
    before = live_system.replica()
    sleepy = scaling_of(live_system, min_replicas=0, downscale_delay_s=1, look_back_period_s=2)
    with live_system.deployed(POOL, autoscaling_config=sleepy):
        # Who asks all the time how it is does not keep it awake.
        wait_for(lambda: not _health(live_system)["model_loaded"], "the pool sleeps")
        assert _health(live_system)["status"] == "healthy"
        assert live_system.metrics()["memory_usage_bytes"] == 0
        note_of(app.generate_notes(session))
        assert live_system.replica().actor_id != before.actor_id
        assert _health(live_system)["model_loaded"]


def _health(system: LiveSystem) -> Any:
    return json.loads(system.text("/health"))


# A replica that crashes or hangs


def test_a_replica_that_crashes_is_replaced(app: MobileApp, live_system: LiveSystem) -> None:
    [session] = new_sessions(app, long_session("crash"))
    crashed = live_system.replica()
    answer = _answer_of_a_replica_that_got(signal.SIGSEGV, app, session, live_system)
    assert answer["fallback"] is True
    note_of(app.generate_notes(session))
    assert live_system.replica().actor_id != crashed.actor_id


def test_a_replica_that_hangs_is_replaced(app: MobileApp, live_system: LiveSystem) -> None:
    [session] = new_sessions(app, long_session("silence"))
    hung = live_system.replica()
    with live_system.deployed(
        POOL, health_check_period_s=1, health_check_timeout_s=2, graceful_shutdown_timeout_s=2
    ):
        answer = _answer_of_a_replica_that_got(signal.SIGSTOP, app, session, live_system)
        assert answer["fallback"] is True
        note_of(app.generate_notes(session))
        assert live_system.replica().actor_id != hung.actor_id
    assert not psutil.pid_exists(hung.pid)


def _answer_of_a_replica_that_got(
    signal_: signal.Signals, app: MobileApp, session: int, system: LiveSystem
) -> Any:
    replica = system.replica()
    wait_for(lambda: not system.is_generating(), "nothing else is being written")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(app.generate_notes, session)
        wait_for(system.is_generating, "the note is being written")
        os.kill(replica.pid, signal_)
        answer = running.result(timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()


# Two replicas


def test_two_replicas_share_the_work_by_what_they_hold(
    app: MobileApp, live_system: LiveSystem
) -> None:
    one, other = new_sessions(app, long_session("dog", 12), long_session("cat", 12))
    cold = new_sessions(app, long_session("cow"), long_session("bee"))
    two = scaling_of(live_system, min_replicas=2, max_replicas=2)
    with live_system.deployed(POOL, autoscaling_config=two):
        wait_for(lambda: _num_running(live_system) == 2, "two replicas run")
        _write_at_once(app, one, other)
        writers = [_writer_of(app, live_system, each) for each in (one, one, other, other, one)]
        assert [writers.index(each) for each in writers] == [0, 0, 2, 2, 0]
        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(app.generate_notes, each) for each in cold]
            wait_for(live_system.is_generating, "the notes are being written")
            live_system.deploy(live_system.config)  # so one of the replicas has to go
            assert all(note_of(each.result()) for each in running)
        wait_for(lambda: _num_running(live_system) == 1, "one replica is left")
    told = [path for path in live_system.log_files() if b"digests" in path.read_bytes()]
    assert told == []


def _num_running(system: LiveSystem) -> int:
    with ServeClient.open(system.run.dashboard_url, token_file(system.settings)) as client:
        [application] = client.applications()
    return next(each.num_running for each in application.deployments if each.name == POOL)


def _write_at_once(app: MobileApp, *sessions: int) -> None:
    with ThreadPoolExecutor(len(sessions)) as pool:
        assert all(note_of(answer) for answer in pool.map(app.generate_notes, sessions))


def _writer_of(app: MobileApp, system: LiveSystem, session: int) -> str:
    """Return which process of a replica writes the note of a session."""
    before = _num_prompts(system)
    note_of(app.generate_notes(session))
    [writer] = _num_prompts(system) - before
    return writer


def _num_prompts(system: LiveSystem) -> Counter[str]:
    """Return how many prompts each process of a replica has answered."""
    files = system.settings.logs_dir.glob("phi3-*.jsonl")
    return Counter({path.stem: path.read_text().count("inference_complete") for path in files})
