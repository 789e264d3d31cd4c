"""Learning what people changed: `python -m train_jobs.dpo --config FILE --name NAME [name=value]`.

`data` are files of pairs (train_jobs/export_reviewed.py): what a person signed is preferred to what
the model had drafted, by Direct Preference Optimization (Rafailov et al., 2023) with trl, on top of
`adapter`, or of the base. Pairs that are longer than `max_tokens` are left out and counted: a
prompt that is cut would be another one. Ends with one line of JSON.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer

from models.cache import user_cache
from models.sources import sha256_of
from notes.errors import ConfigurationError, NotesError
from notes.prompt import PROMPT_VERSION, ChatFormat, render_example
from notes.style import get_style
from notes.transcript import parse_transcript
from train_jobs.base_model import Base, load_base
from train_jobs.config import TrainingConfig, read_settings
from train_jobs.progress import ProgressFile, line_of
from train_jobs.reviewed import Pair, load_pairs
from train_jobs.run_files import ADAPTER, CHECKPOINTS, RECORD, ProgressStep, write_json
from train_jobs.sft import (
    Report,
    Reporter,
    adapted,
    arguments_of,
    be_modest,
    last_checkpoint,
    told_plainly,
)

BETA = 0.1  # how far the adapter may move from where it began; trl's default
ACCURACY, MARGIN = "rewards/accuracies", "rewards/margins"


@dataclass(frozen=True, slots=True)
class Preference:
    """One pair as the model reads it."""

    prompt: str
    chosen: str
    rejected: str


def preferences(pairs: Sequence[Pair], chat_format: ChatFormat) -> Iterator[Preference]:
    """Yield the pairs in the very prompt of serving."""
    for pair in pairs:
        turns = parse_transcript(pair.text).turns
        style = get_style(pair.style)
        (chosen,) = render_example(turns, style, chat_format, {pair.section: pair.chosen})
        (rejected,) = render_example(turns, style, chat_format, {pair.section: pair.rejected})
        start = chosen.loss_start
        yield Preference(chosen.text[:start], chosen.text[start:], rejected.text[start:])


def train(config: TrainingConfig, run: Path, report: Report) -> None:
    """Train, from the last complete checkpoint of the run if there is one, and write the adapter.

    Raises what `train_jobs.sft.train` raises.
    """
    be_modest(config)
    base = load_base(config.base, config.precision, config.use_gpu)
    pairs = [pair for path in config.files for pair in load_pairs(path)]
    rows = list(preferences(pairs, base.chat_format))
    lengths = [_num_tokens(row, base) for row in rows]
    fitting = [
        row for row, length in zip(rows, lengths, strict=True) if length <= config.max_tokens
    ]
    if not fitting:
        raise ConfigurationError(reason="No pair fits max_tokens; raise it.")
    kept = sum(length for length in lengths if length <= config.max_tokens)
    trainer = DPOTrainer(
        model=adapted(base, config),
        args=DPOConfig(
            **arguments_of(config, run / CHECKPOINTS), beta=BETA, max_length=config.max_tokens
        ),
        train_dataset=Dataset.from_list([asdict(row) for row in fitting]),
        processing_class=base.tokenizer,
        callbacks=[Reporter(report, kept / len(fitting), config)],
    )
    trainer.remove_callback(PrinterCallback)
    with told_plainly(config):
        trainer.train(resume_from_checkpoint=last_checkpoint(run, config))
    # Beside the adapter lies a copy of where it began, which nobody needs any more.
    trainer.model.save_pretrained(str(run / ADAPTER), selected_adapters=["default"])
    history = trainer.state.log_history
    write_json(
        run / RECORD,
        {
            "base": config.base,
            "prompt_version": PROMPT_VERSION,
            "config": config.model_dump(mode="json", exclude={"data", "adapter"}),
            "data": {path.name: sha256_of(path) for path in config.files},
            "num_pairs": len(fitting),
            "num_too_long": len(rows) - len(fitting),
            "num_steps": trainer.state.global_step,
            "losses": [(each["step"], each["loss"]) for each in history if "loss" in each],
            "accuracies": [(each["step"], each[ACCURACY]) for each in history if ACCURACY in each],
            "held_out_losses": [],
        },
    )


def _num_tokens(row: Preference, base: Base) -> int:
    longest = max((row.chosen, row.rejected), key=len)
    return len(base.tokenizer(row.prompt + longest, add_special_tokens=False)["input_ids"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m train_jobs.dpo", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--name", default="preferences", help="the run's; default: %(default)s")
    parser.add_argument("--runs", type=Path, default=user_cache("runs"))
    parser.add_argument("settings", nargs="*", metavar="name=value")
    options = parser.parse_intermixed_args(arguments)
    run = options.runs / options.name
    run.mkdir(parents=True, exist_ok=True)
    file = ProgressFile(run)

    def report(step: ProgressStep) -> None:
        file.write(step)
        print(line_of(step), flush=True)

    try:
        settings = read_settings(options.config, options.settings)
        print(*settings.lines(), sep="\n", flush=True)
        train(settings.config, run, report)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    record: dict[str, Any] = json.loads((run / RECORD).read_text())
    names = ("num_pairs", "num_too_long", "num_steps")
    print(json.dumps({"run": str(run), **{name: record[name] for name in names}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
