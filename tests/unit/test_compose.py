"""Notes from whatever the model wrote."""

import json
from collections.abc import Sequence

import pytest

from notes.chunking import Chunk, split_transcript
from notes.compose import better_sections, compose_note, doubtful_sections
from notes.language import mark_languages
from notes.parsing import NOT_CLEAR, NOT_DISCUSSED
from notes.risk import NOT_ASSESSED, NOTHING_FOUND, unmark
from notes.style import NARRATIVE, PARAGRAPH, SECTIONS5, NoteStyle
from notes.transcript import Transcript, parse_transcript
from notes.validation import Rule
from tests.unit.sessions import AFFIRMED, DENIED, NEUTRAL, session

GOOD = {
    "chief_complaint": "Patient could not sleep before work.",
    "emotional_state": "Patient feels angry and guilty after an argument.",
    "risk": "Patient was asked nothing of the kind in here.",
    "intervention": "Therapist taught paced breathing and a sleep diary.",
    "plan": "Patient will keep a sleep diary every day.",
}


def count_words(text: str) -> int:
    return len(text.split())


def read(
    exchanges: Sequence[str], max_tokens: int = 10_000
) -> tuple[Transcript, tuple[Chunk, ...]]:
    transcript = parse_transcript(session(exchanges))
    return transcript, split_transcript(transcript, max_tokens, count_words)


def test_a_good_answer_becomes_a_note_without_violations() -> None:
    note = compose_note(*read(NEUTRAL), [GOOD], SECTIONS5)
    assert note.violations == ()
    assert note.draft.section("plan").text == GOOD["plan"]
    assert 30 <= note.draft.num_words <= 70
    assert note.coverage.share == 1.0


def test_the_model_cannot_deny_what_the_patient_affirmed() -> None:
    denial = GOOD | {"risk": "Patient denies any suicidal ideation or intent today."}
    note = compose_note(*read((*NEUTRAL, AFFIRMED[1])), [denial], SECTIONS5)
    assert note.is_risk_added
    assert "denies" not in note.draft.section("risk").text.casefold()
    assert "{{RED:suicid" in note.draft.section("risk").text


def test_the_model_cannot_deny_what_nobody_asked() -> None:
    denial = GOOD | {"risk": "Patient denies any suicidal ideation or intent today."}
    note = compose_note(*read(NEUTRAL), [denial], SECTIONS5)
    assert "denies" not in note.draft.section("risk").text.casefold()


@pytest.mark.parametrize(
    "written",
    [
        "Suicide or self-harm is a risk.",
        "Therapist's suicide attempt, and the patient's self-harm.",
    ],
)
@pytest.mark.parametrize("said", [DENIED[0], DENIED[1], "Patient: I wish I was dead."])
def test_vague_words_on_danger_never_stand_beside_other_findings(written: str, said: str) -> None:
    note = compose_note(*read((*NEUTRAL, said)), [GOOD | {"risk": written}], SECTIONS5)
    assert written not in unmark(note.draft.section("risk").text)


def test_a_safety_measure_stays_where_its_words_were_spoken() -> None:
    measure = "The sister takes the tablets to the pharmacy today."
    told = "Patient: I think about suicide. My sister takes the tablets to the pharmacy today."
    for said, stays in ((told, True), ("Patient: I think about suicide.", False)):
        note = compose_note(*read((*NEUTRAL, said)), [GOOD | {"risk": measure}], SECTIONS5)
        assert (measure in note.draft.section("risk").text) == stays


@pytest.mark.parametrize("key", ["chief_complaint", "emotional_state", "intervention", "plan"])
def test_claims_about_risk_in_other_sections_need_a_finding_too(key: str) -> None:
    for claim in ("Patient denies suicidal ideation.", "Patient wants to die."):
        note = compose_note(*read(NEUTRAL), [GOOD | {key: f"{GOOD[key]} {claim}"}], SECTIONS5)
        assert note.draft.section(key).text == GOOD[key]
        assert note.num_unfounded == 1


def test_the_models_own_marks_are_not_believed() -> None:
    marked = GOOD | {"plan": "Patient will keep a {{RED:sleep}} diary {{RED: every day."}
    note = compose_note(*read((*NEUTRAL, DENIED[0])), [marked], SECTIONS5)
    assert note.draft.section("plan").text == GOOD["plan"]
    assert unmark(note.text) == note.text


