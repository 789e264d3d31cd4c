"""The replica pool as the ingress sees it: who is there, how fast, and how long plans will take."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Any

from ray import serve
from ray.exceptions import RayError
from ray.serve.exceptions import DeploymentUnavailableError, RayServeException
from ray.serve.handle import DeploymentHandle

from deployments.failures import DEFAULT_RETRY_AFTER_S, whole_seconds
from deployments.messages import Plan, ReplicaStats
from models.engine.params import EngineStats
from notes.errors import UnknownAdapterError

EXPECTED_SHARE = 0.6  # of a branch's token limit, which leaves room for the longest answer
STATS_TIMEOUT_S = 2.0
# A replica with all places taken is silent until a note is done; Phi-3-mini writes for minutes.
MAX_STATS_AGE_S = 300.0
# A full batch of Phi-3-mini takes 17 s on two cores, more on busy ones; at twice this age Serve
# restarts the replica (phi3.py).
MAX_STEP_S = 60.0
WAKE_S = 30.0  # a process, its imports and the model; a third of it with the default model

# How Serve calls a deployment that has as many replicas as it wants, or is on the way there.
AS_WANTED = frozenset({"HEALTHY", "UPSCALING", "DOWNSCALING"})


class PoolState(Enum):
    """Whether there are replicas."""

    SERVING = "serving"
    ASLEEP = "asleep"  # none is wanted until somebody asks for a note, who then waits for it
    AWAY = "away"  # there should be one


@dataclass(frozen=True, slots=True)
class Estimate:
    """Predicted seconds of waiting, reading and writing."""

    queue_s: float
    prefill_s: float
    decode_s: float

    @property
    def total_s(self) -> float:
        """Return the predicted seconds from now to the note."""
        return self.queue_s + self.prefill_s + self.decode_s


@dataclass(slots=True)
class Work:
    """Tokens that the pool has been given and has not answered yet."""

    prompt_tokens: int = 0
    new_tokens: int = 0

    @contextmanager
    def of(self, plan: Plan) -> Iterator[None]:
        """Count a plan as long as it is being worked on."""
        self.prompt_tokens += plan.num_prompt_tokens
        self.new_tokens += plan.max_new_tokens
        try:
            yield
        finally:
            self.prompt_tokens -= plan.num_prompt_tokens
            self.new_tokens -= plan.max_new_tokens


def queue_s(before: Work, stats: tuple[EngineStats, ...]) -> float:
    """Return the seconds that a pool of this speed needs for its work; 0 where none was measured.

    Work under way counts whole, so that the prediction is rather too long than too short.
    """
    if not stats:
        return 0.0
    return _seconds(before.prompt_tokens, before.new_tokens, stats).total_s / len(stats)


def estimate(plan: Plan, before: Work, stats: tuple[EngineStats, ...]) -> Estimate:
    """Predict a plan's time behind the work before it; zero where no engine was measured yet."""
    alone = _seconds(plan.num_prompt_tokens, plan.max_new_tokens, stats)
    return Estimate(queue_s(before, stats), alone.prefill_s, alone.decode_s)


def _seconds(num_prompt: int, max_new: int, stats: tuple[EngineStats, ...]) -> Estimate:
    """Return how long the slowest engine takes to read and write so many tokens."""
    if not stats:
        return Estimate(0.0, 0.0, 0.0)
    prefill_rate = max(min(each.prefill_tokens_per_s for each in stats), 0.1)
    decode_rate = max(min(each.decode_tokens_per_s for each in stats), 0.1)
    return Estimate(0.0, num_prompt / prefill_rate, EXPECTED_SHARE * max_new / decode_rate)


def is_stepping(engine: EngineStats) -> bool:
    """Tell whether an engine works; one that hangs or has died still tells its figures."""
    return engine.heartbeat_age_s <= MAX_STEP_S


class PoolMonitor:
    """Asks every replica for its counters, at most once in `max_age_s`.

    A replica whose places are all taken answers when one is free; until then the last counters
    stand: as the pool's state for a while, and for the rates that predictions need for good.
    `is_as_wanted` tells of a pool without replicas whether that is as it should be; it may block.
    """

    def __init__(
        self,
        pool: DeploymentHandle[Any],
        max_age_s: float = 2.0,
        is_as_wanted: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.work = Work()
        self._pool = pool
        self._max_age_s = max_age_s
        self._is_as_wanted = is_as_wanted or partial(_is_as_wanted, pool)
        self._clock = clock
        self._asked_at = self._told_at = float("-inf")
        self._asking = asyncio.Lock()
        self._stats: tuple[EngineStats, ...] = ()
        self._adapters: frozenset[str] = frozenset()  # of any replica
        self._state = PoolState.SERVING

    async def state(self) -> PoolState:
        """Return whether there are replicas."""
        await self._look()
        return self._state

    async def engines(self) -> tuple[EngineStats, ...]:
        """Return the latest counters of the engines that run; those that are too old are none."""
        is_serving = await self.state() is PoolState.SERVING
        is_known = self._clock() - self._told_at <= MAX_STATS_AGE_S
        return self._stats if is_serving and is_known else ()

    async def check_adapter(self, adapter: str | None) -> None:
        """Raise UnknownAdapterError where no engine has this; without engines nobody can say."""
        if adapter is not None and await self.engines() and adapter not in self._adapters:
            raise UnknownAdapterError.unless_one_of(self._adapters)

    async def estimate(self, plan: Plan) -> Estimate:
        """Predict how long `plan` will take from now, with the waking of a pool that sleeps."""
        wake_s = WAKE_S if await self.state() is PoolState.ASLEEP else 0.0
        predicted = estimate(plan, self.work, self._stats)
        return replace(predicted, queue_s=predicted.queue_s + wake_s)

    def retry_after_s(self) -> int:
        """Return when to come back where the queue is full: once all that it holds is done.

        Then there is room for as many as had to go away, not for the first of them alone.
        """
        if not self._stats:
            return DEFAULT_RETRY_AFTER_S
        return whole_seconds(queue_s(self.work, self._stats))

    async def _look(self) -> None:
        async with self._asking:
            if self._clock() - self._asked_at <= self._max_age_s:
                return
            try:
                self._learn(await self._ask())
                self._state = PoolState.SERVING
            except DeploymentUnavailableError:
                # Nobody is asked, so nobody is woken or kept awake by it.
                is_as_wanted = await asyncio.to_thread(self._is_as_wanted)
                self._state = PoolState.ASLEEP if is_as_wanted else PoolState.AWAY
            self._asked_at = self._clock()

    def _learn(self, told: tuple[ReplicaStats, ...]) -> None:
        if told:
            self._stats = tuple(each.engine for each in told)
            self._adapters = frozenset(name for each in told for name in each.adapters)
            self._told_at = self._clock()

    async def _ask(self) -> tuple[ReplicaStats, ...]:
        """Return the counters that came in time; DeploymentUnavailableError without replicas."""
        try:
            answers = await self._pool.broadcast("stats").results_async(
                timeout_s=STATS_TIMEOUT_S, return_exceptions=True
            )
        except DeploymentUnavailableError:
            raise
        except (TimeoutError, RayError, RayServeException):
            return ()
        return tuple(each for each in answers if isinstance(each, ReplicaStats))


def _is_as_wanted(pool: DeploymentHandle[Any]) -> bool:
    """Tell whether Serve has as many replicas of the pool as it wants."""
    try:
        deployments = serve.status().applications[pool.app_name].deployments
        return deployments[pool.deployment_name].status.value in AS_WANTED
    except (KeyError, RayError, RayServeException):
        return False
