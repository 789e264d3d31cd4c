"""Training rows from CSV to examples."""

import csv
import io
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.errors import ConfigurationError
from notes.prompt import ChatFormat, format_prompt
from notes.style import PARAGRAPH, SECTIONS5
from notes.transcript import normalise, parse_transcript
from train_jobs.dataset import (
    Columns,
    InvalidRow,
    NotedSession,
    Row,
    format_example,
    held_out,
    load_csv,
    load_noted_sessions,
    preprocess,
    split_dataset,
    validate_rows,
)
from train_jobs.splitting import near_duplicates

EXAMPLES = settings(max_examples=150, deadline=None)
SESSION = "Therapist: How was your week?\nPatient: Hard. I could not sleep."
NOTE = (
    "**Chief Complaint:** Patient reports poor sleep.\n**Emotional State:** Tired.\n"
    "**Risk:** Thoughts of {{RED:suicide}} without a plan.\n**Intervention:** Sleep hygiene.\n"
    "**Plan:** Keep a sleep diary."
)

words = st.text(alphabet="abcdefg é{}:", min_size=1, max_size=12)
texts = st.one_of(st.text(max_size=80), st.lists(words, max_size=8).map(" ".join))
row_lists = st.lists(st.tuples(texts, texts), max_size=60).map(
    lambda pairs: [Row(number, *pair) for number, pair in enumerate(pairs, start=2)]
)


def write_csv(
    path: Path,
    rows: list[tuple[str, str]],
    encoding: str = "utf-8",
    header: tuple[str, str] = ("session_transcription", "session_summary"),
) -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([header, *rows])
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


# Reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    path = write_csv(
        tmp_path / "rows.csv", [("Patient: I’m “fine” – née Müller", "Fine.")], encoding
    )
    assert load_csv(path) == [Row(2, "Patient: I’m “fine” – née Müller", "Fine.")]


def test_bytes_of_no_encoding_do_not_stop_the_load(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"session_transcription,session_summary\nabc\x81def,note\n")
    assert load_csv(path)[0].note == "note"


def test_quoted_line_breaks_and_quotes_belong_to_the_cell(tmp_path: Path) -> None:
    said = 'Therapist: "Go on", please.\nPatient: Well,\r\nyes.'
    path = write_csv(tmp_path / "rows.csv", [(said, "A\nB"), ("second", "note")])
    assert load_csv(path) == [Row(2, said, "A\nB"), Row(3, "second", "note")]


def test_a_long_session_is_one_cell(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "rows.csv", [("word " * 100_000, "note")])
    assert len(load_csv(path)[0].transcript) == 500_000