def test_nothing_written_is_a_complete_note_that_says_so() -> None:
    written: list[list[dict[str, str]]] = [[], [{}], [dict.fromkeys(GOOD, "")]]
    for texts in (*written, [dict.fromkeys(GOOD, "<|end|>")]):
        note = compose_note(*read(NEUTRAL), texts, SECTIONS5)
        assert note.text.count(NOT_DISCUSSED) == 4
        assert [v.rule for v in note.violations] == []


def test_a_short_note_is_a_violation_and_no_exception() -> None:
    short = GOOD | {
        "chief_complaint": "Poor sleep.",
        "intervention": "Breathing.",
        "plan": "Diary.",
    }
    note = compose_note(*read(NEUTRAL), [short], SECTIONS5, keep_unsupported=True)
    assert [v.rule for v in note.violations] == [Rule.TOO_SHORT]


def test_chunks_without_an_answer_are_named_as_not_covered() -> None:
    transcript, chunks = read(NEUTRAL * 3, max_tokens=40)
    assert len(chunks) >= 3
    note = compose_note(transcript, chunks, [GOOD], SECTIONS5)
    assert 0 < note.coverage.share < 1
    assert note.coverage.uncovered_turn_ids[-1] == transcript.turns[-1].id
    assert compose_note(transcript, chunks, [GOOD] * len(chunks), SECTIONS5).coverage.share == 1.0


def test_a_long_session_may_have_150_words_and_counts_what_it_leaves_out() -> None:
    transcript, chunks = read(NEUTRAL * 40, max_tokens=200)
    topics = ("river", "office", "sister", "garden", "doctor", "winter", "letter", "school")
    texts = [
        {key: f"{text[:-1]} about {topic} {topic}s and {topic}ing." for key, text in GOOD.items()}
        for topic in topics
    ]
    note = compose_note(transcript, chunks, texts, SECTIONS5, keep_unsupported=True)
    assert 70 < note.draft.num_words <= 150
    assert note.num_left_out > 0
    short = compose_note(*read(NEUTRAL), texts, SECTIONS5, keep_unsupported=True)
    assert short.draft.num_words <= 70


def test_details_are_plain_json_without_words_of_the_session() -> None:
    note = compose_note(*read((*NEUTRAL, *AFFIRMED)), [GOOD], SECTIONS5)
    details = json.dumps(note.details())
    assert json.loads(details) == note.details()
    assert '"category": "suicide"' in details
    assert "mother" not in details
    assert "kill myself" not in details


def test_a_paragraph_states_the_risk_too() -> None:
    words = "Patient reports poor sleep, worry before work and an argument with her mother. " * 3
    calm = compose_note(*read(NEUTRAL), [{"summary": words}], PARAGRAPH)
    said = words.split(". ", maxsplit=1)[0] + "."
    assert calm.text == f"{said} {NOTHING_FOUND}"
    urgent = compose_note(*read((*NEUTRAL, AFFIRMED[1])), [{"summary": words}], PARAGRAPH)
    assert urgent.text.startswith(said)
    assert "{{RED:suicid" in urgent.text
    assert urgent.is_risk_added


INVENTED = GOOD | {"plan": "Patient will take sertraline and see a psychiatrist on Monday morning."}


def test_an_invented_plan_gives_way_to_what_was_said() -> None:
    note = compose_note(*read(NEUTRAL), [INVENTED], SECTIONS5)
    assert "sertraline" not in note.text
    assert "keep a sleep diary every day" in note.draft.section("plan").text
    assert (note.num_unsupported, note.quoted) == (1, ("plan",))
    assert all(each.is_supported for each in note.evidence if each.section == "plan")


def test_an_invented_plan_is_kept_and_flagged_where_that_is_wanted() -> None:
    note = compose_note(*read(NEUTRAL), [INVENTED], SECTIONS5, keep_unsupported=True)
    assert note.draft.section("plan").text == INVENTED["plan"]
    (plan,) = (each for each in note.evidence if each.section == "plan")
    assert not plan.is_supported


def test_an_invented_plan_of_which_nothing_was_said_is_not_clear() -> None:
    note = compose_note(*read(NEUTRAL[:2]), [INVENTED], SECTIONS5)
    assert note.draft.section("plan").text == NOT_CLEAR
    assert not note.draft.section("plan").is_discussed


