"""A note as sections: read from text, from the model's branches, and written back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from notes.errors import NoteParseError
from notes.sentences import split_sentences
from notes.style import NoteStyle, SectionStyle
from notes.transcript import normalise

NOT_DISCUSSED = "Not discussed."
# The model wrote something that the session does not bear out, and nothing could be quoted instead.
NOT_CLEAR = "Not clear."
NOTHING_WRITTEN = frozenset({"", NOT_DISCUSSED, NOT_CLEAR})


@dataclass(frozen=True, slots=True)
class Section:
    """One section's text, without its heading."""

    key: str
    heading: str
    text: str

    @property
    def is_discussed(self) -> bool:
        """Say whether the section holds anything."""
        return self.text not in NOTHING_WRITTEN

    def render(self) -> str:
        """Return the section as its line of the note."""
        return f"**{self.heading}:** {self.text}" if self.heading else self.text


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note's sections in the order of its style."""

    style: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """Return the note, one line a section."""
        return "\n".join(section.render() for section in self.sections)

    @property
    def num_words(self) -> int:
        """Return the number of words of all sections; headings are not counted."""
        return sum(len(section.text.split()) for section in self.sections)

    def section(self, key: str) -> Section:
        """Return the section called `key`; raises KeyError."""
        return {section.key: section for section in self.sections}[key]


def parse_note(text: str, style: NoteStyle) -> NoteDraft:
    """Read a note; sections that are absent stay absent. Raises only NoteParseError.

    Headings are found in any order, letter case and emphasis; a section written twice is joined,
    and words before the first heading are not part of the note.
    """
    bodies = _bodies(text, style)
    if not bodies:
        raise NoteParseError(style=style.name, reason="it has none of the style's sections")
    return NoteDraft(
        style.name,
        tuple(
            Section(section.key, section.heading, bodies[section.key])
            for section in style.sections
            if section.key in bodies
        ),
    )


def complete(draft: NoteDraft, style: NoteStyle) -> tuple[NoteDraft, tuple[str, ...]]:
    """Return the draft with all sections of the style, and the keys of those it lacked."""
    present = {section.key: section for section in draft.sections if section.text}
    sections = tuple(
        present.get(section.key, Section(section.key, section.heading, NOT_DISCUSSED))
        for section in style.sections
    )
    missing = tuple(section.key for section in style.sections if section.key not in present)
    return NoteDraft(style.name, sections), missing


def draft_from_branches(style: NoteStyle, texts: Mapping[str, str]) -> NoteDraft:
    """Return the draft of what the model wrote per section, cleaned of tags, markup and echoes.

    Every section of the style is there; one of which nothing is left says "Not discussed.".
    Marks that the model wrote stay: whoever decides on risk takes them off.
    """
    return NoteDraft(
        style.name,
        tuple(
            Section(
                section.key, section.heading, _clean(texts.get(section.key, ""), section, style)
            )
            for section in style.sections
        ),
    )


# Reading

_ALIASES = {"risk": ("Risk Assessment",), "intervention": ("Interventions",)}


def headings_of(section: SectionStyle) -> tuple[str, ...]:
    """Return under which headings a section is found: its own, and how people write it."""
    return section.heading, *_ALIASES.get(section.key, ())


