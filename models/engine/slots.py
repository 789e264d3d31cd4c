"""The seats and the cells of the KV cache: which are free, and who holds the rest."""

from collections import deque
from typing import NewType

Slot = NewType("Slot", int)  # llama.cpp's `llama_seq_id`


class SlotPool:
    """Hands out slots, each with the KV cells that its sequence may come to fill."""

    def __init__(self, num_slots: int, num_cells: int) -> None:
        self._num_cells = num_cells
        self._free = deque(Slot(number) for number in range(num_slots))
        self._cells_of: dict[Slot, int] = {}
        self.num_reserved_cells = 0

    @property
    def num_free_slots(self) -> int:
        """Return the number of seats that nobody holds."""
        return len(self._free)

    def has_room(self, num_slots: int, num_cells: int) -> bool:
        """Tell whether so many slots and cells can be taken together now."""
        fits_seats = num_slots <= self.num_free_slots
        return fits_seats and self.num_reserved_cells + num_cells <= self._num_cells

    def take(self, num_cells: int) -> Slot:
        """Reserve a slot and its cells; call `has_room` first."""
        slot = self._free.popleft()
        self._cells_of[slot] = num_cells
        self.num_reserved_cells += num_cells
        return slot

    def release(self, slot: Slot) -> None:
        """Give a slot and its cells back; a slot that nobody holds is a KeyError."""
        self.num_reserved_cells -= self._cells_of.pop(slot)
        self._free.append(slot)
