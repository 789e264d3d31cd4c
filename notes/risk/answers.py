"""What a patient's turn answers: yes, no, not any more, or nothing clear."""

import re
from enum import Enum

from notes.risk.concepts import PILLS, ROLE
from notes.risk.context import says_past


class Answer(Enum):
    """The sense of an answer to a question about risk."""

    YES = "yes"
    NO = "no"
    NO_LONGER = "no longer"
    UNCLEAR = "unclear"
    FILLER = "filler"


LOOK_AHEAD = 240

_FILLER = re.compile(
    r"^(?:(?:um+|uh+|er+m?|h+m+|well|so|oh|ah|gosh|jeez|look|honestly|i mean|like|you know|to be"
    r" honest|okay|ok"
    r"|i (?:don't|dont|do not) know|i dunno|dunno|i guess (?=no\b|not\b)|let me think|good"
    r" question|that's hard"
    r"|sigh\w*|pause|silence|long pause|cr(?:ies|ying)|nods?(?!"
    r" yes))(?![\w'])[\s,.;:…!?\-–—*()\[\]]*)+"
)
_ECHOED = re.compile(r"^(?:[\w'-]+ ){0,4}[\w'-]+\? ")
_OPEN = re.compile(r"^[\s,.;:…!?\-–—*()\[\]\"']+")

_YES_WORD = (
    r"(?:yes|aye|yeah|yep|yup|yea|yah|uh-?huh|mm-?hm+|mhm+|right|correct|exactly|definitely"
    r"|absolutely|true|sure)"
)
_NO_WORD = r"(?:no|naw|nay|nope|nah|uh-uh|never|none)"
_STOP = (
    r"(?=\W*(?:$|[.,;!?…—-]| (?:but|and|to|that|sometimes|about|at|into|up|through|in|on|when"
    r"|every|i)\b))"
)

