"""Triggers for dangerous substance use, psychosis and loss of control."""

from notes.risk.concepts import ALCOHOL, DRUGS, OWN, PILLS, Concept, concept, gap
from notes.risk.findings import RiskCategory

_D = RiskCategory.SUBSTANCE
_P = RiskCategory.PSYCHOSIS
_ME = r"(?P<who>me|us|you)\b"

SUBSTANCE = (
    concept("overdose", _D, "over od'd od oded", r"over[ -]?dos\w+|od(?:'d|ed|'ed)\b|od on\b"),
    concept(
        "relapse",
        _D,
        "rela",
        r"relaps\w*(?! (?:prevention|of (?:depress\w*|anxiety|panic|the)|into depress\w*"
        r"|signature))",
    ),
    concept(
        "heavy_drinking",
        _D,
        "away bott dran drin fini poli thro up",
        rf"(?:drink\w*|drank|finish\w*|go(?:ing)? through|put(?:ting)? away|up to"
        rf"|polish\w*){gap(4)}"
        rf"(?:bottles?|fifth|handle|case|six[- ]pack|twelve[- ]pack|box|pints?|[\d]+|six|eight|ten"
        rf"|twelve)"
        rf" (?:of )?{ALCOHOL}",
    ),
    concept(
        "drinking_danger",
        _D,
        "drin need usin",
        r"(?:can't|cannot|couldn't) (?:stop|control|quit) (?:my |the )?(?:drinking|using)"
        r"|drink(?:ing)? (?:[\w']+ ){0,3}?(?:every (?:single )?(?:day|night|evening)|too much"
        r"|heavily|alone"
        r"|to (?:fall as|sleep|cope|numb|forget|pass out|get through)|in the morning|before work)"
        r"|drinking (?:a lot )?again"
        r"|need (?:a|my|another) (?:\w+ )?(?:drink|beer|fix|hit|line) (?:before|to (?:get|start"
        r"|function|sleep)|in the morning|first)",
    ),
    concept(
        "blackout",
        _D,
        "blac pass",
        rf"(?:black(?:ed|ing)?|pass(?:ed|ing)?)[ -]?out\b{gap(4)}(?:drinking|drunk|alcohol|booze"
        rf"|wine|vodka)"
        rf"|(?:drank|drunk|drinking)\b{gap(7)}(?:black(?:ed)?|pass(?:ed)?)[ -]?out",
    ),
    concept(
        "mixing",
        _D,
        "with and mix mixi top",
        rf"{PILLS}\b{gap(4)}(?:with|and|on top of) (?:[\w']+ ){{0,4}}?{ALCOHOL}\b"
        rf"|mix\w*{gap(1)}{ALCOHOL} (?:and|with) (?:[\w']+ ){{0,2}}?{PILLS}",
    ),
    concept(
        "hard_drugs",
        _D,
        "agai coca coke crac crys dope drug fent hero keta meth opio oxy oxyc oxyx perc "
        "shoo spee xana",
        r"(?:us(?:ing|ed|e)|shoot(?:ing)?(?: up)?|snort\w*|smok\w+|inject\w*|tak(?:e|ing)|took"
        r"|doing|did"
        rf"|scor\w+|back on) (?:[\w']+ ){{0,2}}?{DRUGS}\b"
        r"(?! (?:course|awareness|camera|limit|bump|dating|skating|cream|hockey|test))"
        r"|using again\b|shooting up\b",
    ),
    concept(
        "drunk_driving",
        _D,
        "driv drov whee",
        rf"(?:driv(?:e|ing|en|es)|drove|behind the wheel){gap(3)}(?:drunk|after (?:\w+"
        rf" ){{0,2}}?drink\w*"
        r"|while (?:high|drunk|drinking|intoxicated)|under the influence|buzzed|wasted|high\b)",
    ),
    concept(
        "too_many_pills",
        _D,
        "took taki take",
        r"(?:took|tak(?:e|ing)) (?:way )?(?:too many|extra|twice as many|double|more|\d\d|four"
        r"|five|six|seven|eight|nine|ten|twelve"
        rf"|fifteen|twenty|thirty|so many|half a bottle) (?:of )?(?:my |the )?(?:\w+ )?{PILLS}",
    ),
)

