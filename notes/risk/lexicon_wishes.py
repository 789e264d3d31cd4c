"""More triggers for the passive wish to be dead: accident, illness, sleep, burden, indifference."""

from notes.risk.concepts import ROLE, Concept, gap
from notes.risk.fields import wish

_I = r"(?:i|i'm|im|i'd|i've|i'll|me|my|you|you're|you'd|you've)"
_WISHES = (
    r"(?:wish\w*|hop(?:e|es|ed|ing)|pray\w*|want\w*|wanna|like|love|rather|prefer\w*|long\w*"
    r"|dream\w*|wouldn't mind|fine|okay|glad|relie\w+|welcome)"
)
_NOT = (
    r"(?:not|never|won't|wouldn't|would not|don't|do not|didn't|doesn't|can't|cannot|couldn't|nae"
    r"|dinnae|no longer|stopped|hardly|barely)"
)
_VEHICLE = (
    r"(?:lorry|truck|bus|car|van|train|tram|tree|plane|juggernaut|taxi|coach|wagon|semi|cab"
    r"|something|someone|anything|it|one)"
)
_AVOID = (
    r"(?:steer|swerv|brak|dodg|step back|jump back|get out of the way|mov|stop (?:it|them)|turn"
    r" the wheel|save myself|fight (?:it|back)|call (?:for help|an ambulance|anyone)|run|duck"
    r"|shout for help|struggle)\w*"
)
_GRIM = (
    r"(?:cancer|tumou?r|terminal|incurable|malignant|heart attack|stroke|aneurysm|fatal|something"
    r" (?:fatal|terminal|incurable))"
)
_GLAD = r"(?:relie\w+|glad|happy|welcome|thankful|grateful|wouldn't mind|okay|fine|not mind|good)"
_LEFT = (
    rf"(?:they|he|she|everyone|everybody|(?:my|the) (?:\w+ )?{ROLE})"
    r"(?:'d| would| will|'ll| might| could)"
)


DANGER = (
    wish(
        "would_not_avoid",
        "both brak call dodg duck figh get gett jump mov move movx run runx save shou stee "
        "step stop stru swer turn when",
        rf"(?:if|when){gap(5)}{_VEHICLE}\b{gap(8)}(?:wouldn't|would not|won't|not|don't|dunno if"
        rf" i'd|didn't){gap(2)}{_AVOID}"
        rf"|(?:wouldn't|would not|won't) (?:even |bother to |try to |bother )*(?:steer(?:ing)? away"
        r"|swerve|brake|get(?:ting)? out of the way|move out of the way|step(?:ping)? back"
        r"|save myself|look both ways)",
        is_own=True,
    ),
    wish(
        "not_looking",
        "both cros eyes helm look seat wear",
        rf"{_NOT}{gap(3)}(?:look\w* (?:both ways|before (?:i|crossing)|when i cross|left or right)"
        r"|(?:bother\w* with|wear\w*|put\w* on) (?:my |the |a )?(?:seat ?belt|helmet))(?! because)"
        rf"|(?:clos\w+|shut\w*) my eyes{gap(4)}(?:driv\w+|wheel|road|motorway|highway|crossing)",
        is_own=True,
    ),
    wish(
        "not_care_to_survive",
        "both care cari diff fuss matt mind plus",
        rf"(?:{_NOT}|no|wouldn't|couldn't|all the same|past){gap(3)}(?:care|caring|mind|matters?"
        r"|bother(?:ed)?|fussed|plussed|difference)(?: to me| much| any ?more| either way)*"
        r"(?: \w+)? (?:if|whether) (?:or not )?i(?:'m|'d| am)? (?:ever |even |still )*"
        r"(?:make it\b(?! (?:to the (?:party|gym|meeting|game|wedding)|on time|there))|live\b(?!"
        r" (?:in"
        r"|at|near|with|here|there))|lived\b(?! (?:in|at|near|with|here|there))|surviv\w+|wake|woke"
        r"|alive|breath\w*|get (?:old|hit|run over|killed|better or)|got (?:hit|run over|killed)"
        r"|come (?:home|back|out|through)|pull through|see (?:\w+ )?(?:christmas|spring|summer"
        r"|morning|tomorrow|next|thirty|forty|fifty)|crash\w*|drown\w*|die[sd]?|go under)",
        is_own=True,
    ),
    wish(
        "hope_for_illness",
        "aneu biop bloo canc diag doct fata hear incu lump mali resu scan some stro term test tumo",
        rf"{_WISHES}{gap(6)}(?:get|got|have|had|find|found|be|it's|it was|something like|a|with)"
        rf" (?:\w+ ){{0,2}}?{_GRIM}\b(?! (?:research|charity|walk|nurse))"
        rf"|if{gap(3)}(?:scan|results?|biopsy|tests?|lump|diagnosis|doctor|bloods)\b{gap(5)}(?:bad"
        rf"|worst|positive|terminal|malignant|cancer|something){gap(8)}{_GLAD}\b",
        is_own=True,
    ),
    wish(
        "be_taken",
        "call coll fetc take took",
        r"(?:god|(?:the |good |dear )*lord|jesus|allah|the angels?|death|the reaper|him upstairs"
        r"|cancer|virus|covid|fever|sea) (?:would |will |'d |could |to |just |should |might |can"
        r" |had |has |have |please )*(?:takes?|took|taken|calls?|called|collects?|fetch(?:es)?)"
        r" (?P<who>me)\b(?! (?:to (?!him|heaven|his)|home from|seriously|out|back|for|in(?!"
        r" (?:the night|my sleep))|on|up|by|so|a|an|about))",
        is_own=True,
    ),
)

