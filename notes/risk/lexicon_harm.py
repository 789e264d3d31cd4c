"""Triggers for harm: to oneself, to others, and suffered."""

from notes.risk.concepts import OWN, PERSON, ROLE, SELF, Concept, concept, gap
from notes.risk.findings import RiskCategory

_H = RiskCategory.SELF_HARM
_V = RiskCategory.VIOLENCE
_A = RiskCategory.ABUSE
_D = RiskCategory.SUBSTANCE
_ME = r"(?P<who>me|us|you)\b"
_THEY = (
    rf"(?:he|she|they|who|someone|somebody|anyone|anybody|(?:my|your|his|her|the) (?:\w+ )?{ROLE})"
)

SELF_HARM = (
    concept(
        "self_harm_word",
        _H,
        "self sh",
        r"self[ -]?(?:harm\w*|injur\w*|mutilat\w*|(?<=self )arm\b|arm(?:ing|ed)\b|destructive"
        r" cutting)",
    ),
    concept(
        "harm_self",
        _H,
        "bite biti burn cut cuts cutt harm hit hits hitt hurt inju punc scra",
        rf"(?:hurt(?:s|ing)?|harm(?:s|ing|ed)?|injur(?:es?|ing|ed)|cut(?:s|ting)?|burn(?:s|ing|ed"
        rf"|t)?|scratch\w*"
        rf"|punch\w*|hit(?:s|ting)?|bit(?:es?|ing)) {SELF}",
    ),
    concept(
        "cut_body",
        _H,
        "cut cutt cuts carv slic burn scra",
        rf"(?:cut(?:s|ting)?|carv\w+|slic\w+|burn(?:ing|ed|t)?|scratch\w*) (?:on |into |up )?{OWN}"
        r"(?:\w+ )?(?:arms?|wrists?|legs?|thighs?|skin|stomach|hips?|ankles?|forearms?)\b",
    ),
    concept(
        "cutting",
        _H,
        "cut cutt",
        r"cutting\b(?! (?:other|board\w*|room|people's|blog|someone|words|remarks?|comments?|back"
        r"|down|corners|off|out|edge|board|the|my|through|it|class|hair|grass"
        r"|carbs"
        r"|into|ties|a|an|up|contact|people|him|her|them|myself|yourself|himself|herself)\b)"
        r"|(?:urges? to|want(?:ed)? to) (?:just )?cut\b(?! (?:back|down|corners|off|out|class|my"
        r"|the|it|hair|him|her|them|ties|into|myself))"
        r"|(?:haven't|havent|have not|didn't|want(?:ed)? to|started to|i|to) (?P<term>cut)"
        r"(?= (?:again|in \w+|for \w+|since|as a|lately|last)\b|[.,!?]|$)",
    ),
    concept(
        "wounding",
        _H,
        "arm arms burn cuts face fist head leg legs scal scar scra skin stom thig",
        r"(?:fresh|new|some|more|these|the) (?:cuts|scratches|burns)\b(?: \w+){0,2} (?:on|under|up"
        r"|down|all over) (?:my|your|this|the)"
        rf"|(?:pick|scratch|dig|claw|peel)\w*{gap(4)}(?:my|your) (?:skin|arms?|legs?"
        rf"|scalp){gap(6)}(?:bleed\w*|blood|raw|on purpose)"
        r"|(?<!he )(?<!they )(?:hit|hitting|punch\w*|slam\w*|smack\w*|pinch\w*|stab\w*) (?:my"
        r"|your) (?:\w+"
        r" )?(?:thighs?|legs?|arms?|head|face|stomach)"
        rf"{gap(3)}(?:fists?|until|on purpose|over and over|when i|wall|to feel)",
        is_own=True,
    ),
    concept(
        "head_banging",
        _H,
        "bang",
        rf"bang(?:ed|ing|s)? {OWN}head",
    ),
    concept(
        "blade",
        _H,
        "razo blad ligh knif",
        r"(?:us(?:e|ed|ing)|tak(?:e|ing)|took|put(?:ting)?) (?:a|the|my) (?:\w+ )?(?:razor|blade"
        r"|lighter"
        rf"|knife)s?\b{gap(2)}(?:on|to|against) {OWN}",
    ),
)

