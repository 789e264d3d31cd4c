"""What the HTTP routes need, and what a note or a summary looks like when it comes back."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Protocol

from db.session import Database
from deployments.auth import Authenticator
from deployments.config import Settings
from deployments.model_desk import ModelDesk
from notes.style import BUILT_IN, StyleBook


class NoteStatus(Enum):
    """How a request for a note ended."""

    STORED = "stored"
    PENDING = "pending"  # it takes long; it is finished and stored in the background
    FALLBACK = "fallback"  # an extract of the transcript, not stored


@dataclass(frozen=True, slots=True)
class NoteOutcome:
    """The answer to a request for a note; `version` is None unless it is stored."""

    status: NoteStatus
    session_id: int
    text: str = ""
    version: int | None = None
    inference_time_s: float = 0.0
    eta_minutes: int | None = None
    reason: str | None = None
    coverage: float | None = None
    findings: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryOutcome:
    """A summary of sessions or of a text; no sessions means that there was nothing to read.

    `num_sessions_read` of the sessions stood in what the model read, `num_sessions_in_full` as a
    whole; `coverage` is the share of the former, or of a text what was read.
    """

    text: str
    key_points: tuple[str, ...] = ()
    num_sessions: int = 0
    total_text_length: int = 0
    inference_time_s: float = 0.0
    is_fallback: bool = False
    reason: str | None = None
    coverage: float | None = None
    warnings: tuple[str, ...] = ()
    model: str | None = None
    num_sessions_read: int = 0
    num_sessions_in_full: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """The design's health fields, and whether the database answers."""

    status: Literal["healthy", "degraded"]
    model_loaded: bool
    model_name: str
    model_size_mb: float
    uptime_seconds: float
    total_inferences: int
    success_rate: float
    avg_inference_time_seconds: float
    database: bool = True


class NoteService(Protocol):
    """The pipeline as the routes see it; raises errors of `notes.errors` only."""

    async def generate(
        self,
        therapist_id: int,
        session_id: int,
        *,
        regenerate: bool,
        style: str,
        adapter: str | None = None,
    ) -> NoteOutcome:
        """Write and store the note of a session; `adapter` is one that the pool has loaded."""
        ...

    async def summarize_sessions(self, therapist_id: int, patient_id: int) -> SummaryOutcome:
        """Summarize all sessions of a patient, newest first."""
        ...

    async def summarize_text(self, text: str, max_length: int, min_length: int) -> SummaryOutcome:
        """Summarize a text in min..max words."""
        ...

    async def health(self) -> Health:
        """Return whether the model answers."""
        ...

    async def metrics(self) -> str:
        """Return Prometheus's text."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a route may use."""

    settings: Settings
    database: Database
    auth: Authenticator
    notes: NoteService
    models: ModelDesk
    styles: StyleBook = BUILT_IN
