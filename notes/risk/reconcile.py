"""A model's Risk section held against the findings: it may add words, never facts."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from notes.risk import context
from notes.risk.concepts import ROLE, fold
from notes.risk.context import Sentence
from notes.risk.findings import ALERTS, Polarity, Reach, RiskCategory, RiskFinding, Severity
from notes.risk.marks import unmark
from notes.risk.statement import (
    ALL_READ,
    NOT_ASSESSED,
    Key,
    RiskSentence,
    risk_sentences,
    unread_sentence,
)
from notes.risk.triggers import find_triggers

# How notes name dangers; what patients say is found by the lexicon.
_NOTE_TERMS: tuple[tuple[RiskCategory, str], ...] = (
    (
        RiskCategory.SUICIDE,
        r"suicid\w*|\bsi\b|\b(?:end|ending|take|taking) (?:his|her|their) (?:own )?life|\bkill\w*"
        r" \w+sel(?:f|ves)"
        r"|\bwish\w* to (?:be dead|die)|\bwant\w* to die|\bbetter off dead|\bdeath wish|\bpassive"
        r" (?:death|ideation"
        r"|thoughts)|\bthoughts of (?:death|dying)|\bideation",
    ),
    (
        RiskCategory.SELF_HARM,
        r"\bself[ -]?(?:harm|injur|mutilat|destruct)\w*|\b(?:hurt|harm|cut)(?:ting|ing)?"
        r" (?:\w+sel(?:f|ves)|self\b)|\bcutting",
    ),
    (
        RiskCategory.VIOLENCE,
        r"\bviolen\w*|\bhomicid\w*|\bhi\b|\b(?:harm|hurt)(?:ing)? (?:to )?(?:others|other people"
        r"|someone|anyone)|\baggressi\w*"
        r"|\bassault\w*",
    ),
    (
        RiskCategory.ABUSE,
        r"\babus(?!e of (?:alcohol|drugs))\w*|\bneglect\w*|\bmolest\w*|\bdomestic\b|\btrafficking",
    ),
    (
        RiskCategory.SUBSTANCE,
        r"\boverdos\w*|\brelaps\w*|\bsubstance|\balcohol|\bdrink(?:s|ing)\b|\bdrugs?\b"
        r"|\bintoxicat\w*",
    ),
    (
        RiskCategory.PSYCHOSIS,
        r"\bpsycho(?:sis|tic)|\bhallucinat\w*|\bdelusion\w*|\bhear\w* voices|\bparanoi\w*|\bloss"
        r" of control",
    ),
)
_TERMS = tuple((category, re.compile(pattern)) for category, pattern in _NOTE_TERMS)
_MEANS = r"(?:tablets|pills|medication|means|guns?|firearms?|knives|blades?|razors?|weapons?|rope)"
_MADE_SAFE = (
    r"(?:remov\w+|lock\w*|hand(?:ed|ing)? (?:over|in)|giv\w+ to|gave|secur\w+|dispos\w+|pharmacy"
    r"|chemist|taken away)"
)
_MEASURE = re.compile(
    r"\bsafety plan\w*|\bcrisis (?:line|plan|number|resources|team|service)|\bhot ?line|\bhelpline"
    r"|\b988\b|\bemergency (?:number|contact|services|room)"
    rf"|\b{_MEANS}\b.{{0,60}}\b{_MADE_SAFE}\b|\b{_MADE_SAFE}\b.{{0,40}}\b{_MEANS}\b"
)
# What a sentence about a measure may not say besides.
_ALARMS = re.compile(
    r"\b(?:risk\w*|danger\w*|threat\w*|imminent|urgent|unsafe|kill\w*|die|dying|dead|death)\b"
)
# A grade of danger ("is at low risk", "is a risk") is a judgement, which no finding can hold.
_GRADES = re.compile(
    r"\b(?:is|are|was|were|be|remains?|poses?|at|low|high|no|moderate|imminent|acute|increased"
    r"|elevated|significant|some|potential) (?:[\w-]+ ){0,3}?risks?\b|\brisks? (?:is|are|was"
    r"|level|of)\b"
)
_OF_THERAPIST = re.compile(
    r"\b(?:therapist|counsell?or|psychologist|clinician|doctor)(?:'s| has| had| is| was| reports?"
    r"| wants?| denie[sd]| feels?| attempt\w*)(?! (?:ask|assess|check|screen|explor|concern"
    r"|worr)\w*)"
)
_TELLS = re.compile(
    r"\b(?:report|describ|speak|spoke|express|say|said|state|disclos|endors|admit|mention|feel|felt"
    r"|think|thought|want|wish|denie|deny|talk|hav|has|had|tried|attempt|hear|use|us(?:es|ing|ed)"
    r"|is"
    r"|was)\w*\b"
)
_DENIES = re.compile(r"\b(?:no|not|never|denie[sd]|deny|denying|without|none)\b|n't\b")
_PAST = re.compile(r"\b(?:past|history|historical\w*|previous\w*|prior|former\w*|ago|childhood)\b")
_OTHER = re.compile(
    rf"\b(?:his|her|their|patient's|client's|a|another) (?:\w+ )?(?:{ROLE}|person)\b(?:'s)?"
    rf"|\bfamily (?:history|member)"
)
_PASSIVE = re.compile(
    r"\bpassive|\bwish\w* to (?:be dead|die)|\bwant\w* to die|\bbetter off|\bdeath wish|\bdisappear"
)
_GRAVE: tuple[tuple[re.Pattern[str], Severity], ...] = (
    (re.compile(r"\battempt\w*"), Severity.BEHAVIOUR),
    (re.compile(r"\bplan(?:s|ned|ning)?\b"), Severity.PLAN),
    (re.compile(r"\binten(?:t|ds|tion|tions)\b"), Severity.INTENT),
    (
        re.compile(r"\bmeans\b|\bmethod\w*|\boverdos\w*|\bpills\b|\bgun\b|\bfirearm\w*"),
        Severity.METHOD,
    ),
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a model's sentence says of the patient."""

    key: Key
    severity: Severity


