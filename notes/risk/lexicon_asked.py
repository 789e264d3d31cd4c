"""What only a therapist's question means by its words: everyday ones that ask about a danger.

They are read in therapists' turns alone, together with the answer that follows.
"""

from notes.risk.concepts import Concept, concept, gap
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_H = RiskCategory.SELF_HARM
_BODY = (
    r"(?:arms?|forearms?|wrists?|hands?|palms?|fingers?|knuckles?|thumbs?|nails?|legs?|thighs?|calf"
    r"|calves|shins?|knees?|feet|foot|ankles?|hips?|belly|stomach|tummy|sides?|ribs|chest|breasts?"
    r"|back|shoulders?|neck|face|cheeks?|ears?|head|scalp|lips?|gums?|tongue|mouth|skin|body|eyes?)"
)
_TOOL = (
    r"(?:scissors|razors?|blades?|kni(?:fe|ves)|lighters?|matches|needles?|pins?|compass|glass|iron"
    r"|straighteners|tweezers|cigarettes?|belt|stapler|hammer|bleach|rubber bands?|elastic)"
)
_MARKS = (
    r"(?:marks?|lines|cuts?|scars?|scratches|burns?|bruis\w+|welts?|scabs?|sores?|wounds?|nicks"
    r"|bandages?|plasters?|dressings?|blood|stripes|grazes?)"
)

