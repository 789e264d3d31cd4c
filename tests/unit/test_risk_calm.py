"""What sounds like danger and is none, beside the same words where they mean it."""

import pytest

from notes.risk import assess_risk
from notes.risk.concepts import fold, heads_of
from tests.unit.risk_suite import talk

Heard = set[tuple[str, str]]


def alerts(*lines: str) -> Heard:
    return {(f.category.value, f.polarity.value) for f in assess_risk(talk(*lines)) if f.is_alert}


def senses(*lines: str) -> Heard:
    return {(f.category.value, f.polarity.value) for f in assess_risk(talk(*lines))}


@pytest.mark.parametrize(
    "said",
    [
        # who or what does it
        "It would kill him to say sorry.",
        "We never found out what killed her.",
        "My wife is scared I'll kill somebody with that ladder.",
        "Prison? The papers called it red mist.",
        # with what, and how
        "I hit him with the facts.",
        "He came for her parcels.",
        "I clocked them in at six.",
        "I was so bored I wanted to slap him.",
        "We killed ourselves laughing.",
        # ordinary consequences, gestures, help
        "If I tell him he'll only worry.",
        "She said they would soon have my car back.",
        "The nurse put her hand on my arm.",
        "She puts her hand on my shoulder when I cry.",
        # things that share a name with drugs, wires and weapons
        "I've got glue on my sleeve.",
        "The poem has four lines.",
        "It's in my pocket.",
        # what is heard and seen with others in the room
        "I could hear her say goodbye to the neighbours.",
        "I heard the music and thought of Dad.",
        "He was watching me do the washing up.",
        # the body
        "I get a stabbing pain in my back.",
        "My foot goes to pins and needles in bed.",
        "I had my hand on the tap.",
    ],
)
def test_figures_things_and_bystanders_raise_no_alert(said: str) -> None:
    assert alerts(f"P: {said}") == set()


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("I want to kill him.", "violence"),
        ("I'm afraid I'll kill somebody.", "violence"),
        ("I saw red and I hit him with a bottle.", "violence"),
        ("I went for him in the yard.", "violence"),
        ("I wanted to kill him and I still do.", "violence"),
        ("If I tell anyone he'll kill me.", "abuse"),
        ("She said she'd burn my face.", "abuse"),
        ("He put his hands round my throat.", "abuse"),
        ("I did two lines before work.", "substance"),
        ("I've a knife in my pocket for when he starts.", "violence"),
        ("I hear him whispering to me at night.", "psychosis"),
        ("They are watching me through the wall.", "psychosis"),
        ("I banged it off the wall until it bled, my head.", "self_harm"),
        ("Bare arm on the radiator, all evening.", "self_harm"),
    ],
)
def test_the_same_words_where_they_mean_it(said: str, category: str) -> None:
    assert category in {found for found, _ in alerts(f"P: {said}")}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (('P: Then Gran said, "I want to die. Take me home."',), {("suicide", "other_person")}),
        (('P: And I said, "I want to die."',), {("suicide", "passive")}),
        (('P: He said, "I\'ll kill you," and he meant it.',), {("abuse", "affirmed")}),
        (("P: I never said I want to die.",), {("suicide", "denied")}),
        (("P: I've no' thought about suicide.",), {("suicide", "denied")}),
        (("P: no i think about suicide",), {("suicide", "affirmed")}),
        (("P: love have you hurt yourself he says no",), set()),
        (("P: If I end up like my mother I don't want to live.",), {("suicide", "hypothetical")}),
    ],
)
def test_who_says_it_and_whether(lines: tuple[str, ...], expected: Heard) -> None:
    assert senses(*lines) == expected


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("What does it say on the label?", "Two a day."),
        ("Which bit do you always skip?", "The stairs."),
        ("Do you need to step out?", "Yes."),
        ("Can you move your arms?", "Yes."),
        ("Did you have an x-ray? Were the rays explained?", "No."),
        ("Does the feeling follow you home?", "Yes."),
        ("So you're carrying a lot that nobody sees.", "Yes."),
        ("Where is the roll bar?", "In the barn."),
        ("Being seen by someone who knew you then.", "Yes."),
        ("Have you tried anything for the pain?", "Ice."),
        ("How did you do that?", "With a map."),
        ("Have you had any injections?", "Two, for the knee."),
    ],
)
def test_everyday_questions_ask_about_no_danger(asked: str, answer: str) -> None:
    assert alerts(f"T: {asked}", f"P: {answer}") == set()


@pytest.mark.parametrize(
    ("asked", "answer", "category"),
    [
        ("Is anyone at home hitting you?", "Mm-hm.", "abuse"),
        ("Does your husband stop you seeing your friends?", "Yes.", "abuse"),
        ("Are you carrying anything today?", "Yes.", "violence"),
        ("Do you hear things that nobody else hears?", "Yes.", "psychosis"),
        ("Are people watching you?", "Yes.", "psychosis"),
        ("Did you inject again?", "Yes.", "substance"),
        ("Did you do it on purpose?", "Yes.", "self_harm"),
    ],
)
def test_questions_about_danger_still_are(asked: str, answer: str, category: str) -> None:
    assert category in {found for found, _ in alerts(f"T: {asked}", f"P: {answer}")}


@pytest.mark.parametrize("noted", ["(Arabic)", "[long pause]", "(crying)"])
def test_what_a_scribe_noted_answers_nothing(noted: str) -> None:
    assert alerts("T: Any thoughts of suicide?", f"P: {noted}") == set()
    assert alerts("T: Any thoughts of suicide?", f"P: {noted}", "P: Yes.") != set()


def test_a_nod_is_an_answer() -> None:
    assert alerts("T: Any thoughts of suicide?", "P: (nods)") == {("suicide", "affirmed")}


def test_an_everyday_word_long_before_the_question_is_not_asked() -> None:
    between = "and we looked at the plan for the week and the letter to your school " * 4
    question = f"T: they are watching you for that {between} does that sound right"
    assert alerts(question, "P: Yes.") == set()


def test_a_walk_to_the_sea_denies_nothing_and_alarms_nobody() -> None:
    lines = "T: Any thoughts of suicide?", "P: No, never. I look at the sea."
    assert senses(*lines) == {("suicide", "denied")}


def test_heads_are_the_first_letters_of_words() -> None:
    text = fold("Café, o'clock; x1 anti-freeze SUICIDAL")
    assert heads_of(text) == {"café", "o", "cloc", "x1", "anti", "free", "suic"}
