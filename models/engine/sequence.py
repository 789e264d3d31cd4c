"""A request on its way through the engine: one prefix, and the branches that follow it."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.engine.answer import Answer
from models.engine.backend import Vocabulary
from models.engine.params import (
    BranchRequest,
    Completion,
    GenerationRequest,
    TextDelta,
    Timings,
)
from models.engine.prefix_tree import Node, common_length
from models.engine.sampler import Sampler
from models.engine.slots import Slot
from notes.errors import (
    DeadlineExceededError,
    EngineError,
    GenerationCancelledError,
    InvalidInputError,
    ModelError,
)


@dataclass(eq=False, slots=True)
class Sequence:
    """One run of tokens: the first `num_cached` are in its slot, the rest comes next.

    `num_shared` of them are in the prefix tree, up to `node`. `num_reserved` cells are kept for
    what will be its own. `is_expected` says that a slot is kept for it, too.
    """

    tokens: list[int] = field(default_factory=list)
    num_reserved: int = 0
    num_cached: int = 0
    num_shared: int = 0
    slot: Slot | None = None
    node: Node | None = None
    is_expected: bool = False

    is_read_only = True  # nothing is written after it

    @property
    def pending(self) -> list[int]:
        """Return the tokens that have to be decoded."""
        return self.tokens[self.num_cached :]

    @property
    def num_pending(self) -> int:
        """Return how many tokens have to be decoded."""
        return len(self.tokens) - self.num_cached

    @property
    def shareable(self) -> list[int]:
        """Return the tokens that may come from the prefix tree."""
        return self.tokens

    @property
    def readable(self) -> list[int]:
        """Return the tokens that others may share: what was read, not what was written."""
        return self.tokens[: self.num_cached]

    @property
    def max_length(self) -> int:
        """Return the most tokens that it may come to have."""
        return len(self.tokens)

    @property
    def seat(self) -> Slot:
        """Return the slot of a sequence that has one."""
        if self.slot is None:
            raise EngineError(reason="a sequence outside the cache was scheduled")
        return self.slot

    def sit(self, slot: Slot, node: Node, num_tokens: int) -> None:
        """Take a slot in which the first tokens are there already."""
        self.slot, self.node, self.is_expected = slot, node, False
        self.num_cached = self.num_shared = num_tokens

    def claim_shared(self) -> int:
        """Return the reserved cells that are not needed, since the tree holds them."""
        return self._keep_reserved(self.max_length - self.num_shared)

    def give_back(self) -> int:
        """Return all that is still reserved; the sequence leaves."""
        return self._keep_reserved(0)

    def advance(self, num_tokens: int) -> None:
        """Take note that the first pending tokens are in the cache now."""
        self.num_cached += num_tokens

    def _keep_reserved(self, num_cells: int) -> int:
        surplus, self.num_reserved = self.num_reserved - num_cells, num_cells
        return surplus


@dataclass(eq=False, slots=True)
class Prefix(Sequence):
    """What all branches of a request share; read once."""

    def stop(self) -> None:
        """Want no more than what has been read."""
        del self.tokens[self.num_cached :]


@dataclass(eq=False, slots=True, kw_only=True)
class Branch(Sequence):
    """One continuation: first its own prompt is read, then its answer written.

    It begins when what it continues is there: the prefix, or the branch that it comes after.
    `num_asked` tokens stand before the answer; `num_read` before the model's first choice, since
    the grammar may force how the answer begins. Others may share all of these but the last, which
    is decoded for its logits; so `num_shared <= num_read - 1`, and taking back written tokens
    never touches what is shared.
    """

    request: BranchRequest
    prompt: list[int]
    answer: Answer
    source: "Branch | None" = None
    sampler: Sampler | None = None
    num_asked: int = 0  # the tokens before the answer
    num_read: int = 0  # the tokens before the model's first choice

    is_read_only = False

    @property
    def shareable(self) -> list[int]:
        """Return all but the last token, which has to be decoded to get its logits."""
        return self.tokens[:-1]

    @property
    def readable(self) -> list[int]:
        """Return the tokens of the prompt that are cached, but the last."""
        return self.tokens[: min(self.num_cached, self.num_read - 1)]

    @property
    def max_length(self) -> int:
        """Return the length with the longest answer."""
        return self.num_asked + self.request.max_tokens

    @property
    def max_cells(self) -> int:
        """Return the cells to reserve: its own, and those of the branch that it comes after."""
        own = len(self.prompt) + self.request.max_tokens + 1
        return own + (self.source.max_cells if self.source else 0)

    @property
    def written(self) -> list[int]:
        """Return the tokens of the answer so far, but those that others may share."""
        return self.tokens[max(self.num_asked, self.num_read - 1) :]

    @property
    def is_begun(self) -> bool:
        """Tell whether it has been given its tokens."""
        return bool(self.tokens)

    @property
    def is_ready(self) -> bool:
        """Tell whether what it continues is there."""
        return self.source is None or self.source.answer.is_finished

    def begin(self, prefix: list[int]) -> None:
        """Take the tokens that it continues, and its own prompt after them."""
        before = self.source.tokens if self.source else prefix
        self.tokens = [*before, *self.prompt]
        self.num_asked = self.num_read = len(self.tokens)

    def choose(self, logits: NDArray[np.float32]) -> int:
        """Choose the next token from its row of logits, shape (num_tokens,)."""
        if self.sampler is None:
            raise EngineError(reason="a branch without a sampler was scheduled")
        return self.sampler.choose(logits)

    def close(self) -> None:
        """Free the sampler."""
        if self.sampler is not None:
            self.sampler.close()
            self.sampler = None


@dataclass(eq=False, slots=True)
class Generation:
    """One request: `prefix` and `branches` enter the cache together and each leaves once."""

    request: GenerationRequest
    prefix: Prefix
    branches: tuple[Branch, ...]
    submitted_at: float
    num_prompt_tokens: int
    rank: float = 0.0  # the scheduler's order
    admitted_at: float = 0.0
    first_token_at: float = 0.0
    is_cancelled: bool = False
    is_prefix_read: bool = False
    on_delta: Callable[[TextDelta], None] | None = None
    future: Future[Completion] = field(default_factory=Future)

    def __post_init__(self) -> None:
        """Make the engine the only one who settles the future."""
        self.future.set_running_or_notify_cancel()

    @property
    def adapter(self) -> str | None:
        """Return the adapter under which its tokens are decoded."""
        return self.request.adapter

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """Return the prefix and the branches."""
        return (self.prefix, *self.branches)

    @property
    def num_slots(self) -> int:
        """Return the slots that it needs at the same time."""
        return len(self.sequences)

    @property
    def max_cells(self) -> int:
        """Return the KV cells to reserve: the prefix, and each branch with its longest answer."""
        return len(self.prefix.tokens) + sum(branch.max_cells for branch in self.branches)

    @property
    def max_context(self) -> int:
        """Return the length of the longest sequence that this request may grow."""
        longest = max((branch.max_cells - 1 for branch in self.branches), default=0)
        return len(self.prefix.tokens) + longest

    @property
    def max_new_tokens(self) -> int:
        """Return the most tokens that this request may write."""
        return sum(branch.request.max_tokens for branch in self.branches)

    @property
    def is_finished(self) -> bool:
        """Tell whether the prefix is read and every branch has ended."""
        return self.is_prefix_read and all(each.answer.is_finished for each in self.branches)

    @property
    def writing(self) -> list[Branch]:
        """Return the branches whose next decode yields a token, or that jump over some."""
        return [each for each in self._open_branches() if each.answer.is_begun]

    @property
    def reading(self) -> list[Sequence]:
        """Return the sequences of which a prompt has still to be read."""
        if not self.is_prefix_read:
            return [self.prefix]
        return [each for each in self._open_branches() if not each.answer.is_begun]

    def expect(self) -> None:
        """Say what each sequence will need, before it enters."""
        self.prefix.num_reserved = len(self.prefix.tokens)
        for branch in self.branches:
            branch.num_reserved = branch.max_cells
        for sequence in self.sequences:
            sequence.is_expected = True

    def reason_to_drop(self, now: float) -> ModelError | None:
        """Return why nobody waits for this request any more, if so."""
        if self.is_cancelled:
            return GenerationCancelledError()
        if now - self.submitted_at > self.request.timeout_s:
            return DeadlineExceededError(timeout_s=round(self.request.timeout_s, 1))
        return None

    def completion(self, model: str, now: float) -> Completion:
        """Return the answer of a finished request."""
        first_token_at = self.first_token_at or now
        return Completion(
            request_id=self.request.request_id,
            model=model,
            branches=tuple(branch.answer.result() for branch in self.branches),
            num_prompt_tokens=self.num_prompt_tokens,
            timings=Timings(
                queued_s=self.admitted_at - self.submitted_at,
                prefill_s=first_token_at - self.admitted_at,
                decode_s=now - first_token_at,
            ),
        )

    def _open_branches(self) -> list[Branch]:
        return [each for each in self.branches if each.slot is not None and each.num_pending]


def plan_generation(
    request: GenerationRequest, vocabulary: Vocabulary, submitted_at: float
) -> Generation:
    """Turn a request into token sequences; raises InvalidInputError when it asks for nothing."""
    _check_request(request)
    prefix = vocabulary.encode(request.prefix, is_start=True) if request.prefix else []
    prompts = [
        vocabulary.encode(branch.text, is_start=not prefix) if branch.text else []
        for branch in request.branches
    ]
    if not prefix and not (prompts and all(prompts)):
        raise InvalidInputError(
            reason="A request needs a prompt: its prefix and a branch are empty."
        )
    _share_question(prefix, prompts, request.branches)
    return Generation(
        request=request,
        prefix=Prefix(tokens=prefix),
        branches=_plan_branches(request.branches, prompts),
        submitted_at=submitted_at,
        num_prompt_tokens=len(prefix) + sum(map(len, prompts)),
    )


def _check_request(request: GenerationRequest) -> None:
    if any(branch.max_tokens < 1 for branch in request.branches):
        raise InvalidInputError(reason="A branch needs room for at least one token.")


def _share_question(
    prefix: list[int], prompts: list[list[int]], requests: tuple[BranchRequest, ...]
) -> None:
    """Move what all branches begin with to the end of the prefix, so that it is read once.

    Another request with the same prefix text and other branches still finds the prefix: the tree
    splits the run where the two part.
    """
    after_prefix = [
        prompt for prompt, branch in zip(prompts, requests, strict=True) if branch.after is None
    ]
    if len(after_prefix) < 2:
        return
    num_common = min(common_length(after_prefix[0], other) for other in after_prefix[1:])
    prefix += after_prefix[0][:num_common]
    for prompt in after_prefix:
        del prompt[:num_common]


def _plan_branches(
    requests: tuple[BranchRequest, ...], prompts: list[list[int]]
) -> tuple[Branch, ...]:
    """Return the branches in the order asked for; one may only come after an earlier one."""
    planned: dict[str, Branch] = {}
    branches = []
    for request, prompt in zip(requests, prompts, strict=True):
        if request.after is not None and request.after not in planned:
            raise InvalidInputError(
                reason=f'The branch "{request.key}" comes after "{request.after}", which is not '
                "among the branches before it."
            )
        source = planned[request.after] if request.after is not None else None
        branch = Branch(request=request, prompt=prompt, answer=Answer(request), source=source)
        planned[request.key] = branch
        branches.append(branch)
    return tuple(branches)
