"""Note styles of any form that the rules allow, and answers of a model in them."""

import json
from dataclasses import replace

from hypothesis import strategies as st

from notes.style import NoteStyle, SectionStyle
from notes.style_rules import ALERT_WORDS, ASKED_WORDS, NOTHING_FOUND_WORDS, shortest
from tests.unit.sessions import WORDS, garbage

RISK = SectionStyle(key="risk", heading="Risk", min_words=6, max_words=14)
KEYS = ("chief_complaint", "intervention", "plan", "response", "history", "goals", "x1")
HEADINGS = ("Plan", "Plan for home", "Was wir tun", "Übertragung", "A/B (alt)", "Not", "Section 1")
openings = st.sampled_from(
    ("", "Patient", "Patient will", "Patient talks about", "Die Patientin sagt, dass")
)


@st.composite
def own_sections(draw: st.DrawFn, key: str, heading: str) -> SectionStyle:
    opening = draw(openings)
    least = draw(st.integers(max(4, len(opening.split()) + 3), 16))
    return SectionStyle(
        key=key,
        heading=heading,
        min_words=least,
        max_words=least + draw(st.integers(0, 30)),
        opening=opening,
        is_optional=draw(st.booleans()),
    )


@st.composite
def note_styles(draw: st.DrawFn) -> NoteStyle:
    """Draw a style that has no fault."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True))
    headings = draw(st.permutations(HEADINGS))
    if len(keys) == 1 and draw(st.booleans()):
        own = [draw(own_sections(keys[0], ""))]
        sections, risk_words = own, NOTHING_FOUND_WORDS
    else:
        own = [draw(own_sections(key, head)) for key, head in zip(keys, headings, strict=False)]
        place = draw(st.integers(0, len(own)))
        sections, risk_words = [*own[:place], RISK, *own[place:]], RISK.max_words
    least = sum(section.min_words for section in own)
    most = max(sum(each.max_words for each in own) + risk_words, least + ASKED_WORDS)
    max_words = most + draw(st.integers(0, 20))
    style = NoteStyle(
        name="drawn",
        instruction="Summarize this session. Use the words of the patient.",
        sections=tuple(sections),
        min_words=0,
        max_words=max_words,
        long_max_words=max(max_words, least + ALERT_WORDS) + draw(st.integers(0, 60)),
    )
    return replace(style, min_words=draw(st.integers(0, shortest(style))))


def answers(section: SectionStyle) -> st.SearchStrategy[str]:
    """Return one sentence of the section's opening, within its bounds."""
    given = section.opening.split()
    more = st.lists(
        st.sampled_from(WORDS),
        min_size=section.min_words - len(given),
        max_size=section.max_words - len(given),
    )
    return more.map(lambda words: " ".join((*given, *words)) + ".")


def answered(style: NoteStyle) -> st.SearchStrategy[dict[str, str]]:
    """Return what a good model writes in every section."""
    return st.fixed_dictionaries({each.key: answers(each) for each in style.sections})


def anything(style: NoteStyle) -> st.SearchStrategy[dict[str, str]]:
    """Return what a bad model writes in some sections."""
    keys = [section.key for section in style.sections]
    headings = [f"**{each.heading}:** {each.opening}" for each in style.sections]
    return st.dictionaries(st.sampled_from(keys), st.one_of(garbage, st.sampled_from(headings)))


def as_toml(style: NoteStyle) -> str:
    """Return the file that describes a style."""
    lines = [
        f"{name} = {_value(getattr(style, name))}"
        for name in ("instruction", "min_words", "max_words", "long_max_words")
    ]
    for section in style.sections:
        lines.append("[[section]]")
        lines += [f"{name} = {_value(getattr(section, name))}" for name in SectionStyle.__slots__]
    return "\n".join(lines)


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # TOML writes these values as JSON does
