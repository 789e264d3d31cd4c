"""The engine's behaviour, one situation a test."""

import logging
import pickle
import re

import pytest

from models.engine.affinity import BLOCK_CHARS, block_digests
from models.engine.batch import Batch
from models.engine.params import EngineConfig, FinishReason, GenerationRequest
from notes.errors import (
    ConfigurationError,
    DeadlineExceededError,
    EngineError,
    InvalidInputError,
    UnknownAdapterError,
)
from tests.fakes import BROKEN, INVALID_GRAMMAR, checksum_answer
from tests.unit.stage import Stage, ask, branch, read

# Answers


def test_branches_share_one_prefix_and_keep_their_order() -> None:
    stage = Stage()
    completion = stage.play(ask("a transcript", "risk", "plan"))
    assert [(result.key, result.text) for result in completion.branches] == [
        ("risk", checksum_answer("a transcriptrisk")),
        ("plan", checksum_answer("a transcriptplan")),
    ]
    assert completion.num_prompt_tokens == len("a transcript") + len("risk") + len("plan")
    assert (completion.model, completion.request_id) == ("fake", "r1")
    assert stage.num_read("r1") == len("a transcript")
    assert stage.num_read("r1", "risk") == len("risk")


def test_a_branch_without_text_begins_after_the_prefix() -> None:
    texts = Stage().texts(ask("a transcript", "", "plan"))
    assert texts == [checksum_answer("a transcript"), checksum_answer("a transcriptplan")]


def test_a_request_may_have_no_prefix() -> None:
    assert Stage().texts(ask("", "plan")) == [checksum_answer("plan")]


def test_a_branch_may_continue_another_and_its_answer() -> None:
    stage = Stage()
    request = ask("a transcript", "risk", branch("plan", after="risk"), branch("end", after="plan"))
    first = "a transcriptrisk" + checksum_answer("a transcriptrisk")
    second = first + "plan" + checksum_answer(first + "plan")
    assert stage.texts(request) == [
        checksum_answer("a transcriptrisk"),
        checksum_answer(first + "plan"),
        checksum_answer(second + "end"),
    ]


def test_what_continues_a_branch_sees_its_answer_as_it_was_cut() -> None:
    seen = []

    def answer(prompt: str) -> str:
        seen.append(prompt)
        return "calm and friendly"

    request = ask("t:", branch("a:", max_tokens=4), branch("b:", 2, after="a:"))
    assert Stage(answer).texts(request) == ["calm", "ca"]
    assert set(seen) == {"t:a:", "t:a:calmb:"}


def test_a_request_without_branches_only_reads() -> None:
    stage = Stage()
    completion = stage.play(read("a transcript"))
    assert (completion.branches, completion.num_tokens) == ((), 0)
    assert stage.backend.batches == [len("a transcript")]
    assert completion.timings.total_s == 0.0


def test_finish_reasons() -> None:
    stage = Stage(answer=lambda prompt: "calm. STOP more")
    request = ask("p", branch("a", stop=("STOP",)), branch("b", max_tokens=4), branch("c"))
    results = stage.play(request).branches
    assert [(result.text, result.finish_reason) for result in results] == [
        ("calm. ", FinishReason.STOP),
        ("calm", FinishReason.LENGTH),
        ("calm. STOP more", FinishReason.STOP),
    ]


def test_characters_of_several_tokens_stay_whole() -> None:
    stage = Stage(answer=lambda prompt: " Müde, 疲れた, 😔.")
    assert stage.texts(ask()) == [" Müde, 疲れた, 😔."]


def test_timings_follow_the_clock() -> None:
    stage = Stage(answer=lambda prompt: "ab")

    def take_a_second(batch: Batch) -> None:
        stage.clock.now += 1.0

    stage.backend.before_decode = take_a_second
    ticket = stage.submit(ask())
    stage.clock.now += 2.0
    stage.run()
    timings = ticket.future.result(timeout=0).timings
    # Prefix and branch are read in a step each; "a" comes with the second, "b" and the end after.
    assert (timings.queued_s, timings.prefill_s, timings.decode_s) == (2.0, 2.0, 2.0)
    assert timings.total_s == 6.0


def test_a_completion_names_its_adapter() -> None:
    stage = Stage()
    assert stage.play(ask(adapter="calm")).model == "fake+calm"
    with pytest.raises(UnknownAdapterError) as caught:
        stage.submit(ask(adapter="furious"))
    assert caught.value.data == {"allowed": "calm, terse"}
    assert stage.engine.stats().num_waiting == 0


