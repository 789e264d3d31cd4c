"""A round of learning from people: what is drafted, what is signed, what is counted."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from bench import drafts as d
from bench import practice as p
from bench.errors import BenchError
from notes.parsing import NoteDraft, Section
from notes.style import SECTIONS5
from train_jobs.dataset import NotedSession
from train_jobs.evaluation.author import Author
from train_jobs.evaluation.bootstrap import Ratio
from train_jobs.splitting import is_held_out

QUOTED = "Therapist: “Every day?”"
WRITTEN = {
    "chief_complaint": "Patient talks about the bus because nobody helped them there.",
    "emotional_state": "Not discussed.",
    "risk": "Patient denies {{RED:suicidal}} thoughts because they were asked.",
    "intervention": QUOTED,
    "plan": "Patient will ride the bus every day from Monday on.",
}
EDITED = {
    "chief_complaint": "Patient talks about the bus, since nobody helped them there.",
    "plan": "Patient to ride the bus each day from Monday on.",
}


def draft(sections: dict[str, str], name: str = "one", support: Ratio | None = None) -> d.Draft:
    texts = {**WRITTEN, **sections}
    parts = tuple(Section(s.key, s.heading, texts[s.key]) for s in SECTIONS5.sections)
    note = NoteDraft(SECTIONS5.name, parts)
    session = NotedSession(name, "Patient: The bus.", {})
    return d.Draft(session, note, note, support or Ratio(2, 4))


def test_no_held_out_session_is_signed_and_none_but_those_is_judged() -> None:
    tasks = p.tasks_to_sign(None, 200)
    assert not any(is_held_out(task.session.id) for task in tasks)
    assert len({(task.session.id, task.style.name) for task in tasks}) == len(tasks) > 150
    judged = p.tasks_to_judge(p.FULL)
    assert all(is_held_out(task.session.id) for task in judged)
    assert [task.style.name for task in judged][:16] == [SECTIONS5.name] * 16


def test_a_file_fills_up_what_the_corpus_has_too_few_of(tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    rows = [f"Patient: It is day {n}.,They talked of day {n}." for n in range(100)]
    path.write_text("\n".join(["session_transcription,session_summary", *rows]))
    assert len(p.tasks_to_sign(path, 200)) == 200
    assert p.tasks_to_sign(path, 150) == p.tasks_to_sign(None, 150)


def test_the_practice_signs_its_own_wording_and_leaves_quotations_and_risk() -> None:
    signed = {section.key: section.text for section in draft({}).signed().sections}
    assert signed == WRITTEN | EDITED


def test_what_is_left_to_edit_falls_to_nothing_once_the_style_is_learnt() -> None:
    before, after = [draft({}), draft({}, "two")], [draft(EDITED), draft(EDITED, "two")]
    old, new = (d.distances(each, lambda draft: draft.written) for each in (before, after))
    assert [ratio.part > 0 for ratio in old] == [True, True]
    assert [ratio.part for ratio in new] == [0, 0]
    assert d.fall(old, new).value == 1
    assert d.fall(old, old).value == 0
    assert d.edits(before) == {"to": 2, "since": 2, "each": 2, ",": 2}
    assert d.edits(after).total() == 0
    assert d.distance_between(before, before) == 0 < d.distance_between(before, after)


def test_a_session_counts_once_however_many_notes_it_has() -> None:
    drafts = [draft({}, "one", Ratio(1, 2)), draft({}, "one", Ratio(3, 4)), draft({}, "two")]
    assert d.support(drafts) == [Ratio(4, 6), Ratio(2, 4)]
    assert [ratio.whole for ratio in d.distances(drafts, lambda draft: draft.served)] == [2, 1]


@dataclass(frozen=True)
class Somebody:
    fingerprint: str


def test_a_round_goes_on_only_with_what_it_was_begun_with(tmp_path: Path) -> None:
    def begin(model: str, size: p.Size) -> None:
        author = cast("Author", Somebody(model))
        p.Round(tmp_path / "run", size, author, tmp_path / "adapter", None).begin()

    with pytest.raises(BenchError, match="holds no adapter"):
        begin("notes:1", p.FULL)
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").touch()
    begin("notes:1", p.FULL)
    begin("notes:1", p.FULL)
    with pytest.raises(BenchError, match="other settings"):
        begin("notes:2", p.FULL)
    with pytest.raises(BenchError, match="other settings"):
        begin("notes:1", p.QUICK)


@pytest.mark.parametrize(
    ("fall", "more", "reached"), [(0.3, 0.1, True), (0.2, 0.1, False), (0.3, -0.1, False)]
)
def test_what_it_must_reach(fall: float, more: float, reached: bool) -> None:
    found = {
        "edit distance": {p.AS_SERVED: {"fall": {"value": fall}}},
        "sentences supported, as written": {"difference": {"high": more}},
    }
    assert p.is_reached(found) == reached
