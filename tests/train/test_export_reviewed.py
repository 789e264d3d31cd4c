"""What people signed becomes training data: of whom, what of it, and without their names."""

import asyncio
import json
import stat
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from db.session import Database
from notes.errors import ConfigurationError
from notes.evidence import digest
from notes.prompt import PROMPT_VERSION
from notes.style import SECTIONS5
from train_jobs import export_reviewed
from train_jobs.dataset import load_noted_sessions
from train_jobs.export_reviewed import main
from train_jobs.reviewed import Pair, load_pairs, pairs_file, write_lines

TRANSCRIPT = (
    "Dr Quill: How was your week, Rosalind?\n"
    "Patient: Hard. My husband Pieter shouts, and I sleep badly before work in Haarlem.\n"
    "Dr Quill: Let us try the breathing exercise together.\n"
    "Patient: It made me calmer. I will keep the diary, my number is 0113 496 0001."
)
DRAFT = {
    "chief_complaint": "Patient talks about sleeping badly before work and Pieter shouting.",
    "emotional_state": "Patient said they felt calmer after the exercise.",
    "risk": "Not discussed.",
    "intervention": "Therapist and patient tried the breathing exercise together.",
    "plan": "Patient will keep the diary of sleep every day.",
}
SIGNED = DRAFT | {
    "plan": "Patient will keep the diary of Rosalind’s sleep, until the next session."
}


def note(sections: Mapping[str, str]) -> str:
    return "\n".join(f"**{s.heading}:** {sections[s.key]}" for s in SECTIONS5.sections)


@dataclass(frozen=True)
class Case:
    """One session of one patient, and what becomes of its note."""

    consent: bool = True
    transcript: str = TRANSCRIPT
    earlier: str | None = None  # what the model had written before
    draft: str = note(DRAFT)
    signed: str | None = note(SIGNED)  # None: nobody signs
    later: str | None = None  # what is saved after the signature
    style: str = "sections5"
    corrected: str | None = None  # the transcript after the draft
    details: Mapping[str, Any] = field(default_factory=dict)


async def store(database: Database, case: Case) -> None:
    async with database.transaction() as repos:
        name = f"quill{uuid.uuid4().hex}"
        therapist = await repos.therapists.create(
            email=f"{name}@clinic.org", username=name, password_hash="-", full_name="Ada Quill"
        )
        patient = await repos.patients.create(
            therapist.id, full_name="Rosalind Achterberg", consent_training=case.consent
        )
        session = await repos.sessions.create(
            therapist.id, patient.id, original_transcription=case.transcript
        )
        who = (therapist.id, session.id)
        drafts = [text for text in (case.earlier, case.draft) if text]
        for number, text in enumerate(drafts):
            await repos.notes.save_generated(
                *who,
                text,
                style=case.style,
                model="notes:1",
                prompt_version=PROMPT_VERSION,
                request_id=None,
                details={"transcript_digest": digest(case.transcript), **case.details},
                regenerate=True,
                if_version=number,
                transcript=case.transcript,
            )
        if case.corrected is not None:
            await repos.sessions.update(*who, original_transcription=case.corrected)
        if case.signed is not None:
            await repos.notes.save_human(*who, case.signed)
            await repos.notes.sign(*who)
        if case.later is not None:
            await repos.notes.save_human(*who, case.later)


@dataclass(frozen=True)
class Exported:
    sessions: list[dict[str, Any]]
    pairs: list[Pair]
    told: str
    path: Path


class Practice:
    """A database, and the command."""

    def __init__(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url, self.out, self.capsys = url, folder / "reviewed.jsonl", capsys

    def export(self, *cases: Case) -> Exported:
        async def fill() -> None:
            async with Database.open(self.url) as database:
                for case in cases:
                    await store(database, case)

        asyncio.run(fill())
        assert main(["--database", self.url, "--out", str(self.out)]) == 0
        told = self.capsys.readouterr()
        assert told.err == ""
        sessions = [json.loads(line) for line in self.out.read_text("utf-8").splitlines()]
        pairs = list(load_pairs(pairs_file(self.out)))
        return Exported(sessions, pairs, told.out, self.out)


@pytest.fixture
def practice(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Practice:
    return Practice(database_url, tmp_path, capsys)


def test_a_signed_note_becomes_an_example_and_what_was_changed_a_pair(practice: Practice) -> None:
    made = practice.export(Case())
    [noted] = load_noted_sessions(made.path)
    plan = "Patient will keep the diary of NAME’s sleep, until the next session."
    assert noted.notes == {
        "sections5": {
            "chief_complaint": "Patient talks about sleeping badly before work and NAME shouting.",
            "emotional_state": DRAFT["emotional_state"],
            "intervention": DRAFT["intervention"],
            "plan": plan,
        }
    }
    assert noted.transcript == (
        "Therapist: How was your week, NAME?\n"
        "Patient: Hard. My husband NAME shouts, and I sleep badly before work in NAME.\n"
        "Therapist: Let us try the breathing exercise together.\n"
        "Patient: It made me calmer. I will keep the diary, my number is PHONE."
    )
    pair = Pair(noted.id, noted.transcript, "sections5", "plan", plan, DRAFT["plan"])
    assert made.pairs == [pair]


def test_no_word_of_the_texts_is_told(practice: Practice) -> None:
    told = practice.export(Case(), Case(signed="**Plan:** Rosalind: rest")).told
    words = {word for line in told.splitlines() for word in line.split()[1:]}
    assert not words & {"Rosalind", "sleep", "diary", "Pieter", "rest"}
    assert [int(line.split()[0]) for line in told.splitlines()] == [2, 1, 1, 4, 1]


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case(consent=False), ""),
        (Case(signed=None), ""),
        (Case(style="girp"), "no style, or one of the practice's own"),
        (Case(signed="I saw Rosalind."), "not in the form of its style"),
        (Case(signed=note(DRAFT | dict.fromkeys(DRAFT, "Long: no."))), "grammar and bounds"),
        (Case(corrected=f"{TRANSCRIPT} No."), "the transcript was corrected"),
        (Case(transcript="It is all one text. Without anybody who speaks."), "who speaks"),
        (Case(details={"languages": {"de": 0.8, "en": 0.2}}), "not in English"),
    ],
)
def test_what_is_left_out(practice: Practice, case: Case, reason: str) -> None:
    made = practice.export(case)
    assert (made.sessions, made.pairs) == ([], [])
    lines = [line.split(maxsplit=1)[1] for line in made.told.splitlines()]
    assert [line for line in lines if "left out" in line and reason in line] or not reason
    assert ("left out" in made.told) == bool(reason)


