"""More triggers for harm: wounds, violent images and plans, control, neglect and blows."""

from notes.risk.concepts import OWN, PERSON, ROLE, SELF, Concept, concept, gap
from notes.risk.findings import RiskCategory

_H = RiskCategory.SELF_HARM
_V = RiskCategory.VIOLENCE
_A = RiskCategory.ABUSE
_ME = r"(?P<who>me|us|you)\b"
_THEY = (
    r"(?:he|she|they|who|someone|somebody|anyone|anybody|it"
    rf"|(?:my|your|his|her|the|our) (?:\w+ ){{0,2}}?(?:{ROLE}|carer|nurse|fella|bloke|lad|missus))"
)
_BODY = (
    r"(?:arms?|wrists?|legs?|thighs?|skin|stomach|belly|hips?|ankles?|forearms?|hands?|feet|foot"
    r"|face|chest|knuckles|scalp|shins?|calves|calf)"
)
_SEES = (
    r"(?:pictur(?:e|ed|es|ing)|imagin(?:e|ed|es|ing)|images?|pictures?|visions?|fantas\w+|dream\w*"
    r" (?:of|about)|flash(?:es)?|think(?:ing)? (?:of|about)|thought (?:of|about)|thoughts (?:of"
    r"|about)|urges? to|see myself|saw myself|want(?:ed)? to|afraid (?:of|i'll|i'd))"
)

SELF_HARM = (
    concept(
        "do_self_harm",
        _H,
        "caus did do doin done harm inju",
        rf"(?:do|doing|done|did|cause|causing) (?:any |some |more )?{SELF} (?:any |some |a |an "
        rf"|more"
        rf" )*(?:harm|damage|injury|mischief|hurt)",
    ),
    concept(
        "harm_to_self",
        _H,
        "dama harm inju",
        rf"(?:harm|damage|injury) (?:done )?to {SELF}",
    ),
    concept(
        "unsafe_with_self",
        _H,
        "safe",
        r"safe (?:with|from|around|by) (?:yourself|myself|your own|my own)",
        is_inverse=True,
    ),
    concept(
        "burn_self",
        _H,
        "bran burn ciga scal sing stub",
        rf"(?:burn(?:s|ed|t|ing)?|scald\w*|brand(?:ed|ing)|sing(?:e|ed|ing)|stub\w* (?:\w+"
        rf" )?(?:out|"
        rf"cigarettes?) on) {OWN}{_BODY}\b{gap(4)}(?:with|on purpose|lighter|iron|straighteners"
        rf"|cigarettes?|till|until|again)",
    ),
    concept(
        "hit_till_hurt",
        _H,
        "bang head hit hitt punc slam",
        rf"(?:punch\w*|hit(?:ting)?|slam\w*|bang\w*|head-?butt\w*) (?:the |a |my )?(?:walls?|doors?"
        rf"|fridge|floor|fists?|head|knuckles){gap(6)}(?:till|until|blood|bleed\w*|bled|open"
        rf"|bruis\w*"
        rf"|broke|raw|deserve)",
        is_own=True,
    ),
    concept(
        "blade_kept",
        _H,
        "blad razo scal",
        rf"(?:razors?|blades?|scalpel|razor blades?)\b{gap(3)}(?:in|under|behind|inside) (?:my|the)"
        rf" (?:\w+ )?(?:phone|case|pillow|mattress|bra|sock|wallet|purse|drawer|bag|bathroom"
        rf"|pencil)|(?:hid(?:den|ing)?|stashed|kept?|bought) (?:\w+ ){{0,3}}?(?:razor|razors|blade"
        rf"|blades|razor blades?)\b(?! (?:for shav|runner))",
        is_own=True,
    ),
    concept(
        "gave_in_to_cut",
        _H,
        "blee bloo come cut cuts run",
        rf"(?:made|put|new|more|fresh) (?:\w+ )?cuts? (?:on|in|across) {OWN}|(?:watch\w*|see|make)"
        rf" (?:myself|the blood|it) (?:bleed|come|run)|blood (?:comes?|came|running) and (?:i|it)"
        rf" (?:calm|breathe|feel)|cut (?:too |really |quite )?deep\b",
    ),
)

