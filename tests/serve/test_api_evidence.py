"""Route: what in the session bears each sentence of its note out."""

from typing import Any

import httpx
import pytest

from tests.serve.conftest import TRANSCRIPT

NOTE = (
    "**Chief Complaint:** Patient worried about work every night.\n"
    "**Plan:** Patient will take sertraline from Monday."
)


@pytest.fixture
def path(session: dict[str, Any]) -> str:
    return f"/sessions/{session['id']}/notes"


async def test_each_sentence_shows_its_turns(ada: httpx.AsyncClient, path: str) -> None:
    await ada.put(path, json={"notes": NOTE})
    answer = (await ada.get(f"{path}/evidence")).json()
    complaint, plan = answer["sentences"]
    assert complaint["is_supported"]
    assert complaint["sentence"] == "Patient worried about work every night."
    (turn,) = complaint["turns"]
    assert turn["speaker"] == "Patient"
    assert TRANSCRIPT[turn["start"] : turn["end"]].endswith("worried about work every night.")
    assert (plan["is_supported"], plan["turns"]) == (False, [])
    assert (answer["version"], answer["support"]) == (1, 0.5)
    assert answer["is_transcript_changed"] is None  # a person wrote it


async def test_an_earlier_version_has_its_own(ada: httpx.AsyncClient, path: str) -> None:
    await ada.put(path, json={"notes": NOTE})
    await ada.put(path, json={"notes": "She slept badly."})
    first = (await ada.get(f"{path}/evidence", params={"version": 1})).json()
    second = (await ada.get(f"{path}/evidence")).json()
    assert [len(each["sentences"]) for each in (first, second)] == [2, 1]
    assert second["sentences"][0]["section"] == ""


@pytest.mark.parametrize("query", ["", "?version=7"])
async def test_no_note_has_none(ada: httpx.AsyncClient, path: str, query: str) -> None:
    assert (await ada.get(f"{path}/evidence{query}")).status_code == 404


async def test_nobody_reads_another_therapists(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, path: str
) -> None:
    await ada.put(path, json={"notes": NOTE})
    assert (await bob.get(f"{path}/evidence")).status_code == 404
