"""The engine under any schedule of arrivals, cancellations, faults and passing time."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine.batch import Batch
from models.engine.engine import Engine, Ticket
from models.engine.params import BranchRequest, Completion, EngineConfig, GenerationRequest
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    InvalidInputError,
    ModelError,
    QueueFullError,
    SequenceTooLongError,
)
from tests.fakes import INVALID_GRAMMAR, FakeBackend, FakeClock, checksum_answer, rule

CONFIG = EngineConfig(
    context_tokens=48, cache_tokens=64, batch_tokens=9, max_sequences=7, max_waiting=4
)


@dataclass(frozen=True)
class Arrival:
    request: GenerationRequest


@dataclass(frozen=True)
class Cancellation:
    index: int


@dataclass(frozen=True)
class Fault:
    pass


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Steps:
    count: int


Event = Arrival | Cancellation | Fault | Pause | Steps

branches = st.builds(
    BranchRequest,
    key=st.just("plan"),
    text=st.text("abc", max_size=8),
    max_tokens=st.integers(1, 20),
    grammar=st.sampled_from([None, None, None, INVALID_GRAMMAR]),
)
requests = st.builds(
    GenerationRequest,
    request_id=st.uuids().map(str),
    prefix=st.text("xyz", max_size=30),
    branches=st.lists(branches, max_size=7).map(tuple),
    timeout_s=st.sampled_from([1.0, 60.0]),
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Arrival, requests),
    st.builds(Arrival, requests),
    st.builds(Steps, st.integers(1, 8)),
    st.builds(Cancellation, st.integers(0, 9)),
    st.builds(Fault),
    st.builds(Pause, st.sampled_from([0.3, 0.8])),
)


class Play:
    """Plays a schedule on a fake backend and checks the invariants after each step."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.has_fault = False
        self.backend = FakeBackend(CONFIG, before_decode=self._see_batch)
        self.engine = Engine(self.backend, CONFIG, "fake", clock=self.clock)
        self.tickets: list[tuple[GenerationRequest, Ticket]] = []
        self.num_settled: dict[int, int] = {}

    def play(self, event: Event) -> None:
        match event:
            case Arrival(request):
                self._submit(request)
            case Cancellation(index):
                self._cancel(index)
            case Fault():
                self.has_fault = True
            case Pause(seconds):
                self.clock.now += seconds
            case Steps(count):
                for _ in range(count):
                    self.step()

    def step(self) -> bool:
        is_left = self.engine.step()
        stats = self.engine.stats()
        assert self.backend.num_used_cells <= stats.used_cache_tokens <= CONFIG.cache_tokens
        assert 0 <= stats.free_slots <= CONFIG.max_sequences
        assert stats.num_waiting <= CONFIG.max_waiting
        num_open = sum(not ticket.future.done() for _, ticket in self.tickets)
        assert stats.num_running + stats.num_waiting == num_open
        assert is_left == (num_open > 0)
        return is_left

    def _submit(self, request: GenerationRequest) -> None:
        num_batches = len(self.backend.batches)
        try:
            ticket = self.engine.submit(request)
        except (QueueFullError, SequenceTooLongError, InvalidInputError):
            assert len(self.backend.batches) == num_batches
            return
        number = len(self.tickets)
        self.num_settled[number] = 0
        ticket.future.add_done_callback(lambda _: self._count(number))
        self.tickets.append((request, ticket))

    def _count(self, number: int) -> None:
        self.num_settled[number] += 1

    def _cancel(self, index: int) -> None:
        if index < len(self.tickets):
            ticket = self.tickets[index][1]
            was_open = not ticket.future.done()
            ticket.cancel()
            self.step()
            error = ticket.future.exception(timeout=0)
            assert not was_open or isinstance(error, GenerationCancelledError)

    def _see_batch(self, batch: Batch) -> None:
        """Insist that no answer is stalled, then play a fault if one is due."""
        served = {id(span.sequence) for span in batch.spans}
        for generation in self.engine._scheduler.everyone():
            writing = (branch for branch in generation.branches if branch.answer.is_begun)
            for branch in writing:
                rule(id(branch) in served or branch.answer.is_finished, "no answer is stalled")
        if self.has_fault:
            self.has_fault = False
            raise EngineError(reason="llama_decode returned -3")


def assert_right(request: GenerationRequest, completion: Completion) -> None:
    for branch, result in zip(request.branches, completion.branches, strict=True):
        expected = checksum_answer(request.prefix + branch.text)
        assert result.text == expected[: branch.max_tokens]
        assert result.num_tokens == min(len(expected) + 1, branch.max_tokens)


@settings(max_examples=300, deadline=None)
@given(st.lists(events, max_size=40))
def test_every_sequence_leaves_once_and_nothing_leaks(schedule: list[Event]) -> None:
    """Invariants 1, 3 and 4: all leave exactly once, budgets hold, cancellation takes one step."""
    play = Play()
    for event in schedule:
        play.play(event)
    while play.step():
        pass
    stats = play.engine.stats()
    assert set(play.num_settled.values()) <= {1}
    assert stats.num_finished + stats.num_failed == len(play.tickets)
    assert (stats.free_slots, stats.used_cache_tokens) == (CONFIG.max_sequences, 0)
    assert (play.backend.num_used_cells, play.backend.num_open_samplers) == (0, 0)
    for request, ticket in play.tickets:
        error = ticket.future.exception(timeout=0)
        if error is None:
            assert_right(request, ticket.future.result(timeout=0))
        else:
            expected = (GenerationCancelledError, DeadlineExceededError, EngineError)
            assert isinstance(error, ModelError)
            assert isinstance(error, expected)
    play.engine.close()
    assert play.backend.num_closed == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(requests, min_size=2, max_size=5))
def test_batched_equals_alone(batch: list[GenerationRequest]) -> None:
    """Invariant 2 on the fake: the answer does not depend on the company."""
    together, alone = Play(), Play()
    for request in batch:
        together.play(Arrival(request))
    while together.step():
        pass
    for request, ticket in together.tickets:
        alone.play(Arrival(request))
        while alone.step():
            pass
        other = alone.tickets[-1][1].future
        assert (ticket.future.exception() is None) == (other.exception() is None)
        if other.exception() is None:
            assert other.result().branches == ticket.future.result().branches