def test_only_what_nobody_said_is_asked_again() -> None:
    transcript, _ = read(NEUTRAL)
    invented = {**INVENTED, "risk": "Patient fears the neighbour's tiger."}  # decided by rule
    assert doubtful_sections(transcript, [GOOD, invented], SECTIONS5) == (
        frozenset(),
        frozenset({"plan"}),
    )


def test_what_is_borne_out_better_counts() -> None:
    transcript, _ = read(NEUTRAL)
    good, other = {"plan": GOOD["plan"]}, {"plan": "Patient will move to Spain with a new dog."}
    better = better_sections(transcript, [INVENTED, GOOD, GOOD], [good, other, {}], SECTIONS5)
    assert better == (frozenset({"plan"}), frozenset(), frozenset())


def test_that_nothing_was_discussed_is_never_better() -> None:
    transcript, _ = read(NEUTRAL)
    again = [{"plan": "Not discussed."}]
    assert better_sections(transcript, [INVENTED], again, SECTIONS5) == (frozenset(),)


def test_evidence_in_the_details_has_no_words() -> None:
    note = compose_note(*read(NEUTRAL), [GOOD], SECTIONS5)
    assert len(note.details()["evidence"]) == len(note.evidence) == 4  # type: ignore[arg-type]
    assert "sleep" not in json.dumps(note.details()["evidence"])


def in_spanish(transcript: Transcript, *turn_ids: int) -> Transcript:
    codes = ["es" if turn.id in turn_ids else "en" for turn in transcript.turns]
    return mark_languages(transcript, codes)


@pytest.mark.parametrize("style", [SECTIONS5, PARAGRAPH])
def test_a_session_in_another_language_is_not_assessed_for_risk(style: NoteStyle) -> None:
    transcript, chunks = read((*NEUTRAL, AFFIRMED[1]))
    foreign = in_spanish(transcript, *(turn.id for turn in transcript.turns))
    written = " ".join(text for key, text in GOOD.items() if key != "risk")
    texts = [GOOD if style is SECTIONS5 else {"summary": written}]
    note = compose_note(foreign, chunks, texts, style)
    assert note.text.endswith(NOT_ASSESSED) or note.draft.section("risk").text == NOT_ASSESSED
    assert {violation.rule for violation in note.violations} <= {Rule.TOO_SHORT}
    assert note.findings == ()
    assert note.details()["languages"] == {"es": 1.0}


def test_turns_in_another_language_are_counted_in_the_risk_section() -> None:
    transcript, chunks = read((*NEUTRAL, AFFIRMED[1]))
    note = compose_note(in_spanish(transcript, 1, 2), chunks, [GOOD], SECTIONS5)
    text = note.draft.section("risk").text
    assert text.endswith("2 of 12 turns are not in English and were not assessed.")
    assert "{{RED:suicid" in text
    assert note.violations == ()


def test_a_paragraph_that_lost_its_sentences_is_filled_with_what_was_said() -> None:
    said = (
        "Therapist: How was the week at the bakery?",
        "Patient: I burnt the rolls on Tuesday and my manager shouted at me before the customers.",
        "Therapist: And what did you do then?",
        "Patient: I went to the cold store and cried until Joan came with a cup of sweet tea.",
        "Therapist: Let us plan what you could say to your manager on Monday morning.",
        "Patient: I will ask him to speak with me in the office and not before the customers.",
    )
    written = {
        "narrative": "Client burnt the rolls on Tuesday and their manager shouted at them before "
        "the customers. Interventions included hypnosis and a prescription of two new medicines. "
        "Homework is to join an orchestra and buy a violin in Vienna with grandfather's money."
    }
    note = compose_note(*read(said), [written], NARRATIVE)
    assert note.num_unsupported == 2
    assert note.quoted == ("narrative",)
    assert "violin" not in note.text
    assert "burnt the rolls on Tuesday and their manager" in note.text
    assert [violation.rule for violation in note.violations] == []


def test_a_claim_of_danger_that_nobody_heard_gives_way_to_what_was_said() -> None:
    claim = GOOD | {
        "chief_complaint": "Patient talks about wanting to kill herself at the station."
    }
    note = compose_note(*read(NEUTRAL), [claim], SECTIONS5)
    assert note.num_unfounded == 1
    assert note.quoted == ("chief_complaint",)
    assert note.draft.section("chief_complaint").text.startswith("Patient: ")
