"""One replica of the model pool: an engine, its configuration, its health."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
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
from deployments.messages import PlanResult, ReplicaStats
from deployments.routing import RoutingStats, cluster_key
from deployments.scaling import ReplicaLoad
from models.engine.affinity import sealed
from models.engine.asking import request_for
from models.engine.params import (
    Completion,
    GenerationRequest,
)
from notes.errors import EngineError, ModelReplacedError
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
        self._retired: list[LoadedEngine] = []  # those that are not closed yet
        self._is_closed = False
        self._num_requests = 0  # calls for the figures are none
        self._digest_key = cluster_key()

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
            if self._is_closed or (self._loaded is not None and self._loaded.serves(config)):
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

    async def reload(self, reference: str) -> str:
        """Serve with `reference`, which the configured alias names by now; return what serves.

        It loads beside the old model, which finishes its requests. Raises what keeps it from
        loading; the old one then stays.
        """
        async with self._loading:
            if self._current().engine.stats().model != reference:
                await self._load(self._config)
            return self._current().engine.stats().model

    async def _load(self, config: ReplicaConfig) -> None:
        started = time.monotonic()
        loaded = await asyncio.to_thread(lambda: LoadedEngine(config, self._open(config)))
        if self._is_closed:  # meanwhile
            self._retire(loaded)
            return
        old, self._loaded = self._loaded, loaded
        if old is not None:
            self._retire(old)
        seconds = round(time.monotonic() - started, 3)
        log_event(logger, "model_loaded", model=config.model, seconds=seconds)

    def _retire(self, loaded: LoadedEngine) -> None:
        loaded.retire()
        self._retired = [each for each in (*self._retired, loaded) if not each.is_closed]

    async def generate(
        self,
        prompts: tuple[Prompt, ...],
        request_id: str,
        expires_at: float,
        *,
        adapter: str | None = None,
        retry: int = 0,
    ) -> PlanResult:
        """Run every prompt until `expires_at` (time.time()); return the texts of its branches.

        `retry` numbers the attempts after the first, which are sampled otherwise. Raises
        DeadlineExceededError, QueueFullError, SequenceTooLongError, UnknownAdapterError or
        EngineError.
        """
        started, room = time.monotonic(), asyncio.Semaphore(PROMPTS_AT_ONCE)
        with self._leased(*prompts) as loaded:
            name = loaded.adapter_named(adapter)

            async def run(index: int, prompt: Prompt) -> Completion:
                async with room:
                    asked = self._request(f"{request_id}/{index}", prompt, expires_at, name)
                    sampling = asked.sampling.of_retry(retry)
                    return await loaded.engine.generate(replace(asked, sampling=sampling))

            completions = await _all_or_none([run(i, prompt) for i, prompt in enumerate(prompts)])
        result = _collect(completions)
        _log_inference(
            request_id,
            result.model,
            prompts,
            output_length=sum(len(text) for texts in result.texts for text in texts.values()),
            inference_time=time.monotonic() - started,
            num_prompt_tokens=result.num_prompt_tokens,
            num_tokens=result.num_tokens,
        )
        return result

    async def stream(
        self, prompt: Prompt, request_id: str, expires_at: float, *, adapter: str | None = None
    ) -> AsyncGenerator[tuple[str, str], None]:
        """Yield a branch's key and what it goes on with, as it is written; raises as `generate`.

        For `handle.options(stream=True)`. Whoever answers over HTTP pulls the first piece before
        the answer begins, so that a full queue is still a 429. Who leaves the loop ends the work.
        """
        started, num_chars = time.monotonic(), 0
        with self._leased(prompt) as loaded:
            name = loaded.adapter_named(adapter)
            request = self._request(request_id, prompt, expires_at, name)
            async with aclosing(loaded.engine.stream(request)) as deltas:
                async for delta in deltas:
                    num_chars += len(delta.text)
                    yield delta.key, delta.text
            model = loaded.engine.stats().model
        seconds = time.monotonic() - started
        _log_inference(
            request_id, model, (prompt,), output_length=num_chars, inference_time=seconds
        )

    async def prefill(self, session_key: str, prefix: str, *, adapter: str | None = None) -> None:
        """Read a prompt's beginning, or what has come since, ahead of the call that needs it.

        `prefix` is the text of a `Prompt` so far, and `session_key` whose it is. Raises as
        `generate`.
        """
        with self._leased() as loaded:
            name = loaded.adapter_named(adapter)
            await loaded.engine.prefill(session_key, prefix, adapter=name)

    def _request(
        self, request_id: str, prompt: Prompt, expires_at: float, adapter: str | None
    ) -> GenerationRequest:
        timeout_s = max(0.01, expires_at - time.time())
        sampling = self._config.sampling
        return request_for(prompt, request_id, sampling, timeout_s=timeout_s, adapter=adapter)

    @contextmanager
    def _leased(self, *prompts: Prompt) -> Iterator[LoadedEngine]:
        """Keep the engine open, and be counted, for the duration of a request."""
        loaded = self._current()
        if any(prompt.chat_format is not loaded.chat_format for prompt in prompts):
            # For a moment after a change of the model formatter and pool are not at the same one.
            raise ModelReplacedError
        self._num_requests += 1
        try:
            with loaded.lease():
                yield loaded
        finally:
            self._num_requests -= 1

    def _current(self) -> LoadedEngine:
        if self._loaded is None:
            raise EngineError(reason="no model is loaded")
        return self._loaded

    async def stats(self) -> ReplicaStats:
        """Return the engine's counters and rates, and its adapters."""
        loaded = self._current()
        return ReplicaStats(loaded.engine.stats(), loaded.adapters)

    async def record_routing_stats(self) -> dict[str, Any]:
        """Tell Serve's routers what is held and how busy it is here (see routing.py)."""
        if self._loaded is None:
            return RoutingStats().as_dict()
        held = sealed(self._loaded.engine.held_digests(), self._digest_key)
        return RoutingStats(frozenset(held), self._num_requests).as_dict()

    async def record_autoscaling_stats(self) -> dict[str, float]:
        """Tell Serve's autoscaler how much work there is (see scaling.py); nothing at first."""
        if self._loaded is None:
            return {}
        return ReplicaLoad.of(self._loaded.engine.stats(), self._num_requests).as_stats()

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
        """Let the engine go, once the requests that use it have ended.

        Waits for the engines that nobody uses any more. One that is still loading closes at once
        when it is there.
        """
        self._is_closed = True
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            self._retire(loaded)
        for each in self._retired:
            each.join()

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
        confidence=tuple({b.key: b.confidence for b in c.branches} for c in completions),
        num_prompt_tokens=sum(c.num_prompt_tokens for c in completions),
        num_tokens=sum(c.num_tokens for c in completions),
    )


def _log_inference(
    request_id: str, model: str, prompts: tuple[Prompt, ...], **figures: Any
) -> None:
    """Property 12: lengths and time of every inference, never its words."""
    input_length = sum(len(prompt.prefix) for prompt in prompts)
    log_event(
        logger,
        "inference_complete",
        request_id=request_id,
        model=model,
        input_length=input_length,
        **figures,
    )
