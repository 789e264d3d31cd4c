"""How requests and the engine itself end: cancelled, interrupted, closed, dead."""

import asyncio
import time

import pytest

from models.engine.batch import Batch
from notes.errors import DeadlineExceededError, EngineError, GenerationCancelledError
from tests.fakes import checksum_answer
from tests.unit.stage import Gate, Stage, ask, read, threaded, wait_until

# Cancellation


def test_a_cancelled_ticket_says_so() -> None:
    stage = Stage()
    ticket = stage.submit(ask())
    ticket.cancel()
    assert not stage.step()
    assert isinstance(ticket.future.exception(timeout=0), GenerationCancelledError)
    ticket.cancel()  # harmless once settled
    assert not stage.step()


def test_whoever_owns_most_of_a_batch_ends_the_decode_under_way() -> None:
    stage = Stage()
    large = stage.submit(ask("x" * 40))
    small = stage.submit(ask("y" * 30))
    stage.backend.before_decode = lambda batch: large.cancel()
    stage.step()
    assert stage.backend.num_aborted == 1
    stage.backend.before_decode = lambda batch: None
    stage.run()
    assert isinstance(large.future.exception(timeout=0), GenerationCancelledError)
    [result] = small.future.result(timeout=0).branches
    assert result.text == checksum_answer("y" * 30 + "plan")


def test_an_aborted_step_is_undone_for_those_who_write() -> None:
    stage = Stage()
    writer = stage.submit(ask("short", "risk", "plan"))
    stage.step(4)
    leaving = stage.submit(ask("x" * 40))
    stage.backend.before_decode = lambda batch: leaving.cancel()
    stage.step()
    assert stage.backend.num_aborted == 1
    stage.backend.before_decode = lambda batch: None
    stage.run()
    assert [result.text for result in writer.future.result(timeout=0).branches] == [
        checksum_answer("shortrisk"),
        checksum_answer("shortplan"),
    ]


def test_whoever_owns_little_of_a_batch_leaves_after_it() -> None:
    stage = Stage()
    stage.submit(ask("x" * 40))
    small = stage.submit(ask("y" * 30))
    stage.backend.before_decode = lambda batch: small.cancel()
    stage.step(2)
    assert stage.backend.num_aborted == 0
    assert isinstance(small.future.exception(timeout=0), GenerationCancelledError)


def test_cancelling_one_of_two_that_left_together_ends_the_decode() -> None:
    stage = Stage()
    tickets = [stage.submit(ask(text * 40)) for text in "xyz"]

    def leave(batch: Batch) -> None:
        tickets[0].cancel()
        assert not stage.backend._is_aborted
        tickets[1].cancel()

    stage.backend.before_decode = leave
    stage.step()
    assert stage.backend.num_aborted == 1


def test_what_is_only_read_is_not_interrupted() -> None:
    """Its step is spent for whoever reads on, and else a session might never get ahead."""
    stage = Stage(batch_tokens=64)
    ticket = stage.submit(read("x" * 100))
    stage.backend.before_decode = lambda batch: ticket.cancel()
    stage.step(2)
    assert isinstance(ticket.future.exception(timeout=0), GenerationCancelledError)
    assert stage.backend.num_aborted == 0
    stage.backend.before_decode = lambda batch: None
    stage.play(read("x" * 101, name="r2"))
    assert stage.num_read("r2") == 101 - 64


# With its thread


async def test_generate_runs_requests_side_by_side() -> None:
    stage = Stage()
    with threaded(stage) as engine:
        answers = await asyncio.gather(*(engine.generate(ask(f"{n}")) for n in range(5)))
    assert [answer.branches[0].text for answer in answers] == [
        checksum_answer(f"{n}plan") for n in range(5)
    ]
    assert stage.backend.num_closed == 1


async def test_cancelling_the_awaiting_task_ends_the_step_under_way() -> None:
    gate = Gate()
    stage = Stage(before_decode=gate)
    with threaded(stage) as engine:
        task = asyncio.create_task(engine.generate(ask()))
        await asyncio.to_thread(gate.entered.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.opened.set()
        await asyncio.to_thread(wait_until, lambda: engine.stats().num_failed == 1)
    assert (stage.backend.num_aborted, stage.backend.batches) == (1, [])
    assert stage.is_empty()


async def test_generate_does_not_wait_for_a_long_step_after_the_deadline() -> None:
    gate = Gate()
    with threaded(Stage(before_decode=gate)) as engine:
        with pytest.raises(DeadlineExceededError):
            await engine.generate(ask(timeout_s=0.05))
        gate.opened.set()


def test_close_finishes_what_was_accepted_and_frees_once() -> None:
    stage = Stage()
    stage.engine.start()
    tickets = [stage.submit(ask(f"{n}")) for n in range(8)]
    stage.engine.close(grace_s=10)
    stage.engine.close()
    assert all(ticket.future.exception(timeout=0) is None for ticket in tickets)
    assert stage.backend.num_closed == 1
    assert not stage.engine.is_alive
    with pytest.raises(EngineError):
        stage.submit(ask())


def test_close_fails_what_the_grace_time_does_not_suffice_for() -> None:
    stage = Stage(before_decode=lambda batch: time.sleep(0.02), max_running=1)
    stage.engine.start()
    running, waiting = stage.submit(ask("one")), stage.submit(ask("two"))
    stage.engine.close(grace_s=0.05)
    for ticket in (running, waiting):
        assert isinstance(ticket.future.exception(timeout=0), EngineError)
    assert stage.backend.num_closed == 1


def test_an_engine_that_hangs_tells_everybody_and_frees_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.engine.loop.LAST_STEP_S", 0.01)
    gate = Gate()
    stage = Stage(before_decode=gate, max_running=1)
    stage.engine.start()
    running, waiting = stage.submit(ask("one")), stage.submit(ask("two"))
    assert gate.entered.wait(10)
    stage.engine.close(grace_s=0.01)
    for ticket in (running, waiting):
        assert isinstance(ticket.future.exception(timeout=0), EngineError)
    gate.opened.set()
    wait_until(lambda: not stage.engine.is_alive)
    assert stage.backend.num_closed == 0


def test_an_engine_that_never_ran_tells_everybody_when_it_closes() -> None:
    stage = Stage()
    ticket = stage.submit(ask())
    stage.engine.close()
    assert isinstance(ticket.future.exception(timeout=0), EngineError)


def test_a_dead_thread_is_seen_and_tells_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(rows: list[int]) -> None:
        raise RuntimeError("words of the patient")  # nothing in `step` expects this

    stage = Stage(max_running=1)
    monkeypatch.setattr(stage.backend, "logits", break_down)
    running, waiting = stage.submit(ask("one")), stage.submit(ask("two"))
    stage.engine.start()
    for ticket in (running, waiting):
        error = ticket.future.exception(timeout=10)
        assert isinstance(error, EngineError)
        assert "its thread died of RuntimeError" in str(error)
        assert "patient" not in str(error)
    wait_until(lambda: not stage.engine.is_alive)
    with pytest.raises(EngineError, match="its thread died of RuntimeError"):
        stage.submit(ask())
    stage.clock.now += 30
    assert stage.engine.stats().heartbeat_age_s == pytest.approx(30)
    stage.engine.close()
    assert stage.backend.num_closed == 1


def test_an_idle_engine_keeps_its_heart_beating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engine.loop.IDLE_S", 0.01)
    stage = Stage()
    with threaded(stage) as engine:
        for _ in range(2):
            stage.clock.now += 30
            wait_until(lambda: engine.stats().heartbeat_age_s == 0)