ABUSE = (
    concept(
        "substance_abuse",
        _D,
        "abus misu use",
        r"(?:substance|alcohol|drug|medication|prescription) (?:ab|mis)us(?:e|ing)|(?:substance"
        r"|drug) use\b",
    ),
    concept(
        "safe_at_home",
        _A,
        "safe",
        r"safe (?:at (?:home|your|my)|with (?:him|her|them|your|my)\b"
        r"|in (?:your|my|the|this|that|our) (?:own )?(?:home|house|relationship|marriage))",
        is_inverse=True,
    ),
    concept(
        "hurt_me",
        _A,
        "hit hits hitt beat slap punc kick chok stra shov push grab rape rapi mole grop thre assa"
        " abus"
        " thro hurt atta bit bite stal burn kill",
        rf"{_THEY}(?:'s|'ll|'d)?{gap(5)}(?P<term>(?:hit(?:s|ting)?|beat(?:s|ing|en)?|slap\w*"
        rf"|punch\w*"
        r"|kick\w*|chok\w+|strangl\w+|shov\w+|push(?:es|ed|ing)?|grab\w*|rap(?:e|ed|es|ing)"
        r"|molest\w*"
        r"|grop\w+|threaten\w*|assault\w*|abus\w+|thr(?:ew|ows?|own)|hurt(?:s|ing)?|attack\w*"
        rf"|bit(?:es)?|stalk\w*|burn(?:s|ed)?|kill) {_ME})"
        r"(?! (?:on the back|up\b(?! (?:last|again|when|on))|out\b|off\b|to (?:be|do|go|try|get"
        r"|take|work|see|keep"
        r"|talk)|at\b|a\b|an\b|some\b|hard|that|like|over the edge|under the bus|with (?:the|a|his"
        r"|her)"
        r" (?:news|question|bill|look)|because|by (?:leaving|saying|not)|so much|deeply|emotionally"
        r"|that way|and my feelings|as a friend|when (?:he|she|they) (?:forgot|said|left|didn't"
        r"|lied|cheated|ignored|laughed)|for|if i'm late|when (?:i tell|she sees)))",
    ),
    concept(
        "was_abused",
        _A,
        "rape mole abus assa beat grop hit chok atta negl traf stal",
        r"(?P<who>i|you|we)(?:'ve| was| were| got| have| had|'d|'re|'m| am| are)(?: [\w']+){0,3}?"
        r" (?:raped"
        r"|molested|abused|assaulted|beaten|groped|choked|trafficked|stalked)\b",
    ),
    concept(
        "abuse_word",
        _A,
        "abus dome ince inci mole negl rape viol",
        r"abus(?:e|ed|es|ive|er|ing)\b|molest\w*|raped?\b|incest\w*|domestic violence"
        r"|neglect(?:ed)?\b"
        r"|violence (?:or abuse )?(?:at home|in (?:your|the|my) (?:home|house|relationship"
        r"|marriage))",
    ),
    concept(
        "abusive_person",
        _A,
        "viol abus",
        rf"{_THEY}(?:'s| is| was| gets| got| can be| became| has been)? (?:\w+ )?(?P<term>violent"
        rf"|abusive)\b"
        r"(?! (?:to|towards?|with) (?!me|us|you))",
        is_own=True,
    ),
    concept(
        "afraid_of_person",
        _A,
        "afra scar terr frig",
        rf"(?:afraid|scared|terrified|frightened)\b{gap(4)}(?:(?:to|of) (?:go|be|com|going|being"
        rf"|coming)"
        r"(?:e|ing)? (?:back )?(?:home|alone with (?:him|her|them))"
        r"|of what (?:he|she|they)(?:'ll| might| will| could| would|'d)\b (?:do|say if)"
        r"|of (?:him|her|my (?:\w+ )?(?:husband|wife|boyfriend|girlfriend|partner|father|dad"
        r"|stepdad"
        r"|stepfather))\b(?! (?:leaving|dying|being|getting|finding|judging|not|going|losing|seeing"
        r"|thinking|hurting|killing|relapsing)))",
    ),
    concept(
        "hand_on",
        _A,
        "fing hand",
        r"(?:laid|lays?|put|puts|raised|raises) (?:a |his |her |their )?(?:finger|hands?) (?:on|to)"
        rf" {_ME}",
    ),
    concept(
        "forced",
        _A,
        "forc touc",
        rf"forc(?:ed?|es|ing) (?:himself|herself|themselves) on {_ME}",
    ),
    concept(
        "forced_sex",
        _A,
        "forc touc",
        rf"(?:forc(?:ed?|es|ing) {_ME} (?:to have sex|to do (?:things|sexual)))",
    ),
    concept(
        "touched",
        _A,
        "touc",
        rf"(?:keeps?|kept|started) (?:on )?touching (?:me|us|you)\b|touch(?:ed|es|ing) {_ME}"
        rf" (?:inappropriately|sexually|down there|when (?:i was|you"
        rf" were))",
        is_own=True,
    ),
    concept(
        "held_captive",
        _A,
        "let lets lock",
        rf"(?:won't|doesn't|didn't|wouldn't|never) lets? {_ME} (?:leave|out\b|go out|see (?:my "
        rf"|your )?"
        rf"(?:friends|family)|have (?:money|a phone))",
        is_own=True,
    ),
    concept(
        "restrained",
        _A,
        "chas corn drag held hold let pinn pins pull spat spit thre thro",
        r"(?:pin(?:s|ned)|held|holds|hold|drag(?:s|ged)|corner(?:s|ed)|chas(?:es|ed)) (?P<who>me"
        r"|us|you) (?:down|against|by|around|across|into|with)"
        r"|(?:won't|wouldn't|didn't|doesn't) let (?:me|us|you) (?:up|go|move|out of)\b"
        r"|(?:throws?|threw|throwing) (?:[\w']+ ){1,3}?at (?:me|us|you)\b|sp(?:it|at|its) (?:on"
        r"|at) (?:me|you)\b"
        r"|pull(?:s|ed) (?:me by )?(?:my|your) hair",
        is_own=True,
    ),
    concept(
        "controlled",
        _A,
        "allo conf cont keep take",
        r"(?:takes|controls|keeps|confiscates) (?:all )?(?:of )?my (?:\w+ )?(?:paychecks?|money"
        r"|wages|salary|bank card|cards|passport"
        r"|documents)|(?:i'm|i am) not allowed to (?:leave|see|work|go out|have|talk)"
        r"|(?:doesn't|won't) allow me to (?:leave|see|work|go out|have|talk)",
        is_own=True,
    ),
    concept(
        "sexual",
        _A,
        "room bed made make cons unwi say said",
        r"(?:comes?|came|coming|gets?|got) in(?:to)? my (?:room|bed) (?:at night|when|and touch)"
        r"|(?:made|makes|make) me (?:touch|undress|have sex|do (?:sexual|things (?:in bed|to"
        r" him)))|without my consent"
        r"|(?:when|though|even if) i (?:say|said) no\b",
        is_own=True,
    ),
    concept(
        "left_alone",
        _A,
        "left leav",
        r"(?:left|leav(?:e|ing)) (?:the|my|our) (?:\w+ )?(?:kids?|children|baby|son|daughter)"
        r" (?:home |at home )?alone",
    ),
)

