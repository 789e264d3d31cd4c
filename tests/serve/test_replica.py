"""One replica of the pool: what reaches its engine, and which model files it accepts."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.config import Settings
from deployments.loaded_engine import ReplicaConfig, ServedModel, open_registered
from deployments.messages import NoteRequest, SummaryRequest
from deployments.phi3 import Phi3Replica
from deployments.planner import Planner
from deployments.prompt_formatter import PromptFormatter
from models.engine.engine import Engine
from models.engine.params import (
    BranchResult,
    Completion,
    EngineConfig,
    FinishReason,
    GenerationRequest,
    SamplingParams,
    Timings,
)
from models.registry import ModelDescription, ModelRegistry
from notes.errors import EngineError, ModelFileError
from notes.facts import SessionSource, read_session
from notes.grammar import max_tokens, section_grammar
from notes.history import ASKED
from notes.prompt import ChatFormat, format_prompt
from notes.style import SECTIONS5, NoteStyle, paragraph_style
from notes.transcript import parse_transcript
from tests.serve.local_service import BytesCounter

EXAMPLES = settings(max_examples=100, deadline=None)
TEXT = "Therapist: How was your week?\nPatient: Hard, I slept badly and worried every night."


class RecordingEngine:
    """Keeps the requests that reach it, and answers each branch with a sentence."""

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self.requests: list[GenerationRequest] = []
        self.is_closed = False

    async def generate(self, request: GenerationRequest) -> Completion:
        self.requests.append(request)
        branches = tuple(
            BranchResult(branch.key, " Patient slept badly.", 4, FinishReason.STOP, -1.0, 4)
            for branch in request.branches
        )
        return Completion(request.request_id, "local:1", branches, 100, Timings(0.1, 0.2, 0.3))


class Engines:
    """Opens recording engines, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[RecordingEngine] = []

    @contextmanager
    def open(self, config: ReplicaConfig) -> Iterator[ServedModel]:
        engine = RecordingEngine(config.engine)
        self.opened.append(engine)
        yield ServedModel(cast(Engine, engine), ChatFormat.PHI3)
        engine.is_closed = True


samplings = st.builds(
    SamplingParams,
    temperature=st.floats(0, 2),
    top_p=st.floats(0.01, 1),
    top_k=st.integers(1, 200),
    repeat_penalty=st.floats(0.5, 2),
    seed=st.none() | st.integers(0, 2**31),
    retry_temperature=st.none() | st.floats(0, 2),
)
word_limits = st.tuples(st.integers(0, 300), st.integers(10, 300)).map(
    lambda pair: (min(pair), max(pair))
)


def requests_of(words: tuple[int, int]) -> list[tuple[NoteRequest | SummaryRequest, NoteStyle]]:
    """Return a request of each kind, with the style in which it is written."""
    facts = read_session(SessionSource(1, date(2026, 1, 1), TEXT, is_note=False))
    text = SummaryRequest("b", text=TEXT, min_words=words[0], max_words=words[1])
    return [
        (NoteRequest("a", 1, 1, TEXT, 0, SECTIONS5, regenerate=False), SECTIONS5),
        (text, paragraph_style(*words)),
        (SummaryRequest("c", (facts,)), ASKED),
    ]


async def use(
    replica: Phi3Replica, engine: RecordingEngine, words: tuple[int, int], timeout_s: float
) -> list[tuple[GenerationRequest, NoteStyle]]:
    """Run a request of each kind, and return what the engine was asked for each."""
    formatter = PromptFormatter(
        lambda config: Planner(BytesCounter(), ChatFormat.PHI3, config.context_tokens)
    )
    await formatter.reconfigure({"context_tokens": 16_384})
    asked = []
    for request, style in requests_of(words):
        engine.requests.clear()
        plan = formatter.format(request)
        result = await replica.generate(plan.prompts, request.request_id, time.time() + timeout_s)
        assert result.model == "local:1"
        asked += [(each, style) for each in engine.requests]
    return asked


@EXAMPLES
@given(samplings, samplings, word_limits, st.floats(1, 600))
def test_every_request_carries_the_configured_parameters(
    tmp_path_factory: pytest.TempPathFactory,
    first: SamplingParams,
    second: SamplingParams,
    words: tuple[int, int],
    timeout_s: float,
) -> None:
    """Property 7: Local Model Parameter Usage."""
    engines = Engines()
    replica = Phi3Replica(Settings(data_dir=tmp_path_factory.getbasetemp()), engines.open)

    async def story() -> None:
        for sampling in (first, second):
            await replica.reconfigure({"sampling": asdict(sampling)})
            asked = await use(replica, engines.opened[0], words, timeout_s)
            assert len(asked) == 3
            for request, style in asked:
                assert request.sampling == sampling
                assert 0 < request.timeout_s <= timeout_s
                _keeps_the_limits(request, style)

    asyncio.run(story())
    replica.close()
    [engine] = engines.opened  # other sampling needs no other engine
    assert engine.is_closed


def _keeps_the_limits(request: GenerationRequest, style: NoteStyle) -> None:
    assert [branch.key for branch in request.branches] == [each.key for each in style.sections]
    for branch, section in zip(request.branches, style.sections, strict=True):
        assert branch.max_tokens == max_tokens(section) > section.max_words
        assert branch.grammar == section_grammar(section)


