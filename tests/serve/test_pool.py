"""The pool as the ingress sees it: who is there, and when to come back where the queue is full."""

import asyncio
import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ray.exceptions import RayActorError
from ray.serve._private.common import DeploymentID
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError

from db.session import Database
from deployments.config import Settings
from deployments.failures import MAX_RETRY_AFTER_S, model_failure, whole_seconds
from deployments.messages import Plan, ReplicaStats
from deployments.phi3 import MAX_HEARTBEAT_AGE_S
from deployments.pool import (
    MAX_STATS_AGE_S,
    MAX_STEP_S,
    STATS_TIMEOUT_S,
    WAKE_S,
    PoolMonitor,
    PoolState,
    Work,
    is_stepping,
    queue_s,
)
from models.engine.params import EngineStats
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    ModelError,
    QueueFullError,
    UnknownAdapterError,
)
from tests.fakes import FakeClock
from tests.serve.local_service import LocalService, open_local_service

PLAN = Plan((), num_prompt_tokens=500, max_new_tokens=100, prompt_version="1")
NOTHING: dict[str, Any] = {each.name: 0 for each in fields(EngineStats)}
STATS = EngineStats(**NOTHING | {"prefill_tokens_per_s": 100.0, "decode_tokens_per_s": 10.0})
TOLD = ReplicaStats(STATS)
PLAN_S = 11.0  # 500 tokens read, and six tenths of 100 written


class FakePool:
    """A handle to replicas that answer what the test has put into it, or raise it."""

    def __init__(self, *answers: object) -> None:
        self.answers: tuple[object, ...] | Exception = answers
        self.num_asked = 0

    def broadcast(self, method_name: str) -> "FakePool":
        assert method_name == "stats"
        self.num_asked += 1
        return self

    async def results_async(self, *, timeout_s: float, return_exceptions: bool) -> list[object]:
        assert return_exceptions
        assert timeout_s == STATS_TIMEOUT_S
        if isinstance(self.answers, Exception):
            raise self.answers
        return list(self.answers)


def monitor_of(
    pool: FakePool,
    is_as_wanted: Callable[[], bool] | None = None,
    max_age_s: float = -1,
    clock: Callable[[], float] | None = None,
) -> PoolMonitor:
    """Return a monitor that asks again each time."""
    return PoolMonitor(cast(Any, pool), max_age_s, is_as_wanted, clock or FakeClock())


def nobody() -> Exception:
    """Return what Serve says where there is no replica to ask."""
    return DeploymentUnavailableError(DeploymentID("Phi3Replica", "notes"))


async def test_who_answers_serves() -> None:
    monitor = monitor_of(FakePool(TOLD, TOLD))
    assert await monitor.engines() == (STATS, STATS)
    assert await monitor.state() is PoolState.SERVING


@pytest.mark.parametrize("error", [TimeoutError(), RayActorError()])
async def test_who_is_too_busy_to_answer_serves_on(error: Exception) -> None:
    pool = FakePool(TOLD)
    monitor = monitor_of(pool)
    await monitor.state()
    for answers in (error, (error,)):
        pool.answers = answers
        assert await monitor.engines() == (STATS,)


async def test_who_is_silent_for_long_is_not_known_to_run() -> None:
    pool, clock = FakePool(TOLD), FakeClock()
    monitor = monitor_of(pool, clock=clock)
    await monitor.state()
    pool.answers = TimeoutError()
    clock.now += MAX_STATS_AGE_S
    assert await monitor.engines() == (STATS,)
    clock.now += 1
    assert await monitor.engines() == ()
    assert await monitor.state() is PoolState.SERVING
    assert (await monitor.estimate(PLAN)).total_s == PLAN_S  # its speed is what it was
    pool.answers = (TOLD,)
    assert await monitor.engines() == (STATS,)


def test_an_engine_without_a_step_for_long_hangs() -> None:
    assert is_stepping(replace(STATS, heartbeat_age_s=MAX_STEP_S))
    assert not is_stepping(replace(STATS, heartbeat_age_s=MAX_STEP_S + 1))
    assert 17 < MAX_STEP_S < MAX_HEARTBEAT_AGE_S  # told before Serve restarts the replica


# Adapters


@pytest.mark.parametrize("adapter", [None, "tone", "warm@production"])
async def test_an_adapter_of_any_replica_may_be_asked_for(adapter: str | None) -> None:
    told = (ReplicaStats(STATS, ("tone",)), ReplicaStats(STATS, ("warm@production", "tone")))
    await monitor_of(FakePool(*told)).check_adapter(adapter)


async def test_another_is_refused_without_repeating_it() -> None:
    for allowed, names in ((("warm", "tone"), "tone, warm"), ((), "none")):
        monitor = monitor_of(FakePool(ReplicaStats(STATS, allowed)))
        with pytest.raises(UnknownAdapterError) as raised:
            await monitor.check_adapter("Zanzibar")
        assert str(raised.value) == f"There is no such adapter here. Allowed: {names}."
        assert raised.value.data == {"allowed": names}


@pytest.mark.parametrize("answers", [nobody(), TimeoutError()])
async def test_a_pool_that_tells_nothing_refuses_for_itself(answers: Exception) -> None:
    pool = FakePool()
    pool.answers = answers
    await monitor_of(pool, lambda: True).check_adapter("tone")


@pytest.mark.parametrize(
    ("is_as_wanted", "state"), [(True, PoolState.ASLEEP), (False, PoolState.AWAY)]
)
async def test_without_replicas_serve_knows_why(is_as_wanted: bool, state: PoolState) -> None:
    pool = FakePool(TOLD)
    monitor = monitor_of(pool, lambda: is_as_wanted)
    await monitor.state()
    pool.answers = nobody()
    assert await monitor.state() is state
    assert await monitor.engines() == ()
    pool.answers = (TOLD,)
    assert await monitor.engines() == (STATS,)


