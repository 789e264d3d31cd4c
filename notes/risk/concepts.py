"""What a trigger is, and the pieces that the lexicons share.

Every pattern is matched on folded text: lower case, straight apostrophes, single spaces. The group
`who` names the person concerned (my, your, him …); the group `term` cuts the trigger out of a
longer pattern, so that a negation may stand inside it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from notes.risk.findings import RiskCategory, Severity

ROLE = (
    r"(?:mother|mom|mum|mama|father|dad|papa|brother|sister|sibling|son|daughter|kid|child|baby"
    r"|husband|wife|spouse|partner|boyfriend|girlfriend|ex|fianc[eé]e?|friend|cousin|uncle|aunt"
    r"|nephew|niece|grand(?:father|mother|pa|ma|son|daughter|parent)|step\w+|neighbou?r|roommate"
    r"|boss|manager|coworker|co-worker|colleague|student|teacher|classmate|parent|family|guy|girl"
    r"|boy|man|woman|fella|feller|bloke|lad|lass|chap|caller|gentleman|mate|nanny|mammy|da|daddy"
    r"|mummy|mommy|children|kids|people|in-law|ex-\w+|buddy|client|bastard|stranger|flatmate"
    r"|housemate|room mate|lodger|hubby|missus|mam|nan|nana|gran|granny|grandad|auntie|aunty"
    r"|toddler"
    r"|carer|nurse)s?"
)
SELF = r"(?P<who>my|your|him|her|them|our|one)[ -]?sel(?:f|ves|fs)\b"
OWN = r"(?P<who>my|your|his|her|their|our) (?:own )?"
PERSON = (
    r"(?:him|her|them|someone|somebody|some ?one|some body|anyone|anybody|any one|any body"
    r"|others|other people|people|everyone"
    rf"|everybody|(?:my|his|her|their|the|that|this|a|your) (?:\w+ ){{0,2}}?{ROLE})\b"
)
PILLS = (
    r"(?:pills?|meds|medications?|medicine|tablets?|capsules|paracetamol|tramadol|codeine|morphine"
    r"|ibuprofen|aspirin|sleepers|antidepressants|sertraline|lithium|methadone|xanax|ativan"
    r"|klonopin|valium|ambien|tylenol"
    r"|insulin|painkillers|oxy\w*|opioids?|percocet|benzos?|sleeping pills)\b"
)
ALCOHOL = r"(?:wine|vodka|whisk\w+|rum|gin|beers?|liquor|tequila|alcohol|booze|bourbon|drinks?)"
DRUGS = (
    r"(?:heroin|meth|crystal|coke|cocaine|crack|fentanyl|oxy\w*|opioids?|ketamine|speed|dope"
    r"|drugs?|percocet|xanax)"
)

_WORD = re.compile(r"\w+")
HEAD = 4


def gap(most: int) -> str:
    """Give the pattern of up to `most` words between two others."""
    return rf"(?:[^\w']+[\w']+){{0,{most}}}?[^\w']+"


def fold(text: str) -> str:
    """Fold case, apostrophes and white space; every character keeps its place."""
    return "".join(_fold_char(char) for char in text) if not text.isascii() else _fold_ascii(text)


def _fold_ascii(text: str) -> str:
    return text.lower().translate(_SPACES)


def _fold_char(char: str) -> str:
    low = char.lower()
    if char in "’‘ʼ`´":
        return "'"
    if char.isspace():
        return " "
    return low if len(low) == 1 else char


_SPACES = {ord(char): " " for char in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"} | {ord("`"): "'"}


@dataclass(frozen=True, slots=True)
class Concept:
    """One trigger of the lexicon; a pattern runs only where one of its heads stands.

    `is_own`: it can only be the speaker's. `is_others`: it can only be someone else's.
    `is_inverse`: to deny it is the danger ("I don't feel safe at home").
    `needs_topic`: it counts only while suicide or self-harm is being talked about.
    `beside`: heads of which one must stand too, where the others are in common words.
    """

    rule: str
    category: RiskCategory
    heads: frozenset[str]
    pattern: re.Pattern[str]
    severity: Severity | None = None
    is_passive: bool = False
    is_own: bool = False
    is_others: bool = False
    is_inverse: bool = False
    needs_topic: bool = False
    beside: frozenset[str] = frozenset()


def concept(
    rule: str,
    category: RiskCategory,
    heads: str,
    pattern: str,
    severity: Severity | None = None,
    *,
    beside: str = "",
    **flags: bool,
) -> Concept:
    """Compile one line of a lexicon; `heads` are the first four letters of its key words."""
    compiled = re.compile(rf"\b(?:{pattern})")
    also = frozenset(beside.split())
    return Concept(
        rule, category, frozenset(heads.split()), compiled, severity, beside=also, **flags
    )


def heads_of(folded: str) -> set[str]:
    """Give the first letters of all words."""
    return {word[:HEAD] for word in _WORD.findall(folded)}


class Lexicon:
    """Concepts by the heads of their words, in the lexicon's order."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = tuple(concepts)
        self._by_head: dict[str, list[int]] = defaultdict(list)
        for index, entry in enumerate(self.concepts):
            for head in entry.heads:
                self._by_head[head].append(index)

    def candidates(self, folded: str) -> list[Concept]:
        """Give the concepts that could match, by their heads."""
        present = heads_of(folded)
        found = {i for head in present for i in self._by_head.get(head, ())}
        likely = (self.concepts[i] for i in sorted(found))
        return [c for c in likely if not c.beside or not c.beside.isdisjoint(present)]
