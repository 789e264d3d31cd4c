"""Findings of a session: the patient's statements, and questions read with their answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from notes.risk.answers import (
    Answer,
    classify,
    is_firm_yes,
    is_passive_answer,
    names_means,
    names_somebody,
    quote_end,
)
from notes.risk.concepts import fold
from notes.risk.context import Sentence, says_past, sentences
from notes.risk.findings import ALERTS, Polarity, RiskCategory, RiskFinding, RiskReading, Severity
from notes.risk.questions import Question, asks, read_question
from notes.risk.triggers import TOPICS, Person, Trigger, find_triggers
from notes.transcript import Speaker, Turn

TOPIC_UTTERANCES = 6
SHORT_REMARK = 60

_ADDRESSES = re.compile(r"\b(?:you|your|yourself)\b")
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|im|i've|ive|i'd|i'll|me|my|myself)\b")
_ECHO = re.compile(
    r"^\W*(?:what|oh|like|so|wait)?\W*(?:(?:do|did) you mean|you mean|are you asking|did i|am i|do"
    r" i|have i|like\b|you think)"
)


class _Role(Enum):
    ASKS = "asks"
    TELLS = "tells"
    UNSURE = "unsure"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Utterance:
    """Part of a turn, or all of it, that one person says."""

    turn_id: int
    role: _Role
    spoken: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.spoken)


def assess_risk(turns: Sequence[Turn]) -> tuple[RiskFinding, ...]:
    """Give the risk findings of a session in order; deterministic, in linear time."""
    return read_risk(turns).findings


def asked_about(turns: Sequence[Turn]) -> frozenset[RiskCategory]:
    """Give what the therapist asked about, answered or not."""
    return read_risk(turns).asked


def read_risk(turns: Sequence[Turn]) -> RiskReading:
    """Give the findings and what was asked, in one pass."""
    reader = _Reader()
    for turn in turns:
        for utterance in _utterances(turn):
            reader.read(utterance)
    return RiskReading(_distinct(reader.findings), frozenset(reader.asked))


class _Reader:
    """What is known while reading: findings, the open question, and the topic."""

    def __init__(self) -> None:
        self.findings: list[RiskFinding] = []
        self.asked: set[RiskCategory] = set()
        self._pending: Question | None = None
        self._topic: RiskCategory | None = None
        self._topic_age = 0

    def read(self, utterance: _Utterance) -> None:
        self._age_topic()
        if utterance.role is _Role.ASKS:
            self._hear_question(utterance)
        elif utterance.role is not _Role.OTHER:
            self._hear_patient(utterance)

    def _hear_question(self, utterance: _Utterance) -> None:
        question, asked = read_question(utterance.turn_id, utterance.spoken, self._topic)
        self.asked |= asked
        if question is not None:
            self._pending = question
            self._talk_of(question.categories)
        elif len(utterance.text) > SHORT_REMARK or any(asks(s) for s in utterance.spoken):
            self._pending = None

    def _hear_patient(self, utterance: _Utterance) -> None:
        question = self._pending
        own = list(_statements(utterance, question, self._topic))
        self.findings += own
        self._talk_of(f.category for f in own if f.polarity is not Polarity.OTHER_PERSON)
        answer = classify(utterance.text)
        if question is not None:
            self.findings += _answered(question, answer, utterance, own)
        if answer is Answer.NO and not any(finding.is_alert for finding in own):
            self._topic = None
        if answer is not Answer.FILLER:
            self._pending = None

    def _talk_of(self, categories: Iterable[RiskCategory]) -> None:
        for category in sorted(set(categories) & TOPICS, key=lambda c: c.value):
            self._topic, self._topic_age = category, 0

    def _age_topic(self) -> None:
        self._topic_age += 1
        if self._topic_age > TOPIC_UTTERANCES:
            self._topic = None


# Who says what


def _utterances(turn: Turn) -> Iterator[_Utterance]:
    spoken = tuple(sentences(fold(turn.text)))
    roles = {
        Speaker.THERAPIST: _Role.ASKS,
        Speaker.PATIENT: _Role.TELLS,
        Speaker.OTHER: _Role.OTHER,
    }
    if turn.speaker in roles:
        yield _Utterance(turn.id, roles[turn.speaker], spoken)
    else:
        yield from _guessed(turn.id, spoken)


def _guessed(turn_id: int, spoken: tuple[Sentence, ...]) -> Iterator[_Utterance]:
    """Without labels, who asks about "you" is the therapist, and all others may be the patient."""
    run: list[Sentence] = []
    for sentence in spoken:
        if _sounds_like_therapist(sentence):
            if run:
                yield _Utterance(turn_id, _Role.UNSURE, tuple(run))
            run = []
            yield _Utterance(turn_id, _Role.ASKS, (sentence,))
        else:
            run.append(sentence)
    if run:
        yield _Utterance(turn_id, _Role.UNSURE, tuple(run))


def _sounds_like_therapist(sentence: Sentence) -> bool:
    if not asks(sentence) or _FIRST_PERSON.search(sentence.text):
        return False
    return sentence.is_question or bool(_ADDRESSES.search(sentence.text))


# What the patient says unasked


def _statements(
    utterance: _Utterance, question: Question | None, topic: RiskCategory | None
) -> Iterator[RiskFinding]:
    for sentence in utterance.spoken:
        for trigger in find_triggers(sentence, topic):
            if _is_echo(sentence, trigger) or _is_reassurance(trigger):
                continue
            if _is_patients(trigger, sentence, utterance.role):
                yield _statement(utterance.turn_id, sentence, trigger, question)


def _is_echo(sentence: Sentence, trigger: Trigger) -> bool:
    """Whether the patient only repeats the question ("You mean, am I suicidal?")."""
    if not sentence.is_question or trigger.concept.is_passive:
        return False
    return bool(_ECHO.match(sentence.text)) or len(sentence.text.split()) <= 3


def _is_reassurance(trigger: Trigger) -> bool:
    """Whether it is "I can stay safe", which is no denial of thoughts."""
    is_safety = trigger.concept.is_inverse and trigger.concept.severity is not None
    return is_safety and trigger.polarity is Polarity.DENIED


def _is_patients(trigger: Trigger, sentence: Sentence, role: _Role) -> bool:
    if role is _Role.TELLS or trigger.person is not Person.UNSAID:
        return role is _Role.TELLS or trigger.person is not Person.LISTENER
    return bool(_FIRST_PERSON.search(sentence.text))


def _statement(
    turn_id: int, sentence: Sentence, trigger: Trigger, question: Question | None
) -> RiskFinding:
    asked = question is not None and _related(trigger.category, question.categories)
    turn_ids = (question.turn_id, turn_id) if question is not None and asked else (turn_id,)
    end = sentence.start + len(sentence.text)
    return RiskFinding(
        trigger.category,
        trigger.polarity,
        trigger.severity,
        turn_ids,
        trigger.concept.rule,
        sentence.start,
        end,
        trigger.term,
    )


def _related(category: RiskCategory, others: Iterable[RiskCategory]) -> bool:
    return any(c is category or {c, category} <= TOPICS for c in others)


# What the patient answers


def _answered(
    question: Question, answer: Answer, utterance: _Utterance, own: Sequence[RiskFinding]
) -> Iterator[RiskFinding]:
    passive = () if any(f.is_alert for f in own) else tuple(_passively(question, utterance))
    yield from passive
    told = (*own, *passive)
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
        return _related(category, alerts) or any(_denies_thoughts(f, category) for f in told)
    return any(f.category is category for f in told)


def _denies_thoughts(finding: RiskFinding, category: RiskCategory) -> bool:
    """Whether it denies the danger as a whole; "no plan" leaves the thoughts standing."""
    is_whole = finding.severity is None or finding.severity <= Severity.ACTIVE
    return finding.category is category and finding.polarity is Polarity.DENIED and is_whole


def _passively(question: Question, utterance: _Utterance) -> Iterator[RiskFinding]:
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
    if answer is Answer.UNCLEAR and question.is_who and names_somebody(text):
        answer = Answer.YES
    if question.is_reflection and not is_firm_yes(text):
        return None
    if answer is Answer.YES:
        return _yes(question, trigger, text)
    if answer is Answer.NO:
        return _no(question, trigger)
    if answer is Answer.NO_LONGER:
        return None if trigger.person is Person.THIRD else Polarity.HISTORICAL
    return None


def _answers_how(trigger: Trigger, text: str) -> bool:
    is_how = trigger.concept.needs_topic and trigger.concept.severity in {
        Severity.METHOD,
        Severity.PLAN,
    }
    return is_how and names_means(text)


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
    question: Question, trigger: Trigger, polarity: Polarity, utterance: _Utterance
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


def _distinct(findings: Iterable[RiskFinding]) -> tuple[RiskFinding, ...]:
    """Give one finding for each danger, sense, means and turn: the gravest, with its question."""
    best: dict[tuple[object, ...], RiskFinding] = {}
    for finding in findings:
        # A means is kept beside a graver plan: the Risk section names it.
        means = finding.rule if finding.rule.startswith("method_") else ""
        key = (finding.turn_ids[-1], finding.category, finding.polarity, means)
        held = best.get(key)
        if held is None or (finding.severity or 0) > (held.severity or 0):
            asked = held.turn_ids if held is not None and held.is_answer else finding.turn_ids
            best[key] = replace(finding, turn_ids=asked)
    return tuple(best.values())
