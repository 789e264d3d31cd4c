"""Who is speaking, read from the label in front of a line."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum


class Speaker(Enum):
    """Who said a turn; the value is the label that prompts use."""

    THERAPIST = "Therapist"
    PATIENT = "Patient"
    OTHER = "Other"
    UNKNOWN = "Speaker"


_THERAPIST = (
    "therapist psychotherapist doctor dr doc counselor counsellor psychologist psychiatrist "
    "clinician physician provider practitioner analyst interviewer th t d "
    "terapeuta psicólogo psicóloga doctora médico médica thérapeute psychologue médecin "
    "therapeut therapeutin arzt ärztin थेरेपिस्ट चिकित्सक डॉक्टर"
)
_PATIENT = (
    "patient client pt cl p c interviewee "
    "paciente cliente patiente patientin klient klientin मरीज़ मरीज रोगी"
)
_OTHER = (
    "mother father mum mom dad parent partner husband wife spouse son daughter sister brother "
    "family interpreter translator nurse guest guest_family guest_clinician observer other"
)
_ROLES: Mapping[str, Speaker] = {
    unicodedata.normalize("NFC", word): speaker
    for words, speaker in (
        (_THERAPIST, Speaker.THERAPIST),
        (_PATIENT, Speaker.PATIENT),
        (_OTHER, Speaker.OTHER),
    )
    for word in words.split()
}

# Roles that may also stand inside a line ("… last week. Patient: Yes."); letters alone may not.
INLINE_ROLES = "|".join(word.capitalize() for word in _ROLES if len(word) > 3)
MAIN_ROLES = "|".join(
    word.capitalize()
    for word, speaker in _ROLES.items()
    if len(word) > 3 and speaker is not Speaker.OTHER
)

_NUMBER = re.compile(r"[ _#-]?\d{1,3}$")
_TITLED = re.compile(r"(?:dr|doctor|doc)\.? \w", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:speaker|person|participant|voice|unknown|user)[ _#-]?(?:\d{1,3}|[a-z])?", re.IGNORECASE
)
# Vowel signs of Indian scripts are not word characters.
_PART = r"[^\W\d_][\w\u0900-\u0dff.'’-]{0,29}"
_NAME = re.compile(rf"{_PART}(?: {_PART}){{0,2}}")
# Words that open a line with a colon and are nobody's name.
_NO_NAMES = frozenset(
    "agenda and answer but date diagnosis duration example goal goals "  # noqa: SIM905 - as text
    "homework interventions location no note notes ok okay plan question reminder risk second "
    "session so step subject summary then time title today topic well yes "
    "laughs laughter laughing pause pauses silence crying cries sighs sigh inaudible crosstalk "
    "unintelligible music noise nods".split()
)


def role_of(label: str) -> Speaker | None:
    """Return the role that a label names ("Client 2", "T", "Dr. Chen"), or None."""
    word = _NUMBER.sub("", label.strip().rstrip(".").casefold())
    if word in _ROLES:
        return _ROLES[word]
    return Speaker.THERAPIST if _TITLED.match(label) else None


def is_numbered(label: str) -> bool:
    """Say whether a label is one that a recogniser gives ("Speaker 1")."""
    return _NUMBERED.fullmatch(label) is not None


def resolve(labels: Iterable[str]) -> dict[str, Speaker]:
    """Return who each label is; a label that is absent here is not a label.

    Names count when they recur. One name beside one known role is the other role; anything
    less certain stays unknown, because risk rules trust what a known speaker says.
    """
    counts = Counter(labels)
    roles = {label: role for label in counts if (role := role_of(label)) is not None}
    names = [label for label in counts if label not in roles and _is_person(label, counts[label])]
    other = _other_role(set(roles.values()), len(names))
    return roles | dict.fromkeys(names, other)


def _is_person(label: str, count: int) -> bool:
    if is_numbered(label):
        return True
    is_name = _NAME.fullmatch(label) is not None and label.casefold() not in _NO_NAMES
    return is_name and count > 1 and not any(word[0].islower() for word in label.split())


def _other_role(known: set[Speaker], num_names: int) -> Speaker:
    has_therapist, has_patient = Speaker.THERAPIST in known, Speaker.PATIENT in known
    if has_therapist and has_patient:
        return Speaker.OTHER
    if num_names != 1 or not (has_therapist or has_patient):
        return Speaker.UNKNOWN
    return Speaker.PATIENT if has_therapist else Speaker.THERAPIST
