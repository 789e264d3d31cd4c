"""Triggers for suicide told by what surrounds it: what holds one back, and what is near."""

from notes.risk.concepts import ROLE, Concept, concept, gap
from notes.risk.fields import POISON, wish
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_WHO = rf"(?:mam|mum|mom|dad|nan|gran|he|she|they|(?:my|the|our) (?:\w+ )?(?:{ROLE}))"
_FIRM = r"(?:wall|edge|ledge|parapet|rails?|railings?|roof|bridge|balcony|multi-?storey|banister)"


HELD_BACK = (
    concept(
        "but_for_them",
        _S,
        "if",
        r"if (?:it )?(?:weren't|wasn't|hadn't been|was not|were not|werent|wasnt) for (?:[\w']+"
        r" ){1,4}?i(?:'d|d|"
        r" would|'d've) (?:\w+ ){0,2}?(?:gone|dead|done it|here|ended it|topped|jumped|finished)\b",
        Severity.ACTIVE,
        is_own=True,
    ),
    concept(
        "stops_me_yet",
        _S,
        "stop",
        r"(?:only thing|all that's|what's|thing that's|only one|things?) stopping me\b(?! (?:from"
        r" (?:quit|leav|shout"
        r"|eat|mov|go|call|ask|apply|buy)\w*))",
        Severity.ACTIVE,
        needs_topic=True,
    ),
    wish(
        "nothing_once_gone",
        "once when wait afte keep",
        rf"(?:once|when|after) {_WHO}(?:'s| is| are|'re)? (?:gone|dead|passed|goes|dies"
        rf"|buried){gap(5)}(?:nothing|no reason"
        r"|i can (?:go|follow|stop|rest)|i'm (?:off|done|free)|no point)\b|wait\w* (?:only |just"
        rf" )?for {_WHO} to (?:die|go|pass)"
        rf"\b{gap(6)}i (?:can|could|will|'ll)|nothing to keep me\b(?! (?:busy|awake|occupied))",
        is_own=True,
    ),
    wish(
        "why_left_here",
        "here aliv behi eart brea goin",
        r"why (?:\w+ )?(?:he|she|god|the lord|they|allah) (?:\w+ )?(?:leaves?|left|keeps?|kept"
        r"|lets?|would keep) (?P<who>me) (?:here"
        r"|alive|behind|on (?:this )?earth|breathing|going)",
    ),
    wish(
        "no_wish_to_be",
        "wish desi want reas",
        r"no (?:wish|desire|want|great wish|reason) to (?:be (?:here|alive|around)|live\b|go on\b"
        r"|carry on|see (?:another|the))",
    ),
    wish(
        "would_go_gladly",
        "soon rest sorr sad both upse welc emba",
        r"(?:wouldn't|won't|not) be (?:sorry|sad|bothered|upset|heartbroken) (?:to (?:go|die|leave"
        r" this (?:life|world))|if i (?:went|died"
        r"|didn't wake|never woke))\b(?! (?:home|to|out|back))|(?:dying|death|die)\b(?:"
        r" \w+){0,3},? (?:and |in fact )?i(?:'d| would)"
        r" (?:welcome|embrace|be glad of|thank)\b|as soon not\b(?= (?:be|wake|live|go on|exist)"
        r"|[.,;]|$)|rest of (?:it|me) to (?:catch up"
        r"|follow|die)\b",
    ),
    wish(
        "thought_good",
        "lump scan resu diag turb engi ches pain bree",
        r"when the (?:lump|scan|results?|diagnosis|plane|turbulence|engine|chest pain|pain|tumou?r"
        r"|letter)\b(?:[^\w']+[\w']+){0,7}?[^\w']+i"
        r" (?:just )?thought,? (?:oh,? )?(?:good|great|at last|finally|thank god|lovely|please"
        r"|yes)\b",
        is_own=True,
    ),
    wish(
        "been_with_the_lost",
        "wish shou",
        r"wish\w* i(?:'d| had) (?:been|gone|died) (?:in the (?:car|boat|plane|house|fire|crash)|on"
        r" (?:that|the) (?:plane|boat|train|bus)"
        r"|with (?:them|him|her)\b(?= (?:in|when|that|on)|[.,;]|$))|should(?:'ve| have) (?:gone"
        r" down|died|drowned|burned|perished)"
        r" with (?:the|them|him|her|my)",
        is_own=True,
    ),
    wish(
        "would_not_look",
        "cros happ",
        r"cross\w* (?:the )?(?:roads?|streets?) without looking|if it happens,? it happens",
        is_own=True,
    ),
    wish(
        "nobody_for_a_week",
        "noti",
        r"(?:no ?body|no one)(?:'d| would|d) (?:even |ever )?notice\b(?= (?:for|till|until|that i"
        r"|if i)|[.]|$)(?! (?:if i (?:wore|cut|left early)))",
        is_own=True,
    ),
)

