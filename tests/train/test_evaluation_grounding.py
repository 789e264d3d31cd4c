"""The grounding score on sentences labelled by hand (tests/data/grounding/README.md)."""

from collections import Counter
from pathlib import Path

import pytest

from notes.errors import ConfigurationError
from train_jobs.evaluation.grounding_scores import TRUE, Labelled, Sample, load_samples

FOLDER = Path(__file__).parents[1] / "data" / "grounding"
SAMPLES = load_samples(FOLDER)
NATURAL = SAMPLES["natural"]


@pytest.mark.parametrize("name", ["natural", "paraphrased"])
def test_a_sample_is_half_true_and_has_every_kind(name: str) -> None:
    kinds = Counter(row.kind for row in SAMPLES[name].rows)
    false = dict.fromkeys(("invented", "swapped_session", "negated", "wrong_person"), 30)
    assert kinds == {TRUE: 120, **false}


@pytest.mark.parametrize("half", NATURAL.halves())
def test_the_score_ranks_better_than_the_floor(half: Sample) -> None:
    assert half.auc() > half.auc(by=lambda row: row.floor)
    assert half.auc() > 0.70


def test_what_nobody_said_is_hardly_ever_supported() -> None:
    for kind in ("invented", "swapped_session"):
        assert NATURAL.auc(kind) > 0.88
        assert NATURAL.supported(kind).value <= 0.07
    assert NATURAL.supported(TRUE).value > 0.5


def test_the_models_confidence_is_no_better_than_a_guess() -> None:
    together = SAMPLES["model"].auc_by_confidence()
    assert together is not None
    assert together[0] < 0.65  # else it is worth showing: see docs/quality.md


def test_ranking_counts_pairs_and_ties() -> None:
    rows = [("true", 0.9), ("true", 0.5), ("x", 0.5), ("y", 0.1)]
    sample = Sample(tuple(Labelled("s", kind, score, 0.0, None) for kind, score in rows))
    assert sample.auc() == 0.875
    assert sample.auc("y") == 1.0
    assert sample.auc(by=lambda row: row.floor) == 0.5
    assert sample.auc_by_confidence() is None


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "s.jsonl").write_text(
        '{"id": "a", "tag": "", "turns": [["P", "Hello."]], "expect": []}\n'
    )
    with pytest.raises(ConfigurationError, match="no labelled sentences"):
        load_samples(tmp_path)
    (tmp_path / "n.jsonl").write_text('{"session": "b", "sentence": "x", "kind": "true"}\n')
    with pytest.raises(ConfigurationError, match=r"Line 1 of .*KeyError"):
        load_samples(tmp_path)
