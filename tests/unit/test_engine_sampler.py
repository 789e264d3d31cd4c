"""Sampling: equal to a plain softmax over everything, to llama.cpp's chain, and to the grammar."""

import ctypes
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.engine.jump import Jump
from models.engine.params import SamplingParams
from models.engine.sampler import Sampler, logprobs
from notes.errors import EngineError

GREEDY = SamplingParams(temperature=0.0, repeat_penalty=1.0)
SMOOTH = SamplingParams(temperature=1.0, top_p=1.0, top_k=0, repeat_penalty=1.0, seed=1)
CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class SetGrammar:
    """Allows the same tokens for ever, and takes note of what it is asked."""

    def __init__(self, allowed: Collection[int]) -> None:
        self._allowed = np.array(sorted(allowed), dtype=np.int32)
        self.questions: list[int] = []  # how many tokens each was about
        self.accepted: list[int] = []
        self.is_closed = False

    def allows(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        self.questions.append(len(tokens))
        return np.isin(tokens, self._allowed)

    def accept(self, token: int) -> None:
        if token not in self._allowed:
            raise EngineError(reason="against the grammar")
        self.accepted.append(token)

    def clone(self) -> "SetGrammar":
        return SetGrammar(set(self._allowed))

    def close(self) -> None:
        self.is_closed = True


def random_logits(seed: int, num_tokens: int, scale: float, peak: float) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    logits = random.normal(0, scale, num_tokens)
    logits[random.integers(num_tokens)] += peak
    return logits.astype(np.float32)


logits_rows = st.builds(
    random_logits,
    st.integers(0, 2**32),
    st.sampled_from([2, 17, 250, 3000]),
    st.sampled_from([0.0, 0.3, 3.0, 9.0]),  # 0.0: all equal
    st.sampled_from([0.0, 8.0, 60.0]),
)
params = st.builds(
    SamplingParams,
    temperature=st.sampled_from([0.0, 0.2, 0.7, 1.0, 2.5]),
    top_p=st.just(1.0) | st.floats(0.01, 1.0),
    top_k=st.sampled_from([0, 1, 2, 40, 10_000]),
    repeat_penalty=st.sampled_from([1.0, 1.1, 2.0]),
    repeat_last_n=st.sampled_from([0, 3, 64]),
)
memories = st.lists(st.integers(0, 16), max_size=8)


def penalized(
    logits: NDArray[np.float32], sampling: SamplingParams, memory: Sequence[int]
) -> NDArray[np.float32]:
    logits = logits.copy()
    last = memory[-sampling.repeat_last_n :] if sampling.repeat_last_n else []
    for token in set(last):
        up = logits[token] <= 0
        penalty = np.float32(sampling.repeat_penalty)
        logits[token] = logits[token] * penalty if up else logits[token] / penalty
    return logits


def reference(
    logits: NDArray[np.float32],
    sampling: SamplingParams,
    memory: Sequence[int] = (),
    edge: float = 1e-6,
) -> NDArray[np.float64]:
    """The chain as its definition says, over the whole vocabulary: each token's probability."""
    values = penalized(logits, sampling, memory).astype(np.float64)
    order = np.argsort(-values, kind="stable")
    if sampling.temperature <= 0:
        order = order[:1]
    elif sampling.top_k > 0:
        order = order[: sampling.top_k]
    share = np.exp(values[order] - values[order[0]])
    reached = np.cumsum(share / share.sum())
    if sampling.top_p < 1:
        if np.abs(reached[:-1] - sampling.top_p).min(initial=1) < edge:
            reject()  # on the edge, both are right
        order = order[: int((reached < sampling.top_p).sum()) + 1]
    weights = np.exp((values[order] - values[order[0]]) / (sampling.temperature or 1.0))
    probabilities = np.zeros(len(logits))
    probabilities[order] = weights / weights.sum()
    return probabilities


def sampler_with(
    sampling: SamplingParams, memory: Sequence[int] = (), allowed: Collection[int] | None = None
) -> Sampler:
    sampler = Sampler(sampling, None)
    for token in memory:
        sampler.accept(token)
    sampler.grammar = None if allowed is None else SetGrammar(allowed)
    return sampler


def spread(
    num_tokens: int, tokens: NDArray[np.int32], probabilities: NDArray[np.float64]
) -> NDArray[np.float64]:
    whole = np.zeros(num_tokens)
    whole[tokens] = probabilities
    return whole


@given(logits_rows, params, memories)
@settings(max_examples=300, deadline=None)
def test_the_distribution_is_that_of_a_softmax_over_everything(
    logits: NDArray[np.float32], sampling: SamplingParams, memory: list[int]
) -> None:
    memory = [token % len(logits) for token in memory]
    sampler = sampler_with(sampling, memory)
    found = spread(len(logits), *sampler._distribution(sampler._penalize(logits)))
    expected = reference(logits, sampling, memory)
    assert np.array_equal(found > 1e-7, expected > 1e-7)
    np.testing.assert_allclose(found, expected, atol=1e-7)


@given(logits_rows, params, memories, st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_what_a_grammar_leaves_has_the_distribution_of_what_it_leaves(
    logits: NDArray[np.float32], sampling: SamplingParams, memory: list[int], seed: int
) -> None:
    """Where it leaves as many as top-k wants among the best 256, or where there are no others."""
    assume(len(logits) <= 256 or 0 < sampling.top_k <= 40)
    memory = [token % len(logits) for token in memory]
    is_allowed = np.random.default_rng(seed).random(len(logits)) < 0.5
    is_allowed[0] = True
    sampler = sampler_with(sampling, memory, np.flatnonzero(is_allowed))
    assert sampler.grammar is not None
    best = sampler._allowed(sampler._penalize(logits), sampler.grammar)
    found = spread(len(logits), *sampler._shape(*best))
    left = penalized(logits, sampling, memory)
    left[~is_allowed] = -np.inf
    expected = reference(left, sampling)
    assert np.array_equal(found > 1e-7, expected > 1e-7)
    np.testing.assert_allclose(found, expected, atol=1e-7)


@given(logits_rows, params, memories)
@settings(max_examples=100, deadline=None)
def test_the_distribution_is_that_of_llama_cpps_chain(
    logits: NDArray[np.float32], sampling: SamplingParams, memory: list[int]
) -> None:
    assume(len(set(logits.tolist())) == len(logits))  # it breaks ties in another way
    memory = [token % len(logits) for token in memory]
    expected = reference(logits, sampling, memory, edge=1e-4)  # and its sums are of 32 bits
    found = native_distribution(logits, sampling, memory)
    np.testing.assert_allclose(found, expected, atol=2e-5)


def native_distribution(
    logits: NDArray[np.float32], sampling: SamplingParams, memory: Sequence[int]
) -> NDArray[np.float64]:
    chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    for part in native_parts(len(logits), sampling):
        llama.llama_sampler_chain_add(chain, part)
    for token in memory:
        llama.llama_sampler_accept(chain, token)
    rows = np.zeros(len(logits), dtype=CANDIDATE)
    rows["id"], rows["logit"] = np.arange(len(logits)), logits
    array: Any = llama.llama_token_data_array(
        data=rows.ctypes.data_as(ctypes.POINTER(llama.llama_token_data)),
        size=len(rows),
        selected=-1,
        sorted=False,
    )
    llama.llama_sampler_apply(chain, ctypes.byref(array))
    llama.llama_sampler_free(chain)
    rows = rows[[array.selected]] if sampling.temperature <= 0 else rows[: array.size]
    weights = np.exp(rows["logit"].astype(np.float64) - rows["logit"].max())
    return spread(len(logits), rows["id"], weights / weights.sum())


def native_parts(num_tokens: int, sampling: SamplingParams) -> tuple[Any, ...]:
    penalties = llama.llama_sampler_init_penalties(
        num_tokens, sampling.repeat_last_n, sampling.repeat_penalty, 0.0, 0.0
    )
    if sampling.temperature <= 0:
        return penalties, llama.llama_sampler_init_greedy()
    return (
        penalties,
        llama.llama_sampler_init_top_k(sampling.top_k),
        llama.llama_sampler_init_top_p(sampling.top_p, 1),
        llama.llama_sampler_init_temp(sampling.temperature),
    )


@pytest.mark.parametrize("step", [1, 16])
def test_the_best_tokens_are_found_wherever_they_stand(step: int) -> None:
    """Every 16th logit is looked at first: here all of the best are among them, or hardly any."""
    logits = random_logits(seed=1, num_tokens=49_152, scale=1.0, peak=0.0)
    logits[np.arange(200) * step] += 20
    sampling = replace(SMOOTH, top_k=100)
    found = spread(len(logits), *sampler_with(sampling)._distribution(logits))
    np.testing.assert_allclose(found, reference(logits, sampling), atol=1e-7)


def test_choices_follow_the_distribution() -> None:
    sampler = sampler_with(SMOOTH)
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05], dtype=np.float32))
    counts = Counter(sampler.choose(logits) for _ in range(4000))
    shares = [counts[token] / 4000 for token in range(4)]
    assert shares == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.03)


