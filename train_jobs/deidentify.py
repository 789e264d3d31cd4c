"""Takes out of a session's texts what tells who the people are, by patterns and known names.

What is replaced, the same in transcript and notes, so that a note still tells what was said:

- NAME: what the database knows of the patient, the emergency contact and the therapist; what
  follows "Mr" or "my name is"; handles; and any word with a capital inside a sentence that the
  session nowhere writes small, which takes in relatives, places and firms. Where speech
  recognition writes all words small, the note's capitals tell.
- EMAIL, LINK, PHONE, DATE, PLACE (streets, British postcodes, the address in the database) and
  NUMBER (the clinic's own, five digits or more, digits that are spelt out).

Placeholders are capitals without brackets, because that is what the grammar of a note can write.

This is done by pattern. It misses: in texts of small letters, as speech recognition writes them,
all names but those that the database or the note knows; names that are words as well ("will",
"rose") where they are written small; others' names that only ever begin a sentence; misheard names
and nicknames; languages but English; and what gives somebody away without a name (a rare job, an
event in the news). It also takes more than it must. Somebody has to read what is exported before
it leaves the practice.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ORDINAL = (
    r"(?:(?:(?:twenty|thirty)[- ]?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    r"|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?:19|20)\d{2})"
_DIGIT = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_ROAD = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Crescent|Terrace|Boulevard|Blvd|Drive|Close|Gardens)"

# In this order: an address holds numbers, and a date looks like a telephone number.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), placeholder)
    for pattern, placeholder in (
        (r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", "EMAIL"),
        (
            r"(?i)\b\w{1,30}(?: dot \w{1,30}){0,3} at \w{1,30} dot (?:com|org|net|edu|co|uk)\b",
            "EMAIL",
        ),
        (r"(?i)\b(?:https?://|www\.)\S+", "LINK"),
        (r"(?<!\w)@\w{2,}", "NAME"),
        (r"\b\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})\b(?![/.-]\d)", "DATE"),
        (r"\b\d{4}[/.-]\d{1,2}[/.-]\d{1,2}\b", "DATE"),
        (rf"(?i)\b(?:{_DAY}(?: of)?|{_ORDINAL} of) {_MONTH}\b{_YEAR}?", "DATE"),
        (rf"(?i)\b{_MONTH} (?:{_DAY}|the {_ORDINAL})\b{_YEAR}?", "DATE"),
        (rf"(?i)\b{_MONTH}{_YEAR}\b", "DATE"),
        (rf"\b(?:\d{{1,5}}[a-z]?,? )?(?:[A-Z][\w'’-]{{1,30}} ){{1,3}}{_ROAD}\b", "PLACE"),
        (r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", "PLACE"),
        (r"(?<!\w)(?:\+|\(0)?\d(?:[ ().-]{0,3}\d){6,16}(?!\w)", "PHONE"),
        (rf"(?i)\b{_DIGIT}(?:[ ,-]{{1,2}}{_DIGIT}){{4,}}\b", "NUMBER"),
        (r"\b[A-Za-z]{0,3}\d{5,}[A-Za-z]?\b", "NUMBER"),
    )
)

_PLACEHOLDERS = frozenset(placeholder for _, placeholder in _PATTERNS)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{3,})?")
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_]+(?:['’][^\W\d_]{3,})?")
_TOLD = re.compile(r"(?i)\b(?:(?:mr|mrs|dr|prof)\.?|my name(?:['’]s| is)) ([^\W\d_]+)")
_RUN = re.compile(r"\bNAME(?:(?: |-|, )NAME)+\b")

# What stands in a name's field and is no name.
_NO_PARTS = frozenset(
    "dr mr mrs ms miss prof professor sir doctor therapist patient client demo unknown the of and "  # noqa: SIM905 - text
    "for".split()
)
# Words that have a capital and name nobody. Days stay: a plan needs them.
_CAPITALS = frozenset(
    "i monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays "  # noqa: SIM905 - text
    "thursdays fridays saturdays sundays january february march april may june "
    "july august september october november december christmas easter ramadan diwali god "
    "english mum mom mam dad mummy daddy mother father nan nana gran granny grandma grandpa auntie "
    "aunt uncle okay yes no email link phone date place number name".split()
)
# Names that are words as well: written small they are taken for words.
_WORDS_TOO = frozenset(
    "an art as at august be bell best black brown by chance chase cook cross dawn day do eve faith "  # noqa: SIM905 - text
    "field fox gay go gold good grace grant green guy ha hall hand he head hill hope hunt in is it "
    "joy king lane law little long love march mark may me miles my noble on or page park pat penny "
    "power price rich rob rock rose rush see sharp short so spring stone story street strong sue "
    "summer sweet swift to trust we west white will win wise wood worth you young".split()
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the people of a session, as free text."""

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    birth_year: int | None = None


