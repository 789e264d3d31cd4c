"""Routes: which models there are, and which one writes the notes."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from deployments.api.dependencies import AppServices, BearerToken, read_caller, read_claims
from deployments.api.fields import RowId
from deployments.http_errors import OperatorOnlyError
from deployments.model_desk import Listed, ModelDesk, Moved
from notes.errors import AuthenticationError

ModelName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


async def may_read(services: AppServices, token: BearerToken) -> None:
    """Let the operator pass, and every therapist."""
    if token is None:
        raise AuthenticationError
    if not services.auth.is_operator(token):
        await read_caller(services, await read_claims(services, token))


async def is_operator(services: AppServices, token: BearerToken) -> None:
    """Let the operator pass; raises OperatorOnlyError for a therapist."""
    await may_read(services, token)
    if token is None or not services.auth.is_operator(token):
        raise OperatorOnlyError


def _desk(services: AppServices) -> ModelDesk:
    return services.models


Desk = Annotated[ModelDesk, Depends(_desk)]
router = APIRouter(prefix="/models", tags=["Models"])


class ModelReply(BaseModel):
    """What the card of a registered version says; `model` is its name for every setting."""

    model: str
    name: str
    version: int
    kind: Literal["model", "adapter"]
    is_production: bool
    base: str
    base_model: str | None
    architecture: str
    quantization: str
    context_tokens: int
    prompt_version: str
    license: str
    sha256: str
    num_bytes: int
    created_at: str

    @classmethod
    def of(cls, listed: Listed) -> "ModelReply":
        """Return the card's facts; where the file came from is nobody's business here."""
        card = listed.model.card
        path = listed.model.adapter_path if card.is_adapter else listed.model.model_path
        return cls(
            model=listed.model.reference,
            name=card.name,
            version=card.version,
            kind="adapter" if card.is_adapter else "model",
            is_production=listed.is_production,
            base=card.base,
            base_model=card.base_reference,
            architecture=card.architecture,
            quantization=card.quantization,
            context_tokens=card.context_tokens,
            prompt_version=card.prompt_version,
            license=card.license,
            sha256=card.files[path.name],
            num_bytes=card.sizes[path.name],
            created_at=card.created_at,
        )


class ModelsReply(BaseModel):
    """Every registered version, by name and number."""

    success: Literal[True] = True
    count: int
    models: list[ModelReply]


class PromoteBody(BaseModel):
    """Which version, and the evaluation that it was judged by."""

    model_config = ConfigDict(extra="forbid")

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"version": 3, "evaluation_sha256": "0" * 64}

    version: RowId
    evaluation_sha256: Sha256


class MovedReply(BaseModel):
    """What writes the notes now; `num_replicas` serve it already, others read it at their start."""

    success: Literal[True] = True
    message: str
    model: str
    previous: str | None
    num_replicas: int

    @classmethod
    def of(cls, moved: Moved) -> "MovedReply":
        """Return the answer to a change."""
        change = moved.promotion
        model = f"{change.name}:{change.version}"
        return cls(
            message=f"{model} is in production.",
            model=model,
            previous=f"{change.name}:{change.previous}" if change.previous else None,
            num_replicas=moved.num_replicas,
        )


@router.get("", dependencies=[Depends(may_read)])
async def list_models(desk: Desk) -> ModelsReply:
    """List the models and adapters of this installation, and which model is in production."""
    models = [ModelReply.of(each) for each in await desk.versions()]
    return ModelsReply(count=len(models), models=models)


@router.post("/{name}/promote", dependencies=[Depends(is_operator)])
async def promote(name: ModelName, body: PromoteBody, desk: Desk) -> MovedReply:
    """Put a version into production; every replica swaps to it, and no request is lost."""
    return MovedReply.of(await desk.promote(name, body.version, body.evaluation_sha256))


@router.post("/{name}/rollback", dependencies=[Depends(is_operator)])
async def roll_back(name: ModelName, desk: Desk) -> MovedReply:
    """Put the version before the present one into production again."""
    return MovedReply.of(await desk.rollback(name))
