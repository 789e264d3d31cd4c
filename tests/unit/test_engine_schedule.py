"""The engine under any schedule of arrivals, cancellations, evictions, faults and passing time."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import takewhile

from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine.batch import Batch
from models.engine.engine import Ticket
from models.engine.params import (
    BranchRequest,
    BranchResult,
    Completion,
    EngineConfig,
    FinishReason,
    GenerationRequest,
)
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    InvalidInputError,
    QueueFullError,
    SequenceTooLongError,
)
from tests.fakes import INVALID_GRAMMAR, checksum_answer, complete, rule
from tests.unit.stage import ADAPTERS, Stage

FAULT = "llama_decode returned -3"


@dataclass(frozen=True)
class Arrival:
    request: GenerationRequest


@dataclass(frozen=True)
class Cancellation:
    """Of one of those that have not been answered yet, by number."""

    number: int
    is_in_decode: bool


@dataclass(frozen=True)
class Fault:
    pass


@dataclass(frozen=True)
class Crowding:
    """From now on no parked state can be brought back, or again any."""


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Steps:
    count: int


Event = Arrival | Cancellation | Fault | Crowding | Pause | Steps

# Two transcripts that begin alike, turn by turn; some turns are long enough to be parked.
SESSIONS = (
    ("hello. ", "not so well, I fear. " * 4, "why? ", "you know. "),
    ("hello. ", "not so good, and you? " * 4, "why? "),
)
RESPELLED = "Goals?; and so forth??; or "  # answers begin with " No", so two pieces cross seams
LONGER_PIECES = ("Go", "s ;", "No; ")
FORCED = ("Plan: ", "Plan: ??; and so forth, ", " None.$", "?!?$", RESPELLED)
GRAMMARS = (*((None, *FORCED) * 4), INVALID_GRAMMAR)

limits = st.builds(
    EngineConfig,
    context_tokens=st.just(200),
    cache_tokens=st.sampled_from([200, 320, 1000]),
    batch_tokens=st.sampled_from([9, 40]),
    mixed_tokens=st.sampled_from([1, 12]),
    max_sequences=st.integers(2, 8),
    max_running=st.sampled_from([1, 2, 8]),
    max_waiting=st.just(4),
    idle_cache_tokens=st.sampled_from([0, 100, 10_000]),
    parked_bytes=st.sampled_from([0, 2000, 1_000_000]),
)


@st.composite
def requests(draw: st.DrawFn) -> GenerationRequest:
    """A request with branches side by side and one after another, or with none."""
    branches: list[BranchRequest] = []
    for number in range(draw(st.integers(0, 4))):
        branch = BranchRequest(
            key=str(number),
            text=draw(st.text("abc", max_size=8)),
            max_tokens=draw(st.sampled_from([1, 6, 12, 24])),
            grammar=draw(st.sampled_from(GRAMMARS)),
            after=draw(st.sampled_from([None, None, *(each.key for each in branches)])),
        )
        branches.append(branch)
    return GenerationRequest(
        request_id="r",
        prefix="".join(draw(st.sampled_from(SESSIONS))[: draw(st.integers(0, 4))]),
        branches=tuple(branches),
        timeout_s=draw(st.sampled_from([1.0, 60.0])),
        adapter=draw(st.sampled_from([None, None, None, *ADAPTERS])),
    )


events: dict[type[Event], st.SearchStrategy[Event]] = {
    Arrival: st.builds(Arrival, requests()),
    Cancellation: st.builds(Cancellation, st.integers(0, 3), st.booleans()),
    Fault: st.builds(Fault),
    Crowding: st.builds(Crowding),
    Pause: st.builds(Pause, st.sampled_from([0.3, 0.8])),
    Steps: st.builds(Steps, st.integers(1, 12)),
}
KINDS = (*((Arrival, Steps) * 8), *((Cancellation,) * 3), Pause, Fault, Crowding)


@st.composite
def schedules(draw: st.DrawFn) -> list[Event]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=draw(st.integers(0, 30)), max_size=30))
    return [draw(events[kind]) for kind in kinds]


class Play(Stage):
    """Plays a schedule on a fake backend and checks the invariants after each step."""

    def __init__(self, config: EngineConfig) -> None:
        super().__init__(config=config, before_decode=self._see_batch, longer_pieces=LONGER_PIECES)
        self.has_fault = False
        self.to_cancel: list[Ticket] = []  # during the next decode
        self.tickets: list[tuple[GenerationRequest, Ticket]] = []
        self.num_settled: Counter[int] = Counter()
        self.cancelled: set[Ticket] = set()
        self.struck: set[str] = set()  # requests in a batch that failed

    def see(self, event: Event) -> None:
        match event:
            case Arrival(request):
                self._arrive(request)
            case Cancellation(number, is_in_decode):
                self._cancel(number, is_in_decode)
            case Fault():
                self.has_fault = True
            case Crowding():
                self.backend.cells.refuses_states ^= True
            case Pause(seconds):
                self.clock.now += seconds
            case Steps(count):
                self.step(count)

    def step(self, count: int = 1) -> bool:
        is_left = super().step(count)
        stats = self.engine.stats()
        num_open = sum(not ticket.future.done() for _, ticket in self.tickets)
        assert stats.num_waiting <= self.config.max_waiting
        assert stats.num_running <= self.config.max_running
        assert stats.num_running + stats.num_waiting == num_open
        assert is_left == (num_open > 0)
        return is_left

    def _arrive(self, request: GenerationRequest) -> None:
        num_batches = len(self.backend.parts)
        try:
            ticket = self.submit(replace(request, request_id=str(len(self.tickets))))
        except (QueueFullError, SequenceTooLongError, InvalidInputError):
            assert len(self.backend.parts) == num_batches
            return
        number = len(self.tickets)
        ticket.future.add_done_callback(lambda _: self.num_settled.update([number]))
        self.tickets.append((request, ticket))

    def _cancel(self, number: int, is_in_decode: bool) -> None:
        unsettled = [ticket for _, ticket in self.tickets if not ticket.future.done()]
        if not unsettled:
            return
        ticket = unsettled[number % len(unsettled)]
        self.cancelled.add(ticket)
        if is_in_decode:
            self.to_cancel.append(ticket)
        else:
            ticket.cancel()
        self.step()
        if not is_in_decode:
            assert isinstance(ticket.future.exception(timeout=0), GenerationCancelledError)

    def _see_batch(self, batch: Batch) -> None:
        """Insist that no answer is stalled, then play what is due."""
        served = {id(span.sequence) for span in batch.spans}
        for generation in self.engine._core.scheduler.everyone():
            if generation.adapter == batch.adapter:
                stalled = [each for each in generation.writing if id(each) not in served]
                rule(not stalled, "no answer is stalled")
        while self.to_cancel:
            self.to_cancel.pop().cancel()
        if self.has_fault:
            self.has_fault = False
            self.struck |= {span.generation.request.request_id for span in batch.spans}
            raise EngineError(reason=FAULT)

    def check_outcome(self, number: int) -> None:
        """Insist that a request was answered rightly, or failed for a reason that it had."""
        request, ticket = self.tickets[number]
        match error := ticket.future.exception(timeout=0):
            case None:
                check_answers(request, ticket.future.result(timeout=0))
            case GenerationCancelledError():
                assert ticket in self.cancelled
            case DeadlineExceededError():
                assert request.timeout_s == 1.0
            case EngineError():
                is_bad = INVALID_GRAMMAR in [branch.grammar for branch in request.branches]
                reasons = {FAULT: str(number) in self.struck, "cannot be read": is_bad}
                assert any(text in str(error) for text, is_so in reasons.items() if is_so)
            case _:
                raise error


def check_answers(request: GenerationRequest, completion: Completion) -> None:
    """Insist on what a model would write that sees each branch's text and nothing else."""
    prompts: dict[str | None, str] = {None: request.prefix}  # what a branch comes after
    for branch, result in zip(request.branches, completion.branches, strict=True):
        prompt = prompts[branch.after] + branch.text
        answer = complete(branch.grammar, checksum_answer(prompt))
        if branch.grammar == RESPELLED:
            assert answer.startswith(result.text)
            assert (result.text == answer) or result.num_tokens == branch.max_tokens
        else:
            assert replace(result, logprob=0.0) == result_of(branch, answer)
        assert abs(result.logprob) < 1e-9
        prompts[branch.key] = prompt + result.text
    assert completion.num_prompt_tokens == num_read_characters(request)


