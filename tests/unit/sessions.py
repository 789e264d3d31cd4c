"""Sessions and model answers that the tests of notes are run on."""

from collections.abc import Sequence

from hypothesis import strategies as st

from notes.style import SECTIONS5

NEUTRAL = (
    "Therapist: How was your week?\nPatient: Hard, I could not sleep before work.",
    "Therapist: What happened with your mother?\nPatient: We argued and I felt angry and guilty.",
    "Therapist: Let's try the breathing exercise together.\nPatient: That makes me calmer.",
    "Therapist: For next week, keep a sleep diary every day.\nPatient: I will write it down.",
    "Therapist: What went through your mind on the train?\nPatient: That everyone looks at me.",
)
AFFIRMED = (
    "Therapist: What do you mean by dark?\nPatient: I want to kill myself.",
    "Therapist: Did anything happen?\nPatient: I have been thinking about suicide every night.",
    "Therapist: How do you cope?\nPatient: I cut myself again on Friday.",
)
PASSIVE = ("Therapist: And at night?\nPatient: I wish I could go to sleep and not wake up.",)
DENIED = (
    "Therapist: Any thoughts of suicide?\nPatient: No, not at all.",
    "Therapist: Have you thought about hurting yourself?\nPatient: No, never.",
)

# What a model may write under the grammar: one sentence of 8 to 14 words.
WORDS = (
    "Patient", "reports", "poor", "sleep", "work", "worry", "mother", "argument", "feels", "angry",
    "therapist", "taught", "breathing", "diary", "walks", "daily", "anxious", "train", "evening",
)  # fmt: skip
RISKY = (
    "Patient denies any suicidal ideation or intent today.",
    "Patient wants to kill herself and has a plan.",
    "There was no mention of self-harm or violence at all.",
    "Patient reports thoughts of suicide and of an overdose.",
    "Patient has {{RED:suicide}} thoughts {{RED: and worse.",
    "Not discussed.",
)


def session(exchanges: Sequence[str]) -> str:
    """Return the exchanges as one transcript."""
    return "\n".join(exchanges)


answers = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=8, max_size=14).map(lambda w: " ".join(w) + "."),
    st.sampled_from(RISKY),
)
garbage = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        ("<|end|>", "**Plan:** **Risk:**", "word " * 300, "{{RED:{{RED:x}}", "?!…", "a. " * 99)
    ),
)
keys = [section.key for section in SECTIONS5.sections]
branch_texts = st.fixed_dictionaries(dict.fromkeys(keys, answers))
any_texts = st.dictionaries(st.sampled_from([*keys, "unknown"]), st.one_of(answers, garbage))
any_session = st.lists(st.sampled_from((*NEUTRAL, *AFFIRMED, *PASSIVE, *DENIED)), max_size=8).map(
    session
)
calm_session = st.lists(st.sampled_from((*NEUTRAL, *DENIED)), min_size=1, max_size=8).map(session)
risky_session = st.tuples(any_session, st.sampled_from((*AFFIRMED, *PASSIVE)), any_session).map(
    session
)
