"""What the model must read for a note: prompts that fit its context."""

from dataclasses import dataclass
from typing import Protocol

from notes.chunking import Chunk, split_transcript
from notes.prompt import (
    PROMPT_VERSION,
    ChatFormat,
    Prompt,
    format_document_prompt,
    format_prompt,
)
from notes.style import NoteStyle
from notes.transcript import Transcript

SEAM_TOKENS = 8  # texts that are counted apart may have more tokens together


class TokenCounter(Protocol):
    """What the planner needs of a tokenizer."""

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What the model will read, and how much: a prompt for each piece that fits its context.

    Of several sessions, `num_sessions_read` stand in the prompts, `num_sessions_in_full` whole.
    """

    prompts: tuple[Prompt, ...]
    num_prompt_tokens: int
    max_new_tokens: int
    prompt_version: str
    chunks: tuple[Chunk, ...] = ()
    num_sessions_read: int = 0
    num_sessions_in_full: int = 0


@dataclass(frozen=True, slots=True)
class PromptPlanner:
    """One model's tokenizer, chat format and context, in tokens."""

    tokens: TokenCounter
    chat_format: ChatFormat
    context_tokens: int

    def plan_note(self, transcript: Transcript, style: NoteStyle) -> Plan:
        """Return the prompts of a note, each within the context together with its answers."""
        room = self.room(format_prompt((), style, self.chat_format))
        chunks = split_transcript(transcript, room, self.count)
        prompts = [format_prompt(chunk.turns, style, self.chat_format) for chunk in chunks]
        return self._plan(prompts, chunks)

    def plan_documents(self, documents: tuple[str, ...], style: NoteStyle) -> Plan:
        """Return the prompts of a summary of texts that fit, one for each."""
        prompts = [format_document_prompt(text, style, self.chat_format) for text in documents]
        return self._plan(prompts)

    def room(self, empty: Prompt) -> int:
        """Return how many tokens of content fit beside a prompt's own words and its answer."""
        frame = self.count(empty.prefix)
        longest = max(self.count(branch.text) + branch.max_tokens for branch in empty.branches)
        return self.context_tokens - frame - longest - SEAM_TOKENS

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return self.tokens.count(text)

    def _plan(self, prompts: list[Prompt], chunks: tuple[Chunk, ...] = ()) -> Plan:
        num_tokens = sum(
            self.count(prompt.prefix) + sum(self.count(branch.text) for branch in prompt.branches)
            for prompt in prompts
        )
        max_new = sum(branch.max_tokens for prompt in prompts for branch in prompt.branches)
        return Plan(tuple(prompts), num_tokens, max_new, PROMPT_VERSION, chunks)
