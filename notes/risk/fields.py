"""Open classes of words that the lexicons of suicide and self-harm combine."""

from notes.risk.concepts import PILLS, Concept, concept
from notes.risk.findings import RiskCategory, Severity

# The speaker, as said in many places ("meself", "mesen", "me own self").
ME = r"(?P<who>my|me|mi|ma)[ -]?(?:own )?s(?:el(?:f|ves|fs|n)?|en)\b"
SELVES = r"(?P<who>my|me|mi|ma|him|her|them|your|our)[ -]?(?:own )?s(?:el(?:f|ves|fs|n)?|en)\b"
MY = r"(?:my|me|mi|ma|our|your|yer) (?:own |old |poor |bloody |good |bad |left |right |whole )*"
THE = (
    r"(?:my|me|mi|ma|our|your|the|one|both|each) (?:own |old |poor |bloody |good |bad |left |right"
    r" )*"
)

BODY = (
    r"(?:(?:upper |lower |inner |inside |under)?arms?|forearms?|wrists?|hands?|palms?|fingers?"
    r"|fingertips?|knuckles?|thumbs?|thumbnails?|nails?|fingernails?|cuticles?|legs?|thighs?|calf"
    r"|calves|shins?|knees?|feet|foot|ankles?|toes?|toenails?|hips?|belly|stomach|tummy|sides?|ribs"
    r"|chest|breasts?|back|shoulders?|throat|face|cheeks?|jaw|ears?|head|fore?[ -]?head|temples?"
    r"|scalp"
    r"|skull|lips?|gums?|tongue|mouth|skin|flesh|body|veins?|eyelashes|lashes|eyebrows|brows"
    r"|hair)\b"
)
TOOL = (
    r"(?:scissors|shears|razors?|razor ?blades?|blades?|kni(?:fe|ves)|penknife|scalpel|stanley|box"
    r" ?cutter|cutter|lighter|zippo|match(?:es)?|candle|needles?|pins?|hat ?pin|safety pin|drawing"
    r" pin"
    r"|thumb ?tack|tacks?|compass(?:es)?|protractor|glass|shards?|mirror|iron|kettle|hob|stove|oven"
    r"|grill|radiator|straighteners|curling (?:iron|tongs?|wand)|tongs|tweezers|clippers|pliers"
    r"|screwdriver|chisel|file|nail file|sandpaper|grater|peeler|fork|spoon|teaspoon|skewer"
    r"|cigarettes?"
    r"|fags?|cigar|ciggies?|joint|belt|strap|whip|cane|ruler|stapler?|staples|hammer|mallet|bleach"
    r"|acid"
    r"|wire|rubber bands?|elastic(?: bands?)?|hair ?bands?|paper ?clips?|pen|nib|biro|pencil|tin"
    r" lid"
    r"|can lid|ring ?pull|bottle top|thorns?|brambles|nettles|ice|brick|rock|stone|wall|door"
    r"|drawer)"
)
# What shows that a wound was meant: relief, number, blood, desert, secrecy.
MEANT = (
    r"(?:on purpose|and (?:left|held|kept) it|just a (?:bit|little)|when (?:he|she|they|i)\b"
    r"|deliberate\w*|purposely|by choice|until|till?|so (?:that )?(?:i|it|the|my|me)"
    r"|because (?:i|it)|cos i|cause i|deserv\w*|punish\w*|penance|again and again|over and over"
    r"|every (?:\w+ )?(?:night|day|time|evening|morning|week)|most (?:nights|days|mornings"
    r"|evenings)"
    r"|each (?:night|time|day)|calm\w*|relie\w+|breathe|quiet\w*|quieter|settles?|helps?|peace"
    r"|sting"
    r"|stings|bleeds?|bleeding|bled|blood|raw|numb|(?:to|and|can|could) feel|feel(?:s)? (?:better"
    r"|something|real|alive|good|less|nothing)|release|hurts? (?:the same|enough|less|more|good"
    r"|better)"
    r"|when i(?:'m| am)? (?:can't|feel|get|hate|stressed|angry|upset|alone|mess|think|remember)"
    r"|whenever|when (?:it gets|the|he|she|they|mum|dad|nobody|no one)|hard enough|as hard as"
    r"|nobody (?:sees|knows|notices)|no ?one (?:sees|knows|notices)|hide|hidden|sleeves?|secret"
    r"|instead of|some\w* to feel|focus|concentrate|distract\w*|takes? (?:it|the|my) (?:\w+"
    r" )?(?:away|off|edge)|times?\b(?: \w+)? (?:this|since|a|last|today))"
)

