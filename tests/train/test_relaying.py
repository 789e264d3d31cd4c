"""Telegraphic summaries in the language of our styles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.grammar import is_writable
from notes.grounding import SUPPORTED, Grounding
from notes.parsing import NOT_DISCUSSED
from notes.sentences import num_words
from notes.style import NARRATIVE, SECTIONS5
from notes.transcript import parse_transcript
from train_jobs import relaying
from train_jobs.dataset import NotedSession
from train_jobs.relaying import as_narrative, as_sections, describe, kept_words, relay
from train_jobs.resectioning import NOT_BORNE_OUT, RULES_DISAGREE, relay_sections
from train_jobs.wording import plain

EXAMPLES = settings(max_examples=150, deadline=None)

SUMMARY = (
    "Patient presented with panic on trains and avoidance of crowded platforms. Interventions: "
    "breathing practice (4 in, 6 out), thought records, and an exposure plan for the platform. "
    "Affect tense but hopeful; panic rated 8/10. No SI/HI. Homework: keep a panic diary, practice "
    "breathing before work, ride one stop. Plan: continue exposure and review the diary."
)
SESSION = """Therapist: What happened on the train?
Patient: Panic again. The platform was crowded and I could not get on, so I avoid trains now.
Therapist: How bad was the panic?
Patient: Eight of ten. I was tense all day, but I am hopeful it can change.
Therapist: Any thoughts of suicide?
Patient: No, never.
Therapist: Let us practice breathing together, and write a thought record. Then we make an
exposure plan for the platform.
Patient: Breathing practice helps.
Therapist: For homework, keep a panic diary, practice breathing before work, and ride one stop.
Patient: A diary and one stop. Fine."""


def session(summary: str = SUMMARY, said: str = SESSION) -> NotedSession:
    return NotedSession("s", said, {"paragraph": {"summary": summary}})


# Narrative


def test_a_summary_becomes_a_narrative_in_its_own_words() -> None:
    text = as_narrative(SUMMARY)
    assert text is not None
    assert text.startswith("Client presented with panic on trains")
    assert "No SI or HI." in text
    assert "panic rated 8 of 10" in text
    assert "Homework to keep a panic diary" in text
    assert "Plan to continue exposure" in text
    assert kept_words(SUMMARY, text) > 0.9


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Presenting concerns: grief.", "Client presented with grief;"),
        ("Session focused on grief.", "Client focused on grief;"),
        ("Focus on grief with patient.", "Client focused on grief with client;"),
        ("Client with grief.", "Client with grief;"),
    ],
)
def test_a_narrative_begins_with_the_client_and_a_long_sentence(before: str, after: str) -> None:
    rest = " ".join(["Interventions included listening to her story of the long last year."] * 4)
    text = as_narrative(f"{before} {rest}")
    assert text is not None
    assert text.startswith(f"{after} interventions included")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("low mood without SI/HI", "low mood without SI or HI."),
        ("cravings/triggers.", "cravings and triggers."),
        ("tea/walk/call list.", "tea, walk and call list."),
        ("checks 3/day, fear 5/10", "checks 3 per day, fear 5 of 10."),
        ("practice x3.", "practice 3 times."),
        ("risk: low–moderate.", "risk, low to moderate."),
        ("noted—low risk", "noted, low risk."),
        ("skills (walk, tea), sleep (early).", "skills, walk, tea, sleep, early."),
        ("the “I’m a burden” belief", "the I’m a burden belief."),
        ("parents’ home and a friend’s call", "parents home and a friend’s call."),
        ("grounding (5-4-3-2-1), pacing", "grounding, pacing."),
        ("Risk: denies SI.", "Client denies SI."),
        ("off at 10 p.m. daily", "off at 10 pm daily."),
        ("and/or rest", "or rest."),
    ],
)
def test_signs_become_words(before: str, after: str) -> None:
    assert plain(before) == after


@EXAMPLES
@given(st.lists(st.sampled_from(SUMMARY.split()), max_size=110).map(" ".join) | st.text())
def test_a_narrative_is_what_the_grammar_can_write(summary: str) -> None:
    text = as_narrative(summary)
    if text is not None:
        section = NARRATIVE.sections[0]
        assert is_writable(text, section)
        assert section.min_words <= num_words(text) <= section.max_words


# Five sections


def test_a_summary_becomes_sections_that_the_session_bears_out() -> None:
    transcript = parse_transcript(SESSION)
    sections = as_sections(SUMMARY, transcript)
    assert sections is not None
    assert sections["risk"] == "Patient denies suicidal thoughts when asked."
    assert sections["chief_complaint"].startswith("Patient talks about panic on trains")
    assert sections["plan"].startswith("Patient will keep a panic diary")
    assert sections["intervention"].startswith("Therapist used breathing practice")
    grounding = Grounding(transcript.turns)
    for key in sections.keys() - {"risk"}:
        assert grounding.evidence(sections[key]).score >= SUPPORTED


def test_what_nobody_said_is_left_out_with_its_reason() -> None:
    invented = SUMMARY.replace(
        "keep a panic diary, practice breathing before work, ride one stop",
        "bake sourdough bread, paint the garden fence, phone aunt Matilda",
    )
    relaid = relay_sections(invented, parse_transcript(SESSION))
    assert "plan" not in relaid.sections
    assert relaid.reasons["plan"] == NOT_BORNE_OUT


def test_risk_is_left_out_where_summary_and_session_disagree() -> None:
    for said, summary in [
        (SESSION.replace("No, never.", "Yes, most nights I want to kill myself."), SUMMARY),
        (SESSION, SUMMARY.replace("No SI/HI", "Passive SI without plan")),
    ]:
        relaid = relay_sections(summary, parse_transcript(said))
        assert "risk" not in relaid.sections
        assert relaid.reasons["risk"] == RULES_DISAGREE


def test_silence_about_risk_on_both_sides_is_not_discussed() -> None:
    said = SESSION.replace("Any thoughts of suicide?", "And how is work?")
    relaid = relay_sections(SUMMARY.replace("No SI/HI. ", ""), parse_transcript(said))
    assert relaid.sections["risk"] == NOT_DISCUSSED


def test_too_few_sections_are_none() -> None:
    assert as_sections("Client was late. The room was cold.", parse_transcript(SESSION)) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SUMMARY.split()), max_size=80).map(" ".join) | st.text())
def test_sections_are_what_the_grammar_can_write(summary: str) -> None:
    for key, text in relay_sections(summary, parse_transcript(SESSION)).sections.items():
        section = SECTIONS5.section(key)
        assert is_writable(text, section)
        assert text == NOT_DISCUSSED or section.min_words <= num_words(text) <= section.max_words


# Sessions


def test_every_row_is_counted_and_only_the_useful_are_kept() -> None:
    useless = session("Short.", "Patient: Hello.")
    relaying_ = relay([session(), useless])
    (kept,) = relaying_.sessions
    assert set(kept.notes) == {"narrative", "sections5"}
    assert relaying_.counts["rows"] == 2
    assert relaying_.counts["narrative"] == relaying_.counts["sections5"] == 1
    assert any("fewer than 3 sections" in line for line in describe(relaying_))


def test_notes_of_other_styles_stay_as_they_are() -> None:
    noted = NotedSession("c", SESSION, {"sections5": {"plan": "Patient will rest."}})
    assert relay([noted]).sessions == (noted,)


def test_the_command_prints_the_counts(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("data") / "rows.csv"
    quoted = f'"{SESSION}","{SUMMARY}"'
    path.write_text(f"session_transcription,session_summary\n{quoted}\n", encoding="utf-8")
    relaying.main([str(path)])
    printed = capsys.readouterr().out
    assert "1  narrative" in printed
    assert "ROUGE-1" in printed
