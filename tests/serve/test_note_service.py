"""The serving functions together, without Ray: what a note is, how it fails, what is told."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from db.session import Database
from deployments.config import Settings
from deployments.messages import Plan
from deployments.pool import Work, estimate
from deployments.services import NoteStatus
from models.engine.params import EngineStats
from notes.errors import (
    AnswerTooLateError,
    ConsentMissingError,
    EngineError,
    LostUpdateError,
    NoteExistsError,
    QueueFullError,
    TranscriptTooShortError,
    UnknownAdapterError,
)
from notes.parsing import parse_note
from notes.style import SECTIONS5
from tests.serve.local_service import LocalService, open_local_service

TRANSCRIPT = (
    "Therapist: How was your week?\n"
    "Patient: Zanzibar kept me awake, I felt tense at work and I cried on Friday.\n"
    "Therapist: Let us practise the breathing exercise every evening until we meet again.\n"
    "Patient: I will try that."
)
ANSWER = " Patient felt tense at work and could not sleep at night."


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url=database_url)  # type: ignore[arg-type]


@pytest.fixture
async def owner(database: Database) -> tuple[int, int]:
    """Return a therapist and a patient."""
    async with database.transaction() as repos:
        therapist = await repos.therapists.create(
            email="ada@clinic.example",
            username="ada",
            password_hash="x",
            full_name="Ada",
            license_number="1",
            specialization=None,
            phone=None,
        )
        patient = await repos.patients.create(therapist.id, full_name="Pat")
    return therapist.id, patient.id


async def new_session(database: Database, owner: tuple[int, int], text: str) -> int:
    async with database.transaction() as repos:
        session = await repos.sessions.create(*owner, original_transcription=text)
    return session.id


@pytest.fixture
async def service(settings: Settings, database: Database) -> AsyncIterator[LocalService]:
    local = await open_local_service(settings, database, lambda _prompt: ANSWER)
    yield local
    await local.close()


async def test_a_note_is_stored_with_what_it_rests_on(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    outcome = await service.notes.generate(
        owner[0], session_id, regenerate=False, style="sections5"
    )
    assert outcome.status is NoteStatus.STORED
    assert outcome.coverage == 1.0
    draft = parse_note(outcome.text, SECTIONS5)
    assert [section.heading for section in draft.sections] == [
        "Chief Complaint",
        "Emotional State",
        "Risk",
        "Intervention",
        "Plan",
    ]
    async with database.transaction() as repos:
        [version] = await repos.notes.versions(owner[0], session_id)
    assert version.text == outcome.text
    assert version.model == "fake:1"
    assert version.details["coverage"]["share"] == 1.0
    [confidence] = version.details["confidence"]  # of the one chunk
    assert confidence.keys() == {section.key for section in SECTIONS5.sections}
    assert all(0 < each <= 1 for each in confidence.values())


async def test_a_note_is_not_replaced_unless_asked(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    """Property 18: Notes Overwrite Protection."""
    session_id = await new_session(database, owner, TRANSCRIPT)
    await service.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    with pytest.raises(NoteExistsError):
        await service.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    again = await service.notes.generate(owner[0], session_id, regenerate=True, style="sections5")
    assert again.version == 2


async def test_an_adapter_that_the_pool_has_not_is_the_callers_to_correct(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    with pytest.raises(UnknownAdapterError):
        await service.notes.generate(
            owner[0], session_id, regenerate=False, style="sections5", adapter="tone@production"
        )


async def test_no_note_is_promised_with_an_adapter_that_the_pool_has_not(
    settings: Settings, database: Database, owner: tuple[int, int]
) -> None:
    patient = settings.model_copy(update={"slow_note_s": 1e-9})
    local = await open_local_service(patient, database, lambda _prompt: ANSWER)
    session_id = await new_session(database, owner, TRANSCRIPT)
    with pytest.raises(UnknownAdapterError, match=r"Allowed: none\."):
        await local.notes.generate(
            owner[0], session_id, regenerate=False, style="sections5", adapter="Zanzibar"
        )
    await local.close()


async def test_a_failing_model_is_answered_with_an_extract_that_is_not_stored(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)

    def fail(_batch: object) -> None:
        raise RuntimeError("Zanzibar")

    service.backend.before_decode = fail
    outcome = await service.notes.generate(
        owner[0], session_id, regenerate=False, style="sections5"
    )
    assert outcome.status is NoteStatus.FALLBACK
    assert outcome.version is None
    assert "Zanzibar" in outcome.text
    assert "Zanzibar" not in (outcome.reason or "")
    async with database.transaction() as repos:
        assert not await repos.notes.versions(owner[0], session_id)
    assert "fallback_usage_count 1.0" in await service.notes.metrics()


async def test_a_slow_model_is_answered_at_the_deadline(
    settings: Settings, database: Database, owner: tuple[int, int]
) -> None:
    hasty = settings.model_copy(update={"deadline_s": 0.2})
    local = await open_local_service(hasty, database, lambda _prompt: ANSWER)
    local.backend.before_decode = lambda _batch: _pause(0.05)
    session_id = await new_session(database, owner, TRANSCRIPT)
    outcome = await local.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    assert outcome.status is NoteStatus.FALLBACK
    metrics = await local.notes.metrics()
    assert "timeout_count 1.0" in metrics
    assert "inference_success_rate 0.0" in metrics
    await local.close()


async def test_a_long_note_is_promised_and_then_stored(
    settings: Settings, database: Database, owner: tuple[int, int]
) -> None:
    patient = settings.model_copy(update={"slow_note_s": 1e-9})
    local = await open_local_service(patient, database, lambda _prompt: ANSWER)
    session_id = await new_session(database, owner, TRANSCRIPT)
    first = await local.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    second = await local.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    assert [first.status, second.status] == [NoteStatus.PENDING] * 2
    assert first.eta_minutes == 1
    versions = await _versions(database, owner[0], session_id)
    assert len(versions) == 1
    await local.close()


async def _versions(database: Database, therapist_id: int, session_id: int) -> list[object]:
    for _ in range(200):
        async with database.transaction() as repos:
            versions = await repos.notes.versions(therapist_id, session_id)
        if versions:
            return list(versions)
        await asyncio.sleep(0.05)
    return []


async def test_a_second_request_for_the_same_note_starts_nothing(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    outcomes = await asyncio.gather(
        *(
            service.notes.generate(owner[0], session_id, regenerate=True, style="sections5")
            for _ in range(3)
        )
    )
    statuses = sorted(outcome.status.value for outcome in outcomes)
    assert statuses == ["pending", "pending", "stored"]
    assert len(await _versions(database, owner[0], session_id)) == 1


async def test_what_a_person_saves_meanwhile_stays_the_note(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    is_writing, may_go_on = threading.Event(), threading.Event()

    def hold(_batch: object) -> None:
        is_writing.set()
        may_go_on.wait(10)

    service.backend.before_decode = hold
    generation = asyncio.create_task(
        service.notes.generate(owner[0], session_id, regenerate=True, style="sections5")
    )
    await asyncio.to_thread(is_writing.wait, 10)
    async with database.transaction() as repos:
        await repos.notes.save_human(owner[0], session_id, "Mine.")
    may_go_on.set()
    with pytest.raises(LostUpdateError):
        await generation
    async with database.transaction() as repos:
        assert (await repos.sessions.get(owner[0], session_id)).notes == "Mine."


async def test_nothing_is_stored_after_the_deadline(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    request = await service.notes._request(owner[0], session_id, True, "sections5")
    plan, _ = await service.notes._plan(request)
    result = await service.replica.generate(plan.prompts, "a", time.time() + 60)
    with pytest.raises(AnswerTooLateError):
        await service.writer.write(request, plan, result, time.time() - 1)
    async with database.transaction() as repos:
        assert not await repos.notes.versions(owner[0], session_id)


async def test_a_pool_that_does_not_tell_its_state_is_no_error(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await service.notes.health()

    async def hang() -> None:
        raise TimeoutError

    monkeypatch.setattr(service.replica, "stats", hang)
    assert (await service.notes.health()).model_loaded == before.model_loaded is True
    assert "queue_running_requests" in await service.notes.metrics()


async def test_a_formatter_that_fails_is_answered_with_an_extract(
    service: LocalService,
    database: Database,
    owner: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)

    async def fail(_request: object) -> None:
        raise EngineError(reason="no tokenizer is loaded")

    monkeypatch.setattr(service.notes._pipeline, "plan", fail)
    outcome = await service.notes.generate(
        owner[0], session_id, regenerate=False, style="sections5"
    )
    assert outcome.status is NoteStatus.FALLBACK
    assert outcome.text


def test_predictions_count_the_work_before() -> None:
    nothing: dict[str, Any] = {each.name: 0 for each in fields(EngineStats)}
    stats = EngineStats(**nothing | {"prefill_tokens_per_s": 100.0, "decode_tokens_per_s": 10.0})
    plan = Plan((), num_prompt_tokens=500, max_new_tokens=100, prompt_version="1")
    work = Work()
    alone = estimate(plan, work, (stats,))
    assert (alone.queue_s, alone.prefill_s, alone.decode_s) == (0.0, 5.0, 6.0)
    with work.of(plan):
        assert estimate(plan, work, (stats,)).queue_s == 11.0
        assert estimate(plan, work, (stats, stats)).queue_s == 5.5
    assert estimate(plan, work, ()).total_s == 0.0


async def test_a_full_queue_is_not_hidden_behind_an_extract(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)

    def full(_prompt: str) -> str:
        raise QueueFullError(retry_after_s=7)

    service.backend.answer = full
    with pytest.raises(QueueFullError) as raised:
        await service.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    assert raised.value.data["retry_after_s"] == 7


async def test_consent_and_length_are_asked_for_first(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    short = await new_session(database, owner, "Patient: Hi.")
    with pytest.raises(TranscriptTooShortError):
        await service.notes.generate(owner[0], short, regenerate=False, style="sections5")
    session_id = await new_session(database, owner, TRANSCRIPT)
    async with database.transaction() as repos:
        await repos.patients.update(*owner, consent_ai_notes=False)
    with pytest.raises(ConsentMissingError):
        await service.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    with pytest.raises(ConsentMissingError):
        await service.notes.summarize_sessions(*owner)


async def test_sessions_are_summarized_from_notes_and_transcripts(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    for _ in range(3):
        session_id = await new_session(database, owner, TRANSCRIPT)
    await service.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
    outcome = await service.notes.summarize_sessions(*owner)
    assert outcome.num_sessions == 3
    assert outcome.text
    assert any("Session 1" in point for point in outcome.key_points)
    empty = await service.notes.summarize_sessions(owner[0], await _other_patient(database, owner))
    assert (empty.num_sessions, empty.text) == (0, "")


async def _other_patient(database: Database, owner: tuple[int, int]) -> int:
    async with database.transaction() as repos:
        patient = await repos.patients.create(owner[0], full_name="Quinn")
    return patient.id


async def test_a_text_is_summarized_in_the_words_asked_for(service: LocalService) -> None:
    outcome = await service.notes.summarize_text(TRANSCRIPT, max_length=20, min_length=5)
    assert 1 <= len(outcome.text.split()) <= 20


async def test_nothing_that_was_said_is_logged_or_measured(
    service: LocalService,
    settings: Settings,
    database: Database,
    owner: tuple[int, int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    with caplog.at_level(logging.DEBUG):
        await service.notes.generate(owner[0], session_id, regenerate=False, style="sections5")
        service.backend.before_decode = lambda _batch: _fail("Zanzibar")
        await service.notes.generate(owner[0], session_id, regenerate=True, style="sections5")
    told = [f"{record.getMessage()} {record.__dict__.get('data')}" for record in caplog.records]
    told += [path.read_text() for path in settings.logs_dir.glob("*.jsonl")]
    told.append(await service.notes.metrics())
    for word in ("Zanzibar", "breathing", "cried"):
        assert not any(word in line for line in told)
    assert any("inference_complete" in line for line in told)


def _fail(message: str) -> None:
    raise RuntimeError(message)


def _pause(seconds: float) -> None:
    time.sleep(seconds)


SPANISH = (
    "Therapist: ¿Cómo ha estado desde la última vez que nos vimos?\n"
    "Patient: Muy mal, no puedo dormir y lloro todos los días.\n"
    "Therapist: ¿Ha pensado en hacerse daño o en quitarse la vida?\n"
    "Patient: No."
)
TRANSLATED = (
    "Therapist: How have you been since the last time we met?\n"
    "Patient: Very bad, I can't sleep and I cry every day.\n"
    "Therapist: Have you thought of hurting yourself or of taking your life?\n"
    "Patient: No."
)
NOT_ASSESSED = "**Risk:** Risk not assessed: transcript is not in English.\n"


@pytest.mark.parametrize(
    ("translation", "risk", "written_from", "language"),
    [
        (None, NOT_ASSESSED, "transcript", "es"),
        (TRANSLATED, "**Risk:** Denies suicidal thoughts and self-harm", "translation", "en"),
    ],
)
async def test_risk_is_assessed_in_english_only(
    service: LocalService,
    database: Database,
    owner: tuple[int, int],
    translation: str | None,
    risk: str,
    written_from: str,
    language: str,
) -> None:
    session_id = await new_session(database, owner, SPANISH)
    async with database.transaction() as repos:
        await repos.sessions.update(owner[0], session_id, translated_transcription=translation)
    outcome = await service.notes.generate(
        owner[0], session_id, regenerate=False, style="sections5"
    )
    assert risk in outcome.text
    async with database.transaction() as repos:
        [version] = await repos.notes.versions(owner[0], session_id)
    assert version.details["written_from"] == written_from
    assert version.details["languages"] == {language: 1.0}


async def test_an_extract_is_not_assessed_in_another_language_either(
    service: LocalService, database: Database, owner: tuple[int, int]
) -> None:
    session_id = await new_session(database, owner, SPANISH)

    def fail(_batch: object) -> None:
        raise RuntimeError

    service.backend.before_decode = fail
    outcome = await service.notes.generate(
        owner[0], session_id, regenerate=False, style="sections5"
    )
    assert outcome.status is NoteStatus.FALLBACK
    assert NOT_ASSESSED in outcome.text
