"""An object in a child process of its own, so that its memory and its threads are its own.

The parent sends (method, arguments) and gets ("ok", result) or ("error", sentence), pickled, over
the child's standard input and output. The child ends when its input does.
"""

import importlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any

from bench.errors import BenchError
from notes.errors import NotesError

CLOSE_S = 60.0
_ROOT = Path(__file__).parents[2]


class Worker:
    """The parent's side."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Return the child's process id."""
        return self._process.pid

    def call(self, method: str, *arguments: object) -> Any:
        """Return what the object's method returns; BenchError where it fails or the child dies."""
        self.send((method, arguments))
        return self.receive()

    def send(self, message: object) -> None:
        """Send a message; a dead child is noticed by `receive`."""
        pipe = self._process.stdin
        try:
            _write(pipe, message)
        except BrokenPipeError:
            return

    def receive(self) -> Any:
        """Return the child's answer."""
        try:
            state, value = pickle.load(self._process.stdout)  # type: ignore[arg-type]
        except EOFError:
            raise BenchError(reason=self._describe_death()) from None
        if state == "error":
            raise BenchError(reason=value)
        return value

    def close(self) -> None:
        """Let the child free everything, and end it if it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _describe_death(self) -> str:
        returncode = self._process.wait()
        if returncode < 0:
            return f"The process that held the model died of {signal.Signals(-returncode).name}."
        return f"The process that held the model ended with status {returncode}."


@contextmanager
def open_worker(
    target: str, *arguments: object, environment: Mapping[str, str] | None = None
) -> Iterator[Worker]:
    """Run what `target` ("module:function") opens as a context in a child process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.peers.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        cwd=_ROOT,
    )
    worker = Worker(process)
    try:
        worker.send((target, arguments))
        worker.receive()
        yield worker
    finally:
        worker.close()


def main() -> None:
    """Serve one parent: the child's side."""
    # llama.cpp and libraries may print: to the parent's standard error, not into the messages.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us by closing our input
    questions = sys.stdin.buffer
    try:
        with _opened(*pickle.load(questions)) as served:
            _write(answers, ("ok", None))
            _serve(served, questions, answers)
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        _write(answers, ("error", _sentence(error)))


def _serve(served: object, questions: IO[bytes], answers: IO[bytes]) -> None:
    while True:
        try:
            method, arguments = pickle.load(questions)
        except EOFError:
            return
        try:
            answer = "ok", getattr(served, method)(*arguments)
        except Exception as error:
            answer = "error", _sentence(error)
        _write(answers, answer)


def _opened(target: str, arguments: tuple[object, ...]) -> AbstractContextManager[object]:
    module, _, function = target.partition(":")
    opened: AbstractContextManager[object] = getattr(importlib.import_module(module), function)(
        *arguments
    )
    return opened


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, NotesError) else f"{type(error).__name__}: {error}"


def _write(pipe: IO[bytes] | None, message: object) -> None:
    if pipe is not None:
        pickle.dump(message, pipe)
        pipe.flush()


if __name__ == "__main__":
    main()
