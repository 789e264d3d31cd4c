"""Triggers for the wish to be dead, put together from a wish, a death and the speaker between."""

from notes.risk.concepts import Concept, gap
from notes.risk.fields import CURTAIN, DEATH, DESIRE, LIFE, TILL_DEATH, wish

_DEATH_HEADS = (
    "aliv brea buri ceas clay coff crem dead deat dece dele dies die dyin disa eras exis exti"
    " foot feet"
    " grav grou heav here born livi morg mort more next othe over para rubb snuf soil sod swit vani"
    " wake waki wipe wiped ceme chur my earth eart afte with"
)


LONGING = (
    wish(
        "longs_for_death",
        _DEATH_HEADS + " nonex non obli noth void anni",
        rf"{DESIRE}{TILL_DEATH}{DEATH}(?! (?:to (?:\w+ )?(?!my|the grave)|into|for (?:a|the) (?:\w+"
        r" )?(?:day|week"
        r"|hour|weekend|fortnight|month)|than|from (?:the|this|that|work|my)))",
    ),
    wish(
        "envy_at_the_grave",
        "envy envi luck jeal beri buri ceme coff dead fune grav hear obit pass buri",
        r"(?:hearse|coffin|funeral|obituar\w+|cemetery|graveyard|headstones?|the dead|buried"
        r"|passed away"
        rf"|who died){gap(12)}(?:luck(?:y|ier)\b|envi\w+|envy|jealous|wise one|got it right"
        r"|sensible one|best off"
        rf"|well out of it|budge up|move over|shift|make room|room for me|my turn)"
        rf"|(?:luck(?:y|ier)|envi\w+|envy|jealous)\b{gap(6)}(?:hearse|coffin|the dead|dead|buried"
        r"|in the"
        rf" ground|graveyard|cemetery|obituar\w+|who (?:died|passed|went))",
    ),
    wish(
        "eyes_not_open",
        "eye eyes",
        r"(?:clos|shut)\w* (?:my |the |me )?eyes?\b,?(?: and| then| to)? ?(?:not|never|no)(?:"
        r" \w+){0,2} (?:open|wake)",
    ),
    wish(
        "not_in_the_world",
        "worl rubb eras exis",
        r"(?:not|n't|no longer|never) (?:be |being |been )?in (?:the|this) world\b|rubbed out"
        r"|wiped off the"
        r" (?:earth|face|map)|erased? (?:me|myself)\b",
    ),
    wish(
        "recovery_as_bad_luck",
        "luck pity unfo sadl sham",
        r"(?:clear(?:ing|ed)? up|getting better|recover\w*|improv\w*|heal\w*|respond\w*|stable"
        r"|benign|all clear"
        r"|working|survive\w*|in remission|nothing serious|pulled through)\W+(?:worse luck|more's"
        r" the pity"
        r"|unfortunately|sadly|more fool|pity|shame)",
        is_own=True,
    ),
    wish(
        "welcome_when_it_comes",
        "welc last good so fine move thank wave",
        r"if (?:it|one|they|he|death|the \w+|a \w+) (?:\w+ )?(?:comes?|hits?|lands?|falls?|takes?"
        r"|strikes?|kills?)\b"
        rf"{gap(10)}(?:welcome\b|so be it|i won't move|i'll not move|at last|i'd wave|thank (?:god"
        r"|you|it|him|them))",
    ),
    wish(
        "dead_is_what_i_want",
        "aliv dead deat gone die exis",
        r"(?:to be |being )?(?:dead|death|to die|not existing|oblivion|non-?existence),? (?:(?:is"
        r"|that's) )?(?:what |all )?i"
        r"(?:'d|'m| would|'ve| have)? (?:like|love|want\w*|wish\w*|prefer|crave|am longing|long"
        r"|asking|pray\w*)\b",
    ),
    wish(
        "heart_to_stop",
        "hear hart last",
        rf"(?:{DESIRE}|will(?:ing|ed)?|talk(?:ing)? (?:it|my heart) into){gap(6)}(?:my|me|the|this)"
        rf" (?:\w+ )?heart\b{gap(3)}(?:stop\w*|pack"
        rf"\w* (?:in|up)|giv\w+ (?:out|up|in)|fail\w*|quit\w*)|h(?:ea|a)rt\b{gap(14)}will(?:ing)?"
        r" it on\b|let (?:it|this|tonight) be (?:the|my)"
        rf" last\b(?! (?:drink|time|one i drink|cigarette))",
        is_own=True,
    ),
    wish(
        "only_to_die",
        "aliv dead die exis wake here",
        r"(?<!\w )(?<!, )to (?:not (?:be (?:alive|here|around)|exist|wake up)|not be\b|be dead"
        r"|die)\b(?=\W*$)",
    ),
    wish(
        "death_as_good",
        "aliv dead deat die died dyin exis gone grav wake born",
        r"(?:be(?:ing)? dead|dying|to die|death|not (?:being|to be) (?:here|alive|around)|not"
        r" waking up"
        r"|to not (?:wake up|exist|be (?:here|alive|around))|the grave|if i (?:was|were) (?:dead"
        r"|gone)"
        r"|if i died|if i (?:wasn't|weren't) (?:here|around|alive)|not existing|never waking up)"
        r"(?:[^\w']+(?:it|that|there|would|'d|is|was|be|seems?|sounds?|looks?|feels?|just|only"
        r"|almost"
        r"|so|really|to|me|the|a|like|honestly|starts?|starting|as|kind|of|at|least|might|could"
        r"|much"
        r"|very|quite)){0,6}[^\w']+"
        r"(?:relie\w+|nice\w*|good|lovely|easier|better|peace\w*|rest|restful|bliss\w*|kind(?:er"
        r"|ness)?"
        r"|welcome|holiday|treat|luck\w*|mercy|simpler|appeal\w*|tempting|comfort\w*|answer"
        r"|solution"
        r"|friend|fine by me|no bad thing|release|blessing|favou?r|gift|home)\b",
    ),
    wish(
        "not_to_be",
        "be bein exis me not part be",
        rf"(?:{DESIRE}|thoughts? of|idea of|rather|easier|better|tired of|sick of|done with|fed up"
        r" with"
        r"|enough of|finished with|through with|like to)(?:[^\w']+(?:to|just|of|the|whole|it|all"
        r"|all"
        r"|me|i|be|would|this|with|bloody|all|entire)){0,5}?[^\w']+"
        r"(?:not be\b(?=[.,;!?]|$| (?:any ?more|at all|here\b|alive|around|in (?:this|the) world))"
        r"|being(?: (?:anything|a person|alive|here|me))?(?=[.,;!?]|$| any ?more| at all)"
        r"|stop being\b(?! (?:so|a|an|the|in|on|afraid|scared|angry|such))|be (?:nothing|no one"
        r"|nobody"
        r"|nowhere|no more|finished\b(?! (?:with|by|work))))",
    ),
    wish(
        "picture_of_the_end",
        "life livi ever for forever good perm worl all toge once",
        rf"{CURTAIN}(?: (?:on|of|from|with))?(?:[^\w']+(?:my|me|this|the|whole|it|just|and|all|on"
        r"|of|from"
        rf"|with|whole)){{0,4}}?[^\w']+{LIFE}",
    ),
    wish(
        "wants_the_picture",
        "away call clos curt draw exit fade game ligh log off orde out over plug stum swit slip"
        " shut end",
        rf"{DESIRE}{TILL_DEATH}(?:pull the plug|draw (?:the )?(?:stumps|curtains?)|last orders|game"
        r" over"
        r"|switched off|an? (?:off[ -]switch|way out|exit)|the (?:exit|off[ -]switch|curtain|final"
        r" whistle|last bus|end of (?:it|me|the road))|slip (?:away|off|under)\b(?! (?:from|early"
        r"|for))"
        r"|fade (?:away|out)|drift (?:off|away)\b(?! (?:from|to))|be (?:let go|released|put down"
        r"|put to"
        r" sleep|put out of))",
    ),
)

