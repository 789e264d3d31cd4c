"""The text of one branch, put together token by token."""

import codecs

from models.engine.params import BranchRequest, BranchResult, FinishReason
from notes.errors import EngineError


class Answer:
    """Turns tokens into text, and tells when the branch has ended."""

    def __init__(self, request: BranchRequest) -> None:
        self._request = request
        # One character may take several tokens; the decoder holds back its first bytes.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text = ""
        self._num_told = 0  # characters that `take_delta` has handed out
        self._num_tokens = 0
        self._num_chosen = 0
        self._logprob = 0.0
        self._finish_reason: FinishReason | None = None

    @property
    def is_begun(self) -> bool:
        """Tell whether the model has chosen a token."""
        return self._num_chosen > 0

    @property
    def is_finished(self) -> bool:
        """Tell whether the last token has been written."""
        return self._finish_reason is not None

    @property
    def num_left(self) -> int:
        """Return how many tokens may still be written."""
        return self._request.max_tokens - self._num_tokens

    def add(self, piece: bytes, logprob: float) -> None:
        """Append the bytes of a token that the model chose."""
        self._logprob += logprob
        self._num_chosen += 1
        self._append(piece, 1)

    def add_forced(self, pieces: bytes, num_tokens: int) -> None:
        """Append the bytes of tokens about which the grammar left no choice.

        `num_tokens` is negative where they take the place of more tokens that were chosen.
        """
        self._append(pieces, num_tokens)

    def add_end(self, logprob: float) -> None:
        """Take note of an end token; it counts as a token and has no text."""
        self._num_tokens += 1
        self._num_chosen += 1
        self._logprob += logprob
        self.end()

    def end(self) -> None:
        """Finish, since nothing may follow."""
        self._finish_reason = FinishReason.STOP

    def take_delta(self) -> str:
        """Return the text that is new since the last call and that no stop string can cut off."""
        longest = max(map(len, self._request.stop), default=0)
        held_back = 0 if self.is_finished else max(0, longest - 1)
        safe = max(self._num_told, len(self._text) - held_back)
        delta, self._num_told = self._text[self._num_told : safe], safe
        return delta

    def result(self) -> BranchResult:
        """Return what was written; the branch must have finished."""
        if self._finish_reason is None:
            raise EngineError(reason="an unfinished branch was asked for its result")
        return BranchResult(
            key=self._request.key,
            text=self._text,
            num_tokens=self._num_tokens,
            finish_reason=self._finish_reason,
            logprob=self._logprob,
            num_chosen=self._num_chosen,
        )

    def _append(self, pieces: bytes, num_tokens: int) -> None:
        self._num_tokens += num_tokens
        self._text += self._decoder.decode(pieces)
        if self._cut_at_stop():
            self._finish_reason = FinishReason.STOP
        elif self.num_left <= 0:
            self._finish_reason = FinishReason.LENGTH

    def _cut_at_stop(self) -> bool:
        found = [self._text.find(stop) for stop in self._request.stop if stop in self._text]
        if found:
            self._text = self._text[: min(found)]
        return bool(found)
