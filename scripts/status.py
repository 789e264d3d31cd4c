"""`make status`: a table of the parts, and whether all are well."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from db.embedded import EmbeddedPostgres
from deployments.config import Settings
from scripts.database import answers
from scripts.processes import memory_bytes, processes_in, with_children
from scripts.run_file import RunFile
from scripts.serve_client import ApplicationState, DeploymentState, ServeClient, health
from scripts.system import token_file

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the table."""

    name: str
    is_well: bool
    words: str

    def __str__(self) -> str:
        return f"{self.name:<22} {'ok' if self.is_well else 'DOWN':<5} {self.words}"


def print_status(settings: Settings) -> int:
    """Print the table; 0 when every part is well, else 1."""
    parts = list(find_parts(settings))
    print("\n".join(str(part) for part in parts))
    return 0 if all(part.is_well for part in parts) else 1


def find_parts(settings: Settings) -> Iterator[Part]:
    """Yield the parts, from the ground up."""
    yield _database(settings)
    run = RunFile.read(settings.data_dir)
    process = run.head.find() if run else None
    if run is None or process is None:
        yield Part("Ray head", False, "not running; start with `make serve`")
        return
    yield _head(run, process)
    yield from _applications(settings, run)
    yield _api(run.base_url)


def _database(settings: Settings) -> Part:
    is_well = answers(settings.resolved_database_url())
    if settings.database_url is not None:
        return Part("PostgreSQL", is_well, "the server of DATABASE_URL")
    pid = EmbeddedPostgres(settings.data_dir).pid()
    return Part("PostgreSQL", is_well, f"embedded, {_memory_of(pid)}")


def _memory_of(pid: int | None) -> str:
    with suppress(psutil.NoSuchProcess):
        if pid is not None:
            return f"pid {pid}, {_mebibytes(with_children(psutil.Process(pid)))}"
    return "stopped"


def _head(run: RunFile, process: psutil.Process) -> Part:
    everything = processes_in(Path(run.temp_dir))
    minutes = (time.time() - process.create_time()) / 60
    words = f"pid {process.pid}, up {minutes:.0f} min, replicas included {_mebibytes(everything)}"
    return Part("Ray head", True, words)


def _mebibytes(processes: list[psutil.Process]) -> str:
    return f"{memory_bytes(processes) / MEBIBYTE:.0f} MiB"


def _applications(settings: Settings, run: RunFile) -> Iterator[Part]:
    try:
        with ServeClient.open(run.dashboard_url, token_file(settings)) as client:
            states = client.applications()
    except (httpx.HTTPError, OSError) as error:
        yield Part("Ray Serve", False, f"does not answer at {run.dashboard_url}: {error}")
        return
    for state in states:
        yield from _application(state)


def _application(state: ApplicationState) -> Iterator[Part]:
    yield Part(f"Application {state.name}", state.is_running, f"{state.status} {state.message}")
    yield from (_deployment(each) for each in state.deployments)


def _deployment(state: DeploymentState) -> Part:
    replicas = f"{state.num_running} of {state.num_wanted} replicas, {state.status}"
    return Part(f"  {state.name}", state.is_healthy, f"{replicas} {state.message}")


def _api(base_url: str) -> Part:
    answer = health(base_url)
    is_well = answer is not None and answer.is_success
    return Part("API", is_well, f"{base_url} {answer.status_code if answer else 'no answer'}")
