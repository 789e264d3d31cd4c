"""Start, find, mend and end the system with a trivial application in the real one's place."""

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import SecretStr

from db.embedded import EmbeddedPostgres
from db.session import Database
from deployments.config import Settings
from scripts import migrate, ray_head, status, system
from scripts.database import is_database_empty, is_practice_of, reachable_database
from scripts.errors import AlreadyRunningError, StartError
from scripts.processes import processes_in
from scripts.run_file import RunFile
from scripts.system import start_system, stop_system
from tests.systems import private_settings, silent

CONFIG = Path(__file__).with_name("trivial.yaml")


@pytest.fixture
def settings() -> Iterator[Settings]:
    with private_settings(log_level="WARNING") as made:
        yield made


def processes_of(settings: Settings) -> list[psutil.Process]:
    return processes_in(ray_head.choose_temp_dir(settings.data_dir))


def start(settings: Settings, config: Path = CONFIG) -> system.RunningSystem:
    return start_system(settings, config_file=config, say=silent)


def test_a_whole_life(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Start, second start, another address, a killed head, status and stop: one head, one test."""
    system = start(settings)
    assert not system.was_running
    answer = httpx.get(f"{system.base_url}/anything", trust_env=False)
    assert answer.json() == {
        "NOTES_DATA_DIR": str(settings.data_dir),
        "NOTES_PORT": str(settings.port),
        "NOTES_LOG_LEVEL": "WARNING",
    }
    _listens_on_loopback_only(settings)
    _is_closed_to_others(ray_head.choose_temp_dir(settings.data_dir).parent)
    _keeps_strangers_out(system)

    assert start(settings) == system.__class__(system.run, was_running=True)
    elsewhere = settings.model_copy(update={"port": settings.port + 1})
    with pytest.raises(AlreadyRunningError, match=r"another value of port.*make stop"):
        start(elsewhere)
    assert status.print_status(settings) == 0
    assert "Trivial" in capsys.readouterr().out

    os.kill(system.run.head.pid, signal.SIGKILL)
    again = start(settings)
    assert not again.was_running
    assert again.run.head != system.run.head

    elsewhere = settings.model_copy(update={"database_url": SecretStr("postgresql://db/x")})
    assert stop_system(elsewhere)
    assert EmbeddedPostgres(settings.data_dir).pid() is None
    assert processes_of(settings) == []
    assert RunFile.read(settings.data_dir) is None
    assert status.print_status(settings) == 1
    assert not stop_system(settings)


def _listens_on_loopback_only(settings: Settings) -> None:
    """Check all but replicas' gRPC, which Ray Serve binds to every address and guards by token."""
    for process in processes_of(settings):
        if "ServeReplica" in process.name():
            continue
        for connection in process.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip in {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


def _is_closed_to_others(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def _keeps_strangers_out(system: system.RunningSystem) -> None:
    url = f"{system.run.dashboard_url}/api/serve/applications/"
    assert httpx.get(url, trust_env=False).status_code == 401
    wrong = {"Authorization": "Bearer " + "0" * 64}
    assert httpx.get(url, headers=wrong, trust_env=False).status_code == 403


def test_a_failure_is_told_in_its_own_words_and_leaves_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    config = tmp_path / "broken.yaml"
    config.write_text(CONFIG.read_text() + "    args: {reason: no model today}\n")
    with pytest.raises(StartError, match="no model today") as caught:
        start(settings, config)
    assert "Logs: " in str(caught.value)
    assert processes_of(settings) == []
    assert not stop_system(settings)


def test_the_demo_knows_its_own_practice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database of the settings is migrated on demand, and its therapists are told apart."""
    monkeypatch.setenv("NOTES_DATA_DIR", str(settings.data_dir))
    assert migrate.main() == 0
    with reachable_database(settings) as url:
        assert is_database_empty(url)
        assert not is_practice_of("demo", url)
        asyncio.run(_register("demo", url))
        assert is_practice_of("demo", url)
        asyncio.run(_register("ada", url))
        assert not is_practice_of("demo", url)
    assert EmbeddedPostgres(settings.data_dir).pid() is None


async def _register(name: str, url: str) -> None:
    async with Database.open(url) as database, database.transaction() as repos:
        await repos.therapists.create(
            email=f"{name}@clinic.example", username=name, password_hash="x", full_name=name
        )


def test_a_taken_port_is_named_before_anything_starts(settings: Settings) -> None:
    with (
        closing(socket.create_server(("127.0.0.1", settings.dashboard_port))),
        pytest.raises(StartError, match="NOTES_DASHBOARD_PORT"),
    ):
        start(settings)
    assert processes_of(settings) == []
