"""Triggers in a sentence, each with what stands around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from notes.risk import context, past
from notes.risk.accident import is_accident
from notes.risk.concepts import ROLE, Concept, Lexicon
from notes.risk.context import Around, Sentence
from notes.risk.figurative import blank_figurative
from notes.risk.findings import Polarity, RiskCategory, Severity
from notes.risk.lexicon_asked import CONCEPTS as ASKED_OF
from notes.risk.lexicon_asked_harm import CONCEPTS as ASKED_OF_HARM
from notes.risk.lexicon_asked_states import CONCEPTS as ASKED_OF_STATES
from notes.risk.lexicon_assaults import CONCEPTS as ASSAULTS
from notes.risk.lexicon_control import CONCEPTS as CONTROL
from notes.risk.lexicon_dangers import CONCEPTS as DANGERS
from notes.risk.lexicon_drinking import CONCEPTS as DRINKING
from notes.risk.lexicon_fate import CONCEPTS as FATE
from notes.risk.lexicon_hands import CONCEPTS as HANDS
from notes.risk.lexicon_harm import CONCEPTS as HARM
from notes.risk.lexicon_hints import CONCEPTS as HINTS
from notes.risk.lexicon_home import CONCEPTS as HOME
from notes.risk.lexicon_hurts import CONCEPTS as HURTS
from notes.risk.lexicon_leaving import CONCEPTS as LEAVING
from notes.risk.lexicon_longing import CONCEPTS as LONGING
from notes.risk.lexicon_means import CONCEPTS as MEANS
from notes.risk.lexicon_overdose import CONCEPTS as OVERDOSE
from notes.risk.lexicon_passive import CONCEPTS as PASSIVE
from notes.risk.lexicon_states import CONCEPTS as STATES
from notes.risk.lexicon_steps import CONCEPTS as STEPS
from notes.risk.lexicon_suicide import CONCEPTS as SUICIDE
from notes.risk.lexicon_threats import CONCEPTS as THREATS
from notes.risk.lexicon_tools import CONCEPTS as TOOLS
from notes.risk.lexicon_unreal import CONCEPTS as UNREAL
from notes.risk.lexicon_voices import CONCEPTS as VOICES
from notes.risk.lexicon_wishes import CONCEPTS as WISHES
from notes.risk.lexicon_wounds import CONCEPTS as WOUNDS

WIDER_DANGERS = (*HOME, *CONTROL, *THREATS, *ASSAULTS, *OVERDOSE, *DRINKING, *VOICES, *UNREAL)
LEXICON = Lexicon(
    (
        *(*SUICIDE, *STEPS, *HANDS, *MEANS, *PASSIVE, *WISHES, *LONGING, *FATE, *LEAVING, *HINTS),
        *(*HARM, *WOUNDS, *TOOLS, *HURTS, *STATES, *DANGERS, *WIDER_DANGERS),
    )
)
# Therapists also ask in words that would mean little in a patient's mouth ("Any marks?").
ASKED = Lexicon((*LEXICON.concepts, *ASKED_OF, *ASKED_OF_HARM, *ASKED_OF_STATES))
TOPICS = frozenset({RiskCategory.SUICIDE, RiskCategory.SELF_HARM})
# Everyday acts that count only together (see `assess`).
PREPARATION = "prep_"
PREPARATIONS = Lexicon(c for c in LEXICON.concepts if c.rule.startswith(PREPARATION))

# What others do to the speaker is the speaker's, whoever is named before ("He … followed me").
_DONE_TO_ME = frozenset({RiskCategory.ABUSE, RiskCategory.PSYCHOSIS})
_ME = re.compile(rf"\b(?:me|us|i|i'm|my (?!{ROLE}\b))")
_BELIEVED = re.compile(
    r"\b(?:they|he|she|people|everyone|everybody|mum|dad) (?:\w+ )?"
    r"(?:thinks?|reckons?|assumes?|believes?)\b.{0,90}\bi(?:'m|'d| am|'ll)\W*(?:\w+\W*){0,2}$"
)
_MAYBE = re.compile(
    r"\bif\b.{0,80}?\b(?:would|might|could|'d)"
    r"(?: (?:probably|likely|just|only|even|well))+\W*$"
)
# The subject of these is who does it; whom it is done to is the speaker or one in their care.
_SUFFERED = frozenset(c.rule for c in (*HOME, *CONTROL))
_ACQUAINTANCE = re.compile(
    r"\b(?:friend|mate|neighbou?r|flatmate|housemate|roommate|colleague|cousin|sister|brother"
    r"|client|didi|girl at work)s?\b"
)
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
        if self.category is RiskCategory.VIOLENCE and _BELIEVED.search(self.place.wide_before):
            return True
        if self.category is RiskCategory.ABUSE and _MAYBE.search(self.place.wide_before):
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
        if context.is_historical(self.place) or past.PAST.search(self.term):
            return Polarity.HISTORICAL
        return Polarity.PASSIVE if self.concept.is_passive else Polarity.AFFIRMED


def find_triggers(
    sentence: Sentence, topic: RiskCategory | None = None, lexicon: Lexicon = LEXICON
) -> list[Trigger]:
    """Give a sentence's triggers in order; `topic` lets words such as "a plan" count."""
    text = blank_figurative(sentence.text)
    candidates = lexicon.candidates(text)
    if not candidates:
        return []
    found = _without_mishaps(list(_plain(candidates, sentence, text)), text)
    topic = next((t.category for t in found if t.category in TOPICS), topic)
    if topic is not None:
        found += _on_topic(candidates, sentence, text, topic)
    return sorted(found, key=lambda trigger: trigger.start)


def _without_mishaps(found: list[Trigger], text: str) -> list[Trigger]:
    is_harm = any(t.category is RiskCategory.SELF_HARM for t in found)
    if not is_harm or not is_accident(text):
        return found
    return [t for t in found if t.category is not RiskCategory.SELF_HARM]


def _plain(candidates: list[Concept], sentence: Sentence, text: str) -> Iterator[Trigger]:
    taken = bytearray(len(text))  # a word belongs to the first concept that claims it
    for concept in candidates:
        if concept.needs_topic or not concept.pattern.search(text):
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
        named = next((name for name in ("term", "term2") if groups.get(name)), 0)
        start, end = match.span(named)
        yield start, end, groups.get("who") or groups.get("who2") or ""


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
        _person(concept, who, text[start:end], place),
        place,
    )


def _person(concept: Concept, who: str, term: str, place: Around) -> Person:
    if concept.is_others or context.is_other(who):
        return Person.THIRD
    if who in _YOU:
        return Person.LISTENER
    if who in _FIRST or concept.is_own or (concept.category in _DONE_TO_ME and _ME.search(term)):
        return Person.SPEAKER
    if concept.rule in _SUFFERED and not _ACQUAINTANCE.search(place.before):
        return Person.SPEAKER
    nearest = context.owner(place)
    if nearest is None:
        return Person.UNSAID
    return {"first": Person.SPEAKER, "you": Person.LISTENER, "third": Person.THIRD}[nearest]
