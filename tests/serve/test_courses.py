"""A course of treatment: each text is read once, and 200 sessions cost no more than their facts."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import deployments.courses
from db.session import Database
from deployments.config import Settings
from deployments.courses import PIECE, CourseReader
from notes.facts import Basis, SessionFacts, SessionSource, read_session
from notes.history import MAX_IN_FULL
from notes.language import Guess
from notes.risk.statement import NOT_ASSESSED
from tests.serve.local_service import open_local_service
from tests.serve.test_note_service import ANSWER, TRANSCRIPT, new_session, owner

__all__ = ["owner"]  # the fixture

NUM_SESSIONS = 200
FIRST_DAY = datetime(2022, 1, 3, 12, tzinfo=UTC)
NOTE = (
    "**Chief Complaint:** Patient reports poor sleep.\n**Emotional State:** Patient feels tense.\n"
    "**Risk:** Reports suicidal thoughts.\n**Intervention:** Not discussed.\n"
    "**Plan:** Patient will keep a diary."
)

Owner = tuple[int, int]


class AllEnglish:
    """Takes everything for English."""

    def detect(self, text: str) -> Guess:
        return Guess("en", 1.0)


class Readings:
    """Counts the sessions whose texts are read."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def __call__(self, source: SessionSource) -> SessionFacts:
        self.numbers.append(source.number)
        return read_session(source)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    counted = Readings()
    monkeypatch.setattr(deployments.courses, "read_session", counted)
    return counted


async def many_sessions(database: Database, owner: Owner, count: int) -> list[int]:
    async with database.transaction() as repos:
        return [
            (
                await repos.sessions.create(
                    *owner,
                    original_transcription=f"{TRANSCRIPT}\nPatient: It was day {number}.",
                    session_date=FIRST_DAY + timedelta(weeks=number),
                )
            ).id
            for number in range(count)
        ]


async def test_each_text_is_read_once(database: Database, owner: Owner, readings: Readings) -> None:
    ids = await many_sessions(database, owner, NUM_SESSIONS)
    reader = CourseReader(database, AllEnglish())
    first = await reader.read(*owner)
    assert sorted(readings.numbers) == list(range(1, NUM_SESSIONS + 1))
    readings.numbers.clear()
    assert (await CourseReader(database, AllEnglish()).read(*owner)) == first  # another process
    assert readings.numbers == []
    async with database.transaction() as repos:
        await repos.sessions.update(owner[0], ids[4], original_transcription="Patient: Calm.")
        await repos.notes.save_human(owner[0], ids[7], NOTE)
    changed = await reader.read(*owner)
    assert sorted(readings.numbers) == [5, 8]
    assert changed.sessions[-5].section("chief_complaint") != first.sessions[-5].section(
        "chief_complaint"
    )
    assert changed.num_chars != first.num_chars


async def test_of_many_who_ask_at_once_one_reads(
    database: Database, owner: Owner, readings: Readings
) -> None:
    await many_sessions(database, owner, 2 * PIECE + 1)
    reader = CourseReader(database, AllEnglish())
    courses = await asyncio.gather(*(reader.read(*owner) for _ in range(4)))
    assert len(readings.numbers) == 2 * PIECE + 1
    assert all(course == courses[0] for course in courses)


