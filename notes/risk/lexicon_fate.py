"""Triggers for the wish to be taken: by fate, by illness, to the dead."""

from notes.risk.concepts import ROLE, Concept, gap
from notes.risk.fields import DESIRE, wish

_SAVED = (
    r"(?:(?:i|i'd|i'm|i've|to have|to be|they|he|she|it|when|that) (?:\w+ ){0,2}?(?:woke\b|wake up"
    r"|woken|came (?:round|to|back)|come (?:round|back)|brought (?:me|back)|pulled me|popped up"
    r"|surviv\w*|made it through|got (?:me )?back|still (?:here|alive|breathing)|saved me|found me"
    r"|revived|shocked me|missed me|land(?:ed)? it|pulled through|stopped in time|swerved|braked"
    r"|caught me|opened my eyes)|(?:woke|waking|woken) up\b|popped up|the all[- ]clear|all clear"
    r"|(?:came|come) back (?:clear|negative|benign)|another (?:day|morning|birthday)"
    r"|still (?:here|alive|breathing)|we land(?:ed)? (?:it)?)"
)
_SORRY = (
    r"(?:gutted|disappoint\w*|sorry|annoyed|cross\b|let down|furious|cheated|robbed|shame|pity|sad"
    r"|upset|raging|livid|sick\b|cried|crying|wept|bad luck|worse luck|unlucky|angry|resent\w*"
    r"|damn it"
    r"|not again|failed|wish\w*(?: \w+){0,3} (?:hadn't|didn't|not))"
)
_TAKER = (
    r"(?:god|(?:the |good |dear |sweet )*lord|allah|jesus|the angels?|death|yama\w*|yamraj|bhagwan"
    r"|the reaper|grim reaper|him upstairs|the (?:man|one) upstairs|(?:the )?cancer|(?:the"
    r" )?(?:corona)?"
    r"virus|(?:the )?covid|(?:the )?fever|(?:the )?flu|pneumonia|(?:the )?chest|(?:the )?stroke"
    r"|(?:the"
    r" )?heart(?: attack)?|(?:a |the )?(?:lorry|truck|bus|train|tram|car|plane|storm|flood|wave"
    r"|bullet"
    r"|bomb|lightning|sea|tumou?r|big one)|something|somebody|someone|it)"
)
_TAKES = (
    r"(?:tak(?:e|es|en|ing)|took|carr(?:y|ied|ies)|finish(?:es|ed)?|claim(?:s|ed)?|call(?:s|ed)?"
    r"|fetch"
    r"(?:es|ed)?|get(?:s)?|got|had|have|kill(?:s|ed)?|flatten\w*|wip(?:e|ed)|end(?:s|ed)?|choose"
    r"|chose(?:n)?|collect\w*|come|came|comes|send\w*|sent|hits?|struck|strikes?|sees?|seen|do"
    r"|does|did)"
)


