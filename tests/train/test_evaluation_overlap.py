"""ROUGE and BLEU are those of their packages."""

import pytest
from sacrebleu.metrics.bleu import BLEU

from tests.train.tiny import NOTES
from train_jobs.evaluation.overlap import bleu, bleu_counts, rouge

TEXTS = ("The patient lies awake and worries about the job.", NOTES[1], "Something else was said.")


def test_rouge_is_one_for_the_same_and_zero_for_another_text() -> None:
    assert [each.part for each in rouge(NOTES[0], NOTES[0]).values()] == [1.0, 1.0, 1.0]
    assert [each.part for each in rouge("Quite other words.", NOTES[0]).values()] == [0, 0, 0]


def test_rouge_counts_what_is_known() -> None:
    found = rouge("a b c x", "a b c d")
    assert found["rouge1"].part == pytest.approx(3 / 4)
    assert found["rouge2"].part == pytest.approx(2 / 3)
    assert found["rougeL"].part == pytest.approx(3 / 4)


def test_bleu_of_single_notes_adds_up_to_corpus_bleu() -> None:
    found = bleu([bleu_counts(*pair) for pair in zip(TEXTS, NOTES, strict=True)], 50)
    assert found is not None
    assert found.value == pytest.approx(BLEU().corpus_score(list(TEXTS), [list(NOTES)]).score)
    assert found.low <= found.value <= found.high


def test_there_is_no_bleu_of_nothing() -> None:
    assert bleu([], 50) is None
