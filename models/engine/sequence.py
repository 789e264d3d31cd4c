"""A request on its way through the engine: one prefix, and the branches that follow it."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from models.engine.answer import Answer
from models.engine.backend import Sampler, Vocabulary
from models.engine.params import BranchRequest, Completion, GenerationRequest, Timings
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
    """One run of tokens: what is cached ends before `position`, `pending` comes next.

    `max_cells` is the most KV cells that its own tokens will take.
    """

    pending: list[int]
    max_cells: int
    position: int = 0
    slot: Slot | None = None

    @property
    def seat(self) -> Slot:
        """Return the slot of a sequence that has been admitted."""
        if self.slot is None:
            raise EngineError(reason="a sequence outside the cache was scheduled")
        return self.slot

    def close(self) -> None:
        """Free what belongs to the sequence beside its slot."""

    def advance(self, num_tokens: int) -> None:
        """Take note that the first pending tokens are in the cache now."""
        self.position += num_tokens
        del self.pending[:num_tokens]


@dataclass(eq=False, slots=True)
class Prefix(Sequence):
    """What all branches of a request share; read once."""


@dataclass(eq=False, slots=True, kw_only=True)
class Branch(Sequence):
    """One continuation of the prefix: first its own prompt is read, then its answer written."""

    request: BranchRequest
    answer: Answer
    sampler: Sampler | None = None

    def write(self, row: int, vocabulary: Vocabulary) -> int:
        """Choose the next token from a row of the last batch, and add it to the answer."""
        if self.sampler is None:
            raise EngineError(reason="a branch without a sampler was scheduled")
        choice = self.sampler.sample(row)
        if vocabulary.is_end(choice.token):
            self.answer.add_end(choice.logprob)
        else:
            self.answer.add(vocabulary.piece(choice.token), choice.logprob)
        return choice.token

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
    admitted_at: float = 0.0
    first_token_at: float = 0.0
    is_cancelled: bool = False
    future: Future[Completion] = field(default_factory=Future)

    def __post_init__(self) -> None:
        """Make the engine the only one who settles the future."""
        self.future.set_running_or_notify_cancel()

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """Return the prefix and the branches."""
        return (self.prefix, *self.branches)

    @property
    def max_cells(self) -> int:
        """Return the KV cells to reserve: the prefix, and each branch with its longest answer."""
        return sum(sequence.max_cells for sequence in self.sequences)

    @property
    def max_context(self) -> int:
        """Return the length of the longest sequence that this request may grow."""
        return self.prefix.max_cells + max(branch.max_cells for branch in self.branches)

    @property
    def max_new_tokens(self) -> int:
        """Return the most tokens that this request may write."""
        return sum(branch.request.max_tokens for branch in self.branches)

    @property
    def is_finished(self) -> bool:
        """Tell whether every branch has ended."""
        return all(branch.answer.is_finished for branch in self.branches)

    def ready(self) -> tuple[Sequence, ...]:
        """Return the sequences whose pending tokens may be decoded now."""
        if self.prefix.pending:
            return (self.prefix,)
        return tuple(branch for branch in self.branches if branch.pending)

    def reason_to_drop(self, now: float) -> ModelError | None:
        """Return why nobody waits for this request any more, if so."""
        if self.is_cancelled:
            return GenerationCancelledError()
        if now - self.submitted_at > self.request.timeout_s:
            return DeadlineExceededError(timeout_s=round(self.request.timeout_s, 1))
        return None

    def completion(self, model: str, now: float) -> Completion:
        """Return the answer of a finished request."""
        return Completion(
            request_id=self.request.request_id,
            model=model,
            branches=tuple(branch.answer.result() for branch in self.branches),
            num_prompt_tokens=self.num_prompt_tokens,
            timings=Timings(
                queued_s=self.admitted_at - self.submitted_at,
                prefill_s=self.first_token_at - self.admitted_at,
                decode_s=now - self.first_token_at,
            ),
        )


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
    if prefix and not all(prompts):
        # A branch without text of its own has no logits to begin with: each branch reads the
        # prefix's last token itself.
        prefix, last = prefix[:-1], prefix[-1]
        prompts = [[last, *prompt] for prompt in prompts]
    if not all(prompts):
        raise InvalidInputError(
            reason="A request needs a prompt: its prefix and a branch are empty."
        )
    return Generation(
        request=request,
        prefix=Prefix(pending=prefix, max_cells=len(prefix)),
        branches=tuple(
            _plan_branch(branch, prompt, len(prefix))
            for branch, prompt in zip(request.branches, prompts, strict=True)
        ),
        submitted_at=submitted_at,
        num_prompt_tokens=len(prefix) + sum(map(len, prompts)),
    )


def _check_request(request: GenerationRequest) -> None:
    if not request.branches:
        raise InvalidInputError(reason="A request needs at least one branch.")
    if any(branch.max_tokens < 1 for branch in request.branches):
        raise InvalidInputError(reason="A branch needs room for at least one token.")


def _plan_branch(request: BranchRequest, prompt: list[int], position: int) -> Branch:
    return Branch(
        pending=prompt,
        max_cells=len(prompt) + request.max_tokens,
        position=position,
        request=request,
        answer=Answer(request),
    )
