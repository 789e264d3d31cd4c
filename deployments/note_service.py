"""Notes as the routes see them: a deadline, long work in the background, an extract instead."""

import asyncio
import logging
import time
import uuid
from dataclasses import replace

from db.session import Database
from deployments.background import UnfinishedNotes
from deployments.config import Settings
from deployments.courses import CourseReader
from deployments.failures import CALL_FAILURES, model_failure, whole_seconds
from deployments.logs import log_event
from deployments.messages import NoteRecord, NoteRequest, Plan, SummaryRecord, SummaryRequest
from deployments.metrics import Metrics
from deployments.pipeline import NotePipeline
from deployments.pool import Estimate, PoolMonitor, PoolState, is_stepping
from deployments.services import Health, NoteOutcome, NoteStatus, SummaryOutcome
from notes.compose import finding_details
from notes.errors import (
    ConsentMissingError,
    DatabaseUnavailableError,
    DeadlineExceededError,
    ModelError,
    QueueFullError,
    TranscriptTooShortError,
)
from notes.fallback import extract_note, extract_summary
from notes.history import compose_history
from notes.language import LanguageDetector, read_source
from notes.risk import assess_risk
from notes.style import StyleBook

logger = logging.getLogger("notes.service")

GRACE_S = 5.0  # between the engine's deadline and giving up on the replica's answer
MAX_PROMISES = 50  # notes that are finished in the background


