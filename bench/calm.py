"""Our engine, with a door for those who measure it: work that is done in its thread when it rests.

A context is not thread-safe, and `Engine.forget` wants that nothing runs.
"""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from models.engine.backend import Backend
from models.engine.engine import Engine
from models.engine.params import EngineConfig

T = TypeVar("T")

_PATIENCE_S = 600.0  # for the step under way


class CalmEngine(Engine):
    """An engine that can be asked to do something between two requests."""

    def __init__(
        self, backend: Backend, config: EngineConfig, adapters: Collection[str] = ()
    ) -> None:
        super().__init__(backend, config, "bench", adapters=adapters)
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def when_idle(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, done in the engine's thread while nothing runs."""
        future: Future[T] = Future()

        def job() -> None:
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)

        self._jobs.put(job)
        return future.result(_PATIENCE_S)

    def step(self) -> bool:
        """Make a step; where no work is left, do what was asked for."""
        is_work_left = super().step()
        if not is_work_left:
            self._do_jobs()
        return is_work_left

    def _do_jobs(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            job()
