"""Drafts of a transcript's chunks (or of several documents) as one draft of bounded length."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from notes.parsing import NOT_DISCUSSED, NoteDraft, Section
from notes.sentences import (
    content_words,
    cut_words,
    is_contradiction,
    is_near_duplicate,
    num_words,
    split_sentences,
)
from notes.style import NoteStyle, SectionStyle

T = TypeVar("T")

# What was agreed last is the plan; of every other section the first statement stands for the rest.
_LAST_COUNTS = frozenset({"plan"})


@dataclass(frozen=True, slots=True)
class Merged:
    """One draft, and how many sentences it lacks: said twice, taken back, left out, cut short."""

    draft: NoteDraft
    num_duplicates: int = 0
    num_contradicted: int = 0
    num_left_out: int = 0
    num_cut: int = 0


@dataclass(frozen=True, slots=True)
class _Collection:
    """The sentences of one section over all drafts, and how many were not taken."""

    sentences: tuple[str, ...]
    num_duplicates: int
    num_contradicted: int


@dataclass(frozen=True, slots=True)
class _Choice:
    """The sentences of one section that fit."""

    text: str
    num_left_out: int
    num_cut: int


def merge_drafts(
    drafts: Sequence[NoteDraft],
    style: NoteStyle,
    *,
    max_words: int | None = None,
    fixed: Mapping[str, str] | None = None,
) -> Merged:
    """Return one draft of at most `max_words` words (the style's long bound when not given).

    Near-duplicate sentences are dropped and the rest chosen evenly over the session; a section is
    "Not discussed." only if all drafts say so. `fixed` holds the text of sections that are decided
    already: it is taken as it is, and its words count.
    """
    fixed = fixed or {}
    collections = {
        section.key: _collect(drafts, section.key)
        for section in style.sections
        if section.key not in fixed
    }
    collected = {key: each.sentences for key, each in collections.items()}
    limit = style.long_max_words if max_words is None else max_words
    choices = _choose(collected, limit - sum(num_words(text) for text in fixed.values()))
    sections = tuple(_section(section, fixed, choices) for section in style.sections)
    return Merged(
        NoteDraft(style.name, sections),
        num_duplicates=sum(each.num_duplicates for each in collections.values()),
        num_contradicted=sum(each.num_contradicted for each in collections.values()),
        num_left_out=sum(choice.num_left_out for choice in choices.values()),
        num_cut=sum(choice.num_cut for choice in choices.values()),
    )


def collect_sentences(drafts: Sequence[NoteDraft], key: str) -> tuple[str, ...]:
    """Return the sentences of one section over all drafts, in order, near-duplicates once.

    Of two that contradict each other the later stands: what was said last in the session.
    """
    return _collect(drafts, key).sentences


def _collect(drafts: Sequence[NoteDraft], key: str) -> _Collection:
    kept: dict[str, frozenset[str]] = {}
    num_duplicates = num_contradicted = 0
    for sentence in _sentences(drafts, key):
        words = content_words(sentence)
        if is_near_duplicate(words, kept.values()):
            num_duplicates += 1
            continue
        taken_back = [each for each, said in kept.items() if is_contradiction(words, said)]
        num_contradicted += len(taken_back)
        for each in taken_back:
            del kept[each]
        kept[sentence] = words
    return _Collection(tuple(kept), num_duplicates, num_contradicted)


def choose_evenly(sentences: Sequence[str], max_words: int) -> tuple[str, ...]:
    """Return as many sentences as fit, spread evenly from the first to the last."""
    for count in range(min(len(sentences), max_words), 1, -1):
        chosen = spread(sentences, count)
        if sum(map(num_words, chosen)) <= max_words:
            return chosen
    return tuple(sentence for sentence in sentences if num_words(sentence) <= max_words)[:1]


def spread(items: Sequence[T], count: int) -> tuple[T, ...]:
    """Return so many items, spread evenly from the first to the last."""
    if count >= len(items):
        return tuple(items)
    step = (len(items) - 1) / max(count - 1, 1)
    return tuple(items[round(position * step)] for position in range(count))


def share_words(limit: int, needs: Mapping[str, int]) -> dict[str, int]:
    """Return how many words each section may have: what it needs, or else an equal share."""
    shares: dict[str, int] = {}
    left = max(limit, 0)
    for position, key in enumerate(sorted(needs, key=lambda key: needs[key])):
        shares[key] = min(needs[key], left // (len(needs) - position))
        left -= shares[key]
    return shares


def _sentences(drafts: Sequence[NoteDraft], key: str) -> Iterable[str]:
    for draft in drafts:
        for section in draft.sections:
            if section.key == key and section.is_discussed:
                yield from (s for s in split_sentences(section.text) if s != NOT_DISCUSSED)


def _choose(collected: Mapping[str, tuple[str, ...]], limit: int) -> dict[str, _Choice]:
    needs = {key: _need(sentences) for key, sentences in collected.items()}
    shares = share_words(limit, needs)
    return {key: _choice(key, collected[key], shares[key]) for key in collected}


def _need(sentences: Sequence[str]) -> int:
    return sum(map(num_words, sentences or (NOT_DISCUSSED,)))


def _choice(key: str, sentences: Sequence[str], max_words: int) -> _Choice:
    ordered = sentences[::-1] if key in _LAST_COUNTS else sentences
    chosen = choose_evenly(ordered, max_words)
    if chosen:
        in_order = chosen[::-1] if key in _LAST_COUNTS else chosen
        return _Choice(" ".join(in_order), len(sentences) - len(chosen), 0)
    cut = cut_words(ordered[0], max_words) if ordered else ""
    return _Choice(cut or NOT_DISCUSSED, max(len(sentences) - 1, 0), int(bool(cut)))


def _section(
    section: SectionStyle, fixed: Mapping[str, str], choices: Mapping[str, _Choice]
) -> Section:
    text = fixed[section.key] if section.key in fixed else choices[section.key].text
    return Section(section.key, section.heading, text)
