"""Quoted speech: what a patient repeats of another's words is no statement of their own."""

import re
from collections.abc import Sequence

from notes.risk.context import Sentence

_MARKS = re.compile(r"[\"“”]")
_SAID_BEFORE = re.compile(
    r"(?P<by>(?:[\w'-]+ ){1,4})(?:said|says|goes|went|asks?|asked|shout\w*|wrote|writes|texts?"
    r"|texted"
    r"|tells? me|told me|replie[sd]|answers?|answered|scream\w*|whisper\w*|cried|like)"
    r"(?: to (?:me|him|her|them|us))?[,:]?\s*$"
)
_FIRST = re.compile(r"\b(?:i|i'm|i've|i'd|we|me)\b")


def quoted_of_others(spoken: Sequence[Sentence]) -> list[list[tuple[int, int]]]:
    """Give, for each sentence, where it repeats what another has said ("She said, …")."""
    found: list[list[tuple[int, int]]] = []
    is_open, is_others = False, False
    for sentence in spoken:
        spans: list[tuple[int, int]] = []
        start = 0
        for mark in _MARKS.finditer(sentence.text):
            if is_open and is_others:
                spans.append((start, mark.start()))
            is_open = not is_open
            is_others = is_open and _is_of_another(sentence.text[: mark.start()][-80:])
            start = mark.end()
        if is_open and is_others:
            spans.append((start, len(sentence.text)))
        found.append(spans)
    return found


def _is_of_another(before: str) -> bool:
    said = _SAID_BEFORE.search(before)
    return said is not None and not _FIRST.search(said["by"])