WEARY = (
    wish(
        "instead_of_them",
        "been have inst me not rath shou took take wron",
        r"(?:should(?:'ve| have)|ought to have|wish it (?:had|was|were)|rather it (?:had|was|were"
        r"|have)"
        r"|why (?:wasn't|couldn't|isn't) it|better if it (?:had|was|were)|would it had)(?:"
        r" \w+){0,2} been"
        r" me\b|(?:should(?:'ve| have)|wish\w*|better|why not|took|taken|have been) (?:\w+"
        r" ){0,5}?me"
        r" instead\b|it should be me\b|should(?:'ve| have) been (?:me|my (?:name|body))\b(?! who"
        r" (?:said"
        r"|told|went|drove|called|paid|got))",
        is_own=True,
    ),
    wish(
        "never_to_see_the_day",
        "chri morn next spri summ tomo year birt seei see wake another anot thir sund fift fort"
        " twen",
        r"(?:don't|do not|didn't|wouldn't|not|never|rather not|no wish|no (?:need|want|desire)"
        r"|sooner not)"
        r" (?:\w+ )?(?:want|care|wish|need|mind|hope|like|plan|expect|intend)?(?: if i never| to|"
        r" whether"
        r" i| if i don't| if i)? (?:see|wake|reach|make it to|be (?:here|alive) for|have|face)"
        r" (?:to"
        r" )?(?:(?:the|another|next|my next|this|my) (?:\w+ )?(?:morning|day|spring|summer"
        r"|christmas|year"
        r"|birthday|winter|sunday|sunrise|week|month)|tomorrow|morning|christmas|thirty|forty"
        r"|fifty)\b",
        is_own=True,
    ),
    wish(
        "no_use_alive",
        "dead if wi with once when "
        "use used earth good live aliv take spac air oxyg burd trou away off",
        r"(?:(?:i'm|im|i am|i was|i'd be|me) (?:\w+ )?(?:more|worth more|better|no) (?:use|good"
        r"|value|help"
        r"|trouble|harm|loss)? ?(?:to (?:any|no|them|him|her|my)\w* )?(?:dead|gone|in the ground"
        r"|below ground|underground|not here))|(?:cheaper|easier|simpler|tidier|lighter|happier"
        r"|kinder"
        r"|quieter) (?:\w+ ){0,4}?(?:with me gone|with me dead|with me out of|if i (?:went|was off"
        r"|were"
        r" off|wasn't|weren't|died|vanished|disappeared)|once i(?:'m| am) (?:gone|dead|buried)"
        r"|when i"
        r"(?:'m| am) (?:gone|dead|buried)|wi' ?out me|without me\b(?! (?:there|at|in|for)))"
        r"|(?:would(?:n't)?|'d|will) (?:\w+ ){0,3}?(?:cope|manage|be (?:fine|grand|better|alright"
        r"|all"
        r" right|happier|richer|free)|breathe|thrive|get over it) (?:\w+ )?(?:with me (?:gone"
        r"|dead)|if i"
        r" (?:was|were) (?:gone|dead|not)|after i(?:'m| am)? (?:gone|dead|go))",
        is_own=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*LONGING, *WEARY)