def test_a_seed_repeats_its_choices_and_no_seed_does_not() -> None:
    logits = random_logits(seed=1, num_tokens=1000, scale=0.1, peak=0.0)

    def text(seed: int | None) -> list[int]:
        sampler = Sampler(replace(SMOOTH, seed=seed), None)
        return [sampler.choose(logits) for _ in range(20)]

    assert text(7) == text(7)
    assert text(-1) == text(-1)
    assert text(7) != text(8)
    assert text(None) != text(None)


def test_each_row_has_its_own_sampler_and_log_probability() -> None:
    rows = np.stack([random_logits(n, 500, 3.0, 0.0) for n in range(5)])
    samplers = [Sampler(replace(GREEDY, repeat_penalty=1.5), None) for _ in rows]
    samplers[3].accept(int(rows[3].argmax()))
    chosen = [sampler.choose(row) for sampler, row in zip(samplers, rows, strict=True)]
    exact = rows.astype(np.float64)
    expected = exact - np.log(np.exp(exact).sum(axis=1, keepdims=True))
    tokens = [reference(row, GREEDY).argmax() for row in rows]
    tokens[3] = reference(rows[3], samplers[3]._params, [int(rows[3].argmax())]).argmax()
    assert chosen == tokens
    assert logprobs(rows, chosen) == pytest.approx(expected[np.arange(5), tokens], abs=1e-4)
    assert all(isinstance(token, int) for token in chosen)


