"""What the model may write in a section, as a GBNF grammar of llama.cpp.

The language is narrow on purpose: every text of it is a section that `parsing.py` takes without
changing a word, for any model, temperature and seed, but for sentences that repeat the question.
"""

import re
from functools import cache

from notes.parsing import NOT_DISCUSSED
from notes.style import SectionStyle

# More words than a section may have: a sentence that is nearly done may end by itself, and
# `draft_from_branches` cuts what does not. A hard stop would make the model fill the last word.
_SLACK_WORDS = 8

# So many words after the opening a sentence goes on; then it may end, in a paragraph too.
_SENTENCE_WORDS = 12

# llama.cpp refuses grammars that repeat a rule more than 2,000 times.
_MOST_WORDS = 1500

# Words have the shape of words, so that a weak model cannot glue them together, and those counted
# here are those that a reader counts. There is no colon: it leads back into headings or dialogue.
_RULES = r"""
on ::= [,;]? " " word
more ::= [,;.!?]? " " word
word ::= part ("-" part){0,2}
part ::= (name | [A-Z] [A-Z]{1,5}) (['’] [a-z]{1,2})? | [0-9]{1,4} "%"?
name ::= [A-Za-zÀ-ÖØ-öø-ÿ] [a-zß-öø-ÿ]{0,19}
end ::= [.!?]
"""
_NAME = "[A-Za-zÀ-ÖØ-öø-ÿ][a-zß-öø-ÿ]{0,19}"
_PART = rf"(?:(?:{_NAME}|[A-Z][A-Z]{{1,5}})(?:['’][a-z]{{1,2}})?|[0-9]{{1,4}}%?)"
_WORD = rf"{_PART}(?:-{_PART}){{0,2}}"


@cache
def section_grammar(section: SectionStyle) -> str:
    """Return the grammar of one section's text; a leading space follows its heading."""
    lead = " " if section.heading else ""
    gap = f"{lead}{section.opening} " if section.opening else lead
    absent = f' | "{lead}{NOT_DISCUSSED}"' if section.is_optional else ""
    first, least, most = _lengths(section)
    text = f'"{gap}" word on{{{first}}} more{{{least},{most}}} end'
    return f"root ::= {text}{absent}{_RULES}"


def is_writable(text: str, section: SectionStyle) -> bool:
    """Tell whether the grammar lets a model write this text for a section: what training needs."""
    if section.is_optional and text == NOT_DISCUSSED:
        return True
    return _pattern(section).fullmatch(text) is not None


@cache
def _pattern(section: SectionStyle) -> re.Pattern[str]:
    """Return the grammar as a regular expression."""
    first, least, most = _lengths(section)
    opening = re.escape(f"{section.opening} ") if section.opening else ""
    on, more = f"(?:[,;]? {_WORD})", f"(?:[,;.!?]? {_WORD})"
    return re.compile(f"{opening}{_WORD}{on}{{{first}}}{more}{{{least},{most}}}[.!?]")


def _lengths(section: SectionStyle) -> tuple[int, int, int]:
    """Return how many words follow the first: in its sentence, then at least and at most."""
    num_given = len(section.opening.split()) + 1
    least = max(section.min_words - num_given, 0)
    most = min(section.max_words + _SLACK_WORDS, _MOST_WORDS) - num_given
    first = min(least, _SENTENCE_WORDS)
    return first, least - first, most - first


def max_tokens(section: SectionStyle) -> int:
    """Return a limit on tokens that lets the longest text of ordinary words end by itself."""
    return round((section.max_words + _SLACK_WORDS) * 2.2) + 8
