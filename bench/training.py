"""What training costs: `python -m bench.training [--quick] [--rounds 3]`.

Runs the fine-tune of the default model for a few steps under one setting after the other, each in
a process of its own, on sessions of about the same length, in turns: the same loop without Ray and
as Ray's job with one worker and two, fp32 against bf16, dropout, gradient checkpointing, sequences
side by side, four bits. A cluster of its own runs throughout, as one that serves would. Tokens a
second count from the second step on. Ends with one line of JSON.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.errors import BenchError
from bench.ground import positive
from bench.results import FOLDER, Ledger, Report, median_of, ratio
from notes.errors import NotesError
from scripts.ray_head import ROOT
from train_jobs.corpus import CORPUS
from train_jobs.splitting import is_held_out

PLAIN = "without Ray"
SPEED, MEMORY = "tokens", "peak memory"
USUAL_WORDS = range(350, 450)
WORKER = "ray::RayTrain"
STEPS, QUICK_STEPS = 5, 4
CONFIG = "train_jobs/configs/default.yaml"


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
        _write_sessions(data)
        command = [
            *(sys.executable, "-m", "train_jobs.lora_sft", "--config", CONFIG, f"data=[{data}]"),
            *("--runs", scratch, "--name", "run", f"max_steps={num_steps}"),
            *("gradient_accumulation_steps=2", "warmup_steps=1", "save_steps=1000"),
            *variant.settings,
        ]
        peak = run_watched(command)
        lines = (Path(scratch) / "run" / "progress.jsonl").read_text().splitlines()
        steps = [json.loads(line) for line in lines]
        ledger.add(SPEED, variant.name, "1/s", _pace(steps))
        ledger.add(MEMORY, variant.name, "MB", peak / 1e6)


def _write_sessions(path: Path) -> None:
    """Write some sessions to train on, none of them held out."""
    with CORPUS.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as kept:
        kept.writelines(line for line in lines if _is_usual(json.loads(line)))


def _is_usual(session: dict[str, Any]) -> bool:
    # With one worker or two they come in another order, so all have to be about as long.
    words = sum(len(text.split()) for _, text in session["turns"])
    return words in USUAL_WORDS and len(session["notes"]) == 1 and not is_held_out(session["id"])


def _pace(steps: Sequence[dict[str, float]]) -> float:
    """Return the mean speed after the first step, which also warms up."""
    first, last = steps[0], steps[-1]
    # Each line holds the mean since the start: tokens a step over seconds a step.
    total = last["step"] / last["tokens_per_s"] - first["step"] / first["tokens_per_s"]
    return (last["step"] - first["step"]) / total


def run_watched(command: Sequence[str]) -> float:
    """Run a command to its end; return the most memory that it and its children held, in bytes."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(2.0):
            peak[0] = max(peak[0], _memory(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, said = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode != 0:
        raise BenchError(reason=said.decode(errors="replace")[-2000:])
    return peak[0]


def _memory(pid: int) -> float:
    """Return what a job takes: its own processes, and Ray's workers that train."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        workers = [each for each in psutil.process_iter() if each.name().startswith(WORKER)]
        return float(sum(each.memory_full_info().pss for each in (*family, *workers)))
    except psutil.Error:
        return 0.0


@contextmanager
def _cluster() -> Iterator[None]:
    """Run a cluster that the jobs find."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    import ray  # noqa: PLC0415 - it reads the environment

    ray.init(logging_level=logging.ERROR)
    os.environ["RAY_ADDRESS"] = ray.get_runtime_context().gcs_address
    try:
        yield
    finally:
        ray.shutdown()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="Ray against the plain loop, once")
    parser.add_argument("--rounds", type=positive, default=3)
    given = parser.parse_args(arguments)
    ledger = Ledger()
    variants = QUICK if given.quick else given.rounds * VARIANTS
    try:
        with _cluster():
            for variant in variants:
                print(f"{variant.name} ...", file=sys.stderr, flush=True)
                measure(variant, QUICK_STEPS if given.quick else STEPS, ledger)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
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