def num_read_characters(request: GenerationRequest) -> int:
    """Return the characters to read: what the branches begin with is read once for all."""
    questions = [branch.text for branch in request.branches if branch.after is None]
    num_repeated = max(0, len(questions) - 1) * _num_alike(questions)
    texts = (request.prefix, *(branch.text for branch in request.branches))
    return sum(map(len, texts)) - num_repeated


def _num_alike(texts: list[str]) -> int:
    """Return how many characters all texts begin with."""
    columns = zip(*texts, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def result_of(branch: BranchRequest, answer: str) -> BranchResult:
    """The result where every token is a byte."""
    grammar = branch.grammar or ""
    num_tokens = len(answer) + (not grammar.endswith("$"))  # with the end token
    num_tokens = min(num_tokens, branch.max_tokens)
    num_forced = sum(sign not in "?$" for sign in grammar[: branch.max_tokens])
    is_cut = len(answer) >= branch.max_tokens
    return BranchResult(
        key=branch.key,
        text=answer[: branch.max_tokens],
        num_tokens=num_tokens,
        finish_reason=FinishReason.LENGTH if is_cut else FinishReason.STOP,
        logprob=0.0,
        num_chosen=num_tokens - num_forced,
    )


@settings(max_examples=400, deadline=None)
@given(limits, schedules())
def test_every_sequence_leaves_once_and_nothing_leaks(
    config: EngineConfig, schedule: list[Event]
) -> None:
    """Invariants 1 to 4: all leave exactly once, answers are right, budgets hold."""
    play = Play(config)
    for event in schedule:
        play.see(event)
    play.run()
    stats = play.engine.stats()
    assert play.num_settled == Counter(range(len(play.tickets)))
    assert stats.num_finished + stats.num_failed == len(play.tickets)
    for number in range(len(play.tickets)):
        play.check_outcome(number)
    # What is still held is kept for later, and can be let go of.
    assert play.backend.num_open_grammars == 0
    assert play.backend.num_used_cells == stats.used_cache_tokens
    play.engine.forget()
    assert play.is_empty()
    play.engine.close()
    assert play.backend.num_closed == 1


@settings(max_examples=50, deadline=None)
@given(limits, st.lists(requests(), min_size=2, max_size=5))
def test_batched_equals_alone(config: EngineConfig, batch: list[GenerationRequest]) -> None:
    """Invariant 2 on the fake: the answer does not depend on the company."""
    together = Play(config)
    for request in batch:
        together.see(Arrival(request))
    together.run()
    for number, (request, ticket) in enumerate(together.tickets):
        together.check_outcome(number)
        alone = Play(config)
        alone.see(Arrival(request))
        alone.run()
        other = alone.tickets[-1][1].future
        assert (ticket.future.exception() is None) == (other.exception() is None)
        if other.exception() is None:
            assert other.result().branches == ticket.future.result().branches
