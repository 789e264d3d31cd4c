"""The psychotherapy CSV's notes in the language of our styles: narrative, and five sections.

Its summaries are telegraphic paragraphs with labels, brackets and slashes, which the grammar of a
note cannot write. For the narrative the words stay and what joins them changes; for the sections
phrases are taken out, and only what the session bears out is kept.
`python -m train_jobs.relaying FILE.csv` tells how many rows train what, and why others do not.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from notes.grammar import is_writable
from notes.sentences import num_words, split_sentences
from notes.style import NARRATIVE, PARAGRAPH, SECTIONS5
from notes.transcript import parse_transcript
from train_jobs.dataset import NotedSession, load_noted_sessions
from train_jobs.resectioning import LEAST_SECTIONS, NOT_WRITABLE, as_sections, relay_sections
from train_jobs.wording import begun, plain, small

__all__ = ["Relaying", "as_narrative", "as_sections", "describe", "kept_words", "relay"]

# The grammar wants so many words before the first full stop (notes/grammar.py).
_FIRST_SENTENCE_WORDS = 14


def as_narrative(summary: str) -> str | None:
    """Return a summary as a text that the narrative style can write, or None where it cannot.

    It begins "Client" and says the same in nearly the same words.
    """
    section = NARRATIVE.sections[0]
    text = _long_first_sentence(plain(begun(summary)))
    is_fit = num_words(text) <= section.max_words and is_writable(text, section)
    return text if is_fit else None


def _long_first_sentence(text: str) -> str:
    """Return the text with as many sentences joined as the grammar wants in the first."""
    first, *others = split_sentences(text) or ("",)
    while others and num_words(first) < _FIRST_SENTENCE_WORDS:
        following = others.pop(0)
        first = f"{first.rstrip('.!?')}; {small(following)}"
    return " ".join((first, *others))


@dataclass(frozen=True, slots=True)
class Relaying:
    """Sessions with the notes that they train, and how many rows train what or why nothing."""

    sessions: tuple[NotedSession, ...]
    counts: Mapping[str, int]


def relay(sessions: Iterable[NotedSession]) -> Relaying:
    """Return the sessions with a paragraph as narratives and five sections, as far as they can be.

    Sessions that train nothing are left out; notes of other styles stay as they are. Split before
    this, so that what is held out does not hang on it.
    """
    counts: Counter[str] = Counter()
    relaid = [_relaid(session, counts) for session in sessions]
    return Relaying(tuple(each for each in relaid if each.notes), dict(sorted(counts.items())))


def _relaid(session: NotedSession, counts: Counter[str]) -> NotedSession:
    counts["rows"] += 1
    paragraph = session.notes.get(PARAGRAPH.name)
    if paragraph is None:
        return session
    summary = " ".join(paragraph.values())
    notes = {name: note for name, note in session.notes.items() if name != PARAGRAPH.name}
    narrative = as_narrative(summary)
    counts["narrative" if narrative else f"narrative: {NOT_WRITABLE}"] += 1
    if narrative:
        notes[NARRATIVE.name] = {NARRATIVE.sections[0].key: narrative}
    made = relay_sections(summary, parse_transcript(session.transcript))
    for key, reason in made.reasons.items():
        counts[f"{key}: {reason}"] += 1
    if made.is_enough:
        counts[SECTIONS5.name] += 1
        counts.update(made.sections.keys())
        notes[SECTIONS5.name] = made.sections
    else:
        counts[f"{SECTIONS5.name}: fewer than {LEAST_SECTIONS} sections"] += 1
    return NotedSession(session.id, session.transcript, notes)


def describe(relaying: Relaying) -> tuple[str, ...]:
    """Return the counts as lines for a log."""
    return tuple(f"{count:6}  {what}" for what, count in relaying.counts.items())


def kept_words(original: str, text: str) -> float:
    """Return how much of the words two texts share: ROUGE-1 (F1), letter case aside."""
    one, other = (Counter(re.findall(r"[a-z0-9]+", each.casefold())) for each in (original, text))
    num_words_of_both = one.total() + other.total()
    return 2 * (one & other).total() / num_words_of_both if num_words_of_both else 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Print how many rows of the files train what, and how close the narratives are to theirs."""
    parser = argparse.ArgumentParser(prog="python -m train_jobs.relaying", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    sessions = [s for path in parser.parse_args(arguments).files for s in load_noted_sessions(path)]
    print(*describe(relay(sessions)), sep="\n")
    originals = [" ".join(session.notes.get(PARAGRAPH.name, {}).values()) for session in sessions]
    pairs = [(original, as_narrative(original)) for original in originals]
    shares = [kept_words(original, text) for original, text in pairs if text]
    if shares:
        print(
            f"narratives keep the words of their originals: ROUGE-1 {mean(shares):.3f} on average"
        )


if __name__ == "__main__":
    main()
