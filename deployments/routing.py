"""Which replica reads a prompt: the one that holds most of it already, unless it is busy."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from ray.serve.request_router import (
    PendingRequest,
    ReplicaID,
    RequestRouter,
    RunningReplica,
)

from models.engine.affinity import block_digests, sealed
from notes.prompt import Prompt

MEMORY_S = 10.0  # until then the replica has told for itself what it holds
Chains = tuple[tuple[str, ...], ...]
T = TypeVar("T")


def cluster_key(environ: Mapping[str, str] = os.environ) -> bytes:
    """Return a key made of the cluster's token: the one secret that all its machines share.

    Empty where Ray runs without a token, and so without any secret.
    """
    token = environ.get("RAY_AUTH_TOKEN", "").encode()
    if not token:
        path = Path(environ.get("RAY_AUTH_TOKEN_PATH") or "~/.ray/auth_token")
        with suppress(OSError, RuntimeError):  # no such file, no home
            token = path.expanduser().read_bytes()
    return blake2b(token.strip(), person=b"notes-affinity").digest() if token else b""


@dataclass(frozen=True, slots=True)
class RoutingStats:
    """What a replica tells the routers: sealed digests of what it holds, and how busy it is."""

    digests: frozenset[str] = frozenset()
    num_requests: int = 0

    @classmethod
    def read(cls, stats: object) -> Self:
        """Read what has arrived; what is missing or of another kind counts as nothing."""
        told = stats if isinstance(stats, Mapping) else {}
        digests, load = told.get("digests"), told.get("load")
        return cls(
            frozenset(each for each in _sequence(digests) if isinstance(each, str)),
            load if isinstance(load, int) else 0,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what Serve carries, in an order that only changes with the content."""
        return {"digests": sorted(self.digests), "load": self.num_requests}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


class SentLately:
    """Where prompts went a moment ago: a replica tells what it holds only every few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._places: dict[str, tuple[ReplicaID, float]] = {}  # the latest last

    def add(self, chains: Chains, replica_id: ReplicaID) -> None:
        """Remember who reads these prompts now."""
        now = self._clock()
        for digest in (digest for chain in chains for digest in chain):
            self._places.pop(digest, None)
            self._places[digest] = (replica_id, now)
        while self._places and next(iter(self._places.values()))[1] < now - MEMORY_S:
            del self._places[next(iter(self._places))]

    def holds(self, digest: str, replica_id: ReplicaID) -> bool:
        """Tell whether a replica was sent this part of a prompt."""
        found_id, at = self._places.get(digest, (None, 0.0))
        return found_id == replica_id and at >= self._clock() - MEMORY_S


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A replica that may get a prompt: how much of it is there already, and how busy it is."""

    replica: T
    num_blocks: int
    num_requests: int


def _num_requests(candidate: Candidate[Any]) -> int:
    return candidate.num_requests


def num_held(chains: Chains, is_held: Callable[[str], bool]) -> int:
    """Return how many blocks of the prompts' beginnings are held, without a gap."""
    return sum(1 for chain in chains for _ in takewhile(is_held, chain))


def best_of(candidates: Sequence[Candidate[T]], max_extra: int) -> list[Candidate[T]]:
    """Return who holds the longest part of a prompt; nobody where no part is held.

    Who has over `max_extra` requests more than the least busy is passed over: to read a prompt
    again is then cheaper than to wait.
    """
    limit = min((each.num_requests for each in candidates), default=0) + max_extra
    holders = [each for each in candidates if each.num_blocks and each.num_requests <= limit]
    most = max((each.num_blocks for each in holders), default=0)
    return [each for each in holders if each.num_blocks == most]


def prompt_beginnings(request: PendingRequest) -> list[str]:
    """Return what the model will read first in a call of Phi3Replica; nothing of other calls."""
    if request.metadata.call_method == "prefill":
        return [each for each in _argument(request, 1, "prefix") if isinstance(each, str)]
    prompts = _argument(request, 0, "prompts") or _argument(request, 0, "prompt")
    return [each.prefix for each in prompts if isinstance(each, Prompt)]


