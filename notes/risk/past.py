"""Time: what is told of the past only, what is over, and what brings it back."""

import re

_NUMBER = (
    r"(?:\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|few|many|several"
    r"|couple|dozen|hundred)"
)
_TEENS = (
    r"(?:eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twenty(?:[- ]\w+)?|thirty(?:[- ]\w+)?|\d\d?)"
)
PAST = re.compile(
    r"\b(?:my (?:teens|twenties|thirties|forties|childhood|teenage years|army days) (?:were|was)"
    r"|back in (?!the (?:room|day|chair|car|house|bed"
    r"|office|hospital|kitchen)|my|bed|work|here|touch|on)\w+|used to\b(?! (?:it|the|that|this"
    r"|being|dying|having|living))|(?:years?|months?|decades?|winters?"
    r"|summers?) ago|a long time (?:ago|back)|long time (?:ago|back)|(?:ages|yonks|donkeys?)"
    r" (?:ago|back)"
    r"|way back|back (?:then|in|when)|years?(?: \w+)? back|in the"
    r" past(?! (?:week|few|couple|month|two|three|days?|fortnight))|at one point"
    r"|(?<!\w )at (?:age )?(?:twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
    r"|in my (?:teens|twenties|thirties|forties|youth|childhood|army days|navy days|drinking days)"
    r"|(?:in|at|through|during|from) (?:\w+ grade|(?:boarding|high|grade|elementary|secondary"
    r"|primary|nursing"
    r"|art|law|med|old) school|middle school|college|university|uni|sixth form|the (?:army|navy"
    r"|forces"
    r"|camp|children's home|convent|orphanage|drinking time)|barracks|boot camp|year (?:seven"
    r"|eight|nine"
    r"|ten|eleven|\d+)"
    r"|(?:19|20)\d\d)|(?:freshman|sophomore|junior|senior) year|(?:first|second|third|final)"
    r" (?:term|year)"
    r" (?:of|at)|year (?:seven|eight|nine|ten|eleven)\b(?=[.,])|the (?:year|winter|summer|spring"
    r"|autumn)"
    r" (?:of|the|that|my|after|before|i was|i left|we (?:lost|moved))|that was (?:\w+ty(?:-\w+)?"
    r"|'?\d\d|back)\b|(?:two thousand and \w+|nineteen[- ](?:\w+ty|oh|hundred)"
    r"(?:[- ]\w+)?|(?:spring|summer|winter|autumn|fall) of '?\d\d(?:\d\d)?|(?:19|20)\d\d|'\d\d)"
    r"|when (?:i|you|we) (?:was|were) (?:\w+ )?(?:\d+|a |an |in |younger|about|only|just"
    r"|little|young|small|kids|at |married|pregnant|growing|drinking|using|still in"
    rf"|{_TEENS})|(?:i|you) (?:was|were) (?:only |just |about |around )?(?:fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|thirteen|twelve|eleven|ten|nine|eight|seven|six)\b(?! (?:stone"
    r"|months"
    r"|weeks|minutes|hours|days))|as an? (?:\w+ )?(?:child|kid|teen\w*|boy|girl|adolescent|student"
    r"|lad"
    r"|lass|young \w+|recruit)"
    r"|growing up"
    r"|(?:not|no) (?:any ?more|longer)|(?:don't|doesn't|do not|isn't|aren't) (?!want|exist|see"
    r"|hear)(?:\w+ ){0,3}?"
    r"any ?more(?=\W*$)|history of|childhood|previous(?:ly)?"
    r"|formerly|past(?! (?:week|few|couple|month|two|three|days?|my|it|the|that|him|her|them"
    r"|caring|bearing"
    r"|midnight|\w+ (?:o'clock|in the)))|last (?:year|century)"
    r"|(?<!at )(?<!not )once(?! (?:\w+'s|my|they|his|her|mam|mum|dad|a|in|or|i|every|we|he|she|you"
    r"|the|again|it|they|my|more|this"
    r"|that|last)\b)"
    r"|long gone|(?:have|has) (?:stopped|passed|gone away)|went away|before (?:the|my|i) (?:meds"
    r"|medication"
    r"|treatment|therapy|kids|baby|divorce|met|had (?:the|my)|got (?:help|sober|clean|well)|came"
    r" (?:out|to"
    r" (?:you|this country))|transition\w*|moved|stopped|found))\b"
)
# It is over, as said in another clause or sentence of the same turn.
CLOSED = re.compile(
    rf"\b(?:{_NUMBER} (?:odd |good |long |whole |full )?(?:years?|decades?|winters?|summers?"
    r"|birthdays)(?: \w+)?"
    r" (?:ago|back|since|sober|clean|free|on\b|now\b|well|without|this \w+|in (?:january|february"
    r"|march|april"
    r"|may|june|july|august|september|october|november|december)|next \w+|and (?:never|not|no))"
    r"|(?:it|that|they|the \w+|which|all that)(?:'s| has|'ve| have|'d)? (?:all |just |long |since "
    r"|now |then )?"
    r"(?:lifted|stopped (?:when|after|(?:a|\w+) (?:years?|months?) (?:before|later|after))|packed"
    r" in when|stopped\b(?=[.,;]|$)|stayed (?:lifted|away|gone)|never (?:came|come) back"
    r"|not come back|went away|been (?:gone|quiet) (?:since|for)|(?:is|was|'s)"
    r" (?:behind me|over and"
    r" done|done with|over with|in the past|ancient history|another life))|well behind\b|behind"
    r" me\b(?! (?:in|at|on))"
    r"|(?:not|n't|never)(?: [\w-]+){0,8} (?:since\b(?! (?:i was|yesterday|monday|tuesday|last))"
    r"|that road again|near"
    r" (?:it|that)(?: \w+)? again|look\w* (?:at it|back) since)|never (?:\w+ ){0,3}again\b|stopped"
    r" the (?:summer|winter|year|day|week|autumn|spring)|gone by (?:the|then)|since (?:then"
    r"|that)[, ]+"
    r"(?:never|nothing|not)|not (?:once )?since\b|come good|(?:i'm|im|i am) (?:\w+ )?(?:over (?:it"
    r"|that)|past (?:it|that|all that)"
    r"|through (?:it|that)|a (?:whole )?different (?:person|girl|man|woman|bloke|lad)|\w+ty(?:[-"
    r" ]\w+)? now)"
    r"|(?:different|another|somebody else's|other) (?:person|bloke|man|woman|girl|life|lifetime"
    r"|hobby)\b(?! in)"
    r"|(?:was|be) (?:somebody|someone) else\b|years on\b|got help|(?:i|we) (?:came|got) (?:through"
    r"|out the other side)"
    r"|no (?:such )?(?:idea|thought|notion|wish|desire|feeling)s?(?: \w+){0,2} (?:now|since|any"
    r" ?more|these days)"
    r"|nothing since\b|(?:through|in|since|of) the (?:\w+ )?(?:fifties|sixties|seventies|eighties"
    r"|nineties|noughties)\b"
    r"|in those days\b|(?:banned|done|nicked|sent down|arrested|sacked) in '?\d\d\b|not now\b|not"
    r" any ?more\b|wouldn't (?:dream|think) of it now|glad (?:it|they|he|she|i) (?:failed|stopped"
    r"|found"
    r"|didn't|never|was wrong)|long (?:gone|over|behind|healed|faded|done)|in my (?:teens|twenties"
    r"|youth)|(?:\d+|\w+teen|\w+ty|ten|twelve|five|six|seven|eight|nine) years(?= ?\?| already)"
    r"|two years already|(?:she's|he's|he is"
    r"|she is|the (?:baby|lad|eldest)'s) (?:\w+ )?(?:\d+|eight|nine|ten|eleven|twelve|thirteen"
    r"|\w+teen|twenty\W?\w*"
    r"|thirty\W?\w*|at (?:uni|university|college)|grown)(?: now)?\b)"
)
NOW = re.compile(
    r"\b(?:again(?! (?:since|after|till)\b)|still|lately|these days|recently|this (?:week|month"
    r"|morning|weekend"
    r"|past|last|afternoon|evening)|tonight"
    r"|today|yesterday"
    r"|last (?:night|week|weekend|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|right now"
    r"|currently|now\b(?! (?:it's (?:gone|over)|i'm (?:over|fine|a)|that's))|ever since|since then"
    r"|at once"
    r"|every (?:day|night)|(?:most|some) (?:days|nights)|at the (?:moment|minute)|nowadays|keeps?"
    r" coming back"
    r"|(?:a few|two|three|couple of|four|five) (?:days|weeks|nights) (?:ago|back))\b"
)
_ENDED_NOW = re.compile(
    r"\b(?:never|not|n't|no)(?: \w+){0,6} (?:again|now|lately|recently|these days|today|still)\b"
    r"|\b(?:years?|decades?)(?: \w+)? (?:back |ago )?now\b|\w+(?:ty|teen)(?:[- ]\w+)? now\b|\bover"
    r" (?:it|that) now\b"
    r"|\bi(?:'m| am|'ve| have)? \w+(?: \w+){0,5} now\b"
)
_BACK = re.compile(
    r"\b(?:is|are|it's|came|come|coming|started|starting|began) (?:\w+ )?(?:back|again)\b|\bstill\b"
)
_ONCE_TOLD = re.compile(
    r"\b(?:tried|was|were|had|did|took|thought|wanted|wished|went|used|would|kept|got|put|cut|hit"
    r"|burned|burnt"
    r"|made|meant|attempted|hated|felt|lost|stood|sat|pressed|carved|punched|scratched|stole|hurt"
    r"|climbed|drove|bit|broke|beat|threw|shut|glassed|followed|knocked|stabbed|kicked|slapped"
    r"|bottled|drank"
    r"|wrote|swallowed|planned|picked|bought|saved|hid|ended|drank|jumped|stopped|saw|looked)\b"
    r"|'d\b"
)


_EVERY = re.compile(r"\b(?:every|most|some) (?:days?|nights?)\b")


def says_past(text: str) -> bool:
    """Whether a text speaks of the past only."""
    return bool(PAST.search(text) or CLOSED.search(text)) and not is_now(text)


def is_now(text: str) -> bool:
    """Whether something in it holds of now; "never again" and "years ago now" do not."""
    return bool(NOW.search(_ENDED_NOW.sub("·", text)))


def is_brought_back(text: str) -> bool:
    """Whether it has come back or never left."""
    return bool(_BACK.search(_ENDED_NOW.sub("·", text)))


def is_over(clause: str, turn: str) -> bool:
    """Whether what a clause tells in the past tense is over, by the rest of its turn."""
    if not _ONCE_TOLD.search(clause) or is_now(_EVERY.sub("·", clause)):
        return False
    return bool(CLOSED.search(turn) or PAST.search(turn)) and not is_now(_EVERY.sub("·", turn))
