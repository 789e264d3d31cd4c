"""The account that PostgreSQL runs as: our own, or a powerless one when we are root."""

import logging
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from notes.errors import ConfigurationError

logger = logging.getLogger("notes.database")

ACCOUNT_NAME = "clinicnotes"


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """Owner of the server's processes and files; `is_other` when it is not the caller."""

    uid: int
    gid: int
    is_other: bool

    def run(self, command: list[str], *, text: str = "", timeout_s: float = 120) -> str:
        """Run `command` as this account; raises CalledProcessError with its words in `.stderr`."""
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            check=True,
            timeout=timeout_s,
            cwd="/",
            # The server keeps this environment for life, and secrets may be in ours.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=[] if self.is_other else None,
        )
        return done.stdout

    def own_folder(self, path: Path) -> None:
        """Make `path` a folder that this account alone may enter."""
        path.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (not self.is_other and path.stat().st_uid != self.uid):
            raise ConfigurationError(reason=f"The folder {path} belongs to somebody else.")
        if self.is_other:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def open_way_to(self, path: Path) -> None:
        """Let this account pass through (not list) the folders above `path`."""
        if not self.is_other:
            return
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH and folder.stat().st_uid != self.uid:
                logger.info("folder_opened", extra={"data": {"folder": str(folder)}})
                folder.chmod(mode | stat.S_IXOTH)

    def open_programs(self, install: Path) -> None:
        """Let this account run the server's programs, wherever a strict umask put them."""
        if not self.is_other:
            return
        self.open_way_to(install)
        for path in (install, *install.rglob("*")):
            mode = path.stat().st_mode
            is_executable = path.is_dir() or mode & stat.S_IXUSR
            wanted = mode | stat.S_IROTH | (stat.S_IXOTH if is_executable else 0)
            if wanted != mode:
                path.chmod(wanted)


def server_account() -> ServerAccount:
    """Return the caller's account, or `clinicnotes` (made when missing) for root."""
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid(), is_other=False)
    entry = _root_substitute()
    return ServerAccount(entry.pw_uid, entry.pw_gid, is_other=True)


def _root_substitute() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, and `nobody` is shared with other programs."""
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        _add_account()
    return pwd.getpwnam(ACCOUNT_NAME)


def _add_account() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    try:
        subprocess.run(
            [*command, "--shell", "/bin/false", ACCOUNT_NAME], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigurationError(
            reason=f"PostgreSQL does not run as root, and the account {ACCOUNT_NAME} could not be "
            "made. Run as another user, or set DATABASE_URL."
        ) from error
