"""Triggers for psychosis: voices, what speaks, visions, a world or a body gone strange."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory

_P = RiskCategory.PSYCHOSIS
_THING = (
    r"(?:tv|telly|television|screen|radio|d ?j|dj|wireless|sat ?nav|alexa|siri|phone"
    r"|laptop|fridge|boiler|kettle|toaster|washing machine|radiator|fan|extractor(?:"
    r" fan)?|vents?|pipes?|walls?|ceiling|floor(?:boards)?|lights?|lamps?|lampshade"
    r"|sockets?|plugs?|taps?|drains?|plughole|mirror|clock|pylons?|mast|satellite"
    r"|streetlights?|traffic lights?|adverts?|billboards?|posters?|newspapers?|papers?"
    r"|headlines?|news|newsreader|weather (?:lady|man|girl)|weatherman|presenter|songs?"
    r"|lyrics|music|hymns?|birds?|pigeons?|crows?|magpies?|dogs?|cats?|number ?plates?"
    r"|car horns?|the trees?|statues?|photos?|photographs?|paintings?|dolls?|cushions?"
    r"|curtains?|wallpaper|tattoo)"
)
_SPEAK = (
    r"(?:talk(?:s|ing|ed|in)?|speak(?:s|ing)?|spoke|says?|said|saying|tell(?:s|ing)?"
    r"|told|whisper\w*|shout\w*|laugh\w*|laff\w*|sing(?:s|ing)?|sang|call(?:s|ing|ed)?"
    r"|comment\w*|mutter\w*|mock\w*|repeat\w*|answer\w*|argu\w+|natter\w*|chat\w*"
    r"|scream\w*|hiss\w*|hum(?:s|ming)?|order\w*|command\w*|warn\w*|instruct\w*"
    r"|discuss\w*|narrat\w*|jeer\w*|swear\w*|insult\w*)"
)

VOICES = (
    concept(
        "says_my_name",
        _P,
        "name goes laug whis part musi know list move boil wall",
        r"(?:it|they|somebody|someone|a man|a woman|the \w+) (?:keeps? |kept |'s |was |were "
        r"|is |are )?(?:say(?:s|ing)?|said|call(?:s|ing|ed)?|whisper(?:s|ing|ed)?|shout(?:s"
        r"|ing|ed)?|spell(?:s|ing|ed)?|sing(?:s|ing)?) (?:out )?(?:my|me) (?:full |own "
        r"|whole |middle )?name\b(?! (?:wrong|funny|badly|right|at the (?:desk|surgery"
        r"|chemist)|and i went (?:in|up)))|(?:there's|there is|there was|i get|i hear|i've"
        r" got) (?:the |a |this |some |all this )?(?:laughing|whispering|muttering|chanting"
        r"|chattering|(?:running )?commentary|conversation|humming|party|choir"
        r"|radio)\b[^.]{0,60}?(?:off to|side|behind|in my|inside|from the (?:wall|loft|pipes"
        r"|radiator)|nobody|no one|empty|bungalow|when (?:i'm|it's)|about me)"
        r"|(?:they|it|he|she)(?:'ve| have|'s| has)? (?:begun to |started to |always |all "
        r"|just )?knows? (?:when|where|what) i(?:'m| am|'ve| was|m) (?:listening|thinking"
        r"|doing|going|about to|in|on|at|been)\b(?! (?:good|work|home|late|talking about"
        r"|like|up to|doing with))|(?:they|he|she|it)(?:'ve| have|'s| has) moved in(?:to)?"
        r" (?:the|my) (?:boiler|walls?|loft|attic|pipes|radio|head|chest|radiator|fridge"
        r"|drains?|chimney)\b|\bit (?:goes|says|said|went)\W{1,3}(?:give|go|jump|do|take"
        r"|kill|cut|leave|stop|don't|run|walk|burn|throw|hit|push|drive|turn|eat|drink"
        r"|swallow|open|get up)\b[^.]{0,60}?(?!on the (?:label|sign|tin|box|screen|packet"
        r"|letter))",
    ),
    concept(
        "voice_without_body",
        _P,
        "hear heard voic whis spea talk says say said sing call laug mutt come comi",
        rf"(?:hear(?:s|d|ing)?|heard) (?:[\w']+ ){{0,4}}?(?:voices|(?:a|this|that|his|her"
        rf"|its) voice (?:telling|saying|that|calling|when|in my|behind|from)|whisper\w*"
        rf"|them (?:{_SPEAK}|through|in the|at night|all)|him (?:talk\w*|whisper\w*|say\w*"
        rf"|tell\w*|in my|through|at night)|her (?:talk\w*|whisper\w*|say\w*|tell\w*|in my"
        rf"|through|at night)|people (?:{_SPEAK}|thinking|who)|someone (?:{_SPEAK}|calling"
        rf"|who)|somebody (?:{_SPEAK}|calling)|my (?:dead|late) \w+|(?:the )?(?:dead|devil"
        rf"|angels?|god|jesus|demons?|satan|jinn|spirits?|ancestors|neighbou?rs (?:talking"
        rf" about|discussing|through)|ground|thoughts?)\b(?! (?:sea|silence|end))|my"
        rf" name\b[^.]{{0,30}}?(?:nobody|no one|empty|there's|called when|in the (?:static"
        rf"|tap|wind|fan|music))|patients thinking|what (?:they|people|he|she)(?:'re|'s| are"
        rf"| is)? think\w*)"
        rf"(?! (?:on the (?:phone|radio|voicemail)|in the (?:corridor|next|hall|street"
        rf"|kitchen)|of (?:reason|experience|the (?:customer|people|youth)))|(?: \w+)? and"
        rf" it was (?:just|only|the))"
        rf"|(?:(?:the|this|that) voice|(?:the|these|those|two|three|several) voices)\b(?!"
        rf" (?:note|notes|mail|message|coach|teacher|over|actor|lessons|recogni\w+|for|of"
        rf" (?:reason|the|experience|america)|box|memo|is (?:gone|hoarse|lovely|shaky)|on"
        rf" the (?:phone|line|radio|voicemail)|said press))[^.]{{0,30}}?(?:{_SPEAK}|in my"
        rf"|from (?:the|inside|behind|nowhere)|won't|keeps?|back|louder|at night|all (?:day"
        rf"|night)|when|again|about me|to me|goes|don't|come|came|start)"
        r"|(?<!my )(?<!his )(?<!her )(?<!our )(?<!their )(?<!raised )voices\b (?:are|were"
        r"|have|keep|got|get|in my|don't|won't|come|came|again|all|at|about|from|through"
        r"|that|who|when|telling|tell|say|saying|going)",
    ),
    concept(
        "things_speak",
        _P,
        "tv tell tele scre radi dj wire sat alex siri phon frid boil kett toas wash fan extr"
        " vent pipe wall ceil floo ligh lamp sock plug tap taps drai mirr cloc pylo mast"
        " sate stre traf adve bill post news pape head weat pres song lyri musi hymn bird"
        " pige crow magp dog dogs cat cats numb tree stat phot pain doll cush curt tatt",
        rf"{_THING}(?:'s|s)?(?: (?:is|are|was|were|has|have|had|has been|keeps?|kept|started"
        rf"|starts|won't stop|just|always|that|who|been|all))* (?:{_SPEAK}|plays?|sends?"
        rf"|sending|giv(?:es|ing)|knows?|watch(?:es|ing)?|read(?:s|ing)?|mean(?:s|t)?"
        rf"|spell(?:s|ing|ed|t)?|beam\w*|pick(?:s|ing)? up|put(?:s|ting)? on|lights? up"
        rf"|changes? when|goes? (?:green|off|on) (?:when|the second|for)|flash\w*|wink\w*"
        rf"|repeat\w*) (?:[\w']+ ){{0,4}}?(?:about me|to me|at me|my (?:name|thoughts|mind"
        rf"|life|secrets?|face|initials|business)|me\b|for me|messages?|signals?|signs?"
        rf"|codes?|(?:just|only|meant) for me|what i(?:'m| am|'ve| was|d| did| think)|where"
        rf" i(?:'d|'m| am|d| was)?|back at me|things to do|run)\b(?! (?:on it|asks|fluffy"
        rf"|awake|up (?:at|in the morning)|crazy|mad|through the|i (?:had|have) (?:a|an|to)"
        rf"|cry|laugh|smile|of (?:him|her|my|when|home|summer)|feel|off|nothing|too (?:slow"
        rf"|fast)|directions|to turn (?:left|right)))"
        rf"|(?:come|comes|coming|came|piped?|pumped|broadcast\w*|sent|sending|beamed) (?:\w+"
        rf" ){{0,2}}?(?:through|out of|into|from|in|down|via) (?:the|my) {_THING}\b(?!"
        rf" (?:and (?:the|my) (?:water|heating)|at (?:six|seven|ten)|when it rains|alert"
        rf"|window))[^.]{{0,60}}?(?:voice|me\b|my|talk|say|name|they|he|she|light|instead"
        rf"|message)|talks out of the \w+|(?:piped|come) (?:in)?to the vent",
    ),
    concept(
        "speaks_over_you",
        _P,
        "does hums let behi brai corn ear ears head insi over pres say says tell told orde"
        " comm devi god ange matr sata lets obey",
        r"(?:someone|somebody|he|she|they|it)(?:'s|'re| is| are)? (?:talking|whispering"
        r"|speaking|laughing|shouting|muttering) (?:over you|behind (?:me|you)|in my (?:ear"
        r"|ears|head)|inside (?:my|me)|from (?:the|under|behind) (?:\w+ )?(?:corner|ceiling"
        r"|wall|vent|floor|loft|attic)|now|to me (?:in|when|at|all|from)|about me (?:in"
        r"|through|all|when|on the)|when (?:nobody|no one|there's|i'm alone))\b(?! (?:the"
        r" (?:garden )?fence|on (?:the|speaker) ?phone))"
        r"|(?:he|she|they) says? (?:you'd say that|not to (?:tell|trust|talk|listen|eat)"
        r"|you're (?:lying|one of|in on|not)|i'm not to|don't (?:trust|tell|listen))|(?:he"
        r"|she) (?:doesn't|does not|don't) (?:like you|want me (?:here|talking)|trust"
        r" you)\b|(?:it|they|he|she|that) (?:hums?|tells? me|says|whispers|orders?|wants"
        r"|knows) (?:what (?:it|he|she|they|god) (?:wants|needs)(?: done)?|where i|my"
        r" (?:thoughts|name when)|things about (?:me|you|people) (?:nobody|no one))|(?:not"
        r" let|they won't let me|isn't allowed|won't let me (?:eat|sleep|wash|sit|talk"
        r"|drink|say))\b"
        r"|(?:god|jesus|the lord|allah|the (?:devil|angels?|spirits?|archangel|virgin"
        r"|ancestors|matron|committee|captain|king|controller|dead)|satan|an angel|gabriel"
        r"|michael|krishna|shiva)(?:'s|s)? (?:\w+ )?(?:told|tells|telling|says|said|speaks?"
        r"|spoke|talks?|orders?|ordered|commands?|commanded|instructs?|wants|sends?|sent"
        r"|chose|gave|picked|dictat\w*|shows?|showed) (?:to )?(?:me|my|through me|it's|that"
        r" i)\b(?! (?:patience|strength|comfort|to be (?:kind|grateful)|(?:two|a) (?:lovely"
        r"|beautiful|healthy)|this (?:child|family)))",
    ),
)

VISIONS = (
    concept(
        "world_unreal",
        _P,
        "acto set stag simu matr fake plyw card built doub real paid robo holo",
        r"(?:you're|you are|he's|she's|they're|everyone's|everybody's|they are all|these"
        r" people are|staff are) (?:all |really |just |only |a |an |not the |not |paid "
        r"|different )*(?:actors?|extras|robots?|holograms?|clones?|lizards?|cardboard"
        r"|imposters?|impostors?|a different (?:doctor|nurse|man|woman|person|one)|the real"
        r" (?:doctor|nurse|dr|one|you))\b(?! (?:in|at|for|and) (?:the|a|his|her) (?:play"
        r"|panto|drama|soap|theatre|west end|local))|(?:the )?(?:whole|entire) (?:of"
        r" )?(?:\w+ )?(?:world|place|town|street|hospital|ward|city|thing)(?:'s| is| has"
        r" been|'s been| was) (?:a |been |all )?(?:fake|set|stage|simulation|game|test|built"
        r"|struck|painted|cardboard|plywood|replaced|film set|experiment)\b|(?:in|inside"
        r"|living in) (?:a|the) (?:simulation|matrix|film set|computer game)\b|nothing(?:'s|"
        r" is) real\b|none of (?:it|this|you|them) (?:is|are) real\b",
    ),
    concept(
        "sees_unreal",
        _P,
        "can see sees seei seen saw watc look stan face shad figu man peop spid inse snak"
        " rats dead corn appe vani crawl bugs real",
        r"(?:see|sees|seeing|seen|saw|get|getting|got|visits? from|there's|there is|there"
        r" was) (?:[\w']+ ){0,4}?(?:shadow (?:man|men|people|figures?)|shadows (?:that"
        r"|who|with|move|on)|faces (?:in|on|coming|that|chang)|figures?\b|dead (?:people"
        r"|men|woman|man|mum|dad|wife|husband|child|soldiers)|ghosts?|demons?|devils?"
        r"|angels?|spiders|insects|snakes|rats|bugs|dogs|cats|children|eyes|people|men"
        r"|women|man|woman|girl|boy|monk|nun|soldier|dwarf|blood|writing|things"
        r"|lights)\b[^.]{0,60}?(?:(?:aren't|are not|isn't|is not|weren't|wasn't|can't be"
        r"|not) (?:really |actually )?(?:there|real)|nobody else|no one else|other people"
        r" (?:can't|don't)|others (?:can't|don't)|no face|with no|walk(?:s)? through|hand"
        r" through|through (?:one|him|her|it|them)|vanish\w*|disappear\w*|melt\w*|crawl\w*"
        r"|out of the walls?|on the ceiling|at the (?:end|foot) of (?:the|my) bed|in the"
        r" (?:corner|mirror|wallpaper|carpet|curtains)|black (?:eyes|ones))"
        r"|(?:nobody|no one|no-one) (?:else )?(?:can |could |ever |seems to )?(?:sees?"
        r"|hears?) (?:him|her|it|them)\b|(?:my (?:wife|husband|mum|mother|sister|daughter"
        r"|son|mate)|they|others|other people|staff) (?:can't|cannot|doesn't|don't|couldn't"
        r"|didn't|cant|dont) (?:see|hear) (?:him|her|it|them|what i)\b|(?:i know|know)"
        r" (?:he|she|they|it)(?:'s| is|'re| are)? ?(?:can't be|isn't|aren't|not|ain't)"
        r" (?:really )?(?:there|real)\b|(?:tall|thin|small|little|old|burnt|black|grey"
        r"|shadow|hooded) (?:one|man|men|woman|lady|girl|boy|figure|thing)s? (?:with no"
        r" face|in the (?:corner|wardrobe|doorway|mirror|hall|garden|curtain)|at the (?:end"
        r"|foot|bottom|top)|by the (?:window|door|bed)|on the (?:ceiling|landing|stairs"
        r"|roof))\b[^.]{0,40}",
    ),
    concept(
        "body_unreal",
        _P,
        "stee oper work movi walk wear driv skin face body hand los lose losi lost real neit"
        " rubb holl "
        + "no insi orga rott bloo skin bugs worm craw dead mirr face glas hole heart brai eyel"
        " legs arms move con cont mine belo hand left mouth tong blin",
        r"(?:i(?:'ve| have)(?: got)? no (?:insides|organs|stomach|brain|blood|bowels|veins"
        r"|face|body)\b|(?:it|that|my \w+|the \w+) (?:isn't|is not|'s not|ain't|wasn't)"
        r" mine (?:when|any ?more|now|it's)|my (?:insides|organs|bowels?|stomach|heart"
        r"|blood|brain|bones|guts)(?:'s| is| are| has| have|'ve)? (?:\w+ )?(?:rott\w*|gone"
        r"|turned to|stopped|dead|removed|been (?:taken|replaced|swapped)|dried|missing"
        r"|made of|full of (?:worms|wires|glass))|(?:bugs|worms|insects|spiders|things"
        r"|maggots|mites|ants|wires|eggs)\b[^.]{0,20}?(?:under|in|inside|beneath) my"
        r" (?:skin|head|brain|ears?|veins|stomach|eyes)|i(?:'m| am) (?:already |actually"
        r" )dead\b(?! (?:tired|inside|on my feet|to (?:him|her|them)))|i (?:died|have died)"
        r" (?:already|last|in|on|and)\b[^.]{0,30}?(?:nobody|no one|ghost|buried|body|not"
        r" told|this is))"
        r"|(?:not|isn't|ain't|wasn't) (?:my|me) (?:blinking|moving|doing (?:it|that)"
        r"|talking|walking|hand|arm|mouth|voice|own thoughts?|thoughts?|who)\b[^.]{0,20}"
        r"|(?:they|he|she|it|someone|something)(?:'ve|'s|s| have| has)? (?:got hold of|move"
        r"|moves|moving|control\w*|work|works|working|steer\w*|taken over|took over"
        r"|operat\w+|pull\w* the strings of|use|uses|us(?:e|ing)) (?:the|my|me|this)"
        r" (?:eyelids?|legs?|arms?|hands?|mouth|body|tongue|head|face|voice|like a puppet"
        r"|fingers|feet)\b(?! (?:to (?:lift|stand)|for the))"
        r"|(?:steer\w*|operating|working|moving|walking|wearing|driving) me\b(?! (?:mad"
        r"|crazy|up the wall|home|to|around|nuts|insane|round|potty|bonkers|batty|in|through"
        r"|there|into|on|down|out|here|so|and|back|from|away))|i was (?:walked|steered"
        r"|worked|operated)\b|(?:it's|its|that's|this is|it is) not my (?:own )?(?:skin|face"
        r"|body|hand|hands|arm|leg|voice|mouth|head)\b|losing (?:whole|entire) (?:afternoons"
        r"|hours|days|evenings|mornings)\b(?![^.]{0,40}(?:scroll|phone|telly|jigsaw|game"
        r"|netflix|book|drink))|(?:i'm|im|i am) not real\b|neither are you real|my \w+(?:'s|"
        r" is| are| has been|'ve been) (?:rubber|made of (?:glass|plastic|metal|wood)|hollow"
        r"|someone else's|somebody else's)\b",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*VOICES, *VISIONS)
