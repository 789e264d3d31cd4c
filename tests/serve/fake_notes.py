"""A NoteService without a model: it answers what the test has put into it."""

from dataclasses import dataclass, field

from deployments.services import Health, NoteOutcome, NoteStatus, SummaryOutcome

NOTE = "**Risk:** Not asked about and not mentioned."


@dataclass
class FakeNotes:
    """Records its calls; `error` is raised instead of an answer."""

    outcome: NoteOutcome | None = None
    summary: SummaryOutcome = field(
        default_factory=lambda: SummaryOutcome(
            "**Themes:** Sleep.", ("Sleep.",), 2, 900, 1.5, model="fake"
        )
    )
    error: Exception | None = None
    state: Health = field(
        default_factory=lambda: Health("healthy", True, "fake", 140.5, 12.0, 3, 1.0, 2.5)
    )
    calls: list[tuple[object, ...]] = field(default_factory=list)

    async def generate(
        self,
        therapist_id: int,
        session_id: int,
        *,
        regenerate: bool,
        style: str,
        adapter: str | None = None,
    ) -> NoteOutcome:
        asked = (adapter,) if adapter is not None else ()
        self._record("generate", therapist_id, session_id, regenerate, style, *asked)
        return self.outcome or NoteOutcome(NoteStatus.STORED, session_id, NOTE, version=1)

    async def summarize_sessions(self, therapist_id: int, patient_id: int) -> SummaryOutcome:
        self._record("summarize_sessions", therapist_id, patient_id)
        return self.summary

    async def summarize_text(self, text: str, max_length: int, min_length: int) -> SummaryOutcome:
        self._record("summarize_text", text, max_length, min_length)
        return self.summary

    async def health(self) -> Health:
        return self.state

    async def metrics(self) -> str:
        return "inference_success_rate 1.0\n"

    def _record(self, *call: object) -> None:
        self.calls.append(call)
        if self.error is not None:
            raise self.error
