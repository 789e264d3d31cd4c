"""Words as they are compared: without inflection, near spellings together, and kin by meaning."""

import re
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

# Forms that no rule of spelling leads back to the word.
_IRREGULAR_FORMS = (
    "be:am are is was were been being do:does did done go:goes went gone have:has had "
    "feel:felt think:thought tell:told say:said sleep:slept leave:left lose:lost keep:kept "
    "eat:ate eaten drink:drank drunk drive:drove driven speak:spoke spoken write:wrote written "
    "take:took taken get:got gotten give:gave given come:came run:ran begin:began begun "
    "break:broke broken wake:woke woken fall:fell fallen find:found meet:met see:saw seen "
    "know:knew known hear:heard hold:held make:made buy:bought bring:brought teach:taught "
    "catch:caught fight:fought seek:sought sit:sat stand:stood understand:understood "
    "spend:spent send:sent build:built pay:paid hurt:hurts hit:hits read:reads forget:forgot "
    "forgotten choose:chose chosen steal:stole stolen throw:threw thrown grow:grew grown "
    "child:children woman:women man:men person:people life:lives wife:wives die:died dies dying "
    "death dead lie:lying lay mum:mom mother mother:mothers father:fathers dad "
    "good:better best well bad:worse worst family:families"
)
# Kin by meaning, as notes put what people say. Each line is a group of stems.
_KIN_GROUPS = """
anxious anxiety worry nervous panic fear afraid scared scare frighten dread tense
sad low depressed depression down unhappy cry tears tearful miserable grief grieve mourn
angry anger furious rage mad irritable irritated annoyed temper shout yell
sleep insomnia awake wake night bed
tired exhausted fatigue exhaustion
guilty guilt blame ashamed shame fault embarrassed
lonely alone isolated isolation withdraw withdrawn
argue argument conflict fight row quarrel shout
drink alcohol drunk beer wine vodka whisky bottle pint sober
work job office boss manager colleague shift
school class teacher exam university college thesis study
medication medicine pill tablet dose prescribe antidepressant sertraline
breathe breath breathing exercise
try attempt practise practice
agree accept yes okay willing
plan intend will going
avoid avoidance avoided stop skip cancel
write note list journal diary log record track
call phone ring text message
partner husband wife boyfriend girlfriend spouse marriage married divorce
mother mum mom parent father dad
friend mate pal
doctor gp physician psychiatrist
suicide suicidal kill die dead death
hopeless hopelessness pointless point
cope coping manage handle
support help
appetite eat food meal hungry weight
trauma traumatic memory flashback nightmare
"""
_SUFFIXES = (
    *("ations", "ation", "ingly", "edly", "ness", "ments", "ment", "ings", "ing", "ers", "est"),
    *("ely", "ed", "es", "ly", "er", "s"),
)
_SHORTEST_STEM = 3
_SHORTEST_KIN_PREFIX = 5


def words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, "don't" as "do" and "not"."""
    for match in _WORD.finditer(text.casefold()):
        word = match[0].replace("’", "'")
        if word.endswith("n't"):
            yield from ("not",) if word in ("can't", "won't") else (word[:-3], "not")
        elif word == "cannot":
            yield "not"
        else:
            yield word.partition("'")[0]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return a word without its inflection; a stem is no word, it is for comparing only."""
    word = _IRREGULAR.get(word, word)
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            if suffix == "s" and word.endswith(("ss", "us", "is")):
                break
            word = word.removesuffix(suffix)
            if word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]  # "plann" is "plan"
            break
    word = word.removesuffix("e") if len(word) > _SHORTEST_STEM else word
    return word[:-1] + "i" if word.endswith("y") else word


def kin(stem_: str) -> frozenset[str]:
    """Return the stems that often stand for the same thing, its own not among them."""
    return _KIN.get(stem_, frozenset())


def is_near(one: str, other: str) -> bool:
    """Tell whether two stems are one word spelt or derived differently ("anxieti", "anxious")."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_KIN_PREFIX or len(long) - len(short) > 4:
        return False
    return long.startswith(short) or (len(short) > 5 and _differ_in_one(short, long))


def _differ_in_one(short: str, long: str) -> bool:
    """Tell whether one letter was changed, added, left out, or exchanged with its neighbour."""
    if len(long) - len(short) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, other = short[start:], long[start:]
    if len(short) != len(long):
        return rest == other[1:]
    return rest[1:] == other[1:] or (
        rest[:2] == other[1::-1] and rest[2:] == other[2:] and len(rest) > 1
    )


def _read_forms(text: str) -> dict[str, str]:
    """Return each irregular form's base; "go:goes went" names the base of those that follow."""
    bases: dict[str, str] = {}
    base = ""
    for token in text.split():
        head, colon, form = token.partition(":")
        base = head if colon else base
        bases[form or head] = base
    return bases


def _read_kin(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in text.strip().splitlines():
        group = frozenset(stem(word) for word in line.split())
        for each in group:
            found[each] = found.get(each, frozenset()) | (group - {each})
    return found


_IRREGULAR = _read_forms(_IRREGULAR_FORMS)
_KIN = _read_kin(_KIN_GROUPS)
