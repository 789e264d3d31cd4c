"""More triggers for active suicide: colloquial words, means looked at, and preparations.

The rules called `prep_…` are everyday acts. They count while suicide is being talked about, or
where a patient tells two of them together (see `assess`).
"""

from notes.risk.concepts import OWN, PILLS, SELF, Concept, concept, gap
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_LOOKS = (
    r"(?:look(?:ed|s|ing)? (?:at|up|into)|think(?:s|ing)? (?:about|of)|thought (?:about|of)|count"
    r"(?:ed|ing|s)?|star(?:e|ed|ing) at|pictur(?:e|ed|ing)|imagin(?:e|ed|ing)|googl(?:e|ed|ing)"
    r"|research(?:ed|ing)|search(?:ed|ing)(?: for)?|read(?:ing)? (?:about|up on)|eye(?:d|ing) up"
    r"|walk(?:ed|ing)? (?:up )?to|went (?:up )?to|checked)"
)
_MEANS = (
    rf"(?:{PILLS}|rope|noose|bridge|viaduct|knife|blade|razor|platform|tracks|rails|cliff|height"
    r"|car park|roof|ledge|exhaust|hose(?:pipe)?|gun|shotgun|rifle|beam|rafters?|belt|dose|poison"
    r"|weed ?killer|quarry|river|canal|sea|pier|tower|balcony)"
)
_ENOUGH = (
    r"(?:that|it|this|they|those|which|one)(?:'d| would|'ll| will| could| might)"
    r" (?:just |probably |all )*(?:do it|do me|be (?:enough|quick|over|easy|painless|it)|finish me"
    r"|do the (?:job|trick)|kill me|sort it|hold (?:me|my weight))"
)
_GUN = r"(?:gun|shotgun|rifle|pistol|revolver|air ?gun)"

ACTIVE = (
    concept(
        "top_self",
        _S,
        "end ende endi fini put putt top topp",
        rf"(?:top(?:ping|ped)?|finish(?:ing|ed)?(?: off)?|end(?:ing|ed)?) {SELF}(?: off)?(?! a\b)"
        r"|put(?:ting)? an end to (?:it all|my life|your life|everything|myself|yourself|my"
        r" (?:suffering|misery))|put(?:ting)? (?:myself|yourself) out of (?:my|your) misery",
        Severity.ACTIVE,
    ),
    concept(
        "be_done_with_it",
        _S,
        "over be coul done fini lot whol",
        r"(?:just |could |and |to |i'll )(?:be |have )(?:done|finished|over) (?:with|wi'?) (?:it"
        r"|the lot|all (?:of )?it|everything|the whole (?:lot|thing))\b(?= all| for good| tonight"
        r"| now|[.!?]|$)",
        Severity.ACTIVE,
        needs_topic=True,
    ),
    concept(
        "sounds_like_suicide",
        _S,
        "cid cidx sewe side soec soes soic sois sooe sooi sua suac suas susi thou",
        r"(?:sewer|soo?[ie]|sua|sooey|susi)[ -]?(?:a |i )?(?:side|cid)\w*(?: thoughts)?",
        Severity.ACTIVE,
    ),
    concept(
        "not_alive",
        _S,
        "aliv",
        r"(?:won't|will not|not going to|not gonna|never going to) (?:be |get |come |leave |take "
        r"|go"
        r" |see |make )(?:\w+ ){0,5}?alive\b",
        Severity.INTENT,
    ),
    concept(
        "close_to_it",
        _S,
        "almo clos near",
        r"(?:this|so|that|very|really|too) close to (?:doing it|going through with it|ending it"
        r"|jumping|not being here)|(?:nearly|almost) (?:did it|went through with it|ended it"
        r"|wasn't here)\b(?! (?:on purpose|by))",
        Severity.ACTIVE,
        needs_topic=True,
    ),
)

