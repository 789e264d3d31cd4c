"""Triggers in a sentence, each with what stands around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from notes.risk import context
from notes.risk.concepts import Concept, Lexicon
from notes.risk.context import Around, Sentence
from notes.risk.figurative import blank_figurative
from notes.risk.findings import Polarity, RiskCategory, Severity
from notes.risk.lexicon_dangers import CONCEPTS as DANGERS
from notes.risk.lexicon_harm import CONCEPTS as HARM
from notes.risk.lexicon_hurts import CONCEPTS as HURTS
from notes.risk.lexicon_passive import CONCEPTS as PASSIVE
from notes.risk.lexicon_states import CONCEPTS as STATES
from notes.risk.lexicon_steps import CONCEPTS as STEPS
from notes.risk.lexicon_suicide import CONCEPTS as SUICIDE
from notes.risk.lexicon_wishes import CONCEPTS as WISHES

LEXICON = Lexicon((*SUICIDE, *STEPS, *PASSIVE, *WISHES, *HARM, *HURTS, *STATES, *DANGERS))
TOPICS = frozenset({RiskCategory.SUICIDE, RiskCategory.SELF_HARM})

_FIRST = frozenset({"i", "me", "my", "us", "we", "our"})
_YOU = frozenset({"you", "your"})


class Person(Enum):
    """Whom a trigger concerns, seen from who speaks."""

    SPEAKER = "speaker"
    LISTENER = "listener"
    THIRD = "third"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One match of a concept; `start` and `end` are places in its turn."""

    concept: Concept
    category: RiskCategory
    term: str
    start: int
    end: int
    person: Person
    place: Around

    @property
    def severity(self) -> Severity | None:
        """Give the rung of the ladder, raised by "plan to", "tried to" and the like."""
        if self.concept.severity is None:
            return None
        return context.severity_of(self.concept.severity, self.place, self.term)

    @property
    def is_negated(self) -> bool:
        """Whether it is denied in its own clause."""
        return context.is_negated(self.place)

    @property
    def is_hypothetical(self) -> bool:
        """Whether it stands in a condition, or is only what one could do in anger."""
        if self.category is RiskCategory.VIOLENCE and context.is_figure_of_anger(self.place):
            return True
        return not self.concept.is_own and context.is_hypothetical(self.place)

    @property
    def polarity(self) -> Polarity:
        """Give in what sense a patient said it of themselves or of another."""
        if self.person is Person.THIRD:
            return Polarity.OTHER_PERSON
        if self.concept.is_inverse:
            return Polarity.AFFIRMED if self.is_negated else Polarity.DENIED
        if self.is_negated:
            is_pause = context.is_long_ago(self.place)
            return Polarity.HISTORICAL if is_pause else Polarity.DENIED
        if self.is_hypothetical:
            return Polarity.HYPOTHETICAL
        if context.is_historical(self.place):
            return Polarity.HISTORICAL
        return Polarity.PASSIVE if self.concept.is_passive else Polarity.AFFIRMED


def find_triggers(sentence: Sentence, topic: RiskCategory | None = None) -> list[Trigger]:
    """Give a sentence's triggers in order; `topic` lets words such as "a plan" count."""
    text = blank_figurative(sentence.text)
    candidates = LEXICON.candidates(text)
    if not candidates:
        return []
    found = list(_plain(candidates, sentence, text))
    topic = next((t.category for t in found if t.category in TOPICS), topic)
    if topic is not None:
        found += _on_topic(candidates, sentence, text, topic)
    return sorted(found, key=lambda trigger: trigger.start)


def _plain(candidates: list[Concept], sentence: Sentence, text: str) -> Iterator[Trigger]:
    taken = bytearray(len(text))  # a word belongs to the first concept that claims it
    for concept in candidates:
        if concept.needs_topic:
            continue
        for start, end, who in _spans(concept, text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                yield _trigger(concept, concept.category, sentence, text, (start, end, who))


def _on_topic(
    candidates: list[Concept], sentence: Sentence, text: str, topic: RiskCategory
) -> Iterator[Trigger]:
    for concept in candidates:
        if concept.needs_topic:
            for span in _spans(concept, text):
                yield _trigger(concept, topic, sentence, text, span)


def _spans(concept: Concept, text: str) -> Iterator[tuple[int, int, str]]:
    for match in concept.pattern.finditer(text):
        groups = match.groupdict()
        start, end = match.span("term") if groups.get("term") else match.span()
        yield start, end, groups.get("who") or ""


def _trigger(
    concept: Concept,
    category: RiskCategory,
    sentence: Sentence,
    text: str,
    span: tuple[int, int, str],
) -> Trigger:
    start, end, who = span
    shown = Sentence(text, sentence.start, sentence.breaks)
    place = context.around(shown, start, end)
    return Trigger(
        concept,
        category,
        text[start:end],
        sentence.start + start,
        sentence.start + end,
        _person(concept, who, place),
        place,
    )


def _person(concept: Concept, who: str, place: Around) -> Person:
    if concept.is_others or context.is_other(who):
        return Person.THIRD
    if who in _YOU:
        return Person.LISTENER
    if who in _FIRST or concept.is_own:
        return Person.SPEAKER
    nearest = context.owner(place)
    if nearest is None:
        return Person.UNSAID
    return {"first": Person.SPEAKER, "you": Person.LISTENER, "third": Person.THIRD}[nearest]
