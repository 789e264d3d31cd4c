"""The Risk section in plain clinical sentences, written from the findings alone."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from notes.risk.findings import Polarity, Reach, RiskCategory, RiskFinding, Severity

# Rules miss things, so that nothing was found is no statement about the session.
NOTHING_FOUND = "Nothing about risk was found by rule; please check."
NOT_ASSESSED = "Risk not assessed: transcript is not in English."

ALL_READ = Reach()
_UNREAD = re.compile(r"\d+ of \d+ turns (?:is|are) not in English and (?:was|were) not assessed\.")

Key = tuple[RiskCategory, Polarity]

_NAMES = {
    RiskCategory.SUICIDE: "suicidal thoughts",
    RiskCategory.SELF_HARM: "self-harm",
    RiskCategory.VIOLENCE: "violence towards others",
    RiskCategory.ABUSE: "abuse or neglect",
    RiskCategory.SUBSTANCE: "dangerous substance use",
    RiskCategory.PSYCHOSIS: "psychotic experiences",
}
_SHORT = {
    RiskCategory.SUICIDE: "suicide",
    RiskCategory.SELF_HARM: "self-harm",
    RiskCategory.VIOLENCE: "violence",
    RiskCategory.ABUSE: "abuse",
    RiskCategory.SUBSTANCE: "substance use",
    RiskCategory.PSYCHOSIS: "psychosis",
}
_AFFIRMED = {
    RiskCategory.SELF_HARM: "Reports self-harm or urges to self-harm.",
    RiskCategory.VIOLENCE: "Reports violence or thoughts of violence towards others.",
    RiskCategory.ABUSE: "Reports abuse or neglect.",
    RiskCategory.SUBSTANCE: "Reports dangerous substance use{detail}.",
    RiskCategory.PSYCHOSIS: "Reports psychotic experiences or loss of control.",
}
_SUICIDAL = {
    Severity.WISH: "Reports suicidal thoughts.",
    Severity.ACTIVE: "Reports active suicidal thoughts.",
    Severity.METHOD: "Reports active suicidal thoughts with a method{detail}.",
    Severity.INTENT: "Reports suicidal thoughts with intent to act{detail}.",
    Severity.PLAN: "Reports active suicidal thoughts with a plan{detail}.",
    Severity.BEHAVIOUR: "Reports a suicide attempt{detail}.",
}
_DETAILS = {
    "overdos": "overdose",
    "over dos": "overdose",
    "pills": "pills",
    "hang": "hanging",
    "neck": "hanging",
    "jump": "jumping",
    "step": "jumping",
    "bridge": "bridge",
    "gun": "firearm",
    "shoot": "firearm",
    "drown": "drowning",
    "wrist": "cutting",
    "driv": "driving",
}


@dataclass(frozen=True, slots=True)
class RiskSentence:
    """A sentence by rule, and what of the findings it tells."""

    text: str
    keys: frozenset[Key]
    severity: Severity | None = None


def risk_statement(
    findings: Sequence[RiskFinding],
    *,
    was_asked: Collection[RiskCategory] = (),
    reach: Reach = ALL_READ,
) -> str:
    """Give the Risk section: a denial stands only where somebody asked and the patient denied."""
    if reach.is_nothing:
        return NOT_ASSESSED
    sentences = (s.text for s in risk_sentences(findings, was_asked=was_asked))
    return " ".join(filter(None, (*sentences, unread_sentence(reach))))


def unread_sentence(reach: Reach) -> str:
    """Say what was not assessed, or nothing where all was."""
    if reach.is_nothing:
        return NOT_ASSESSED
    if not reach.num_unread:
        return ""
    told = "is not in English and was" if reach.num_unread == 1 else "are not in English and were"
    return f"{reach.num_unread} of {reach.num_turns} turns {told} not assessed."


def is_notice(sentence: str) -> bool:
    """Say whether a sentence tells of what was read, and nothing of the session itself."""
    return sentence in (NOTHING_FOUND, NOT_ASSESSED) or _UNREAD.fullmatch(sentence) is not None


def risk_sentences(
    findings: Sequence[RiskFinding], *, was_asked: Collection[RiskCategory] = ()
) -> tuple[RiskSentence, ...]:
    """Give the sentences of the Risk section with what each tells, the gravest first."""
    held = _Held(findings)
    found = (
        *_affirmed(held),
        *_passive(held),
        *_denied(held),
        *_historical(held),
        *_other_person(held),
        *_hypothetical(held),
        *_unasked(held, was_asked),
        *_unclear(held, was_asked),
    )
    return found or (RiskSentence(NOTHING_FOUND, frozenset()),)


class _Held:
    """Findings by category and polarity."""

    def __init__(self, findings: Sequence[RiskFinding]) -> None:
        self._all = tuple(findings)

    def of(self, category: RiskCategory, *polarities: Polarity) -> tuple[RiskFinding, ...]:
        return tuple(f for f in self._all if f.category is category and f.polarity in polarities)

    def has(self, category: RiskCategory, *polarities: Polarity) -> bool:
        return bool(self.of(category, *polarities))


def _affirmed(held: _Held) -> Iterator[RiskSentence]:
    for category in RiskCategory:
        findings = held.of(category, Polarity.AFFIRMED)
        if not findings:
            continue
        severity = max((f.severity or Severity.WISH for f in findings), default=Severity.WISH)
        is_suicide = category is RiskCategory.SUICIDE
        template = _SUICIDAL[severity] if is_suicide else _AFFIRMED[category]
        text = template.format(detail=_detail(findings))
        yield RiskSentence(
            text, _keys({category}, Polarity.AFFIRMED), severity if is_suicide else None
        )


def _detail(findings: Iterable[RiskFinding]) -> str:
    """Name the means, where a trigger names one."""
    terms = " ".join(finding.term for finding in findings)
    found = dict.fromkeys(word for part, word in _DETAILS.items() if part in terms)
    return f" ({', '.join(list(found)[:2])})" if found else ""


def _passive(held: _Held) -> Iterator[RiskSentence]:
    if held.has(RiskCategory.SUICIDE, Polarity.PASSIVE):
        text = "Passive wish to be dead reported."
        yield RiskSentence(text, _keys({RiskCategory.SUICIDE}, Polarity.PASSIVE), Severity.WISH)


def _denied(held: _Held) -> Iterator[RiskSentence]:
    """Say what was denied when asked; "no plan" is told as that, and no more."""
    whole: list[RiskCategory] = []
    for category in RiskCategory:
        denials = [f for f in held.of(category, Polarity.DENIED) if f.is_answer]
        is_whole = any(_is_whole(f) for f in denials)
        if is_whole and held.has(category, Polarity.AFFIRMED):
            text = f"Answers about {_NAMES[category]} varied within the session."
            yield RiskSentence(text, _keys({category}, Polarity.DENIED))
        elif is_whole and held.has(category, Polarity.PASSIVE):
            text = f"Denies active {_NAMES[category]} when asked."
            yield RiskSentence(text, _keys({category}, Polarity.DENIED))
        elif is_whole:
            whole.append(category)
        elif denials:
            yield RiskSentence(_partial(category), _keys({category}, Polarity.DENIED))
    for pair in _pairs(whole):
        yield RiskSentence(f"Denies {_names(pair)} when asked.", _keys(pair, Polarity.DENIED))


def _is_whole(finding: RiskFinding) -> bool:
    return finding.severity is None or finding.severity <= Severity.ACTIVE


def _partial(category: RiskCategory) -> str:
    kind = "suicidal" if category is RiskCategory.SUICIDE else "self-harm"
    return f"Denies {kind} plan or intent when asked."


def _historical(held: _Held) -> Iterator[RiskSentence]:
    for category in RiskCategory:
        findings = held.of(category, Polarity.HISTORICAL)
        if not findings:
            continue
        is_attempt = any(f.severity is Severity.BEHAVIOUR for f in findings)
        is_suicide = category is RiskCategory.SUICIDE
        name = "suicide attempt" if is_suicide and is_attempt else _NAMES[category]
        now = Polarity.AFFIRMED, Polarity.PASSIVE, Polarity.DENIED
        tail = "" if held.has(category, *now) or not is_suicide else "; no current thoughts stated"
        yield RiskSentence(f"Past {name} reported{tail}.", _keys({category}, Polarity.HISTORICAL))


def _other_person(held: _Held) -> Iterator[RiskSentence]:
    found = [c for c in RiskCategory if held.has(c, Polarity.OTHER_PERSON)]
    for pair in _pairs(found):
        names = ", ".join(_SHORT[category] for category in pair)
        text = f"Risk of another person mentioned ({names})."
        yield RiskSentence(text, _keys(pair, Polarity.OTHER_PERSON))


def _hypothetical(held: _Held) -> Iterator[RiskSentence]:
    """Tell what was only supposed, where nothing more is known of it."""
    more = Polarity.AFFIRMED, Polarity.PASSIVE, Polarity.DENIED
    found = [
        c for c in RiskCategory if held.has(c, Polarity.HYPOTHETICAL) and not held.has(c, *more)
    ]
    for pair in _pairs(found):
        text = f"{_names(pair).capitalize()} mentioned only hypothetically."
        yield RiskSentence(text, _keys(pair, Polarity.HYPOTHETICAL))


def _unasked(held: _Held, was_asked: Collection[RiskCategory]) -> Iterator[RiskSentence]:
    """Tell what the patient brought up only to rule it out: no denial, for nobody asked."""
    found = [c for c in RiskCategory if c not in was_asked and _is_unasked(held, c)]
    for pair in _pairs(found):
        text = f"{_names(pair).capitalize()} mentioned by the patient; not asked about."
        yield RiskSentence(text, _keys(pair, Polarity.DENIED))


def _is_unasked(held: _Held, category: RiskCategory) -> bool:
    denials = held.of(category, Polarity.DENIED)
    is_all = len(denials) == len(held.of(category, *Polarity))
    return bool(denials) and is_all and not any(f.is_answer for f in denials)


def _unclear(held: _Held, was_asked: Collection[RiskCategory]) -> Iterator[RiskSentence]:
    clear = Polarity.AFFIRMED, Polarity.PASSIVE, Polarity.HISTORICAL
    found = [
        category
        for category in RiskCategory
        if category in was_asked
        and not held.has(category, *clear)
        and not any(f.is_answer for f in held.of(category, Polarity.DENIED))
    ]
    for pair in _pairs(found):
        yield RiskSentence(f"Asked about {_names(pair)}; no clear answer.", frozenset())


def _pairs(categories: Sequence[RiskCategory]) -> Iterator[Sequence[RiskCategory]]:
    """Put two in a sentence, so that it stays short."""
    for index in range(0, len(categories), 2):
        yield categories[index : index + 2]


def _names(categories: Iterable[RiskCategory]) -> str:
    return " and ".join(_NAMES[category] for category in categories)


def _keys(categories: Iterable[RiskCategory], polarity: Polarity) -> frozenset[Key]:
    return frozenset((category, polarity) for category in categories)
