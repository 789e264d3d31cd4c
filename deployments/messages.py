"""What travels between the deployments: frozen values, pickled by Ray."""

from dataclasses import dataclass
from typing import Any

from models.engine.params import EngineStats
from notes.chunking import Chunk
from notes.history import SessionSource
from notes.prompt import Prompt


@dataclass(frozen=True, slots=True)
class NoteRequest:
    """One note to be written; `request_id` makes storing it idempotent.

    It is stored only if `transcript` and the note's version are still those of the session.
    """

    request_id: str
    therapist_id: int
    session_id: int
    transcript: str
    notes_version: int
    style: str
    regenerate: bool
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """One summary of sessions, or of plain `text` within word bounds."""

    request_id: str
    sources: tuple[SessionSource, ...] = ()
    text: str = ""
    min_words: int = 0
    max_words: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What the model will read, and how much: a prompt for each piece that fits its context."""

    prompts: tuple[Prompt, ...]
    num_prompt_tokens: int
    max_new_tokens: int
    prompt_version: str
    chunks: tuple[Chunk, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What the model wrote: the branches' texts by key, for each prompt in order.

    `confidence` is the mean probability of a branch's chosen tokens, 0 to 1.
    """

    model: str
    texts: tuple[dict[str, str], ...]
    confidence: tuple[dict[str, float], ...]
    num_prompt_tokens: int
    num_tokens: int


@dataclass(frozen=True, slots=True)
class ReplicaStats:
    """What a replica tells the ingress; `adapters` is what a request may ask it for."""

    engine: EngineStats
    adapters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A stored version, and what it cost."""

    session_id: int
    version: int
    text: str
    model: str
    coverage: float
    findings: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    num_prompt_tokens: int
    num_tokens: int


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """A summary, and what it cost."""

    text: str
    key_points: tuple[str, ...]
    model: str
    num_prompt_tokens: int
    num_tokens: int
    warnings: tuple[str, ...]
