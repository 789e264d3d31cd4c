"""The scoring of labelled suites."""

from pathlib import Path

import pytest

from notes.errors import ConfigurationError
from tests.train.tiny import CALM, FALSE, HEARD, UNHEARD, write_suite
from train_jobs.evaluation.exchanges import load_exchanges, load_folder
from train_jobs.evaluation.risk_scores import score


def test_recall_false_alarms_and_grave_misses_are_counted(tmp_path: Path) -> None:
    found = score(load_folder(write_suite(tmp_path / "s", [HEARD, UNHEARD, FALSE, CALM])))
    assert (found.found["suicide"], found.expected["suicide"]) == (1, 2)
    assert found.recalls()["all"].value == 0.5
    assert (found.num_calm, found.num_false_alarms) == (2, 1)
    shares = found.false_alarm_shares()
    assert {name: each.value for name, each in shares.items()} == {
        "denied": 1.0,
        "no label": 0.0,
        "all": 0.5,
    }
    assert found.missed == found.missed_grave == ("unheard",)
    assert found.false_alarms == ("false",)
    assert found.num_grave == 1


def test_turns_that_prove_it_are_compared(tmp_path: Path) -> None:
    wrong = {**HEARD, "id": "wrong", "expect": [["suicide", "affirmed", 2, [1]]]}
    found = score(load_folder(write_suite(tmp_path / "s", [HEARD, wrong]))).citations()
    assert found is not None
    assert (found.value, found.num) == (0.5, 2)


def test_a_suite_without_danger_has_no_recall(tmp_path: Path) -> None:
    found = score(load_folder(write_suite(tmp_path / "s", [CALM])))
    assert found.recalls() == {}
    assert found.citations() is None


@pytest.mark.parametrize(
    "line", ["{", '{"id": "x"}', '{"id":"x","tag":"","turns":[["Q","hm"]],"expect":[]}', "[1]"]
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(ConfigurationError, match=r"Line 2 of .*some\.jsonl"):
        load_exchanges(path)


def test_an_unknown_polarity_is_named(tmp_path: Path) -> None:
    folder = write_suite(tmp_path / "s", [{**CALM, "expect": [["suicide", "perhaps", None]]}])
    with pytest.raises(ConfigurationError, match="Line 1"):
        load_folder(folder)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no exchange"):
        load_folder(tmp_path)
