"""The address of a database as people write it, into the one that the driver understands."""

import re
from collections.abc import Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from notes.errors import ConfigurationError

DRIVER: Final = "postgresql+asyncpg"
SCHEMES: Final = ("postgres", "postgresql", DRIVER)

SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SERVER_KINDS: Final = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")

# The keys after the "?": what their values are, and how that is told. Anything else would reach
# the driver as an argument that it does not know, or would undo what the pool sets.
_KEYS: Final = MappingProxyType(
    {
        "host": (r"\S+", "a name, or a folder with a Unix socket"),
        "port": (r"\d+", "a number"),
        "ssl": ("|".join(SSL_MODES), f"one of {', '.join(SSL_MODES)}"),
        "target_session_attrs": ("|".join(SERVER_KINDS), f"one of {', '.join(SERVER_KINDS)}"),
        "prepared_statement_cache_size": (r"\d+", "a number"),
    }
)
_LISTS: Final = frozenset({"host", "port"})
_EXAMPLE: Final = "postgresql://user:password@host:5432/notes?sslmode=require"


def driver_url(address: str) -> str:
    """Return the URL to open; raises ConfigurationError, which never holds the address."""
    url = _parsed(address)
    if "sslmode" in url.query:  # as libpq, and so most providers, call it
        if "ssl" in url.query:
            raise ConfigurationError(reason='The database URL has both "ssl" and "sslmode".')
        ssl = {"ssl": url.query["sslmode"]}
        url = url.update_query_dict(ssl).difference_update_query(["sslmode"])
    for key, values in url.normalized_query.items():
        _check(key, values)
    return url.set(drivername=DRIVER).render_as_string(hide_password=False)


def _parsed(address: str) -> URL:
    url = None
    with suppress(ArgumentError, ValueError):  # what they say may quote the password
        url = make_url(address)
    if url is None or url.drivername not in SCHEMES:
        raise ConfigurationError(reason=f"The database URL must be such as {_EXAMPLE}.")
    return url


def _check(key: str, values: Sequence[str]) -> None:
    if key not in _KEYS:
        known = ", ".join(("sslmode", *_KEYS))
        raise ConfigurationError(
            reason=f'The database URL has "{key}" after the "?", which is not known here. '
            f"Known are {known}."
        )
    pattern, words = _KEYS[key]
    is_right = all(re.fullmatch(pattern, value) for value in values)
    if not is_right or (len(values) > 1 and key not in _LISTS):
        raise ConfigurationError(reason=f'The database URL has a wrong "{key}": it is {words}.')
