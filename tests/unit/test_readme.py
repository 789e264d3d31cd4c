"""The README is true: its tree, its verbs, its curl lines."""

import re
import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def tree_paths() -> list[str]:
    """Return the paths of the README's tree; two spaces of indentation are one folder."""
    block = README.split("## The tree", 1)[1].split("```")[1]
    stack: list[str] = []
    paths: list[str] = []
    for line in block.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        names = re.split(r"\s{2,}", line.strip())[0]
        for name in names.split(" "):
            stack[depth:] = [name.rstrip("/")]
            paths.append("/".join(stack))
    return paths


def tracked() -> set[str]:
    """Return every file that git knows or would take, and every folder of them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    files = {name for name in listed if name}
    return files | {str(parent) for name in files for parent in Path(name).parents}


def test_everything_in_the_tree_exists() -> None:
    assert [path for path in tree_paths() if path not in tracked()] == []


def test_everything_at_the_top_is_in_the_tree() -> None:
    top = {name.split("/")[0] for name in tracked()} - {"."}
    hidden = {name for name in top if name.startswith(".")}
    assert top - hidden - set(tree_paths()) == set()


def test_every_file_of_the_rooms_is_in_the_tree() -> None:
    rooms = ("notes/", "models/engine/", "db/", "deployments/")
    known = set(tree_paths())
    files = {
        name
        for name in tracked()
        if name.startswith(rooms) and name.endswith(".py") and not name.endswith("__init__.py")
    }
    folders = leaves(known)
    unnamed = {n for n in files if n not in known and not folders & set(map(str, Path(n).parents))}
    assert unnamed == set()


def leaves(known: set[str]) -> set[str]:
    """Return the folders that the tree names without going into them."""
    return {path for path in known if not any(other.startswith(path + "/") for other in known)}


def test_the_verbs_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    verbs = set(re.findall(r"^    make ([a-z-]+)", README, re.M))
    verbs |= set(re.findall(r"`make ([a-z-]+)", README))
    assert {verb for verb in verbs if f"\n{verb}:" not in makefile} == set()
    assert {"serve", "test"} <= verbs


def test_the_curl_lines_are_whole_commands() -> None:
    lines = [line.strip() for line in README.splitlines() if "curl " in line and "http" in line]
    assert len(lines) == 3
    for line in lines:
        assert shlex.split(line.replace("$(", "").rstrip(")"))


def test_the_documents_exist() -> None:
    for name in re.findall(r"\]\(([\w/]+\.md)\)", README):
        assert (ROOT / name).is_file()
