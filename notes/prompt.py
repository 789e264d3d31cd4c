"""How the model is asked: the only place that writes chat tags, for serving and for training.

A prompt is one prefix, which holds the transcript and nothing of the note's style, and one branch
a section, which holds the style's question and the section's heading. So all styles of a session
share what the model has read, and all sections the question too. A prefix ends in a word and a
branch begins with an empty line: the two have the same tokens apart and together.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from notes.grammar import max_tokens, section_grammar
from notes.style import NoteStyle, SectionStyle
from notes.transcript import Turn, render_turns

PROMPT_VERSION = "3"

SYSTEM_TEXT = "You write short clinical notes about therapy sessions."


class ChatFormat(Enum):
    """The family of chat tags that a model was trained with."""

    PHI3 = "phi3"
    CHATML = "chatml"


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows the prefix for one section, and the grammar and length of the answer."""

    key: str
    text: str
    grammar: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text that the model reads once, and the branches that it writes after it."""

    prefix: str
    branches: tuple[Branch, ...]
    chat_format: ChatFormat

    def only(self, keys: Container[str]) -> "Prompt":
        """Return the prompt with the branches of these sections alone."""
        return replace(self, branches=tuple(b for b in self.branches if b.key in keys))


@dataclass(frozen=True, slots=True)
class Example:
    """A training text; the loss applies from `loss_start` (in characters) to its end."""

    text: str
    loss_start: int


@dataclass(frozen=True, slots=True)
class _Tags:
    """How one chat format opens each role's message, and how it ends one."""

    system: str
    user: str
    assistant: str
    end: str


def _tags(chat_format: ChatFormat) -> _Tags:
    match chat_format:
        case ChatFormat.PHI3:
            return _Tags("<|system|>\n", "<|user|>\n", "<|assistant|>\n", "<|end|>")
        case ChatFormat.CHATML:
            start, end = "<|im_start|>", "<|im_end|>"
            return _Tags(f"{start}system\n", f"{start}user\n", f"{start}assistant\n", end)
        case _:
            assert_never(chat_format)


def end_tag(chat_format: ChatFormat) -> str:
    """Return the tag that ends a message: where generation stops."""
    return _tags(chat_format).end


def inert(text: str) -> str:
    """Return what people said without angle brackets, so that no word of theirs is a tag."""
    return text.replace("<", "‹").replace(">", "›")


def format_prompt(
    turns: Iterable[Turn], style: NoteStyle, chat_format: ChatFormat, *, clinic_notes: str = ""
) -> Prompt:
    """Return the prompt that asks for each section of a note about these turns."""
    body = "Therapy session:\n\n" + inert(render_turns(turns))
    if clinic_notes:
        body += "\n\nTherapist's own notes:\n\n" + inert(clinic_notes)
    return _prompt(body, style, chat_format)


def format_document_prompt(text: str, style: NoteStyle, chat_format: ChatFormat) -> Prompt:
    """Return the prompt that asks for each section of a summary of plain text."""
    return _prompt("Records of a patient in therapy:\n\n" + inert(text), style, chat_format)


def render_example(
    turns: Iterable[Turn], style: NoteStyle, chat_format: ChatFormat, sections: Mapping[str, str]
) -> tuple[Example, ...]:
    """Return one training text for each section that is given.

    Up to the loss it is the prompt of serving, character for character.
    """
    prompt = format_prompt(turns, style, chat_format)
    return tuple(
        _example(prompt.prefix + branch.text, sections[branch.key], style, chat_format, branch.key)
        for branch in prompt.branches
        if branch.key in sections
    )


def _example(
    asked: str, answer: str, style: NoteStyle, chat_format: ChatFormat, key: str
) -> Example:
    gap = " " if style.section(key).heading else ""
    return Example(asked + gap + inert(answer) + _tags(chat_format).end, len(asked))


def _prompt(body: str, style: NoteStyle, chat_format: ChatFormat) -> Prompt:
    tags = _tags(chat_format)
    prefix = f"{tags.system}{SYSTEM_TEXT}{tags.end}\n{tags.user}{body}"
    question = f"\n\n{style.instruction}{tags.end}\n{tags.assistant}"
    branches = tuple(_branch(section, question) for section in style.sections)
    return Prompt(prefix, branches, chat_format)


def _branch(section: SectionStyle, question: str) -> Branch:
    heading = f"**{section.heading}:**" if section.heading else ""
    return Branch(section.key, question + heading, section_grammar(section), max_tokens(section))
