"""How well a patient answers a query, as the app shows it."""

import re
from collections.abc import Iterator
from typing import Literal

from db.records import MatchPosition

EXACT, PREFIX, WORD, SUBSTRING = 1.0, 0.8, 0.7, 0.5

MIN_PHONE_DIGITS = 3


QueryType = Literal["phone", "patient_id", "name"]


def query_type(query: str) -> QueryType:
    """Say what a query looks like: digits, letters with digits, or a name."""
    plain = re.sub(r"[\s()+./-]", "", query)
    if len(plain) >= MIN_PHONE_DIGITS and plain.isdecimal():
        return "phone"
    has_digit = any(character.isdecimal() for character in query)
    return "patient_id" if has_digit else "name"


def digits(text: str) -> str:
    """Return the digits of a phone number, without its punctuation."""
    return re.sub(r"[^0-9]", "", text)


def match_text(text: str, query: str) -> tuple[float, tuple[MatchPosition, ...]]:
    """Return the relevance (0 for none) and the positions of `query` in `text`, case ignored."""
    found = [m.span() for m in re.finditer(re.escape(query), text, re.IGNORECASE)]
    if not found:
        return 0.0, ()
    return _relevance(text, found), tuple(MatchPosition(*span) for span in found)


def match_phone(phone: str, query: str) -> tuple[float, tuple[MatchPosition, ...]]:
    """Like match_text, over digits only: "0300 12" is found in "(0300) 1234"."""
    wanted = digits(query)
    if len(wanted) < MIN_PHONE_DIGITS or re.search(r"[^\W\d_]", query):
        return 0.0, ()
    places = [m.start() for m in re.finditer(r"[0-9]", phone)]
    number = digits(phone)
    found = [m.span() for m in re.finditer(wanted, number)]
    if not found:
        return 0.0, ()
    spans = ((places[start], places[end - 1] + 1) for start, end in found)
    return _relevance(number, found), tuple(MatchPosition(*span) for span in spans)


def best_match(
    patient_id: str, name: str, phone: str | None, query: str
) -> tuple[float, str, tuple[MatchPosition, ...]]:
    """Return relevance, field and positions of the field that answers `query` best."""
    return max(_matches(patient_id, name, phone, query), key=lambda match: match[0])


def _matches(
    patient_id: str, name: str, phone: str | None, query: str
) -> Iterator[tuple[float, str, tuple[MatchPosition, ...]]]:
    for field, (score, positions) in (
        ("patient_id", match_text(patient_id, query)),
        ("name", match_text(name, query)),
        ("phone", match_phone(phone or "", query)),
    ):
        yield score, field, positions


def _relevance(text: str, found: list[tuple[int, int]]) -> float:
    start, end = found[0]
    if start == 0:
        return EXACT if end == len(text) else PREFIX
    is_word = any(text[start - 1].isspace() for start, _ in found)
    return WORD if is_word else SUBSTRING
