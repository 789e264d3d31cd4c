"""The engine under a soak, in a child process of its own: its traffic, and what it holds then."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil

from bench.soak.answers import AnswerCheck
from bench.soak.counted import CountedBackend, CountedEngine
from bench.soak.inspection import Inspection, Round
from bench.soak.requests import Requests
from bench.soak.visitor import Ending, Outcome, Visitor
from bench.soak.visits import KINDS, Kind
from bench.workload import Workload, read_turns
from models.engine.llama_backend import LlamaBackend
from models.engine.loading import running
from models.engine.params import EngineConfig, SamplingParams
from models.engine.slots import Slot
from notes.prompt import ChatFormat
from scripts.processes import memory_bytes

NUM_VISITORS = 12  # more than run at once, so that some always wait
_AFTER_REFUSAL_S = 0.5


@dataclass(frozen=True, slots=True)
class Setup:
    """What a soak is made of; plain values, for it crosses to the child."""

    model_path: Path
    config: EngineConfig
    sampling: SamplingParams
    chat_format: ChatFormat
    sessions: Path | None
    adapters: Mapping[str, Path]
    seed: int


class Deck:
    """Deals the kinds of visits in a random order, each as often as its weight."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._cards: list[Kind] = []

    def draw(self) -> tuple[Kind, Random]:
        """Return the next kind, and what its visitor decides by."""
        if not self._cards:
            self._cards = [kind for kind in KINDS for _ in range(kind.weight)]
            self._rng.shuffle(self._cards)
        return self._cards.pop(), Random(self._rng.getrandbits(64))


class SoakedEngine:
    """The child's side."""

    def __init__(self, engine: CountedEngine, backend: CountedBackend, setup: Setup) -> None:
        self._engine = engine
        self._backend = backend
        self._setup = setup
        workload = Workload(
            read_turns(setup.sessions), setup.chat_format, count_tokens=self._count_tokens
        )
        self._requests = Requests(workload, setup.sampling)
        self._check = AnswerCheck(backend)
        self._deck = Deck(setup.seed)
        self._started = time.monotonic()
        self._empty_bytes = engine.when_idle(self._forget)
        self._base = self._totals()

    def round(self, seconds: float) -> Round:
        """Let visitors come for so long, wait until all have left, and look at what is held."""
        endings: Counter[tuple[str, str]] = Counter()
        faults: Counter[str] = Counter()
        for kind, ending in asyncio.run(self._traffic(seconds)):
            endings[kind.name, ending.outcome.value] += 1
            if ending.outcome not in kind.allowed:
                faults[f"{kind.name} ended as {ending.outcome.value} {ending.fault}".rstrip()] += 1
            elif ending.fault:
                faults[f"{kind.name}: {ending.fault}"] += 1
        inspection = self._engine.when_idle(self._inspect)
        return Round(dict(endings), inspection, dict(faults))

    async def _traffic(self, seconds: float) -> list[tuple[Kind, Ending]]:
        ends_at = time.monotonic() + seconds
        visits = (self._visit_until(ends_at) for _ in range(NUM_VISITORS))
        return [ending for endings in await asyncio.gather(*visits) for ending in endings]

    async def _visit_until(self, ends_at: float) -> list[tuple[Kind, Ending]]:
        endings: list[tuple[Kind, Ending]] = []
        while time.monotonic() < ends_at:
            kind, rng = self._deck.draw()
            came = await kind.visit(self._visitor(rng))
            endings += [(kind, ending) for ending in came]
            if came[-1].outcome is Outcome.FULL:
                await asyncio.sleep(_AFTER_REFUSAL_S)
        return endings

    def _visitor(self, rng: Random) -> Visitor:
        adapters = tuple(self._setup.adapters)
        return Visitor(self._engine, self._setup.config, self._requests, self._check, adapters, rng)

    def _count_tokens(self, text: str) -> int:
        return len(self._backend.vocabulary.encode(text, is_start=False))

    # In the engine's thread, while it rests

    def _forget(self) -> int:
        """Empty the cache; return the size of an empty slot's state."""
        self._engine.forget()
        return self._backend.cells.num_bytes(Slot(0))

    def _inspect(self) -> Inspection:
        self._engine.forget()
        stats, process, totals = self._engine.stats(), psutil.Process(), self._totals()
        accepted, settled, counted = (
            now - then for now, then in zip(totals, self._base, strict=True)
        )
        return Inspection(
            at_s=time.monotonic() - self._started,
            num_free_slots=stats.free_slots,
            num_used_cells=stats.used_cache_tokens,
            num_occupied_slots=self._num_occupied_slots(),
            parked_bytes=stats.parked_bytes,
            num_open_grammars=self._backend.open_grammars.value,
            num_accepted=accepted,
            num_settled=settled,
            num_counted=counted,
            resident_bytes=stats.memory_bytes,
            proportional_bytes=memory_bytes([process]),
            num_threads=process.num_threads(),
            num_handles=process.num_fds() if hasattr(process, "num_fds") else 0,
        )

    def _num_occupied_slots(self) -> int:
        slots = map(Slot, range(self._setup.config.max_sequences))
        return sum(self._backend.cells.num_bytes(slot) > self._empty_bytes for slot in slots)

    def _totals(self) -> tuple[int, int, int]:
        """Return the requests that were accepted, settled, and counted by the engine."""
        stats = self._engine.stats()
        counted = stats.num_finished + stats.num_failed
        return self._engine.accepted.value, self._engine.settled.value, counted


@contextmanager
def open_soaked_engine(setup: Setup) -> Iterator[SoakedEngine]:
    """Load the engine."""
    log = logging.getLogger("notes.engine")
    log.addFilter(lambda record: record.msg in ("engine died", "engine hangs"))
    backend = CountedBackend(LlamaBackend(setup.model_path, setup.config, setup.adapters))
    with running(CountedEngine(backend, setup.config, setup.adapters.keys())) as engine:
        yield SoakedEngine(engine, backend, setup)
