"""The whole story of a note: format, generate, write."""

from typing import Any

from ray.serve.handle import DeploymentHandle

from deployments.messages import NoteRecord, NoteRequest, Plan, SummaryRecord, SummaryRequest


class NotePipeline:
    """The serving DAG: PromptFormatter → Phi3Replica → NotesWriter."""

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
        plan: Plan = await self._formatter.format.remote(request)
        return plan

    async def run(self, request: NoteRequest, plan: Plan, timeout_s: float) -> NoteRecord:
        """Generate and store a note; the model's words go to the writer by reference."""
        result = self._pool.generate.remote(plan.prompts, request.request_id, timeout_s)
        record: NoteRecord = await self._writer.write.remote(request, plan, result)
        return record

    async def summarize(
        self, request: SummaryRequest, plan: Plan, timeout_s: float
    ) -> SummaryRecord:
        """Generate a summary; nothing is stored."""
        result = self._pool.generate.remote(plan.prompts, request.request_id, timeout_s)
        record: SummaryRecord = await self._writer.summarize.remote(request, result)
        return record
