"""What every request passes: an access log without text, headers, and a limit on the body.

Ray Serve's proxy stands in front and obeys two headers that a client may send:
`x-request-timeout-seconds` overrides the proxy's time limit and `x-request-disconnect-disabled`
keeps a request running after its client has gone. They act before this code runs, so it cannot
strip them; a reverse proxy in front of the clinic's network should. The pipeline's own deadline
holds whatever they say.
"""

import logging
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployments.http_errors import BodyTooLargeError, notes_error_response
from deployments.logs import log_event

logger = logging.getLogger("notes.http")

SECURITY_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


class AccessLog:
    """Logs method, route, status and time; never the path's values or the query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and log how it answered."""
        started = time.monotonic()
        status = 499  # the client went away before an answer began

        async def note_status(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            log_event(
                logger,
                "request",
                method=scope.get("method"),
                route=getattr(scope.get("route"), "path", None),
                status=status,
                seconds=round(time.monotonic() - started, 4),
            )


class SecurityHeaders:
    """Adds SECURITY_HEADERS to every answer that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application with the headers added."""

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add_headers)


class BodyLimit:
    """Refuses a larger body with 413 and our sentence, whether its length is declared or not."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, which the routes need whole, then run the application with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages = None if self._declares_too_much(scope) else await self._read(receive)
        if messages is None:
            error = BodyTooLargeError(max_bytes=self._max_bytes)
            await notes_error_response(scope["path"], error)(scope, receive, send)
            return

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)

    def _declares_too_much(self, scope: Scope) -> bool:
        declared = Headers(scope=scope).get("content-length", "0")
        return declared.isdecimal() and int(declared[:20]) > self._max_bytes

    async def _read(self, receive: Receive) -> list[Message] | None:
        messages: list[Message] = []
        num_bytes = 0
        while True:
            message = await receive()
            messages.append(message)
            num_bytes += len(message.get("body", b""))
            if num_bytes > self._max_bytes:
                return None
            if not message.get("more_body", False):
                return messages
