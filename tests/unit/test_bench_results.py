"""Figures: rows with their spread, ratios of medians, a table, a file, one last line."""

import json
from pathlib import Path

import pytest

from bench import measures as m
from bench.contenders import SERVER_BEST, SERVER_DEFAULT
from bench.peers.engine import NAME as ENGINE
from bench.ratios import ratios_of
from bench.results import Ledger, Report, Row, median_of, ratio, table

LLAMA_OFF, LLAMA_ON = "Llama, flash attention off", "Llama, flash attention on"


def rate(who: str, *values: float, words: int = 200) -> Row:
    return Row(m.RATE, who, "per min", values, words=words)


def test_a_row_keeps_its_values_and_their_middle() -> None:
    row = rate("somebody", 3.0, 1.0, 2.0)
    summary = row.as_dict()
    assert (summary["median"], summary["min"], summary["max"]) == (2.0, 1.0, 3.0)
    assert summary["values"] == (3.0, 1.0, 2.0)


def test_a_ledger_gathers_values_of_the_same_thing() -> None:
    ledger = Ledger()
    ledger.add("time", "a", "s", 1.0, words=200)
    ledger.add("time", "b", "s", 5.0, words=200)
    ledger.add("time", "a", "s", 2.0, 3.0, words=200)
    ledger.add("time", "a", "s", 9.0, words=500)
    assert [(row.who, row.words, row.values) for row in ledger.rows] == [
        ("a", 200, (1.0, 2.0, 3.0)),
        ("b", 200, (5.0,)),
        ("a", 500, (9.0,)),
    ]


def test_throughput_is_compared_with_the_better_llama_and_both_servers() -> None:
    rows = [
        rate(LLAMA_OFF, 20.0, 19.0, 30.0),
        rate(LLAMA_ON, 25.0, 24.0, 26.0),
        rate(SERVER_DEFAULT, 16.0),
        rate(SERVER_BEST, 40.0),
        rate(ENGINE, 50.0, 49.0, 90.0),
    ]
    ratios = ratios_of(rows)
    assert ratios["notes_per_minute_vs_llama"] == 2.0
    assert ratios["notes_per_minute_vs_llama_server_best"] == 1.25
    assert ratios["notes_per_minute_vs_llama_server_defaults"] == 3.12


def test_a_note_alone_is_compared_with_the_quicker_llama() -> None:
    rows = [
        Row(m.ALONE, LLAMA_OFF, "s", (2.0, 2.0, 9.0), words=200),
        Row(m.ALONE, LLAMA_ON, "s", (4.0,), words=200),
        Row(m.ALONE, ENGINE, "s", (1.0,), words=200),
        rate(ENGINE, 1.0),
    ]
    assert ratios_of(rows)["one_note_time_vs_llama"] == 0.5


def test_other_lengths_are_named() -> None:
    rows = [rate(LLAMA_OFF, 2.0, words=1000), rate(ENGINE, 3.0, words=1000)]
    assert ratios_of(rows) == {"notes_per_minute_vs_llama_1000": 1.5}


def test_the_bound_of_reading_stands_beside_the_ratio() -> None:
    rows = [
        rate(LLAMA_OFF, 10.0, words=1500),
        rate(ENGINE, 15.0, words=1500),
        Row(m.BOUND, LLAMA_OFF, "per min", (20.0,), words=1500),
        Row(m.BOUND, LLAMA_ON, "per min", (30.0,), words=1500),
    ]
    ratios = ratios_of(rows)
    assert ratios["prefill_bound_vs_llama_1500"] == 3.0
    assert ratios["share_of_prefill_bound_1500"] == 0.5


def test_reuse_is_compared_with_the_cold_note_of_the_same_length() -> None:
    measured = {m.COLD: 10.0, m.WARM: 3.0, m.SECOND: 4.0, m.AGAIN: 2.0}
    rows = [Row(name, ENGINE, "s", (value,), words=1000) for name, value in measured.items()]
    assert ratios_of(rows) == {
        "warm_note_time_vs_cold_1000": 0.3,
        "second_style_time_vs_cold_1000": 0.4,
        "regeneration_time_vs_cold_1000": 0.2,
    }


def test_memory_is_that_of_the_shortest_sessions() -> None:
    rows = [
        Row(m.ABOVE, ENGINE, "GB", (0.9,), words=1500),
        Row(m.ABOVE, ENGINE, "GB", (0.3, 0.2, 0.31), words=200),
        Row(m.FIRST_TOKEN, ENGINE, "s", (2.5,)),
    ]
    assert ratios_of(rows) == {
        "memory_above_file_and_cache_gb": 0.3,
        "process_start_to_first_token_s": 2.5,
    }


def test_what_was_not_measured_has_no_ratio() -> None:
    assert ratios_of([]) == {}
    assert ratio(None, 1.0) is None
    assert ratio(1.0, 0.0) is None
    assert median_of([], m.RATE, ENGINE) is None


def test_the_table_is_aligned() -> None:
    lines = table([rate("a", 1.0), rate("somebody with a name", 1234.5, 2.0)]).splitlines()
    column = lines[0].index("median")
    assert all(line[column - 2 : column] == "  " for line in lines)
    assert "2 to 1234" in lines[2]


def test_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    Report("compare", {}, [rate("a", 1.0)], {"notes_per_minute_vs_llama": 2.4}).print()
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"benchmark": "compare", "notes_per_minute_vs_llama": 2.4}


def test_the_file_holds_every_value_and_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder.json"
    Report("compare", {"model": "default"}, [rate("a", 1.0, 2.0)], {"x": 1.0}).write(path)
    written = json.loads(path.read_text())
    assert written["rows"][0]["values"] == [1.0, 2.0]
    assert written["settings"] == {"model": "default"}
    assert {"machine", "versions", "load_average", "at"} <= written.keys()
