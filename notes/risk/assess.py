"""Findings of a session: the patient's statements, and questions read with their answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from notes.risk.answered import answered, related
from notes.risk.answers import Answer, classify
from notes.risk.context import Sentence
from notes.risk.findings import ALERTS, Polarity, RiskCategory, RiskFinding, RiskReading
from notes.risk.questions import Question, asks, read_question
from notes.risk.triggers import TOPICS, Person, Trigger, find_triggers
from notes.risk.utterances import FIRST_PERSON, Role, Utterance, utterances
from notes.transcript import Turn

TOPIC_UTTERANCES = 6
SHORT_REMARK = 60
PREPARATION = "prep_"
PREPARATIONS_TOGETHER = 2

_ECHO = re.compile(
    r"^\W*(?:what|oh|like|so|wait)?\W*(?:(?:do|did) you mean|you mean|are you asking|did i|am i|do"
    r" i|have i|like\b|you think)"
)


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
        for utterance in utterances(turn):
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

    def read(self, utterance: Utterance) -> None:
        self._age_topic()
        if utterance.role is Role.ASKS:
            self._hear_question(utterance)
        elif utterance.role is not Role.OTHER:
            self._hear_patient(utterance)

    def _hear_question(self, utterance: Utterance) -> None:
        question, asked = read_question(utterance.turn_id, utterance.spoken, self._topic)
        self.asked |= asked
        if question is not None:
            self._pending = question
            self._talk_of(question.categories)
        elif len(utterance.text) > SHORT_REMARK or any(asks(s) for s in utterance.spoken):
            self._pending = None

    def _hear_patient(self, utterance: Utterance) -> None:
        question = self._pending
        own = list(_statements(utterance, question, self._topic))
        self.findings += own
        self._talk_of(f.category for f in own if f.polarity is not Polarity.OTHER_PERSON)
        answer = classify(utterance.text)
        if question is not None:
            self.findings += answered(question, answer, utterance, own)
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


# What the patient says unasked


def _statements(
    utterance: Utterance, question: Question | None, topic: RiskCategory | None
) -> Iterator[RiskFinding]:
    topic = topic or _raised(utterance)
    for sentence in utterance.spoken:
        for trigger in find_triggers(sentence, topic):
            if _is_echo(sentence, trigger) or _is_reassurance(trigger):
                continue
            if _is_patients(trigger, sentence, utterance.role):
                yield _statement(utterance.turn_id, sentence, trigger, question)


def _raised(utterance: Utterance) -> RiskCategory | None:
    """Give the topic that an utterance brings up anywhere, for what it says before that too."""
    acts: set[str] = set()
    for sentence in utterance.spoken:
        for trigger in find_triggers(sentence, RiskCategory.SUICIDE):
            is_meant = trigger.polarity in ALERTS and trigger.person is not Person.LISTENER
            if is_meant and not trigger.concept.needs_topic and trigger.category in TOPICS:
                return trigger.category
            if is_meant and trigger.concept.rule.startswith(PREPARATION):
                acts.add(trigger.concept.rule)
    return RiskCategory.SUICIDE if len(acts) >= PREPARATIONS_TOGETHER else None


def _is_echo(sentence: Sentence, trigger: Trigger) -> bool:
    """Whether the patient only repeats the question ("You mean, am I suicidal?")."""
    if not sentence.is_question or trigger.concept.is_passive:
        return False
    return bool(_ECHO.match(sentence.text)) or len(sentence.text.split()) <= 3


def _is_reassurance(trigger: Trigger) -> bool:
    """Whether it is "I can stay safe", which is no denial of thoughts."""
    is_safety = trigger.concept.is_inverse and trigger.concept.severity is not None
    return is_safety and trigger.polarity is Polarity.DENIED


def _is_patients(trigger: Trigger, sentence: Sentence, role: Role) -> bool:
    if role is Role.TELLS or trigger.person is not Person.UNSAID:
        return role is Role.TELLS or trigger.person is not Person.LISTENER
    return bool(FIRST_PERSON.search(sentence.text))


def _statement(
    turn_id: int, sentence: Sentence, trigger: Trigger, question: Question | None
) -> RiskFinding:
    asked = question is not None and related(trigger.category, question.categories)
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
