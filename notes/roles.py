"""Who is therapist and who patient, where nobody says: read from how two people speak."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notes.speaker import Speaker

# From here on an inferred role is taken for true; below it the speakers stay unknown, because
# the risk rules believe a known speaker.
SURE = 0.95

# Two people must say nearly everything, each in a few turns.
_MAIN_SHARE = 0.9
_MIN_TURNS = 2
_MOST_TURNS = 60

# Confidence from the difference of two people's scores, as it was calibrated (docs/quality.md).
_STEEPNESS = 1.5
_FEW_TURNS = 4


@dataclass(frozen=True, slots=True)
class Roles:
    """Who the labels are, and how sure that is from 0 to 1; no speakers where it is not enough."""

    speakers: Mapping[str, Speaker]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Sign:
    """What a turn may hold; `weight` is the log-odds that its speaker is the therapist."""

    weight: float
    pattern: re.Pattern[str]


def _sign(weight: float, pattern: str) -> _Sign:
    return _Sign(weight, re.compile(pattern, re.IGNORECASE))


# Weights were fitted to labelled sessions: half of this project's own, half of public ones.
_SIGNS = (
    _sign(  # asks
        2.2,
        r"\?|^(?:so |and |okay |but |um |uh ){0,4}(?:what|how|why|when|where|who|do|did|are|is|was"
        r"|were|have|has|can|could|would|any) ",
    ),
    _sign(  # asks to be told
        1.6,
        r"\b(?:how (?:did|do|does|are|was|were|have|is|often|long|much|about)|what (?:was|were|do"
        r"|did|would|makes|made|happens|happened|comes|brings|brought|goes|went|kind|else)|tell me"
        r"|(?:can|could|would|do|did|are|have|were) you|is there|when did)\b",
    ),
    _sign(1.7, r"\b(?:you|your|yourself|you'?re|you'?ve|you'?d|you'?ll)\b"),
    _sign(  # reflects
        0.5,
        r"\b(?:sounds? like|it sounds|seems like|i hear|i(?:'m| am)? wonder(?:ing)?|i(?:'m| am)?"
        r" notic(?:e|ing)|makes sense|thank you for|must (?:be|have)|understandable|i appreciate"
        r"|i can see|it's okay to|good work|well done)\b",
    ),
    _sign(  # leads
        2.0,
        r"\b(?:let'?s|let me|next (?:week|session|time|appointment|visit)|homework|before we"
        r"|we(?:'ll| (?:could|can|might|talked|spoke|discussed|agreed|have|will))|i(?:'d| would)"
        r" like (?:you|us|to)|our (?:time|session|last)|practi[cs]e|exercise|worksheet|scale"
        r"|safety plan|(?:i'm|we're) (?:going to|gonna)|take a look|follow[- ]up)\b",
    ),
    _sign(-2.0, r"\b(?:i|i'?m|i'?ve|i'?d|me|my|myself|mine)\b"),
    _sign(  # tells of oneself
        -1.0,
        r"\bi (?:just |really |still |always |keep |kept |also )?(?:feel|felt|can'?t|couldn'?t"
        r"|don'?t|hate|tried|was|went|got|had|thought|cried|sleep|work|used to|told|said|have been"
        r"|know|mean|guess)\b",
    ),
    _sign(  # tells of one's own people and body
        -1.3,
        r"\bmy (?:\w+ )?(?:husband|wife|mum|mom|mother|dad|father|sister|brother|son|daughter"
        r"|kids?|boss|job|work|friends?|partner|boyfriend|girlfriend|ex|head|life|family|parents"
        r"|nan|gran|back|knee|stomach|chest|doctor|leg|arm|pain)\b",
    ),
    _sign(  # answers
        -1.2,
        r"^\W*(?:yeah|yes|yep|no|nope|nah|not really|i guess|i suppose|i don'?t|dunno|maybe"
        r"|sometimes|fine|sure)\b",
    ),
    _sign(  # hears
        0.6,
        r"^\W*(?:mm+(?:-?hmm+)?|mhm|okay|ok|right|all right|alright|good|great|i see|uh-?huh"
        r"|hmm)\b",
    ),
    _sign(0.7, r"^(?:\S+ ){39}"),
)


def infer_roles(turns: Sequence[tuple[str, str]]) -> Roles:
    """Return who is who among (label, text) turns; nothing is inferred unless two say most."""
    texts = _main_speakers(turns)
    if len(texts) < 2:
        return Roles({}, 0.0)
    patient, therapist = sorted(texts, key=lambda label: _score(texts[label]))
    num_turns = min(map(len, texts.values()))
    confidence = _confidence(_score(texts[therapist]) - _score(texts[patient]), num_turns)
    if confidence < SURE:
        return Roles({}, confidence)
    return Roles({therapist: Speaker.THERAPIST, patient: Speaker.PATIENT}, confidence)


def _main_speakers(turns: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what the two say who say nearly everything, or nothing."""
    texts: dict[str, list[str]] = {}
    sizes = Counter[str]()
    for label, text in turns:
        texts.setdefault(label, []).append(text.replace("’", "'"))
        sizes[label] += len(text)
    main = [label for label, _ in sizes.most_common(2) if label and len(texts[label]) >= _MIN_TURNS]
    is_nearly_all = sum(sizes[label] for label in main) >= _MAIN_SHARE * sizes.total()
    return {label: _sample(texts[label]) for label in main} if is_nearly_all else {}


def _sample(texts: list[str]) -> list[str]:
    """Return turns from the first to the last; more of them make nothing surer."""
    return texts[:: -(-len(texts) // _MOST_TURNS)]


def _score(texts: Sequence[str]) -> float:
    """Return the log-odds that the speaker is the therapist, as the mean of the turns'."""
    weights = (sign.weight for text in texts for sign in _SIGNS if sign.pattern.search(text))
    return sum(weights) / len(texts)


def _confidence(difference: float, num_turns: int) -> float:
    """Return how likely the order of two scores is right, `num_turns` the less talkative one's."""
    shrunk = difference * math.sqrt(num_turns / (num_turns + _FEW_TURNS))
    return 1 / (1 + math.exp(-_STEEPNESS * shrunk))
