"""Triggers for suicide: thoughts, methods, intent and plan."""

from notes.risk.concepts import OWN, PILLS, SELF, Concept, concept, gap
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE

ACTIVE = (
    concept(
        "suicide_of_other",
        _S,
        "suic",
        rf"(?:a|the|his|her|their|\w+'s) suicide(?= (?:at|in|on|of|last|was|is|hit|changed)\b|[.,])"
        rf"|(?:lost|losing){gap(4)}to suicide|(?:died|dies) (?:by|of|from) suicide"
        r"|suicide (?:in|runs in) (?:my|the|our|his|her) family|committed suicide",
        is_others=True,
    ),
    concept(
        "kill_self",
        _S,
        "away kill murd off offe offi unal",
        rf"(?:kill(?:ing|ed|s)?|off(?:ing|ed)?|unaliv\w*|do(?:ing)? away with|murder\w*) {SELF}",
        Severity.ACTIVE,
    ),
    concept(
        "end_life",
        _S,
        "end ende endi ends take taki took",
        rf"(?:end(?:ing|ed|s)?|tak(?:e|ing|en|es)|took) {OWN}li(?:fe|ves)\b",
        Severity.ACTIVE,
    ),
    concept(
        "end_it_all",
        _S,
        "end endi ende",
        r"(?:end|ending|ended) (?:it all|everything|things for good)\b"
        r"|(?:want(?:ed|ing)? to|wanna|going to|gonna|ready to|thought (?:about|of)"
        r"|think(?:ing)? (?:about|of)|thoughts of|could|just|decided to|time to)"
        r" (?:just )?(?P<term>end(?:ing)? (?:it|things))\b"
        r"(?! with| between|, the| and (?:move|find|break)| before the wedding)",
        Severity.ACTIVE,
    ),
    concept(
        "suicide_word",
        _S,
        "kms sue suea suec suei sues suey sui suia suic suis suwi",
        r"su(?:i|e|ey|wi)[ -]?[ai]?[ -]?(?:cid\w*|side\w*)\b|kms\b",
        Severity.ACTIVE,
    ),
    concept(
        "leave_life",
        _S,
        "aliv arou chec eart here leav livi will worl",
        r"check(?:ing)? out for good|(?:leave|leaving) (?:this|the) (?:world|earth|life)\b"
        r"|(?:don't|can't|cannot|do not) (?:really )?(?:see|picture|imagine) (?:myself|me)"
        r" (?:being )?"
        r"(?:around|here|alive|living)|(?:won't|will not|not going to|not gonna) be (?:around|here"
        r"|alive)"
        r" (?:much longer|next (?:year|month|week)|for (?:christmas|my birthday|long)|by then|any"
        r" ?more)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "do_something",
        _S,
        "some trus",
        rf"do(?:ing)? something (?:bad |drastic |terrible )?to {SELF}"
        r"|(?:don't|can't|cannot|do not) trust (?:myself|yourself) (?:alone|tonight|around|with|to"
        r" be|not to|right now)",
        Severity.ACTIVE,
    ),
    concept(
        "ways_to_die",
        _S,
        "dose how kill many meth way ways",
        r"(?:ways?|how|methods?) (?:to |of |i (?:could|would|might|can|'d) |i'd |you (?:could"
        r"|would) )"
        r"(?:die|kill (?:my|your)self|end (?:it|my life)|dying|do it painlessly)\b"
        rf"|how (?:many|much)(?: of)?(?: my| the)? {PILLS}{gap(5)}(?:take|takes|kill|die|fatal"
        rf"|lethal)"
        r"|(?:takes?|enough|dose) to kill (?:you|me|a person|someone|yourself|myself)|lethal dose",
        Severity.METHOD,
    ),
    concept("do_self_in", _S, "do doin", rf"do(?:ing)? {SELF} in\b", Severity.ACTIVE),
    concept(
        "cannot_stay_safe",
        _S,
        "safe",
        r"(?:keep(?:ing)? (?:myself|yourself|me|you) safe|stay(?:ing)? safe)"
        r"(?= (?:tonight|until|this|from|right|for|now)|[.?!,]|$)",
        Severity.ACTIVE,
        is_inverse=True,
    ),
)

