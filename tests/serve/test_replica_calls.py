"""A replica's other calls: streams, prefixes read ahead, what it tells Serve, and its end."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deployments import phi3
from deployments.config import Settings
from deployments.loaded_engine import ReplicaConfig, ServedModel
from deployments.messages import ReplicaStats
from deployments.phi3 import Phi3Replica
from deployments.routing import RoutingStats, cluster_key
from deployments.scaling import ReplicaLoad
from models.engine.affinity import BLOCK_CHARS, block_digests, sealed
from models.engine.engine import Engine
from models.engine.params import (
    BranchResult,
    Completion,
    EngineStats,
    FinishReason,
    GenerationRequest,
    TextDelta,
    Timings,
)
from notes.errors import EngineError, UnknownAdapterError
from notes.prompt import Branch, ChatFormat, Prompt

PROMPT = Prompt("It was hard.", (Branch("plan", "Plan:", "", 9),), ChatFormat.PHI3)
NOTHING: dict[str, Any] = {each.name: 0 for each in fields(EngineStats)}


@dataclass
class FakeEngine:
    """What a replica uses of an engine; `generate` waits until the test lets it go on."""

    stats_now: EngineStats
    held: tuple[str, ...] = ()
    is_alive: bool = True
    requests: list[GenerationRequest] = field(default_factory=list)
    prefilled: list[tuple[str, str, str | None]] = field(default_factory=list)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    num_open_streams: int = 0
    is_closed: bool = False
    answer: tuple[BranchResult, ...] | None = None

    def stats(self) -> EngineStats:
        return self.stats_now

    def held_digests(self) -> tuple[str, ...]:
        return self.held

    async def prefill(self, session_key: str, text: str, *, adapter: str | None = None) -> None:
        await self.may_go_on.wait()
        self.prefilled.append((session_key, text, adapter))

    async def stream(self, request: GenerationRequest) -> AsyncIterator[TextDelta]:
        self.requests.append(request)
        self.num_open_streams += 1
        try:
            for text in (" Sleep", " more."):
                yield TextDelta("plan", text)
        finally:
            self.num_open_streams -= 1

    async def generate(self, request: GenerationRequest) -> Completion:
        self.requests.append(request)
        if self.answer is not None:
            return Completion(request.request_id, "local:1", self.answer, 1, Timings(10, 20, 30))
        await self.may_go_on.wait()
        raise EngineError(reason="the test has seen enough")


@pytest.fixture
def engine() -> FakeEngine:
    numbers = {"cache_tokens": 100, "used_cache_tokens": 25, "model": "local:1"}
    return FakeEngine(EngineStats(**NOTHING | numbers))


@pytest.fixture
def replica(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Phi3Replica:
    """Return a replica that has not loaded anything yet."""
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")

    @contextmanager
    def opener(config: ReplicaConfig) -> Iterator[ServedModel]:
        yield ServedModel(cast(Engine, engine), ChatFormat.PHI3, {"lora@production": "lora:3"})
        engine.is_closed = True

    return Phi3Replica(Settings(data_dir=tmp_path), opener)


def soon() -> float:
    return time.time() + 60


# Notes


async def test_prompts_that_run_at_once_take_the_time_that_passes(
    replica: Phi3Replica,
    engine: FakeEngine,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await replica.reconfigure({})
    engine.answer = ()
    clock = SimpleNamespace(monotonic=iter((100.0, 102.5)).__next__, time=time.time)
    monkeypatch.setattr(phi3, "time", clock)
    with caplog.at_level("INFO"):
        await replica.generate((PROMPT, PROMPT), "a", soon())
    [logged] = [each for each in caplog.records if each.getMessage() == "inference_complete"]
    assert vars(logged)["data"]["inference_time"] == 2.5


async def test_the_model_tells_how_sure_it_was_of_a_token(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    await replica.reconfigure({})
    # Four tokens, one of which the grammar chose: three of probability 1/2.
    sure = BranchResult("plan", "a", 4, FinishReason.STOP, -3 * math.log(2), num_chosen=3)
    engine.answer = (sure,)
    result = await replica.generate((PROMPT, PROMPT), "a", soon())
    assert [each["plan"] for each in result.confidence] == pytest.approx([0.5, 0.5])


# Streams and prefixes


async def test_a_stream_is_each_branchs_text_as_it_is_written(
    replica: Phi3Replica, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    await replica.reconfigure({})
    with caplog.at_level("INFO"):
        pieces = [each async for each in replica.stream(PROMPT, "a", soon())]
    assert pieces == [("plan", " Sleep"), ("plan", " more.")]
    [request] = engine.requests
    assert (request.prefix, request.branches[0].max_tokens, request.adapter) == (
        *(PROMPT.prefix, 9, None),
    )
    [logged] = [each for each in caplog.records if each.getMessage() == "inference_complete"]
    data = vars(logged)["data"]
    assert (data["model"], data["input_length"], data["output_length"]) == ("local:1", 12, 12)


async def test_who_leaves_a_stream_ends_the_work(replica: Phi3Replica, engine: FakeEngine) -> None:
    await replica.reconfigure({})
    stream = replica.stream(PROMPT, "a", soon())
    assert await anext(stream) == ("plan", " Sleep")
    assert engine.num_open_streams == 1
    assert (await replica.record_routing_stats())["load"] == 1
    await stream.aclose()
    assert engine.num_open_streams == 0
    assert (await replica.record_routing_stats())["load"] == 0


async def test_a_prompt_of_another_model_is_not_streamed(replica: Phi3Replica) -> None:
    await replica.reconfigure({})
    foreign = Prompt("a", (), ChatFormat.CHATML)
    with pytest.raises(EngineError, match="being replaced"):
        await anext(replica.stream(foreign, "a", soon()))


async def test_the_adapter_is_the_exact_version_of_an_allowed_one(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    await replica.reconfigure({})
    stream = replica.stream(PROMPT, "a", soon(), adapter="lora@production")
    assert [each async for each in stream]
    engine.may_go_on.set()
    with pytest.raises(EngineError):
        await replica.generate((PROMPT,), "b", soon(), adapter="lora@production")
    assert [each.adapter for each in engine.requests] == ["lora:3"] * 2
    with pytest.raises(UnknownAdapterError):
        await replica.generate((PROMPT,), "c", soon(), adapter="other")
    assert (await replica.record_routing_stats())["load"] == 0


async def test_a_prefix_is_read_ahead(replica: Phi3Replica, engine: FakeEngine) -> None:
    await replica.reconfigure({})
    engine.may_go_on.set()
    await replica.prefill("session 1", "It was")
    await replica.prefill("session 1", "It was hard", adapter="lora@production")
    assert engine.prefilled == [
        ("session 1", "It was", None),
        ("session 1", "It was hard", "lora:3"),
    ]


# What it tells Serve


async def test_routers_hear_what_is_held_under_the_clusters_key(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    assert await replica.record_routing_stats() == RoutingStats().as_dict()
    await replica.reconfigure({})
    engine.held = block_digests("a" * 3 * BLOCK_CHARS)
    told = RoutingStats.read(await replica.record_routing_stats())
    assert told == RoutingStats(frozenset(sealed(engine.held, cluster_key())))
    assert not told.digests & set(engine.held)


async def test_the_ingress_hears_of_adapters_as_they_may_be_asked_for(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    await replica.reconfigure({})
    assert await replica.stats() == ReplicaStats(engine.stats_now, ("lora@production",))


async def test_the_autoscaler_hears_of_work_and_room(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    assert await replica.record_autoscaling_stats() == {}
    await replica.reconfigure({})
    reading = asyncio.create_task(replica.prefill("a", "b"))
    writing = asyncio.create_task(replica.generate((PROMPT, PROMPT), "a", soon()))
    await asyncio.sleep(0)
    told = await replica.record_autoscaling_stats()
    assert told == ReplicaLoad(2, 0, 0, 0.75).as_stats()
    assert {type(value) for value in told.values()} <= {int, float}  # Serve takes nothing else
    engine.may_go_on.set()
    await asyncio.gather(reading, writing, return_exceptions=True)
    assert (await replica.record_autoscaling_stats())["num_requests"] == 0


async def test_a_dead_and_a_hanging_engine_are_told(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    await replica.check_health()  # still loading
    await replica.reconfigure({})
    await replica.check_health()
    age = phi3.MAX_HEARTBEAT_AGE_S + 1
    engine.stats_now = EngineStats(**NOTHING | {"heartbeat_age_s": age})
    with pytest.raises(EngineError, match=r"no step for 121 s"):
        await replica.check_health()
    engine.is_alive = False
    with pytest.raises(EngineError, match="thread has died"):
        await replica.check_health()


# Its end


async def test_what_was_accepted_is_finished_before_the_engine_closes(
    replica: Phi3Replica, engine: FakeEngine
) -> None:
    await replica.reconfigure({})
    writing = asyncio.create_task(replica.generate((PROMPT,), "a", soon()))
    await asyncio.sleep(0)
    replica.close()
    assert not engine.is_closed
    with pytest.raises(EngineError, match="no model is loaded"):
        await replica.generate((PROMPT,), "b", soon())
    engine.may_go_on.set()
    with pytest.raises(EngineError, match="seen enough"):
        await writing
    replica.close()  # waits for it
    assert engine.is_closed
