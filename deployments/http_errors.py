"""The one table from errors to HTTP: status, headers, and a sentence that a person can act on.

No answer and no log line holds what the caller sent.
"""

import json
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployments.logs import describe_error, log_event
from notes.errors import (
    AlreadyExistsError,
    AuthenticationError,
    ConsentMissingError,
    DatabaseUnavailableError,
    InvalidInputError,
    LostUpdateError,
    ModelError,
    NotesError,
    NoteSignedError,
    NotFoundError,
    QueueFullError,
    SequenceTooLongError,
    TranscriptChangedError,
    TranscriptTooLongError,
)

logger = logging.getLogger("notes.http")

FORM_EXAMPLE = "username=ada&password=…, as a form"


class BodyTooLargeError(NotesError):
    """The request is larger than {max_bytes} bytes. Send less text at once."""


class NotOfferedError(NotesError):
    """{what} is not offered: this system sends nothing to outside services."""


class OperatorOnlyError(NotesError):
    """Only the operator may do this: send the token in `secrets/operator.token` as the bearer."""


class PromotionRefusedError(NotesError):
    """{model} is not put into production: {reason} In production stays {kept}."""


STATUS: Final[Mapping[type[NotesError], int]] = MappingProxyType(
    {
        NotesError: 500,
        InvalidInputError: 400,
        AlreadyExistsError: 400,  # the app can correct it: another e-mail address or name
        AuthenticationError: 401,
        ConsentMissingError: 403,
        OperatorOnlyError: 403,
        NotFoundError: 404,
        LostUpdateError: 409,
        TranscriptChangedError: 409,
        NoteSignedError: 409,
        PromotionRefusedError: 409,
        TranscriptTooLongError: 413,
        BodyTooLargeError: 413,
        SequenceTooLongError: 413,
        QueueFullError: 429,
        NotOfferedError: 501,
        ModelError: 503,
        DatabaseUnavailableError: 503,
    }
)
RETRY_AFTER_S: Final = 5
UNEXPECTED: Final = (
    "Something went wrong on the server. Try again, and tell the operator if it happens again."
)
_HTTP_SENTENCES: Final = MappingProxyType(
    {
        400: "The request cannot be read. Send JSON in UTF-8, such as {example}.",
        404: "There is nothing at this address. See /docs for the addresses.",
        405: "This address does not know this method. See /docs.",
    }
)
# The app shows `message`, not `detail`, on this route.
_MESSAGE_PATHS: Final = ("/summarize-sessions",)


def install_error_handlers(app: FastAPI) -> None:
    """Translate every error that a route can raise."""
    app.add_exception_handler(NotesError, _on_notes_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


def status_of(kind: type[BaseException]) -> int:
    """Return the HTTP status of an error class: its own, or that of its nearest ancestor."""
    return next((STATUS[each] for each in kind.__mro__ if each in STATUS), 500)


def error_response(
    path: str, status: int, sentence: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the body that every error has."""
    content: dict[str, Any] = {"detail": sentence}
    if path in _MESSAGE_PATHS:
        content |= {"success": False, "message": sentence}
    return JSONResponse(content, status, headers=headers)


async def _on_notes_error(request: Request, error: Exception) -> JSONResponse:
    return notes_error_response(request.url.path, _unwrap(error))


def notes_error_response(path: str, error: BaseException) -> JSONResponse:
    """Return the answer to an error of our own tree."""
    status = status_of(type(error))
    if status == 500:
        log_event(logger, "unexpected_error", logging.ERROR, **describe_error(error))
        return error_response(path, status, UNEXPECTED)
    sentence = " ".join(str(error).split())
    return error_response(path, status, sentence, _headers(status, error))


def _unwrap(error: BaseException) -> BaseException:
    # An error from a replica is an instance of both its class and Ray's; the message of that
    # holds a traceback, the `cause` is the error itself.
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, NotesError) else error


def _headers(status: int, error: BaseException) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if status in (429, 503):
        data = error.data if isinstance(error, NotesError) else {}
        return {"Retry-After": str(data.get("retry_after_s", RETRY_AFTER_S))}
    return {}


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - what Starlette calls it with
    template = _HTTP_SENTENCES.get(error.status_code, "The request was refused.")
    sentence = template.replace("{example}", _example(request))
    return error_response(request.url.path, error.status_code, sentence, error.headers)


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what FastAPI calls it with
    errors = error.errors()
    status = 400 if any(each["type"] == "json_invalid" for each in errors) else 422
    sentence = " ".join(dict.fromkeys(_sentence(each) for each in errors))
    if any(each["loc"][0] == "body" for each in errors):
        sentence += f" A right body is {_example(request)}."
    return error_response(request.url.path, status, sentence)


def _example(request: Request) -> str:
    """Return the example of the body that the route's schema declares."""
    field = getattr(request.scope.get("route"), "body_field", None)
    schema = getattr(getattr(field, "field_info", None), "annotation", None)
    for kind in (schema, *getattr(schema, "__args__", ())):
        if example := getattr(kind, "EXAMPLE", None):
            return json.dumps(dict(example))
    return FORM_EXAMPLE  # the one body without a schema is the login's


def _sentence(error: Mapping[str, Any]) -> str:
    place = error["loc"][-1] if len(error["loc"]) > 1 else None
    kind = error["type"]
    if kind == "json_invalid":
        return f"The body is not valid JSON (at character {place})."
    if kind == "missing":
        return f"`{place}` is missing." if place else "The body is missing."
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"`{place}`: {message}." if place else f"The body: {message}."


class ErrorBoundary:
    """ASGI middleware: an error that nothing else translated becomes a plain 500.

    It is logged by type and place, and not raised again: a traceback printed further out would
    hold the message, which may quote a patient.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application inside the boundary."""
        has_started = False

        async def note_start(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except Exception as error:
            log_event(logger, "unexpected_error", logging.ERROR, **describe_error(error))
            if not has_started:
                response = error_response(scope["path"], 500, UNEXPECTED)
                await response(scope, receive, send)