MEANS = (
    concept(
        "method_blade",
        _S,
        "blad knif razo scis stan wris",
        rf"(?:knife|blade|razor|scissors|stanley){gap(6)}(?:{OWN}|the )?(?:wrists?|throat|veins)\b",
        Severity.METHOD,
    ),
    concept(
        "method_lot",
        _S,
        "down neck swal take taki took",
        r"(?:neck(?:ing|ed)?|swallow(?:ing|ed)?|tak(?:e|ing)|took|down(?:ing|ed)?) (?:the"
        r" (?:whole )?"
        rf"lot|every last (?:one|{PILLS})|every (?:one|{PILLS}) i (?:had|have|could)|(?:the|all the"
        rf"|all my|my) (?:\w+ )?{PILLS} (?:at"
        rf" once|in one go|in one)|(?:a|the) (?:whole |full )?(?:packet|strip|jar|bottle|box) of"
        rf" {PILLS})",
        Severity.METHOD,
    ),
    concept(
        "took_many",
        _S,
        "down neck swal take took",
        r"(?:took|taken|swallowed|necked|downed) (?:\w+ )?(?:[2-9]\d|1\d\d|twenty|thirty|forty"
        r"|fifty"
        r"|sixty|seventy|eighty|ninety|a hundred)(?:[- ]\w+)?,? (?:of )?(?:the |my |her |his "
        r"|your )?"
        rf"(?:\w+ )?{PILLS}(?! (?:over|in (?:a|the) (?:week|month|year)|a (?:week|month)))",
        Severity.BEHAVIOUR,
    ),
    concept(
        "method_rails",
        _S,
        "jump leap lie liee liei liep lies lyin sit site siti sitp sits stan step thro walk",
        rf"(?:step|jump|leap|throw|lie|lying|sit|walk|stand)(?:p?ing|p?ed|s)? (?:{SELF} )?(?:down"
        r" |out |up )?(?:(?:on|onto|in front of|under|between) (?:the |a )?(?:tracks|rails|railway"
        r"|line\b(?= (?:at|by|near))|motorway|lorry|wheels|tram)"
        r"|(?:off|from|over) (?:the|a|that|my|our) (?:\w+ )?(?:pier|viaduct|car park|multi-?storey"
        r"|edge|quarry|jetty|flyover|weir|dam|scaffold\w*|railings?|tower block)(?! (?:with|into"
        r" the (?:sea|pool|water) with|for (?:fun|a dare|charity))))",
        Severity.METHOD,
    ),
    concept(
        "method_ligature",
        _S,
        "belt cabl cord flex lead noos rope scar shee tie wire",
        rf"(?:belt|rope|noose|cord|scarf|cable|sheet|tie|lead|flex|wire)\b{gap(4)}(?:a?round|about)"
        rf" {OWN}(?:neck|throat)|(?:belt|rope|noose|cord|sheet|flex){gap(3)}(?:over|on|to|from)"
        rf" (?:the"
        r" |a )?(?:beam|rafters?|door|banister|hook|branch|pipe|ceiling|loft hatch)",
        Severity.BEHAVIOUR,
    ),
    concept(
        "method_fumes",
        _S,
        "car exha hose pipe tail",
        rf"(?:hose(?:pipe)?|pipe|tube){gap(4)}(?:exhaust|tail ?pipe|car window)|exhaust"
        rf"{gap(3)}(?:hose|pipe|window|fumes)",
        Severity.METHOD,
    ),
    concept(
        "means_enough",
        _S,
        "balc beam belt blad bott brid cana caps car clif code dose edge exha gun heig hose ibup"
        " insu kniv knif"
        " ledg lith medi meds meth morp noos oxy oxyc pain para park perc pier pill plat pois"
        " quar rafte raft rail"
        " razo rifl rive roof rope sea sert shot slee tabl towe trac tram tyle vali viad weed"
        " xana aspi ambi anti ativ"
        " benz klon opio",
        rf"{_LOOKS}{gap(4)}{_MEANS}\b{gap(5)}(?P<term>{_ENOUGH})",
        Severity.METHOD,
    ),
    concept(
        "means_looked_at",
        _S,
        "be do over chec coul coun easy enou eyed fini goog hold how imag job kill look migh pain "
        "pict prob quic read rese sear sort star thin thos thou tric up walk went whic",
        rf"{_LOOKS}{gap(4)}{_MEANS}\b|{_ENOUGH}"
        r"|(?:looked up|googled|worked out|read up|checked|know|found out) (?:exactly )?how (?:many"
        r"|much|long|high|deep)\b",
        Severity.METHOD,
        needs_topic=True,
    ),
    concept(
        "gun_ready",
        _S,
        "airg gun held hold load pist revo rifl sat shot",
        rf"(?:load(?:ed|ing)?|held|holding|sat with|sitting with|got out|took out|in my hands?"
        rf"|picked up){gap(3)}(?:{_GUN}|it\b(?= and|,))|{_GUN}{gap(8)}(?:loaded|in my (?:mouth|hand"
        rf"|lap))",
        Severity.BEHAVIOUR,
        needs_topic=True,
    ),
)

