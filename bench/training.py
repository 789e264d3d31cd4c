"""What training costs: `python -m bench.training [--quick] [--rounds 3]`.

Runs the fine-tune of the default model for a few steps under one setting after the other, each in
a process of its own, the same sessions each time, in turns: the same loop without Ray and as Ray's
job with one worker and two, fp32 against bf16, dropout, gradient checkpointing, sequences side by
side, four bits. Tokens a second count from the second step on. Ends with one line of JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.ground import positive
from bench.results import FOLDER, Ledger, Report, median_of, ratio
from scripts.ray_head import ROOT
from train_jobs.splitting import is_held_out

PLAIN = "without Ray"
SPEED, MEMORY = "tokens", "peak memory"
STEPS, QUICK_STEPS = 6, 4
CONFIG = "train_jobs/configs/default.yaml"
CORPUS = ROOT / "train_jobs/corpus/sessions.jsonl"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to train: its name and the settings that differ."""

    name: str
    settings: tuple[str, ...] = ("num_workers=0",)


VARIANTS = (
    Variant(PLAIN),
    Variant("Ray, one worker", ("num_workers=1", "cpus=1")),
    Variant("Ray, two workers", ("num_workers=2", "threads=1", "gradient_accumulation_steps=1")),
    Variant("fp32", ("num_workers=0", "precision=fp32")),
    Variant("dropout .05", ("num_workers=0", "lora_dropout=0.05")),
    Variant("checkpointing", ("num_workers=0", "gradient_checkpointing=true")),
    Variant(
        "two sequences side by side",
        ("num_workers=0", "batch_size=2", "gradient_accumulation_steps=1"),
    ),
    Variant("nf4", ("num_workers=0", "precision=nf4")),
)
QUICK = VARIANTS[:2]


def measure(variant: Variant, num_steps: int, ledger: Ledger) -> None:
    """Note the speed and the peak memory of one short run."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "sessions.jsonl"
        _write_training_part(data)
        command = [
            *(sys.executable, "-m", "train_jobs.lora_sft", "--config", CONFIG, f"data=[{data}]"),
            *("--runs", scratch, "--name", "run", "share=0.1", f"max_steps={num_steps}"),
            *("gradient_accumulation_steps=2", "warmup_steps=1", "save_steps=1000"),
            *variant.settings,
        ]
        peak = _run(command)
        lines = (Path(scratch) / "run" / "progress.jsonl").read_text().splitlines()
        steps = [json.loads(line) for line in lines]
        ledger.add(SPEED, variant.name, "1/s", _pace(steps))
        ledger.add(MEMORY, variant.name, "MB", peak / 1e6)


def _write_training_part(path: Path) -> None:
    """Write the corpus without its held-out sessions, whose loss would take longer than a run."""
    with CORPUS.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as kept:
        kept.writelines(line for line in lines if not is_held_out(json.loads(line)["id"]))


def _pace(steps: Sequence[dict[str, float]]) -> float:
    """Return the mean speed after the first step, which also warms up."""
    first, last = steps[0], steps[-1]
    # Each line holds the mean since the start: tokens a step over seconds a step.
    total = last["step"] / last["tokens_per_s"] - first["step"] / first["tokens_per_s"]
    return (last["step"] - first["step"]) / total


def _run(command: Sequence[str]) -> float:
    """Run a command to its end; return the most memory that it and its children held, in bytes."""
    environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            peak[0] = max(peak[0], _memory(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, said = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode != 0:
        raise RuntimeError(said.decode(errors="replace")[-2000:])
    return peak[0]


def _memory(pid: int) -> float:
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        return float(sum(each.memory_info().rss for each in family))
    except psutil.Error:
        return 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="Ray against the plain loop, once")
    parser.add_argument("--rounds", type=positive, default=3)
    given = parser.parse_args(arguments)
    ledger = Ledger()
    for _ in range(1 if given.quick else given.rounds):
        for variant in QUICK if given.quick else VARIANTS:
            print(f"{variant.name} ...", file=sys.stderr, flush=True)
            measure(variant, QUICK_STEPS if given.quick else STEPS, ledger)
    report = Report("training", {"config": CONFIG, "quick": given.quick}, ledger.rows)
    plain = median_of(report.rows, SPEED, PLAIN)
    ratios = {
        f"{row.who} / {PLAIN}": ratio(row.median, plain)
        for row in report.rows
        if row.measure == SPEED and row.who != PLAIN
    }
    report.ratios = {name: value for name, value in ratios.items() if value is not None}
    report.write(FOLDER / "training.json")
    report.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
