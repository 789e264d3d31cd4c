"""Request to note, and the memory of the whole system: `python -m bench.note [--quick]`.

Needs a running system with the demo practice (`make serve`). One client regenerates the note of
the demo's first session again and again over HTTP. Then, during a few more notes, the memory of
everything that the system runs is sampled (proportional set size: shared pages counted once).
"""

import argparse
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from tqdm import tqdm

from bench.machine import describe_machine
from db.embedded import EmbeddedPostgres
from deployments.config import Settings, load_settings
from scripts.demo import credentials, first_session
from scripts.processes import memory_bytes, processes_in, with_children
from scripts.run_file import RunFile

NUM_NOTES = 20
NUM_NOTES_QUICK = 5
SAMPLE_EVERY_S = 0.5


@dataclass
class Peak:
    """The most memory seen."""

    num_bytes: int = 0


def main() -> None:
    """Run the benchmark and print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{NUM_NOTES_QUICK} notes")
    num_notes = NUM_NOTES_QUICK if parser.parse_args().quick else NUM_NOTES
    settings = load_settings()
    run = RunFile.read(settings.data_dir)
    if run is None:
        raise SystemExit("Nothing runs. Start the system with `make serve`.")
    seconds = request_notes(run.base_url, num_notes)
    # Apart from the timing: to look at the memory of twenty processes takes most of a second.
    with peak_memory(settings, run) as peak:
        request_notes(run.base_url, NUM_NOTES_QUICK)
    print_report(seconds, peak.num_bytes, model_name(run.base_url))


def request_notes(base_url: str, num_notes: int) -> list[float]:
    """Return the seconds from request to answer of each note, the first (a warm-up) left out."""
    session_id = first_session(base_url)
    if session_id is None:
        raise SystemExit("The demo practice is not loaded; it goes into an empty database only.")
    username, password = credentials()
    with httpx.Client(base_url=base_url, timeout=300, trust_env=False) as http:
        form = {"username": username, "password": password}
        token = http.post("/auth/login", data=form).raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        rounds = tqdm(range(num_notes + 1), unit="note")
        return [_request_note(http, session_id) for _ in rounds][1:]


def _request_note(http: httpx.Client, session_id: int) -> float:
    started = time.perf_counter()
    answer = http.post(f"/sessions/{session_id}/generate-notes", json={"regenerate": True})
    seconds = time.perf_counter() - started
    body = answer.raise_for_status().json()
    if not body["success"] or body.get("fallback"):
        raise SystemExit(f"No note was written (status {answer.status_code}).")
    return seconds


def model_name(base_url: str) -> str:
    """Return which model answered."""
    name: str = httpx.get(f"{base_url}/health", trust_env=False).json()["model_name"]
    return name


@contextmanager
def peak_memory(settings: Settings, run: RunFile) -> Iterator[Peak]:
    """Sample the system's memory in a thread; the peak is complete at exit."""
    peak, is_done = Peak(), threading.Event()

    def sample() -> None:
        while not is_done.wait(SAMPLE_EVERY_S):
            peak.num_bytes = max(peak.num_bytes, memory_bytes(system_processes(settings, run)))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        is_done.set()
        thread.join()


def system_processes(settings: Settings, run: RunFile) -> list[psutil.Process]:
    """Return Ray's processes and those of the embedded PostgreSQL."""
    pid = EmbeddedPostgres(settings.data_dir).pid()
    database = with_children(psutil.Process(pid)) if pid else []
    return [*processes_in(Path(run.temp_dir)), *database]


def print_report(seconds: list[float], num_bytes: int, model: str) -> None:
    """Print what was measured, for people and for programs."""
    figures = {
        "model": model,
        "num_notes": len(seconds),
        "median_s": round(statistics.median(seconds), 2),
        "min_s": round(min(seconds), 2),
        "max_s": round(max(seconds), 2),
        "peak_memory_mib": round(num_bytes / 2**20),
        "load_average": round(psutil.getloadavg()[0], 2),
        "machine": describe_machine(),
    }
    for name, value in figures.items():
        print(f"{name:>16}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
