"""A summary in prose as the sections of a note: phrases taken out, and held against the session."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from notes.claims import RISK_KEY, is_founded
from notes.grammar import is_writable
from notes.grounding import Grounding
from notes.parsing import NOT_DISCUSSED
from notes.risk import Polarity, RiskCategory, RiskReading, read_risk, risk_sentences, stated_risks
from notes.risk.findings import ALERTS
from notes.sentences import num_words, split_sentences
from notes.style import SECTIONS5, SectionStyle
from notes.transcript import Transcript, normalise
from train_jobs.wording import VERBS, begun, plain, small

LEAST_SECTIONS = 3

NOTHING_TO_SAY = "the summary has nothing for it"
NOT_WRITABLE = "not within the section's grammar and bounds"
NOT_BORNE_OUT = "not borne out by the session"
RULES_DISAGREE = "the rules found otherwise"

RiskKey = tuple[RiskCategory, Polarity]

_COMPLAINT = re.compile(
    r"^(?:(?:Client|Patient) )?(?:with (?P<state>.+?) )?(?:(?:who )?"
    r"(?:presented with|presents with|reports?|reported|describe[sd]|experiences|experienced"
    r"|experiencing|exhibits|explored|processing|processed|struggled with|struggles with"
    r"|focused on|addressed|reflected on|triggered by|disclosed) )(?P<matter>.+)$"
)
_STATE = re.compile(r"^(?:Client|Patient) (?:with|in) (?P<matter>.+)$")
_DOING = re.compile(
    r" (?:utilized|used|engaged|continues|continued|reports?|reported|presents|described"
    r"|experienced|successfully|made|leading to|due to)\b.*$"
)
# What a patient can have said of themselves; what only an observer says ("labile") is not here.
_FELT = re.compile(
    r"\b(?:(?:Affect|Mood|Emotional state|Client|Patient)(?: affect)?(?: initially)?"
    r"(?: was| is)?) ((?:mildly |moderately |mild |moderate )?(?:low|depressed|anxious|tense|sad"
    r"|tearful|tired|fearful|ashamed|angry|hopeful|overwhelmed|numb|irritable|motivated)\b[^.;,]*)"
)
_FEELINGS = re.compile(
    r"\b(?:anxiety|shame|guilt|sadness|numbness|anger|fear|grief|loneliness|hopelessness|panic"
    r"|low mood|self-criticism|irritability|exhaustion)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?P<label>Interventions|Homework)\b[^:]*?(?::| included| were) (?P<items>.+)$"
)
_HAS_VERB = re.compile(rf"^(?:{VERBS})\b")
_CUTS = re.compile(r"(?:[,;]| (?=and |with |following |after |including |during |through |via ))")


@dataclass(frozen=True, slots=True)
class Relaid:
    """The sections that a summary trains, and why others are left out, by the section's key."""

    sections: Mapping[str, str]
    reasons: Mapping[str, str]

    @property
    def is_enough(self) -> bool:
        """Tell whether the sections say enough of the session to be trained on."""
        said = [text for text in self.sections.values() if text != NOT_DISCUSSED]
        return len(said) >= LEAST_SECTIONS


def as_sections(summary: str, transcript: Transcript) -> Mapping[str, str] | None:
    """Return the five-section note's parts that a summary holds, or None where they are too few.

    Each is within its section's bounds and grammar and borne out by the session; what is said of
    risk agrees with the rules. A section that fails is not there.
    """
    relaid = relay_sections(summary, transcript)
    return relaid.sections if relaid.is_enough else None


def relay_sections(summary: str, transcript: Transcript) -> Relaid:
    """Return all sections that can be made of a summary, and why the others cannot."""
    reading = read_risk(transcript.turns)
    grounding = Grounding(transcript.turns)
    sections: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for section in SECTIONS5.sections:
        texts = tuple(_candidates(section, summary, grounding, reading))
        faults = [_fault(text, section, grounding, reading) for text in texts]
        good = [text for text, fault in zip(texts, faults, strict=True) if not fault]
        if good:
            sections[section.key] = good[0]
        else:
            none = RULES_DISAGREE if section.key == RISK_KEY else NOTHING_TO_SAY
            reasons[section.key] = faults[0] if faults else none
    return Relaid(sections, reasons)


def _fault(text: str, section: SectionStyle, grounding: Grounding, reading: RiskReading) -> str:
    """Return why a text is not trained on, or ""."""
    if text == NOT_DISCUSSED:
        return ""
    is_within = section.min_words <= num_words(text) <= section.max_words
    if not (is_within and is_writable(text, section)):
        return NOT_WRITABLE
    if section.key == RISK_KEY:
        return ""  # the rules' own words, which rest on their findings
    sentences = split_sentences(text)
    if not all(is_founded(sentence, reading) for sentence in sentences):
        return RULES_DISAGREE
    is_supported = all(grounding.evidence(sentence).is_supported for sentence in sentences)
    return "" if is_supported else NOT_BORNE_OUT


# What each section is made of


