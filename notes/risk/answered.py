"""A question about danger read together with the patient's answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from notes.risk.accident import is_accident
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
    says_no,
    spares_others,
    tells_first,
)
from notes.risk.answers_dangers import contradicts, is_little, owns_up, turned
from notes.risk.findings import ALERTS, Polarity, RiskCategory, RiskFinding, Severity
from notes.risk.past import is_now, says_past
from notes.risk.questions import Question
from notes.risk.triggers import TOPICS, Person, Trigger
from notes.risk.utterances import Utterance

WHEN = frozenset({"plan_day", "asked_plan", "asked_means"})
_OPEN = frozenset({Answer.UNCLEAR, Answer.IMPLIED})


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
    if question.is_if:
        return None if answer in {Answer.FILLER, Answer.NO} else Polarity.HYPOTHETICAL
    if _answers_how(trigger, text) and (answer in _OPEN or tells_first(text)):
        return Polarity.AFFIRMED
    if trigger.concept.is_inverse and trigger.concept.severity is None and is_hedged(text):
        return Polarity.AFFIRMED
    is_taken_up = question.is_echo and answer is Answer.IMPLIED
    is_unclear = answer is not Answer.NO and not is_taken_up and not is_firm_yes(text)
    if question.is_reflection and is_unclear:
        return None
    return _plainly(question, trigger, _meant(question, trigger, answer, text), text)


def _meant(question: Question, trigger: Trigger, answer: Answer, text: str) -> Answer:
    """Give the answer to this one of several things asked ("Myself yes, anyone else no.")."""
    if trigger.category not in TOPICS:
        answer = turned(answer, text) if question.is_over else answer
        settled = _meant_of_danger(question, trigger, answer, text)
        if settled is not None:
            return settled
    if answer in _OPEN and question.is_who and names_somebody(text):
        return Answer.YES
    if answer is Answer.IMPLIED:
        return _meant_unsaid(question, trigger, text)
    if answer is Answer.YES and trigger.category is RiskCategory.VIOLENCE and spares_others(text):
        return Answer.NO
    return answer


def _meant_of_danger(
    question: Question, trigger: Trigger, answer: Answer, text: str
) -> Answer | None:
    """Give what settles a question about anything but suicide and self-harm."""
    if question.is_who and owns_up(text):
        return Answer.YES
    if trigger.category is RiskCategory.SUBSTANCE and is_little(text):
        return Answer.UNCLEAR
    if trigger.concept.is_inverse and answer is Answer.IMPLIED:
        return Answer.UNCLEAR
    return None


def _meant_unsaid(question: Question, trigger: Trigger, text: str) -> Answer:
    """Read what is neither yes nor no and takes the question up."""
    if trigger.category is RiskCategory.SELF_HARM and is_accident(text):
        return Answer.NO
    is_taken_up = question.is_direct or question.is_echo or trigger.person is Person.THIRD
    return Answer.YES if is_taken_up else Answer.UNCLEAR


def _plainly(question: Question, trigger: Trigger, answer: Answer, text: str) -> Polarity | None:
    if question.is_safety and not trigger.concept.is_inverse:
        answer = _OPPOSITE.get(answer, answer)
    if answer is Answer.YES:
        return _yes(question, trigger, text)
    if answer is Answer.NO:
        return _no(question, trigger, text)
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
    return trigger.concept.rule in WHEN


def _yes(question: Question, trigger: Trigger, text: str) -> Polarity | None:
    if trigger.person is Person.THIRD:
        return Polarity.OTHER_PERSON
    if trigger.concept.is_inverse:
        # Being able to stay safe is no denial of thoughts; being safe at home is one of harm.
        return Polarity.DENIED if trigger.concept.severity is None else None
    if trigger.is_negated and not question.is_tagged and not contradicts(text):
        return None
    is_attempt = question.is_ever and trigger.severity is Severity.BEHAVIOUR
    is_old_attempt = is_attempt and not is_now(text)
    if question.is_past or is_old_attempt or says_past(text):
        return Polarity.HISTORICAL
    return Polarity.PASSIVE if trigger.concept.is_passive else Polarity.AFFIRMED


_OPPOSITE = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}


def _no(question: Question, trigger: Trigger, text: str) -> Polarity | None:
    is_unasked = question.is_reflection and not question.is_echo and not says_no(text)
    if trigger.person is Person.THIRD or is_unasked:
        return None
    if not trigger.concept.is_inverse:
        return Polarity.DENIED
    return Polarity.PASSIVE if trigger.concept.is_passive else Polarity.AFFIRMED


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
