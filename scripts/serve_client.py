"""Ray Serve's REST interface: deploy a configuration, and wait until it runs.

Spoken over plain HTTP, as `serve deploy` does; importing Ray would cost two seconds.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from scripts.errors import StartError

PATH = "/api/serve/applications/"
POLL_S = 0.25
NUM_LINES_SHOWN = 15
HEAD_PATIENCE_S = 120.0
APPLICATION_PATIENCE_S = 1800.0  # the checksum of a large model takes minutes on a slow disk

IsAlive = Callable[[], bool]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DeploymentState:
    """One deployment as Serve sees it."""

    name: str
    status: str
    message: str
    num_running: int
    num_wanted: int

    @property
    def is_healthy(self) -> bool:
        """Tell whether every replica that should run does."""
        return self.status == "HEALTHY" and self.num_running >= self.num_wanted

    def __str__(self) -> str:
        return f"{self.name} {self.num_running}/{self.num_wanted}"


@dataclass(frozen=True, slots=True)
class ApplicationState:
    """One application as Serve sees it."""

    name: str
    status: str
    message: str
    deployments: tuple[DeploymentState, ...] = field(default=())

    @property
    def is_running(self) -> bool:
        """Tell whether the application serves."""
        return self.status == "RUNNING"

    @property
    def has_failed(self) -> bool:
        """Tell whether Serve has given up on it; UNHEALTHY ones it still tries to mend."""
        return self.status == "DEPLOY_FAILED"

    def __str__(self) -> str:
        waiting = [str(each) for each in self.deployments if not each.is_healthy]
        return f"{self.name} {self.status}" + (f": {', '.join(waiting)}" if waiting else "")

    def explain(self) -> str:
        """Return what Serve says of the failure, the deployments' own words included."""
        words = [self.message, *(f"{each.name}: {each.message}" for each in self.deployments)]
        lines = "\n".join(each for each in words if each and not each.endswith(": ")).splitlines()
        return "\n".join(lines[-NUM_LINES_SHOWN:])  # a traceback's cause stands at its end


class ServeClient:
    """A head's dashboard, spoken to with the cluster's token."""

    def __init__(self, dashboard_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        # No environment: a proxy variable must not carry the token off the machine.
        self._http = httpx.Client(
            base_url=dashboard_url, headers=headers, timeout=60, trust_env=False
        )

    @classmethod
    @contextmanager
    def open(cls, dashboard_url: str, token_file: Path) -> Iterator[Self]:
        """Speak to a dashboard for the time of the block."""
        client = cls(dashboard_url, token_file.read_text().strip())
        with client._http:
            yield client

    def deploy(self, config: Mapping[str, Any]) -> None:
        """Make the cluster serve exactly what `config` says; returns before it does."""
        answer = self._http.put(PATH, json=config)
        if answer.is_error:
            raise StartError(reason=f"Ray Serve refuses the configuration: {answer.text}")

    def applications(self) -> tuple[ApplicationState, ...]:
        """Return the state of every application."""
        answer = self._http.get(PATH)
        answer.raise_for_status()
        return tuple(_application(each) for each in answer.json()["applications"].values())

    def wait_for_head(self, is_alive: IsAlive) -> None:
        """Wait until Serve can be asked; raises StartError when the head ends or takes too long."""
        deadline = time.monotonic() + HEAD_PATIENCE_S
        while not self.answers():
            if not is_alive():
                raise StartError(reason="The Ray head has ended.")
            if time.monotonic() > deadline:
                raise StartError(reason=f"The Ray head does not answer in {HEAD_PATIENCE_S:.0f} s.")
            time.sleep(POLL_S)

    def answers(self) -> bool:
        """Tell whether Serve can be asked."""
        with suppress(httpx.TransportError):
            return self._http.get(PATH).is_success
        return False

    def wait_for_applications(self, is_alive: IsAlive, say: Say) -> None:
        """Wait until all serve; raises StartError with the deployment's own message."""
        deadline = time.monotonic() + APPLICATION_PATIENCE_S
        while not self._all_run(say):
            if not is_alive():
                raise StartError(reason="The Ray head has ended.")
            if time.monotonic() > deadline:
                raise StartError(reason="The application does not start.")
            time.sleep(POLL_S)

    def _all_run(self, say: Say) -> bool:
        try:
            states = self.applications()
        except httpx.TimeoutException:  # a dashboard on a busy machine: not yet
            return False
        for state in states:
            say(str(state))
            if state.has_failed:
                raise StartError(reason=f"{state}\n{state.explain()}")
        return bool(states) and all(state.is_running for state in states)


def _application(facts: Mapping[str, Any]) -> ApplicationState:
    deployments = tuple(_deployment(each) for each in facts["deployments"].values())
    return ApplicationState(facts["name"], facts["status"], facts["message"], deployments)


def _deployment(facts: Mapping[str, Any]) -> DeploymentState:
    running = sum(replica["state"] == "RUNNING" for replica in facts["replicas"])
    wanted = facts["target_num_replicas"]
    return DeploymentState(facts["name"], facts["status"], facts["message"], running, wanted)


def wait_for_health(base_url: str, patience_s: float = 60.0) -> None:
    """Wait until the API says that it is well."""
    deadline = time.monotonic() + patience_s
    while (answer := health(base_url)) is None or not answer.is_success:
        if time.monotonic() > deadline:
            said = f"status {answer.status_code}: {answer.text[:500]}" if answer else "no answer"
            raise StartError(reason=f"{base_url}/health gives {said}")
        time.sleep(POLL_S)


def health(base_url: str) -> httpx.Response | None:
    """Return the API's own view of itself, or None when it does not answer."""
    with suppress(httpx.TransportError):
        return httpx.get(f"{base_url}/health", timeout=10, trust_env=False)
    return None
