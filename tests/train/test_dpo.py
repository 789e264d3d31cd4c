"""Preferences: a pair is asked as serving asks, and what was signed becomes likelier."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from notes.errors import ConfigurationError
from notes.prompt import ChatFormat, format_prompt
from notes.style import SECTIONS5
from notes.transcript import parse_transcript
from tests.train import exported as e
from tests.train.runs import tiny_config, write_config
from train_jobs.dpo import main, preferences
from train_jobs.reviewed import Pair, load_pairs
from train_jobs.run_files import ADAPTER, RECORD, read_json

pytestmark = pytest.mark.filterwarnings("ignore")  # trl's own, of many kinds

TEXT = "\n".join(f"{'Therapist' if who == 'T' else 'Patient'}: {said}" for who, said in e.TURNS)
PAIR = Pair("one", TEXT, SECTIONS5.name, "plan", e.NOTE["plan"], "Patient will go home and sleep.")


def test_a_pair_is_asked_as_serving_asks() -> None:
    (row,) = preferences([PAIR], ChatFormat.CHATML)
    prompt = format_prompt(parse_transcript(TEXT).turns, SECTIONS5, ChatFormat.CHATML).only(
        {"plan"}
    )
    assert row.prompt == prompt.prefix + prompt.branches[0].text
    assert row.chosen == f" {e.NOTE['plan']}<|im_end|>"
    assert row.rejected == " Patient will go home and sleep.<|im_end|>"


def test_a_line_that_is_no_pair_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(asdict(PAIR)) + '\n{"id": "two"}\n')
    with pytest.raises(ConfigurationError, match="Line 2"):
        load_pairs(path)


def test_what_was_signed_is_preferred_after_training(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(f"{json.dumps(asdict(PAIR))}\n" * 4)
    config = tiny_config(tmp_path, data=(pairs,), max_steps=8, learning_rate=5e-3)
    path = write_config(tmp_path / "config.yaml", config)
    assert main(["--config", str(path), "--runs", str(tmp_path), "--name", "run"]) == 0
    record = read_json(tmp_path / "run" / RECORD)
    assert (record["num_pairs"], record["num_too_long"]) == (4, 0)
    assert record["losses"][-1][1] < record["losses"][0][1]
    assert record["accuracies"][-1][1] == 1.0
    assert (tmp_path / "run" / ADAPTER / "adapter_model.safetensors").exists()


def test_pairs_that_do_not_fit_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = tmp_path / "pairs.jsonl"
    long = Pair(**{**asdict(PAIR), "text": TEXT + "\nPatient: And so it went on." * 200})
    pairs.write_text(json.dumps(asdict(long)) + "\n")
    config = tiny_config(tmp_path, data=(pairs,), max_tokens=256)
    path = write_config(tmp_path / "config.yaml", config)
    assert main(["--config", str(path), "--runs", str(tmp_path), "--name", "run"]) == 1
    assert "max_tokens" in capsys.readouterr().err
