"""Therapists' accounts and logged-out tokens."""

from datetime import UTC, datetime, timedelta

import pytest

from db.records import TherapistRecord
from db.repositories import Repositories
from db.session import Database
from notes.errors import AlreadyExistsError, NotFoundError
from tests.db.conftest import Practice


async def register(repos: Repositories, email: str, username: str) -> TherapistRecord:
    return await repos.therapists.create(
        email=email, username=username, password_hash="hash", full_name="Somebody"
    )


async def test_an_account_is_found_by_either_name_in_any_case(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        stored = await repos.therapists.get(ada.therapist)
        assert stored.patient_count == 1
        for name in ("ADA", "Ada@Clinic.org"):
            assert await repos.therapists.credentials(name) == (stored, "hash")
        assert await repos.therapists.credentials("nobody") is None


@pytest.mark.parametrize(
    ("email", "username", "field"),
    [("ADA@clinic.org", "other", "email"), ("other@clinic.org", "Ada", "username")],
)
async def test_a_taken_name_is_named(
    database: Database, ada: Practice, email: str, username: str, field: str
) -> None:
    with pytest.raises(AlreadyExistsError) as caught:
        async with database.transaction() as repos:
            await register(repos, email, username)
    assert caught.value.data == {"what": "therapist", "field": field}
    assert caught.value.__context__ is None


async def test_a_user_name_like_an_address_does_not_catch_its_owners_login(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await register(repos, "eve@clinic.org", "ada@clinic.org")
        found = await repos.therapists.credentials("ada@clinic.org")
    assert found is not None
    assert found[0].id == ada.therapist


async def test_a_new_hash_and_a_login_are_kept(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await repos.therapists.set_password_hash(ada.therapist, "better")
        await repos.therapists.touch_login(ada.therapist)
    async with database.transaction() as repos:
        found = await repos.therapists.credentials("ada")
    assert found is not None
    assert found[1] == "better"
    assert found[0].last_login is not None


async def test_an_unknown_account_is_not_found(database: Database) -> None:
    with pytest.raises(NotFoundError):
        async with database.transaction() as repos:
            await repos.therapists.get(2**62)


async def test_a_token_stays_revoked_until_it_expires(database: Database) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    async with database.transaction() as repos:
        await repos.tokens.revoke("old", later - timedelta(hours=2))
        await repos.tokens.revoke("new", later)
        await repos.tokens.revoke("new", later)
        assert await repos.tokens.is_revoked("new")
        assert not await repos.tokens.is_revoked("old")
        assert not await repos.tokens.is_revoked("never")
