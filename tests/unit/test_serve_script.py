"""The pieces of `make serve` that need neither Ray nor a database."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections import namedtuple
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psutil
import pytest
import yaml
from pydantic import SecretStr

from deployments.config import Settings
from notes.errors import ConfigurationError
from scripts import (
    demo,
    environment,
    lan,
    logs,
    migrate,
    ray_head,
    ray_start_hook,
    run_file,
    serve,
    system,
    welcome,
)
from scripts.errors import AlreadyRunningError
from scripts.processes import ProcessName, processes_in, terminate
from scripts.progress import Progress
from scripts.run_file import RunFile, write_private
from scripts.serve_client import ApplicationState, DeploymentState, ServeClient, _application
from scripts.signals import undisturbed

ROOT = Path(__file__).parents[2]


def make_run(temp_dir: str = "/tmp/x", head: ProcessName | None = None) -> RunFile:
    return RunFile(
        head=head or ProcessName(1, 2.0),
        host="127.0.0.1",
        port=8000,
        dashboard_port=8265,
        metrics_port=8090,
        temp_dir=temp_dir,
        settings={"port": "digest"},
        has_embedded_database=True,
    )


def make_config(tmp_path: Path, **environment: str) -> ray_head.HeadConfig:
    return ray_head.HeadConfig(
        ports=ray_head.HeadPorts.choose(6379, 8265, 8090),
        temp_dir=tmp_path / "ray",
        token_file=tmp_path / "secrets" / "ray.token",
        log_file=tmp_path / "logs" / "ray_head.log",
        object_store_bytes=300_000_000,
        num_cpus=2,
        environment=environment,
    )


# Processes


def test_a_process_of_the_same_id_and_another_birth_is_another() -> None:
    mine = ProcessName.of(os.getpid())
    assert mine.find() is not None
    assert ProcessName(mine.pid, mine.created_at - 60).find() is None


def test_a_process_that_has_ended_is_not_found() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    name = ProcessName.of(child.pid)
    child.wait()
    assert name.find() is None


def test_processes_are_found_by_their_folder_and_ended(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, "
    stubborn += "flush=True); time.sleep(60)"
    command = [sys.executable, "-c", stubborn]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        found = processes_in(tmp_path)
        assert [each.pid for each in found] == [child.pid]
        terminate(found, patience_s=0.2)
        assert processes_in(tmp_path) == []
        child.wait()


# The run file


def test_run_file_round_trip_for_the_owners_eyes(tmp_path: Path) -> None:
    run = make_run()
    run.write(tmp_path)
    assert RunFile.read(tmp_path) == run
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600
    RunFile.remove(tmp_path)
    RunFile.remove(tmp_path)
    assert RunFile.read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "{}", '{"head": {"pid": 1}}', "null"])
def test_a_spoilt_run_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    assert RunFile.read(tmp_path) is None


def test_private_files_replace_what_others_could_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    write_private(path, "first")
    path.chmod(0o644)
    write_private(path, "second")
    assert path.read_text() == "second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_can_be_used_on_this_machine(host: str, url: str) -> None:
    assert replace(make_run(), host=host).base_url == url


# The head


def test_free_ports_are_free_and_differ() -> None:
    ports = ray_head.free_ports(20)
    assert len(set(ports)) == 20
    assert all(ray_head.is_free(port) for port in ports)


def test_a_taken_port_is_named() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        sentence = ray_head.port_in_use({"NOTES_PORT": port})
    assert sentence is not None
    assert f"Port {port} (NOTES_PORT)" in sentence


def test_a_long_data_folder_gets_a_short_folder_for_sockets() -> None:
    short, long = Path("/srv/notes"), Path("/srv") / ("x" * 60)
    assert ray_head.choose_temp_dir(short) == short / "ray" / "t"
    stand_in = ray_head.choose_temp_dir(long)
    assert len(os.fsencode(stand_in)) <= ray_head.MAX_TEMP_DIR_BYTES
    assert stand_in == ray_head.choose_temp_dir(long)
    assert stand_in != ray_head.choose_temp_dir(long / "y")


def test_the_token_is_made_once_for_the_owners_eyes(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "ray.token"
    ray_head.ensure_token(path)
    token = path.read_text()
    ray_head.ensure_token(path)
    assert path.read_text() == token
    assert len(bytes.fromhex(token)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_heads_share_no_port(tmp_path: Path) -> None:
    command = ray_head.head_command(make_config(tmp_path))
    ports = [each.split("=")[1] for each in command if "-port=" in each and "worker" not in each]
    assert len(ports) == len(set(ports)) == 8


def test_the_head_stays_on_loopback_with_token_and_without_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "somebody's")
    monkeypatch.setenv("NOTES_PORT", "1")
    environment = ray_head.head_environment(make_config(tmp_path, NOTES_PORT="8000"))
    assert environment["NOTES_PORT"] == "8000"
    assert environment["RAY_AUTH_MODE"] == "token"
    assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert environment["https_proxy"] == environment["http_proxy"] == ray_head.NOWHERE
    assert not {"RAY_ADDRESS", "RAY_AUTH_TOKEN"} & environment.keys()
    assert environment["PYTHONPATH"].startswith(str(ROOT))
    command = ray_head.head_command(make_config(tmp_path))
    assert {"--dashboard-host=127.0.0.1", "--disable-usage-stats"} <= set(command)


def test_the_hook_leaves_the_client_server_out() -> None:
    params = SimpleNamespace(ray_client_server_port=10001)
    ray_start_hook.without_client_server(params, head=True)
    assert params.ray_client_server_port is None


def test_old_sessions_are_forgotten(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"session_2026-01-0{day}_00-00-00").mkdir()
    ray_head._forget_old_sessions(tmp_path)
    left = sorted(each.name[-11:-9] for each in tmp_path.iterdir())
    assert left == ["04", "05"]


# Settings on their way to replicas


def test_every_setting_reaches_the_replicas(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Settings(
        port=8123,
        database_url=SecretStr("postgresql://u:p@db/x"),
        cors_origins=("http://a", "http://b"),
        legacy_open_summary=True,
    )
    for name, value in environment.settings_environment(given).items():
        monkeypatch.setenv(name, value)
    assert Settings() == given


def test_changed_settings_are_known_by_name_and_not_by_value() -> None:
    before = Settings(port=8123, database_url=SecretStr("postgresql://u:hunter2@db/x"))
    digests = environment.settings_digests(before)
    assert "hunter2" not in json.dumps(digests)
    assert environment.changed_settings(digests, environment.settings_digests(before)) == []
    now = Settings(port=8123, max_body_bytes=2048)
    changed = environment.changed_settings(digests, environment.settings_digests(now))
    assert changed == ["database_url", "max_body_bytes"]


def test_a_running_system_with_other_settings_is_refused_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(system, "_launch_or_clean_up")  # it would end the head: this process
    settings = Settings(data_dir=tmp_path)
    run = replace(
        make_run(head=ProcessName.of(os.getpid())), settings=environment.settings_digests(settings)
    )
    run.write(tmp_path)
    changed = settings.model_copy(update={"deadline_s": 5.0, "cors_origins": ("http://a",)})
    with pytest.raises(AlreadyRunningError, match=r"cors_origins, deadline_s.*`make stop` first"):
        system.start_system(changed, say=print)


@pytest.mark.parametrize("was_embedded", [True, False])
def test_a_stop_goes_by_what_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_embedded: bool
) -> None:
    stopped: list[Path] = []
    server = SimpleNamespace(pid=lambda: 1, stop=lambda: stopped.append(tmp_path))
    monkeypatch.setattr(system, "EmbeddedPostgres", lambda _: server)
    gone = ProcessName(os.getpid(), 2.0)
    run = make_run(temp_dir=str(tmp_path / "ray"), head=gone)
    replace(run, has_embedded_database=was_embedded).write(tmp_path)
    today = SecretStr("postgresql://db/x") if was_embedded else None
    assert system.stop_system(Settings(data_dir=tmp_path, database_url=today)) is was_embedded
    assert stopped == [tmp_path] * was_embedded
    assert RunFile.read(tmp_path) is None


# Folders and secrets that others could read


def test_a_data_folder_is_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = os.geteuid()
    tmp_path.chmod(0o755)
    run_file.close_to_others(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == (0o701 if me == 0 else 0o700)
    tmp_path.chmod(0o1777)
    with pytest.raises(ConfigurationError, match="not yours alone"):
        run_file.close_to_others(tmp_path)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(ConfigurationError, match="not yours alone"):
        run_file.close_to_others(tmp_path)


def test_a_start_closes_the_data_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(FileNotFoundError):
        system.start_system(Settings(data_dir=tmp_path), config_file=tmp_path / "none", say=print)
    assert not stat.S_IMODE(tmp_path.stat().st_mode) & 0o076


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ray.token"
    ray_head.ensure_token(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        ray_head.ensure_token(path)


def test_the_configuration_gets_this_machines_address(tmp_path: Path) -> None:
    settings = Settings(host="192.168.1.20", port=8002)
    rendered = system.render_config(ROOT / "serve_config.yaml", settings)
    plain: dict[str, Any] = yaml.safe_load((ROOT / "serve_config.yaml").read_text())
    assert rendered["http_options"]["host"] == "192.168.1.20"
    assert rendered["http_options"]["port"] == 8002
    assert rendered["applications"] == plain["applications"]
    json.dumps(rendered)  # it travels as JSON


# Serve's view


def test_states_are_read_from_serves_answer() -> None:
    state = _application(
        {
            "name": "notes",
            "status": "DEPLOYING",
            "message": "",
            "deployments": {
                "Phi3Replica": {
                    "name": "Phi3Replica",
                    "status": "UPDATING",
                    "message": "no model",
                    "target_num_replicas": 2,
                    "replicas": [{"state": "RUNNING"}, {"state": "STARTING"}],
                }
            },
        }
    )
    assert str(state) == "notes DEPLOYING: Phi3Replica 1/2"
    assert state.explain() == "Phi3Replica: no model"
    assert not state.is_running
    assert not state.has_failed


def test_a_long_message_is_shown_from_its_end() -> None:
    message = "\n".join(f"line {number}" for number in range(100))
    state = ApplicationState("notes", "DEPLOY_FAILED", message)
    assert state.has_failed
    assert state.explain().splitlines()[-1] == "line 99"
    assert len(state.explain().splitlines()) == 15


def test_a_dashboard_that_takes_too_long_is_asked_again() -> None:
    application = {"name": "notes", "status": "RUNNING", "message": "", "deployments": {}}
    answers: list[httpx.Response | Exception] = [
        httpx.ReadTimeout("too long"),
        httpx.Response(200, json={"applications": {"notes": application}}),
    ]

    def answer(_: httpx.Request) -> httpx.Response:
        match answers.pop(0):
            case Exception() as error:
                raise error
            case response:
                return response

    client = ServeClient("http://127.0.0.1:8265", "token")
    client._http = httpx.Client(base_url="http://x", transport=httpx.MockTransport(answer))
    client.wait_for_applications(lambda: True, say=lambda _: None)
    assert answers == []


def test_a_deployment_is_healthy_with_all_its_replicas() -> None:
    assert DeploymentState("A", "HEALTHY", "", 1, 1).is_healthy
    assert not DeploymentState("A", "HEALTHY", "", 0, 1).is_healthy
    assert not DeploymentState("A", "UNHEALTHY", "", 1, 1).is_healthy


# The clinic's network

Address = namedtuple("Address", "family address")
Link = namedtuple("Link", "isup")


def network(monkeypatch: pytest.MonkeyPatch, **addresses: str) -> None:
    found = {name: [Address(socket.AF_INET, each)] for name, each in addresses.items()}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: found)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: dict.fromkeys(found, Link(True)))


def test_the_private_address_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    network(
        monkeypatch, lo="127.0.0.1", docker0="172.17.0.1", eth0="192.168.7.5", wan="81.2.69.160"
    )
    assert lan.lan_environment() == {
        "NOTES_HOST": "192.168.7.5",
        "NOTES_PORT": "8002",
        "NOTES_LEGACY_OPEN_SUMMARY": "true",
    }


def test_a_machine_without_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network(monkeypatch, lo="127.0.0.1", wan="81.2.69.160")
    with pytest.raises(ConfigurationError, match="no private address"):
        lan.private_address()


# What is printed


def test_the_curl_line_reads_the_token_out_of_the_answer() -> None:
    line = welcome.curl_line("http://127.0.0.1:8000", 7, "demo", "demo-practice")
    script = line.replace("curl -s http://127.0.0.1:8000/auth/login", "login", 1)
    fakes = """login() { echo '{"access_token":"a.b-c","token_type":"bearer"}'; }
    curl() { printf '%s\\n' "$@"; }\n"""
    shell = subprocess.run(["bash", "-c", fakes + script], capture_output=True, check=True)
    words = shell.stdout.decode().splitlines()
    assert "http://127.0.0.1:8000/sessions/7/generate-notes" in words
    assert "Authorization: Bearer a.b-c" in words
    assert '{"regenerate": true}' in words


def test_urgent_words_are_red_for_people_and_as_stored_for_files() -> None:
    assert welcome.paint("x {{RED:suicide}} y", is_terminal=True) == "x \033[31msuicide\033[0m y"
    assert welcome.paint("{{RED:suicide}}", is_terminal=False) == "{{RED:suicide}}"


def test_progress_repeats_itself_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for words in ("a", "a", "b", "b", "a"):
        progress(words)
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["a", "b", "a"]


def test_logs_of_this_run_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.logs_dir.mkdir()
    old, new = settings.logs_dir / "ingress-1.jsonl", settings.logs_dir / "ingress-2.jsonl"
    for path, moment in ((old, 1000), (new, 3000)):
        path.write_text("{}\n")
        os.utime(path, (moment, moment))
    make_run(head=ProcessName(1, 2000.0)).write(tmp_path)
    assert logs.log_files(settings) == [new]


def test_the_demo_practice_is_whole() -> None:
    practice = demo.read_practice()
    sessions = [each for patient in practice["patients"] for each in patient["sessions"]]
    assert demo.credentials() == ("demo", "demo-practice")
    assert len(sessions) >= 12
    assert all((demo.FOLDER / each["file"]).stat().st_size > 500 for each in sessions)
    assert len({each["patient_id"] for each in practice["patients"]}) == len(practice["patients"])


# The database of the settings


def test_the_settings_database_is_migrated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrated: list[str] = []
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.clinic/notes")
    monkeypatch.setattr(migrate, "migrate", migrated.append)
    assert migrate.main() == 0
    assert migrated == ["postgresql+asyncpg://u:p@db.clinic/notes"]
    assert "up to date" in capsys.readouterr().out


def test_several_machines_get_their_tables_before_the_application() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    section = text.split("## Several machines")[1].split("\n## ")[0]
    steps = ("`database_url`", "make serve && make stop", "-m scripts.migrate", "/serve deploy")
    places = [section.index(step) for step in steps]
    assert places == sorted(places)
    assert "`legacy_open_summary` must not be used" in section


# The command line


def test_an_unknown_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("NOTES_PROT", "8000")
    assert serve.main(["status"]) == 1
    assert "NOTES_PORT" in capsys.readouterr().err
    signal.signal(signal.SIGTERM, before)


def test_an_interruption_waits_for_the_block() -> None:
    done: list[str] = []
    # Where the tests run in a shell's background, Ctrl-C is ignored from birth.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _interrupt_a_block(done)
    finally:
        signal.signal(signal.SIGINT, before)
    assert done == ["block"]


def _interrupt_a_block(done: list[str]) -> None:
    with undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("block")
    done.append("after")
