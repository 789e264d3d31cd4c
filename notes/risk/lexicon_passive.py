"""Triggers for the passive wish to be dead, which rarely names death."""

from notes.risk.concepts import Concept, concept, gap
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_NOT = r"(?:not|never|won't|wont|wouldn't|wouldnt|don't|dont|didn't|didnt|doesn't)"
_I = r"(?P<who>i|you|he|she|they|we)"
_GONE = (
    r"(?:dead|gone|disappear\w*|vanish\w*|die|died|dying"
    rf"|{_NOT} (?:be )?(?:exist\w*|alive|be alive|here|around)"
    r"|never (?:been |was )?born|(?:wasn't|weren't|wasnt|werent|hadn't been) (?:alive|here|around"
    r"|born)"
    r"|go to sleep forever|cease to exist)"
)
_ABSENT = (
    r"(?:was|were|am|'m) (?:dead|gone|no longer here)|died|disappeared|didn't exist|never existed"
    r"|(?:wasn't|weren't|wasnt|werent) (?:here|around|alive|in the picture|there any ?more|born)"
)

CONCEPTS: tuple[Concept, ...] = (
    concept(
        "wish_to_die",
        _S,
        "die dead dyin deat",
        r"(?:want(?:s|ed|ing)?|wish(?:es|ed|ing)?|hop(?:e|es|ed|ing)|wanna|long(?:s|ed|ing)?"
        r"|pray(?:s|ed|ing)?|(?:wouldn't |would not |don't |didn't )mind|ready|rather|feel(?:s"
        r"|ing)? like|felt like|beg\w*|prefer)"
        r" (?:to |for |just |that |be )*(?:die|be dead|dead|dying|death)\b",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "wish_gone",
        _S,
        "wish hope hopi pray rath",
        rf"(?:wish\w*|hop(?:e|es|ed|ing)|pray\w*) (?:that )?{_I}(?:'d|'m)?(?: [\w']+){{0,4}}?"
        rf" {_GONE}\b"
        r"(?! from (?:work|that|this|the))",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "want_to_vanish",
        _S,
        "disa vani exis",
        r"(?:want(?:ed|s|ing)? to|wanna|would like to|i'd like to|wish to) (?:just )?"
        r"(?:disappear|vanish|not exist|stop existing|cease to exist)\b(?! (?:into|from|for a|to))",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "better_off_dead",
        _S,
        "aliv arou dead die died exis gone here live wake",
        r"better of+ (?:dead\b|not (?:being )?(?:here|alive|existing)|gone\b)"
        r"|(?:easier|simpler|nicer|better) (?:to )?not (?:to )?(?:be (?:here|alive|around)|exist"
        r"|wake up)"
        r"|might as well (?:be dead|die)|should (?:just )?(?:be dead|die\b|not be alive|have died)"
        r"|deserves? to die|(?:don't|doesn't|not) deserve to (?:live|be alive|exist)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "better_without",
        _S,
        "bett diff easi fine happ matt nice okay reli simp well with",
        rf"better of+{gap(2)}with ?out (?P<who>me|you)\b(?! (?:there|at|in the))"
        rf"|(?:happier|easier|better|relieved|fine|okay|well){gap(5)}if i (?:{_ABSENT})"
        r"|(?:wouldn't|won't|doesn't|not) (?:even )?(?:matter|make a difference) if i"
        rf" (?:{_ABSENT})",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "fine_without",
        _S,
        "with",
        r"(?:would|'d|could|will|'ll) (?:all |just |still |probably )?(?:be|do|go on|manage|get on"
        r"|get by|cope|carry"
        r" on|keep going)(?: \w+){0,3} with ?out (?P<who>me|you)\b(?! (?:there|at|in the|for"
        r"|tonight|on))",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "hope_for_harm",
        _S,
        "hope hopi wish pray",
        r"(?:hop(?:e|es|ed|ing)|wish(?:es|ed|ing)?|pray(?:ed|ing)?) (?:that )?(?:(?:the|my|a|this"
        r"|some) (?:\w+ )?(?:plane|car|bus"
        r"|train|truck|elevator)(?: \w+)? (?:goes down|crash\w*|hits? me|falls|drops)"
        r"|i(?:'d| would|'ll)? (?:just )?(?:get|got|had) (?:\w+ )?(?:cancer|hit|killed|shot|sick"
        r"|in an? (?:accident|crash)|covid)"
        r"|something (?:would |will )?happens? to me|it (?:had been|was|were) me\b"
        r"|(?:the|it|he|they|god) (?:\w+ )?(?:had )?(?:taken|took|killed) me\b"
        r"|i (?:hadn't|didn't|had not) (?:survived?|ma[dk]e it|woken up))",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "envy_the_dead",
        _S,
        "envi envy jeal",
        rf"(?:envy|envious of|jealous of){gap(3)}(?:dead|died|die|dying|passed away)\b",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "sorry_to_wake",
        _S,
        "woke wake aliv here",
        r"(?:disappointed|sorry|angry|upset|sad|mad) (?:that |when |to )?(?:i )?(?:just )?(?:woke"
        r" up|wake up|'m still (?:here"
        r"|alive)|am still (?:here|alive))\b(?! (?:late|early|at|so))",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "stop_existing",
        _S,
        "exis",
        r"(?:stop(?:ped)?|ceas(?:e|ed)|quit) (?:to )?exist(?:ing)?\b|(?:don't|not|no longer|never)"
        r" (?:have )?exist(?:ed|ing)?\b"
        r"(?! (?:any ?more )?(?:for|to|in) (?:him|her|them))",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "relief_if_over",
        _S,
        "over",
        rf"if it (?:was|were) (?:all )?over\b{gap(6)}(?:relie\w+|glad|fine|okay|better|happy)"
        rf"|(?:relie\w+|glad|fine|okay|happy){gap(3)}if it (?:was|were) (?:just )?all over",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "not_wake_up",
        _S,
        "wake waki",
        rf"(?:wish\w*|hop\w+|want\w*|pray\w*|(?:wouldn't |would not |don't |didn't )?(?:mind|care)"
        rf"|like|sleep|bed|rather|if (?:i|you)|better|easier|idea"
        rf"|thoughts?|dream\w*|fine|okay)\b{gap(8)}(?:{_NOT}|stop)(?: [\w']+){{0,3}}? wak(?:e|ing)"
        rf" up"
        r"\b(?! (?:until|to my|in time|early|late|at|my|the|him|her))"
        rf"|if (?:i|you) (?:just |simply )?{_NOT} (?:ever )?wake up",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "not_want_to_live",
        _S,
        "want wann",
        r"(?:don't|do not|dont|didn't|didnt|doesn't|not|no longer|never|not sure i|not sure that i)"
        r" (?:\w+ )?(?:wan(?:t(?:ed|ing|s)? to|na)) (?:\w+ )?(?:be alive|exist|keep living|go on"
        r" living"
        r"|live\b(?! (?:with|in|at|there|here|on|near|together|alone|by|that|under|next))"
        r"|go on\b(?! (?:a|the|that|this|my|vacation|dates?|with))|keep going\b(?! (?:to|there"
        r"|back))"
        r"|be around any ?more|be here any ?more|be on this (?:earth|planet)|be in this world"
        r"|wake up\b(?! (?:early|at)|,? i was (?:having|dreaming|so comf|in the middle)))",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "rather_not_be",
        _S,
        "rath",
        r"rather not (?:be (?:alive|here any ?more|around)|exist|live|wake up)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "thoughts_of_death",
        _S,
        "fant thou thin idea drea imag",
        r"(?:fantas\w+|thoughts?|think\w*|idea|dream\w*|imagin\w+) (?:of |about )(?:[\w']+, (?:of "
        r"|about ))?"
        r"(?:just )?(?:vanishing|disappearing|not existing|not being (?:here|alive|around)|being"
        r" dead"
        r"|dying|death|my (?:own )?(?:death|funeral)|not waking up)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "no_point_in_living",
        _S,
        "poin reas purp use",
        r"(?:no|isn't any|not any|don't (?:really )?(?:see|have|feel) (?:the|a|any|much|there's)"
        r"|can't (?:see|find) (?:the|a|any)|what(?:'s| is|s) (?:the|my)|isn't (?:a|any|much)"
        r"|lost (?:my|the|any|all)|without (?:a|any)|where(?:'s| is) the) (?:\w+ ){0,2}?"
        r"(?:point|reasons?|purpose|use) (?:\w+ ){0,2}?(?:living|live|going on|go on|being"
        r" (?:alive|here)"
        r"|be (?:alive|here)|staying alive|stay alive|existing|exist|life|waking up|wake up|keep"
        r" going"
        r"|my life)\b",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "nothing_to_live_for",
        _S,
        "live",
        r"(?:nothing|not much|n't (?:have )?(?:anything|much)|no one|nobody) (?:\w+ ){0,2}?to live"
        r" for",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "not_worth_living",
        _S,
        "wort",
        r"(?:isn't|isnt|ain't|wasn't|not|no longer|hardly|barely|doesn't (?:feel|seem)|don't feel)"
        r" (?:\w+ ){0,3}?worth (?:living|it to live)"
        r"|(?:isn't|not|no longer) worth it (?:any ?more )?(?:to (?:live|be alive))",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "tired_of_living",
        _S,
        "tire sick done wear fed",
        r"(?:tired|sick|done|weary|fed up) (?:\w+ )?(?:of|with) (?:living\b(?! (?:with|in|at|out"
        r"|here"
        r"|there|alone|paycheck))|life\b|being alive|existing|existence|waking up)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "not_mind_dying",
        _S,
        "acci aliv canc cras dead die died disa exis gone here hit hits kill live ran run "
        "stru took up whet",
        rf"if{gap(6)}(?:hit|hits|killed|struck|ran over|took) (?P<who>me|you)\b{gap(5)}"
        r"(?:wouldn't|would not|don't|be (?:fine|okay|a relief|ok|glad|happy|good))"
        rf"|if i (?:[\w']+ ){{0,2}}?(?:got|was|were|had|get){gap(3)}(?:hit|run over|cancer|killed"
        rf"|crash"
        rf"|accident)\b{gap(8)}(?:care|mind|relief|relieved|fine|okay|ok|bother|glad)"
        r"|if i (?:just )?(?:died|die|was gone|were gone|was dead|were dead|wasn't here|weren't"
        r" here"
        r"|didn't exist|disappeared)\b"
        r"|(?:care|mind|matter) (?:if|whether) i (?:live|lived|die|died|'m alive|am alive|exist"
        r"|wake up)",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "nobody_would_miss",
        _S,
        "care cry mind miss noti",
        rf"(?:no ?body|no one|noone)\b{gap(3)}(?:miss|notice|cry|care|mind)\b{gap(2)}"
        r"(?:if )?i(?: was|'m| am| were|'d been)? (?:gone|dead|died|disappeared|vanished|wasn't"
        r" here"
        r"|weren't here)\b|(?:no ?body|no one|noone)(?:'d| would| will|'ll) (?:\w+ )?miss me\b",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "take_me",
        _S,
        "take taki",
        rf"(?:pray\w*|wish\w*|hop\w+|beg\w*|ask\w*|want\w*|waiting){gap(5)}(?:god|lord|jesus|he"
        rf"|death|someone"
        rf"|universe){gap(3)}take me\b(?! (?:to|home from|seriously|out))",
        Severity.WISH,
        is_passive=True,
        is_own=True,
    ),
    concept(
        "cannot_go_on",
        _S,
        "go keep",
        r"(?:can't|cannot|cant|can not|couldn't) (?:go on\b(?! (?:a|the|to|that|vacation|with|in"
        r" (?:that|this|the|my)|at|about"
        r"|talking|working|holiday))"
        r"|keep living|keep on living)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "want_it_over",
        _S,
        "stop end over",
        r"want(?:ed)? (?:it all|everything|all of it|all this|my life) to (?:just )?(?:stop|end|be"
        r" over)",
        Severity.WISH,
        is_passive=True,
    ),
    concept(
        "join_the_dead",
        _S,
        "heav side up",
        r"(?:want to|wanna|wish i could|like to|rather|ready to) (?:be with|join) (?:\w+ ){1,2}?"
        r"(?:in heaven|up there|on the other side)",
        Severity.WISH,
        is_passive=True,
    ),
)
