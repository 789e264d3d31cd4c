"""The HTTP interface: one file per concept; `create_api` puts them together."""

import logging

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.telemetry import TelemetryConfig

from deployments.api import (
    auth,
    docs,
    evidence,
    models,
    notes,
    patients,
    sessions,
    styles,
    summaries,
    system,
)
from deployments.http_errors import ErrorBoundary, install_error_handlers
from deployments.logs import log_event
from deployments.middleware import AccessLog, BodyLimit, SecurityHeaders
from deployments.services import Services

logger = logging.getLogger("notes.http")

# Spans and log records of the framework hold queries, bodies and messages of errors.
_NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)


def create_api(services: Services) -> FastAPI:
    """Return the application with every route, error and middleware in place."""
    app = FastAPI(
        title="Clinic notes",
        version="0.1.0",
        description="Therapy session transcripts to reviewed clinical notes.",
        docs_url=None,
        redoc_url=None,
        # Behind the proxy a redirect would lose the Authorization header; both forms exist.
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.state.services = services
    parts = (auth, patients, sessions, notes, evidence, styles, summaries, models, system, docs)
    for part in parts:
        app.include_router(part.router)
    install_error_handlers(app)
    _add_middleware(app, services)
    if services.settings.legacy_open_summary:
        log_event(logger, "summaries_are_open_without_a_token", logging.WARNING)
    return app


def _add_middleware(app: FastAPI, services: Services) -> None:
    """Add what every request passes, the innermost first."""
    app.add_middleware(ErrorBoundary)
    app.add_middleware(BodyLimit, max_bytes=services.settings.max_body_bytes)
    if services.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=services.settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match"],
            expose_headers=["ETag", "Retry-After"],
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)