FATE = (
    wish(
        "may_fate_take_me",
        "me",
        rf"(?:{DESIRE}|if only|why (?:couldn't|didn't|can't|won't|doesn't|hasn't)|should(?:'ve|"
        r" have)?|let"
        r"|just|tell|ask|only)(?:[^\w']+(?:that|for|to|and|of|the|a|my|this|some|big|old"
        r"|bloody)){0,3}?"
        rf"[^\w']+(?:{_TAKER})(?:[^\w']+(?:would|will|'d|could|to|just|should|might|had|has|have"
        r"|please"
        rf"|only|bloody|come|and|not|off|properly|back)){{0,5}}?[^\w']+{_TAKES} (?:for"
        r" )?(?P<who>me)\b"
        r"(?! (?:to (?!him|heaven|his)|home\b(?! to)|seriously|back|in(?! (?:the night|my sleep|me"
        r" sleep))"
        r"|on\b|up\b(?! (?:there|to))|a\b|an\b|about|some|the\b|more|through|out of (?:here|bed"
        r"|the house)"
        r"|going|sober|well|better|help))",
    ),
    wish(
        "fate_should_have",
        "me",
        rf"{_TAKER} (?:should(?:'ve| have)|ought to have|could(?:'ve| have)|might as well(?: have)?"
        r"|can"
        r"|is welcome to|(?:has|have) (?:forgotten|overlooked|forgot)|forgot|won't|doesn't|didn't"
        r"|isn't"
        rf"|not) ?(?:just |properly |bloody |want to )*(?:{_TAKES}|want\w*|giv\w+|finished)?"
        r" ?(?P<who>me)\b"
        r"(?! (?:to (?!him|heaven|his)|home|seriously|back|in\b|on|up|a\b|an (?!appointment)|about"
        r"|some"
        r"|the\b|more|through|out|any(?! ?more)))(?= ?(?:[.,;!?]|$|off|instead|too|then|with|and"
        r"|yet"
        r"|up|when|first|an appointment|whenever|now|out|down|there|anymore|any more))",
    ),
    wish(
        "sorry_to_be_saved",
        "agai anno angr chea crie cros cryi damn disa down fail furi gutt livi luck pity rage"
        " ragi rese robb sad sham"
        " sick sorr unlu upse wept wish",
        rf"{_SORRY}{gap(6)}{_SAVED}|{_SAVED}{gap(6)}(?:gutted|disappoint\w+|let down|cheated|worse"
        r" luck"
        r"|unlucky|sorry (?:that|it|i|they)|cried(?! with)|wept|wish\w* (?:i|it|they|he|she)"
        r" ha(?:d|dn't))",
    ),
    wish(
        "my_turn",
        "numb turn time forg over sell outl outs live long inni queue",
        r"(?:want|wait\w*|wish\w*|like|ready|when|where|hop\w+|due|past|surely|isn't"
        r" it)(?:[^\w']+(?:is|for"
        r"|it|it's|its|be|will|to|i|my|me|that|have|of)){0,4}[^\w']+(?:my|me) (?:turn|time"
        r"|number)\b(?!"
        r" (?:to (?!go|die)|with|at|off|in|on|back))"
        r"|(?:i've|i have|i had|have i|i) (?:already |long |just )*(?:outlived|overstayed|outstayed"
        r"|lived (?:too long|long enough|enough)|been (?:here|alive|around) (?:too long|long"
        r" enough)"
        r"|had (?:my|me|a good) (?:innings|time|life|run|go)\b)(?! (?:off|in|at|with))"
        r"|past my (?:sell|use)[ -]by|(?:time|high time) i (?:was|were|went) (?:gone|dead|off"
        r"|away)\b"
        r"(?! (?:to|home))|(?:my|me) number(?:'s| is|) (?:to come )?up",
        is_own=True,
    ),
    wish(
        "may_it_fall_on_me",
        "hope hopi me",
        r"(?:come on|just|please|go on)(?: and|,)? (?:\w+ )?(?:fall|land|crash|drop|hit|run|come"
        r" down|collapse)(?: down)? (?:on|into|over) me\b"
        r"|(?:lord|god|jesus|allah)\W+(?:\w+\W+){0,4}?take me\b(?! (?:to|back|home from|seriously"
        r"|through))|(?:earth|sea|water|waves?"
        r"|river|sky|night|dark\w*) to (?:\w+ ){0,2}?(?:open|close|swallow|take|cover|fall)(?:"
        r" \w+){0,3} me\b"
        r"|hop\w* for (?:something|a|some|the) (?:\w+ ){0,3}?(?:coming|come|lorry|truck|crash"
        rf"|car|bus)\b{gap(8)}(?:wrong side|at me|into me|my side|head on)",
        is_own=True,
    ),
    wish(
        "last_time_awake",
        "last",
        r"(?:the |my |be )last time i(?:'ll|'d| will| would| have to| ever|'ll ever)? ?(?:ever"
        r" )?(?:shut|close|open|wake|breathe|draw|go to sleep|lie down"
        r"|have to wake)\w*",
        is_own=True,
    ),
    wish(
        "not_be_a_person",
        "anym pers huma me anyt anyo part thin",
        r"(?:don't|dont|do not|didn't|no longer|not) (?:really )?(?:want to|wanna) (?:have to )?be"
        r" (?:a (?:person|human)|me\b|human|anything|anyone|part of (?:this"
        r"|it|the world))\b(?! (?:who|that|but|to))",
    ),
    wish(
        "then_dead",
        "dead gone over",
        r"(?:then|so|and) i(?:'d| would) be (?:dead|gone|out of it) and (?:it|that|no|every|they"
        r"|the|you)\w*",
        is_own=True,
    ),
    wish(
        "scots_not_here",
        "want aliv eart here",
        r"(?:no|nae|dinnae|didnae) want(?:in'?|ing|ed)? (?:to|tae|ti) (?:be (?:on this (?:earth"
        r"|planet)|here(?! (?:today|talking|in"
        r" this|for (?:this|my))|alive|aboot)|live\b(?! (?:with|in|at|here|there|on|like))|be left"
        r" (?:here|hear|behind))\b)|(?:don't|dont) want to be left"
        r" (?:here|hear|behind)\b",
    ),
    wish(
        "laid_beside_them",
        "berr buri crem laid lain put",
        r"(?:wish\w*|should(?:'ve| have)|want\w*|could(?:'ve| have)?|might as well|why"
        r" didn't)(?:[^\w']+[\w']+){0,5}?[^\w']+(?:buried|berried|cremated"
        r"|laid|put) me (?:with|beside|alongside|along side|next|in (?:the|that|his|her)"
        r" (?:ground|grave|coffin|box|hole)|too|there|instead|under)",
        is_own=True,
    ),
    wish(
        "could_not_be",
        "be bein any here aliv",
        r"(?:could|if i could|i'd|wish i could)(?: just| only| simply)? not be (?:any ?more|here"
        r"|alive|around)\b(?! (?:for|at|in|when|until))",
    ),
    wish(
        "no_complaint_if_taken",
        "comp mind obje argu grum figh sorr tear",
        r"if (?:the (?:man|one|fella|boss|big man) (?:above|upstairs)|him (?:above|upstairs)|god"
        r"|the (?:good )?lord|death|allah|my (?:heart|time|number))"
        rf"{gap(12)}(?:wouldn't|won't|i'd not|i'll not|not going to)(?: \w+){{0,4}} (?:complain\w*"
        r"|complaints?|mind|object|argue|grumble|fight\w*|be sorry|tears?)",
        is_own=True,
    ),
    wish(
        "be_where_they_are",
        "wher asle",
        r"(?:i'd be|i could be|i want to be|to be|and be|i'll be) where (?:he|she|they|my \w+|mum"
        r"|mam|dad|nan) (?:is|are)\b(?! (?:in life|at work|living"
        r"|now in))|leave me asleep|don't wake me (?:up )?(?:tomorrow|again|any ?more)",
        is_own=True,
    ),
    wish(
        "careless_driver",
        "if plea",
        r"if (?:a|the|some|that|one of (?:the|those)) (?:\w+ ){1,3}?(?:got careless|wasn't looking"
        r"|didn't (?:stop|brake|see me)|lost control"
        r"|ran the lights|jumped the lights|came round too fast|slipped|went wrong|made a"
        rf" mistake){gap(10)}(?:relie\w+|glad|happy|mind|sorry"
        r"|complain|thank)|please (?:god )?(?:just )?(?:let it )?be (?:for )?me\b",
        is_own=True,
    ),
    wish(
        "let_it_kill_me",
        "ride take cour come kill natu happ get fini win",
        r"(?:let|letting|leave|leaving) (?:it|'er|her|him|them|the (?:cancer|heart|chest|infection"
        r"|fever"
        r"|sugar|disease|cold|sea|river|water|current|illness|tumou?r)|nature|things) (?:\w+"
        r" )?(?:ride|take (?:me|its course|hold)|run its course|kill me|finish me|win|have me|come"
        r"|happen|do (?:it|its work))\b(?! (?:to (?:him|her|them)|with))",
        is_own=True,
    ),
)

