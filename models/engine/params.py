"""What goes into the engine and what comes out: frozen values that cross processes."""

from dataclasses import dataclass, field
from enum import Enum

from notes.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is chosen; the design's values. `temperature=0` is greedy."""

    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 40
    repeat_penalty: float = 1.1
    repeat_last_n: int = 64
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """One llama.cpp context and its limits. Sizes are in tokens.

    `context_tokens` is the most that one sequence may hold (prefix, branch and answer);
    `cache_tokens` is the KV cache that all sequences share; `max_sequences` counts a request's
    prefix and each of its branches, so a note of five sections takes six; `num_threads=None` uses
    every core that this process may run on.
    """

    context_tokens: int = 2048
    cache_tokens: int = 8192
    batch_tokens: int = 512
    max_sequences: int = 18
    max_waiting: int = 32
    num_threads: int | None = None
    num_gpu_layers: int = 0
    flash_attention: bool = False
    use_mmap: bool = False
    use_mlock: bool = False

    def __post_init__(self) -> None:
        """Refuse limits that no request could live within."""
        if self.max_sequences < 2:
            raise ConfigurationError(reason="max_sequences must be at least 2: prefix and branch.")
        if self.batch_tokens < self.max_sequences:
            raise ConfigurationError(reason="batch_tokens must be at least max_sequences.")
        if min(self.context_tokens, self.cache_tokens, self.max_waiting) < 1:
            raise ConfigurationError(reason="Every limit of the engine must be at least 1.")


@dataclass(frozen=True, slots=True)
class BranchRequest:
    """One continuation of the prefix: `text` is appended to it, then `grammar` (GBNF) rules."""

    key: str
    text: str
    max_tokens: int
    grammar: str | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A prefix that is read once, and branches that are written side by side after it."""

    request_id: str
    prefix: str
    branches: tuple[BranchRequest, ...]
    sampling: SamplingParams = field(default_factory=SamplingParams)
    timeout_s: float = 60.0


class FinishReason(Enum):
    """Why a branch ended."""

    STOP = "stop"  # an end token, a stop string, or the grammar's end
    LENGTH = "length"  # max_tokens


@dataclass(frozen=True, slots=True)
class BranchResult:
    """A branch's text without its own prompt, and the sum of its tokens' log-probabilities."""

    key: str
    text: str
    num_tokens: int
    finish_reason: FinishReason
    logprob: float


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from `submit`: waiting, reading the prompt, writing the answer."""

    queued_s: float
    prefill_s: float
    decode_s: float

    @property
    def total_s(self) -> float:
        """Return the seconds from submission to the last token."""
        return self.queued_s + self.prefill_s + self.decode_s


@dataclass(frozen=True, slots=True)
class Completion:
    """All branches of one request, in the order asked for."""

    request_id: str
    model: str
    branches: tuple[BranchResult, ...]
    num_prompt_tokens: int
    timings: Timings

    @property
    def num_tokens(self) -> int:
        """Return the number of generated tokens of all branches."""
        return sum(branch.num_tokens for branch in self.branches)


@dataclass(frozen=True, slots=True)
class EngineStats:
    """What the engine does now, and how fast it has been (exponential means; tokens a second)."""

    model: str
    num_running: int
    num_waiting: int
    waiting_tokens: int
    free_slots: int
    used_cache_tokens: int
    cache_tokens: int
    prefill_tokens_per_s: float
    decode_tokens_per_s: float
    num_finished: int
    num_failed: int
    num_prompt_tokens: int
    num_generated_tokens: int
    load_s: float
    memory_bytes: int
    model_bytes: int
    heartbeat_age_s: float
