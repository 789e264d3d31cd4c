"""The engine on the real default model. Most tests step it themselves, without its thread."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.engine.engine import Engine, Ticket
from models.engine.llama_backend import LlamaBackend, LlamaTokenizer, log_softmax
from models.engine.loading import open_engine
from models.engine.params import (
    BranchRequest,
    Completion,
    EngineConfig,
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

# One thread: on a busy machine two wait for each other longer than they work.
CONFIG = EngineConfig(
    context_tokens=512, cache_tokens=2048, batch_tokens=64, max_sequences=12, num_threads=1
)
PLAIN_GREEDY = SamplingParams(temperature=0.0, repeat_penalty=1.0)
TALKS = (
    "Therapist: How was your week? Patient: I slept badly and argued with my sister.",
    "Therapist: What helped? Patient: Walking by the river, and calling my friend.",
    "Therapist: How is work? Patient: My manager shouts, and I dread every Monday.",
)
QUESTIONS = ("What does the patient feel?", "What happened?", "What should be done next?")
# The words are few, so that the model often wants others and the grammar has to step in.
WORDS = 'root ::= (" " word){3,6} "."\nword ::= "calm" | "tired" | "sad" | "well" | [a-z]{2,4}'
WORDS_PATTERN = re.compile(r"( (calm|tired|sad|well|[a-z]{2,4})){3,6}\.")
# Are the best two logits as good as equal? Measured: company changes the order of KV cells, and
# with it sums in their last digits. In f16 that moves the best logits by up to 0.015; Q8_0 rounds
# activations to 8 bits, which makes up to 0.22 of it, for either of the two.
TIE = 0.5


@pytest.fixture(scope="module")
def backend(default_model_path: Path) -> Iterator[LlamaBackend]:
    backend = LlamaBackend(default_model_path, CONFIG)
    yield backend
    backend.close()


@pytest.fixture
def engine(backend: LlamaBackend) -> Engine:
    return Engine(backend, CONFIG, "notes")


def prompt(talk: str, question: str) -> tuple[str, str]:
    head = f"<|im_start|>user\n{talk}\n"
    return head, f"{question}<|im_end|>\n<|im_start|>assistant\n"


def ask(
    talk: str,
    *questions: str,
    sampling: SamplingParams = PLAIN_GREEDY,
    grammar: str | None = None,
    max_tokens: int = 8,
    timeout_s: float = 60.0,
) -> GenerationRequest:
    branches = tuple(
        BranchRequest(question, prompt(talk, question)[1], max_tokens, grammar)
        for question in questions
    )
    return GenerationRequest("r1", prompt(talk, "")[0], branches, sampling, timeout_s)


def run(engine: Engine, *requests: GenerationRequest) -> list[Completion]:
    tickets = [engine.submit(request) for request in requests]
    while engine.step():
        pass
    return [ticket.future.result(timeout=0) for ticket in tickets]


def assert_same_up_to_ties(engine: Engine, start: str, text: str, other: str) -> None:
    """Equal, or different from a token on where the best two logits are as good as equal.

    The kernels sum in another order for another number of rows, so that logits of the same
    tokens differ in their last digits; only where two tokens tie does that change the text.
    """
    if text == other:
        return
    same = next(n for n, pair in enumerate(zip(text, other, strict=False)) if len(set(pair)) > 1)
    whole_words = text[:same].rpartition(" ")[0]
    run(engine, GenerationRequest("tie", start + whole_words, (BranchRequest("", "", 1),)))
    best = np.sort(backend_of(engine).logits(-1))[-2:]
    assert best[1] - best[0] < TIE, f"texts differ without a tie: {text!r} {other!r}"


def backend_of(engine: Engine) -> LlamaBackend:
    backend = engine._backend
    assert isinstance(backend, LlamaBackend)
    return backend


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
    (chunked,) = run(Engine(backend, CONFIG, "notes"), ask(long_talk, QUESTIONS[0]))
    assert chunked.num_prompt_tokens > 2 * CONFIG.batch_tokens
    engine = Engine(backend, replace(CONFIG, batch_tokens=12), "notes")
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


def test_the_same_seed_writes_the_same_text(engine: Engine) -> None:
    def text(seed: int) -> str:
        sampling = SamplingParams(temperature=1.0, seed=seed)
        request = ask(TALKS[0], *QUESTIONS, sampling=sampling)
        return "".join(branch.text for branch in run(engine, request)[0].branches)

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


def test_log_softmax_is_the_logarithm_of_softmax() -> None:
    logits = np.random.default_rng(1).normal(0, 5, 1000).astype(np.float32)
    exact = np.exp(logits.astype(np.float64))
    expected = np.log(exact[7] / exact.sum())
    assert log_softmax(logits, 7) == pytest.approx(expected, abs=1e-4)
