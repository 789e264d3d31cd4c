"""ConText: who, when, whether — what stands around a trigger in its clause.

A negation reaches a trigger only over words that carry it ("don't have any thoughts of …"), so what
is unknown stays unnegated: in doubt a danger is shown.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from notes.risk import past
from notes.risk.concepts import ROLE
from notes.risk.findings import Severity

WINDOW = 160

_SENTENCE = re.compile(r"[^\s.!?…][^.!?…\n]*[.!?…]*")
_BREAK = re.compile(
    r"[;:()—–]| - |\b(?:but|however|although|though|except|yet|because|unless|so that)\b"
    r"|,(?= (?:i|i'm|i've|i'd|im|he|she|they|we|it|it's|my|there|sometimes|lately|most|part of"
    r"|just|then"
    r"|and|is|are|am)\b)"
    r"|\band (?=(?:i|i'm|i've|i'd|im|he|she|they|we|it|my|now|then|lately|sometimes|those|last)\b)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a folded text, with the places where its clauses part."""

    text: str
    start: int
    breaks: tuple[tuple[int, int], ...]

    @property
    def is_question(self) -> bool:
        """Whether it ends with a question mark."""
        return self.text.rstrip("\"'” ").endswith("?")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands before and after a trigger: in its clause, and in its sentence."""

    before: str
    after: str
    wide_before: str
    wide_after: str


def sentences(folded: str) -> list[Sentence]:
    """Split at . ! ? and …; without any, the whole is one sentence."""
    return [
        Sentence(m[0], m.start(), tuple(b.span() for b in _BREAK.finditer(m[0])))
        for m in _SENTENCE.finditer(folded)
    ]


def around(sentence: Sentence, start: int, end: int) -> Around:
    """Cut out what surrounds a trigger: at most `WINDOW` characters a side, for linear time."""
    text, breaks = sentence.text, sentence.breaks
    first, last = max(0, start - WINDOW), min(len(text), end + WINDOW)
    left = bisect_right(breaks, (start, start)) - 1
    right = bisect_left(breaks, (end, end))
    clause_start = breaks[left][1] if left >= 0 else 0
    clause_end = breaks[right][0] if right < len(breaks) else len(text)
    return Around(
        before=text[max(first, min(clause_start, start)) : start],
        after=text[end : min(last, max(clause_end, end))],
        wide_before=text[first:start],
        wide_after=text[end:last],
    )


# Negation

_NEGATOR = re.compile(
    r"\b(?:no|not|knot|never|without|nor|neither|none|nothing|den(?:y|ies|ied|ying)|cannot|nobody"
    r"|negative for"
    r"|free of|rul(?:ed|es|ing) out"
    r"|(?:do|does|did|would|wo|have|has|had|is|was|are|were|ai|could|should|ca)n'?t)\b"
)
_CARRIES = frozenset(
    re.findall(
        r"\S+",
        """
        a an the any ever even of to in at on for about and or nor with that i you he she they we it
        it's im i'm i'd i've am is was are be been being were do does did have has had having get
        getting got gotten think thinks thinking thought thoughts want wants wanted wanting wish
        wishes wishing feel feels feeling felt feelings like really actually actively active actual
        seriously honestly truly currently current right now going gonna go plan plans planning
        planned try tries trying tried would could will consider considered considering intend
        intends intention intentions intent urge urges desire desires impulse impulses idea ideas
        ideation ideations kind sort such as anything my his her their your own all present either
        else self other others anyone anybody someone people suicide suicidal killing kill hurt
        hurting harm harming cutting cut violence violent abuse abusive homicidal dying die death
        dead myself yourself himself herself themselves life end ending overdose psychosis psychotic
        hallucinations evidence sign signs indication history report reports reported reporting
        endorse endorsed expressed passive acute imminent si hi patient client risk concern concerns
        need needed one time times single once again action actions acts attempt attempts
        attempted nightmares experienced
        experiencing experience hear hearing heard voices drink drinking drank use used using
        """,
    )
)
_PSEUDO = re.compile(
    r"\b(?:isn't|not|is not|hardly|barely|wasn't|never) (?:a|one) (?:\w+ )?(?:day|night|hour"
    r"|morning|week)\b"
    r".{0,60}?(?:don't|do not|doesn't|didn't|without|goes by)"
    r"|\bwhy (?:don't|do not|didn't|not)\b|\b(?:can't|cannot|don't|couldn't) not\b"
    r"|\bno (?:doubt|question|lie)\b|\bnot (?:only|just|merely|sure)\b|\bnever not\b"
    r"|\bif not\b|\bnot without\b|\bi (?:don't|do not|dunno)(?: know)? (?=maybe|sometimes)"
)
_SPOKEN = re.compile(r"[\w'-]+")
_DENIED_AFTER = re.compile(
    r"^\W*(?:(?:thoughts?|ideation|or|anything|like|that|attempts?|plans?|intent|and|self|it|myself"
    r"|is|was|are|were|has|have|has|something|an|the|on|my|mind)\W+){0,4}?"
    r"(?:isn't|is not|never|not\b(?! (?:stopped|gone|far|deep|bad\w*|much|hard|like|just|only"
    r"|loads|a lot|too|so|for|because|yet|even))|hasn't|haven't|wasn't|aren't|weren't|'s"
    r" not|off the table"
    r"|out of the question|ruled out|denied|absent|no\b(?! (?:more|longer))|nope|absolutely not)"
    r"(?! (?:stopped|gone|left|changed|let up|far|going|getting|leaving|the only|know|sure))"
)
_TOLD_NO = re.compile(
    r"\band (?:i |i've |i'd )?(?:always )?(?:said|told \w+(?: \w+)?|answered|say|tell \w+) "
    r"(?:no|nope|never|not|i wasn't|i'm not|i don't|that i (?:wasn't|don't|didn't))\b"
)


def is_negated(place: Around) -> bool:
    """Whether the trigger is denied, before it or after it."""
    if _TOLD_NO.search(place.wide_after):
        return True
    return _is_negated_before(place.before) or bool(_DENIED_AFTER.match(place.after))


def _is_negated_before(before: str) -> bool:
    clean = _PSEUDO.sub("·", before)
    last = None
    for last in _NEGATOR.finditer(clean):  # noqa: B007 — the last one is what reaches the trigger
        pass
    if last is None:
        return False
    between = clean[last.end() :]
    return "·" not in between and all(_carries(word) for word in _SPOKEN.findall(between))


def _carries(word: str) -> bool:
    return all(part in _CARRIES for part in word.split("-") if part)


# Time

_OVER = (past.PAST, past.CLOSED)
_SINCE = re.compile(r"\b(?:haven't|havent|have not|hasn't|not|didn't)\b")
_FOR_LONG = re.compile(
    r"^(?:\W+\w+){0,2}?\W+(?:(?:in|for) (?:[\w']+ ){1,3}?(?:days|weeks|months|years|while)|since)\b"
)


def is_historical(place: Around) -> bool:
    """Whether it is told of the past only; "again" and "still" bring it back."""
    if past.is_now(place.before) or past.is_now(place.after):
        return False
    if past.is_brought_back(place.wide_after):
        return False
    return any(p.search(t) for p in _OVER for t in (place.wide_before, place.wide_after))


def is_long_ago(place: Around) -> bool:
    """Whether it is denied for a stretch of time only ("haven't … in six months")."""
    return bool(_SINCE.search(place.before) and _FOR_LONG.match(place.after))


# Condition

_IF = re.compile(
    r"\b(?:if(?! (?:(?:it|this|that) (?:sounds?|seems?)|i may|you don't mind|that's (?:ok|okay|all"
    r" right)|i'm honest))"
    r"|what if|in case|in the event|whenever|were you to"
    r"|should (?:you|i|the|that|those|it|they|these|things|any)|(?:for|on) (?:a|the) (?:day|time"
    r"|night) when"
    r"|(?<!you )say (?:you're|it's)|suppos(?:e|ing)|imagine|let's say|the day (?:i|you))\b"
)
_EVER = re.compile(
    r"\b(?:if|in case) (?:\w+ )?(?:\w+ )?(?:ever|feel|feels|felt|start|starts|started|get)\b"
)
_SUBJECT = re.compile(r"\b(?:im|ive|ill|i|you|he|she|it|this|they|we|things?)(?:'\w+)?\b")
_THINKING = re.compile(
    r"\b(?:keep|kept|can't stop|always|been|start|started) (?:thinking|wondering|picturing)\b"
)
_MODAL = re.compile(
    r"\b(?:could|could've|could have|can)(?: (?:just|almost|easily|have|literally|totally))*\W*$"
)
_TELL_IF = re.compile(
    r"\b(?:tell|call|text|contact|reach out|let (?:me|\w+) know|ask\w*|check\w*)"
    r"\b[^.]{0,40}?\b(?:if|whether)\b|\b(?:promise|agree|commit|contract)\b"
)
# What would follow from something that is not so ("If they sent me back I'd …").
_WOULD = re.compile(
    r"\bif (?:\w+ )?(?:i|he|she|it|they|we|you|my|our|the|that|this|any)\b(?! (?:wasn't|weren't)"
    r" (?:here|around|alive))[^.;!?]{0,60}?\b(?:got|were|was|had|lost|went|came|became|left|died"
    r"|took|sent|ended|happened|made|found|ever)\b[^.;!?]{0,90}?\bi(?:'d|d| would| wouldn't"
    r"| don't (?:think|believe) i'd)\b(?! (?:be (?:relie|glad|happ|fine|ok|bet|grate|pleas)|wel"
    r"|not (?:care|mind)|wouldn't|rather))[^.;!?]{0,30}$"
    r"|\bif\b[^.;!?]{0,80}?\bi(?:'d| would| might| could)(?: \w+)? (?:have|'ve)\b[^.;!?]{0,40}$"
    r"|\bhad (?:i|they|he|she|it|we|the \w+)\b[^.;!?]{0,60}?\bi(?:'d| would)(?: have"
    r"|'ve)\b[^.;!?]{0,20}$"
)
_MIGHT = re.compile(r"\b(?:would|'d|could|might|maybe|perhaps)\b")
_ONLY_IF = re.compile(
    r"^[^.;!?]{0,70}?\bif (?:i|he|she|they|it|my \w+) (?:ever )?(?:went|lost|got|were|had|came"
    r"|took|died|left|ended|became)\b"
)
_PLAYED = re.compile(
    r"\b(?:role[- ]?play\w*|play(?:ed|ing)? (?:the|a|my) (?:client|patient|part|role|character)|in"
    r" the (?:play|novel"
    r"|script|film|story|song)|my character|audition\w*|on stage|the lyrics?)\b"
)
_LATER_IF = re.compile(r"\bif\b[^.]{0,60}?\b(?:will|would|can|could) you\b")


def is_hypothetical(place: Around) -> bool:
    """Whether it stands in an if-clause of its own, not in what would follow from one."""
    if _THINKING.search(place.wide_before):
        return False
    if _WOULD.search(place.wide_before) or _PLAYED.search(place.wide_before):
        return True
    if _ONLY_IF.search(place.wide_after) and _MIGHT.search(place.wide_before):
        return True
    before = place.before
    if _TELL_IF.search(before) or _EVER.search(before):
        return True
    last = None
    for last in _IF.finditer(before):  # noqa: B007 — the nearest condition governs
        pass
    return last is not None and len(_SUBJECT.findall(before[last.end() :])) <= 1


def is_figure_of_anger(place: Around) -> bool:
    """Whether it is what one could do ("I could have killed him")."""
    return bool(_MODAL.search(place.before))


# Person

_FIRST = (
    r"i|i'm|im|i've|ive|i'd|i'll|ill|me|we|myself"
    r"|my (?:own )?(?:head|mind|thoughts?|brain|depression|life)"
)
_YOU = (
    r"you (?:who|that)\b|you|you're|you've|you'd|your (?:own )?(?:head|mind|thoughts?|life)"
    r"|yourself|u"
)
_THIRD = (
    r"he|he's|he'd|he'll|she|she's|she'd|she'll|they|they're|they've|they'd|who|someone|somebody"
    r"|anyone|anybody"
    r"|everyone|people|nobody else|(?:my|your|his|her|their|our|a|the|this|that|an) (?:[\w']+"
    r" ){0,2}?"
    rf"{ROLE}(?:'s)?|in your family|patients|celebrit\w+"
)
_MENTION = re.compile(rf"\b(?:(?P<first>{_FIRST})|(?P<you>{_YOU})|(?P<third>{_THIRD}))(?!\w)")
_SPOKEN_TO = re.compile(
    r"\b(?:told|tell|telling|asked|asking|called|calling|texted|to|with|from|hurt|leave|leaving"
    r"|without|scare"
    r"|scared|scaring|hate|love|for)\W*$"
)


def owner(place: Around) -> str | None:
    """Give who the nearest subject before the trigger is: "first", "you", "third" or nobody."""
    nearest, earlier = None, None
    for match in _MENTION.finditer(place.before):
        kind = match.lastgroup
        is_object = (
            kind == "third" and earlier and _SPOKEN_TO.search(place.before[: match.start()][-16:])
        )
        if not is_object:
            nearest = kind
        earlier = earlier or kind
    return nearest


def is_other(who: str) -> bool:
    """Whether a pronoun names neither speaker nor listener."""
    return who in {"his", "him", "her", "their", "them", "he", "she", "they", "one"}


# How grave

_TRIED = re.compile(
    r"\b(?:tried|attempted|attempting|attempt(?! not))\b(?! not)|\btried to\W*$|\balmost (?:\w+ )?$"
)
_PLANNED = re.compile(r"\bplan(?:s|ned|ning)?\b")
_INTENDED = re.compile(
    r"\b(?:(?:i'm|im|i am|you're|you are|are you) (?:\w+ )?(?:going to|gonna|about to)|i'll|i will"
    r"|inten[dt]\w*"
    r"|decided to|ready to|might actually|act on)\b"
)
_FEARED = re.compile(r"\b(?:afraid|scared|worried|terrified|fear)\b")
_ATTEMPT_AFTER = re.compile(r"^\W*attempts?\b")


def severity_of(base: Severity, place: Around, term: str) -> Severity:
    """Give the rung of the ladder for a trigger of suicide and the words around it."""
    if base is Severity.WISH:
        return base
    if _TRIED.search(place.before) or _ATTEMPT_AFTER.match(place.after):
        return Severity.BEHAVIOUR
    if base is Severity.METHOD and re.match(
        r"(?:took|swallowed|hung|shot|slit|jumped|threw|necked|had|held|put|loaded|tied|lying on"
        r"|lay on|sat with|cut me) ",
        term,
    ):
        return Severity.BEHAVIOUR
    if _PLANNED.search(place.before):
        return max(base, Severity.PLAN)
    if _INTENDED.search(place.before) and not _FEARED.search(place.before):
        return max(base, Severity.INTENT)
    return base
