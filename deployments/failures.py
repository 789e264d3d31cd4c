"""Why the model did not answer, as one of our errors, whatever Ray wrapped around it."""

import math

from ray.exceptions import RayError
from ray.serve.exceptions import BackPressureError, RayServeException

from notes.errors import (
    DeadlineExceededError,
    ModelError,
    QueueFullError,
)

# What a call of the pipeline may raise besides NotesErrors that are the caller's to answer.
CALL_FAILURES = (ModelError, TimeoutError, RayError, RayServeException)
DEFAULT_RETRY_AFTER_S = 15  # where nothing was measured yet
MAX_RETRY_AFTER_S = 600


def whole_seconds(retry_after_s: float) -> int:
    """Return a `Retry-After`: rounded up, at least 1, and no longer than anybody would wait."""
    return max(1, math.ceil(min(retry_after_s, MAX_RETRY_AFTER_S)))


def model_failure(
    error: BaseException, timeout_s: float, retry_after_s: int = DEFAULT_RETRY_AFTER_S
) -> ModelError:
    """Return the ModelError behind a failed call; anything else is raised as itself.

    A full queue is raised too: the caller shall come back, not be served an extract. An engine
    says when, by its own queue; where the queue of Serve was full it is in `retry_after_s`.
    """
    error = unwrap(error)
    if isinstance(error, BackPressureError):
        raise QueueFullError(retry_after_s=retry_after_s) from None
    if isinstance(error, QueueFullError):
        raise QueueFullError(retry_after_s=whole_seconds(_seconds_of(error))) from None
    if isinstance(error, ModelError):
        return error
    if isinstance(error, TimeoutError):
        return DeadlineExceededError(timeout_s=round(timeout_s))
    if isinstance(error, RayError | RayServeException):
        return ModelError()
    raise error


def _seconds_of(error: QueueFullError) -> float:
    return float(str(error.data.get("retry_after_s", DEFAULT_RETRY_AFTER_S)))


def unwrap(error: BaseException) -> BaseException:
    """Return the error that a replica raised, from under Ray's wrappers."""
    while isinstance(cause := getattr(error, "cause", None), BaseException):
        error = cause
    return error
