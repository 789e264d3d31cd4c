"""Which replica gets a prompt: by the rule, and by Serve's own machinery on fake replicas."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ray.serve._private.common import DeploymentHandleSource, DeploymentID, RequestMetadata
from ray.serve.config import RequestRouterConfig
from ray.serve.request_router import PendingRequest, ReplicaID, RunningReplica

from deployments.config import ROOT
from deployments.routing import (
    MEMORY_S,
    Candidate,
    PrefixRouter,
    RoutingStats,
    SentLately,
    asked_adapter,
    best_of,
    cluster_key,
    num_held,
    prompt_beginnings,
)
from models.engine.affinity import BLOCK_CHARS, block_digests, sealed
from notes.prompt import ChatFormat, Prompt
from tests.fakes import FakeClock

POOL = DeploymentID("Phi3Replica", "notes")
TEXT = "".join(f"{number:>{BLOCK_CHARS}}" for number in range(4))  # four blocks
OTHER = "x" * len(TEXT)


# The rule


candidates = st.lists(
    st.builds(Candidate, st.uuids().map(str), st.integers(0, 5), st.integers(0, 9)),
    max_size=5,
)


@given(candidates, st.integers(0, 5))
def test_the_longest_part_wins_among_those_that_are_not_busy(
    given: list[Candidate[str]], max_extra: int
) -> None:
    best = best_of(given, max_extra)
    least = min((each.num_requests for each in given), default=0)
    allowed = [each for each in given if each.num_requests - least <= max_extra]
    most = max((each.num_blocks for each in allowed), default=0)
    assert best == ([each for each in allowed if each.num_blocks == most] if most else [])


def test_a_gap_ends_what_is_held() -> None:
    assert num_held((("a", "b", "c"), ("d", "e")), {"a", "c", "d", "e"}.__contains__) == 3
    assert num_held((), {"a"}.__contains__) == 0


# What replicas tell


def test_stats_survive_the_way_through_serve() -> None:
    stats = RoutingStats(frozenset({"b", "a"}), 3)
    assert stats.as_dict() == {"digests": ["a", "b"], "load": 3}
    assert RoutingStats.read(stats.as_dict()) == stats


@pytest.mark.parametrize(
    "foreign", [None, {}, [], {"digests": "ab", "load": "3"}, {"digests": [1, [2]], "load": None}]
)
def test_foreign_stats_count_as_nothing(foreign: object) -> None:
    assert RoutingStats.read(foreign) == RoutingStats()


def replica_id(name: str) -> ReplicaID:
    return ReplicaID(name, POOL)


def test_what_was_sent_is_remembered_for_a_moment() -> None:
    clock = FakeClock()
    sent = SentLately(clock)
    sent.add((("a", "b"),), replica_id("one"))
    assert sent.holds("a", replica_id("one"))
    assert not sent.holds("a", replica_id("two"))
    clock.now += MEMORY_S / 2
    sent.add((("a",),), replica_id("two"))
    assert not sent.holds("a", replica_id("one"))
    clock.now += MEMORY_S * 0.75
    assert not sent.holds("b", replica_id("one"))
    assert sent.holds("a", replica_id("two"))
    sent.add((("c",),), replica_id("two"))
    assert list(sent._places) == ["a", "c"]


def test_the_key_is_the_clusters(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret\n")
    by_file = cluster_key({"RAY_AUTH_TOKEN_PATH": str(token)})
    assert by_file == cluster_key({"RAY_AUTH_TOKEN": "secret"}) != b""
    assert by_file != cluster_key({"RAY_AUTH_TOKEN": "other"})
    assert b"secret" not in by_file
    assert cluster_key({"RAY_AUTH_TOKEN_PATH": str(tmp_path / "none")}) == b""


# The calls


def prompt(prefix: str) -> Prompt:
    return Prompt(prefix, (), ChatFormat.PHI3)


def call(method: str, *args: object, **kwargs: object) -> PendingRequest:
    """Return a call of the pool as the router sees it, each within another HTTP request."""
    metadata = RequestMetadata("a", f"{method}-{id(args)}", call_method=method)
    return PendingRequest(list(args), dict(kwargs), metadata, future=cast(Any, None))


def test_the_beginnings_of_each_call() -> None:
    two = (prompt("one"), prompt("two"))
    assert prompt_beginnings(call("generate", two, "id", 1.0)) == ["one", "two"]
    assert prompt_beginnings(call("generate", prompts=two)) == ["one", "two"]
    assert prompt_beginnings(call("stream", prompt("one"), "id")) == ["one"]
    assert prompt_beginnings(call("stream", prompt=prompt("one"))) == ["one"]
    assert prompt_beginnings(call("prefill", "key", "text")) == ["text"]
    assert prompt_beginnings(call("prefill", session_key="key", prefix="text")) == ["text"]


@pytest.mark.parametrize(
    "foreign", [call("stats"), call("prefill", "key"), call("generate", 3), call("other", ("a",))]
)
def test_a_foreign_call_has_no_beginning(foreign: PendingRequest) -> None:
    assert prompt_beginnings(foreign) == []


def test_the_adapter_of_a_call_is_the_one_asked_for() -> None:
    assert asked_adapter(call("prefill", "key", "text", adapter="tone")) == "tone"
    for foreign in ({}, {"adapter": None}, {"adapter": 3}):
        assert asked_adapter(call("prefill", "key", "text", **foreign)) is None


# The router in Serve's machinery


@dataclass
class FakeReplica:
    """What a router uses of a RunningReplica."""

    name: str
    routing_stats: Any = field(default_factory=dict)
    num_requests: int = 0
    max_ongoing_requests: int = 4

    @property
    def replica_id(self) -> ReplicaID:
        return replica_id(self.name)

    async def get_queue_len(self, *, deadline_s: float) -> int:
        return self.num_requests


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")


def router_of(*replicas: FakeReplica, max_extra_requests: int = 2) -> PrefixRouter:
    """Return a router to these replicas, which has asked each how busy it is."""
    router = PrefixRouter(
        POOL, DeploymentHandleSource.REPLICA, use_replica_queue_len_cache=True, self_node_id="node"
    )
    router.initialize_state(max_extra_requests=max_extra_requests)
    router.update_replicas(cast(list[RunningReplica], list(replicas)))
    for each in replicas:
        router.replica_queue_len_cache.update(each.replica_id, each.num_requests)
    return router


def holding(text: str, adapter: str | None = None) -> dict[str, Any]:
    """Return the stats of a replica that holds a text."""
    digests = block_digests(text, adapter)
    return RoutingStats(frozenset(sealed(digests, cluster_key()))).as_dict()


async def choice(router: PrefixRouter, request: PendingRequest) -> str:
    """Return the name of the replica that Serve sends a request to."""
    request.future = asyncio.Future()
    replica = await asyncio.wait_for(router._choose_replica_for_request(request), 10)
    return cast(FakeReplica, replica).name


@pytest.mark.usefixtures("token")
async def test_a_prompt_goes_where_most_of_it_is() -> None:
    router = router_of(
        FakeReplica("none"),
        FakeReplica("half", holding(TEXT[: 2 * BLOCK_CHARS])),
        FakeReplica("most", holding(TEXT[: 3 * BLOCK_CHARS]), num_requests=2),
        FakeReplica("other", holding(OTHER)),
    )
    for request in (
        call("generate", (prompt(TEXT),), "id", 1.0),
        call("stream", prompt(TEXT), "id", 1.0),
        call("prefill", "key", TEXT),
    ):
        assert await choice(router, request) == "most"


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("adapter", "name"), [(None, "base"), ("tone:1", "tone"), ("tone:2", "idle"), ("tone", "idle")]
)
async def test_a_prompt_goes_where_it_was_read_under_its_adapter(
    adapter: str | None, name: str
) -> None:
    router = router_of(
        FakeReplica("base", holding(TEXT), num_requests=1),
        FakeReplica("tone", holding(TEXT, "tone:1"), num_requests=1),
        FakeReplica("idle"),
    )
    request = call("generate", (prompt(TEXT),), "id", 1.0, adapter=adapter)
    assert await choice(router, request) == name


@pytest.mark.usefixtures("token")
async def test_a_busy_holder_is_passed_over() -> None:
    replicas = FakeReplica("holder", holding(TEXT), num_requests=3), FakeReplica("idle")
    request = call("generate", (prompt(TEXT),))
    assert await choice(router_of(*replicas), request) == "idle"
    assert await choice(router_of(*replicas, max_extra_requests=3), request) == "holder"


@pytest.mark.usefixtures("token")
async def test_a_full_holder_is_passed_over() -> None:
    full = FakeReplica("holder", holding(TEXT), num_requests=4)
    router = router_of(full, FakeReplica("busy", num_requests=3))
    assert await choice(router, call("generate", (prompt(TEXT),))) == "busy"


async def test_digests_under_another_key_are_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "another cluster's")
    foreign = FakeReplica("holder", holding(TEXT), num_requests=1)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    assert await choice(router_of(foreign, FakeReplica("idle")), call("prefill", "a", TEXT)) == (
        "idle"
    )


@pytest.mark.parametrize("stats", [None, {}, {"digests": 3, "load": []}])
async def test_without_stats_the_least_busy_is_chosen(stats: Any) -> None:
    names = ("a", "b", "c")
    replicas = [FakeReplica(name, stats, num_requests=2 - i) for i, name in enumerate(names)]
    for request in (call("generate", (prompt(TEXT),)), call("stats"), call("generate", object())):
        assert await choice(router_of(*replicas), request) == "c"


@pytest.mark.parametrize("idle", [{}, {"load": 0}])
async def test_an_idle_replica_wins_though_nobody_heard_of_it_for_long(idle: Any) -> None:
    replicas = FakeReplica("busy", num_requests=1), FakeReplica("idle", idle)
    router = router_of(*replicas)
    router.replica_queue_len_cache.invalidate_key(replicas[1].replica_id)
    assert {await choice(router, call("generate", ())) for _ in range(3)} == {"idle"}


async def test_equals_take_turns() -> None:
    router = router_of(FakeReplica("a"), FakeReplica("b"), FakeReplica("c"))
    assert {await choice(router, call("generate", (prompt("short"),))) for _ in range(3)} == {
        *("a", "b", "c")
    }


@pytest.mark.usefixtures("token")
async def test_a_prompt_follows_the_one_before_it_at_once() -> None:
    router = router_of(FakeReplica("a"), FakeReplica("b"), FakeReplica("c"))
    first = call("prefill", "key", TEXT[: 2 * BLOCK_CHARS])
    place = replica_id(await choice(router, first))
    router.on_request_routed(first, place, None)
    request = call("generate", (prompt(TEXT),))
    assert {await choice(router, request) for _ in range(6)} == {place.unique_id}


@pytest.mark.usefixtures("token")
async def test_a_prompt_follows_none_that_was_sent_under_another_adapter() -> None:
    router = router_of(FakeReplica("a"), FakeReplica("b"), FakeReplica("c"))
    first = call("prefill", "key", TEXT, adapter="tone")
    router.on_request_routed(first, replica_id("a"), None)
    for adapter, names in (("tone", {"a"}), ("other", {*"abc"}), (None, {*"abc"})):
        request = call("generate", (prompt(TEXT),), adapter=adapter)
        assert {await choice(router, request) for _ in range(6)} == names


@pytest.mark.usefixtures("token")
async def test_what_a_replica_tells_counts_where_the_router_does_not_know() -> None:
    stats = RoutingStats.read(holding(TEXT)).digests
    told = FakeReplica("holder", RoutingStats(stats, 3).as_dict())
    router = router_of(told, FakeReplica("idle"))
    router.replica_queue_len_cache.invalidate_key(told.replica_id)
    assert await choice(router, call("generate", (prompt(TEXT),))) == "idle"


async def test_calls_within_one_request_all_get_a_replica() -> None:
    """Ray's own matching by id answers one of them and leaves the others waiting."""
    router = router_of(FakeReplica("a"), FakeReplica("b"))
    metadata = RequestMetadata("a", "the same", call_method="generate")
    requests = [PendingRequest([(prompt(TEXT),)], {}, metadata) for _ in range(3)]
    choices = (router._choose_replica_for_request(each) for each in requests)
    assert len(await asyncio.wait_for(asyncio.gather(*choices), 10)) == 3


# What is deployed


@pytest.fixture
def deployed() -> RequestRouterConfig:
    config = yaml.safe_load((ROOT / "serve_config.yaml").read_text())
    deployments = {each["name"]: each for each in config["applications"][0]["deployments"]}
    return RequestRouterConfig.model_validate(deployments["Phi3Replica"]["request_router_config"])


def test_serve_takes_the_router_of_the_configuration(deployed: RequestRouterConfig) -> None:
    assert deployed.get_request_router_class() is PrefixRouter
    assert deployed.request_routing_stats_period_s < MEMORY_S / 2


async def test_the_router_takes_its_configuration(deployed: RequestRouterConfig) -> None:
    router_of().initialize_state(**deployed.request_router_kwargs)
    with pytest.raises(TypeError):
        router_of().initialize_state(max_extra_request=2)  # type: ignore[call-arg]
