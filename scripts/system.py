"""The whole system on one machine: PostgreSQL, a Ray head, and the application that it serves."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from deployments.config import Settings
from notes.errors import NotesError
from notes.style_file import read_styles
from scripts import ray_head
from scripts.environment import changed_settings, settings_digests, settings_environment
from scripts.errors import AlreadyRunningError, StartError
from scripts.progress import Progress
from scripts.run_file import RunFile, close_to_others, one_at_a_time, write_private
from scripts.serve_client import ServeClient, health, wait_for_health
from scripts.signals import undisturbed

CONFIG = ray_head.ROOT / "serve_config.yaml"
TOKEN_FILE = "ray.token"
DEPLOYED_FILE = "serve_config.yaml"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RunningSystem:
    """A system that answers."""

    run: RunFile
    was_running: bool

    @property
    def base_url(self) -> str:
        """Return the address of the API."""
        return self.run.base_url


def start_system(
    settings: Settings, *, config_file: Path = CONFIG, say: Say | None = None
) -> RunningSystem:
    """Start everything, or find it running, and return when the API answers.

    Raises StartError or another NotesError when a part does not start; what was started is then
    ended again. Raises AlreadyRunningError when it runs with other settings.
    """
    say = say or Progress()
    read_styles(settings.styles_dir)  # a wrong one is told now, not in the log of a replica
    with one_at_a_time(settings.data_dir):
        close_to_others(settings.data_dir)
        config = render_config(config_file, settings)
        if run := _find_running(settings):
            _revive(settings, run, config, say)
            return RunningSystem(run, was_running=True)
        return RunningSystem(_launch_or_clean_up(settings, config, say), was_running=False)


def stop_system(settings: Settings) -> bool:
    """End what `start_system` has started, and only that; True if anything ran."""
    with one_at_a_time(settings.data_dir):
        return _stop(settings)


def token_file(settings: Settings) -> Path:
    """Return the file of the cluster's token."""
    return settings.secrets_dir / TOKEN_FILE


def render_config(path: Path, settings: Settings) -> dict[str, Any]:
    """Read a configuration for `serve deploy`, with this machine's address put in."""
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    address = {"host": settings.host, "port": settings.port}
    return {**config, "http_options": {**config.get("http_options", {}), **address}}


# Finding


def _find_running(settings: Settings) -> RunFile | None:
    """Return the run whose head lives and answers; one that hangs counts as none."""
    run = RunFile.read(settings.data_dir)
    if run is None or run.head.find() is None:
        return None
    if names := changed_settings(run.settings, settings_digests(settings)):
        raise AlreadyRunningError(running=run.base_url, names=", ".join(names))
    return run if _answers(settings, run) else None


def _answers(settings: Settings, run: RunFile) -> bool:
    if not token_file(settings).exists():
        return False
    with ServeClient.open(run.dashboard_url, token_file(settings)) as client:
        return client.answers()


def _revive(settings: Settings, run: RunFile, config: Mapping[str, Any], say: Say) -> None:
    """Bring a running system to the configuration as it is now, and to health."""
    _start_database(settings, say)
    answer = health(run.base_url)
    if answer is not None and answer.is_success and config == _deployed(settings):
        return
    say("the configuration is deployed again")
    _deploy(settings, run, config, say)


def _deployed(settings: Settings) -> object:
    path = settings.data_dir / DEPLOYED_FILE
    return yaml.safe_load(path.read_text()) if path.exists() else None


# Starting


def _launch_or_clean_up(settings: Settings, config: Mapping[str, Any], say: Say) -> RunFile:
    _stop(settings)  # what a killed run has left
    _refuse_taken_ports(settings)
    try:
        return _launch(settings, config, say)
    except BaseException as error:
        with undisturbed():
            say("cleaning up")
            reason = _explain(settings, error)
            _stop(settings)
        if reason:
            raise StartError(reason=reason) from error
        raise


