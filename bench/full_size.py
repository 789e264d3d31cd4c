"""One step of the Phi-3-mini job at full size: `python -m bench.full_size [--quick] [--layers N]`.

A checkpoint of random weights stands in for Phi-3-mini (bench/phi3_checkpoint.py). The job of
train_jobs/configs/phi3_mini.yaml takes one step on one session of the corpus, in a process of its
own, in four bits and for comparison otherwise. Resident memory is sampled from outside: `own` is
RssAnon, `mapped` is RssFile (libraries, and the checkpoint's pages, which the system may take
back). The limit is held against both together, or with a graphics card against what the driver says
that the process holds of it. Ends with one line of JSON.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.ground import exit_status, positive, some_of
from bench.phi3_checkpoint import ensure_checkpoint
from bench.results import FOLDER, Ledger, Report, median_of, ratio
from models.cache import user_cache
from scripts.ray_head import ROOT
from train_jobs.corpus import CORPUS
from train_jobs.run_files import ADAPTER, PROGRESS, RECORD
from train_jobs.splitting import is_held_out

CONFIG = "train_jobs/configs/phi3_mini.yaml"
LIMIT_GB = 12.0
FULL_LAYERS, QUICK_LAYERS = 32, 4
SAMPLE_S = 0.1
VARIANTS = {
    "nf4": (),
    "nf4-stored": ("gradient_checkpointing=false",),  # activations stored, not computed again
    "bf16": ("precision=bf16",),
}
PEAK = "peak, held against the limit"


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory that a process held at one moment, in bytes; `on_card` is 0 where none is."""

    at: float
    own: int
    mapped: int
    on_card: int = 0

    @property
    def resident(self) -> int:
        """Return what of the main memory it held."""
        return self.own + self.mapped


def measure(base: Path, data: Path, who: str, use_gpu: bool, ledger: Ledger) -> None:
    """Note what one step of the job costs."""
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch) / "run"
        command = [
            *(sys.executable, "-m", "train_jobs.lora_sft", "--config", CONFIG),
            *("--runs", scratch, "--name", run.name, f"base={base}", f"data=[{data}]"),
            *("num_workers=0", f"use_gpu={str(use_gpu).lower()}", f"threads={num_cores()}"),
            *("max_steps=1", "gradient_accumulation_steps=1", *VARIANTS[who]),
        ]
        started = time.time()
        samples = _watched(command, use_gpu)
        (step,) = map(json.loads, (run / PROGRESS).read_text().splitlines())
        record = json.loads((run / RECORD).read_text())
        step_s = record["num_tokens"] / step["tokens_per_s"]
        begun = (run / PROGRESS).stat().st_mtime - step_s
        ledger.add("start to the first step", who, "s", begun - started)
        ledger.add("the step", who, "s", step_s)
        ledger.add("tokens of the step", who, "", record["num_tokens"])
        ledger.add("loss", who, "", step["loss"])
        for phase, part in (
            ("loading", [each for each in samples if each.at < begun]),
            ("the step", [each for each in samples if each.at >= begun]),
        ):
            _note_memory(part, phase, who, ledger)
        if peak := max(each.on_card if use_gpu else each.resident for each in samples):
            ledger.add(PEAK, who, "GB", peak / 1e9)
        _note_adapter(run / ADAPTER / "adapter_model.safetensors", who, ledger)


def _note_memory(samples: Sequence[Sample], phase: str, who: str, ledger: Ledger) -> None:
    ledger.add(f"{phase}: own", who, "GB", max(each.own for each in samples) / 1e9)
    ledger.add(f"{phase}: mapped", who, "GB", max(each.mapped for each in samples) / 1e9)
    if on_card := max(each.on_card for each in samples):
        ledger.add(f"{phase}: on the card", who, "GB", on_card / 1e9)


def _note_adapter(path: Path, who: str, ledger: Ledger) -> None:
    ledger.add("trainable parameters", who, "million", num_parameters(path) / 1e6)
    ledger.add("adapter", who, "MB", path.stat().st_size / 1e6)


