"""Transcripts and histories into prompts that fit the model's context."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from deployments.config import load_settings
from deployments.messages import NoteRequest, Plan, SummaryRequest
from models.engine.llama_backend import LlamaTokenizer
from models.registry import ModelRegistry
from notes.chunking import Chunk, split_transcript
from notes.errors import EngineError
from notes.history import history_documents
from notes.prompt import (
    PROMPT_VERSION,
    ChatFormat,
    Prompt,
    format_document_prompt,
    format_prompt,
)
from notes.style import HISTORY, NoteStyle, get_style, paragraph_style
from notes.transcript import parse_transcript


class FormatterConfig(BaseModel):
    """Which model's tokenizer and chat format to use, and its context in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "notes@production"
    context_tokens: int = 2048


class TokenCounter(Protocol):
    """What the formatter needs of a tokenizer."""

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        ...


TokenizerLoader = Callable[[str], tuple[TokenCounter, ChatFormat]]


def load_registered(model: str) -> tuple[TokenCounter, ChatFormat]:
    """Return the tokenizer and the chat format of a registered model."""
    version = ModelRegistry(load_settings().store_dir).resolve(model)
    return LlamaTokenizer.load(version.model_path), ChatFormat(version.card.chat_format)


class PromptFormatter:
    """Serve deployment: owns a tokenizer (no weights) and renders every prompt of the service."""

    def __init__(self, load: TokenizerLoader | None = None) -> None:
        self._load = load or load_registered
        self._config = FormatterConfig()
        self._tokens: TokenCounter | None = None

    async def reconfigure(self, user_config: dict[str, Any]) -> None:
        """Load the tokenizer that `user_config` names; requests under way keep the old one."""
        config = FormatterConfig.model_validate(user_config)
        self._tokens, self._chat_format = await asyncio.to_thread(self._load, config.model)
        self._config = config

    def format(self, request: NoteRequest | SummaryRequest) -> Plan:
        """Return the prompts of a request, each within the context together with its answers."""
        if isinstance(request, NoteRequest):
            return self._note_plan(request)
        if request.sources:
            return self._document_plan(self._history(request), HISTORY)
        style = paragraph_style(request.min_words, request.max_words)
        return self._document_plan(self._pieces(request.text, style), style)

    def _note_plan(self, request: NoteRequest) -> Plan:
        style = get_style(request.style)
        chunks = self._chunks(request.transcript, style)
        prompts = [format_prompt(chunk.turns, style, self._chat_format) for chunk in chunks]
        return self._plan(prompts, chunks)

    def _document_plan(self, documents: tuple[str, ...], style: NoteStyle) -> Plan:
        prompts = [format_document_prompt(text, style, self._chat_format) for text in documents]
        return self._plan(prompts)

    def _history(self, request: SummaryRequest) -> tuple[str, ...]:
        room = self._room(format_document_prompt("", HISTORY, self._chat_format))
        return history_documents(request.sources, room, self._count)

    def _pieces(self, text: str, style: NoteStyle) -> tuple[str, ...]:
        room = self._room(format_document_prompt("", style, self._chat_format))
        chunks = split_transcript(parse_transcript(text), room, self._count)
        return tuple(" ".join(turn.text for turn in chunk.turns) for chunk in chunks)

    def _chunks(self, transcript: str, style: NoteStyle) -> tuple[Chunk, ...]:
        room = self._room(format_prompt((), style, self._chat_format))
        return split_transcript(parse_transcript(transcript), room, self._count)

    def _room(self, empty: Prompt) -> int:
        """Return how many tokens of content fit beside a prompt's own words and its answer."""
        frame = self._count(empty.prefix)
        longest = max(self._count(branch.text) + branch.max_tokens for branch in empty.branches)
        return self._config.context_tokens - frame - longest - 8  # 8: seams tokenize differently

    def _plan(self, prompts: list[Prompt], chunks: tuple[Chunk, ...] = ()) -> Plan:
        num_tokens = sum(
            self._count(prompt.prefix) + sum(self._count(branch.text) for branch in prompt.branches)
            for prompt in prompts
        )
        max_new = sum(branch.max_tokens for prompt in prompts for branch in prompt.branches)
        return Plan(tuple(prompts), num_tokens, max_new, PROMPT_VERSION, chunks)

    def _count(self, text: str) -> int:
        if self._tokens is None:  # Serve calls reconfigure before the first request
            raise EngineError(reason="no tokenizer is loaded")
        return self._tokens.count(text)
