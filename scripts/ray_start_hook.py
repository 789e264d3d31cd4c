"""Called by `ray start` through RAY_START_HOOK, the one way to leave a server of Ray's out."""

from typing import Any


def without_client_server(params: Any, head: bool) -> None:  # noqa: ARG001 - Ray's signature
    """Start no server for Ray Client; `ray start` has no option that says so."""
    params.ray_client_server_port = None
