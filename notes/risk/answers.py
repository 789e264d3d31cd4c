"""What a patient's turn answers: yes, no, not any more, or nothing clear."""

import re
from enum import Enum

from notes.risk.answer_words import (
    BUT_YES,
    DEFLECTS,
    GONE,
    NO,
    NO_THEN_YES,
    NO_WITHIN,
    TAKES_UP,
    YES,
    YES_BY_NO,
    YES_BY_QUESTION,
)
from notes.risk.concepts import PILLS, ROLE
from notes.risk.past import says_past


class Answer(Enum):
    """The sense of an answer to a question about risk.

    `IMPLIED`: neither word is said, and what is said takes the question up ("In bed, mostly.").
    """

    YES = "yes"
    NO = "no"
    NO_LONGER = "no longer"
    IMPLIED = "implied"
    UNCLEAR = "unclear"
    FILLER = "filler"


LOOK_AHEAD = 240
IMPLIED_WORDS = 24
FRAGMENT_WORDS = 6

_FILLER = re.compile(
    r"^(?:(?:um+|uh+|er+m?|h+m+|eh|ew+|ugh|yuck|ach|och|aw|now|mate|man|love|doc|sir|ma'am|miss"
    r"|doctor"
    r"|christ|god|lord|well|so|oh|ah|gosh|jeez|look|honestly|truthfully|i mean|like|you know|to be"
    r" (?:honest|frank|fair)|okay|ok|listen"
    r"|i (?:don't|dont|do not) know|i dunno|dunno|i guess (?=no\b|not\b)|let me think|good"
    r" question|that's hard"
    r"|sigh\w*|pause|silence|long pause|cr(?:ies|ying))(?![\w'])[\s,.;:…!?\-–—*()\[\]]*)+"
)
_ECHOED = re.compile(r"^(?:[\w'-]+ ){0,4}[\w'-]+\? ")
_OPEN = re.compile(r"^[\s,.;:…!?\-–—*()\[\]\"']+")

_LESSENED = re.compile(r"^(?:a (?:bit|little|lot) )?(?:less|fewer|weaker|milder|quieter|fading)\b")
_NOT_OTHERS = re.compile(
    r"\b(?:any ?(?:one|body)|others?|other people)(?: else)?,? (?:no|nope|never|not)\b"
    r"|\b(?:just|only) (?:me|my ?self)\b"
)
_ONLY_SELF = re.compile(
    r"^(?:just |only )?(?:me|my ?self)\b,? (?:yes|yeah|aye|yep|sometimes|though)"
)
_HEDGED = re.compile(
    r"^(?:it |that |well,? )?(?:depends|sometimes|most(?:ly| of the time| days| nights)|not"
    r" (?:always"
    r"|when|after|every)|some(?:times| days| nights)|kind of|kinda|sort of|sorta|usually|i guess"
    r"|maybe"
    r"|more or less|in the daytime|when (?:he|she|they)|if (?:he|she)|on (?:a )?good|as long as)\b"
    r"|\b(?:as long as|unless|except when|only when|until|when|if) (?:he|she|they)(?:'s| is|'re|"
    r" are"
    r"|'d| does|n't| isn't| doesn't)?\b"
)
_TIME = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august"
    r"|september|october|november|december|tonight|tomorrow|weekend|next (?:week|month)|birthday"
    r"|christmas|easter|anniversary|the (?:\w+(?:th|st|nd|rd)|\d+)|after|before|once|when|soon)\b"
)
_NEVER_YET = re.compile(
    r"^(?:(?:no|nah|nope)\W+)?(?:never|i(?:'ve| have)? never|not (?:once|ever|one))\b"
)
_YES_AT_END = re.compile(r"\b(?:yes|yeah|yep|yup)\W*$|, (?:yes|yeah)\b|\bthen yes\b")
_NO_AT_END = re.compile(r"\b(?:no|nope|nah)\W*$")
_VAGUE = re.compile(
    r"^(?:not (?:sure|exactly|in so many)|i'm not sure|what do you|why (?:do|are)|that's a|define"
    r"|no (?:comment|idea)"
    r"|(?:do|can) (?:i|we)|sure,? (?:you|we)|right now (?=i)|right,? so|i (?:do|don't|would)"
    r" (?:not )?want to talk)"
)
_SOMEBODY = re.compile(
    rf"^(?:(?:my|his|her) (?:\w+ )?{ROLE}\b(?!'s)|he\b|she\b)(?! (?:didn't|hasn't|never|doesn't))"
)
_YES_AFTER_ALL = re.compile(r"no,? (?:yeah|yes)\b|i (?:wouldn't|can't) say no\b|i wouldn't mind\b")
_NOBODY = re.compile(r"no ?(?:one|body)\b")
_PLAIN_NO = re.compile(
    r"(?:no|nah|nope|never|naw|not (?:at all|any ?more|now))\b(?! (?:one|body|idea|point|reason"
    r"|more\b))"
)
_STILL_NO = re.compile(r"\b(?:it's|that's|still|is) (?:still )?a no\b")
_ASKS_BACK = re.compile(
    r"(?:define|what counts|counts? as|what do you (?:mean|count|call)|like what|in what|how do"
    r" you mean)\b"
)
_ADMITS = re.compile(
    r"^(?:no|define|what|why|depends)\b[^.?!]{0,40}[.?!]+ (?:no[.,] )?(?:sorry[.,]? )?(?:obviously"
    r" |well,? |actually,? |okay,? |all right,? |fine,? )?"
    r"(?:yes|yeah|yep|aye)\b(?!,? (?:no|it's|that|the|but))"
)
_ONLY_HEARS = re.compile(r"\W*(?:m+[ -]?hm+|mm+|uh-?huh|mhm+|okay|ok|sure)\W*$")
_MEANS = re.compile(
    rf"\b(?:{PILLS}|(?:shot)?gun|rifle|noose|hose(?:pipe)?|exhaust|cliff|tracks|railway|motorway"
    rf"|lorry|roof"
    rf"|river|sea|blades?|razors?|garage|cabinet|rope|bridge|train|car|knife|razor|belt|overdos\w+"
    rf"|hang\w*|jump\w*|drown\w*"
    rf"|carbon monoxide)\b"
)
_PASSIVE = re.compile(
    r"(?<!no )(?<!not )(?<!any )\bpassive(?:ly)?\b(?! (?:aggress|income|voice))|\bwhat(?:'s|s| is)"
    r" the point\b"
)
_PIECE = re.compile(r"[^.!?…]+[.!?…]*")


