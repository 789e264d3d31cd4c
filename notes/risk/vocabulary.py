"""Open classes that the lexicons of violence, abuse, substances and psychosis share."""

from notes.risk.concepts import HEAD, ROLE

_WORK = (
    r"neighbou?rs?|landlord|landlady|tenant|lodger|receptionist|nurses?|doctor|gp|drivers?"
    r"|conductor|copper|cops?|police\w*|officer|guards?|bouncers?|doorman|warden|carers?|careworker"
    r"|aide|resident|inmate|flatmate|housemate|roomie|barman|waiter|waitress|cyclist|postman"
    r"|social worker|judge|priest|pastor|vicar|imam|coach|ref|referee|caretaker|supervisor|foreman"
    r"|manager|gaffer|head|headteacher|headmaster|tutor|sergeant|lawyer|solicitor|surgeon|boss"
)
_KIN = (
    r"missus|wife|hubby|husband|fella|fellas|fellow|bloke|blokes|lads?|lass|lassie|geezer|mates?"
    r"|dude|toddler|newborn|infant|twins|bairn|wean|wee one|little (?:one|ones|man|lad|girl)"
    r"|youngest|eldest|oldest|middle one|teenager|mam|ma|da|pa|nan|nana|gran|granny|grandad"
    r"|granddad|stepson|stepdad|stepmum|brother|sister|cousin|cuz|old man|old lady|bird|girlfriend"
    r"|boyfriend|bf|gf|partner|ex|love rat|other (?:woman|man|fella|bloke)|bully|bullies|thief"
    r"|burglar|prick|cunt|scum\w*|bitch|git|sod|idiot|kids?|children|auntie|uncle"
)
SOMEONE_NOUN = rf"(?:{ROLE}|{_WORK}|{_KIN})"
DETERMINER = (
    r"(?:my|me|his|her|their|our|the|that|this|a|an|some|another|your|every|one of"
    r" (?:the|my|them))"
)
SOMEONE = (
    r"(?:him|her|them|'em|em|some ?one|some ?body|any ?one|any ?body|everyone|everybody"
    r"|people|others"
    r"|the lot of (?:them|you)|both of (?:them|you)|each other"
    rf"|{DETERMINER} (?:[\w']+ ){{0,2}}?{SOMEONE_NOUN})\b"
)
THEY = (
    r"(?:he|she|they|who|someone|somebody|anyone|anybody|himself|herself|one of them"
    rf"|{DETERMINER} (?:[\w']+ ){{0,2}}?{SOMEONE_NOUN}|mum|mam|mom|dad|daddy|mummy|madam|sir|ma'am"
    r"|nan|auntie|pastor|coach|stepdad|stepmum|husband|hubby|wife|boyfriend|uncle"
    r"|grandad|chef|foreman|boss|oga|matron|sister)(?:'s|'d|'ll|'ve|s)?"
)
BODY = (
    r"(?:arms?|wrists?|legs?|face|mouth|chest|ribs?|back|neck|throat|head|hair|ears?|nose|jaw|teeth"
    r"|tooth|skull|eyes?|eye socket|hands?|fingers?|knuckles|feet|foot|knees?|shoulder|stomach"
    r"|belly|pelvis|collarbone|kidneys|cheek|lip|thigh|bottom|backside|head)"
)
WEAPON = (
    r"(?:guns?|shotguns?|rifle|pistol|shooter|piece|glock|revolver|air ?gun|crossbow|knife|knives"
    r"|blade|machete|axe|hatchet|slash hook|hammer|bat|baseball bat|crowbar|tyre iron|tire iron"
    r"|iron bar|bar|spanner|wrench|screwdriver|chisel|shovel|spade|poker|golf club|cosh|knuckle"
    r"|knuckleduster|taser|acid|petrol|lighter fluid|brick|stanley|razor|sword|cleaver"
    r"|scissors|bleach|poison|bullets?|ammo|half brick|panga|pangas|cartridges|nunchucks"
    r"|catapult|pitchfork|syringe|rope)"
)


def inflected(verbs: str) -> str:
    """Give the pattern of verbs in all their forms; a final e is left out ("chok" for choke)."""
    return rf"(?:{'|'.join(verbs.split())})(?:e?s?|\w?e?d|\w?ing|t|en)\b"


def heads(words: str) -> str:
    """Give the heads of key words, of short ones in their inflections too."""
    ends = ("", "s", "e", "ed", "ing", "t", "es", "d")
    grown = [w + end for w in words.split() for end in (*ends, w[-1] + "ed", w[-1] + "ing")]
    return " ".join(sorted({word[:HEAD] for word in grown}))


def upto(most: int) -> str:
    """Give the pattern of up to `most` words between two others, none of which denies."""
    return (
        r"(?: (?!(?:never|not|no|nobody|don't|doesn't|didn't|hasn't|haven't|wouldn't|won't"
        r"|isn't|wasn't"
        rf"|aren't|weren't|can't|couldn't|hadn't)\b)[\w']+){{0,{most}}}?"
    )
