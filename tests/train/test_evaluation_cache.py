"""What was written is found again, whatever happened to the file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from train_jobs.evaluation.cache import NoteCache, NoteKey, Written

KEY = NoteKey("notes:1", "2", "d1")
OTHER = NoteKey("notes:1", "2", "d2")
WRITTEN = Written(({"plan": "Patient will rest."},), 1.5, 0.5, 100, 20)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), st.text()))
def test_any_words_come_back(texts: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "written.jsonl"
        NoteCache(path).add(KEY, Written((texts, {}), 1.0, 1.0, 1, 1))
        found = NoteCache(path).get(KEY)
        assert found is not None
        assert found.texts == (texts, {})


def test_every_part_of_the_key_counts(tmp_path: Path) -> None:
    cache = NoteCache(tmp_path / "written.jsonl")
    cache.add(KEY, WRITTEN)
    assert cache.get(KEY) == WRITTEN
    for other in (OTHER, NoteKey("notes:2", "2", "d1"), NoteKey("notes:1", "3", "d1")):
        assert cache.get(other) is None


def test_a_line_that_was_cut_off_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "written.jsonl"
    cache = NoteCache(path)
    cache.add(KEY, WRITTEN)
    cache.add(OTHER, WRITTEN)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        again = NoteCache(path)
        again.add(NoteKey("new", "2", "d"), WRITTEN)
        found = NoteCache(path)
        assert found.get(NoteKey("new", "2", "d")) == WRITTEN
        first_line = whole.index(b"\n")
        assert (found.get(KEY) is not None) == (length >= first_line)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    NoteCache(tmp_path / "written.jsonl")
    assert (tmp_path / "written.jsonl").stat().st_mode & 0o077 == 0
