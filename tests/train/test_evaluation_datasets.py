"""Sessions from files of every known form."""

from pathlib import Path

import pytest

from notes.errors import ConfigurationError
from notes.parsing import parse_note
from notes.style import SECTIONS5, SOAP
from notes.transcript import parse_transcript
from tests.train.tiny import CALM, SLEEP, write_corpus, write_csv, write_suite
from train_jobs.dataset import (
    ACI_BENCH,
    MTS_DIALOG,
    PSYCHOTHERAPY,
    Columns,
    find_columns,
    load_noted_sessions,
)
from train_jobs.evaluation.datasets import SPLIT_SEED, DataSet, Session, divide, load_sessions
from train_jobs.splitting import is_held_out, split_dataset

HEADERS = [
    (("session_transcription", "session_summary"), PSYCHOTHERAPY),
    (("ID", "section_header", "section_text", "dialogue"), MTS_DIALOG),
    (("dataset", "encounter_id", "dialogue", "note"), ACI_BENCH),
]


@pytest.mark.parametrize(("header", "columns"), HEADERS, ids=["psychotherapy", "mts", "aci"])
def test_known_data_sets_are_known_by_their_header(
    tmp_path: Path, header: tuple[str, ...], columns: Columns
) -> None:
    row = [{columns.transcript: SLEEP, columns.note: "A note."}.get(name, "x") for name in header]
    path = write_csv(tmp_path / "some.csv", header, [row])
    assert find_columns(path) == columns
    assert load_sessions(path).sessions == (Session("row 2", SLEEP, "A note."),)


def test_other_columns_are_named_or_asked_for(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", ("talk", "paper"), [(SLEEP, "A note.")])
    assert load_sessions(path, Columns("talk", "paper")).sessions[0].reference == "A note."
    with pytest.raises(ConfigurationError, match="Name the columns"):
        load_sessions(path)


def test_rows_without_a_transcript_are_counted_and_those_without_a_note_kept(
    tmp_path: Path,
) -> None:
    rows = [(SLEEP, ""), (" \n", "A note."), (SLEEP, "A note.")]
    data = load_sessions(write_csv(tmp_path / "some.csv", HEADERS[0][0], rows))
    assert [each.id for each in data.sessions] == ["row 2", "row 4"]
    assert data.num_left_out == 1


def test_a_folder_of_transcripts_and_a_suite_have_no_notes(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(SLEEP)
    (tmp_path / "a.txt").write_text("Patient: Hello.")
    assert [each.id for each in load_sessions(tmp_path).sessions] == ["a", "b"]
    said: dict[str, object] = {
        "id": "x",
        "tag": "t",
        "turns": [["T", "How are you?"], ["P", "Well."]],
        "expect": [],
    }
    (session,) = load_sessions(write_suite(tmp_path / "s", [said]) / "some.jsonl").sessions
    assert [turn.text for turn in parse_transcript(session.transcript).turns] == [
        "How are you?",
        "Well.",
    ]


@pytest.mark.parametrize("name", ["absent.csv", "absent.jsonl", "absent", "some.docx"])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=name.partition(".")[0]):
        load_sessions(tmp_path / name)


def test_a_file_without_transcripts_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "some.csv", HEADERS[0][0], [("", "A note.")])
    with pytest.raises(ConfigurationError, match="holds no transcript"):
        load_sessions(path)


def test_some_sessions_are_spread_over_the_file() -> None:
    sessions = tuple(Session(str(number), "said", "") for number in range(10))
    data = DataSet("some", "", sessions, 0)
    assert [each.id for each in data.spread(4)] == ["0", "2", "5", "7"]
    assert data.spread(10) == data.spread(99) == sessions


def test_our_corpus_has_its_notes_as_references_with_headings(tmp_path: Path) -> None:
    path = write_corpus(tmp_path / "sessions.jsonl")
    data = load_sessions(path)
    assert [each.id for each in data.sessions] == ["s-0", "s-1", "s-2"]
    draft = parse_note(data.sessions[0].reference, SECTIONS5)
    assert [section.key for section in draft.sections] == [each.key for each in SECTIONS5.sections]
    assert draft.section("plan").text.startswith("Patient will keep")
    assert {each.reference for each in load_sessions(path, style=SOAP).sessions} == {""}


def test_the_held_out_tenth_of_the_corpus_is_what_training_leaves_out(tmp_path: Path) -> None:
    path = write_corpus(tmp_path / "sessions.jsonl", 100)
    part, rest = divide(load_sessions(path), path)
    assert {each.id for each in part.sessions} == {
        f"s-{number}" for number in range(100) if is_held_out(f"s-{number}")
    }
    assert len(part.sessions) + len(rest) == 100
    assert part.sha256 != load_sessions(path).sha256


def test_the_held_out_part_of_a_csv_is_the_test_part_of_the_split(tmp_path: Path) -> None:
    rows = [(f"Patient: This is what number {n} said.", f"A note of {n}.") for n in range(30)]
    path = write_csv(tmp_path / "some.csv", HEADERS[0][0], [("", "no transcript"), *rows])
    part, rest = divide(load_sessions(path), path)
    test = split_dataset(load_noted_sessions(path), seed=SPLIT_SEED).test
    assert [each.transcript for each in part.sessions] == [each.transcript for each in test]
    assert not {each.id for each in part.sessions} & {each.id for each in rest}


def test_what_has_no_held_out_part_says_so(tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "suite", [CALM]) / "some.jsonl"
    with pytest.raises(ConfigurationError, match="has no held-out part"):
        divide(load_sessions(suite), suite)