SUICIDE = (
    concept(
        "asked_take_life",
        _S,
        "awa away own hand life take taki took",
        r"(?:tak(?:e|ing|en)|took|end(?:ing|ed)?|lay(?:ing)?|rais\w+)"
        r" (?:\w+ ){0,2}?(?:life|hands? (?:on|to|against) (?:yourself|yourselves))\b"
        r"(?! (?:seriously|one|day|easy|as))"
        r"|(?:by|with|at) your own hands?\b|(?:make|do|put) away with yourself",
        Severity.ACTIVE,
    ),
    concept(
        "asked_end_things",
        _S,
        "end endi ende fini call stop thin",
        r"(?:end|ending|ended|finish|finishing|stop|stopping) (?:things|it|it all|everything|all"
        r" this"
        r"|all of (?:this|it)|yourself|your (?:own )?(?:suffering|pain|story)|the lot)\b"
        r"(?! (?:with|between|early|here|for today|there))|call(?:ing)? it (?:a day|quits)\b",
        Severity.ACTIVE,
    ),
    concept(
        "asked_do_it",
        _S,
        "your daft dras dange fool hast mis nast rash regr sill some stup terr worr yours",
        r"(?:do|doing|done|try|trying) (?:something|anything) (?:\w+ )?(?:silly|stupid|daft|drastic"
        r"|foolish|rash|dangerous|terrible|awful|final|permanent|you(?:'d| would)"
        r" regret|you can't (?:undo|take back)|to end)|(?:do|doing|done) yourself (?:a mischief|an"
        r" injury|harm|in)|be a danger to yourself|(?:unsafe|not safe|safe) (?:with|from) yourself",
        Severity.ACTIVE,
    ),
    concept(
        "asked_that_far",
        _S,
        "as bad far low poin road that ther way",
        r"(?:go|gone|going|come|got|get|gets|been|thought|thinking) (?:\w+ ){0,3}?(?:that far|as"
        r" far as"
        r" that|that low|down that road|that way\b(?! about)|to that (?:point|place|stage))"
        r"|that (?:dark|black|bleak) (?:place|road|hole)",
        Severity.ACTIVE,
        needs_topic=True,
    ),
    concept(
        "asked_not_be_here",
        _S,
        "aliv arou as he her him them is are bett out want brea carr dead die died dyin disa earl"
        " exis from go gone here live livi morn"
        " not wake waki wort",
        r"(?:not|n't|never|no longer|stop|without)(?: \w+){0,3} (?:be(?:ing)? (?:here|around|alive"
        r"|in (?:this|the) world|on this earth)|exist\w*|wak(?:e|ing) up|carry(?:ing)? on"
        r"|go(?:ing)?"
        r" on\b(?! (?:a|the|holiday))|want(?:ing)? to live|see(?:ing)? (?:the )?(?:morning|another"
        r" day)|breathing\b(?! (?:properly|right|in your)))|(?:not|n't|no longer|never|hardly)(?:"
        r" \w+){0,3} worth (?:living|going on|carrying on|it any ?more)"
        r"|better (?:off )?(?:dead|without you|if you (?:weren't|were not|died|were gone))"
        r"|with (?P<who>you) (?:dead|gone|out of)|find(?:s|ing)? (?P<who2>you) (?:dead|hanging)"
        r"|(?:want\w*|like|wish\w*|long\w*|join|be) (?:to )?(?:be )?(?:where"
        r" (?:she|he|they) (?:is|are)|with (?:him|her|them)\b(?= (?:now|again|there|in)|[?,.]))"
        r"|(?:be|being|were|was|feel\w*) (?:dead|gone)\b|to die\b|dying\b(?! to)|(?:you )?died\b"
        r"|die in"
        r" your sleep|disappear\w*|your death|wish\w*(?: \w+){0,3} (?:dead|away)\b",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "asked_want_life",
        _S,
        "aliv futu go goin live livi on wort carr",
        r"(?<!not )(?<!n't )worth (?:living|going on|carrying on)|(?:want(?:ing)?|wish(?:ing)?"
        r"|like|glad|happy|pleased|reasons?|willing|able|point (?:in|of))"
        r" (?:to )?(?:be alive|live\b(?! (?:in|at|with|on|near|there|here|alone|together|by|closer"
        r"|like))|go(?:ing)? on (?:living|with (?:life|it))|keep(?:ing)? (?:living|going)"
        r"|stay(?:ing)? alive|living|carry(?:ing)? on)",
        Severity.WISH,
        is_passive=True,
        is_inverse=True,
    ),
    concept(
        "asked_attempt",
        _S,
        "atte serv suce surv try trie tryi",
        r"(?:an? |any |first |last |previous |earlier |serious |real )+attempts?\b(?! (?:at (?!your"
        r" (?:own )?life)|to (?!kill|end|die|take your)))|attempt(?:ed)? (?:on|at) your (?:own"
        r" )?life",
        Severity.BEHAVIOUR,
    ),
    concept(
        "asked_to_jump",
        _S,
        "hang jump noos drow shoo step over rope",
        r"(?:to|gonna|meant to|there to|about to|want to|thought of|thinking of) (?:jump\b(?!"
        r" (?:in|on|to|at|for"
        r"|ahead))|hang yourself|drown|shoot yourself|step (?:off|out|in front)|go over|throw"
        r" yourself)"
        r"|(?:the|a|that|your) (?:\w+ )?noose\b|timing of (?:a|the) jump",
        Severity.METHOD,
    ),
    concept(
        "asked_plan_to_die",
        _S,
        "plan inte mean goin deci read",
        r"(?:plans?|intend\w*|mean|meant|going|decided|ready) to (?:die\b|be dead|end (?:it|your"
        r"|things)|kill"
        r" yourself|go through with)",
        Severity.PLAN,
    ),
    concept(
        "asked_plan",
        _S,
        "spot rehe prac "
        "affa arra appo date day dead good get note plac plan prep read reh time week when wher"
        " wrot writ set"
        " by buy boug",
        r"(?:is there|there's|have you|you've|got|picked|chosen|set|fixed) (?:\w+ ){0,2}?"
        r"(?:a|the|any) (?:\w+ )?(?:day|date|time|place|where|when|spot|deadline)\b|(?:and|what)"
        r" (?:a |the |about"
        r" (?:a |the )?)?(?:when|where|day|date|place|time)\b(?=\?)|(?:get|got|getting)"
        r" (?:yourself )?ready\b|put"
        r" things (?:by|in order)|written to anyone|said (?:your )?goodbyes?|affairs in order"
        r"|(?:wrote|written|write)"
        r" (?:a|any|the) (?:\w+ )?(?:note|letter)s?|rehears\w*|practi[sc]ed|bought (?:any|some)\w*",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "asked_means",
        _S,
        "when wher know "
        "end kill done do go how meth mean mind plan way ways what wher with yet far",
        r"(?:a|any|the|what|which|some|specific|particular) (?:\w+ )?(?:way|ways|method|methods"
        r"|means)"
        r" (?:of|to|in mind|you|that|have)|as far as (?:how|where|when|what)|\bhow\b(?=\?)|what"
        r" (?:with|would you use)|how (?:would|might|could|were|did|do) you (?:\w+ ){0,3}?(?:do"
        r" it|go about it|kill|end|manage it)|(?:thought|decided|worked out|know|given thought to)"
        r" (?:\w+ )?(?:how|where|when)\b|(?:got|have|had) (?:a|any) (?:\w+ )?(?:plan|idea how)",
        Severity.METHOD,
        needs_topic=True,
    ),
)

