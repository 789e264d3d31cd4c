"""Routes: health, metrics, the front door, and what is not offered."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel, ConfigDict

from deployments.api.dependencies import AppServices
from deployments.http_errors import NotOfferedError

router = APIRouter(tags=["System"])


class HealthReply(BaseModel):
    """Whether notes can be written now, and the figures since the start."""

    model_config = ConfigDict(from_attributes=True, protected_namespaces=())

    status: str
    model_loaded: bool
    model_name: str
    model_size_mb: float
    uptime_seconds: float
    total_inferences: int
    success_rate: float
    avg_inference_time_seconds: float
    database: bool


@router.get("/")
async def front_door() -> dict[str, str]:
    """Say what this is and where to read on."""
    return {"name": "Clinic notes", "docs": "/docs", "health": "/health"}


@router.get("/health")
async def health(services: AppServices, response: Response) -> HealthReply:
    """Answer 200 while notes can be written, 503 while the model or the database is away."""
    state = await services.notes.health()
    if state.status != "healthy":
        response.status_code = 503
    return HealthReply.model_validate(state)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(services: AppServices) -> Response:
    """Return the figures in Prometheus's text format."""
    return Response(await services.notes.metrics(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


@router.post("/translate", status_code=501)
async def translate() -> dict[str, Any]:
    """Refuse: translation went to an outside service, and nothing leaves this machine."""
    raise NotOfferedError(what="Translation")