async def test_what_was_read_before_a_failure_is_kept(
    database: Database, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_sessions(database, owner, PIECE + 2)

    def fail(source: SessionSource) -> SessionFacts:
        if source.number <= 2:  # the newest are read first
            raise RuntimeError("planted")
        return read_session(source)

    monkeypatch.setattr(deployments.courses, "read_session", fail)
    with pytest.raises(RuntimeError, match="planted"):
        await CourseReader(database, AllEnglish()).read(*owner)
    readings = Readings()
    monkeypatch.setattr(deployments.courses, "read_session", readings)
    await CourseReader(database, AllEnglish()).read(*owner)
    assert sorted(readings.numbers) == [1, 2]


async def test_the_event_loop_goes_on_while_texts_are_read(
    database: Database, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_sessions(database, owner, 1)
    loop = asyncio.get_running_loop()

    def read(source: SessionSource) -> SessionFacts:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)  # needs the loop
        return read_session(source)

    monkeypatch.setattr(deployments.courses, "read_session", read)
    assert len((await CourseReader(database, AllEnglish()).read(*owner)).sessions) == 1


async def test_only_the_latest_sessions_bring_their_text(database: Database, owner: Owner) -> None:
    await many_sessions(database, owner, 9)
    course = await CourseReader(database, AllEnglish()).read(*owner)
    texts = [session.text for session in course.sessions]
    assert [bool(text) for text in texts] == [True] * MAX_IN_FULL + [False] * (9 - MAX_IN_FULL)
    assert "It was day 8." in texts[0]


async def test_the_signed_note_goes_before_what_was_written_later(
    database: Database, owner: Owner
) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    async with database.transaction() as repos:
        await repos.notes.save_human(owner[0], session_id, NOTE)
        await repos.notes.sign(owner[0], session_id)
        await repos.notes.save_human(owner[0], session_id, NOTE.replace("a diary", "a dog"))
    [session] = (await CourseReader(database, AllEnglish()).read(*owner)).sessions
    assert session.basis is Basis.SIGNED
    assert session.section("plan") == "Patient will keep a diary."
    assert session.text == NOTE


async def test_a_cleared_note_leaves_the_transcript(database: Database, owner: Owner) -> None:
    session_id = await new_session(database, owner, TRANSCRIPT)
    async with database.transaction() as repos:
        await repos.notes.save_human(owner[0], session_id, "")
    [session] = (await CourseReader(database, AllEnglish()).read(*owner)).sessions
    assert session.basis is Basis.TRANSCRIPT


SPANISH = "Terapeuta: ¿Cómo está?\nPaciente: Muy mal, no puedo dormir y lloro todos los días."


async def test_a_transcript_in_another_language_is_read_from_its_translation(
    database: Database, owner: Owner
) -> None:
    class Spanish:
        def detect(self, text: str) -> Guess:
            return Guess("es", 1.0)

    session_id = await new_session(database, owner, SPANISH)
    reader = CourseReader(database, Spanish())
    [session] = (await reader.read(*owner)).sessions
    assert session.sections["risk"] == NOT_ASSESSED
    assert session.text == SPANISH
    async with database.transaction() as repos:
        await repos.sessions.update(owner[0], session_id, translated_transcription=TRANSCRIPT)
    [session] = (await reader.read(*owner)).sessions
    assert session.is_translation
    assert session.sections["risk"] != NOT_ASSESSED
    assert session.text == TRANSCRIPT


async def test_the_model_reads_no_more_at_200_sessions_than_fits(
    tmp_path: Path, database: Database, database_url: str, owner: Owner
) -> None:
    await many_sessions(database, owner, NUM_SESSIONS)
    prompts: set[str] = set()

    def answer(prompt: str) -> str:
        prompts.add(prompt)
        return ANSWER

    settings = Settings(data_dir=tmp_path, database_url=database_url)  # type: ignore[arg-type]
    local = await open_local_service(settings, database, answer)
    prompts.clear()  # the engine was warmed up
    outcome = await local.notes.summarize_sessions(*owner)
    await local.close()
    assert not outcome.is_fallback
    assert outcome.num_sessions == NUM_SESSIONS
    assert MAX_IN_FULL == outcome.num_sessions_in_full < outcome.num_sessions_read < NUM_SESSIONS
    assert outcome.coverage == outcome.num_sessions_read / NUM_SESSIONS
    assert len(prompts) == 5  # the sections that are not decided by rule, of one document
    assert outcome.total_text_length > NUM_SESSIONS * len(TRANSCRIPT)
