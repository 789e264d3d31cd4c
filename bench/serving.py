"""What HTTP, Ray Serve and the database cost: `python -m bench.serving [--quick]`.

Needs a running system with the demo practice that asks for each section once, as the engine alone
does (`NOTES_MAX_ATTEMPTS=1 make serve`, and the same variable here). The same sessions, new to
everybody, are written 8 at a time through the routes and by the engine alone, in a process of its
own with the configuration and the sampling of serve_config.yaml; in turns, in rounds. Answers end
where they end and differ from run to run, so both are counted in tokens a second, read and written
ones. The system's sessions belong to a patient who is removed at the end.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from tqdm import tqdm

from bench.errors import BenchError
from bench.ground import Common, Ground, exit_status, prepared
from bench.machine import describe_machine
from bench.peers.engine import EngineWriter, open_engine_writer
from bench.system import generate_note, logged_in, print_figures, running_system
from bench.workload import Session
from deployments.config import load_settings
from models.engine.params import SamplingParams
from notes.transcript import render_turns

IN_FLIGHT = 8
NUM_WORDS = 200
FIRST_SEED = 50_000


@dataclass(frozen=True, slots=True)
class Routes:
    """The app's calls that a benchmark needs, as the demo therapist."""

    http: httpx.Client
    patient_id: int

    def tokens_per_s(self, sessions: Sequence[Session]) -> float:
        """Store the sessions, and return the rate at which their notes are written."""
        ids = [self._store(session) for session in sessions]
        before = self._num_tokens()
        started = time.perf_counter()
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(lambda session_id: generate_note(self.http, session_id), ids))
        seconds = time.perf_counter() - started
        return (self._num_tokens() - before) / seconds

    def _store(self, session: Session) -> int:
        text = render_turns(session.turns)
        body = {"patient_id": self.patient_id, "original_transcription": text}
        answer = self.http.post("/sessions/", json=body).raise_for_status()
        return int(answer.json()["session"]["id"])

    def _num_tokens(self) -> float:
        lines = self.http.get("/metrics").raise_for_status().text.splitlines()
        names = ("prompt_tokens_total ", "generated_tokens_total ")
        return sum(float(line.split()[1]) for line in lines if line.startswith(names))


def main() -> int:
    """Run the benchmark and print a table and a line of JSON; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer notes and rounds")
    options = Common(is_quick=parser.parse_args().quick)  # all else is as the system runs
    return exit_status(lambda: _run(options))


def _run(options: Common) -> int:
    rounds, notes = (3, 8) if options.is_quick else (5, 16)
    settings = load_settings()
    if settings.max_attempts != 1:
        reason = "Set NOTES_MAX_ATTEMPTS=1, here and for `make serve`: the engine alone asks once."
        raise BenchError(reason=reason)
    run = running_system(settings)
    served, alone = [], []
    with (
        prepared(options) as ground,
        open_routes(run.base_url) as routes,
        open_engine_writer(ground.target.path, ground.base, ground.workload) as engine,
    ):
        for number in tqdm(range(rounds + 1), unit="round", disable=None):
            # Seeds that no earlier run had: the system still holds what it read then.
            first = FIRST_SEED + 2 * notes * number + time.time_ns() % 1_000_000 * 1000
            sessions = ground.workload.sessions(NUM_WORDS, range(first, first + notes))
            alone.append(_tokens_per_s(engine, sessions, ground.sampling))
            served.append(routes.tokens_per_s(sessions))
        # The first round has warmed both up.
        print_figures(_figures(served[1:], alone[1:], ground))
    return 0


def _tokens_per_s(
    engine: EngineWriter, sessions: Sequence[Session], sampling: SamplingParams
) -> float:
    written = engine.write_product(sessions, IN_FLIGHT, sampling)
    return sum(note.num_prompt_tokens + note.num_tokens for note in written.notes) / written.seconds


@contextmanager
def open_routes(base_url: str) -> Iterator[Routes]:
    """Log in and make a patient, who is removed at the end."""
    with logged_in(base_url) as http:
        made = http.post("/patients/", json={"full_name": "Benchmark"}).raise_for_status().json()
        patient_id = int(made["patient"]["id"])
        try:
            yield Routes(http, patient_id)
        finally:
            http.delete(f"/patients/{patient_id}").raise_for_status()


def _figures(served: Sequence[float], alone: Sequence[float], ground: Ground) -> dict[str, object]:
    ratios = [one / other for one, other in zip(served, alone, strict=True)]
    return {
        "model": ground.target.label,
        "in_flight": IN_FLIGHT,
        "served_tokens_per_s": [round(each, 1) for each in served],
        "alone_tokens_per_s": [round(each, 1) for each in alone],
        "served_to_alone": round(statistics.median(ratios), 3),
        "machine": describe_machine(),
    }


if __name__ == "__main__":
    sys.exit(main())
