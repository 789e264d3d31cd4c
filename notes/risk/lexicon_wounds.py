"""Triggers for self-harm put together from an act, a tool and one's own body."""

from notes.risk.concepts import Concept, concept, gap
from notes.risk.fields import BODY, ME, MEANT, MY, SELVES
from notes.risk.findings import RiskCategory

_H = RiskCategory.SELF_HARM
BODY_HEADS = (
    "arm arms fore wris hand palm fing knuc thum nail cuti leg legs thig calf calv shin knee feet"
    " foot ankl"
    " toe toes toen hip hips bell stom tumm side ribs ches brea back shou thro face chee jaw ear"
    " ears head"
    " temp scal skul lip lips gum gums tong mout skin fles body vein eyel lash eyeb brow hair"
    " uppe lowe inne"
    " insi unde ey"
)
_STRONG = (
    r"(?:punch(?:ed|ing|es)?|thump(?:ed|ing|s)?|slap(?:ped|ping|s)?|smack(?:ed|ing|s)?|belt(?:ed"
    r"|ing)"
    r"|batter(?:ed|ing|s)?|whack(?:ed|ing|s)?|whip(?:ped|ping|s)?|flog(?:ged|ging|s)?|lash(?:ed"
    r"|ing)|scor"
    r"(?:e|ed|ing)|carv(?:e|ed|es|ing)|slic(?:e|ed|es|ing)|slash(?:ed|es|ing)?|slit(?:ting|s)?"
    r"|gouge?d?"
    r"|gouging|claw(?:ed|ing|s)?|grat(?:e|ed|ing)|brand(?:ed|ing)|stab(?:bed|bing|s)?|jab(?:bed"
    r"|bing|s)?"
    r"|prick(?:ed|ing|s)?|pierc(?:e|ed|ing)|whal(?:e|ed|ing) on|pummel\w*|nick(?:ed|ing|s)"
    r"|stub(?:bed|bing"
    r"|s)? (?:it |them |one |fags |cigarettes |\w+ )*out on|cut(?:ting|s)? (?:into|up|lines (?:in"
    r"|on|into)"
    r"|across|open)|cutting|scratch(?:ed|ing|es)? (?:at|into|up|open)|(?:scratch|carv|cut|burn"
    r"|etch)\w* (?:\w+ ){1,3}?(?:into|in|on)|dig(?:ging|s)? (?:\w+ )?into|dug"
    r" (?:\w+ )?into|tear(?:ing|s)? (?:at|out)|tore (?:at|out)|rip(?:ped|ping)? (?:at|out|off"
    r"|open)|yank"
    r"(?:ed|ing)? (?:at|out)|pull(?:ed|ing)? out|pluck(?:ed|ing)? out|scald(?:ing|s)|sear(?:ed"
    r"|ing))"
)
WEAK = (
    r"(?:cut(?:ting|s)?|burn(?:ed|t|ing|s)?|scald(?:ed)?|hit(?:ting|s)?|bang(?:ed|ing|s)?"
    r"|knock(?:ed|ing|s)?"
    r"|smash(?:ed|ing|es)?|slam(?:med|ming|s)?|bash(?:ed|ing|es)?|crack(?:ed|ing)?|ram(?:med"
    r"|ming)?|bit(?:e"
    r"|es|ing|ten)?|chew(?:ed|ing|s)?|gnaw(?:ed|ing)?|nip(?:ped|ping)?|pinch(?:ed|ing|es)?"
    r"|twist(?:ed|ing)?"
    r"|squeez(?:e|ed|ing)|crush(?:ed|ing)?|trap(?:ped|ping)?|shut(?:ting)?|clos(?:e|ed|ing)"
    r"|pick(?:ed|ing|s)?"
    r"|peel(?:ed|ing|s)?|scrap(?:e|ed|ing)|scrub(?:bed|bing|s)?|rub(?:bed|bing|s)?|sand(?:ed|ing)?"
    r"|scratch"
    r"(?:ed|ing|es)?|pull(?:ed|ing|s)?|pluck(?:ed|ing|s)?|tug(?:ged|ging)?|press(?:ed|ing|es)?"
    r"|push(?:ed|ing"
    r"|es)?|pok(?:e|ed|ing)|stick(?:ing|s)?|stuck|driv(?:e|ing)|drove|dig(?:ging|s)?|dug"
    r"|hold(?:ing|s)?|held"
    r"|put(?:ting|s)?|snap(?:ped|ping|s)?|ping(?:ed|ing)?|flick(?:ed|ing)?|drag(?:ged|ging)?"
    r"|draw(?:ing)?|drew"
    r"|run|running|ran|us(?:e|ed|es|ing)|take|took|taking|stamp(?:ed|ing)?|drop(?:ped|ping)?"
    r"|tighten(?:ed|ing)?"
    r"|tie|tied|wrap(?:ped|ping)?|rest(?:ed|ing)?|lay|laid)"
)
_HARMLESS = (
    r"(?! (?:off|down|back|at (?:the gym|work)|cooking|shaving|chopping|by (?:accident|mistake)"
    r"|when i (?:fell"
    r"|slipped|tripped)|gardening|playing|in the (?:game|garden)|against the (?:cupboard|ceiling)))"
)

