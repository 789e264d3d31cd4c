"""`python -m scripts.setup [--dev|--train]`: bring .venv and the model to what the checkout needs.

Runs in .venv before anything is installed there, so it uses the standard library only. What has
been done is remembered in .venv, and done again only when what it depends on has changed.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from notes.errors import NotesError
from scripts.build_llama import RAN, BuildError, Wheel, build, candidate_wheels, prove

ROOT = Path(__file__).parent.parent
PYPROJECT = ROOT / "pyproject.toml"
STAMP = Path(sys.prefix) / "clinic-notes.json"
LLAMA = "llama-cpp-python"
TORCH_EXTRA = "train"


@dataclass(frozen=True, slots=True)
class Installed:
    """What is in .venv: which pyproject.toml, which build of llama.cpp, which extras."""

    pyproject: str = ""
    wheel: str = ""
    extras: tuple[str, ...] = ()

    def has(self, wanted: "Installed") -> bool:
        """Tell whether nothing is missing; an extra too many does no harm."""
        same = (self.pyproject, self.wheel) == (wanted.pyproject, wanted.wheel)
        return same and set(wanted.extras) <= set(self.extras)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.setup", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with what tests and checks need")
    parser.add_argument("--train", action="store_true", help="with what training needs")
    options = parser.parse_args(arguments)
    extras = {"dev": ("dev", "train"), "train": ("train",)}
    try:
        set_up(extras["dev"] if options.dev else extras["train"] if options.train else ())
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    except KeyboardInterrupt:
        return 130
    return 0


def set_up(extras: tuple[str, ...]) -> None:
    """Install with the best build of llama.cpp that writes a token on this machine."""
    verdict = ""
    for wheel in candidate_wheels(pinned_version(PYPROJECT.read_text(), LLAMA)):
        verdict = wheel.proof if wheel.is_refused else _install_and_prove(wheel, extras)
        if verdict == RAN:
            return
    reason = (
        f"llama.cpp was built, but {verdict} instead of writing a first token. Try another "
        "compiler: CC=… CXX=… make setup."
    )
    raise BuildError(reason=reason)


def pinned_version(pyproject: str, package: str) -> str:
    """Return the one version of a package that pyproject.toml allows."""
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {}).values()
    for requirement in chain(project["dependencies"], *extras):
        name, _, version = requirement.partition("==")
        if name == package:
            return str(version)
    raise BuildError(reason=f"pyproject.toml pins no version of {package}.")


def read_stamp(path: Path) -> Installed:
    """Return what was installed last; nothing where that cannot be read."""
    try:
        found = json.loads(path.read_text())
        return Installed(found["pyproject"], found["wheel"], tuple(found["extras"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Installed()


def _install_and_prove(wheel: Wheel, extras: tuple[str, ...]) -> str:
    """Return what `prove` does; every step is skipped where it has been done."""
    _install(build(wheel), wheel, extras)
    _python("-m", "scripts.install_model", "--if-missing")
    verdict = prove(wheel, Path(sys.executable))
    if verdict != RAN:
        print(f"This build of llama.cpp is refused: {verdict}.", file=sys.stderr)
    return verdict


def _install(path: Path, wheel: Wheel, extras: Iterable[str]) -> None:
    present = read_stamp(STAMP)
    pyproject = hashlib.sha256(PYPROJECT.read_bytes()).hexdigest()
    wanted = Installed(pyproject, wheel.folder.name, tuple(extras))
    if present.has(wanted):
        return
    STAMP.unlink(missing_ok=True)
    all_extras = sorted({*present.extras, *extras})
    print("Installing Python packages (1 to 3 minutes the first time)", file=sys.stderr, flush=True)
    if present.wheel != wanted.wheel:
        _pip("--force-reinstall", "--no-deps", str(path))
    if TORCH_EXTRA in all_extras:
        # By itself, or what depends on it brings several gigabytes for graphics cards along.
        _pip(f"torch=={pinned_version(PYPROJECT.read_text(), 'torch')}")
    _pip("--editable", f"{ROOT}[{','.join(all_extras)}]" if all_extras else str(ROOT))
    done = Installed(pyproject, wanted.wheel, tuple(all_extras))
    STAMP.write_text(json.dumps(asdict(done), indent=2))


def _pip(*arguments: str) -> None:
    quiet = () if sys.stderr.isatty() else ("-q",)
    _python("-m", "pip", "install", "--disable-pip-version-check", *quiet, *arguments)


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
