"""Plots: small files that say the same about the same results, and whose lines differ."""

import json
from pathlib import Path

import pytest

from bench import growth as g
from bench import measures as m
from bench.peers.engine import NAME as ENGINE
from bench.plots import main, read_results
from bench.results import Ledger, Report

MOST_BYTES = 60_000
CROWDS, LENGTHS = (1, 8, 32), (200, 2000, 8000)


def write_growth(path: Path, model: str = "default") -> Path:
    ledger = Ledger()
    for crowd in CROWDS:
        ledger.add(m.RATE, ENGINE, "per min", 20.0 + crowd, words=200, in_flight=crowd)
        ledger.add(g.TOKENS, ENGINE, "per s", 200.0 + 10 * crowd, words=200, in_flight=crowd)
        for measure, unit in g.SIZES.items():
            ledger.add(measure, ENGINE, unit, 0.1 * crowd, words=200, in_flight=crowd)
    for words in LENGTHS:
        ledger.add(g.NOTE, ENGINE, "s", words / 100, words / 90, words=words)
        ledger.add(g.READING, ENGINE, "s", words / 120, words=words)
        for measure, unit in g.SIZES.items():
            ledger.add(g.of_one(measure), ENGINE, unit, 0.2, words=words)
    Report("growth", {"model": model}, ledger.rows).write(path)
    return path


def write_compare(path: Path) -> Path:
    ledger = Ledger()
    ledger.add(m.RATE, "Llama, flash attention off", "per min", 18.0, words=200)
    ledger.add(m.RATE, "llama-server, best", "per min", 30.0, words=200, in_flight=8)
    ledger.add(m.RATE, "llama-server, best", "per min", 3.0, words=1500, in_flight=8)
    ledger.add(m.RATE, ENGINE, "per min", 50.0, words=200, in_flight=8)
    Report("compare", {"model": "default"}, ledger.rows).write(path)
    return path


def drawn(into: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in into.iterdir()}


def test_three_small_plots_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    growth, compare = write_growth(tmp_path / "g.json"), write_compare(tmp_path / "c.json")
    into = tmp_path / "images"
    assert main([str(growth), str(compare), "--into", str(into)]) == 0
    plots = drawn(into)
    names = ("throughput", "latency", "memory")
    assert set(plots) == {f"bench-{name}-default.svg" for name in names}
    assert all(len(text) < MOST_BYTES for text in plots.values())
    throughput = plots["bench-throughput-default.svg"]
    for label in (ENGINE, "Llama, flash attention off", "llama-server, best", "notes per minute"):
        assert label in throughput
    assert "reading its prompts alone" in plots["bench-latency-default.svg"]
    assert "KV cells in use" in plots["bench-memory-default.svg"]
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"benchmark": "plots", "written": 3}


def test_the_same_results_make_the_same_files(tmp_path: Path) -> None:
    growth = write_growth(tmp_path / "g.json")
    for name in ("one", "two"):
        main([str(growth), "--into", str(tmp_path / name)])
    assert drawn(tmp_path / "one") == drawn(tmp_path / "two")


def test_each_model_has_its_plots(tmp_path: Path) -> None:
    paths = [write_growth(tmp_path / f"{name}.json", name) for name in ("default", "phi3")]
    main([*map(str, paths), "--into", str(tmp_path / "images")])
    assert len(drawn(tmp_path / "images")) == 6


def test_a_peer_alone_makes_no_plot(tmp_path: Path) -> None:
    compare = write_compare(tmp_path / "c.json")
    assert main([str(compare), "--into", str(tmp_path / "images")]) == 0
    assert drawn(tmp_path / "images") == {}


def test_rows_come_back_as_they_were_stored(tmp_path: Path) -> None:
    (results,) = read_results([write_growth(tmp_path / "g.json")])
    line = results.line("growth", g.NOTE, lambda row: row.words)
    assert [point[0] for point in line.points] == list(LENGTHS)
    assert line.points[0] == pytest.approx((200, 2.111, 2.0, 2.222), abs=0.001)
    (both,) = read_results([write_growth(tmp_path / "g.json"), write_compare(tmp_path / "c.json")])
    peer = both.line(
        "compare", m.RATE, lambda row: row.in_flight, who="llama-server, best", words=200
    )
    assert peer.points == ((8, 30.0, 30.0, 30.0),)
    assert [point[0] for point in peer.across(line).points] == [200, 8000]


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"rows": []}'])
def test_a_file_without_results_is_answered_with_a_sentence(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    assert main([str(path), "--into", str(tmp_path / "images")]) == 1
    assert "x.json" in capsys.readouterr().err
