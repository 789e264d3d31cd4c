"""The application: the one place where the deployments are composed.

No `from __future__ import annotations` here: Ray Serve reads the builder's annotation as a class.
"""

from contextlib import AsyncExitStack
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from ray import serve
from ray.serve import Application
from ray.serve.handle import DeploymentHandle

from db.session import Database
from deployments.api import create_api
from deployments.auth import Authenticator
from deployments.config import load_settings
from deployments.logs import configure_logging
from deployments.model_desk import ModelDesk
from deployments.note_service import PipelineNoteService
from deployments.notes_writer import NotesWriter
from deployments.phi3 import Phi3Replica
from deployments.pipeline import NotePipeline
from deployments.pool import PoolMonitor
from deployments.prompt_formatter import PromptFormatter
from deployments.services import Services
from models.language_detector import FastTextDetector
from models.registry import ModelRegistry
from notes.style_file import read_styles


class AppArgs(BaseModel):
    """`applications[].args` of serve_config.yaml. Empty: any change there restarts everything."""

    model_config = ConfigDict(extra="forbid")


@serve.ingress()
class Ingress:
    """Serve deployment: HTTP in front of the pipeline and the repositories."""

    def __init__(
        self,
        formatter: DeploymentHandle[Any],
        pool: DeploymentHandle[Any],
        writer: DeploymentHandle[Any],
    ) -> None:
        settings = load_settings()
        configure_logging("ingress", settings)
        self._resources = AsyncExitStack()
        database = Database(settings.resolved_database_url())
        pipeline = NotePipeline(formatter, pool, writer, max_attempts=settings.max_attempts)
        styles = read_styles(settings.styles_dir)
        monitor = PoolMonitor(pool)
        notes = PipelineNoteService(
            settings, database, pipeline, monitor, styles, detector=FastTextDetector()
        )
        self._resources.push_async_callback(database.close)
        self._resources.push_async_callback(notes.close)
        models = ModelDesk(ModelRegistry(settings.store_dir), formatter, pool)
        auth = Authenticator(settings)
        self._services = Services(settings, database, auth, notes, models, styles)

    def __serve_build_asgi_app__(self) -> FastAPI:
        return create_api(self._services)

    async def __del__(self) -> None:
        await self._resources.aclose()


def build_app(_args: AppArgs) -> Application:
    """Compose ingress → PromptFormatter → Phi3Replica → NotesWriter."""
    formatter = serve.deployment()(PromptFormatter).bind()
    pool = serve.deployment()(Phi3Replica).bind()
    writer = serve.deployment()(NotesWriter).bind()
    return serve.deployment(name="Ingress")(Ingress).bind(formatter, pool, writer)
