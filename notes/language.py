"""Which language each turn is in: its telling words, a detector's guess, and the turns around it.

Rules that read English must not read anything else, and must read all that is English: a name, an
"ok" or a foreign dish makes no turn foreign. What a turn itself shows counts most, and what it
leaves open is decided by what the same person, and then the other, says around it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from notes.transcript import ENGLISH, Transcript, Turn, parse_transcript

HINDI = "hi"
UNDETERMINED = "und"  # as in ISO 639-2

# A transcript is English when so great a share of its words is.
MAINLY = 0.9


@dataclass(frozen=True, slots=True)
class Guess:
    """What a detector takes a text for: a code of ISO 639, and how sure it is, from 0 to 1."""

    language: str
    confidence: float


class LanguageDetector(Protocol):
    """Tells the language of a short text."""

    def detect(self, text: str) -> Guess:
        """Return the likeliest language of one line of text, the same for the same text."""
        ...


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a note is written from: the transcript as it came, or its translation."""

    transcript: Transcript
    is_translation: bool


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How much speaks for English (above 0) or against it, in words; which other language."""

    weight: float
    language: str = UNDETERMINED
    is_clear: bool = False


_MOST_WORDS = 12.0  # more words of one turn say no more
_NEIGHBOURS = 4  # turns before and after
_OTHERS_WEIGHT = 0.25  # of what another speaker's language says of a turn
_MOST_PULL = 2.5  # what the turns around may weigh, in words
_ENGLISH_SHARE = 0.4  # of telling words in a turn; usual talk has about half
_SURE_GUESS = 0.8
_CLEAR_WORDS = 5
_TOO_FEW_WORDS = 1  # one word is guessed badly, and a guess that is not sure too
_SHORTEST_TRANSLATION = 0.25  # of the original's length; less is a part of it

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OTHER_LETTER = re.compile(r"[^\W\d_\x00-\u024f]")  # of no Latin alphabet

# Words that stand in nearly every English sentence and rarely in other languages.
_ENGLISH = frozenset(
    "the and you your yours that that's this these those they they're them their there there's "  # noqa: SIM905 - as text
    "it it's its i i'm i've i'd i'll im ive my myself we we're we've our he's she she's his her "
    "of with for from about because but not don't dont didn't didnt doesn't can't cant couldn't "
    "won't isn't wasn't haven't wouldn't shouldn't what what's when where which who how why then "
    "than if is was were been being are have has had do did does would could should can will just "
    "like know think thought feel feels felt feeling want wanted get got getting going gonna went "
    "really very some something someone anything everything all any every other more much "
    "yeah yes okay well still always never sometimes maybe even back out up down over into only "
    "again after before none nope nothing not um uh said say says tell told make makes made take "
    "things thing people time day "
    "days week night morning work home mum mom dad good bad too here now one two by at as to "
    "right kind sort lot little bit way keep kept let let's tried trying talk sleep help "
    "nice thanks thank".split()
)
# Hindi in Latin letters, which no detector knows; nothing that is also an English word.
_HINDI = frozenset(
    "hai hain haan nahi nahin nahee mujhe mujhko mera meri mere maine hum humne hamara hamari aap "  # noqa: SIM905 - as text
    "aapko aapka aapki aapke aapne tum tumhe tumhara kya kyun kyon kyu kaise kaisa kaisi kab kahan "
    "kaun kuch kuchh bahut bohot bahot thoda thodi zyada jyada accha achha acha achcha theek thik "
    "raha rahi rahe hota hoti hote hua hui hue tha thi karna karta karti karte karo karun kiya "
    "kar liye lekin magar aur phir fir bhi toh woh wo yeh ye isko usko uska uski uske isse usse "
    "mein se ka ki ke ko ab abhi kabhi sab sabhi koi kisi apna apni apne jab tab agar matlab "
    "lagta lagti laga gaya gayi gaye jata jati jaata jaati jaana jana aaj kal din raat ghar baat "
    "baar dard neend dukh gussa dimag man dil zindagi ji yaar bas sirf jaise waise itna kitna "
    "pata nahi sakta sakti sakte chahiye chahta chahti wala wali log maa papa beta beti pati patni "
    "soch sochta sochti marna marne thakan udaas pareshan hoon hun hu rehta rehti rehna".split()
)
# Of those, the ones that other languages have too: they count only beside others.
_ALSO_ELSEWHERE = frozenset(
    "se ka ki ke ko mein ye wo din man ji hum hue hu fir kar tab papa dil sab log pata bas "  # noqa: SIM905 - as text
    "gaya wala woh".split()
)


def with_languages(transcript: Transcript, detector: LanguageDetector) -> Transcript:
    """Return the transcript with the language of each turn; linear in its length."""
    evidence = [_read(turn.text, detector) for turn in transcript.turns]
    if all(own.weight >= 0 for own in evidence):
        return mark_languages(transcript, [ENGLISH] * len(evidence))
    is_foreign = [
        own.weight + pull < 0
        for own, pull in zip(evidence, _pulls(transcript.turns, evidence), strict=True)
    ]
    main = _main_foreign(evidence, is_foreign)
    languages = (
        (own.language if own.is_clear else main) if foreign else ENGLISH
        for own, foreign in zip(evidence, is_foreign, strict=True)
    )
    return mark_languages(transcript, tuple(languages))


def mark_languages(transcript: Transcript, languages: Sequence[str]) -> Transcript:
    """Return the transcript with these languages, one for each turn; none: as it is."""
    if not languages:
        return transcript
    pairs = zip(transcript.turns, languages, strict=True)
    turns = (
        turn if turn.language == language else replace(turn, language=language)
        for turn, language in pairs
    )
    return replace(transcript, turns=tuple(turns))


def language_shares(turns: Iterable[Turn]) -> dict[str, float]:
    """Return each language's share of the words, the greatest first."""
    counts = Counter[str]()
    for turn in turns:
        counts[turn.language] += len(turn.text.split())
    total = counts.total()
    return {language: round(count / total, 3) for language, count in counts.most_common()}


