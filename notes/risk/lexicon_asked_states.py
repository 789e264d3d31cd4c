"""What a therapist's question means by its words: substances and psychosis.

Like `lexicon_asked_harm`, for therapists' turns alone.
"""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.substances import DRUG

_D, _P = RiskCategory.SUBSTANCE, RiskCategory.PSYCHOSIS

_DRUG = (
    DRUG.replace("|gas|", "|")
    .replace("|g|", "|")
    .replace("|k|", "|")
    .replace("|ice|", "|")
    .replace("|white|", "|")
    .replace("|base|", "|")
    .replace("|paint|", "|")
    .replace("|bars|", "|")
)

SUBSTANCE = (
    concept(
        "asked_drink",
        _D,
        "lage alco bott beer brand bing cans drin dran drun gin glas hair hang lime limi"
        " mixe over pint pull rum sobe spir tipp vodk whis wine boo sher blac blackouts booz"
        " liqu wag meet dry",
        r"(?<!your )(?<!thing to )(?<!when you've been )(?<!when you )(?:drink\w*|drank"
        r"|drunk|alcohol|booze|tipple|tippling|hangover"
        r"|blackouts?|blacking out|over the limit|vodka|whisk\w+|wine|gin|rum|sherry|beers?"
        r"|cans|pints|bottles?|brandy|spirits|lager|cider|hooch)\b(?! (?:of (?:water|milk)"
        r"|water|tea))",
        is_own=True,
    ),
    concept(
        "asked_drug",
        _D,
        "brin much pass acid brow chop morp oxyc subs use used usin hero crac coke coca spee"
        " weed cann pill tabl inje need over drug sub subst gear smok snif snor line dose"
        " scri pres meds pain code vali diaz xana benz preg tram ket keta mdma spic vape"
        " glue gas balloon ball nitr hit high clea rela lapse scor fent meth stuf chem fix"
        " pipe bag bags patc opia opio detox extr run deal slip pick party",
        rf"(?:{_DRUG}|drugs?|substances?|cocaine|cannabis|weed|skunk|spice|vapes?|ecstasy"
        rf"|opiates?|overdos\w*|inject\w*|needles?|syringe|pipe|snort\w*|sniff\w*|relaps\w*"
        rf"|lapse\w*|scor(?:e|ed|ing)|dealer|stash|comedown|double dos\w*|pass(?:ed|ing)?"
        rf" out\b|black(?:ed|ing)? out\b|(?:take|taking|use|using|have) (?:so|too) much\b"
        rf"|bring you (?:round|back)|brought you (?:round|back)|wake you up\b|(?:tak\w*|took"
        rf"|us\w+|buy\w*|through|on|many|more|extra) (?:[\w']+ ){{0,4}}?(?:tablets?|pills"
        rf"|painkillers|strips?)|painkillers|sleeping tablets|more than (?:prescribed|you're"
        rf" meant|the doctor|it says)|taking extra|take extra|took extra|(?:her|his|their"
        rf"|someone else's|somebody else's|your (?:mum|mother|nan|wife|husband|daughter"
        rf"|son)'s) (?:\w+ )?(?:pills|tablets|meds|medication)|(?:you|been|started|back to"
        rf"|still|stopped) (?:\w+ )?using\b(?=\W*$| again| at (?:all|the moment)| (?:since"
        rf"|now|today|lately))|used (?:again|since|anything|last night)|picked up (?:again"
        rf"|since|a drink)|slipped up)\b(?! (?:hope|school|street|time|blood pressure|on"
        rf" life|your (?:phone|time|voice|skills)|the (?:skills|breathing|app|diary|sheet"
        rf"|technique)|to\b))",
        is_own=True,
    ),
)

SOBER = (
    concept(
        "asked_sober",
        _D,
        "stop clea sobe dry wago abst off absti stay kept keep stopp packed give gave giv",
        r"(?:still|been|staying|stayed|stay|keeping|kept|being|get|remain\w*|you) (?:\w+"
        r" )?(?:clean|sober|dry|abstinent|on the wagon)\b(?! (?:up|out|the))|(?:stay\w*"
        r"|keep\w*|kept|still|been) (?:\w+ )?off (?:the |it|drugs|alcohol|drink)|(?:stopped"
        r"|packed in|given up|gave up|quit) (?:the )?(?:drink\w*|using|smoking|gear|heroin"
        r"|pills|it)\b",
        is_own=True,
        is_inverse=True,
    ),
)

