"""Ctrl-C and SIGTERM, where an interruption would leave something behind."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the block is done.

    By handlers, not by a mask: processes that the block starts would inherit the mask.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is ever interrupted
        return
    waiting: list[int] = []
    previous = {each: signal.signal(each, lambda got, _: waiting.append(got)) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)
    for number in waiting:
        signal.raise_signal(number)


def interrupt_on_sigterm() -> None:
    """Treat SIGTERM as Ctrl-C, so that the same cleaning up is done."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
