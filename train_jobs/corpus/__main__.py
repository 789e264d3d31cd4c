"""`python -m train_jobs.corpus [FILES] [--compare CSV]`: what our corpus holds, and its faults."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from notes.parsing import NOT_DISCUSSED
from notes.risk import read_risk
from notes.sentences import split_sentences
from notes.style import get_style
from notes.transcript import parse_transcript
from train_jobs.corpus import CORPUS, CorpusSession, Fault, FaultKind, find_faults, load_corpus
from train_jobs.dataset import load_noted_sessions
from train_jobs.diversity import Diversity, Similarity, diversity, words
from train_jobs.splitting import held_out

QUICK_SESSIONS = 30

Texts = Mapping[str, Sequence[str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print every fault, then what the corpus holds, then the same as one line of JSON."""
    options = _options(arguments)
    most = QUICK_SESSIONS if options.quick else None
    sessions = tuple(chain.from_iterable(map(load_corpus, options.files)))[:most]
    faults = {session.id: tuple(find_faults(session)) for session in sessions}
    for session in sessions:
        for fault in faults[session.id]:
            print(f"{session.id} ({session.risk}): {fault}")
    holdings = _contents(sessions) | _quality(sessions, faults)
    print(*_lines(holdings), sep="\n")
    measured = _compared(_texts(sessions), _other_texts(options.compare, most))
    print(*_table(measured), sep="\n")
    varied = {name: asdict(each) for name, each in measured.items()}
    print(json.dumps(holdings | {"diversity": varied}))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m train_jobs.corpus", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[CORPUS])
    parser.add_argument("--compare", type=Path, help="a CSV file of sessions and notes")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SESSIONS} sessions of each")
    return parser.parse_args(arguments)


# What the corpus holds


def _contents(sessions: Sequence[CorpusSession]) -> dict[str, object]:
    return {
        "sessions": len(sessions),
        "sessions_with_another_person": sum("\nOther: " in each.text for each in sessions),
        "notes": _counts(name for session in sessions for name in session.notes),
        "schools": _counts(session.school for session in sessions),
        "risk": _counts(session.risk for session in sessions),
        "held_out": _counts(session.risk for session in held_out(sessions)),
    }


def _quality(
    sessions: Sequence[CorpusSession], faults: Mapping[str, Sequence[Fault]]
) -> dict[str, object]:
    """Return how many notes each kind of fault concerns, and how far the rules see the alerts."""
    sentences = [each for session in sessions for each in _sentences(session)]
    at_fault = {
        (kind, session_id, fault.style)
        for kind in FaultKind
        for session_id, found in faults.items()
        for fault in found
        if fault.kind is kind
    }
    unsupported = sum(f.kind is FaultKind.SUPPORT for found in faults.values() for f in found)
    return {
        "notes_with_faults": len({key[1:] for key in at_fault}),
        "notes_by_fault": _counts(kind.value for kind, _, _ in at_fault),
        "sentences": len(sentences),
        "sentences_supported": round(1 - unsupported / max(1, len(sentences)), 4),
        "alerts": _counts(_alert_outcome(session) for session in sessions),
    }


def _alert_outcome(session: CorpusSession) -> str:
    """Tell whether the rules alert where the author would, by the kinds of danger."""
    labelled = {alert.category for alert in session.alerts}
    found = {
        each.category for each in read_risk(session.transcript.turns).findings if each.is_alert
    }
    if labelled - found:
        return "missed"
    if found - labelled:
        return "found, and others" if labelled else "found where none is"
    return "as labelled" if labelled else "rightly none"


def _sentences(session: CorpusSession) -> Iterator[str]:
    for note in session.notes.values():
        for text in note.values():
            if text != NOT_DISCUSSED:
                yield from split_sentences(text)


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


# How varied it is


def _texts(sessions: Sequence[CorpusSession]) -> Texts:
    return {
        "dialogues": [_spoken(session.text) for session in sessions],
        "notes": [_own_words(session) for session in sessions],
    }


def _own_words(session: CorpusSession) -> str:
    """Return a session's first note without what every note of its style has: its openings."""
    name, note = next(iter(session.notes.items()))
    openings = {section.key: section.opening for section in get_style(name).sections}
    texts = (
        text.removeprefix(openings[key]) for key, text in note.items() if text != NOT_DISCUSSED
    )
    return " ".join(texts)


def _other_texts(path: Path | None, most: int | None) -> Texts:
    if path is None:
        return {}
    sessions = load_noted_sessions(path)[:most]
    return {
        f"dialogues of {path.stem}": [_spoken(session.transcript) for session in sessions],
        f"notes of {path.stem}": [
            " ".join(text for note in session.notes.values() for text in note.values())
            for session in sessions
        ],
    }


def _spoken(transcript: str) -> str:
    """Return what was said, without who said it."""
    return " ".join(turn.text for turn in parse_transcript(transcript).turns)


def _compared(own: Texts, other: Texts) -> dict[str, Diversity]:
    """Return the measures of each set, of dialogues and of notes over equally many words."""
    measured: dict[str, Diversity] = {}
    for kind in own:
        both = (*own.items(), *other.items())
        sets = {name: texts for name, texts in both if name.startswith(kind)}
        least = min(sum(len(words(text)) for text in texts) for texts in sets.values())
        measured |= {name: diversity(texts, least) for name, texts in sets.items()}
    return measured


def _lines(holdings: Mapping[str, object]) -> Iterator[str]:
    for name, value in holdings.items():
        shown = (
            ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        yield f"{name.replace('_', ' ')}: {shown}"


def _table(measured: Mapping[str, Diversity]) -> Iterator[str]:
    """Yield a table in Markdown, one row a measure, one column a set."""
    yield f"| | {' | '.join(measured)} |"
    yield "|---" * (len(measured) + 1) + "|"
    rows = [_row(each) for each in measured.values()]
    for label in rows[0]:
        yield f"| {label} | {' | '.join(row[label] for row in rows)} |"


def _row(each: Diversity) -> dict[str, str]:
    return {
        "texts": str(each.num_texts),
        "words: least, 10 %, median, 90 %, most": ", ".join(map(str, each.words)),
        "words compared": str(each.num_compared_words),
        "distinct words, pairs, triples": ", ".join(f"{share:.3f}" for share in each.distinct),
        "likest other text, TF-IDF cosine: mean, most": _likeness(each.tfidf),
        "likest other text, shared triples: mean, most": _likeness(each.trigrams),
    }


def _likeness(each: Similarity) -> str:
    return f"{each.mean:.3f}, {each.max:.3f}"


if __name__ == "__main__":
    main()
