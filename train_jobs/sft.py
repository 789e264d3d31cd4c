"""The fine-tune itself, in one process or as one of several workers: LoRA on trl's SFTTrainer.

`<run>/checkpoints/checkpoint-N` are transformers' own (adapter, optimizer, schedule, random state,
position in the data), complete once `complete.json` is there, which is written last.
`<run>/final` is the adapter as PEFT writes it, `<run>/run.json` says how it came about.
"""

import errno
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PrinterCallback, TrainerCallback, TrainerState, TrainingArguments
from transformers.trainer_utils import IntervalStrategy
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from models.sources import sha256_of
from notes.errors import ModelSourceError, TrainingError
from notes.prompt import PROMPT_VERSION
from train_jobs.base_model import Base, load_base
from train_jobs.checkpoints import latest_checkpoint, mark_complete
from train_jobs.config import TrainingConfig
from train_jobs.dataset import NotedSession, load_noted_sessions
from train_jobs.examples import IGNORED, as_one_text, collate, format_for_training
from train_jobs.relaying import relay
from train_jobs.run_files import ADAPTER, CHECKPOINTS, RECORD, ProgressStep, write_json
from train_jobs.splitting import is_held_out, split_dataset

CSV_SEED = 1


Report = Callable[[ProgressStep], None]


