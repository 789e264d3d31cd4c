"""Notes that take longer than a caller waits: finished and stored after the answer."""

import asyncio
import contextvars
import logging
import math
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from deployments.failures import unwrap
from deployments.logs import log_event

logger = logging.getLogger("notes.background")


@dataclass(frozen=True, slots=True)
class _Running:
    task: asyncio.Task[None]
    ready_at: float  # time.monotonic()


class BackgroundNotes:
    """One unfinished note a session at most; all are dropped when the ingress ends."""

    def __init__(self) -> None:
        self._running: dict[int, _Running] = {}

    def start(self, session_id: int, work: Coroutine[Any, Any, Any], expected_s: float) -> None:
        """Run `work` until it ends; its failure is logged, since nobody waits for it."""
        # A fresh context: Serve cancels the calls of a request whose client has gone.
        task = asyncio.create_task(self._run(session_id, work), context=contextvars.Context())
        self._running[session_id] = _Running(task, time.monotonic() + expected_s)

    def minutes_left(self, session_id: int) -> int | None:
        """Return the expected minutes, at least one, or None where nothing is being written."""
        running = self._running.get(session_id)
        if running is None:
            return None
        return max(1, math.ceil((running.ready_at - time.monotonic()) / 60))

    async def close(self) -> None:
        """Stop; the sessions simply have no new note."""
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, session_id: int, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except Exception as error:
            log_event(
                logger,
                "background_note_failed",
                level=logging.ERROR,
                session_id=session_id,
                reason=type(unwrap(error)).__name__,
            )
        finally:
            del self._running[session_id]