SELF_HARM = (
    concept(
        "asked_hurt_self",
        _H,
        "take taki took puni dama mark your hurt harm pain make maki made let lett atta beat bit"
        " bitt bite ban"
        " bang brui burn cut cutt hit hitt inju lash pinc scal scra slap star sting tear whip woun",
        r"(?:punch|hit|hurt|cut|kick|slap)\w*[^?.]{0,40}? (?:or|and) (?:or )?yourself\b|(?:hurt"
        r"|harm|damag|injur|punish|mark|wound|hit|beat|attack|burn|bruis|cut|starv|scald|bit"
        r"|pinch|slap|scratch|bang|tear|lash|whip)\w* (?:\w+ ){0,2}?your ?sel(?:f|ves)\b(?! up"
        r" (?:about"
        r"|over))|tak(?:e|ing|en) it out on (?:yourself|your \w+)|(?:mak(?:e|ing)|made) (?:it|them"
        r"|the \w+) (?:sting|bleed|hurt|worse)|(?:mak(?:e|ing)|made|let(?:ting)?) yourself"
        r" (?:suffer|bleed|sick|hurt|go hungry)|(?:wanting|want|liking|like|need\w*"
        r"|wanted|feel\w*) (?:the |some )?pain\b(?! (?:to|gone|over|away|relief))|(?:it|that) to"
        r" (?:hurt|sting)\b",
    ),
    concept(
        "asked_hurt_body",
        _H,
        "doin bang beat burn cut cutt go goin harm hurt inju scra pick punc",
        r"(?:injur|hurt|harm|cut|scratch|burn|beat|punch|punish|wound|bang|pick)\w* (?:at"
        rf" )?(?:their|your|his|her) (?:own )?(?:{_BODY}|bodies|flesh)"
        r"|(?:scratch|cut|burn|hit|pick) or (?:cut|burn|scratch|hit|pick|hurt)\w*|go(?:ing)? at"
        rf" your {_BODY}|doing it (?:to )?yourself",
    ),
    concept(
        "asked_cut",
        _H,
        "burn cut harm hurt scra",
        r"(?:last|ever|did you|have you|you) (?:\w+ )?(?P<term>(?:cut|burn(?:ed|t)?|scratch(?:ed)?"
        r"|harm(?:ed)?))(?=\W*$| (?:again|since|last"
        r"|this|lately|recently)\b)|urges? to harm\b(?! (?:others|him|her|them|some|any|people"
        r"|your \w+ (?:mother|father)))",
    ),
    concept(
        "asked_do_to_self",
        _H,
        "any do doin done hand hurt on some that thes this to use used usin work",
        r"(?:do|doing|done|happening|turn(?:ed|ing)?|us(?:e|ed|ing)|(?:did|doing) (?:it|that|this"
        r"|those"
        r"|something|anything))(?: (?!have|get|feel|need|want|spend)\w+){0,5}? (?:to|on|against)"
        r" (?:your ?sel(?:f|ves)"
        rf"|your (?:own )?(?:\w+ )?{_BODY})\b(?! (?:to|with|in (?:the|a) (?:gym|garden)|for))"
        r"|(?:did|have|are|were) you (?:\w+ )?(?:do|done|doing|did|make|made|give|given|cause|put)"
        r" (?:\w+ )?(?:this|that|these|those|them|it)\b(?: \w+){0,2}? (?:yourself|there|on purpose"
        r"|to"
        r" you)",
    ),
    concept(
        "asked_on_purpose",
        _H,
        "you whic acci deli doin mean mean meant purp work own your",
        r"(?:mean|meant|intend|trying|want)(?: to)? (?:to )?(?:catch|cut|burn|hit|fall|hurt|break"
        r"|trap"
        r"|slip|scald|scratch|bang|punch|drop|bleed|shut|slam|put|touch|bruise"
        rf"|knock){gap(3)}(?:your|"
        rf"you)\b|(?:on purpose|deliberate(?:ly)?|intentional(?:ly)?)\b|(?P<who>your) (?:own )?"
        r"(?:doing|handiwork|work)\b(?! (?:well|hours|day|week|place|okay|ok|on|at|out|today|this"
        r"|there"
        r"|anything|right|alright))|was (?:it|that|this) an accident|which (?:hand|arm|leg|side"
        r"|foot|finger) (?:did|do) (?P<who2>you)\b|(?:is|was) (?:it|that|this) you\b"
        r"(?=[?.,]| (?:who|that|doing|yourself))",
    ),
    concept(
        "asked_marks",
        _H,
        "band blee blod bloo brui burn cut cuts dres graz line mark nick plas scab scar scra sore"
        " stri"
        " welt woun slee unde",
        rf"{_MARKS}{gap(6)}(?:you (?:did|do|done|make|made|gave|give|put|caused)|yourself|self)\b"
        r"|(?:any|fresh|new|more) (?:\w+ ){0,2}?(?:cuts|scratches|burns|welts|marks|ones\b(?="
        r" (?:on|under|since)))\b",
    ),
    concept(
        "asked_where",
        _H,
        "arms arm body legs leg skin thig wris your",
        r"(?<!\w )(?<!, )(?:and |so )?(?:on|to) (?:your (?:own )?(?:skin|arms?|legs?|body|thighs?"
        r"|wrists?)|yourself)\b(?=\?)",
    ),
    concept(
        "asked_on_arms",
        _H,
        "anyt new",
        rf"anything (?:new )?(?:on|under) your (?:{_BODY}|sleeves?)\b",
    ),
    concept(
        "asked_wound",
        _H,
        "stit woun scab dres cut cuts heal",
        r"(?:open|pull|pick|bit|rip|unpick|tear|tore|undo|undid|scratch)\w* (?:\w+"
        r" ){0,2}?(?:stitches|wounds?|scabs?|dressings?|cuts?|sores?)\b"
        r"(?! (?:by|for)),?(?= ?(?:yourself|on purpose|again|out|open|up|deliberately|[?.]))",
    ),
    concept(
        "asked_tool",
        _H,
        "cut burn scra bla blad belt blea ciga comp elas glas hamm iron knif ligh matc need pin"
        " pins razo rubb scis"
        " stap stra twee kniv",
        rf"{_TOOL}\b{gap(10)}(?:on|against|into|to) (?:yourself|your (?:\w+ )?{_BODY})|hand (?:in "
        rf"|over )?(?:the|your|those|any) (?:\w+ )?{_TOOL}\b(?: in| over)?|(?:the|those|your|any)"
        rf" {_TOOL}\b{gap(12)}(?:hand"
        r" (?:them|it) in|put by|still|left|kept|keep|back)\b|you (?:cut|cutting|burned|scratched)"
        r" again\b|(?:us(?:e|ed|ing)|picked up|still"
        r" have|kept|keep|holding|hold|got|where are|hidden|reach\w* for)(?: \w+){0,3}"
        rf" {_TOOL}\b",
    ),
    concept(
        "asked_urge",
        _H,
        "bang bite biti blee burn cut cutt hit hurt pick pull punc scra",
        r"(?:urges?|want\w*|need\w*|tempt\w*|crav\w*|feel\w* like|start\w*|still|stopp\w*|been"
        r"|gone back"
        r" to|back to|any|the|that) (?:\w+ ){0,3}?(?:cut(?:ting)?|bleed(?:ing)?|burn(?:ing)?"
        r"|scratch(?:ing)?|pick(?:ing)?|pulling|punching|biting|banging|scalding)\b(?! (?:down"
        r"|back|out"
        r"|up|off|on|short|corners|the (?:grass|hair|cost)))",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*SUICIDE, *SELF_HARM)
