"""llama-server of the same sources and flags, asked over HTTP by as many clients as are wanted."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx
import psutil

from bench.errors import BenchError
from bench.workload import Session, WholeNote, Workload, check_count
from bench.writing import Written, WrittenNote
from models.engine.params import SamplingParams
from scripts.processes import memory_bytes

START_S = 300.0
STOP_S = 20.0
ANSWER_S = 3600.0
_NUM_LOG_LINES = 10


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How llama-server is run. `options` are as its command line takes them."""

    name: str
    num_threads: int
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, program: Path, model_path: Path, port: int) -> list[str]:
        """Return its command line."""
        return [
            *(str(program), "-m", str(model_path), "-t", str(self.num_threads)),
            *("--host", "127.0.0.1", "--port", str(port), *self.options),
        ]


class ServerWriter:
    """Client threads of a running llama-server."""

    def __init__(
        self, http: httpx.Client, process: psutil.Process, workload: Workload, name: str
    ) -> None:
        self._http = http
        self._process = process
        self._workload = workload
        self._name = name

    def write(self, sessions: Sequence[Session], num_in_flight: int) -> Written:
        """Write a note of each session; see Writer."""
        notes = [self._workload.whole_note(session) for session in sessions]
        written = self.answer(notes, num_in_flight)
        counts = (note.num_tokens for note in written.notes)
        check_count(self._name, counts, self._workload.num_tokens)
        return written

    def write_product(
        self, sessions: Sequence[Session], num_in_flight: int, sampling: SamplingParams
    ) -> Written:
        """Write notes as the product asks for them; see Writer."""
        notes = [self._workload.product_note(session, sampling) for session in sessions]
        return self.answer(notes, num_in_flight)

    def answer(self, notes: Sequence[WholeNote], num_in_flight: int) -> Written:
        """Answer questions of any form, so many at a time."""
        started = time.perf_counter()
        with ThreadPoolExecutor(num_in_flight) as clients:
            written = tuple(clients.map(self._answer_one, notes))
        return Written(time.perf_counter() - started, written)

    def memory_bytes(self) -> int:
        """Return the server's proportional set size."""
        return memory_bytes([self._process])

    def _answer_one(self, note: WholeNote) -> WrittenNote:
        started = time.perf_counter()
        answer = self._http.post("/completion", json=completion_body(note))
        seconds = time.perf_counter() - started
        if not answer.is_success:
            reason = f"{self._name} answered with status {answer.status_code}."
            raise BenchError(reason=reason)
        body = answer.json()
        # What its cache spared is part of the prompt.
        num_prompt = body["timings"].get("cache_n", 0) + body["timings"]["prompt_n"]
        return WrittenNote(seconds, num_prompt, body["tokens_predicted"])


def completion_body(note: WholeNote) -> dict[str, Any]:
    """Return a question as llama-server's own interface takes it."""
    return {
        "prompt": note.prompt,
        "grammar": note.grammar,
        "n_predict": note.max_tokens,
        "temperature": note.sampling.temperature,
        "top_k": note.sampling.top_k,
        "top_p": note.sampling.top_p,
        "repeat_penalty": note.sampling.repeat_penalty,
        "repeat_last_n": note.sampling.repeat_last_n,
        "cache_prompt": True,
    }


@contextmanager
def open_server_writer(
    program: Path, model_path: Path, settings: ServerSettings, workload: Workload
) -> Iterator[ServerWriter]:
    """Run a llama-server on a free port; it has ended when this has."""
    port = free_port()
    command = settings.command(program, model_path, port)
    with (
        tempfile.TemporaryFile("w+") as log,
        _running(command, settings.environment, log) as process,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            timeout=ANSWER_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=None),
        ) as http,
    ):
        _wait_until_healthy(http, process, log)
        yield ServerWriter(http, psutil.Process(process.pid), workload, settings.name)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], log: IO[str]
) -> Iterator["subprocess.Popen[bytes]"]:
    variables = {**os.environ, **environment}
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=variables)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(
    http: httpx.Client, process: "subprocess.Popen[bytes]", log: IO[str]
) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchError(reason=f"llama-server ended at its start:\n{_tail(log)}")
        try:
            if http.get("/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(0.1)
    raise BenchError(reason=f"llama-server was not ready within {START_S:.0f} s.")


def _tail(log: IO[str]) -> str:
    log.seek(0)
    return "\n".join(log.read().splitlines()[-_NUM_LOG_LINES:])
