"""Routes: register, log in, log out, who am I."""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from db.migrate import migrate
from db.records import LEGACY_HASH_PREFIX
from db.session import Database
from deployments.api import create_api
from deployments.auth import Authenticator, Tokens, read_key
from deployments.config import Settings
from tests.fixtures_db import empty_database
from tests.serve.conftest import QUICK_HASHER, Register, registration

THERAPIST_FIELDS = {
    "id",
    "email",
    "username",
    "full_name",
    "license_number",
    "specialization",
    "phone",
    "is_active",
    "is_verified",
    "created_at",
    "last_login",
    "patient_count",
}


def form(username: str, password: str) -> dict[str, Any]:
    return {"data": {"username": username, "password": password}}


async def test_register_answers_with_a_token_and_the_therapist(
    anonymous: httpx.AsyncClient,
) -> None:
    body = (await anonymous.post("/auth/register", json=registration("ada"))).json()
    assert {"access_token", "token_type", "therapist"} <= set(body)
    assert body["token_type"] == "bearer"
    assert set(body["therapist"]) == THERAPIST_FIELDS
    assert "password" not in json.dumps(body["therapist"])
    me = await anonymous.get(
        "/auth/me", headers={"Authorization": f"Bearer {body['access_token']}"}
    )
    assert me.json()["therapist"] == body["therapist"]


@pytest.mark.parametrize("field", ["email", "username"])
async def test_a_taken_name_is_refused(
    field: str, ada: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    body = registration("bob") | {field: registration("ada")[field].upper()}
    response = await anonymous.post("/auth/register", json=body)
    assert response.status_code == 400
    assert field in response.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("password", "short", "8"),
        ("email", "nobody", "e-mail"),
        ("username", "ada@clinic.org", "@"),
        ("full_name", "   ", "full_name"),
        ("full_name", "a\x00b", "NUL"),
        ("license_number", None, "license_number"),
    ],
)
async def test_a_wrong_registration_is_explained(
    field: str, value: str | None, word: str, anonymous: httpx.AsyncClient
) -> None:
    response = await anonymous.post("/auth/register", json=registration("ada") | {field: value})
    assert response.status_code == 422
    assert word in response.json()["detail"]


async def test_the_app_may_send_fields_that_nobody_knows(anonymous: httpx.AsyncClient) -> None:
    body = registration("ada") | {"confirmPassword": "x", "is_verified": True}
    response = await anonymous.post("/auth/register", json=body)
    assert response.status_code == 200
    assert response.json()["therapist"]["is_verified"] is False


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@clinic.org"])
async def test_login_is_form_encoded_and_takes_either_name(
    name: str, ada: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    response = await anonymous.post("/auth/login", **form(name, "ada's password"))
    assert response.status_code == 200
    assert response.json()["token_type"] == "bearer"
    assert response.json()["therapist"]["last_login"] is not None


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong password"), ("nobody", "ada's password")]
)
async def test_both_wrong_logins_answer_alike(
    name: str, password: str, ada: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    response = await anonymous.post("/auth/login", **form(name, password))
    assert response.status_code == 401
    assert response.json() == {
        "detail": "The e-mail address or password is wrong, or the token is missing or has "
        "expired. Log in again."
    }


@pytest.mark.parametrize(
    "request_body",
    [
        {"json": {"username": "ada", "password": "x"}},
        {"data": {"username": "ada"}},
        {"data": {"username": "a\x00", "password": "x"}},
        {"content": b"username=%ff\xfe&password=x"},
    ],
)
async def test_a_malformed_login_is_refused(
    request_body: dict[str, Any], anonymous: httpx.AsyncClient
) -> None:
    response = await anonymous.post("/auth/login", **request_body)
    assert response.status_code in (401, 422)
    assert response.json()["detail"]


async def test_a_token_ends_with_the_logout(ada: httpx.AsyncClient) -> None:
    assert (await ada.post("/auth/logout")).json()["success"] is True
    assert (await ada.get("/auth/me")).status_code == 401
    assert (await ada.post("/auth/logout")).status_code == 401


async def test_an_expired_or_foreign_token_is_refused(
    ada: httpx.AsyncClient, anonymous: httpx.AsyncClient, settings: Settings, database: Database
) -> None:
    key = read_key(settings.secrets_dir)
    async with database.transaction() as repos:
        name = await repos.tokens.audience()
    ada_id = (await ada.get("/auth/me")).json()["therapist"]["id"]
    for tokens, therapist_id in (
        (Tokens(key, timedelta(seconds=-1), name), ada_id),
        (Tokens(b"x" * 32, timedelta(hours=1), name), ada_id),
        (Tokens(key, timedelta(hours=1), name), ada_id + 1000),
    ):
        headers = {"Authorization": f"Bearer {tokens.issue(therapist_id)}"}
        assert (await anonymous.get("/auth/me", headers=headers)).status_code == 401


@pytest.fixture
def another_database_url(template_url: str) -> Iterator[str]:
    for url in empty_database(template_url):
        migrate(url)
        yield url


async def test_a_token_of_another_database_is_nobodys(
    ada: httpx.AsyncClient, api: FastAPI, another_database_url: str
) -> None:
    """The data folder with its key stays where it is; ids begin again at 1 in a new database."""
    services = api.state.services
    async with Database.open(another_database_url) as another:
        auth = Authenticator(services.settings, QUICK_HASHER)
        transport = httpx.ASGITransport(create_api(replace(services, database=another, auth=auth)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            bob = (await client.post("/auth/register", json=registration("bob"))).json()
            assert bob["therapist"]["id"] == (await ada.get("/auth/me")).json()["therapist"]["id"]
            assert (await client.get("/auth/me", headers=ada.headers)).status_code == 401
            headers = {"Authorization": f"Bearer {bob['access_token']}"}
            assert (await client.get("/auth/me", headers=headers)).status_code == 200


async def test_an_imported_password_is_hashed_anew_at_the_first_login(
    database: Database, anonymous: httpx.AsyncClient
) -> None:
    digest = hashlib.sha256(b"saltold password").hexdigest()
    async with database.transaction() as repos:
        await repos.therapists.create(
            email="old@clinic.org",
            username="old",
            password_hash=f"{LEGACY_HASH_PREFIX}salt${digest}",
            full_name="Old Account",
        )
    assert (await anonymous.post("/auth/login", **form("old", "wrong one"))).status_code == 401
    assert (await anonymous.post("/auth/login", **form("old", "old password"))).status_code == 200
    async with database.transaction() as repos:
        found = await repos.therapists.credentials("old")
    assert found is not None
    assert found[1].startswith("$argon2id$")
    assert (await anonymous.post("/auth/login", **form("old", "old password"))).status_code == 200


async def test_nothing_secret_is_logged(
    register: Register, anonymous: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="notes"):
        await register("carol")
        await anonymous.post("/auth/login", **form("carol", "planted password"))
    logged = "".join(
        f"{record.getMessage()} {record.__dict__.get('data')}" for record in caplog.records
    )
    assert "login_refused" in logged
    assert not any(word in logged for word in ("carol", "planted", "Bearer"))


def test_the_key_is_beside_the_data(settings: Settings, tmp_path: Path) -> None:
    read_key(settings.secrets_dir)
    assert (tmp_path / "secrets" / "jwt.key").exists()