ACTS = (
    concept(
        "strike_or_pierce_body",
        _H,
        BODY_HEADS,
        rf"{_STRONG}(?: \w+){{0,4}}? {MY}{BODY}{_HARMLESS}",
    ),
    concept(
        "strike_self",
        _H,
        "your hims hers them mine me mese mase myse self mise me my ma",
        r"(?P<term>(?:punch(?:ed|ing|es)?|thump(?:ed|ing|s)?|slap(?:ped|ping|s)?|smack(?:ed|ing"
        r"|s)?|whack(?:ed"
        r"|ing)?|whip(?:ped|ping|s)?|flog(?:ged|ging)?|lash(?:ed|ing)?|batter(?:ed|ing|s)?"
        r"|clout(?:ed|ing)?"
        r"|scratch(?:ed|ing|es)?|claw(?:ed|ing)?|bit(?:e|es|ing)?|pinch(?:ed|ing|es)?|nip(?:ped"
        r"|ping)?|scald(?:ed"
        r"|ing)?|brand(?:ed|ing)?|jab(?:bed|bing|s)?|prick(?:ed|ing)?|stab(?:bed|bing)?|slic(?:e"
        r"|ed|ing)|slash(?:ed"
        r"|ing)?|bruis(?:e|ed|ing)|wound(?:ed|ing)?|maim(?:ed|ing)?|mutilat\w+|damag(?:e|ed|ing)"
        r"|torture?\w*|chok"
        r"(?:e|ed|ing)|strangl\w+|starv(?:e|ed|ing)|hurt(?:ing|s)?|harm(?:ed|ing|s)?|cut(?:ting"
        r"|s)?|burn(?:ed|t"
        rf"|ing|s)?|hit(?:ting|s)?|beat(?:ing)?|headbutt\w*) {SELVES})(?! (?:up (?:about|over)|on"
        r" the back|for (?:not"
        r"|being|forgetting)|some slack|short|shaving|cooking|off\b|loose|out\b|of\b|to death"
        r" laughing|by (?:acc"
        r"|mis)\w+))|(?:do(?:ing|es)?|did|done|taking?|took|take) (?:it|that|this|things|stuff"
        r"|them|harm|damage|bits"
        rf" and pieces)(?: out)? (?:to|on) {ME.replace('?P<who>', '?P<who2>')}(?! (?:that|all"
        r" the))",
    ),
    concept(
        "wound_body_on_purpose",
        _H,
        BODY_HEADS,
        rf"(?P<term>{WEAK}(?:[^\w']+[\w']+){{0,7}}?[^\w']+{MY}{BODY}){_HARMLESS}{gap(12)}{MEANT}",
    ),
    concept(
        "on_purpose_wound_body",
        _H,
        BODY_HEADS,
        r"(?:on purpose|deliberately|to feel (?:something|real|alive|better|less|anything)|to"
        r" punish|because i"
        r" deserve|every night|most (?:nights|days)|whenever|when i(?:'m| am)? (?:can't|feel|get"
        r"|hate|stressed"
        rf"|angry|upset|alone|mess|think|low)|when (?:it gets|the|he|she|they|nobody|no one))"
        rf"{gap(10)}(?P<term>{WEAK}(?:[^\w']+[\w']+){{0,6}}?[^\w']+{MY}{BODY}){_HARMLESS}",
    ),
)

CONCEPTS: tuple[Concept, ...] = ACTS
