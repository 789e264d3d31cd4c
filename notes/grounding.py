"""What in a session bears a sentence of its note out: a score, and the turns to look at.

The floor is the best of the published scores without weights: the largest IDF-weighted overlap of a
sentence's words with a window of six consecutive utterances (TN-Eval: Spearman .495 with human
faithfulness). Here inflection, spelling and kin by meaning are folded, and what words alone do not
show takes away from the score: who said it, of whom, what was denied, and words that nobody said.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from notes.lexemes import is_near, kin, stem, words
from notes.parsing import NOTHING_WRITTEN, NoteDraft
from notes.risk import RiskReading, is_notice, risk_sentences, unmark
from notes.sentences import split_sentences
from notes.transcript import Speaker, Transcript, Turn

WINDOW_TURNS = 6
# From here on a sentence counts as supported: of labelled sentences that nobody said 5 % reach it,
# of true ones 56 % (docs/quality.md).
SUPPORTED = 0.35


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far a session bears a sentence out, from 0 to 1, and the turns that do, in order."""

    section: str
    sentence: str
    score: float
    turn_ids: tuple[int, ...]

    @property
    def is_supported(self) -> bool:
        """Tell whether it counts as said in the session."""
        return self.score >= SUPPORTED

    def details(self) -> dict[str, object]:
        """Return plain JSON values without the sentence's words."""
        return {
            "section": self.section,
            "score": self.score,
            "is_supported": self.is_supported,
            "turn_ids": list(self.turn_ids),
        }


def ground_note(
    draft: NoteDraft, transcript: Transcript, reading: RiskReading | None = None
) -> tuple[Evidence, ...]:
    """Return the evidence of each sentence of a note, in order; sections without content none.

    What is written of risk by rule rests on the turns of its findings, where `reading` has them.
    """
    return Grounding(transcript.turns).of_note(draft, reading)


def _by_rule(reading: RiskReading) -> dict[str, tuple[int, ...]]:
    """Return the sentences that the rules write, with the turns of the findings they tell."""
    return {
        sentence.text: tuple(
            sorted(
                {
                    turn_id
                    for finding in reading.findings
                    if (finding.category, finding.polarity) in sentence.keys
                    for turn_id in finding.turn_ids
                }
            )
        )
        for sentence in risk_sentences(reading.findings, was_asked=reading.asked)
    }


# Weights were set on the development half of the labelled sentences (docs/quality.md).
_KIN_QUALITY = 0.6
_NEAR_QUALITY = 0.9
_OTHER_PERSON = 0.3
_OTHER_SENSE = 0.25
_NEGATION_REACH = 5  # words
_QUOTED_WORDS = 3  # fewer may stand anywhere
_LABEL = re.compile(r"(Therapist|Patient|Other|Speaker): ")
# What the therapist did, not what is going to happen.
_SPOKEN_OF = re.compile(
    r"(?:The )?(?:Therapist|Clinician|Counsell?or) (?!will\b|and\b)", re.IGNORECASE
)

# What notes say of anybody, and words that carry no matter of their own.
_STOPS = frozenset(
    stem(word)
    for word in (  # noqa: SIM905 - as text
        "a about after all also am an and any are around as ask at be because been before being "
        "both but by can client could did discuss do does during each for from further get go "
        "had has have he her hers him his how i if in into is it its just like made make me more "
        "most my no nor not now of off on once only or other our out over own patient per really "
        "report said same say says session she should so some such tell than that the their them "
        "then there therapist these they thing think this those through to today told too under "
        "until up use very want was way we week well were what when where whether which while who "
        "whom why will with without would yes you your describe state mention express feel seem "
        "identify experience note currently regarding related including denies deny explore talk "
        "myself yourself himself herself themself themselves oneself ourselves yourselves"
    ).split()
)
_NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor without deny denies denied refuse refuses "  # noqa: SIM905 - as text
    "refused decline declines declined stop stopped hardly poor lack lacks unable difficulty "
    "difficulties trouble struggle struggles struggling".split()
)
_NO = frozenset(("no", "nope", "nah", "never", "not"))
_ROLES = dict.fromkeys(("therapist", "clinician", "counselor", "counsellor"), Speaker.THERAPIST)
_ROLES |= dict.fromkeys(("patient", "client", "pt"), Speaker.PATIENT)
_LISTENERS = {Speaker.PATIENT: Speaker.THERAPIST, Speaker.THERAPIST: Speaker.PATIENT}
_ARTICLES = frozenset(("my", "your", "his", "her", "their", "our", "the", "a", "an"))
_OTHERS = frozenset(
    "he she they mother mum mom mam father dad parents sister brother son daughter husband wife "  # noqa: SIM905 - as text
    "partner boyfriend girlfriend ex friend boss manager teacher doctor neighbour neighbor nan "
    "gran grandmother grandfather uncle aunt cousin kids children boys girls people everyone "
    "somebody someone nobody".split()
)
# A kin word after one of these begins what that person does; elsewhere it is an object.
_OPENERS = frozenset("that because and but when so while if then although since as".split())  # noqa: SIM905 - as text
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())  # noqa: SIM905 - as text
_CLAUSE_ENDS = re.compile(r"[.,;:!?—–]")
_TOKEN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Term:
    """A content word at its place: whether it is denied there, and whose doing it is."""

    stem: str
    is_negated: bool
    actor: Speaker | None = None

    @property
    def sense(self) -> "_Sense":
        """Return in which sense the word stands."""
        return self.is_negated, self.actor


