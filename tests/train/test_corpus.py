"""Our own corpus: read, checked, and what is held out of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from notes.errors import ConfigurationError
from notes.risk import Polarity, RiskCategory
from train_jobs.corpus import (
    CORPUS,
    Alert,
    CorpusSession,
    FaultKind,
    faults_of,
    find_faults,
    load_corpus,
)
from train_jobs.corpus.__main__ import main
from train_jobs.dataset import held_out, load_noted_sessions
from train_jobs.splitting import near_duplicates

NOTE = {
    "chief_complaint": "Patient talks about waking at four and counting invoices in the dark.",
    "emotional_state": "Patient said they felt heavy and ashamed about the unpaid invoices.",
    "risk": "Not discussed.",
    "intervention": "Therapist asked who else knows about the unpaid invoices at home.",
    "plan": "Patient will tell the brother about the invoices on Sunday after lunch.",
}
ROW: Mapping[str, Any] = {
    "id": "t-001",
    "school": "CBT",
    "problem": "sleep",
    "person": "plumber, 40",
    "risk": "none",
    "turns": [
        ["P", "I wake at four and lie counting invoices in the dark."],
        ["T", "Who else knows at home about the unpaid invoices?"],
        ["P", "Nobody. I feel heavy, ashamed about the unpaid invoices."],
        ["O", "I knew."],
        ["P", "On Sunday after lunch I will tell my brother about the invoices."],
    ],
    "notes": {"sections5": NOTE},
    "alerts": [],
}


def write(folder: Path, *rows: Mapping[str, Any]) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def session(folder: Path, **changes: object) -> CorpusSession:
    return load_corpus(write(folder, {**ROW, **changes}))[0]


def test_a_line_is_a_session_with_speakers_notes_and_alerts(tmp_path: Path) -> None:
    read = session(tmp_path, alerts=[["suicide", "passive", [1, 3]]])
    assert read.text.splitlines()[3] == "Other: I knew."
    assert read.transcript.turns[0].text.startswith("I wake at four")
    assert read.alerts == (Alert(RiskCategory.SUICIDE, Polarity.PASSIVE, (1, 3)),)
    assert read.notes["sections5"] == NOTE


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "{}", json.dumps({**ROW, "turns": [["X", "?"]]}),
     json.dumps({**ROW, "alerts": [["murder", "passive", [1]]]})],
)  # fmt: skip
def test_a_line_that_is_no_session_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="Line 2 of"):
        load_corpus(path)


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no corpus to read"):
        load_corpus(tmp_path / "absent.jsonl")


def test_a_good_note_has_no_fault(tmp_path: Path) -> None:
    assert list(faults_of(session(tmp_path))) == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"plan": "Patient will rest."}, FaultKind.WORDS),
        ({"plan": NOTE["plan"].replace("Sunday", "3.5.")}, FaultKind.GRAMMAR),
        ({"plan": "Patient will paint the garden fence green before aunt Matilda visits."},
         FaultKind.SUPPORT),
        ({"risk": "Patient reports hearing voices that tell them to jump."}, FaultKind.RISK),
    ],
)  # fmt: skip
def test_faults_are_told(tmp_path: Path, changes: dict[str, str], kind: FaultKind) -> None:
    found = find_faults(session(tmp_path, notes={"sections5": {**NOTE, **changes}}))
    assert kind in {fault.kind for fault in found}


def test_a_missing_section_is_a_fault(tmp_path: Path) -> None:
    note = {key: text for key, text in NOTE.items() if key != "plan"}
    (fault,) = find_faults(session(tmp_path, notes={"sections5": note}))
    assert fault.kind is FaultKind.SECTIONS


def test_silence_about_risk_is_a_fault_where_it_was_asked_about(tmp_path: Path) -> None:
    turns = [*ROW["turns"], ["T", "Any thoughts of suicide?"], ["P", "No."]]
    found = find_faults(session(tmp_path, turns=turns))
    assert FaultKind.RISK in {fault.kind for fault in found}


def test_the_command_ends_with_one_line_of_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**ROW, "id": "t-002", "risk": "denied"}
    path = write(tmp_path, ROW, {**other, "notes": {"sections5": {**NOTE, "plan": "Rest."}}})
    csv = tmp_path / "other.csv"
    rows = "Patient: One two three.,A note here.\nPatient: Four five six.,Another note.\n"
    csv.write_text(f"session_transcription,session_summary\n{rows}", encoding="utf-8")
    main([str(path), "--compare", str(csv), "--quick"])
    *lines, last = capsys.readouterr().out.splitlines()
    report = json.loads(last)
    assert report["sessions"] == 2
    assert report["notes_with_faults"] == 1
    assert report["risk"] == {"none": 1, "denied": 1}
    assert report["diversity"]["dialogues of other"]["num_texts"] == 2
    assert any(line.startswith("t-002 (denied): sections5: plan has 1 words") for line in lines)


# The corpus that is in the repository


def test_the_held_out_tenth_has_every_risk_label_and_no_near_duplicate() -> None:
    sessions = load_corpus(CORPUS)
    tenth = held_out(sessions)
    assert 0.07 <= len(tenth) / len(sessions) <= 0.13
    assert {each.risk for each in tenth} == {each.risk for each in sessions}
    assert list(near_duplicates([each.text.casefold() for each in sessions])) == []


def test_the_corpus_has_the_promised_size_and_form() -> None:
    sessions = load_corpus(CORPUS)
    assert len({each.id for each in sessions}) == len(sessions) >= 150
    assert all("sections5" in each.notes for each in sessions)
    assert len(load_noted_sessions(CORPUS)) == len(sessions)
    kinds = {fault.kind for each in sessions for fault in find_faults(each)}
    assert kinds <= {FaultKind.RISK, FaultKind.SUPPORT, FaultKind.FORM}
