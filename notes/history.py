"""All of a patient's sessions as one summary: first documents for prompts, then the answer."""

import datetime as dt
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace

from notes.claims import RISK_KEY, stated_alerts
from notes.compose import founded_drafts, mark_draft
from notes.errors import NoteParseError
from notes.fallback import extract_note
from notes.merging import merge_drafts
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section, complete, parse_note
from notes.risk import (
    NOTHING_FOUND,
    RiskFinding,
    RiskReading,
    assess_risk,
    mark_risks,
    risk_statement,
    unmark,
)
from notes.sentences import num_words, split_sentences
from notes.style import HISTORY, SECTIONS5, NoteStyle
from notes.transcript import parse_transcript
from notes.validation import Violation, check_form

_NO_TEXT = "Nothing was written down."


@dataclass(frozen=True, slots=True)
class SessionSource:
    """What is known of one session: its note, or the transcript when it has none."""

    number: int
    date: dt.date
    text: str
    is_note: bool

    @property
    def title(self) -> str:
        """Return how the session is named in prompts and summaries."""
        return f"Session {self.number} ({self.date:%Y-%m-%d})"


def newest_first(sources: Sequence[SessionSource]) -> tuple[SessionSource, ...]:
    """Return the sessions as they are read and summarized: by date, those of a day by number."""
    return tuple(sorted(sources, key=lambda source: (source.date, source.number), reverse=True))


# Documents


def history_documents(
    sources: Sequence[SessionSource], max_tokens: int, count_tokens: Callable[[str], int]
) -> tuple[str, ...]:
    """Return documents of at most `max_tokens` that together hold every session, newest first.

    Each session stands under "Session N (date):"; one that is too long for a document is divided
    ("Session N (date), part 1 of 3:"). No word is left out.
    """
    documents: list[str] = []
    size = max_tokens
    for entry in _entries(sources, max_tokens, count_tokens):
        cost = count_tokens(entry) + 1  # the empty line between two sessions
        if documents and size + cost <= max_tokens:
            documents[-1] += "\n\n" + entry
            size += cost
        else:
            documents.append(entry)
            size = cost
    return tuple(documents)


def _entries(
    sources: Sequence[SessionSource], max_tokens: int, count_tokens: Callable[[str], int]
) -> list[str]:
    entries: list[str] = []
    for source in newest_first(sources):
        text = _plain(source.text) or _NO_TEXT
        whole = f"{source.title}:\n{text}"
        if count_tokens(whole) <= max_tokens:
            entries.append(whole)
            continue
        room = max_tokens - count_tokens(f"{source.title}, part 999 of 999:\n")
        pieces = _divide(text, room, count_tokens)
        entries += [
            f"{source.title}, part {number} of {len(pieces)}:\n{piece}"
            for number, piece in enumerate(pieces, start=1)
        ]
    return entries


def _plain(text: str) -> str:
    """Return a text without marks and emphasis, which are for readers and not for the model."""
    return unmark(text).replace("**", "").strip()


_LEVELS: tuple[tuple[Callable[[str], Sequence[str]], str], ...] = (
    (str.splitlines, "\n"),
    (split_sentences, " "),
    (str.split, " "),
)


def _divide(
    text: str, max_tokens: int, count_tokens: Callable[[str], int], level: int = 0
) -> list[str]:
    """Return pieces that fit: lines together, else sentences, else words, else half words."""
    if level == len(_LEVELS):
        return _halve(text, max_tokens, count_tokens)
    split, joint = _LEVELS[level]
    pieces: list[str] = []
    size = max_tokens
    for unit in filter(str.strip, split(text)):
        cost = count_tokens(unit) + 1  # the joint
        if cost > max_tokens:
            pieces += _divide(unit, max_tokens, count_tokens, level + 1)
            size = max_tokens
        elif size + cost > max_tokens:
            pieces.append(unit)
            size = cost
        else:
            pieces[-1] += joint + unit
            size += cost
    return pieces


def _halve(word: str, max_tokens: int, count_tokens: Callable[[str], int]) -> list[str]:
    if len(word) <= 1 or count_tokens(word) <= max_tokens:
        return [word]
    middle = len(word) // 2
    halves = (word[:middle], word[middle:])
    return [piece for half in halves for piece in _halve(half, max_tokens, count_tokens)]


# The summary


@dataclass(frozen=True, slots=True)
class ComposedHistory:
    """A finished summary of all sessions, and how it came about."""

    draft: NoteDraft
    key_points: tuple[str, ...]
    violations: tuple[Violation, ...]
    num_sessions: int
    num_documents: int
    num_duplicates: int
    num_left_out: int

    @property
    def text(self) -> str:
        """Return the summary as it is shown."""
        return self.draft.text


@dataclass(frozen=True, slots=True)
class _Session:
    """A session as a plain five-section note, with the risks that were found in its text."""

    source: SessionSource
    note: NoteDraft
    findings: tuple[RiskFinding, ...]

    @property
    def risk(self) -> str:
        """Return what the session's Risk section says, marked."""
        return mark_risks(self.note.section(RISK_KEY).text, self.findings)

    @property
    def is_urgent(self) -> bool:
        """Say whether something was affirmed or wished for: whether a word is marked."""
        return unmark(self.risk) != self.risk


