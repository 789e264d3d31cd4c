import pytest

from models.engine.slots import Slot, SlotPool


def test_slots_and_cells_are_counted() -> None:
    pool = SlotPool(num_slots=2, num_cells=10)
    first = pool.take(6)
    assert (pool.num_free_slots, pool.num_reserved_cells) == (1, 6)
    assert pool.has_room(num_slots=1, num_cells=4)
    assert not pool.has_room(num_slots=1, num_cells=5)
    assert not pool.has_room(num_slots=2, num_cells=1)
    pool.release(first)
    assert (pool.num_free_slots, pool.num_reserved_cells) == (2, 0)


def test_a_slot_is_released_once() -> None:
    pool = SlotPool(num_slots=1, num_cells=10)
    slot = pool.take(1)
    pool.release(slot)
    with pytest.raises(KeyError):
        pool.release(slot)
    with pytest.raises(KeyError):
        pool.release(Slot(7))