_YES = re.compile(
    rf"^(?:{_YES_WORD}\b(?! right)"
    r"|sometimes|occasionally|often|(?:just )?a (?:little|bit|lot|few|couple)\b|maybe|perhaps"
    r"|probably|possibly"
    r"|once or twice|(?:once|twice)\b(?!,? (?:in|when|about|years?|long))|now and (?:then|again)"
    r"|on and off"
    r"|off and on|every (?:\w+ )?(?:day|night|morning|time|week)|(?:most|some|many) (?:days|nights"
    r"|mornings|times)"
    r"|all the time|constantly|daily|i guess\b|i suppose\b|kind of|kinda|sort of|sorta|not (?:yet"
    r"|every|often|as (?:much"
    r"|often|bad)|all the time|that often|too often|constantly)|only (?:at|when|on|sometimes|a)"
    rf"|i (?:do|have|did|am|was|might|could|would|can|think (?:i|so|about)){_STOP}"
    r"|i think (?:i (?:might|do|could|have|am)|so|about)|i've (?:thought|considered|had|been"
    r" thinking)"
    rf"|(?:it|they|that|he|she|those|these) (?:do|does|did|come|comes|came|cross\w*|has|have|is"
    rf"|are|pop\w*){_STOP}"
    r"|(?:pretty much|almost|nearly|just about|basically) (?:every|all|daily|constant|always)"
    r"|(?:it|they)(?:'ve| have|'s| has) been (?:loud|worse|there|stronger|more|bad|constant|back"
    r"|coming|pretty)|worse\b|louder|stronger"
    r"|just (?:the )?once\b(?!,? (?:in|when|years?|long))|the once\b"
    r"|it(?:'s| has|s)? (?:cross|been (?:on|in|there)|there)|it crosse[sd]|they(?:'re| are)"
    r" (?:there|back|always)"
    r"|(?:some |just |only |brief |fleeting |passing |passive |intrusive |occasional |mild |vague "
    r"|dark |the )*thoughts?\b"
    r"|fleeting|passing|passive|occasional|a flicker|brief|intrusive"
    r"|i (?:wouldn't|can't) say no\b|can't say i (?:don't|haven't)"
    r"|there (?:are|is|were|have been|has been)\b(?! (?:no|none|not|nothing|never))"
    r"|i (?:gave in|caved|slipped|lapsed|relapsed|did it|still (?:do|have|get|am))\b"
    r"|less\b|fewer|weaker|milder|quieter|fading|only\b(?! (?:if|because|joking|kidding|natural))"
    r"|[\w']+ is (?:(?:a|too) )?strong\b|(?:that's|that is|it's) (?:been there|it exactly|exactly"
    r" it"
    r"|about right)|(?:i )?wouldn't mind\b|here and there|from time to time|at times|both\b|more"
    r" than|less than|nods yes|unfortunately"
    r"|a while)"
)
_NO = re.compile(
    r"^(?:(?:god|hell|oh|lord|heavens|christ|goodness|jesus),? no\b|yeah,? no\b|right,? no\b"
    rf"|{_NO_WORD}\b(?! (?:one|body|idea|point|reason|way to|matter|more|clue|longer))"
    r"|not (?:really|at all|at the moment|right now|now|this|today|lately|recently|currently|that"
    r" i|me|for (?:me|a)"
    r"|in (?:a|the|any)|one|once|even|actively|seriously|since|any ?more|so far|no|like that"
    r"|to(?:ward)? others)\b"
    r"|nothing (?:like|of the|at all|recent|lately|this)|nothing(?=\W*$|, |\. | (?:but|just))"
    r"|(?:absolutely|definitely|of course|certainly|thankfully"
    r"|fortunately) (?:not|no)|neither"
    r"|i (?:don't|dont|do not)(?=\W*$|[.,;!?]| (?:think (?:so|i|about)|have (?:any|thoughts|those"
    r"|that|a plan|plans)|want to"
    r" (?:hurt|die|kill|harm|do)|feel (?:that|suicidal|like (?:that|hurting|killing))|ever|do"
    r" (?:that|those)|really|get"
    r" (?:those|that)|hear|see (?:things|anything)|use|drink|plan|intend))"
    r"|i (?:haven't|havent|have not|didn't|didnt|did not)(?=\W*$|[.,;!?]| (?:had|been|thought|done"
    r"|cut|felt|really|used"
    r"|heard|seen|relapsed|hurt|since|in|at|touched|had a))"
    r"|i(?:'m| am) not(?=\W*$|[.,;!?]| (?:suicidal|having|thinking|going to|planning|at (?:that"
    r"|all)|there|in that|like that"
    r"|a danger|homicidal))"
    r"|i (?:would|could|will) never|i wouldn't\b|i won't\b|i'd never|i've never|i never|i have"
    r" never|can't say (?:that )?i have"
    r"|(?:it|that|they|he|she|those|these) (?:hasn't|haven't|doesn't|don't|didn't|isn't|aren't"
    r"|never|wouldn't|has never"
    r"|have never)|(?:he|she|they)'s never|that's not|that isn't|never crossed)"
)
_NO_THEN_YES = re.compile(
    rf"^(?:{_NO_WORD}|not really|nah|not)\b[\s,.…—-]*(?:(?:well|i mean|actually|okay|but"
    rf"|wait)[\s,.…—-]+)*"
    r"(?:sometimes|maybe\b|a little|once in a while|occasionally|(?:okay )?(?:yes|yeah|yep)\b"
    r"|i (?:guess|suppose) (?:sometimes|i do|a little|yes|so)|i do sometimes|not every|every now)"
)
_BUT_YES = re.compile(
    r"\b(?:but|actually|then again|okay|truth is|honestly|if i'm honest|well)[\s,.…—-]+(?:yes|yeah"
    r"|yep|aye|(?:sometimes|now and then|once or twice|i do|i did|i have|it does|it's there|it"
    r" comes"
    r"|they come)(?=\W*(?:$|[.!])))"
)
_GONE = re.compile(
    r"^(?:(?:they|it|that|those|all)(?:'ve| have|'s| has|'re| are|s)?|all)(?: (?:all|just|pretty"
    r" much"
    r"|completely|been|now))* (?:gone|stopped|passed|went away|lifted|quiet|left me)\b"
    r"|^gone\b(?! (?:mad|too|wrong|up))"
)
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
_YES_AT_END = re.compile(r"\b(?:yes|yeah|yep|yup)\W*$|, (?:yes|yeah)\b|\bthen yes\b")
_NO_AT_END = re.compile(r"\b(?:no|nope|nah)\W*$")
_VAGUE = re.compile(
    r"^(?:not (?:sure|exactly|in so many)|i'm not sure|what do you|why (?:do|are)|that's a|define"
    r"|depends|no (?:comment|idea)"
    r"|(?:do|can) (?:i|we)|sure,? (?:you|we)|right now (?=i)|right,? so|i (?:do|don't|would)"
    r" (?:not )?want to talk)"
)
_SOMEBODY = re.compile(
    rf"^(?:(?:my|his|her) (?:\w+ )?{ROLE}\b|he\b|she\b|they\b)(?! (?:didn't|hasn't|never|doesn't))"
)
_MEANS = re.compile(
    rf"\b(?:{PILLS}|(?:shot)?gun|rifle|noose|hose(?:pipe)?|exhaust|cliff|tracks|railway|motorway"
    rf"|lorry|roof"
    rf"|river|sea|blades?|razors?|garage|rope|bridge|train|car|knife|razor|belt|overdos\w+"
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
    if _VAGUE.match(head):
        return Answer.UNCLEAR
    plain = _polarity(head)
    if plain is Answer.NO and says_past(_first_two(head)):
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
    head = _strip(folded[:LOOK_AHEAD])
    return bool(
        re.match(
            r"(?:yes|yeah|yep|right|exactly|correct|that's (?:right|it|true)|i have|i am|i do)\b",
            head,
        )
    )


def quote_end(folded: str) -> int:
    """Give where the words end that make the answer: its first two sentences."""
    pieces = [match.end() for match in _PIECE.finditer(folded[:LOOK_AHEAD])]
    return pieces[min(1, len(pieces) - 1)] if pieces else min(len(folded), LOOK_AHEAD)


def _strip(text: str) -> str:
    text = _ECHOED.sub("", _OPEN.sub("", text))
    return _OPEN.sub("", _FILLER.sub("", text))


def _polarity(head: str) -> Answer:
    if _NO_THEN_YES.match(head) or _BUT_YES.search(_first_two(head)) or _ONLY_SELF.match(head):
        return Answer.YES
    if _GONE.match(head):
        return Answer.NO
    if re.match(r"no,? (?:yeah|yes)\b|i (?:wouldn't|can't) say no\b|i wouldn't mind\b", head):
        return Answer.YES
    if _NO.match(head):
        return Answer.NO
    if _YES.match(head):
        return Answer.YES
    return _at_the_end(head)


def _at_the_end(head: str) -> Answer:
    for piece in _PIECE.findall(head)[:2]:
        if _NO_AT_END.search(piece):
            return Answer.NO
        if _YES_AT_END.search(piece):
            return Answer.YES
    return Answer.UNCLEAR


def _first_two(head: str) -> str:
    return " ".join(_PIECE.findall(head)[:2])