def classify(folded: str) -> Answer:
    """Read the opening of a turn as an answer; what is unclear stays so."""
    head = _strip(folded[:LOOK_AHEAD])
    if not head:
        return Answer.FILLER
    if _ADMITS.search(head):
        return Answer.YES
    if _VAGUE.match(head):
        return Answer.UNCLEAR
    plain = _polarity(head)
    if plain is Answer.UNCLEAR:
        plain = _implied(head)
    if plain is Answer.NO and says_past(_first_two(head)) and not _NEVER_YET.search(head):
        return Answer.NO_LONGER
    return plain


def names_means(folded: str) -> bool:
    """Whether an answer to "how?" names a means."""
    return bool(_MEANS.search(folded[:LOOK_AHEAD]))


def names_somebody(folded: str) -> bool:
    """Whether an answer to "has anyone …?" says who."""
    return bool(_SOMEBODY.match(_strip(folded[:LOOK_AHEAD])))


def names_time(folded: str) -> bool:
    """Whether an answer to "when?" names a day or an occasion."""
    return bool(_TIME.search(folded[:LOOK_AHEAD]))


def says_no(folded: str) -> bool:
    """Whether it opens with a plain no, or says that it is one."""
    return bool(_PLAIN_NO.match(_strip(folded[:LOOK_AHEAD]))) or bool(
        _STILL_NO.search(folded[:LOOK_AHEAD])
    )


def asks_back(folded: str) -> bool:
    """Whether it asks what is meant, and answers nothing ("Define anything.")."""
    return bool(_ASKS_BACK.match(_strip(folded[:LOOK_AHEAD])))


def tells_first(folded: str) -> bool:
    """Whether its first sentence names a means or a time, whatever is denied after it."""
    first = (_PIECE.findall(_strip(folded[:LOOK_AHEAD])) or [""])[0]
    return bool(_MEANS.search(first) or _TIME.search(first)) and not NO.match(first)


def is_hedged(folded: str) -> bool:
    """Whether "safe at home?" is answered with a condition ("Depends on his mood.")."""
    return bool(_HEDGED.search(_strip(folded[:LOOK_AHEAD])))


def is_lessening(folded: str) -> bool:
    """Whether it says that there is less of it, hence some."""
    return bool(_LESSENED.match(_strip(folded[:LOOK_AHEAD])))


def spares_others(folded: str) -> bool:
    """Whether it says no for other people ("Myself yes, anyone else no.")."""
    return bool(_NOT_OTHERS.search(folded[:LOOK_AHEAD]))


def is_passive_answer(folded: str) -> bool:
    """Whether an answer speaks of passive thoughts ("Passive, like what's the point")."""
    return bool(_PASSIVE.search(folded[:LOOK_AHEAD]))


def is_firm_yes(folded: str) -> bool:
    """Whether it confirms what the therapist has just said, more than "mhm" would."""
    return classify(folded) is Answer.YES and not _ONLY_HEARS.match(folded)


def quote_end(folded: str) -> int:
    """Give where the words end that make the answer: its first two sentences."""
    pieces = [match.end() for match in _PIECE.finditer(folded[:LOOK_AHEAD])]
    return pieces[min(1, len(pieces) - 1)] if pieces else min(len(folded), LOOK_AHEAD)


def _strip(text: str) -> str:
    text = _ECHOED.sub("", _OPEN.sub("", text))
    return _OPEN.sub("", _FILLER.sub("", text))


def _polarity(head: str) -> Answer:
    opening = _first_two(head)
    is_sideways = YES_BY_NO.search(opening) or YES_BY_QUESTION.match(head)
    is_turned = NO_THEN_YES.match(head) or BUT_YES.search(opening) or _ONLY_SELF.match(head)
    if is_sideways or is_turned:
        return Answer.YES
    if GONE.match(head):
        return Answer.NO
    if _YES_AFTER_ALL.match(head):
        return Answer.YES
    if NO.match(head):
        return Answer.NO
    return Answer.YES if YES.match(head) else _at_the_end(head)


def _implied(head: str) -> Answer:
    """Read an answer without yes or no: a denial further on, or words that take the question up."""
    opening = " ".join(_PIECE.findall(head)[:4])
    if NO_WITHIN.search(opening):
        return Answer.NO
    words = len(head.split())
    if words > IMPLIED_WORDS or DEFLECTS.search(head) or _SOMEBODY.match(head):
        return Answer.UNCLEAR
    if _NOBODY.match(head):
        return Answer.UNCLEAR
    if words <= FRAGMENT_WORDS or TAKES_UP.search(opening):
        return Answer.IMPLIED
    return Answer.UNCLEAR


def _at_the_end(head: str) -> Answer:
    for piece in _PIECE.findall(head)[:2]:
        if _NO_AT_END.search(piece):
            return Answer.NO
        if _YES_AT_END.search(piece):
            return Answer.YES
    return Answer.UNCLEAR


def _first_two(head: str) -> str:
    return " ".join(_PIECE.findall(head)[:2])
