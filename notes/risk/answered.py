"""A question about danger read together with the patient's answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from notes.risk.answers import (
    Answer,
    is_firm_yes,
    is_hedged,
    is_lessening,
    is_passive_answer,
    names_means,
    names_somebody,
    names_time,
    quote_end,
    spares_others,
)
from notes.risk.context import says_past
from notes.risk.findings import ALERTS, Polarity, RiskCategory, RiskFinding, Severity
from notes.risk.questions import Question
from notes.risk.triggers import TOPICS, Person, Trigger
from notes.risk.utterances import Utterance


def related(category: RiskCategory, others: Iterable[RiskCategory]) -> bool:
    """Whether one of `others` is the same danger, or both are suicide and self-harm."""
    return any(c is category or {c, category} <= TOPICS for c in others)


def answered(
    question: Question, answer: Answer, utterance: Utterance, own: Sequence[RiskFinding]
) -> Iterator[RiskFinding]:
    """Give what an answer says of the dangers that were asked about, beside its own words."""
    passive = () if any(f.is_alert for f in own) else tuple(_passively(question, utterance))
    yield from passive
    told = (*own, *passive)
    if is_lessening(utterance.text):  # "Less. Now I only wish …": what became less was there
        told = tuple(f for f in told if f.polarity is not Polarity.PASSIVE)
    for trigger in _gravest(question.triggers):
        polarity = _answer_polarity(question, trigger, answer, utterance.text)
        if polarity is None or _is_told(trigger.category, polarity, told):
            continue
        yield _answer_finding(question, trigger, polarity, utterance)
        if answer is Answer.NO_LONGER and polarity is Polarity.HISTORICAL:
            yield _answer_finding(question, trigger, Polarity.DENIED, utterance)


def _is_told(category: RiskCategory, polarity: Polarity, told: Sequence[RiskFinding]) -> bool:
    """Whether the patient's own words say it better than their yes or no."""
    if polarity in ALERTS:
        alerts = [f.category for f in told if f.is_alert]
        return related(category, alerts) or any(_denies_thoughts(f, category) for f in told)
    return any(f.category is category for f in told)


def _denies_thoughts(finding: RiskFinding, category: RiskCategory) -> bool:
    """Whether it denies the danger as a whole; "no plan" leaves the thoughts standing."""
    is_whole = finding.severity is None or finding.severity <= Severity.ACTIVE
    return finding.category is category and finding.polarity is Polarity.DENIED and is_whole


def _passively(question: Question, utterance: Utterance) -> Iterator[RiskFinding]:
    """Read "Passive thoughts, no plan" as a passive wish, where suicide was asked about."""
    for trigger in _gravest(question.triggers):
        is_suicide = trigger.category is RiskCategory.SUICIDE and trigger.person is not Person.THIRD
        if is_suicide and is_passive_answer(utterance.text):
            finding = _answer_finding(question, trigger, Polarity.PASSIVE, utterance)
            yield replace(finding, severity=Severity.WISH)


def _gravest(triggers: Iterable[Trigger]) -> list[Trigger]:
    best: dict[RiskCategory, Trigger] = {}
    for trigger in triggers:
        held = best.get(trigger.category)
        if held is None or (trigger.severity or 0) > (held.severity or 0):
            best[trigger.category] = trigger
    return list(best.values())


def _answer_polarity(
    question: Question, trigger: Trigger, answer: Answer, text: str
) -> Polarity | None:
    if answer is Answer.UNCLEAR and _answers_how(trigger, text):
        return Polarity.AFFIRMED
    if trigger.concept.is_inverse and trigger.concept.severity is None and is_hedged(text):
        return Polarity.AFFIRMED
    if question.is_reflection and not is_firm_yes(text):
        return None
    return _plainly(question, trigger, _meant(question, trigger, answer, text), text)


def _meant(question: Question, trigger: Trigger, answer: Answer, text: str) -> Answer:
    """Give the answer to this one of several things asked ("Myself yes, anyone else no.")."""
    if answer is Answer.UNCLEAR and question.is_who and names_somebody(text):
        return Answer.YES
    if answer is Answer.YES and trigger.category is RiskCategory.VIOLENCE and spares_others(text):
        return Answer.NO
    return answer


def _plainly(question: Question, trigger: Trigger, answer: Answer, text: str) -> Polarity | None:
    if answer is Answer.YES:
        return _yes(question, trigger, text)
    if answer is Answer.NO:
        return _no(question, trigger)
    if answer is Answer.NO_LONGER and trigger.person is not Person.THIRD:
        return Polarity.HISTORICAL
    return None


def _answers_how(trigger: Trigger, text: str) -> bool:
    is_how = trigger.concept.needs_topic and trigger.concept.severity in {
        Severity.METHOD,
        Severity.PLAN,
    }
    return is_how and (names_means(text) or (_asks_when(trigger) and names_time(text)))


def _asks_when(trigger: Trigger) -> bool:
    return trigger.concept.rule == "plan_day"


def _yes(question: Question, trigger: Trigger, text: str) -> Polarity | None:
    if trigger.person is Person.THIRD:
        return Polarity.OTHER_PERSON
    if trigger.concept.is_inverse:
        # Being able to stay safe is no denial of thoughts; being safe at home is one of harm.
        return Polarity.DENIED if trigger.concept.severity is None else None
    if trigger.is_negated:
        return None
    is_old_attempt = question.is_ever and trigger.severity is Severity.BEHAVIOUR
    if question.is_past or is_old_attempt or says_past(text):
        return Polarity.HISTORICAL
    return Polarity.PASSIVE if trigger.concept.is_passive else Polarity.AFFIRMED


def _no(question: Question, trigger: Trigger) -> Polarity | None:
    if trigger.person is Person.THIRD or question.is_reflection:
        return None
    return Polarity.AFFIRMED if trigger.concept.is_inverse else Polarity.DENIED


def _answer_finding(
    question: Question, trigger: Trigger, polarity: Polarity, utterance: Utterance
) -> RiskFinding:
    start = utterance.spoken[0].start
    return RiskFinding(
        trigger.category,
        polarity,
        trigger.severity,
        (question.turn_id, utterance.turn_id),
        f"{trigger.concept.rule}+answer",
        start,
        start + quote_end(utterance.text),
        trigger.term,
    )
