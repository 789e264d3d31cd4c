"""Triggers for violence meant: threats, weapons at hand, watching, images, revenge, close calls."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.vocabulary import BODY, SOMEONE, WEAPON, heads

_V = RiskCategory.VIOLENCE
_WILL = (
    r"(?:'ll|'m going to|'m gonna|m going to|m gonna| am going to|'m about to|'ll have"
    r" to|'d love to| want to| wanna| mean to| intend to|'d like to| have to|'ve to|'d"
    r" have| will| would| could|'m fit to|'m ready to|'m itching to|'m dying to|'m"
    r" tempted to|'m this close to)"
)
_HARM = (
    r"(?:kill|murder|do for|do away with|finish|end|bury|gut|swing for|burn|drown|stab"
    r"|smash|break|batter|hurt|hang|shoot|slit|slice|cut|cripple|ruin|destroy|skin|choke"
    r"|strangle|torch|wring|snap|kick|stamp on|sort out|floor|flatten|deck|knock out"
    r"|bash|run over|poison|gas|blow up|hunt|hit|slap|thump|punch)"
)
_SEES = (
    r"(?:pictur\w+|imagin\w+|images?|visions?|fantas\w+|fantasi[sz]\w*|dream\w*(?: of|"
    r" about)?|flash\w*|think(?:ing)? (?:of|about)|thought (?:of|about)|thoughts (?:of"
    r"|about|to)"
    r"|urges? to|see myself|saw myself|seeing myself|want(?:ed|ing)? to|wanna|afraid"
    r" (?:of|i'll|i'd|that i)|scared (?:of|i'll|i'd|that i)|plan\w*|in my (?:head|mind)"
    r" i|rehears\w+|go(?:ing)? over|play\w* (?:it|out)|work(?:ed|ing) out|look\w* up"
    r"|watch\w*|ready to|itching to|dying to|love to|like to|going to|gonna|about to"
    r"|tempted to|close to|inch (?:off|from|away from)|nearly|almost|whisker|hair's"
    r" breadth|feel like|felt like|fit to|made up my mind to|decided to|swore (?:i'd|to))"
)
_VIOLENT_ING = (
    r"(?:hitting|punching|slapping|kicking|stabbing|killing|strangling|choking"
    r"|throttling|smothering|drowning|shooting|burning|hurting|battering|smashing"
    r"|pushing|shoving|shaking|throwing|beating|cutting|slashing|poisoning|running"
    r"|ramming|breaking|hit|punch|slap|kick|stab|kill|strangle|choke|throttle|smother"
    r"|drown|shoot|burn|hurt|batter|smash|push|shove|shake|throw|beat|cut|slash|poison"
    r"|ram|deck|thump|swing for|lamp|glass|bottle|knife|do for|murder|swing)"
)

THREATS = (
    concept(
        "holds_back",
        _V,
        "stop keep hold sit leav walk",
        rf"(?:so (?:that )?i (?:won't|wont|don't|dont|didn't|wouldn't)|(?:to )?(?:stop"
        rf"|stopped|stopping|keep|keeping|kept) (?:myself|me) (?:from )?|so as not to|in"
        rf" order not to|trying not to|not to|hold myself back from|afraid i won't be able"
        rf" to stop myself) (?:just )?(?:go(?:ing)? for|hit(?:ting)?|kill(?:ing)?"
        rf"|hurt(?:ing)?|punch(?:ing)?|slap(?:ping)?|strangl\w*|stab(?:bing)?"
        rf"|swing(?:ing)?(?: for| at)?|smack(?:ing)?|throttl\w*|batter\w*|shak(?:e|ing)"
        rf"|thump(?:ing)?|deck(?:ing)?|lamp(?:ing)?|attack(?:ing)?|grab(?:bing)?"
        rf"|push(?:ing)?|shov\w*|lung\w* at) {SOMEONE}(?! feelings)",
    ),
    concept(
        "one_push",
        _V,
        "push shov nudg slip",
        r"(?:one|a|just a|all it (?:takes|needs|would take) is (?:one|a)) (?:\w+ )?(?:shove"
        r"|push|nudge|squeeze|blow|swing|twist|kick|bullet|match|tap) (?:and|is all|would|to"
        r" (?:the|his|her)|from)\b[^.]{0,30}?(?:(?:he|she|they|it)(?:'d|'s|'ll| would| is)"
        r"|do it|finish|over|end)\b",
    ),
    concept(
        "threat_told",
        _V,
        "said say told tell text sent send post wrot emai mess rang left warn swor prom thre"
        " shou whis dm'd dmed",
        rf"(?:told|texted|text|messaged|emailed|dm'?d|warned|promised|swore|rang|phoned"
        rf"|wrote|posted|whispered to|shouted at|said to|sent) (?:[\w']+ ){{0,3}}?(?:that"
        rf" )?(?:{SOMEONE} (?:[\w']+ ){{0,3}}?)?(?:i(?:'d|'ll| would| will|'m going to|'m"
        rf" gonna| was going to| know where| could)|next time|one (?:day|night)|this time"
        rf"|(?:he|she|they|you|u)(?:'s|'d|'re|'ll| is| are)(?: better)? )\W?(?:[\w']+"
        rf" ){{0,3}}?"
        rf"(?:kill\w*|dead|bury|stab\w*|hurt|break|burn\w*|smash|batter|shoot|knife|slit|cut"
        rf"|hunt|get (?:him|her|them|you)|find|pay|regret|sorry|watch (?:his|her|their|your)"
        rf" back|count (?:his|her|their|your)|rape|acid|petrol|where (?:he|she|they|you)"
        rf" (?:live|sleep|park|work)s?|the (?:helmet|windows?)|see (?:him|her|them|you) in)\b"
        rf"|threaten(?:ed|ing|s)? (?:to (?:kill|hurt|stab|burn|smash|hit|shoot|cut|break"
        rf"|batter|do)|{SOMEONE}|(?:him|her|them) with)(?! (?:with )?(?:to (?:bang|knock)"
        rf" their heads|legal|court|the sack|no pudding|an early))"
        r"|(?:dig(?:ging)?|digs?) (?:his|her|your|their) grave|(?:sent|posted|left"
        r"|pushed)[^.]{0,30}?(?:coffin|bullet|wreath|funeral|dead (?:flowers|rat|bird|roses"
        r"|cat)|noose)\b",
    ),
    concept(
        "meant_harm",
        _V,
        "baby each grou hurt litr thum list list "
        + heads(
            "kill murder finish bury gut swing burn drown stab smash break batter hang shoot"
            " slit slice cut cripple skin choke strangle torch wring snap sort deck floor hunt"
        ),
        rf"i{_WILL} (?:\w+ )?{_HARM} (?:in |for |out )?(?:{SOMEONE}|(?:his|her|their|that"
        rf" \w+'s) (?:\w+ )?(?:{BODY}|house|car|windows|van|legs)\b)(?! (?:a (?:favour"
        rf"|message|text|call|coffee|note)|off (?:my|the)|to (?:bed|sleep|school|the)"
        rf"|through (?:school|college)|down (?:for|to)|for (?:tea|dinner|lunch|christmas)|up"
        rf" (?:with|for|at)|home|know|about|back|out of|over (?:for|to|on)|here|there|some"
        rf"|something|nice|their|his|her|a|an|proud|with (?:the|a|my) (?:kids|help|washing)))"
        rf"|(?:do|done|did) (?:him|her|them) (?:in|over|some damage|an injury|a mischief)\b"
        rf"|swing for {SOMEONE}|(?:have|had|get|got|put) {SOMEONE} (?:done|killed|seen to"
        rf"|sorted|shot|bumped off|in the ground|six feet under|under (?:the )?(?:ground"
        rf"|patio))\b"
        rf"|(?:do|serve|doing|worth) (?:the )?time for {SOMEONE}|worth (?:the (?:sentence"
        rf"|prison|stretch|time)|going (?:to prison|down|inside)|doing time)"
        r"|how i'd (?:do|kill|get|hurt|make) (?:it to |each|every|him|her|them|those)"
        r"|there(?:'s| is) a list\b|(?:on|at the top of) my list\b(?=[^.]{0,40}(?:die|next"
        r"|kill|first|pay))",
    ),
    concept(
        "they_will_pay",
        _V,
        "answ beg brea chri comi dese find gets gett last live owe owes pay rema regr sees"
        " sorr walk wake wish wont won't wher",
        rf"(?:he|she|they|that (?:man|woman|bastard|boy|lad|bitch)|{SOMEONE})(?:'s|'ll|'re|"
        rf" is| are| will| won't| wouldn't|'d| has| have)(?: \w+){{0,3}}? (?:pay (?:for|back"
        rf"|with)|get what(?:'s| is|s) (?:coming|owed)|getting what|what(?:'s| he| she|"
        rf" they)(?: has| have| is)? coming|got it coming|regret|be sorry|beg(?:ging)? me"
        rf"|wish (?:he|she|they)(?:'d|'s| had)? never (?:been born|met|set)|never (?:walk"
        rf"|see|lay|touch|do it|speak|smile|hurt|breathe)|won't see (?:christmas|easter|the"
        rf"|his|her|another)|see (?:christmas|another (?:day|birthday|sunrise))|a dead"
        rf" (?:man|woman)|dead meat|living on borrowed|be next)\b(?! (?:of it|about (?:it"
        rf"|the)|it on|how to))"
        r"|(?:he|she|they)(?:'s|'re|s| is| are) (?:a )?dead (?:man|woman|meat|already)\b"
        r"|(?:him|her|them) or me\b|one of us (?:is|will|'ll|has|leaves|going"
        r"|ends)[^.]{0,30}(?:box|dead|ground|carried|coffin|bag)"
        r"|(?:settle|even|square) (?:the|it|this|a|up|my) (?:score|old score|with (?:him|her"
        r"|them)|debt)|(?:get(?:ting)?|got|getting) (?:my own back|even with|back at (?:him"
        r"|her|them))|an eye for an eye|blood for blood|(?:his|her|their) (?:time|day"
        r"|turn)(?:'s| is) (?:coming|up|near)",
    ),
    concept(
        "armed",
        _V,
        "rope duct tape cabl zip spad shov petr glov bala tarp bin "
        + "bag bed belt blad boot boug car coat door draw fetc glov got hall hid hidd keep"
        " keys kept pack pill pock put rea rucks ruck seat shar slee sock stas take took"
        " trun under unde wait wais load code cabi safe sharp carr",
        rf"(?:i've|i have|i|got|i've got|ive got|there's|keep|kept|keeping|carry|carrying"
        rf"|carried|put|hid|took|take|brought|bought|ordered|packed|sharpen(?:ed|ing)?|have"
        rf"|had|with) (?:\w+ )?(?:a|an|the|my|me|his|dad's|grandad's|some|two|that|this|one"
        rf" of the) (?:[\w'-]+ ){{0,3}}?{WEAPON}\b"
        rf"(?:[^.;]{{0,25}}?\b(?:in|under|behind|beside|by|up|down|inside|on|at) (?:the|my"
        rf"|me|his|her) (?:\w+ )?(?:hall|boot|trunk|car|van|coat|pocket|jacket|glove ?box"
        rf"|seat|bed|pillow|door|sleeve|waistband|belt|sock|bag|rucksack|backpack|locker"
        rf"|drawer|sofa|mattress|dashboard|desk)\b|[^.;]{{0,40}}?\b(?:for (?:him|her|them"
        rf"|when (?:he|she|they))|(?:waiting|ready)(?: on| for)? (?:him|her|them|when|if)|in"
        rf" case (?:he|she|they)|if (?:he|she|they) (?:come|start|look|touch|turn)))"
        rf"|(?:{WEAPON}|it)\b(?:'s| is|'s still| lives| stays)? (?:now )?(?:on the seat|in"
        rf" the boot|under the seat|under my pillow|in my (?:bag|coat|pocket|locker|car)"
        rf"|loaded|behind the door)"
        rf"|(?:sharpen\w*|load(?:ed|ing)|clean(?:ed|ing)|oil(?:ed|ing)) (?:the|a|my|his"
        rf"|dad's) (?:\w+ )?{WEAPON}\b(?! (?:for (?:the )?(?:lambs?|carving|sunday|work"
        rf"|shift|roast)))"
        r"|(?:gun|dad's|cabinet|safe|key to the) (?:cabinet )?(?:code|combination"
        r"|keys?)\b[^.]{0,20}?(?:since|from|of|i've|i know|memori)"
        r"|(?:rope|duct tape|tape|cable ties|zip ties|spade|shovel|petrol|gloves|balaclava"
        r"|bin bags|tarpaulin|quicklime)(?:,| and|, and) (?:the |a |some |my )?(?:rope|duct"
        r" tape|tape|cable ties|zip ties|spade|shovel|petrol|gloves|balaclava|bin bags"
        r"|tarpaulin|knife|matches)\b[^.]{0,40}?(?:van|boot|car|bag|ready|shed|for (?:him"
        r"|her)|waiting)",
        beside="gun guns shot rifl pist shoo piec gloc revo air cros knif kniv blad mach axe hatc"
        " slas hamm bat base crow tyre tire iron bar span wren scre chis shov spad poke golf"
        " cosh knuc tase acid petr ligh bric stan razo swor clea scis blea pois bull ammo"
        " matc half pang cart nunc cata pitc syri rope it duct tape cabl zip gues glov bala"
        " tarp dad's dad cabi code safe key",
    ),
    concept(
        "lay_in_wait",
        _V,
        "wait foll park sat stoo outs wher wind addr curt hous rout mapp map shif plat leav"
        " walk gate stal watc loca gps trac unde know",
        rf"(?:i(?:'ve| have|'m|'d| was| am| been|'ve been|ve)?|been) (?:\w+ )?(?:waiting"
        rf"|waited|wait|sat|sitting|parked|parking|stood|standing|hiding|hid|lurking"
        rf"|following|followed|watching|watched|tracking|tracked|trailing|tailing) (?:[\w']+"
        rf" ){{0,3}}?(?:outside|opposite|across from|under|behind|near|up the road from|at"
        rf" the end of|by) (?:his|her|their|the) (?:\w+ )?(?:house|flat|place|work|office"
        rf"|window|gym|school|gate|gates|street|road|building|mum's|new|pub|car|front)"
        rf"|i(?:'ve| have|'m| am| was|'ve been|'ve started)? (?:\w+ )?(?:follow(?:ed|ing)?"
        rf"|tail(?:ed|ing)?|stalk(?:ed|ing)?|track(?:ed|ing)?) (?:him|her|them|{SOMEONE})(?:"
        rf" (?:home|round|from|to|all|again|back|every|twice|three|on the|down|for))(?!"
        rf" (?:instagram|insta|twitter|tiktok|facebook|advice|lead))"
        r"|i(?:'ve| have)? (?:\w+ )?(?:know|found out|worked out|learned|learnt|got|wrote"
        r" down|memorised|mapped|noted) (?:[\w']+ ){0,3}?(?:where|when|what time|which \w+)"
        r" (?:he|she|they|my (?:\w+ )?(?:boss|supervisor|manager|ex|landlord|neighbour"
        r"|stepdad)|that \w+|the (?:man|guy|bloke|lad|woman|driver|judge|one who)\b)(?:'s"
        r"|'re| are| is)? (?:now |all )?(?:lives?|living|parks?|leaves|leave|walks?|drinks?"
        r"|works?|working|sleeps?|gets|finish\w*|moved|staying|goes|sits?|sit)\b"
        r"|(?:his|her|their) (?:routine|shifts?|route|routes|timetable|number ?plate|new"
        r" address|movements)\b[^.]{0,30}?(?:off by heart|by heart|written|memor|noted"
        r"|mapped|down to|i know|notebook)|where (?:people|they|everyone) sits?\b|where i'd"
        r" (?:come in|go in|start|stand|park)"
        r"|(?:see|let|want) (?:her|him|them) (?:to )?(?:know|see) (?:that )?i know where",
    ),
    concept(
        "violence_in_mind",
        _V,
        heads(
            "picture imagine image vision fantasise fantasy dream flash think thought urge see"
            " want wanna afraid scared plan rehearse ready itch die love like going gonna about"
            " tempt close inch near almost whisker feel felt decide swore play work"
        ),
        rf"{_SEES} (?:[\w']+ ){{0,4}}?(?P<term>{_VIOLENT_ING} (?:in |on |out |at |into |over"
        rf" |up |down |off |through )?(?:the (?:hell|shit|life|living daylights) out of"
        rf" )?(?:{SOMEONE}|(?:his|her|their|that \w+'s) (?:\w+ )?(?:{BODY}|house|car"
        rf"|place)\b))(?! (?:a (?:bit|text|message|lift|kiss|party|surprise|bone|coffee)"
        rf"|feelings|in my (?:new|next) (?:book|novel|story)|at (?:chess|tennis|cards"
        rf"|scrabble|darts)|off the (?:list|team)|by (?:leaving|saying|telling|not)|with the"
        rf" truth|when i (?:tell|leave|die)|to (?:it|bed|the)|out of (?:the|my|bed)|more"
        rf" than))"
        rf"|(?:hurt|hit|kill|do) (?:someone|somebody|anyone)\b[^.]{{0,12}}(?:one (?:day|of"
        rf" these)|soon|before (?:long|the)|if (?:this|i don't|it)|and (?:i'd|i'll|enjoy"
        rf"|mean))",
        beside="hit hitt punc slap kick stab kill stra chok thro smot drow shoo burn hurt batt smas"
        " push shov shak beat cut cutt slas pois run runn ramm brea ram deck thum swin murd"
        " lamp glas bott knif do",
    ),
    concept(
        "close_call",
        _V,
        "quie armo away clos coun fist grip held hold inch nail near neck rais red stop took"
        " walk swin wall hand",
        rf"(?:raised|lifted|pulled back|drew back|clenched|balled|cocked) (?:my|a) (?:hand"
        rf"|fist|arm|foot)s? (?:to|at|back|up|over|and (?:he|she|they|the)) (?:{SOMEONE})?"
        rf"|(?:see|saw|seen|seeing) (?:pure )?red\b(?! (?:flags?|lights?|spots|kites?|wine"
        rf"|dress|deer|squirrel))|red mist"
        rf"|(?:had to|have to) (?:be )?(?:pull(?:ed)?|drag(?:ged)?|held|hold|hauled) (?:me"
        rf" )?(?:off|back|away)(?: from| of)? (?:{SOMEONE})?|(?:took|needed) (?:two|three"
        rf"|four|six) (?:of them|men|lads|people|staff|nurses) to (?:get|pull|hold|drag) me"
        rf"|what (?:i'd|i might|i could|i would|i'm capable of|i was about to|i'm going to"
        rf"|i'll) (?:do|done)(?: \w+)? (?:to|with|if) (?:{SOMEONE}|i (?:see|saw|get|got"
        rf"|catch|find))|don't trust (?:myself|my hands) (?:with|around|near|alone|if|when"
        rf"|not to)"
        r"|wanted? (?:him|her|it|them|that \w+) (?:to (?:suffer|hurt|bleed|die|scream|stop"
        r" breathing)|quiet for good|dead|gone for good)\b(?! (?:set|centre|on time))",
    ),
    concept(
        "pleased_by_fear",
        _V,
        "afra flin scar fear face fli felt feel pow shak craw cry beg whit sorr",
        r"(?:he|she|they|her|his|their|him|them)(?: face)?(?:'s|s)? (?:\w+ )?(?:flinch\w*|go"
        r" white|went white|cower\w*|whimper\w*|pleading|(?:scared|afraid|frightened"
        r"|terrified) of me)\b(?=[^.]{0,40}(?:felt|feel|good|tall|like|love|enjoy|smil|laugh"
        r"|power))"
        r"|(?:not|ain't|wasn't|aren't) (?:one bit |a bit |even |remotely |the least bit"
        r" )?sorry\b[^.]{0,20}(?:did it|he|she|hit|do it again)|i'd do it again\b|(?:would"
        r"|'d) do (?:the same|it) again\b(?! (?:in a heartbeat, (?:childbirth|marry)"
        r"|tomorrow, the (?:trip|walk)))",
    ),
)

CONCEPTS: tuple[Concept, ...] = THREATS
