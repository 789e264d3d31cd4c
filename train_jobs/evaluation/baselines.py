"""Notes without a model: whoever asks for one should see what it adds to these."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from notes.sentences import cut_words, num_words, split_sentences
from notes.transcript import parse_transcript
from train_jobs.evaluation.datasets import Session
from train_jobs.evaluation.terms import Idf, frequencies, terms


def lead(transcript: str, max_words: int) -> str:
    """Return the first words of what was said."""
    return cut_words(" ".join(_said(transcript)), max_words).rstrip("…")


def tfidf_extract(transcript: str, idf: Idf, max_words: int) -> str:
    """Return the sentences with the most telling words of the session, in their order."""
    sentences = [each for turn in _said(transcript) for each in split_sentences(turn)]
    counts = frequencies(" ".join(sentences))

    def weight(index: int) -> float:
        found = terms(sentences[index])
        # The root: neither the longest sentence wins nor the shortest with a rare word.
        return sum(counts[t] * idf.weight(t) for t in found) / math.sqrt(max(1, len(found)))

    chosen: list[int] = []
    room = max_words
    for index in sorted(range(len(sentences)), key=weight, reverse=True):
        if num_words(sentences[index]) <= room:
            chosen.append(index)
            room -= num_words(sentences[index])
    return " ".join(sentences[index] for index in sorted(chosen))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Sessions with a person's note, to be found by what was talked about."""

    sessions: tuple[Session, ...]
    vectors: tuple[dict[str, float], ...]
    idf: Idf

    @classmethod
    def of(cls, sessions: Sequence[Session], idf: Idf) -> "Neighbours":
        """Take those that have a note."""
        noted = tuple(session for session in sessions if session.reference)
        return cls(noted, tuple(_vector(each.transcript, idf) for each in noted), idf)

    def nearest_note(self, session: Session) -> str:
        """Return the note of the most similar other session by TF-IDF cosine; "" without one.

        A session with the same transcript or the same note is no other session.
        """
        vector = _vector(session.transcript, self.idf)
        others = [
            (_dot(vector, other), -index)
            for index, other in enumerate(self.vectors)
            if self._is_other(session, self.sessions[index])
        ]
        return self.sessions[-max(others)[1]].reference if others else ""

    @staticmethod
    def _is_other(session: Session, other: Session) -> bool:
        return session.transcript != other.transcript and session.reference != other.reference


def _said(transcript: str) -> list[str]:
    return [turn.text for turn in parse_transcript(transcript).turns]


def _vector(text: str, idf: Idf) -> dict[str, float]:
    weights = {
        term: (1 + math.log(count)) * idf.weight(term) for term, count in frequencies(text).items()
    }
    length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items()}


def _dot(left: dict[str, float], right: dict[str, float]) -> float:
    return sum(weight * right.get(term, 0.0) for term, weight in left.items())
