"""What a note style must hold to, so that any model's text becomes a note of it within its bounds.

The built-in styles keep the same rules as a practice's own.
"""

import re
from collections import Counter
from collections.abc import Iterator

from notes.claims import RISK_KEY
from notes.parsing import headings_of, repeats
from notes.style import STYLES, NoteStyle, SectionStyle
from notes.transcript import normalise

RISK_HEADING = "Risk"

MAX_SECTIONS = 10  # each takes two seats of the engine's cache while the note is written
MAX_SECTION_WORDS = 300  # with them more than half of a context of 2048 tokens is the transcript's
MAX_NOTE_WORDS = 1000
MAX_INSTRUCTION_WORDS = 60
MAX_OPENING_WORDS = 8

# How many words the rules need to say what they know of risk (notes/risk/statement.py).
SHORTEST_STATEMENT = 4  # "Reports abuse or neglect."
NOTHING_FOUND_WORDS = 10  # room for the sentence that stands where nothing was found
ASKED_WORDS = 32  # everything was asked about, and nothing clear was answered
ALERT_WORDS = 60  # everything was affirmed
ABSENT_WORDS = 2  # "Not discussed."
LEAST_WORDS = 4  # a sentence

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HEADING = re.compile(r"[^\W\d_](?:[^\W_]|[ &'’/(),.-]){0,39}")
_MARKUP = re.compile(r"[<>|{}*`#\[\]\\_]")
_WORD = r"[A-Za-zÀ-ÖØ-öø-ÿ0-9]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ0-9]+)*,?"
_OPENING = re.compile(rf"{_WORD}(?: {_WORD})*")


def fault(style: NoteStyle) -> str | None:
    """Return the first thing that is wrong with a style and what to do, or None."""
    return next(_faults(style), None)


def is_paragraph(style: NoteStyle) -> bool:
    """Return whether a note of this style is one paragraph without headings."""
    return len(style.sections) == 1 and not style.sections[0].heading


def _faults(style: NoteStyle) -> Iterator[str]:
    # In this order: a later rule may count on the earlier ones.
    yield from _name_faults(style)
    yield from _instruction_faults(style)
    yield from _number_faults(style)
    for number, section in enumerate(style.sections, start=1):
        yield from _section_faults(section, f"of section {number}")
        yield from _opening_faults(section, f"of section {number}", style)
    yield from _twice(style)
    yield from _heading_faults(style)
    yield from _risk_faults(style)
    yield from _bound_faults(style)


def _name_faults(style: NoteStyle) -> Iterator[str]:
    if not _KEY.fullmatch(style.name):
        yield (
            "a style is called as its file, which must begin with a small letter and have small "
            "letters, digits and _ only, 40 at most. Rename the file."
        )
    if style.name in STYLES and STYLES[style.name] != style:
        yield f"{style.name} is the name of a built-in style. Rename the file."


def _instruction_faults(style: NoteStyle) -> Iterator[str]:
    if _MARKUP.search(style.instruction) or normalise(style.instruction) != style.instruction:
        yield (
            "`instruction` must be plain words in one line, without tags, markup, brackets, "
            "underscores and double spaces. Take them out."
        )
    count = len(style.instruction.split())
    if not 3 <= count <= MAX_INSTRUCTION_WORDS:
        yield (
            f"`instruction` has {count} words. Ask for the note in 3 to {MAX_INSTRUCTION_WORDS}, "
            'such as "Summarize this session in one sentence per section."'
        )


def _number_faults(style: NoteStyle) -> Iterator[str]:
    count = len(style.sections)
    if not count:
        yield "it has no sections. Write at least one, which begins with a line [[section]]."
    if count > MAX_SECTIONS:
        yield f"it has {count} sections. Write {MAX_SECTIONS} at most."


def _section_faults(section: SectionStyle, place: str) -> Iterator[str]:
    if not _KEY.fullmatch(section.key):
        yield (
            f"`key` {place} must begin with a small letter and have small letters, digits and _ "
            'only, 40 at most, such as "plan".'
        )
    is_plain = _HEADING.fullmatch(section.heading) and not section.heading.endswith(" ")
    if section.heading and not (is_plain and normalise(section.heading) == section.heading):
        yield (
            f"`heading` {place} must be plain words of 40 letters at most, without a colon, tags "
            "and markup. The system writes the colon."
        )
    if not LEAST_WORDS <= section.min_words <= section.max_words <= MAX_SECTION_WORDS:
        yield (
            f"`min_words` {place} is {section.min_words} and `max_words` {section.max_words}. "
            f"Write {LEAST_WORDS} to {MAX_SECTION_WORDS}, the smaller as `min_words`."
        )