STEPS = (
    concept(
        "plan_aside",
        _S,
        "case coll keep kept lay layi put putt read save savi set sett squi them tuck when",
        r"(?:put(?:ting)?|set(?:ting)?|keep(?:ing)?|kept|lay(?:ing)?|tuck\w*|squirrel\w*) (?:\w+"
        rf" ){{0,4}}?{PILLS} (?:aside|by\b(?! the)|back\b|to one side)"
        rf"|(?:a |the )?(?:jar|drawer|bag|box|tin|sock|shoebox)(?:ful|full)? of (?:\w+ ){{0,3}}?"
        rf"{PILLS}{gap(6)}(?:for when|in case|ready|saved|just in case i)"
        r"|not (?:been )?(?:taking|swallowing) (?:them|my (?:meds|tablets))\b(?: \w+){0,4}"
        r" (?:saving|keeping|collecting) (?:them|it)",
        Severity.PLAN,
    ),
    concept(
        "plan_day",
        _S,
        "circ date day dead mark mome nigh time week when",
        r"(?:decided|settled|agreed|fixed|chosen|picked|set) (?:on |upon )?(?:a|the|which|your|my)"
        r" (?:\w+ )?(?:time|date|day|night|moment|weekend)\b"
        r"|(?:got|have|had|there's|is there|have in mind|thought of) (?:a|the) (?:\w+ )?(?:date|day"
        r"|time|deadline)\b(?: (?:in (?:my|your) (?:head|mind|diary|calendar)|in mind|for it|set"
        r"|picked|chosen|when you))|when (?:you|i)(?:'d| would|'ll| might) (?:do it|go through|act)"
        r"|(?:circled|marked) (?:it|the (?:date|day|\w+))",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "plan_hidden",
        _S,
        "hid hidd hidi keep kept move put stas tuck",
        r"(?:put|hid|hidden|keep|kept|stashed|tucked|moved|hiding) (?:them|it|those|some|one|the"
        r" \w+)"
        rf"\b{gap(14)}(?:wouldn't|won't|can't|couldn't|doesn't|don't|never|not|nobody|no one)"
        rf"(?: \w+){{0,2}} (?:find|finds|found|see|sees|notice|know|knows)",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "prep_letters",
        _S,
        "card good lett note reco vide writ wrot",
        r"said (?:all )?my good ?-?byes|(?:wrote|written|writing|write|drafted|started|recorded"
        r"|left) (?:\w+ ){0,4}?(?:letters?"
        r"|(?<!the )notes?\b(?! (?:in class|from|on the (?:meeting|lecture)))|videos? (?:for|to)"
        r"|cards? for"
        r" each)",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "prep_give_away",
        _S,
        "find foun gave give givi reho",
        r"g(?:ave|iv(?:e|en|ing)) (?:away )?(?:all )?my (?:\w+ ){1,2}?(?:to|away)\b"
        r"|g(?:ave|iv(?:e|en|ing)) (?:\w+ ){1,3}?away\b"
        r"|(?:found|finding|find) (?:a )?(?:new )?(?:home|someone) for (?:the|my) (?:dog|cat"
        r"|animals"
        r"|bird|horse)|rehom(?:ed|ing) (?:the|my) \w+",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "prep_affairs",
        _S,
        "acco affa bank fune insu pass pens poli will",
        r"(?:sort\w*|wrote|written|writing|updat\w*|made|making|put|organi[sz]\w*|arrang\w*|paid"
        r"|chang\w*"
        rf"|chos\w+|plann?\w*|list\w*|sign\w*){gap(4)}(?:passwords?|my will\b|a will\b|(?:my"
        rf" )?funeral"
        r"|life insurance|bank (?:details|accounts?)|affairs|(?:my )?(?:policy|pension))",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "prep_means",
        _S,
        "borr boug fitt foun got hose orde pipe rope up",
        rf"(?:bought|ordered|got hold of|found|picked up|borrowed|saved up) (?:\w+ ){{0,4}}?(?:rope"
        rf"|hose(?:pipe)?|pipe|fitting|helium|canister|blades?|razors?|{PILLS}|{_GUN}|charcoal)\b",
        Severity.PLAN,
        needs_topic=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*STEPS, *MEANS, *ACTIVE)
