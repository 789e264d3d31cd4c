"""Note styles: which sections a note has, what the model is asked for each, and how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from notes.errors import UnknownStyleError


@dataclass(frozen=True, slots=True)
class SectionStyle:
    """One section; an empty `heading` means that the note is this one paragraph.

    `opening` is how the model's text must begin; its words count. `is_optional` sections may
    say "Not discussed." instead. The `key` says what the section is about: "risk" is written by
    rule, of "plan" the last statement counts, and notes/extract.py knows more of them.
    """

    key: str
    heading: str
    min_words: int
    max_words: int
    opening: str = ""
    is_optional: bool = True


@dataclass(frozen=True, slots=True)
class NoteStyle:
    """Sections in their order; a note has min..max words, long_max where the session needs it.

    When it does is told by `notes.validation.max_note_words`. `instruction` is what the model is
    asked, the same for every section: it is read once.
    """

    name: str
    instruction: str
    sections: tuple[SectionStyle, ...]
    min_words: int
    max_words: int
    long_max_words: int

    def section(self, key: str) -> SectionStyle:
        """Return the section called `key`; raises KeyError."""
        return {section.key: section for section in self.sections}[key]


_EACH_SECTION = "Summarize this session in one sentence per section. Use the words of the patient."
# The most words of a style's sections sum to the note's, so that none has to be cut.
_TALKS_ABOUT = "Patient talks about"
_FELT = "Patient said they felt"
# Every style with headings says what is known of risk in a section of its own, at the same heading.
_RISK = SectionStyle(key="risk", heading="Risk", min_words=6, max_words=14)
_INTERVENTION = SectionStyle(
    key="intervention", heading="Intervention", min_words=8, max_words=13, opening="Therapist"
)
_PLAN = SectionStyle(key="plan", heading="Plan", min_words=8, max_words=15, opening="Patient")

SECTIONS5 = NoteStyle(
    name="sections5",
    instruction=_EACH_SECTION,
    sections=(
        SectionStyle(
            key="chief_complaint",
            heading="Chief Complaint",
            min_words=8,
            max_words=16,
            opening=_TALKS_ABOUT,
            is_optional=False,
        ),
        SectionStyle(
            key="emotional_state",
            heading="Emotional State",
            min_words=8,
            max_words=12,
            opening=_FELT,
        ),
        _RISK,
        _INTERVENTION,
        _PLAN,
    ),
    min_words=30,
    max_words=70,
    long_max_words=150,
)

SOAP = NoteStyle(
    name="soap",
    instruction=_EACH_SECTION,
    sections=(
        SectionStyle(
            key="subjective",
            heading="Subjective",
            min_words=8,
            max_words=16,
            opening=_TALKS_ABOUT,
            is_optional=False,
        ),
        SectionStyle(
            key="objective",
            heading="Objective",
            min_words=9,
            max_words=13,
            opening="In the session the patient",
        ),
        SectionStyle(
            key="assessment",
            heading="Assessment",
            min_words=8,
            max_words=12,
            opening=_FELT,
        ),
        _RISK,
        _PLAN,
    ),
    min_words=30,
    max_words=70,
    long_max_words=150,
)

DAP = NoteStyle(
    name="dap",
    instruction="Summarize this session in one or two sentences per section. "
    "Use the words of the patient.",
    sections=(
        SectionStyle(
            key="data",
            heading="Data",
            min_words=10,
            max_words=28,
            opening=_TALKS_ABOUT,
            is_optional=False,
        ),
        SectionStyle(
            key="assessment",
            heading="Assessment",
            min_words=8,
            max_words=12,
            opening=_FELT,
        ),
        _RISK,
        _PLAN,
    ),
    min_words=30,
    max_words=70,
    long_max_words=150,
)

BIRP = NoteStyle(
    name="birp",
    instruction=_EACH_SECTION,
    sections=(
        SectionStyle(
            key="behavior",
            heading="Behavior",
            min_words=8,
            max_words=14,
            opening=_TALKS_ABOUT,
            is_optional=False,
        ),
        _INTERVENTION,
        SectionStyle(
            key="response",
            heading="Response",
            min_words=8,
            max_words=14,
            opening="Patient told the therapist that",
        ),
        _RISK,
        _PLAN,
    ),
    min_words=30,
    max_words=70,
    long_max_words=150,
)

# One paragraph; what is known of risk is its end, whatever there is to say.
NARRATIVE = NoteStyle(
    name="narrative",
    instruction="Summarize this session in one paragraph.",
    sections=(
        SectionStyle(
            key="narrative",
            heading="",
            min_words=42,
            max_words=90,
            opening="Client",
            is_optional=False,
        ),
    ),
    min_words=45,
    max_words=100,
    long_max_words=150,
)

HISTORY = NoteStyle(
    name="history",
    instruction="Summarize these sessions in one or two sentences per section. "
    "Use the words of the patient.",
    sections=(
        SectionStyle(
            key="latest_session",
            heading="Latest Session",
            min_words=8,
            max_words=30,
            opening="The latest session was about",
        ),
        SectionStyle(
            key="themes",
            heading="Themes",
            min_words=8,
            max_words=30,
            opening="The sessions come back to",
        ),
        SectionStyle(
            key="emotional_course",
            heading="Emotional Course",
            min_words=8,
            max_words=30,
            opening="The patient's mood",
        ),
        SectionStyle(
            key="risk",
            heading="Risk",
            min_words=6,
            max_words=30,
        ),
        SectionStyle(
            key="intervention",
            heading="Interventions",
            min_words=6,
            max_words=30,
            opening="The therapist used",
        ),
        SectionStyle(
            key="progress",
            heading="Progress",
            min_words=8,
            max_words=30,
            opening="The patient has",
        ),
        SectionStyle(
            key="plan",
            heading="Plan",
            min_words=6,
            max_words=30,
            opening="The patient will",
        ),
    ),
    min_words=30,
    max_words=210,
    long_max_words=400,
)


def paragraph_style(min_words: int, max_words: int) -> NoteStyle:
    """Return the style of one paragraph without a heading, within these bounds."""
    section = SectionStyle(
        key="summary",
        heading="",
        min_words=min_words,
        max_words=max_words,
        is_optional=False,
    )
    return NoteStyle(
        name="paragraph",
        instruction="Summarize this in one paragraph.",
        sections=(section,),
        min_words=min_words,
        max_words=max_words,
        long_max_words=max_words,
    )


PARAGRAPH = paragraph_style(min_words=30, max_words=150)

STYLES = MappingProxyType(
    {style.name: style for style in (SECTIONS5, SOAP, DAP, BIRP, NARRATIVE, PARAGRAPH, HISTORY)}
)


@dataclass(frozen=True, slots=True)
class StyleBook:
    """The styles in which the note of one session can be asked for; the first is the default."""

    styles: tuple[NoteStyle, ...] = (SECTIONS5, SOAP, DAP, BIRP, NARRATIVE)

    def __iter__(self) -> Iterator[NoteStyle]:
        return iter(self.styles)

    def get(self, name: str) -> NoteStyle:
        """Return the style called `name`; raises UnknownStyleError."""
        known = {style.name: style for style in self.styles}
        if name not in known:
            raise UnknownStyleError(style=name, known=", ".join(sorted(known)))
        return known[name]


BUILT_IN = StyleBook()


def get_style(name: str) -> NoteStyle:
    """Return the built-in style called `name`; raises UnknownStyleError."""
    return StyleBook(tuple(STYLES.values())).get(name)
