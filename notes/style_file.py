"""A practice's own note styles: one TOML file each, read once, when the service starts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from notes.claims import RISK_KEY
from notes.errors import ConfigurationError, StyleFileError
from notes.style import BUILT_IN, NoteStyle, SectionStyle, StyleBook
from notes.style_rules import RISK_HEADING, fault

T = TypeVar("T", str, int, bool)

_KINDS: Mapping[type, str] = {str: "a text in quotes", int: "a whole number", bool: "true or false"}
_STYLE_KEYS = ("instruction", "min_words", "max_words", "long_max_words", "section")
_SECTION_KEYS = ("key", "heading", "opening", "min_words", "max_words", "is_optional")


def read_styles(folder: Path | None) -> StyleBook:
    """Return the built-in styles and those of the folder's TOML files, called as their files.

    Raises ConfigurationError, and StyleFileError for a wrong file, which say what to do.
    """
    if folder is None:
        return BUILT_IN
    if not folder.is_dir():
        raise ConfigurationError(
            reason=f"The setting styles_dir: {folder} is not a folder. Make it, or leave the "
            "setting out."
        )
    own = (parse_style(path.stem, _text_of(path)) for path in sorted(folder.glob("*.toml")))
    return StyleBook((*BUILT_IN.styles, *own))


def parse_style(name: str, text: str) -> NoteStyle:
    """Return the style that the file `name`.toml describes; raises StyleFileError."""
    file = f"{name}.toml"
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StyleFileError(file=file, reason=f"it is not TOML: {error}.") from None
    table = _Table(file, "", values)
    table.refuse_unknown(_STYLE_KEYS)
    style = NoteStyle(
        name=name,
        instruction=table.value("instruction", str),
        sections=tuple(_section(each) for each in table.tables("section")),
        min_words=table.value("min_words", int, 30),
        max_words=table.value("max_words", int, 70),
        long_max_words=table.value("long_max_words", int, 150),
    )
    if reason := fault(style):
        raise StyleFileError(file=file, reason=reason)
    return style


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a style file; `place` is "" for the file itself, or " of section 2"."""

    file: str
    place: str
    values: Mapping[str, object]

    def value(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return what stands under a key, which must be there unless it has a default."""
        value = self.values.get(key, default)
        if value is None:
            raise self._error(f"`{key}`{self.place} is missing. Write it: {_KINDS[kind]}.")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self._error(f"`{key}`{self.place} must be {_KINDS[kind]}.")
        return value

    def tables(self, key: str) -> tuple["_Table", ...]:
        """Return the tables of a list of them, which are counted from 1."""
        listed = self.values.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise self._error(f"begin each {key} with a line [[{key}]], two brackets on each side.")
        return tuple(
            _Table(self.file, f" of {key} {number}", each)
            for number, each in enumerate(listed, start=1)
        )

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        """Raise StyleFileError where a key stands that nothing reads."""
        for key in self.values:
            if key not in known:
                names = ", ".join(f"`{each}`" for each in known)
                raise self._error(
                    f"`{key}`{self.place} is not known. Take it out, or write one of {names}."
                )

    def _error(self, reason: str) -> StyleFileError:
        return StyleFileError(file=self.file, reason=reason)


def _section(table: _Table) -> SectionStyle:
    table.refuse_unknown(_SECTION_KEYS)
    key = table.value("key", str)
    is_risk = key == RISK_KEY
    return SectionStyle(
        key=key,
        heading=table.value("heading", str, RISK_HEADING if is_risk else ""),
        min_words=table.value("min_words", int, 6 if is_risk else 8),
        max_words=table.value("max_words", int, 14),
        opening=table.value("opening", str, ""),
        is_optional=table.value("is_optional", bool, True),
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise StyleFileError(file=path.name, reason="it is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        reason = f"it cannot be read ({error.strerror}). Let the service's user read it."
        raise StyleFileError(file=path.name, reason=reason) from error