def test_a_prefix_is_announced_under_its_adapter() -> None:
    text, told = "x" * BLOCK_CHARS, []
    for adapter in (None, "calm"):
        stage = Stage()
        stage.play(ask(text, adapter=adapter))
        told.append(stage.engine.held_digests())
    assert told == [block_digests(text), block_digests(text, "calm")]
    assert told[0] != told[1]


def test_what_crosses_processes_pickles() -> None:
    stage = Stage()
    values = (ask(), stage.play(ask()), stage.engine.stats(), stage.config)
    for value in values:
        assert pickle.loads(pickle.dumps(value)) == value


# What is refused


@pytest.mark.parametrize(
    "nonsense",
    [
        read(""),
        ask("", ""),
        ask("", "plan", ""),  # the second would begin with nothing
        ask("prefix", branch("a", max_tokens=0)),
        ask("prefix", branch("a", after="b"), "b"),
        ask("prefix", branch("a", after="a")),
        ask("prefix", *("abcd" * (EngineConfig().max_sequences // 4))),
    ],
)
def test_requests_without_sense_are_refused(nonsense: GenerationRequest) -> None:
    stage = Stage()
    with pytest.raises(InvalidInputError):
        stage.submit(nonsense)
    assert stage.engine.stats().num_waiting == 0


@pytest.mark.parametrize(
    "limits",
    [
        {"max_sequences": 1},
        {"max_sequences": 257, "batch_tokens": 257},
        {"batch_tokens": 8},
        {"cache_tokens": 0},
        {"max_waiting": 0},
        {"max_running": 0},
        {"mixed_tokens": 0},
        {"idle_cache_tokens": -1},
        {"parked_bytes": -1},
    ],
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

    stage = Stage(before_decode=fail_once, batch_tokens=16, max_sequences=4)
    failing = stage.submit(ask("x" * 40))
    waiting = stage.submit(ask("y" * 40))
    stage.run()
    assert isinstance(failing.future.exception(timeout=0), EngineError)
    [result] = waiting.future.result(timeout=0).branches
    assert result.text == checksum_answer("y" * 40 + "plan")
    stats = stage.engine.stats()
    assert (stats.num_finished, stats.num_failed) == (1, 1)
    stage.engine.forget()
    assert stage.is_empty()


def test_a_foreign_error_is_named_without_its_message() -> None:
    def fail(batch: Batch) -> None:
        raise ValueError("words of the patient")

    stage = Stage(before_decode=fail)
    ticket = stage.submit(ask())
    stage.run()
    message = str(ticket.future.exception(timeout=0))
    assert re.fullmatch(r"The engine stopped: ValueError at test_engine_engine\.py:\d+\.", message)


def test_a_failing_sampler_fails_its_request_only() -> None:
    def answer(prompt: str) -> str:
        return f" so{BROKEN}" if prompt.startswith("bad") else " fine."

    stage = Stage(answer)
    bad, good = stage.submit(ask("bad", "a", "b")), stage.submit(ask("good", "a", "b"))
    stage.run()
    assert isinstance(bad.future.exception(timeout=0), EngineError)
    results = good.future.result(timeout=0).branches
    assert [result.text for result in results] == [" fine.", " fine."]
    stage.engine.forget()
    assert stage.is_empty()


def test_an_unreadable_grammar_fails_its_request_only() -> None:
    stage = Stage()
    bad = stage.submit(ask("prefix", branch("a", 9), branch("b", 9, grammar=INVALID_GRAMMAR)))
    good = stage.submit(ask())
    stage.run()
    assert isinstance(bad.future.exception(timeout=0), EngineError)
    assert good.future.exception(timeout=0) is None
    assert stage.backend.num_open_grammars == 0


def test_a_listener_that_fails_ends_its_request_only() -> None:
    def fail(delta: object) -> None:
        raise ValueError

    stage = Stage()
    bad, good = stage.submit(ask("bad"), fail), stage.submit(ask("good"))
    stage.run()
    assert isinstance(bad.future.exception(timeout=0), EngineError)
    assert good.future.exception(timeout=0) is None


def test_a_passed_deadline_fails_running_and_waiting() -> None:
    stage = Stage(max_sequences=2)
    tickets = [stage.submit(ask(timeout_s=5)) for _ in range(2)]
    stage.step()
    stage.clock.now += 5.1
    assert not stage.step()
    for ticket in tickets:
        assert isinstance(ticket.future.exception(timeout=0), DeadlineExceededError)
    stage.engine.forget()
    assert stage.is_empty()


def test_logs_hold_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage = Stage(answer=lambda prompt: " secretanswer")
    stage.play(ask("secretprefix", "secretbranch"))
    assert caplog.records
    assert not any("secret" in str(record.__dict__) for record in caplog.records)
