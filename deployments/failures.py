"""Why the model did not answer, as one of our errors, whatever Ray wrapped around it."""

import math

from ray.exceptions import RayError
from ray.serve.exceptions import BackPressureError, RayServeException

from notes.errors import DeadlineExceededError, ModelError, QueueFullError

# What a call of the pipeline may raise besides NotesErrors that are the caller's to answer.
CALL_FAILURES = (ModelError, TimeoutError, RayError, RayServeException)
DEFAULT_RETRY_AFTER_S = 15


def model_failure(error: BaseException, timeout_s: float) -> ModelError:
    """Return the ModelError behind a failed call; anything else is raised as itself.

    A full queue is raised too: the caller shall come back, not be served an extract.
    """
    error = unwrap(error)
    if isinstance(error, BackPressureError):
        retry_after_s = math.ceil(error.retry_after_s or DEFAULT_RETRY_AFTER_S)
        raise QueueFullError(retry_after_s=retry_after_s) from None
    if isinstance(error, QueueFullError):
        raise error
    if isinstance(error, ModelError):
        return error
    if isinstance(error, TimeoutError):
        return DeadlineExceededError(timeout_s=round(timeout_s))
    if isinstance(error, RayError | RayServeException):
        return ModelError()
    raise error


def unwrap(error: BaseException) -> BaseException:
    """Return the error that a replica raised, from under Ray's wrappers."""
    while isinstance(cause := getattr(error, "cause", None), BaseException):
        error = cause
    return error