PSYCHOSIS = (
    concept(
        "voices",
        _P,
        "voic whis",
        rf"hear(?:s|d|ing)?{gap(3)}(?<!kids )(?<!her )(?<!his )(?<!their )(?:voices\b(?! (?:on the"
        rf"|in the"
        r" (?:hall|next|other)|from the))|whisper\w*|a voice (?:telling|tell|that tells|saying))"
        r"|voices (?:are |keep |were |that )?(?:tell\w*|told|say\w*|command\w*) (?:me|you)"
        rf"|hear(?:s|d|ing)? (?:[\w']+ ){{0,3}}?voice\b{gap(8)}(?:nobody|no one|isn't there|not"
        rf" there|commenting)"
        r"|(?<!all )(?<!for )(?<!do )the voices\b"
        r"|(?:a|the|this) voice (?:[\w']+ ){0,2}?(?:tell|say|command|order)\w* (?:me"
        r"|you) to (?:jump|die|kill|hurt|cut|do it"
        r"|do things|harm|burn|end)",
    ),
    concept(
        "see_things",
        _P,
        "thin shad figu peop",
        rf"(?:see|sees|seeing|saw|hear|hearing|heard){gap(3)}(?:things|shadows|figures"
        rf"|people){gap(2)}"
        r"(?:(?:aren't|are not|weren't|arent|isn't) (?:really |actually )?(?:there|real)"
        r"|(?:other people|others|no one else|nobody else) (?:don't|can't|do not|cannot|didn't"
        r"|sees?|hears?"
        r"|can|could))",
    ),
    concept(
        "messages",
        _P,
        "news plat radi song tele tv",
        rf"(?:tv|television|radio|songs?|news|license plates?)\b{gap(4)}(?:send\w*|giv\w*|talk\w*"
        rf"|speak\w*)"
        r" (?:[\w']+ ){0,2}?(?:messages?|to me|signals?|about me)",
        is_own=True,
    ),
    concept(
        "implant",
        _P,
        "chip impl devi trac micr",
        rf"(?:(?:micro)?chip|implant|device|tracker)s?\b{gap(2)}in {OWN}(?:head|brain|body|arm"
        rf"|skin|tooth"
        r"|teeth|neck)",
    ),
    concept(
        "persecution",
        _P,
        "foll spyi trac pois out plot reco bugg list",
        rf"(?:people|they(?:'re| are)?|someone|somebody|the (?:fbi|cia|police|government"
        rf"|neighbou?rs))\b"
        rf"{gap(3)}(?:following|spying on|tracking|poisoning|out to get|plotting against|bugging)"
        rf" (?:{_ME}|my (?:food|phone|house|apartment))(?! on (?:instagram|twitter|facebook|social"
        rf"|tiktok))",
    ),
    concept(
        "thoughts_read",
        _P,
        "mind thou",
        rf"(?:they|people|someone|the government|he|she)\b{gap(3)}(?:reading|hear|hearing|steal\w*"
        r"|controlling) (?:my|your) (?:mind|thoughts)|put\w* thoughts in(?:to)? (?:my|your)"
        r" (?:head|mind)",
    ),
    concept(
        "thoughts_heard",
        _P,
        "thin",
        r"hears? what (?:i'm|i am) thinking",
        is_own=True,
    ),
    concept(
        "loss_of_control",
        _P,
        "cont",
        rf"los(?:e|ing|t) control{gap(1)}(?:of (?:myself|yourself|my (?:actions|body))"
        r"|and (?:i )?(?:hit|hurt|do|did|smash\w*|attack\w*|broke))",
    ),
    concept(
        "hallucination", _P, "hall psyc delu", r"hallucinat\w*|psychotic\b|psychosis\b|delusion\w*"
    ),
    concept(
        "not_real",
        _P,
        "real",
        r"(?:can't|don't|couldn't|cannot|cant) (?:always )?(?:tell|know) what(?:'s| is|s)? real",
    ),
    concept(
        "grandeur",
        _P,
        "god jesu mess prop chos",
        r"i(?:'m| am) (?:god|jesus|the messiah|a prophet|the chosen one)\b",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*SUBSTANCE, *PSYCHOSIS)
