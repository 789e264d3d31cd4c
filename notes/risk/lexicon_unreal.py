"""Triggers for psychosis: being watched or meddled with, thoughts not one's own, a mission."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory

_P = RiskCategory.PSYCHOSIS
_THEM = (
    r"(?:they|he|she|it|somebody|someone|the \w+|people|neighbou?rs|next door|upstairs"
    r"|the (?:government|council|police|cia|fbi|mi5|church|masons|lodge|agency|home"
    r" office|company|bank|doctors|hospital|clinic|surgeon|dentist|nurses|screws|guards"
    r"|staff))"
)

WATCHED = (
    concept(
        "spy_device_put",
        _P,
        "dism trac lens came mic micr bug bugs chip wire foil lini line wrap disma took pull",
        r"(?:they|he|she|somebody|someone|the \w+)(?:'ve| have|'s| has|'d| had)? (?:put|hid"
        r"|hidden|fitted|planted|installed|left|built|slipped|wired) (?:\w+ ){0,4}?(?:lens"
        r"|cameras?|mics?|microphones?|chips?|bugs?|wires?|transmitter|device|speakers?"
        r"|trackers?)\b(?! (?:on (?:the|my) (?:phone|car|dog)|up (?:for|after)|in (?:the"
        r" )?(?:car ?park|shop|stairwell|foyer|lobby|office)))|(?:lined|wrapped|covered"
        r"|papered|taped) (?:[\w']+ ){0,5}?(?:foil|tin ?foil|cling ?film|lead|mirrors?"
        r" (?:over|up))|(?:baking |tin ?)foil\b[^.]{0,40}?(?:they|read|rays|signals?|window"
        r"|my head|hat|wardrobe|layers|walls?)(?! (?:the (?:turkey|chicken)|over the))"
        r"|(?:dismantl\w+|unscrew\w*|smash\w*|drown\w*|taken apart|pulled apart|stripped)"
        r" (?:[\w']+ ){0,3}?(?:fans?|router|telly|tv|phone|smoke alarms?|plugs?|sockets?"
        r"|speaker|alexa|meter|light fittings?|radio)\b[^.]{0,80}?(?:they|look|find"
        r"|listening|camera|lens|bug|watch|talking|it was|clever)",
    ),
    concept(
        "followed",
        _P,
        "curl pois foll watc surv spyi spy trac tail mon moni shad list bug bugg came cctv"
        " dron heli van car ute plat same jog pram reg",
        rf"(?:i'm|im|i am|i've been|ive been|i was|we're|being|am|get|getting|i'm being)"
        rf" (?:being )?(?:followed|watched|surveilled|tailed|monitored|tracked|spied on"
        rf"|bugged|recorded|listened to|filmed|targeted|hunted|gangstalked|gang stalked"
        rf"|poisoned|drugged|experimented on|tested on|set up)\b(?! (?:by (?:my ex|the bank"
        rf"|a lad|him|her|a (?:dermatologist|cardiologist|consultant|specialist|doctor)|the"
        rf" (?:clinic|team))|on (?:insta\w*|tiktok|twitter|facebook)|up\b|round the shop|for"
        rf" (?:my|the) (?:blood|heart|thyroid|diabetes|bp)))"
        rf"|(?:they|people|someone|somebody|the \w+|he|she|men|a man|a woman|cars?|vans?"
        rf"|drones?|helicopters?|neighbou?rs|next door|strangers|everyone|everybody)(?:'re"
        rf"|'ve|'s|s)?(?: (?:are|is|was|were|have|has|been|keeps?|kept|always|all|still|just"
        rf"|got))* (?:following|followin|follows?|followed|watching|watches|spying|tracking"
        rf"|monitoring|listening (?:in|to)|recording|filming|bugging|tailing|after|out to"
        rf" get|plotting|conspiring|in on it|poisoning|drugging|gassing|hacking|in it"
        rf" together|swap\w*|photocopying) (?:me|us|my|on me|in|against me|to get me|the"
        rf" (?:flat|house|plates|calls)|everything i|every|all of)\b(?! (?:on (?:insta\w*"
        rf"|tiktok|twitter|facebook|the (?:school|baby)|social)|since [^.]{0, 60}stor(?:y"
        rf"|ies)|back|up with|advice|lead|example|around the (?:shop|kitchen)|from room to"
        rf" room\b[^.]{0, 9}|everywhere, (?:the|my) (?:dog|toddler))|for the (?:school"
        rf"|lesson))"
        r"|(?:same|that|white|black|silver|blue|red|grey) (?:\w+ )?(?:car|van|ute|lorry"
        r"|woman|man|bloke|jogger|pram|motorbike|taxi|plates?|number"
        r" ?plate)\b[^.]{0,60}?(?:every (?:street|corner|day|where|time)|everywhere|again"
        r"|behind me|follow|outside (?:again|all|every|whatever)|swap|each time|three times"
        r"|parks up|always there|banking on|whatever (?:street|way)|in every)|(?:cameras?"
        r"|microphones?|mics?|bugs?|listening (?:devices?|gear)|recording gear|wires?"
        r"|wiretap|trackers?|transmitters?|receivers?) (?:\w+ ){0,2}?(?:in|behind|inside"
        r"|under|on|up) (?:the|my|our|every|all the|his|her|me|your) (?:\w+ )?(?:lamps?"
        r"|lights?|walls?|ceiling|tv|telly|vents?|smoke|sockets?|plugs?|mirror|clock|router"
        r"|bathroom|loft|bedroom|flat|teeth|tooth|fillings?|buttons?|car|light fittings?"
        r"|pens?|eyes?|alarm|fire alarm|shower|room|birds?)\b(?! (?:for (?:the )?(?:security"
        r"|burglars|baby|insurance)|after the break-in))",
    ),
    concept(
        "meddled_with",
        _P,
        "pump roll unsc swap repl swit exch subs dosi dopi gass irra zapp micr pois drug"
        " doct ange devi demo jesu virg sain ghos spir jinn "
        + "pois dose doct tamp food wate medi tea gas spray put putt drug inje chem swap repl"
        " doub impo copy actor real cloo robo wife mum husb not fake plant cover cling eat"
        " tins tin boil seal foil",
        rf"{_THEM}(?:'s|s|'re|'ve|'d)?(?: (?:is|are|was|were|have|has|had|been|keeps?|kept"
        rf"|must|putting|still|trying to|always))* (?:poison\w*|drugg\w*|drug|doctoring"
        rf"|doctored|tamper\w* with|spik\w+|lac(?:e|ed|ing)|pump\w*|gass\w*|spray\w*"
        rf"|contaminat\w*|put(?:s|ting)? (?:something|stuff|things|powder|poison|chemicals"
        rf"|tablets|drugs|bleach) (?:in|into|through)) (?:in )?(?:to )?(?:me|us|my|the"
        rf"|our)\b(?! (?:wasps?|weeds|rats?|roses|greenfly|crops?|garden|plants|dishwasher"
        rf"|mind at|tyres?))"
        rf"|(?:only|just) (?:eat|eats|eating|drink|drinking|have) (?:[\w']+"
        rf" ){{0,3}}?(?:tins?|tinned|sealed|boiled eggs?|eggs|bananas|packets?|what i(?:'ve|"
        rf" have)? (?:opened|cooked|peeled|bought)|things? with (?:a )?(?:skin|seals?|peel)"
        rf"|bottled)\b[^.]{{0,40}}|(?:foil|tin ?foil|tape|taped|bog roll|cotton wool|towels?"
        rf"|clingfilm|blankets?|newspaper|stuffed|cover(?:ed|ing)?|unplug\w*|unscrew\w*"
        rf"|taken apart|took apart|ripped out)\b[^.]{{0,40}}?(?:vents?|sockets?|cameras?"
        rf"|windows? so|signal|ears|listening|they (?:can't|come|see|hear)|so they|the"
        rf" (?:router|smoke alarm|mirrors?|lampshade|telly|keyhole|plugs))"
        rf"|(?:replaced|swapped|switched|substituted|taken) (?:by|for|with|out for|over by)"
        rf" (?:an? |some )?(?:\w+ )?(?:double|copy|actors?|actress|imp[oe]st[oe]r|robots?"
        rf"|clones?|lookalike|stranger|twin|woman who|man who|people who)|(?:isn't|is not"
        rf"|ain't|not|wasn't) (?:really |actually |the real )?(?:my )(?:real )?(?:mother|mum"
        rf"|mam|wife|husband|son|daughter|brother|sister|father|dad|baby|cat|dog"
        rf"|kids)\b[^.]{{0,30}}?(?:face|look|eyes|someone|a copy|double|replac|smell|voice"
        rf"|hands|knows|pretend|wearing|dog|name|guess)|(?:someone|somebody|a stranger|woman"
        rf"|man|thing) wearing (?:my|his|her) (?:\w+'?s? )?(?:face|skin|body)|an"
        rf" imp[oe]st[oe]r\b(?! syndrome)(?<!like an impostor)(?<!like an imposter)(?<!feel"
        rf" an imposter)"
        r"|(?:they|they've|they have|someone's|somebody's|he's been|she's been|it's been"
        r"|i've been|was|were|been)(?: \w+)? (?:swapped|replaced|switched|exchanged"
        r"|substituted) (?:her|him|them|me|my (?!phone|car|job|shift|bed|gp|doctor|tablets"
        r"|meds|medication|seat|appointment|energy|bank)\w+)\b(?! (?:for (?:a|the) (?:day"
        r"|morning|later|younger)|with (?:a|the) (?:younger|temp|new girl)|at work|in the"
        r" team))|(?:dosing|doping|gassing|irradiating|zapping|microwaving) (?:me|us)\b"
        r"|(?:there|their|theyre|they're) (?:poisoning|trying to poison|drugging"
        r"|doctoring)\b|(?:angels?|devils?|demons?|jesus|virgin|saints?|ghosts?|spirits?"
        r"|jinns?) (?:is|are|was|were|stands?|sits?|comes?|came) (?:standing|sitting|on|in"
        r"|at|by|to|behind|under|waiting)\b(?! (?:the (?:tree|top|play|window display)"
        r"|disguise|my thoughts))",
    ),
    concept(
        "device_within",
        _P,
        "bell chip impl devi trac tran rece micr wire tooth fill sens fit fitte put insi"
        " ante magn nano buzz send",
        r"(?:chip|micro ?chip|implant|device|tracker|transmitter|receiver|sensor|antenna"
        r"|aerial|wire|magnet|nanobots?|something|a thing)s?\b(?: [\w']+){0,4}? (?:in|inside"
        r"|behind|under|into|up|fitted|planted|put|sewn|implanted|left) (?:in |into |inside "
        r"|behind |under )?(?:me\b|my (?:\w+ )?(?:head|brain|body|arm|skin|tooth|teeth"
        r"|filling|neck|ear|eye|spine|hip|belly|stomach|nose|jaw|chest|bones?|knee)\b)(?!"
        r" (?:phone|car|bag|coat|dog|cat|pacemaker|coil|tea|purse|life|mind|stomach (?:flip"
        r"|turn)|that (?:wants|knows|says)))"
        r"|(?:pacemaker|filling|implant|chip|transmitter|coil|jab|vaccine|surgeon|operation"
        r"|hernia|scan|dentist|stitches)\b[^.]{0,60}?(?:signals?|transmit\w*|broadcast\w*"
        r"|track\w*|to fit one|put (?:it|one|something) in|listens?|receiv\w*|control\w* me"
        r"|reports?|picks? up (?:radio|voices|signals))\b",
    ),
    concept(
        "thoughts_not_own",
        _P,
        "mind thou head thin brai read hear know tele broa plan put puts inse steal stol"
        " take taki lift scra loud pick sang beam",
        r"(?:they|people|someone|somebody|he|she|everyone|everybody|the \w+|others|it"
        r"|strangers|that \w+)(?:'re|'s|'ve|s)?(?: (?:are|is|was|were|can|could|have|has"
        r"|been|keeps?|all|just|always|able to|started))* (?:read(?:s|ing)?|hear(?:s|d|ing)?"
        r"|pick(?:s|ed|ing)? up|know(?:s)?|knew|steal(?:s|ing)?|stole|take(?:s|n)?|taking"
        r"|control(?:s|ling)?|listen(?:s|ing)? to|copy(?:ing)?|broadcast(?:ing)?|repeat(?:s"
        r"|ing)?|beam\w*|insert\w*|plant(?:ed|ing|s)?|put(?:s|ting)?|scan(?:s|ning)?|tap(?:s"
        r"|ped|ping) into|pull(?:s|ed|ing)?|wip(?:e|es|ed|ing)|edit\w*|echo\w*) (?:(?:in"
        r"|into|on|out|all) )?(?:(?:my|the|a|these|those) (?:thoughts?\b|thinking|memories)"
        r"|(?:into |out of )?my (?:mind|head|brain)\b(?! (?:at (?:rest|ease)|in(?:to)? (?:it"
        r"|order)|round|around|up|straight|down|under|on))|what i(?:'m| am|m) think\w*"
        r"|what(?:'s| is) in my (?:head|mind)|(?:thoughts|things) in(?:to)? my (?:head|mind))"
        r"|(?:my )?(?:thoughts?|thinking|mind|head)(?:'s|s)? (?:are|is|gets?|being|get|was"
        r"|were|has been|have been|aren't|isn't|going) (?:being )?(?:broadcast\w*|read"
        r"|stolen|taken|out loud|going out|leak\w*|not (?:mine|my own)|controlled|put there"
        r"|planted|inserted|picked up|heard|mine|wiped|monitored)\b(?! (?:in books|like a"
        r" book))|(?:a|the|these|those|some) thoughts? (?:in (?:there|here|my head)"
        r" )?(?:that )?(?:isn't|aren't|wasn't|weren't|is not|not|ain't) (?:mine|my own|from"
        r" me)|telepath\w*|(?:think|thinks|thinking) (?:dirty|bad|things?|in"
        r" polish)?\s?(?:to|at) me\b|hear (?:patients|people|them|everyone|you|him|her|other"
        r" people) think\w*|(?:know|knows|knew) what i(?:'m| am|'ve| was|m)? (?:thinking"
        r"|thought|going to (?:think|say))(?= (?:before|in|all|when|on|by|and))",
        beside="mind thou head brai thin memo tele though",
    ),
)

MISSION = (
    concept(
        "chosen",
        _P,
        "has prim chos god god's jesu king mess prop quee sent savi anoi arch pope sain seal"
        " miss prime vati pres migh selec last only son daug spec powe rein",
        r"(?:i'm|i am|im|i've been|that i'm|i'm the|made me|they made me|call me) (?:\w+"
        r" )?(?:god\b|jesus|the messiah|the (?:second )?(?:coming|christ|saviour|savior"
        r"|prophet|chosen|one who (?:will save|must|is to|was sent)|mahdi|king|queen"
        r"|emperor|pope|president|new \w+ of god|son of|bride of|last (?:one|prophet|of)"
        r"|true (?:king|heir|queen))|a (?:prophet|god|messiah|saint|vessel|prince of"
        r"|general in)|an? (?:angel|archangel|alien|immortal)|chosen\b(?! (?:for the"
        r" (?:team|job|part)|as (?:maid|best|captain)))|anointed|immortal|related to (?:the"
        r" queen|jesus|royalty)|the reincarnation|sent (?:by|here (?:by|to))|selected by|of"
        r" royal)\b(?!-)(?! (?:awful|forbid|help))"
        r"|(?:the )?(?:vatican|pope|palace|king|queen|prime minister|white house|pentagon"
        r"|president|nasa|cia|mi5|mi6|mossad|home secretary|un|united nations|interpol"
        r"|kremlin|aliens|illuminati|freemasons)(?:'s|s)?(?: (?:is|are|has|have|was|were"
        r"|been|keeps?|will be|wants?|needs?))* (?:ring(?:ing|s)?|phon\w+|contact\w*|waiting"
        r" (?:for|on)|hold(?:ing|s)? a (?:line|room|seat)|sen(?:t|ding|ds)|email\w*"
        r"|writ(?:es|ing)|watching|after|follow\w*|monitor\w*|talk\w*|listening|told|asked"
        r"|chosen|paying|know)\b[^.]{0,40}",
    ),
    concept(
        "powers",
        _P,
        "egg gree powe move movi make made stop cont weath sun rain traf ligh numb heal mind"
        " look thin cure save worl proo inve math engi sign elect never inst",
        r"i (?:can|could|'m able to|have the power to|make|made|control|controlled) (?:\w+"
        r" )?(?:move|make|control|stop|change|heal|cure|turn|influence|bend|feel|fly|raise"
        r"|bring|read|see through|hear|talk to)?\s?(?:the )?(?:weather|clouds?|sun|rain"
        r"|traffic lights?|traffic|lights|numbers? move|numbers|markets?|stock market"
        r"|people's (?:minds|thoughts)|minds|the dead|cancer|it rain|things move|planes"
        r"|earthquakes?|tides?|time|birds|animals|the future|walls|objects|electricity|the"
        r" ground|radio waves)\b(?! (?:off|out|on (?:at|when)|pass|for|table|of (?:arrival"
        r"|day|year)|flies|fly|to (?:myself|spare|relax|think)|add up|at work"
        r"|rather))(?:[^.]{0,30}?(?:by (?:looking|thinking|will|blinking|touch\w*)|with my"
        r" (?:mind|eyes|hands|head)|obey)|(?=\W*$))"
        r"|(?:by (?:just )?(?:looking|thinking|willing it|blinking)|with (?:just )?my"
        r" (?:mind|eyes))(?= (?:at|about)?|\W*$)(?<=king|g it|mind|eyes)|(?:goes|go|went"
        r"|turned|turns|change|changes|changed) (?:green|red|off|on) (?:the second"
        r"|when(?:ever)?|because|as soon as|every time) i\b(?! (?:get to the (?:front|shop)"
        r"|press|turn|switch|'m late))|(?:solved|cracked|discovered|invented|found|decoded"
        r"|worked out|proved) (?:[\w']+ ){0,3}?(?:free energy|the code|the code (?:in"
        r"|behind)|cold fusion|perpetual|cancer|the (?:secret|key|pattern|formula|numbers)"
        r" (?:of|to|behind|in) (?:the )?(?:universe|everything|bible|world|time|it all"
        r"|creation|number)|time travel|god)\b",
    ),
    concept(
        "signs_for_me",
        _P,
        "let lets lett grap slid head adve lyri ques post page wind car line "
        + "code coin conn evid fall init lette link mean mess meth nume num note patt"
        " plat proo sign sent spel mean ligh stars star seal lit numb",
        r"(?:everything|it all|it's all|they're all|all of it|nothing(?:'s| is)|the numbers"
        r"|number ?plates?|the colours?|the letters|first letters|the (?:bus|car|till|house)"
        r" numbers?|coincidences?|strangers|people(?:'s)? (?:coughing|cough|coats|bags))"
        r" (?:\w+ ){0,2}?(?:(?:is|are|'s|'re) (?:connected|linked|a (?:code|message|sign"
        r"|test|set-up|setup)|for me|about me|aimed at me|a coincidence|codes?|signs?"
        r"|messages|speaking to me)|connects?|links?|lead|leads|do my name|spell\w*"
        r"|add(?:s)? up to|mean(?:s|t)? (?:something|i|me)|means? (?:it's|they))(?! (?:to"
        r" (?:the|my) (?:wifi|app|printer|phone|mother|childhood)|a (?:lot|little)|well|the"
        r" world))"
        r"|(?:secret|hidden|coded|special|private) (?:messages?|meanings?|signs?|signals?"
        r"|codes?)\b(?! (?:santa|in the (?:book|film|novel)))|(?:messages?|signs?|signals?"
        r"|meant|put there|left|aimed) (?:\w+ )?(?:just |only |specially )?for me\b(?! (?:to"
        r" (?:ring|call|collect|pick up)|at (?:reception|the desk|work)|by (?:my|the) (?:mum"
        r"|wife|secretary|receptionist))(?:))|(?:got|has|have|with) my initials on\b"
        r"|(?:lights?|lit) up where i|evidence\b[^.]{0,40}?(?:notebooks?|folders?|diary"
        r"|logged|photos|they|proof)|(?:notebooks?|folders?|logs?|diar(?:y|ies)|list) of"
        r" (?:reasons?|evidence|plates|number ?plates|reg\w*|cars|proof|times|every)"
        r"|(?:let|letting|lets) me know\b[^.]{0,20}(?:through|by (?:the|facing|where)|with"
        r" the lights)|that's how they (?:let|tell|talk|reach|find|know)\b|(?:every|each"
        r"|the) (?:graph|slide|headline|advert|lyric|question|poster|page|window|car|line)"
        r" (?:was|is|were) (?:about )?(?:me\b|my (?!favou?rite|fault|idea|own work|job"
        r"|responsib|choice)\w+)",
    ),
    concept(
        "manic",
        _P,
        "solu need slee slep eyes shut awak nigh hour days sinc rest tire bed blink",
        r"(?:don't|do not|no longer|never|dont) (?:even )?need (?:to |any )?sleep\b"
        r"|(?:solution|cure|answer) (?:for|to) (?:every|all|the world|everything|cancer)\b"
        r"|(?:came|come|comes|straight|direct|directly) from god\b|from god (?:direct"
        r"|straight|himself|in my|to me)|(?:haven't|havent|not|hasn't|hadn't|don't|dont"
        r"|without|no|didn't|barely) (?:\w+ )?(?:slept|sleep|shut my eyes|been to bed|closed"
        r" my eyes|needed (?:to )?sleep|need(?:ing)? (?:to )?sleep|rested|a"
        r" wink)\b[^.]{0,40}?(?:(?:since|for|in) (?:\w+ )?(?:monday|tuesday|wednesday"
        r"|thursday|friday|saturday|sunday|days|nights|hours|three|four|five|six|seven|a"
        r" week)|haven't (?:wanted|needed) (?:to|it)|and (?:i )?(?:feel|never felt) (?:\w+"
        r" )?(?:amazing|better|alive|brilliant|great|fantastic)|any ?more|i'm (?:past|above"
        r"|beyond) (?:it|that)|don't need (?:it|to))(?!(?:[^.]{0,40})(?:worr|baby|pain|anx"
        r"|cry|teething|night shift|noise))(?=[^.]{0,120}?(?:wanted|need|amazing|brilliant"
        r"|franchise|idea|power|book|god|money|bank|buy|bought|sign|mind|past|above|racing"
        r"|plan|felt|project|sitting|wrote|business|painted|alive))",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*WATCHED, *MISSION)
