"""What the model must read for a request: prompts that fit its context."""

from dataclasses import dataclass, replace

from deployments.messages import NoteRequest, Plan, SummaryRequest
from notes.chunking import split_transcript
from notes.history import ASKED, history_documents
from notes.planning import PromptPlanner
from notes.prompt import format_document_prompt
from notes.style import NoteStyle, paragraph_style
from notes.transcript import parse_transcript


@dataclass(frozen=True, slots=True)
class Planner(PromptPlanner):
    """Plans what a request of the service asks for."""

    def plan(self, request: NoteRequest | SummaryRequest) -> Plan:
        """Return the prompts of a request, each within the context together with its answers."""
        if isinstance(request, NoteRequest):
            return self.plan_note(parse_transcript(request.source), request.style)
        if request.sessions:
            return self._plan_history(request)
        style = paragraph_style(request.min_words, request.max_words)
        return self.plan_documents(self._pieces(request.text, style), style)

    def _plan_history(self, request: SummaryRequest) -> Plan:
        room = self.room(format_document_prompt("", ASKED, self.chat_format))
        read = history_documents(request.sessions, room, self.count)
        return replace(
            self.plan_documents(read.documents, ASKED),
            num_sessions_read=read.num_read,
            num_sessions_in_full=read.num_in_full,
        )

    def _pieces(self, text: str, style: NoteStyle) -> tuple[str, ...]:
        room = self.room(format_document_prompt("", style, self.chat_format))
        chunks = split_transcript(parse_transcript(text), room, self.count)
        return tuple(" ".join(turn.text for turn in chunk.turns) for chunk in chunks)
