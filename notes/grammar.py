"""What the model may write in a section, as a GBNF grammar of llama.cpp.

The language is narrow on purpose: every text of it is a section that `parsing.py` takes without
changing a word, for any model, temperature and seed, but for sentences that repeat the question.
"""

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


@cache
def section_grammar(section: SectionStyle) -> str:
    """Return the grammar of one section's text; a leading space follows its heading."""
    opening = f"{' ' if section.heading else ''}{section.opening}"
    gap = f"{opening} " if section.opening else opening
    num_given = len(section.opening.split()) + 1
    least = max(section.min_words - num_given, 0)
    most = min(section.max_words + _SLACK_WORDS, _MOST_WORDS) - num_given
    absent = f' | " {NOT_DISCUSSED}"' if section.is_optional else ""
    first = min(least, _SENTENCE_WORDS)
    text = f'"{gap}" word on{{{first}}} more{{{least - first},{most - first}}} end'
    return f"root ::= {text}{absent}{_RULES}"


def max_tokens(section: SectionStyle) -> int:
    """Return a limit on tokens that lets the longest text of ordinary words end by itself."""
    return round((section.max_words + _SLACK_WORDS) * 2.2) + 8
