"""The evaluation command with the real default model."""

import json
from pathlib import Path

import pytest

from models.registry import default_store
from tests.train.tiny import SESSIONS, write_csv
from train_jobs import evaluate
from train_jobs.evaluation import systems as s
from train_jobs.evaluation import writing


def test_notes_are_written_measured_and_kept(
    tmp_path: Path,
    default_model_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert default_model_path.is_relative_to(default_store())
    rows = [(each.transcript, each.reference) for each in SESSIONS]
    path = write_csv(tmp_path / "s.csv", ("session_transcription", "session_summary"), rows)
    arguments = ["--data", str(path), "--out", str(tmp_path / "out"), "--quick"]
    assert evaluate.main(arguments) == 0
    found = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    measures = found["systems"][s.MODEL]["measures"]
    for name in ("sections", "marks", "bounds", "clean", "coverage"):
        assert measures[name]["value"] == 1.0, name
    assert measures["marks_on_a_question_alone"]["value"] == 0.0
    assert measures["tokens"]["value"] > 10
    assert "## row 2: " in (tmp_path / "out" / "examples.md").read_text()
    assert set(found["model_minus"]) == {s.EXTRACT, s.LEAD, s.TFIDF, s.NEAREST}

    def refuse(*_: object) -> None:
        pytest.fail("the model was loaded for notes that are there")

    monkeypatch.setattr(writing, "_engine_of", refuse)
    assert evaluate.main(arguments) == 0
    again = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert again == found
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["system"] == s.MODEL
