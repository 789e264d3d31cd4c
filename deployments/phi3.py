"""One replica of the model pool: an engine, its configuration, its health."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any

from deployments.config import Settings, load_settings
from deployments.loaded_engine import (
    LoadedEngine,
    ModelOpener,
    ReplicaConfig,
    open_registered,
)
from deployments.logs import configure_logging, log_event
from deployments.messages import PlanResult
from models.engine.params import (
    BranchRequest,
    Completion,
    EngineStats,
    GenerationRequest,
    Timings,
)
from notes.errors import EngineError
from notes.prompt import Prompt

logger = logging.getLogger("notes.phi3")

PROMPTS_AT_ONCE = 2  # of one note; more sequences in a unified cache slow every step
MAX_HEARTBEAT_AGE_S = 120.0  # a full batch of Phi-3-mini takes 17 s on two cores, more on busy ones


class Phi3Replica:
    """Serve deployment: runs prompts on one engine; `reconfigure` never restarts the replica."""

    def __init__(self, settings: Settings | None = None, opener: ModelOpener | None = None) -> None:
        settings = settings or load_settings()
        configure_logging("phi3", settings)
        self._open = opener or partial(open_registered, settings.store_dir)
        self._config = ReplicaConfig()
        self._loaded: LoadedEngine | None = None
        self._loading = asyncio.Lock()
        self._swaps: set[asyncio.Task[None]] = set()  # kept, or they could be collected

    async def reconfigure(self, user_config: dict[str, Any]) -> None:
        """Take new settings; a new model or engine loads beside the old one, then replaces it.

        The first call waits for the model. Later ones return at once, because Serve does not
        route to a replica while it reconfigures.
        """
        self._config = ReplicaConfig.model_validate(user_config)
        if self._loaded is None:
            await self._load(self._config)
        elif self._loading.locked() or not self._loaded.serves(self._config):
            task = asyncio.create_task(self._replace())
            self._swaps.add(task)
            task.add_done_callback(self._swaps.discard)

    async def _replace(self) -> None:
        """Load what is asked for by now, unless it serves already."""
        async with self._loading:
            config = self._config
            if self._loaded is not None and self._loaded.serves(config):
                return
            try:
                await self._load(config)
            except Exception as error:
                log_event(
                    logger,
                    "model_load_failed",
                    level=logging.ERROR,
                    model=config.model,
                    reason=type(error).__name__,
                )

    async def _load(self, config: ReplicaConfig) -> None:
        started = time.monotonic()
        old = self._loaded
        self._loaded = await asyncio.to_thread(lambda: LoadedEngine(config, self._open(config)))
        if old is not None:
            old.retire()
        seconds = round(time.monotonic() - started, 3)
        log_event(logger, "model_loaded", model=config.model, seconds=seconds)

    async def generate(
        self, prompts: tuple[Prompt, ...], request_id: str, expires_at: float
    ) -> PlanResult:
        """Run every prompt until `expires_at` (time.time()); return the texts of its branches.

        Raises DeadlineExceededError, QueueFullError, SequenceTooLongError or EngineError.
        """
        room = asyncio.Semaphore(PROMPTS_AT_ONCE)
        with self._engine_for(prompts).lease() as engine:

            async def run(index: int, prompt: Prompt) -> Completion:
                async with room:
                    left_s = max(0.01, expires_at - time.time())
                    return await engine.generate(
                        self._request(f"{request_id}/{index}", prompt, left_s)
                    )

            completions = await _all_or_none([run(i, prompt) for i, prompt in enumerate(prompts)])
        result = _collect(completions)
        _log_inference(request_id, prompts, result)
        return result

    def _request(self, request_id: str, prompt: Prompt, timeout_s: float) -> GenerationRequest:
        branches = tuple(
            BranchRequest(branch.key, branch.text, branch.max_tokens, branch.grammar)
            for branch in prompt.branches
        )
        sampling = self._config.sampling
        return GenerationRequest(request_id, prompt.prefix, branches, sampling, timeout_s)

    def _engine_for(self, prompts: tuple[Prompt, ...]) -> LoadedEngine:
        loaded = self._current()
        if any(prompt.chat_format is not loaded.chat_format for prompt in prompts):
            # For a moment after a change of the model the formatter is ahead of the pool.
            raise EngineError(reason="its model is being replaced")
        return loaded

    def _current(self) -> LoadedEngine:
        if self._loaded is None:
            raise EngineError(reason="no model is loaded")
        return self._loaded

    async def stats(self) -> EngineStats:
        """Return the engine's counters and rates."""
        return self._current().engine.stats()

    async def check_health(self) -> None:
        """Raise where the engine's thread has died or hangs; Serve then restarts the replica."""
        if self._loaded is None:
            return
        if not self._loaded.engine.is_alive:
            raise EngineError(reason="its thread has died")
        age_s = self._loaded.engine.stats().heartbeat_age_s
        if age_s > MAX_HEARTBEAT_AGE_S:
            raise EngineError(reason=f"no step for {age_s:.0f} s")

    def close(self) -> None:
        """Let the engine go, once the requests that use it have ended."""
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded.retire()

    def __del__(self) -> None:  # Serve calls it when a replica is stopped
        self.close()


async def _all_or_none(runs: list[Coroutine[Any, Any, Completion]]) -> list[Completion]:
    """Return all results; the first failure cancels the rest and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run) for run in runs]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _collect(completions: list[Completion]) -> PlanResult:
    return PlanResult(
        model=completions[0].model,
        texts=tuple({b.key: b.text for b in c.branches} for c in completions),
        logprobs=tuple({b.key: b.logprob for b in c.branches} for c in completions),
        num_prompt_tokens=sum(c.num_prompt_tokens for c in completions),
        num_tokens=sum(c.num_tokens for c in completions),
        timings=Timings(
            queued_s=min(c.timings.queued_s for c in completions),
            prefill_s=sum(c.timings.prefill_s for c in completions),
            decode_s=sum(c.timings.decode_s for c in completions),
        ),
    )


def _log_inference(request_id: str, prompts: tuple[Prompt, ...], result: PlanResult) -> None:
    """Property 12: lengths and time of every inference, never its words."""
    log_event(
        logger,
        "inference_complete",
        request_id=request_id,
        model=result.model,
        input_length=sum(len(prompt.prefix) for prompt in prompts),
        output_length=sum(len(text) for texts in result.texts for text in texts.values()),
        inference_time=result.timings.total_s,
        num_prompt_tokens=result.num_prompt_tokens,
        num_tokens=result.num_tokens,
    )
