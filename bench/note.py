"""Request to note, and the memory of the whole system: `python -m bench.note [--quick]`.

Needs a running system with the demo practice (`make serve`). One client regenerates the note of
the demo's first session again and again over HTTP. Then, during a few more notes, the memory of
everything that the system runs is sampled (proportional set size: shared pages counted once).
"""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from tqdm import tqdm

from bench.errors import BenchError
from bench.ground import exit_status
from bench.machine import describe_machine
from bench.system import generate_note, logged_in, print_figures, running_system
from db.embedded import EmbeddedPostgres
from deployments.config import Settings, load_settings
from scripts.demo import first_session
from scripts.processes import memory_bytes, processes_in, with_children
from scripts.run_file import RunFile

NUM_NOTES = 20
NUM_NOTES_QUICK = 5
SAMPLE_EVERY_S = 0.5


@dataclass
class Peak:
    """The most memory seen."""

    num_bytes: int = 0


def main() -> int:
    """Run the benchmark and print a table and a line of JSON; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.note", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{NUM_NOTES_QUICK} notes")
    num_notes = NUM_NOTES_QUICK if parser.parse_args().quick else NUM_NOTES
    return exit_status(lambda: _run(num_notes))


def _run(num_notes: int) -> int:
    settings = load_settings()
    run = running_system(settings)
    seconds = request_notes(run.base_url, num_notes)
    # Apart from the timing: to look at the memory of twenty processes takes most of a second.
    with peak_memory(settings, run) as peak:
        request_notes(run.base_url, NUM_NOTES_QUICK)
    print_figures(
        {
            "model": model_name(run.base_url),
            "num_notes": len(seconds),
            "median_s": round(statistics.median(seconds), 2),
            "min_s": round(min(seconds), 2),
            "max_s": round(max(seconds), 2),
            "peak_memory_mib": round(peak.num_bytes / 2**20),
            "load_average": round(psutil.getloadavg()[0], 2),
            "machine": describe_machine(),
        }
    )
    return 0


def request_notes(base_url: str, num_notes: int) -> list[float]:
    """Return the seconds from request to answer of each note, the first (a warm-up) left out."""
    session_id = first_session(base_url)
    if session_id is None:
        raise BenchError(
            reason="The demo practice is not loaded; it goes into an empty database only."
        )
    with logged_in(base_url) as http:
        rounds = tqdm(range(num_notes + 1), unit="note", disable=None)
        return [_seconds_of(lambda: generate_note(http, session_id)) for _ in rounds][1:]


def _seconds_of(do: Callable[[], None]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


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


if __name__ == "__main__":
    sys.exit(main())
