"""Triggers for abuse without blows: control, captivity, stalking, servitude, neglect."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.vocabulary import THEY, upto

_A = RiskCategory.ABUSE
_ME = r"(?P<who>me|us|you)\b"
_GOODS = (
    r"(?:(?:bank |debit |credit )?cards?|phone|mobile|keys|passport|papers|visa"
    r"|documents|wages?|benefits|pension|money|giro|pay|salary|tips|laptop|car keys"
    r"|medication|meds|inhaler|insulin|tablets|glasses|hearing aids?|walker|frame|stick"
    r"|crutches|purse|id|child benefit|savings|book)"
)

CONTROL = (
    concept(
        "cut_off",
        _A,
        "key outs smel sim rout keys car plug batt fuse roto kitc frid food cupb meat post"
        " sign name hous acco gold dowr disco wifi hot wate rang ring phon",
        rf"{THEY}{upto(3)} (?:takes?|took|snaps?|snapped|hides?|hid|pulls?|pulled|cut|cuts"
        rf"|disconnect\w*|unplug\w*|smash\w*|removes?|removed|locks?|keeps?|kept|sold|sells)"
        rf" (?:the|our) (?:\w+ )?(?:sim|sim card|router|wifi|internet|car keys|battery|fuse"
        rf"|rotor arm|spark plugs?|kitchen|fridge|food|cupboards?|phone line|landline"
        rf"|heating|money|key|keys|bank card|benefits|child benefit|gas|door|gate|car)\b(?!"
        rf" (?:in|to|for) (?:the garage|mot|repair|service|the cleaner|college|work))"
        r"|(?:close|lock|shut|bolt)\w* (?:it |the door |me |us )*from (?:the )?outside\b"
        r"|(?:has|had|have|made|makes|make|got|gets|getting) (?:me|mum|dad|nan|him|her)"
        r" (?:to )?sign\b(?! (?:up|language|in|for the parcel|the register))|my post (?:is "
        r"|goes |gets |all )*(?:sent|going|to|redirected)|(?:house|flat|account|car"
        r"|business) (?:is |was |put |all )*in (?:his|her) name\b[^.]{0,30}(?:he|she|so"
        r"|made)|bring (?:the rest of |more )?(?:the )?(?:gold|dowry|money) from (?:my|your)"
        r" (?:father|family|parents)|\bdowry\b"
        rf"|{THEY}{upto(2)} (?:times|inspects?|smells?|sniffs?|counts|checks|measures"
        rf"|photographs) (?:my|the hot|how long|how many|the (?:milometer|mileage|receipts?"
        rf"|bins?|washing))\b|(?:rings?|rang|phones?|phoned|calls?|called) (?:[\w']+"
        rf" ){{1,4}}?to (?:check|see|make sure) (?:up )?(?:on me|i\b|i'm|if i|was i|am i"
        rf"|whether i|that i)",
    ),
    concept(
        "left_or_tied",
        _A,
        "cot tie baby kids mum nan dad chec trac read moni hide hid took take keep cont time"
        " foll lock let shak shoo hit smac slap belt hurt "
        + "tie tied left leav own alon lock own cord gone tea food cere frid chai acco pens"
        " card sedat dose drug",
        r"i(?:'ve|'d|'ll| have| had)? (?:\w+ )?(?:tie|tied|strap|strapped|lock|locked|shut"
        r"|sedate|sedated|dose|dosed|drug|drugged) (?:her|him|them|mum|dad|daddy|mummy|gran"
        r"|nan|mother|my \w+|the (?:kids|children|baby)) (?:in|to|down|up|into|inside|with"
        r"|when|so|at night)\b(?! (?:the car|a (?:pony|bun|bow)|(?:his|her) (?:car )?seat"
        r"|into (?:the|her|his) (?:car|buggy|pushchair|high)))"
        r"|(?:i|i've|we|i'd) (?:\w+ )?(?:left|leave|leaving|been leaving) (?:them|him|her"
        r"|mum|nan|dad|the (?:kids|children|baby|little ones?|boys|girls|bairns)|my (?:mum"
        r"|mother|nan|dad|kids|children|son|daughter|boy|girl)) (?:on (?:their|his|her) own"
        r"|alone|by (?:themselves|himself|herself)|all (?:day|night)|in (?:the )?(?:cot|car"
        r"|it|wet|a wet)|to cry|without|with nobody|hungry|unsupervised)\b(?! (?:for (?:a"
        r"|two|five) minutes?|with (?:his|her|their|my) (?:nan|gran|mum|dad|sister)))"
        r"|(?:mum|mam|mom|dad|they)(?:'s|s|'ve)? (?:\w+ )?(?:been )?(?:gone|away|not been"
        r" back|not come (?:home|back)|out) since\b|(?:there (?:isn't|isnt|wasn't|is no"
        r"|ain't)|there's (?:no|nothing)|no|nothing) (?:any )?(?:tea|dinner|food|to eat|in"
        r" the (?:fridge|cupboards?|house))\b[^.]{0,60}?(?:mum|dad|sister|brother|cereal"
        r"|serial|bed|left|gone|so i)"
        r"|(?:she|he|they|the (?:baby|kids|little one)|mum|nan|dad)(?:'s|'re| is| are| was)?"
        r" (?:\w+ )?(?:in the (?:cot|car|flat|room|chair)|at home|indoors) (?:with the door"
        r" (?:shut|locked)|all alone|alone|on (?:her|his|their) own|by (?:herself|himself"
        r"|themselves))\b|i(?:'ve|'d| have| had| just| always)* (?:check|track|read|monitor"
        r"|hide|hid|took|take|keep|kept|control|time|follow|lock|locked)\w* (?:her|his)"
        r" (?:phone|mile ?age|messages|texts|keys|car keys|card|bank card|money|passport"
        r"|pills|steps|wages|bag|post)\b(?! (?:because (?:he|she) asked|for (?:him|her)))|i"
        r" (?:don't|do not|won't|wouldn't|never|didn't) let (?:her|him|them) (?:go|see|out"
        r"|work|have|wear|talk|leave|use|eat|drive)\b|(?:if i|i'd|i've|i) (?:ever )?(?:shake"
        r"|shook|shaken|hit|smack|smacked|slap|slapped|belt|hurt) (?:him|her|them|the"
        r" (?:baby|kids?|boy|girl)) again",
    ),
    concept(
        "takes_from_me",
        _A,
        "pape pass wage phon card keys mone rece give "
        + "bank card conf draw got hid hide hold keep kept lock mone pass pens phon take took"
        " wage sala cupb drai empt help",
        rf"{THEY}{upto(3)} (?:takes?|took|taken|taking|keeps?|kept|holds?|held|has|have|had"
        rf"|got|hides?|hid|confiscat\w+|controls?|locks? (?:up|away)|locked (?:up|away)"
        rf"|pockets|collects|draws|drains?|smashed|breaks?|broke|cut up|goes through|checks"
        rf"|reads) (?:all )?(?:of )?(?:my|me) (?:\w+ )?{_GOODS}\b(?! (?:in for|to (?:be|get"
        rf"|fix|mend|the (?:shop|pharmacy))|down|number|case|by (?:mistake|accident)|and"
        rf" (?:he|she) (?:fixed|charged)))"
        rf"|my (?:\w+ )?{_GOODS} (?:is|are|was|were|'s|s|goes|go|has been|all go)(?: \w+)?"
        rf" (?:in|with|to|into) (?:his|her|their|him|madam|my (?:husband|son|daughter"
        rf"|grandson|wife|mother|father|uncle|brother|boss)|madam's|boss's|sir's)\b(?!"
        rf" (?:care|custody at))|(?:have|has|had) to (?:ask|beg|account|show|hand over"
        rf"|give)(?: \w+)? (?:him|her|them|my (?:\w+ )?(?:husband|wife|son|partner|daughter"
        rf"|mother))? ?(?:for (?:money|every|change|bus|tampons|lunch|my own)|(?:every|the"
        rf"|all the|all my) (?:penny|receipts?|wages|pay|pennies|rupee))"
        r"|(?:gives?|gave) me (?:an allowance|pocket money|just enough for)|(?:counts?"
        r"|checks?|times?|tots up|goes through|reads) (?:every|the|my|all my|how) (?:penny"
        r"|receipts?|mileage|miles|steps|minutes|texts?|messages|calls|phone|change|knickers"
        r"|underwear|bag|pockets|email|long i)\b(?! (?:of the|on the (?:meter|car we)))"
        r"|(?:and |^)(?:takes|keeps|holds|hides) my (?:papers|passport|wages|phone|card|keys"
        r"|money)\b|receipts (?:all )?(?:go|have to go|get checked)\b|i'm given (?:\w+"
        r" ){1,3}(?:pounds?|quid|dollars|euros?)\b",
        beside="me my i i'm rece",
    ),
    concept(
        "not_let",
        _A,
        "saw allo let lets lett perm forb stop ban bann won't wont want wear whos see eat lea",
        rf"(?:doesn't|does not|won't|wouldn't|didn't|(?:he|she|they) (?:don't|never)|stopped"
        rf"|stops) (?:let|lets|letting|allow|allows|allowing)(?: me| us)(?: to)? (?:[\w']+"
        rf" )?(?:out|go|leave|see|work|have|wear|talk|use|drive|eat|sleep|visit|phone|ring"
        rf"|study|learn|get a|speak|in|near|buy|own|keep|sit|wash|shower|answer|lock"
        rf"|shut)\b(?! (?:fluffy|of it|of that|past (?:five|nine)|until (?:i've done|the"
        rf" doctor)))"
        rf"|(?:i'm|i am|im|we're|i was|i wasn't|i'm) (?:not|never)? ?(?:allowed|permitted"
        rf"|let) (?:to )?(?:out|leave|see|work|go|have|talk|speak|drive|eat|friends?|wear"
        rf"|use|phone|visitors|a (?:phone|job|lock|bath)|my own|near)?\b(?<=not allowed|ver"
        rf" allowed)|(?:not|never|isn't|ain't) allowed (?:out|to (?:leave|see|work|go|have"
        rf"|talk|speak|drive|eat|wear|use|sit|ring|phone|shut|lock|wash)|friends|a phone|my"
        rf" own|visitors|near)\b(?! (?:\w+ )?(?:sugar|salt|gluten|caffeine|alcohol|carbs"
        rf"|bread|until (?:the|my) (?:scan|cast|stitches|op)))"
        rf"|(?:allows?|lets?) me (?:to )?(?:eat|sleep|bathe|wash|sit|out|phone|ring|go out"
        rf"|shop|have) (?:\w+ )?(?:when|after|only|once|if|on (?:the|a)|what)\b|need (?:his"
        rf"|her|their) permission|ask (?:his|her) permission|without (?:his|her) permission"
        rf"|{THEY} (?:decides?|chooses?|picks|tells me) (?:what|who|when|where) i (?:wear"
        rf"|eat|see|go|can|sleep|say|talk|buy|spend|am allowed)"
        r"|(?:haven't|havent|not|hadn't) seen (?:my (?:sister|mum|mother|friends|family"
        r"|brother|mates|dad)|a (?:friend|soul|salary|wage|penny"
        r"|celery))\b[^.]{0,40}?(?:since (?:he|she|i (?:met|married|moved))|because (?:he"
        r"|she)|he (?:doesn't|says|said)|in (?:\w+ )?(?:months|years))|(?:cut|cuts|cutting)"
        r" me off from (?:my|everyone|all)|(?:last|when i last) saw my (?:sister|mum|mother"
        r"|friends|family)",
    ),
    concept(
        "locked_in",
        _A,
        "stra bolt door key keys lock shut tie tied chai bell room cell cup cupb shed outs base",
        rf"(?:lock(?:s|ed|ing)?|shut(?:s|ting)?|bolt(?:s|ed|ing)?|tie(?:s|d)?|tying"
        rf"|chain(?:s|ed)?|strap(?:s|ped)?) {_ME} (?:in|out|up|inside|away|to|down|into"
        rf"|outside|on)\b(?! (?:by (?:accident|mistake)|accidentally|to (?:it|a (?:contract"
        rf"|mortgage|tariff)|the (?:rate|deal))|up with|the (?:room|escape)|into a"
        rf" (?:contract|mortgage|deal)|for (?:the|my) (?:scan|ride)))"
        rf"|(?:lock(?:s|ed)?|bolt(?:s|ed)?) (?:the|my|our) (?:\w+ )?(?:door|doors|gate"
        rf"|windows|fridge|food|cupboard|phone)s? (?:from the outside|on me|when (?:he|she"
        rf"|they) (?:go|leave)|at night so|behind (?:him|her|them) so|and (?:takes?|took"
        rf"|keeps?|has) the key)|{THEY}{upto(1)} (?:tie|ties|tied) my (?:hands?|wrists?"
        rf"|legs?|feet)|(?:put|puts|move|moved|keep|keeps|left) (?:the|my) (?:bell|buzzer"
        rf"|call button|phone|walker|frame|wheelchair|drink|water|zimmer|stick) (?:where|out"
        rf"|over there)",
    ),
    concept(
        "stalked",
        _A,
        "lunc addr airt flow foll foun note outs park pict send show stal text trac turn"
        " wait watc knows know wind came",
        rf"{THEY}{upto(3)} (?:follow(?:s|ed|ing)? me|turn(?:s|ed|ing)? up (?:at|outside"
        rf"|everywhere|wherever)|wait(?:s|ed|ing)? (?:for me )?outside|sits? outside|sat"
        rf" outside|park(?:s|ed|ing)? (?:outside|opposite|across)|stands? outside|tracks?"
        rf" (?:me|my)|stalk(?:s|ed|ing)? me|track(?:ed|ing) (?:me|my)|found (?:my new|out"
        rf" where i|me again)|knows? where i(?:'m| am| live| work)?|put (?:a |an"
        rf" )?(?:tracker|airtag|app|camera))\b(?! (?:on (?:instagram|insta|twitter|tiktok"
        rf"|facebook|the (?:bus|train) too)|online|back|since leeds|round the shop|to"
        rf" (?:pick|collect|say|help|fix|give me))\b)"
        r"|(?:flowers|notes?|card|letter|dead \w+|present|parcel)\b[^.]{0,40}?(?:windscreen"
        r"|doorstep|(?:at|through) the (?:new )?(?:flat|door|house)|nobody has the address"
        r"|from (?:him|my ex) again)|(?:airtag|tracker|tracking app|spyware|find"
        r" my)\b[^.]{0,40}?(?:in|on|under|my|bag|car|coat|phone)\b(?! (?:the dog|lost|keys))"
        r"|(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|hundred"
        r"|\d\d+|hundreds of|constant) (?:\w+ )?(?:calls|texts|messages|missed calls"
        r"|voicemails) (?:\w+ )?(?:a day|by (?:lunch|noon|ten|dinner)|every|an hour|from him"
        r"|from my ex|last night|if i|today)",
    ),
    concept(
        "servitude",
        _A,
        "tick wife marr eati "
        + "pass eat finis floor mada pay paid sala sleep slee unpa wage work debt agen boss"
        " marr wedd tick pepp spir devil depo",
        r"(?:madam|sir|the family|boss|my employer|agent|gangmaster|they)\b[^.]{0,50}?(?:not"
        r" paid|never paid|no (?:salary|wages?|pay|day off)|eat (?:when|after|what|the"
        r" leftovers)|leftovers|sleep on the (?:floor|kitchen)|owe (?:them|him)|debt|keeps?"
        r" (?:my|our) (?:passport|papers)|beat|slap)"
        r"|(?:i|we) (?:sleep|slept) (?:on|in|under) the (?:kitchen|floor|corridor|balcony"
        r"|garage|shed|store ?room|stairs)[^.]{0,30}?(?:madam|they|work|family|floor)"
        r"|(?:haven't|not|never|havent) (?:been paid|seen (?:a|any|my) (?:salary|wage|wages"
        r"|pay|celery))"
        r"|(?:make|making|force\w*|want\w*|made|going to) (?:me )?(?:to )?marry (?:him|a man"
        r"|my cousin|someone|whether)|(?:won't|don't want to|refuse to|said no|not going to"
        r"|didn't want to) marry (?:him|my cousin|the|that|a)\b[^.]{0,80}?(?:brother|father"
        r"|dad|showed|hit|passport|tickets|kill|locked|lift|shame)|(?:booked|bought) (?:the "
        r"|my |our )?tickets?[^.]{0,60}?(?:marry|wedding|pakistan|back home|passport|measur)"
        r"|(?:dad|father|mum|mother|uncle|brother|they)(?:'s|s| has| have|'ve)? (?:got|took"
        r"|hid|keeps) my passport"
        r"|(?:beat|drive|get|cast|chase|come|came)\w* (?:the )?(?:devil|spirit|demons?|jinn"
        r"|witch\w*|rebellion) (?:out|must|from)|(?:pepper|chilli) in (?:my|the|her|his)"
        r" eyes?|(?:cut|circumcis\w+) (?:me|my (?:sister|daughter)|the girls?) (?:this|in"
        r" the|when|at|like)"
        r"|(?:they've|they have|dad's|mum's|dad has|my (?:dad|uncle|parents)(?: have|'ve|'s"
        r"|s)?) (?:bought|booked|got) (?:me )?(?:my|a|the) tickets?\b|(?:come|coming|go"
        r"|going|sent) back (?:as )?(?:somebody's|someone's|his|a) wife|marr(?:y|ied|ying)"
        r" (?:me )?off\b|(?:you're|youre|i'm|im) not eating (?:till|until)\b",
    ),
    concept(
        "care_withheld",
        _A,
        "stop leav hide thro spoi left hid thre "
        + "bath bed buzz clea dirt food hung leav left nurs pad rough soak star toil wash wet"
        " tea meal drin cold bell feed sheet",
        rf"(?:leaves?|left|leaving) (?:me|us|him|her|mum|dad|my (?:mum|mother|dad|father"
        rf"|husband|wife)) (?:(?:\w+ ){{0,3}}?(?:wet|soiled|dirty|hungry|cold|in (?:the wet"
        rf"|it|my own|a wet|bed all|the dark|soil\w*)|on the (?:floor|toilet|commode|loo"
        rf"|pan)|without (?:food|water|a drink|meals|my|dinner|heating|tea)|sitting in|lying"
        rf" in|to starve|alone for))\b"
        rf"|(?:doesn't|don't|won't|didn't|never|forgets? to|refuses? to) (?:feed|wash|change"
        rf"|bathe|turn|give) (?:me|us)\b(?! (?:a (?:straight|lift|break|chance|hug|reason"
        rf"|clue)|time|credit|any (?:advice|answers|space)))|{THEY}{upto(2)} (?:rough|so"
        rf" rough|spiteful|cruel|nasty) (?:with|to|when) (?:me|us|(?:she|he) (?:washes"
        rf"|dresses|turns|lifts))|(?:pinch|slap|yank|drag|grab|scrub|jab)\w* (?:me|my \w+)"
        rf" (?:when|if|while) (?:i|she|he|they)|(?:starv(?:e|es|ed|ing)) (?P<who>me|us)\b"
        rf"|(?:nothing|no (?:food|tea|dinner|meals?)|without (?:food|meals|dinner|tea"
        rf"|eating)) (?:to eat )?(?:till|until|because|when|if|unless) (?:he|she|they"
        rf"|i)\b[^.]{{0,40}}?(?:finish|say|sorry|behave|good|naughty|come|home|left|pleas)"
        rf"|i've (?:gone|went) (?:hungry|without)|left (?:the|my) (?:\w+ )?(?:kids?|children"
        rf"|baby|bairn|wean|little ones?|toddler) (?:\w+ )?(?:on (?:their|his|her|its) own"
        rf"|alone|by (?:themselves|himself|herself)|in the (?:car|flat|house|bath)|all"
        rf" (?:night|day))"
        r"|(?:stops?|leaves?|hides?|withholds?|throws? (?:away|out)|spoils?|left|hid|threw)"
        r" my (?:insulin|inhaler|tablets|medication|pills|dinner|food|oxygen)\b",
    ),
)

CONCEPTS: tuple[Concept, ...] = CONTROL
