"""What travels between the deployments: frozen values, pickled by Ray."""

from dataclasses import dataclass
from typing import Any

from models.engine.params import EngineStats
from notes.facts import SessionFacts
from notes.language import mark_languages
from notes.planning import Plan
from notes.prompt import Prompt
from notes.style import NoteStyle
from notes.transcript import Transcript, parse_transcript

__all__ = [
    "NoteRecord",
    "NoteRequest",
    "Plan",
    "PlanResult",
    "ReplicaStats",
    "Review",
    "SummaryRecord",
    "SummaryRequest",
]


@dataclass(frozen=True, slots=True)
class NoteRequest:
    """One note to be written; `request_id` makes storing it idempotent.

    It is stored only if `transcript`, its `translation` where the note is written from that, and
    the note's version are still those of the session. `languages` are those of the turns of what it
    is written from; none: all English.
    """

    request_id: str
    therapist_id: int
    session_id: int
    transcript: str
    notes_version: int
    style: NoteStyle
    regenerate: bool
    adapter: str | None = None
    translation: str | None = None
    languages: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Return the text that the note is written from."""
        return self.transcript if self.translation is None else self.translation

    def read(self) -> Transcript:
        """Return what the note is written from as turns, each with its language."""
        return mark_languages(parse_transcript(self.source), self.languages)


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """One summary of sessions, or of plain `text` within word bounds.

    Of the latest sessions the facts hold the whole text too.
    """

    request_id: str
    sessions: tuple[SessionFacts, ...] = ()
    text: str = ""
    min_words: int = 0
    max_words: int = 0


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
class Review:
    """The best of what the model has written so far, and what is to be asked of it once more.

    `prompts` hold the branches whose text the session does not bear out; `places[i]` is the place
    in the plan of the prompt that `prompts[i]` repeats a part of.
    """

    best: PlanResult
    prompts: tuple[Prompt, ...]
    places: tuple[int, ...]


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
