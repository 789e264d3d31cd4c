"""An object in a child process: its answers, its errors, its death, its end."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from bench.errors import BenchError
from bench.peers.worker import open_worker

TARGET = "tests.unit.test_bench_worker:open_adder"


class Adder:
    """What the child serves."""

    def add(self, *numbers: int) -> int:
        print("a library that talks")  # noqa: T201 - must not get into the answers
        return sum(numbers)

    def variable(self, name: str) -> str | None:
        return os.environ.get(name)

    def fail(self) -> None:
        raise BenchError(reason="It cannot.")

    def stumble(self) -> None:
        raise ValueError("wrong")

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def open_adder(trace: Path | None = None) -> Iterator[Adder]:
    yield Adder()
    if trace is not None:
        trace.write_text("closed")


def test_it_answers_from_a_process_of_its_own() -> None:
    with open_worker(TARGET, environment={"SPEED": "high"}) as worker:
        assert worker.pid != os.getpid()
        assert worker.call("add", 1, 2, 3) == 6
        assert worker.call("variable", "SPEED") == "high"


def test_it_is_closed_and_ends(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with open_worker(TARGET, trace) as worker:
        pid = worker.pid
    assert trace.read_text() == "closed"
    assert not psutil.pid_exists(pid)


def test_an_error_is_the_parents_and_the_child_goes_on() -> None:
    with open_worker(TARGET) as worker:
        with pytest.raises(BenchError, match=r"It cannot\."):
            worker.call("fail")
        with pytest.raises(BenchError, match="ValueError: wrong"):
            worker.call("stumble")
        assert worker.call("add", 1) == 1


def test_what_cannot_be_opened_is_said() -> None:
    with (
        pytest.raises(BenchError, match="AttributeError"),
        open_worker("tests.unit.test_bench_worker:nothing"),
    ):
        pass


def test_a_death_is_said_and_leaves_nothing() -> None:
    with open_worker(TARGET) as worker:
        pid = worker.pid
        with pytest.raises(BenchError, match="died of SIGKILL"):
            worker.call("die")
    assert not psutil.pid_exists(pid)
