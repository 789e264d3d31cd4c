"""Whole systems for tests: own data folder, own ports, nothing left behind."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deployments.config import Settings
from scripts import ray_head
from scripts.system import stop_system


def silent(words: str) -> None:
    """Say nothing of a start's progress."""


@contextmanager
def private_settings(**changes: Any) -> Iterator[Settings]:
    """Yield settings of a system that clashes with none; whatever was started is ended at exit."""
    # Not pytest's folder: its name is long, and each new pytest closes it to PostgreSQL's account.
    folder = Path(tempfile.mkdtemp(prefix="notes-test-"))
    port, ray_port, dashboard_port, metrics_port = ray_head.free_ports(4)
    settings = Settings(
        **{
            "port": port,
            "data_dir": folder,
            "ray_port": ray_port,
            "dashboard_port": dashboard_port,
            "metrics_port": metrics_port,
            "object_store_bytes": 80_000_000,
            **changes,
        }
    )
    try:
        yield settings
    finally:
        stop_system(settings)
        shutil.rmtree(ray_head.choose_temp_dir(settings.data_dir).parent, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
