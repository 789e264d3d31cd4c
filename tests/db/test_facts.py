"""Kept facts: of which texts they are, who may read them, and who was first."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from db.records import KeptFacts, NoteOrigin, SummarizedSession
from db.repositories import Repositories
from db.session import Database
from tests.db.conftest import TRANSCRIPT, Practice
from tests.db.writing import generate, write

RULES = "1"
Change = Callable[[Repositories, Practice], Awaitable[object]]


async def listed(
    database: Database, who: Practice, rules: str = RULES
) -> tuple[SummarizedSession, ...]:
    async with database.transaction() as repos:
        return await repos.facts.of_patient(who.therapist, who.patient, rules)


async def keep(database: Database, who: Practice, words: str) -> None:
    """Keep facts of the texts that the session has now."""
    async with database.transaction() as repos:
        [texts] = await repos.facts.texts(who.therapist, [who.session], RULES)
        made = KeptFacts(who.session, texts.digest, {"words": words})
        await repos.facts.keep(who.therapist, [made])


async def count(database: Database) -> int:
    async with database._engine.connect() as connection:
        counted = await connection.execute(text("SELECT count(*) FROM session_facts"))
        return int(counted.scalar_one())


async def test_what_is_kept_is_found_again(database: Database, ada: Practice) -> None:
    [before] = await listed(database, ada)
    assert (before.facts, before.num_chars) == (None, len(TRANSCRIPT))
    await keep(database, ada, "first")
    [after] = await listed(database, ada)
    assert after.facts == {"words": "first"}
    assert (after.session_id, after.session_number) == (ada.session, 1)


async def test_a_row_is_written_once(database: Database, ada: Practice) -> None:
    await keep(database, ada, "first")
    await keep(database, ada, "second")
    [session] = await listed(database, ada)
    assert session.facts == {"words": "first"}


async def change_transcript(repos: Repositories, who: Practice) -> None:
    await repos.sessions.update(who.therapist, who.session, original_transcription="Other words.")


async def change_translation(repos: Repositories, who: Practice) -> None:
    await repos.sessions.update(who.therapist, who.session, translated_transcription="Words.")


async def write_note(repos: Repositories, who: Practice) -> None:
    await write(repos, who, "A note.")


async def generate_note(repos: Repositories, who: Practice) -> None:
    await generate(repos, who, "A note.")


async def sign_note(repos: Repositories, who: Practice) -> None:
    await write(repos, who, "A note.")
    await repos.notes.sign(who.therapist, who.session)


@pytest.mark.parametrize(
    "change", [change_transcript, change_translation, write_note, generate_note, sign_note]
)
async def test_facts_of_texts_that_have_changed_are_stale(
    database: Database, ada: Practice, change: Change
) -> None:
    await keep(database, ada, "before")
    async with database.transaction() as repos:
        await change(repos, ada)
    [session] = await listed(database, ada)
    assert session.facts is None
    await keep(database, ada, "after")
    [session] = await listed(database, ada)
    assert session.facts == {"words": "after"}
    assert await count(database) == 1  # what nobody said any more is forgotten


async def test_a_signature_makes_facts_stale(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await write(repos, ada, "A note.")
    await keep(database, ada, "before")
    async with database.transaction() as repos:
        await repos.notes.sign(ada.therapist, ada.session)
    [session] = await listed(database, ada)
    assert session.facts is None


async def test_what_is_no_text_leaves_facts_as_they_are(database: Database, ada: Practice) -> None:
    await keep(database, ada, "kept")
    async with database.transaction() as repos:
        await repos.sessions.update(ada.therapist, ada.session, is_completed=True, duration=60)
    [session] = await listed(database, ada)
    assert session.facts == {"words": "kept"}


async def test_other_rules_read_anew(database: Database, ada: Practice) -> None:
    await keep(database, ada, "kept")
    [session] = await listed(database, ada, rules="2")
    assert session.facts is None


async def test_the_signed_note_stands_beside_what_was_written_later(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        await generate(repos, ada, "By the model.")
        await repos.notes.sign(ada.therapist, ada.session)
        await write(repos, ada, "Later, unsigned.")
        [texts] = await repos.facts.texts(ada.therapist, [ada.session], RULES)
    assert texts.signed is not None
    assert texts.current is not None
    assert (texts.signed.text, texts.signed.origin) == ("By the model.", NoteOrigin.AI)
    assert (texts.current.text, texts.current.number) == ("Later, unsigned.", 2)
    assert texts.original_transcription == TRANSCRIPT
    [session] = await listed(database, ada)
    assert session.num_chars == len("By the model.")


async def test_the_findings_of_a_note_come_with_it(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await repos.notes.save_generated(
            ada.therapist,
            ada.session,
            "A note.",
            style="sections5",
            model=None,
            prompt_version=None,
            request_id=None,
            details={"risk": {"findings": [{"category": "suicide"}]}},
            regenerate=False,
            if_version=0,
            transcript=TRANSCRIPT,
        )
        [texts] = await repos.facts.texts(ada.therapist, [ada.session], RULES)
    assert texts.signed is None
    assert texts.current is not None
    assert texts.current.findings == [{"category": "suicide"}]


async def test_a_session_without_texts_is_not_listed(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await repos.sessions.create(ada.therapist, ada.patient)
        later = await repos.sessions.create(
            ada.therapist,
            ada.patient,
            original_transcription="x",
            session_date=datetime(2099, 1, 1, tzinfo=UTC),
        )
    assert [each.session_id for each in await listed(database, ada)] == [later.id, ada.session]


async def test_somebody_elses_sessions_are_neither_read_nor_kept(
    database: Database, ada: Practice, bob: Practice
) -> None:
    await keep(database, ada, "Ada's")
    intruder = Practice(bob.therapist, ada.patient, ada.session)
    assert await listed(database, intruder) == ()
    async with database.transaction() as repos:
        assert await repos.facts.texts(bob.therapist, [ada.session], RULES) == ()
        await repos.facts.keep(bob.therapist, [KeptFacts(ada.session, "x", {})])
    assert await count(database) == 1


async def test_a_deleted_session_is_passed_over(database: Database, ada: Practice) -> None:
    async with database.transaction() as repos:
        await repos.sessions.delete(ada.therapist, ada.session)
        await repos.facts.keep(ada.therapist, [KeptFacts(ada.session, "x", {})])
    assert await listed(database, ada) == ()
    assert await count(database) == 0


async def test_many_who_keep_the_same_at_once_wait_for_nobody_in_a_circle(
    database: Database, ada: Practice
) -> None:
    async with database.transaction() as repos:
        ids = [ada.session]
        for _ in range(9):
            created = await repos.sessions.create(
                ada.therapist, ada.patient, original_transcription=TRANSCRIPT
            )
            ids.append(created.id)

    async def keep_all(number: int) -> None:
        order = ids if number % 2 else ids[::-1]
        async with database.transaction() as repos:
            await repos.facts.keep(
                ada.therapist, [KeptFacts(id_, f"d{number % 3}", {"n": number}) for id_ in order]
            )

    await asyncio.gather(*(keep_all(number) for number in range(12)))
    assert 10 <= await count(database) <= 30