def _argument(request: PendingRequest, place: int, name: str) -> tuple[object, ...]:
    """Return an argument's values, one or several, given by place or by name."""
    given = request.args[place] if len(request.args) > place else request.kwargs.get(name, ())
    return given if isinstance(given, tuple) else (given,)


def asked_adapter(request: PendingRequest) -> str | None:
    """Return the adapter of a call, as it was asked for."""
    adapter = request.kwargs.get("adapter")
    return adapter if isinstance(adapter, str) else None


class PrefixRouter(RequestRouter):
    """Serve request router: a replica that holds the prompt's beginning, else the least busy.

    A replica tells the exact version of the adapter that it has read with. Who asks for an alias
    is therefore sent only to where prompts under that alias went a moment ago.
    """

    def initialize_state(  # type: ignore[override]  # named, so that others are an error
        self, max_extra_requests: int = 2
    ) -> None:
        """Take `request_router_kwargs` of serve_config.yaml."""
        self._max_extra_requests = max_extra_requests
        self._key = cluster_key()
        self._sent = SentLately()
        self._turn = 0

    async def choose_replicas(
        self,
        candidate_replicas: list[RunningReplica],
        pending_request: PendingRequest | None = None,
    ) -> list[list[RunningReplica]]:
        """Return groups of replicas: who holds the prompt, then the rest, the least busy first.

        Serve takes one of the first group in which any has room, and rather one that it knows to
        be busy than one that it has not heard of for long: so they do not stand in one group.
        """
        if pending_request is None:
            return [candidate_replicas]
        pending_request.routing_context.should_backoff = True  # where all are full, wait a little
        chains = self._chains(pending_request)
        candidates = [self._candidate(each, chains) for each in self._next_turn(candidate_replicas)]
        best = best_of(candidates, self._max_extra_requests)
        others = sorted((each for each in candidates if each not in best), key=_num_requests)
        groups = [best, *(list(group) for _, group in groupby(others, key=_num_requests))]
        return [[each.replica for each in group] for group in groups if group]

    def on_request_routed(
        self,
        pending_request: PendingRequest,
        replica_id: ReplicaID,
        result: object,  # noqa: ARG002 - what Serve calls it with
    ) -> None:
        """Remember who took the prompt."""
        self._sent.add(self._chains(pending_request), replica_id)

    def _next_turn(self, replicas: list[RunningReplica]) -> list[RunningReplica]:
        """Return the replicas with another one first each time: it wins where all are equal."""
        self._turn = (self._turn + 1) % max(1, len(replicas))
        return replicas[self._turn :] + replicas[: self._turn]

    def _chains(self, request: PendingRequest) -> Chains:
        adapter, texts = asked_adapter(request), prompt_beginnings(request)
        return tuple(sealed(block_digests(text, adapter), self._key) for text in texts)

    def _candidate(self, replica: RunningReplica, chains: Chains) -> Candidate[RunningReplica]:
        told, replica_id = RoutingStats.read(replica.routing_stats), replica.replica_id

        def is_held(digest: str) -> bool:
            return digest in told.digests or self._sent.holds(digest, replica_id)

        known = self.replica_queue_len_cache.get(replica_id)  # newer than what the replica told
        num_requests = told.num_requests if known is None else known
        return Candidate(replica, num_held(chains, is_held), num_requests)

    def _get_pending_request_matching_internal_request_id(
        self, request_metadata: Any = None
    ) -> PendingRequest | None:
        """Return the waiting request for which a replica was found.

        Calls of the pool within one HTTP request share their id, and Ray 2.60 finds only one of
        them by it: the others would wait for ever.
        """
        found = super()._get_pending_request_matching_internal_request_id(request_metadata)
        if found is not None or request_metadata is None:
            return found
        return next(self._waiting_under(request_metadata.internal_request_id), None)

    def _waiting_under(self, internal_request_id: str) -> Iterator[PendingRequest]:
        for each in self._pending_requests_to_fulfill:
            is_same = each.metadata.internal_request_id == internal_request_id
            if is_same and not each.future.done():
                yield each
