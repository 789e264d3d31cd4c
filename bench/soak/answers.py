"""Whether answers are what was asked for: every section there, and each within its grammar."""

from collections.abc import Mapping
from contextlib import closing

import numpy as np

from models.engine.backend import Backend
from models.engine.params import BranchResult, Completion, FinishReason, GenerationRequest
from notes.errors import EngineError

_HALF_CHARACTER = "\N{REPLACEMENT CHARACTER}"  # where the limit fell between its tokens


class AnswerCheck:
    """Reads texts with a grammar of their own, token by token as a tokenizer cuts them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        vocabulary = backend.vocabulary
        ends = [token for token in range(vocabulary.num_tokens) if vocabulary.is_end(token)]
        self._ends = np.array(ends, np.int32)

    def fault(self, request: GenerationRequest, completion: Completion) -> str:
        """Return what is wrong with an answer; nothing where it is as it should be."""
        if [each.key for each in completion.branches] != [each.key for each in request.branches]:
            return "an answer lacks a branch"
        pairs = zip(request.branches, completion.branches, strict=True)
        faults = (
            self._fault_of(asked.grammar, asked.max_tokens, result) for asked, result in pairs
        )
        return next(filter(None, faults), "")

    def stream_fault(self, request: GenerationRequest, texts: Mapping[str, str]) -> str:
        """Return what is wrong with the texts of a stream, which may end anywhere."""
        faults = (
            self._text_fault(each.grammar, texts[each.key].rstrip(_HALF_CHARACTER), is_whole=False)
            for each in request.branches
        )
        return next(filter(None, faults), "")

    def _text_fault(self, gbnf: str | None, text: str, *, is_whole: bool) -> str:
        if gbnf is None:
            return ""
        with closing(self._backend.open_grammar(gbnf)) as grammar:
            try:
                for token in self._backend.vocabulary.encode(text, is_start=False):
                    grammar.accept(token)
            except EngineError:
                return "a text breaks its grammar"
            if is_whole and not grammar.allows(self._ends).any():
                return "a text ends where its grammar goes on"
        return ""

    def _fault_of(self, gbnf: str | None, max_tokens: int, result: BranchResult) -> str:
        if result.num_tokens > max_tokens:
            return "a text is longer than it may be"
        is_whole = result.finish_reason is FinishReason.STOP
        text = result.text if is_whole else result.text.rstrip(_HALF_CHARACTER)
        return self._text_fault(gbnf, text, is_whole=is_whole)
