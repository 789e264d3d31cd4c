"""Progress of a start: what is waited for, with seconds."""

import sys
import time

REPEAT_S = 10.0


class Progress:
    """Prints a line when the words change, and again while they stay."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._printed = 0.0
        self._words = ""

    @property
    def elapsed_s(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._started

    def __call__(self, words: str) -> None:
        """Say what is waited for now."""
        now = time.monotonic()
        if words == self._words and now - self._printed < REPEAT_S:
            return
        self._words, self._printed = words, now
        print(f"{self.elapsed_s:5.0f} s  {words}", flush=True)


def is_terminal() -> bool:
    """Tell whether a person reads along."""
    return sys.stdout.isatty()