_Sense = tuple[bool, Speaker | None]


class Grounding:
    """Holds sentences against one session; made once for all of them."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = tuple(turns)

    def evidence(self, sentence: str, section: str = "") -> Evidence:
        """Return how far the session bears a sentence out; a sentence of no matter scores 0."""
        if turn_ids := self._quoted(sentence):
            return Evidence(section, sentence, 1.0, turn_ids)
        terms = list(dict.fromkeys(_terms(sentence, _Actors.of_note(self._names))))
        if not terms or not self._turns:
            return Evidence(section, sentence, 0.0, ())
        weights = [self._weight(term.stem) for term in terms]
        is_spoken_of = _SPOKEN_OF.match(sentence) is not None
        matches = [self._matches(term, is_spoken_of) for term in terms]
        score, first = max(
            ((_score(weights, matches, start), -start) for start in self._starts(matches)),
            default=(0.0, 0),
        )
        window = range(-first, -first + WINDOW_TURNS)
        held = sorted({place for found in matches for place in found if place in window})
        turn_ids = tuple(self._turns[place].id for place in held)
        return Evidence(section, sentence, round(score, 4), turn_ids)

    def _quoted(self, sentence: str) -> tuple[int, ...]:
        """Return the first turn that holds a sentence word for word, behind its label or not."""
        label = _LABEL.match(sentence)
        said = sentence[label.end() if label else 0 :].rstrip("….").casefold()
        if said.count(" ") < _QUOTED_WORDS - 1:
            return ()
        found = (
            turn.id
            for turn in self._turns
            if said in turn.text.casefold() and (not label or turn.speaker.value == label[1])
        )
        return tuple(islice(found, 1))

    def of_note(self, draft: NoteDraft, reading: RiskReading | None = None) -> tuple[Evidence, ...]:
        """Return the evidence of each sentence of a note; see `ground_note`."""
        by_rule = _by_rule(reading) if reading is not None else {}
        return tuple(
            Evidence(section.key, sentence, 1.0, by_rule[sentence])
            if sentence in by_rule
            else self.evidence(sentence, section.key)
            for section in draft.sections
            if section.is_discussed
            for sentence in split_sentences(unmark(section.text))
            if sentence not in NOTHING_WRITTEN and not is_notice(sentence)
        )

    @cached_property
    def _places(self) -> dict[str, dict[int, set[_Sense]]]:
        """Return the turns that hold each stem, and in which senses."""
        places: dict[str, dict[int, set[_Sense]]] = defaultdict(lambda: defaultdict(set))
        for place, turn in enumerate(self._turns):
            is_refused = self._is_refused(place)
            for term in _terms(turn.text, _Actors.of_turn(turn.speaker, self._names)):
                places[term.stem][place].add((term.is_negated ^ is_refused, term.actor))
        return places

    @cached_property
    def _names(self) -> frozenset[str]:
        return _names(self._turns)

    @cached_property
    def _by_letters(self) -> dict[str, list[str]]:
        """Return the session's stems by their first three letters."""
        found: dict[str, list[str]] = defaultdict(list)
        for known in self._places:
            found[known[:3]].append(known)
        return found

    def _is_refused(self, place: int) -> bool:
        """Tell whether a turn is a question that is answered with a no."""
        turn = self._turns[place]
        if turn.speaker is not Speaker.THERAPIST or not turn.text.endswith("?"):
            return False
        if place + 1 == len(self._turns) or self._turns[place + 1].speaker is Speaker.THERAPIST:
            return False
        return next(words(self._turns[place + 1].text), "") in _NO

    def _weight(self, stem_: str) -> float:
        """Return the IDF over turns; a word that nobody said counts as one that was said once."""
        num_turns = max(1, len(self._places.get(stem_, ())))
        return math.log(1 + len(self._turns) / num_turns)

    def _matches(self, term: _Term, is_spoken_of: bool) -> dict[int, float]:
        """Return the turns that hold a word, the same or its like, with how well they do.

        A therapist who asks "Do you hurt yourself?" has asked it, whoever it is about and whatever
        the answer was: of what the therapist spoke of, the therapist's turns hold every sense.
        """
        found: dict[int, float] = {}
        for known, quality in self._likes(term.stem):
            for place, senses in self._places[known].items():
                is_said = is_spoken_of and self._turns[place].speaker is Speaker.THERAPIST
                agreement = 1.0 if is_said else max(_agreement(term.sense, s) for s in senses)
                found[place] = max(quality * agreement, found.get(place, 0.0))
        return found

    def _likes(self, stem_: str) -> Iterator[tuple[str, float]]:
        if stem_ in self._places:
            yield stem_, 1.0
        for other in self._by_letters.get(stem_[:3], ()):
            if other != stem_ and is_near(stem_, other):
                yield other, _NEAR_QUALITY
        for other in kin(stem_):
            if other in self._places:
                yield other, _KIN_QUALITY

    def _starts(self, matches: Iterable[dict[int, float]]) -> set[int]:
        last = max(0, len(self._turns) - WINDOW_TURNS)
        return {
            min(last, max(0, place - back))
            for found in matches
            for place in found
            for back in range(WINDOW_TURNS)
        }