def _opening_faults(section: SectionStyle, place: str, style: NoteStyle) -> Iterator[str]:
    if not section.opening:
        return
    count = len(section.opening.split())
    if count > MAX_OPENING_WORDS or not _OPENING.fullmatch(section.opening):
        yield (
            f"`opening` {place} must be the first words of a sentence, {MAX_OPENING_WORDS} at "
            'most, of Latin letters and without a stop at the end, such as "Patient will".'
        )
    if section.min_words < count + 3:
        yield (
            f"`min_words` {place} is {section.min_words}, and `opening` has {count} of them "
            f"already. Write {count + 3} or more."
        )
    if repeats(section.opening, style.instruction):
        yield (
            f"`opening` {place} repeats five words of `instruction`, and sentences that repeat "
            "the instruction are left out of notes. Word it otherwise."
        )


def _twice(style: NoteStyle) -> Iterator[str]:
    keys = [section.key for section in style.sections]
    yield from (f'`key = "{key}"` stands twice. Name it otherwise.' for key in _repeated(keys))
    headings = [
        name
        for section in style.sections
        for name in {name.casefold() for name in headings_of(section) if section.heading}
    ]
    yield from (
        f'the heading "{heading}" stands twice, or is another way to write one that is there. '
        "Word it otherwise."
        for heading in _repeated(headings)
    )


def _repeated(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _heading_faults(style: NoteStyle) -> Iterator[str]:
    for number, section in enumerate(style.sections, start=1):
        if not section.heading and len(style.sections) > 1:
            yield f"`heading` of section {number} is missing. Only a single section may have none."


def _risk_faults(style: NoteStyle) -> Iterator[str]:
    keys = [section.key for section in style.sections]
    if is_paragraph(style) and RISK_KEY in keys:
        yield (
            f'`key` of the only section is "{RISK_KEY}", which is written by rule. Name it '
            "otherwise."
        )
    if not is_paragraph(style) and RISK_KEY not in keys:
        yield (
            f'it has no section with `key = "{RISK_KEY}"`. Add one: what is known of risk stands '
            "there, in every note."
        )
    for number, section in enumerate(style.sections, start=1):
        if section.key == RISK_KEY and (section.heading != RISK_HEADING or section.opening):
            yield (
                f'section {number} is written by rule: its `heading` must be "{RISK_HEADING}", and '
                "`opening` be left out."
            )
        if section.key != RISK_KEY and section.heading.casefold() == RISK_HEADING.casefold():
            yield (
                f'`heading` of section {number} is "{section.heading}": give it `key = '
                f'"{RISK_KEY}"`, or another heading.'
            )


def _bound_faults(style: NoteStyle) -> Iterator[str]:
    if not style.min_words <= style.max_words <= style.long_max_words <= MAX_NOTE_WORDS:
        yield (
            f"`min_words` ({style.min_words}), `max_words` ({style.max_words}) and "
            f"`long_max_words` ({style.long_max_words}) must not fall in this order, and be "
            f"{MAX_NOTE_WORDS} at most."
        )
    own = [section for section in style.sections if section.key != RISK_KEY]
    risk_words = [each.max_words for each in style.sections if each.key == RISK_KEY]
    most = sum(each.max_words for each in own) + max(risk_words, default=NOTHING_FOUND_WORDS)
    least = sum(each.min_words for each in own)
    if style.max_words < max(most, least + ASKED_WORDS):
        yield (
            f"`max_words` is {style.max_words}, while the sections and what is said of risk may "
            f"need {max(most, least + ASKED_WORDS)} words. Raise it, or lower those of sections."
        )
    if style.long_max_words < least + ALERT_WORDS:
        yield (
            f"`long_max_words` is {style.long_max_words}, while the sections and grave risks may "
            f"need {least + ALERT_WORDS} words. Raise it, or lower `min_words` of sections."
        )
    if style.min_words > shortest(style):
        yield (
            f"`min_words` is {style.min_words}, while a note in which little was discussed may "
            f"have {shortest(style)} words. Lower it, or raise `min_words` of sections."
        )


def shortest(style: NoteStyle) -> int:
    """Return the words of the shortest note in which three sections beside Risk have content."""
    own = sorted(each.min_words for each in style.sections if each.key != RISK_KEY)
    return sum(own[:3]) + ABSENT_WORDS * len(own[3:]) + SHORTEST_STATEMENT
