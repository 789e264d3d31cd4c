"""A run that takes seconds: a tiny model, a handful of sessions, a few steps."""

import json
from pathlib import Path

import torch

from tests.train import exported as e
from train_jobs.config import TrainingConfig
from train_jobs.run_files import ProgressStep
from train_jobs.splitting import is_held_out

NUM_SESSIONS = 6


def write_sessions(path: Path) -> Path:
    """Write a corpus of a few sessions that differ in length, one of them held out."""
    about = dict.fromkeys(("school", "problem", "person", "risk"), "none")
    names = [str(number) for number in range(200)]
    held_out = [name for name in names if is_held_out(name)][:1]
    trained = [name for name in names if not is_held_out(name)][: NUM_SESSIONS - 1]
    rows = [
        {
            "id": name,
            **about,
            "turns": [*e.TURNS, *[["P", f"On day {day} it was the same."] for day in range(count)]],
            "notes": {"sections5": e.NOTE},
        }
        for count, name in enumerate([*held_out, *trained])
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def tiny_config(folder: Path, **changes: object) -> TrainingConfig:
    """Write a tiny model and its data into a folder; return a run of six steps on them."""
    torch.manual_seed(1)
    base = e.write_phi3(folder / "base", e.byte_level_tokenizer())
    settings: dict[str, object] = {
        "base": str(base),
        "data": (write_sessions(folder / "sessions.jsonl"),),
        "precision": "fp32",
        "batch_size": 1,
        "gradient_accumulation_steps": 1,
        "learning_rate": 1e-2,
        "warmup_steps": 1,
        "max_steps": 6,
        "save_steps": 2,
        "niceness": 0,
        "num_workers": 0,
    }
    return TrainingConfig.model_validate({**settings, **changes})


def silent(step: ProgressStep) -> None:
    """Say nothing of a run's progress."""


def write_config(path: Path, config: TrainingConfig) -> Path:
    """Write a configuration as a file of settings."""
    path.write_text(json.dumps(config.model_dump(mode="json")))
    return path