SLEEP = (
    wish(
        "sleep_for_good",
        "asle drif eyes slee wake waki woke",
        rf"(?:{_WISHES}|could|if i|just){gap(3)}(?:go|fall|drift|nod|lie down and|going|doze)"
        rf" (?:off |back )*(?:to )?(?:sleep|asleep){gap(7)}(?:forever|for ever|for good|never|nae"
        r"|be it|be that|that's it|the end|stay (?:asleep|there)|(?:not|no) (?:\w+ ){0,2}?wak\w+)"
        rf"|(?:{_WISHES}|if i|could|better|easier|thoughts? of|about){gap(6)}(?:not|never|didn't"
        r"|don't|n't|stop)(?: \w+){0,2} (?:wake|woken|waking)\b(?! (?:up (?:early|late|at|to|my|the"
        r"|until|in time|so)|my|the|him|her|early|until|at|so|in time))"
        r"|(?:not|never|n't) (?:\w+ )?(?:open|opened|opening) my eyes (?:again|any ?more|in the"
        r" morning)|(?:sleep|slept) and (?:never|not) wake",
    ),
    wish(
        "prefer_not_to_be",
        "aliv anyt arou been bett born eart easi exis here life livi neve nice plan simp worl",
        rf"(?:{_WISHES}|better|easier|simpler|choose|chose|if|idea|thought|thoughts|part of"
        rf" (?:me|you)){gap(5)}(?:not (?:to )?(?:be|being|have been)|weren't|wasn't|stop being"
        r"|stopped being|no longer be|no longer being|not) (?:\w+ )?(?:alive|exist\w*|born|in"
        r" (?:this"
        r"|the) world|on this (?:earth|planet)|(?:here|around) (?:any ?more|at all))\b"
        r"|(?:life|it|living|anything)(?:'s| is|'d be| would be)? (?:would be |be )?(?:easier"
        r"|better|simpler|nicer) (?:if|with) i(?:'d| had)? (?:never|not) (?:been|be|existed)",
    ),
    wish(
        "be_dead_or_done",
        "alre am brea coff dead done drea enou feet fine fini glad grav grou hope life "
        "like livi long love mind okay pray pref rath reli thro unde wait wann want welc "
        "were wish",
        rf"{_WISHES}{gap(2)}(?:be |were |was |am )(?:already |long |finally |just |six feet )*"
        r"(?:dead|under (?:the ground|ground)|in (?:the|my) (?:ground|grave|coffin|box)|done with"
        r" (?:life|living|this life|this world|it all|all of it)|finished with (?:life|living|it"
        r" all|all of it))\b(?! (?:tired|certain|sure|serious))"
        r"|(?:had|have had) (?:quite |more than )?enough of (?:life|living|being (?:alive|here)"
        r"|this life|this world)|(?:done|finished|through) (?:with|wi') (?:life|living|being alive"
        r"|this (?:life|world))|waiting (?:to die|for death|for it to be over)"
        r"|(?:stop|stopped|quit|give up|gave up|given up|tired of|sick of) (?:breathing\b(?!"
        r" (?:properly|right|in my sleep))|on life"
        r"|on living)\b(?<!i stop breathing)(?<!you stop breathing)",
    ),
)

