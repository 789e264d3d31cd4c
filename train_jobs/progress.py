"""A run's progress: a line a step in its folder, and on the terminal of whoever waits."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from train_jobs.run_files import PROGRESS, ProgressStep

POLL_S = 0.5


class ProgressFile:
    """Appends steps to a run's file, and shows them as Ray's metrics where Ray runs."""

    def __init__(self, run: Path) -> None:
        self._path = run / PROGRESS
        self._gauges = _gauges()

    def write(self, step: ProgressStep) -> None:
        """Add a step."""
        values = asdict(step)
        with self._path.open("a") as file:
            file.write(json.dumps(values) + "\n")
        for name, gauge in self._gauges.items():
            gauge(float(values[name]))


def read_progress(run: Path) -> tuple[ProgressStep, ...]:
    """Return the steps that were reported; of one that was done again after a kill the last."""
    path = run / PROGRESS
    if not path.exists():
        return ()
    lines = path.read_text("utf-8").splitlines()
    steps = [ProgressStep(**json.loads(line)) for line in lines if line.endswith("}")]
    return tuple({step.step: step for step in steps}.values())


def follow(run: Path, finished: threading.Event, say: Callable[[ProgressStep], None]) -> None:
    """Call `say` with each step that is added, until `finished` is set and all is said."""
    path = run / PROGRESS
    place = path.stat().st_size if path.exists() else 0
    while True:
        is_last = finished.wait(POLL_S)
        if path.exists():
            with path.open("rb") as file:
                file.seek(place)
                text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            place += len(whole)
            for line in whole.decode().splitlines():
                say(ProgressStep(**json.loads(line)))
        if is_last:
            return


def line_of(step: ProgressStep) -> str:
    """Return a step as people read it."""
    left = f"{step.left_s / 60:.0f} min left" if step.left_s >= 90 else f"{step.left_s:.0f} s left"
    return (
        f"step {step.step}/{step.num_steps}  loss {step.loss:.3f}  "
        f"{step.tokens_per_s:.0f} tokens/s  {left}"
    )


def _gauges() -> dict[str, Callable[[float], object]]:
    """Return how to set each metric; none outside Ray."""
    import ray  # noqa: PLC0415 - a run in one process needs no Ray
    from ray.util.metrics import Gauge  # noqa: PLC0415

    if not ray.is_initialized():
        return {}
    names = ("step", "num_steps", "loss", "learning_rate", "tokens_per_s", "left_s")
    return {
        name: Gauge(f"notes_training_{name}", f"{name} of the training run").set for name in names
    }
