"""Open classes of drink, drugs and pills, and of what they come in."""

DRINK = (
    r"(?:wine|jack\b|jd|jack daniel'?s|captain morgan|smirnoff|glen's|absolut|malibu"
    r"|cava|pinot|chardonnay|malbec|shiraz|sauvignon|lambrini|absinthe|ouzo|raki|grappa"
    r"|limoncello|prosecco|fizz|champagne|merlot|rioja|meursault|vodka|vodkas|voddy"
    r"|whisk\w+|scotch|bells|bell's|jameson|rum|bacardi|gin|gins|beers?|lager|stella"
    r"|special brew|cider|liquor|tequila|alcohol|booze|bourbon|brandy|sherry|port"
    r"|schnapps|baileys|sambuca|spirits?|drinks?|sake|soju|baijiu|poit[ií]n|poteen|hooch"
    r"|moonshine|ogogoro|kachasu|changaa|kill me quick|palm wine|buckfast|bucky"
    r"|strongbow|frosty jack\w*|white lightning|pegs?|arrack|toddy|feni|pints?|tinnies"
    r"|shots?|cans|stubbies|goon|pruno|meths|methylated|mouthwash|hand gel|hand"
    r" sanitiser|hand sanitizer|sanitiser|sanitizer|aftershave|cooking wine|bevv?y"
    r"|bevvies|scoops)"
)
VESSEL = (
    r"(?:bottles?|litres?|liters?|crates?|fifths?|handles?|box|boxes|cans?|pints?"
    r"|glasses|pegs?|shots?|jars|tins|tinnies|six[- ]packs?|cases?|slabs?|quarters?"
    r"|half[- ]bottles?|flagons?|magnums?|bags?|grams?|points?|wraps?|rocks?|lines?"
    r"|pipes?|hits?|baggies|keys|bumps?|ounces?|eighths?|teenths?|canisters?|balloons?"
    r"|blister packs?|boxes|strips?|packets?|packs?|joints?|units)"
)
DRUG = (
    r"(?:heroin|smack|skag|gear|brown|china white|dope|tar|meth|tina|shabu|crystal|coke"
    r"|cocaine|charlie|sniff|chop|crack|fentanyl|fent|fenty|nitazenes?|oxy\w*|blues"
    r"|percs?|percocet|opioids?|opiates?|morphine|oramorph|methadone|subs|subutex"
    r"|suboxone|tramadol|trammies|codeine|co-?codamol|dihydrocodeine|df ?118s?|lean"
    r"|syrup|ketamine|ket|speed|whizz|amphet\w*|phet|adderall|ritalin|concerta|mdma"
    r"|mandy|molly|pills|pingers|eckies|acid|lsd|ghb|gbl|mcat|mephedrone|spice|mamba"
    r"|mojo|xanax|xannies|zannies|xans|bars|benzos?|valium|vallies|diazepam|diazzies"
    r"|temazepam|zopiclone|zimmers|zolpidem|ambien|clonazepam|lorazepam|pregabs?"
    r"|pregabalin|lyrica|gabbies|gabapentin|glue|gas|butane|lighter gas|aerosols?"
    r"|deodorant|lynx|petrol|solvents?|thinners|nos|nitrous|balloons|poppers|khat|kratom"
    r"|tianeptine|nyaope|whoonga|tik|captagon|chems|drugs?|sleepers|sleeping tablets"
    r"|painkillers|nurofen plus)"
)
PILL = (
    r"(?:tablets?|pills?|painkillers|sleepers|sleeping (?:tablets|pills)|capsules"
    r"|codeine|co-?codamol|tramadol|diazepam|valium|xanax|zopiclone|pregabalin"
    r"|gabapentin|benzos?|oramorph|patches|benadryl|night nurse|oxys?|oxycodone|morphine"
    r"|dihydrocodeine|nurofen plus|adderall|ritalin|adhd (?:pills|meds|tablets)"
    r"|temazepam|lorazepam|clonazepam|zolpidem|meds|medication|ambien|methadone|blues"
    r"|percs|pethidine|ampoules|fentan[iy]l|lyrica|oramorph|gummies|sleeping pills|beta"
    r" ?blockers)"
)
