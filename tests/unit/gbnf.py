"""A grammar of llama.cpp as a regular expression, for the subset that is not recursive."""

import re

_TOKEN = re.compile(r'"[^"]*"|\[[^\]]*\]|\{[\d,]+\}|\w+|[()|?*+]')


def as_regex(grammar: str) -> str:
    """Return a pattern whose full matches are exactly the grammar's language."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.strip().splitlines())

    def expand(token: str) -> str:
        if token.startswith('"'):
            return f"(?:{re.escape(token[1:-1])})"
        if token in rules:
            return f"(?:{body(token)})"
        assert token[0] in "[{()|?*+", f"no rule for {token}"
        return "(?:" if token == "(" else token

    def body(name: str) -> str:
        return "".join(expand(token) for token in _TOKEN.findall(rules[name]))

    return body("root")
