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
    SecondAttempt,
    SummaryRecord,
    SummaryRequest,
)
from notes.errors import ModelReplacedError

REPLAN_S = 0.5  # pool and formatter follow a promotion one after the other


class NotePipeline:
    """The serving DAG: PromptFormatter → Phi3Replica → NotesWriter.

    `expires_at` (time.time()) is when nobody waits for the answer any more: from then on the
    engine stops, and nothing is stored.
    """

    def __init__(
        self,
        formatter: DeploymentHandle[Any],
        pool: DeploymentHandle[Any],
        writer: DeploymentHandle[Any],
    ) -> None:
        self._formatter = formatter
        self._pool = pool
        self._writer = writer

    async def plan(self, request: NoteRequest | SummaryRequest) -> Plan:
        """Return what the model must read; nothing has been generated yet."""
        plan: Plan = await _answer(self._formatter.format.remote(request))
        return plan

    async def run(self, request: NoteRequest, plan: Plan, expires_at: float) -> NoteRecord:
        """Generate and store a note; the model's words go to the writer by reference.

        Where the session does not bear a plan or an intervention out, it is asked for once more.
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
        doubts = self._writer.doubts.remote(request, plan, result)
        again: SecondAttempt = await _answer(doubts, result)
        second = await self._ask_again(request, again, expires_at) if again.prompts else None
        written = self._writer.write.remote(
            request, plan, result, expires_at, asked_again=again, second=second
        )
        record: NoteRecord = await _answer(written, result)
        return record

    async def _ask_again(
        self, request: NoteRequest, again: SecondAttempt, expires_at: float
    ) -> PlanResult | None:
        """Return a second answer, or None where there is none: the first is a note already."""
        name = f"{request.request_id}/again"
        answer = self._pool.generate.remote(
            again.prompts, name, expires_at, adapter=request.adapter
        )
        try:
            result: PlanResult = await _answer(answer)
        except CALL_FAILURES:
            return None
        return result

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
