"""The seats of the KV cache."""

from collections import deque
from typing import NewType

from notes.errors import EngineError

Slot = NewType("Slot", int)  # llama.cpp's `llama_seq_id`


class SlotPool:
    """Hands out slots, each to one holder at a time."""

    def __init__(self, num_slots: int) -> None:
        self._free = deque(Slot(number) for number in range(num_slots))
        self._held: set[Slot] = set()

    @property
    def num_free(self) -> int:
        """Return the number of seats that nobody holds."""
        return len(self._free)

    def take(self) -> Slot:
        """Return a free slot; look at `num_free` first."""
        if not self._free:
            raise EngineError(reason="it ran out of slots")
        slot = self._free.popleft()
        self._held.add(slot)
        return slot

    def release(self, slot: Slot) -> None:
        """Give a slot back; a slot that nobody holds is a KeyError."""
        self._held.remove(slot)
        self._free.append(slot)