def _launch(settings: Settings, config: Mapping[str, Any], say: Say) -> RunFile:
    _start_database(settings, say)
    run = _start_head(settings)
    say("the tables are brought up to date")  # while the head starts
    migrate(settings.resolved_database_url())
    ray_head.ensure_token(settings.operator_token_file)
    say("the Ray head starts")
    with ServeClient.open(run.dashboard_url, token_file(settings)) as client:
        client.wait_for_head(lambda: run.head.find() is not None)
    _deploy(settings, run, config, say)
    return run


def _refuse_taken_ports(settings: Settings) -> None:
    own = {
        "NOTES_RAY_PORT": settings.ray_port,
        "NOTES_DASHBOARD_PORT": settings.dashboard_port,
        "NOTES_METRICS_PORT": settings.metrics_port,
    }
    taken = ray_head.port_in_use({"NOTES_PORT": settings.port}, settings.host)
    if reason := taken or ray_head.port_in_use(own):
        raise StartError(reason=reason)


def _start_database(settings: Settings, say: Say) -> None:
    """Start the embedded server, unless another one is configured."""
    if settings.database_url is not None:
        return
    database = EmbeddedPostgres(settings.data_dir)
    if database.pid() is None:
        say("PostgreSQL starts")
    database.start()


def head_config(settings: Settings) -> ray_head.HeadConfig:
    """Return how the head of these settings is started."""
    return ray_head.HeadConfig(
        ports=ray_head.HeadPorts.choose(
            settings.ray_port, settings.dashboard_port, settings.metrics_port
        ),
        temp_dir=ray_head.choose_temp_dir(settings.data_dir),
        token_file=token_file(settings),
        log_file=settings.logs_dir / "ray_head.log",
        object_store_bytes=settings.object_store_bytes,
        num_cpus=ray_head.choose_num_cpus(),
        environment=settings_environment(settings),
    )


def _start_head(settings: Settings) -> RunFile:
    config = head_config(settings)
    with undisturbed():  # a head that no file tells of would be hard to find
        run = RunFile(
            head=ray_head.start_head(config),
            host=settings.host,
            port=settings.port,
            dashboard_port=settings.dashboard_port,
            metrics_port=settings.metrics_port,
            temp_dir=str(config.temp_dir),
            settings=settings_digests(settings),
            has_embedded_database=settings.database_url is None,
        )
        run.write(settings.data_dir)
    return run


def _deploy(settings: Settings, run: RunFile, config: Mapping[str, Any], say: Say) -> None:
    with ServeClient.open(run.dashboard_url, token_file(settings)) as client:
        client.deploy(config)
        write_private(settings.data_dir / DEPLOYED_FILE, yaml.safe_dump(dict(config)))
        client.wait_for_applications(lambda: run.head.find() is not None, say)
    say("waiting for the first answer")
    wait_for_health(run.base_url)


def _explain(settings: Settings, error: BaseException) -> str | None:
    """Return the error's message and where more stands, or None for what is no failure of ours."""
    if not isinstance(error, NotesError):
        return None
    log = settings.logs_dir / "ray_head.log"
    serve_logs = ray_head.logs_of(ray_head.choose_temp_dir(settings.data_dir)) / "serve"
    where = f"Logs: {shlex.quote(str(log))}, {shlex.quote(str(serve_logs))}"
    words = [str(error), ray_head.last_lines(log) if "head has ended" in str(error) else "", where]
    return "\n".join(filter(None, words))


# Ending


def _stop(settings: Settings) -> bool:
    """End what the run file tells of; the settings may have changed since."""
    run = RunFile.read(settings.data_dir)
    temp_dir = Path(run.temp_dir) if run else ray_head.choose_temp_dir(settings.data_dir)
    was_running = ray_head.stop_head(temp_dir, run.head.find() if run else None)
    if run.has_embedded_database if run else settings.database_url is None:
        database = EmbeddedPostgres(settings.data_dir)
        was_running = was_running or database.pid() is not None
        database.stop()
    RunFile.remove(settings.data_dir)
    return was_running