async def test_many_who_ask_are_one_question() -> None:
    pool = FakePool(TOLD)
    monitor = monitor_of(pool, max_age_s=60)
    await asyncio.gather(*(monitor.engines() for _ in range(5)))
    assert pool.num_asked == 1


async def test_a_pool_that_sleeps_takes_longer_and_keeps_its_speed() -> None:
    pool = FakePool(TOLD)
    monitor = monitor_of(pool, lambda: True)
    awake = await monitor.estimate(PLAN)
    pool.answers = nobody()
    asleep = await monitor.estimate(PLAN)
    assert asleep == replace(awake, queue_s=WAKE_S)
    assert (awake.queue_s, awake.total_s) == (0, PLAN_S)


# When to come back


@given(st.floats(0, 1e9) | st.just(math.inf))
def test_a_time_to_wait_is_whole_and_bearable(seconds: float) -> None:
    told = whole_seconds(seconds)
    assert 1 <= told <= MAX_RETRY_AFTER_S
    assert told >= min(seconds, MAX_RETRY_AFTER_S)
    assert told - seconds < 1 or seconds < 1


@given(
    st.lists(st.builds(Plan, st.just(()), st.integers(0, 9999), st.integers(0, 999), st.just("1")))
)
def test_the_wait_grows_with_what_is_queued(plans: list[Plan]) -> None:
    monitor = monitor_of(FakePool(TOLD))
    waits = [0.0]
    with ExitStack() as queued:
        for plan in plans:
            queued.enter_context(monitor.work.of(plan))
            waits.append(queue_s(monitor.work, (STATS,)))
        assert queue_s(monitor.work, (STATS, STATS)) == waits[-1] / 2
    assert waits == sorted(waits)
    assert not plans or waits[-1] >= sum(each.num_prompt_tokens for each in plans) / 100
    assert monitor.work == Work()


async def test_the_wait_is_until_all_that_is_queued_is_done() -> None:
    monitor = monitor_of(FakePool(TOLD))
    assert monitor.retry_after_s() == 15  # what serve_config.yaml says: nothing was measured yet
    await monitor.state()
    assert monitor.retry_after_s() == 1
    with monitor.work.of(PLAN):
        assert monitor.retry_after_s() == 11
        with monitor.work.of(PLAN), monitor.work.of(replace(PLAN, num_prompt_tokens=501)):
            assert monitor.retry_after_s() == 34


def back_pressure() -> Exception:
    return BackPressureError(16, 16, 429, 15)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (back_pressure(), 7),
        (QueueFullError(retry_after_s=3), 3),
        (QueueFullError(retry_after_s=86_400), MAX_RETRY_AFTER_S),
        (QueueFullError(retry_after_s=0), 1),
    ],
)
def test_a_full_queue_is_raised_with_the_seconds(error: Exception, seconds: int) -> None:
    with pytest.raises(QueueFullError, match=f"Try again in {seconds} s"):
        model_failure(error, 60, retry_after_s=7)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), DeadlineExceededError),
        (RayActorError(), ModelError),
        (nobody(), ModelError),
        (EngineError(reason="r"), EngineError),
    ],
)
def test_other_failures_of_the_model_are_named(error: Exception, kind: type[ModelError]) -> None:
    assert type(model_failure(error, 60)) is kind


# Together with the service


@pytest.fixture
async def service(tmp_path: Path) -> Any:
    """Return the service on a database that is never asked."""
    settings = Settings(data_dir=tmp_path)
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    local = await open_local_service(settings, database, lambda _prompt: " Slept badly.")
    yield local
    await local.close()
    await database.close()


async def test_serves_full_queue_is_answered_with_computed_seconds(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise back_pressure()

    monkeypatch.setattr(service.notes._pipeline, "summarize", refuse)
    waits = []
    for num_queued in (1, 100, 10**9):
        queued = replace(PLAN, max_new_tokens=100_000 * num_queued)
        with service.notes._monitor.work.of(queued), pytest.raises(QueueFullError) as raised:
            await service.notes.summarize_text("It was a hard week. " * 5, 20, 5)
        waits.append(cast(int, raised.value.data["retry_after_s"]))
    assert 1 <= waits[0] < waits[1] <= waits[2] == MAX_RETRY_AFTER_S


async def test_a_pool_that_sleeps_is_healthy_and_one_that_is_away_is_not(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_up() -> bool:
        return True

    monkeypatch.setattr(service.notes, "_is_database_up", is_up)
    told = []
    for is_as_wanted in (lambda: True, lambda: False):
        pool = FakePool()
        pool.answers = nobody()
        service.notes._monitor = monitor_of(pool, is_as_wanted)
        health = await service.notes.health()
        told.append((health.status, health.model_loaded))
        assert "memory_usage_bytes 0.0" in await service.notes.metrics()
    assert told == [("healthy", False), ("degraded", False)]


async def test_a_pool_whose_engines_all_hang_is_not_healthy(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_up() -> bool:
        return True

    monkeypatch.setattr(service.notes, "_is_database_up", is_up)
    hanging = ReplicaStats(replace(STATS, heartbeat_age_s=MAX_STEP_S + 1))
    told = []
    for replicas in ((hanging,), (hanging, TOLD)):
        service.notes._monitor = monitor_of(FakePool(*replicas))
        health = await service.notes.health()
        told.append((health.status, health.model_loaded))
    assert told == [("degraded", True), ("healthy", True)]
