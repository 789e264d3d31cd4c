"""Who is therapist and who patient, where labels do not say: inferred, or left open."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.roles import SURE, infer_roles
from notes.transcript import Speaker, parse_transcript

ROOT = Path(__file__).parents[2]
T, P, U = Speaker.THERAPIST, Speaker.PATIENT, Speaker.UNKNOWN

Said = list[tuple[Speaker, str]]


def own_sessions() -> list[Said]:
    speakers = {"T": T, "P": P}
    paths = sorted((ROOT / "tests/data/risk/development").glob("sessions-*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    return [[(speakers[w], text) for w, text in row["turns"] if w in speakers] for row in rows]


def demo_sessions() -> list[Said]:
    texts = (path.read_text("utf-8") for path in sorted((ROOT / "scripts/demo").glob("*.txt")))
    return [[(turn.speaker, turn.text) for turn in parse_transcript(text).turns] for text in texts]


SESSIONS = [
    said for said in (*own_sessions(), *demo_sessions()) if {who for who, _ in said} == {T, P}
]


def hidden(said: Said, therapist: str = "Speaker 1", patient: str = "Speaker 2") -> str:
    names = {T: therapist, P: patient}
    return "\n".join(f"{names[who]}: {text}" for who, text in said)


def recognised(text: str) -> str:
    """Return what a recogniser may make of it: no capitals, no signs."""
    return "".join(char for char in text.lower() if char.isalnum() or char in " '-")


def test_no_role_is_wrong_and_most_are_found() -> None:
    found = 0
    for said in SESSIONS:
        turns = parse_transcript(hidden(said)).turns
        speakers = [turn.speaker for turn in turns]
        assert speakers in ([who for who, _ in said], [U] * len(said))
        found += U not in speakers
    assert found >= 0.9 * len(SESSIONS)


def test_a_recognisers_text_is_enough() -> None:
    right = 0
    for said in SESSIONS:
        plain = [(who, recognised(text) or "mm") for who, text in said]
        turns = parse_transcript(hidden(plain, "SPEAKER_01", "SPEAKER_00")).turns
        speakers = [turn.speaker for turn in turns]
        assert speakers in ([who for who, _ in said], [U] * len(said))
        right += U not in speakers
    assert right >= 0.7 * len(SESSIONS)


def test_excerpts_are_wrong_no_more_often_than_stated() -> None:
    chance = random.Random(0)
    doubts: list[float] = []
    num_wrong = 0
    for said in SESSIONS:
        for _ in range(20):
            start = chance.randrange(len(said))
            excerpt = said[start : start + chance.choice((4, 6, 10, 20))]
            roles = infer_roles([(who.name, text) for who, text in excerpt])
            if roles.speakers:
                doubts.append(1 - roles.confidence)
                num_wrong += roles.speakers != {"THERAPIST": T, "PATIENT": P}
    assert len(doubts) > 200
    assert num_wrong <= sum(doubts)


def test_known_labels_need_no_inference() -> None:
    transcript = parse_transcript("Therapist: How are you?\nPatient: Bad.")
    assert transcript.role_confidence == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "Maria: hi\nTom: yes\nMaria: ok\nTom: no",
        "Speaker 1: How are you?\nSpeaker 2: Bad.",
        "I feel bad. What do you do then? I cry.",
        "Speaker 1: a b c\nSpeaker 2: d e f\nSpeaker 3: g h i\n" * 4,
        "",
    ],
)
def test_where_little_is_said_roles_stay_open(text: str) -> None:
    transcript = parse_transcript(text)
    assert {turn.speaker for turn in transcript.turns} <= {U}
    assert transcript.role_confidence < SURE or not transcript.turns


def test_a_third_voice_that_says_little_stays_unknown() -> None:
    said = SESSIONS[0]
    turns = parse_transcript(f"{hidden(said)}\nSpeaker 3: Taxi is here.").turns
    assert {turn.speaker for turn in turns[:-1]} == {T, P}
    assert (turns[-1].speaker, turns[-1].label) == (U, "Speaker 3")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("a", "b", "c", "")), st.text(max_size=40)), max_size=12))
def test_any_turns_have_a_confidence(turns: list[tuple[str, str]]) -> None:
    roles = infer_roles(turns)
    assert 0 <= roles.confidence <= 1
    assert bool(roles.speakers) == (roles.confidence >= SURE)
    assert "" not in roles.speakers
