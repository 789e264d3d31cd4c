"""A plan that nobody spoke of is asked of the model again; its failure costs nothing."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.session import Database
from deployments.config import Settings
from deployments.messages import PlanResult, Review
from deployments.notes_writer import _better
from deployments.services import NoteOutcome, NoteStatus
from notes.errors import EngineError
from notes.parsing import parse_note
from notes.style import SECTIONS5
from notes.transcript import parse_transcript
from tests.serve.local_service import MAX_ATTEMPTS, open_local_service
from tests.serve.test_note_service import TRANSCRIPT, new_session, owner

__all__ = ["owner"]  # a fixture

INVENTED = " Patient will take sertraline from Monday and see a psychiatrist."
SAID = " Patient will practise the breathing exercise."
LAST = 3


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url=database_url)  # type: ignore[arg-type]


class Planner:
    """Invents plans; in its third attempt it says what `then` holds, or fails."""

    def __init__(self, then: str, *, is_replaced: bool = False) -> None:
        self.then = then
        self.is_replaced = is_replaced
        self.num_attempts = 0

    def __call__(self, prompt: str) -> str:
        if not prompt.endswith("**Plan:**"):
            return " Patient felt tense at work and cried on Friday."
        return self.then if self.num_attempts == LAST else INVENTED

    def counting(self, generate: Callable[..., Awaitable[PlanResult]]) -> Callable[..., Any]:
        """Return a replica's `generate` with its attempts counted."""

        async def counted(*args: Any, **options: Any) -> PlanResult:
            self.num_attempts += 1
            if self.num_attempts == LAST and not self.then:
                raise EngineError(reason="a test")
            result = await generate(*args, **options)
            is_new = self.is_replaced and self.num_attempts == LAST
            return replace(result, model="fake:2") if is_new else result

        return counted


async def note_by(
    model: Planner,
    settings: Settings,
    database: Database,
    owner: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> NoteOutcome:
    local = await open_local_service(settings, database, model)
    monkeypatch.setattr(local.replica, "generate", model.counting(local.replica.generate))
    session_id = await new_session(database, owner, TRANSCRIPT)
    try:
        return await local.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    finally:
        await local.close()


async def test_the_answer_that_is_borne_out_counts(
    settings: Settings,
    database: Database,
    owner: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Planner(SAID)
    outcome = await note_by(model, settings, database, owner, monkeypatch)
    assert model.num_attempts == LAST < MAX_ATTEMPTS
    assert "breathing exercise" in parse_note(outcome.text, SECTIONS5).section("plan").text


@pytest.mark.parametrize("then", [INVENTED, ""])
async def test_none_that_is_better_leaves_a_note_with_a_quotation(
    then: str,
    settings: Settings,
    database: Database,
    owner: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Planner(then)
    outcome = await note_by(model, settings, database, owner, monkeypatch)
    assert model.num_attempts == (MAX_ATTEMPTS if then else LAST)
    assert outcome.status is NoteStatus.STORED
    plan = parse_note(outcome.text, SECTIONS5).section("plan").text
    assert "sertraline" not in plan
    assert plan.startswith("Therapist: ")


async def test_words_of_two_models_are_not_mixed(
    settings: Settings,
    database: Database,
    owner: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Planner(SAID, is_replaced=True)
    outcome = await note_by(model, settings, database, owner, monkeypatch)
    assert model.num_attempts == LAST
    assert parse_note(outcome.text, SECTIONS5).section("plan").text.startswith("Therapist: ")


async def test_a_review_that_fails_costs_nothing_either(
    settings: Settings,
    database: Database,
    owner: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = await open_local_service(settings, database, Planner(SAID))
    review = local.writer.review

    def once(*args: Any) -> Review:
        if len(args) > len(("request", "plan", "result")):
            raise EngineError(reason="a test")
        return review(*args)

    monkeypatch.setattr(local.writer, "review", once)
    session_id = await new_session(database, owner, TRANSCRIPT)
    outcome = await local.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    await local.close()
    assert outcome.status is NoteStatus.STORED


async def test_nothing_is_asked_again_where_no_time_is_left(
    settings: Settings, database: Database, owner: tuple[int, int]
) -> None:
    local = await open_local_service(settings, database, Planner(SAID))
    session_id = await new_session(database, owner, TRANSCRIPT)
    request = await local.notes._request(owner[0], session_id, True, "sections5")
    plan, _ = await local.notes._plan(request)
    result = await local.replica.generate(plan.prompts, "a", time.time() + 60)
    doubtful = local.writer.review(request, plan, result)
    assert doubtful.prompts
    pipeline = local.notes._pipeline
    assert await pipeline._improve(request, plan, doubtful, time.time()) is doubtful
    assert await pipeline._improve(request, plan, doubtful, time.time() + 60) is not doubtful
    await local.close()


def test_an_attempt_at_a_later_chunk_takes_its_place() -> None:
    transcript = parse_transcript(TRANSCRIPT)
    texts = ({"plan": SAID.strip()}, {"plan": INVENTED.strip(), "risk": "Not discussed."})
    sure = ({"plan": 0.9}, {"plan": 0.2, "risk": 0.3})
    first = PlanResult("fake:1", texts, sure, 100, 20)
    second = PlanResult("fake:1", ({"plan": SAID.strip()},), ({"plan": 0.7},), 50, 5)
    best = _better(transcript, SECTIONS5, Review(first, (), (1,)), second)
    assert best.texts == (texts[0], {**texts[1], "plan": SAID.strip()})
    assert best.confidence == (sure[0], {"plan": 0.7, "risk": 0.3})
    assert (best.num_prompt_tokens, best.num_tokens) == (150, 25)
