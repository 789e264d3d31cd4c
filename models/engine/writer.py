"""How a branch's text grows: tokens that the model chooses, and those that its grammar forces."""

from models.engine.backend import Backend
from models.engine.jump import JumpVocabulary, plan_jump
from models.engine.kv_cache import KVCache
from models.engine.sampler import Sampler
from models.engine.sequence import Branch, Generation


class Writer:
    """Begins branches and adds tokens to them; only the engine's thread calls it."""

    def __init__(self, backend: Backend, cache: KVCache) -> None:
        self._backend = backend
        self._cache = cache
        self._vocabulary = backend.vocabulary
        self._jumps = JumpVocabulary(backend.vocabulary)

    def begin(self, generation: Generation, branch: Branch) -> None:
        """Seat a branch behind what it continues, with the beginning that its grammar forces."""
        gbnf = branch.request.grammar
        grammar = self._backend.open_grammar(gbnf) if gbnf is not None else None
        branch.sampler = Sampler(generation.request.sampling, grammar)
        branch.begin(generation.prefix.tokens)
        self._jump(branch)
        branch.num_read = len(branch.tokens)
        if not branch.answer.is_finished:
            self._cache.seat(generation, branch)

    def add(self, branch: Branch, token: int, logprob: float) -> None:
        """Add a token that was chosen, and those that follow from it."""
        if self._vocabulary.is_end(token):
            branch.answer.add_end(logprob)
            return
        branch.tokens.append(token)
        branch.answer.add(self._vocabulary.piece(token), logprob)
        if not branch.answer.is_finished:
            self._jump(branch)

    def _jump(self, branch: Branch) -> None:
        """Append what the grammar forces, to be read like a prompt instead of being decoded."""
        sampler = branch.sampler
        if sampler is None or sampler.grammar is None:
            return
        jump = plan_jump(branch.written, sampler.grammar, self._jumps)
        num_kept = len(branch.tokens) - jump.num_dropped
        tokens = jump.tokens[: branch.answer.num_left + jump.num_dropped]
        text = self._jumps.text_of(tokens)[len(self._jumps.text_of(branch.tokens[num_kept:])) :]
        if text:
            self._cache.rewind(branch, num_kept)
            branch.tokens[num_kept:] = tokens
            branch.answer.add_forced(text, len(tokens) - jump.num_dropped)
            sampler.follow(jump)
        if jump.is_end and tokens == jump.tokens and not branch.answer.is_finished:
            branch.answer.end()
