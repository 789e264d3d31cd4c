"""The command, without a model; tests/engine/test_evaluate.py has one with it."""

import json
from pathlib import Path

import pytest

from tests.train.tiny import CALM, HEARD, SESSIONS, write_csv, write_suite
from train_jobs import evaluate
from train_jobs.evaluation import systems as s

RUN = ("--model", "none", "--quick")


def data(folder: Path) -> str:
    rows = [(each.transcript, each.reference) for each in SESSIONS]
    header = ("session_transcription", "session_summary")
    return str(write_csv(folder / "some.csv", header, rows))


def test_everything_is_written_and_the_last_line_is_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite, out = write_suite(tmp_path / "suite", [HEARD, CALM]), tmp_path / "out"
    arguments = ["--data", data(tmp_path), "--risk", str(suite), "--out", str(out), *RUN]
    assert evaluate.main(arguments) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["out"] == str(out)
    assert {path.name for path in out.iterdir()} == {
        "evaluation.json",
        "evaluation_report.md",
        "length.svg",
        "risk.svg",
        "support.svg",
    }
    found = json.loads((out / "evaluation.json").read_text())
    assert found["risk"][str(suite)]["recall"]["all"]["value"] == 1.0
    assert list(found["systems"]) == [s.EXTRACT, s.LEAD, s.TFIDF, s.NEAREST, s.PERSON]
    extract = found["systems"][s.EXTRACT]["measures"]
    assert extract["sections"]["value"] == extract["marks"]["value"] == 1.0
    assert extract["rouge1"]["value"] > 0
    assert found["systems"][s.LEAD]["measures"]["support_note"]["value"] > 0.7
    assert "rouge1" not in found["systems"][s.PERSON]["measures"]


def test_the_same_command_gives_the_same_figures(tmp_path: Path) -> None:
    path, folders = data(tmp_path), (tmp_path / "one", tmp_path / "two")
    for out in folders:
        assert evaluate.main(["--data", path, "--out", str(out), *RUN]) == 0
    for name in ("evaluation.json", "evaluation_report.md", "support.svg", "length.svg"):
        first, second = ((out / name).read_bytes() for out in folders)
        assert first == second, name


def test_the_table_has_a_row_for_each_measure_and_a_column_for_each_system(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate.main(["--data", data(tmp_path), "--out", str(tmp_path / "out"), *RUN])
    printed = capsys.readouterr().out
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    header = next(row for row in rows if row.startswith("| measure"))
    assert header.count("|") == 7
    for label in ("telling statements left out", "ROUGE-L (F1)", "BLEU (0 to 100)", "words a note"):
        assert any(row.startswith(f"| {label} |") for row in rows)


def test_neighbours_may_come_from_another_file(tmp_path: Path) -> None:
    one = write_csv(
        tmp_path / "one.csv",
        ("session_transcription", "session_summary"),
        [(SESSIONS[0].transcript, SESSIONS[0].reference)],
    )
    out = tmp_path / "out"
    arguments = ["--data", str(one), "--out", str(out), *RUN]
    evaluate.main(arguments)
    assert s.NEAREST not in json.loads((out / "evaluation.json").read_text())["systems"]
    evaluate.main([*arguments, "--neighbours", data(tmp_path)])
    assert s.NEAREST in json.loads((out / "evaluation.json").read_text())["systems"]


def test_risk_needs_no_data_and_no_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = write_suite(tmp_path / "suite", [HEARD, CALM])
    assert evaluate.main(["--risk", str(suite), "--out", str(tmp_path / "out")]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["risk"] == {str(suite): {"recall": 1.0, "false_alarms": 0.0}}


def test_a_file_that_is_not_there_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(tmp_path / "absent.csv"), "--out", str(tmp_path / "out"), *RUN]
    assert evaluate.main(arguments) == 1
    error = capsys.readouterr().err
    assert "absent.csv" in error
    assert "Traceback" not in error


def test_something_must_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        evaluate.main([])
    assert "--data, --risk" in capsys.readouterr().err


def test_an_unknown_style_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", data(tmp_path), "--out", str(tmp_path), "--style", "haiku", *RUN]
    assert evaluate.main(arguments) == 1
    assert "haiku" in capsys.readouterr().err
