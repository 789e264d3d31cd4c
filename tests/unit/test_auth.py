"""Passwords, tokens and the key that signs them."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import jwt
import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from db.records import LEGACY_HASH_PREFIX
from deployments.auth import Passwords, Tokens, is_legacy_hash, read_key
from notes.errors import AuthenticationError, ConfigurationError

KEY = b"k" * 32
AUDIENCE = "this database"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def legacy_hash(password: str, salt: str = "abc123") -> str:
    return f"{LEGACY_HASH_PREFIX}{salt}${hashlib.sha256((salt + password).encode()).hexdigest()}"


async def test_a_password_matches_its_hash_only() -> None:
    passwords = Passwords(QUICK)
    stored = await passwords.hash("correct horse")
    assert await passwords.matches("correct horse", stored)
    assert not await passwords.matches("wrong horse", stored)
    assert not passwords.must_rehash(stored)


async def test_hashes_are_argon2id_and_salted() -> None:
    passwords = Passwords()
    first, second = await passwords.hash("same"), await passwords.hash("same")
    assert first.startswith("$argon2id$")
    assert first != second


async def test_the_ancestors_hash_is_verified_and_must_be_replaced() -> None:
    passwords = Passwords(QUICK)
    stored = legacy_hash("old password")
    assert is_legacy_hash(stored)
    assert await passwords.matches("old password", stored)
    assert not await passwords.matches("other password", stored)
    assert passwords.must_rehash(stored)


async def test_a_weaker_hash_must_be_replaced() -> None:
    weak = await Passwords(QUICK).hash("password")
    assert Passwords().must_rehash(weak)


@pytest.mark.parametrize("stored", ["", "no hash at all", "$argon2id$broken", "plain$abc"])
async def test_a_broken_hash_matches_nothing(stored: str) -> None:
    assert not await Passwords(QUICK).matches("password", stored)


class CountingHasher(PasswordHasher):
    """Counts verifications, which are what takes the time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.num_verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.num_verified += 1
        return super().verify(hash, password)


@pytest.mark.parametrize("stored", [None, legacy_hash("another"), QUICK.hash("another")])
async def test_every_refusal_takes_one_verification(stored: str | None) -> None:
    hasher = CountingHasher()
    assert not await Passwords(hasher).matches("password", stored)
    assert hasher.num_verified == 1


async def test_the_loop_runs_on_while_hashing() -> None:
    passwords = Passwords()
    hashing = asyncio.create_task(passwords.hash("password"))
    num_turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        num_turns += 1
    assert num_turns > 1


def test_a_token_says_whose_it_is() -> None:
    tokens = Tokens(KEY, timedelta(minutes=5), AUDIENCE)
    claims = tokens.read(tokens.issue(7))
    assert claims.therapist_id == 7
    assert timedelta(minutes=4) < claims.expires_at - datetime.now(UTC) <= timedelta(minutes=5)
    assert claims.token_id != tokens.read(tokens.issue(7)).token_id


def test_an_expired_token_is_refused() -> None:
    tokens = Tokens(KEY, timedelta(seconds=-1), AUDIENCE)
    with pytest.raises(AuthenticationError):
        tokens.read(tokens.issue(7))


def test_a_token_of_another_key_is_refused() -> None:
    other = Tokens(b"o" * 32, timedelta(minutes=5), AUDIENCE)
    with pytest.raises(AuthenticationError):
        Tokens(KEY, timedelta(minutes=5), AUDIENCE).read(other.issue(7))


def test_a_token_of_another_database_is_refused() -> None:
    other = Tokens(KEY, timedelta(minutes=5), "another database")
    with pytest.raises(AuthenticationError):
        Tokens(KEY, timedelta(minutes=5), AUDIENCE).read(other.issue(7))


CLAIMS = {"aud": AUDIENCE, "sub": "7", "jti": "a", "iat": 0, "exp": 4_000_000_000}


@pytest.mark.parametrize("missing", ["aud", "sub", "jti", "iat", "exp"])
def test_every_claim_is_required(missing: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != missing}
    with pytest.raises(AuthenticationError):
        Tokens(KEY, timedelta(minutes=5), AUDIENCE).read(jwt.encode(claims, KEY, "HS256"))


def test_an_unsigned_token_is_refused() -> None:
    with pytest.raises(AuthenticationError):
        Tokens(KEY, timedelta(minutes=5), AUDIENCE).read(jwt.encode(CLAIMS, "", "none"))


def test_a_subject_that_is_no_number_is_refused() -> None:
    token = jwt.encode({**CLAIMS, "sub": "root"}, KEY, "HS256")
    with pytest.raises(AuthenticationError):
        Tokens(KEY, timedelta(minutes=5), AUDIENCE).read(token)


@settings(max_examples=200)
@given(st.text())
def test_any_other_string_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationError):
        Tokens(KEY, timedelta(minutes=5), AUDIENCE).read(token)


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = read_key(tmp_path / "secrets")
    assert len(key) == 32
    assert read_key(tmp_path / "secrets") == key
    assert (tmp_path / "secrets" / "jwt.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["jwt.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    read_key(tmp_path)
    (tmp_path / "jwt.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_key(tmp_path)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jwt.key").write_bytes(b"short")
    (tmp_path / "jwt.key").chmod(0o600)
    with pytest.raises(ConfigurationError, match="too short"):
        read_key(tmp_path)
