"""A base in four bits learns, on a processor too, and nothing of it is blown up."""

from pathlib import Path

import pytest
import torch

from tests.train import exported as e
from tests.train.runs import tiny_config
from train_jobs.base_model import load_base
from train_jobs.config import TrainingConfig
from train_jobs.precision import Precision
from train_jobs.run_files import ProgressStep
from train_jobs.sft import adapted, train

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

TOKENS = torch.arange(40)[None]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    return tiny_config(tmp_path_factory.mktemp("tiny"), precision="nf4")


@pytest.mark.parametrize("checkpointing", [False, True])
def test_it_learns(config: TrainingConfig, tmp_path: Path, checkpointing: bool) -> None:
    seen: list[ProgressStep] = []
    chosen = config.model_copy(update={"gradient_checkpointing": checkpointing})
    train(chosen, tmp_path, seen.append)
    assert [step.step for step in seen] == [1, 2, 3, 4, 5, 6]
    assert seen[-1].loss < seen[0].loss


def test_gradients_are_the_same_after_an_evaluation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(e.SIZES, "intermediate_size", 128)  # bitsandbytes wants multiples of 64
    config = tiny_config(tmp_path, precision="nf4", lora_dropout=0)
    model = adapted(load_base(config.base, Precision.NF4), config)
    before = first_gradient(model)
    with torch.no_grad():
        model.eval()(TOKENS)
    assert torch.equal(first_gradient(model), before)


def first_gradient(model: torch.nn.Module) -> torch.Tensor:
    """Return the gradient of the weights that are furthest from the loss."""
    model.train()
    model.zero_grad()
    model(TOKENS, labels=TOKENS).loss.backward()
    weights = next(each for name, each in model.named_parameters() if "lora_B" in name)
    assert weights.grad is not None
    return weights.grad.clone()


def test_what_is_not_in_four_bits_stays_in_bf16(config: TrainingConfig) -> None:
    model = adapted(load_base(config.base, Precision.NF4), config)
    base = [weights for weights in model.parameters() if not weights.requires_grad]
    kinds = {weights.dtype for weights in base}
    assert kinds == {torch.uint8, torch.bfloat16}  # two weights of four bits are a byte
    assert {weights.device.type for weights in base} == {"cpu"}
