"""What HTTP, Ray Serve and the database cost: `python -m bench.serving [--quick]`.

Needs a running system with the demo practice (`make serve`). The same sessions, new to everybody,
are written 8 at a time through the routes and by the engine alone, in a process of its own with
the configuration and the sampling of serve_config.yaml; in turns, in rounds. Answers end where they
end and differ from run to run, so both are counted in tokens a second, read and written ones. The
system's sessions belong to a patient who is removed at the end.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from tqdm import tqdm

from bench.contenders import production_settings
from bench.lineup import find_target
from bench.machine import describe_machine
from bench.peers.engine import open_engine_writer
from bench.workload import Session, Workload, read_turns
from deployments.config import load_settings
from models.engine.llama_vocabulary import LlamaTokenizer
from models.gguf.metadata import read_metadata
from models.install import chat_format_of
from notes.transcript import render_turns
from scripts.demo import credentials
from scripts.run_file import RunFile

IN_FLIGHT = 8
NUM_WORDS = 200
FIRST_SEED = 50_000


@dataclass(frozen=True, slots=True)
class Routes:
    """The app's calls that a benchmark needs, as the demo therapist."""

    http: httpx.Client
    patient_id: int

    def notes(self, sessions: Sequence[Session]) -> float:
        """Store the sessions, have their notes written, and return tokens a second."""
        ids = [self._store(session) for session in sessions]
        before = self._num_tokens()
        started = time.perf_counter()
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(self._write, ids))
        seconds = time.perf_counter() - started
        return (self._num_tokens() - before) / seconds

    def _store(self, session: Session) -> int:
        text = render_turns(session.turns)
        body = {"patient_id": self.patient_id, "original_transcription": text}
        return int(self._call("POST", "/sessions/", body)["session"]["id"])

    def _write(self, session_id: int) -> None:
        answer = self._call("POST", f"/sessions/{session_id}/generate-notes", {"regenerate": True})
        if not answer["success"] or answer.get("fallback"):
            raise SystemExit(f"No note was written of session {session_id}.")

    def _num_tokens(self) -> float:
        lines = self.http.get("/metrics").raise_for_status().text.splitlines()
        names = ("prompt_tokens_total ", "generated_tokens_total ")
        return sum(float(line.split()[1]) for line in lines if line.startswith(names))

    def _call(self, method: str, path: str, body: object) -> Any:
        return self.http.request(method, path, json=body).raise_for_status().json()


def main() -> None:
    """Run the benchmark and print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer notes and rounds")
    is_quick = parser.parse_args().quick
    rounds, notes = (3, 8) if is_quick else (5, 16)
    run = RunFile.read(load_settings().data_dir)
    if run is None:
        raise SystemExit("Nothing runs. Start the system with `make serve`.")
    target = find_target("default")
    config, sampling = production_settings()
    served, alone = [], []
    with closing(LlamaTokenizer.load(target.path)) as tokenizer:
        metadata = chat_format_of(read_metadata(target.path), target.path.name)
        workload = Workload(read_turns(), metadata, tokenizer.count)
        with (
            open_routes(run.base_url) as routes,
            open_engine_writer(target.path, config, workload) as engine,
        ):
            for number in tqdm(range(rounds + 1), unit="round", disable=None):
                first = FIRST_SEED + 2 * notes * number + time.time_ns() % 1_000_000 * 1000
                sessions = workload.sessions(NUM_WORDS, range(first, first + notes))
                written = engine.write_product(sessions, IN_FLIGHT, sampling)
                num_read = sum(note.num_prompt_tokens for note in written.notes)
                alone.append(num_read / written.seconds + written.tokens_per_s)
                served.append(routes.notes(sessions))
    print_report(served[1:], alone[1:], target.label)  # the first round warms both up


@contextmanager
def open_routes(base_url: str) -> Iterator[Routes]:
    """Log in and make a patient, who is removed at the end."""
    username, password = credentials()
    with httpx.Client(base_url=base_url, timeout=600, trust_env=False) as http:
        form = {"username": username, "password": password}
        token = http.post("/auth/login", data=form).raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        made = http.post("/patients/", json={"full_name": "Benchmark"}).raise_for_status().json()
        patient_id = int(made["patient"]["id"])
        try:
            yield Routes(http, patient_id)
        finally:
            http.delete(f"/patients/{patient_id}").raise_for_status()


def print_report(served: Sequence[float], alone: Sequence[float], model: str) -> None:
    """Print what was measured, for people and for programs."""
    ratios = [one / other for one, other in zip(served, alone, strict=True)]
    figures = {
        "model": model,
        "in_flight": IN_FLIGHT,
        "served_tokens_per_s": [round(each, 1) for each in served],
        "alone_tokens_per_s": [round(each, 1) for each in alone],
        "served_to_alone": round(statistics.median(ratios), 3),
        "machine": describe_machine(),
    }
    for name, value in figures.items():
        print(f"{name:>20}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