def _candidates(
    section: SectionStyle, summary: str, grounding: Grounding, reading: RiskReading
) -> Iterator[str]:
    """Yield what a section could say, the fullest first."""
    sentences = split_sentences(normalise(summary))
    match section.key:
        case "chief_complaint":
            yield from _complaints(sentences[0] if sentences else "")
        case "emotional_state":
            yield from _feelings(summary, grounding)
        case "risk":
            yield from _risks(summary, reading)
        case "intervention":
            items = _items(sentences, "Interventions")
            yield from _listed("Therapist used", items, section, grounding)
        case "plan":
            yield from _plans(_items(sentences, "Homework"), grounding)


def _complaints(sentence: str) -> Iterator[str]:
    """Yield the first sentence's matter, cut where a phrase ends."""
    section = SECTIONS5.section("chief_complaint")
    text = begun(sentence)
    found = _COMPLAINT.match(text) or _STATE.match(text)
    if found is None:
        return
    matter = plain(_DOING.sub("", _without_brackets(found["matter"]))).split(";")[0].rstrip(".")
    cuts = [match.start() for match in _CUTS.finditer(matter)]
    for end in (len(matter), *reversed(cuts)):
        text = f"{section.opening} {matter[:end]}."
        if num_words(text) <= section.max_words:
            yield text


def _feelings(summary: str, grounding: Grounding) -> Iterator[str]:
    """Yield affect and mood together with the feelings that are named, or each alone."""
    opening = SECTIONS5.section("emotional_state").opening
    states = [plain(each).rstrip(".") for each in _FELT.findall(_without_brackets(summary))]
    named = dict.fromkeys(each.lower() for each in _FEELINGS.findall(summary))
    heard = [
        each
        for each in named
        if each[:4] not in " ".join(states) and grounding.evidence(f"Patient felt {each}.").score
    ]
    if states and heard:
        yield f"{opening} {states[0]} with {_and(heard[:3])}."
        yield f"{opening} {states[0]} with {heard[0]}."
    if len(states) > 1:
        yield f"{opening} {states[0]} and {states[1]}."
    yield from (f"{opening} {state}." for state in states)
    if len(heard) > 2:
        yield f"{opening} {_and(heard[:4])}."


def _risks(summary: str, reading: RiskReading) -> Iterator[str]:
    """Yield the rules' own words for what the summary says too, in full and then the gravest."""
    stated = set(stated_risks(summary))
    if not (stated or reading.findings or reading.asked):
        yield NOT_DISCUSSED
    found = {(each.category, each.polarity) for each in reading.findings}
    if _alerts(stated) != _alerts(found):
        return
    by_rule = risk_sentences(reading.findings, was_asked=reading.asked)
    sentences = [each.text for each in by_rule if each.keys & stated]
    for end in range(len(sentences), 0, -1):
        text = " ".join(sentences[:end])
        yield f"Patient {small(text)}" if text.startswith(("Denies", "Reports")) else text


def _alerts(keys: Iterable[RiskKey]) -> frozenset[RiskKey]:
    return frozenset(key for key in keys if key[1] in ALERTS)


def _plans(items: Sequence[str], grounding: Grounding) -> Iterator[str]:
    """Yield the homework as what the patient will do: in verbs, or in nouns."""
    section = SECTIONS5.section("plan")
    verbs = [each for each in items if _HAS_VERB.match(each)]
    nouns = [each for each in items if not _HAS_VERB.match(each)]
    kinds = [("Patient will", verbs), ("Patient will do", nouns)]
    for opening, same in kinds if items and items[0] in verbs else reversed(kinds):
        yield from _listed(opening, same, section, grounding)


def _listed(
    opening: str, items: Sequence[str], section: SectionStyle, grounding: Grounding
) -> Iterator[str]:
    """Yield the items that the session bears out best, as many as there is room for, in order."""
    scores = {item: grounding.evidence(f"{opening} {item}.").score for item in items}
    best = sorted(scores, key=lambda item: -scores[item])
    room = section.max_words - num_words(opening)
    for first in range(len(best)):
        chosen = _within(best[first:], room)
        if chosen:
            yield f"{opening} {_and([item for item in items if item in chosen])}."


def _within(items: Sequence[str], max_words: int) -> frozenset[str]:
    """Return the first items that fit together; the last costs an "and"."""
    chosen: list[str] = []
    for item in items:
        if num_words(" ".join((*chosen, item))) + 1 <= max_words:
            chosen.append(item)
    return frozenset(chosen)


def _items(sentences: Iterable[str], label: str) -> tuple[str, ...]:
    """Return the items of the list that stands behind a label."""
    for sentence in sentences:
        found = _LIST.match(sentence)
        if found and found["label"] == label:
            pieces = re.split(r"[,;]\s*(?:and )?", _without_brackets(found["items"]).rstrip(".!"))
            return tuple(plain(piece).rstrip(".") for piece in pieces if piece.strip())
    return ()


def _without_brackets(text: str) -> str:
    return re.sub(r"\s*\([^()]*\)", "", text)


def _and(items: Sequence[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
