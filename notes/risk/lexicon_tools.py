"""Triggers for self-harm by its tools and its marks."""

from notes.risk.concepts import Concept, concept, gap
from notes.risk.fields import BODY, ME, MEANT, MY, THE, TOOL
from notes.risk.findings import RiskCategory
from notes.risk.lexicon_wounds import BODY_HEADS, WEAK

_H = RiskCategory.SELF_HARM
_TOOL_HEADS = (
    "scis shea razo blad knif kniv penk scal stan box cutt ligh zipp matc cand need pin pins hat"
    " hatp safe"
    " draw thum tack comp prot glas shar mirr iron kett hob stov oven gril radi stra curl tong"
    " twee clip plie"
    " scre chis file nail sand grat peel fork spoo teas skew ciga fag fags cigg join belt whip"
    " cane rule stap"
    " hamm mall blea acid wire rubb elas hair pape pen nib biro penc tin can ring bott thor bram"
    " nett ice bric"
    " rock ston wall door"
)

TOOLS = (
    concept(
        "tool_on_body",
        _H,
        _TOOL_HEADS,
        rf"(?P<term>{TOOL}\b(?! (?:went|slipped|fell|jumped|flew|was|caught)){gap(6)}(?:on|to|into"
        r"|in(?! (?:my|the|me|your) (?:left |right |other )?hands?)|against|under|across|over"
        r"|along|through|down|up|at|round)"
        rf" {MY}(?:\w+ )?{BODY})(?! (?:bag|pocket|case))"
        rf"|{WEAK}(?: \w+){{0,3}}? (?:{TOOL}|point|tip|edge|end|spike)\b(?: \w+){{0,3}}? (?:on|to"
        r"|into|in"
        rf"|against|under|across|over|along|through|down|up) {THE}(?:\w+ )?{BODY}{gap(12)}{MEANT}",
    ),
    concept(
        "tool_on_self",
        _H,
        _TOOL_HEADS,
        rf"{TOOL}\b{gap(7)}(?:on|to|into|against) {ME}(?! (?:again for|at))|(?:us(?:e|ed|es|ing)"
        r"|reach(?:ed|ing)?"
        r" for|go(?:ing)? (?:for|to)|went (?:for|to|back to)|get(?:ting)? out|got out|had|have|hav"
        r"|took out) (?:the"
        r"|a|me|my|that|his|her|an old|some) (?:\w+ )?(?:razor|blade|raiser|razer|craft knife"
        r"|stanley|compass"
        rf"|scalpel|lighter|scissors){gap(14)}(?:my (?:leg|arm|thigh|wrist|stomach|hip|skin)\w*"
        r"|sting\w*|bleed"
        r"\w*|blood|breathe|on purpose|myself|again and again|calm\w*|relie\w+)",
    ),
    concept(
        "wounds_with_tool",
        _H,
        _TOOL_HEADS + " fing teet",
        r"(?:burn|cut|scratch|slash|prick|jab|stab|scrap|scor|carv|slic)\w* (?:it |me |bits |away "
        r"|at it )?with (?:a |the"
        rf" |my |me |an old )(?:\w+ )?{TOOL}\b|(?:open|unpick|pick|dig|scratch|scrap|peel|go)\w*"
        r" (?:it|them|at it|away at"
        rf" it|at them)(?: \w+){{0,3}}? with (?:a|my|the|me) (?:\w+ )?(?:{TOOL}|thumbnail"
        r"|finger\w*|teeth)\b",
    ),
    concept(
        "throws_self_at",
        _H,
        "bric conc door floo frid lock mirr stai step tile wall wind bott kerb bann",
        r"(?:throw|threw|fling|flung|hurl|chuck|launch|fall|slam|ram)\w* (?:(?:my|me)[ -]?sel\w+"
        r"|meself)? ?(?:deliberately"
        r" |on purpose )?(?:down|against|into|at|off) (?:the|a|them|my) (?:\w+ )?(?:stairs?|steps?"
        r"|wall|floor|door|bottom"
        r" \w+|kerb)\b|(?:nut(?:ted|ting)|headbutt\w*) (?:the|a|my) \w+|(?:punch\w*|put|hit|drove"
        r"|slam\w*|smash\w*)(?: \w+)"
        r"{0,3}? (?:wall|door|locker|tiles|brick\w*|concrete|mirror|fridge"
        rf"|windows?)\b{gap(9)}(?:knuckles?|bleed\w*|blood"
        rf"|bled|felt (?:good|better)|hurt(?:s|ing)? me|on purpose|to feel|broke my|until|till)",
    ),
    concept(
        "picks_until",
        _H,
        "dig pick scra claw peel bite bitt pinc burn rub scru punc hit bang squ",
        r"(?<!\w )(?:dig|pick|scratch|claw|peel|bite|pinch|burn|rub|scrub|punch|hit|bang)(?:ing|s"
        r"|ed)?(?: (?:at it|at them|them|it|away|and \w+))?"
        r" (?:till?|until)\b(?! (?:i (?:found|got|find)|we|they|he|she|\d|the (?:end|bus|train)))"
        r"|i (?:dig|pick|scratch|claw|peel|pinch|burn|scrub"
        r")(?: (?:at it|at them|them|it|away))? (?:till?|until)\b(?! (?:i (?:found|find)|\d))",
    ),
    concept(
        "kneels_on_stones",
        _H,
        "rice ston grav glas nail lent tack pebb thor nett",
        r"(?:kneel|neel|knelt|walk|lie|lay|sleep|stand|roll)\w* (?:on|in|into|over) (?:the |dry "
        r"|some |raw |those |sharp )*(?:rice|stones|gravel|glass"
        r"|nails|lentils|tacks|pebbles|thorns|nettles)\b(?! (?:path|drive|beach))",
        is_own=True,
    ),
    concept(
        "keeps_the_bruise",
        _H,
        BODY_HEADS + " purp deli till unti brui",
        r"bruis\w+(?:[^\w']+[\w']+){0,9}?[^\w']+i (?:hit|punch|press|thump|knock|poke|bang"
        r"|push)\w* (?:on |at )?(?:it|them)\b|(?:go|gone|went|been|go"
        rf"ing) at (?:the same|my|me) (?:\w+ )?{BODY}(?! (?:the gym|work))|(?:press|push|stick|jab"
        r"|stab|dig|prick|poke)\w* it (?:in|into|under|through)"
        rf"\b{gap(5)}(?:on purpose|till|until|deliberately|{BODY})",
        is_own=True,
    ),
    concept(
        "limb_on_heat",
        _H,
        "radi hob iron stov gril flam cand kett fire heat tap pipe oven",
        rf"(?:my |bare |me )(?:\w+ )?{BODY} (?:\w+ )?(?:on|against|to|over|under) the (?:hot"
        r" )?(?:radiator|hob|iron|stove|grill|flame|candle|kettle|fire"
        r"|heater|tap|oven|pipe)\b",
    ),
    concept(
        "until_it_splits",
        _H,
        BODY_HEADS,
        rf"(?:until|till?) (?:my|me|the) (?:own )?(?:\w+ )?{BODY} (?:split\w*|bleed\w*|bled|burst"
        r"|swell\w*|swoll\w*|broke|break|crack"
        r"\w*|go(?:es)? numb|went numb|(?:is|was|were|are|be) (?:raw|bleeding|numb|open|red"
        r"|black))",
    ),
    concept(
        "scalds_on_purpose",
        _H,
        BODY_HEADS + " cand flam tap taps hob stea boil scal",
        r"(?:put|hold|held|keep|kept|stick|stuck|run|ran|left|leave|pour\w*"
        rf"|drip\w*)(?:[^\w']+[\w']+){{0,5}}? {MY}(?:\w+ )?{BODY} (?:right )?(?:under|over"
        r"|in|into|against|on|near|to) (?:the |a )?(?:hot|boiling|scalding|tap|flame|candle"
        r"|lighter|kettle|steam|fire|hob|radiator|iron|stove|burner)\b"
        r"|(?:candle|flame|lighter|match|boiling water|hot (?:water|tap)|kettle"
        rf"|wax)\b(?:[^\w']+[\w']+){{0,8}}?[^\w']+(?:over|onto|on|against|under) {MY}(?:\w+"
        rf" )?{BODY}{gap(14)}{MEANT}",
    ),
    concept(
        "wants_it_to_break",
        _H,
        BODY_HEADS,
        rf"(?:want\w*|like|need\w*|wait\w* for) (?:my|the|me|it's the|those) (?:\w+ )?{BODY} to"
        r" (?:split|break|bleed|bruise|hurt"
        rf"|burn|crack|swell)|{BODY} (?:that )?i want(?:ed)? to (?:break|hurt|split|burn|cut)",
    ),
    concept(
        "starves_as_punishment",
        _H,
        "eat eati food meal star hung diet fast",
        r"(?:no food|don't eat|not eat\w*|starv\w*|skip\w* (?:meals?|food)|go(?:ing)? (?:without"
        r"|hungry)|stop\w* eating|won't"
        rf" eat|fast(?:ed|ing)?){gap(14)}(?:punish\w*|deserv\w*|pay for|must pay|make myself"
        r" suffer|penance|earn)",
        is_own=True,
    ),
    concept(
        "swallows_things",
        _H,
        "swal",
        r"swallow\w* (?:\w+ ){0,5}?(?:batter(?:y|ies)|glass|pins?|needles?|razor\w*|blades?|pens?"
        r"|lighters?"
        r"|magnets?|cutlery|spoons?|forks?|screws?|nails?|coins?|staples|(?:third|fourth|fifth"
        r"|next|last"
        r"|another)(?: one)?\b(?=[.,]|$))",
    ),
    concept(
        "snap_band",
        _H,
        "band snap elas",
        rf"(?:snap|ping|flick|twang)\w* (?:\w+ ){{0,4}}?(?:band|elastic|bobble){gap(14)}(?:welts?"
        r"|bleed\w*|blood|raw"
        r"|red|bruis\w+|skin|hurts?|sting\w*|double\w*)",
    ),
    concept(
        "opens_wounds",
        _H,
        "clos heali knit dres heal open pick reop scab stit sore ulce unpi woun bust cut cuts"
        " stin hurt blee burn",
        r"(?:i|i'm|i've|i'd|to|and|keep|kept|been|start|started) (?:\w+"
        r" ){0,3}?(?P<term>(?:re-?open(?:ed|ing)?"
        r"|unpick(?:ed|ing)?|pick(?:ed|ing)?|open(?:ed|ing)?|rip(?:ped|ping)?|pull(?:ed|ing)?"
        r"|tear(?:ing)?|tore"
        r"|bust(?:ed|ing)?|scratch(?:ed|ing)?|stop(?:ped|ping)?|undo(?:ing)?)(?: \w+){0,5}?"
        r" (?:scabs?|wounds?|stitches|ulcers?|cuts?\b|sores?|dressing|it heal\w*|them heal\w*"
        r"|healing))"
        r"(?! (?:for|by))|(?:don't|won't|can't|cannot|never|not|n't) let(?:ting)? (?:it|them|that"
        r"|this|my \w+)(?: \w+)?"
        r" (?:heal|close|scab|knit)\b|i like it (?:sore|to (?:hurt|sting|bleed|burn))|(?:soon|once"
        r"|when|every time) (?:as )?(?:it|they)"
        r" (?:scabs?|heals?|closes?)\w*(?: over| up)?,? i (?:have|pull|pick|take|rip|peel|open"
        r"|get) (?:it|them)",
    ),
    concept(
        "body_with_tool",
        _H,
        BODY_HEADS,
        rf"{MY}{BODY} with (?:a |the |my |me |an |some )(?:\w+ ){{0,2}}?{TOOL}\b|(?:been|keep|kept"
        r"|start\w*|by|still|end up|go|goes) (?:hitting|banging"
        r"|burning|cutting|scratching|pinching|scalding|knocking|hurting|slamming) (?:at |into"
        rf" )?{MY}(?:\w+ )?{BODY}(?! (?:short|nails|on the (?:cup|door"
        rf" frame|oven)))|bit(?:e|ing) {MY}(?:arms?|wrists?|knuckles?|legs?|forearms?)\b",
    ),
)

