"""Triggers for dangerous use of drink and drugs: amount, need, mixing, lapse, driving."""

from notes.risk.concepts import Concept, concept
from notes.risk.findings import RiskCategory
from notes.risk.substances import DRINK, DRUG, PILL, VESSEL

_D = RiskCategory.SUBSTANCE
_N = (
    r"(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|sixteen|twenty|thirty|forty|half a|a whole|the whole|\d+|most of a|the best part"
    r" of a|a good)"
)

_OFTEN = (
    r"(?:a|every|each|per|most|of a|by|before|since|in (?:a|one)|through the|between"
    r"|nightly|daily|on my own|alone|by myself|to myself|of an?)"
)

AMOUNT = (
    concept(
        "how_much",
        _D,
        "bott box boxe cans case crat eigh fift flag glas gram hand half jar lite litr line"
        " magn ounc pack peg pegs pint poin quar rock shot slab six stri tinn tins unit wrap"
        " bag bags pipe hit ball cani bump key keys stub",
        rf"{_N}(?: or (?:\w+))? (?:\w+ )?{VESSEL} (?:of (?:[\w'-]+ ){{0,2}}?(?:{DRINK}"
        rf"|{DRUG}|the hard stuff|it)?\b ?)?(?:{_OFTEN}\b(?! (?:the (?:two|four|three|both"
        rf"|lot) of us|us\b))|(?:before|by|at) (?:lunch\w*|noon|ten|work|breakfast|nine"
        rf"|eleven|bed)|and (?:that's|still|then) (?:just|before|only|the)|daily|nightly"
        rf"|tonight|last night)(?! (?:of (?:milk|water|squash|tea|coffee)|fruit|of tea|of"
        rf" water|christmas|(?:wedding|birthday|month|year|sunday) ?(?:with|lunch|roast)?))"
        rf"|(?:drink\w*|drank|finish\w*|through|put(?:ting)? away|up to|polish\w*|neck\w*"
        rf"|sink\w*|sank|down\w*|have|had|having|do|doing|did|smok\w+|snort\w*|use|using"
        rf"|need\w*|buy\w*|bought) (?:about |around |at least |maybe |like |up to |over"
        rf" )?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty"
        rf"|half|\d+|the whole|a whole|the best part of|most of)(?: or \w+)? (?:\w+"
        rf" )?(?:{VESSEL})(?: of)? (?:[\w'-]+ ){{0,2}}?(?:{DRINK}|{DRUG})\b(?! (?:at the"
        rf" wedding|over christmas))"
        rf"|(?:bottle|box|litre|fifth|handle|quarter|half[- ]?bottle) (?:of (?:\w+"
        rf" )?(?:{DRINK}|the hard stuff) )?(?:a|of a|every|each|per|most) (?:day|night"
        rf"|nights|evening|evenings|sitting)\b",
    ),
    concept(
        "drinks_to_cope",
        _D,
        "ques drin drun cup coff mug flas tea bott wate morn work shak stea need slee hand"
        " wake nip swig fridg hid hidd brea lunc hair lock desk tumb car park alon",
        rf"(?:{DRINK}|a drink|a nip|a swig|a sip|had one|have one|need one|(?:had|have|need"
        rf"|take) something|a drop|a tot)\b[^.]{{0,30}}?(?:in (?:my|the) (?:(?:coffee|tea)\b"
        rf"|mug|flask|thermos|water bottle|travel (?:cup|mug)|car|desk|locker|drawer|school"
        rf" run|handbag|tumbler|hospital|car park|toilet cistern|cistern|laundry|airing"
        rf" cupboard)|before (?:work|school|i can|breakfast|i get|the (?:kids|school)"
        rf"|getting|my feet|nine|ten|lunch|meetings)|first thing|in the (?:morning|mornings"
        rf"|shower)|to (?:stop|steady|settle) (?:the|my|me)|to (?:get (?:to sleep|off|going"
        rf"|up|through|out)|sleep|face|function|cope|numb|forget|be (?:able|normal)|feel"
        rf" normal|take the edge|knock me))(?! (?:fridge|with (?:dinner|lunch)))"
        rf"|(?:drink\w*|drank|drunk|neck\w*|hidden|hid|hide|hiding|stash\w*|top\w* up"
        rf"|sneak\w*|slip\w*)\b[^.]{{0,30}}?(?:before work|at work|on shift|in the car\b|in"
        rf" the morning|in secret|on my own every|alone|behind (?:his|her|their|my)|where"
        rf" (?:he|she|they|nobody)|from (?:my|the) (?:wife|husband|kids|family)|(?:bottles?"
        rf"|vodka|cans|empties|it) (?:in|under|behind|round|at the bottom)|till i (?:pass"
        rf"|fall|drop|sleep)|until i (?:pass|fall|drop|sleep|black)|to (?:stop|steady|sleep"
        rf"|cope|numb|forget|get (?:to sleep|through|going|off))|round the clock|all day"
        rf"|from (?:the minute|when i wake|morning|noon|six|seven|eight|nine|ten))"
        rf"|(?:hands|the shakes|shaking|shakes|tremor)\b[^.]{{0,40}}?\b(?:till|until|unless"
        rf"|without|stop|first (?:one|drink|can)|steady|{DRINK})|(?:can't|cannot|cant"
        rf"|couldn't|don't) (?:\w+ ){{0,3}}?(?:without|till|until) (?:a|the|my|i've had (?:a"
        rf"|my|one|the)|having) (?:\w+ )?(?:drink|{DRINK}|{DRUG}|line|hit|fix|joint|smoke"
        rf"|can|bump|pick-me-up)\b",
    ),
    concept(
        "cannot_stop",
        _D,
        "chas cont craz cut drin gett got habi help hook addi stop need rattl rat cluc depe"
        " crav itch stro",
        rf"(?:can't|cannot|cant|couldn't|won't|don't know how to|unable to|not able to|tried"
        rf" to|trying to|struggl\w+ to|hard to|meant to|keep meaning to) (?:\w+ )?(?:stop"
        rf"|leave|quit|cut (?:down|back)|get off|put down|come off|control|say no to|walk"
        rf" past) (?:\w+ )?(?:at (?:one|two|the one)|the (?:drink|bottle|stuff|booze|gear"
        rf"|wine|vodka)|drinking|using|it alone|{DRINK}|{DRUG}|smoking (?:weed|crack|it))\b"
        rf"|(?:hooked|dependent|addicted) (?:on|to) (?:the |my |my mum's |those |them |his "
        rf"|her )?(?:{DRUG}|{DRINK}|them|{PILL})\b(?! (?:baking|programme|game|show|app))"
        rf"|(?:rattling|clucking|dope ?sick|withdrawing|jonesing|roasting|strung out)\b(?!"
        rf" (?:off|around|windows?|chicken|lunch))|(?:sick|ill|shak\w+|sweat\w*|pouring"
        rf"|fits?|seizures?|bugs)\b[^.]{{0,30}}?(?:if i (?:don't|miss|stop|go without)|when"
        rf" i (?:don't|stop|try to stop|haven't)|without (?:it|my|a|them)|between (?:hits"
        rf"|doses|drinks))(?! (?:lunch|breakfast|coat|glasses|sleep))",
    ),
    concept(
        "pills_misused",
        _D,
        "oxyc rita tabl pill pain code co coco tram diaz vali xana zopi preg gaba benz sche"
        " meds medi blue perc nigh patc oxy ambi temaz loraz methad mum's nan's dose scri"
        " pres oram nuro morp ritali adde lyri sleep zolp clon",
        rf"(?:tak\w+|took|neck\w*|swallow\w*|pop\w*|had|having|eat\w*|chew\w*|crush\w*|up to"
        rf"|getting through|on|finish\w*|munch\w*|used up|gone through|go through|doubl\w+"
        rf"|tripl\w+) (?:about |like |maybe |at least )?(?:way |far |a lot )?(?:too many"
        rf"|extra|more|twice|double|triple|three times|\d+|four|five|six|seven|eight|nine"
        rf"|ten|twelve|fifteen|sixteen|twenty|thirty|forty|handfuls?|a handful|fistfuls?|a"
        rf" (?:whole )?(?:strip|box|sheet|packet|pack)|the (?:whole )?(?:strip|box|lot"
        rf"|week's|month's)|my (?:\w+ )?(?:mum's|nan's)|(?:my |me |her |his )?(?:mum|nan"
        rf"|mother|dad|wife|husband|son|daughter|sister|dog|gran|granny|auntie|aunty"
        rf"|grandad)'?s|someone else's|somebody else's|next door's)\b(?: [\w'-]+){{0,4}}?"
        rf" {PILL}(?! (?:for my (?:blood|heart|thyroid)|the doctor (?:said|put)|(?:in )?to"
        rf" (?:school|him|her|the|nursery)|round to|back to))"
        rf"|{PILL}\b[^.]{{0,50}}?(?:off the (?:internet|street|dark|net|lad)|online|from"
        rf" (?:a (?:mate|lad|man|fella|guy)|the street|my (?:mum|nan|mate|dad|sister)|three"
        rf"|two|different|the web|telegram|snapchat|the dark)|more than (?:i'm|it says"
        rf"|prescribed|the|i should)|than (?:prescribed|it says|i'm meant|the doctor)"
        rf"|run(?:s|ning)? out (?:early|before|by)|ran out|gone by|to get through|to get"
        rf" going|to get out of bed|not for pain|isn't the pain|not even for|on top of"
        rf"|washed down|with the (?:wine|vodka|gin|rum|drink|beer)|and (?:the |a |my"
        rf" )?(?:wine|vodka|gin|rum|whisky|bottle))"
        rf"|(?:second|two|three|different|another) (?:gps?|doctors?|pharmac\w+|surger\w+"
        rf"|chemists?|scripts?|clinics)\b[^.]{{0,50}}?(?:{PILL}|script|none of them|don't"
        rf" know|so i get|each)|(?:took|tak(?:e|en|ing)|steal\w*|stole|nick\w*|help\w*"
        rf" myself to|pinch\w*) (?:\w+ ){{0,3}}?(?:off the (?:ward|trolley|drug round)|from"
        rf" the (?:ward|cabinet|trolley|cupboard at work|pharmacy|drug)|(?:his|her|their|my"
        rf" \w+'s|mum's|nan's|the patients?'?s?) (?:\w+ )?{PILL})",
    ),
    concept(
        "mixed",
        _D,
        "pros xana zopi mix mixe mixi top plus wash chas",
        rf"{PILL}\b(?:[^.]{{0,40}}?)\b(?:with|and|on top of|on|plus|then|after|wash\w* down"
        rf" with|over) (?:[\w']+ ){{0,4}}?(?:{DRINK}|bottles?)\b|(?:{DRINK}"
        rf"|bottle)\b[^.]{{0,30}}?\b(?:and|with|on top of|plus|then|over|to wash down)"
        rf" (?:\w+ ){{0,3}}?(?:{PILL}|ghb|g|ket|ketamine|coke|benzos?|methadone)\b(?!"
        rf" (?:for (?:my )?(?:blood|headache|heart)))"
        r"|(?:speedball|snowball|goofball)s?\b|mix\w* (?:my|the|them|it|everything|uppers"
        r"|drinks? (?:and|with)|g (?:and|with)|ket (?:and|with)|coke (?:and|with))(?: \w+)?"
        r" (?:with|and) (?!flour|sugar|eggs|friends|business)",
    ),
)

