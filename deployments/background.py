"""Notes that are being written: one a session, some of them long after the answer."""

import asyncio
import contextvars
import logging
import math
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from deployments.failures import unwrap
from deployments.logs import log_event

logger = logging.getLogger("notes.background")


class UnfinishedNotes:
    """Who is being written for; whoever asks meanwhile is told to wait, and starts nothing."""

    def __init__(self) -> None:
        self._ready_at: dict[int, float] = {}  # by session, in time.monotonic()
        self._later: dict[int, asyncio.Task[None]] = {}

    @property
    def num_later(self) -> int:
        """Return how many notes have been promised and not finished."""
        return len(self._later)

    @contextmanager
    def claim(self, session_id: int) -> Iterator[bool]:
        """Yield whether the session's note is ours to write; given back at exit.

        A note that was handed to `finish_later` meanwhile is given back when it is finished.
        """
        if session_id in self._ready_at:
            yield False
            return
        self._ready_at[session_id] = time.monotonic()
        try:
            yield True
        finally:
            if session_id not in self._later:
                del self._ready_at[session_id]

    def finish_later(
        self, session_id: int, work: Coroutine[Any, Any, Any], expected_s: float
    ) -> None:
        """Run `work` for a claimed session; its failure is logged, since nobody waits for it."""
        # A fresh context: Serve cancels the calls of a request whose client has gone.
        task = asyncio.create_task(self._run(session_id, work), context=contextvars.Context())
        self._later[session_id] = task
        self._ready_at[session_id] = time.monotonic() + expected_s

    def minutes_left(self, session_id: int) -> int:
        """Return the expected minutes, at least one."""
        left_s = self._ready_at.get(session_id, 0.0) - time.monotonic()
        return max(1, math.ceil(left_s / 60))

    async def close(self) -> None:
        """Stop; the sessions simply have no new note."""
        tasks = tuple(self._later.values())
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
            del self._later[session_id]
            del self._ready_at[session_id]
