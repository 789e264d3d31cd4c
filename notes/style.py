"""Note styles: which sections a note has, what the model is asked for each, and how long."""

from dataclasses import dataclass
from types import MappingProxyType

from notes.errors import UnknownStyleError


@dataclass(frozen=True, slots=True)
class SectionStyle:
    """One section; an empty `heading` means that the note is this one paragraph.

    `opening` is how the model's text must begin; its words count. `is_optional` sections may
    say "Not discussed." instead.
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

    `instruction` is what the model is asked, the same for every section: it is read once.
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


SECTIONS5 = NoteStyle(
    name="sections5",
    instruction="Summarize this session in one sentence per section. Use the words of the patient.",
    sections=(
        SectionStyle(
            key="chief_complaint",
            heading="Chief Complaint",
            min_words=7,
            max_words=14,
            opening="Patient talks about",
            is_optional=False,
        ),
        SectionStyle(
            key="emotional_state",
            heading="Emotional State",
            min_words=7,
            max_words=14,
            opening="Patient said they felt",
        ),
        SectionStyle(
            key="risk",
            heading="Risk",
            min_words=6,
            max_words=14,
        ),
        SectionStyle(
            key="intervention",
            heading="Intervention",
            min_words=7,
            max_words=14,
            opening="Therapist asked the patient",
        ),
        SectionStyle(
            key="plan",
            heading="Plan",
            min_words=7,
            max_words=14,
            opening="Patient will",
        ),
    ),
    min_words=30,
    max_words=70,
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
    max_words=180,
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

STYLES = MappingProxyType({style.name: style for style in (SECTIONS5, HISTORY, PARAGRAPH)})


def get_style(name: str) -> NoteStyle:
    """Return the style called `name`; raises UnknownStyleError."""
    if name not in STYLES:
        raise UnknownStyleError(style=name, known=", ".join(sorted(STYLES)))
    return STYLES[name]
