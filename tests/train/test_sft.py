"""The fine-tune on a tiny model: it learns, it is resumed exactly, it fails plainly."""

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from notes.errors import ConfigurationError, ModelSourceError, TrainingError
from tests.train.runs import silent, tiny_config, write_config
from train_jobs import sft
from train_jobs.checkpoints import COMPLETE, latest_checkpoint
from train_jobs.config import TrainingConfig
from train_jobs.run_files import ADAPTER, CHECKPOINTS, RECORD, ProgressStep, read_json
from train_jobs.sft import train

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    return tiny_config(tmp_path_factory.mktemp("tiny"))


class Killed(Exception):
    pass


def stop_at(step: int, seen: list[ProgressStep]) -> Callable[[ProgressStep], None]:
    def report(progress: ProgressStep) -> None:
        seen.append(progress)
        if progress.step == step:
            raise Killed

    return report


def losses(steps: list[ProgressStep]) -> dict[int, float]:
    return {step.step: step.loss for step in steps}


def test_it_learns_and_leaves_a_record(config: TrainingConfig, tmp_path: Path) -> None:
    seen: list[ProgressStep] = []
    train(config, tmp_path, seen.append)
    assert [step.step for step in seen] == [1, 2, 3, 4, 5, 6]
    assert seen[-1].loss < seen[0].loss
    assert seen[-1].left_s == 0
    record = read_json(tmp_path / RECORD)
    assert record["num_steps"] == 6
    assert [loss for _, loss in record["losses"]] == [
        pytest.approx(step.loss, abs=1e-3) for step in seen
    ]
    assert record["held_out_losses"]
    assert (tmp_path / ADAPTER / "adapter_model.safetensors").exists()


def test_a_killed_run_ends_as_one_that_was_not(config: TrainingConfig, tmp_path: Path) -> None:
    whole: list[ProgressStep] = []
    train(config, tmp_path / "whole", whole.append)
    parts: list[ProgressStep] = []
    with pytest.raises(Killed):
        train(config, tmp_path / "killed", stop_at(5, parts))
    half = tmp_path / "killed" / CHECKPOINTS / "checkpoint-4"
    assert (half / COMPLETE).exists()
    train(config, tmp_path / "killed", parts.append)
    assert [step.step for step in parts] == [1, 2, 3, 4, 5, 5, 6]
    assert losses(parts) == pytest.approx(losses(whole), rel=1e-4)


def test_half_a_checkpoint_is_none(config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        train(config, tmp_path, stop_at(5, []))
    folder = tmp_path / CHECKPOINTS
    shutil.copytree(folder / "checkpoint-4", folder / "checkpoint-6")
    (folder / "checkpoint-6" / COMPLETE).unlink()
    assert latest_checkpoint(folder, config) == folder / "checkpoint-4"
    assert not (folder / "checkpoint-6").exists()


def test_a_run_goes_on_with_its_own_settings_only(config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        train(config, tmp_path, stop_at(3, []))
    with pytest.raises(ConfigurationError, match="learning_rate"):
        train(config.model_copy(update={"learning_rate": 1e-3}), tmp_path, silent)
    train(config.model_copy(update={"niceness": 3, "save_steps": 3}), tmp_path, silent)


def test_a_loss_that_is_no_number_stops_it(config: TrainingConfig, tmp_path: Path) -> None:
    wild = config.model_copy(update={"learning_rate": 1e18, "max_steps": 20})
    with pytest.raises(TrainingError, match="learning_rate"):
        train(wild, tmp_path, silent)
    assert not (tmp_path / RECORD).exists()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "batch_size"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "max_tokens"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
    ],
)
def test_what_stops_a_training_is_told_with_what_to_change(
    config: TrainingConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    reason: str,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(sft.BranchTrainer, "training_step", fail)
    with pytest.raises(TrainingError, match=reason):
        train(config, tmp_path, silent)


def test_another_fault_is_not_hidden(
    config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(sft.BranchTrainer, "training_step", fail)
    with pytest.raises(RuntimeError, match="shapes"):
        train(config, tmp_path, silent)


def test_a_base_that_is_not_there_is_named(config: TrainingConfig, tmp_path: Path) -> None:
    nowhere = config.model_copy(update={"base": str(tmp_path / "nothing")})
    with pytest.raises(ModelSourceError, match=r"config\.json"):
        train(nowhere, tmp_path, silent)


def test_the_command_trains_in_its_own_process(
    config: TrainingConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from train_jobs.lora_sft import main

    path = write_config(tmp_path / "config.yaml", config)
    status = main(["--config", str(path), "--runs", str(tmp_path), "--name", "a", "max_steps=2",
                   "num_workers=0"])  # fmt: skip
    said = capsys.readouterr().out
    assert status == 0
    assert "step 2/2" in said
    assert "max_steps                    2" in said
    assert json.loads(said.splitlines()[-1])["num_steps"] == 2
    assert (tmp_path / "a" / "loss.svg").exists()
