"""Triggers for the means of suicide: held, saved, weighed in the mind, or gone up to."""

from notes.risk.concepts import Concept, concept, gap
from notes.risk.fields import DOSES, GUN, HEIGHT, LIGATURE, ME, POISON
from notes.risk.findings import RiskCategory, Severity

_S = RiskCategory.SUICIDE
_THINKS = (
    r"(?:think\w*|thought\w*|keep\w*|kept|look(?:ed|s|ing)? (?:at|up|into|over|down)|star(?:e|ed"
    r"|es|ing)"
    r"|eye(?:d|ing)|count(?:ed|s|ing)?|work(?:ed|ing) out|wonder(?:ed|ing|s)?|measur\w+|tim(?:e|ed"
    r"|ing)"
    r"|check(?:ed|ing)|pictur\w+|imagin\w+|plan\w*|pric(?:ed|ing)|googl\w+|research\w*|search\w*"
    r"|read"
    r"(?:ing)? (?:up|about)|see myself|test(?:ed|ing)|practi[sc]\w+|rehears\w+|walk\w* (?:up"
    r" )?(?:to|past"
    r"|by|along|out)|drive (?:to|past|out)|drove|go(?:ing|es)? (?:up )?to|went|stand(?:ing|s)?"
    r"|stood|sat|"
    r"sit(?:s|ting)?|dr(?:eam|eamt|eaming)\w*|mind goes|head goes|notic\w+|find myself|found myself"
    r"|drawn|pull(?:ed|s|ing)?|call(?:s|ing|ed) (?:to )?me|know(?:s)? (?:which|how|where)|learn\w*"
    r"|memoris\w+|weigh\w*|reckon\w*|calculat\w+)"
)
_LETHAL = (
    r"(?:(?:it|that|one|this|they|those|them|which)(?:'d| would|'ll| will| could| might)? (?:only "
    r"|just"
    r" |probably |surely |be )*(?:do it|do me|do the (?:job|trick)|enough|finish me|be (?:quick"
    r"|over"
    r"|instant|painless|enough)|kill (?:me|a (?:horse|man|person))|see me off|take me|be it|hold"
    r" (?:me|my"
    r" weight)|take my weight|quick|fast|stop (?:my|the) heart)|(?:would|'d) (?:that|they|it) be"
    r" enough"
    r"|no one could stop|too (?:fast|late) (?:to stop|for anyone)|just (?:one|a) step|only be a"
    r" step"
    r"|(?:one|a|two) (?:step|steps|second|seconds|push|pull|jump)\b|let go\b|(?:step|steps|stepping"
    r"|stepped|lean|leaning|jump\w*|drop\w*|roll\w*|swerv\w*|fall\w*|falling|walk\w*) (?:off|over"
    r"|out|in"
    r"|under|down|into it|in front)\b|how (?:long|far|high|many|much|deep|fast|quick)\b|six floors"
    r"|for myself|thinking it for|to (?:end|finish|do) (?:it|me|myself)|the (?:timing|drop|fall)\b"
    r"|(?:in|off|over|under|down) (?:you|i|she|he|we) go\w*|why not\b|(?:is|am|be|i'm|'d be)"
    r" (?:dead|gone|done|finished"
    r"|over)\b|no more\b|all over\b|that's (?:it|that|me))"
)
_LEAP = (
    r"(?:(?:step|jump|leap|throw|threw|chuck|fling|flung|hurl|lob|launch|walk|div(?:e|ing)|roll"
    r"|lie|lying|lay"
    r"|pitch|tip|drop)(?:p?ing|p?ed|s|t)?(?: (?:my|me)[ -]?sel\w+| meself)?"
    r"(?: (?:out|straight|right|down|clean))*)"
)
_TRAIN = (
    r"(?:train|trains|tube|tram|lorry|lorries|truck|trucks|bus|buses|traffic|juggernaut|locomotive"
    r"|express|wagon|artic|semi)"
)

