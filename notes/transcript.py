"""What was said: turns with speakers, and where each stands in the original text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from notes.speaker import INLINE_ROLES, Speaker, is_numbered, resolve, role_of

__all__ = ["Speaker", "Transcript", "Turn", "normalise", "parse_transcript", "render_turns"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance: `id` counts from 1; `text` is normalised; `original[start:end]` is its source.

    `label` is the transcript's own name for a speaker who is neither therapist nor patient.
    """

    id: int
    speaker: Speaker
    text: str
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session's turns in order, beside the text as it came."""

    original: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line or a part of one: the words from `start` on, behind a label or what looks like one."""

    label: str | None
    label_start: int
    start: int
    end: int


_Spans = list[tuple[int, int]]

# An unlabelled turn is closed at the first sentence end after so many words.
_UNLABELLED_WORDS = 60

# Every repetition is bounded where it could be tried again from another place: matching is linear.
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_TIME = r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?"
_LABEL = r"[^\W\d_][^:\[\]<>(){}*\t]{0,39}?"
_LABELLED = re.compile(
    rf"[ \t>#\ufeff-]{{0,8}}(?:{_TIME}[ \t-]{{0,3}})?"
    rf"(?:<v(?:\.\w{{1,20}})? (?P<voice>{_LABEL})>"
    rf"|\[(?P<square>{_LABEL})\][ \t]{{0,3}}:?"
    rf"|\*{{0,2}}(?P<plain>{_LABEL})[ \t]{{0,3}}\*{{0,2}}(?:{_TIME}[ \t]{{0,3}})?:(?!//)\*{{0,2}})"
)
# A label alone on its line, as meeting recorders write it, with or without the time.
_ALONE = re.compile(rf"[ \t]{{0,8}}(?P<alone>{_LABEL})(?:[ \t]{{1,8}}{_TIME})?[ \t]{{0,8}}$")
_INLINE = re.compile(
    rf"(?<=[.!?…\"”’)\]])\s{{1,8}}(?P<role>(?:{INLINE_ROLES})(?: \d)?) ?:(?=\s|$)"
    rf"|\[(?P<bracket>{INLINE_ROLES}|{INLINE_ROLES.lower()})\] ?:?"
)
_TIME_FIRST = re.compile(r"[ \t]{0,8}[\[(]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]")
_CUE = re.compile(rf"[ \t]{{0,8}}{_TIME}[ \t]{{0,8}}-->")
_CUE_NUMBER = re.compile(r"\s{0,8}\d{1,6}\s{0,8}")
_CAPTION_TAG = re.compile(r"</?[cvbiu](?:[ .][^<>]{0,40})?>")
_SENTENCE_END = re.compile(r"[.!?…]{1,8}[\"'”’)\]]{0,4}\s")


def normalise(text: str) -> str:
    """Return the text in NFC with single spaces, without invisible and invalid characters."""
    table: dict[int, str | None] = {}
    for char in set(text):
        if char.isspace():
            table[ord(char)] = " "
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            # Format characters too: an invisible one inside a word must not hide it from a rule.
            table[ord(char)] = None
    return " ".join(unicodedata.normalize("NFC", text.translate(table)).split())


def parse_transcript(text: str) -> Transcript:
    """Read a transcript of any form; never raises, and is linear in the text's length.

    Lines without a label continue the turn before them; text without any label becomes turns of
    a few sentences by an unknown speaker.
    """
    pieces = list(_pieces(text))
    speakers = resolve(piece.label for piece in pieces if piece.label is not None)
    turns: list[Turn] = []
    for label, spans in _groups(text, pieces, speakers):
        words = normalise(" ".join(_CAPTION_TAG.sub(" ", text[a:b]) for a, b in spans))
        if words:
            turns.append(_turn(len(turns) + 1, speakers, label, words, _extent(text, spans)))
    return Transcript(text, tuple(turns))


def render_turns(turns: Iterable[Turn]) -> str:
    """Return the turns as lines that begin with who speaks."""
    return "\n".join(f"{turn.label or turn.speaker.value}: {turn.text}" for turn in turns)


def _turn(
    turn_id: int, speakers: dict[str, Speaker], label: str, words: str, extent: tuple[int, int]
) -> Turn:
    speaker = speakers.get(label, Speaker.UNKNOWN)
    is_named = speaker in (Speaker.OTHER, Speaker.UNKNOWN)
    return Turn(turn_id, speaker, words, *extent, label=label if is_named else "")


def _extent(text: str, spans: _Spans) -> tuple[int, int]:
    """Return where the words begin and end, without the white space around them."""
    start, end = spans[0][0], spans[-1][1]
    whole = text[start:end]
    return start + len(whole) - len(whole.lstrip()), end - len(whole) + len(whole.rstrip())


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the lines that hold speech, cut where a new label stands inside one."""
    lines = list(_LINE.finditer(text))
    for line, following in zip_longest(lines, lines[1:]):
        if not _is_caption_machinery(line, following):
            yield from _split_line(text, line.start(), line.end())


