"""docs/api.md is true: its routes, its fields, its answers and its errors are the code's."""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

import notes.errors
from db.session import Database
from deployments.api.notes import generated_response
from deployments.http_errors import STATUS, UNEXPECTED, error_response, status_of
from deployments.services import NoteOutcome, NoteStatus
from notes.compose import finding_details
from notes.errors import NotesError
from notes.risk import assess_risk
from notes.risk.findings import Polarity, RiskCategory
from notes.transcript import parse_transcript
from notes.validation import Rule

DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
OPTIONAL_BODY = {"POST /auth/logout"}


@dataclass(frozen=True)
class Row:
    """One route of the table; `…` in a cell stands for fields that it does not name."""

    method: str
    path: str
    goes_in: str
    comes_out: str


@dataclass(frozen=True)
class Example:
    """One answer: "`METHOD /path` `{body}` → STATUS, `Header: value`" and then JSON."""

    method: str
    path: str
    body: str | None
    status: int
    headers: str
    answer: str


def rows() -> list[Row]:
    return [
        Row(*cells)
        for cells in table("method")
        if cells[0] in ("GET", "POST", "PUT", "DELETE")
    ]
