"""How many replicas are wanted: by seconds of queued work and by room in the caches.

Serve's controller gets this file by value; it imports nothing heavy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Self

from ray.serve.config import AutoscalingContext

from models.engine.params import EngineStats


@dataclass(frozen=True, slots=True)
class ReplicaLoad:
    """What a replica tells the autoscaler, as means over `look_back_period_s`."""

    num_requests: float  # that it has accepted
    queued_s: float  # of the engine's work for those of them that wait for room in the cache
    request_s: float  # of the engine's work for a usual request; 0 before the first
    free_cache: float  # share of the KV cache that no running request may come to fill

    def as_stats(self) -> dict[str, float]:
        """Return what `record_autoscaling_stats` returns."""
        return asdict(self)

    @classmethod
    def of(cls, stats: EngineStats, num_requests: int) -> Self:
        """Return the load of an engine that has these requests."""
        num_finished = max(1, stats.num_finished)
        num_prompt, num_new = stats.num_prompt_tokens, stats.num_generated_tokens
        # What is only kept for later makes room for whoever needs it.
        num_taken = stats.used_cache_tokens - stats.idle_cache_tokens
        return cls(
            num_requests=num_requests,
            queued_s=_seconds(stats, stats.waiting_tokens, stats.waiting_new_tokens),
            request_s=_seconds(stats, num_prompt / num_finished, num_new / num_finished),
            free_cache=1 - num_taken / stats.cache_tokens,
        )

    @classmethod
    def read(cls, metrics: Mapping[str, Mapping[Any, float]], replica_id: object) -> Self | None:
        """Read a replica's figures; None where it has not told them all yet."""
        told = [metrics.get(name, {}).get(replica_id) for name in cls.__slots__]
        figures = [each for each in told if each is not None]
        return cls(*figures) if len(figures) == len(told) else None


@dataclass(frozen=True, slots=True)
class QueuedWorkPolicy:
    """Serve autoscaling policy; its fields are `policy_kwargs` in serve_config.yaml.

    Wanted are as many replicas as finish what is queued in `target_queue_s`, one more where
    somebody waits and every cache is full to `min_free_cache`, and in any case one for each
    `target_ongoing_requests`. Serve adds the bounds, and the delays before a change.
    """

    target_queue_s: float
    min_free_cache: float

    def __call__(self, ctx: AutoscalingContext) -> tuple[float, dict[str, Any]]:
        """Return how many replicas are wanted, and no state."""
        if ctx.current_num_replicas == 0:
            return ctx.target_num_replicas, {}  # Serve itself wakes a pool that sleeps
        metrics = ctx.aggregated_metrics or {}
        read = [ReplicaLoad.read(metrics, each) for each in ctx.running_replicas]
        loads = [each for each in read if each is not None]
        if len(loads) < len(read):  # a replica has just started: Serve's own counts
            return ctx.total_num_requests / _target(ctx), {}
        return self.wanted(loads, ctx.total_queued_requests, _target(ctx)), {}

    def wanted(self, loads: Sequence[ReplicaLoad], num_queued: float, target: float) -> float:
        """Return how many replicas these loads ask for, with `num_queued` requests at the door.

        Serve's own count of requests would not do: it holds every question for the figures of
        /health and /metrics, so that a pool which is watched would never sleep.
        """
        num_requests = num_queued + sum(each.num_requests for each in loads)
        known = [each.request_s for each in loads if each.request_s]
        queued_s = sum(each.queued_s for each in loads) + num_queued * fmean(known or [0.0])
        is_full = all(each.free_cache < self.min_free_cache for each in loads)
        return max(
            num_requests / target,
            queued_s / self.target_queue_s,
            len(loads) + 1 if is_full and queued_s > 0 else 0,
        )


def _seconds(stats: EngineStats, num_prompt: float, num_new: float) -> float:
    """Return how long an engine takes to read and to write; 0 at what it has never done."""
    read_rate, write_rate = stats.prefill_tokens_per_s, stats.decode_tokens_per_s
    read_s = num_prompt / read_rate if read_rate else 0.0
    return read_s + (num_new / write_rate if write_rate else 0.0)


def _target(ctx: AutoscalingContext) -> float:
    return float(ctx.config.get_target_ongoing_requests()) if ctx.config else 1.0
