"""How fast the engine is, and how much it has done."""

from dataclasses import dataclass, field

from models.engine.batch import Batch


@dataclass(slots=True)
class Rate:
    """Tokens a second: an exponential mean in which long steps weigh more than short ones."""

    keep: float = 0.9  # of the past at each step
    tokens: float = 0.0
    seconds: float = 0.0

    def add(self, num_tokens: int, seconds: float) -> None:
        """Take a step into account."""
        self.tokens = self.tokens * self.keep + num_tokens
        self.seconds = self.seconds * self.keep + seconds

    @property
    def per_s(self) -> float:
        """Return the rate; 0 before the first step."""
        return self.tokens / self.seconds if self.seconds else 0.0

    def seconds_for(self, num_tokens: int) -> float:
        """Return how long so many tokens will take; 0 before the first step."""
        return num_tokens / self.per_s if self.per_s else 0.0


@dataclass(slots=True)
class Counts:
    """What has been done since the start; times in seconds."""

    num_finished: int = 0
    num_failed: int = 0
    num_prompt_tokens: int = 0
    num_generated_tokens: int = 0
    decode_s: float = 0.0
    step_s: float = 0.0


@dataclass(slots=True)
class Meter:
    """The rates of reading and writing, and the counts."""

    prefill: Rate = field(default_factory=Rate)
    decode: Rate = field(default_factory=Rate)
    counts: Counts = field(default_factory=Counts)

    @property
    def python_share(self) -> float:
        """Return the part of the steps' time that was not spent in the library."""
        counts = self.counts
        return 1 - counts.decode_s / counts.step_s if counts.step_s else 0.0

    def record(self, batch: Batch, seconds: float) -> None:
        """Take a batch into account; one that reads and writes counts as reading."""
        num_decode = batch.num_decode_tokens
        num_prefill = batch.num_tokens - num_decode
        if num_prefill:
            self.prefill.add(num_prefill, seconds)
        else:
            self.decode.add(num_decode, seconds)
        self.counts.num_prompt_tokens += num_prefill

    def seconds_for(self, num_prompt_tokens: int, num_new_tokens: int) -> float:
        """Return how long so many tokens will take to read and to write."""
        return self.prefill.seconds_for(num_prompt_tokens) + self.decode.seconds_for(num_new_tokens)
