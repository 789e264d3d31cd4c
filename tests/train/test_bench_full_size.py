"""The stand-in for Phi-3-mini is one to transformers, and a job is watched as it is."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, Phi3Config, Phi3ForCausalLM

from bench.full_size import num_parameters, sampled, session_of
from bench.phi3_checkpoint import config_of, ensure_checkpoint, write_checkpoint
from bench.phi3_size import Shape
from tests.train import exported as e
from train_jobs.splitting import is_held_out

PHI3 = Shape(num_blocks=32, width=3072, feed_forward=8192, num_tokens=32064)
SMALL = Shape(num_blocks=2, width=192, feed_forward=256, num_tokens=32064)


def test_the_shape_is_that_of_phi_3_mini() -> None:
    with torch.device("meta"):
        model = Phi3ForCausalLM(Phi3Config(**config_of(PHI3)))
    assert model.num_parameters() == 3_821_079_552


def test_transformers_finds_every_weight_small_and_centred(tmp_path: Path) -> None:
    write_checkpoint(SMALL, tmp_path)
    model, found = AutoModelForCausalLM.from_pretrained(tmp_path, output_loading_info=True)
    assert not any(found.values())
    assert model.dtype == torch.bfloat16
    for name, weights in model.state_dict().items():
        if name.endswith("norm.weight"):
            assert (weights == 1).all()
        else:
            assert float(weights.float().std()) == pytest.approx(0.02, rel=0.05)
            assert abs(float(weights.float().mean())) < 0.001


def test_there_is_a_file_a_layer(tmp_path: Path) -> None:
    write_checkpoint(SMALL, tmp_path)
    files = sorted(tmp_path.glob("*.safetensors"))
    total = sum(map(num_parameters, files))
    assert len(files) == 4  # the embedding, two layers, the head
    assert (
        2 * total
        == json.loads((tmp_path / "model.safetensors.index.json").read_text())["metadata"][
            "total_size"
        ]
    )


def test_a_checkpoint_that_is_there_is_kept(tmp_path: Path) -> None:
    assert ensure_checkpoint(tmp_path, 2, Path("no sdist")) == tmp_path
    assert not list(tmp_path.iterdir())


def test_the_session_is_one_that_is_trained_on() -> None:
    names = [name for name in map(str, range(200)) if not is_held_out(name)]
    held_out = next(name for name in map(str, range(200)) if is_held_out(name))
    lines = [
        *(line(name, words) for name, words in zip(names, (100, 380, 900), strict=False)),
        line(held_out, 400),
        line(names[3], 400, ("sections5", "soap")),
    ]
    assert session_of(400, lines) == lines[1]


def test_memory_is_that_of_the_process() -> None:
    (before,) = sampled(os.getpid())
    kept = bytearray(os.urandom(50_000_000))
    (after,) = sampled(os.getpid())
    assert after.own - before.own == pytest.approx(len(kept), rel=0.5)
    assert sampled(2**22 + 1) == []  # above the highest number that Linux gives


def line(name: str, words: int, styles: Iterable[str] = ("sections5",)) -> str:
    turns = [["T", "word " * words]]
    return json.dumps({"id": name, "turns": turns, "notes": dict.fromkeys(styles, e.NOTE)})
