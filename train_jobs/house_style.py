"""A practice that edits every note in the same way, to show what learning from people does.

Nobody's real edits: rules that a model can learn from what was signed, about wording and never
about facts. They keep the number of words and write only what the grammar of a note can write, so
that a model that has learnt them has nothing left to be edited.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from notes.claims import RISK_KEY
from notes.parsing import NOT_DISCUSSED
from notes.style import get_style
from notes.transcript import parse_transcript
from train_jobs.dataset import NotedSession
from train_jobs.reviewed import LETTERS, ReviewedSession, Sections, trainable

_Rules = Sequence[tuple[re.Pattern[str], str]]


def _rules(*rules: tuple[str, str]) -> _Rules:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rules)


_QUESTION = r"(?=what|how|why|when|where|which|who|whether|if\b)"
_NOT_FIRST = r"(?<!^Patient)(?<!^Therapist)(?<!^Client)(?<!explored)"
_EVERYWHERE = _rules(
    (r"\bpatient\b", "client"),
    (r"\bbecause\b(?! of\b)", "since"),
    (r"\bbut\b", "yet"),
    (r"\bevery\b", "each"),
    (r"\bcan[’']t\b", "cannot"),
    # A comma before whatever goes on.
    (rf"{_NOT_FIRST}(?<=[^\W_]) (?=(?:and|since|yet|which|who|while|whereas)\b)", ", "),
)
_OF_SECTION: Mapping[str, _Rules] = {
    "intervention": _rules(
        (rf"^Therapist asked {_QUESTION}", "Therapist explored "),
        (r"^Therapist asked about\b", "Therapist inquired about"),
        (r"^Therapist (?:suggested|proposed|advised|offered)\b", "Therapist recommended"),
        (r"^Therapist (?:explained|described)\b", "Therapist clarified"),
        (r"^Therapist told\b", "Therapist informed"),
        (
            r"^Therapist and (?:patient|client) (?:practised|practiced|tried|did)\b",
            "Therapist and client rehearsed",
        ),
    ),
    "plan": _rules((r"^(Patient(?: and (?:the )?\w+)?) will\b", r"\1 to")),
}


def house_style(sections: Sections) -> dict[str, str]:
    """Return a note as this practice signs it; a second time nothing changes."""
    return {key: _edit(key, text)[0] for key, text in sections.items()}


def num_edits(sections: Sections) -> Counter[str]:
    """Return how often this practice changes a note, by what it writes instead."""
    return sum((_edit(*section)[1] for section in sections.items()), Counter())


def _edit(key: str, text: str) -> tuple[str, Counter[str]]:
    counts: Counter[str] = Counter()
    if key == RISK_KEY or text == NOT_DISCUSSED:
        return text, counts
    for pattern, replacement in (*_OF_SECTION.get(key, ()), *_EVERYWHERE):
        text, number = pattern.subn(replacement, text)
        counts[replacement.replace(r"\1", "").strip()] += number
    return text, counts


def edit_distance(drafted: str, signed: str) -> float:
    """Return the share of words to insert, delete or replace, of the longer text's words."""
    one, other = drafted.split(), signed.split()
    row = list(range(len(other) + 1))
    for number, word in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, wanted in enumerate(other, start=1):
            replaced = before + (word != wanted)
            before, row[place] = row[place], min(replaced, row[place] + 1, row[place - 1] + 1)
    return row[-1] / max(len(one), len(other), 1)


def mean_distance(reviewed: Iterable[ReviewedSession]) -> float:
    """Return how much of what the model drafted was changed, on average over sessions."""
    return mean(
        edit_distance(" ".join(each.drafted.values()), " ".join(each.signed.values()))
        for each in reviewed
    )


def reviewed_by_practice(drafts: Iterable[NotedSession]) -> tuple[ReviewedSession, ...]:
    """Return the model's notes of sessions as this practice signs them, but for risk.

    Sections that the grammar could not write, such as quotations, are left out on both sides.
    """
    return tuple(
        _reviewed(session, name, sections)
        for session in drafts
        for name, sections in session.notes.items()
    )


def _reviewed(session: NotedSession, name: str, sections: Sections) -> ReviewedSession:
    own = {key: text for key, text in sections.items() if key != RISK_KEY}
    drafted = trainable(own, get_style(name))
    turns = parse_transcript(session.transcript).turns
    said = tuple((LETTERS[turn.speaker], turn.text) for turn in turns)
    return ReviewedSession(session.id, said, name, house_style(drafted), drafted)