# What carries a wish over to the death wished for: only words of the speaker and small ones.
_CARRY = (
    r"i|i'd|i'm|i've|i'll|ill|id|im|me|my|myself|to|be|being|been|just|was|were|am|is|it|it'd|it'll"
    r"|would|could|can|might|should|had|have|has|only|simply|of|for|that|this|the|a|an|and|in|on|at"
    r"|about|like|if|so|very|really|quietly|peacefully|soon|now|already|then|there|here|all|get|got"
    r"|go|went|gone|going|by|with|some|something|one|own|whole|day|night|morning|sleep|over|up|out"
    r"|too|as|well|end|turn|chance|way|kind|sort|bit|part|please|god|lord|sooner|rather|than|not"
    r"|never"
    r"|as|how|what|when|else|long|away|off|into|down|back|good|nice|lovely|easy|quick|early"
)
TILL_DEATH = rf"(?:[^\w']+(?:{_CARRY})){{0,9}}?[^\w']+"

DESIRE = (
    r"(?:want(?:s|ed|ing|in)?|wanna|wish(?:es|ed|ing)?|hop(?:e|es|ed|ing)|pray(?:s|ed|ing|in)?"
    r"|long(?:ed|ing|s) (?:to|for)|crav\w+|yearn\w*|(?:love|like|liked|glad|happy|content|ready"
    r"|due)"
    r" (?:to|for)|rather|sooner|prefer\w*|beg(?:ged|ging)?|plead\w*|request\w*|ask(?:ed|ing)?"
    r"|root\w*"
    r" for|wait(?:ed|ing|s)? (?:to|for|on)|look(?:ed|ing)? forward to|can't wait (?:to|for|till)"
    r"|dream\w*"
    r" (?:of|about)|fantas\w+|daydream\w*|envy|envied|envious of|jealous of|tempt\w*|welcome\w*"
    r"|keen to"
    r"|mind|relie\w+|comfort\w*|lucky|luckier|bliss|blessing|mercy|be (?:just )?as well|peace\w*"
    r"|appeal\w*|praying for|due)"
)
DEATH = (
    r"(?:dead\b(?! (?:tired|serious|line|end|on|sure|certain|good|set|keen|battery|phone|by (?:mid"
    r"|noon"
    r")))|die\b(?! (?:it|hard|of (?:shame|embarrassment|boredom|laughing)))|dies\b|dying\b(?! to)"
    r"|death\b"
    r"(?! (?:row|metal|valley|certificate|of (?:him|her|my|the|our)))|cease to\b|exist\w*|vanish\w*"
    r"|disappear\w*|deleted|erased|rubbed out|wiped (?:out|off|away)|switched off|snuffed"
    r"|extinguished"
    r"|deceased|buried|cremated|off (?:the|this) (?:planet|earth)|non-?existence|oblivion"
    r"|nothingness|the void|annihilat\w+|my (?:own )?(?:grave|coffin|box|burial|funeral|deathbed)"
    r"|the (?:grave|coffin"
    r"|morgue|mortuary|crematorium|graveyard|cemetery|churchyard)|six (?:feet|foot) (?:under|down)"
    r"|below in the (?:clay|ground)|in the (?:clay|ground|soil|earth)|under the (?:sod|clay|ground"
    r"|soil)"
    r"|heaven|paradise|the (?:hereafter|afterlife|other side|next world)|never (?:been |be"
    r" )?(?:born"
    r"|here at all)|not (?:been |be )?(?:born|alive|here any ?more|wak\w+)|never wak\w+"
    r"|(?:stop|not|n't|never|no longer)(?: be| being)? (?:breathing|alive|exist\w*|wak(?:e|ing)"
    r"(?: up)?\b(?! (?:early|at|up at|him|her))|living)|no(?:thing)? more of me|no more me|over"
    r" with me)"
)
# Everyday pictures of the end; they mean it where life or the speaker is what ends.
CURTAIN = (
    r"(?:pull(?:ing)? the plug|switch(?:ed|ing)? (?:me |myself )?off|turn(?:ed|ing)? (?:me |myself"
    r" )?off"
    r"|off[ -]switch|lights? out|log(?:ging)? (?:off|out)|check(?:ing)? out|clock(?:ing)? (?:off"
    r"|out)"
    r"|bow(?:ing)? out|tap(?:ping)? out|opt(?:ing)? out|punch(?:ing)? out|step(?:ping)? off"
    r"|get(?:ting)?"
    r" off|jack (?:it|this) in|pack(?:ing)? (?:it|this|the lot) in|call(?:ing)? it (?:a day|quits"
    r"|time)"
    r"|draw (?:the )?(?:stumps|line|curtains?)|curtains?|last orders|closing time|game over|the end"
    r"|the exit|way out|shut(?:ting)? down|power(?:ing)? down|fade(?:d|ing)? (?:out|away)"
    r"|slip(?:ping)?"
    r" (?:away|off|under)|drift(?:ing)? (?:off|away)|let(?:ting)? go|lay(?:ing)? down|lie down)"
)
LIFE = (
    r"(?:life\b|living|on everything|for (?:good|ever)|forever|permanently|of this world|altogether"
    r"|the whole (?:thing|lot)|of (?:it|this) all|and (?:not|never) (?:\w+ )?(?:wake|come|get)\w*"
    r"|for the last time|once and for all|and that's (?:it|that|me))"
)

