"""The engine on the real default model. Most tests step it themselves, without its thread."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.engine.engine import Engine, Ticket
from models.engine.llama_backend import LlamaBackend
from models.engine.llama_vocabulary import LlamaTokenizer
from models.engine.loading import open_engine
from models.engine.params import (
    BranchRequest,
    FinishReason,
    GenerationRequest,
    SamplingParams,
)
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    SequenceTooLongError,
)
from tests.engine.real import (
    CONFIG,
    PLAIN_GREEDY,
    QUESTIONS,
    TALKS,
    ask,
    assert_same_up_to_ties,
    backend_of,
    fresh_engine,
    prompt,
    run,
)

# The words are few, so that the model often wants others and the grammar has to step in.
WORDS = 'root ::= (" " word){3,6} "."\nword ::= "calm" | "tired" | "sad" | "well" | [a-z]{2,4}'
WORDS_PATTERN = re.compile(r"( (calm|tired|sad|well|[a-z]{2,4})){3,6}\.")


@pytest.fixture(scope="module")
def backend(default_model_path: Path) -> Iterator[LlamaBackend]:
    backend = LlamaBackend(default_model_path, CONFIG)
    yield backend
    backend.close()


@pytest.fixture
def engine(backend: LlamaBackend) -> Engine:
    return fresh_engine(backend)


def test_greedy_batched_equals_greedy_alone(engine: Engine) -> None:
    """Invariant 2: three requests of two branches together, and each branch quite alone."""
    together = run(engine, *(ask(talk, *QUESTIONS[:2]) for talk in TALKS))
    for talk, completion in zip(TALKS, together, strict=True):
        for question, branch in zip(QUESTIONS, completion.branches, strict=False):
            (alone,) = run(engine, ask(talk, question))
            start = "".join(prompt(talk, question))
            assert_same_up_to_ties(engine, start, branch.text, alone.branches[0].text)


def test_a_branch_equals_its_text_in_one_sequence(engine: Engine) -> None:
    head, tail = prompt(TALKS[0], QUESTIONS[0])
    (forked,) = run(engine, ask(TALKS[0], *QUESTIONS))
    whole = GenerationRequest("r1", "", (BranchRequest("", head + tail, 8),), PLAIN_GREEDY)
    (plain,) = run(engine, whole)
    assert_same_up_to_ties(engine, head + tail, forked.branches[0].text, plain.branches[0].text)


def test_a_chunked_prompt_equals_a_prompt_read_at_once(backend: LlamaBackend) -> None:
    long_talk = " ".join(TALKS) * 2  # more than two batches
    (chunked,) = run(fresh_engine(backend), ask(long_talk, QUESTIONS[0]))
    assert chunked.num_prompt_tokens > 2 * CONFIG.batch_tokens
    engine = fresh_engine(backend, replace(CONFIG, batch_tokens=24, mixed_tokens=7))
    (other,) = run(engine, ask(long_talk, QUESTIONS[0]))
    start = "".join(prompt(long_talk, QUESTIONS[0]))
    assert_same_up_to_ties(engine, start, chunked.branches[0].text, other.branches[0].text)


@pytest.mark.parametrize("temperature", [0.0, 0.7, 2.0])
def test_grammar_always_holds(engine: Engine, temperature: float) -> None:
    requests = (
        ask(
            talk,
            *QUESTIONS,
            sampling=SamplingParams(temperature=temperature, seed=seed),
            grammar=WORDS,
            max_tokens=40,
        )
        for seed, talk in enumerate(TALKS)
    )
    for completion in run(engine, *requests):
        for branch in completion.branches:
            assert WORDS_PATTERN.fullmatch(branch.text)
            assert branch.finish_reason is FinishReason.STOP
            assert branch.logprob < 0


def test_grammar_may_force_any_characters(engine: Engine) -> None:
    grammar = 'root ::= " Müde — 疲れた 😔."'
    (completion,) = run(engine, ask(TALKS[0], QUESTIONS[0], grammar=grammar, max_tokens=60))
    assert completion.branches[0].text == " Müde — 疲れた 😔."


def test_a_grammar_without_sense_fails_its_request_only(engine: Engine) -> None:
    bad = engine.submit(ask(TALKS[0], QUESTIONS[0], grammar="root ::= nowhere"))
    (good,) = run(engine, ask(TALKS[0], QUESTIONS[0]))
    assert isinstance(bad.future.exception(timeout=0), EngineError)
    assert good.branches[0].text


def test_the_same_seed_writes_the_same_text(backend: LlamaBackend) -> None:
    def text(seed: int) -> str:
        sampling = SamplingParams(temperature=1.0, seed=seed)
        request = ask(TALKS[0], *QUESTIONS, sampling=sampling)
        # What is read at once and what is read in parts differ in the last digits.
        (completion,) = run(fresh_engine(backend), request)
        return "".join(branch.text for branch in completion.branches)

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_cancellation_frees_everything_within_one_step(engine: Engine) -> None:
    """Invariant 4, in the middle of reading and in the middle of writing."""
    for num_steps in (1, 5):
        ticket = engine.submit(ask(" ".join(TALKS), *QUESTIONS, max_tokens=100))
        step(engine, num_steps)
        ticket.cancel()
        engine.step()
        assert isinstance(ticket.future.exception(timeout=0), GenerationCancelledError)
        stats = engine.stats()
        assert stats.num_running == 0
        engine.forget()
        stats = engine.stats()
        assert (stats.free_slots, stats.used_cache_tokens) == (CONFIG.max_sequences, 0)
    first, second = (run(engine, ask(TALKS[0], QUESTIONS[0]))[0] for _ in range(2))
    assert first.branches[0].text == second.branches[0].text


def step(engine: Engine, num_steps: int) -> None:
    for _ in range(num_steps):
        engine.step()


def test_a_native_failure_leaves_the_engine_usable(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = backend_of(engine).vocabulary
    with monkeypatch.context() as patch:
        patch.setattr(vocabulary, "encode", lambda text, is_start: [10**9])
        with pytest.raises(EngineError, match="llama_decode returned -1"):
            run(engine, ask(TALKS[0], QUESTIONS[0]))
    (good,) = run(engine, ask(TALKS[0], QUESTIONS[0]))
    assert good.branches[0].text
    engine.forget()
    assert engine.stats().free_slots == CONFIG.max_sequences


def test_too_long_is_refused_before_any_work(engine: Engine) -> None:
    with pytest.raises(SequenceTooLongError):
        engine.submit(ask("word " * 600, QUESTIONS[0]))
    assert engine.stats().num_prompt_tokens == 0


async def test_open_engine_serves_measures_and_times_out(default_model_path: Path) -> None:
    with open_engine(default_model_path, CONFIG, "notes") as engine:
        answers = await asyncio.gather(*(engine.generate(ask(talk, *QUESTIONS)) for talk in TALKS))
        assert all(branch.text for answer in answers for branch in answer.branches)
        stats = engine.stats()
        assert (stats.num_finished, stats.num_running, stats.num_waiting) == (3, 0, 0)
        assert min(stats.prefill_tokens_per_s, stats.decode_tokens_per_s) > 0
        assert stats.memory_bytes > stats.model_bytes > 10**6
        with pytest.raises(DeadlineExceededError):
            await engine.generate(ask(TALKS[0], *QUESTIONS, max_tokens=100, timeout_s=0.01))
        ticket: Ticket = engine.submit(ask(TALKS[0], QUESTIONS[0]))
    assert ticket.future.result(timeout=0).branches[0].text  # drained
    with pytest.raises(EngineError):
        engine.submit(ask(TALKS[0], QUESTIONS[0]))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"no model")
    with pytest.raises(EngineError, match=r"cannot load model\.gguf"):
        LlamaTokenizer.load(path)


def test_the_tokenizer_counts_as_the_engine_reads(default_model_path: Path, engine: Engine) -> None:
    head, tail = prompt(TALKS[0], QUESTIONS[0])
    with LlamaTokenizer.load(default_model_path) as tokenizer:
        (completion,) = run(engine, ask(TALKS[0], QUESTIONS[0], max_tokens=1))
        assert tokenizer.count(head) + tokenizer.count(tail) == completion.num_prompt_tokens
        assert len(tokenizer.encode("<|im_start|>")) == 1
        assert tokenizer.chat_template is not None
        assert "<|im_start|>" in tokenizer.chat_template
    tokenizer.close()  # a second time is harmless
    with pytest.raises(EngineError):
        tokenizer.count("late")
