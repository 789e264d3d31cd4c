"""Kinds of values in requests: bounded, and such that PostgreSQL can store them as they came."""

import re
from datetime import date
from typing import Annotated, Final

from fastapi import Path, Response
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from notes.errors import InvalidInputError

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ETAG: Final = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("holds a NUL character, which cannot be stored; remove it")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is not a character") from None
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address such as name@clinic.org")
    return value


def _username(value: str) -> str:
    # An "@" could name another therapist, whose e-mail address also logs in.
    if "@" in value:
        raise ValueError("must not hold an @; the e-mail address works for logging in as well")
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.strip()[:10] or None  # the app sends a moment for a day, and "" for none


def _whole(value: object) -> object:
    return round(value) if isinstance(value, float) and abs(value) < 1e9 else value


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


Storable = AfterValidator(_storable)
Text = Annotated[str, Storable]  # a transcript or a note; the route knows the limit
ShortText = Annotated[str, StringConstraints(max_length=500), Storable]
LongText = Annotated[str, StringConstraints(max_length=50_000), Storable]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Storable
]
Username = Annotated[Name, AfterValidator(_username)]
Email = Annotated[Name, AfterValidator(_email)]
OptionalEmail = Annotated[Email | None, BeforeValidator(_blank_is_none)]
Password = Annotated[str, StringConstraints(min_length=8, max_length=256), Storable]
Day = Annotated[date | None, BeforeValidator(_day)]
Seconds = Annotated[int, Field(ge=0, le=604_800), BeforeValidator(_whole)]
Age = Annotated[int | None, Field(ge=0, le=150), BeforeValidator(_blank_is_none)]
RowId = Annotated[int, Field(ge=1, le=2**31 - 1)]
PathId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def set_etag(response: Response, version: int) -> None:
    """Send the version of the note, for `If-Match`."""
    response.headers["ETag"] = f'"{version}"'


def parse_if_match(value: str | None) -> int | None:
    """Return the version that the client has read; None where it does not say."""
    if value is None or value.strip() == "*":
        return None
    match = _ETAG.fullmatch(value.strip())
    if match is None:
        raise InvalidInputError(
            reason='If-Match must be the ETag of a note as it was sent, such as "3".'
        )
    return int(match[1])
