import pytest

from models.engine.slots import Slot, SlotPool
from notes.errors import EngineError


def test_slots_are_counted_and_each_has_one_holder() -> None:
    pool = SlotPool(num_slots=2)
    first, second = pool.take(), pool.take()
    assert {first, second} == {Slot(0), Slot(1)}
    assert pool.num_free == 0
    with pytest.raises(EngineError):
        pool.take()
    pool.release(first)
    assert pool.num_free == 1
    assert pool.take() == first


def test_a_slot_is_released_once() -> None:
    pool = SlotPool(num_slots=1)
    slot = pool.take()
    pool.release(slot)
    with pytest.raises(KeyError):
        pool.release(slot)
    with pytest.raises(KeyError):
        pool.release(Slot(7))
    assert pool.num_free == 1
