"""Routes: which styles there are; and a note in one of the practice's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from db.session import Database
from deployments.api import create_api
from deployments.auth import Authenticator
from deployments.config import ROOT, Settings
from deployments.services import Services
from notes.parsing import parse_note
from notes.style_file import read_styles
from tests.serve.conftest import QUICK_HASHER, desk_of
from tests.serve.local_service import LocalService, open_local_service

STYLES = read_styles(ROOT / "docs" / "styles")
OPENINGS = {"Goal": "Patient wants to", "Intervention": "Therapist", "Plan": "Patient said they"}


def answer(prompt: str) -> str:
    """Answer for the section that a prompt ends with."""
    heading = prompt.rpartition("**")[0].rpartition("**")[2].removesuffix(":")
    opening = OPENINGS.get(heading, "Patient told the therapist that")
    return f" {opening} sleep badly and worry about work."


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,  # type: ignore[arg-type]
        slow_note_s=86_400,  # whatever a busy machine predicts, the answer is the note
    )


@pytest.fixture
async def service(settings: Settings, database: Database) -> AsyncIterator[LocalService]:
    local = await open_local_service(settings, database, answer, styles=STYLES)
    yield local
    await local.close()


@pytest.fixture
def api(settings: Settings, database: Database, service: LocalService) -> FastAPI:
    auth = Authenticator(settings, QUICK_HASHER)
    return create_api(Services(settings, database, auth, service.notes, desk_of(settings), STYLES))


async def test_the_styles_are_listed_with_their_sections(ada: httpx.AsyncClient) -> None:
    body = (await ada.get("/styles")).json()
    names = [style["name"] for style in body["styles"]]
    assert names == ["sections5", "soap", "dap", "birp", "narrative", "girp"]
    assert (body["success"], body["count"]) == (True, 6)
    soap = body["styles"][1]
    assert (soap["min_words"], soap["max_words"], soap["long_max_words"]) == (30, 70, 150)
    assert soap["sections"][3] == {
        "key": "risk",
        "heading": "Risk",
        "min_words": 6,
        "max_words": 14,
    }


async def test_the_list_is_for_those_who_are_logged_in(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/styles")).status_code == 401


async def test_a_note_is_written_and_stored_in_a_style_of_the_practice(
    ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    path = f"/sessions/{session['id']}"
    body = (await ada.post(f"{path}/generate-notes", json={"style": "girp"})).json()
    draft = parse_note(body["generated_notes"], STYLES.get("girp"))
    assert [section.heading for section in draft.sections][:2] == ["Goal", "Intervention"]
    assert draft.section("chief_complaint").text.startswith("Patient wants to sleep badly")
    [version] = (await ada.get(f"{path}/notes/versions")).json()["versions"]
    assert version["style"] == "girp"


async def test_an_unknown_style_is_refused_with_those_that_there_are(
    ada: httpx.AsyncClient, session: dict[str, Any]
) -> None:
    response = await ada.post(f"/sessions/{session['id']}/generate-notes", json={"style": "haiku"})
    assert response.status_code == 400
    assert "birp, dap, girp, narrative, sections5, soap" in response.json()["detail"]