class BranchTrainer(SFTTrainer):
    """trl's trainer with the language model's head on the labelled positions alone.

    Of a session's tokens one in ten has a label, and the head of a small model is a fifth of it.
    """

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Return the mean negative log-likelihood of the labels (of this batch's share of them)."""
        labels = inputs["labels"][0]
        before = (labels[1:] != IGNORED).nonzero()[:, 0]
        others = {key: value for key, value in inputs.items() if key != "labels"}
        output = model(**others, use_cache=False, logits_to_keep=before)
        wanted = labels[before + 1]
        total = torch.nn.functional.cross_entropy(output.logits[0].float(), wanted, reduction="sum")
        count = len(wanted) if num_items_in_batch is None else num_items_in_batch
        loss = total / count
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * self.accelerator.num_processes
        return (loss, output) if return_outputs else loss


class Reporter(TrainerCallback):
    """Tells how far training is, marks finished checkpoints, and stops at a loss that is none."""

    def __init__(self, report: Report, tokens_per_row: float, config: TrainingConfig) -> None:
        self._report = report
        self._tokens_per_row = tokens_per_row
        self._config = config
        self._begun_at = 0.0
        self._begun_step = 0

    def on_train_begin(
        self, _: TrainingArguments, state: TrainerState, *__: Any, **___: Any
    ) -> None:
        """Start the clock."""
        self._begun_at, self._begun_step = time.monotonic(), state.global_step

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        *_: Any,
        logs: dict[str, float] | None = None,
        **__: Any,
    ) -> None:
        """Report a step, on every worker; TrainingError where the loss is no number."""
        if not logs or "loss" not in logs:
            return
        if not math.isfinite(logs["loss"]):
            reason = (
                f"the loss at step {state.global_step} is no number. Lower learning_rate (now "
                f"{self._config.learning_rate}), or use precision=fp32."
            )
            raise TrainingError(reason=reason)
        done = state.global_step - self._begun_step
        step_s = (time.monotonic() - self._begun_at) / max(done, 1)
        rows = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
        self._report(
            ProgressStep(
                step=state.global_step,
                num_steps=state.max_steps,
                loss=logs["loss"],
                learning_rate=logs.get("learning_rate", 0.0),
                tokens_per_s=rows * self._tokens_per_row / step_s,
                left_s=step_s * (state.max_steps - state.global_step),
            )
        )

    def on_save(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Mark the checkpoint that has just been written as complete."""
        if state.is_world_process_zero:
            folder = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
            mark_complete(folder, self._config)


@dataclass(frozen=True, slots=True)
class Sessions:
    """What is trained on, what is held out of it, and how many rows train what."""

    train: tuple[NotedSession, ...]
    held_out: tuple[NotedSession, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Rows:
    """The sequences to train on, and those on which the loss is only looked at."""

    train: Dataset
    held_out: Dataset | None


def load_data(config: TrainingConfig) -> Sessions:
    """Return the sessions of all data sets: our corpus without its tenth, CSVs without a fifth.

    With `share` below 1 an even part of the training sessions is kept.
    """
    train: list[NotedSession] = []
    held_out: list[NotedSession] = []
    counts: dict[str, int] = {}
    for path in config.files:
        sessions = load_noted_sessions(path)
        if path.suffix == ".jsonl":
            train += [each for each in sessions if not is_held_out(each.id)]
            held_out += [each for each in sessions if is_held_out(each.id)]
            continue
        split = split_dataset(sessions, seed=CSV_SEED)
        relaid = relay(split.train)
        train += relaid.sessions
        held_out += relay(split.test).sessions
        counts |= {f"{path.name}: {what}": count for what, count in relaid.counts.items()}
    num_kept = max(round(len(train) * config.share), 1)
    kept = [train[number * len(train) // num_kept] for number in range(num_kept)]
    counts |= {"sessions to train on": len(kept), "sessions held out": len(held_out)}
    return Sessions(tuple(kept), tuple(held_out), counts)


def train(config: TrainingConfig, run: Path, report: Report) -> None:
    """Train, from the last complete checkpoint of the run if there is one, and write the adapter.

    Raises TrainingError with what to change where memory or the disk is full or the loss is NaN,
    and ModelSourceError or ConfigurationError where the base or the data cannot be had.
    """
    be_modest(config)
    torch.manual_seed(config.seed)
    base = load_base(config.base, config.precision, config.use_gpu)
    sessions = load_data(config)
    rows = format_for_training(sessions.train, base.tokenizer, base.chat_format, config.max_tokens)
    if config.whole_notes:
        rows = rows.map(as_one_text)
    num_tokens = sum(map(len, rows["input_ids"]))
    unseen = _rows_held_out(sessions, base, config)
    reporter = Reporter(report, num_tokens / len(rows), config)
    trainer = _trainer(config, base, Rows(rows, unseen), run, reporter)
    with told_plainly(config):
        trainer.train(resume_from_checkpoint=last_checkpoint(run, config))
    if trainer.is_world_process_zero():
        trainer.save_model(str(run / ADAPTER))
        write_json(run / RECORD, _record(config, sessions, trainer, rows))


def lora_config(config: TrainingConfig) -> LoraConfig:
    """Return the adapter's shape."""
    return LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=list(config.target_modules),
        task_type="CAUSAL_LM",
    )


def arguments_of(config: TrainingConfig, folder: Path) -> dict[str, Any]:
    """Return the settings as every trainer of trl knows them."""
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": config.batch_size,
        "per_device_eval_batch_size": 1,
        "gradient_accumulation_steps": config.gradient_accumulation_steps,
        "num_train_epochs": config.num_epochs,
        "max_steps": config.max_steps or -1,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": config.warmup_steps,
        "activation_checkpointing": config.gradient_checkpointing,
        "activation_checkpointing_kwargs": {"use_reentrant": False},
        "save_strategy": "steps",
        "save_steps": config.save_steps,
        "save_total_limit": config.keep_checkpoints,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "seed": config.seed,
        "data_seed": config.seed,
        "use_cpu": not config.use_gpu,
        "bf16": False,
        "ddp_backend": _backend(config),
        "ddp_find_unused_parameters": False,
        "disable_tqdm": True,
        "report_to": "none",
        "remove_unused_columns": False,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": config.use_gpu,
    }


def _backend(config: TrainingConfig) -> str | None:
    # accelerate takes a named backend as the sign of several processes.
    if not torch.distributed.is_initialized():
        return None
    return "nccl" if config.use_gpu else "gloo"