def num_parameters(path: Path) -> int:
    """Return how many numbers a safetensors file holds, by its header."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    shapes = [tensor["shape"] for name, tensor in header.items() if name != "__metadata__"]
    return sum(map(math.prod, shapes))


def _watched(command: Sequence[str], use_gpu: bool) -> list[Sample]:
    """Run a command to its end; return what it held while it ran."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        samples: list[Sample] = []
        try:
            while process.poll() is None:
                samples += sampled(process.pid, use_gpu)
                time.sleep(SAMPLE_S)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            said.seek(0)
            last = said.read().decode(errors="replace")[-2000:]
            raise BenchError(reason=f"The job ended with {process.returncode}: {last}")
    return samples


def sampled(pid: int, use_gpu: bool = False) -> list[Sample]:
    """Return what a process holds now; nothing if it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
    kib = {name: line.split()[1] for line in lines if (name := line.partition(":")[0]) in _KINDS}
    if len(kib) < len(_KINDS):
        return []
    own, mapped = (1024 * int(kib[name]) for name in _KINDS)
    return [Sample(time.time(), own, mapped, _on_card(pid) if use_gpu else 0)]


_KINDS = ("RssAnon", "RssFile")


def _on_card(pid: int) -> int:
    """Return what the driver says that a process holds of the graphics cards."""
    query = ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    rows = [line.split(",") for line in said.splitlines()]
    return sum(int(mib) << 20 for owner, mib in rows if int(owner) == pid and mib.strip().isdigit())


def has_card() -> bool:
    """Tell whether torch would find a graphics card."""
    # Asked in a process of its own, so that this one holds nothing of the card.
    program = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def num_cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0))


def session_of(words: int, lines: Iterable[str]) -> str:
    """Return the line of the corpus's trained session, with five sections, nearest to a length."""
    rows = [(line, json.loads(line)) for line in lines]
    fit = [
        (abs(sum(len(text.split()) for _, text in row["turns"]) - words), line)
        for line, row in rows
        if not is_held_out(row["id"]) and list(row["notes"]) == ["sections5"]
    ]
    return min(fit)[1]


@contextmanager
def prepared(num_layers: int, sdist: Path | None, keep: bool) -> Iterator[Path]:
    """Make the checkpoint, and remove it in the end unless it is to be kept, or was kept before."""
    folder = user_cache("benchmarks") / f"phi3-size-bf16-{num_layers}-layers"
    was_there = folder.exists()
    try:
        yield ensure_checkpoint(folder, num_layers, sdist)
    finally:
        if not keep and not was_there:
            shutil.rmtree(folder, ignore_errors=True)


def run(given: argparse.Namespace) -> int:
    """Run the benchmark; return the exit status."""
    num_layers = given.layers or (QUICK_LAYERS if given.quick else FULL_LAYERS)
    ledger, use_gpu = Ledger(), has_card()
    with prepared(num_layers, given.sdist, given.keep) as base, tempfile.TemporaryDirectory() as to:
        data = Path(to) / "session.jsonl"
        data.write_text(session_of(given.words, CORPUS.read_text("utf-8").splitlines()))
        for who in given.variants:
            print(f"{who} ...", file=sys.stderr, flush=True)
            measure(base, data, who, use_gpu, ledger)
    settings = {"config": CONFIG, "layers": num_layers, "words": given.words, "use_gpu": use_gpu}
    report = Report("full_size", settings, ledger.rows)
    report.ratios = ratios(report)
    report.write(FOLDER / "full_size.json")
    report.print()
    return 0


def ratios(report: Report) -> dict[str, float]:
    """Return each variant's memory against the limit, which is meant for all layers."""
    found = {
        f"{who}: peak / {LIMIT_GB:g} GB": ratio(median_of(report.rows, PEAK, who), LIMIT_GB)
        for who in VARIANTS
    }
    return {name: value for name, value in found.items() if value is not None}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.full_size", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help=f"{QUICK_LAYERS} layers instead of {FULL_LAYERS}")
    add("--layers", type=positive, help="how many layers the model has")
    add("--words", type=positive, default=400, help="of the session; default: %(default)s")
    add(
        "--variants",
        type=some_of(tuple(VARIANTS)),
        default=tuple(VARIANTS),
        help=f"some of {','.join(VARIANTS)}",
    )
    add("--keep", action="store_true", help="leave the checkpoint in the cache")
    add("--sdist", type=Path, help="llama-cpp-python's source distribution")
    given = parser.parse_args(arguments)
    return exit_status(lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())
