"""The settings on their way to replicas, and a trace of them that a later start can compare."""

import hashlib
from collections.abc import Mapping

from pydantic import SecretStr

from deployments.config import PREFIX, Settings


def settings_environment(settings: Settings) -> dict[str, str]:
    """Return the settings as variables, so that replicas read these and no others."""
    values = ((name, getattr(settings, name)) for name in type(settings).model_fields)
    return {f"{PREFIX}{name.upper()}": _text(value) for name, value in values if value is not None}


def settings_digests(settings: Settings) -> dict[str, str]:
    """Return a digest of each setting by its name; a database's password must not lie in a file."""
    return {
        name.removeprefix(PREFIX).lower(): hashlib.sha256(value.encode()).hexdigest()
        for name, value in settings_environment(settings).items()
    }


def changed_settings(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the names of the settings whose digests differ."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)