MARKS = (
    concept(
        "new_marks",
        _H,
        BODY_HEADS + " "
        "hip hips heal fade thig wris skin stom arm arms band brac brui burn cuff cut cuts dres"
        " glov hood jump line long lon mark nick plas scab scar"
        " scra slee stri tigh welt wrap",
        r"(?:i|i'm|i've|my|me|them|it|arms?|they) (?:\w+ ){0,5}?(?P<term>(?:hid(?:e|den|ing)?"
        r"|cover(?:ed|ing)?(?: up)?"
        r"|wear(?:ing)?|wore|keep|under|beneath|behind|bandag\w+|plaster\w*|with) (?:\w+"
        r" ){0,4}?(?:cuts|scars|marks"
        r"|burns|scabs|scratches|lines|welts|what i(?:'ve)? (?:do|did|done)|the (?:damage"
        r"|mess)))\b(?! (?:from the"
        r" (?:op|operation|surgery|accident)|out of ten|on (?:the|my) (?:test|essay)))"
        r"|(?:fresh|new|more|another|next|latest|yesterday's|last night's|today's) (?:one|ones"
        r"|cuts?|lines?|marks?"
        rf"|scars?|burns?|row|rows|set)\b{gap(8)}(?:arms?|legs?|thighs?|wrists?|hips?|skin|stomach"
        r"|sleeves?|old"
        r" (?:one|ones)|fade\w*|heal\w*)",
    ),
    concept(
        "back_to_harm",
        _H,
        "hitt burn scra biti slap pick punc hurt harm "
        "agai back bad cutt do doin habi one stop urge started star old",
        r"(?:start(?:ed)?|back (?:to|at)|gone back|went back|still|been|can't stop|couldn't stop"
        r"|slipped|relapsed"
        r"|given in|gave in)(?: \w+){0,3} (?:doing (?:it|that) (?:to myself|again)|doing my"
        r" (?:arms?|legs?|thighs?)"
        r"|(?:hurting|cutting|burning|scratching|harming|punching|biting|picking|slapping|hitting)"
        r" (?:my\w*|me"
        r"|again|too|\w+ again))|(?:did|done|do|doing) (?:my|me) (?:arms?|legs?|thighs?|wrists?"
        r"|stomach|hips?)\b(?! (?:exerc"
        r"|workout|day|stretch|session|physio|weights|at the gym|in the gym|on the))",
    ),
    concept(
        "takes_it_out_on_limb",
        _H,
        BODY_HEADS,
        rf"(?:tak(?:e|ing|en)|took|takes) it out on {MY}(?:\w+ )?{BODY}|pour\w* (?:\w+"
        r" ){0,2}?(?:boiling|hot|scalding) (?:water|tea|oil|wax)"
        rf" (?:on|over|down) {MY}(?:\w+ )?{BODY}",
    ),
    concept(
        "again_on_limb",
        _H,
        BODY_HEADS + " cut cutt",
        rf"(?:did|done|doing|do) (?:it|that)(?: again)? (?:to|on) {MY}{BODY}|(?:scrape|drag|rub"
        rf"|grate)\w* {MY}{BODY} (?:along|against|on|down|over) the"
        r" (?:wall|bricks?|tarmac|concrete|pavement|carpet)|i (?:squeeze|slam|close|trap) (?:my"
        r"|me) (?:hands?|fingers?|foot) in (?:the|a) (?:\w+ )?(?:drawer"
        r"|door|vice|hinge|gate)|(?:upstairs|bathroom|my room|shed) and (?P<term>cut)\b(?=[.!?,]"
        r"|$)|since i (?P<term2>cut)\b(?! (?:down|out|back|off|my hair"
        r"|the|contact|ties))|(?:itching|dying|desperate|longing) to cut\b(?! (?:down|back|my"
        r" hair|the))",
    ),
    concept(
        "blade_out",
        _H,
        "blad razo cutt burn bloo pain ligh",
        r"(?:got|had|took|have|keep|kept|getting|hid|hide|hidden|used|using|use|need|want) (?:the"
        r"|a|my|me|one) (?:\w+ )?(?:razor )?(?:blades?|razor)\b"
        r"(?: \w+)? (?:out|again|back|in my|under my|on (?:my|me))|(?:razor|blade|cutting|burning"
        r"|blood|the pain|lighter) (?:helps|calms|quiets"
        r"|soothes|settles|works for me|is the only (?:thing|one))\b",
        is_own=True,
    ),
    concept(
        "likes_the_pain",
        _H,
        "spli brui brea bleed blee bloo burn hurt pain sting stin",
        r"(?:want(?:ed|ing|s)?|like|need(?:ed|ing|s)?|love|crave|enjoy\w*|for|chase|chasing"
        r"|deserve[sd]?|just) (?:it|"
        r"the|to|that|some|more|my \w+|them) (?:\w+ ){0,2}?(?P<term>(?:to hurt|hurt(?:s|ing)?\b(?!"
        r" (?:less|him|her|them|any"
        r"|people|my|me))|pain\b(?! (?:relief|clinic|to (?:stop|go)|away|gone|killers?|meds|to end"
        r"|over))|sting|burn"
        r"\b|to bleed|to split|to bruise|to break|blood\b(?! (?:test|pressure|results))))"
        r"(?! (?:less|to (?:stop|go|end)|relief|killers?|gone|away))",
        is_own=True,
        needs_topic=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*TOOLS, *MARKS)
