"""Who enters when, and what a batch holds."""

from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine.batch import Batch
from models.engine.params import EngineConfig, GenerationRequest
from models.engine.scheduler import ADAPTER_TURNS, READ_TOKENS_PER_S
from notes.errors import InvalidInputError, QueueFullError, SequenceTooLongError
from tests.fakes import Part, checksum_answer
from tests.unit.stage import Stage, ask, branch, read

NUM_STEPS_TO_WRITE = len(checksum_answer("")) + 1

# Batches


def writers(parts: list[Part]) -> list[str]:
    return sorted(part.request_id for part in parts if part.is_writing)


def num_read(parts: list[Part]) -> int:
    return sum(part.num_tokens for part in parts if not part.is_writing)


def start_writing(stage: Stage, *names: str) -> None:
    """Bring requests so far that each of them has its first token."""
    for name in names:
        stage.submit(ask(f"{name} says", name=name))
    stage.step(2)


def test_everybody_who_writes_gets_a_token_in_every_batch() -> None:
    stage = Stage(batch_tokens=8, max_sequences=8)
    start_writing(stage, "a")
    stage.submit(ask("x" * 200, name="long"))
    stage.step(NUM_STEPS_TO_WRITE - 1)
    for parts in stage.backend.parts[2:]:
        assert writers(parts) == ["a"]
        assert num_read(parts) == 7
    stage.step()
    assert num_read(stage.backend.parts[-1]) == 8


def test_where_somebody_writes_few_prompt_tokens_are_read() -> None:
    stage = Stage(batch_tokens=64, mixed_tokens=5)
    start_writing(stage, "a", "b")
    stage.submit(ask("x" * 200, name="long"))
    stage.submit(ask("y" * 200, name="longer"))
    stage.step(NUM_STEPS_TO_WRITE)
    mixed, alone = stage.backend.parts[2:-1], stage.backend.parts[-1]
    assert all(writers(parts) == ["a", "b"] and num_read(parts) == 5 for parts in mixed)
    assert (writers(alone), num_read(alone)) == ([], 64)


def test_what_a_grammar_forces_does_not_stall_others() -> None:
    stage = Stage(batch_tokens=20, max_sequences=20)
    for name in "abc":
        forced = branch(grammar="?" + "so forth, " * 5 if name == "a" else None)
        stage.submit(ask(f"{name} says", forced, name=name))
    stage.step(2 + 3)
    for parts in stage.backend.parts[2:]:
        num_tokens = {part.request_id: part.num_tokens for part in parts}
        assert num_tokens.pop("a") in (18, 51 - 2 * 18)
        assert num_tokens == {"b": 1, "c": 1}


def test_a_batch_is_never_larger_than_its_budget() -> None:
    stage = Stage(batch_tokens=7, max_sequences=7)
    stage.submit(ask("x" * 50))
    stage.submit(ask("y" * 50))
    stage.run()
    assert max(stage.backend.batches) == 7


def test_adapters_take_turns_and_share_batches_with_their_like() -> None:
    stage = Stage()
    for name, adapter in (("a", "calm"), ("b", None), ("c", "terse"), ("d", "calm")):
        stage.submit(ask(f"{name} says", name=name, adapter=adapter))
    stage.step(3 * ADAPTER_TURNS)
    served = [tuple(sorted({part.request_id for part in parts})) for parts in stage.backend.parts]
    turns = [(who, len(list(batches))) for who, batches in groupby(served)]
    assert [who for who, _ in turns] == [("b",), ("c",), ("a", "d"), ("b",)]
    assert {count for _, count in turns[1:3]} == {ADAPTER_TURNS}
    stage.run()
    assert all(one != other for one, other in pairwise(stage.backend.adapters))


# Turns


def order_of_turns(arrivals: list[tuple[float, int]]) -> list[int]:
    """In which order requests enter that arrive so many seconds apart with so many tokens."""
    stage = Stage(max_running=1, max_waiting=len(arrivals) or 1)
    stage.submit(ask("0", name="first"))
    stage.step()
    for number, (seconds, num_tokens) in enumerate(arrivals):
        stage.clock.now += seconds
        stage.submit(read(chr(ord("A") + number) * num_tokens, name=str(number)))
    stage.run()
    read_by = [part.request_id for parts in stage.backend.parts for part in parts]
    return [int(name) for name in dict.fromkeys(read_by) if name != "first"]


def test_those_of_the_same_length_come_in_the_order_of_their_arrival() -> None:
    assert order_of_turns([(0.1, 50)] * 5) == [0, 1, 2, 3, 4]


def test_a_short_one_passes_a_long_one_that_came_slightly_earlier() -> None:
    reading_s = 300 / READ_TOKENS_PER_S
    assert order_of_turns([(0, 300), (reading_s - 0.5, 10)]) == [1, 0]


def test_a_long_one_is_not_passed_once_it_has_waited_for_its_reading_time() -> None:
    reading_s = 300 / READ_TOKENS_PER_S
    assert order_of_turns([(0, 300), (reading_s - 0.05, 10), (0.05, 10)]) == [0, 1, 2]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 1.0]), st.integers(1, 120)), max_size=6))
def test_whoever_passes_another_came_within_its_reading_time(
    arrivals: list[tuple[float, int]],
) -> None:
    order = order_of_turns(arrivals)
    assert sorted(order) == list(range(len(arrivals)))
    came_at = [sum(seconds for seconds, _ in arrivals[: n + 1]) for n in range(len(arrivals))]
    for place, later in enumerate(order):
        for earlier in order[place + 1 :]:
            if earlier < later:  # passed
                reading_s = arrivals[earlier][1] / READ_TOKENS_PER_S
                assert came_at[later] < came_at[earlier] + reading_s


