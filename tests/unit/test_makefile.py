"""The verbs of the project, and what each of them runs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def dry_run(*arguments: str) -> str:
    command = ["make", "--dry-run", "--always-make", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["setup"], "scripts/setup.sh"),
        (["model"], "-m scripts.install_model"),
        (["model", "SOURCE=/a b.gguf"], '-m scripts.install_model --source "/a b.gguf"'),
        (["test"], "-m pytest"),
        (["check"], "lint-imports"),
        (["evaluate", "DATA=/a b.csv"], '-m train_jobs.evaluate --data "/a b.csv"'),
        (["evaluate", "RISK=x", "ARGS=--quick"], '--risk "x" --quick'),
        (["serve"], "-m scripts.serve start"),
        (["serve", "LAN=1"], "-m scripts.serve start --lan"),
        (["stop"], "-m scripts.serve stop"),
        (["status"], "-m scripts.serve status"),
        (["logs"], "-m scripts.serve logs"),
        (["import-auralis", "FILE=x.db"], '-m scripts.import_auralis "x.db"'),
        (["import-auralis", "FILE=x.db", "ARGS=--join"], '"x.db" --join'),
    ],
)
def test_verbs_call_their_command(arguments: list[str], expected: str) -> None:
    assert expected in dry_run(*arguments)


@pytest.mark.parametrize("verb", ["stop", "status", "logs"])
def test_before_set_up_a_verb_says_what_to_do(tmp_path: Path, verb: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = subprocess.run(["make", verb], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Nothing is set up here; run `make setup`." in done.stderr
    assert "not found" not in done.stderr


def test_help_lists_every_verb() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^make (\S+)", done.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(phony.group(1).split())


def test_recipes_are_short() -> None:
    recipes = re.findall(r"(?m)(?:^\t.*\n?)+", (ROOT / "Makefile").read_text())
    assert all(recipe.count("\n") <= 5 for recipe in recipes)


def test_clean_leaves_data_and_models_alone() -> None:
    removed = dry_run("clean").split()
    assert not {".data", "models/store", "models", "notes.toml"} & set(removed)


def test_continuous_integration_calls_the_test_verb() -> None:
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