VIOLENCE = (
    concept(
        "violent_image",
        _V,
        "bloo chok drop drow face head neck push runn shak skul smas smot sque stab stra teet thro",
        rf"{_SEES}{gap(4)}(?:(?:his|her|their|someone's|that \w+'s) (?:\w+ )?(?:head|face|skull"
        rf"|neck"
        rf"|throat|teeth|blood){gap(5)}(?:glass|wall|through|into|against|smash\w*|under|blood\w*"
        rf"|snap\w*|in my hands|squeez\w*|window|floor|pavement|wheels?)"
        rf"|(?:shaking|smothering|drowning|dropping|throttling|squeezing|strangling|stabbing"
        rf"|throwing|pushing|choking|running over|shake|smother|throttle|stab|strangle|drown)"
        rf" (?:{PERSON}|the (?:baby|bairn|wean|little one))(?! (?:a|an|some|out|hands?|at|towards?"
        rf"|to (?:do|go)))\b)",
    ),
    concept(
        "do_to_other",
        _V,
        "do doin safe some what",
        rf"(?:do|doing|done) something (?:bad |terrible |awful |stupid |drastic )?to {PERSON}"
        rf"|what (?:i|you)(?:'d| would| might| could|'ll)? (?:would |might |could )?do to {PERSON}"
        rf"|not safe (?:around|near|with) (?:me|{PERSON})|safe from me",
    ),
    concept(
        "lies_in_wait",
        _V,
        "axe bar bat blad crow foll foun gun hamm knif know lear mach watc work",
        rf"(?:worked out|found out|know|learned|learnt|been watching|watched"
        rf"|followed){gap(3)}(?:when"
        r"|where|which way|what time) (?:he|she|they) (?:lives?|parks?|leaves|walks?|drinks?|works?"
        r"|sleeps|gets (?:home|off)|finish\w*)\b"
        rf"|(?:i've got|i got|i keep|i put|i carry|carrying|i took|i have|there's|brought) (?:a"
        rf"|the|my)"
        rf" (?:\w+ )?(?:hammer|machete|bat|crowbar|knife|gun|axe|blade|iron bar)\b{gap(2)}(?:boot"
        rf"|trunk"
        rf"|car|bag|coat|pocket|jacket|glove box|under (?:the|my) seat|for (?:him|her|them"
        rf"|when))",
        is_own=True,
    ),
    concept(
        "lay_into",
        _V,
        "batt belt clou deck glas head lamp leat thro thum wall",
        rf"i(?:'ve|'d| had| have|'ll| nearly| just)? (?:\w+ )?(?:batter|thump|belt|lamp|deck"
        rf"|clout|leather|throttl|headbutt|glass|wallop)(?:e?d|s|ing)? {PERSON}",
    ),
)

