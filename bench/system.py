"""The running system, as the benchmarks that ask it over HTTP meet it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from bench.errors import BenchError
from deployments.config import Settings
from scripts.demo import credentials
from scripts.run_file import RunFile

_TIMEOUT_S = 600.0


def running_system(settings: Settings) -> RunFile:
    """Return how to reach what runs; BenchError if nothing does."""
    run = RunFile.read(settings.data_dir)
    if run is None:
        raise BenchError(reason="Nothing runs. Start the system with `make serve`.")
    return run


@contextmanager
def logged_in(base_url: str) -> Iterator[httpx.Client]:
    """Open a client that is the demo therapist."""
    username, password = credentials()
    with httpx.Client(base_url=base_url, timeout=_TIMEOUT_S, trust_env=False) as http:
        form = {"username": username, "password": password}
        token = http.post("/auth/login", data=form).raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http


def generate_note(http: httpx.Client, session_id: int) -> None:
    """Have a session's note written, again if there is one; BenchError without the model's."""
    answer = http.post(f"/sessions/{session_id}/generate-notes", json={"regenerate": True})
    body = answer.raise_for_status().json()
    if not body["success"] or body.get("fallback"):
        raise BenchError(reason=f"No note was written (status {answer.status_code}).")


def print_figures(figures: Mapping[str, object]) -> None:
    """Print what was measured, for people and then as a line for programs."""
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:>{width}}  {value}")
    print(json.dumps(figures))
