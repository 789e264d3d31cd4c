"""Triggers for suicide by one's own hand: colloquial verbs, and going."""

from notes.risk.concepts import Concept, concept
from notes.risk.fields import ME
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_SELF_HEADS = "mese mase myse self mise meow me my ma"

SELF_KILLING = (
    concept(
        "do_away_with_self",
        _S,
        _SELF_HEADS,
        r"(?:knock\w*|bump\w*|pop\w*|snuff\w*|see|seeing|saw|finish\w*|bin|top|topp\w*|off|offing"
        r"|do|doing"
        r"|done|make|making|made|put|putting|get|getting|take|taking|wipe|wiping|rub|rubbing"
        r"|switch\w*"
        r"|delet\w+|eras\w+|remov\w+|dispos\w+|exterminat\w+|destroy\w*|eliminat\w+|dispatch\w*"
        r"|string\w*"
        r"|strung|hang\w*|hung|drown\w*|shoot\w*|shot|gas|gass\w*|poison\w*|strangl\w+|suffocat\w+"
        r"|slaughter\w*|murder\w*|kill\w*|end\w*|unaliv\w*|sacrific\w*|execut\w+|neck\w*|drop\w*"
        r"|set(?:ting)? (?:fire|light) to) "
        rf"(?:(?:away |an end |paid |out |rid |in )?(?:with|to|of|for|off|on|by)? ?)"
        rf"(?:{ME}|(?:an end to )(?P<who2>me)\b)"
        r"(?= ?(?:[.,;!?—-]|$|off\b|in\b(?! (?:a|the|my))|out\b(?! (?:of (?:bed|the (?!picture"
        r"|world)|my|here|that|this (?!world|life)|"
        r"there|debt|it|trouble|work)|for|to|with|there|on|trying|at))|away\b|down\b(?! (?:to|for"
        r"|gently"
        r"|on|about|by|a))|up\b(?= (?:from|in|and)|[.,])|by\b|before|from this (?:life|world)|with"
        r" (?:a|the"
        r"|my|own|me)\b|and|over|tonight|this|so|because|when|if|like|again|but|one|some|at"
        r" (?:night|last)))",
        Severity.ACTIVE,
    ),
    concept(
        "turn_on_self",
        _S,
        "end endi turn",
        rf"turn\w* (?:it|that|the \w+|them)(?: round| around)? on {ME}|(?:i'm|i am|i'll be|by|of"
        r"|to) end(?:ing)? it"
        r"\b(?! (?:with|all with|there|here|early|between|on a|for the"
        r" day))(?![^.]*(?:relationship|marriage"
        r"|engagement|contract|lease|tenancy|friendship|\bjob\b|\bcall\b|\bwith (?:him|her|them)))",
        Severity.ACTIVE,
    ),
    concept(
        "by_own_hand",
        _S,
        "hand fing",
        r"(?:by|with|at) (?P<who>my|me|own|your) (?:own )?hands?\b(?= ?(?:[.,;!?]|$|and|i|is|that"
        r"|in))"
        r"(?<!with my hand)(?<!with my hands)(?<!by my hand)|(?:rais\w+|lay\w*|laid|lift\w*|put)"
        r" (?:a|my"
        r" own|own|me own) (?:hands?|finger) (?:to|on|against) (?:myself|meself)",
        Severity.ACTIVE,
    ),
    concept(
        "get_in_first",
        _S,
        "firs natu beat befo own term time leav wait doin does that hurr",
        r"(?:get in first|get there first|beat (?:it|nature|the \w+) to it|not (?:leave|leaving"
        r"|wait\w*)"
        r" (?:it |for )?(?:to )?(?:nature|god|the (?:cancer|disease|end)|it to)|(?:on|in) my own"
        r" terms"
        r"|(?:at|in) my own time|(?:help|hurry|speed|move|nudge|push) (?:it|things|nature|myself"
        r"|the"
        r" (?:process|end)) (?:along|up|on)\b|be(?:ing)? the one (?:that|who|to) (?:does|do) it"
        r"|see to (?:it|"
        r"that) (?:myself|meself|first))",
        Severity.ACTIVE,
        needs_topic=True,
    ),
    concept(
        "blow_brains",
        _S,
        "mout chin skul temp thro ches jaw brai head heart",
        r"(?:blow\w*|blew|shoot\w*|shot|splatter\w*|paint\w*)(?: \w+){0,4} (?:my|me) (?:own"
        r" )?(?:bloody |"
        r"fucking )?(?:brains?|head|face)(?: (?:off|out|in))|(?:bullet|round|shot|pellet|barrel"
        r"|muzzle|gun"
        r"|glock|pistol|shotgun|rifle|revolver)(?: \w+){0,4} (?:(?:in|to|through|into|under"
        r"|against|at) (?:my"
        r"|me)) (?:\w+ )?(?:brains?|head|skull|mouth|chin|temple|heart|chest|throat|jaw)\b",
        Severity.METHOD,
    ),
    concept(
        "sounds_of_suicide",
        _S,
        "sew sewe soo sooa sooe sooi soos sue suea suei sues sui suic suey sua suas su suwi sud"
        " soup "
        "sewn shoe super suit side",
        r"(?:suey?|soo|sooey|sewer|sua|sui|su|sewn|suit|shoe|soup|suet|super) ?-?(?:a |i |er |ah "
        r"|of )?"
        r"(?:side|cide|sides|sided|sidal|sidel|sidle|sigh dull|sized|sidd?al|cidal|sidy|slide)\b",
        Severity.ACTIVE,
    ),
)

