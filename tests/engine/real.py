"""What the engine's tests on the real default model have in common."""

import numpy as np

from models.engine.engine import Engine
from models.engine.llama_backend import LlamaBackend
from models.engine.params import (
    BranchRequest,
    Completion,
    EngineConfig,
    GenerationRequest,
    SamplingParams,
)
from models.engine.prefix_tree import common_length
from models.engine.slots import Slot

# One thread: on a busy machine two wait for each other longer than they work.
CONFIG = EngineConfig(
    context_tokens=512,
    cache_tokens=2048,
    batch_tokens=64,
    max_sequences=24,
    flash_attention=False,
    num_threads=1,
)
PLAIN_GREEDY = SamplingParams(temperature=0.0, repeat_penalty=1.0)
TALKS = (
    "Therapist: How was your week? Patient: I slept badly and argued with my sister.",
    "Therapist: What helped? Patient: Walking by the river, and calling my friend.",
    "Therapist: How is work? Patient: My manager shouts, and I dread every Monday.",
)
QUESTIONS = ("What does the patient feel?", "What happened?", "What should be done next?")
# Are the best two logits as good as equal? Measured: company changes the order of KV cells, and
# with it sums in their last digits. In f16 that moves the best logits by up to 0.015; Q8_0 rounds
# activations to 8 bits, which makes up to 0.22 of it, for either of the two.
TIE = 0.5


def fresh_engine(backend: LlamaBackend, config: EngineConfig = CONFIG) -> Engine:
    """An engine on a cache that holds nothing of the one before it."""
    for slot in range(config.max_sequences):
        backend.cells.trim(Slot(slot), 0)
    return Engine(backend, config, "notes", adapters=backend.adapter_names)


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
    adapter: str | None = None,
) -> GenerationRequest:
    branches = tuple(
        BranchRequest(question, prompt(talk, question)[1], max_tokens, grammar)
        for question in questions
    )
    return GenerationRequest("r1", prompt(talk, "")[0], branches, sampling, timeout_s, adapter)


def run(engine: Engine, *requests: GenerationRequest) -> list[Completion]:
    tickets = [engine.submit(request) for request in requests]
    while engine.step():
        pass
    return [ticket.future.result(timeout=0) for ticket in tickets]


def texts(completion: Completion) -> list[str]:
    return [branch.text for branch in completion.branches]


def assert_same_up_to_ties(engine: Engine, start: str, text: str, other: str) -> None:
    """Equal, or different from a token on where the best two logits are as good as equal.

    The kernels sum in another order for another number of rows, so that logits of the same
    tokens differ in their last digits; only where two tokens tie does that change the text.
    """
    if text == other:
        return
    backend = backend_of(engine)
    tokens, others = (backend.vocabulary.encode(each, is_start=False) for each in (text, other))
    same = common_length(tokens, others)
    shared = b"".join(map(backend.vocabulary.piece, tokens[:same])).decode()
    run(engine, GenerationRequest("tie", start + shared, (BranchRequest("", "", 1),)))
    best = np.sort(backend.logits([0])[0])[-2:]
    assert best[1] - best[0] < TIE, f"texts differ without a tie: {text!r} {other!r}"


def backend_of(engine: Engine) -> LlamaBackend:
    backend = engine._backend
    assert isinstance(backend, LlamaBackend)
    return backend
