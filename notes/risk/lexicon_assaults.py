"""Triggers for violence done: blows, wounds, what became of the other person, cruelty."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.vocabulary import BODY, SOMEONE, SOMEONE_NOUN, WEAPON, heads, inflected

_V = RiskCategory.VIOLENCE

# Verbs that mean harm with any person as their object.
_STRIKE = (
    "headbutt head-butt butt nutt nut chin deck lamp clock clout clobber belt thump smack wallop"
    " batter bash biff bottl glass shov throttl strangl chok smother suffocat drown stab shank knif"
    " slash whip whack trip pinch cuff scald punch slap kick stamp ram trampl poison"
    " torch maul maim"
    " tasered taser garrott pistol-whip cosh kneecap scratch claw elbow knee spit spat"
    " bit bite biting"
    " hit hitting assault attack leather hammer"
)
_STRUCK = inflected(_STRIKE)
_FILL = (
    r"(?:(?:out (?:at|of)|at|into|on|up|the (?:\w+ )?(?:hell|shit|crap|daylights|life"
    r"|head|face) (?:out|off) of|poor|bloody|fucking|stupid|both|all of) )?"
)
_NOT_MEANT = (
    r"(?! (?:off (?:my|the) (?:list|books)|(?:by|with) (?:accident|mistake|a feather"
    r"|kindness)|on the (?:back|shoulder)|up for|in (?:the|a) (?:game|match|race|scrum)"
    r"|at (?:tennis|chess|cards|scrabble|darts|snooker|golf|football)|(?:six|five|four"
    r"|three|two|one)[- ]nil|with (?:the|a) (?:news|question|bill|pillow fight)|again in"
    r" the final))"
)

ASSAULTS = (
    concept(
        "struck_someone",
        _V,
        heads(_STRIKE),
        rf"{_STRUCK} {_FILL}(?:{SOMEONE}|(?!to\b|the\b|me\b|us\b|you\b|my\b)\w+ in the"
        rf" (?:{BODY}|guts|nuts|balls)\b){_NOT_MEANT}",
    ),
    concept(
        "struck_body",
        _V,
        heads(
            _STRIKE
            + " knock close shut trap slam put took  broke smash split crack burst bust bloodied"
            " twist snap"
        ),
        rf"(?:{_STRUCK}|(?:broke|knock|clos|shut|trap|slam|smash|split|crack|burst|bust"
        rf"|bloodied|twist|snap)\w*) (?:in )?"
        rf"(?:his|her|their|someone's|the (?:kid|lad|fella|bloke|man|guy|boy|girl)'s|that \w+'s"
        rf"|my (?:\w+ )?{SOMEONE_NOUN}'s) (?!own\b)(?:\w+ )?{BODY}\b",
    ),
    concept(
        "by_the_throat",
        _V,
        "thro hair neck scru coll wind",
        r"(?:had|got|grabb\w*|took|held|picked up|lifted|dragg\w*|caught|hauled|swung)"
        r" (?!me\b|us\b)(?:[\w']+ ){1,4}?(?:up )?by (?:the|his|her|their) (?:throat|hair"
        r"|neck|scruff|collar|windpipe|ears?)\b"
        r"|hands?\b[^.]{0,30}?\b(?:want\w*|itch\w*|ach\w*|long\w*"
        r"|clos\w*)\b[^.]{0,20}?\b(?:neck|throat)\b",
    ),
    concept(
        "tampered",
        _V,
        "rope brak nuts flas food tea coff drin soup dinn tabl gas loos ladd",
        r"(?:put|putting|slipp\w*|tipp\w*|stirr\w*|pour\w*|crush\w*|grind\w*|ground"
        r"|dropp\w*) (?:\w+ ){1,4}?(?:in|into) (?:his|her|their|(?!my)\w+'s) (?:\w+"
        r" )?(?:flask|food|tea|coffee|drink|soup|dinner|water|sandwich\w*|tablets|medicine"
        r"|bottle|feed|insulin|curry|porridge)\b(?! (?:because (?:he|she) asked|as (?:he"
        r"|she) likes))"
        r"|(?:loosen\w*|cut|cutting|slash\w*|tamper\w*|undid|unscrew\w*|drain\w*) (?:\w+"
        r" ){0,3}?(?:wheel ?nuts?|brakes?|brake (?:line|pipe|cable|fluid)s?|tyres?|ladder"
        r"|gas (?:pipe|hose|tap)|rope|harness)\b|wheel nuts\b",
    ),
    concept(
        "hired_harm",
        _V,
        "legs arms brea "
        + "pull quot paid pay pric cost man lads nephe fell lad bloke hitm cont half neph boys"
        " cous",
        r"(?:quote|price|paid|pay(?:ing)?|asked|found|hired?|hiring|got|sent|sending|know"
        r"|phoned|rang) (?:[\w']+ ){0,8}?(?:break(?:s|ing)?|hurt|visit|kill|sort|legs"
        r"|kneecaps?|teach|deal with|do (?:him|her|them)|rough|frighten|finish|cut|burn|beat"
        r"|never (?:play|walk)s?)\b[^.]{0,20}?(?:(?:his|her|their)(?: both)? (?:legs|arms"
        r"|hands|face|knees|fingers|house|car)|him\b|her\b|them\b|both (?:his|her) legs"
        r"|again)(?! (?:a (?:lesson|song)|with (?:my|the) (?:plumb|solicitor|lawyer"
        r"|council)))"
        r"|half up front\b|\bhitman\b|paid (?:him|her|them|that \w+) a visit\b"
        r"|(?:somebody|someone|a man|men|lads) (?:to )?breaks? (?:both )?(?:of )?(?:his|her"
        r"|their) (?:legs|arms|hands|fingers)",
    ),
    concept(
        "street_words",
        _V,
        "sigh poki poke wet wett dip dipp juk chin chef shan duppy smok slid ride spin holdi"
        " hold strap tool lick splas step",
        r"(?:pok(?:e|ing)|wet(?:ting)?|dipp?(?:ing)?|juk(?:ing)?|ching(?:ing)?"
        r"|cheff?(?:ing)?|duppy(?:ing)?|smok(?:e|ing)|slid(?:e|ing) on|spin(?:ning)?"
        r"|splash(?:ing)?) (?:him|them|dem|man|her|you)\b(?! (?:out|a (?:cigar|joint)|round"
        r"|in the (?:pool|sea|bath)))|get(?:ting)? (?:wet|dipped|poked|chefed|cheffed"
        r"|splashed|smoked|slid on)(?: up)?\b(?= (?:up|saturday|friday|on sight|tonight|next"
        r"|soon))|\bon sight\b(?! (?:of|reading))|(?:i'm|im|man's|mans) (?:holding|strapped"
        r"|tooled|carrying|tooled up)\b(?! (?:on|my|the|a|it|her|him|back|hands|out|up"
        r" (?:well|ok)|for|down|this|that|off)\b)|(?:step|stepping|go|walk|leave|leaving)"
        r" (?:\w+ )?out (?:\w+ )?without (?:it|one|my (?:blade|ting|shank|knife))\b"
        r"|lick(?:ed)? (?:she|he|dem)\b",
    ),
    concept(
        "went_for_someone",
        _V,
        "boys came drop off let swer aim aime stee acce pull drag haul put run runn ran "
        + "came flew flyi goin gone lose lost went swun swin lung laun land laid layi lay set"
        " sett piled pile wade star jump ran run drov driv",
        rf"(?:went|going|go|gone|flew|lunged|launched|launch|swung|swing|swinging|came|come"
        rf"|took a (?:swing|pop)|lashed out|lash out|let fly|had a swing) (?:(?:right"
        rf"|straight|out|myself) )?(?:for|at) {SOMEONE}"
        rf"(?! (?:advice|help|birthday|christmas|a (?:coffee|drink|walk|job|visit)|about"
        rf"|weekend|the|dinner|lunch|tea))"
        rf"|(?:laid|lay|laying|lays|tore|piled|waded|ripped|plough\w*|drove|driv\w+|ran|set)"
        rf" (?:into|about|over|down|the (?:dog|dogs|car) (?:on|at)) {SOMEONE}"
        rf"|ran {SOMEONE} (?:off (?:the|his|her)|over|down)\b|landed one on {SOMEONE}"
        rf"|(?:floored|felled|sparked) {SOMEONE}(?: out)?(?! (?:a (?:line|text|note|hint)"
        rf"|off|with (?:the|that|a)|at|home))"
        rf"|(?:knock(?:ed)?|laid|lay|spark(?:ed)?) {SOMEONE} (?:out|flying|down|over|clean"
        rf" out|cold|spark out|to the (?:ground|floor))\b"
        r"|let (?:him|her|them) have it\b(?! (?:back|for free))|(?:swerv\w*|aim(?:ed|ing)?"
        r"|steer(?:ed|ing)?|drove|driv(?:e|ing)|accelerat\w*) (?:\w+ )?(?:(?:straight|right)"
        r" )?(?:at|into) (?:him|her|them|the (?:man|woman|lad|cyclist|kids?|crowd|queue|bus"
        r" stop))\b|(?:pulled|dragged|hauled|pull|drag|get|got) me off\b(?= (?:him|her|them"
        r"|they|and|of)|\W*$)|put (?:his|her|their) (?:face|head|hand) (?:in|on|through|into"
        r"|under|down) the\b|r(?:an|unning|un) (?:[\w']+ ){1,3}over\b(?=[^.]{0,40}(?:revers"
        r"|again|purpose|good|meant))",
    ),
    concept(
        "manhandled_someone",
        _V,
        "hair neck arou drag grab held hold pinn push shak shoo shov thre thro slam chuc"
        " lobb put dang hurl fling flun squee sque grip",
        rf"(?:grab\w*|held|hold\w*|pinn\w+|push\w*|shak\w*|shook|shov\w*|threw|throw\w*"
        rf"|slamm?\w*|dragg?\w*|pull\w*|had|put|dangl\w*|hurl\w*|flung|squeez\w*|gripp?\w*"
        rf"|lift\w*) {SOMEONE}"
        r" (?:\w+ )?(?:by (?:the|his|her|their) (?:throat|neck|hair|scruff|collar|ears?"
        r"|arms?|ankles?|wrists?|shirt|jumper)"
        r"|(?:up )?against (?:the|a)|down (?:the|till|until|on|by|under)|(?:into|through"
        r"|across|at|onto|over) (?:the|a|his|her) (?:\w+ )?(?:wall|door|window|stairs?|floor"
        r"|table|room|fridge|sink|bath|bonnet|car|ground|radiator|banister|balcony|road"
        r"|traffic|wardrobe|glass)"
        r"|out (?:of )?(?:the|a) window|under(?:water| the water)|in (?:a )?(?:headlock"
        r"|chokehold)|till|until|like a rag)"
        rf"|(?:threw|throw|throwing|chuck\w*|lobb\w*|hurl\w*|flung|launch\w*) (?:[\w'-]+"
        rf" ){{1,5}}?at {SOMEONE}"
        r"|(?:my )?hands? (?:\w+ )?(?:round|around|on|over|at) (?:his|her|their|the \w+'s"
        r"|its) (?:\w+ )?(?:neck|throat|mouth|windpipe)"
        r"|put (?:my|a) (?:hands?|fists?|foot|boot|elbow) (?:on|to|in|into|through) (?:him"
        r"|her|them|his|my (?:wife|partner|girlfriend|son|daughter|kids?))",
    ),
    concept(
        "gave_a_beating",
        _V,
        "gave give givi got land leat taug dish",
        r"(?:gave|give|giving|gives|given|handed|dished out) (?!me\b|us\b)(?:\w+ ){1,4}?(?:a"
        r" |an |one )?(?:\w+ )?(?:slap|hiding|kicking|battering|beating|thrashing|clip round"
        r"|clout|thump|smack|black eye|bloody nose|fat lip|broken (?:nose|jaw|arm)|pasting"
        r"|leathering|dig|belt|backhander|headbutt|stitches|scar|working over|concussion"
        r"|good shake)\b",
    ),
    concept(
        "what_became_of_them",
        _V,
        "alic fell grou ambu brea bruis conc crut eati fed food hosp icu inte jaw limp plate"
        " stit stra surg vent walk whee wire coma tube teeth",
        r"(?:he|she|they|fella|bloke|lad|guy|other (?:fella|guy|bloke|one|lad|girl))(?:'s"
        r"|'ll| is| was| will| won't| has| had| needed| got| ended up| went| left| came out|"
        r" can't| couldn't)*(?: \w+){0,4}?"
        r" (?:drinking (?:his|her) (?:dinner|tea)|through a straw|in (?:a coma|intensive"
        r" care|icu|hospital|a and e)(?= (?:because of me|cos of me|and i|'cause of me))"
        r"|stitches (?:cos|because) of (?:me|what i)|(?:his|her) jaw wired|won't be walking"
        r"|walk again|with (?:his|her) (?:pelvis|jaw|arm|leg|face|skull) in (?:bits|plaster"
        r"|a cast))"
        r"|(?:you (?:want to|should) see the other (?:fella|guy|bloke|lad|one|girl))"
        rf"|(?:put|left|sent|landed) {SOMEONE} (?:in|to|into|on) (?:\w+ )?(?:hospital|a and"
        rf" e|a&e|icu|intensive care|a coma|a wheelchair|the (?:ground|ward|floor|pavement"
        rf"|ditch|river)|crutches|traction)",
    ),
    concept(
        "on_a_charge",
        _V,
        "abh bail char gbh arre affr tag remand cau",
        r"(?:on bail|charged|arrested|up in court|cautioned|done|nicked|lifted|on (?:a )?tag"
        r"|on remand)(?: \w+){0,3} (?:for|with) (?:\w+ )?(?:assault|gbh|abh|affray|battery"
        r"|wounding|threats|harassment|stalking|arson|malicious|hitting|punching|glassing"
        r"|stabbing|common assault)"
        r"|(?:gbh|abh)\b(?= (?:charge|on|again))",
    ),
    concept(
        "weapon_used",
        _V,
        "cot aime draw drew held hold pick poin pull wave wavi brand lift swun swing took take",
        rf"(?:pull(?:ed|ing)?|drew|aim(?:ed|ing)?|point(?:ed|ing)?|wav(?:ed|ing)|brandish\w*"
        rf"|swung|swing\w*|held|hold\w*|lift(?:ed|ing)?|rais(?:ed|ing)|put|took|pick(?:ed"
        rf"|ing) up|grabb?\w*|us(?:ed|ing)) (?:(?:a|an|the|my|his|me|this|that) )(?:[\w'-]+"
        rf" ){{0,3}}?(?:{WEAPON}|iron|pan|kettle|pillow|cushion|stick|belt|pitchfork)\b"
        rf"(?:[^.]{{0,30}}? (?:on|at|to|over|between|against|above) (?:(?:his|her|their)"
        rf" (?:throat|neck|face|head|chest|ribs|back|mouth)|us\b|{SOMEONE}|the (?:cot|crib"
        rf"|baby|bed)))"
        rf"|(?:stood|standing|was|knelt|sat)(?: \w+)? over (?:{SOMEONE}|the (?:cot|crib|bed"
        rf"|moses basket))[^.]{{0,40}}? with (?:a|the|my) (?:\w+ )?(?:{WEAPON}|pillow"
        rf"|cushion|iron)"
        rf"|with (?:a|the|my|me) (?:\w+ )?(?:{WEAPON}) (?:to|at|against) (?:his|her|their)"
        rf" (?:throat|neck|head|face|ribs|back)",
    ),
    concept(
        "cruel_to_animal",
        _V,
        "pinc catc caug cut pull frog kitt wing legs "
        + "kick drow stra thre swun hurt held burn hit stam put tie tied pois shot skin shut"
        " choke lock",
        r"(?:kick(?:ed|ing)?|drown(?:ed|ing)?|strangl\w+|threw|swung|hurt(?:ing)?|burn(?:ed"
        r"|t|ing)|hit|stamp\w* on|poison(?:ed|ing)|chok(?:ed|ing)|held|squeez\w+|set fire to"
        r"|tortur\w+|microwav\w+|skinn(?:ed|ing)|tied|shut)"
        r" (?:the|my|her|his|their|next door's|a|our|that|mum's|dad's|nan's) (?:[\w']+"
        r" ){0,2}?(?:dog|cat|kitten|puppy|pup|hamster|rabbit|guinea pig|budgie|bird|horse"
        r"|pony|frog|gerbil|mouse|parrot|donkey|goat|hens?)\b(?! (?:for|in for|up (?:to"
        r"|outside)|out|on (?:a|the) lead|to the))"
        r"|pinch(?:ed|ing)? (?:it|him|her|them) (?:when|hard|under|till|until|so)|(?:catch"
        r"|caught|keep|kept|cut|pull\w*|pick\w*) (?:\w+ ){0,3}?(?:frogs|legs off|wings off"
        r"|kitten|birds|mice)\b[^.]{0,60}?(?:slow|like it|bag|burn|die|water)",
    ),
    concept(
        "fire_set",
        _V,
        "fire pour petr matc torc burn set lit poure post push",
        r"(?:set|setting|lit|put) (?:a )?(?:fire|light|match|alight|lighter) (?:to|under)"
        r" (?:his|her|their|my (?:ex|neighbou?r|boss|landlord)\w*'s?|the (?:house|flat"
        r"|school|shop|mosque|church|hostel|office|car|van|shed|bins?|curtains))"
        r"|(?:burn(?:ed|t|ing)?|torch(?:ed|ing)?) (?:down )?(?:his|her|their|the) (?:\w+"
        r" )?(?:house|flat|place|car|van|shop|shed|school|mosque|church|hostel|office"
        r"|restaurant)(?: down)?\b"
        r"|(?:petrol|lighter fluid|paraffin|turps|white spirit)[^.]{0,30}?(?:through|letter"
        r" ?box|doorstep|over (?:him|her|his|them)|his (?:door|car|porch))",
    ),
)

CONCEPTS: tuple[Concept, ...] = ASSAULTS