MEANS = (
    concept(
        "ligature_ready",
        _S,
        "cut when belt cabl cord flex lead lace lash noos rope scar shee stra stri tie twin wire"
        " chai halt",
        rf"(?:tow[ -]?|the |a )?{LIGATURE}\b{gap(6)}(?:(?:a?round|about|over|on|to|from|off) (?:my"
        r"|me|the|a"
        r"|that) (?:\w+ ){0,2}?(?:neck|throat|beam|rafters?|banister|hook|branch|tree|joists?"
        r"|girder|pipe"
        r"|door|handle|rail|loft hatch|ceiling|light fitting|bars?)|(?:knot|tied|noose|ready|chair"
        r"|stool|bough|beam|rafters?|joist)\b)|(?:tied|tie|tying|made|making|practi[sc]\w+|learned"
        r"|knotted"
        rf"|fix\w*|loop\w*|hang\w*|hung|sling|slung) {gap(4)}(?:noose|knots? in (?:it|the)"
        rf"|{LIGATURE}{gap(5)}"
        r"(?:beam|rafters?|tree|neck|hook|door|branch|banister))|cut (?P<who>me) down\b|for when"
        r" i go\b(?! (?:to|back|in|out|on|home|there))",
        Severity.METHOD,
    ),
    concept(
        "gun_at_hand",
        _S,
        "airg fire gloc gun guns hand pist revo rifl shot twel weap",
        r"(?:load\w*|clean(?:ed|ing)|held|hold\w*|sat|sit\w*|took|take\w*|got|get\w*|had|have|put"
        r"|put(?:s)?"
        r"|press\w*|bought|keep\w*|thinking (?:of|about)|thought (?:of|about)|use|using|picked up"
        r"|find myself"
        rf"|look\w* at|star\w* at|with) (?:\w+ ){{0,5}}?{GUN}\b{gap(10)}(?:mouth|under (?:my|me)"
        r" chin|head"
        r"|temple|lap|on my(?:self| knee)|knee|myself|meself|finish it|end it|loaded|one (?:round"
        r"|bullet"
        r"|shell|cartridge)|for me\b|my name|trigger|taste\w*)",
        Severity.METHOD,
    ),
    concept(
        "doses_saved",
        _S,
        "jar save savi stas stoc hoar hid hidi hidd keep kept put stor coun coll squi tuck pile"
        " boug box"
        " stri pack blis",
        r"(?:sav(?:e|ed|ing)|stor(?:e|ed|ing)|stock\w*|hoard\w*|stash\w*|hid(?:e|ing|den)?"
        r"|squirrel\w*|tuck"
        r"\w*|collect\w*|pil(?:ed|ing) up|put(?:ting)? (?:by|aside|away)|kept|keep(?:ing)?"
        r"|count\w*|line\w*"
        rf" up|lined|skip\w*|palm\w*|cheek\w*)(?: \w+){{0,6}}? {DOSES}(?! (?:box|organi[sz]er|for"
        r" (?:my|the|her"
        rf"|his) (?:blood|heart|back)))|{DOSES}{gap(8)}(?:sav(?:ed|ing) up|saved|hidden|put by|put"
        r" aside|lined"
        r" up|stashed|hoarded|stockpiled|in a (?:jar|sock|tin|shoebox)|counted|for when i (?:go"
        r"|need|do)"
        r"|adding to)|(?:jar|sock|tin|shoebox|drawer|bag|carrier)(?: \w+){0,2}? (?:now|full"
        r"|saved)\b",
        Severity.PLAN,
        needs_topic=True,
    ),
    concept(
        "doses_to_die",
        _S,
        "all boxe dose enou fini hand heap lot many over pack patc pill pint see slee stas stri"
        " tabl whol"
        " capsu caps medi meds bott",
        r"(?:tak\w*|took|swallow\w*|neck\w*|down\w*|eat|drink\w*|drank|crush\w*|inject\w*|swig\w*"
        r"|chuck"
        rf"(?:ed|ing)? back|knock\w* back){gap(5)}(?:{DOSES}|insulin|methadone|morphine|antifreeze"
        r"|bleach"
        rf"|weed ?killer|pesticide|poison){gap(8)}(?:not wake|never wake|and (?:go|lie|lay|sleep"
        r"|drift|be"
        r" gone|that's that|that'd be)|at once|in one go|to (?:end|die|finish|be done|kill|go)"
        r"|sleep\b"
        r"|be done|be gone|finish\w*|over with|for good|forever|see me off)"
        rf"|{DOSES}{gap(18)}(?:enough to (?:see me off|kill|finish|do|end)|see me off|finish me off"
        r"|be enough"
        rf" to|would (?:they|it|that) be enough|do (?:me|for me|the job|the trick|it)\b)",
        Severity.METHOD,
    ),
    concept(
        "doses_thought_of",
        _S,
        "pill tabl meds medi para ibup aspi tram code morp insu pain over slee xana vali oxy"
        " benz tyle lith sert meth",
        r"(?:think|thinking|thought) (?:about|of) (?:the|all the|my|those|all those|mum's|mam's"
        r"|dad's|her|his|nan's) (?:\w+ ){0,2}?"
        rf"{DOSES} (?:in|under|behind|on) (?:the|my|mum's|mam's|dad's|her|his|nan's|our) \w+",
        Severity.METHOD,
    ),
    concept(
        "rope_waits",
        _S,
        "rope noos",
        r"(?:the|my|a) (?:rope|noose)(?:'s| is|s) (?:already |all )?(?:under|in|behind|up\b|ready"
        r"|there|hidden|waiting|tied|hung|on the)",
        Severity.PLAN,
    ),
    concept(
        "over_the_rail",
        _S,
        "rail side edge para barr top wall ledg",
        r"(?:go|going|goes|went|climb\w*|get\w*|swing\w*|tip\w*|step\w*|legs?|lean\w*|fall\w*"
        r"|myself)(?: right| straight)? over (?:the|that)"
        r" (?:\w+ )?(?:rail|rails|railings?|side|edge|parapet|barrier|top|wall|ledge)\b(?! (?:of"
        r" the (?:page|bed)|to (?:get|fetch|see)))",
        Severity.METHOD,
    ),
    concept(
        "sees_self_dead",
        _S,
        "hang dead drow floa fall jump coff box morg rive trac bott unde trai",
        r"(?:see|seeing|saw|pictur\w+|images?|visions?|flash\w*|imagin\w+|dream\w*)(?: of| about)?"
        r" (?P<who>me|my|myself|meself)(?: ?self)? (?:\w+ ){0,2}?(?:hanging|dead\b|drown"
        r"\w*|floating|falling (?:off|from)|jumping|in (?:a|my|the) (?:coffin|box|morgue|river)"
        r"|at the bottom of|on the (?:tracks|line|rails)|under (?:a|the) (?:\w+ )?(?:train|bus"
        r"|lorry|truck))",
        Severity.METHOD,
    ),
    concept(
        "and_not_come_back",
        _S,
        "back",
        r"(?:go|walk|drive|step|swim|jump|wade|climb)\w*(?: \w+){0,6}? (?:and|then)(?: just)? (?:i"
        r" )?(?:don't|won't|not|never|keep) (?:come|coming|com|turn"
        r"|turning|swimming|walking) ?(?:back|round)\b",
        Severity.METHOD,
        needs_topic=True,
    ),
    concept(
        "kept_me_alive",
        _S,
        "aliv here goin",
        r"(?:what|who|all that|that|one thing|reason) (?:was|that was|'d been|had been|used to"
        r" be) keep\w* (?P<who>me) (?:here|alive)\b",
        Severity.ACTIVE,
    ),
    concept(
        "poison_weighed",
        _S,
        "anti blea carb char cyan digo drai exha fume heli insu nitr para pest pois pota rat shee"
        " slug"
        " sulp warf weed inse phos bott",
        rf"{_THINKS}{gap(6)}{POISON}\b{gap(8)}(?:{_LETHAL}|drink\w*|swallow\w*|{ME}|enough|end"
        r"|sleep)"
        r"|(?:drank|drink|drinking|swallow\w*|swig\w*|consume\w*|took|take) (?:\w+"
        r" ){0,5}?(?:poison"
        r"|pesticide|weed ?killer|bleach|anti-?freeze|insecticide|rat (?:poison|bait)|drain"
        r" cleaner|sheep"
        rf" dip|paraquat|phosphine)\b",
        Severity.METHOD,
    ),
    concept(
        "height_weighed",
        _S,
        "balc brid cana car clif cran dam deep drop edge fly floo foot flyo gorg harb lake leve"
        " lake ledg"
        " line loch lorr moto over para park pier plat quar rail rese rive roof scaf sea silo"
        " stor terr"
        " tow towe trac trai tram tube via viad weir well wind subw truc mult bus buse jugg traf"
        " expr wago",
        rf"{_THINKS}{gap(6)}{HEIGHT}\b{gap(10)}{_LETHAL}|{_LEAP}"
        r" (?:in ?front of|under) (?:the|a|that|an|one of (?:the|those)) (?:\w+"
        rf" ){{0,2}}?{_TRAIN}\b"
        rf"|{_LEAP} (?:off|over|from) (?:the|a|that|an|my|our) (?!{_TRAIN}|subway|platform\b)"
        rf"(?:\w+ ){{0,2}}?{HEIGHT}\b(?! (?:to|home|with (?:him|her|my|the)|at work|for (?:fun"
        r"|charity)))"
        rf"|{_LEAP} (?:into|in) (?:the|a|that) (?:\w+ )?(?:river|sea|canal|weir|lake|loch|reservoir"
        r"|harbour|quarry|well|traffic|motorway)\b(?! (?:with|for (?:a|fun|charity)|to (?:swim"
        r"|cool|fetch)"
        r"|every (?:day|morning)|and (?:swam|swim)))"
        rf"|{_LEAP} (?:on|onto) (?:the|a|that) (?:tracks?|rails|railway|line\b|motorway)",
        Severity.METHOD,
    ),
    concept(
        "drive_to_die",
        _S,
        "driv drov car van truc moto bike "
        "seat whee lorr pill bar barr wall tree belt foot rive cliff cras cent embk bend",
        r"(?:driv\w*|drove|car|wheel|motorbike|van|truck|bike){1}"
        rf"{gap(10)}(?:into (?:a|the|that|an) (?:\w+ )?(?:wall|tree|lorry|pillar|barrier|bridge"
        r"|river|oncoming"
        r"|central)|(?:seat ?)?belt off|foot down and|off the (?:road|edge|cliff|bridge)"
        r"|let(?:ting)? go of the"
        r" wheel|close my eyes|not (?:turn|brak)\w*|cross the (?:line|central))",
        Severity.METHOD,
    ),
)

CONCEPTS: tuple[Concept, ...] = MEANS