GOING = (
    concept(
        "no_appointment_needed",
        _S,
        "appo book diar need next slot week miss see here chri",
        r"(?:i(?:'d| would)? not|(?:don't|do not|wouldn't|no (?:need|point|use|sense)(?: in| to)?"
        r"|needn't"
        r"|not) (?:be )?(?:bother|trouble|need)(?:ing)?(?: with)?|no need to|no point) (?:\w+"
        r" ){0,2}?"
        r"(?:put(?:ting)?|book(?:ing)?|pencil\w*|keep(?:ing)?|sav(?:e|ing)|hold(?:ing)?|write"
        r"|writing) (?:me|"
        r"my (?:slot|place|name|appointment)|us|it)\b(?: \w+){0,3}"
        r"|(?:won't|will not|i'll not|shan't|not going to|not gonna|ain't gonna|not) (?:be"
        r" )?(?:need(?:ing)?"
        r"|wanting|want) (?:it|that|them|one|this|the (?:next|slot|appointment)|a next|another"
        r" (?:appointment"
        r"|session)|next week)\b(?! (?:any ?more (?:because|since|as) (?:i'm|i am) (?:better|well"
        r"|fine)))"
        r"|(?:last|final) time (?:you'll|you will|we'll|we) (?:see|speak|talk|hear|meet)\w*"
        r"|(?:won't|will not"
        r"|not going to|not gonna|never going to|don't (?:think|expect|plan)(?: that)?(?: i'll|"
        r" i'm going to|"
        r" to)?) (?:be (?:here|around|about|alive|with you|coming back)|make it|see|last|reach"
        r"|get)(?: \w+)?"
        r" (?:next (?:week|month|year|time|session)|by (?:then|\w+day|christmas|the weekend)|come"
        r" (?:\w+day"
        r"|spring|summer|christmas|winter)|to (?:christmas|thirty|spring|summer)|christmas|the"
        r" (?:weekend"
        r"|summer|spring|new year))\b(?! (?:because|as|since|i'm (?:on|away)|we're))",
        Severity.INTENT,
        needs_topic=True,
    ),
    concept(
        "set_on_it",
        _S,
        "do have seen will mind set deci sett reso firm",
        r"(?:set on (?:it|that|this)|mind(?:'s| is) made up|made (?:up )?my mind(?: up)?"
        r"|i've decided\b(?! (?:to (?!die|end|do it|go))|on)"
        r"|decided (?:it|that's it|i'm doing it|i'm going)|i'm (?:going to|gonna) do it\b"
        r"|(?:will|'ll) do it\b(?! (?:in|with|for|by|every|each|next))"
        r"|(?:will|'ll) (?:have done it|see to (?:it|that)|have seen to (?:it|that))\b"
        r"|nothing (?:will|can|you say will|'ll) (?:stop|change|talk) me"
        r"|just (?:a )?(?:matter|question) of when)",
        Severity.INTENT,
        needs_topic=True,
    ),
    concept(
        "go_for_good",
        _S,
        "good ever",
        r"(?:go|going|gone|leave|leaving|went|be away|away|off|out|asleep|sleep) for (?:good"
        r"|ever)\b(?! (?:from"
        r"|to|reasons|this|with))|by which i mean (?:go|dead|die|for good)",
        Severity.ACTIVE,
        needs_topic=True,
    ),
    concept(
        "doing_it",
        _S,
        "do doin done did happ",
        r"(?:think\w*|thought|thoughts|keep\w*|tempt\w*|ready|want\w*|going|gonna|about|close"
        r"|nearly|almost"
        r"|urges?|decid\w*|plan\w*|idea|ways?) (?:of |about |to |on |is |just |actually |really "
        r"|it\? )*"
        r"(?:do(?:ing)?|did|done) it\b(?! (?:again (?:with|for)|for (?:a|the)|with (?:him|her)))",
        Severity.ACTIVE,
        needs_topic=True,
    ),
    concept(
        "after_my_death",
        _S,
        "fune gone who whos dog cat keys fune hymn coff insur insu pass wil will dead",
        r"(?:after|once|when) (?:i'm|i am) (?:gone|dead|not here|no longer here)\b(?! (?:on"
        r" holiday|away|for"
        r" the))|(?:picked|chosen|chose|planned|planning|pick|sorted|wrote|written|paid for)(?:"
        r" \w+){0,3}"
        r" (?:hymns?|funeral|coffin|songs? for (?:my|the) funeral|obituary|eulogy|headstone"
        r"|plot)\b(?! (?:for"
        r" (?:him|her|my|mum|dad|nan)))",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "survived_attempt",
        _S,
        "rope belt cord bran beam hook char coma intu luck pump resu scrap stom foun icu rev",
        r"(?:pump\w*|wash\w*) (?:out )?my stomach|stomach pump\w*|(?:they|he|she|someone"
        r"|paramedics?) (?:had to )?"
        r"(?:cut|found|fished|pulled|dragged|talked|brought|got) me (?:down|out of the (?:river"
        r"|water|sea|canal"
        r"|car)|off the (?:bridge|ledge|roof|rail\w*|tracks|edge)|hanging|in the (?:garage|bath"
        r"|woods))"
        r"|(?:rope|belt|cord|branch|beam|hook) (?:snapped|broke|gave|slipped|came down)",
        Severity.BEHAVIOUR,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*SELF_KILLING, *GOING)