def test_the_row_stays_as_it_is() -> None:
    logits = random_logits(seed=1, num_tokens=100, scale=3.0, peak=0.0)
    before = logits.copy()
    logits.flags.writeable = False
    sampler = sampler_with(replace(SMOOTH, repeat_penalty=1.5), range(50), {3})
    assert sampler.choose(logits) == 3
    assert np.array_equal(logits, before)


def test_a_repeated_token_is_forgotten_after_the_last_n() -> None:
    logits = np.array([2.0, 1.9, -5.0], dtype=np.float32)
    sampler = Sampler(replace(GREEDY, repeat_penalty=1.1, repeat_last_n=2), None)
    assert [sampler.choose(logits) for _ in range(5)] == [0, 1, 0, 0, 1]


def test_a_grammar_is_asked_about_the_choice_alone_while_it_agrees() -> None:
    logits = random_logits(seed=1, num_tokens=5000, scale=1.0, peak=20.0)
    best = int(logits.argmax())
    grammar = SetGrammar({best})
    sampler = Sampler(GREEDY, grammar)
    assert sampler.choose(logits) == best
    assert grammar.questions == [1]
    assert grammar.accepted == [best]
    sampler.close()
    assert grammar.is_closed


@pytest.mark.parametrize(
    ("place", "questions"), [(200, [1, 256]), (2000, [1, 256, 2048]), (4999, [1, 256, 2048, 5000])]
)
def test_a_refusal_asks_about_ever_more_tokens(place: int, questions: list[int]) -> None:
    logits = random_logits(seed=1, num_tokens=5000, scale=1.0, peak=0.0)
    token = int(np.argsort(-logits)[place])
    grammar = SetGrammar({token})
    assert Sampler(GREEDY, grammar).choose(logits) == token
    assert grammar.questions == questions


@pytest.mark.parametrize(
    ("lead", "temperature", "num_found"), [(0, 1.0, 45), (15, 1.0, 5), (15, 2.5, 45)]
)
def test_more_tokens_are_asked_about_where_they_could_be_chosen(
    lead: int, temperature: float, num_found: int
) -> None:
    """The grammar leaves 5 of the best 256, by so much better than the next, and top-k is 40."""
    logits = np.linspace(1, 0, 5000, dtype=np.float32)
    logits[:251] += lead
    allowed = [50, 100, 150, 200, 250, *range(1000, 1040)]
    sampler = sampler_with(replace(SMOOTH, top_k=40, temperature=temperature), allowed=allowed)
    assert sampler.grammar is not None
    tokens, _ = sampler._allowed(logits, sampler.grammar)
    assert tokens.tolist() == allowed[:num_found]


@pytest.mark.parametrize("sampling", [GREEDY, SMOOTH])
def test_a_grammar_that_allows_nothing_is_an_error(sampling: SamplingParams) -> None:
    logits = random_logits(seed=1, num_tokens=3000, scale=1.0, peak=0.0)
    with pytest.raises(EngineError, match="the grammar allows no token of this vocabulary"):
        Sampler(sampling, SetGrammar(())).choose(logits)


@pytest.mark.parametrize("sampling", [GREEDY, SMOOTH])
def test_impossible_tokens_are_never_chosen(sampling: SamplingParams) -> None:
    logits = np.full(100, -np.inf, dtype=np.float32)
    logits[7] = 1.0
    assert Sampler(sampling, None).choose(logits) == 7
    with pytest.raises(EngineError, match="allows no token"):
        Sampler(sampling, SetGrammar({3})).choose(logits)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_logits_that_are_no_numbers_are_an_error(bad: float) -> None:
    logits = np.zeros((1, 100), dtype=np.float32)
    logits[0, 3] = bad
    for sampling in (GREEDY, SMOOTH):
        with pytest.raises(EngineError, match="no numbers"):
            Sampler(sampling, None).choose(logits[0])


def test_a_jump_feeds_the_grammar_bytes_and_the_penalties_tokens() -> None:
    grammar = SetGrammar({1, 2, 5, 6})
    sampler = Sampler(replace(GREEDY, repeat_penalty=10.0), grammar)
    sampler.follow(Jump(num_dropped=1, tokens=(5, 6), steps=(1, 2, 2)))
    assert grammar.accepted == [1, 2, 2]
    logits = np.zeros(8, dtype=np.float32)
    logits[[5, 6, 2]] = [9.0, 8.0, 1.0]
    assert sampler.choose(logits) == 2


def test_a_forced_token_against_the_grammar_is_not_remembered() -> None:
    sampler = Sampler(GREEDY, SetGrammar({1}))
    with pytest.raises(EngineError):
        sampler.accept(2)
    assert not sampler._memory
