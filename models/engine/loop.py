"""The one thread that owns the llama.cpp context."""

import threading
from collections.abc import Callable

IDLE_S = 0.5  # an idle engine still beats its heart
LAST_STEP_S = 30.0  # for the step that is under way when the grace time is over


class EngineLoop:
    """Calls `step` while it says that work is left, and sleeps until woken otherwise.

    An error that escapes from `step` ends the thread, after `on_death` was told of it.
    """

    def __init__(self, step: Callable[[], bool], on_death: Callable[[Exception], None]) -> None:
        self._step = step
        self._on_death = on_death
        self._work = threading.Event()
        self._draining = threading.Event()
        self._halted = threading.Event()
        # A daemon: a program that forgets to close the engine can still exit.
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Tell whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the thread that there may be work."""
        self._work.set()

    def stop(self, grace_s: float) -> None:
        """End the thread once no work is left, or after the grace time and the step under way."""
        self._draining.set()
        self.wake()
        if self.is_alive:
            self._thread.join(grace_s)
        self._halted.set()
        if self.is_alive:
            self._thread.join(LAST_STEP_S)

    def _run(self) -> None:
        try:
            self._turn()
        except Exception as error:
            self._on_death(error)

    def _turn(self) -> None:
        while not self._halted.is_set():
            # Cleared before the step, so that a request that arrives during it is not missed.
            self._work.clear()
            if self._step():
                continue
            if self._draining.is_set():
                return
            self._work.wait(IDLE_S)