VIOLENCE = (
    concept(
        "kill_other",
        _V,
        "kill murd stab shoo shot stra chok atta",
        rf"(?:kill(?:ing|ed)?|murder\w*|stab\w*|shoot(?:ing)?|shot|strangl\w+|chok(?:e|ed|ing)"
        rf"|attack\w*)"
        rf" {PERSON}(?!')(?! (?:off|process|an? (?:email|text|message|look|note)|in the back))",
    ),
    concept(
        "hurt_other",
        _V,
        "hurt harm",
        rf"(?:want\w*|going|gonna|might|will|thoughts?|think\w*|urges?|afraid|scared|fantas\w+"
        rf"|imagin\w+"
        rf"|feel(?:ing)? like|could|would|wouldn't|i'd|never|intend\w*|plan\w*|like|to){gap(4)}"
        rf"\W*(?P<term>(?:hurt|hurting|harm|harming) {PERSON})(?!'s feelings)",
    ),
    concept(
        "harm_to_others",
        _V,
        "anyb anyo else harm hers hims hurt myse othe self some them your",
        r"(?:hurting|harming) (?:others|someone|anyone|somebody|anybody|other people)(?: else)?\b"
        r"(?!'s feelings)|harm to others|\w*sel(?:f|ves),? or (?P<term>others|someone else|anyone"
        r" else"
        r"|somebody else|other people|someone|anyone|anybody)\b",
    ),
    concept(
        "hit_other",
        _V,
        "hit hitt punc slap kick shov beat push smac",
        rf"(?:hit(?:ting)?|punch(?:ed|ing)?|slap(?:ped|ping)?|kick(?:ed|ing)?|shov(?:e|ed|ing)"
        rf"|beat(?:ing|en)?(?: up)?|push(?:ed|ing)?|smack(?:ed|ing)?) {PERSON}"
        r"(?! (?:at|to|up (?:for|about|later)|out|away|off|for|with the news|in (?:a|the) (?:game"
        r"|race))\b)",
    ),
    concept(
        "assault",
        _V,
        "bash brea brin cav cav chok crac crap drag grab grou hand hell hosp kick out "
        "pinn put scho shak shit shoo shot shov slam smas snap thre thro work"
        " hand brin",
        r"(?:smash|bash|break|crack|snap|cav|kick)\w* (?:in )?(?:his|her|their|someone's|that"
        r" \w+'s) (?:\w+ )?(?:skull|face|head"
        r"|neck|throat|teeth|jaw|nose)"
        rf"|(?:shook|shaking|slammed|choked|pinned|dragged|grabbed) {PERSON} (?:by|around the"
        rf"|against|down|hard)"
        rf"|(?:shook|shaking) (?:him|her|them|my (?:\w+ )?{ROLE})\b(?! (?:hands?|head|up))"
        rf"|put {PERSON} in (?:the ground|a grave|the hospital|hospital)"
        rf"|(?:beat|kick|knock)\w* the (?:hell|crap|shit|life|daylights|living \w+) out of {PERSON}"
        rf"|threw (?:(?:\w+ ){{1,3}}?at )?{PERSON}(?! (?:a|an|out|off|some)\b)|threaten(?:ed|ing)?"
        rf" {PERSON}|put my hands on (?:her"
        rf"|him|my|them)"
        r"|(?:bring|take|brought|took) (?:a|my|the) (?:gun|knife) to (?:school|work)|shoot(?:ing)?"
        r" up (?:the|my|that)",
    ),
    concept(
        "revenge",
        _V,
        "hurt pay reve suff teac",
        r"(?:make|making) (?:him|her|them) (?:pay|suffer|hurt)|going to pay for|(?:get|got|want)"
        r" (?:my )?"
        r"revenge|teach (?:him|her|them) a lesson",
        is_own=True,
    ),
    concept(
        "violent_urges",
        _V,
        "homi viol",
        r"homicid\w*|violent (?:thoughts?|urges?|fantas\w+|impulses?)|thoughts of violence"
        r"|(?:i|you) (?:\w+ )?(?:get|got|become|became|was|were|been|turn\w*) (?:\w+"
        r" )?(?P<term>violent)",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*SELF_HARM, *ABUSE, *VIOLENCE)
