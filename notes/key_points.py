"""The facts of a course of treatment that a therapist looks for first, with their sessions."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import chain, islice

from notes.course import changes
from notes.facts import Basis, SessionFacts
from notes.merging import spread
from notes.open_risks import open_risks
from notes.risk import mark_risks
from notes.sentences import content_words, cut_words, is_near_duplicate

MAX_KEY_POINTS = 12
_MAX_WORDS = 40


class _Kind(IntEnum):
    """What a fact is of; the order is that of one session's facts."""

    COMPLAINT = 0
    CHANGE = 1
    RISK = 2
    PLAN = 3


_Fact = tuple[int, _Kind, str]  # the session's place, newest first


def key_points(sessions: Sequence[SessionFacts]) -> tuple[str, ...]:
    """Return at most twelve facts as "Session 3: …", newest first; what is said again stands once.

    Dangers and what became of them go first, then the last signed plan, the newest session and the
    first; what room is left is shared by changes and by the sessions between.
    """
    chosen: list[_Fact] = []
    told: list[frozenset[str]] = []
    for fact in _by_weight(sessions):
        place, kind, text = fact
        found = content_words(f"{place} {text}" if kind is _Kind.RISK else text)
        if not (is_near_duplicate(found, told) or _is_part(fact, chosen)):
            chosen.append(fact)
            told.append(found)
        if len(chosen) == MAX_KEY_POINTS:
            break
    return tuple(_shown(sessions[place], kind, text) for place, kind, text in sorted(chosen))


def _is_part(fact: _Fact, chosen: Sequence[_Fact]) -> bool:
    """Say whether a fact of the same session holds this one, or stands in it."""
    place, _, text = fact
    return any(place == p and (text in other or other in text) for p, _, other in chosen)


def _by_weight(sessions: Sequence[SessionFacts]) -> Iterator[_Fact]:
    places = range(len(sessions))
    yield from _dangers(sessions)
    plans = (_told(sessions, p, _Kind.PLAN) for p in places if sessions[p].basis is Basis.SIGNED)
    yield from islice(chain.from_iterable(plans), 1)
    for place in dict.fromkeys((*places[:1], *places[-1:])):
        for kind in (_Kind.COMPLAINT, _Kind.RISK, _Kind.PLAN):
            yield from _told(sessions, place, kind)
    changed = [(place, text) for place in places for text in changes(sessions[place])[:1]]
    yield from ((place, _Kind.CHANGE, text) for place, text in spread(changed, 3))
    for kind in (_Kind.COMPLAINT, _Kind.PLAN):
        for place in dict.fromkeys((*spread(places, MAX_KEY_POINTS), *places)):
            yield from _told(sessions, place, kind)


def _dangers(sessions: Sequence[SessionFacts]) -> Iterator[_Fact]:
    """Yield where each danger was last affirmed, then where it was denied, then its worst."""
    place_of = {id(session): place for place, session in enumerate(sessions)}
    dangers = open_risks(sessions)
    for danger in dangers:
        yield place_of[id(danger.last)], _Kind.RISK, danger.text_in(danger.last)
    for danger in dangers:
        if danger.denied is not None:
            yield place_of[id(danger.denied)], _Kind.RISK, danger.text_in(danger.denied)
    for danger in dangers:
        yield place_of[id(danger.worst)], _Kind.RISK, danger.text_in(danger.worst)


def _told(sessions: Sequence[SessionFacts], place: int, kind: _Kind) -> Iterator[_Fact]:
    keys = {_Kind.COMPLAINT: "chief_complaint", _Kind.RISK: "risk", _Kind.PLAN: "plan"}
    text = sessions[place].section(keys[kind])
    if text:
        yield place, kind, text


def _shown(session: SessionFacts, kind: _Kind, text: str) -> str:
    sign = "Signed plan: " if session.basis is Basis.SIGNED else "Plan: "
    fact = mark_risks(cut_words(text, _MAX_WORDS), session.findings)
    return f"Session {session.number}: {sign if kind is _Kind.PLAN else ''}{fact}"