ABUSE = (
    concept(
        "blows",
        _A,
        "back batt belt clou fist head into knoc laid lamp lays leat pinc rais thum wall whac",
        rf"{_THEY}(?:'s|'d|'ll| used to| would| will| has| had| always| sometimes| kept| keeps)*"
        rf"(?: [\w']+){{0,3}}? (?P<term>(?:knock(?:s|ed|ing)? {_ME} (?:about|around|down|out|over"
        rf"|unconscious)"
        r"|(?:thump|belt|batter|clout|leather|wallop|lamp|backhand|headbutt|pinch|whack)(?:e?s"
        r"|e?d|ing)?"
        r" me\b)|(?:lays|laid|laying) into me|(?:raises?|raised) (?:his|her) (?:fist|hand)s?)",
    ),
    concept(
        "hurts_body",
        _A,
        "bend bent brok burn grab hit hitb hite hiti hitp hits kick pinc pull punc slap "
        "stam twis yank",
        rf"(?:{_THEY}|and|then)(?:'s|'d|'ll)?(?: (?:always|then|also|used to|would|just|even"
        rf"|once))*"
        rf" (?P<term>(?:hit|slap|punch|kick|pinch|twist|grab|burn|bend|bent|stamp|pull|yank|broke)"
        rf"(?:s|es|ed|p?ed|b?ed|ing)? my (?:\w+ )?(?:arm|face|head|wrist|back|hair|leg|finger|ear"
        rf"|neck"
        rf"|ribs?|nose|hand)s?)\b(?! (?:off|out|up from))",
        is_own=True,
    ),
    concept(
        "locked_and_taken",
        _A,
        "conf got hid hide keep kept lock smas take took",
        rf"lock(?:s|ed|ing)? {_ME} (?:in|out|up|inside|away)\b(?! (?:by accident|accidentally|the"
        rf" room of))|{_THEY}(?:'s|'d)? (?:\w+ )?(?:took|takes|hid|hides|kept|keeps|confiscated"
        rf"|smashed|taken|got) my (?:\w+ )?(?:bank card|card|phone|keys|passport|papers|visa"
        rf"|documents|wages|benefits|pension|medication|inhaler|insulin)\b(?! (?:by|for repair"
        rf"|in|to (?:be|get|fix)))",
        is_own=True,
    ),
    concept(
        "neglected",
        _A,
        "bath beca chan feed leav left wash when",
        r"(?:leaves?|left|leaving) (?:me|us) (?:in (?:the wet|wet|it|my own|dirty|soil\w*|bed all)"
        r"|wet|soaking|lying|sitting in|on the (?:floor|toilet|commode)|hungry|without (?:food"
        r"|water"
        r"|my (?:meds|medication|tablets|insulin)|heating|anything to eat))|(?:doesn't|don't|won't"
        r"|didn't|never) (?:feed|wash|change|bathe) me\b|(?:go|goes|went|left) without (?:food"
        r"|eating|meals) (?:because|when) (?:he|she|they)",
        is_own=True,
    ),
    concept(
        "cover_story",
        _A,
        "blac brui fell lied mark said say spli tell told walk",
        rf"(?:told|tell|said to|say to|lied to){gap(4)}(?:i|it was|i'd) (?:fell|fallen|walked into"
        rf"|slipped|tripped|(?:a|the) (?:door|cupboard|stairs))"
        rf"|(?:bruis\w+|black eye|marks?|split lip)\b{gap(6)}(?:from (?:him|her|where (?:he|she)"
        rf"|when"
        rf" (?:he|she))|that's what i (?:told|tell|said|say)|(?:wasn't|isn't|not) (?:really"
        rf" )?(?:the"
        rf"|a|from the) (?:door|cupboard|stairs|fall|accident))",
        is_own=True,
    ),
    concept(
        "beaten_by",
        _A,
        "abus batt beat hit knoc slap thum",
        r"(?:gets?|got|getting|being|been|was|is|were) (?:\w+ )?(?:beaten|battered|hit|thumped"
        r"|slapped"
        r"|knocked about|abused)(?: up)? by (?:her|his|their|my|your|the|a)\b(?! (?:pitch|ball|wave"
        r"|bus|car|storm))",
    ),
    concept(
        "moods_at_home",
        _A,
        "hid hide hidi mood myse stat temp when",
        rf"(?:depends|know|learned|learnt|tell|watch){gap(4)}(?:mood|state|temper) (?:he"
        rf"|she)(?:'s|'d"
        rf"| is| comes| gets)\b{gap(1)}|(?:hide|hid|hiding|lock(?:ed|s|ing)? myself) (?:\w+ "
        rf"){{0,4}}?(?:from (?:him|her|my (?:\w+ )?(?:husband|wife|partner|boyfriend|dad|father"
        rf"|stepdad))|when (?:he|she)(?:'s| is| comes| gets| starts))",
        is_own=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*SELF_HARM, *ABUSE, *VIOLENCE)
