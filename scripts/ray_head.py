"""The Ray head: one process of our own whose children are the rest of Ray.

Everything listens on loopback, on ports of our choosing, so that two heads can share a machine;
every process works in the head's own folder, so that it can be found and ended without touching
any other Ray. `ray stop` is never used: it ends every Ray of the machine.
"""

import hashlib
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from notes.errors import ConfigurationError
from scripts.errors import StartError
from scripts.processes import ProcessName, processes_in, terminate, with_children
from scripts.run_file import write_private

ROOT = Path(__file__).resolve().parents[1]

# A Unix socket's path holds 103 bytes on macOS; Ray appends up to 68 to its folder.
MAX_TEMP_DIR_BYTES = 35
NUM_SESSIONS_KEPT = 3

# Ray's dashboard asks cloud providers' metadata servers where it runs, and tells usage-stats.ray.io
# that usage reporting is off. Both go by the proxy of the environment: a port that nobody serves.
NOWHERE = "http://127.0.0.1:9"
PROXIES = {
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOWHERE),
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), "localhost,127.0.0.1,::1"),
}

# llama.cpp's threads wait for each other several hundred times a step. A long spin takes the core
# away from just the thread that is waited for, where the machine is shared; to sleep at once
# doubles the time of a small step on an idle one (docs/benchmarks.md). So they spin for a moment.
WAITING = {"GOMP_SPINCOUNT": "1000"}

FOREIGN = frozenset({"RAY_ADDRESS", "RAY_API_SERVER_ADDRESS", "RAY_AUTH_TOKEN", "DATABASE_URL"})

# Below the range that systems hand out by themselves, which would take a port between our look
# and Ray's use of it.
PORT_RANGE = range(20_000, 32_000)


@dataclass(frozen=True, slots=True)
class HeadPorts:
    """Every port that Ray would otherwise take from a fixed list."""

    gcs: int
    dashboard: int
    metrics: int
    dashboard_metrics: int
    agent: int
    agent_grpc: int
    runtime_env_agent: int
    node_manager: int
    object_manager: int

    @classmethod
    def choose(cls, gcs: int, dashboard: int, metrics: int) -> "HeadPorts":
        """Take the three that people use as given, and free ones for the rest."""
        return cls(gcs, dashboard, metrics, *free_ports(6))


@dataclass(frozen=True, slots=True)
class HeadConfig:
    """What one head is started with."""

    ports: HeadPorts
    temp_dir: Path
    token_file: Path
    log_file: Path
    object_store_bytes: int
    num_cpus: int
    environment: Mapping[str, str]  # for the replicas: settings, by name


def free_ports(count: int) -> list[int]:
    """Return ports of loopback which nothing listens on at this moment."""
    found: list[int] = []
    for port in random.sample(PORT_RANGE, len(PORT_RANGE)):
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    return found


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def choose_temp_dir(data_dir: Path) -> Path:
    """Return `data_dir`/ray/t, or a stand-in where a socket's path would be too long.

    The folder above it is ours alone; Ray opens `t` itself, with its sockets, to everybody.
    """
    path = data_dir / "ray" / "t"
    if len(os.fsencode(path)) <= MAX_TEMP_DIR_BYTES:
        return path
    # Not TMPDIR, which differs between processes and is long on macOS; _own_folder guards it.
    name = f"notes-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"
    return Path("/tmp").resolve() / name / "t"


def choose_num_cpus() -> int:
    """Return the cores of this process; at least 2, which the application's shares add up to."""
    is_linux = sys.platform == "linux"  # other systems know no affinity
    cores = len(os.sched_getaffinity(0)) if is_linux else psutil.cpu_count()
    return max(2, cores or 2)