class PipelineNoteService:
    """The routes' NoteService on top of the pipeline."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        pipeline: NotePipeline,
        monitor: PoolMonitor,
        styles: StyleBook,
        *,
        detector: LanguageDetector,
    ) -> None:
        self._settings = settings
        self._detector = detector
        self._styles = styles
        self._database = database
        self._courses = CourseReader(database, detector)
        self._pipeline = pipeline
        self._monitor = monitor
        self._metrics = Metrics()
        self._unfinished = UnfinishedNotes()
        self._started_at = time.monotonic()

    # Notes

    async def generate(
        self,
        therapist_id: int,
        session_id: int,
        *,
        regenerate: bool,
        style: str,
        adapter: str | None = None,
    ) -> NoteOutcome:
        """Write and store a note, or say when it will be there, or answer with an extract."""
        request = await self._request(therapist_id, session_id, regenerate, style)
        request = replace(request, adapter=adapter)
        await self._monitor.check_adapter(adapter)  # a promise has nobody to refuse it to
        with self._unfinished.claim(session_id) as is_ours:
            if not is_ours:
                return self._pending(session_id)
            started = time.monotonic()
            try:
                plan, predicted = await self._plan(request)
            except CALL_FAILURES as error:
                reason = self._failure(error, self._settings.deadline_s)
                return self._extract_note(request, reason, time.monotonic() - started)
            if predicted.total_s <= self._settings.slow_note_s:
                return await self._run(request, plan, predicted.queue_s + predicted.prefill_s)
            return self._promise(request, plan, predicted)

    async def _request(
        self, therapist_id: int, session_id: int, regenerate: bool, style: str
    ) -> NoteRequest:
        """Check that a note may be written, and read what it is written from."""
        note_style = self._styles.get(style)
        async with self._database.transaction() as repos:
            await repos.notes.check_can_generate(therapist_id, session_id, regenerate)
            session = await repos.sessions.get(therapist_id, session_id)
        transcript = session.original_transcription or ""
        translation = session.translated_transcription
        num_chars, min_chars = len(transcript.strip()), self._settings.min_transcript_chars
        if num_chars < min_chars:
            raise TranscriptTooShortError(num_chars=num_chars, min_chars=min_chars)
        source = await asyncio.to_thread(read_source, transcript, translation, self._detector)
        return NoteRequest(
            request_id=uuid.uuid4().hex,
            therapist_id=therapist_id,
            session_id=session_id,
            transcript=transcript,
            notes_version=session.notes_version,
            style=note_style,
            regenerate=regenerate,
            translation=translation if source.is_translation else None,
            languages=tuple(turn.language for turn in source.transcript.turns),
        )

    async def _plan(self, request: NoteRequest | SummaryRequest) -> tuple[Plan, Estimate]:
        """Return what the model will read, and how long that and the answer will take."""
        async with asyncio.timeout(self._settings.deadline_s):
            plan = await self._pipeline.plan(request)
            return plan, await self._monitor.estimate(plan)

    def _promise(self, request: NoteRequest, plan: Plan, predicted: Estimate) -> NoteOutcome:
        """Let the note be finished in the background; too many promises are not made."""
        if self._unfinished.num_later >= MAX_PROMISES:
            raise QueueFullError(retry_after_s=whole_seconds(predicted.queue_s))
        work = self._run_patiently(request, plan, predicted)
        self._unfinished.finish_later(request.session_id, work, predicted.total_s)
        log_event(logger, "note_in_background", request_id=request.request_id)
        return self._pending(request.session_id)

    def _pending(self, session_id: int) -> NoteOutcome:
        minutes = self._unfinished.minutes_left(session_id)
        return NoteOutcome(NoteStatus.PENDING, session_id, eta_minutes=minutes)

    async def _run_patiently(self, request: NoteRequest, plan: Plan, predicted: Estimate) -> None:
        """Run; where the queue is full nobody waits at the other end, so come back later."""
        give_up_at = time.monotonic() + self._deadline_s(predicted.total_s)
        while True:
            try:
                await self._run(request, plan, predicted.total_s)
            except QueueFullError as full:
                pause_s = float(str(full.data["retry_after_s"]))
                if time.monotonic() + pause_s > give_up_at:
                    raise
                await asyncio.sleep(pause_s)
            else:
                return

    def _deadline_s(self, predicted_s: float) -> float:
        """Return the setting plus twice what is predicted: a deadline grows with the work."""
        return self._settings.deadline_s + 2 * predicted_s

    async def _run(self, request: NoteRequest, plan: Plan, predicted_s: float) -> NoteOutcome:
        started, deadline_s = time.monotonic(), self._deadline_s(predicted_s)
        try:
            async with asyncio.timeout(deadline_s + GRACE_S):
                with self._monitor.work.of(plan):
                    record = await self._pipeline.run(request, plan, time.time() + deadline_s)
        except CALL_FAILURES as error:
            reason = self._failure(error, deadline_s)
            return self._extract_note(request, reason, time.monotonic() - started)
        seconds = time.monotonic() - started
        self._metrics.succeeded(seconds, record.num_prompt_tokens, record.num_tokens)
        return _stored(record, seconds)

    def _failure(self, error: BaseException, timeout_s: float) -> ModelError:
        """Return why the model did not answer; raises QueueFullError with when to come back."""
        return model_failure(error, timeout_s, self._monitor.retry_after_s())

    def _extract_note(
        self, request: NoteRequest, reason: ModelError, seconds: float
    ) -> NoteOutcome:
        """Answer with sentences of the transcript; they are not stored as the session's note."""
        self._count_fallback(request.request_id, reason, seconds)
        transcript = request.read()
        return NoteOutcome(
            status=NoteStatus.FALLBACK,
            session_id=request.session_id,
            text=extract_note(transcript, request.style).text,
            inference_time_s=seconds,
            reason=str(reason),
            findings=tuple(finding_details(each) for each in assess_risk(transcript.turns)),
        )

    def _count_fallback(self, request_id: str, reason: ModelError, seconds: float) -> None:
        self._metrics.fell_back(is_timeout=isinstance(reason, DeadlineExceededError))
        log_event(
            logger,
            "fallback_used",
            level=logging.WARNING,
            request_id=request_id,
            reason=type(reason).__name__,
            inference_time=round(seconds, 3),
        )

    # Summaries

    async def summarize_sessions(self, therapist_id: int, patient_id: int) -> SummaryOutcome:
        """Summarize every session of a patient that has a note or a transcript.

        Raises NotFoundError and ConsentMissingError.
        """
        async with self._database.transaction() as repos:
            patient = await repos.patients.get(therapist_id, patient_id)
        if not patient.consent_ai_notes:
            raise ConsentMissingError(patient_id=patient_id)
        course = await self._courses.read(therapist_id, patient_id)
        if not course.sessions:
            return SummaryOutcome(text="")
        outcome = await self._summarize(SummaryRequest(uuid.uuid4().hex, course.sessions))
        return replace(outcome, total_text_length=course.num_chars)

    async def summarize_text(self, text: str, max_length: int, min_length: int) -> SummaryOutcome:
        """Summarize a text in between `min_length` and `max_length` words."""
        request = SummaryRequest(
            uuid.uuid4().hex, text=text, min_words=min_length, max_words=max_length
        )
        return await self._summarize(request)

    async def _summarize(self, request: SummaryRequest) -> SummaryOutcome:
        started, deadline_s = time.monotonic(), self._settings.deadline_s
        try:
            plan, predicted = await self._plan(request)
            deadline_s = self._deadline_s(predicted.total_s)
            async with asyncio.timeout(deadline_s + GRACE_S):
                with self._monitor.work.of(plan):
                    record = await self._pipeline.summarize(request, plan, time.time() + deadline_s)
        except CALL_FAILURES as error:
            reason = self._failure(error, deadline_s)
            return self._extract_summary(request, reason, time.monotonic() - started)
        seconds = time.monotonic() - started
        self._metrics.succeeded(seconds, record.num_prompt_tokens, record.num_tokens)
        return _summarized(request, plan, record, seconds)

    def _extract_summary(
        self, request: SummaryRequest, reason: ModelError, seconds: float
    ) -> SummaryOutcome:
        self._count_fallback(request.request_id, reason, seconds)
        if request.sessions:
            history = compose_history(request.sessions, ())
            text, key_points = history.text, history.key_points
        else:
            text = extract_summary(request.text, request.min_words, request.max_words)
            key_points = ()
        return SummaryOutcome(
            text=text,
            key_points=key_points,
            num_sessions=len(request.sessions),
            total_text_length=len(request.text),
            inference_time_s=seconds,
            is_fallback=True,
            reason=str(reason),
        )

    # The service's state

    async def health(self) -> Health:
        """Return whether notes can be written now, and the design's figures.

        A pool that sleeps is healthy without a model: who took it out of service for that would
        keep the request away that wakes it.
        """
        engines, state = await self._monitor.engines(), await self._monitor.state()
        can_write = any(map(is_stepping, engines)) or state is PoolState.ASLEEP
        is_database_up = await self._is_database_up()
        return Health(
            status="healthy" if can_write and is_database_up else "degraded",
            model_loaded=bool(engines),
            model_name=engines[0].model if engines else "",
            model_size_mb=round(engines[0].model_bytes / 1e6, 1) if engines else 0.0,
            uptime_seconds=round(time.monotonic() - self._started_at, 1),
            total_inferences=self._metrics.num_inferences,
            success_rate=self._metrics.success_rate,
            avg_inference_time_seconds=round(self._metrics.mean_s, 3),
            database=is_database_up,
        )

    async def _is_database_up(self) -> bool:
        try:
            await self._database.ping()
        except DatabaseUnavailableError:
            return False
        return True

    async def metrics(self) -> str:
        """Return Prometheus's text."""
        return self._metrics.render(await self._monitor.engines())

    async def close(self) -> None:
        """Stop what runs in the background."""
        await self._unfinished.close()


def _stored(record: NoteRecord, seconds: float) -> NoteOutcome:
    return NoteOutcome(
        status=NoteStatus.STORED,
        session_id=record.session_id,
        text=record.text,
        version=record.version,
        inference_time_s=seconds,
        coverage=record.coverage,
        findings=record.findings,
        warnings=record.warnings,
        model=record.model,
    )


def _summarized(
    request: SummaryRequest, plan: Plan, record: SummaryRecord, seconds: float
) -> SummaryOutcome:
    num_sessions = len(request.sessions)
    return SummaryOutcome(
        text=record.text,
        key_points=record.key_points,
        num_sessions=num_sessions,
        num_sessions_read=plan.num_sessions_read,
        num_sessions_in_full=plan.num_sessions_in_full,
        total_text_length=len(request.text),
        inference_time_s=seconds,
        # Every word of a text stands in one of the prompts.
        coverage=plan.num_sessions_read / num_sessions if num_sessions else 1.0,
        warnings=record.warnings,
        model=record.model,
    )
