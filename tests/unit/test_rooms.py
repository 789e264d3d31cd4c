"""What may stand where, beyond what import-linter can say (docs: CONTRIBUTING.md)."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("notes", "models", "db", "deployments", "train_jobs", "bench", "scripts")

# A library, and the files or folders that may import it.
HOMES = {
    "llama_cpp": ("models/engine/llama_", "models/gguf/", "scripts/", "bench/"),
    "sqlalchemy": ("db/",),
    "torch": ("train_jobs/",),
    "transformers": ("train_jobs/",),
    "peft": ("train_jobs/",),
    "trl": ("train_jobs/",),
}
CALLS = {
    "bind": ("deployments/app.py",),
    "commit": ("db/session.py",),
}


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())) for path in paths)


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def called(tree: ast.Module) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_stays_in_its_room(library: str) -> None:
    users = {path for path, tree in sources() if library in imported(tree)}
    assert {path for path in users if not path.startswith(HOMES[library])} == set()


def test_training_reads_the_database_in_one_file() -> None:
    users = {path for path, tree in sources() if "db" in imported(tree)}
    found = {path for path in users if path.startswith("train_jobs/")}
    assert found == {"train_jobs/export_reviewed.py"}


@pytest.mark.parametrize("method", sorted(CALLS))
def test_a_call_stays_in_its_file(method: str) -> None:
    callers = {path for path, tree in sources() if method in called(tree)}
    # A socket is bound too, by what looks for free ports.
    assert {path for path in callers if not path.startswith(("scripts/", "bench/"))} <= set(
        CALLS[method]
    )


def test_chat_tags_are_written_in_one_file() -> None:
    tags = ("<|im_start|>", "<|assistant|>", "<|end|>")
    writers = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(tag in node.value for tag in tags)
    }
    # The registry recognizes a model's format by them; it does not render.
    assert writers - {"models/gguf/metadata.py", "models/sources.py"} == {"notes/prompt.py"}


def test_http_exceptions_are_raised_in_one_file() -> None:
    users = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "HTTPException"
    }
    assert users <= {"deployments/http_errors.py"}
