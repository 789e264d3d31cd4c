"""Triggers for suicide in the plain words of leaving: out, enough, the end, the last week."""

from notes.risk.concepts import ROLE, Concept, concept, gap
from notes.risk.fields import DESIRE, GUN, wish
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_SEASON = (
    r"(?:summer|spring|winter|autumn|christmas|easter|next (?:year|month|week|birthday|summer"
    r"|christmas)"
    r"|thirty|forty|fifty|sixty|old age|(?:my|the) (?:\w+ )?(?:birthday|wedding)|the end of (?:the"
    r"|this)"
    r" \w+|january|february|march|april|june|july|august|september|october|november|december)"
)


WANTING_OUT = (
    wish(
        "out_of_it_all",
        "out",
        r"(?:want\w*|get\w*|wish\w*|be|need\w*|looking for a way) (?:to (?:be|get) )?out of (?:all"
        r" of it|it all|this"
        r" (?:life|world|body)|life|existence|everything for good)\b|\bout of all of it\b",
    ),
    wish(
        "ready_to_go",
        "read enou",
        r"ready to (?:go|leave|meet (?:my maker|him|god|jesus)|be taken)\b(?=[.,;!?]|$)|had"
        r" enough and i want out",
        needs_topic=True,
    ),
    wish(
        "end_of_me",
        "hope hopi end fini last",
        rf"{DESIRE}{gap(8)}(?:been|be|was|is) the (?:end|finish|last) of (?P<who>me)\b|hop\w*"
        r" (?:that )?(?:that's|that'll"
        r" be|that was|this is|that is|tonight's) (?:it|the end|the last|me|that|my"
        r" lot)\b(?=[.,;!?]|$| and)",
    ),
    wish(
        "kind_if_i_went",
        "if",
        r"(?:kindness|mercy|relief|blessing|easier|better|best|nice|grand|lovely|kinder"
        r"|simpler)(?: \w+){0,4}? if i (?:just"
        r" |only |simply |could )*(?:went\b(?! (?:to|home|back|out|on|with|in(?! my sleep)|there"
        r"|for))|slip\w* (?:away|off)"
        r"|passed (?:away|on|over)|faded|drifted off|wasn't|stopped (?:breathing|being)|dropped"
        r" dead|was tak?en|died)"
        r"|drop(?:ped)? dead\b(?=[.,]| (?:tonight|tomorrow|now|in my))",
        is_own=True,
    ),
    wish(
        "will_to_live",
        "life live livi aliv on",
        r"(?:lost|no|without|gone|losing|not (?:got )?(?:the|any|a|much)|n't (?:got |have )?(?:the"
        r"|any|a|much)|where's my) (?:\w+ )?(?:will|wish"
        r"|desire|appetite|urge|reasons?|interest in|want) (?:to (?:live|go on|carry on|be alive"
        r"|exist)|for (?:life|living)"
        r"|left to live|life\b)(?! (?:in (?:that|the|this)|at|during|listening|waiting|queu\w+|on"
        r" hold))",
    ),
    wish(
        "tired_of_this_life",
        "life exis worl fore ever",
        r"(?:tired|sick|weary|done|fed up|exhausted|bored) (?:of|with|by) (?:this|my|the whole"
        r"|the) (?:\w+ )?(?:life|existence"
        r"|world)\b(?! (?:style|in|of|being|as))|(?:rest|peace|be quiet|lie down) (?:forever|for"
        r" ever|for good|eternally)\b",
    ),
    wish(
        "better_dead",
        "dead",
        r"(?:i'm|im|i am|i'd be|i would be|be) better dead\b|(?:more use|worth more|cheaper"
        r"|happier|better company) dead\b",
        is_own=True,
    ),
    wish(
        "no_way_on",
        "carr on go goin liv livi keep surv exis aliv life",
        r"(?:can't|cannot|cant|don't|couldn't|dunno|don't know) (?:\w+ )?(?:see|know|find)? ?(?:a"
        r"|any|the|how)? ?(?:way|how|point|road|reason)"
        r" (?:of|to|in|for|i'm|i can|i'll|i could)(?: going)?(?: to)? ?(?:carry(?:ing)? on"
        r"|go(?:ing)? on|liv(?:e|ing)\b(?! (?:with|in|at|here"
        r"|there|on))|keep(?:ing)? (?:living|going on)|surviv\w+|exist\w*)\b(?! (?:with (?:this"
        r"|the|my) (?:job|course|project)|at work))"
        r"|(?:can't|cannot|don't want to|no longer) (?:do|keep doing|carry on with|take) (?:this"
        r"|it) any ?more,? (?:being alive|living|life"
        r"|existing)|being alive i mean",
    ),
    wish(
        "sense_of_me",
        "here aliv livi arou",
        r"(?:sense|point|use|good|reason) (?:of|in|for) (?P<who>me|my) (?:still )?(?:being (?:here"
        r"|alive|around)(?: at all| any ?more|[?.,]|$)"
        r"|living|staying alive|existing)\b",
    ),
    wish(
        "not_see_myself_there",
        "see seei thin imag pict expe",
        r"(?:don't|can't|do not|cannot|never|not) (?:really )?(?:see|picture|imagine|expect"
        r"|think)(?: of)? (?:myself|me|meself|i'll|i will|to)"
        r" (?:\w+ ){0,2}?(?:mak(?:e|ing) it|get(?:ting)?|liv(?:e|ing)|last(?:ing)?|be(?:ing)?"
        r" (?:here|around|alive)|see(?:ing)?|reach(?:ing)?)"
        rf" (?:\w+ ){{0,2}}?{_SEASON}\b",
        is_own=True,
    ),
    wish(
        "easier_with_me_gone",
        "with me grou insu",
        r"with (?P<who>me) (?:in the ground|dead|gone|out of the way|six feet|buried|not here"
        r"|under)\b|better off with (?:the )?(?:\w+"
        r" )?(?:insurance|money|payout|pension|house) than (?:with )?me\b",
    ),
    wish(
        "not_here_any_more",
        "here hear live aliv arou",
        r"(?:don't|dont|no longer|not|never) (?:really )?(?:want to|wanna|wantin to) (?:be|bee)"
        r" (?:here|hear|around|alive)(?: any ?more|"
        r" no more| n\w*more)|(?:don't|dont) (?:want to|wanna) live no more",
    ),
    wish(
        "no_bother_after",
        "afte once when come soon long from",
        r"(?:won't|wouldn't|not|no longer|never)(?: \w+){0,2} (?:bother|burden|problem|nuisance"
        r"|worry|trouble)(?: to| for)? (?:anyone|anybody"
        r"|them|you|no one|nobody|my \w+|him|her)?(?: any ?more)? ?(?:after|once|when|from|come"
        r"|by|for (?:much )?longer)\b",
        is_own=True,
    ),
    wish(
        "envy_their_peace",
        "envi envy jeal luck",
        rf"(?:envy|envi\w+|jealous of|lucky){gap(6)}(?:out of it|at peace|resting|not here any"
        r" ?more|under the ground|in the ground"
        r"|well away|gone)\b|(?:swap|trade|change) (?:places )?with (?:the dead|(?:my|our)"
        r" (?:late|dead) \w+|(?:a|the) corpse)",
    ),
)

