"""The engine's behaviour, one situation a test."""

import asyncio
import logging
import pickle
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from models.engine.batch import Batch
from models.engine.engine import Engine
from models.engine.params import (
    BranchRequest,
    EngineConfig,
    FinishReason,
    GenerationRequest,
    SamplingParams,
)
from notes.errors import (
    ConfigurationError,
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    InvalidInputError,
    QueueFullError,
    SequenceTooLongError,
)
from tests.fakes import INVALID_GRAMMAR, FakeBackend, FakeClock, checksum_answer


def request(
    prefix: str = "a transcript", *texts: str, max_tokens: int = 100, timeout_s: float = 60.0
) -> GenerationRequest:
    branches = tuple(BranchRequest(text, text, max_tokens) for text in texts or ("plan",))
    return GenerationRequest("r1", prefix, branches, SamplingParams(), timeout_s)


def run(engine: Engine) -> None:
    while engine.step():
        pass


@contextmanager
def running(backend: FakeBackend) -> Iterator[Engine]:
    """An engine with its thread."""
    engine = Engine(backend, backend.config, "fake")
    engine.start()
    try:
        yield engine
    finally:
        engine.close(grace_s=5)


class Gate:
    """Holds the engine inside a decode until opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, batch: Batch) -> None:
        self.entered.set()
        assert self.opened.wait(5)


# Answers


def test_branches_share_one_prefix_and_keep_their_order() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request("a transcript", "risk", "plan"))
    run(engine)
    completion = ticket.future.result()
    assert [branch.key for branch in completion.branches] == ["risk", "plan"]
    assert [branch.text for branch in completion.branches] == [
        checksum_answer("a transcriptrisk"),
        checksum_answer("a transcriptplan"),
    ]
    assert completion.num_prompt_tokens == len("a transcript") + len("risk") + len("plan")
    assert completion.model == "fake"
    assert sum(backend.batches) < 2 * len("a transcript") + 2 * 20


def test_a_branch_without_text_begins_after_the_prefix() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request("a transcript", "", "plan"))
    run(engine)
    texts = [branch.text for branch in ticket.future.result().branches]
    assert texts == [checksum_answer("a transcript"), checksum_answer("a transcriptplan")]


def test_a_request_may_have_no_prefix() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request("", "plan"))
    run(engine)
    assert ticket.future.result().branches[0].text == checksum_answer("plan")


def test_finish_reasons() -> None:
    backend = FakeBackend(answer=lambda prompt: "calm. STOP more")
    engine = Engine(backend, backend.config, "fake")
    branches = (
        BranchRequest("stop", "a", 100, stop=("STOP",)),
        BranchRequest("length", "b", 4),
        BranchRequest("end", "c", 100),
    )
    ticket = engine.submit(GenerationRequest("r1", "p", branches))
    run(engine)
    results = {result.key: result for result in ticket.future.result().branches}
    assert (results["stop"].text, results["stop"].finish_reason) == ("calm. ", FinishReason.STOP)
    assert (results["length"].text, results["length"].finish_reason) == (
        "calm",
        FinishReason.LENGTH,
    )
    assert results["end"].text == "calm. STOP more"


def test_characters_of_several_tokens_stay_whole() -> None:
    backend = FakeBackend(answer=lambda prompt: " Müde, 疲れた, 😔.")
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request())
    run(engine)
    assert ticket.future.result().branches[0].text == " Müde, 疲れた, 😔."


def test_timings_follow_the_clock() -> None:
    clock = FakeClock()

    def take_a_second(batch: Batch) -> None:
        clock.now += 1.0

    backend = FakeBackend(answer=lambda prompt: "ab", before_decode=take_a_second)
    engine = Engine(backend, backend.config, "fake", clock=clock)
    ticket = engine.submit(request())
    clock.now += 2.0
    run(engine)
    timings = ticket.future.result().timings
    # Prefix and branch are read in a step each; "a" comes with the second, "b" and the end after.
    assert (timings.queued_s, timings.prefill_s, timings.decode_s) == (2.0, 2.0, 2.0)
    assert timings.total_s == 6.0


def test_what_crosses_processes_pickles() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request())
    run(engine)
    for value in (request(), ticket.future.result(), engine.stats(), backend.config):
        assert pickle.loads(pickle.dumps(value)) == value


# Scheduling


def test_long_prompts_do_not_stall_what_is_being_written() -> None:
    config = EngineConfig(batch_tokens=8, max_sequences=4)
    backend = FakeBackend(config)
    engine = Engine(backend, config, "fake")
    writer = engine.submit(request("short", "plan"))
    while not backend.num_used_cells > len("shortplan"):
        engine.step()
    engine.submit(request("x" * 500, "plan"))
    num_steps = len(checksum_answer("")) + 1
    for _ in range(num_steps):
        engine.step()
    assert writer.future.done()
    assert max(backend.batches) == 8


def test_first_come_first_served_even_when_the_next_would_fit() -> None:
    config = EngineConfig(max_sequences=4, cache_tokens=4096)
    backend = FakeBackend(config)
    engine = Engine(backend, config, "fake")
    tickets = [
        engine.submit(request("one", "a", "b")),  # takes three of four slots
        engine.submit(request("two", "a")),
        engine.submit(request("three", "a", max_tokens=1)),
    ]
    engine.step()
    assert (engine.stats().num_running, engine.stats().num_waiting) == (1, 2)
    while not tickets[0].future.done():
        assert engine.stats().num_running == 1
        engine.step()
    run(engine)
    assert all(ticket.future.exception() is None for ticket in tickets)


def test_a_request_waits_for_cells_though_slots_are_free() -> None:
    config = EngineConfig(cache_tokens=200)
    engine = Engine(FakeBackend(config), config, "fake")
    tickets = [engine.submit(request("one", "a", max_tokens=100)) for _ in range(2)]
    engine.step()
    assert (engine.stats().num_running, engine.stats().num_waiting) == (1, 1)
    assert engine.stats().used_cache_tokens == 104
    run(engine)
    assert all(ticket.future.exception() is None for ticket in tickets)


def test_a_finished_branch_makes_room_before_its_siblings_end() -> None:
    config = EngineConfig(max_sequences=3)
    backend = FakeBackend(config)
    engine = Engine(backend, config, "fake")
    branches = (BranchRequest("a", "a", 1), BranchRequest("b", "b", 100))
    engine.submit(GenerationRequest("r1", "prefix", branches))
    for _ in range(2):
        engine.step()
    assert engine.stats().free_slots == 1
    run(engine)


def test_a_full_queue_says_when_to_come_back() -> None:
    clock = FakeClock()

    def take_a_second(batch: Batch) -> None:
        clock.now += 1.0

    config = EngineConfig(max_waiting=1, max_sequences=2, context_tokens=400)
    engine = Engine(FakeBackend(config, before_decode=take_a_second), config, "fake", clock=clock)
    engine.warm_up(num_prompt_tokens=20, num_new_tokens=4)  # 99 bytes, then 1 token a second
    engine.submit(request("x" * 96, "plan", max_tokens=50))
    with pytest.raises(QueueFullError) as caught:
        engine.submit(request())
    stats = engine.stats()
    expected = 100 / stats.prefill_tokens_per_s + 50 / stats.decode_tokens_per_s
    assert caught.value.data["retry_after_s"] == pytest.approx(expected, abs=1)
    assert stats.waiting_tokens == 150


@pytest.mark.parametrize(
    ("config", "needed", "limit"),
    [
        (EngineConfig(context_tokens=50), 116, 50),
        (EngineConfig(cache_tokens=150), 220, 150),
    ],
)
def test_what_can_never_fit_is_refused_before_any_work(
    config: EngineConfig, needed: int, limit: int
) -> None:
    backend = FakeBackend(config)
    engine = Engine(backend, config, "fake")
    with pytest.raises(SequenceTooLongError) as caught:
        engine.submit(request("a transcript", "risk", "plan"))
    assert caught.value.data == {"num_tokens": needed, "max_tokens": limit}
    assert engine.stats().num_waiting == 0
    assert not backend.batches


@pytest.mark.parametrize(
    "nonsense",
    [
        GenerationRequest("r1", "prefix", ()),
        GenerationRequest("r1", "", (BranchRequest("a", "", 5),)),
        GenerationRequest("r1", "prefix", (BranchRequest("a", "a", 0),)),
        GenerationRequest(
            "r1", "prefix", (BranchRequest("a", "a", 5),) * EngineConfig().max_sequences
        ),
    ],
)
def test_requests_without_sense_are_refused(nonsense: GenerationRequest) -> None:
    backend = FakeBackend()
    with pytest.raises(InvalidInputError):
        Engine(backend, backend.config, "fake").submit(nonsense)


@pytest.mark.parametrize(
    "limits", [{"max_sequences": 1}, {"batch_tokens": 8}, {"cache_tokens": 0}, {"max_waiting": 0}]
)
def test_limits_that_cannot_work_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError):
        EngineConfig(**limits)  # type: ignore[arg-type]  # ints for int fields only


# Failures


def test_a_native_failure_fails_those_involved_and_no_one_else() -> None:
    failures = [EngineError(reason="llama_decode returned -3")]

    def fail_once(batch: Batch) -> None:
        if failures:
            raise failures.pop()

    config = EngineConfig(batch_tokens=16, max_sequences=4)
    backend = FakeBackend(config, before_decode=fail_once)
    engine = Engine(backend, config, "fake")
    failing = engine.submit(request("x" * 40, "plan"))
    waiting = engine.submit(request("y" * 40, "plan"))
    run(engine)
    assert isinstance(failing.future.exception(), EngineError)
    assert waiting.future.result().branches[0].text == checksum_answer("y" * 40 + "plan")
    assert engine.stats().free_slots == 4
    assert (engine.stats().num_finished, engine.stats().num_failed) == (1, 1)


def test_a_foreign_error_is_named_without_its_message() -> None:
    def fail(batch: Batch) -> None:
        raise ValueError("words of the patient")

    backend = FakeBackend(before_decode=fail)
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request())
    run(engine)
    message = str(ticket.future.exception())
    assert re.fullmatch(r"The engine stopped: ValueError at test_engine_engine\.py:\d+\.", message)


def test_a_failing_sampler_fails_its_request_only() -> None:
    def answer(prompt: str) -> str:
        if prompt.startswith("bad"):
            raise ValueError
        return " fine."

    backend = FakeBackend(answer=answer)
    engine = Engine(backend, backend.config, "fake")
    bad, good = engine.submit(request("bad", "a", "b")), engine.submit(request("good", "a", "b"))
    run(engine)
    assert isinstance(bad.future.exception(), EngineError)
    assert [branch.text for branch in good.future.result().branches] == [" fine.", " fine."]
    assert engine.stats().free_slots == backend.config.max_sequences


def test_an_unreadable_grammar_fails_its_request_only() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    branches = (BranchRequest("a", "a", 9), BranchRequest("b", "b", 9, grammar=INVALID_GRAMMAR))
    bad = engine.submit(GenerationRequest("r1", "prefix", branches))
    good = engine.submit(request())
    run(engine)
    assert isinstance(bad.future.exception(), EngineError)
    assert good.future.exception() is None
    assert backend.num_open_samplers == 0


def test_a_passed_deadline_fails_running_and_waiting() -> None:
    clock = FakeClock()
    config = EngineConfig(max_sequences=2)
    backend = FakeBackend(config)
    engine = Engine(backend, config, "fake", clock=clock)
    tickets = [engine.submit(request(timeout_s=5)) for _ in range(2)]
    engine.step()
    clock.now += 5.1
    assert not engine.step()
    for ticket in tickets:
        assert isinstance(ticket.future.exception(), DeadlineExceededError)
    assert backend.num_used_cells == 0


def test_logs_hold_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    backend = FakeBackend(answer=lambda prompt: " secretanswer")
    engine = Engine(backend, backend.config, "fake")
    engine.submit(request("secretprefix", "secretbranch"))
    run(engine)
    assert caplog.records
    assert not any("secret" in str(record.__dict__) for record in caplog.records)


# With its thread


async def test_generate_runs_requests_side_by_side() -> None:
    backend = FakeBackend()
    with running(backend) as engine:
        answers = await asyncio.gather(*(engine.generate(request(f"{n}")) for n in range(5)))
    assert [answer.branches[0].text for answer in answers] == [
        checksum_answer(f"{n}plan") for n in range(5)
    ]
    assert backend.num_closed == 1


async def test_cancelling_the_awaiting_task_frees_its_sequences_in_one_step() -> None:
    gate = Gate()
    backend = FakeBackend(before_decode=gate)
    with running(backend) as engine:
        task = asyncio.create_task(engine.generate(request()))
        await asyncio.to_thread(gate.entered.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.opened.set()
        await asyncio.to_thread(wait_until_idle, engine)
        assert engine.stats().free_slots == backend.config.max_sequences
    assert len(backend.batches) == 1


async def test_generate_does_not_wait_for_a_long_step_after_the_deadline() -> None:
    gate = Gate()
    with running(FakeBackend(before_decode=gate)) as engine:
        with pytest.raises(DeadlineExceededError):
            await engine.generate(request(timeout_s=0.05))
        gate.opened.set()


def wait_until_idle(engine: Engine) -> None:
    deadline = time.monotonic() + 5
    while engine.stats().num_running + engine.stats().num_waiting:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_cancelled_ticket_says_so() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    ticket = engine.submit(request())
    ticket.cancel()
    engine.step()
    assert isinstance(ticket.future.exception(), GenerationCancelledError)
    ticket.cancel()  # harmless once settled
    assert not engine.step()


def test_close_finishes_what_was_accepted_and_frees_once() -> None:
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake")
    engine.start()
    tickets = [engine.submit(request(f"{n}")) for n in range(8)]
    engine.close(grace_s=5)
    engine.close()
    assert all(ticket.future.exception(timeout=0) is None for ticket in tickets)
    assert backend.num_closed == 1
    with pytest.raises(EngineError):
        engine.submit(request())


def test_close_fails_what_the_grace_time_does_not_suffice_for() -> None:
    backend = FakeBackend(before_decode=lambda batch: time.sleep(0.02))
    engine = Engine(backend, backend.config, "fake")
    engine.start()
    ticket = engine.submit(request())
    engine.close(grace_s=0.05)
    assert isinstance(ticket.future.exception(timeout=0), EngineError)
    assert backend.num_closed == 1


def test_a_dead_thread_is_seen() -> None:
    clock = FakeClock()
    backend = FakeBackend()
    engine = Engine(backend, backend.config, "fake", clock=clock)
    backend.clear = break_down  # type: ignore[method-assign]  # nothing in `step` expects this
    ticket = engine.submit(request())
    engine.start()
    assert isinstance(ticket.future.exception(timeout=5), EngineError)
    while engine._loop.is_alive:
        time.sleep(0.005)
    with pytest.raises(EngineError, match="its thread died of RuntimeError"):
        engine.submit(request())
    clock.now += 30
    assert engine.stats().heartbeat_age_s == pytest.approx(30)
    engine.close()
    assert backend.num_closed == 1


def break_down(slot: object) -> None:
    raise RuntimeError("a bug")


def test_an_idle_engine_keeps_its_heart_beating() -> None:
    with running(FakeBackend()) as engine:
        time.sleep(1.2)
        assert engine.stats().heartbeat_age_s < 1.0
