"""What the facts of all sessions say together: the plan, themes, moods, progress.

Everything here is decided by rule. Sessions come newest first, as `newest_first` gives them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from notes.facts import Basis, SessionFacts, stems_of
from notes.lexemes import stem, words
from notes.merging import spread
from notes.open_risks import Sessions, not_mentioned
from notes.parsing import NOT_DISCUSSED
from notes.sentences import cut_words, split_sentences

T = TypeVar("T")

# The plan

_MAX_PLAN_WORDS = 40
_MAX_PLAN_PARTS = 3  # of more, the plan is followed as a whole
# What plans say of anything: whether such a word comes up again tells nothing.
_IN_ANY_PLAN = stems_of(
    "patient client therapist will would continue keep try practice practise next week weekly "
    "session daily day night every each morning evening time use make write complete follow return "
    "schedule appointment plan homework meet again review discuss agree start begin until before "
    "after and the for with that this his her their you your our from about when into then also "
    "let have has had can could should back come see two three once twice more less new need"
)


def carried_plan(sessions: Sessions) -> str:
    """Return the last signed plan and a newer unsigned one, and when each last came up."""
    planned = [each for each in sessions if each.section("plan")]
    signed = next((each for each in planned if each.basis is Basis.SIGNED), None)
    chosen = [signed] if signed is not None else []
    if planned and planned[0] is not signed:
        chosen.append(planned[0])
    return " ".join(_plan_line(each, sessions) for each in chosen) or NOT_DISCUSSED


def _plan_line(session: SessionFacts, sessions: Sessions) -> str:
    later = sessions[: sessions.index(session)]
    text = cut_words(session.section("plan"), _MAX_PLAN_WORDS)
    sentences = split_sentences(text)
    plan = sentences if len(sentences) <= _MAX_PLAN_PARTS else (text,)
    parts: list[str] = []
    for since, group in groupby(plan, lambda part: _plan_since(part, later)):
        parts += [*group, since]
    sign = ", signed" if session.basis is Basis.SIGNED else ""
    return f"{session.title}{sign}: {' '.join(filter(None, parts))}"


def _plan_since(sentence: str, later: Sessions) -> str:
    """Say in which later session most words of a plan came up last; "" where that tells nothing."""
    telling = stems_of(sentence) - _IN_ANY_PLAN
    if not later or not telling:
        return ""
    heard = (each for each in later if 3 * each.num_used(telling) >= 2 * len(telling))
    last = next(heard, None)
    return not_mentioned(later) if last is None else f"Last mentioned in {last.title}."


# Themes

_NUM_THEMES = 5
_NO_THEME = stems_of(
    "patient client therapist doctor ask asks asked asking speaker session sessions talk talks "
    "talked talking about say said says tell told feel feels felt feeling report reports reported "
    "describe describes state states week weeks day days time times today yesterday tomorrow thing "
    "things something anything everything nothing someone anyone everyone nobody lot bit kind sort "
    "way really very much more most less just only even still again always never ever often "
    "sometimes maybe well good bad better worse best worst know think thought want wants wanted "
    "need needs like get gets got getting going goes went come came make makes made take took give "
    "gave keep kept put let see saw look looked seem seems try tried start started stop stopped "
    "help helped happen happened the and but for with without from into over under out off than "
    "then that this these those there here when where what which who whom whose why how because "
    "since while during before after until not dont didnt cant couldnt wont wouldnt isnt wasnt "
    "arent have has had having been being was were are will would can could should may might must "
    "does did doing done his her hers him she they them their you your yours mine our ours its all "
    "any some each every both few many other another same such own too also now right able back "
    "down around through last next first one two three four five yes yeah okay hard difficult "
    "little big long discussed trouble problem problems issue issues poor"
)


@dataclass(frozen=True, slots=True)
class Theme:
    """A word that recurs, and the sessions whose complaint or mood it stands in, newest first."""

    word: str
    sessions: tuple[SessionFacts, ...]


def recurring_themes(sessions: Sessions) -> tuple[Theme, ...]:
    """Return the words that stand in the complaint or the mood of most sessions, at least two."""
    found: dict[str, list[SessionFacts]] = {}
    forms: dict[str, Counter[str]] = {}
    for session in sessions:
        spoken = f"{session.section('chief_complaint')} {session.section('emotional_state')}"
        for word in dict.fromkeys(words(spoken)):
            key = stem(word)
            if key in stems_of(word) - _NO_THEME:
                forms.setdefault(key, Counter())[word] += 1
                where = found.setdefault(key, [])
                if not where or where[-1] is not session:
                    where.append(session)
    recurring = (key for key, where in found.items() if len(where) > 1)
    order = sorted(recurring, key=lambda key: (-len(found[key]), key))
    return tuple(
        Theme(min(forms[key], key=lambda word: (-forms[key][word], word)), tuple(found[key]))
        for key in order[:_NUM_THEMES]
    )


def themes_text(sessions: Sessions) -> str:
    """Return the themes with in how many sessions they came up; "" where nothing recurs."""
    themes = recurring_themes(sessions)
    if not themes:
        return ""
    first, *others = themes
    named = [f"{first.word} (in {len(first.sessions)} of {len(sessions)} sessions)"]
    named += [f"{theme.word} ({len(theme.sessions)})" for theme in others]
    return f"Most often: {', '.join(named)}."


# What the sessions themselves say, where the model does not

_MAX_TOLD = 5
_CHANGE = re.compile(
    r"\b(?:better|improv\w*|calmer|less|fewer|easier|able to|manag(?:ed|es)|progress\w*|proud"
    r"|succeed\w*|worse|worsen\w*|relaps\w*|again|no longer|reduc\w*|recover\w*)\b",
    re.IGNORECASE,
)


def told_over_time(sessions: Sessions, key: str) -> str:
    """Return one section of sessions from the first to the newest, each under its number."""
    return _over_time(sessions, [each.section(key) for each in sessions])


def progress_over_time(sessions: Sessions) -> str:
    """Return sentences that speak of a change, from the first session to the newest."""
    return _over_time(sessions, [" ".join(changes(each)) for each in sessions])


def changes(session: SessionFacts) -> tuple[str, ...]:
    """Return the sentences of a session's complaint and mood that speak of a change."""
    spoken = f"{session.section('chief_complaint')} {session.section('emotional_state')}"
    return tuple(sentence for sentence in split_sentences(spoken) if _CHANGE.search(sentence))


def _over_time(sessions: Sessions, texts: Sequence[str]) -> str:
    """Return each text's first sentence, oldest first; what stays the same stands once."""
    told: list[tuple[int, str]] = []
    for session, text in zip(reversed(sessions), reversed(texts), strict=True):
        first = split_sentences(text)[:1]
        if first and not (told and told[-1][1] == first[0]):
            told.append((session.number, first[0]))
    return " ".join(f"Session {number}: {sentence}" for number, sentence in spread(told, _MAX_TOLD))
