"""What the model must read for a request: prompts that fit its context."""

from dataclasses import dataclass
from typing import Protocol

from deployments.messages import NoteRequest, Plan, SummaryRequest
from notes.chunking import Chunk, split_transcript
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

SEAM_TOKENS = 8  # texts that are counted apart may have more tokens together


class TokenCounter(Protocol):
    """What the planner needs of a tokenizer."""

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Planner:
    """One model's tokenizer, chat format and context, in tokens."""

    tokens: TokenCounter
    chat_format: ChatFormat
    context_tokens: int

    def plan(self, request: NoteRequest | SummaryRequest) -> Plan:
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
        prompts = [format_prompt(chunk.turns, style, self.chat_format) for chunk in chunks]
        return self._plan(prompts, chunks)

    def _document_plan(self, documents: tuple[str, ...], style: NoteStyle) -> Plan:
        prompts = [format_document_prompt(text, style, self.chat_format) for text in documents]
        return self._plan(prompts)

    def _history(self, request: SummaryRequest) -> tuple[str, ...]:
        room = self._room(format_document_prompt("", HISTORY, self.chat_format))
        return history_documents(request.sources, room, self._count)

    def _pieces(self, text: str, style: NoteStyle) -> tuple[str, ...]:
        room = self._room(format_document_prompt("", style, self.chat_format))
        chunks = split_transcript(parse_transcript(text), room, self._count)
        return tuple(" ".join(turn.text for turn in chunk.turns) for chunk in chunks)

    def _chunks(self, transcript: str, style: NoteStyle) -> tuple[Chunk, ...]:
        room = self._room(format_prompt((), style, self.chat_format))
        return split_transcript(parse_transcript(transcript), room, self._count)

    def _room(self, empty: Prompt) -> int:
        """Return how many tokens of content fit beside a prompt's own words and its answer."""
        frame = self._count(empty.prefix)
        longest = max(self._count(branch.text) + branch.max_tokens for branch in empty.branches)
        return self.context_tokens - frame - longest - SEAM_TOKENS

    def _plan(self, prompts: list[Prompt], chunks: tuple[Chunk, ...] = ()) -> Plan:
        num_tokens = sum(
            self._count(prompt.prefix) + sum(self._count(branch.text) for branch in prompt.branches)
            for prompt in prompts
        )
        max_new = sum(branch.max_tokens for prompt in prompts for branch in prompt.branches)
        return Plan(tuple(prompts), num_tokens, max_new, PROMPT_VERSION, chunks)

    def _count(self, text: str) -> int:
        return self.tokens.count(text)
