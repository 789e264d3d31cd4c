"""Answers on violence, abuse, substances and psychosis: a yes turned round, and little amounts."""

import re

from notes.risk.answers import Answer

_IF_OVER = re.compile(
    r"\b(?:has|have|had|is|are|did|'s|any)\b[^.?]{0,50}?\b(?:stopped|gone(?: away| quiet"
    r"| now)?|packed (?:it |that )?"
    r"(?:all )?in|settled|eased|quietened|quieter|quiet|let up|died down|calmed down"
    r"|finished|over with|shifted"
    r"|left you|resolved|a thing of the past|behind you)\b"
    r"|\b(?:would|could|can|do|does|did) (?:i|anyone|anybody|other people|others"
    r"|somebody else|anyone else|the rest of us)"
    r" (?:\w+ )?(?:see|hear|notice|feel)\b"
)
_LITTLE = re.compile(
    r"\b(?:glass|half|shandy|one|couple|pint|two|sip|sherry|snifter|tot|drop|wine"
    r"|beer)\b[^.]{0,40}?\b(?:sunday|with (?:my|the|sunday)?"
    r" ?(?:lunch|dinner|meal|tea)|christmas|weddings?|birthdays?|new year|a (?:week"
    r"|month|year|fortnight)|now and"
    r" (?:then|again)|special|occasion\w*|at (?:the|a) (?:weekend|match|wedding"
    r"|christening)|on (?:a )?(?:friday|saturday|sunday)s?"
    r"|nursing it|lasts me)\b|\bthe odd\b|\bsocially\b|\bhardly\b|\bbarely\b|\brarely\b"
    r"|\bteetotal\b|\balcohol-free\b|\bzero percent\b"
    r"|\b(?:only|just) (?:on |at )?(?:special|christmas|weddings?|communion|holidays?|my"
    r" birthday)\b|\bonce in a blue moon\b"
    r"|\bi drink (?:on|at) (?:the )?weekends?\W*$|\bgravy\b|\blime and soda\b|\bcup of tea\b"
    r"|\bas prescribed\b|\blike (?:it says"
    r"|the doctor|you said|he said|she said)\b"
    r"|\bthe one (?:glass|sherry|wine|drink|pint|beer)\b|\btaper\w*|\b(?:as|what|the"
    r" way) (?:the|my) (?:surgeon|doctor|gp|nurse|pharmacist)"
    r" (?:wrote|said|wants|told|prescribed)|\bhaven't\W*$|\bhaven't\. "
)
_AGAINST = re.compile(
    r"^\W*(?:(?:oh|well|actually|er|um|ah),? )*(?:(?:it|they|he|she|that|there|i|those"
    r"|we) (?:has|have|had|is|are|do|does|did|am|was"
    r"|were|would|could)\b(?! (?:not|never|n't|no)\b)|there's \w+|there're \w+|(?:don't"
    r"|wouldn't|doesn't|isn't|hasn't|aren't|haven't"
    r"|didn't|won't|ain't|don't|do|does|has|is) (?:i|he|she|it|they|there)\b)"
)


_STILL = re.compile(r"\bstill\b(?! (?:no|not|nothing|clean|sober|dry|off)\b)")
_OWNS_UP = re.compile(r"^\W*(?:me\b|i did\b|it was me\b|i was\b|guilty\b|yours truly)")


def asks_if_over(question: str) -> bool:
    """Whether a question asks if a danger is past, or seen by all: a no to it means that it is."""
    return bool(_IF_OVER.search(question))


def is_little(text: str) -> bool:
    """Whether an answer names a harmless amount ("A glass with Sunday lunch.")."""
    return bool(_LITTLE.search(text))


def contradicts(text: str) -> bool:
    """Whether an answer goes against a question put in the negative ("It has, a bit.")."""
    return bool(_AGAINST.match(text))


def owns_up(text: str) -> bool:
    """Whether an answer to "Who did it?" is "me"."""
    return bool(_OWNS_UP.match(text))


def turned(answer: Answer, text: str) -> Answer:
    """Give the answer to "Has it stopped?" as one to "Is it there?"; in doubt it is there."""
    if _STILL.search(text):
        return Answer.YES
    opposite = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.IMPLIED: Answer.YES}
    return opposite.get(answer, answer)
