"""A course of treatment as one summary: what the model reads of it, and the answer.

The model reads the latest sessions, and of the others their facts as far as one context holds
them; risk, plan, recurring themes and key points are decided by rule from the facts of all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from notes.claims import RISK_KEY
from notes.compose import founded_drafts, mark_draft
from notes.course import (
    carried_plan,
    progress_over_time,
    themes_text,
    told_over_time,
)
from notes.dividing import divide
from notes.facts import SessionFacts, newest_first, stems_of
from notes.key_points import key_points
from notes.merging import choose_evenly, collect_sentences, merge_drafts, spread
from notes.open_risks import risk_over_time
from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.risk import RiskReading, unmark
from notes.sentences import num_words, split_sentences
from notes.style import HISTORY, SECTIONS5, NoteStyle
from notes.validation import Violation, check_form

# How many of the latest sessions the model may read in full; the newest always is.
MAX_IN_FULL = 3
_MAX_RISK_WORDS = 120

# Sections that are decided by rule alone: the model is not asked for them.
_BY_RULE = frozenset({RISK_KEY, "plan"})
ASKED = replace(HISTORY, sections=tuple(s for s in HISTORY.sections if s.key not in _BY_RULE))

# Words of the sections' openings: that a session uses them bears nothing out.
_FRAME = stems_of(
    " ".join(section.opening for section in HISTORY.sections) + " patient therapist session"
)

CountTokens = Callable[[str], int]


# What the model reads


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """Documents for the model; of how many sessions they hold anything, of how many all."""

    documents: tuple[str, ...]
    num_read: int
    num_in_full: int


def history_documents(
    sessions: Sequence[SessionFacts], max_tokens: int, count_tokens: CountTokens
) -> ReadHistory:
    """Return documents of at most `max_tokens`, each with the newest session or a part of it.

    Each session stands under "Session N (date):". The newest is read in full, in parts where it is
    too long ("Session N (date), part 1 of 3:"); where it takes more than half a document, one more
    begins with its facts. In that document stand the next two in full, if half of its room holds
    them, and the others' facts; of these as many as fit, spread over the whole course.
    """
    if not sessions:
        return ReadHistory((), 0, 0)
    newest, *older = newest_first(sessions)
    *parts, last = _entries(newest, max_tokens, count_tokens)
    if older and newest.text and (parts or 2 * count_tokens(last) > max_tokens):
        parts.append(last)
        last = _facts_entry(newest)
    room = max_tokens - count_tokens(last)
    if room < 0:
        return ReadHistory(tuple(parts), 1, int(bool(newest.text)))
    full = _in_full(older[: MAX_IN_FULL - 1], room // 2, count_tokens)
    room -= sum(count_tokens(entry) + 1 for entry in full)
    facts = _facts_that_fit(older[len(full) :], room, count_tokens)
    documents = (*parts, "\n\n".join((last, *full, *facts)))
    num_in_full = len(full) + bool(newest.text)
    return ReadHistory(documents, 1 + len(full) + len(facts), num_in_full)


def _entries(session: SessionFacts, max_tokens: int, count_tokens: CountTokens) -> list[str]:
    """Return one session's text, or else its facts, in as many entries as it needs."""
    text = _plain(session.text) or _facts_text(session)
    whole = f"{session.title}:\n{text}"
    if count_tokens(whole) <= max_tokens:
        return [whole]
    room = max_tokens - count_tokens(f"{session.title}, part 999 of 999:\n")
    pieces = divide(text, room, count_tokens)
    return [
        f"{session.title}, part {number} of {len(pieces)}:\n{piece}"
        for number, piece in enumerate(pieces, start=1)
    ]


def _in_full(sessions: Sequence[SessionFacts], room: int, count_tokens: CountTokens) -> list[str]:
    """Return the texts of the first sessions up to one that is not there or does not fit."""
    entries: list[str] = []
    for session in sessions:
        entry = f"{session.title}:\n{_plain(session.text)}"
        room -= count_tokens(entry) + 1  # the empty line between two sessions
        if not session.text.strip() or room < 0:
            break
        entries.append(entry)
    return entries


def _facts_that_fit(
    sessions: Sequence[SessionFacts], room: int, count_tokens: CountTokens
) -> tuple[str, ...]:
    entries = [_facts_entry(session) for session in sessions]
    costs = [count_tokens(entry) + 1 for entry in entries]
    for count in range(len(entries), 0, -1):
        if sum(spread(costs, count)) <= room:
            return spread(entries, count)
    return ()


def _facts_entry(session: SessionFacts) -> str:
    return f"{session.title}:\n{_facts_text(session)}"


def _facts_text(session: SessionFacts) -> str:
    lines = (
        f"{section.heading}: {session.section(section.key)}"
        for section in SECTIONS5.sections
        if session.section(section.key)
    )
    return "\n".join(lines) or "Nothing was written down."


