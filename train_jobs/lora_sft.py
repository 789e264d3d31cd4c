"""The training job: `python -m train_jobs.lora_sft --config FILE`, sent by `ray job submit`.

Reads the settings, says where each came from, and trains: in this process with `num_workers: 0`,
or else with Ray Train's workers, which are started again when one dies. What a run learns is in its
folder, `--runs`/`--name`; the same command goes on from the last checkpoint. Ends with one line of
JSON.
"""

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from models.cache import user_cache
from notes.errors import ConfigurationError, NotesError, TrainingError
from train_jobs.config import Settings, TrainingConfig, read_settings
from train_jobs.progress import ProgressFile, follow, line_of
from train_jobs.run_files import RECORD, ProgressStep, read_json, write_json
from train_jobs.run_plots import draw

FAILURE = "failure.json"
POLL_S = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = _parser().parse_intermixed_args(arguments)
    run = options.runs / options.name
    try:
        settings = read_settings(options.config, options.settings)
        print(f"Run {options.name} in {run}", *settings.lines(), sep="\n", flush=True)
        _train(settings, run)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    draw(run)
    print(json.dumps(_summary(run)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train_jobs.lora_sft", description=__doc__)
    add = parser.add_argument
    add("--config", type=Path, required=True, help="a file of train_jobs/configs")
    add("--name", default="notes", help="the run's name; default: %(default)s")
    add("--runs", type=Path, default=user_cache("runs"), help="default: %(default)s")
    add("settings", nargs="*", metavar="name=value", help="settings before those of the file")
    return parser


def _train(settings: Settings, run: Path) -> None:
    run.mkdir(parents=True, exist_ok=True)
    (run / FAILURE).unlink(missing_ok=True)
    finished = threading.Event()
    said = threading.Thread(target=follow, args=(run, finished, _say), daemon=True)
    said.start()
    try:
        if settings.config.num_workers == 0:
            _train_here(settings.config, run)
        else:
            _train_on_ray(settings.config, run)
    finally:
        finished.set()
        said.join(timeout=5)


def _say(step: ProgressStep) -> None:
    print(line_of(step), flush=True)


def _train_here(config: TrainingConfig, run: Path) -> None:
    from train_jobs.sft import train  # noqa: PLC0415 - torch, which reading settings needs not

    train(config, run, ProgressFile(run).write)


def _train_on_ray(config: TrainingConfig, run: Path) -> None:
    """Train with a group of Ray's workers; what they cannot recover from is raised here."""
    from ray.train import FailureConfig, RunConfig, ScalingConfig  # noqa: PLC0415
    from ray.train.torch import TorchConfig, TorchTrainer  # noqa: PLC0415
    from ray.train.v2.api.exceptions import TrainingFailedError  # noqa: PLC0415

    trainer = TorchTrainer(
        train_worker,
        train_loop_config={"config": config.model_dump_json(), "run": str(run)},
        torch_config=TorchConfig(backend="nccl" if config.use_gpu else "gloo"),
        scaling_config=ScalingConfig(
            num_workers=cast("Any", config.num_workers),  # a pair is not in its annotation
            use_gpu=config.use_gpu,
            resources_per_worker={"CPU": config.cpus},
        ),
        run_config=RunConfig(
            name="ray",
            storage_path=str(run),
            failure_config=FailureConfig(max_failures=config.max_failures),
        ),
    )
    try:
        trainer.fit()
    except TrainingFailedError as error:
        reason = f"its workers died more than {config.max_failures} times; see their logs."
        raise TrainingError(reason=reason) from error
    if (run / FAILURE).exists():
        raise ConfigurationError(reason=read_json(run / FAILURE)["reason"])


def train_worker(loop: dict[str, Any]) -> None:
    """Train as one of Ray's workers; a failure that would come again is written, not retried."""
    import ray.train  # noqa: PLC0415

    from train_jobs.sft import train  # noqa: PLC0415

    run = Path(loop["run"])
    file = ProgressFile(run)
    is_first = ray.train.get_context().get_world_rank() == 0

    def report(step: ProgressStep) -> None:
        if is_first:
            file.write(step)
        ray.train.report(asdict(step))

    try:
        train(TrainingConfig.model_validate_json(loop["config"]), run, report)
    except NotesError as error:
        if is_first:
            write_json(run / FAILURE, {"reason": str(error)})


def _summary(run: Path) -> dict[str, Any]:
    record = read_json(run / RECORD)
    return {
        "run": str(run),
        "num_steps": record["num_steps"],
        "num_tokens": record["num_tokens"],
        "loss": record["losses"][-1][1] if record["losses"] else None,
        "held_out_losses": [loss for _, loss in record["held_out_losses"]],
    }


if __name__ == "__main__":
    sys.exit(main())