def ensure_token(path: Path) -> None:
    """Make the cluster's token once: 256 bits, for the owner's eyes."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(
            reason=f"{path} can be read by other users, and whoever has it commands this system. "
            "Run `chmod 600` on it, or remove it for a new one."
        )


def start_head(config: HeadConfig) -> ProcessName:
    """Start Ray in a session of its own and return at once; see ServeClient.wait_for_head."""
    _own_folder(config.temp_dir.parent)
    config.temp_dir.mkdir(exist_ok=True)
    _forget_old_sessions(config.temp_dir)
    ensure_token(config.token_file)
    config.log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with config.log_file.open("wb") as log:
        process = subprocess.Popen(
            head_command(config),
            cwd=config.temp_dir,
            env=head_environment(config),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process.returncode = 0  # it outlives this object; Python need not warn that it does
    return ProcessName.of(process.pid)


def stop_head(temp_dir: Path, root: psutil.Process | None) -> bool:
    """End a head and all that it started; True if anything ran."""
    was_running = bool(root or processes_in(temp_dir))
    family = with_children(root) if root else []
    terminate(family[:1])  # it takes its children along in good order
    terminate({*family, *processes_in(temp_dir)}, patience_s=2)
    return was_running


def head_command(config: HeadConfig) -> list[str]:
    """Return the command line of `ray start`."""
    ports = config.ports
    return [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        "--node-ip-address=127.0.0.1",
        f"--port={ports.gcs}",
        "--dashboard-host=127.0.0.1",
        f"--dashboard-port={ports.dashboard}",
        f"--dashboard-agent-listen-port={ports.agent}",
        f"--dashboard-agent-grpc-port={ports.agent_grpc}",
        f"--runtime-env-agent-port={ports.runtime_env_agent}",
        f"--node-manager-port={ports.node_manager}",
        f"--object-manager-port={ports.object_manager}",
        f"--metrics-export-port={ports.metrics}",
        *("--min-worker-port=0", "--max-worker-port=0"),  # the system's choice, so no clash
        f"--temp-dir={config.temp_dir}",
        f"--object-store-memory={config.object_store_bytes}",
        f"--num-cpus={config.num_cpus}",
        "--disable-usage-stats",
        "--no-monitor",  # scales clouds; 90 MB
        "--include-log-monitor=false",  # prints workers' words at drivers, of which there are none
        "--log-color=false",
    ]


def head_environment(config: HeadConfig) -> dict[str, str]:
    """Return the environment of Ray and so of every replica."""
    kept = {key: value for key, value in os.environ.items() if not _is_foreign(key)}
    paths = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return {
        **kept,
        **config.environment,
        "PYTHONPATH": os.pathsep.join(paths),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(config.token_file),
        "RAY_USAGE_STATS_ENABLED": "0",
        **PROXIES,
        # What macOS has by default: Ray's own ports on loopback, not on the network.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        # No server for Ray Client, which runs any code that it is sent.
        "RAY_START_HOOK": "scripts.ray_start_hook.without_client_server",
        # There is no second machine to move replicas to, so nothing to wait for.
        "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0",
        # Ray's own 15 would leave serving nothing before a training that is niced.
        "RAY_worker_niceness": "5",
        "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "0.5",  # 0.1 costs some 5 % of a core, idle
        "RAY_SERVE_LOG_CLIENT_ADDRESS": "0",
        **WAITING,
        "DASHBOARD_METRIC_PORT": str(config.ports.dashboard_metrics),
        "HF_HUB_OFFLINE": "1",
    }


def _is_foreign(variable: str) -> bool:
    """Tell whether a variable would lead Ray to another cluster, or settings to other values."""
    return variable.startswith("NOTES_") or variable in FOREIGN


def _own_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    facts = path.lstat()
    if path.is_symlink() or facts.st_uid != os.geteuid():
        raise StartError(reason=f"{path} belongs to somebody else. Remove it and start again.")
    path.chmod(0o700)


def _forget_old_sessions(temp_dir: Path) -> None:
    """Keep the logs of the last few starts."""
    sessions = sorted(each for each in temp_dir.glob("session_*") if not each.is_symlink())
    for old in sessions[: -NUM_SESSIONS_KEPT + 1]:
        with suppress(OSError):
            shutil.rmtree(old)


def port_in_use(ports: Mapping[str, int], host: str = "127.0.0.1") -> str | None:
    """Return a sentence for the first of the named ports that somebody else holds."""
    for name, port in ports.items():
        if not is_free(port, host):
            return f"Port {port} ({name}) is taken by another program. Set {name} to a free one."
    return None


def last_lines(path: Path, count: int = 15) -> str:
    """Return the end of a log."""
    with suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    return ""


def logs_of(temp_dir: Path) -> Path:
    """Return where Ray and Serve write their logs."""
    return temp_dir / "session_latest" / "logs"
