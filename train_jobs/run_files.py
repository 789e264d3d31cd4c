"""The files of a run's folder, and how they are written: whole or not at all."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = "run.json"
ADAPTER = "final"
CHECKPOINTS = "checkpoints"
PROGRESS = "progress.jsonl"


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """How far a run is; `loss` is the mean over the labels of the step."""

    step: int
    num_steps: int
    loss: float
    learning_rate: float
    tokens_per_s: float
    left_s: float


def write_json(path: Path, value: Any) -> None:
    """Write a file that is there whole or not at all, and stays after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}")
    with scratch.open("w") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def read_json(path: Path) -> Any:
    """Return what `write_json` has written."""
    return json.loads(path.read_text("utf-8"))
