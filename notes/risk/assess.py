"""Findings of a session: the patient's statements, and questions read with their answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from notes.risk.accident import is_getaway
from notes.risk.answered import answered, related
from notes.risk.answers import Answer, asks_back, classify
from notes.risk.context import Sentence
from notes.risk.findings import ALERTS, Polarity, Reach, RiskCategory, RiskFinding, RiskReading
from notes.risk.past import is_over, says_past
from notes.risk.questions import Question, asks, read_question, supposes
from notes.risk.triggers import PREPARATIONS, TOPICS, Person, Trigger, find_triggers
from notes.risk.utterances import FIRST_PERSON, Role, Utterance, utterances
from notes.transcript import ENGLISH, Turn

LANGUAGES = frozenset({ENGLISH})  # a Spanish "no" is no answer

TOPIC_UTTERANCES = 6
SHORT_REMARK = 60
SHORT_FOLLOW_UP = 24
FEW_WORDS = 6
EVERYDAY = frozenset({"means_looked_at"})
PREPARATIONS_TOGETHER = 2

_WOULD = re.compile(r"\bi(?:'d| would| might| could)\b")
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
    """Give the findings and what was asked, in one pass over the turns in English."""
    reader = _Reader()
    num_unread = 0
    for turn in turns:
        if turn.language in LANGUAGES:
            for utterance in utterances(turn):
                reader.read(utterance)
        else:
            reader.pass_over()
            num_unread += 1
    reach = Reach(len(turns), num_unread)
    return RiskReading(_distinct(reader.findings), frozenset(reader.asked), reach)


class _Reader:
    """What is known while reading: findings, the open question, and the topic."""

    def __init__(self) -> None:
        self.findings: list[RiskFinding] = []
        self.asked: set[RiskCategory] = set()
        self._pending: Question | None = None
        self._topic: RiskCategory | None = None
        self._topic_age = 0
        self._evaded = False
        self._was_past = False
        self._supposed = False

    def read(self, utterance: Utterance) -> None:
        self._age_topic()
        if utterance.role is Role.ASKS:
            self._hear_question(utterance)
        elif utterance.role is not Role.OTHER:
            self._hear_patient(utterance)

    def pass_over(self) -> None:
        """Hear what cannot be read: it may be the answer, so that no later one is."""
        self._age_topic()
        self._pending, self._evaded = None, False

    def _hear_question(self, utterance: Utterance) -> None:
        self._supposed = supposes(utterance.spoken)
        question, asked = read_question(utterance.turn_id, utterance.spoken, self._topic)
        self.asked |= asked
        if question is not None:
            if self._evaded and question.is_reflection:  # "Anything you did on purpose." is asked
                question = replace(question, is_reflection=False)
            self._pending, self._evaded = question, False
            self._talk_of(question.categories)
        elif self._evaded and len(utterance.text) <= SHORT_FOLLOW_UP:
            self._evaded = False  # "Define anything." "Scissors.": it is still being asked
        elif len(utterance.text) > SHORT_REMARK or any(asks(s) for s in utterance.spoken):
            self._pending = None

    def _hear_patient(self, utterance: Utterance) -> None:
        question = self._pending
        own = list(_statements(utterance, question, self._topic))
        if self._supposed:
            own = [_as_supposed(f) if _WOULD.search(utterance.text) else f for f in own]
        if self._was_past and len(utterance.text.split()) <= FEW_WORDS:
            own = [_as_past(finding) for finding in own]
        elif len(utterance.text.split()) > FEW_WORDS:
            self._was_past = says_past(utterance.text)
        self.findings += own
        self._talk_of(f.category for f in own if f.polarity is not Polarity.OTHER_PERSON)
        answer = classify(utterance.text)
        if question is not None and answer is Answer.NO:  # "No. I walk to the sea."
            own = [f for f in own if not (f.is_alert and f.rule in EVERYDAY)]
        if question is not None:
            self.findings += answered(question, answer, utterance, own)
        is_denied = answer is Answer.NO and question is not None
        if is_denied and not any(finding.is_alert for finding in own):
            self._topic = None
        self._evaded = question is not None and asks_back(utterance.text)
        if answer is not Answer.FILLER and not self._evaded:
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
    spoken = utterance.spoken
    found = [find_triggers(sentence, topic) for sentence in spoken]
    raised = _raised(spoken, found) if topic is None else None
    if raised is not None:
        found = [find_triggers(sentence, raised) for sentence in spoken]
    turn = utterance.text
    for index, sentence in enumerate(spoken):
        over = bool(found[index]) and is_over(sentence.text, turn)
        for trigger in found[index]:
            if _is_reassurance(trigger) or is_getaway(trigger.term, turn):
                continue
            if _is_echo(sentence, trigger) and not _is_admitted(spoken[index + 1 :]):
                continue
            if _is_patients(trigger, sentence, utterance.role):
                finding = _statement(utterance, sentence, trigger, question)
                yield _as_past(finding) if over else finding


def _raised(spoken: Iterable[Sentence], found: Iterable[Iterable[Trigger]]) -> RiskCategory | None:
    """Give the topic that a turn brings up anywhere, for what it says before that too."""
    acts: set[str] = set()
    for sentence, triggers in zip(spoken, found, strict=True):
        for trigger in triggers:
            if _is_meant(trigger) and trigger.category in TOPICS:
                return trigger.category
        prepared = find_triggers(sentence, RiskCategory.SUICIDE, PREPARATIONS)
        acts |= {trigger.concept.rule for trigger in prepared if _is_meant(trigger)}
    return RiskCategory.SUICIDE if len(acts) >= PREPARATIONS_TOGETHER else None


def _is_meant(trigger: Trigger) -> bool:
    return trigger.polarity in ALERTS and trigger.person is not Person.LISTENER


def _as_past(finding: RiskFinding) -> RiskFinding:
    """Take what a few words add to a turn about the past as past too ("To kill myself, yeah.")."""
    return replace(finding, polarity=Polarity.HISTORICAL) if finding.is_alert else finding


def _as_supposed(finding: RiskFinding) -> RiskFinding:
    return replace(finding, polarity=Polarity.HYPOTHETICAL) if finding.is_alert else finding


def _is_echo(sentence: Sentence, trigger: Trigger) -> bool:
    """Whether the patient only repeats the question ("You mean, am I suicidal?")."""
    if not sentence.is_question or trigger.concept.is_passive:
        return False
    return bool(_ECHO.match(sentence.text)) or len(sentence.text.split()) <= 3


def _is_admitted(rest: Sequence[Sentence]) -> bool:
    """Whether the patient answers their own question ("Have I thought of it? Course I have.")."""
    return bool(rest) and classify(rest[0].text) is Answer.YES


def _is_reassurance(trigger: Trigger) -> bool:
    """Whether it is "I can stay safe", which is no denial of thoughts."""
    is_safety = trigger.concept.is_inverse and trigger.concept.severity is not None
    return is_safety and trigger.polarity is Polarity.DENIED


def _is_patients(trigger: Trigger, sentence: Sentence, role: Role) -> bool:
    if role is Role.TELLS or trigger.person is not Person.UNSAID:
        return role is Role.TELLS or trigger.person is not Person.LISTENER
    return bool(FIRST_PERSON.search(sentence.text))


def _statement(
    utterance: Utterance, sentence: Sentence, trigger: Trigger, question: Question | None
) -> RiskFinding:
    turn_id = utterance.turn_id
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
