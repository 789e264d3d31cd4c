"""What callers hear while an answer is written, and sessions that are read as they arrive."""

import asyncio
from collections import defaultdict
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine.affinity import BLOCK_CHARS, block_digests
from models.engine.batch import Batch
from models.engine.params import GenerationRequest, TextDelta
from notes.errors import DeadlineExceededError, EngineError, QueueFullError, UnknownAdapterError
from tests.fakes import complete
from tests.unit.stage import Gate, Stage, ask, branch, read, threaded, wait_until

# Deltas


class Listener:
    """Collects what it is told of each branch."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str]] = defaultdict(list)

    def __call__(self, delta: TextDelta) -> None:
        self.heard[delta.key].append(delta.text)

    def text(self, key: str) -> str:
        return "".join(self.heard[key])


def listen(stage: Stage, request: GenerationRequest) -> Listener:
    """Run a request; what was heard of each branch must be its text."""
    listener = Listener()
    ticket = stage.submit(request, listener)
    stage.run()
    for result in ticket.future.result(timeout=0).branches:
        assert listener.text(result.key) == result.text
        assert all(listener.heard[result.key]), "nobody is told nothing"
    return listener


def test_every_token_is_told_when_it_is_chosen() -> None:
    listener = listen(Stage(answer=lambda prompt: "calm"), ask("p", "risk", "plan"))
    assert listener.heard == {"risk": [*"calm"], "plan": [*"calm"]}


def test_what_a_grammar_forces_is_told_at_once() -> None:
    stage = Stage(answer=lambda prompt: "ab")
    listener = listen(stage, ask("p", branch("plan", grammar="Plan: ?, ?.$")))
    assert listener.heard["plan"] == ["Plan: ", "a, ", "b."]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("aé疲😔.\n", max_size=12), min_size=1, max_size=3),
    st.lists(st.sampled_from(["\n", "a.", "疲😔"]), max_size=2, unique=True),
    st.integers(1, 30),
)
def test_deltas_are_whole_characters_and_hold_no_stop_string(
    answers: list[str], stop: list[str], max_tokens: int
) -> None:
    stage = Stage(answer=lambda prompt: answers[int(prompt[-1])])
    branches = (branch(str(n), max_tokens, stop=tuple(stop)) for n in range(len(answers)))
    listener = listen(stage, ask("p", *branches))
    for number, answer in enumerate(answers):
        text = listener.text(str(number))
        assert answer.startswith(text)
        assert not any(each in text for each in stop)


def test_stop_strings_are_held_back_until_they_can_not_come() -> None:
    stage = Stage(answer=lambda prompt: "ab-b--c")
    listener = listen(stage, ask("p", branch("plan", stop=("--c",))))
    assert listener.text("plan") == "ab-b"


async def test_a_stream_ends_with_the_answer() -> None:
    stage = Stage()
    request = ask("p", "risk", branch("plan", grammar="So: "))
    with threaded(stage) as engine:
        deltas = [delta async for delta in engine.stream(request)]
        completion = await engine.generate(request)
    for result in completion.branches:
        assert "".join(d.text for d in deltas if d.key == result.key) == result.text
    assert complete("So: ", "") in completion.branches[1].text


async def test_whoever_stops_listening_frees_the_sequences() -> None:
    stage = Stage(answer=lambda prompt: "so " * 300, context_tokens=1200)
    with threaded(stage) as engine:
        async with aclosing(engine.stream(ask("p", max_tokens=1000))) as deltas:
            async for delta in deltas:
                assert delta.text == "s"
                break
        await asyncio.to_thread(wait_until, lambda: engine.stats().num_failed == 1)
        assert engine.stats().num_running == 0
    assert len(stage.backend.batches) < 900


async def test_errors_are_raised_to_the_listener() -> None:
    def fail_later(batch: Batch) -> None:
        if len(stage.backend.parts) == 4:
            raise EngineError(reason="llama_decode returned -3")

    stage = Stage(before_decode=fail_later)
    with threaded(stage) as engine:
        deltas = engine.stream(ask())
        heard = [await anext(deltas) for _ in range(3)]
        with pytest.raises(EngineError, match="-3"):
            await anext(deltas)
        with pytest.raises(UnknownAdapterError):
            await anext(engine.stream(ask(adapter="furious")))
    assert [delta.text for delta in heard] == [*" No"]


async def test_a_deadline_ends_a_stream() -> None:
    def take_a_second(batch: Batch) -> None:
        stage.clock.now += 1.0

    stage = Stage(before_decode=take_a_second)
    with threaded(stage) as engine, pytest.raises(DeadlineExceededError):
        async for _ in engine.stream(ask(timeout_s=5)):
            pass


async def test_a_stream_does_not_wait_for_a_long_step_after_its_deadline() -> None:
    gate = Gate()
    with threaded(Stage(before_decode=gate)) as engine:
        with pytest.raises(DeadlineExceededError):
            await anext(engine.stream(ask(timeout_s=0.05)))
        gate.opened.set()


# Warm sessions

SESSION = "T: How are you? C: Not so well. " * 4
MORE = "T: Since when? "


async def test_only_what_was_added_is_read_and_the_note_starts_from_there() -> None:
    stage = Stage()
    with threaded(stage) as engine:
        for text in (SESSION, SESSION + MORE, SESSION + MORE):
            await engine.prefill("s1", text)
        completion = await engine.generate(ask(SESSION + MORE + "C: May.", name="note"))
    assert stage.num_read("s1/prefill") == len(SESSION) + len(MORE)
    assert stage.num_read("note") == len("C: May.")
    assert completion.branches[0].text == stage.backend.answer(SESSION + MORE + "C: May.plan")


async def test_a_prefill_of_nothing_is_nothing() -> None:
    stage = Stage()
    await stage.engine.prefill("s1", "")
    assert stage.engine.stats().num_waiting == 0


@pytest.mark.parametrize("parked_bytes", [0, 1_000_000])
async def test_a_prefill_survives_that_its_session_left_the_cache(parked_bytes: int) -> None:
    stage = Stage(idle_cache_tokens=0, parked_bytes=parked_bytes)
    with threaded(stage) as engine:
        await engine.prefill("s1", SESSION)
        await engine.prefill("s2", "something else")
        await asyncio.to_thread(wait_until, lambda: engine.stats().used_cache_tokens == 0)
        await engine.prefill("s1", SESSION + MORE)
        completion = await engine.generate(ask(SESSION + MORE))
    again = 0 if parked_bytes else len(SESSION)
    assert stage.num_read("s1/prefill") == len(SESSION) + again + len(MORE)
    assert completion.branches[0].text == stage.backend.answer(SESSION + MORE + "plan")


async def test_a_newer_text_takes_the_place_of_the_one_that_is_read() -> None:
    """What has been read by then is not lost: turns may come faster than steps."""
    gate = Gate()
    stage = Stage(before_decode=gate, batch_tokens=64)
    with threaded(stage) as engine:
        older = asyncio.create_task(engine.prefill("s1", SESSION))
        await asyncio.to_thread(gate.entered.wait, 10)
        newer = asyncio.create_task(engine.prefill("s1", SESSION + MORE))
        other = asyncio.create_task(engine.prefill("s2", MORE))
        await asyncio.to_thread(wait_until, lambda: engine.stats().num_waiting == 2)
        gate.opened.set()
        await asyncio.gather(older, newer, other)
        assert (engine.stats().num_finished, engine.stats().num_failed) == (2, 1)
    assert stage.num_read("s1/prefill") == len(SESSION + MORE)
    assert stage.backend.num_aborted == 0
    assert not stage.engine._warming


async def test_a_newer_text_keeps_the_turn_of_the_older_one() -> None:
    gate = Gate()
    stage = Stage(before_decode=gate, max_running=1)
    with threaded(stage) as engine:
        calls = [asyncio.create_task(engine.prefill("s0", "x"))]
        await asyncio.to_thread(gate.entered.wait, 10)
        for session, text in (("s1", "y" * 50), ("s2", "z" * 50), ("s1", "y" * 60)):
            calls.append(asyncio.create_task(engine.prefill(session, text)))
            await asyncio.sleep(0)  # it is queued
            stage.clock.now += 1
        gate.opened.set()
        await asyncio.gather(*calls)
    read_by = [part.request_id for parts in stage.backend.parts for part in parts]
    assert read_by == ["s0/prefill", "s1/prefill", "s2/prefill"]
    assert stage.num_read("s1/prefill") == 60


async def test_a_corrected_text_keeps_what_it_begins_with() -> None:
    stage = Stage()
    with threaded(stage) as engine:
        await engine.prefill("s1", SESSION + "teh")
        await engine.prefill("s1", SESSION + "the")
    assert stage.num_read("s1/prefill") == len(SESSION) + len("teh") + len("he")


async def test_a_prefill_that_can_not_be_queued_says_so() -> None:
    stage = Stage(max_waiting=1)
    stage.submit(read("x"))
    with pytest.raises(QueueFullError):
        await stage.engine.prefill("s1", SESSION)
    with pytest.raises(UnknownAdapterError):
        await stage.engine.prefill("s1", SESSION, adapter="furious")
    assert not stage.engine._warming


async def test_the_prefixes_that_are_held_are_told_by_their_digests() -> None:
    stage = Stage()
    text = "x" * BLOCK_CHARS + "y" * BLOCK_CHARS
    with threaded(stage) as engine:
        await engine.prefill("s1", text)
        assert set(engine.held_digests()) == set(block_digests(text))
    assert len(block_digests(text)) == 2
