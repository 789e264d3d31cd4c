"""What a start leaves for status and stop: the head's process, addresses and folders."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from notes.errors import ConfigurationError
from scripts.processes import ProcessName

FILE = "run.json"


@dataclass(frozen=True, slots=True)
class RunFile:
    """One run of the system."""

    head: ProcessName
    host: str
    port: int
    dashboard_port: int
    metrics_port: int
    temp_dir: str
    settings: Mapping[str, str]  # a digest by each name
    has_embedded_database: bool

    @property
    def base_url(self) -> str:
        """Return the address of the API."""
        return api_url(self.host, self.port)

    @property
    def dashboard_url(self) -> str:
        """Return the address of Ray's dashboard."""
        return f"http://127.0.0.1:{self.dashboard_port}"

    def write(self, data_dir: Path) -> None:
        """Replace the run file at once, so that a reader sees the old one or the new one."""
        write_private(data_dir / FILE, json.dumps(asdict(self), indent=2))

    @classmethod
    def read(cls, data_dir: Path) -> "RunFile | None":
        """Return the last run, or None where there is none or the file is not one."""
        try:
            fields = json.loads((data_dir / FILE).read_text())
            return cls(**{**fields, "head": ProcessName(**fields["head"])})
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    @staticmethod
    def remove(data_dir: Path) -> None:
        """Forget the last run."""
        (data_dir / FILE).unlink(missing_ok=True)


def api_url(host: str, port: int) -> str:
    """Return the address for a client on this machine; "all interfaces" is none."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def close_to_others(folder: Path) -> None:
    """Let the owner alone look into a folder; where we are root, PostgreSQL's account passes."""
    facts = folder.stat()
    if facts.st_uid != os.geteuid() or facts.st_mode & stat.S_ISVTX:
        reason = f"{folder} is not yours alone. Name another folder as data_dir."
        raise ConfigurationError(reason=reason)
    passing = stat.S_IXOTH if os.geteuid() == 0 else 0
    folder.chmod(stat.S_IRWXU | facts.st_mode & passing)


@contextmanager
def one_at_a_time(data_dir: Path) -> Iterator[None]:
    """Let a second start or stop of the same data folder wait for the first."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The descriptor is not inherited (PEP 446), so the lock ends with this process.
    with (data_dir / "run.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
