"""Notes by a model: several at a time, asked again as serving does, continued after a kill."""

import asyncio
from pathlib import Path

import pytest

from models.engine.params import Completion, GenerationRequest, SamplingParams
from notes.errors import EngineError
from notes.planning import PromptPlanner
from notes.prompt import ChatFormat
from notes.style import SECTIONS5
from notes.transcript import parse_transcript
from tests.train.tiny import DARK, MOTHER, SLEEP, FakeEngine, WordTokenizer
from train_jobs.evaluation.author import production_setup
from train_jobs.evaluation.cache import NoteCache
from train_jobs.evaluation.writing import NOTES_IN_FLIGHT, Assignment, Desk

SAMPLING = SamplingParams(seed=7, temperature=0.2, retry_temperature=0.6)
ATTEMPTS = 3
INVENTED = {"plan": "Patient will fly to Lisbon and adopt three parrots."}
SPOKEN = {"plan": "Patient will keep a sleep diary every evening.", "intervention": ""}


def assignment(transcript: str, context_tokens: int = 2000) -> Assignment:
    planner = PromptPlanner(WordTokenizer(), ChatFormat.CHATML, context_tokens)
    parsed = parse_transcript(transcript)
    return Assignment(parsed, SECTIONS5, planner.plan_note(parsed, SECTIONS5))


def desk(folder: Path, sampling: SamplingParams = SAMPLING, author: str = "notes:1") -> Desk:
    return Desk(author, sampling, NoteCache(folder / "written.jsonl"), ATTEMPTS)


def write(desk: Desk, engine: FakeEngine, *some: Assignment) -> int:
    ticks: list[int] = []
    asyncio.run(desk.write_all(engine, some, lambda: ticks.append(1)))
    return len(ticks)


def test_a_note_is_asked_for_with_productions_branches(tmp_path: Path) -> None:
    one, engine = assignment(SLEEP), FakeEngine(SPOKEN)
    assert desk(tmp_path).find(one) is None
    assert write(desk(tmp_path), engine, one) == 1
    answer = desk(tmp_path).find(one)
    assert answer is not None
    (request,) = engine.asked
    (prompt,) = one.plan.prompts
    assert request.prefix == prompt.prefix
    assert [branch.text for branch in request.branches] == [b.text for b in prompt.branches]
    assert answer.texts[0]["plan"] == SPOKEN["plan"]
    assert (answer.num_prompt_tokens, answer.num_tokens) == (100, 45)


def test_what_nobody_spoke_of_is_asked_for_again_with_other_seeds(tmp_path: Path) -> None:
    one, engine = assignment(SLEEP), FakeEngine({**SPOKEN, **INVENTED})
    write(desk(tmp_path), engine, one)
    assert [len(request.branches) for request in engine.asked] == [5, 1, 1]
    assert {branch.key for request in engine.asked[1:] for branch in request.branches} == {"plan"}
    assert len({request.sampling.seed for request in engine.asked}) == ATTEMPTS
    assert [request.sampling.temperature for request in engine.asked] == [0.2, 0.6, 0.6]
    answer = desk(tmp_path).find(one)
    assert answer is not None
    assert answer.num_prompt_tokens == 100 * ATTEMPTS
    assert answer.texts[0]["plan"] == INVENTED["plan"]


def test_a_better_answer_takes_the_place_of_the_first_and_ends_the_asking(tmp_path: Path) -> None:
    class Learning(FakeEngine):
        async def generate(self, request: GenerationRequest) -> Completion:
            self.answers = SPOKEN if self.asked else {**SPOKEN, **INVENTED}
            return await super().generate(request)

    one = assignment(SLEEP)
    write(desk(tmp_path), Learning(), one)
    answer = desk(tmp_path).find(one)
    assert answer is not None
    assert answer.first.texts[0]["plan"] == INVENTED["plan"]
    assert answer.texts[0]["plan"] == SPOKEN["plan"]
    assert len(answer.attempts) == 2


def test_a_killed_run_continues_where_it_was(tmp_path: Path) -> None:
    some = [assignment(each) for each in (SLEEP, MOTHER, DARK)]
    with pytest.raises(EngineError):
        write(desk(tmp_path), FakeEngine(SPOKEN, lives=2), *some)
    known = [each for each in some if desk(tmp_path).find(each) is not None]
    engine = FakeEngine(SPOKEN)
    left = [each for each in some if each not in known]
    write(desk(tmp_path), engine, *left)
    assert all(desk(tmp_path).find(each) for each in some)
    first_time = {request.prefix for request in engine.asked}
    assert len(first_time) < len(some)


def test_another_model_sampling_or_text_is_another_note(tmp_path: Path) -> None:
    write(desk(tmp_path), FakeEngine(SPOKEN), assignment(SLEEP))
    assert desk(tmp_path, author="notes:2").find(assignment(SLEEP)) is None
    assert desk(tmp_path, SamplingParams(seed=8)).find(assignment(SLEEP)) is None
    assert desk(tmp_path).find(assignment(SLEEP + " Well.")) is None
    assert desk(tmp_path).find(assignment(SLEEP)) is not None


def test_a_long_session_has_a_text_for_each_of_its_prompts(tmp_path: Path) -> None:
    one = assignment("\n".join([SLEEP] * 20), context_tokens=300)
    assert len(one.plan.prompts) > 2
    write(desk(tmp_path), FakeEngine({**SPOKEN, **INVENTED}), one)
    answer = desk(tmp_path).find(one)
    assert answer is not None
    assert len(answer.attempts) == ATTEMPTS
    assert {len(each.texts) for each in answer.attempts} == {len(one.plan.prompts)}


def test_several_notes_are_in_flight(tmp_path: Path) -> None:
    class Counting(FakeEngine):
        now = most = 0

        async def generate(self, request: GenerationRequest) -> Completion:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return await super().generate(request)

    engine = Counting(SPOKEN)
    some = [assignment(f"{SLEEP} {number}") for number in range(3 * NOTES_IN_FLIGHT)]
    assert write(desk(tmp_path), engine, *some) == len(some)
    assert engine.most == NOTES_IN_FLIGHT


def test_production_is_what_serves_but_with_a_seed() -> None:
    setup = production_setup(5)
    assert setup.sampling.seed == 5
    assert setup.engine.max_running == NOTES_IN_FLIGHT
