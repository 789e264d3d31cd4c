"""What was said: turns with speakers, and where each stands in the original text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from notes.roles import infer_roles
from notes.speaker import INLINE_ROLES, MAIN_ROLES, Speaker, is_numbered, resolve, role_of

__all__ = [
    "ENGLISH",
    "Speaker",
    "Transcript",
    "Turn",
    "normalise",
    "parse_transcript",
    "render_turns",
]

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance: `id` counts from 1; `text` is normalised; `original[start:end]` is its source.

    `label` is the transcript's own name for a speaker who is neither therapist nor patient;
    `language` is a code of ISO 639, English until `notes.language` has looked.
    """

    id: int
    speaker: Speaker
    text: str
    start: int
    end: int
    label: str = ""
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session's turns in order, beside the text as it came.

    `role_confidence` is how sure it is who is therapist and who patient: 1 where labels say so, 0
    where nothing tells. Below `notes.roles.SURE` the speakers stay unknown.
    """

    original: str
    turns: tuple[Turn, ...]
    role_confidence: float = 1.0


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
_TIMES = rf"{_TIME}(?:[ \t]{{0,2}}(?:-->|[-–])[ \t]{{0,2}}{_TIME})?"
_LABEL = r"[^\W\d_][^:：\[\]<>(){}*\t]{0,39}?"
_NUMBERED = r"(?:Speaker|SPEAKER|Person|Participant)[ _]\d{1,2}"
_LABELLED = re.compile(
    rf"[ \t>#\ufeff-]{{0,8}}(?:\d{{1,4}}[.)][ \t]{{1,3}})?(?:{_TIMES}[ \t-]{{0,3}})?"
    rf"(?:<v(?:\.\w{{1,20}})? (?P<voice>{_LABEL})>"
    rf"|\[(?P<square>{_LABEL})\][ \t]{{0,3}}:?"
    rf"|\((?P<round>{INLINE_ROLES}|{_NUMBERED})\)[ \t]{{0,3}}:?"
    rf"|(?P<dash>{MAIN_ROLES})[ \t]{{1,3}}[-–—](?=[ \t])"
    rf"|\*{{0,2}}(?P<plain>{_LABEL})[ \t]{{0,3}}\*{{0,2}}[ \t]?(?:\([^():\d]{{1,40}}\)[ \t]?)?"
    rf"(?:{_TIME}[ \t]{{0,3}})?[:：](?!//)\*{{0,2}})"
)
# A label alone on its line, as meeting recorders write it, with or without the time.
_ALONE = re.compile(
    rf"[ \t]{{0,8}}(?P<alone>{_LABEL})(?:[ \t]{{1,8}}(?P<time>{_TIME}))?[ \t]{{0,8}}$"
)
_INLINE = re.compile(
    rf"(?<=[.!?…\"”’)\]])\s{{1,8}}(?P<role>(?:{INLINE_ROLES})(?: \d)?|{_NUMBERED}) ?:(?=\s|$)"
    rf"|\[(?P<bracket>{INLINE_ROLES}|{INLINE_ROLES.lower()})\] ?:?"
)
# A time before speech is in brackets, or from one time to another.
_TIME_FIRST = re.compile(
    r"[ \t]{0,8}(?:[\[(]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]"
    rf"|{_TIME}[ \t]{{0,2}}(?:-->|[-–])[ \t]{{0,2}}{_TIME})"
)
_CUE_TIME = r"\d{1,3}:\d{1,2}(?::\d{1,2})?(?:[.,]\d{1,3})?"
_CUE = re.compile(
    rf"[ \t]{{0,8}}{_CUE_TIME}[ \t]{{0,8}}-->[ \t]{{0,8}}{_CUE_TIME}"
    r"(?:[ \t]{1,8}\w{1,20}:\S{1,40}){0,8}[ \t]{0,8}$"
)
_CUE_NUMBER = re.compile(r"\s{0,8}\d{1,6}\s{0,8}")
_VTT = re.compile(r"\ufeff?WEBVTT")
_VTT_HEADER = re.compile(r"\ufeff?WEBVTT|(?:Kind|Language):")
_VTT_COMMENT = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")
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
    return _with_roles(Transcript(text, tuple(turns)))


def render_turns(turns: Iterable[Turn]) -> str:
    """Return the turns as lines that begin with who speaks."""
    return "\n".join(f"{turn.label or turn.speaker.value}: {turn.text}" for turn in turns)


def _turn(
    turn_id: int, speakers: dict[str, Speaker], label: str, words: str, extent: tuple[int, int]
) -> Turn:
    speaker = speakers.get(label, Speaker.UNKNOWN)
    is_named = speaker in (Speaker.OTHER, Speaker.UNKNOWN)
    return Turn(turn_id, speaker, words, *extent, label=label if is_named else "")


def _with_roles(transcript: Transcript) -> Transcript:
    """Return the transcript with inferred roles, where labels name nobody's and it is clear."""
    speakers = {turn.speaker for turn in transcript.turns}
    if Speaker.UNKNOWN not in speakers:
        return transcript
    if speakers & {Speaker.THERAPIST, Speaker.PATIENT}:
        return transcript  # what the labels say is not extended by guessing
    roles = infer_roles([(turn.label, turn.text) for turn in transcript.turns])
    turns = (
        replace(turn, speaker=roles.speakers[turn.label], label="")
        if turn.label in roles.speakers
        else turn
        for turn in transcript.turns
    )
    return replace(transcript, turns=tuple(turns), role_confidence=roles.confidence)


