"""JSON lines with the design's fields; only names, ids, lengths, times and counts go in.

Never a word of a transcript or a note: `log_event` takes numbers and short identifiers, and an
exception is logged by its type and place, because its message may quote what people said.
"""

import json
import logging
import os
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import psutil

from deployments.config import Settings

ROOT_LOGGER: Final = "notes"
MAX_FILE_BYTES: Final = 10_000_000
MAX_FILES: Final = 3
NUM_ENDED_KEPT: Final = 5
MAX_TEXT_CHARS: Final = 200

Value = str | int | float | bool | None


class JsonFormatter(logging.Formatter):
    """One JSON object a record: timestamp, level, component, event, data."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "timestamp": moment.replace("+00:00", "Z"),
            "level": record.levelname,
            "component": record.name.removeprefix(ROOT_LOGGER + "."),
            "event": record.getMessage(),
            "data": getattr(record, "data", {}),
        }
        return json.dumps(line, ensure_ascii=False)


class PrivateFileHandler(RotatingFileHandler):
    """A rotating file that its owner alone may read."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        os.chmod(self.baseFilename, 0o600)  # noqa: PTH101 - the handler keeps a string
        return stream


def log_event(logger: logging.Logger, event: str, level: int = logging.INFO, **data: Value) -> None:
    """Log `event` with its data; long strings are cut, so that no text of a person gets through."""
    logger.log(level, event, extra={"data": {name: _short(each) for name, each in data.items()}})


def _short(value: Value) -> Value:
    return value[:MAX_TEXT_CHARS] if isinstance(value, str) else value


def describe_error(error: BaseException) -> dict[str, Value]:
    """Return an exception's type and place, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None
    return {"error": type(error).__name__, "place": place}


def configure_logging(component: str, settings: Settings) -> None:
    """Send this process's events to stderr and to data_dir/logs; a second call changes nothing."""
    root = logging.getLogger(ROOT_LOGGER)
    if root.handlers:
        return
    settings.logs_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_ended(component, settings.logs_dir)
    file = PrivateFileHandler(
        settings.logs_dir / f"{component}-{os.getpid()}.jsonl",
        maxBytes=MAX_FILE_BYTES,
        backupCount=MAX_FILES,
        encoding="utf-8",
    )
    for handler in (file, logging.StreamHandler(sys.stderr)):
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)
    root.setLevel(settings.log_level)
    root.propagate = False  # a root handler's format could print more than our five fields


def _forget_ended(component: str, folder: Path) -> None:
    """Remove the files of processes that are gone, those of the last few aside."""
    running = {str(pid) for pid in psutil.pids()}
    with suppress(FileNotFoundError):  # another process may be at the same
        names = {path: path.stem.removeprefix(f"{component}-") for path in folder.glob("*.jsonl")}
        ended = [path for path, pid in names.items() if pid.isdigit() and pid not in running]
        oldest_first = sorted(ended, key=lambda path: path.stat().st_mtime)
        for old in oldest_first[:-NUM_ENDED_KEPT]:
            for path in folder.glob(f"{old.name}*"):  # with its rotated ones
                path.unlink()


def close_logging() -> None:
    """Undo `configure_logging`; its file is closed."""
    root = logging.getLogger(ROOT_LOGGER)
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.propagate = True
