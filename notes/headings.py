"""A written note of any style as the five sections that a course of treatment is told from."""

import re
from collections.abc import Mapping

from notes.parsing import NOT_DISCUSSED, NOTHING_WRITTEN
from notes.style import SECTIONS5
from notes.transcript import normalise

# What other styles and other people call it.
_NAMES: Mapping[str, str] = {
    "chief_complaint": "chief complaint|presenting (?:problem|concern|complaint)s?|reason for visit"
    "|subjective|data|behaviou?rs?|session (?:summary|content)|summary|narrative|complaint",
    "emotional_state": "emotional state|objective|assessment|mental status(?: exam)?|mse|mood"
    "|affect|response|presentation|progress|impression",
    "risk": "risk(?: assessment)?|safety(?: assessment)?",
    "intervention": "interventions?|techniques?|treatment",
    "plan": "plan|treatment plan|homework|next steps?|follow[- ]?up|recommendations?",
}
_NAMED = "|".join(f"(?P<{key}>{names})" for key, names in _NAMES.items())
_HEADING = re.compile(
    rf"(?:^[#>*_ \t-]{{0,8}}|\*\*[ ]?)(?:{_NAMED})(?:[ ]?\*\*[ ]?:|[ ]?:[ ]?\*{{0,2}})",
    re.IGNORECASE | re.MULTILINE,
)


def read_sections(text: str) -> dict[str, str] | None:
    """Return a note's sections by key, all five; None where it has no headings that are known.

    Headings that mean the same section are joined; what stands before the first is the complaint's.
    """
    found = list(_HEADING.finditer(text))
    if not found:
        return None
    starts = [("chief_complaint", 0), *((str(m.lastgroup), m.end()) for m in found)]
    ends = [*(match.start() for match in found), len(text)]
    parts: dict[str, list[str]] = {}
    for (key, start), end in zip(starts, ends, strict=True):
        body = normalise(text[start:end].replace("**", " "))
        if body not in NOTHING_WRITTEN:
            parts.setdefault(key, []).append(body)
    keys = [section.key for section in SECTIONS5.sections]
    return {key: " ".join(parts.get(key, (NOT_DISCUSSED,))) for key in keys}