def _is_caption_machinery(line: re.Match[str], following: re.Match[str] | None) -> bool:
    """Say whether a line is WebVTT's or SRT's own: header, cue number or cue time."""
    if _CUE.match(line.group()) or (line.start() <= 1 and "WEBVTT" in line.group()[:7]):
        return True
    is_number = _CUE_NUMBER.fullmatch(line.group()) is not None
    return is_number and following is not None and _CUE.match(following.group()) is not None


def _split_line(text: str, start: int, end: int) -> Iterator[_Piece]:
    label, label_start, start = _first_label(text, start, end)
    for match in _INLINE.finditer(text, start, end):
        yield _Piece(label, label_start, start, match.start())
        label, label_start, start = match["role"] or match["bracket"], match.start(), match.end()
    yield _Piece(label, label_start, start, end)


def _first_label(text: str, start: int, end: int) -> tuple[str | None, int, int]:
    """Return the label at a line's beginning, or None, where it stands, and where words begin."""
    match = _ALONE.match(text, start, end)
    if match and _may_stand_alone(match["alone"]):
        return normalise(match["alone"]), start, end
    if match := _LABELLED.match(text, start, end):
        label = match["voice"] or match["square"] or match["plain"]
        return normalise(label), start, match.end()
    time = _TIME_FIRST.match(text, start, end)
    return None, start, time.end() if time else start


def _may_stand_alone(label: str) -> bool:
    is_role = len(label) > 2 and label[0].isupper() and role_of(label) is not None
    return is_role or is_numbered(label)


def _groups(
    text: str, pieces: Iterable[_Piece], speakers: dict[str, Speaker]
) -> Iterator[tuple[str, _Spans]]:
    """Yield each turn's label and the stretches of text that belong to it."""
    pending: list[_Piece] = []
    label, spans = "", _Spans()
    for piece in pieces:
        if piece.label in speakers:
            yield from (("", group) for group in _unlabelled(text, pending))
            pending.clear()
            if spans:
                yield label, spans
            label, spans = str(piece.label), [(piece.start, piece.end)]
        elif spans:
            spans.append((_words_start(piece), piece.end))
        else:
            pending.append(piece)
    yield from (("", group) for group in _unlabelled(text, pending))
    if spans:
        yield label, spans


def _words_start(piece: _Piece) -> int:
    """Return where an unlabelled piece begins: what only looked like a label is speech."""
    return piece.start if piece.label is None else piece.label_start


def _unlabelled(text: str, pieces: Iterable[_Piece]) -> Iterator[_Spans]:
    """Yield groups of sentences; a question ends its group, so that the answer is another turn."""
    spans, num_words = _Spans(), 0
    for piece in pieces:
        for start, end in _sentences(text, _words_start(piece), piece.end):
            spans.append((start, end))
            num_words += len(text[start:end].split())
            last = text[start:end].rstrip(" \t\"'”’)]")[-1:]
            is_line_end = end == piece.end and (last in ".!…" or num_words >= _UNLABELLED_WORDS)
            if last == "?" or is_line_end or (last in ".!…" and num_words >= _UNLABELLED_WORDS):
                yield spans
                spans, num_words = _Spans(), 0
    if spans:
        yield spans


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE_END.finditer(text, start, end):
        yield start, match.end()
        start = match.end()
    if start < end:
        yield start, end
