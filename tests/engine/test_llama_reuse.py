"""What the engine spares itself, on the real default model: the answers must stay the same."""

import threading
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from models.engine.batch import Batch
from models.engine.engine import Engine
from models.engine.llama_backend import LlamaBackend
from models.engine.loading import open_engine
from models.engine.params import BranchRequest, GenerationRequest, KVType
from models.engine.slots import Slot
from notes.errors import EngineError, GenerationCancelledError, UnknownAdapterError
from notes.grammar import section_grammar
from notes.prompt import ChatFormat, format_prompt
from notes.style import HISTORY, SECTIONS5
from notes.transcript import parse_transcript
from tests.adapters import write_adapter
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
    texts,
)

ADAPTER = "tone:1"
SESSION = """Therapist: How are you?
Patient: I slept badly. I miss my brother, and work is hard.
Therapist: What did you do when you could not sleep?
Patient: I got up, made tea and read the letters that he wrote to me from the coast.
Therapist: What was it like to read them again?
Patient: Sad at first, and then it was as if he sat with me at the table and laughed."""


@pytest.fixture(scope="module")
def backend(
    default_model_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LlamaBackend]:
    adapter = write_adapter(tmp_path_factory.mktemp("adapter") / "adapter.gguf")
    backend = LlamaBackend(default_model_path, CONFIG, {ADAPTER: adapter})
    yield backend
    backend.close()


@pytest.fixture
def engine(backend: LlamaBackend) -> Engine:
    return fresh_engine(backend)


def note(session: str = SESSION, style: object = SECTIONS5) -> GenerationRequest:
    """The product's own question, with its grammars."""
    turns = parse_transcript(session).turns
    asked = format_prompt(turns, style if style is HISTORY else SECTIONS5, ChatFormat.CHATML)
    branches = tuple(BranchRequest(b.key, b.text, 24, b.grammar) for b in asked.branches)
    return GenerationRequest("note", asked.prefix, branches, PLAIN_GREEDY)


def num_read(engine: Engine, request: GenerationRequest) -> int:
    """The prompt tokens that a request costs."""
    before = engine.stats().num_prompt_tokens
    run(engine, request)
    return engine.stats().num_prompt_tokens - before


def assert_same(engine: Engine, talk: str, found: list[str], expected: list[str]) -> None:
    for question, text, other in zip(QUESTIONS, found, expected, strict=False):
        assert_same_up_to_ties(engine, "".join(prompt(talk, question)), text, other)


def test_what_was_read_is_not_read_again(engine: Engine) -> None:
    first = num_read(engine, note())
    assert num_read(engine, note()) == len(SECTIONS5.sections)  # the last token of each branch
    assert num_read(engine, note(style=HISTORY)) < 0.6 * first
    longer = SESSION + "\nTherapist: What helps?\nPatient: Walking."
    assert num_read(engine, note(longer)) < first


def test_a_regeneration_equals_the_first_time(engine: Engine) -> None:
    first, second = (run(engine, ask(TALKS[0], *QUESTIONS))[0] for _ in range(2))
    assert_same(engine, TALKS[0], texts(second), texts(first))


@pytest.mark.parametrize("parked_bytes", [0, 2**26])
def test_what_left_the_cache_is_fetched_or_read_again(
    backend: LlamaBackend, parked_bytes: int
) -> None:
    talk = " ".join(TALKS) * 2
    engine = fresh_engine(backend, replace(CONFIG, idle_cache_tokens=0, parked_bytes=parked_bytes))
    (first,) = run(engine, ask(talk, *QUESTIONS[:1]))
    engine.step()
    assert (engine.stats().parked_bytes > 0) == (parked_bytes > 0)
    assert engine.stats().used_cache_tokens == 0
    before = engine.stats().num_prompt_tokens
    (second,) = run(engine, ask(talk, *QUESTIONS[:1]))
    was_read = engine.stats().num_prompt_tokens - before
    assert (was_read < first.num_prompt_tokens / 2) == (parked_bytes > 0)
    assert_same(engine, talk, texts(second), texts(first))


