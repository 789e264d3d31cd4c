"""`make logs`: the ends of all logs, and what is added to them."""

import os
from collections.abc import Iterator
from pathlib import Path

from deployments.config import Settings
from scripts import ray_head
from scripts.run_file import RunFile

NUM_LINES = 10


def follow_logs(settings: Settings) -> int:
    """Become `tail -F` on the logs of the running system, or show those of the last one."""
    files = [str(path) for path in log_files(settings)]
    if files:
        os.execvp("tail", ["tail", "-n", str(NUM_LINES), "-F", *files])
    print(f"There are no logs yet in {settings.logs_dir}.")
    return 1


def log_files(settings: Settings) -> list[Path]:
    """Return our JSON logs of this run, Serve's, the head's and PostgreSQL's."""
    run = RunFile.read(settings.data_dir)
    since = run.head.created_at if run else 0.0
    return [path for path in _candidates(settings) if path.stat().st_mtime >= since]


def _candidates(settings: Settings) -> Iterator[Path]:
    serve = ray_head.logs_of(ray_head.choose_temp_dir(settings.data_dir)) / "serve"
    yield from sorted(settings.logs_dir.glob("*.jsonl"))
    yield from sorted(serve.glob("*.log"))
    others = (settings.logs_dir / "ray_head.log", settings.data_dir / "postgres" / "server.log")
    yield from (path for path in others if path.exists())