GOING = (
    concept(
        "finish_life",
        _S,
        "life",
        r"(?:finish(?:ing|ed)?|stop(?:ping|ped)?|quit(?:ting)?|leav(?:e|ing)|throw(?:ing)? away"
        r"|give up|giving up|cut(?:ting)? short"
        r"|be done with|end to) (?:with |on )?(?P<who>my|this|me) (?:own )?life\b(?! (?:story|in"
        r" (?:london|the (?:city|army|church)|england)"
        r"|as a|behind|of|with (?:him|her|them)))",
        Severity.ACTIVE,
    ),
    concept(
        "thoughts_will_not_stop",
        _S,
        "thou",
        r"(?:wouldn't|couldn't|could never|can't|would never|not) do (?:it|that) to (?:the|my|them"
        r"|him|her)(?: \w+)?,? (?:but|though|only)"
        rf"{gap(6)}(?:thoughts?|think|want|feeling)\b",
        Severity.ACTIVE,
    ),
    concept(
        "crash_on_purpose",
        _S,
        "cras",
        r"(?:think\w*|thought|imagin\w+|pictur\w+|tempt\w*|urge|fantas\w+|wonder\w*) (?:about |of "
        r"|to |what )*(?:\w+ ){0,2}?crash\w* (?:the|my|me)"
        r" (?:car|van|bike|truck|lorry)|crash\w* (?:the|my|me) (?:car|van|bike|truck) on purpose",
        Severity.METHOD,
    ),
    concept(
        "why_not_all",
        _S,
        "why",
        r"why not (?:all of them|take (?:them all|the lot)|the lot\b|the whole (?:box|lot|bottle"
        r"|strip)|just (?:take (?:them|the)|jump|let go|end"
        r" it|do it|step))",
        Severity.METHOD,
    ),
    concept(
        "back_at_the_edge",
        _S,
        "brid roof clif trac rail viad mult ledg plat quar rive",
        r"(?:went|been|gone|go|going|drove|walked|driven|was|stood) (?:back |up )?(?:to|on|onto|at"
        r"|by) (?:the|that|our) (?:\w+ )?(?:bridge|roof"
        r"|cliffs?|tracks|railway|viaduct|multi-?storey|ledge|platform edge|quarry)(?: (?:again"
        r"|last night|at night|in the dark|and (?:stood|"
        r"look\w*|thought|cried|climb\w*|held|lean\w*|took|count\w*)))\b",
        Severity.METHOD,
        needs_topic=True,
    ),
    concept(
        "gun_for_that",
        _S,
        "gun guns shot rifl pist revo fire cabi",
        rf"{GUN}{gap(12)}(?:what (?:it's|i want it|it is|i'd use it) for|use it on me|my way out"
        r"|for me\b)|(?:know where|got|have) (?:\w+"
        r" ){0,3}?(?:gun|shotgun|rifle) (?:cabinet )?keys?\b(?= back| and| is| so)",
        Severity.METHOD,
    ),
    concept(
        "date_for_myself",
        _S,
        "date day dead",
        r"(?:date|day|deadline) (?:that )?i(?:'ve| have)? (?:given|set|picked|chosen|fixed"
        r"|promised) (?:myself|meself|for (?:it|going|dying))\b"
        r"(?! (?:for|to) (?:finish|hand|submit|move|pay|quit))",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "prep_cancels",
        _S,
        "canc",
        r"cancel\w* (?:\w+ ){0,2}?(?:milk|papers?|direct debits?|subscriptions?|contract|phone"
        r"|gym|everything|deliveries|standing orders)",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "prep_letter_each",
        _S,
        "left each all both ever lett dog cat gave give",
        r"(?:written|wrote|writing) (?:\w+ )?(?:to )?(?:each|all|every one|both) of (?:the|my"
        r"|them)|letters? (?:is |are )?(?:behind|in|under|on)"
        r" the \w+|g(?:ave|iv\w+) (?:the|our|my) (?:dog|cat|hens|horse|birds?|\w+) to (?:my|our"
        rf"|the|his|her|a) (?:\w+ )?(?:{ROLE})"
        r"|(?:not|nothing) (?:much )?left to (?:do|sort|settle|say)\b",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "will_not_see_me",
        _S,
        "see seei hear",
        r"(?:you|they|he|she|nobody|no one) (?:won't|'ll not|will not|will never|never|'ll never)"
        r" (?:be seeing|see|hear from) me (?:again"
        r"|any ?more|alive|after)\b",
        Severity.INTENT,
        needs_topic=True,
    ),
    concept(
        "it_gave_way",
        _S,
        "rope belt cord bran beam hook knot",
        r"(?:the|my) (?:rope|belt|cord|branch|beam|hook|knot) (?:snapped|broke|gave|slipped|came"
        r" down|didn't hold|wouldn't hold)",
        Severity.BEHAVIOUR,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*WANTING_OUT, *GOING)