# Which section of a session's note answers a section of the summary where the model did not.
_ANSWERS = {
    "latest_session": "chief_complaint",
    "themes": "chief_complaint",
    "emotional_course": "emotional_state",
    "plan": "plan",
}
_NEWEST_ONLY = "latest_session"
_KEY_SECTIONS = ("chief_complaint", RISK_KEY, "plan")


def compose_history(
    sources: Sequence[SessionSource],
    texts: Sequence[Mapping[str, str]],
    style: NoteStyle = HISTORY,
) -> ComposedHistory:
    """Return one summary of all sessions; `texts[i]` holds what the model wrote on document i.

    Risk is stated by rule from the sessions themselves; a section that the model left open is
    filled from the notes, so that without any texts the summary is the extractive fallback.
    """
    sessions = [_read(source) for source in newest_first(sources)]
    findings = tuple(finding for session in sessions for finding in session.findings)
    reading = RiskReading(findings, asked=frozenset())
    limit = style.long_max_words if len(texts) > 1 else style.max_words
    risk = _risk_text(sessions, 2 * style.section(RISK_KEY).max_words)
    answers = _answers(sessions, texts, reading, style)
    merged = merge_drafts(answers, style, max_words=limit, fixed={RISK_KEY: risk})
    draft = mark_draft(merged.draft, findings, but=RISK_KEY)
    return ComposedHistory(
        draft=draft,
        key_points=tuple(point for session in sessions for point in _key_points(session)),
        violations=check_form(draft, style, limit),
        num_sessions=len(sessions),
        num_documents=len(texts),
        num_duplicates=merged.num_duplicates,
        num_left_out=merged.num_left_out,
    )


def _read(source: SessionSource) -> _Session:
    """Return a session as sections: those of its note, or sentences taken from its text."""
    note = _parsed(source)
    if note is not None:
        text = "\n".join(section.text for section in note.sections)
        return _Session(source, note, stated_alerts(text))
    transcript = parse_transcript(unmark(source.text))
    note = extract_note(transcript, SECTIONS5)
    if not source.is_note:
        return _Session(source, note, assess_risk(transcript.turns))
    findings = (*assess_risk(transcript.turns), *stated_alerts(source.text))
    sections = (
        replace(s, text=risk_statement(findings)) if s.key == RISK_KEY else s for s in note.sections
    )
    return _Session(source, replace(note, sections=tuple(sections)), findings)


def _parsed(source: SessionSource) -> NoteDraft | None:
    """Return a five-section note as such; None for other notes and for transcripts."""
    if not source.is_note:
        return None
    try:
        return complete(parse_note(source.text, SECTIONS5), SECTIONS5)[0]
    except NoteParseError:
        return None


def _answers(
    sessions: Sequence[_Session],
    texts: Sequence[Mapping[str, str]],
    reading: RiskReading,
    style: NoteStyle,
) -> list[NoteDraft]:
    """Return the model's drafts, oldest document first, and before them what fills their gaps."""
    founded, _ = founded_drafts(style, texts, reading)
    drafts = [_only(draft, is_newest=index == 0) for index, draft in enumerate(founded)]
    answered = {s.key for draft in drafts for s in draft.sections if s.is_discussed}
    fillers = [
        _only(_fill(session.note, style, answered), is_newest=index == 0)
        for index, session in enumerate(sessions)
    ]
    return [*reversed(fillers), *reversed(drafts)]


def _fill(note: NoteDraft, style: NoteStyle, answered: Container[str]) -> NoteDraft:
    """Return a session's own words for the sections of the summary that nobody answered."""
    sections = (
        Section(key, style.section(key).heading, unmark(note.section(same_as).text))
        for key, same_as in _ANSWERS.items()
        if key not in answered
    )
    return NoteDraft(style.name, tuple(sections))


def _only(draft: NoteDraft, *, is_newest: bool) -> NoteDraft:
    """Return the draft; of older ones without what only the newest can say."""
    kept = (s for s in draft.sections if is_newest or s.key != _NEWEST_ONLY)
    return NoteDraft(draft.style, tuple(kept))


def _risk_text(sessions: Sequence[_Session], max_words: int) -> str:
    """Return the newest session's risk and that of each with urgent findings, newest first.

    Sessions whose statement has no room are named by number.
    """
    told = [s for index, s in enumerate(sessions) if index == 0 or s.is_urgent]
    lines: list[str] = []
    unsaid: list[str] = []
    for session in told:
        line = f"{session.source.title}: {session.risk}"
        if not lines or num_words(" ".join((*lines, line))) <= max_words:
            lines.append(line)
        else:
            unsaid.append(str(session.source.number))
    if unsaid:
        lines.append(f"Urgent findings also in: session {', '.join(unsaid)}.")
    return " ".join(lines) or NOTHING_FOUND


def _key_points(session: _Session) -> list[str]:
    """Return the facts of one session's note that a therapist looks for first."""
    nothing = (NOT_DISCUSSED, NOTHING_FOUND)
    sections = (session.note.section(key) for key in _KEY_SECTIONS)
    return [
        f"{session.source.title}, {s.heading}: {mark_risks(s.text, session.findings)}"
        for s in sections
        if s.text not in nothing
    ]