LIGATURE = (
    r"(?:(?:tow|washing|climbing|clothes)?[ -]?rope|noose|ligature|belt|cord|cable|flex|lead|twine"
    r"|wire"
    r"|ratchet strap|strap|sheets?|scar(?:f|ves)|laces?|necktie|chain|halter|hosepipe|string)"
)
GUN = (
    r"(?:guns?|glock|shotgun|rifle|pistol|revolver|handgun|twelve[ -](?:bore|gauge)|firearm|air"
    r" ?gun"
    r"|weapon|muzzle|barrel)"
)
POISON = (
    r"(?:poison|pesticide|weed ?killer|insecticide|rat (?:poison|bait)|bleach|anti-?freeze|paraquat"
    r"|cyanide|helium|nitrogen|charcoal|carbon monoxide|exhaust|insulin|warfarin|digoxin|potassium"
    r"|drain cleaner|sheep dip|slug pellets|fumes|phosphine|sulphas)"
)
DOSES = rf"(?:{PILLS}|stash|packets?|strips?|blister packs?|patches|boxes of|the lot\b)"
HEIGHT = (
    r"(?:bridge|viaduct|overpass|flyover|footbridge|roof|rooftop|ledge|balcony|cliffs?|edge|drop"
    r"|tower"
    r"|multi-?storey|car park|window|terrace|parapet|railings?|quarry|scaffold\w*|crane|silo"
    r"|floors?"
    r"|storeys|gorge|platform|tracks?|rails|railway|the line|level crossing|train|tube|subway"
    r"|lorr(?:y"
    r"|ies)|truck|motorway|river|canal|weir|sea|lake|reservoir|dam|harbour|pier|deep end|loch)"
)


def wish(
    rule: str, heads: str, pattern: str, *, is_own: bool = False, needs_topic: bool = False
) -> Concept:
    """Compile a trigger for the passive wish to be dead."""
    return concept(
        rule,
        RiskCategory.SUICIDE,
        heads,
        pattern,
        Severity.WISH,
        is_passive=True,
        is_own=is_own,
        needs_topic=needs_topic,
    )
