"""Who is asking: Argon2 password hashes and HS256 bearer tokens.

An unknown name costs as much time as a wrong password, so that neither tells who is registered.
"""

import asyncio
import hashlib
import hmac
import logging
import os
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from db.records import LEGACY_HASH_PREFIX
from db.session import Database
from deployments.config import Settings
from deployments.logs import log_event
from notes.errors import AuthenticationError, ConfigurationError

logger = logging.getLogger("notes.auth")

KEY_BYTES: Final = 32
MAX_PARALLEL_HASHES: Final = 2  # each takes 64 MiB for a moment
ALGORITHM: Final = "HS256"
_LEGACY_HASH: Final = re.compile(re.escape(LEGACY_HASH_PREFIX) + r"([^$]*)\$([0-9a-f]{64})")


def read_key(secrets_dir: Path, name: str = "jwt.key") -> bytes:
    """Return the signing key; it is made at the first start, readable by its owner alone."""
    path = secrets_dir / name
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(
            reason=f"{path} can be read by other users. Run `chmod 600` on it, or remove it, "
            "which logs everyone out."
        )
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise ConfigurationError(reason=f"{path} is too short for a key. Remove it.")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    try:
        os.link(draft, path)  # atomic, and the first of two processes wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says."""

    therapist_id: int
    token_id: str
    expires_at: datetime


class Tokens:
    """Issues and reads signed tokens; whether one was revoked is in the database.

    `audience` names that database: its ids mean nobody, or somebody else, in any other.
    """

    def __init__(self, key: bytes, lifetime: timedelta, audience: str) -> None:
        self._key = key
        self._lifetime = lifetime
        self._audience = audience

    def issue(self, therapist_id: int) -> str:
        """Return a new token for a therapist."""
        now = datetime.now(UTC)
        claims = {
            "aud": self._audience,
            "sub": str(therapist_id),
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + self._lifetime,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def read(self, token: str) -> Claims:
        """Return the claims of a token; raises AuthenticationError on any other string."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                options={"require": ["aud", "sub", "jti", "iat", "exp"]},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            return Claims(int(claims["sub"]), str(claims["jti"]), expires_at)
        except (jwt.InvalidTokenError, ValueError, OverflowError) as error:
            raise AuthenticationError from error


class Passwords:
    """Argon2id hashes, and the ancestor's `salt$hex(sha256(salt + password))`, read only."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_hex(16))
        self._turn = asyncio.Semaphore(MAX_PARALLEL_HASHES)

    async def hash(self, password: str) -> str:
        """Return the hash to store."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Tell whether `password` is the one stored; None, an unknown user, takes as long."""
        async with self._turn:
            return await asyncio.to_thread(self._matches, password, stored)

    def must_rehash(self, stored: str) -> bool:
        """Tell whether a hash that has just matched is to be replaced by a better one."""
        return is_legacy_hash(stored) or self._hasher.check_needs_rehash(stored)

    def _matches(self, password: str, stored: str | None) -> bool:
        if stored is not None and is_legacy_hash(stored):
            # A match is hashed anew by the caller; a miss costs the same here.
            return _legacy_matches(password, stored) or self._verify(self._decoy, password)
        if stored is None:
            self._verify(self._decoy, password)
            return False
        return self._verify(stored, password)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def is_legacy_hash(stored: str) -> bool:
    """Tell whether a hash has the ancestor's form."""
    return _LEGACY_HASH.fullmatch(stored) is not None


def _legacy_matches(password: str, stored: str) -> bool:
    salt, _, digest = stored.removeprefix(LEGACY_HASH_PREFIX).partition("$")
    candidate = hashlib.sha256((salt + password).encode()).hexdigest()
    return hmac.compare_digest(candidate, digest)


def is_operators(path: Path, token: str) -> bool:
    """Tell whether a token is the one in the operator's file; without the file none is.

    The file is read each time, so that a new token counts at once and a removed one no more.
    """
    try:
        is_private = not path.stat().st_mode & 0o077
        expected = path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return False
    if not is_private or len(expected) < KEY_BYTES:
        log_event(logger, "operator_token_not_used", logging.WARNING, is_private=is_private)
        return False
    return hmac.compare_digest(token.encode(), expected.encode())


class Authenticator:
    """Passwords and tokens with the configured key and lifetime."""

    def __init__(self, settings: Settings, hasher: PasswordHasher | None = None) -> None:
        self.passwords = Passwords(hasher)
        self._key = read_key(settings.secrets_dir)
        self._operator_file = settings.operator_token_file
        self._lifetime = timedelta(minutes=settings.access_token_minutes)
        self._tokens: Tokens | None = None

    async def tokens(self, database: Database) -> Tokens:
        """Return the tokens of the process's one database, which is asked for its name once."""
        if self._tokens is None:
            async with database.transaction() as repos:
                audience = await repos.tokens.audience()
            self._tokens = Tokens(self._key, self._lifetime, audience)
        return self._tokens

    def is_operator(self, token: str) -> bool:
        """Tell whether a token is the operator's."""
        return is_operators(self._operator_file, token)
