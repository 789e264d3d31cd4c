"""Who writes the notes: a registered model, run with production's settings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from models.engine.llama_vocabulary import LlamaTokenizer
from models.engine.params import EngineConfig, SamplingParams
from models.registry import ModelRegistry, ModelVersion
from notes.compose import MAX_ATTEMPTS
from notes.errors import ConfigurationError
from notes.planning import Plan, PromptPlanner
from notes.prompt import ChatFormat
from notes.style import NoteStyle
from notes.transcript import Transcript

_SERVE_CONFIG = Path(__file__).parents[2] / "serve_config.yaml"


@dataclass(frozen=True, slots=True)
class Setup:
    """How production runs the engine and samples, but with a seed."""

    engine: EngineConfig
    sampling: SamplingParams
    max_attempts: int = MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Author:
    """A registered model, and perhaps an adapter for it."""

    model: ModelVersion
    adapter: ModelVersion | None = None

    @property
    def name(self) -> str:
        """Return the exact versions."""
        added = f"+{self.adapter.reference}" if self.adapter else ""
        return f"{self.model.reference}{added}"

    def details(self) -> dict[str, object]:
        """Return which files these are, as plain JSON values."""
        found: dict[str, object] = {
            "model": self.model.reference,
            "sha256": self.model.model_sha256,
            "quantization": self.model.card.quantization,
        }
        return {**found, "adapter": self.adapter.reference} if self.adapter else found

    @property
    def fingerprint(self) -> str:
        """Return names and bytes: version numbers are counted anew in every store."""
        sums = [self.model.model_sha256[:12]]
        if self.adapter is not None:
            sums += [each[:12] for each in self.adapter.card.files.values()]
        return f"{self.name}/{'+'.join(sums)}"


def production_settings() -> tuple[EngineConfig, SamplingParams]:
    """Return how serve_config.yaml runs the engine and samples."""
    config = yaml.safe_load(_SERVE_CONFIG.read_text())
    deployments = config["applications"][0]["deployments"]
    pool: dict[str, Any] = next(
        each["user_config"] for each in deployments if each["name"] == "Phi3Replica"
    )
    sampling = TypeAdapter(SamplingParams).validate_python(pool["sampling"])
    return TypeAdapter(EngineConfig).validate_python(pool["engine"]), sampling


def production_setup(seed: int) -> Setup:
    """Return production's settings with a seed, so that notes can be written again."""
    engine, sampling = production_settings()
    return Setup(engine, replace(sampling, seed=seed))


def find_author(registry: ModelRegistry, reference: str, adapter: str | None = None) -> Author:
    """Return the registered model and adapter, whose files are those of their cards."""
    model = registry.resolve(reference)
    if model.card.is_adapter:
        reason = f"{model.reference} is an adapter: give it as --adapter, and its base as --model."
        raise ConfigurationError(reason=reason)
    found = registry.resolve_adapter(adapter, model) if adapter else None
    for version in (model, found):
        if version is not None:
            registry.verify(version)
    return Author(model, found)


def plan_notes(
    author: Author, transcripts: Sequence[Transcript], style: NoteStyle, setup: Setup
) -> list[Plan]:
    """Return what the author must read for each session."""
    card = author.model.card
    tokens = LlamaTokenizer.load(author.model.model_path)
    try:
        context_tokens = min(setup.engine.context_tokens, card.context_tokens)
        planner = PromptPlanner(tokens, ChatFormat(card.chat_format), context_tokens)
        return [planner.plan_note(transcript, style) for transcript in transcripts]
    finally:
        tokens.close()