def is_english(transcript: Transcript) -> bool:
    """Say whether nearly all words of a transcript are English; one without words is."""
    return language_shares(transcript.turns).get(ENGLISH, 0.0) >= MAINLY or not transcript.turns


def read_source(original: str, translation: str | None, detector: LanguageDetector) -> SourceText:
    """Return what a note is written from: an English translation of what is not in English.

    A translation in another language, or of a small part only, is not used.
    """
    transcript = with_languages(parse_transcript(original), detector)
    if is_english(transcript) or len(translation or "") < _SHORTEST_TRANSLATION * len(original):
        return SourceText(transcript, is_translation=False)
    translated = with_languages(parse_transcript(translation or ""), detector)
    is_used = bool(translated.turns) and is_english(translated)
    return SourceText(translated if is_used else transcript, is_translation=is_used)


def _read(text: str, detector: LanguageDetector) -> _Evidence:
    """Return what a turn's own words say, with the detector's help where they say little."""
    words = _WORD.findall(text.casefold().replace("’", "'"))
    if not words:
        return _Evidence(0.0)
    if not text.isascii() and 2 * len(_OTHER_LETTER.findall(text)) > sum(map(len, words)):
        guess = detector.detect(text)
        language = UNDETERMINED if guess.language == ENGLISH else guess.language
        return _Evidence(-_MOST_WORDS, language, guess.confidence >= _SURE_GUESS)
    num_english = sum(word in _ENGLISH for word in words)
    hindi = [word for word in words if word in _HINDI]
    if _is_hindi(hindi, num_english, len(words)):
        return _Evidence(-min(2.0 * len(hindi), _MOST_WORDS), HINDI, is_clear=len(hindi) > 2)
    if num_english >= _ENGLISH_SHARE * len(words):
        return _Evidence(min(float(num_english), _MOST_WORDS))
    guess = detector.detect(text)
    weight = guess.confidence**2 * min(len(words) - _TOO_FEW_WORDS, _MOST_WORDS)
    if guess.language == ENGLISH:
        return _Evidence(weight)
    is_clear = guess.confidence >= _SURE_GUESS and len(words) >= _CLEAR_WORDS
    return _Evidence(2 * num_english - weight, guess.language, is_clear)


def _is_hindi(hindi: Sequence[str], num_english: int, num_words: int) -> bool:
    is_enough = len(hindi) > num_english and 4 * len(hindi) >= num_words
    return is_enough and any(word not in _ALSO_ELSEWHERE for word in hindi)


def _pulls(turns: Sequence[Turn], evidence: Sequence[_Evidence]) -> Iterator[float]:
    """Yield what the turns around each turn say of its language, most its own speaker's."""
    said = [
        ((turn.speaker, turn.label), own.weight) for turn, own in zip(turns, evidence, strict=True)
    ]
    for index, (speaker, weight) in enumerate(said):
        around = said[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1]
        same = sum(near for who, near in around if who == speaker) - weight
        others = sum(near for who, near in around if who != speaker)
        yield max(-_MOST_PULL, min(_MOST_PULL, (same + _OTHERS_WEIGHT * others) / 2))


def _main_foreign(evidence: Sequence[_Evidence], is_foreign: Sequence[bool]) -> str:
    """Return the language that most of the foreign words are in."""
    weights: dict[str, float] = {}
    for own, foreign in zip(evidence, is_foreign, strict=True):
        if foreign and own.weight < 0 and own.language != UNDETERMINED:
            weights[own.language] = weights.get(own.language, 0.0) - own.weight
    return max(weights, key=lambda language: weights[language], default=UNDETERMINED)
