"""Who says what: turns, or their sentences where nobody labelled them, with the speaker's role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from notes.risk.concepts import fold
from notes.risk.context import Sentence, sentences
from notes.risk.questions import asks
from notes.transcript import Speaker, Turn

_ADDRESSES = re.compile(r"\b(?:you|your|yourself)\b")
FIRST_PERSON = re.compile(r"\b(?:i|i'm|im|i've|ive|i'd|i'll|me|my|myself)\b")


class Role(Enum):
    """What a speaker does in a session, as far as it can be told."""

    ASKS = "asks"
    TELLS = "tells"
    UNSURE = "unsure"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Part of a turn, or all of it, that one person says."""

    turn_id: int
    role: Role
    spoken: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """Give all that is said."""
        return " ".join(sentence.text for sentence in self.spoken)


def utterances(turn: Turn) -> Iterator[Utterance]:
    """Give the parts of a turn, each of one person."""
    spoken = tuple(sentences(fold(turn.text)))
    roles = {
        Speaker.THERAPIST: Role.ASKS,
        Speaker.PATIENT: Role.TELLS,
        Speaker.OTHER: Role.OTHER,
    }
    if turn.speaker in roles:
        yield Utterance(turn.id, roles[turn.speaker], spoken)
    else:
        yield from _guessed(turn.id, spoken)


def _guessed(turn_id: int, spoken: tuple[Sentence, ...]) -> Iterator[Utterance]:
    """Without labels, who asks about "you" is the therapist, and all others may be the patient."""
    run: list[Sentence] = []
    for sentence in spoken:
        if _sounds_like_therapist(sentence):
            if run:
                yield Utterance(turn_id, Role.UNSURE, tuple(run))
            run = []
            yield Utterance(turn_id, Role.ASKS, (sentence,))
        else:
            run.append(sentence)
    if run:
        yield Utterance(turn_id, Role.UNSURE, tuple(run))


def _sounds_like_therapist(sentence: Sentence) -> bool:
    if not asks(sentence) or FIRST_PERSON.search(sentence.text):
        return False
    return sentence.is_question or bool(_ADDRESSES.search(sentence.text))