def _rows_held_out(sessions: Sessions, base: Base, config: TrainingConfig) -> Dataset | None:
    if not sessions.held_out:
        return None
    return format_for_training(
        sessions.held_out, base.tokenizer, base.chat_format, config.max_tokens
    )


def _trainer(
    config: TrainingConfig, base: Base, rows: Rows, run: Path, reporter: Reporter
) -> BranchTrainer:
    arguments = SFTConfig(
        **arguments_of(config, run / CHECKPOINTS),
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
    )
    if rows.held_out is not None:
        arguments.eval_strategy = IntervalStrategy.EPOCH
    trainer = BranchTrainer(
        model=adapted(base, config),
        args=arguments,
        data_collator=collate,
        train_dataset=rows.train,
        eval_dataset=rows.held_out,
        processing_class=base.tokenizer,
        callbacks=[reporter],
    )
    trainer.remove_callback(PrinterCallback)  # the reporter says it in a line
    return trainer


def adapted(base: Base, config: TrainingConfig) -> PeftModel:
    """Return the base with a fresh adapter, or with the one to go on from."""
    if config.adapter is None:
        return get_peft_model(base.model, lora_config(config))
    try:
        return PeftModel.from_pretrained(base.model, str(config.adapter), is_trainable=True)
    except (OSError, ValueError) as error:
        reason = f"it holds no adapter for {config.base} ({type(error).__name__})"
        raise ModelSourceError(source=str(config.adapter), reason=reason) from error


def be_modest(config: TrainingConfig) -> None:
    """Leave the processor to serving where it wants it."""
    if not config.use_gpu:
        torch.set_num_threads(config.threads)
        os.setpriority(os.PRIO_PROCESS, 0, max(config.niceness, os.getpriority(os.PRIO_PROCESS, 0)))


def last_checkpoint(run: Path, config: TrainingConfig) -> str | None:
    """Return the folder to go on from, None where the run is new."""
    found = latest_checkpoint(run / CHECKPOINTS, config)
    return None if found is None else str(found)


@contextmanager
def told_plainly(config: TrainingConfig) -> Iterator[None]:
    """Turn what stops a training into a sentence that says what to change."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(reason=_no_memory(config)) from error
    except RuntimeError as error:
        if "allocate memory" not in str(error) and "out of memory" not in str(error).lower():
            raise
        raise TrainingError(reason=_no_memory(config)) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        reason = "the disk is full. Make room, or set keep_checkpoints=1."
        raise TrainingError(reason=reason) from error


def _no_memory(config: TrainingConfig) -> str:
    hints = [f"batch_size (now {config.batch_size})", f"max_tokens (now {config.max_tokens})"]
    more = "" if config.gradient_checkpointing else ", or set gradient_checkpointing=true"
    return f"memory is full. Lower {' or '.join(hints)}{more}."


def _record(
    config: TrainingConfig, sessions: Sessions, trainer: BranchTrainer, rows: Dataset
) -> dict[str, Any]:
    """Return how the adapter came about; written last, so that it means a finished run."""
    history = trainer.state.log_history
    return {
        "base": config.base,
        "prompt_version": PROMPT_VERSION,
        "config": config.model_dump(mode="json", exclude={"data", "adapter"}),  # paths of here
        "data": {path.name: sha256_of(path) for path in config.files},
        "counts": sessions.counts,
        "num_sequences": len(rows),
        "num_tokens": sum(map(len, rows["input_ids"])),
        "num_labels": sum(label != IGNORED for row in rows["labels"] for label in row),
        "num_steps": trainer.state.global_step,
        "losses": _curve(history, "loss"),
        "held_out_losses": _curve(history, "eval_loss"),
        "held_out": [session.id for session in sessions.held_out],
    }


def _curve(history: Sequence[Mapping[str, float]], name: str) -> list[tuple[float, float]]:
    return [(entry["step"], round(entry[name], 4)) for entry in history if name in entry]
