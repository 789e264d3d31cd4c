"""Every setting of a fine-tune, its default, and where its value came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from notes.errors import ConfigurationError
from train_jobs.precision import Precision

ROOT = Path(__file__).parents[1]

Workers = Annotated[int, Field(ge=0)]


class TrainingConfig(BaseModel):
    """What is trained on what, and how; the defaults are the design's for Phi-3-mini.

    `num_workers`: 0 trains in the job's own process, a pair is an elastic range. A worker computes
    with `threads` and takes `cpus` of those that Ray counts, which serving shares. `max_tokens` is
    the longest sequence: longer sessions are cut into chunks, as in serving. `adapter` is the
    folder of one (`<run>/final`) to go on from, in place of a fresh one. `data` are our
    corpus's files (.jsonl), of which a tenth is held out, and CSV files, of which a fifth is. With
    `whole_notes` a section sees those before it, as in a text that is written in one go.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str = "default"
    adapter: Path | None = None
    data: tuple[Path, ...]
    precision: Precision = Precision.NF4

    lora_rank: int = Field(default=8, ge=1)
    lora_alpha: int = Field(default=16, ge=1)
    lora_dropout: float = Field(default=0.05, ge=0, lt=1)
    target_modules: tuple[str, ...] = ("qkv_proj", "o_proj", "gate_up_proj", "down_proj")

    num_epochs: int = Field(default=3, ge=1)
    max_steps: int | None = Field(default=None, ge=1)
    batch_size: int = Field(default=4, ge=1)
    gradient_accumulation_steps: int = Field(default=4, ge=1)
    learning_rate: float = Field(default=2e-4, gt=0)
    warmup_steps: int = Field(default=100, ge=0)
    max_tokens: int = Field(default=2048, ge=256)
    gradient_checkpointing: bool = True
    share: float = Field(default=1.0, gt=0, le=1)
    whole_notes: bool = False
    seed: int = 1

    num_workers: Workers | tuple[Workers, Workers] = 1
    use_gpu: bool = False
    threads: int = Field(default=1, ge=1)
    cpus: float = Field(default=0.4, gt=0)
    niceness: int = Field(default=10, ge=0, le=19)
    max_failures: int = Field(default=3, ge=0)
    save_steps: int = Field(default=20, ge=1)
    keep_checkpoints: int = Field(default=2, ge=1)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return where `data` lies: here, or else in the repository."""
        # Ray's workers run in folders of their own.
        return tuple(path if path.exists() else ROOT / path for path in self.data)

    @model_validator(mode="after")
    def _can_run(self) -> "TrainingConfig":
        if (
            isinstance(self.num_workers, tuple)
            and not 1 <= self.num_workers[0] <= self.num_workers[1]
        ):
            raise ValueError("an elastic `num_workers` is [least, most], with least at least 1")
        return self


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration, and for each setting whether a default, the file or a flag gave it."""

    config: TrainingConfig
    sources: Mapping[str, str]

    def lines(self) -> list[str]:
        """Return a line for each setting: its name, its value, where it came from."""
        values = self.config.model_dump(mode="json")
        return [f"{name:28} {values[name]!s:40} {self.sources[name]}" for name in values]


def read_settings(path: Path, flags: Sequence[str] = ()) -> Settings:
    """Return the settings of a YAML file, with `name=value` flags before it and defaults behind.

    Raises ConfigurationError for a file that cannot be read and for every unknown or wrong setting.
    """
    given = _read(path)
    said = dict(_flag(flag) for flag in flags)
    try:
        config = TrainingConfig.model_validate({**given, **said})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'][:1]))}: {each['msg']}" for each in error.errors()
        )
        raise ConfigurationError(reason=f"{path} and the flags: {faults}.") from error
    sources = {
        name: "flag" if name in said else str(path) if name in given else "default"
        for name in TrainingConfig.model_fields
    }
    return Settings(config, sources)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        reason = f"{path} cannot be read as YAML ({type(error).__name__})."
        raise ConfigurationError(reason=reason) from error
    if not isinstance(found, dict):
        raise ConfigurationError(reason=f"{path} holds no settings.")
    return found


def _flag(flag: str) -> tuple[str, Any]:
    name, equals, value = flag.partition("=")
    if not equals:
        raise ConfigurationError(reason=f'"{flag}" is no setting: write name=value.')
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigurationError(reason=f"The value of {name} is no YAML.") from error