def _score(weights: Sequence[float], matches: Sequence[dict[int, float]], start: int) -> float:
    window = range(start, start + WINDOW_TURNS)
    held = sum(
        weight * max((found.get(place, 0.0) for place in window), default=0.0)
        for weight, found in zip(weights, matches, strict=True)
    )
    # As if two more rare words had not been said: one or two that recur are little evidence.
    return held / (sum(weights) + 2 * max(weights))


def _agreement(one: _Sense, other: _Sense) -> float:
    """Return how well two senses of a word agree; an actor who is not known is nobody else."""
    value = 1.0 if one[0] == other[0] else _OTHER_SENSE
    is_other_actor = one[1] is not None and other[1] is not None and one[1] is not other[1]
    return value * (_OTHER_PERSON if is_other_actor else 1.0)


@dataclass(frozen=True, slots=True)
class _Actors:
    """Who "I", "you" and "she" are in a text, who acts where nobody is named, and the names."""

    me: Speaker | None
    you: Speaker | None
    she: Speaker | None
    unnamed: Speaker | None
    names: frozenset[str]

    @classmethod
    def of_note(cls, names: frozenset[str]) -> "_Actors":
        """Return those of a note, which is about the patient."""
        return cls(None, None, Speaker.PATIENT, Speaker.PATIENT, names)

    @classmethod
    def of_turn(cls, speaker: Speaker, names: frozenset[str]) -> "_Actors":
        """Return those of what somebody said."""
        you = _LISTENERS.get(speaker)
        return cls(you and speaker, you, you and Speaker.OTHER, None, names)

    def actor(self, word: str, before: str, now: Speaker | None) -> Speaker | None:
        """Return who acts from this word on, given the word before and who acted so far."""
        if word in _ROLES:
            return _ROLES[word]
        if word in ("i", "we", "you"):
            return self.you if word == "you" else self.me
        if word in ("he", "she", "they"):
            return self.she
        is_begun = not before or before in _OPENERS
        return Speaker.OTHER if is_begun and (word in _OTHERS or word in self.names) else now


def _terms(text: str, actors: _Actors) -> Iterator[_Term]:
    """Yield a text's content words in order, each in its sense: its negation and its actor."""
    actor = actors.unnamed
    for clause in _CLAUSE_ENDS.split(text):
        since = _NEGATION_REACH
        before = ""
        for word in words(clause):
            since = 0 if word in _NEGATIONS else since + 1
            actor = actors.actor(word, before, actor)
            each = stem(word)
            if each not in _STOPS and len(each) > 1:
                yield _Term(each, 0 < since <= _NEGATION_REACH, actor)
            before = before if word in _ARTICLES else word


def _names(turns: Iterable[Turn]) -> frozenset[str]:
    """Return the names of whom is spoken of: capitals inside a clause, never in small letters.

    Who is addressed ("Well, Maya, …") is here; nobody else.
    """
    capital: set[str] = set()
    small: set[str] = set()
    addressed: set[str] = set()
    for turn in turns:
        for clause in _CLAUSE_ENDS.split(turn.text):
            tokens = _TOKEN.findall(clause)
            capital.update(token.casefold() for token in tokens[1:] if token.istitle())
            small.update(token for token in tokens if token.islower())
            addressed.update(token.casefold() for token in tokens if len(tokens) == 1)
    return frozenset(capital - small - addressed - _DAYS)
