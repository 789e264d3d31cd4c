"""Sentences of the session itself for a section: chosen by who says them, how, and when."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from notes.risk import RiskFinding, unmark
from notes.sentences import content_words, cut_words, num_words, split_sentences
from notes.style import SectionStyle
from notes.transcript import Speaker, Turn


class _When(Enum):
    """Which part of the session a section's sentences mostly come from."""

    EARLY = "early"
    ANY = "any"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class _Cue:
    """How a section's sentences are recognised: who says them, how, and when in the session."""

    speaker: Speaker
    words: re.Pattern[str]
    when: _When = _When.ANY


def _cue(speaker: Speaker, words: str, when: _When = _When.ANY) -> _Cue:
    return _Cue(speaker, re.compile(rf"\b(?:{words})\b", re.IGNORECASE), when)


_CUES = {
    "chief_complaint": _cue(
        Speaker.PATIENT,
        r"because|problem|trouble|hard|difficult|struggl\w*|can['’]t|cannot|since|worr\w+|stress\w*"
        r"|argu\w+|lost|work|job|sleep\w*|panic\w*|drink\w*|alone|pressure|fight\w*|pain|avoid\w*",
        _When.EARLY,
    ),
    "emotional_state": _cue(
        Speaker.PATIENT,
        r"feel\w*|felt|mood|sad\w*|anxious|anxiety|angry|anger|afraid|scared|fear\w*|numb|guilt\w*"
        r"|ashamed|shame|hopeless\w*|hopeful|tired|exhaust\w*|overwhelm\w*|lonely|happy|calm\w*"
        r"|depress\w*|irritab\w*|nervous|empty|relie\w+|cry\w*|cried|tense|proud|better|worse",
    ),
    "intervention": _cue(
        Speaker.THERAPIST,
        r"let['’]?s|try|practi[cs]e\w*|notice|breath\w*|exercise|technique|skill\w*|thought record"
        r"|restructur\w*|ground\w*|reframe\w*|explore|evidence|imagine|mindful\w*|validate|it makes"
        r" sense|worksheet|role[- ]?play|challenge",
    ),
    "plan": _cue(
        Speaker.THERAPIST,
        r"next (?:week|session|time)|homework|this week|until|before we|plan|schedule\w*"
        r"|follow[- ]up|continue|tomorrow|every day|daily|keep (?:a|using)|assign\w*",
        _When.LATE,
    ),
}
# The sections of other styles that ask for the same thing.
_SAME_AS = {
    "subjective": "chief_complaint",
    "data": "chief_complaint",
    "behavior": "chief_complaint",
    "response": "emotional_state",
    "latest_session": "chief_complaint",
    "themes": "chief_complaint",
    "emotional_course": "emotional_state",
    "progress": "emotional_state",
}
_MIN_WORDS = 4  # shorter answers ("Yes.", "I think so.") say nothing by themselves
_MIN_QUESTION_WORDS = 6  # shorter ones ("And then?") only keep the talk going
_MARKUP = re.compile(r"[<>|`*{}]")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence that was said: where it stands, in which turn, who said it, and its words."""

    position: int
    turn_id: int
    speaker: Speaker
    text: str


def spoken_lines(turns: Iterable[Turn]) -> list[Line]:
    """Return every sentence in order, without marks and markup."""
    sentences = ((turn, sentence) for turn in turns for sentence in split_sentences(turn.text))
    return [
        Line(position, turn.id, turn.speaker, clean)
        for position, (turn, sentence) in enumerate(sentences)
        if (clean := _MARKUP.sub("", unmark(sentence)).strip())
    ]


def statements(turns: Sequence[Turn], findings: Sequence[RiskFinding]) -> list[Line]:
    """Return what was stated; questions, short answers and what the Risk section tells are not."""
    told = {turn_id for finding in findings for turn_id in finding.turn_ids}
    return [
        line
        for line in spoken_lines(turns)
        if line.turn_id not in told
        and not line.text.endswith("?")
        and num_words(line.text) >= _MIN_WORDS
    ]


def questions(turns: Iterable[Turn]) -> list[Line]:
    """Return what the therapist asked at some length."""
    return [
        line
        for line in spoken_lines(turns)
        if line.speaker is Speaker.THERAPIST
        and line.text.endswith("?")
        and num_words(line.text) >= _MIN_QUESTION_WORDS
    ]


def extract_section(section: SectionStyle, lines: Sequence[Line]) -> str:
    """Return the best sentences for one section, or "" when nothing of the kind was said."""
    if not section.heading:
        return fill(by_weight(lines, set()), section.max_words, section.max_words)
    cue = _CUES.get(_SAME_AS.get(section.key, section.key))
    if cue is None:
        return ""
    scored = [(_score(line, cue, len(lines)), line) for line in lines]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return fill([line for _, line in best], section.max_words, section.max_words)


def by_weight(lines: Sequence[Line], urgent: Container[int]) -> list[Line]:
    """Return the sentences that hold most of the text's frequent words first; urgent before all."""
    words = [content_words(line.text) for line in lines]
    counts = Counter(word for group in words for word in group)

    def weight(index: int) -> tuple[bool, float]:
        group = words[index]
        mean = sum(counts[word] for word in group) / max(len(group), 4)
        return lines[index].turn_id in urgent, mean

    order = sorted(range(len(lines)), key=weight, reverse=True)
    return [lines[index] for index in order]


def fill(order: Iterable[Line], target_words: int, max_words: int) -> str:
    """Return the first sentences that fit, in the session's order, each turn after its speaker."""
    chosen: list[Line] = []
    count = 0
    best: Line | None = None
    for line in order:
        best = best or line
        cost = num_words(line.text) + 1  # the speaker's label
        if count + cost <= max_words:
            chosen.append(line)
            count += cost
        if count >= target_words:
            break
    if best is not None and not chosen:
        return cut_words(_render([best]), max_words)
    return _render(sorted(chosen, key=lambda line: line.position))


def _score(line: Line, cue: _Cue, num_lines: int) -> float:
    """Return how well a sentence suits a section; 0 when its speaker or its words do not.

    Whatever the patient says early may be the complaint, but words that complain count more.
    """
    if line.speaker not in (cue.speaker, Speaker.UNKNOWN):
        return 0.0
    hits = len({match.group().casefold() for match in cue.words.finditer(line.text)})
    place = line.position / max(num_lines, line.position + 1)
    match cue.when:
        case _When.EARLY:
            return hits + 1 - place
        case _When.ANY:
            return float(hits)
        case _When.LATE:
            return hits + place if hits else 0.0
        case _:
            assert_never(cue.when)


def _render(lines: Sequence[Line]) -> str:
    parts: list[str] = []
    speaker: Speaker | None = None
    for line in lines:
        is_same = line.speaker in (speaker, Speaker.UNKNOWN)
        parts.append(line.text if is_same else f"{line.speaker.value}: {line.text}")
        speaker = line.speaker
    return " ".join(parts)