BURDEN = (
    wish(
        "nobodys_problem",
        "both burd hair out prob trou way",
        r"(?:won't|wouldn't|not|never|no longer|don't want to|stop being|stopped being) (?:have"
        r" to )?"
        r"(?:be |being )?(?:any ?(?:body|one)'s|every(?:one|body)'s|a|their|your|his|her)(?: \w+)?"
        r" (?:problem|burden|bother|trouble)(?: any ?more| again| for (?:much )?longer| after)"
        r"|(?:won't|wouldn't) be (?:any ?(?:body|one)'s|every(?:one|body)'s) (?:problem|burden)"
        r"|out of (?:everyone's|everybody's|their|your|her|his) (?:hair|way|lives|life) for (?:good"
        r"|ever)",
        is_own=True,
    ),
    wish(
        "weight_on_all",
        "burd drag mill taki wast weig",
        r"(?:i'm|im|i am|i was|i've become|i feel like|being)(?: \w+){0,3} (?:burden|weight|drag"
        r"|millstone)(?: on| to| round| around)? (?:every(?:one|body)|them all|the (?:whole"
        r" )?family"
        r"|my (?:whole )?family|all of them|society)"
        r"|(?:i'm|i am|just) (?:a |nothing but a )?(?:waste of (?:space|air|oxygen|skin)|taking up"
        r" (?:space|air))",
        is_own=True,
    ),
    wish(
        "they_would_recover",
        "bett brea cry easi free grie happ hurt miss mour reli rich sad upse",
        rf"{_LEFT} (?:\w+ ){{0,2}}?(?:grieve|cry|be sad|be upset|mourn|miss me|be hurt)\b{gap(6)}"
        rf"(?:then|but|and|soon){gap(6)}(?:move on|breathe|get over|be free|be fine|be better|be"
        rf" okay"
        r"|be able|get on|forget|have peace|cope|be happier|be relieved)"
        rf"|{_LEFT} (?:\w+ ){{0,3}}?(?:better|happier|easier|relieved|free|richer){gap(5)}(?:if"
        r" i(?:'d| had| was| were| wasn't| weren't| went| died| didn't)? (?:gone|dead|not here"
        r"|here|around|alive|exist|disappeared|under)|once i'm gone|when i'm (?:gone|dead)"
        r"|after i'm gone|wi'?thout me)",
        is_own=True,
    ),
    wish(
        "insured",
        "cove insu pay pens poli wort",
        rf"(?:insurance|life cover|life policy|pension){gap(6)}(?:worth more|pay(?:s|ing)? out|if i"
        r"(?:'m| was| were) (?:dead|gone)|when i'm gone)|worth more dead",
        is_own=True,
    ),
)

POINTLESS = (
    wish(
        "why_stay",
        "aliv arou both brea carr get hang here hold keep livi stay stic",
        rf"(?:{_NOT} (?:really )?(?:see|know|get|think of)|no|nothing|what(?:'s| is)|can't (?:see"
        rf"|think of|find)|give me|why (?:would|should|do|am|bother)){gap(5)}(?:stick(?:ing)?"
        rf" (?:around"
        r"|it out)|stay(?:ing)? (?:alive|on this|in this world)|be(?:ing)? alive|keep(?:ing)?"
        r" (?:breathing|living|myself alive)|carry(?:ing)? on (?:living|breathing)|hold on for"
        r"|hang(?:ing)? on for|stay for\b|stick around|(?:i )?(?:even |still )?bother(?:ing)?"
        r" (?:living|being alive|with (?:life|living|being here))|here for\b|i'm (?:still"
        r" )?(?:alive"
        r"|breathing|even here))",
    ),
    wish(
        "only_kept_here",
        "aliv brea just keep life livi only reas stop",
        r"only (?:thing|reason|person|one)\b(?: \w+){0,4} (?:keep(?:s|ing)? me (?:here|alive"
        r"|breathing|from)|i'm (?:still )?(?:here|alive|breathing)|i (?:haven't|don't|stay alive"
        r"|keep breathing)|stop(?:s|ping) me)\b(?! (?:from (?:quit|leav|shout|eat|mov)))"
        r"|(?:living|breathing|being alive|staying alive|life) is (?:just |only )?(?:something i do"
        r"|a (?:chore|habit|sentence)|for)|(?:only|just) (?:alive|breathing|staying alive|living)"
        r" (?:for|because of|out of|so)",
        is_own=True,
    ),
    wish(
        "no_future_me",
        "aliv beyo futu gett maki next old past reac see",
        rf"(?:{_NOT}|no|hardly) (?:\w+ )?(?:see|picture|imagine|expect|plan|have"
        rf"|think)\b{gap(3)}(?:a"
        r" future (?:for me|for myself|with me|that has me)|future with me|myself (?:getting"
        r"|growing"
        r") old|(?:myself )?(?:reaching|making it to|getting to|past|beyond) (?:thirty|forty|fifty"
        r"|sixty|christmas|summer|spring|my (?:next )?birthday)|to (?:see|be alive|reach) (?:thirty"
        r"|forty|fifty|christmas|spring|summer|my birthday|next year))",
        is_own=True,
    ),
    wish(
        "go_after_the_dead",
        "afte foll go join soon",
        r"(?:wish\w*|want\w*|like|long\w*|ready|rather|hop\w+|thought of|think of|thinking of"
        rf"|tempted){gap(4)}(?:go(?:ing)? after|follow(?:ing)?|join(?:ing)?) (?:her|him|them"
        rf"|my (?:late )?(?:\w+ )?{ROLE})\b(?= too|[.,?!]|$| (?:when|sometimes|now|into (?:the"
        r" (?:ground|grave|dark))|there|soon))"
        r"|(?:see|be with) (?:her|him|them) again soon",
    ),
    wish(
        "dark_thoughts",
        "blac dark",
        r"(?:dark(?:er|est)?|black) (?:\w+ )?thoughts\b|thoughts (?:\w+ ){0,3}?(?:got|get|turn|go"
        r"|went|turned) (?:\w+ )?dark\b",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*DANGER, *SLEEP, *BURDEN, *POINTLESS)
