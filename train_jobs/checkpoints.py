"""Which checkpoints of a run can be gone on from: those whose last file is there."""

import shutil
from pathlib import Path
from typing import Any

from notes.errors import ConfigurationError
from train_jobs.config import TrainingConfig
from train_jobs.run_files import read_json, write_json

COMPLETE = "complete.json"
# What may differ between a run and its resumption: how it is run, and for how long.
_FREE = frozenset(
    (
        *("num_workers", "threads", "cpus", "niceness", "max_failures"),
        *("num_epochs", "max_steps", "save_steps", "keep_checkpoints"),
    )
)


def mark_complete(folder: Path, config: TrainingConfig) -> None:
    """Write a checkpoint's last file, which holds the run's configuration."""
    write_json(folder / COMPLETE, config.model_dump(mode="json"))


def latest_checkpoint(folder: Path, config: TrainingConfig) -> Path | None:
    """Return the newest complete checkpoint; halves that a kill has left are removed.

    Raises ConfigurationError where it was written with other settings: going on would mix them.
    """
    found = sorted(folder.glob("checkpoint-*"), key=_step, reverse=True)
    for checkpoint in found:
        if not (checkpoint / COMPLETE).exists():
            shutil.rmtree(checkpoint, ignore_errors=True)
            continue
        _check_same(checkpoint, config)
        return checkpoint
    return None


def _step(checkpoint: Path) -> int:
    number = checkpoint.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1


def _check_same(checkpoint: Path, config: TrainingConfig) -> None:
    then: dict[str, Any] = read_json(checkpoint / COMPLETE)
    now = config.model_dump(mode="json")
    changed = sorted(key for key in now if key not in _FREE and now[key] != then.get(key))
    if changed:
        reason = (
            f"The run in {checkpoint.parent.parent} was begun with other settings "
            f"({', '.join(changed)}). Name another run, or give the old ones."
        )
        raise ConfigurationError(reason=reason)
