"""Which settings learn best: `python -m bench.trials [--quick] [--share 0.2] [--data FILE ...]`.

Trains the default model on a part of the data under one setting after the other, for one epoch
each, and notes the loss on held-out sessions: rank, learning rate, whole notes against sections
apart. All are judged as notes are served, sections apart. Runs without Ray, in a process each. Ends
with one line of JSON.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.ground import positive
from bench.results import FOLDER, Ledger, Report
from bench.training import CONFIG, Variant, run_watched
from notes.errors import NotesError
from train_jobs.corpus import CORPUS
from train_jobs.run_files import RECORD

PLAIN = "rank 8, 1e-3, 2 sequences a step"
LOSS, TOKENS = "held-out loss", "tokens trained on"

TRIALS = (
    Variant(PLAIN, ()),
    Variant("rank 16", ("lora_rank=16", "lora_alpha=32")),
    Variant("learning rate 3e-4", ("learning_rate=3.0e-4",)),
    Variant("learning rate 3e-3", ("learning_rate=3.0e-3",)),
    Variant("whole notes", ("whole_notes=true",)),
)


def measure(trial: Variant, settings: Sequence[str], ledger: Ledger) -> None:
    """Note a run's loss on held-out sessions after each epoch."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            *(sys.executable, "-m", "train_jobs.lora_sft", "--config", CONFIG),
            *("--runs", scratch, "--name", "run", *settings, *trial.settings),
        ]
        run_watched(command)
        record = json.loads((Path(scratch) / "run" / RECORD).read_text())
    for epoch, (_, loss) in enumerate(record["held_out_losses"], start=1):
        ledger.add(f"{LOSS}, epoch {epoch}", trial.name, "nats", loss)
    ledger.add(TOKENS, trial.name, "", float(record["num_tokens"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.trials", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="two settings, two steps: shows that it runs")
    add("--share", type=float, default=0.2, help="of the sessions; default: %(default)s")
    add("--epochs", type=positive, default=1)
    add("--data", type=Path, nargs="+", default=[CORPUS], help="default: the corpus")
    given = parser.parse_args(arguments)
    paths = ",".join(str(path.resolve()) for path in given.data)
    settings = [
        *(f"data=[{paths}]", f"share={given.share}", f"num_epochs={given.epochs}"),
        *("num_workers=0", "gradient_accumulation_steps=2", "warmup_steps=2", "save_steps=1000"),
        *(("max_steps=2",) if given.quick else ()),
    ]
    ledger = Ledger()
    try:
        for trial in TRIALS[:2] if given.quick else TRIALS:
            print(f"{trial.name} ...", file=sys.stderr, flush=True)
            measure(trial, settings, ledger)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    report = Report("trials", {"share": given.share, "quick": given.quick}, ledger.rows)
    last = f"{LOSS}, epoch {given.epochs}"
    report.ratios = {f"{row.who}: {LOSS}": row.median for row in report.rows if row.measure == last}
    report.write(FOLDER / "trials.json")
    report.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