USE = (
    concept(
        "whole_bottle",
        _D,
        "whol hole full enti myse bott box bag stri pack",
        rf"(?:a|the|my|that) (?:w?hole|full|entire) (?:[\w-]+ )?(?:bottle|box|strip|bag"
        rf"|sheet|packet|pack|crate|case|tray|month's|week's|lot of) (?:of (?:\w+"
        rf" )?(?:{DRINK}|{DRUG}|{PILL})|to myself|in (?:one|a|an)|on my own|by myself|gone"
        rf"|at once|down|before)\b",
    ),
    concept(
        "uses_drug",
        _D,
        "oxyc pill use heroi smac skag gear brow chin dope meth tina ice shab crys coke coca"
        " char crac rock ston whit fent nita oxy blue perc opio opia morp subs subu tram"
        " trammi lean keta ket spee base whiz amph adde rita mdma mand moll ping ecki acid"
        " ghb gbl mcat meph spic mamb xana xann zann xans bars benz vali vall diaz preg gabb"
        " glue gas buta ligh aero deod lynx petr solv pain nos nitr ball khat krat nyao"
        " tik chem pipe slam bump line lines shot g k drug sniff bag",
        rf"(?:us(?:ing|ed|e)|shoot(?:ing)?(?: up)?|shot(?: up)?|snort\w*|smok\w+|inject\w*"
        rf"|tak(?:e|ing)|took|do|doing|did|done|scor\w+|(?:went |gone |go |am |'m |been "
        rf"|fell )?back on|still on|sniff\w*|huff\w*|inhal\w*|bang(?:ing|ed)?|slam(?:ming"
        rf"|med)?|bump(?:ing)?|plug\w*|rail\w*|buy(?:ing)?|bought|had|having|need|picked up"
        rf"|pick(?:ing)? up|chas(?:e|ing)|boot\w*|pipe|line up|get(?:ting)?|got|sell my\w*)"
        rf" (?:(?:some|the|a|more|another|any|bit of|lines? of|bumps? of|a bit of|a line of"
        rf"|a bag of|shots? of|of|too much|his|loads of|daily|street|on the|bags? of)"
        rf" ){{0,3}}?{DRUG}\b(?! (?:test|tests|screen|counsell?or|worker|dealer|course"
        rf"|charge|rep|trial|skating|cream|hockey|bath|cube|pack|bag|up|camera|limit|dating"
        rf"|awareness|free|zero|diet|and chips|man|stove|station|lawnmower|can|with (?:ice"
        rf"|lemon|the kids)|for the (?:car|mower)|in (?:the|my) (?:car|tank)|out of|on"
        rf" (?:the )?(?:wall|fence|the porch)|of house|the (?:house|fence|kitchen|hall|door"
        rf"|bill)|bike|bill|mark|bomb))"
        r"|(?:did|do|doing|done|had|having|snort\w*|couple of|few|two|three|four|more|racked"
        r" up|rack up|chop\w* up|cut) (?:a |some |more |another |couple of |few )?(?:lines"
        r"|bumps|keys)\b(?! (?:of (?:code|poetry|dialogue|text|it|the)|in the|from|for the"
        r" play|at school|to the|with))|(?:bag|wrap|teenth|eighth|g|gram|ball|point) (?:a"
        r"|every|each) (?:day|night|weekend|week)|(?:sniff\w*|huff\w*|buzz\w*|inhal\w*"
        r"|squirt\w*|spray\w*)\b[^.]{0,30}?(?:deodorant|aerosol|lynx|gas|glue|petrol|paint"
        r"|thinners|can|canister|cans|lighter)\b|(?:it's|its|just|only) (?:only |just"
        r" )?(?:deodorant|gas|glue|balloons|weed|spice|nos|ket)\b"
        r"|(?:on|smok\w+|hitting|doing|using) (?:the )?(?:white|rocks|stones|ice|base"
        r"|g)\b(?! (?:rink|cube|wall|wine|cream|water|lolly|pack|bath|beach|hand|level))"
        r"|(?:needle|works|pin|spike|syringe|tourniquet) (?:\w+ )?(?:in|still in|hanging)"
        r" (?:my|the) (?:arm|groin|neck|foot|hand|leg)|(?:inject|injecting|injected|hit"
        r"|hitting|dig|digging|find|finding) (?:\w+ )?(?:in )?(?:my|the|a) (?:groin|neck"
        r"|vein|veins|foot|femoral)|(?:the )?slamming\b(?! (?:doors?|the|of))|shar(?:e|ed"
        r"|ing) (?:\w+ )?(?:needles?|works|pins|spoons?|a pin)\b|track ?marks\b|abscess\b",
    ),
    concept(
        "fell_off",
        _D,
        "gave wago slip laps rela pick chip day back clea sobe fell cave drie dry drin drun"
        " used usin blow blew off ben bend score",
        r"(?:fell|fallen|falling|tumbl\w+|came|jump\w*|been) (?:right |clean )?off (?:the"
        r"|my|that) wagon|(?:picked|pick|picking) up (?:again|a drink|the (?:drink|bottle"
        r"|pipe)|last|after|on|friday|saturday|my one-year)\b(?! (?:where|the (?:kids|phone"
        r"|thread|pieces)|from (?:school|nursery|work)))|(?:re)?laps\w*(?! (?:prevention|of"
        r" (?:memory|judgement|judgment|concentration|depress\w*|ms|taste|faith)|catholic"
        r"|kind|and remitting|remitting))|(?:cash\w*|handed|gave|threw|chucked|bin\w*)"
        r" (?:\w+ ){0,3}?(?:chip|medallion|keyring|coin)\b|(?:back|am|'m|again) (?:to|at"
        r"|on) (?:day (?:one|zero|nought)|square one with the drink|the (?:drink|bottle"
        r"|booze|gear|sauce|pipe|bevvy|vodka|piss|hard stuff|gin|wine|brown|rocks))\b"
        r"|(?:on|went on|gone on|back on|been on|hit|hitting) (?:a |the )?(?:\w+[- ]day"
        r" )?(?:bender|binge|the (?:drink|bottle|booze|sauce|lash|bevvy|piss|ale|batter"
        r"|tear) (?:again|since|every|all|for|most|hard|heavy)|sesh since)|(?:i|i've|ive)"
        r" (?:\w+ )?(?:used|scored|drank|slipped up|had a drink|blew it) (?:again |on |last"
        r" |at |twice |this |yesterday|since|after |friday|saturday|sunday|monday|tuesday"
        r"|wednesday|thursday)(?:[^.]{0,30}?(?:sober|clean|month|year|days|meeting|rehab"
        r"|detox|sponsor|slipped|chip))",
    ),
    concept(
        "drove_under",
        _D,
        "blew blow driv drov whee limi wron cras brea ban bann poli car van scho pull lift cabi",
        r"(?:blew|blow|blown|blowing) (?:\w+ ){0,3}?(?:over|times|the limit|double|twice"
        r"|positive|red|into|point|\d)|(?:over|times|twice|double|triple) (?:over )?the"
        r" (?:\w+ )?limit\b(?! (?:on the|of (?:my|the) (?:card|overdraft|time|patience)"
        r"|credit|speed|speeding))|(?:wrong side of|into|through|up) (?:the |a )?(?:barrier"
        r"|motorway|central reservation|hedge|ditch|lamp ?post|bollards?"
        r"|wall)\b[^.]{0,20}?(?:drunk|pissed|driv|friday|night)|drink[- ]?driv\w*|drunk[-"
        r" ]?driv\w*|drove (?:\w+ )?(?:drunk|pissed|hammered|wasted|stoned|high|on it|half"
        r" cut|after)\b|driv(?:e|ing|en) (?:\w+ ){0,3}?(?:drunk|pissed|hammered|wasted"
        r"|stoned|half cut|half asleep on|after (?:a|the|three|four|five|two) (?:few|pints"
        r"|bottle|drinks|glasses|cans|joint))|\b(?:dui|dwi)\b",
    ),
    concept(
        "drunk_often",
        _D,
        "dran drin high drun pass piss hamm leg wast plas stoc cann blot unwe sten fall fell"
        " coll sick wet vomi legle blad stum",
        r"(?:drunk|pissed|hammered|legless|wasted|plastered|blotto|unwell|paralytic|out of"
        r" it|off my (?:face|head)|steaming|ossified|sozzled|stoned|mashed|trashed) (?:\w+"
        r" )?(?:every|most|all|by|before|again|at work|on shift|at the school|with the"
        r" (?:kids|baby)|in charge|in front of the kids|since)\b(?! (?:fridays? at the"
        r"|freshers|wedding))|(?:every|most) (?:single )?(?:night|day|evening|morning"
        r"|weekend)s?\b[^.]{0,25}?(?:drunk|drinking|pissed|hammered|wasted|passed out|pass"
        r" out|unwell|stoned|high|on the (?:drink|sofa with a bottle))|(?:pass(?:ed|ing)?"
        r"|conk(?:ed)?) out (?:drunk|on the|at|in|with|from|every|most"
        r"|again)\b[^.]{0,25}?(?:drink|drunk|again|kids|wine|vodka|bottle|night|floor|stairs"
        r"|sofa)|(?:drank|drunk|drinking|drink) (?:before|at|during|through|instead of|all"
        r"|again|heavily|alone|myself|every|most|from|more than|straight|neat|until|till"
        r"|like a)\b(?! (?:tea|water|my (?:tea|coffee)|plenty|milk))(?!(?: \w+){0,3} (?:tea"
        r"|water|milk|coffee|squash)\b)",
    ),
)

CONCEPTS: tuple[Concept, ...] = (*AMOUNT, *USE)
