"""`{{RED:…}}` around the urgent words of a note, never around a denied one."""

import re
from collections.abc import Iterable

from notes.risk import context
from notes.risk.concepts import fold
from notes.risk.findings import RiskCategory, RiskFinding

_SUICIDE = frozenset({RiskCategory.SUICIDE})
_HARM = frozenset({RiskCategory.SUICIDE, RiskCategory.SELF_HARM})
_VIOLENCE = frozenset({RiskCategory.VIOLENCE, RiskCategory.ABUSE})
_ABUSE = frozenset({RiskCategory.ABUSE})
_SUBSTANCE = frozenset({RiskCategory.SUBSTANCE})
_OVERDOSE = frozenset({RiskCategory.SUBSTANCE, RiskCategory.SUICIDE})

# What counts for which category; the first pattern that fits a place decides.
_WORDS: tuple[tuple[frozenset[RiskCategory], str], ...] = (
    (_SUICIDE, r"suicid\w*"),
    (_HARM, r"self[ -]?harm\w*|self[ -]injur\w*"),
    (_SUICIDE, r"kill(?:s|ed|ing)? (?:(?:my|your|him|her|them|our|one)sel(?:f|ves)|self)"),
    (_SUICIDE, r"end(?:s|ed|ing)? (?:(?:my|his|her|their|your) (?:own )?)?life"),
    (_SUICIDE, r"(?:wish(?:es|ed|ing)?|want(?:s|ed|ing)?) (?:to be dead|to die)|better off dead"),
    (_HARM, r"(?:hurt|harm)(?:s|ed|ing)? (?:(?:my|your|him|her|them|our|one)sel(?:f|ves)|self)"),
    (_VIOLENCE, r"kill(?:s|ed|ing)?|violen(?:ce|t|tly)"),
    (_SUBSTANCE, r"(?:substance|alcohol|drug) abuse"),
    (_ABUSE, r"abus(?:e|es|ed|er|ers|ing|ive|ively)"),
    (_OVERDOSE, r"overdos(?:e|es|ed|ing)"),
)
# A brace beside a word would join the mark's own.
_URGENT = re.compile(
    r"(?<![\w{}-])(?:" + "|".join(f"({pattern})" for _, pattern in _WORDS) + r")(?![\w{}-])"
)
_RUNS_OF_BRACES = re.compile(r"[{}]{2,}(?:RED:[{}]*)*")


def unmark(text: str) -> str:
    """Take all marks away, also broken and nested ones; what they marked stays."""
    return _RUNS_OF_BRACES.sub("", text)


def mark_risks(text: str, findings: Iterable[RiskFinding]) -> str:
    """Mark the urgent words of affirmed and passive findings; idempotent, and marks never nest."""
    alerts = frozenset(finding.category for finding in findings if finding.is_alert)
    plain = unmark(text)
    pieces: list[str] = []
    done = 0
    for start, end in _urgent(plain, alerts):
        pieces += (plain[done:start], "{{RED:", plain[start:end], "}}")
        done = end
    return "".join((*pieces, plain[done:]))


def _urgent(plain: str, alerts: frozenset[RiskCategory]) -> Iterable[tuple[int, int]]:
    if not alerts:
        return
    for sentence in context.sentences(fold(plain)):
        for match in _URGENT.finditer(sentence.text):
            categories = _WORDS[(match.lastindex or 1) - 1][0]
            place = context.around(sentence, *match.span())
            if categories & alerts and not context.is_negated(place):
                yield sentence.start + match.start(), sentence.start + match.end()