def test_the_reading_time_is_measured() -> None:
    stage = Stage(max_running=1)

    def read_ten_a_second(batch: Batch) -> None:
        stage.clock.now += batch.num_tokens / 10

    stage.backend.before_decode = read_ten_a_second
    stage.play(read("w" * 100, name="warm-up"))
    stage.backend.before_decode = lambda batch: None
    stage.submit(ask("0", name="first"))
    stage.step()
    stage.submit(read("x" * 100, name="long"))
    stage.clock.now += 8  # 100 tokens take 10 s
    stage.submit(read("y" * 10, name="short"))
    stage.run()
    read_by = [part.request_id for parts in stage.backend.parts for part in parts]
    assert read_by.index("short") < read_by.index("long")


# Room


def test_no_more_run_at_once_than_may() -> None:
    stage = Stage(max_running=2)
    tickets = [stage.submit(ask(f"{n}")) for n in range(5)]
    stage.step()
    assert (stage.engine.stats().num_running, stage.engine.stats().num_waiting) == (2, 3)
    stage.run()
    assert all(ticket.future.exception(timeout=0) is None for ticket in tickets)


def test_the_next_waits_for_slots_though_a_later_one_would_fit() -> None:
    stage = Stage(max_sequences=5)
    stage.submit(ask("one", "a", "b"))  # takes three of five slots
    stage.submit(ask("two", "a", "b"))
    stage.submit(read("three"))
    stage.step()
    assert (stage.engine.stats().num_running, stage.engine.stats().num_waiting) == (1, 2)
    stage.run()
    assert stage.engine.stats().num_finished == 3


def test_the_next_waits_for_cells_though_slots_are_free() -> None:
    stage = Stage(cache_tokens=200)
    for prefix in ("one", "two"):
        stage.submit(ask(prefix, "a"))
    stage.step()
    stats = stage.engine.stats()
    assert (stats.num_running, stats.num_waiting) == (1, 1)
    # The prefix, and of the branch its text, its answer and the token that it begins with.
    assert stats.used_cache_tokens == 3 + 1 + 100
    stage.run()
    assert stage.engine.stats().num_finished == 2


def test_who_gives_up_waiting_gives_back_nothing() -> None:
    stage = Stage(cache_tokens=200)
    stage.submit(ask("one", "a"))
    waiting = stage.submit(ask("two", "a"))
    stage.step()
    waiting.cancel()
    stage.run()  # the books are checked after each step
    assert stage.engine.stats().num_finished == 1
    stage.engine.forget()
    assert stage.is_empty()


def test_a_finished_branch_makes_room_before_its_siblings_end() -> None:
    stage = Stage(max_sequences=5, cache_tokens=200)
    stage.submit(ask("prefix", branch("a", max_tokens=5), branch("b", max_tokens=50)))
    stage.step(3)
    before = stage.engine.stats()
    stage.step(3)
    after = stage.engine.stats()
    assert after.free_slots == before.free_slots + 1
    assert after.used_cache_tokens == before.used_cache_tokens - 6
    stage.run()


# Refusals


@pytest.mark.parametrize(
    ("config", "needed", "limit"),
    [
        (EngineConfig(context_tokens=50), 12 + 4 + 100, 50),
        (EngineConfig(cache_tokens=150), 12 + 2 * (4 + 100 + 1), 150),
    ],
)
def test_what_can_never_fit_is_refused_before_any_work(
    config: EngineConfig, needed: int, limit: int
) -> None:
    stage = Stage(config=config)
    with pytest.raises(SequenceTooLongError) as caught:
        stage.submit(ask("a transcript", "risk", "plan"))
    assert caught.value.data == {"num_tokens": needed, "max_tokens": limit}
    assert not stage.step()
    assert not stage.backend.batches


def test_a_branch_after_another_needs_room_for_both() -> None:
    request = ask("prefix", branch("a", 20), branch("b", 20, after="a"))
    length = len("prefix") + 2 * (1 + 20) + 1
    assert Stage(context_tokens=length).play(request)
    with pytest.raises(SequenceTooLongError):
        Stage(context_tokens=length - 1).submit(request)


@pytest.mark.parametrize("num_branches", [1, 3])
def test_as_many_branches_as_there_are_slots(num_branches: int) -> None:
    stage = Stage(max_sequences=num_branches + 1)

    def request(count: int) -> GenerationRequest:
        return ask("prefix", *(branch(str(number), 3) for number in range(count)))

    assert len(stage.play(request(num_branches)).branches) == num_branches
    with pytest.raises(InvalidInputError):
        stage.submit(request(num_branches + 1))


def test_a_full_queue_says_when_to_come_back() -> None:
    stage = Stage(max_waiting=1, max_sequences=4, context_tokens=400)

    def take_a_second(batch: Batch) -> None:
        stage.clock.now += 1.0

    stage.backend.before_decode = take_a_second
    stage.engine.warm_up(num_prompt_tokens=20, num_new_tokens=4)  # a batch a second
    stage.submit(ask("x" * 96, max_tokens=50))
    with pytest.raises(QueueFullError) as caught:
        stage.submit(ask())
    stats = stage.engine.stats()
    expected = 100 / stats.prefill_tokens_per_s + 50 / stats.decode_tokens_per_s
    assert caught.value.data["retry_after_s"] == pytest.approx(expected, abs=1)
    assert (stats.waiting_tokens, stats.waiting_new_tokens) == (100, 50)
    assert not stage.backend.cells.slots
