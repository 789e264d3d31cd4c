"""A therapist's turn as a question about risk, which the patient's next turn may answer."""

import re
from dataclasses import dataclass, replace

from notes.risk.concepts import ROLE
from notes.risk.context import Sentence, says_past
from notes.risk.findings import RiskCategory
from notes.risk.triggers import Person, Trigger, find_triggers

_ASKS = re.compile(
    r"^\W*(?:(?:and|so|okay|ok|now|alright|well|um|uh|just to check|i'm wondering)\b[\s,]*)*"
    r"(?:any\b|have you|do you|are you|did you|has\b|had you|is there|are there|were (?:you|there)"
    r"|what about|how about"
    r"|ever\b|you ever|you been|i (?:need|have|want|would like|'d like) to (?:ask|check)|i'd like"
    r" to ask|can i ask"
    r"|i (?:also )?ask everyone|let me ask|in the past (?:week|month)"
    r"|(?:suicidal )?(?:thoughts|urges)(?: (?:of|to|about) [\w' -]{1,40})?$)"
)
_ELABORATES = re.compile(
    r"\blike (?:that|this)\b|\b(?:those|these|such|any) (?:kinds? of )?(?:thoughts|feelings|urges"
    r"|ideas)\b"
    r"|\bany of (?:that|this|those)\b|\b(?:recogni[sz]e|familiar|rings? (?:a|any) bells?)\b"
    r"|\b(?:has|have|had|is|are|was|were|do|does|did) (?:that|this|those|they|these|it|such a"
    r" thing)"
    r" (?:\w+ )?(?:been|come|came|crossed|cross|there|happen\w*|true|so|apply|fit|still)\b"
    r"|\bhow (?:is|are|about) (?:it|that|those|they|you|now)\b|\bwhat about (?:you|now|yourself)\b"
    r"|^\W*(?:(?:and|so|but|or) )?(?:at all|recently|lately|even|now|right now|today|this week"
    r"|ever|or|since|anything"
    r"|passing|fleeting)\b"
    r"|\b(?:you can be|be) honest\b|\bis that (?:something|a thought)\b"
)
# "People sometimes think that …": said of people, meant as a question to the patient.
_PEOPLE = re.compile(
    r"\b(?:(?:some|many|most|a lot of|lots of|other|plenty of) (?:people|patients|folks?|clients"
    r"|men"
    r"|women|parents|of us|of them)|people|folks|patients)\b"
)
_FAMILY = re.compile(
    rf"\b(?:your|his|her|their|my) (?:\w+ )?(?!people|kids? )(?:{ROLE})\b|\b(?:he|she)\b"
)
_EVER = re.compile(r"\b(?:ever|before|in the past|previous\w*|history)\b")
_ADDRESSES = re.compile(r"\b(?:you|yourself)\b")
_ANYONE = re.compile(r"\b(?:anyone|anybody|someone|somebody)\b")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, in one turn, and in what way.

    `is_reflection`: a statement that wants a yes ("So you have thought of suicide.").
    `is_past`: asked of the past alone. `is_ever`: asked of any time. `is_who`: asked whether
    anyone did.
    """

    turn_id: int
    triggers: tuple[Trigger, ...]
    is_reflection: bool = False
    is_past: bool = False
    is_ever: bool = False
    is_who: bool = False

    @property
    def categories(self) -> frozenset[RiskCategory]:
        """Give what it asks about in the patient."""
        return frozenset(t.category for t in self.triggers if t.person is not Person.THIRD)


def asks(sentence: Sentence) -> bool:
    """Whether a sentence is a question, also where speech recognition lost its mark."""
    return sentence.is_question or bool(_ASKS.match(sentence.text))


def read_question(
    turn_id: int, spoken: tuple[Sentence, ...], topic: RiskCategory | None
) -> tuple[Question | None, frozenset[RiskCategory]]:
    """Give the question that stands at the turn's end, and everything that the turn asked about."""
    pending: Question | None = None
    told: Question | None = None
    asked: set[RiskCategory] = set()
    for index, sentence in enumerate(spoken):
        triggers = _about_patient(find_triggers(sentence, topic))
        if triggers and (asks(sentence) or index == len(spoken) - 1):
            pending = _question(turn_id, sentence, triggers)
            if asks(sentence):
                asked |= pending.categories
        elif triggers:
            told = _told(turn_id, sentence, triggers)
        elif asks(sentence) and _ELABORATES.search(sentence.text):
            pending = pending or told
            asked |= pending.categories if pending else frozenset()
        elif asks(sentence):
            pending, told = None, None
    return pending, frozenset(asked)


def _told(turn_id: int, sentence: Sentence, triggers: tuple[Trigger, ...]) -> Question:
    """Give what a statement asks once a question such as "Has that been there?" follows."""
    is_ever = bool(_EVER.search(sentence.text))
    return Question(turn_id, _of_people(sentence, triggers), is_ever=is_ever)


def _of_people(sentence: Sentence, triggers: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
    """Take what is said of people in general as asked of the patient."""
    if not _PEOPLE.search(sentence.text) or _FAMILY.search(sentence.text):
        return triggers
    return tuple(replace(t, person=Person.UNSAID) for t in triggers)


def _about_patient(triggers: list[Trigger]) -> tuple[Trigger, ...]:
    return tuple(t for t in triggers if _is_of_patient(t) and not t.is_hypothetical)


def _is_of_patient(trigger: Trigger) -> bool:
    return trigger.person is not Person.SPEAKER or trigger.concept.is_own


def _question(turn_id: int, sentence: Sentence, triggers: tuple[Trigger, ...]) -> Question:
    text = sentence.text
    is_reflection = not asks(sentence)
    if is_reflection:  # only what is said of "you" can be confirmed
        triggers = tuple(t for t in triggers if t.person is Person.LISTENER)
    elif _ADDRESSES.search(text):
        triggers = _of_people(sentence, triggers)
    is_ever, is_who = bool(_EVER.search(text)), bool(_ANYONE.search(text))
    return Question(turn_id, triggers, is_reflection, says_past(text), is_ever, is_who)
