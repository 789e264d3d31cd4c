"""Settings of a run: every file loads, every value says where it came from."""

from pathlib import Path

import pytest

from notes.errors import ConfigurationError
from train_jobs.config import TrainingConfig, read_settings

CONFIGS = sorted((Path(__file__).parents[2] / "train_jobs" / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_file_loads_and_begins_with_the_command_that_uses_it(path: Path) -> None:
    assert read_settings(path).config.data
    assert path.read_text().startswith(f"# make train CONFIG=train_jobs/configs/{path.name}")


def test_a_setting_says_where_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("data: [a.jsonl]\nlora_rank: 4\n")
    settings = read_settings(path, ["learning_rate=1e-3", "num_workers=[1, 2]"])
    assert settings.config.lora_rank == 4
    assert settings.config.num_workers == (1, 2)
    assert settings.sources["lora_rank"] == str(path)
    assert settings.sources["learning_rate"] == "flag"
    assert settings.sources["lora_alpha"] == "default"
    assert len(settings.lines()) == len(TrainingConfig.model_fields)


@pytest.mark.parametrize(
    ("text", "flag", "reason"),
    [
        ("data: [a]\nlora_rnak: 4", "seed=1", "lora_rnak"),
        ("data: [a]", "lora_rank=0", "lora_rank"),
        ("data: [a]", "num_workers=[2, 1]", "least"),
        ("data: [a]", "seed", "name=value"),
        ("- a", "seed=1", "no settings"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, flag: str, reason: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=reason):
        read_settings(path, [flag])


def test_defaults_are_the_designs() -> None:
    config = TrainingConfig(data=(Path("a"),))
    assert (config.lora_rank, config.lora_alpha, config.lora_dropout) == (8, 16, 0.05)
    assert (config.num_epochs, config.batch_size, config.gradient_accumulation_steps) == (3, 4, 4)
    assert (config.learning_rate, config.max_tokens, config.warmup_steps) == (2e-4, 2048, 100)
    assert config.target_modules == ("qkv_proj", "o_proj", "gate_up_proj", "down_proj")


def test_data_of_the_repository_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert all(file.exists() for path in CONFIGS for file in read_settings(path).config.files)
    (tmp_path / "a.jsonl").write_text("")
    assert TrainingConfig(data=(Path("a.jsonl"),)).files == (Path("a.jsonl"),)
