"""Several models in one run: each once, with production's beside it, and what they wrote itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.registry import MODEL_FILE, ModelDescription, ModelRegistry
from notes.errors import ModelNotFoundError
from notes.planning import PromptPlanner
from notes.prompt import ChatFormat
from notes.style import SECTIONS5
from notes.transcript import parse_transcript
from tests.train.tiny import SESSIONS, SLEEP, WordTokenizer, write_corpus
from train_jobs import evaluate
from train_jobs.evaluate import Options
from train_jobs.evaluation import measures as m
from train_jobs.evaluation import systems as s
from train_jobs.evaluation.author import production_setup
from train_jobs.evaluation.cache import NoteCache, Written
from train_jobs.evaluation.datasets import load_sessions
from train_jobs.evaluation.writing import Answer, Assignment, write_notes

DESCRIPTION = ModelDescription(
    base="Tiny",
    architecture="phi3",
    quantization="Q8_0",
    context_tokens=8192,
    chat_format="chatml",
    prompt_version="3",
    source="file:tiny.gguf",
    source_sha256="0" * 64,
    license="apache-2.0",
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a registry with three versions; the first is in production."""
    registry = ModelRegistry(tmp_path / "store")
    for number in (1, 2, 3):
        path = tmp_path / "some.gguf"
        path.write_bytes(b"GGUF" + bytes([number]))
        registry.add("notes", DESCRIPTION, {MODEL_FILE: path})
    registry.promote("notes", 1)
    return registry.root


def columns(store: Path, *models: str, base: str | None = None) -> dict[str, str]:
    options = Options(models=models, store=store, base=base)
    return {name: author.name for name, author in evaluate._authors(options).items()}


def test_the_first_model_is_the_candidate_and_production_stands_beside_it(store: Path) -> None:
    assert columns(store, "notes:3", "notes:2", base="notes:1") == {
        s.MODEL: "notes:3",
        s.PRODUCTION: "notes:1",
        "notes:2": "notes:2",
    }
    assert columns(store, "notes:3", "notes:1") == {s.MODEL: "notes:3", s.PRODUCTION: "notes:1"}
    assert columns(store, "notes:3", base="notes:2") == {
        s.MODEL: "notes:3",
        s.PRODUCTION: "notes:1",
        s.BASE: "notes:2",
    }


def test_the_version_in_production_is_not_compared_with_itself(store: Path) -> None:
    assert columns(store, "notes@production") == {s.MODEL: "notes:1"}


def test_no_model_is_none_and_an_unknown_one_is_said(store: Path) -> None:
    assert columns(store, "none") == {}
    with pytest.raises(ModelNotFoundError):
        columns(store, "notes:9")


def answer(texts: dict[str, str], memory_mb: float = 0.0) -> tuple[Assignment, Answer]:
    parsed = parse_transcript(SLEEP)
    plan = PromptPlanner(WordTokenizer(), ChatFormat.CHATML, 2000).plan_note(parsed, SECTIONS5)
    written = Written((texts,), 1.0, 1.0, 100, 20, memory_mb)
    return Assignment(parsed, SECTIONS5, plan), Answer.of(written)


INVENTED = {
    "chief_complaint": "Patient talks about lying awake, worrying about the warehouse job.",
    "risk": "Patient reports suicidal thoughts.",
    "plan": "Patient will fly to Lisbon and adopt three parrots.",
}


def test_what_the_model_wrote_is_measured_before_anything_is_dropped(tmp_path: Path) -> None:
    data = load_sessions(write_corpus(tmp_path / "sessions.jsonl"))
    ground = s.Ground.of(data.sessions, data.sessions, SECTIONS5)
    found = ground.of_answer(ground.cases[0], *answer(INVENTED, 250.0))
    assert found.ratios[m.RISK_WRITTEN].part == 0.0
    assert found.ratios[m.CLEAN].part == 1.0  # the note says of risk what was heard
    assert "Lisbon" not in found.note
    assert found.ratios[m.SUPPORT_WRITTEN].part == 1
    assert found.ratios[m.SUPPORT_WRITTEN].whole == 3
    assert found.ratios[f"rouge1{m.WRITTEN}"] != found.ratios["rouge1"]
    assert found.bleu_written is not None
    assert found.bleu_written != found.bleu
    assert found.ratios[m.MEMORY].part == 250.0
    assert ground.of_answer(ground.cases[0], *answer(INVENTED)).ratios[m.MEMORY].whole == 0


def test_a_note_as_the_person_wrote_it_is_all_of_the_reference(tmp_path: Path) -> None:
    data = load_sessions(write_corpus(tmp_path / "sessions.jsonl"))
    ground = s.Ground.of(data.sessions, data.sessions, SECTIONS5)
    draft = s._as_draft(data.sessions[0].reference, SECTIONS5)
    texts = {section.key: section.text for section in draft.sections}
    found = ground.of_answer(ground.cases[0], *answer(texts))
    assert found.ratios[f"rougeL{m.WRITTEN}"].part == pytest.approx(1.0)
    assert found.ratios[m.RISK_WRITTEN].part == 1.0


def test_prose_with_a_heading_in_it_stays_whole() -> None:
    text = "Patient talked about work.\nPlan: keep a sleep diary."
    assert s._said(text, SECTIONS5) == text
    assert s._said(SESSIONS[0].reference, SECTIONS5) == SESSIONS[0].reference


def test_growth_is_what_came_on_top() -> None:
    # In a process of its own: this one may give memory back at any moment.
    code = """
from train_jobs.evaluation.writing import Growth
growth = Growth.from_now()
held = b"x" * 50_000_000
print(growth.mb(), Growth(10**15).mb())
"""
    found = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    grown, shrunk = map(float, found.stdout.split())
    assert 40 < grown < 80
    assert shrunk == 0.0


def test_nothing_is_loaded_for_no_note(store: Path, tmp_path: Path) -> None:
    author = evaluate._authors(Options(models=("notes:3",), store=store))[s.MODEL]
    setup = production_setup(1)
    assert write_notes(author, [], setup, NoteCache(tmp_path / "w.jsonl"), lambda: None) == []