def _bodies(text: str, style: NoteStyle) -> dict[str, str]:
    """Return each section's text by its key, for the sections that the text holds."""
    if style.sections[0].heading == "":
        words = normalise(text)
        return {style.sections[0].key: words} if words else {}
    found = list(_heading(style).finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    parts: dict[str, list[str]] = {}
    for match, end in zip(found, ends, strict=False):
        parts.setdefault(str(match.lastgroup), []).append(text[match.end() : end])
    return {key: normalise(" ".join(texts)) for key, texts in parts.items()}


@cache
def _heading(style: NoteStyle) -> re.Pattern[str]:
    """Return what finds a heading: bold anywhere, plain at a line's beginning."""
    parts: list[str] = []
    for section in style.sections:
        words = sorted(headings_of(section), key=len, reverse=True)
        names = "|".join(map(re.escape, words))
        bold = rf"\*\* ?(?:{names}) ?(?:: ?\*\*|\*\* ?:)"
        plain = rf"^[#>*_ \t-]{{0,8}}(?:{names})[*_ \t]{{0,4}}:[*_]{{0,3}}"
        title = rf"^#{{1,6}}[ \t]{{1,4}}(?:{names})[ \t]{{0,8}}$"
        parts.append(rf"(?P<{section.key}>{bold}|{plain}|{title})")
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


# Cleaning

_TAG = re.compile(r"<\|\w{1,40}\|>|</?s>")
_EMPHASIS = re.compile(r"[*`]")
_MARKUP = re.compile(r"(\{\{RED:[^{}#|<>\n]{1,200}\}\})|[#|<>{}]")
_ABSENT = re.compile(r"(?:not discussed|not mentioned|none|n/?a|nothing)\b[.!]?", re.IGNORECASE)
_DANGLING = frozenset(
    "a about also an and are as at be because but by for from had has have "  # noqa: SIM905 - text
    "her his how if in into is it its my of on or over so than that the their they to was were "
    "what when where which while who why will with without your".split()
)
_CONJUNCTIONS = frozenset({"and", "because", "but", "or", "so", "which", "while", "who"})
_PREPOSITIONS = frozenset({"about", "after", "at", "before", "by", "for", "from", "in", "of", "on"})
_CLAUSE_END = re.compile(r"[,;:–-]$")
_ECHO_WORDS = 5
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]}]*$")


def _clean(text: str, section: SectionStyle, style: NoteStyle) -> str:
    text = _before_tag(text)
    text = _own_part(text, section, style)
    text = normalise(_MARKUP.sub(lambda match: match[1] or " ", _EMPHASIS.sub("", text)))
    text = _without_echo(text, style.instruction).strip(" :-–")
    if not any(char.isalnum() for char in text) or _ABSENT.fullmatch(text):
        return NOT_DISCUSSED
    return _fit(text.split(), section)


def _without_echo(text: str, question: str) -> str:
    """Return the text without sentences that repeat the question, or tell that it was asked."""
    return " ".join(each for each in split_sentences(text) if not repeats(each, question))


def repeats(text: str, question: str) -> bool:
    """Return whether a text holds so many words of a question in a row that it repeats it."""
    return bool(_runs(text) & _runs(question))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    """Return every run of so many words that nobody says them by chance."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(zip(*(words[start:] for start in range(_ECHO_WORDS)), strict=False))


def _before_tag(text: str) -> str:
    """Return what stands before the first chat tag, leading tags aside."""
    return next((part for part in _TAG.split(text) if part.strip()), "")


def _own_part(text: str, section: SectionStyle, style: NoteStyle) -> str:
    """Return the text up to another section's heading, without an echo of its own."""
    if not section.heading:
        return text
    start = 0
    for match in _heading(style).finditer(text):
        if match.lastgroup != section.key or text[start : match.start()].strip():
            return text[start : match.start()]
        start = match.end()
    return text[start:]


def _fit(words: list[str], section: SectionStyle) -> str:
    """Return whole sentences within the section's length, or else one cut where it hurts least."""
    least, most = section.min_words, section.max_words
    ends = [i for i, word in enumerate(words[:most], 1) if _SENTENCE_END.search(word)]
    if ends and (ends[-1] >= least or ends[-1] == len(words)):
        return " ".join(words[: ends[-1]])
    kept = words if len(words) <= most else words[: _cut(words[:most], least)]
    while len(kept) > least and kept[-1].casefold() in _DANGLING:
        kept = kept[:-1]
    return " ".join(kept).rstrip(" ,;:–-") + "."


def _cut(words: list[str], min_words: int) -> int:
    """Return how many words stand before the last clause, or failing that, the last phrase."""
    places = range(max(min_words, 1), len(words))
    after_comma = [i for i in places if _CLAUSE_END.search(words[i - 1])]
    clauses = [i for i in places if words[i].casefold() in _CONJUNCTIONS]
    phrases = [i for i in places[-4:] if words[i].casefold() in _PREPOSITIONS]
    purposes = [i for i in places if words[i].casefold() == "to"]
    kinds = (after_comma, clauses, phrases, purposes)
    return next((found[-1] for found in kinds if found), len(words))