async def test_a_retry_is_sampled_as_one(tmp_path: Path) -> None:
    engines = Engines()
    replica = Phi3Replica(Settings(data_dir=tmp_path), engines.open)
    await replica.reconfigure(
        {"sampling": {"temperature": 0.2, "retry_temperature": 0.6, "seed": 1}}
    )
    prompt = format_prompt(parse_transcript(TEXT).turns, SECTIONS5, ChatFormat.PHI3)
    for retry in range(3):
        await replica.generate((prompt,), "a", time.time() + 60, retry=retry)
    samplings = [each.sampling for each in engines.opened[0].requests]
    assert [each.temperature for each in samplings] == [0.2, 0.6, 0.6]
    assert len({each.seed for each in samplings}) == 3
    replica.close()


async def test_another_engine_replaces_the_one_whose_notes_are_done(tmp_path: Path) -> None:
    engines = Engines()
    replica = Phi3Replica(Settings(data_dir=tmp_path), engines.open)
    await replica.reconfigure({})
    await replica.reconfigure({"engine": asdict(EngineConfig(cache_tokens=4096))})
    await _swap_has_ended(replica)
    for retired in replica._retired:
        retired.join()
    assert [engine.is_closed for engine in engines.opened] == [True, False]
    assert [engine.config.cache_tokens for engine in engines.opened] == [8192, 4096]
    await use(replica, engines.opened[1], (10, 20), 60)
    assert engines.opened[1].requests
    replica.close()


async def test_the_last_of_several_changes_serves(tmp_path: Path) -> None:
    engines = Engines()
    replica = Phi3Replica(Settings(data_dir=tmp_path), engines.open)
    await replica.reconfigure({})
    await replica.reconfigure({"engine": asdict(EngineConfig(cache_tokens=4096))})
    await asyncio.sleep(0)  # the other engine loads
    await replica.reconfigure({})
    await _swap_has_ended(replica)
    assert not engines.opened[-1].is_closed
    assert engines.opened[-1].config == EngineConfig()
    replica.close()


async def test_a_prompt_for_another_model_is_not_written(tmp_path: Path) -> None:
    replica = Phi3Replica(Settings(data_dir=tmp_path), Engines().open)
    await replica.reconfigure({})
    planner = Planner(BytesCounter(), ChatFormat.CHATML, 16_384)
    plan = planner.plan(requests_of((10, 20))[0][0])
    with pytest.raises(EngineError, match="being replaced"):
        await replica.generate(plan.prompts, "a", time.time() + 60)
    replica.close()


# A model file that somebody has replaced


@pytest.fixture
def store(tmp_path: Path) -> ModelRegistry:
    """Return a store in which one model is in production."""
    file = tmp_path / "given.gguf"
    file.write_bytes(b"GGUF" + bytes(1000))
    registry = ModelRegistry(tmp_path / "store")
    about = ModelDescription("base", "phi3", "Q8_0", 2048, "chatml", "1", "a file", "0" * 64, "MIT")
    version = registry.add("notes", about, {"model.gguf": file})
    registry.promote("notes", version.card.version)
    return registry


def replace(store: ModelRegistry) -> Path:
    """Put other bytes of the same number in the place of the model."""
    path = store.resolve("notes@production").model_path
    path.write_bytes(b"GGUF" + bytes(999) + b"!")
    return path


def test_a_replaced_model_file_is_refused(store: ModelRegistry) -> None:
    path = replace(store)
    with pytest.raises(ModelFileError) as raised, open_registered(store.root, ReplicaConfig()):
        pass
    assert str(raised.value).startswith(f'The file {path} of model "notes:1" is not the one')
    assert "SHA-256 differs" in str(raised.value)
    assert "run `make model` again" in str(raised.value)


async def test_a_replica_does_not_start_on_a_replaced_file(
    store: ModelRegistry, tmp_path: Path
) -> None:
    replace(store)
    replica = Phi3Replica(Settings(data_dir=tmp_path, store_dir=store.root))
    with pytest.raises(ModelFileError, match="is not the one its card describes"):
        await replica.reconfigure({})
    replica.close()


async def test_a_running_replica_keeps_its_model_when_the_next_is_refused(
    store: ModelRegistry, tmp_path: Path
) -> None:
    engines = Engines()
    is_replaced = False

    @contextmanager
    def opener(config: ReplicaConfig) -> Iterator[ServedModel]:
        with open_registered(store.root, config) if is_replaced else engines.open(config) as model:
            yield model

    replica = Phi3Replica(Settings(data_dir=tmp_path), opener)
    await replica.reconfigure({})
    replace(store)
    is_replaced = True
    await replica.reconfigure({"engine": asdict(EngineConfig(max_sequences=12))})
    await _swap_has_ended(replica)
    assert await use(replica, engines.opened[0], (10, 20), 60)
    assert not engines.opened[0].is_closed
    replica.close()


async def _swap_has_ended(replica: Phi3Replica) -> None:
    await asyncio.gather(*replica._swaps)
