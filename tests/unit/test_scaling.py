"""How many replicas are wanted: the rule, and what Ray Serve makes of it."""

from dataclasses import fields, replace
from typing import Any

import pytest
import yaml
from ray.serve._private.common import DeploymentID
from ray.serve.config import AutoscalingConfig, AutoscalingContext
from ray.serve.request_router import ReplicaID

from deployments.config import ROOT
from deployments.scaling import QueuedWorkPolicy, ReplicaLoad
from models.engine.params import EngineStats

POLICY = QueuedWorkPolicy(target_queue_s=20, min_free_cache=0.1)
IDLE = ReplicaLoad(num_requests=0, queued_s=0, request_s=4, free_cache=1)
NOTHING: dict[str, Any] = {each.name: 0 for each in fields(EngineStats)}
STATS = EngineStats(
    **NOTHING | {"cache_tokens": 100, "prefill_tokens_per_s": 100.0, "decode_tokens_per_s": 10.0}
)


def wanted(*loads: ReplicaLoad, queued: float = 0) -> float:
    return POLICY.wanted(loads, queued, target=2)


def test_nobody_is_wanted_where_nothing_is_to_do() -> None:
    assert wanted(IDLE) == wanted(IDLE, IDLE) == 0


def test_requests_are_the_floor() -> None:
    assert wanted(replace(IDLE, num_requests=3), replace(IDLE, num_requests=1)) == 2
    assert wanted(replace(IDLE, num_requests=1), queued=2) == 1.5


def test_queued_work_counts_in_seconds() -> None:
    assert wanted(replace(IDLE, queued_s=50), replace(IDLE, queued_s=10)) == 3
    # At the door nobody has counted tokens: a request is what a request has been so far.
    slow = replace(IDLE, request_s=40)
    assert wanted(slow, queued=3) == 6
    assert wanted(slow, replace(IDLE, request_s=0), queued=3) == 6
    assert wanted(replace(IDLE, request_s=0), queued=3) == 1.5


def test_full_caches_ask_for_one_more_where_somebody_waits() -> None:
    full = replace(IDLE, free_cache=0.05)
    assert wanted(full, full, queued=0.1) == 3
    assert wanted(full, replace(full, queued_s=0.1)) == 3
    assert wanted(full, full) == 0
    assert wanted(full, IDLE, queued=0.1) < 1


def test_an_engine_tells_its_load() -> None:
    busy = replace(
        STATS,
        waiting_tokens=250,
        waiting_new_tokens=50,
        used_cache_tokens=80,
        num_finished=4,
        num_prompt_tokens=800,
        num_generated_tokens=40,
    )
    load = ReplicaLoad.of(busy, 3).as_stats()
    told = {"num_requests": 3, "queued_s": 7.5, "request_s": 3.0, "free_cache": 0.2}
    assert load == pytest.approx(told)
    warm = replace(busy, idle_cache_tokens=70)  # which leave for whoever needs their room
    assert ReplicaLoad.of(warm, 3).free_cache == pytest.approx(0.9)
    new = replace(STATS, prefill_tokens_per_s=0.0, decode_tokens_per_s=0.0)
    assert ReplicaLoad.of(new, 0) == ReplicaLoad(0, 0, 0, 1)


# In Serve


def context(
    *loads: ReplicaLoad | None, queued: float = 0, total: float = 0, target: int = 1
) -> AutoscalingContext:
    """Return what Serve calls a policy with; None is a replica that has told nothing yet."""
    pool = DeploymentID("Phi3Replica", "notes")
    ids = [ReplicaID(str(number), pool) for number in range(len(loads))]
    metrics: dict[str, dict[ReplicaID, float]] = {}
    for replica_id, load in zip(ids, loads, strict=True):
        for name, value in (load.as_stats() if load else {"running_requests": 1.0}).items():
            metrics.setdefault(name, {})[replica_id] = value
    return AutoscalingContext(
        deployment_id=pool,
        deployment_name=pool.name,
        app_name=pool.app_name,
        current_num_replicas=len(ids),
        target_num_replicas=target,
        running_replicas=ids,
        total_num_requests=total,
        total_queued_requests=queued,
        aggregated_metrics=metrics,
        raw_metrics=None,
        capacity_adjusted_min_replicas=0,
        capacity_adjusted_max_replicas=9,
        policy_state={},
        last_scale_up_time=None,
        last_scale_down_time=None,
        current_time=None,
        config=AutoscalingConfig(target_ongoing_requests=2, max_replicas=9),
    )


def test_the_policy_reads_what_replicas_tell() -> None:
    assert POLICY(context(replace(IDLE, queued_s=50), replace(IDLE, queued_s=10))) == (3, {})
    assert POLICY(context(IDLE, queued=10)) == (5, {})


def test_questions_for_figures_keep_nobody_awake() -> None:
    assert POLICY(context(IDLE, total=1)) == (0, {})


def test_a_replica_that_has_told_nothing_is_judged_by_serves_counts() -> None:
    assert POLICY(context(IDLE, None, total=3)) == (1.5, {})
    assert POLICY(context(None, total=0)) == (0, {})


@pytest.mark.parametrize("target", [0, 1])
def test_a_pool_that_sleeps_or_wakes_is_left_alone(target: int) -> None:
    assert POLICY(context(target=target)) == (target, {})


@pytest.fixture
def deployed() -> AutoscalingConfig:
    config = yaml.safe_load((ROOT / "serve_config.yaml").read_text())
    deployments = {each["name"]: each for each in config["applications"][0]["deployments"]}
    return AutoscalingConfig.model_validate(deployments["Phi3Replica"]["autoscaling_config"])


def test_serve_takes_the_policy_of_the_configuration(deployed: AutoscalingConfig) -> None:
    """The class goes to Serve's controller by value."""
    policy: Any = deployed.policy.get_policy()
    decide = policy(**deployed.policy.policy_kwargs)
    num_replicas, _ = decide(context(replace(IDLE, queued_s=3 * decide.target_queue_s)))
    assert num_replicas == 3


def test_shipped_is_a_pool_that_does_not_sleep(deployed: AutoscalingConfig) -> None:
    assert deployed.min_replicas == 1