def test_columns_may_have_other_names_and_rows_may_be_short(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,note,dialogue\n1,n1,d1\n\n2\n", encoding="utf-8")
    rows = load_csv(path, transcript_column="dialogue", note_column="note")
    assert rows == [Row(2, "d1", "n1"), Row(4, "", "")]


def test_a_missing_file_says_where_it_is_expected(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Put a CSV file with the") as caught:
        load_csv(tmp_path / "absent.csv")
    assert str(tmp_path / "absent.csv") in str(caught.value)


@pytest.mark.parametrize("content", ["", "session_transcription,other\na,b\n"])
def test_a_missing_column_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"no column .*session_summary"):
        load_csv(path)


# One door


def test_a_note_is_of_five_sections_by_its_headings_and_else_a_paragraph(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "rows.csv", [(SESSION, NOTE), (SESSION, "Slept\nbadly."), ("", "x")]
    )
    first, second = load_noted_sessions(path)
    assert first.id == "rows:2"
    assert first.transcript == SESSION
    assert first.notes["sections5"]["plan"] == "Keep a sleep diary."
    assert second.notes == {"paragraph": {"summary": "Slept badly."}}


def test_two_named_columns_make_a_data_set(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", [("said", "written")], header=("talk", "report"))
    with pytest.raises(ConfigurationError, match="Name the columns"):
        load_noted_sessions(path)
    (session,) = load_noted_sessions(path, Columns("talk", "report"))
    assert session == NotedSession("own:2", "said", {"paragraph": {"summary": "written"}})


@pytest.mark.parametrize(
    "header",
    ["ID,section_header,section_text,dialogue\n0,GENHX,{note},{said}\n",
     "dataset,encounter_id,dialogue,note\nset,D1,{said},{note}\n"],
)  # fmt: skip
def test_sections_and_notes_of_visits_are_paragraphs(tmp_path: Path, header: str) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(header.format(said="Doctor: Any pain?", note="No pain."), encoding="utf-8")
    (session,) = load_noted_sessions(path)
    assert session.transcript == "Doctor: Any pain?"
    assert session.notes == {"paragraph": {"summary": "No pain."}}


def test_a_corpus_comes_through_the_same_door(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    row: dict[str, object] = {
        "id": "a1",
        "school": "CBT",
        "problem": "sleep",
        "person": "nurse",
        "risk": "none",
    }
    row |= {"turns": [["T", "Well?"], ["P", "No."]], "notes": {"sections5": {"plan": "Rest."}}}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (session,) = load_noted_sessions(path)
    assert session == NotedSession(
        "a1", "Therapist: Well?\nPatient: No.", {"sections5": {"plan": "Rest."}}
    )


# Checking and cleaning


@EXAMPLES
@given(row_lists)
def test_valid_rows_have_both_fields(rows: list[Row]) -> None:
    """Property 3: Required Fields Validation."""
    checked = validate_rows(rows)
    assert all(normalise(row.transcript) and normalise(row.note) for row in checked.valid)
    numbers = sorted(
        [row.number for row in checked.valid] + [r.row_number for r in checked.invalid]
    )
    assert numbers == [row.number for row in rows]


def test_invalid_rows_are_logged_by_number_and_reason_without_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = [Row(2, "planted words", " \n"), Row(3, "\x00", "x"), Row(4, "", ""), Row(5, "a", "b")]
    with caplog.at_level(logging.INFO):
        checked = validate_rows(rows)
    assert [row.number for row in checked.valid] == [5]
    assert checked.invalid == (
        InvalidRow(2, "the note is empty"),
        InvalidRow(3, "the transcript is empty"),
        InvalidRow(4, "the transcript and the note are empty"),
    )
    assert "row 2 is left out: the note is empty" in caplog.text
    assert "1 rows are valid, 3 are left out" in caplog.text
    assert "planted" not in caplog.text


@EXAMPLES
@given(texts, texts)
def test_preprocessed_text_has_single_spaces(transcript: str, note: str) -> None:
    """Property 4: Whitespace Normalization."""
    row = preprocess(Row(2, transcript, note))
    for text in (row.transcript, row.note):
        assert text == text.strip()
        assert all(line == " ".join(line.split()) and line for line in text.split("\n") if text)
        assert "  " not in text
    assert preprocess(row) == row


@EXAMPLES
@given(
    st.lists(texts, min_size=1, max_size=6),
    st.sampled_from(["suicide", "hurt myself", "überdosis"]),
)
def test_marks_survive_preprocessing(pieces: list[str], word: str) -> None:
    """Property 6: Clinical Marker Preservation."""
    mark = "{{RED:" + word + "}}"
    note = f"  {mark} ".join(pieces)
    assert preprocess(Row(2, "said", note)).note.count(mark) == note.count(mark)


def test_turns_keep_their_lines() -> None:
    row = preprocess(Row(2, "Therapist:  Hello. \r\n\r\n Patient:\tHi. ", NOTE))
    assert row.transcript == "Therapist: Hello.\nPatient: Hi."
    assert row.note == NOTE


# Splitting


@EXAMPLES
@given(row_lists, st.integers(0, 5))
def test_splits_share_nothing_and_lose_nothing(rows: list[Row], seed: int) -> None:
    """Property 2: Dataset Split Proportions and Disjointness."""
    split = split_dataset(rows, seed=seed)
    parts = (split.train, split.validation, split.test)
    assert sorted(row.number for part in parts for row in part) == [row.number for row in rows]
    for field in ("transcript", "note"):
        seen = [{normalise(getattr(row, field)).casefold() for row in part} for part in parts]
        assert not seen[0] & seen[1]
        assert not seen[0] & seen[2]
        assert not seen[1] & seen[2]


@EXAMPLES
@given(st.integers(0, 300), st.integers(0, 5))
def test_splits_of_distinct_rows_have_the_ratios_to_within_a_row(num_rows: int, seed: int) -> None:
    """Property 2: Dataset Split Proportions and Disjointness."""
    split = split_dataset([Row(n, f"said {n}", f"note {n}") for n in range(num_rows)], seed=seed)
    sizes = (len(split.train), len(split.validation), len(split.test))
    assert sum(sizes) == num_rows
    shares = zip(sizes, (0.8, 0.1, 0.1), strict=True)
    assert all(abs(size - num_rows * ratio) < 1 for size, ratio in shares)


def test_a_seed_gives_one_split_and_another_seed_another() -> None:
    rows = [Row(n, f"said {n}", f"note {n}") for n in range(100)]
    assert split_dataset(rows, seed=1) == split_dataset(rows, seed=1)
    assert split_dataset(rows, seed=1) != split_dataset(rows, seed=2)


def test_ratios_must_sum_to_one() -> None:
    with pytest.raises(ConfigurationError, match="must sum to 1"):
        split_dataset([], seed=1, ratios=(0.8, 0.1, 0.2))


many_words = st.permutations([f"w{n}" for n in range(60)])


@EXAMPLES
@given(many_words, st.integers(0, 59), st.integers(0, 5))
def test_near_duplicates_stay_on_one_side(said: list[str], place: int, seed: int) -> None:
    changed = [*said[:place], "other", *said[place + 1 :]]
    others = [Row(n, f"{n} " * 20, f"note {n}") for n in range(3, 30)]
    rows = [Row(1, " ".join(said), "first"), Row(2, " ".join(changed), "second"), *others]
    split = split_dataset(rows, seed=seed)
    sides = [{row.number for row in part} for part in (split.train, split.validation, split.test)]
    assert any({1, 2} <= side for side in sides)


def test_near_duplicates_share_a_third_of_the_shorter_text() -> None:
    words = [f"w{n}" for n in range(100)]
    whole, part = " ".join(words), " ".join(words[:40])
    assert list(near_duplicates([whole, part])) == [(0, 1)]
    half_new = " ".join([*words[:20], *(f"v{n}" for n in range(80))])
    assert list(near_duplicates([whole, half_new])) == []
    assert list(near_duplicates(["a b c d e f", "a b c d e f g"])) == []  # small talk


def test_sessions_with_notes_split_as_rows_do() -> None:
    rows = [Row(n, f"said {n // 2}", f"note {n}") for n in range(40)]
    sessions = [NotedSession(str(r.number), r.transcript, {"p": {"s": r.note}}) for r in rows]
    by_rows, by_sessions = split_dataset(rows, seed=3), split_dataset(sessions, seed=3)
    assert [str(row.number) for row in by_rows.test] == [each.id for each in by_sessions.test]


@EXAMPLES
@given(st.sets(st.text(max_size=12), max_size=40), st.sets(st.text(max_size=12), max_size=40))
def test_what_is_held_out_stays_when_sessions_are_added(ids: set[str], more: set[str]) -> None:
    before, after = ([NotedSession(i, "", {}) for i in sorted(each)] for each in (ids, ids | more))
    assert {each.id for each in held_out(after)} & ids == {each.id for each in held_out(before)}


def test_about_a_tenth_is_held_out() -> None:
    sessions = [NotedSession(f"id-{n}", "", {}) for n in range(2000)]
    assert 150 <= len(held_out(sessions)) <= 250


# Rendering


@EXAMPLES
@given(
    texts, st.sampled_from([NOTE, "A plain paragraph about sleep."]), st.sampled_from(ChatFormat)
)
def test_examples_open_as_the_serving_prompt(said: str, note: str, chat_format: ChatFormat) -> None:
    """Property 5: Prompt Template Consistency."""
    examples = format_example(preprocess(Row(2, f"{SESSION}\nPatient: {said}", note)), chat_format)
    style = SECTIONS5 if note == NOTE else PARAGRAPH
    turns = parse_transcript(
        preprocess(Row(2, f"{SESSION}\nPatient: {said}", note)).transcript
    ).turns
    prompt = format_prompt(turns, style, chat_format)
    assert len(examples) == len(style.sections)
    for example, branch in zip(examples, prompt.branches, strict=True):
        assert example.text[: example.loss_start] == prompt.prefix + branch.text


def test_sections_are_learned_one_by_one_and_prose_as_a_paragraph() -> None:
    examples = format_example(Row(2, SESSION, NOTE), ChatFormat.PHI3)
    answers = [example.text[example.loss_start :] for example in examples]
    assert "{{RED:suicide}}" in answers[2]
    assert "Keep a sleep diary." in answers[4]
    assert len(format_example(Row(2, SESSION, "Plain words."), ChatFormat.PHI3)) == 1
