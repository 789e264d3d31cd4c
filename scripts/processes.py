"""Processes of this machine: found by name and birth or by their folder, and ended.

A process is known by its id and its time of birth, since ids are given out again, at the latest
after a restart of the machine.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

TERMINATE_S = 10.0


@dataclass(frozen=True, slots=True)
class ProcessName:
    """A process that no later one can be mistaken for."""

    pid: int
    created_at: float

    @classmethod
    def of(cls, pid: int) -> "ProcessName":
        """Name the running process `pid`."""
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """Return the process if it still runs."""
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.created_at) < 1.0
            if is_same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return every process of this user, save this one, that works in `folder`.

    Not by environment or command line: Ray's workers overwrite both with their title.
    """
    return [each for each in psutil.process_iter() if _is_in(each, str(folder.resolve()))]


def _is_in(process: psutil.Process, folder: str) -> bool:
    with suppress(psutil.Error, OSError):
        return process.pid != os.getpid() and process.cwd() == folder
    return False


def with_children(process: psutil.Process) -> list[psutil.Process]:
    """Return the process and all that descend from it."""
    with suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def terminate(processes: Iterable[psutil.Process], patience_s: float = TERMINATE_S) -> None:
    """Ask the processes to end, and end those that do not within `patience_s`."""
    living = list(processes)
    for process in living:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(living, timeout=patience_s)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=patience_s)


def memory_bytes(processes: Iterable[psutil.Process]) -> int:
    """Return the memory that the processes take together, shared pages counted once."""
    return sum(_memory_bytes(process) for process in processes)


def _memory_bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        info = process.memory_full_info()
        return int(getattr(info, "pss", info.rss))
    return 0
