"""Agreement with a person's note in words: ROUGE and BLEU, as their own packages count them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU

from train_jobs.evaluation.bootstrap import Estimate, Floats, Ratio, bootstrap

ROUGE = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}
_MAX_ORDER = 4


@dataclass(frozen=True, slots=True)
class BleuCounts:
    """What one note adds to corpus BLEU: matching and all n-grams by length, and lengths."""

    matches: tuple[int, ...]
    totals: tuple[int, ...]
    num_tokens: int
    num_reference_tokens: int

    @property
    def row(self) -> list[float]:
        """Return the counts as one row of a table."""
        return [*self.matches, *self.totals, self.num_tokens, self.num_reference_tokens]


def rouge(text: str, reference: str) -> dict[str, Ratio]:
    """Return ROUGE-1, ROUGE-2 and ROUGE-L (F1, stemmed) of a note."""
    scores = _rouge_scorer().score(reference, text)
    return {name: Ratio(scores[name].fmeasure) for name in ROUGE}


def bleu_counts(text: str, reference: str) -> BleuCounts:
    """Return what corpus BLEU needs of one note."""
    score = _bleu().sentence_score(text, [reference])
    return BleuCounts(tuple(score.counts), tuple(score.totals), score.sys_len, score.ref_len)


def bleu(counts: list[BleuCounts], num_resamples: int) -> Estimate | None:
    """Return corpus BLEU (0 to 100) of several notes; None where there are none."""
    if not counts:
        return None
    return bootstrap(np.array([each.row for each in counts]), _bleu_of, num_resamples)


def _bleu_of(sums: Floats) -> float:
    whole = [round(each) for each in sums]
    matches, totals = whole[:_MAX_ORDER], whole[_MAX_ORDER : 2 * _MAX_ORDER]
    score = BLEU.compute_bleu(matches, totals, whole[-2], whole[-1], smooth_method="exp")
    return float(score.score)


@cache
def _rouge_scorer() -> RougeScorer:
    return RougeScorer(list(ROUGE), use_stemmer=True)


@cache
def _bleu() -> BLEU:
    return BLEU(max_ngram_order=_MAX_ORDER, effective_order=True)