PSYCHOSIS = (
    concept(
        "asked_voices",
        _P,
        "inst name call tann voic hear whis spea talk say says tell told orde comm argu chat"
        " conv soun nois comp shout",
        r"(?:voices\b(?! (?:raised|in the choir))|(?:a|the|any|that|this|her|his) voices?"
        r" (?:that|which|who|tell\w*|say\w*|in|describes?|comment\w*|talk\w*|still|been|has"
        r"|is|was)\b|whisper\w*)|(?:hear\w*|heard) (?:\w+ ){0,3}?(?:things|anything"
        r"|something|someone|somebody|anyone|people|him|them|sounds|noises|god|talk\w*|your"
        r" name|others? (?:can't|don't|couldn't))\b(?! (?:about (?:the|your) (?:job|results"
        r"|exam|course|move|house)|from (?:him|her|them|your|the (?:job|school|hospital))"
        r"|back))|(?:does|do|did|is|are|was|has|have) (?:it|that (?:one|voice)|the (?:one"
        r"|thing|matron|captain|colonel|voice)) (?:\w+ )?(?:talk\w*|speak\w*|say\w*|tell\w*"
        r"|order\w*|command\w*|whisper\w*|chat\w*|comment\w*|answer\w*|shout\w*)\b(?! (?:you"
        r" (?:about|that you need)|about (?:you|your) (?:that|as)))|(?:give|gives|giving"
        r"|gave) you (?:orders|instructions|commands)|(?:orders|instructions|commands"
        r"|commentary)\b|(?:who|what|where) (?:talks?|speaks?|says?|comes?) (?:\w+ )?(?:out"
        r" of|from|through|to you)|(?:say\w*|said|call\w*|shout\w*|whisper\w*) your name"
        r"|talks? (?:out of|to you (?:from|out|through|when))|speaker up there|arguing over"
        r" you|in your (?:ear|ears)\b",
        is_own=True,
    ),
    concept(
        "asked_visions",
        _P,
        "now righ us see sees seei seen saw visi shad figu face comp man lady chil pres real"
        " imag tall appe visit hallu thing chap gent",
        r"(?:see|sees|seeing|seen|saw) (?:\w+ ){0,3}?(?:(?:things|anything|something|someone"
        r"|people|anyone)\b(?: (?:that|who|which|other|others|nobody|no one|there|here|else"
        r"|odd|strange|unusual|if i)|\W*$)|(?:him|her|them)\b(?: (?:there|here|now|still"
        r"|today|too|at school|in (?:the|this) room))|(?:shadows?|figures?|faces)\b)"
        r"|visions?\b(?! (?:of the future|board|test))|hallucinat\w*|(?:shadow|tall|small"
        r"|little|grey|dark|hooded|old|thin|burnt) (?:man|men|one|woman|lady|figure|figures"
        r"|people|child|boy|girl|chap|gentleman)\b|company in (?:the|your) (?:flat|house"
        r"|room)|would i (?:see|hear) (?:him|her|them|it)|(?:with us|in the room|in here)"
        r" (?:just |right )?now\b|what(?:'s| is) real|apparition\w*|presence\b|visitors?\b",
        is_own=True,
    ),
    concept(
        "asked_watched",
        _P,
        "spel walk sitt stan driv park wait turn rays wave talk phot open watc foll spyi spy"
        " came bug bugg mic micr plot afte poi pois dose doct tamp food got agai out targ"
        " cons trac reco gear list phon park neig gove poli mi5 cia hack doub repl impo copy"
        " swit real chip impl tran devi tooth wire laser ray beam radi send sign mess code"
        " mean tv tell tele radi news song plat spec refe post gods god chos miss powe prop"
        " jesu king prime pres pope pal line grid savi mind thou head read broa plan inse"
        " take lift take tele cont move forc fit scan ment sect surv susp para psyc delu"
        " beli bel conv cert sure",
        r"(?:watch\w*|follow\w*|spy\w*|monitor\w*|track\w*|bugg\w*|record\w*|listen\w* (?:in"
        r"|to)|target\w*|plot\w*|conspir\w*|poison\w*|tamper\w*|doctor(?:ed|ing)|drugg\w*"
        r"|hack\w*|surveil\w*|film\w*) (?:\w+ )?(?:on |with |in on |in |against )?(?:you"
        r"|your|me|the (?:food|house|flat|phone|tea|room|calls|letters))\b|(?:out to get"
        r"|(?<!look )(?<!looking )(?<!looked )after|against|got it in for|talking about"
        r"|laughing at|spying on|plotting against|conspiring against) you\b|following"
        r" you\b(?! home)|in on it\b|(?:out there|all|still|people|really) plotting\b"
        r"|(?:being|been|get|getting|are you|you're|feel|felt) (?:\w+ )?(?:watched|followed"
        r"|spied on|monitored|targeted|bugged|poisoned|tracked|recorded|controlled"
        r"|persecuted|filmed|set up|listened to)|(?:cameras|microphones?|mics|bugs?"
        r"|recording gear|listening devices?|wires?|chip|device|tracker"
        r"|drones?)\b[^.?]{0,25}\b(?:in|behind|inside|under|hidden|fitted|planted|watching"
        r"|following|there|up there)\b|transmitter|implant|lasers?\b|receiver\b|rays\b"
        r"|(?:tak\w+|photocopy\w*|open\w*|read\w*) your (?:letters|post|mail)|(?:walk\w*"
        r"|driv\w*|park\w*|turn\w* up|waiting) (?:behind|outside|opposite|after) you(?:r"
        r" (?:house|flat|window))?|(?:rays?|beams?|waves|gas|signals?"
        r"|messages?)\b[^.?]{0,30}?(?:through|into|from|out of|in) (?:the|your) (?:wall"
        r"|walls|vent|ceiling|floor|head|legs|body|air)|spell\w* (?:things |anything |words "
        r"|it |something )?(?:out )?(?:for|to) you|talk\w* about you\b",
        is_own=True,
    ),
    concept(
        "asked_thoughts",
        _P,
        "mind thou head thin read broa plan put inse take lift stol tele cont move hear know"
        " pick aloud loud",
        r"(?:thoughts?|mind|head|thinking|what (?:your|you're|you are|you) (?:\w+"
        r" )?think\w*)\b(?: [\w']+){0,6}? (?:read|heard?|hear|broadcast\w*|put (?:there|in)"
        r"|planted|inserted|taken|lifted|stolen|out loud|aloud|your own|yours|not yours"
        r"|someone else's|belong\w*|picked up|control\w*|removed|somebody's)\b|(?:read|hear"
        r"|pick up|broadcast|know|control|take|steal|plant|put|insert|lift\w*|reading"
        r"|hearing|controlling|knows)\w*(?: [\w']+){0,4}? (?:your (?:mind|thoughts?|thinking"
        r"|head)|what (?:you're|your|you are|you) (?:think\w*|did in your head)|thoughts?"
        r" (?:in|into|out of) your|out of your (?:mind|head)|in your (?:head|mind))\b"
        r"|telepath\w*|(?:mov(?:e|es|ing)|control\w*|work\w*|mak(?:e|es|ing)) your (?:body"
        r"|arms?|legs?|hands?|mouth)|did in your head",
        is_own=True,
    ),
    concept(
        "asked_meanings",
        _P,
        "your tv tell tele radi news song plat spec refe post god chos miss powe prop jesu"
        " king prime pres pope pal line grid savi mess sign code mean doub repl impo copy"
        " real stil beli bel conv cert sure delu psyc para pers",
        r"(?:messages?|signs?|signals?|codes?|meanings?|something|anything|references)\b(?:"
        r" [\w']+){0,4}? (?:meant |just |only |sent |aimed )?(?:for|about|to|at) you\b|(?:tv"
        r"|telly|television|radio|newspaper|news|song|songs|presenter|weather (?:lady|man)"
        r"|adverts?|internet|billboards?|number plates?|d ?j)\b(?: [\w']+){0,6}? (?:you|your"
        r"|message|messages|about you|to you|for you)\b|(?:special (?:powers?|mission|gift"
        r"|purpose|role|meaning|connection)|powers|chosen|mission|prophet|messiah|prime"
        r" minister|the king|the palace|royal family|the pope|god (?:speak|talk|tell|told"
        r"|send|want)\w*|sent by|reincarnat\w*)\b|(?:replaced|swapped|a double|an? impostor"
        r"|an? imposter|a copy|not (?:really )?(?:your|the real))\b|paranoi\w*|psychosis"
        r"|psychotic|delusion\w*",
        is_own=True,
    ),
)

