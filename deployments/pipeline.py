"""The whole story of a note: format, generate, write."""

from typing import Any

from ray.serve.handle import DeploymentHandle

from deployments.failures import CALL_FAILURES
from deployments.messages import (
    NoteRecord,
    NoteRequest,
    Plan,
    PlanResult,
    SecondAttempt,
    SummaryRecord,
    SummaryRequest,
)


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
        """
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
        """Generate a summary; nothing is stored."""
        result = self._pool.generate.remote(plan.prompts, request.request_id, expires_at)
        record: SummaryRecord = await _answer(
            self._writer.summarize.remote(request, result), result
        )
        return record


async def _answer(response: Any, *before: Any) -> Any:
    """Await a DeploymentResponse; whoever stops waiting ends it, and those that it waits for."""
    try:
        return await response
    except BaseException:
        for each in (response, *before):
            each.cancel()
        raise
