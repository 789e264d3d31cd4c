"""Routes: in which styles a note can be asked for."""

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from deployments.api.dependencies import AppServices, read_caller

router = APIRouter(prefix="/styles", tags=["Notes"], dependencies=[Depends(read_caller)])


class SectionStyleReply(BaseModel):
    """One section; the `heading` of a note that is one paragraph is empty."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    heading: str
    min_words: int
    max_words: int


class StyleReply(BaseModel):
    """One style: its sections in their order, and how many words a note has."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    sections: list[SectionStyleReply]
    min_words: int
    max_words: int
    long_max_words: int


class StylesReply(BaseModel):
    """Every style; the first is taken where a request names none."""

    success: Literal[True] = True
    count: int
    styles: list[StyleReply]


@router.get("")
async def list_styles(services: AppServices) -> StylesReply:
    """List the built-in styles and the practice's own."""
    styles = [StyleReply.model_validate(style) for style in services.styles]
    return StylesReply(count=len(styles), styles=styles)