METHOD = (
    concept(
        "method_jump",
        _S,
        "jump leap lie step thro walk",
        rf"(?:step|jump|walk|leap|throw|lie)(?:p?ing|p?ed)? (?:{SELF} )?(?:out |down )?(?:(?:in"
        rf" ?front of"
        r"|under) (?:a|the|that|an|some)? ?(?:\w+ )?(?:train|bus|truck|car|lorry|tram|subway|tube)"
        r"|(?:in ?front of|into) (?:the )?(?:\w+ )?(?:traffic|ocean|sea|river|lake)"
        r"|(?:off|from) (?:a|the|that|my|some) (?:\w+ )?(?:bridge|building|roof|balcony|cliff"
        r"|overpass|ledge|window|parking garage|tower))",
        Severity.METHOD,
    ),
    concept(
        "method_drive",
        _S,
        "cras driv run runn stee swer turn wrap",
        r"(?:driv(?:e|ing)|steer(?:ing)?|swerv(?:e|ing)|crash(?:ing)?|turn(?:ing)? the wheel"
        r"|wrap(?:ping)?|run(?:ning)?) (?:[\w']+ ){0,3}?"
        r"(?:off (?:a|the|that|this) (?:\w+ )?(?:bridge|road|cliff|overpass|highway)"
        r"|(?:into|around) (?:a |the |that |oncoming )?(?:\w+ )?"
        r"(?:tree|wall|pole|divider|barrier|truck|river|lake|traffic)\b)",
        Severity.METHOD,
    ),
    concept(
        "method_self",
        _S,
        "drow elec gas gass hang hung pois shoo shot stra suff",
        rf"(?:hang(?:ing|ed)?|hung|shoot(?:ing)?|shot|drown\w*|poison\w*|gass?(?:ing|ed)?"
        rf"|electrocut\w*"
        rf"|suffocat\w*|strangl\w*) {SELF}(?! out)",
        Severity.METHOD,
    ),
    concept(
        "method_wrists",
        _S,
        "slit slas open",
        rf"(?:slit(?:ting)?|slash\w*|open(?:ing)?) {OWN}(?:wrists?|throat|veins)",
        Severity.METHOD,
    ),
    concept(
        "method_pills",
        _S,
        "take taki took swal down",
        r"(?:tak(?:e|ing|en)|took|swallow\w*|down(?:ing)?) (?:[\w']+ ){0,2}?"
        rf"(?:(?:all (?:of )?)(?:my|the|those|these|your) {PILLS}(?! (?:as|on time|every|daily|like"
        r"|correctly|regularly|now|so|and|for|with))|(?:all of (?:it|them)|them all|everything) at"
        r" once"
        rf"|(?:the |a )?(?:whole|entire) (?:bottle|box|pack)|(?:handful|bunch|bottle)s? of"
        rf" {PILLS})",
        Severity.METHOD,
    ),
    concept(
        "method_overdose",
        _S,
        "over od",
        rf"(?:think\w*|thought\w*|want\w*|going|gonna|plan\w*|consider\w*|imagin\w*|enough|rather"
        rf"|could|will|i'll|ready|tempted){gap(4)}(?P<term>over[ -]?dos(?:e|ing)|od)\b",
        Severity.METHOD,
    ),
    concept(
        "method_neck",
        _S,
        "neck",
        rf"(?:belt|rope|noose|cord|scarf|cable|sheet)\b{gap(4)}around {OWN}neck",
        Severity.BEHAVIOUR,
    ),
    concept(
        "method_exhaust",
        _S,
        "engi exha gara mono moto",
        rf"garage\b{gap(6)}(?:engine|motor|car) (?:running|on)\b|(?:engine|motor|car)"
        rf" running{gap(5)}garage"
        r"|carbon monoxide",
        Severity.METHOD,
    ),
    concept(
        "method_in_hand",
        _S,
        "hand hand mout lap",
        rf"(?:had|held|holding|with|sat) (?:there )?(?:with )?(?:the|a|my|all the) (?:bottle of"
        rf" )?(?:{PILLS}|gun|knife|razor"
        rf"|rope)(?: \w+){{0,2}} in {OWN}(?:hands?|mouth|lap)",
        Severity.BEHAVIOUR,
    ),
    concept(
        "method_thought",
        _S,
        "jump",
        r"(?:thought|think\w*|thoughts|want\w*|urges?) (?:\w+ ){0,2}?(?P<term>jump(?:ing)?)"
        r"(?=[.,!?]|$| off\b| in front| from)",
        Severity.METHOD,
    ),
    concept(
        "method_edge",
        _S,
        "stoo stan clim",
        r"(?:stood|standing|climbed|climbing) (?:\w+ ){0,3}?(?:bridge|ledge|overpass|railing|train"
        r" tracks)",
        Severity.METHOD,
    ),
    concept(
        "method_gun",
        _S,
        "gun pist rifl",
        rf"(?:gun|pistol|rifle) (?:to|in|against|at) {OWN}(?:head|mouth|temple|chest)",
        Severity.METHOD,
    ),
)

