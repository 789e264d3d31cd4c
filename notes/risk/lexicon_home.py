"""Triggers for abuse suffered: blows and their marks, fear at home, threats, sexual force, care."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.vocabulary import BODY, SOMEONE_NOUN, THEY, WEAPON, heads, inflected, upto

_A = RiskCategory.ABUSE
_ME = r"(?P<who>me|us|you)\b"
_STRIKE = (
    "headbutt head-butt butt nutt deck lamp clock clout clobber belt thump smack wallop batter bash"
    " bottl glass shov throttl strangl chok smother stab slash whip can whack cuff scald punch slap"
    " kick stamp spit spat hit beat bite bit biting burn pinch pok shook backhand poke grabb"
)
_STRUCK = inflected(_STRIKE)
_HOME = (
    rf"(?:he|she|they|himself|herself|(?:my|me|our) (?:\w+ )?{SOMEONE_NOUN}|mum|dad|mam"
    rf"|daddy|stepdad|madam)(?:'s|s|'d|'ll)?"
)
_CHILD = (
    r"(?:kids?|children|bairns?|weans?|little (?:one|ones|lad|girl|man)|wee (?:one|man)"
    r"|baby|son|daughter|boys?|girls?|youngest|eldest|toddler|twins|dog|cat)"
)

BLOWS = (
    concept(
        "struck_me",
        _A,
        "jaw " + heads(_STRIKE),
        rf"{THEY}{upto(5)} (?P<term>{_STRUCK} (?:(?:out )?(?:at|into|on) )?{_ME})"
        r"(?! (?:that|like|as|in the (?:back|feels|heart|game|match|final|right direction)"
        r"|on the (?:back|shoulder|bum)|at (?:chess|tennis|cards|scrabble|pool|golf|darts)"
        r"|up (?:for|on|with|about)|out (?:of bed|for)|down (?:gently|the shops)|with (?:the"
        r"|a) (?:news|bill|question|report|pillow)|because|by (?:leaving|saying)|to (?:be|do"
        r"|go|try|see|the (?:shops|wedding|gym))|a (?:text|message|look|line|party|smile)"
        r"|over the edge|under the bus|off the)\b)"
        rf"|{THEY}{upto(5)} (?P<term2>(?:{_STRUCK}|broke|breaks|split|cracked|burst|bust"
        rf"|snapped|smashed|twists?|twisted|bent|squeezed|squeezes) (?:in )?(?P<who2>my)"
        rf" (?:\w+ )?{BODY})\b(?! (?:gently|better|off the))",
        beside="me us you my",
    ),
    concept(
        "put_me_through",
        _A,
        "grab libr slip wris hand put puts pins pinn shov thre throa neck push wall wind"
        " windp hold held knee sat boot",
        rf"{THEY}{upto(3)} (?:put|puts|threw|throws|pushed|shoved|had|has|pinned|pins"
        rf"|dragged|drags|slammed|slams|held|holds|chucked|backed|bounced) {_ME}(?: \w+)?"
        rf" (?:through|against|into|down|by the|up against|across|out of the car|on the"
        rf" floor)(?! (?:my|a lot|a (?:course|plan|rota)|the (?:system|motions|list|course"
        rf"|wringer|rota)|it|some|hell)\b)"
        rf"|{THEY}{upto(3)} (?:hands?|fingers?|arm|knee|foot|boot|fist|belt|pillow) (?:\w+"
        rf" )?(?:round|around|on|over|at|in|across) my (?:\w+ )?(?:throat|neck|mouth|face"
        rf"|chest|back|windpipe|head|hair)"
        r"|(?:hands?|fingers?|arm|belt) (?:\w+ )?(?:round|around|over|on) my (?:throat|neck"
        r"|windpipe|mouth)\b"
        r"|(?:took|takes|dragg?\w*|pull\w*|had|has|led|march\w*|lift\w*|yank\w*|haul\w*"
        r"|grabb?\w*) me\b[^.]{0,40}?\bby (?:the|my) (?:straps|hair|arm|ear|ears|collar"
        r"|scruff|neck|wrist|wrists|hood|throat|ankle|coat)\b"
        rf"|{_HOME}{upto(3)} (?:held|holds?|hold|push\w*|put|puts|shov\w*|dunk\w*) (?:my"
        rf"|our) (?:head|face|hands?|wrists?|arms?) (?:in|under|down|into|over|so|till|until"
        rf"|behind|against)\b"
        rf"|{_HOME}{upto(5)} (?:lighter|cigarettes?|fag|iron|belt|cable|pipe|hoover pipe"
        rf"|slipper|wire|spoon|straighteners|flex|cane|ruler|shoe|wooden spoon) (?:on|to"
        rf"|across|at|over|round) (?:me|my)\b|(?:belt|slipper|cane|wooden spoon|cable|flex"
        rf"|hoover pipe|whatever's near)\b, (?:\w+ )?(?:belt|slipper|cane|spoon|cable|shoe"
        rf"|whatever|hand|hoover)\w*",
        beside="me us my our belt slip",
    ),
    concept(
        "was_struck",
        _A,
        "got been bein gave give caug took",
        rf"(?P<who>i|we|i've|i'd|we've)(?: [\w']+)? (?:got|get|gets|getting|been|being|was"
        rf"|were|am)(?: \w+)? (?:hit|slapped|punched|kicked|beaten|belted|battered|thumped"
        rf"|choked|strangled|headbutted|burnt|burned|scalded|whipped|caned|bitten|dragged"
        rf"|shoved|thrown|knocked|tied|locked|clouted|smacked|spat on|held down|pinned)\b(?:"
        rf" \w+)? by\b(?! (?:a (?:car|bus|ball|wave|bike|door|branch)|the (?:ball|bus|waves?"
        rf"|wind|traffic|news|door)))"
        rf"|{_HOME}{upto(1)} (?:gave|gives|give|giving|gie) me (?:a |an |another |the"
        rf" )?(?:\w+ )?(?:slap|hiding|kicking|battering|beating|thump|smack|black eye|bloody"
        rf" nose|fat lip|broken \w+|leathering|dig|belt|backhander|shiner|bruises?|back of"
        rf" (?:his|her) hand|clip|clout|crack|cane)\b",
    ),
    concept(
        "marks_of_blows",
        _A,
        "cupb stai step brok finge wris nose jaw rib toot "
        + "belt blac brui burn buck cast clum cove eye fell fing fist foun glas grab gri hand"
        " hid lip long make mark pol poll rib ribs scar slee spli stit sun swol thum walk"
        " welt wris conc",
        r"(?:(?:bruis\w*|black eyes?|split lip|marks?|welts?|burns?|cuts?|finger ?marks?"
        r"|handprints?|shiner|swelling|cigarette burns?|broken (?:rib|ribs|wrist|arm|nose"
        r"|jaw|finger|tooth)|fractured \w+|lump|bald patch|stitches|it's only a"
        r"|concussion)\b[^.]{0,40}?(?:from (?:him|her|his|where (?:he|she|they)|when"
        r" (?:he|she|they)|the (?:belt|slipper|buckle|ring|last time (?:he|she)))|(?:he|she"
        r"|they) (?:did|gave|left|put|made|says? (?:she|he|i) (?:fell|tripped|walked))"
        r"|that's (?:him|her|what he)|courtesy of|off (?:him|her|my (?:dad|mum|husband|wife"
        r"|partner))))"
        r"|(?:belt|buckle|whip|strap|slipper|cane|cord|finger|bite|burn|iron) marks?\b"
        r"|(?:the )?(?:shape|print|size) of (?:his|her) (?:hand|fingers|ring|boot|thumb|palm"
        r"|fist)s?|(?:foundation|concealer|make-?up|scarf|long sleeves?|sunglasses|polo"
        r" ?necks?|turtle ?necks?|tights)\b[^.]{0,40}?(?:cover|hide|bruis|marks?|nobody sees"
        r"|neck|so (?:nobody|no one|they))|(?:cover(?:ing)?|hid(?:e|ing)) (?:up )?(?:the|my)"
        r" (?:bruis\w+|marks?|neck|arms|eye|face)\b"
        r"|(?:told|tell|telling|said to|say to|says to)[^.]{0,30}?(?:i (?:fell|slipped"
        r"|tripped|walked|banged|bumped|was clumsy|did it)|it was (?:the|a) (?:door|cupboard"
        r"|stairs|dog|cat|fall|gym))\b|(?:i'm|im|so) (?:just |that |very"
        r" )?clumsy[^.]{0,20}(?:everyone|everybody|they|he) says?"
        r"|it (?:wasn't|was never|weren't) (?:really )?(?:the|a) (?:cupboard|door|stairs"
        r"|step|fall)\b|broke my (?:finger|arm|wrist|nose|jaw|ribs?|tooth) (?:getting|for"
        r"|because|pulling|twisting|with (?:his|her))",
    ),
    concept(
        "child_is_hurt",
        _A,
        heads(_STRIKE) + " mark brui mess touc",
        rf"(?:{_HOME}){upto(3)} (?P<term>{_STRUCK} (?:the|my|our|me) (?:\w+ )?{_CHILD})\b(?!"
        rf" (?:to (?:school|bed|nursery|the)|in the (?:car|bath)|a |out of|up from|off at))"
        rf"|i(?:'ve|'d| have| had| just| always| sometimes| end up| nearly)*(?: \w+)?"
        rf" (?P<own>"
        rf"{inflected('slap smack belt cane whip shak shook beat leather clout hit thump batter')}"
        rf") (?:the|my|our|me) (?:\w+ )?(?:kids?|children|bairns?|weans?|little (?:one|ones"
        rf"|lad|girl|man)|wee (?:one|man)|baby|son|daughter|boys?|girls?|youngest|eldest"
        rf"|toddler|twins|mother|mum|father|dad|wife|husband)\b",
    ),
)

FEAR = (
    concept(
        "walks_on_eggshells",
        _A,
        "bed eggs foot foots gate keys key mood step tipt walk wron read temp drin drive"
        " driv door car stai lear lift list hear quie sil",
        r"(?:walk\w*|tiptoe\w*|tread\w*|living) (?:round |around |about )?on eggshells"
        r"|(?:sound|noise|turn|scrape) of (?:the|his|her) (?:key|keys|car|van|boots"
        r"|footsteps|engine|gate|belt)\b"
        r"|(?:hear|listen(?:ing)? (?:for|out)|when|as soon as) (?:the|his|her) (?:key|keys"
        r"|car|van|footsteps|boots|engine|gate|tyres)\b[^.]{0,50}?(?:freeze|stomach|hide"
        r"|know|hold|run|shak|sick|upstairs|quiet|heart|kids|stop)"
        r"|(?:i've|i have|we've|i) (?:\w+ )?learn(?:ed|t) (?:not to|to (?:keep|stay|shut"
        r"|agree|not|sleep|say nothing|duck|read))\b[^.]{0,60}?(?:when (?:he|she)|i've an"
        r" opinion|his|her|he|she|back|quiet|mouth)|(?:tell|know|judge|depends) (?:by|from"
        r"|on) (?:how|the way|what kind of|whether|which|what) (?:mood |sort of mood |state"
        r" )?(?:he|she|it)\b[^.]{0,30}?(?:come|shut|close|park|breath|door|mood|drunk|in)"
        r"|(?:put|get|got|stand|stood|go|step|stepped) (?:myself |in )?between (?:him|her"
        r"|them|us|the two)?\b[^.]{0,20}?(?:and the (?:kids|children|little)|him and|her"
        r" and)|(?:keep|kept|get|send|hide|took|take) (?:the )?(?:kids|children|little ones?"
        r"|bairns|boys|girls|baby) (?:upstairs|quiet|under|out of (?:his|her|the)|in"
        r" (?:their|the|my)) ?(?:the bed|room|way|wardrobe|bathroom)?[^.]{0,30}?(?:when"
        r"|before|till|until|so|in case|with) (?:he|she|the)",
    ),
    concept(
        "fears_partner",
        _A,
        "bed shed writ afra scar frig terr dare dares dread fear flin shak hate bolt chai"
        " lock wedg slee nerv wors tell told safe",
        r"(?:afraid|scared|frightened|terrified|petrified|dread\w*|nervous|fear\w*|wary)"
        r" (?:[\w']+ ){0,2}?(?:of|to|that|about|when) (?:[\w']+ ){0,2}?(?:what (?:he|she"
        r"|they)(?:'ll|'d|'s| will| might| would| is)? (?:\w+ )?(?:do|be like|say when)"
        r"|(?:him|her|my (?:\w+ )?(?:husband|wife|partner|boyfriend|girlfriend|dad|father"
        r"|mum|mother|son|stepdad|brother|uncle|carer)) (?:coming|finding out|when|getting"
        r" (?:back|in|home)|and)|(?:him|her)(?=\W*$)|go(?:ing)? home|being (?:in|at) home"
        r"|the weekends?|(?:he|she|they)(?:'ll|'d| will| would| might) (?:hit|kill|hurt|find"
        r"|take|come|start|do|go mad|lose it))"
        r"|(?:daren't|don't dare|wouldn't dare|dare not|never dare)\b[^.]{0,40}?(?:he|she"
        r"|him|her|home|late|friends|phone|answer)|(?:flinch\w*|jump|shake|freeze|go (?:cold"
        r"|quiet|stiff)) (?:when(?:ever)?|if|as soon as|every time) (?:he|she|they|his|her)\b"
        r"|(?:chair|drawers|wardrobe|bed) (?:\w+ )?(?:against|under|behind|across|in front"
        r" of) (?:the|my) (?:bedroom )?(?:door|handle)|(?:sleep|slept|sleeping|lie) (?:with"
        r" (?:the|my) (?:door|shoes|coat|phone|keys|one eye|jeans)|in (?:my )?(?:jeans|(?:my"
        r" )?clothes)\b)|wear (?:jeans|clothes|two pairs) (?:to|in) (?:sleep|bed)|(?:hid(?:e"
        r"|ing|den)?|locked myself|lock myself|shut myself) (?:[\w']+ ){0,4}?in (?:the|me"
        r" own|my own|my|me) (?:shed|bathroom|toilet|loo|car|wardrobe|cupboard|garage"
        r"|utility)(?![^.]{0,30}(?:cry|cri|revis|spider|work))"
        r"|(?:don't|do not|please don't|can you not|you can't|you won't) (?:tell|say"
        r"|write)(?: [\w']+){0,3} (?:school|him|her|my (?:mum|dad|husband|parents)|anyone"
        r"|down|the police|social (?:services|workers?))\b",
    ),
    concept(
        "threatened_me",
        _A,
        "till unti word " + "said says say tell tell told thre swea swor show prom warn if leav",
        rf"{THEY}{upto(2)} (?:said|says|say|tells? me|told me|threaten\w*|swears?|swore"
        rf"|promises?|promised|warn(?:s|ed) me){upto(6)} (?:kill|bury|find|burn|hurt|stab"
        rf"|cut|smash|shoot|drown|finish|break|acid|throw|put|report|deport\w*|send|take"
        rf"|have|tell|set|post|share|leak) (?P<who>me|my|us|you|the (?:kids|children|baby"
        rf"|dog|house|flat|photos|pictures|video|police|home office))\b"
        rf"|{THEY}{upto(2)} (?:showed|shown|shows|pointed|waved|held|pulled|puts?|threw"
        rf"|throws|keeps?) (?:me |us )?(?:a |the |his |her |what )(?:[\w']+"
        rf" ){{0,2}}?(?:{WEAPON}|he does to|she does to|grave|spade)\b[^.]{{0,20}}?(?:at me"
        rf"|to my|on me|by the bed|at us|to me|liars|against|in my face|over me)"
        r"|if i (?:don't|do not|didn't|forget to|won't) (?:answer|reply|text|send|pick up"
        r"|ring|call|come|do|say|hand|give|have|wear|eat)\b[^.]{0,40}?(?:he|she|they)(?:'ll"
        r"|'d|'s|s)? |if i (?:\w+ )?(?:leave|left|tell|told|say|go to the police|scream"
        r"|don't|talk|ever)[^.]{0,30}? (?:he|she|they)(?:'ll|'d| will| would|'s going to|"
        r" gets?| has| goes)\b"
        r"|(?:till|until) i (?:beg\w*|scream\w*|cried|cry|passed out|pass out|apologi\w*"
        r"|promis\w*|stop(?:ped)? (?:crying|moving|breathing|struggling)|gave in|give in"
        r"|signed|said sorry|say sorry)\b(?<!laugh)(?=[^.]{0,60})|(?:what|the words) i'm to"
        r" say|what i(?:'ll| will)? get (?:at home|later|when we)\b",
    ),
    concept(
        "violent_home",
        _A,
        "alwa come mirr went temp fist rage brea smas thro plat holes hole punc wall door"
        " drun ugly nast starts kick fly flie lose rough bad hand",
        rf"{_HOME}{upto(1)} (?:punch\w*|kick\w*|put\w* (?:\w+ ){{0,2}}?(?:fist|foot|boot"
        rf"|head|holes?)|smash\w*|broke|breaks|threw|throws) (?:\w+ ){{0,2}}?(?:through|in"
        rf"|down|against|at)? ?(?:the|my|our|all the|every) (?:\w+ )?(?:wall|walls|door"
        rf"|doors|plates|dishes|phone|telly|tv|furniture|windows?|kitchen up|house up)\b(?!"
        rf" (?:by accident|playing|with the|moving))"
        rf"|{_HOME}{upto(1)} (?:gets?|got|turns?|turned|goes|went|is|was|can be|becomes)(?:"
        rf" \w+)? (?:handy|physical|rough|violent|nasty|aggressive|ugly|heavy-handed|free"
        rf" with (?:his|her))(?: with (?:me|us|the kids|his (?:hands|fists)|her (?:hands"
        rf"|fists)))?\b(?! (?:game|match|weather|cough|hangover))"
        rf"|{_HOME}{upto(1)} (?:rough|heavy|handy|free) with (?:me|us|his (?:hands|fists)"
        rf"|her (?:hands|fists))\b|(?:with|comes at me with|goes for me with|went for me"
        rf" with|took) (?:a|the|his|her) (?:{WEAPON}|cricket bat|frying pan|belt|shoe"
        rf"|slipper|cane|broom|hairbrush|rolling pin|wire|flex|cable|spoon|stick"
        rf"|iron)\b[^.]{{0,12}}(?:to me|on me|at me|to us)|(?:he|she|dad|mum|husband|wife"
        rf"|boyfriend)(?:'s|'d)? (?:came|comes|coming|went|goes|flew|flies|lunged|swung"
        rf"|swings) (?:at|for) (?P<who>me|us)\b(?! (?:about|on (?:chapter|question|the)|with"
        rf" (?:a|the|his|her) (?:question|bill|offer|camera|phone)|advice|help))",
    ),
)

SEXUAL = (
    concept(
        "came_at_night",
        _A,
        "our bed bedr cove cree door duve nigh room slee slip wake woke touc touche",
        rf"{THEY}{upto(3)} (?:comes?|came|coming|gets?|got|sits?|sat|climbs?|climbed|creeps?"
        rf"|crept|slips?|slipped|lies|lay|gets) (?:in|into|on|onto|to|under|beside|next"
        rf" to)(?: to)? (?:my|our|me in|me in my) (?:\w+ )?(?:bed|bedroom|room|covers|duvet"
        rf"|bunk|bath|shower)\b(?! (?:to (?:say|wake|tell|read|check|borrow)|with (?:tea|the"
        rf" tea|a cup|my|breakfast)|when (?:she|he) has (?:bad|night)))"
        rf"|(?:wake|woke|woken|waking) (?:up )?(?:and|with|to|to find) (?:he|she|him|her|his"
        rf"|someone)\b[^.]{{0,40}}?(?:on (?:me|top)|in me|inside|hand|touch\w*|doing|at it"
        rf"|fingers|already)|(?:while|when|even when|whilst) i(?:'m| am|m| was) (?:\w+"
        rf" )?(?:asleep|sleeping|passed out|unconscious|drunk|out of it)\b[^.]{{0,40}}?(?:he"
        rf"|she|does|did|it|touch|sex|helps)|{THEY}[^.]{{0,40}}?(?:while|when|whilst) i(?:'m"
        rf"| am|m| was) (?:asleep|sleeping|passed out|out of it)\b"
        rf"|(?:says?|said|tells me|told me|calls it)(?: it's| it is| it was|s)? (?:just"
        rf" )?(?:our|a) (?:little |special )?(?:secret|thing|game)\b",
    ),
    concept(
        "sex_without_will",
        _A,
        "skir blou trou knic shir bra "
        + "fini grab sex made make forc take took stop want wife husb duty push touc cons film"
        " pict phot vide nude expe owes give let",
        rf"(?:doesn't|does not|didn't|won't|wouldn't|never) (?:take|took|taking|hear|listen"
        rf" to|accept|stop(?:ped)? (?:when|even)|wait|ask) (?:a )?(?:no|for (?:a )?no|when i"
        rf" (?:say|said|cry|cried|ask\w*))\b(?! (?:answer )?(?:from|about) the)|(?:said|say"
        rf"|saying|told (?:him|her)|tell (?:him|her)) (?:no|stop|not to|i didn't"
        rf" want)\b[^.]{{0,40}}?(?:anyway|didn't stop|carried on|kept|went ahead|doesn't"
        rf" stop|still|not listen|did it|goes on)"
        rf"|{THEY}{upto(3)} (?:made|makes|make|forces?|forced|making|pushes|pressured"
        rf"|pressures|expects?|coerced) (?:me|us)(?: to| into)?(?: \w+)? (?:do (?:it|things"
        rf"|stuff|that|what)|have sex|sleep with|touch|watch|undress|strip|send|suck|kneel"
        rf"|go with|perform|film|pose|take my)|(?:make|made|making) me (?:do (?:things"
        rf"|stuff)|touch)"
        rf"|{THEY}{upto(3)} (?:takes? what he wants|did what he wanted|does what he wants"
        rf"|helps? himself|forc\w+ (?:himself|herself|it)|has his way|have(?:s)? me whether"
        rf"|wants it and|on top of me|gets on me|touch(?:ed|es|ing) (?:me|my)|(?:his|her)"
        rf" hands? (?:up|down|in|under) my|(?:grab\w*|grop\w*|feel\w*|felt) (?:me|my))\b(?!"
        rf" (?:deeply|heart|hand to|arm to|shoulder))"
        rf"|(?:did|do|does|doing|let|let him|lie there|lay there|laid there|give in|gave in"
        rf"|get it over|easier (?:to|than))[^.]{{0,30}}?(?:what he wanted|what he wants|get"
        rf" it over|over with|than (?:saying|fighting|to say) no)|(?:i'm|am) (?:his|her)"
        rf" wife (?:so|and|after all)\b[^.]{{0,30}}|wifely dut\w+|marital dut\w+"
        rf"|(?:pictures?|photos?|videos?|nudes?|pics|footage|recording)\b[^.]{{0,60}}?(?:if"
        rf" i|send (?:them|it) to|post|share|show (?:my|them)|my (?:dad|mum|work|boss|parish"
        rf"|family|school)|leak|round the school)|(?:hes|he's|he has|she's|still|got)"
        rf" (?:still )?got (?:the|them|those|my) (?:pictures|photos|videos|nudes|pics)"
        r"|hand (?:up|down) (?:the|my|your) (?:skirt|blouse|top|trousers|knickers|shirt|bra)\b",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*BLOWS, *FEAR, *SEXUAL)
