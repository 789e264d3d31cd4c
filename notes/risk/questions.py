"""A therapist's turn as a question about risk, which the patient's next turn may answer."""

import re
from dataclasses import dataclass, replace

from notes.risk.answers_dangers import asks_if_over
from notes.risk.concepts import ROLE
from notes.risk.context import Sentence, owner
from notes.risk.findings import RiskCategory
from notes.risk.past import says_past
from notes.risk.triggers import ASKED, TOPICS, Person, Trigger, find_triggers

ECHO_WORDS = 8
EVERYDAY = "asked_"
FEW_WORDS = 3

_ASKS = re.compile(
    r"^\W*(?:(?:and|so|okay|ok|now|alright|well|um|uh|just to check|i'm wondering)\b[\s,]*)*"
    r"(?:any\b|have you|do you|are you|did you|has\b|had you|is there|are there|were (?:you|there)"
    r"|what about|how about"
    r"|ever\b|you ever|you been|i (?:need|have|want|would like|'d like) to (?:ask|check)|i'd like"
    r" to ask|can i ask"
    r"|i (?:also )?ask everyone|i(?:'m| am| was| did| do|'ve been)? ?(?:just |can't help"
    r" )?wonder\w*|let me ask|in the past (?:week|month)"
    r"|(?:when|where|what|how(?: often| many| long| recently)?) (?:times )?(?:did|do|have|are|were"
    r"|was|would)\b"
    r"|(?:have|has|had|is|are|were|do|does|did|would|could) (?:you|the|your|those|these|that|there"
    r"|it|they|this"
    r"|any|some)\b(?![^?]*\.$)"
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
# Asked of now although an "if" follows ("Would it bother you if you died?").
_ASKS_NOW = re.compile(
    r"\b(?:have you (?:\w+ )?(?:done|got|put|made|thought|written|planned|prepared)|would it"
    r" (?:\w+ )?(?:bother"
    r"|matter|upset|be (?:so bad|a relief|easier|better))|would you (?:\w+ )?(?:mind|care|be"
    r" (?:glad|relieved"
    r"|sorry|bothered))|in case you did|if (?:it's|that's|you're|you are) (?:\w+ ){0,2}?(?:kill"
    r"|suicid|hurt|end|thinking|cutt|harm)\w*|do you (?:\w+ )?(?:care|mind|wonder))\b"
)
_WONDERS = re.compile(
    r"\bi (?:did |do |was |am |have |just )?(?:wonder\w*|have to ask|need to (?:ask|check))\b"
    r"|^\W*(?:(?:and|so|but|uh|um|ok|okay|now)\W+)*(?:nothing(?: nothing)? (?:about|like|in the"
    r" way of|on)|(?:no|any) (?:more |further "
    r"|new |other )?(?:thoughts|urges|plans|wish)|not (?:thinking|feeling|having|wanting))\b|\bany"
    r" (?:any )?of (?:that|this|those)\W*$"
)
_TAG = re.compile(
    r"[,—-] ?(?:have|are|do|did|is|has|were|was|would|will|can|could|had|does) (?:you|it|that|they"
    r"|there)\W*$"
    r"|^\W*(?:and |so |but )?(?:haven't|aren't|don't|didn't|wouldn't|isn't|hasn't|weren't) (?:you"
    r"|it|there|that)\b"
)
_WOULD = re.compile(r"\b(?:would|could|might)\b|'d\b|\bwhat then\b")
_OPENS_IF = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|now|right|well)\W+)*(?:say (?:you|it|things|that)\w*|(?:let's"
    r" )?(?:suppos\w+|imagine|say)"
    r"|if\b|what if|picture)\b"
)
_TELLS_ME = re.compile(
    r"\b(?:tell\w*|told|ask\w*|help|let|show\w*|say\w*) (?:to )?me\b|\bi (?:mean|ask|wonder|have"
    r" to|need to|want to ask)\b"
)
_SAFE = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|now)\W+)*are you (?:\w+ )?safe\b(?! (?:at home|with|there))"
)
_IT = re.compile(
    r"\b(?:it|that|this|those|them|these|so)\b|^\W*(?:(?:and|so|or|but)\W+)?(?:did|have|do|are"
    r"|were|would|will) you"
    r"(?=[,?]| still| ever)|\b(?:how|which|when|where) (?:often|many times|recently|sure|likely"
    r"|close)\b"
)
_INVERTED = re.compile(
    r"\b(?:is|are|do|does|did|have|has|had|was|were|would|could|will) (?:you|that|it|this|those"
    r"|these"
    r"|they|there)\b(?! (?:know|said|say|mean|see))"
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
_ANYONE = re.compile(
    r"\b(?<!to )(?<!with )(?<!told )(?:anyone|anybody|someone|somebody)\b"
    r"|^\W*(?:and |so )?who (?!else\b)\w+s?\b"
)


_WH = re.compile(r"\W*(?:what|how|why|where|when)\b")
_PASSIVELY = re.compile(r"(?:was|were|been|got|being) ")
_CONFIRMS = re.compile(
    r"\b(?:is|was|are|were|isn't) (?:that|it|this|those|they) (?:still |not )?(?:so|right|true"
    r"|correct|the case|you|him|what)\b"
    r"|\bstill (?:feel|hear|see|think|believe|get|getting|there|around)\b"
    r"|\bhave i got (?:that|it) right\b|\bdid you do (?:it|that|this)\b|\bstill (?:so|true|the"
    r" case)\b"
)
_REPORTED = re.compile(
    r"\byou(?:'d|'ve|r \w+)? (?:said|told|tell|were (?:certain|sure|convinced)|felt|thought"
    r"|believed|mentioned|described|wrote|asked|say)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, in one turn, and in what way.

    `is_reflection`: a statement that wants a yes ("So you have thought of suicide.").
    `is_past`: asked of the past alone. `is_ever`: asked of any time. `is_who`: asked whether
    anyone did. `is_over`: asked whether it is past. `is_if`: asked of what would be.
    `is_safety`: asked whether the patient is safe from it. `is_tagged`: with a "have you?" behind,
    which takes the negation away. `is_echo`: a few words of the patient's, given back.
    """

    turn_id: int
    triggers: tuple[Trigger, ...]
    is_reflection: bool = False
    is_past: bool = False
    is_ever: bool = False
    is_who: bool = False
    is_if: bool = False
    is_over: bool = False
    is_safety: bool = False
    is_tagged: bool = False
    is_echo: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether it asks of the patient, so that an answer without a no is likely a yes."""
        return not self.is_reflection and not self.is_if and not self.is_who

    @property
    def categories(self) -> frozenset[RiskCategory]:
        """Give what it asks about in the patient."""
        return frozenset(t.category for t in self.triggers if t.person is not Person.THIRD)


def asks(sentence: Sentence) -> bool:
    """Whether a sentence is a question, also where speech recognition lost its mark."""
    text = sentence.text
    if sentence.is_question or _ASKS.match(text) or _WONDERS.search(text):
        return True
    return not text.rstrip().endswith((".", "!")) and bool(_INVERTED.search(text))


def _takes_up(sentence: Sentence) -> bool:
    is_short = len(sentence.text.split()) <= FEW_WORDS and not _WH.match(sentence.text)
    return bool(_IT.search(sentence.text)) or is_short


def read_question(
    turn_id: int, spoken: tuple[Sentence, ...], topic: RiskCategory | None
) -> tuple[Question | None, frozenset[RiskCategory]]:
    """Give the question that stands at the turn's end, and everything that the turn asked about."""
    pending: Question | None = None
    told: Question | None = None
    asked: set[RiskCategory] = set()
    has_asked = False
    is_safety = False
    for index, sentence in enumerate(spoken):
        found = find_triggers(sentence, topic, ASKED)
        triggers = _about_patient(found, sentence)
        if triggers and (asks(sentence) or index == len(spoken) - 1):
            pending = _question(turn_id, sentence, triggers, has_asked)
            pending = replace(pending, is_safety=is_safety)
            if asks(sentence):
                asked |= pending.categories
        elif triggers:
            told = _told(turn_id, sentence, triggers)
        elif pending is None and asks(sentence) and any(_is_of_patient(t) for t in found):
            pending = Question(turn_id, _named(found), is_if=True)
        elif asks(sentence) and (
            _ELABORATES.search(sentence.text) or ((told or pending) and _takes_up(sentence))
        ):
            pending = pending or _usable(told, sentence)
            asked |= pending.categories if pending else frozenset()
        elif asks(sentence) and not (pending and pending.is_if):
            pending, told = None, None
        has_asked = has_asked or asks(sentence)
        is_safety = is_safety or bool(_SAFE.search(sentence.text))
        topic = next((t.category for t in triggers if t.category in TOPICS), topic)
    if pending is not None and any(asks(s) and asks_if_over(s.text) for s in spoken):
        pending = replace(pending, is_over=True)
    if pending is not None and supposes(spoken) and _WOULD.search(spoken[-1].text):
        pending = replace(pending, is_if=True)
    return pending, frozenset(asked)


def _named(found: list[Trigger]) -> tuple[Trigger, ...]:
    """Leave out what only an everyday word asks for: nothing is supposed by "on purpose"."""
    return tuple(t for t in found if not t.concept.rule.startswith(EVERYDAY))


def supposes(spoken: tuple[Sentence, ...]) -> bool:
    """Whether a turn asks what would be ("Suppose he left. What then?")."""
    return any(_OPENS_IF.match(sentence.text) for sentence in spoken)


def _usable(told: Question | None, sentence: Sentence) -> Question | None:
    """Give what was told before a question that takes it up; everyday words need "Has it gone?"."""
    if told is None or asks_if_over(sentence.text) or _CONFIRMS.search(sentence.text):
        return told
    if any(_REPORTED.search(t.place.wide_before + t.term) for t in told.triggers):
        return told
    clear = tuple(t for t in told.triggers if not _is_asked(t))
    return replace(told, triggers=clear) if clear else None


def _told(turn_id: int, sentence: Sentence, triggers: tuple[Trigger, ...]) -> Question:
    """Give what a statement asks once a question such as "Has that been there?" follows."""
    is_ever = bool(_EVER.search(sentence.text))
    return Question(turn_id, _of_people(sentence, triggers), is_ever=is_ever)


def _of_people(sentence: Sentence, triggers: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
    """Take what is said of people in general as asked of the patient."""
    if not _PEOPLE.search(sentence.text) or _FAMILY.search(sentence.text):
        return triggers
    return tuple(replace(t, person=Person.UNSAID) for t in triggers)


def _about_patient(triggers: list[Trigger], sentence: Sentence) -> tuple[Trigger, ...]:
    is_quoted = sentence.text.startswith(("'", '"', "\u201c"))  # what the patient wrote, read out
    is_if = bool(_OPENS_IF.match(sentence.text))
    is_put = sentence.is_question or bool(_ADDRESSES.search(sentence.text))
    is_plain = bool(_ASKS_NOW.search(sentence.text))
    triggers = [_of_third(t) for t in triggers]
    return tuple(
        replace(t, person=Person.LISTENER) if t.person is Person.SPEAKER and is_quoted else t
        for t in triggers
        if (is_quoted or _is_of_patient(t))
        and (is_put or not _is_asked(t))
        and (is_plain or not (is_if or t.is_hypothetical))
    )


def _is_of_patient(trigger: Trigger) -> bool:
    is_told = trigger.person is Person.SPEAKER and _TELLS_ME.search(trigger.place.before)
    return trigger.person is not Person.SPEAKER or trigger.concept.is_own or bool(is_told)


def _of_third(trigger: Trigger) -> Trigger:
    """Take drink, drugs and blows as another's where the question is about that other."""
    is_about_acts = trigger.category in {RiskCategory.SUBSTANCE, RiskCategory.VIOLENCE}
    is_of_you = _ADDRESSES.search(trigger.place.wide_before + trigger.place.wide_after)
    if trigger.category is RiskCategory.VIOLENCE and (is_of_you or _PASSIVELY.match(trigger.term)):
        return trigger
    if _is_asked(trigger) and is_about_acts and owner(trigger.place) == "third":
        return replace(trigger, person=Person.THIRD)
    return trigger


def _is_asked(trigger: Trigger) -> bool:
    return trigger.concept.rule.startswith("asked_") and trigger.category not in TOPICS


def _question(
    turn_id: int, sentence: Sentence, triggers: tuple[Trigger, ...], has_asked: bool
) -> Question:
    text = sentence.text
    is_reflection = not asks(sentence) and not has_asked
    if is_reflection:  # only what is said of "you", or a few words taken up, can be confirmed
        is_echo = len(text.split()) <= ECHO_WORDS
        triggers = tuple(
            t
            for t in triggers
            if t.person is Person.LISTENER
            or is_echo
            or _is_asked(t)
            or t.category is RiskCategory.PSYCHOSIS
        )
    elif _ADDRESSES.search(text):
        triggers = _of_people(sentence, triggers)
    is_echo = is_reflection and all(t.person is not Person.LISTENER for t in triggers)
    return Question(
        turn_id,
        triggers,
        is_reflection,
        is_past=says_past(text),
        is_ever=bool(_EVER.search(text)),
        is_who=bool(_ANYONE.search(text)),
        is_tagged=bool(_TAG.search(text))
        or (sentence.is_question and len(text.split()) <= ECHO_WORDS),
        is_echo=is_echo,
    )
