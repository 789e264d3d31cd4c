"""Deployments called in this process, with the handles' interface and no Ray."""

import asyncio
import inspect
from functools import partial
from typing import Any


class LocalHandle:
    """Stands for a DeploymentHandle: `handle.method.remote(…)`; arguments may be other answers."""

    def __init__(self, target: object) -> None:
        self._target = target

    def __getattr__(self, name: str) -> "LocalMethod":
        return LocalMethod(getattr(self._target, name))

    def broadcast(self, method_name: str, *args: object) -> "LocalBroadcast":
        """Call a method on the one replica that there is."""
        return LocalBroadcast(partial(getattr(self._target, method_name), *args))


class LocalMethod:
    """One method of a LocalHandle."""

    def __init__(self, method: Any) -> None:
        self._method = method

    def remote(self, *args: object, **options: object) -> "asyncio.Task[Any]":
        """Return an awaitable, which may also be passed to another handle."""
        return asyncio.ensure_future(self._call(args, options))

    async def _call(self, args: tuple[object, ...], options: dict[str, object]) -> Any:
        ready = [await arg if isinstance(arg, asyncio.Task) else arg for arg in args]
        result = self._method(*ready, **options)
        return await result if inspect.isawaitable(result) else result


class LocalBroadcast:
    """The answer of LocalHandle.broadcast."""

    def __init__(self, method: Any) -> None:
        self._method = method

    async def results_async(self, *, timeout_s: float, return_exceptions: bool) -> list[Any]:
        """Return the one replica's answer, or its exception."""
        del timeout_s
        try:
            return [await self._method()]
        except Exception as error:
            if not return_exceptions:
                raise
            return [error]