STRANGENESS = (
    concept(
        "asked_lost_time",
        _P,
        "blan gap gaps miss lost idea came lose losi fugue walk",
        r"(?:those|these|any|more|such) (?:\w+ )?(?:blanks|gaps|missing (?:hours|time)|lost"
        r" (?:hours|time|afternoons))\b|(?:lost|lose|losing|missing) (?:time|hours|whole"
        r" (?:days|afternoons|evenings))\b|(?:no idea|not know\w*|without knowing|no memory"
        r" of) how you(?:'d| had)? (?:got|get|ended up|came)",
        is_own=True,
    ),
    concept(
        "asked_outside_force",
        _P,
        "plan exch stra outs move movi pick chos alon comm cont steer made driv sing else"
        " ones self belo",
        r"(?:planted|put there|placed|sent) (?:it|there|them|by|in)\b|(?:exchanged|swapped"
        r"|changed) for\b|(?:person|someone|somebody|something|force|voice|power) (?:outside"
        r"|other than|from outside)(?: of)? (?:you|yourself)\b|outside (?:of )?(?:you"
        r"|yourself|your (?:head|mind))\b|(?:who|what|someone|somebody|something) (?:was|is"
        r"|were|else (?:was|is)) (?:moving|controlling|working|steering|driving|doing) (?:it"
        r"|you|them|your)|(?:been|being|you're|were) (?:picked|chosen|selected|singled out"
        r"|called|sent)\b(?! (?:on|up|for (?:the )?(?:team|job|role|interview)|in (?:to|for)"
        r"|out))|commentator\b|(?:god|jesus|allah|the lord|angels?|spirits?|the devil) (?:is"
        r" |are |was |has |been )*(?:ask|tell|speak|talk|order|command|choos|chose|pick|send"
        r"|sent|want|call)\w*|(?:someone|somebody|anyone|another person|other people)"
        r" (?:else )?(?:\w+ )?(?:planted|put|inserted|controls?|moves?|reads?)\b",
        is_own=True,
    ),
)

CONCEPTS: tuple[Concept, ...] = (*STRANGENESS, *SOBER, *SUBSTANCE, *PSYCHOSIS)
