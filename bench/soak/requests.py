"""What is asked in a soak: notes of sessions short and long, met before or not."""

import itertools
from collections import deque
from dataclasses import replace
from random import Random

from bench.ground import FIRST_SEED
from bench.workload import Session, Workload
from models.engine.asking import request_for
from models.engine.params import GenerationRequest, SamplingParams
from notes.prompt import format_prompt
from notes.style import SECTIONS5, NoteStyle

SHORT, LONG = (60, 250), (500, 1000)  # words of a session
PATIENT_S = 1800.0
UNREADABLE = 'root ::= "a'  # a grammar that lacks its end
_NUM_RECENT = 8


class Requests:
    """Makes the requests of one soak. `rng` belongs to whoever asks."""

    def __init__(self, workload: Workload, sampling: SamplingParams) -> None:
        self._workload = workload
        self._sampling = sampling
        self._seeds = itertools.count(FIRST_SEED)
        self._numbers = itertools.count(1)
        self._recent: deque[Session] = deque(maxlen=_NUM_RECENT)

    def short_session(self, rng: Random) -> Session:
        """Return a short session that nobody has met."""
        return self._new_session(rng.randint(*SHORT))

    def long_session(self, rng: Random) -> Session:
        """Return a long session that nobody has met."""
        return self._new_session(rng.randint(*LONG))

    def known_session(self, rng: Random) -> Session:
        """Return one of the last sessions, or a new one where there is none yet."""
        return rng.choice(self._recent) if self._recent else self.short_session(rng)

    def note(
        self,
        rng: Random,
        session: Session,
        style: NoteStyle = SECTIONS5,
        *,
        timeout_s: float = PATIENT_S,
        adapter: str | None = None,
    ) -> GenerationRequest:
        """Return the product's question for a note."""
        prompt = format_prompt(session.turns, style, self._workload.chat_format)
        sampling = replace(self._sampling, seed=rng.randrange(2**31))
        name = f"soak-{next(self._numbers)}"
        return request_for(prompt, name, sampling, timeout_s=timeout_s, adapter=adapter)

    def chained(self, rng: Random, session: Session) -> GenerationRequest:
        """Return a question whose last section waits for the one before, and continues it."""
        request = self.note(rng, session)
        *others, source, last = request.branches
        return replace(request, branches=(*others, source, replace(last, after=source.key)))

    def too_long(self, rng: Random, num_tokens: int) -> GenerationRequest:
        """Return a question of more than so many tokens."""
        request = self.note(rng, self.known_session(rng))
        return replace(request, prefix=request.prefix + " word" * num_tokens)

    def unreadable(self, rng: Random) -> GenerationRequest:
        """Return a question with a grammar that cannot be read in the middle of it."""
        request = self.note(rng, self.known_session(rng))
        first, second, *rest = request.branches
        branches = (first, replace(second, grammar=UNREADABLE), *rest)
        return replace(request, branches=branches)

    def growing(self, rng: Random, session: Session) -> list[str]:
        """Return what an engine may read of a session, at some moments while it goes on."""
        ends = sorted(rng.sample(range(1, len(session.turns)), k=min(4, len(session.turns) - 1)))
        parts = (replace(session, turns=session.turns[:end]) for end in ends)
        return [self._workload.prefix(part) for part in parts]

    def _new_session(self, words: int) -> Session:
        (session,) = self._workload.sessions(words, [next(self._seeds)])
        self._recent.append(session)
        return session