PLAN = (
    concept(
        "plan_stockpile",
        _S,
        "save savi stoc hoar stas coun hid hidd hidi",
        r"(?:sav(?:e|ed|ing)|stockpil\w*|hoard\w*|stash\w*|hid(?:den|ing)?\b|count(?:ed|ing))"
        rf"(?: up)?(?: [\w']+){{0,3}}? {PILLS}",
        Severity.PLAN,
    ),
    concept(
        "plan_note",
        _S,
        "good suic fare",
        r"(?:good ?-?bye|suicide|farewell) (?:note|letter|video|message)s?\b"
        r"(?! to (?:my (?:late|dad|father|mother|mom)|alcohol|him|her|the))",
        Severity.PLAN,
    ),
    concept(
        "plan_give_away",
        _S,
        "gave givi give",
        r"g(?:ave|iv(?:e|en|ing)) away (?:all )?(?:of )?my (?:things|stuff|belongings|possessions"
        r"|dog|cat|jewelry)",
        Severity.PLAN,
    ),
    concept(
        "plan_means",
        _S,
        "rope noos heli",
        r"(?:bought|got|get|have|tied|made|buy|i've) (?:a|the|some|my) (?:rope|noose|helium)(?!"
        r" (?:ladder|swing|bridge|,))",
        Severity.PLAN,
    ),
    concept(
        "plan_disguise",
        _S,
        "acci",
        r"make it look like an accident",
        Severity.PLAN,
    ),
    concept("plan_affairs", _S, "affa", r"affairs in order\b", Severity.PLAN, needs_topic=True),
    concept(
        "plan_topic",
        _S,
        "arra date pick plan prep spot",
        r"(?:(?:(?:a|any|have|had|made|of|specific|actual|real|clear|no|or) )+(?P<term>plans?)\b"
        r"(?! (?:for (?:the|this|next|work|my)|with|of care|together|to (?!kill|end|do|die|take"
        r"|jump|use"
        r"|hang|hurt|act))))"
        r"|(?:made|making|any) (?:\w+ )?(?:preparations?|arrangements)|planned (?:it|how|out)"
        r"|planning (?:it|how)"
        r"|picked (?:a|the|out) (?:\w+ )?(?:date|day|spot|place)",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "method_topic",
        _S,
        "acce how mean meth thin thou way",
        r"how (?:i|you)(?:'d| would| might|'ll| could)? (?:would |might )?(?:do|end|go about) it"
        r"|a way to (?:do it|end)|(?:thought|thinking) (?:about |of )?(?:how|(?:a|any|the)?"
        r" ?(?:ways?|methods?|means)\b)|which (?:means|method)|access to"
        r" (?:means|pills|a gun|guns)",
        Severity.METHOD,
        needs_topic=True,
    ),
    concept(
        "intent_topic",
        _S,
        "act acti acte inte thro",
        r"act(?:ing|ed)? on (?:it|that|this|them|those|these)|inten(?:t|d|tion|tions|ding)\b"
        r"|go(?:ing)? through with (?:it|that)|follow(?:ing)? through",
        Severity.INTENT,
        needs_topic=True,
    ),
    concept(
        "attempt_topic",
        _S,
        "atte trie",
        r"attempt(?:s|ed)?\b(?! to (?!kill|end|die))|ever tried\b|tried (?:it|before|that)\b",
        Severity.BEHAVIOUR,
        needs_topic=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*PLAN, *METHOD, *ACTIVE)
