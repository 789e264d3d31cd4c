"""The loss of a run as a picture."""

from pathlib import Path

from train_jobs.progress import read_progress
from train_jobs.run_files import RECORD, read_json

PLOT = "loss.svg"


def draw(run: Path) -> Path:
    """Draw the loss of each step, their moving mean, and that of the held-out sessions."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    steps = read_progress(run)
    record = read_json(run / RECORD)
    figure, axes = plt.subplots(figsize=(7, 4))
    numbers, losses = [step.step for step in steps], [step.loss for step in steps]
    axes.plot(numbers, losses, color="0.8", label="a step")
    axes.plot(numbers, _smooth(losses), color="C0", label="mean of the last 10")
    if record["held_out_losses"]:
        axes.plot(*zip(*record["held_out_losses"], strict=True), "o-", color="C1", label="held out")
    axes.set_xlabel("step")
    axes.set_ylabel("loss (nats a token of the note)")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    path = run / PLOT
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path


def _smooth(values: list[float], width: int = 10) -> list[float]:
    windows = (values[max(0, end - width) : end] for end in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]
