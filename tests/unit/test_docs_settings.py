"""docs/deployment.md is true: it names every setting with its default."""

import re
import tomllib
from pathlib import Path

from deployments.config import FORGIVEN, ROOT, Settings

DOCUMENT = (ROOT / "docs" / "deployment.md").read_text()
SECTION = DOCUMENT.split("\n## Settings\n", 1)[1].split("\n## ", 1)[0]
ROW = re.compile(r"^\| `(\w+)`( °)? \| (`[^`]+`|none) \| \S.* \|$", re.MULTILINE)


def as_toml(value: object) -> object:
    """Return a default as a TOML file holds it; folders are named from the repository."""
    if isinstance(value, Path):
        return str(value.relative_to(ROOT))
    return list(value) if isinstance(value, tuple) else value


def documented(default: str) -> object:
    return None if default == "none" else tomllib.loads(f"value = {default.strip('`')}")["value"]


def test_the_table_holds_every_setting_with_its_default() -> None:
    written = [(name, documented(default)) for name, _, default in ROW.findall(SECTION)]
    declared = [(name, as_toml(each.default)) for name, each in Settings.model_fields.items()]
    assert written == declared


def test_every_row_of_the_table_is_read() -> None:
    assert len(ROW.findall(SECTION)) == SECTION.count("\n| `")


def test_the_marked_settings_are_those_that_are_forgiven() -> None:
    assert {name for name, mark, _ in ROW.findall(SECTION) if mark} == FORGIVEN


def test_the_example_is_a_valid_file() -> None:
    block = SECTION.split("    # notes.toml\n", 1)[1].split("\n\n", 1)[0]
    values = tomllib.loads(re.sub(r"^ {4}", "", block, flags=re.MULTILINE))
    assert values
    Settings(**values)
