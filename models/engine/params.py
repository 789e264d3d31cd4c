"""What goes into the engine and what comes out: frozen values that cross processes."""

import math
from dataclasses import dataclass, field, replace
from enum import Enum

from notes.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is chosen; the design's values. `temperature=0` is greedy.

    `retry_temperature` is that of what is asked for again; None: the same.
    """

    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 40
    repeat_penalty: float = 1.1
    repeat_last_n: int = 64
    seed: int | None = None
    retry_temperature: float | None = None

    def of_retry(self, number: int) -> "SamplingParams":
        """Return how an answer is sampled that shall be another one than those before; 0: these."""
        if number == 0:
            return self
        warmth = self.temperature if self.retry_temperature is None else self.retry_temperature
        seed = None if self.seed is None else self.seed + number
        return replace(self, temperature=warmth, seed=seed)


class KVType(Enum):
    """The type of the cached keys and values; Q8_0 values need flash attention."""

    F16 = "f16"
    Q8_0 = "q8_0"


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """One llama.cpp context and its limits. Sizes are in tokens, `parked_bytes` in bytes.

    `context_tokens` is the most that one sequence may hold (prefix, branch and answer);
    `cache_tokens` is the KV cache that all sequences share; `max_sequences` counts a running
    request's prefix and branches, and what is kept for later of both; `max_running` requests
    are in the cache at once. A batch has `batch_tokens`, and of prompts only `mixed_tokens` where
    somebody writes, so that reading does not hold up writing. Kept prefixes beyond
    `idle_cache_tokens` move to at most `parked_bytes` of host memory; `idle_cache_tokens=None`
    goes by the model's size (loading.py). `num_threads=None` uses every core that this process
    may run on; `flash_attention=None` measures at start which is faster here.
    """

    context_tokens: int = 2048
    cache_tokens: int = 8192
    batch_tokens: int = 512
    micro_batch_tokens: int = 512
    mixed_tokens: int = 512
    max_sequences: int = 64
    max_running: int = 8
    max_waiting: int = 32
    idle_cache_tokens: int | None = None
    parked_bytes: int = 268_435_456
    num_threads: int | None = None
    num_gpu_layers: int = 0
    flash_attention: bool | None = None
    kv_type: KVType = KVType.F16
    use_mmap: bool = False
    use_mlock: bool = False

    def __post_init__(self) -> None:
        """Refuse limits that no request could live within."""
        if not 2 <= self.max_sequences <= 256:  # prefix and branch; llama.cpp's limit
            raise ConfigurationError(reason="max_sequences must be 2 to 256.")
        if self.batch_tokens < self.max_sequences:
            raise ConfigurationError(reason="batch_tokens must be at least max_sequences.")
        sizes = (
            self.context_tokens,
            self.cache_tokens,
            self.max_waiting,
            self.max_running,
            self.mixed_tokens,
            self.micro_batch_tokens,
        )
        if min(sizes) < 1:
            raise ConfigurationError(reason="Every limit of the engine must be at least 1.")
        if min(self.idle_cache_tokens or 0, self.parked_bytes) < 0:
            raise ConfigurationError(reason="idle_cache_tokens and parked_bytes are at least 0.")
        if self.kv_type is not KVType.F16 and self.flash_attention is not True:
            raise ConfigurationError(reason='kv_type "q8_0" needs flash_attention: true.')


@dataclass(frozen=True, slots=True)
class BranchRequest:
    """One continuation of the prefix: `text` is appended to it, then `grammar` (GBNF) rules.

    With `after`, the key of an earlier branch, it continues that branch and its answer instead.
    """

    key: str
    text: str
    max_tokens: int
    grammar: str | None = None
    stop: tuple[str, ...] = ()
    after: str | None = None


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A prefix that is read once, and branches that are written side by side after it.

    Without branches it is only read. `adapter` names one of those that the engine has loaded.
    """

    request_id: str
    prefix: str
    branches: tuple[BranchRequest, ...]
    sampling: SamplingParams = field(default_factory=SamplingParams)
    timeout_s: float = 60.0
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of a branch's text, always of whole characters."""

    key: str
    text: str


class FinishReason(Enum):
    """Why a branch ended."""

    STOP = "stop"  # an end token, a stop string, or the grammar's end
    LENGTH = "length"  # max_tokens


@dataclass(frozen=True, slots=True)
class BranchResult:
    """A branch's text without its own prompt, and how sure the model was of it.

    `logprob` sums the log-probabilities of the `num_chosen` tokens that the model chose; those
    that its grammar left no choice about add nothing.
    """

    key: str
    text: str
    num_tokens: int
    finish_reason: FinishReason
    logprob: float
    num_chosen: int

    @property
    def num_forced(self) -> int:
        """Return the tokens that stand there by the grammar alone."""
        return max(0, self.num_tokens - self.num_chosen)  # chosen ones may have been spelt anew

    @property
    def confidence(self) -> float:
        """Return the mean probability (geometric) of a chosen token, 0 to 1."""
        return math.exp(self.logprob / max(1, self.num_chosen))


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
    """What the engine does now, and how fast it has been (exponential means; tokens a second).

    `waiting_tokens` and `waiting_new_tokens` are those that queued requests will read and at most
    write; of `used_cache_tokens`, `idle_cache_tokens` leave as soon as somebody needs their room;
    `num_hit_tokens` were found in the cache instead of read; `python_share` is the part of the
    steps' time that was not spent in llama.cpp.
    """

    model: str
    num_running: int
    num_waiting: int
    waiting_tokens: int
    waiting_new_tokens: int
    free_slots: int
    used_cache_tokens: int
    idle_cache_tokens: int
    cache_tokens: int
    prefill_tokens_per_s: float
    decode_tokens_per_s: float
    num_finished: int
    num_failed: int
    num_prompt_tokens: int
    num_generated_tokens: int
    num_hit_tokens: int
    parked_bytes: int
    python_share: float
    load_s: float
    memory_bytes: int
    model_bytes: int
    heartbeat_age_s: float
