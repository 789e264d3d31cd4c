"""What a therapist's question means by its words: violence and abuse.

Everyday words are enough here ("the bat", "rough with you"): they are read in therapists'
turns alone, together with the answer that follows.
"""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.vocabulary import BODY, SOMEONE, SOMEONE_NOUN, WEAPON, heads, inflected

_V, _A = RiskCategory.VIOLENCE, RiskCategory.ABUSE

_BLOWS = (
    "hit punch slap kick stab shov push shak grab chok strangl bit bite burn smack thump belt beat"
    " batter headbutt spit spat throw threw scald clout whip pinch drag lash swing swung strik lamp"
    " clip hurt harm attack assault threaten rap touch forc handl"
)
_STRUCK = inflected(_BLOWS)
_ABUSER = (
    rf"(?:he|she|they|him|her|them|himself|herself|someone|somebody|anyone|anybody|any"
    rf" ?one|your (?:\w+ )?{SOMEONE_NOUN}"
    r"|your \w+|staff|the staff|madam|uncle|dad|mum|people at home|the (?:carers?|family"
    r"|boyfriend|stepdad|nurses?|man|boss|agent))"
)

VIOLENCE = (
    concept(
        "asked_blow",
        _V,
        "did kett viol was "
        + heads(_BLOWS)
        + " cart ammu gun hand made make maki set bent inte grin glas pois blea lay laid lift"
        " raise rais hand fist land lost lose blow phys figh temp rage lung went go goin",
        rf"{_STRUCK} (?:(?:out )?(?:at|into|on) )?(?!people away)(?:{SOMEONE}|(?:the|your"
        rf"|his|her) (?:\w+ ){{0,2}}?(?:dog|cat|hamster|puppy|rabbit|animal|baby|\w+er|\w+or"
        rf"|\w+ist|one|resident|nurse|boy|girl|lad|man|woman))\b(?! (?:to you|you)\b)"
        rf"|(?:lay|laid|raise|raised|lift|lifted) (?:a |your )?(?:hand|hands|finger|fist"
        rf"|stick)s? (?:to|on|at|against)(?! (?:you\b|yourself))|(?:lash|lashed|lashing|hit"
        rf"|hitting|kick\w*) out\b|(?:get|got|gotten|become|been|turn\w*) (?:ever |a bit"
        rf" )?(?:physical|violent|handy|aggressive)|(?:come|came|get|got|end\w*) (?:to|in"
        rf"|into) (?:blows|a fight|fights|fisticuffs|fists)|(?:lost|lose|losing) (?:it|your"
        rf" (?:temper|rag|head)|control)(?: \w+){{0,2}} (?:with|at|on)|go(?:ing|ne)? for"
        rf" (?:him|her|them|your)|(?:did|was) (?:it|that) (?:you|your (?:hand|fist|boot"
        rf"|foot))\b|was it you\b|(?:threw|throw|thrown|landed|land|swung) (?:a|the|that)(?:"
        rf" \w+)? (?:punch|blow|fist)|first punch|(?:was|were|been|got|being) (?:scalded"
        rf"|stabbed|injured|attacked|burned|burnt|poisoned|pushed|punched|beaten)\b(?! by)"
        rf"|did you do (?:it|that|this)\b|(?:a )?hand in (?:it|that|this|him|her)|hands?"
        rf" (?:go|went|were|get|got|end\w* up) (?:\w+ )?(?:round|around|on|over) (?:his|her"
        rf"|their|the)|(?:making|make) (?:him|her|them) (?:bleed|hurt|scream|sorry|suffer)"
        rf"|(?:set|bent|intent) on (?:find|mak|get|hurt|hav|do)\w*|grinding glass|(?:glass"
        rf"|poison|bleach|something|laxatives?) (?:in|into|for) (?:his|her|their|the|it)\b"
        rf"|cartridges?\b|ammunition|gun (?:safe|cabinet)|your (?:fist|kettle|knife|boot)"
        rf"|(?:was|were) that (?:you|your doing)\b|how close did you come|put your hands"
        rf" (?:on|round|around)|hands (?:round|around|on) (?:his|her|their)|(?:land|landed"
        rf"|connect\w*) (?:on|with|a|one) (?:him|her|them|punch)|held? (?:the|it|him|her)"
        rf" (?:\w+ )?(?:under|over|down|to)",
        is_own=True,
    ),
    concept(
        "asked_weapon",
        _V,
        "acid rope scis tool carr pack tool "
        + heads(
            "cartridge gun knife bat axe hammer weapon machete blade petrol crossbow pistol"
            " rifle shotgun bar screwdriver acid"
        )
        + " arm arme load cabi",
        rf"(?:the|a|an|any|your|that|his|still) (?!(?:\w+ )?(?:butter|palette|cake|fish"
        rf"|bread|swiss) )(?:[\w'-]+ ){{0,2}}?(?:{WEAPON}|weapons?|firearm)\b(?! (?:to"
        rf" (?:yourself|your)|of (?:wine|vodka|gin|milk)|on yourself|on your))|(?:armed"
        rf"|tooled up)\b|(?:are you|you(?:'re| are)?|still) (?:carrying|tooled up|packing"
        rf"|armed)\b",
        is_own=True,
    ),
    concept(
        "asked_intent_to_harm",
        _V,
        "some back even pay plan thre teac warn veng reve foll outs park wait watc want scor"
        " sett inte mean meant dang safe hurt harm kill murd hom viol othe next",
        rf"(?:get(?:ting)?|got) (?:back at|even|your own back|him back|her back|them back"
        rf"|revenge)|(?:make|making) (?:him|her|them) (?:pay|sorry|suffer)|(?:(?:your|that"
        rf"|was it|make|made|making|a) threats?|(?<!you )(?<!been )threaten(?:ed|ing)?"
        rf" (?:him|her|them|anyone|your|the))\b(?! (?:to (?:your )?life|yourself|you\b|from"
        rf" him|against you))|reveng\w*|vengeance|settl\w+ (?:the|a|your) score|teach\w*"
        rf" (?:him|her|them) a lesson|(?:park|sit|sitting|parked|wait|waiting|stood|standing"
        rf"|go|going|been|gone) (?:\w+ ){{0,2}}?(?:outside|by|past|round to|near) (?:his|her"
        rf"|their)|follow(?:ed|ing)? (?:him|her|them|{SOMEONE})|(?:do|doing|happen|done)"
        rf" (?:anything|something|harm|damage|it) (?:\w+ )?(?:to|with|about) (?:him|her|them"
        rf"|someone|anyone|somebody|others|your (?:\w+ )?{SOMEONE_NOUN})|what (?:would|might"
        rf"|will|could|do) you (?:\w+ )?(?:do|like to do|want to do) (?:to|with) (?:him|her"
        rf"|them)|(?:is|are|would|was|were) (?:\w+ ){{0,3}}?(?:safe|in danger|at risk)"
        rf" (?:from|with|around|near) you\b|(?:hurt|harm|kill)(?:ing)? (?:him|her|them"
        rf"|others|other people|someone|anyone|anybody|somebody|the person)|(?:others|other"
        rf" people|someone else|anyone else|somebody else) (?:at risk|in danger|harm)"
        rf"|(?:intend|intention|mean|meant|want\w*|tempt\w*|urge\w*|plan\w*|still) (?:\w+"
        rf" ){{0,3}}?(?:to )?(?:hurt|harm|kill|hit|attack|stab|punch|shoot|burn|get)\b(?!"
        rf" (?:yourself|help|better|up|out|through|some|you|a|the|to))",
        is_own=True,
    ),
)

