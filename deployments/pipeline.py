"""The whole story of a note: format, generate, write."""

import asyncio
import time
from typing import Any

from ray.serve.handle import DeploymentHandle

from deployments.failures import CALL_FAILURES, unwrap
from deployments.messages import (
    NoteRecord,
    NoteRequest,
    Plan,
    PlanResult,
    Review,
    SummaryRecord,
    SummaryRequest,
)
from notes.errors import ModelReplacedError

REPLAN_S = 0.5  # pool and formatter follow a promotion one after the other


class NotePipeline:
    """The serving DAG: PromptFormatter → Phi3Replica → NotesWriter.

    `expires_at` (time.time()) is when nobody waits for the answer any more: from then on the
    engine stops, and nothing is stored. What the session does not bear out is asked for again, up
    to `max_attempts` times in all.
    """

    def __init__(
        self,
        formatter: DeploymentHandle[Any],
        pool: DeploymentHandle[Any],
        writer: DeploymentHandle[Any],
        *,
        max_attempts: int,
    ) -> None:
        self._formatter = formatter
        self._pool = pool
        self._writer = writer
        self._max_attempts = max_attempts

    async def plan(self, request: NoteRequest | SummaryRequest) -> Plan:
        """Return what the model must read; nothing has been generated yet."""
        plan: Plan = await _answer(self._formatter.format.remote(request))
        return plan

    async def run(self, request: NoteRequest, plan: Plan, expires_at: float) -> NoteRecord:
        """Generate and store a note.

        Where the model was replaced by one with another chat format, all is planned again.
        """
        while True:
            try:
                return await self._run(request, plan, expires_at)
            except CALL_FAILURES as error:
                await _pause_if_replaced(error, expires_at)
                plan = await self.plan(request)

    async def _run(self, request: NoteRequest, plan: Plan, expires_at: float) -> NoteRecord:
        result = self._pool.generate.remote(
            plan.prompts, request.request_id, expires_at, adapter=request.adapter
        )
        first = self._writer.review.remote(request, plan, result)
        review: Review = await _answer(first, result)
        review = await self._improve(request, plan, review, expires_at)
        written = self._writer.write.remote(request, plan, review.best, expires_at)
        record: NoteRecord = await _answer(written)
        return record

    async def _improve(
        self, request: NoteRequest, plan: Plan, review: Review, expires_at: float
    ) -> Review:
        """Ask again for what is not borne out; what fails on the way costs nothing."""
        now = time.time()
        until = now + (expires_at - now) / 2  # the rest is for storing the note
        for retry in range(1, self._max_attempts):
            if not review.prompts or time.time() >= until:
                break
            try:
                attempt: PlanResult = await _answer(self._ask_again(request, review, retry, until))
                if attempt.model != review.best.model:  # promoted meanwhile
                    break
                better = self._writer.review.remote(request, plan, attempt, review)
                review = await _answer(better)
            except CALL_FAILURES:
                break
        return review

    def _ask_again(self, request: NoteRequest, review: Review, retry: int, until: float) -> Any:
        name = f"{request.request_id}/{retry}"
        return self._pool.generate.remote(
            review.prompts, name, until, adapter=request.adapter, retry=retry
        )

    async def summarize(
        self, request: SummaryRequest, plan: Plan, expires_at: float
    ) -> SummaryRecord:
        """Generate a summary; nothing is stored. A replaced model is met as in `run`."""
        while True:
            try:
                return await self._summarize(request, plan, expires_at)
            except CALL_FAILURES as error:
                await _pause_if_replaced(error, expires_at)
                plan = await self.plan(request)

    async def _summarize(
        self, request: SummaryRequest, plan: Plan, expires_at: float
    ) -> SummaryRecord:
        result = self._pool.generate.remote(plan.prompts, request.request_id, expires_at)
        record: SummaryRecord = await _answer(
            self._writer.summarize.remote(request, result), result
        )
        return record


async def _pause_if_replaced(error: BaseException, expires_at: float) -> None:
    """Wait a moment for the formatter to follow; any other failure is raised as it is."""
    if not isinstance(unwrap(error), ModelReplacedError) or time.time() + REPLAN_S > expires_at:
        raise error
    await asyncio.sleep(REPLAN_S)


async def _answer(response: Any, *before: Any) -> Any:
    """Await a DeploymentResponse; whoever stops waiting ends it, and those that it waits for."""
    try:
        return await response
    except BaseException:
        for each in (response, *before):
            each.cancel()
        raise