def reconcile_risk(
    model_text: str,
    findings: Sequence[RiskFinding],
    *,
    was_asked: Collection[RiskCategory] = (),
    reach: Reach = ALL_READ,
) -> tuple[str, bool]:
    """Give a Risk section that agrees with the findings, and whether an alert was added by rule.

    Sentences by rule come first. A model's sentence stays only where it names dangers that the
    findings hold in the same sense, and then takes the place of the rule's sentence about the
    same; or where it is plainly about a safety measure.
    """
    if reach.is_nothing:
        return NOT_ASSESSED, False
    kept, stated = _kept(unmark(model_text), findings)
    by_rule = [
        s for s in risk_sentences(findings, was_asked=was_asked) if not _is_stated(s, stated)
    ]
    was_added = any(polarity in ALERTS for s in by_rule for _, polarity in s.keys)
    sentences = (*(s.text for s in by_rule), *kept, unread_sentence(reach))
    return " ".join(filter(None, sentences)), was_added


def stated_risks(text: str) -> tuple[Key, ...]:
    """Give what a written text says of danger: each category that it names, and in which sense."""
    return tuple(
        claim.key
        for sentence in context.sentences(fold(unmark(text)))
        for claim in _claims(sentence)
    )


def _kept(text: str, findings: Sequence[RiskFinding]) -> tuple[list[str], list[_Claim]]:
    kept: list[str] = []
    stated: list[_Claim] = []
    for sentence in context.sentences(fold(text)):
        claims = list(_claims(sentence))
        original = text[sentence.start : sentence.start + len(sentence.text)].strip()
        if original in kept or not _may_stay(sentence.text, claims, findings):
            continue
        kept.append(original)
        if _TELLS.search(sentence.text):  # a bare "Suicide." stands for nothing
            stated += claims
    return kept, stated


def _may_stay(text: str, claims: Sequence[_Claim], findings: Sequence[RiskFinding]) -> bool:
    if not claims:
        return _is_measure(text)
    if _GRADES.search(text) or _OF_THERAPIST.search(text):
        return False
    return all(_is_held(claim, findings) for claim in claims)


def _is_measure(text: str) -> bool:
    """Whether it tells of a safety plan, a crisis line or means removed, and of nothing else."""
    return bool(_MEASURE.search(text)) and not (_DENIES.search(text) or _ALARMS.search(text))


def _claims(sentence: Sentence) -> Iterator[_Claim]:
    spans = {
        (category, *match.span())
        for category, pattern in _TERMS
        for match in pattern.finditer(sentence.text)
    }
    spans |= {
        (t.category, t.start - sentence.start, t.end - sentence.start)
        for t in find_triggers(sentence)
    }
    for category, start, end in sorted(spans, key=lambda span: (span[1], span[2], span[0].value)):
        polarity = _polarity(sentence, category, start, end)
        yield _Claim((category, polarity), _gravity(sentence.text))


def _polarity(sentence: Sentence, category: RiskCategory, start: int, end: int) -> Polarity:
    place = context.around(sentence, start, end)
    if context.is_negated(place) or _DENIES.search(place.before):
        return Polarity.DENIED
    if _OTHER.search(place.before) or place.after.startswith((" of another", " of her", " of his")):
        return Polarity.OTHER_PERSON
    if _PAST.search(place.before) or _PAST.search(place.after):
        return Polarity.HISTORICAL
    is_suicide = category is RiskCategory.SUICIDE
    is_passive = (
        is_suicide and _PASSIVE.search(sentence.text) and "active" not in place.before.split()
    )
    return Polarity.PASSIVE if is_passive else Polarity.AFFIRMED


def _gravity(text: str) -> Severity:
    return next((severity for pattern, severity in _GRAVE if pattern.search(text)), Severity.WISH)


def _is_held(claim: _Claim, findings: Sequence[RiskFinding]) -> bool:
    """Whether a finding says as much; a denial is held only where the patient answered with it."""
    category, polarity = claim.key
    same = [f for f in findings if f.category is category and f.polarity is polarity]
    if polarity is Polarity.DENIED:
        is_contested = any(f.category is category and f.is_alert for f in findings)
        return any(f.is_answer for f in same) and not is_contested
    if category is RiskCategory.SUICIDE and polarity is Polarity.AFFIRMED:
        return any((f.severity or Severity.WISH) >= claim.severity for f in same)
    return bool(same)


def _is_stated(sentence: RiskSentence, stated: Sequence[_Claim]) -> bool:
    """Whether kept sentences tell all that a sentence by rule tells, as gravely."""
    grave = sentence.severity if (sentence.severity or 0) >= Severity.METHOD else None
    told = {c.key for c in stated if grave is None or c.severity >= grave}
    return bool(sentence.keys) and sentence.keys <= told