ABUSE = (
    concept(
        "asked_struck_you",
        _A,
        "him sist "
        + heads(_BLOWS)
        + " roug hand laid lays did do does done phys viol mark brui push phys lose rais",
        rf"{_STRUCK} (?:(?:out )?(?:at|into|on) )?(?:you|your (?:\w+ )?{BODY})\b(?!r ?sel)"
        rf"|{_ABUSER}(?:'s|'ve)? (?:[\w']+ ){{0,5}}?(?:hit|hits|hitting|slap\w*|punch\w*"
        rf"|kick\w*|chok\w*|strangl\w*|beat\w*|threaten\w*|lash\w* out|rough|physical"
        rf"|violent|hitting out)(?: (?:with|to|you|about|around|on|at|out|you about))*\b(?!"
        rf" (?:him|her|them|yourself|by))"
        rf"|(?:laid|lays?|put|puts|raise[sd]?) (?:a |his |her |their )?(?:hands?|finger)"
        rf" (?:on|to) you|(?:rough|handy|physical|violent|nasty|cruel|heavy-handed"
        rf"|aggressive) (?:with|to|towards?) you|(?:any|no|been|the|some) (?:\w+"
        rf" )?(?:hitting|slapping|violence|shoving|punching|kicking)\b|(?:throw\w*|threw)"
        rf" (?:\w+ )?(?:things |stuff )?at you|lay(?:s|ing)? (?:a )?(?:hands?|fingers?) on"
        rf" you|(?:do|did|does|done) (?:that|this|these|it|anything|something|things|any of"
        rf" that) to (?:you|your)\b|{_ABUSER} (?:do|did|does|done|give|gave|leave|left|cause"
        rf"|caused|made) (?:that|this|these|those|it|you that|the (?:mark|bruis)\w*)\b"
        rf"|(?:was|is) (?:it|that|this) (?:him|her|them)\b(?= (?:who|that|again|did|doing)"
        rf"|\W*$)|(?:pushing|shoving|knocking|slapping|kicking|throwing) you (?:about|around"
        rf"|down)|(?:leav\w+|left|any|those|these|the) (?:\w+ )?(?:marks?|bruis\w+"
        rf"|handprints?)\b|lose (?:it|your temper) with the (?:kids|children|baby)",
        is_own=True,
    ),
    concept(
        "asked_control",
        _A,
        "lett cont allo allow let lets stop chec lock mone phon take took pass pens keep"
        " kept key perm see deci foll watc trac wage card bank free leav trap",
        rf"(?:control\w*|monitor\w*|track\w*|isolat\w*|check\w* up on) (?:on |up on |what "
        rf"|who |where |your |how )*(?:you|your)\b|(?<!what )(?:stop\w*|prevent\w*|keep\w*)"
        rf" you(?:r)?"
        rf" (?:from |seeing|going|having|leaving|using|talking|working|own|spending|getting"
        rf" out)|{_ABUSER}(?: [\w']+){{0,3}}? (?:follow\w*|watch\w*|check\w*)(?: on| up on)?"
        rf" you\b|(?:lock(?:s|ed|ing)? you|(?<!what )keep(?:s|ing)? you (?:from|in|locked|indoors)"
        rf"|kept you (?:from|in|locked)|allow(?:s|ed)? you|let(?:s|ting)? you (?:out|go|see"
        rf"|have|leave|use|sleep|eat|talk|speak|work)\b|(?:are|were|be) you (?:\w+"
        rf" )?(?:allowed|free|able) to (?:leave|go|see|come|say|have|use|spend))|permission"
        rf" (?:from (?:him|her|them|your)|to (?:go|leave|see|spend|have)\b)|you (?:\w+"
        rf" )?allowed (?:to|out)|(?:take|takes|took|taking|hold|holds|keep|keeps|kept|has"
        rf"|have|got|hides?) (?:\w+ ){{0,2}}?your (?:\w+ )?(?:money|phone|pension|passport"
        rf"|card|cards|wages|keys|benefits|papers|medication|pay|bank)|your own (?:money"
        rf"|phone|key|bank|card)|(?:the money|your money|the passport|the"
        rf" papers)\b[^.]{{0,20}}?\b(?:who|he|she|control\w*|holds?|keeps?)\b|without"
        rf" (?:meals|food|your)|(?:leave|leaves|leaving|left) you (?:without|alone|in|on|wet"
        rf"|hungry)",
        is_own=True,
    ),
    concept(
        "asked_sexual",
        _A,
        "come get gets got past sex sexu touc forc made make bed room cons priv kiss will"
        " want pres push",
        r"(?:sexual\w*|sex|intimate|bed|bedroom|kiss\w*|touch\w*)\b(?: [\w']+){0,5}?"
        r" (?:you (?:didn't|don't|did not|do not|hadn't|haven't) (?:want|agree|consent|ask)"
        r"|against your will|without|when you|force\w*|pressur\w*|uncomfortable|you said"
        r" no)|(?:made|make|makes|making|forc\w+|pressur\w+|push\w+|coerc\w+) (?:you"
        r" )?(?:to |into )?(?:do|have|having|doing|anything|something|touch|undress"
        r"|watch)\b|against your will|(?:come|comes|came|get|gets|got) in(?:to)? your"
        r" (?:room|bed)|touch\w* you\b|your private|said no\b",
        is_own=True,
    ),
    concept(
        "asked_afraid_of",
        _A,
        "mist afra fear fri frig scar safe nerv wor home eggs temp mood abus bull negl hous"
        " shou scre yell call name thre",
        rf"(?:afraid|scared|frightened|fearful|frighten\w*|scare\w*|nervous|terrified|wary"
        rf"|intimidat\w*|unsafe|in danger) (?:[\w']+ ){{0,3}}?(?:of|by|around|when|at|with"
        rf"|near) (?:him|her|them|home|anyone|anybody|someone|there|he|she|your (?:\w+"
        rf" )?{SOMEONE_NOUN})\b|(?<!what )(?<!you were )(?:frighten|scare|intimidat|bull"
        rf"|abus|mistreat|ill-?treat|neglect|threaten|humiliat)\w* you\b(?! (?:about|most|in"
        rf" that|there))|(?:abus\w*|mistreat\w*|neglect\w*|bullied|threatened|humiliated"
        rf"|beaten)\b(?! (?:alcohol|drugs|substances))|{_ABUSER}(?:'s)? (?:\w+ )?(?:temper"
        rf"|shout\w*|scream\w*|threats?|fists?|belt)\b|(?:on eggshells)",
        is_own=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*ABUSE, *VIOLENCE)
