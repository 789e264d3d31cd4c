"""A tiny data set, and an engine without a model."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from models.engine.params import (
    BranchRequest,
    BranchResult,
    Completion,
    FinishReason,
    GenerationRequest,
    Timings,
)
from notes.errors import EngineError
from train_jobs.evaluation.datasets import Session

SLEEP = (
    "Therapist: How was your week?\n"
    "Patient: I barely slept, I lie awake worrying about the warehouse job.\n"
    "Therapist: Any thoughts of suicide?\n"
    "Patient: No, not at all.\n"
    "Therapist: For next week, keep a sleep diary every evening.\n"
    "Patient: I can do that, the notebook is by my bed."
)
MOTHER = (
    "Therapist: What happened on Sunday?\n"
    "Patient: My mother shouted at the children and I felt angry and guilty.\n"
    "Therapist: Let's practise what you could say to her.\n"
    "Patient: I would tell her to leave the kitchen."
)
DARK = (
    "Therapist: You said it got dark.\n"
    "Patient: I want to kill myself. I bought pills on Thursday.\n"
    "Therapist: Let us call your brother together now.\n"
    "Patient: All right, he can come and stay with me tonight."
)
NOTES = (
    "The patient lies awake worrying about the warehouse job. A sleep diary was agreed on.",
    "The patient felt angry and guilty after her mother shouted at the children.",
    "The patient wants to kill himself and bought pills. His brother will stay with him tonight.",
)
SESSIONS = tuple(
    Session(f"row {number}", transcript, note)
    for number, (transcript, note) in enumerate(zip((SLEEP, MOTHER, DARK), NOTES, strict=True), 2)
)

# Lines of a labelled suite.
HEARD: dict[str, object] = {
    "id": "heard",
    "tag": "direct",
    "turns": [["T", "What is it?"], ["P", "I want to kill myself."]],
    "expect": [["suicide", "affirmed", 2, [2]]],
}
UNHEARD: dict[str, object] = {
    "id": "unheard",
    "tag": "indirect",
    "turns": [["P", "Blue is a colour."]],
    "expect": [["suicide", "affirmed", 5, [1]], ["violence", "denied", None]],
}
FALSE: dict[str, object] = {
    "id": "false",
    "tag": "label is wrong on purpose",
    "turns": [["P", "I want to kill myself."]],
    "expect": [["suicide", "denied", None, [1]]],
}
CALM: dict[str, object] = {
    "id": "calm",
    "tag": "figure",
    "turns": [["P", "This job is killing me."]],
    "expect": [],
}


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_corpus(path: Path, num_sessions: int = 3) -> Path:
    """Write sessions in our corpus's form, with a note in five sections."""
    note = {
        "chief_complaint": "Patient talks about lying awake, worrying about the warehouse job.",
        "emotional_state": "Not discussed.",
        "risk": "Patient denies thoughts of suicide when asked.",
        "intervention": "Therapist asked the patient to keep a sleep diary every evening.",
        "plan": "Patient will keep a sleep diary in the notebook by the bed.",
    }
    about = {"school": "CBT", "problem": "sleep", "person": "somebody", "risk": "denied"}
    turns = [[line[0], line.partition(": ")[2]] for line in SLEEP.splitlines()]
    rows = [
        {"id": f"s-{number}", **about, "turns": turns, "notes": {"sections5": note}}
        for number in range(num_sessions)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_suite(folder: Path, rows: Sequence[dict[str, object]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "some.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


class FakeEngine:
    """Answers each branch by its key; fails after so many requests, as a killed run does."""

    def __init__(self, answers: dict[str, str] | None = None, lives: int = 1_000) -> None:
        self.answers = answers or {}
        self.lives = lives
        self.asked: list[GenerationRequest] = []

    async def generate(self, request: GenerationRequest) -> Completion:
        if len(self.asked) == self.lives:
            raise EngineError(reason="it was killed")
        self.asked.append(request)
        branches = tuple(self._result(branch) for branch in request.branches)
        return Completion(request.request_id, "fake", branches, 100, Timings(0.0, 0.1, 0.1))

    def _result(self, branch: BranchRequest) -> BranchResult:
        text = self.answers.get(branch.key, "Patient talks about the warehouse job.")
        return BranchResult(branch.key, text, 9, FinishReason.STOP, 0.0, 9)


class WordTokenizer:
    """A token a word."""

    def count(self, text: str) -> int:
        return len(text.split())
