"""The replica pool as the ingress sees it: how fast it is, and how long a plan will take."""

import time
from dataclasses import dataclass
from typing import Any

from ray.serve.handle import DeploymentHandle

from deployments.messages import Plan
from models.engine.params import EngineStats

EXPECTED_SHARE = 0.6  # of a branch's token limit, which leaves room for the longest answer


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


def estimate(plan: Plan, stats: tuple[EngineStats, ...]) -> Estimate:
    """Predict a plan's time on the least loaded engine; zero where no engine has been measured."""
    if not stats:
        return Estimate(0.0, 0.0, 0.0)
    engine = min(stats, key=lambda each: each.waiting_tokens)
    prefill_rate = max(engine.prefill_tokens_per_s, 0.1)
    decode_rate = max(engine.decode_tokens_per_s, 0.1)
    return Estimate(
        queue_s=engine.waiting_tokens / prefill_rate,
        prefill_s=plan.num_prompt_tokens / prefill_rate,
        decode_s=EXPECTED_SHARE * plan.max_new_tokens / decode_rate,
    )


class PoolMonitor:
    """Asks every replica for its counters, at most once in `max_age_s`."""

    def __init__(self, pool: DeploymentHandle[Any], max_age_s: float = 2.0) -> None:
        self._pool = pool
        self._max_age_s = max_age_s
        self._asked_at = float("-inf")
        self._stats: tuple[EngineStats, ...] = ()

    async def stats(self) -> tuple[EngineStats, ...]:
        """Return the latest counters; empty where the pool is scaled to zero or not up yet."""
        if time.monotonic() - self._asked_at > self._max_age_s:
            self._asked_at = time.monotonic()
            answers = await self._pool.broadcast("stats").results_async(
                timeout_s=5.0, return_exceptions=True
            )
            self._stats = tuple(each for each in answers if isinstance(each, EngineStats))
        return self._stats

    async def estimate(self, plan: Plan) -> Estimate:
        """Predict how long `plan` will take from now."""
        return estimate(plan, await self.stats())
