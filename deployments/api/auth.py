"""Routes: register, log in, log out, who am I."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict

from db.records import TherapistRecord
from deployments.api.dependencies import AppServices, Caller, CallerClaims
from deployments.api.fields import Email, Name, Password, ShortText, Username
from deployments.logs import log_event
from deployments.services import Services
from notes.errors import AuthenticationError

logger = logging.getLogger("notes.auth")
router = APIRouter(prefix="/auth", tags=["Log in"])


class RegisterBody(BaseModel):
    """A new therapist."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "email": "ada@clinic.org",
        "username": "ada",
        "password": "at least eight characters",
        "full_name": "Ada Example",
        "license_number": "L-1234",
    }

    email: Email
    username: Username
    password: Password
    full_name: Name
    license_number: Name
    specialization: ShortText | None = None
    phone: ShortText | None = None


class TherapistReply(BaseModel):
    """A therapist without the password hash."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    username: str
    full_name: str
    license_number: str | None
    specialization: str | None
    phone: str | None
    is_active: bool
    is_verified: bool
    created_at: datetime
    last_login: datetime | None
    patient_count: int


class TokenReply(BaseModel):
    """A bearer token and whose it is."""

    success: Literal[True] = True
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme
    therapist: TherapistReply


class MeReply(BaseModel):
    """The therapist who calls."""

    success: Literal[True] = True
    therapist: TherapistReply


class DoneReply(BaseModel):
    """It was done."""

    success: Literal[True] = True
    message: str


@router.post("/register")
async def register(body: RegisterBody, services: AppServices) -> TokenReply:
    """Create a therapist's account and log in."""
    password_hash = await services.auth.passwords.hash(body.password)
    fields = body.model_dump(exclude={"password"})
    async with services.database.transaction() as repos:
        therapist = await repos.therapists.create(password_hash=password_hash, **fields)
    log_event(logger, "registered", therapist_id=therapist.id)
    return await _token(services, therapist)


@router.post("/login")
async def log_in(
    username: Annotated[ShortText, Form()],
    password: Annotated[str, Form(max_length=1024)],
    services: AppServices,
) -> TokenReply:
    """Exchange a user name or an e-mail address and a password (form-encoded) for a token."""
    async with services.database.transaction() as repos:
        found = await repos.therapists.credentials(username)
    stored = found[1] if found else None
    is_right = await services.auth.passwords.matches(password, stored)
    if found is None or not is_right or not found[0].is_active:
        log_event(logger, "login_refused", logging.WARNING)
        raise AuthenticationError
    therapist = await _record_login(services, found[0].id, password, found[1])
    return await _token(services, therapist)


async def _record_login(
    services: Services, therapist_id: int, password: str, stored: str
) -> TherapistRecord:
    """Note the time, and replace a hash that is no longer good enough."""
    passwords = services.auth.passwords
    better = await passwords.hash(password) if passwords.must_rehash(stored) else None
    async with services.database.transaction() as repos:
        if better is not None:
            await repos.therapists.set_password_hash(therapist_id, better)
        await repos.therapists.touch_login(therapist_id)
        return await repos.therapists.get(therapist_id)


@router.get("/me")
async def me(caller: Caller) -> MeReply:
    """Return the therapist who calls."""
    return MeReply(therapist=TherapistReply.model_validate(caller))


@router.post("/logout")
async def log_out(services: AppServices, claims: CallerClaims) -> DoneReply:
    """Revoke the token that was sent."""
    async with services.database.transaction() as repos:
        await repos.tokens.revoke(claims.token_id, claims.expires_at)
    return DoneReply(message="Logged out.")


async def _token(services: Services, therapist: TherapistRecord) -> TokenReply:
    tokens = await services.auth.tokens(services.database)
    return TokenReply(
        access_token=tokens.issue(therapist.id),
        therapist=TherapistReply.model_validate(therapist),
    )