def _extent(text: str, spans: _Spans) -> tuple[int, int]:
    """Return where the words begin and end, without the white space around them."""
    start, end = spans[0][0], spans[-1][1]
    whole = text[start:end]
    return start + len(whole) - len(whole.lstrip()), end - len(whole) + len(whole.rstrip())


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the lines that hold speech, cut where a new label stands inside one."""
    is_after_cue = is_comment = False
    is_vtt = _VTT.match(text) is not None
    lines = list(_LINE.finditer(text))
    for before, line, following in zip_longest([None, *lines][: len(lines)], lines, lines[1:]):
        is_apart = before is not None and _is_apart(text[before.end() : line.start()])
        is_cue = _CUE.match(line.group()) is not None
        if is_vtt and (is_apart or is_cue):
            is_comment = is_apart and _VTT_COMMENT.match(line.group()) is not None
        if is_cue:
            is_after_cue = True
        elif not is_comment and not _is_caption_machinery(line, following, is_apart, is_vtt):
            yield from _split_line(text, line.start(), line.end(), is_after_cue)
            is_after_cue = False


def _is_apart(gap: str) -> bool:
    """Say whether an empty line stands between two lines."""
    return len(gap) > 1 and gap != "\r\n"


def _is_caption_machinery(
    line: re.Match[str], following: re.Match[str] | None, is_apart: bool, is_vtt: bool
) -> bool:
    """Say whether a line is WebVTT's or SRT's own: a header, or a cue's number or name."""
    if is_vtt and _VTT_HEADER.match(line.group()):
        return True
    is_name = (is_vtt and is_apart) or _CUE_NUMBER.fullmatch(line.group()) is not None
    return is_name and following is not None and _CUE.match(following.group()) is not None


def _split_line(text: str, start: int, end: int, is_after_cue: bool) -> Iterator[_Piece]:
    label, label_start, start = _first_label(text, start, end, is_after_cue)
    for match in _INLINE.finditer(text, start, end):
        yield _Piece(label, label_start, start, match.start())
        label, label_start, start = match["role"] or match["bracket"], match.start(), match.end()
    yield _Piece(label, label_start, start, end)


def _first_label(
    text: str, start: int, end: int, is_after_cue: bool
) -> tuple[str | None, int, int]:
    """Return the label at a line's beginning, or None, where it stands, and where words begin."""
    match = _ALONE.match(text, start, end)
    if match and _may_stand_alone(match, is_after_cue):
        return normalise(match["alone"]), start, end
    if match := _LABELLED.match(text, start, end):
        return normalise(match[str(match.lastgroup)]), start, match.end()
    time = _TIME_FIRST.match(text, start, end)
    return None, start, time.end() if time else start


def _may_stand_alone(match: re.Match[str], is_after_cue: bool) -> bool:
    """Say whether a line may be a label: a role, a recogniser's number, a name beside a time."""
    label = match["alone"]
    is_role = len(label) > 2 and label[0].isupper() and role_of(label) is not None
    is_full_name = is_after_cue and " " in label and label[-1].isalpha() and label.istitle()
    return is_role or is_numbered(label) or match["time"] is not None or is_full_name


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
