"""A soak: its traffic on a fake model, what it finds, and what it makes of it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter

from bench.calm import CalmEngine
from bench.results import median_of
from bench.soak import __main__ as command
from bench.soak.adapters import write_random_adapters
from bench.soak.answers import AnswerCheck
from bench.soak.counted import CountedBackend, CountedEngine
from bench.soak.inspection import (
    MAX_GROWTH_MB,
    MB,
    Inspection,
    Round,
    faults_of,
    memory_trend,
)
from bench.soak.served import Deck, Setup, SoakedEngine
from bench.soak.visitor import UNREAD, Ending, Outcome, settled
from bench.soak.visits import KINDS
from models.engine.loading import running
from models.engine.params import (
    BranchRequest,
    BranchResult,
    Completion,
    EngineConfig,
    FinishReason,
    GenerationRequest,
    SamplingParams,
    Timings,
)
from models.engine.slots import Slot
from models.gguf.adapter import check_fits, read_adapter
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    QueueFullError,
    SequenceTooLongError,
    UnknownAdapterError,
)
from notes.prompt import ChatFormat
from tests.fakes import INVALID_GRAMMAR, FakeBackend

CONFIG = EngineConfig(
    context_tokens=8192, cache_tokens=32768, max_sequences=24, max_running=2, max_waiting=4
)
CLEAN = Inspection(
    at_s=60.0,
    num_free_slots=24,
    num_used_cells=0,
    num_occupied_slots=0,
    parked_bytes=0,
    num_open_grammars=0,
    num_accepted=50,
    num_settled=50,
    num_counted=50,
    resident_bytes=500_000_000,
    proportional_bytes=480_000_000,
    num_threads=5,
    num_handles=9,
)


def rounds_of(*inspections: Inspection) -> list[Round]:
    return [Round({("short note", "done"): 3}, each) for each in inspections]


# The engine's door for those who measure it


def test_work_is_done_in_the_engines_thread_when_it_rests() -> None:
    backend = FakeBackend(CONFIG)
    with running(CalmEngine(backend, CONFIG)) as engine:
        request = GenerationRequest("a", "A prefix.", (BranchRequest("x", "Go on", 5),))
        engine.submit(request)

        def work() -> tuple[str, int]:
            engine.forget()
            return threading.current_thread().name, engine.stats().num_running

        assert engine.when_idle(work) == ("engine", 0)
        assert engine.stats().used_cache_tokens == backend.num_used_cells == 0


def test_an_error_in_that_work_is_the_callers() -> None:
    with running(CalmEngine(FakeBackend(CONFIG), CONFIG)) as engine:
        with pytest.raises(ZeroDivisionError):
            engine.when_idle(lambda: 1 // 0)
        assert engine.when_idle(lambda: 7) == 7


# Its traffic


@contextmanager
def soaked(backend: FakeBackend) -> Iterator[SoakedEngine]:
    setup = Setup(
        model_path=Path("fake.gguf"),
        config=CONFIG,
        sampling=SamplingParams(),
        chat_format=ChatFormat.CHATML,
        sessions=None,
        adapters={"one": Path("one.gguf"), "two": Path("two.gguf")},
        seed=1,
    )
    counted = CountedBackend(backend)
    with running(CountedEngine(counted, CONFIG, setup.adapters.keys())) as engine:
        yield SoakedEngine(engine, counted, setup)


@pytest.fixture(autouse=True)
def _small_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.soak.requests.SHORT", (20, 40))
    monkeypatch.setattr("bench.soak.requests.LONG", (40, 80))
    monkeypatch.setattr("bench.soak.requests.UNREADABLE", INVALID_GRAMMAR)
    monkeypatch.setattr("bench.soak.visitor._BEFORE_LEAVING_S", (0.0, 0.02))
    monkeypatch.setattr("bench.soak.served._AFTER_REFUSAL_S", 0.01)


def test_a_sound_engine_comes_through_every_kind_of_visit() -> None:
    backend = FakeBackend(CONFIG)
    met: set[str] = set()
    with soaked(backend) as engine:
        rounds = []
        while met < {kind.name for kind in KINDS}:
            rounds.append(engine.round(0.2))
            met |= {kind for kind, _ in rounds[-1].endings}
    assert faults_of(rounds, CONFIG.max_sequences) == []
    assert rounds[-1].inspection.num_accepted > 0
    assert backend.num_used_cells == backend.num_open_grammars == 0
    assert backend.adapters.count("one") > 0


def test_cells_that_the_library_still_holds_are_seen() -> None:
    backend, lost = FakeBackend(CONFIG), Slot(5)
    with soaked(backend) as engine:
        backend.cells.write(lost, 0, [1, 2, 3])
        inspection = engine.round(0.0).inspection
        assert (inspection.num_occupied_slots, inspection.num_used_cells) == (1, 0)


def test_what_the_engine_does_not_give_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engine.sampler.Sampler.close", lambda _: None)
    with soaked(FakeBackend(CONFIG)) as engine:
        rounds = [engine.round(0.1)]
    assert any("grammars were not closed" in fault for fault in faults_of(rounds, 24))


def test_open_grammars_are_counted_with_their_clones() -> None:
    counted = CountedBackend(FakeBackend(CONFIG))
    grammar = counted.open_grammar("abc")
    clone = grammar.clone()
    assert counted.open_grammars.value == 2
    clone.close()
    grammar.close()
    assert counted.open_grammars.value == 0


def test_a_deck_has_every_kind_as_often_as_it_weighs() -> None:
    deck, same = Deck(seed=7), Deck(seed=7)
    size = sum(kind.weight for kind in KINDS)
    drawn = [deck.draw() for _ in range(size)]
    for kind in KINDS:
        assert [each for each, _ in drawn].count(kind) == kind.weight
    again = [same.draw() for _ in range(size)]
    assert [kind for kind, _ in drawn] == [kind for kind, _ in again]
    assert [rng.random() for _, rng in drawn] == [rng.random() for _, rng in again]
    assert [deck.draw()[0] for _ in range(size)] != [kind for kind, _ in drawn]


# How requests end


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (None, Ending(Outcome.DONE)),
        (QueueFullError(retry_after_s=3), Ending(Outcome.FULL)),
        (DeadlineExceededError(timeout_s=1), Ending(Outcome.DEADLINE)),
        (GenerationCancelledError(), Ending(Outcome.CANCELLED)),
        (SequenceTooLongError(num_tokens=9, max_tokens=8), Ending(Outcome.WRONG)),
        (UnknownAdapterError(adapter="a", allowed="none"), Ending(Outcome.WRONG)),
        (EngineError(reason=UNREAD), Ending(Outcome.WRONG)),
    ],
)
def test_an_ending_has_a_name(error: Exception | None, ending: Ending) -> None:
    assert asyncio.run(settled(work_that_raises(error))) == ending


def test_what_must_not_happen_is_kept_with_its_reason() -> None:
    ending = asyncio.run(settled(work_that_raises(EngineError(reason="its thread died"))))
    assert (ending.outcome, ending.fault) == (
        Outcome.FAILED,
        "The engine stopped: its thread died.",
    )
    unsaid = asyncio.run(settled(work_that_raises(QueueFullError(retry_after_s=0))))
    assert unsaid.fault == "a full queue did not say when to come back"


async def work_that_raises(error: Exception | None) -> None:
    if error is not None:
        raise error


def answered(text: str, reason: FinishReason, num_tokens: int = 3) -> Completion:
    result = BranchResult("x", text, num_tokens, reason, 0.0, num_tokens)
    return Completion("a", "fake", (result,), 10, Timings(0, 0, 0))


@pytest.mark.parametrize(
    ("text", "reason", "fault"),
    [
        ("abc", FinishReason.STOP, ""),
        ("ab", FinishReason.LENGTH, ""),
        ("ab\N{REPLACEMENT CHARACTER}", FinishReason.LENGTH, ""),
        ("ab", FinishReason.STOP, "a text ends where its grammar goes on"),
        ("abd", FinishReason.STOP, "a text breaks its grammar"),
    ],
)
def test_an_answer_is_read_with_its_grammar(text: str, reason: FinishReason, fault: str) -> None:
    check = AnswerCheck(FakeBackend(CONFIG))
    request = GenerationRequest("a", "p", (BranchRequest("x", "q", 3, grammar="abc$"),))
    assert check.fault(request, answered(text, reason)) == fault


def test_an_answer_is_whole_and_no_longer_than_asked_for() -> None:
    check = AnswerCheck(FakeBackend(CONFIG))
    two = (BranchRequest("x", "q", 3), BranchRequest("y", "q", 3))
    done = answered("abc", FinishReason.STOP)
    assert check.fault(GenerationRequest("a", "p", two), done) == "an answer lacks a branch"
    request = GenerationRequest("a", "p", two[:1])
    long = answered("abcd", FinishReason.STOP, num_tokens=4)
    assert check.fault(request, long) == "a text is longer than it may be"
    assert check.stream_fault(request, {"x": "anything"}) == ""


# What is made of it


def test_nothing_is_wrong_with_a_clean_run() -> None:
    later = replace(CLEAN, at_s=120.0, num_accepted=90, num_settled=90, num_counted=90)
    assert faults_of(rounds_of(CLEAN, later), num_slots=24) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"num_free_slots": 22}, "2 slots were not given back"),
        ({"num_used_cells": 7}, "7 cells of the cache count as used"),
        ({"num_occupied_slots": 1}, "llama.cpp holds cells for 1 slots"),
        ({"parked_bytes": 9}, "9 bytes are still parked"),
        ({"num_open_grammars": 3}, "3 grammars were not closed"),
        ({"num_settled": 49}, "50 requests were accepted, 49 settled"),
        ({"num_counted": 51}, "the engine counts 51"),
        ({"num_threads": 6}, "6 threads instead of 5"),
        ({"num_handles": 10}, "10 open files instead of 9"),
    ],
)
def test_each_leak_has_a_sentence(changes: dict[str, int], words: str) -> None:
    (fault,) = faults_of(rounds_of(CLEAN, replace(CLEAN, **changes)), num_slots=24)
    assert fault.startswith("After round 2: ")
    assert words in fault


def test_a_wrong_ending_has_a_sentence() -> None:
    bad = Round({}, CLEAN, {"late ended as never settled": 2})
    assert faults_of([bad], num_slots=24) == ["In round 1, 2 x: late ended as never settled."]


def with_memory(*megabytes: float) -> list[Inspection]:
    return [
        replace(CLEAN, at_s=60.0 * number, resident_bytes=round(each * MB))
        for number, each in enumerate(megabytes, start=1)
    ]


def test_memory_that_settles_is_no_leak() -> None:
    settling = with_memory(400, 600, 601, 600, 602, 601, 600, 601)
    trend = memory_trend(settling)
    assert trend is not None
    assert abs(trend.growth_mb) < 2
    assert faults_of(rounds_of(*settling), num_slots=24) == []


def test_memory_that_grows_on_is_one() -> None:
    growing = with_memory(*(500 + 10 * number for number in range(12)))
    trend = memory_trend(growing)
    assert trend is not None
    assert trend.mb_per_hour == pytest.approx(600)
    assert trend.growth_mb == pytest.approx(80)
    assert trend.growth_mb > MAX_GROWTH_MB
    (fault,) = faults_of(rounds_of(*growing), num_slots=24)
    assert "grew by 80 MB" in fault


def test_two_looks_make_no_trend() -> None:
    assert memory_trend(with_memory(500, 900)) is None


def test_rows_and_figures_are_of_all_rounds() -> None:
    rounds = rounds_of(*with_memory(500, 502, 501, 503))
    rows = command.rows_of(rounds)
    assert median_of(rows, "short note: done", "our engine") == 12
    assert rows[1].values == (500.0, 502.0, 501.0, 503.0)
    figures = command.figures_of(rounds, ["a fault"])
    assert (figures["faults"], figures["requests"], figures["minutes"]) == (1, 12, 4.0)


@pytest.mark.parametrize(("inspection", "status"), [(CLEAN, 0), (None, 1)])
def test_the_exit_status_says_whether_something_leaked(
    inspection: Inspection | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    found = inspection or replace(CLEAN, num_free_slots=23)
    monkeypatch.setattr(command, "prepared", no_ground)
    monkeypatch.setattr(command, "_setup", lambda *_: NO_SETUP)
    monkeypatch.setattr(command, "_soak", lambda *_: rounds_of(found))
    assert command.main(["--quick", "--out", str(tmp_path / "soak.json")]) == status
    assert ("1 slots were not given back" in capsys.readouterr().err) is bool(status)
    assert (tmp_path / "soak.json").exists()


class NoGround:
    """Has a model's name."""

    class target:
        label = "none"


@contextmanager
def no_ground(_: object) -> Iterator[NoGround]:
    yield NoGround()


NO_SETUP = Setup(Path(), CONFIG, SamplingParams(), ChatFormat.CHATML, None, {}, 1)


# Adapters


def test_random_adapters_fit_their_base(tmp_path: Path) -> None:
    base = tmp_path / "base.gguf"
    writer = GGUFWriter(base, "phi3")
    weights = np.random.default_rng(1).normal(size=(24, 16)).astype(np.float32)  # 16 in, 24 out
    writer.add_tensor("blk.0.attn_output.weight", weights)
    writer.add_tensor("output_norm.weight", np.ones(16, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    paths = write_random_adapters(base, tmp_path, 2)
    assert len(paths) == 2
    for path in paths.values():
        read_adapter(path, "phi3")
        check_fits(path, base)
    one, two = (path.read_bytes() for path in paths.values())
    assert one != two
