"""A small comparison runs from its command line to its last line, and leaves nothing behind."""

import json
from pathlib import Path

import psutil
import pytest

from bench.compare import main

FIGURES = {
    "notes_per_minute_vs_llama",
    "one_note_time_vs_llama",
    "warm_note_time_vs_cold_200",
    "second_style_time_vs_cold_200",
    "regeneration_time_vs_cold_200",
    "memory_above_file_and_cache_gb",
    "python_share_of_step",
    "prefill_bound_vs_llama",
    "share_of_prefill_bound",
}


def test_two_notes_against_llama_one_at_a_time(
    default_model_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, before = tmp_path / "compare.json", children()
    arguments = ["--quick", "--without-server", "--rounds", "1", "--words", "200"]
    arguments += ["--notes", "2", "--in-flight", "2", "--notes-alone", "1"]
    arguments += ["--parts", "throughput,reuse"]
    assert main([*arguments, "--model", str(default_model_path), "--out", str(out)]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    written = json.loads(out.read_text())
    assert written["ratios"].keys() == FIGURES
    assert last == {"benchmark": "compare", **written["ratios"]}
    assert {row["who"] for row in written["rows"]} == {"our engine", "Llama, flash attention off"}
    assert children() <= before


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}
