"""Prefixes that left the cache: kept within bounds, and brought back where that saves reading."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.engine.kv_cache import MIN_GAIN_TOKENS
from models.engine.params import EngineConfig
from models.engine.parking import MIN_TOKENS, ParkingLot, State
from tests.fakes import FakeCells, checksum_answer
from tests.unit.stage import Stage, ask, read

STATE_BYTES = 8  # a token's, in the fake's states

# The lot


def state(num_bytes: int) -> State:
    return np.zeros(num_bytes, dtype=np.uint8)


def test_the_longest_beginning_is_found_under_its_adapter() -> None:
    lot = ParkingLot(100)
    lot.put(None, (1, 2, 3), state(10))
    lot.put(None, (1, 2, 4, 5), state(20))
    lot.put("calm", (1, 2, 3, 4), state(30))
    assert lot.longest(None, [1, 2, 4]) == (3, (1, 2, 4, 5))
    assert lot.longest("calm", [1, 2, 4]) == (2, (1, 2, 3, 4))
    assert lot.longest(None, [9])[0] == 0
    assert lot.longest("terse", [1]) == (0, ())
    assert lot.num_bytes == 60


def test_of_those_that_begin_alike_the_smallest_is_enough() -> None:
    lot = ParkingLot(100)
    for tokens in ((1, 2, 9, 9), (1, 2), (1, 2, 8)):
        lot.put(None, tokens, state(10))
    assert lot.longest(None, [1, 2, 3]) == (2, (1, 2))


def test_a_state_is_handed_over_once() -> None:
    lot = ParkingLot(100)
    kept = state(10)
    lot.put(None, (1, 2), kept)
    assert lot.take(None, (1, 2)) is kept
    assert (lot.num_bytes, lot.longest(None, [1])) == (0, (0, ()))


def test_the_oldest_makes_room_and_what_is_put_again_is_new() -> None:
    lot = ParkingLot(30)
    for tokens in ((1,), (2,), (3,), (1,)):
        lot.put(None, tokens, state(10))
    lot.put(None, (4,), state(10))
    held = [tokens for tokens in (1, 2, 3, 4) if lot.longest(None, [tokens])[0]]
    assert (held, lot.num_bytes) == ([1, 3, 4], 30)


def test_what_is_too_large_does_not_drive_out_the_rest() -> None:
    lot = ParkingLot(30)
    lot.put(None, (1,), state(10))
    lot.put(None, (2,), state(31))
    assert (lot.longest(None, [1])[0], lot.longest(None, [2])[0], lot.num_bytes) == (1, 0, 10)


def test_short_runs_are_not_worth_it_and_without_memory_none_is() -> None:
    assert ParkingLot(100).is_worth(MIN_TOKENS, 100)
    assert not ParkingLot(100).is_worth(MIN_TOKENS - 1, 100)
    assert not ParkingLot(100).is_worth(MIN_TOKENS, 101)
    assert not ParkingLot(0).is_worth(MIN_TOKENS, 1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40))))
def test_the_lot_keeps_its_bound(puts: list[tuple[int, int]]) -> None:
    lot = ParkingLot(60)
    for token, num_bytes in puts:
        lot.put(None, (token,), state(num_bytes))
        assert lot.num_bytes <= 60
        assert (lot.longest(None, [token])[0] == 1) == (num_bytes <= 60)
    lot.clear()
    assert (lot.num_bytes, lot.longest(None, [0])[0]) == (0, 0)


# Out of the cache and back


def parked_stage(**limits: int) -> Stage:
    """A stage that keeps nothing idle in the cache."""
    return Stage(idle_cache_tokens=0, **limits)  # type: ignore[arg-type]  # ints only


def cells_of(stage: Stage) -> FakeCells:
    return stage.backend.cells


def test_a_parked_prefix_is_brought_back_and_answers_are_right() -> None:
    stage = parked_stage()
    stage.play(read("x" * 100))
    stage.step()
    assert stage.engine.stats().used_cache_tokens == 0
    assert stage.engine.stats().parked_bytes == 100 * STATE_BYTES
    again = ask("x" * 100 + "yes", name="again")
    assert stage.texts(again) == [checksum_answer("x" * 100 + "yesplan")]
    assert stage.num_read("again") == len("yes")
    assert cells_of(stage).num_restored == 1
    assert stage.engine.stats().num_hit_tokens == 100


def test_it_leaves_and_comes_back_as_often_as_it_is_asked_for() -> None:
    stage = parked_stage()
    for number in range(3):
        text = "x" * 100 + "y" * number
        assert stage.texts(ask(text, name=str(number))) == [checksum_answer(text + "plan")]
        stage.step()
    assert [stage.num_read(str(number)) for number in range(3)] == [100, 1, 1]
    assert stage.engine.stats().parked_bytes == 102 * STATE_BYTES


def test_a_part_of_a_parked_run_serves_another() -> None:
    stage = parked_stage()
    stage.play(read("s" * 80 + "x" * 60))
    stage.step()
    other = ask("s" * 80 + "y" * 60, name="other")
    assert stage.texts(other) == [checksum_answer("s" * 80 + "y" * 60 + "plan")]
    assert stage.num_read("other") == 60


def test_what_the_cache_holds_already_is_not_held_twice() -> None:
    stage = Stage(idle_cache_tokens=120)
    stage.play(read("s" * 60 + "x" * 90))
    stage.play(read("s" * 60 + "y" * 40))
    stage.step()  # "x" has left, and what both begin with has stayed
    assert cells_of(stage).num_saved == 1
    stage.submit(read("s" * 60 + "x" * 90 + "!", name="again"))
    stage.step()
    assert cells_of(stage).num_restored == 1
    assert stage.backend.num_used_cells == 60 + 40 + 90 + 1
    assert stage.num_read("again") == 1


def test_without_memory_for_it_a_prefix_is_read_again() -> None:
    stage = parked_stage(parked_bytes=0)
    for name in ("1", "2"):
        assert stage.texts(ask("x" * 100, name=name)) == [checksum_answer("x" * 100 + "plan")]
        stage.step()
    assert stage.num_read("2") == 100
    assert cells_of(stage).num_saved == 0


def test_what_can_not_be_brought_back_is_read_again() -> None:
    stage = parked_stage()
    stage.play(read("x" * 100))
    stage.step()
    cells_of(stage).refuses_states = True
    assert stage.texts(ask("x" * 100, name="2")) == [checksum_answer("x" * 100 + "plan")]
    assert stage.num_read("2") == 100
    assert stage.engine.stats().parked_bytes == 100 * STATE_BYTES  # there may be room for it later


def test_a_little_gain_is_not_worth_bringing_back() -> None:
    for num_common in (MIN_GAIN_TOKENS - 1, MIN_GAIN_TOKENS):
        stage = parked_stage()
        stage.play(read("x" * num_common + "y" * 100))
        stage.step()
        stage.play(read("x" * num_common + "z" * 100))
        assert cells_of(stage).num_restored == (num_common == MIN_GAIN_TOKENS)


def test_another_adapter_does_not_bring_it_back() -> None:
    stage = parked_stage()
    stage.play(read("x" * 100))
    stage.step()
    other = ask("x" * 100, name="2", adapter="calm")
    assert stage.texts(other) == [checksum_answer("x" * 100 + "plan")]
    assert (stage.num_read("2"), cells_of(stage).num_restored) == (100, 0)


def test_what_follows_in_a_parked_run_must_have_room_as_well() -> None:
    """The end of the parked run comes back with it, though nobody asks for that."""
    for cache_tokens, is_fetched in ((239, False), (240, True)):
        stage = parked_stage(cache_tokens=cache_tokens, context_tokens=200)
        stage.play(read("x" * 40 + "y" * 100))
        stage.step()
        stage.play(read("x" * 40 + "z" * 100, name="2"))
        assert stage.num_read("2") == (100 if is_fetched else 140)


def test_for_a_moment_a_run_that_comes_back_is_there_twice() -> None:
    for cache_tokens, is_fetched in ((249, False), (250, True)):
        config = EngineConfig(cache_tokens=cache_tokens, idle_cache_tokens=100, batch_tokens=64)
        stage = Stage(config=config)
        stage.play(read("s" * 60 + "x" * 90))
        stage.play(read("s" * 60 + "y" * 40))
        stage.step()
        stage.play(read("s" * 60 + "x" * 90, name="2"))
        assert stage.num_read("2") == (0 if is_fetched else 90)


def test_a_prefix_may_leave_while_a_request_with_all_slots_enters() -> None:
    stage = Stage(max_sequences=3)
    for name in ("1", "2"):
        texts = stage.texts(ask("x" * 100, "risk", "plan", name=name))
        assert texts == [checksum_answer("x" * 100 + text) for text in ("risk", "plan")]
    stage.engine.forget()
    assert stage.is_empty()