def deidentify(texts: Sequence[str], known: Known) -> tuple[str, ...]:
    """Return one session's texts without what tells who the people are; see the module."""
    patterns = tuple(_patterns(known))
    plain = [_without_patterns(text, patterns) for text in texts]
    told = (match[1] for text in plain for match in _TOLD.finditer(text))
    named = frozenset((*_parts(known.people), *map(_fold, told))) - _NO_PARTS
    heard = _heard(plain)
    return tuple(_without_names(text, named, heard) for text in plain)


def _patterns(known: Known) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield what finds places, numbers and dates; what is known may be a part of a pattern."""
    for place in known.places:
        parts = (part.strip() for part in re.split(r"[,;\n]", place))
        yield from ((_phrase(part), "PLACE") for part in parts if len(part) > 3)
    yield from ((_phrase(number), "NUMBER") for number in known.numbers if len(number) > 2)
    yield from _PATTERNS
    if known.birth_year:
        yield _phrase(str(known.birth_year)), "DATE"


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w){re.escape(words.strip())}(?!\w)")


def _without_patterns(text: str, patterns: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, placeholder in patterns:
        text = pattern.sub(placeholder, text)
    return text


def _parts(names: Iterable[str]) -> Iterator[str]:
    """Yield the words of names; of free text such as "Tom Hill (husband)" those with a capital."""
    for name in names:
        words = [word for word in _WORD.findall(name) if len(word) > 1]
        capitals = [word for word in words if word[0].isupper()]
        yield from map(_fold, capitals or words)


def _heard(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that have a capital inside a sentence and are nowhere written small.

    Texts without any capitals, as speech recognition writes them, do not count: a note has some.
    """
    capitals, small = set[str](), set[str]()
    for text in filter(_has_capitals, texts):
        inside = (word for word in _INSIDE.findall(text) if word[0].isupper())
        capitals |= {_fold(word) for word in inside if not word.isupper()}
        small |= {_fold(word) for word in _WORD.findall(text) if word.islower()}
    return frozenset(capitals - small - _CAPITALS - _NO_PARTS)


def _without_names(text: str, named: frozenset[str], heard: frozenset[str]) -> str:
    either = named | heard
    small = (named if _has_capitals(text) else either) - _WORDS_TOO

    def replaced(match: re.Match[str]) -> str:
        word = match.group()
        return "NAME" if _fold(word) in (small if word.islower() else either) else word

    return _RUN.sub("NAME", _WORD.sub(replaced, text))


def _has_capitals(text: str) -> bool:
    """Tell whether a text has capitals where they belong; "I" alone is no sign of it."""
    words = (word for word in _WORD.findall(text) if word not in _PLACEHOLDERS)
    return any(len(word) > 1 and word[0].isupper() for word in words)


def _fold(word: str) -> str:
    """Return a word without case and accents, which people leave out."""
    decomposed = unicodedata.normalize("NFKD", word.replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