NEAR = (
    concept(
        "inner_urging",
        _S,
        "head mind brai voic thou some part depr",
        r"(?:(?:my|the|a) (?:head|mind|brain|voice (?:inside|in my)|thoughts?|depression)"
        r"|something|part of me)(?:"
        r" inside| in me| in my head)?(?: keeps?)? (?:tells?"
        r"|telling|says?|saying|shouts?|whispers?)(?: me)?(?: to)? (?:just )?(?:finish it|end it"
        r"|do it\b|get it over|jump|die|kill|go on then"
        r"|take them|let go|be done)",
        Severity.ACTIVE,
    ),
    concept(
        "cannot_promise",
        _S,
        "prom guar swea",
        r"(?:can't|cannot|won't|not going to) (?:promise|guarantee|swear)(?: you| her| him|"
        r" anyone)? (?:that )?i(?:'ll| will) (?:still )?(?:be"
        r" (?:here|alive|around)|make it|see\b|stay)",
        Severity.ACTIVE,
    ),
    concept(
        "they_would_find_me",
        _S,
        "find foun",
        r"(?:they|you|she|he|someone|somebody|who)(?:'d| would|'ll| will)? finds? (?P<who>me)\b"
        r" (?:in the morning|hanging|dead|and it|when it's"
        r" (?:over|done)|on the floor|cold)",
        Severity.ACTIVE,
    ),
    concept(
        "so_as_not_to",
        _S,
        "so",
        r"(?:drink|sleep|busy|stay|phone|call|walk|ring)\w*(?: \w+){0,3} so (?:that )?i (?:won't"
        r"|don't|can't) do it\b",
        Severity.ACTIVE,
    ),
    concept(
        "lets_go_of_wheel",
        _S,
        "whee hand",
        r"let(?:ting)? go of the (?:wheel|handlebars)|take my hands off the wheel",
        Severity.METHOD,
    ),
    concept(
        "poison_near",
        _S,
        "para pest weed pois rat anti drai cyan inse",
        r"(?:bottle|tin|jar|can|bag) of (?:paraquat|weed ?killer|poison|pesticide|anti-?freeze"
        r"|insecticide|rat (?:poison|bait)|cyanide)"
        rf"{gap(12)}(?:sit|sat|look|stare|hold|held|open|think|thought)\w*|{POISON}{gap(6)}(?:in"
        rf" the (?:shed|garage)){gap(6)}(?:sit|sat|look)",
        Severity.METHOD,
    ),
    concept(
        "legs_over_edge",
        _S,
        "legs leg feet roof brid ledg",
        rf"(?:sat|sitting|perched|climbed|stood|was)(?: up)? on the (?:[\w-]+ ){{0,4}}?{_FIRM}(?:"
        r" of the [\w-]+)? with (?:my|me|one) (?:legs?|feet|foot)"
        r"|(?:was|been|went|got|climbed) (?:right )?up on (?:the|that) (?:\w+ )?(?:roof|bridge"
        r"|ledge|viaduct|crane)\b(?: \w+){0,3}? (?:and|till|until|when|before)"
        r" (?:security|the police|someone|somebody|they|a (?:man|woman|copper|stranger|policeman))",
        Severity.BEHAVIOUR,
    ),
    concept(
        "stands_and_counts",
        _S,
        "coun lean toe toes line eyes wait expr",
        r"(?:stood|standing|stand|was|go)(?: \w+)? (?:on|at|to) (?:the|that) (?:\w+ )?(?:platform"
        r"|bridge|edge|roof|tracks|kerb|viaduct)\b"
        rf"{gap(8)}(?:count\w*|lean\w*|toes?|yellow line|closed? my eyes|wait\w* for the (?:fast"
        r"|express|next))",
        Severity.METHOD,
    ),
    concept(
        "bath_and_current",
        _S,
        "hair toas heat radi",
        rf"(?:bath|water){gap(8)}(?:hair ?dryer|toaster|electric heater)\b",
        Severity.METHOD,
    ),
    concept(
        "bag_on_head",
        _S,
        "bag",
        r"(?:plastic |carrier |bin )?bag (?:\w+ )?over (?:my|me) head",
        Severity.BEHAVIOUR,
    ),
    concept(
        "seeks_a_way",
        _S,
        "pain quic leas foru site webs onli enou",
        r"(?:least|most|more) (?:painful|painless|quick\w*|certain|reliable) (?:way|method)\b"
        r"|painless (?:way|method)|(?:forum|site|website|chat ?room|group)"
        rf"\b{gap(8)}how to (?:do it|die|kill|end)\b|enough (?:\w+ ){{0,3}}?to (?:put (?:down )?an?"
        r" (?:horse|elephant|bull|cow)|kill (?:a|an|ten)"
        r" (?:horse|elephant|men|people|bull))",
        Severity.METHOD,
    ),
    concept(
        "own_funeral",
        _S,
        "fune",
        r"plann(?:ed|ing) my own funeral",
        Severity.PLAN,
    ),
    concept(
        "prep_keys",
        _S,
        "told show wher",
        r"(?:told|shown|showed) (?:my|our|the|him|her|them)(?: \w+)? where (?:the|my|all the"
        r"|everything)(?: \w+)? (?:keys?|papers?|will|documents?|money|is|are)",
        Severity.PLAN,
        needs_topic=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*HELD_BACK, *NEAR)
