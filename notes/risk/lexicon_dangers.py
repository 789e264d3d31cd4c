"""More triggers for dangerous substance use and for psychosis."""

from notes.risk.concepts import ALCOHOL, DRUGS, Concept, concept, gap
from notes.risk.findings import RiskCategory

_D = RiskCategory.SUBSTANCE
_P = RiskCategory.PSYCHOSIS
_A_DAY = r"(?:a|every|each|per|most) (?:single )?(?:day|days|night|nights|evening|evenings)"

SUBSTANCE = (
    concept(
        "withdrawal",
        _D,
        "deli dts fit fits seiz shak swea trem",
        rf"(?:seizures?|fits?|dts|the shakes|shakes|tremors?|delirium|(?:shak|sweat|trembl)\w*)\b"
        rf"{gap(6)}(?:stop\w*|quit\w*|came off|coming off|go(?:ing)? without|don't drink|didn't"
        rf" drink"
        rf"|haven't had|without (?:a|my) (?:drink|hit|fix)|till (?:i|the first)|until (?:i|the"
        rf" first))"
        rf"(?! (?:taking (?:my|the) (?:antidep|ssri)))"
        rf"|(?:stop\w*|quit|off|without)(?: \w+){{0,3}} (?:{ALCOHOL}|{DRUGS}|drinking){gap(6)}"
        rf"(?:seizures?|fits?|shaking|shakes|sweats)",
    ),
    concept(
        "brought_round",
        _D,
        "blue brea came nalo narc roun",
        rf"naloxone|narcan|(?:went|turned|going) blue\b(?! (?:in the face|with cold))|(?:injected"
        rf"|shot"
        rf" up|fixed|used|took){gap(8)}(?:stopped breathing|brought me round|came round|came to)",
    ),
    concept(
        "injects",
        _D,
        "back bang brow gear inje main need pipe rock shoo shot skin",
        r"(?:shot|shooting|shoot|banged|banging) up\b(?! (?:the|in|to|by|like|from|a|\d|my|his"
        r"|her))|(?:injected|injecting|mainlin\w+|skin-?popp\w+)\b(?! (?:my )?insulin| botox"
        r"| with| by)|(?:back on|on) the (?:needle|gear|brown|pipe|rocks)\b",
    ),
    concept(
        "daily_amount",
        _D,
        "bott box boxe can cans crat fift firs hand lite litr morn pint star vodk wake wine",
        rf"(?:bottles?|litres?|liters?|crates?|fifths?|handles?|boxes|box|cans|pints)"
        rf"(?: of (?:\w+ )?{ALCOHOL})? {_A_DAY}"
        r"|it(?:'s|s| is| has)(?: been)? (?:more like )?(?:a|one|two|three|half a) (?:whole |full"
        r" )?"
        r"(?:bottles?|litres?) (?:since|now|a|every|most|some|by)\b"
        rf"|(?:start|first|wake|morning)\w*{gap(4)}(?:with|need|for|is) (?:a |the )?(?:\w+ )?(?:can"
        rf"|drink|vodka|whisky|swig|hit|pipe)\b{gap(3)}(?:shak|steady|straight|before|work"
        rf"|breakfast)",
    ),
    concept(
        "drove_drunk",
        _D,
        "driv drov how",
        rf"(?:drove|driven|driving|drive) (?:\w+ ){{0,4}}?(?:with|after|on) (?:\w+ ){{0,4}}?"
        rf"(?:{ALCOHOL}|bottle|drinks|pints|joint|lines)\b(?: \w+)? (?:in me|inside me|down me"
        rf"|down)"
        r"|don't remember (?:driving|the drive|how i got home)",
    ),
)

PSYCHOSIS = (
    concept(
        "commanded",
        _P,
        "comm orde say says tell told",
        r"(?:he|she|it|they|the (?:voice|man|woman|devil|demon|angels?)) (?:says?|tells?|told"
        r"|orders?"
        r"|commands?|comments?)(?: me)?(?: [\w']+){0,5}? (?:to|i (?:should|must|have to)) (?:just"
        r" )?"
        r"(?:die|jump|kill|hurt|cut|burn|lie down (?:on|in)|step (?:in|off)|walk into|end it|drink"
        r" bleach|hang)|comments? on (?:what|everything) i do",
        is_own=True,
    ),
    concept(
        "plotted_against",
        _P,
        "beam behi bug bugs came chem fume gas hidd insi isn know list mic micr mics our "
        "pois rays repl sign some subs swap tell told vent",
        rf"(?:pump|put|spray|leak|beam|send|inject|drip)\w*{gap(3)}(?:gas|poison|chemicals|rays"
        rf"|signals|fumes|something){gap(3)}(?:through|into|in|under) (?:the|my|our) (?:vents?"
        rf"|walls?"
        r"|food|water|air|pipes|floor|ceiling|flat|house|room|head|tea|coffee|door)"
        r"|(?:cameras?|microphones?|mics?|bugs?|listening devices?) (?:hidden )?(?:in|behind"
        r"|inside)"
        r" (?:the|my|our) (?:\w+ )?(?:lamps?|lights?|walls?|ceiling|tv|telly|vents?|smoke|sockets?"
        r"|plugs?|mirror|clock|router)"
        rf"|(?:swapped|replaced|substituted) (?:\w+ ){{0,3}}?(?:with|by|for) (?:a|an) (?:double"
        rf"|copy"
        r"|actor|impostor|imposter|robot|clone)|isn't (?:really|actually) my (?:mother|mum|wife"
        r"|husband|son|daughter|brother|sister|father|dad)"
        r"|(?:know|told|telling|knows)(?: \w+){0,4} (?:about |what's in )?my (?:dreams|thoughts)\b"
        r"(?: before|[.,!?]|$)",
        is_own=True,
    ),
    concept(
        "heard_or_seen",
        _P,
        "hear noti odd see seei thin",
        r"(?:hear(?:ing)?|see(?:ing)?|notic(?:e|ing)) (?:any(?:thing)?|things|stuff|something)(?:"
        r" \w+)?"
        r" (?:odd|strange|unusual|that (?:isn't|wasn't|aren't|other|others|nobody|no one))",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*SUBSTANCE, *PSYCHOSIS)