def test_half_a_state_is_refused(engine: Engine) -> None:
    cells = backend_of(engine).cells
    run(engine, ask(TALKS[0], QUESTIONS[0]))
    state = cells.save(next(slot for slot in map(Slot, range(24)) if len(cells.save(slot)) > 10**5))
    assert not cells.restore(Slot(CONFIG.max_sequences - 1), state[: len(state) // 2])


async def test_a_warm_session_reads_only_its_end(default_model_path: Path) -> None:
    request = note(SESSION + "\nTherapist: And now?\nPatient: Better, thank you.")
    so_far = request.prefix[: request.prefix.index("And now?")]
    with open_engine(default_model_path, CONFIG, "notes") as engine:
        for end in (len(so_far) // 2, len(so_far), len(so_far)):
            await engine.prefill("session", so_far[:end])
        before = engine.stats()
        assert before.num_prompt_tokens < len(so_far) / 2  # once in all: tokens have > 2 letters
        await engine.generate(replace(request, branches=request.branches[:1]))
        after = engine.stats()
        assert after.num_hit_tokens - before.num_hit_tokens > before.num_prompt_tokens - 8
        assert engine.held_digests() == () or len(request.prefix) >= 512


def test_what_the_grammar_forces_is_not_decoded(engine: Engine) -> None:
    (completion,) = run(engine, note())
    for branch, section in zip(completion.branches, SECTIONS5.sections, strict=True):
        assert branch.text.startswith(f" {section.opening}".rstrip() or " ")
        # The last word is left to the model where it may be the beginning of a longer one.
        num_forced = branch.num_tokens - branch.num_chosen
        assert num_forced >= len(section.opening.split()) - 1
        assert 0 < branch.confidence <= 1
        assert branch.logprob < 0


def test_forced_words_have_the_tokens_that_the_tokenizer_gives_them(engine: Engine) -> None:
    """The seam: a wholly forced text is cut into the same tokens as the text as a whole."""
    text = "Patient talks about the unforgettable week-end, again and again."
    grammar = f'root ::= "{text}"'
    branch = BranchRequest("a", prompt("", "?")[1], 40, grammar)
    (completion,) = run(engine, GenerationRequest("r", TALKS[0], (branch,), PLAIN_GREEDY))
    expected = backend_of(engine).vocabulary.encode(text, is_start=False)
    assert completion.branches[0].text == text
    assert completion.branches[0].num_tokens == len(expected)
    assert completion.branches[0].num_chosen == 0


def test_a_branch_continues_the_one_it_comes_after(engine: Engine) -> None:
    first = BranchRequest("a", prompt("", QUESTIONS[0])[1], 6)
    second = BranchRequest("b", "<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n", 6, after="a")
    head = prompt(TALKS[0], "")[0]
    (chained,) = run(engine, GenerationRequest("r", head, (first, second), PLAIN_GREEDY))
    start = head + first.text + chained.branches[0].text + second.text
    plain = GenerationRequest("p", start, (BranchRequest("b", "", 6),), PLAIN_GREEDY)
    (whole,) = run(fresh_engine(backend_of(engine)), plain)
    assert_same_up_to_ties(engine, start, chained.branches[1].text, whole.branches[0].text)


def test_adapters_share_the_engine_but_no_prefix(engine: Engine) -> None:
    requests = [ask(TALKS[0], *QUESTIONS[:2], adapter=name) for name in (None, ADAPTER)]
    alone = [run(engine, request)[0] for request in requests]
    together = run(fresh_engine(backend_of(engine)), *requests)
    assert [each.model for each in together] == ["notes", f"notes+{ADAPTER}"]
    assert texts(alone[0]) != texts(alone[1])
    assert_same(engine, TALKS[0], texts(together[0]), texts(alone[0]))
    assert texts(together[1])[0][:8] == texts(alone[1])[0][:8]
    with pytest.raises(UnknownAdapterError, match=ADAPTER):
        engine.submit(ask(TALKS[0], *QUESTIONS, adapter="other:1"))


def test_a_decode_is_aborted_from_another_thread_and_undone(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, is_done = backend_of(engine), threading.Event()
    ticket = engine.submit(ask(" ".join(TALKS) * 2, *QUESTIONS))
    other = engine.submit(ask(TALKS[1], QUESTIONS[0]))

    def cancel() -> None:
        while not is_done.wait(0.001):
            batch = engine._core._batch
            if batch and any(span.generation.future is ticket.future for span in batch.spans):
                ticket.cancel()

    aborted: list[bool] = []
    decode = backend.decode

    def watched(batch: Batch) -> bool:
        aborted.append(not decode(batch))
        return not aborted[-1]

    monkeypatch.setattr(backend, "decode", watched)
    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        while engine.step():
            pass
    finally:
        is_done.set()
        thread.join()
    assert any(aborted)
    assert isinstance(ticket.future.exception(timeout=0), GenerationCancelledError)
    (alone,) = run(fresh_engine(backend), ask(TALKS[1], QUESTIONS[0]))
    assert_same(engine, TALKS[1], texts(other.future.result(timeout=0)), texts(alone))


async def test_streamed_text_is_the_text(default_model_path: Path) -> None:
    grammar = 'root ::= " Müde — 疲れた 😔" [.!] " Ja."'
    request = replace(ask(TALKS[0], *QUESTIONS, max_tokens=60), request_id="s")
    branches = (*request.branches, BranchRequest("x", prompt("", "?")[1], 60, grammar))
    request = replace(request, branches=branches)
    with open_engine(default_model_path, CONFIG, "notes") as engine:
        parts: dict[str, str] = {}
        async with aclosing(engine.stream(request)) as deltas:
            async for delta in deltas:
                parts[delta.key] = parts.get(delta.key, "") + delta.text
        assert parts["x"][:-5] == " Müde — 疲れた 😔"
        again = await engine.generate(request)
        assert parts.keys() == {branch.key for branch in again.branches}
        async with aclosing(engine.stream(replace(request, request_id="left"))) as deltas:
            async for _ in deltas:
                break
        bad = replace(request, branches=(BranchRequest("y", "?", 5, "root ::= nowhere"),))
        with pytest.raises(EngineError, match="grammar"):
            await anext(engine.stream(bad))


def test_flash_attention_and_small_keys_say_the_same(default_model_path: Path) -> None:
    """Up to rounding: a forced text, however unlikely, has nearly the same probability."""
    scores = []
    grammar = 'root ::= " The patient" (" was" | " is") (" sad" | " tired") "."'
    for config in (
        CONFIG,
        replace(CONFIG, flash_attention=True),
        replace(CONFIG, flash_attention=True, kv_type=KVType.Q8_0),
        replace(CONFIG, flash_attention=None),
    ):
        with open_engine(default_model_path, config, "notes") as engine:
            ticket = engine.submit(ask(TALKS[0], QUESTIONS[0], grammar=grammar, max_tokens=12))
            scores.append(ticket.future.result(timeout=60).branches[0].logprob)
    assert scores == pytest.approx([scores[0]] * len(scores), rel=0.1)


def test_section_grammars_open(engine: Engine) -> None:
    for section in (*SECTIONS5.sections, *HISTORY.sections):
        backend_of(engine).open_grammar(section_grammar(section)).close()
