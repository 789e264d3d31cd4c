"""Transcripts and histories into prompts that fit the model's context."""

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict

from deployments.config import load_settings
from deployments.messages import NoteRequest, Plan, SummaryRequest
from deployments.planner import Planner
from models.engine.llama_vocabulary import LlamaTokenizer
from models.registry import ModelRegistry
from notes.errors import EngineError
from notes.prompt import ChatFormat


class FormatterConfig(BaseModel):
    """Which model's tokenizer and chat format to use, and its context in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "notes@production"
    context_tokens: int = 2048


PlannerLoader = Callable[[FormatterConfig], Planner]


def load_registered(config: FormatterConfig) -> Planner:
    """Return the planner for a registered model, whose files have been verified."""
    registry = ModelRegistry(load_settings().store_dir)
    version = registry.resolve(config.model)
    registry.verify(version)
    tokens = LlamaTokenizer.load(version.model_path)
    return Planner(tokens, ChatFormat(version.card.chat_format), config.context_tokens)


class PromptFormatter:
    """Serve deployment: owns a tokenizer (no weights) and renders every prompt of the service."""

    def __init__(self, load: PlannerLoader = load_registered) -> None:
        self._load = load
        self._config = FormatterConfig()
        self._planner: Planner | None = None

    async def reconfigure(self, user_config: dict[str, Any]) -> None:
        """Load the tokenizer that `user_config` names; requests under way keep the old one."""
        self._config = FormatterConfig.model_validate(user_config)
        self._planner = await asyncio.to_thread(self._load, self._config)

    async def reload(self, reference: str) -> str:
        """Load the tokenizer again, after the configured alias came to name another model."""
        self._planner = await asyncio.to_thread(self._load, self._config)
        return reference

    def format(self, request: NoteRequest | SummaryRequest) -> Plan:
        """Return the prompts of a request, each within the context together with its answers."""
        if self._planner is None:  # Serve calls reconfigure before the first request
            raise EngineError(reason="no tokenizer is loaded")
        return self._planner.plan(request)
