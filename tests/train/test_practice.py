"""What a simulated practice signs, through a real database."""

import asyncio
from pathlib import Path

from bench.practice import store
from tests.unit.test_bench_practice import EDITED, WRITTEN, draft
from train_jobs.dataset import NotedSession, load_noted_sessions
from train_jobs.export_reviewed import export
from train_jobs.house_style import mean_distance, reviewed_by_practice
from train_jobs.reviewed import load_pairs, pairs_file


def test_signed_drafts_come_out_of_the_database_in_the_house_style(
    database_url: str, tmp_path: Path
) -> None:
    out = tmp_path / "reviewed.jsonl"
    asyncio.run(store(database_url, [draft({}), draft({"plan": EDITED["plan"]}, "two")], "notes:1"))
    asyncio.run(export(database_url, out))
    sessions = load_noted_sessions(out)
    assert [each.notes["sections5"]["plan"] for each in sessions] == [EDITED["plan"]] * 2
    assert not any("intervention" in each.notes["sections5"] for each in sessions)
    again = [NotedSession(each.id, each.transcript, each.notes) for each in sessions]
    assert mean_distance(reviewed_by_practice(again)) == 0
    pairs = load_pairs(pairs_file(out))
    assert sorted(pair.section for pair in pairs) == ["chief_complaint"] * 2 + ["plan"]
    assert {pair.rejected for pair in pairs} == {WRITTEN["chief_complaint"], WRITTEN["plan"]}
