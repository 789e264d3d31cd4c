"""The replica pool as the ingress sees it: how fast it is, and how long a plan will take."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from deployments.messages import Plan
from models.engine.params import EngineStats

EXPECTED_SHARE = 0.6  # of a branch's token limit, which leaves room for the longest answer
STATS_TIMEOUT_S = 2.0


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


def estimate(plan: Plan, before: Work, stats: tuple[EngineStats, ...]) -> Estimate:
    """Predict a plan's time behind the work before it; zero where no engine was measured yet.

    Work under way counts whole, so that the prediction is rather too long than too short.
    """
    if not stats:
        return Estimate(0.0, 0.0, 0.0)
    prefill_rate = max(min(each.prefill_tokens_per_s for each in stats), 0.1)
    decode_rate = max(min(each.decode_tokens_per_s for each in stats), 0.1)
    queue_s = before.prompt_tokens / prefill_rate + EXPECTED_SHARE * before.new_tokens / decode_rate
    return Estimate(
        queue_s=queue_s / len(stats),
        prefill_s=plan.num_prompt_tokens / prefill_rate,
        decode_s=EXPECTED_SHARE * plan.max_new_tokens / decode_rate,
    )


class PoolMonitor:
    """Asks every replica for its counters, at most once in `max_age_s`.

    A replica whose places are all taken answers when one is free; until then the last counters
    stand, which hold the rates that predictions need.
    """

    def __init__(self, pool: DeploymentHandle[Any], max_age_s: float = 2.0) -> None:
        self.work = Work()
        self._pool = pool
        self._max_age_s = max_age_s
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()
        self._stats: tuple[EngineStats, ...] = ()

    async def stats(self) -> tuple[EngineStats, ...]:
        """Return the latest counters; empty where no replica has ever answered."""
        async with self._asking:
            if time.monotonic() - self._asked_at > self._max_age_s:
                self._stats = await self._ask() or self._stats
                self._asked_at = time.monotonic()
        return self._stats

    async def estimate(self, plan: Plan) -> Estimate:
        """Predict how long `plan` will take from now."""
        return estimate(plan, self.work, await self.stats())

    async def _ask(self) -> tuple[EngineStats, ...]:
        try:
            answers = await self._pool.broadcast("stats").results_async(
                timeout_s=STATS_TIMEOUT_S, return_exceptions=True
            )
        except (TimeoutError, RayError, RayServeException):
            return ()
        return tuple(each for each in answers if isinstance(each, EngineStats))
