"""What a note leaves out, counted in facts, where a fact is one sentence.

Where a person wrote a note: the share of its sentences that ours does not cover. That is the
omission rate of Ben Abacha et al. (2023, "An Investigation of Evaluation Metrics for Automated
Medical Note Generation", Findings of ACL), with sentences for their hand-marked facts. From the
transcript alone: the share of the most telling statements that the note does not cover, after
Asgari et al. (2025, npj Digital Medicine 8:274), for whom an omission is a relevant sentence of the
consultation that the note lacks; what is relevant is judged by IDF here, not by a clinician.
"""

import heapq
import math
from collections.abc import Iterable, Sequence

from notes.sentences import split_sentences
from notes.transcript import Speaker, Turn
from train_jobs.evaluation.bootstrap import Ratio
from train_jobs.evaluation.terms import Idf, terms

# Half of what is telling in a fact. What another session's note covers by chance then is in
# docs/evaluation.md.
COVERED = 0.5
NUM_TELLING = 5  # a note of 30 to 70 words holds about so many facts
MIN_TERMS = 3  # "Plan: continue." says nothing that could be missed


def omitted(facts: Sequence[str], note: str, idf: Idf) -> Ratio:
    """Return how many of the facts a note does not cover."""
    found = terms(note)
    return Ratio(sum(covered_share(fact, found, idf) < COVERED for fact in facts), len(facts))


def covered_share(fact: str, note_terms: frozenset[str], idf: Idf) -> float:
    """Return how much of a fact stands in a note anywhere, by the weight of its terms."""
    wanted = terms(fact)
    weight = idf.total(wanted)
    return idf.total(wanted & note_terms) / weight if weight else 1.0


def facts_of(reference: str) -> tuple[str, ...]:
    """Return the sentences of a person's note that say something; headings do not."""
    return tuple(each for each in split_sentences(reference) if len(terms(each)) >= MIN_TERMS)


def telling_statements(turns: Iterable[Turn], idf: Idf) -> tuple[str, ...]:
    """Return the most telling statements of a session; the therapist's and questions are none."""
    stated = [
        sentence
        for turn in turns
        if turn.speaker is not Speaker.THERAPIST
        for sentence in split_sentences(turn.text)
        if not sentence.endswith("?") and len(terms(sentence)) >= MIN_TERMS
    ]
    return tuple(heapq.nlargest(NUM_TELLING, stated, key=lambda each: _weight(each, idf)))


def _weight(sentence: str, idf: Idf) -> float:
    found = terms(sentence)
    return idf.total(found) / math.sqrt(len(found))
