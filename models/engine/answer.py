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
        self._num_tokens = 0
        self._logprob = 0.0
        self._finish_reason: FinishReason | None = None

    @property
    def is_begun(self) -> bool:
        """Tell whether a token has been written."""
        return self._num_tokens > 0

    @property
    def is_finished(self) -> bool:
        """Tell whether the last token has been written."""
        return self._finish_reason is not None

    def add(self, piece: bytes, logprob: float) -> None:
        """Append a token's bytes."""
        self._count(logprob)
        self._text += self._decoder.decode(piece)
        if self._cut_at_stop():
            self._finish_reason = FinishReason.STOP
        elif self._num_tokens >= self._request.max_tokens:
            self._finish_reason = FinishReason.LENGTH

    def add_end(self, logprob: float) -> None:
        """Take note of an end token; it counts as a token and has no text."""
        self._count(logprob)
        self._finish_reason = FinishReason.STOP

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
        )

    def _count(self, logprob: float) -> None:
        self._num_tokens += 1
        self._logprob += logprob

    def _cut_at_stop(self) -> bool:
        found = [self._text.find(stop) for stop in self._request.stop if stop in self._text]
        if found:
            self._text = self._text[: min(found)]
        return bool(found)
