"""Telegraphic clinical notes in the words and signs that the grammar of a note can write."""

import re

from notes.transcript import normalise

VERBS = (
    "add|address|adhere|adjust|allow|apply|arrange|ask|assess|attend|begin|bring|build|call|challenge"
    "|check|choose|collect|commit|compile|complete|contact|continue|contribute|coordinate|create"
    "|delay|develop|discuss|document|donate|draft|eat|email|engage|establish|evaluate|expand"
    "|explore|find|finish|follow|gather|give|go|identify|implement|increase|initiate|invite|join"
    "|keep|limit|list|listen|log|maintain|make|meet|monitor|move|name|note|notice|observe|organize"
    "|pause|plan|practice|practise|prepare|process|read|record|reduce|refine|reframe|rehearse"
    "|reinforce|remove|request|respond|return|review|ride|run|say|schedule|send|set|share|sit|speak"
    "|spend|start|stop|strengthen|support|take|talk|test|text|track|try|update|use|visit|volunteer"
    "|walk|write"
)
_GRADES = "low|mild|moderate|high"
# How summaries begin, and how a narrative does.
_OPENINGS: tuple[tuple[str, str], ...] = (
    (r"^Presenting concerns?:\s", "Client presented with "),
    (r"^(?:The s|S)ession (?:focused|cent(?:ered|red)) on\b", "Client focused on"),
    (r"^Focus on\b", "Client focused on"),
)
# What stands before a colon, and how the same is said without.
_LABELS: tuple[tuple[str, str], ...] = (
    (rf"\b((?:Treatment )?[Pp]lan|Homework): (?=(?:{VERBS})\b)", r"\1 to "),
    (rf"\b(Interventions): (?=(?:{VERBS})\b)", r"\1 were to "),
    (r"\b((?:Treatment )?[Pp]lan): ", r"\1 is "),
    (r"\b(Interventions|Homework|Themes): ", r"\1 included "),
    (r"\b(Interventions reinforced): ", r"\1 "),
    (r"\bRisk: (denies|denied)\b", r"Client \1"),
    (rf"\bRisk: (?=(?:{_GRADES})\b)", "Risk "),
)
_SIGNS: tuple[tuple[str, str], ...] = (
    (r"[“”\"*‘]|(?<!\w)['’](?=\w)|['’](?!\w)", ""),
    (r"\b([ap])\.m\.?(?= [a-z])", r"\1m"),
    (r"\b([ap])\.m\.(?= |$)", r"\1m."),
    (r"\band/or\b", "or"),
    (r"\bx(\d+)\b", r"\1 times"),
    (r"\b1:1\b", "one-to-one"),
    (r" \(\d(?:-\d)+\)", ""),  # the steps of an exercise that is named
    (r"\b(re|vs)[:.](?= )", r"\1"),
    (r"(?<=\d)/(?=\d)", " of "),
    (r"(?<=\d)/(?=[a-z])", " per "),
    (r" = ", " is "),
    (r" & | \+ ", " and "),
    (rf"\b({_GRADES})[–-](?={_GRADES})", r"\1 to "),
    (r"(?<=\w)–(?=\w)", "-"),
    (r"\s*(?:—|–| - )\s*", ", "),
    (r"\s*[(\[]", ", "),
    (r"[)\]](?=\s*\w)", ","),
    (r"[)\]]", ""),
    (r"\s*:\s*", ", "),
    (r"(?:\s*,)+(?=\s*[,;.!?])", ""),
    (r"\s+(?=[,;.!?])", ""),
)
_SLASHED = re.compile(r"[\w%’'-]+(?:/[\w%’'-]+)+")
_DENIAL = re.compile(r"\b(?:no|not|without|denie[sd]|denying|never)\b[^.;]*$", re.IGNORECASE)
_CHAIN = re.compile(r"\b\w+(?:-\w+){3,}\b")  # the grammar joins three words at most


def plain(text: str) -> str:
    """Return a text in words and the few signs that the grammar of a note has."""
    text = _replaced(normalise(text), _LABELS)
    text = _replaced(text, _SIGNS)
    text = _SLASHED.sub(lambda match: _joined(match[0], text[: match.start()]), text)
    text = _CHAIN.sub(lambda match: match[0].replace("-", ", "), text)
    return text if text.endswith((".", "!", "?")) else f"{text.rstrip(',;')}."


def begun(summary: str) -> str:
    """Return a summary with one name for the patient, which it begins with where it can."""
    text = _replaced(summary, _OPENINGS)
    return re.sub(r"\b([Pp])atient\b", lambda m: "Client" if m[1] == "P" else "client", text)


def _joined(slashed: str, before: str) -> str:
    """Return what slashes join: of what is denied nothing is there, "or"; else all is, "and"."""
    *others, last = slashed.split("/")
    return f"{', '.join(others)} {'or' if _DENIAL.search(before) else 'and'} {last}"


def small(sentence: str) -> str:
    """Return a sentence as a clause: its first letter small, unless a name of letters begins it."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _replaced(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text