def test_a_withdrawn_consent_counts_at_once(practice: Practice) -> None:
    assert len(practice.export(Case()).sessions) == 1

    async def withdraw() -> None:
        async with Database.open(practice.url) as database, database.transaction() as repos:
            [patient] = await repos.patients.list(1)
            await repos.patients.update(1, patient.id, consent_training=False)

    asyncio.run(withdraw())
    assert practice.export().sessions == []


def test_a_deleted_patient_is_not_exported(practice: Practice) -> None:
    assert len(practice.export(Case()).sessions) == 1

    async def delete() -> None:
        async with Database.open(practice.url) as database, database.transaction() as repos:
            [patient] = await repos.patients.list(1)
            await repos.patients.delete(1, patient.id)

    asyncio.run(delete())
    assert practice.export().sessions == []


def test_what_was_signed_counts_and_not_what_was_saved_after(practice: Practice) -> None:
    made = practice.export(
        Case(later=note(DRAFT | {"plan": "Patient will do nothing at all then."}))
    )
    assert [pair.section for pair in made.pairs] == ["plan"]
    assert "nothing at all" not in json.dumps(made.sessions)


def test_a_pair_is_against_the_draft_that_was_edited(practice: Practice) -> None:
    made = practice.export(Case(earlier=note(DRAFT | {"plan": "Patient will do nothing at all."})))
    assert [pair.rejected for pair in made.pairs] == [DRAFT["plan"]]


def test_a_draft_signed_as_it_was_is_an_example_without_pairs(practice: Practice) -> None:
    made = practice.export(Case(signed=note(DRAFT)))
    assert len(made.sessions) == 1
    assert made.pairs == []


def test_a_draft_that_quotes_teaches_nothing(practice: Practice) -> None:
    """What stands in a note in the model's place is no text of the model."""
    quoted = note(DRAFT | {"plan": "Patient: I will keep the diary."})
    made = practice.export(Case(draft=quoted))
    assert "plan" in made.sessions[0]["notes"]["sections5"]
    assert made.pairs == []


def test_marks_and_other_signs_of_people_are_put_into_the_grammar(practice: Practice) -> None:
    signed = note(DRAFT | {"plan": "Patient will {{RED:call}} the doctor (and rest) every day."})
    made = practice.export(Case(signed=signed))
    plan = made.sessions[0]["notes"]["sections5"]["plan"]
    assert plan == "Patient will call the doctor, and rest, every day."


def test_a_session_has_the_same_name_in_every_export(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_reviewed, "PAGE", 2)
    first = practice.export(*(Case() for _ in range(3))).sessions
    second = practice.export(Case()).sessions
    assert [row["id"] for row in second[:3]] == [row["id"] for row in first]
    assert len({row["id"] for row in second}) == 4


def test_only_this_account_may_read_what_is_written(practice: Practice) -> None:
    path = practice.export(Case()).path
    for each in (path, pairs_file(path)):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600


@pytest.mark.parametrize("line", ["", "{}", '{"id": "1"}', "[]"])
def test_a_line_that_is_no_pair_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pairs.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(ConfigurationError, match="Line 1 of"):
        load_pairs(path)


def test_a_failed_export_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "reviewed.jsonl"
    write_lines(path, [{"id": 1}])
    with pytest.raises(TypeError):
        write_lines(path, [{"id": 2}, {"id": object()}])
    assert path.read_text() == '{"id": 1}\n'
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("url", "words"),
    [("mysql://secret@here/x", "database URL must be"), ("postgres://x@127.0.0.1:1/x", "")],
)
def test_what_is_wrong_is_a_sentence(
    url: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--database", url, "--out", str(tmp_path / "x.jsonl")]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert len(told.splitlines()) == 1
    assert "secret" not in told
