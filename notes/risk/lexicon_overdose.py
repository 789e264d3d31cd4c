"""Triggers for overdose and its neighbours: hard to wake, withdrawal, blanks, a warned liver."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.substances import DRINK, DRUG

_D = RiskCategory.SUBSTANCE

OVERDOSE = (
    concept(
        "hard_to_wake",
        _D,
        "get had bag dig rock wrap used gumm edib weed join bong stone neve "
        + " gone carr foun neve "
        + "wake brin rous mirr nose roll side unde alar shak gouc nodd nod kip cane redos"
        "  topp drug ampo peth",
        r"(?:couldn't|can't|cannot|could not|couldnt|cant|had to|has to|struggl\w* to)"
        r" (?:\w+ )?(?:get me up|wake me|rouse me|bring me (?:round|back)|shake me awake|get"
        r" me (?:round|awake|to wake))\b(?! (?:for (?:school|work|church)|in time|up (?:for"
        r"|in)))|(?:went|go|going|gone|been) under (?:on|with|twice|again|after)\b(?!"
        r" (?:anaesth|the (?:knife|bridge|general)))|(?:check\w*|make sure|listen\w*) (?:\w+"
        r" ){0,3}?(?:i'm|im|i was|if i'm|if i was) (?:still )?breathing|mirror under my nose"
        r"|on my side (?:in case|so i|with)[^.]{0,30}?(?:sick|choke|roll|rucksack)|(?:alarm"
        r"|alarms)\b[^.]{0,30}?(?:wake me|breath)"
        r"|(?:gouch\w*|gowch\w*|goof(?:ing|ed) off|nodd(?:ing|ed) (?:off|out) (?:with|on|at"
        r"|in)|on the nod\b|roasting and clucking|caned it|caning it|(?:keep|kept) (?:on"
        r" )?(?:re-?dos\w*|topping up)|re-?dos(?:e|ing|ed)\b|drug (?:cupboard|cabinet"
        r"|trolley)\b[^.]{0,30}?(?:took|take|help|key|me|i've)|ampoules)"
        r"|gone over (?:\w+ times|twice|again|three|four)\b|(?:if|when) i(?:'ve| have)?"
        r" ?(?:not|haven't) had (?:one|a drink|my \w+|any) (?:by|before|in|since)\b|carried"
        r" on (?:by myself|alone|on my own)\b|(?:found|picked up) in the (?:park|street"
        r"|gutter|doorway)\b[^.]{0,30}(?:drunk|again|needle)|never not (?:drunk|drinking"
        r"|high|stoned)?\b(?=\W*$)"
        r"|(?:a )?(?:bag|hit|dig|rock|wrap|line) on top\b|i used (?:in the (?:detox|rehab"
        r"|toilets?|shower|hostel|ward)|again|last night|yesterday|on (?:mon|tues|wednes"
        r"|thurs|fri|satur|sun)day)\b|(?:gummies|edibles|weed|joint|bong"
        r"|stoned)\b[^.]{0,60}?behind the wheel|just never not\b",
    ),
    concept(
        "stopped_and_ill",
        _D,
        "bone sinc stop days drop cold turk quit",
        rf"(?:not had|haven't had|havent had|hadn't had|without) (?:one|a drink|any|a drop|a"
        rf" hit|my \w+|nothing) (?:since|for|in|till)\b[^.]{{0,80}}?(?:shak|sweat|sick|cup"
        rf"|wringing|jump|cramp|see|hear|bugs|fit)|(?:stop|stopped|quit|come off|came off"
        rf"|off) (?:the )?(?:alcohol|drink\w*|{DRINK}|{DRUG}|it) (?:alone|on my own|by"
        rf" myself|cold|myself|dead|just like that|suddenly)\b|cold turkey\b(?! (?:sandwich"
        rf"|and (?:pickle|stuffing|bubble)|on boxing))|if i get a (?:drop|drink|hit) in me"
        rf"|(?:without it|if i (?:miss|don't have)(?: it| one| any)?|if (?:the )?morning"
        rf" passes)\b[^.]{{0,50}}?(?:bones|nose|sweat\w*|shak\w*|cramp\w*|vomit\w*|shiver\w*"
        rf"|climb\w* the walls)",
    ),
    concept(
        "more_than_meant",
        _D,
        "doub seve labe box pres scri last meant supp dose",
        r"(?:label|box|packet|bottle|script|prescription|doctor|gp|leaflet) (?:says?|said|is"
        r"|was|'s)(?: for)? (?:one|two|three|four|\d+|to last|meant"
        r"|supposed)\b[^.]{0,60}?(?:i'm|i am|i take|i've|lasts?|but|more)|(?:i'm|im|i am"
        r"|gone|been|now|crept|worked my way) up to (?:about |like |around )?(?:four|five"
        r"|six|seven|eight|nine|ten|twelve|fifteen|sixteen|twenty|thirty|\d+)\b(?! (?:k"
        r"|miles|lengths|reps|kilo|thousand|steps|percent|minutes|chapter|stone|months|weeks"
        r"|dates|pages|%|hours|days|people|clients|sessions))|(?:it|they|the (?:script"
        r"|prescription|month's)) (?:only )?lasts? (?:me )?(?:\w+ )?(?:days|a week|a"
        r" fortnight)\b|(?:doubl|tripl)\w* (?:it|the dose|my dose|them|up) (?:for|when|on"
        r"|since|anyway|at)",
    ),
    concept(
        "overdosed",
        _D,
        "over od'd od oded odd nalo narc narn nar went resu pump",
        r"over[ -]?(?:dos\w*|doz\w*|does|dosage)\b(?! (?:of|on) (?:sugar|chocolate|biscuits"
        r"|tv|telly|cute|\w+ (?:episodes|box sets)))|od(?:'d|ed|'ed|s|ing)?\b(?= (?:on|again"
        r"|last|twice|in|at|three|that|by|and|yesterday|this))"
        r"|nal[ao]xone|nar ?can|narcaned|(?:pump(?:ed)?|wash(?:ed)?) (?:my|me) (?:stomach"
        r"|out)|stomach (?:was )?pumped|charcoal drink",
    ),
    concept(
        "came_round",
        _D,
        "hear drop blue brea call came come coll foun grey heart hea hosp icu kiss lips lost"
        " noth pale para purp resu slap slow stop woke wake unco ambu slum face floo",
        r"(?:came|come|coming|woke|wake|waking|came back) (?:to|round|up)\b[^.]{0,40}?"
        r" (?:on (?:a|the|some|my|his) (?:\w+'?s? )?(?:landing|floor|pavement|bench|stairs"
        r"|bathroom|kitchen|hall|bus|beach|train|night bus|grass|sofa with)|in (?:resus|a"
        r" and e|a&e|icu|hospital|an ambulance|a (?:skip|ditch|cell|stairwell|bush|police)"
        r"|the (?:bath|bushes|cells|car park|ambulance|pool|shower|stairwell|hedge))|with"
        r" (?:no (?:shoes|idea|memory|phone)|a (?:tube|drip|mask|paramedic|black eye)"
        r"|paramedics|blood|the needle)|paramedics|to find)"
        r"|(?:found|finding|find) me (?:[\w',]+ ){0,4}?(?:blue|grey|unconscious|collapsed"
        r"|not breathing|passed out|out cold|face ?down|on the (?:floor|bathroom|kitchen"
        r"|landing|stairs|lawn|drive)|in (?:the|a) (?:\w+ )?(?:pool|bath|garden|hedge"
        r"|doorway|bathroom|toilets?|loo|snow|gutter)|with (?:the|a) (?:needle|works|pipe)"
        r"|snoring|gurgling|slumped)"
        r"|(?<!his )(?<!her )(?<!their )(?:lips?|face|fingers|nails) (?:was|were|went|had"
        r" gone|goes|go|gone|turned) (?:all )?(?:blue|purple|grey|gray)\b|(?:i|i'd|id)"
        r" (?:\w+ )?(?:stopped breathing|wasn't breathing|forgot to breathe)\b|(?:breathing"
        r"|chest|heart) (?:\w+ )?(?:went slow|going slow|stopped(?= (?:and|for|twice|on))"
        r"|flatlined|did this thing)\b|counting (?:my )?breaths (?:n|and|so|to stay)\b"
        r"|(?:slapp?\w*|slap) (?:me|my face)[^.]{0,30}?(?:awake|round|towel|come to)"
        r"|(?:brought|bring|bringing) me (?:back|round)\b(?! (?:to (?:the|my) (?:\w+"
        r" )?(?:point|faith|senses)|a|some|home|from (?:the )?(?:shops|holiday)))|(?:kiss of"
        r" life|cpr|recovery position|defib\w*)\b[^.]{0,20}?(?:on me|me\b)",
    ),
    concept(
        "blank_after",
        _D,
        "blac blan can't cant dont lost miss next reme wipe memo gap",
        rf"(?:lost|lose|losing|missing|gone|blank for) (?:an?|the|two|three|whole|most of"
        rf"|half) (?:\w+ )?(?:afternoon|evening|night|morning|day|days|weekend|week"
        rf"|hours)\b[^.]{{0,80}}?(?:{DRINK}|{DRUG}|drunk|drinking)\b|(?:{DRINK}|{DRUG}|drunk"
        rf"|drinking)\b[^.]{{0,60}}?(?:next thing (?:i|it|i knew)|can't remember|cant"
        rf" remember|don't remember|dont remember|no memory|lost (?:an|the|two|a)|woke up in"
        rf"|wiped|a blank)"
        r"|(?:don't|dont|do not|can't|cant|couldn't|no) (?:remember|recall|memory of|idea"
        r" how)(?: \w+){0,4} (?:driving|getting home|i got home|the drive|getting (?:in|to"
        r" bed)|putting the kids|how i got|friday|saturday|sunday|the (?:night|party"
        r"|weekend))\b|black(?:ed|ing|s)?[ -]?outs?\b(?! (?:curtains?|blinds?|poem|period"
        r"|dates))",
    ),
    concept(
        "doctor_warns",
        _D,
        "diwa live pancr varic scan yell jaun stom hepa cirr panc ulce bile bloo vomi",
        rf"(?:dead|die|kill (?:me|myself)|won't see)(?: \w+){{0,4}}? (?:if i (?:carry on"
        rf"|keep|don't stop|drink|touch)|by (?:christmas|diwali|easter|\d+|forty|fifty"
        rf"|summer))|(?:liver|cirrhosis|pancreas|pancreatitis|varices"
        rf"|jaundice)\b[^.]{{0,60}}?(?:drink\w*|drank|{DRINK}|still|anyway|stop)|(?:drink\w*"
        rf"|drank|{DRINK}|booze)\b[^.]{{0,50}}?(?:liver|cirrhosis|pancreatitis|varices"
        rf"|bringing up blood|vomiting blood|yellow)\b",
    ),
)

CONCEPTS: tuple[Concept, ...] = OVERDOSE