def _plain(text: str) -> str:
    """Return a text without marks and emphasis, which are for readers and not for the model."""
    return unmark(text).replace("**", "").strip()


# The summary


@dataclass(frozen=True, slots=True)
class ComposedHistory:
    """A finished summary of all sessions, and how it came about."""

    draft: NoteDraft
    key_points: tuple[str, ...]
    violations: tuple[Violation, ...]
    num_sessions: int
    num_duplicates: int
    num_left_out: int
    num_unsupported: int

    @property
    def text(self) -> str:
        """Return the summary as it is shown."""
        return self.draft.text


def compose_history(
    sessions: Sequence[SessionFacts],
    texts: Sequence[Mapping[str, str]],
    style: NoteStyle = HISTORY,
) -> ComposedHistory:
    """Return one summary of all sessions; `texts[i]` holds what the model wrote on document i.

    A sentence of the model stays where one session's words bear it out (the newest session's, in
    the section about it). What the model left open is told in the sessions' own words, so that
    without any texts the summary is the extractive fallback.
    """
    sessions = newest_first(sessions)
    findings = tuple(finding for session in sessions for finding in session.findings)
    drafts, num_unsupported = _drafts(sessions, texts, RiskReading(findings, frozenset()), style)
    fixed = _fixed(sessions, drafts, style)
    excess = sum(max(0, num_words(t) - style.section(k).max_words) for k, t in fixed.items())
    limit = min(style.max_words + excess, style.long_max_words)
    fillers = _fillers(sessions, drafts, style)
    merged = merge_drafts([*reversed(drafts), fillers], style, max_words=limit, fixed=fixed)
    draft = mark_draft(merged.draft, findings, but=RISK_KEY)
    return ComposedHistory(
        draft=draft,
        key_points=key_points(sessions),
        violations=check_form(draft, style, limit),
        num_sessions=len(sessions),
        num_duplicates=merged.num_duplicates,
        num_left_out=merged.num_left_out,
        num_unsupported=num_unsupported,
    )


def _drafts(
    sessions: Sequence[SessionFacts],
    texts: Sequence[Mapping[str, str]],
    reading: RiskReading,
    style: NoteStyle,
) -> tuple[list[NoteDraft], int]:
    """Return the model's drafts without what no session bears out, and how much that was."""
    asked = [{k: text for k, text in each.items() if k not in _BY_RULE} for each in texts]
    founded, num_dropped = founded_drafts(style, asked, reading)
    drafts: list[NoteDraft] = []
    for draft in founded:
        sections = []
        for section in draft.sections:
            told = sessions[:1] if section.key == "latest_session" else sessions
            sentences = split_sentences(section.text) if section.is_discussed else ()
            kept = [each for each in sentences if _is_borne_out(each, told)]
            num_dropped += len(sentences) - len(kept)
            sections.append(replace(section, text=" ".join(kept) or NOT_DISCUSSED))
        drafts.append(replace(draft, sections=tuple(sections)))
    return drafts, num_dropped


def _is_borne_out(sentence: str, sessions: Sequence[SessionFacts]) -> bool:
    """Say whether one session uses at least half of a sentence's words."""
    found = stems_of(sentence) - _FRAME
    return any(2 * session.num_used(found) >= len(found) for session in sessions)


def _fixed(
    sessions: Sequence[SessionFacts], drafts: Sequence[NoteDraft], style: NoteStyle
) -> dict[str, str]:
    """Return the sections that are decided by rule, and the themes where any recur."""
    fixed = {RISK_KEY: risk_over_time(sessions, _MAX_RISK_WORDS), "plan": carried_plan(sessions)}
    themes = themes_text(sessions)
    if themes:
        room = style.section("themes").max_words - num_words(themes)
        said = choose_evenly(collect_sentences(drafts, "themes"), room)
        fixed["themes"] = " ".join((themes, *said))
    return fixed


def _fillers(
    sessions: Sequence[SessionFacts], drafts: Sequence[NoteDraft], style: NoteStyle
) -> NoteDraft:
    """Return what the sessions say themselves for the sections that no draft answers."""
    answered = {s.key for draft in drafts for s in draft.sections if s.is_discussed}
    texts = {
        "latest_session": " ".join(each.section("chief_complaint") for each in sessions[:1]),
        "themes": told_over_time(sessions, "chief_complaint"),
        "emotional_course": told_over_time(sessions, "emotional_state"),
        "intervention": told_over_time(sessions, "intervention"),
        "progress": progress_over_time(sessions),
    }
    sections = (
        Section(key, style.section(key).heading, text or NOT_DISCUSSED)
        for key, text in texts.items()
        if key not in answered
    )
    return NoteDraft(style.name, tuple(sections))