COMPANY = (
    wish(
        "be_with_the_dead",
        "besi clou down foll go goin grav heav join lie next plot room shif sky star ther up with",
        r"(?:want\w*|wish\w*|like|love|long\w*|rather|ready|hop\w+|pray\w*|let me|going|wait\w*|if"
        r" i|as"
        r" well|might as well|better|should|could|time to|please)(?:[^\w']+(?:i|i'd|i'm|was|were"
        r"|to|be|go"
        r"|going|just|could|would|me|lie|lay|lying|get|climb|crawl|jump|in|down|there|and|up|on"
        r"|the|a|into"
        r"|up|being|see|follow|following|join|off|over|too)){1,9}?[^\w']+"
        r"(?:with|beside|alongside|next to|after|to|join|follow) (?:(?:my|our|me) (?:late |dead "
        r"|poor "
        rf"|dear |wee )*(?:{ROLE}|nan\w*|gran\w*|mam\w*|mammy|mummy|mommy|daddy|da|lad|missus|wife)"
        r"|him|her|them|nan|nana|nanny|granny|grandma|grandad|grandpa|mam|mum|mummy|mom|dad|daddy"
        r"|the (?:dead|angels|ancestors))"
        r"(?= (?:in (?:the (?:ground|grave|clay|box|sky|clouds?|coffin|stars)|heaven|there)|up"
        r" there|under"
        r"|below|now|and not|for good|on the cloud|up on|where (?:he|she|they)|when (?:i|he|she)"
        r" (?:die|go))"
        r"|[.,;] (?:in (?:the|heaven)|under|below|wherever|up there|where (?:he|she|they)))",
    ),
    wish(
        "lie_in_the_grave",
        "box clay coff grav grou eart pit soil hole down plot tomb",
        r"(?:i(?:'d| would| could| want to| wanted to| will|'ll)?|let me|me to|to) (?:\w+"
        r" ){0,3}?(?:lie|lay"
        r"|climb|crawl|get|jump|be|go|rest|sleep|lying) (?:\w+ ){0,2}?(?:in|into|under|below|down)"
        r" (?:there"
        r"\b(?= (?:with|beside|too|instead))|(?:with|beside) (?:him|her|them)|(?:the|that|his|her"
        r"|my|a|it"
        r"|your) (?:\w+ )?(?:grave|coffin|clay|ground|earth|soil|hole|pit|box|plot|tomb))\b",
        is_own=True,
    ),
    wish(
        "child_to_heaven",
        "angel ange clou heav sky star",
        r"(?:i (?:want|wanna|wish|would like|'d like|could|will|should)|if i|can i|when i|let me"
        r"|me to)"
        r" (?:\w+ ){0,4}?(?:go|be|live|fly|get|went|am) (?:\w+ ){0,3}?(?:heaven|the (?:clouds?|sky"
        r"|stars)"
        r"|an? (?:angel|star|ghost))\b(?! (?:in the (?:play|nativity)|costume|student|pupil"
        r"|player))",
        is_own=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*FATE, *COMPANY)
