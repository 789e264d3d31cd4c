"""An application that starts in a second, to test what starts and ends applications.

No `from __future__ import annotations` here: Ray Serve reads the builder's annotation as a class.
"""

import os
from typing import Any

from ray import serve
from ray.serve import Application
from starlette.requests import Request


@serve.deployment(ray_actor_options={"num_cpus": 0.1}, max_constructor_retry_count=1)
class Trivial:
    """Answers every path with what the replica sees of the settings."""

    def __init__(self, reason: str = "") -> None:
        if reason:
            raise RuntimeError(reason)

    async def __call__(self, request: Request) -> dict[str, str]:
        names = ("NOTES_DATA_DIR", "NOTES_PORT", "NOTES_LOG_LEVEL")
        return {name: os.environ.get(name, "") for name in names}


def build(args: dict[str, Any]) -> Application:
    """Compose the one deployment; `reason` makes it fail."""
    application: Application = Trivial.bind(**args)  # type: ignore[attr-defined]
    return application
