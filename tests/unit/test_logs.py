"""Logs: the design's fields, and no words of a person."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.config import Settings
from deployments.logs import close_logging, configure_logging, describe_error, log_event

logger = logging.getLogger("notes.test")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    configure_logging("test", Settings(data_dir=tmp_path))
    yield next((tmp_path / "logs").glob("test-*.jsonl"))
    close_logging()


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_event_has_the_designs_fields(log_file: Path) -> None:
    log_event(logger, "inference_complete", input_length=1024, inference_time=12.5, model="m")
    (line,) = read_lines(log_file)
    assert set(line) == {"timestamp", "level", "component", "event", "data"}
    assert (line["level"], line["component"]) == ("INFO", "test")
    assert line["event"] == "inference_complete"
    assert line["data"] == {"input_length": 1024, "inference_time": 12.5, "model": "m"}
    assert str(line["timestamp"]).endswith("Z")


def test_long_strings_are_cut(log_file: Path) -> None:
    log_event(logger, "odd", value="x" * 5000)
    (line,) = read_lines(log_file)
    assert line["data"] == {"value": "x" * 200}


def test_the_file_is_private_and_configured_once(log_file: Path, tmp_path: Path) -> None:
    configure_logging("again", Settings(data_dir=tmp_path))
    assert log_file.stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "logs").glob("again-*"))


def test_files_of_ended_processes_do_not_pile_up(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    ended = [10**9 + number for number in range(8)]  # no system counts so far
    running = folder / f"test-{os.getppid()}.jsonl"
    others = [folder / f"test-other-{ended[0]}.jsonl", folder / f"writer-{ended[0]}.jsonl"]
    for path in (running, folder / f"test-{ended[0]}.jsonl.1", *others):
        path.touch()
    for age, pid in enumerate(ended):
        path = folder / f"test-{pid}.jsonl"
        path.touch()
        os.utime(path, (1000 + age, 1000 + age))
    os.utime(running, (1, 1))
    configure_logging("test", Settings(data_dir=tmp_path))
    close_logging()
    mine = folder / f"test-{os.getpid()}.jsonl"
    kept = [folder / f"test-{pid}.jsonl" for pid in ended[-5:]]
    assert set(folder.iterdir()) == {mine, running, *others, *kept}


def test_the_level_is_a_setting(tmp_path: Path) -> None:
    configure_logging("test", Settings(data_dir=tmp_path, log_level="ERROR"))
    try:
        log_event(logger, "quiet")
        log_event(logger, "loud", logging.ERROR)
        (line,) = read_lines(next((tmp_path / "logs").glob("*.jsonl")))
    finally:
        close_logging()
    assert line["event"] == "loud"


def test_an_error_is_described_without_its_message() -> None:
    try:
        raise ValueError("patient said something")
    except ValueError as error:
        description = describe_error(error)
    assert description["error"] == "ValueError"
    assert str(description["place"]).startswith("test_logs.py:")
    assert "patient" not in json.dumps(description)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert describe_error(ValueError("x")) == {"error": "ValueError", "place": None}
