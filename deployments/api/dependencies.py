"""What routes ask for: the services, the therapist who calls, the version that was read."""

from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer

from db.records import TherapistRecord
from deployments.api.fields import parse_if_match
from deployments.auth import Claims
from deployments.services import Services
from notes.errors import AuthenticationError, NotFoundError

_bearer = OAuth2PasswordBearer("auth/login", auto_error=False)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


AppServices = Annotated[Services, Depends(_services)]
BearerToken = Annotated[str | None, Depends(_bearer)]


async def read_claims(services: AppServices, token: BearerToken) -> Claims:
    """Return what the caller's token says; raises AuthenticationError without a valid one."""
    if token is None:
        raise AuthenticationError
    claims = (await services.auth.tokens(services.database)).read(token)
    async with services.database.transaction() as repos:
        if await repos.tokens.is_revoked(claims.token_id):
            raise AuthenticationError
    return claims


CallerClaims = Annotated[Claims, Depends(read_claims)]


async def read_caller(services: AppServices, claims: CallerClaims) -> TherapistRecord:
    """Return the therapist who calls; one who was removed or disabled is nobody."""
    async with services.database.transaction() as repos:
        try:
            therapist = await repos.therapists.get(claims.therapist_id)
        except NotFoundError:
            raise AuthenticationError from None
    if not therapist.is_active:
        raise AuthenticationError
    return therapist


Caller = Annotated[TherapistRecord, Depends(read_caller)]


def _if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    return parse_if_match(if_match)


ReadVersion = Annotated[int | None, Depends(_if_match)]
