"""What was not meant: injuries by chance, and disappearing to a beach."""

import re

_ACCIDENT = re.compile(
    r"\b(?:by (?:accident|mistake)|accidental\w*|an accident|(?:fell|fall|falling|slipp\w+"
    r"|tripp\w+|tumbl\w+"
    r"|stumbl\w+|faint\w*|passed out|blacked out|fainted) (?:off|over|down|on|in|out|and|\w+)"
    r"|fell\b(?=[.,])"
    r"|(?:on|off|against|from|at|in) the (?:oven|hob|stove|kettle|iron|grill|barbecue|stair\w*"
    r"|kerb|ice|bike|ladder"
    r"|cupboard|cabinet|mandolin|bread knife|tin|can|fence|car door|fryer|saucepan|pan|tray|hot"
    r" plate|radiator cap)\b"
    r"|oven (?:shelf|door|glove|tray)|cook(?:ing|ed)?\b|chopp\w+|slicing (?:the |an? )?(?:onion"
    r"|bread|tomato|carrot|lemon|avocado)"
    r"\w*|avocado|onions?|shav(?:ing|ed)|razor burn|garden(?:ing)?|prun\w+|brambles?|rose ?bush"
    r"|(?:diy|plastering|carpent\w+"
    r"|football|rugby|hockey|skateboard\w*|basketball|cricket|boxing|climbing|gymnast\w*|ballet"
    r"|netball|judo|karate|surf\w*)"
    r"|the (?:cat|dog|kitten|puppy|rabbit|parrot|horse)\b|tattoo(?:ist)?|pierc(?:ing|ed)|surgery"
    r"|operation|blood test|biopsy"
    r"|vaccin\w*|injection site|eczema|psoriasis|mosquito|midges?|hives|sunburn\w*|in the sun"
    r"|wasn't looking|didn't (?:see|notice"
    r"|mean to)|clumsy|embarrass\w+|to (?:check|see if) i was (?:awake|dreaming)|dreaming)\b"
)
_MEANT = re.compile(
    r"\b(?:on purpose|deliberate\w*|meant to\b|want(?:ed)? to|deserv\w*|punish\w*|until|till|to"
    r" feel|calm\w*|relief"
    r"|when (?:he|she|they|it|mum|dad|i(?:'m| am| feel| get| can't))\b|(?:left|held|kept|hold|keep"
    r"|leave) it\b|just a (?:bit|little)"
    r"|so i can|every night|most nights|nobody knows|thinks? i(?:'m| am)|i (?:told|tell|said|say)"
    r"|they think|i pretend"
    r"|make it look|looks? like|just say|excuse)\b"
)


def is_accident(sentence: str) -> bool:
    """Whether a sentence tells an injury as one that happened, with no sign that it was meant."""
    return bool(_ACCIDENT.search(sentence)) and not _MEANT.search(sentence)


_AWAY = re.compile(r"disappear|vanish|gone\b")
_HOLIDAY = re.compile(
    r"\b(?:fortnight|(?<!not go on )(?<!not on )holiday|vacation|weekend away|beach|pool|cabin"
    r"|cottage|island|spa\b|campsite|no phones?|phone off"
    r"|turn the phone|sun ?lounger|hammock|flights?|tent\b|greece|spain|portugal|paxos|tenerife"
    r"|hawaii|bali)\b"
)


def is_getaway(term: str, turn: str) -> bool:
    """Whether who wants to disappear wants a holiday."""
    return bool(_AWAY.search(term) and _HOLIDAY.search(turn))
