"""Words of danger that mean none: figures of speech, accidents, titles and institutions."""

import re

from notes.risk.concepts import PILLS, heads_of

_HEADS = frozenset(
    [
        "kill",
        "dyin",
        "die",
        "dead",
        "deat",
        "suic",
        "slap",
        "open",
        "over",
        "cut",
        "cuts",
        "beat",
        "hurt",
        "burn",
        "hit",
        "viol",
        "shot",
        "shoo",
        "stab",
        "bang",
        "hang",
        "end",
        "endi",
        "abus",
        "negl",
        "disa",
        "chok",
        "gun",
        "scra",
        "inju",
        "self",
        "rela",
        "phys",
        "coke",
        "dent",
        "todd",
        "baby",
        "cat",
        "dog",
        "thro",
    ]
)

_FIGURATIVE = re.compile(
    r"\b(?:"
    # to kill, to die, to be dead
    r"(?:is|are|was|been|'s|you're|they're|he's|she's|job|back|feet|knee|head|heat|wait\w*|boss"
    r"|kids?)"
    r" (?:\w+ )?killing me"
    r"|(?:mom|mum|dad|mother|father|boss|parents|wife|husband|teacher|coach|sister|professor"
    r"|landlord)(?:'s| is| are|'ll"
    r"| will| would)(?: \w+)? (?:going to |gonna )?kill me\b(?! if i (?:leave|go|tell|call|try"
    r"|ever))"
    r"|kill(?:ing|ed)? (?:time|two birds|the (?:mood|vibe|lights|engine|pain)|it\b|for (?:a|some"
    r"|that))"
    r"|killing (?:my|your)self (?:trying|over|at work|with work|laughing|for (?:this|that|them"
    r"|the)|to (?:get"
    r"|meet|make|finish|please|pay))"
    r"|(?:so (?:\w+ )?(?:embarrass\w+|ashamed|awkward|humiliat\w+|mortif\w+)|embarrass\w+"
    r"|mortif\w+|cring\w+"
    r"|awkward)(?:[ ,]+[\w']+){0,4}?[ ,]+(?:i )?(?:wanted to|could(?: have)?|wanna) (?:just )?"
    r"(?:die|disappear|vanish)"
    r"|(?:wanted to|could have) (?:just )?(?:die|died|disappear) (?:of|from) (?:embarrassment"
    r"|shame|laughter)"
    r"|dying (?:to (?:see|know|hear|meet|try|tell|go|get|eat|find)|of laughter|laughing|for (?:a"
    r"|some))"
    r"|to die for|over my dead body|(?:scared|bored|worried|frightened|freezing|starv\w+|loved?)"
    r" to death"
    r"|dead (?:tired|serious|line|end|weight|inside the|set|silent|last|battery)"
    # suicide and violence as subjects
    r"|suicide (?:squad|prevention|hot ?line|line|awareness|risk|assessment|watch (?:shift"
    r"|training)|screening"
    r"|statistics|rates?|blonde|burn\w*|research)|(?:career|political|social|financial) suicide"
    r"|(?:article|book|movie|film|show|song|podcast|class|lecture|training|documentary|workshop"
    r"|seminar)"
    r"(?: [\w']+){0,4} (?:suicid\w*|self[ -]harm|violence|abuse)"
    r"|(?:violent|violence in) (?:\w+ )?(?:movies?|games?|shows?|films?|storms?|weather|cough\w*"
    r"|video)"
    r"|suicide (?:mission|run|pass|bid|squeeze|door|pact with the)|slept like the dead|dead and"
    r" buried,? (?:\w+ ){0,2}down"
    r"|(?:run(?:ning)?|ran|doing|did|do) (?:\w+ )?suicides|suicides (?:till|until|at|in) (?:\w+"
    r" )?(?:practice|training|gym)"
    r"|(?:rather|sooner) die than (?!live|go (?:back|on)|carry|face|wake|be|stay|keep|spend"
    r"|have)\w+"
    r"|die (?:it|my hair|them|the \w+) (?:\w+ )?(?:blue|red|pink|black|green|blond\w*|purple|hair"
    r"|dark|brown)|die it my hair"
    r"|slapp?(?:ed|ing)? my (?:forehead|thighs?|knees?)(?=[.,!]| (?:and|with|laughing|when i"
    r" remembered))"
    r"|(?:wanted|want) the (?:ground|floor) to (?:open|swallow)(?! and| over)"
    # to cut, hurt, burn, hit, beat
    r"|cut(?:ting)? (?:my|your|him|her|them)self (?:some slack|off|short|a (?:break|slice|piece)"
    r"|shaving|cooking"
    r"|chopping|while|on (?:a|the|some)|slicing|by accident|accidentally|in the kitchen|gardening"
    r"|loose)"
    r"|(?:hurt|injured|burn(?:ed|t)|hit|cut|scratched) (?:my|your|him|her|them)self (?:\w+ )?(?:at"
    r" the gym"
    r"|at (?:work|practice|football|soccer|basketball|training)|playing|lifting|running|falling"
    r"|skiing|hiking"
    r"|cooking|baking|when i (?:fell|tripped|slipped)|on the (?:stove|oven|job|stairs|ice|door"
    r"|iron)|working out"
    r"|gardening|moving|by accident|accidentally|in (?:the|a) (?:gym|game|fall|accident|crash"
    r"|kitchen))"
    r"|accidentally (?:hurt|cut|burned|hit) (?:my|him|her)self"
    r"|(?:cut|burned|burnt|scratched) my (?:\w+ )?(?:arms?|legs?|wrist|skin) (?:shaving|cooking|on"
    r" (?:the|a)|while"
    r"|gardening|hiking|in the sun)"
    r"|beat(?:ing|s)? (?:my|your|him|her|them)sel(?:f|ves) up|burn(?:ing|ed|t)? (?:my|your)self out"
    r"|(?:don't|dont|didn't|never|not|do not) (?:really )?want(?:ed|ing)? to hurt (?:him|her|them"
    r"|my|anyone|anybody"
    r"|people|anyone's)"
    r"|hurt(?:ing|s)? (?:[\w']+ ){0,3}?feelings"
    r"|(?:it|this|that|reality|grief|news|everything|they) (?:\w+ )?(?:hits?|hit) (?:me|us)"
    r"|hit(?:s|ting)? (?:on me|me up|rock bottom|the road)"
    r"|shot (?:my|him|her)self in the foot|shoot (?:me|you|him|her|them) (?:an?|over)"
    r"|stab(?:bed|s|bing)? (?:me|him|her) in the back|bang(?:ing|ed)? my head against (?:the|a)"
    r" (?:\w+ )?wall"
    r" (?:trying|with|over|at work|about)|hang myself out"
    # to overdose on biscuits, to abuse power
    r"|over[ -]?dos\w+ (?:on|of) (?!(?:my|the|some|his|her|those|sleeping|pain\w*|"
    + PILLS
    + r"|heroin|fentanyl|meth"
    r"|drugs?|cocaine|aspirin|alcohol|ibuprofen|antidepressants|paracetamol|acetaminophen"
    r"|them)\b)[\w ]{1,30}"
    r"|(?:worr\w+|afraid|scared|fears?|concerned|anxious)(?: \w+){0,2} (?:about|of)(?: an?| the)?"
    r" relaps\w*|relaps\w+ into (?!drink|us|alcohol|drug|heroin|pills)[\w-]+"
    r"|abus(?:e|ed|ing) (?:of power|(?:his|her|their|my) (?:power|position|authority|privileges?))"
    r"|neglect(?:ed|ing)? (?:my|the|his|her) (?!kids?|children|son|daughter|baby)\w+"
    r"|end(?:ing|ed)? (?:it|things) (?:with|between)"
    r"|no(?:body| one) (?:is |was )?(?:put|putting|holding|held) a gun"
    # at games and sport, on the couch of a physio, by animals and toddlers, of things
    r"|beats? me (?:every time|hands down|hollow|to (?:it|the)|at\b|why\b|how\b|what\b|by a"
    r" (?:mile|point))"
    r"|(?:physio\w*|dentist|masseu\w+|osteo\w*|chiropract\w+|trainer|hygienist|acupunctur\w+"
    r"|beautician"
    r"|tattooist|barber|wax\w*|instructor|sensei)\b[^.]{0,30}?\b(?:hurts?|pulls?|pulled|pins?"
    r"|pinned|stabs?"
    r"|stabbed|twist\w*|pummel\w*|beats?|batters?|punch\w*|push\w*) me"
    r"|(?:toddler|baby|puppy|kitten|cat|dog|horse|pony|goose|swan|parrot|hamster|bee|wasp|budgie"
    r"|ferret|cow"
    r"|goat|two-year-old|three-year-old)\b(?: \w+){0,2}? (?:bit|bites|kick\w*|scratch\w*|hit"
    r"|headbutted|slap\w*"
    r"|whack\w*|thump\w*|punch\w*) me"
    r"|abus(?:e|es|ed|ing) (?:of )?(?:that|the|this|my|their|his|her) (?!(?:\w+ )?(?:kids?"
    r"|child\w*|son|daughter|baby"
    r"|wife|husband|trust|partner|mother|father|girls?|boys?|family|students?|body))\w+"
    r"|(?:total|complete|massive|bit of an?|sugar|chocolate|information|netflix|culture) over["
    r" -]?dose"
    r"|kill\w* (?:the|a) (?:\w+ )?(?:child|parent|zombie) process"
    r"|(?:cat|dog|garden|lawn|plants?|allotment|house)(?:'s| is| was|s are)? (?:\w+ )?neglected"
    r"|shot (?:two|three|four|a|the|some) (?:\w+ )?(?:weddings?|films?|adverts?|videos?|photos?)"
    r"|coke\b[^.]{0,30}?(?:full fat|diet|zero|cherry)\b[^.]{0,60}"
    r"|could(?:'ve| have)? (?:throttled|strangled|murdered|killed|thumped|kicked) the (?!kid|baby"
    r"|man|woman|boy|girl|dog"
    r"|cat)\w+"
    r")"
)


def blank_figurative(folded: str) -> str:
    """Put dots for figures of speech; every other character keeps its place."""
    if not _HEADS & heads_of(folded):
        return folded
    return _FIGURATIVE.sub(lambda match: "·" * len(match[0]), folded)
