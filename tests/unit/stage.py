"""A stage for the engine: a fake backend, a clock that stands still, and what came of requests."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.engine.batch import Batch
from models.engine.engine import Engine, Ticket
from models.engine.kv_cache import KVCache
from models.engine.params import (
    BranchRequest,
    BranchResult,
    Completion,
    EngineConfig,
    GenerationRequest,
    SamplingParams,
    TextDelta,
)
from models.engine.prefix_tree import Node
from models.engine.scheduler import Scheduler
from tests.fakes import FakeBackend, FakeClock, checksum_answer, rule

ADAPTERS = ("calm", "terse")
GREEDY = SamplingParams(temperature=0.0)
MOST_STEPS = 2_000  # nothing here takes half as many


def branch(
    text: str = "plan",
    max_tokens: int = 100,
    *,
    key: str | None = None,
    grammar: str | None = None,
    stop: tuple[str, ...] = (),
    after: str | None = None,
) -> BranchRequest:
    """A branch whose key is its text, if nothing else is said."""
    return BranchRequest(text if key is None else key, text, max_tokens, grammar, stop, after)


def ask(
    prefix: str = "a transcript",
    *branches: BranchRequest | str,
    name: str = "r1",
    max_tokens: int = 100,
    timeout_s: float = 60.0,
    adapter: str | None = None,
) -> GenerationRequest:
    """A request with these branches, or their texts; with the branch "plan" if none is given."""
    each = (branch(it, max_tokens) if isinstance(it, str) else it for it in branches or ("plan",))
    return GenerationRequest(name, prefix, tuple(each), GREEDY, timeout_s, adapter)


def read(prefix: str, name: str = "r1", adapter: str | None = None) -> GenerationRequest:
    """A request that only reads."""
    return GenerationRequest(name, prefix, (), adapter=adapter)


class Gate:
    """Holds the engine inside a decode until opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, batch: Batch) -> None:
        self.entered.set()
        assert self.opened.wait(10)


class Stage:
    """An engine without a thread: tests step it, and read what the fake backend saw.

    After each step its books are checked.
    """

    def __init__(
        self,
        answer: Callable[[str], str] = checksum_answer,
        *,
        before_decode: Callable[[Batch], None] = lambda batch: None,
        longer_pieces: tuple[str, ...] = (),
        config: EngineConfig | None = None,
        **limits: int,
    ) -> None:
        # Ints for fields of ints only.
        self.config = config or EngineConfig(**limits)  # type: ignore[arg-type]
        self.clock = FakeClock()
        self.backend = FakeBackend(self.config, answer, before_decode, longer_pieces)
        self.engine = Engine(self.backend, self.config, "fake", adapters=ADAPTERS, clock=self.clock)

    @property
    def cache(self) -> KVCache:
        return self.engine._core.cache

    @property
    def scheduler(self) -> Scheduler:
        return self.engine._core.scheduler

    def submit(
        self, request: GenerationRequest, on_delta: Callable[[TextDelta], None] | None = None
    ) -> Ticket:
        return self.engine.submit(request, on_delta)

    def step(self, count: int = 1) -> bool:
        """Step so often and tell whether work is left."""
        is_left = False
        for _ in range(count):
            is_left = self.engine.step()
            self.check_books()
        return is_left

    def run(self) -> None:
        """Step until nothing is left to do."""
        for _ in range(MOST_STEPS):
            if not self.step():
                return
        rule(False, "nobody waits for ever")

    def play(self, request: GenerationRequest) -> Completion:
        """Run a request to its end, and whatever else waits."""
        ticket = self.submit(request)
        self.run()
        return ticket.future.result(timeout=0)

    def texts(self, request: GenerationRequest) -> list[str]:
        """Run a request and return what its branches say."""
        return [result.text for result in self.play(request).branches]

    def result(self, request: GenerationRequest) -> BranchResult:
        """Run a request of one branch."""
        [result] = self.play(request).branches
        return result

    def num_read(self, name: str, key: str | None = None) -> int:
        """How many prompt tokens were decoded for a request's prefix, or for a branch of it."""
        parts = (part for parts in self.backend.parts for part in parts)
        return sum(
            part.num_tokens
            for part in parts
            if (part.request_id, part.key) == (name, key) and not part.is_writing
        )

    def is_empty(self) -> bool:
        """Whether nothing is kept for anybody: no slot, no cell, no parked state."""
        stats = self.engine.stats()
        held = (stats.used_cache_tokens, self.backend.num_used_cells, stats.parked_bytes)
        return stats.free_slots == self.config.max_sequences and not any(held)

    def check_books(self) -> None:
        """Insist that what is counted as used is what is used, or reserved."""
        cache, config = self.cache, self.config
        running = self.scheduler._running
        sequences = [each for generation in running for each in generation.sequences]
        nodes = [node for tree in cache._trees.values() for node in below(tree.root)]
        holders = [each.slot for each in sequences] + [node.slot for node in nodes]
        slots = [slot for slot in holders if slot is not None]
        num_expected = sum(each.is_expected for each in sequences)
        num_reserved = sum(each.num_reserved for each in sequences)

        assert len(set(slots)) == len(slots)  # each has one holder
        assert set(self.backend.cells.slots) <= set(slots)
        assert cache.num_free_slots == config.max_sequences - len(slots) - num_expected >= 0
        assert cache.num_used_cells == num_reserved + sum(len(node.tokens) for node in nodes)
        assert self.backend.num_used_cells <= cache.num_used_cells <= config.cache_tokens
        self._check_nodes(nodes, Counter(id(each.node) for each in sequences))

    def _check_nodes(self, nodes: list[Node], num_users: Counter[int]) -> None:
        for node in nodes:
            assert node.num_users == num_users[id(node)]
            assert (node.slot is not None) == (node.is_leaf and node.parent is not None)
            if node.slot is not None:
                assert tuple(self.backend.cells.tokens_at(node.slot)) == node.path()


@contextmanager
def threaded(stage: Stage) -> Iterator[Engine]:
    """The stage's engine with its thread, which steps by itself."""
    stage.engine.start()
    try:
        yield stage.engine
    finally:
        stage.engine.close(grace_s=10)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for the engine's thread."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def below(node: Node) -> list[Node]:
    """The node and all that follow it."""
    return [node, *(each for child in node.children.values() for each in below(child))]
