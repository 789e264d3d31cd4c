"""A replica changes its engine while it serves: nobody loses an answer, and nothing stays open."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.config import Settings
from deployments.loaded_engine import ReplicaConfig, ServedModel
from deployments.phi3 import Phi3Replica
from models.engine.engine import Engine
from models.engine.params import (
    BranchResult,
    Completion,
    FinishReason,
    GenerationRequest,
    Timings,
)
from notes.errors import EngineError, ModelFileError
from notes.prompt import Branch, ChatFormat, Prompt

PROMPT = Prompt("prefix", (Branch("plan", "question", "root ::= [a-z]+", 4),), ChatFormat.PHI3)
BAD = "notes:666"


class SlowEngine:
    """Answers when it is told to; an engine that is closed before has lost the request."""

    is_alive = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.num_closed = 0
        self.num_running = 0
        self._may_answer = asyncio.Event()

    async def generate(self, request: GenerationRequest) -> Completion:
        self.num_running += 1
        try:
            await self._may_answer.wait()
        finally:
            self.num_running -= 1
        if self.num_closed:
            raise EngineError(reason="it was closed")
        [branch] = request.branches
        result = BranchResult(branch.key, "text", 1, FinishReason.STOP, -1.0, 1)
        return Completion(request.request_id, self.name, (result,), 1, Timings(0, 0, 0))

    def answer(self) -> None:
        self._may_answer.set()


class SlowEngines:
    """Opens slow engines, named by their model; refuses BAD, and waits where it is told to."""

    def __init__(self) -> None:
        self.opened: list[SlowEngine] = []
        self.may_open = threading.Event()
        self.may_open.set()

    @contextmanager
    def open(self, config: ReplicaConfig) -> Iterator[ServedModel]:
        assert self.may_open.wait(30)
        if config.model == BAD:
            raise ModelFileError(file="model.gguf", name=BAD, reason="its SHA-256 differs")
        engine = SlowEngine(config.model)
        self.opened.append(engine)
        yield ServedModel(cast(Engine, engine), ChatFormat.PHI3)
        assert engine.num_running == 0
        engine.num_closed += 1


class Story:
    """A replica, and the requests that it was given."""

    def __init__(self, folder: Path) -> None:
        self.engines = SlowEngines()
        self.replica = Phi3Replica(Settings(data_dir=folder), self.engines.open)
        self.asked: list[asyncio.Task[str]] = []

    async def configure(self, model: str, **changes: Any) -> None:
        await self.replica.reconfigure({"model": model, **changes})

    async def ask(self) -> None:
        self.asked.append(asyncio.create_task(self._generate(f"r{len(self.asked)}")))
        for _ in range(5):  # it passes through a few tasks until it has reached the engine
            await asyncio.sleep(0)

    async def _generate(self, request_id: str) -> str:
        """Return the engine's name, once it has answered: the one that served at the start."""
        serving = self.current.name
        result = await self.replica.generate((PROMPT,), request_id, time.time() + 600)
        assert result.model == serving
        return serving

    @property
    def current(self) -> SlowEngine:
        assert self.replica._loaded is not None
        return cast(SlowEngine, self.replica._loaded.engine)

    async def settle(self) -> None:
        """Wait for the changes of the engine that were asked for."""
        await asyncio.gather(*self.replica._swaps)

    async def finish(self) -> None:
        """Let all answer, and see that each request was, and that only one engine is left."""
        self.engines.may_open.set()
        await self.settle()
        for engine in self.engines.opened:
            engine.answer()
        await asyncio.gather(*self.asked)
        current = self.current
        assert current.num_closed == 0
        self.replica.close()
        assert {engine.num_closed for engine in self.engines.opened} == {1}


def run(folder: Path, play: Callable[[Story], Any]) -> None:
    async def whole() -> None:
        story = Story(folder)
        await story.configure("notes:1")
        await play(story)
        await story.finish()

    asyncio.run(whole())


@pytest.mark.parametrize("change", [{"model": "notes:2"}, {"adapters": ["tone"]}])
def test_requests_in_flight_finish_on_the_engine_they_began_on(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    async def play(story: Story) -> None:
        for _ in range(3):
            await story.ask()
        first = story.current
        await story.configure(**{"model": "notes:1", **change})
        await story.settle()
        for _ in range(3):
            await story.ask()
        assert story.current is not first
        assert [engine.num_running for engine in story.engines.opened] == [3, 3]
        assert first.num_closed == 0

    run(tmp_path, play)


def test_the_old_engine_serves_while_the_new_one_loads(tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        story.engines.may_open.clear()
        await story.configure("notes:2")
        for _ in range(3):
            await story.ask()
        assert story.current.num_running == 3
        story.current.answer()
        assert await asyncio.gather(*story.asked) == ["notes:1"] * 3
        story.engines.may_open.set()
        await story.settle()
        assert story.current.name == "notes:2"

    run(tmp_path, play)


def test_a_model_that_fails_to_load_leaves_the_old_one_serving(tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        await story.ask()
        first = story.current
        await story.configure(BAD)
        await story.settle()
        await story.ask()
        assert (story.current, first.num_running, first.num_closed) == (first, 2, 0)
        await story.configure("notes:2")  # and a later good one is taken
        await story.settle()
        assert story.current.name == "notes:2"

    run(tmp_path, play)


def test_an_engine_that_is_loading_when_the_replica_closes_is_closed_too(tmp_path: Path) -> None:
    async def play() -> None:
        story = Story(tmp_path)
        await story.configure("notes:1")
        story.engines.may_open.clear()
        await story.configure("notes:2")
        await asyncio.sleep(0)  # it loads
        await story.configure("notes:3")  # for which there is no need any more
        story.replica.close()
        story.engines.may_open.set()
        await story.settle()
        assert story.replica._loaded is None
        story.replica.close()  # waits for it
        assert [(each.name, each.num_closed) for each in story.engines.opened] == [
            ("notes:1", 1),
            ("notes:2", 1),
        ]

    asyncio.run(play())


STEPS = st.lists(
    st.sampled_from(["ask", "answer", "settle", "notes:1", "notes:2", "notes:3", BAD]), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_no_request_is_lost_and_no_engine_stays_open(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Any interleaving of requests, answers, changes, and changes that fail."""

    async def play(story: Story) -> None:
        for step in steps:
            match step:
                case "ask":
                    await story.ask()
                case "answer":
                    story.engines.opened[0].answer()
                    await asyncio.sleep(0)
                case "settle":
                    await story.settle()
                case model:
                    await story.configure(model)

    run(tmp_path_factory.getbasetemp(), play)
