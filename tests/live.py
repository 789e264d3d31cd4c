"""The whole running system as tests look at it from outside: processes, files, configuration."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from db.embedded import EmbeddedPostgres
from deployments.config import Settings
from models.registry import (
    MODEL_FILE,
    ModelDescription,
    ModelRegistry,
    ModelVersion,
    default_store,
)
from scripts.processes import processes_in, with_children
from scripts.run_file import RunFile
from scripts.serve_client import PATH, ServeClient
from scripts.system import CONFIG, render_config, start_system, token_file
from tests.systems import private_settings, silent

NETGUARD = Path(__file__).with_name("netguard")


def wait_for(is_so: Callable[[], bool], what: str, patience_s: float = 120.0) -> None:
    """Return once it is so; fails the test with `what` if it never is."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, f"not in {patience_s:.0f} s: {what}"
        time.sleep(0.2)


# What tests change of autoscaling: until Serve has taken it back, a pool may still go to sleep.
SCALING = ("min_replicas", "max_replicas", "downscale_delay_s")


@dataclass(frozen=True, slots=True)
class Replica:
    """One replica as Serve knows it."""

    id: str
    actor_id: str
    pid: int


@dataclass(frozen=True, slots=True)
class LiveSystem:
    """A system that was started for the tests of this session."""

    settings: Settings
    run: RunFile
    guard_file: Path

    @property
    def base_url(self) -> str:
        """Return the address of the API."""
        return self.run.base_url

    # What it is doing

    def metrics(self) -> dict[str, float]:
        """Return every figure of /metrics by its name and labels."""
        lines = self.text("/metrics").splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def text(self, path: str) -> str:
        """Return what a route answers without a token."""
        answer = httpx.get(f"{self.base_url}{path}", trust_env=False, timeout=30)
        answer.raise_for_status()
        return answer.text

    def is_idle(self) -> bool:
        """Tell whether no request is in the engine."""
        now = self.metrics()
        busy = ("queue_running_requests", "queue_waiting_requests")
        return not any(now[name] for name in busy)

    def is_generating(self) -> bool:
        """Tell whether the engine holds a request."""
        return self.metrics()["queue_running_requests"] > 0

    # How it is deployed

    @property
    def config(self) -> dict[str, Any]:
        """Return serve_config.yaml with this system's address."""
        return render_config(CONFIG, self.settings)

    @contextmanager
    def deployed(self, deployment: str, **changes: Any) -> Iterator[None]:
        """Serve with other values for one deployment, then as before."""
        config = deepcopy(self.config)
        target = next(
            each for each in config["applications"][0]["deployments"] if each["name"] == deployment
        )
        target.update(changes)
        self.deploy(config)
        try:
            yield
        finally:
            self.deploy(self.config)

    def deploy(self, config: dict[str, Any]) -> None:
        """Deploy a configuration and wait until Serve has brought every deployment to it."""
        with ServeClient.open(self.run.dashboard_url, token_file(self.settings)) as client:
            client.deploy(config)
        wanted = config["applications"][0]["deployments"]
        wait_for(lambda: all(self._is_settled(each) for each in wanted), "the configuration serves")

    def user_config(self, deployment: str) -> dict[str, Any]:
        """Return a copy of the `user_config` that stands in serve_config.yaml."""
        deployments = self.config["applications"][0]["deployments"]
        found = next(each for each in deployments if each["name"] == deployment)
        return deepcopy(dict(found["user_config"]))

    def replica(self, deployment: str = "Phi3Replica") -> Replica:
        """Return the one replica of a deployment that runs, or soon will."""
        found: list[dict[str, Any]] = []

        def is_alone() -> bool:
            replicas = self._facts(deployment)["replicas"]
            found[:] = [each for each in replicas if each["state"] == "RUNNING"]
            return len(found) == 1

        wait_for(is_alone, "one replica runs")
        [replica] = found
        return Replica(replica["replica_id"], replica["actor_id"], replica["pid"])

    def _is_settled(self, wanted: dict[str, Any]) -> bool:
        facts = self._facts(wanted["name"])
        config = facts["deployment_config"]
        keys = ("user_config", "max_ongoing_requests", "max_queued_requests")
        is_taken = all(config.get(key) == wanted[key] for key in keys if key in wanted)
        scaling, now = wanted.get("autoscaling_config", {}), config.get("autoscaling_config") or {}
        is_taken &= all(now.get(key) == scaling[key] for key in SCALING if key in scaling)
        states = {replica["state"] for replica in facts["replicas"]}
        return is_taken and facts["status"] == "HEALTHY" and states == {"RUNNING"}

    def _facts(self, deployment: str) -> dict[str, Any]:
        token = token_file(self.settings).read_text().strip()
        answer = httpx.get(
            f"{self.run.dashboard_url}{PATH}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=30,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()["applications"]["notes"]["deployments"][deployment]
        return found

    # What it consists of, and what it leaves

    def processes(self) -> list[psutil.Process]:
        """Return every process of the system: Ray's, the replicas and PostgreSQL's."""
        database = EmbeddedPostgres(self.settings.data_dir).pid()
        servers = with_children(psutil.Process(database)) if database else []
        return [*processes_in(Path(self.run.temp_dir)), *servers]

    def log_files(self) -> list[Path]:
        """Return every file in which the system, Ray or PostgreSQL writes what happens."""
        data_dir = self.settings.data_dir
        folders = (self.settings.logs_dir, Path(self.run.temp_dir))
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return [*files, data_dir / "postgres" / "server.log"]

    def guarded_pids(self) -> set[int]:
        """Return the processes in which the guard against outward calls stood."""
        return {int(line.split()[0]) for line in self._guard_lines() if line.endswith("guarded")}

    def refused_calls(self) -> list[str]:
        """Return the outward calls that the guard has refused."""
        return [line for line in self._guard_lines() if "refused" in line]

    def _guard_lines(self) -> list[str]:
        return self.guard_file.read_text().splitlines()


def copy_production(store: Path) -> Path:
    """Make a registry of the model that is in production here, as its first version."""
    found = ModelRegistry(default_store()).resolve("notes@production")
    add_version(store, found)
    ModelRegistry(store).promote("notes", 1)
    return store


def add_version(store: Path, like: ModelVersion) -> ModelVersion:
    """Register a copy of a model as the next version of notes."""
    about = {each.name: getattr(like.card, each.name) for each in fields(ModelDescription)}
    files = {MODEL_FILE: like.model_path}
    return ModelRegistry(store).add("notes", ModelDescription(**about), files)


@contextmanager
def open_live_system() -> Iterator[LiveSystem]:
    """Yield a system of its own with the default model, in which no process may call out.

    Its store is a copy, so that tests may promote. A machine that is busy with other tests shall
    not make a note an extract or put it off.
    """
    with (
        tempfile.TemporaryDirectory(prefix="notes-store-") as store,
        private_settings(
            slow_note_s=600, deadline_s=300, store_dir=copy_production(Path(store))
        ) as settings,
        pytest.MonkeyPatch.context() as patch,
    ):
        guard_file = settings.data_dir / "netguard.txt"
        patch.setenv("NETGUARD_FILE", str(guard_file))
        patch.setenv("PYTHONPATH", str(NETGUARD), prepend=os.pathsep)
        run = start_system(settings, say=silent).run
        yield LiveSystem(settings, run, guard_file)
