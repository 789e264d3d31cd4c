"""llama-cpp-python, built for this processor once and kept in the user's cache."""

import hashlib
import json
import os
import platform
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from models.cache import user_cache
from notes.errors import NotesError
from scripts.compilers import (
    AMX_FLAG,
    NO_AMX_FLAGS,
    BuildPlan,
    choose_compiler,
    cpu_flags,
    default_compiler,
    find_compilers,
    install_compiler,
    installs,
    without_amx,
)

# What llama.cpp's Python package does not need is neither configured nor compiled.
_PARTS_LEFT_OUT = (
    "LLAVA_BUILD",
    "LLAMA_BUILD_TOOLS",
    "LLAMA_BUILD_EXAMPLES",
    "LLAMA_BUILD_TESTS",
    "LLAMA_BUILD_SERVER",
)
# llama-common is not used either, but llama.cpp's install step asks for it.
_TARGETS = "llama;llama-common"
_NUM_LOG_LINES = 20
_PROOF_TIMEOUT_S = 600
# Signals that tell of the machine or of a person, not of the build.
_OUTSIDE_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RAN = "ran"


class BuildError(NotesError):
    """{reason}"""  # noqa: D400, D415 - the message is the docstring


@dataclass(frozen=True, slots=True)
class Wheel:
    """The place in the cache for one build, whether it has been made yet or not."""

    version: str
    plan: BuildPlan
    folder: Path

    @property
    def path(self) -> Path | None:
        """Return the wheel's file, None before it is built."""
        return next(iter(self.folder.glob("*.whl")), None)

    @property
    def proof(self) -> str:
        """Return what the proof said: RAN, why the build is refused, or nothing yet."""
        path = self._proof_file
        return path.read_text() if path.exists() else ""

    @property
    def is_refused(self) -> bool:
        """Tell whether this build has died before."""
        return self.proof not in ("", RAN)

    def record_proof(self, text: str) -> None:
        """Remember what the proof said, so that it is run once."""
        self._proof_file.write_text(text)

    @property
    def _proof_file(self) -> Path:
        return self.folder / "proof.txt"


def candidate_wheels(version: str) -> Iterator[Wheel]:
    """Yield the builds to try in turn: the best for this processor, then a safer one."""
    flags = cpu_flags()
    plan = choose_compiler(flags, find_compilers() if AMX_FLAG in flags else (), bool(installs()))
    if plan.is_install_wanted and wheel_for(version, plan, flags).proof != RAN:
        install_compiler()
        plan = choose_compiler(flags, find_compilers(), can_install=False)
    yield wheel_for(version, plan, flags)
    if AMX_FLAG in flags and not plan.is_amx_off:
        yield wheel_for(version, without_amx(plan), flags)


def wheel_for(version: str, plan: BuildPlan, flags: frozenset[str]) -> Wheel:
    """Return the cache's place for this version, compiler, options and processor."""
    compiler = plan.compiler
    named = f"{compiler.cxx} {compiler.version}" if compiler else default_compiler()
    if not named:
        reason = (
            "No C++ compiler was found. Install one (Debian: apt-get install build-essential; "
            "macOS: xcode-select --install) and run `make setup` again."
        )
        raise BuildError(reason=reason)
    key = cache_key(version, named, cmake_arguments(plan, os.environ), flags)
    return Wheel(version, plan, user_cache("wheels") / key)


def cache_key(version: str, compiler: str, arguments: Iterable[str], flags: frozenset[str]) -> str:
    """Return a name that differs wherever another wheel would come out.

    The processor is part of it: a wheel is built for the very one that builds it.
    """
    system = [platform.system(), platform.machine(), *platform.libc_ver()]
    facts = [version, compiler, list(arguments), sorted(flags), system]
    return f"{version}-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]}"


def cmake_arguments(plan: BuildPlan, environment: Mapping[str, str]) -> list[str]:
    """Return CMake's options; those in the user's own CMAKE_ARGS come last and win."""
    arguments = [f"-D{part}=OFF" for part in _PARTS_LEFT_OUT]
    if plan.compiler is not None:
        arguments += [
            f"-DCMAKE_C_COMPILER={plan.compiler.c}",
            f"-DCMAKE_CXX_COMPILER={plan.compiler.cxx}",
        ]
    if plan.is_amx_off:
        arguments += [f"-DCMAKE_C_FLAGS={NO_AMX_FLAGS}", f"-DCMAKE_CXX_FLAGS={NO_AMX_FLAGS}"]
    return arguments + shlex.split(environment.get("CMAKE_ARGS", ""))


def build(wheel: Wheel, stream: TextIO = sys.stderr) -> Path:
    """Return the wheel's file, built now if it is not in the cache."""
    if wheel.path is not None:
        return wheel.path
    if wheel.plan.note:
        print(wheel.plan.note, file=stream)
    wheel.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wheel.folder) as scratch:
        log = wheel.folder / "build.log"
        _run_pip(wheel, Path(scratch), log, stream)
        built = next(Path(scratch).glob("*.whl"))
        return built.rename(wheel.folder / built.name)


def prove(wheel: Wheel, python: Path) -> str:
    """Return RAN if the installed wheel writes a token in a child process, else what happened.

    Success and a crash of the build are remembered; anything else is tried again next time.
    """
    if wheel.proof:
        return wheel.proof
    returncode, verdict = _run_proof(python)
    if verdict == RAN or (returncode < 0 and -returncode not in _OUTSIDE_SIGNALS):
        wheel.record_proof(verdict)
    return verdict


def describe_exit(returncode: int, stderr: str) -> str:
    """Return why a child process did not succeed, in a few words."""
    if returncode < 0:
        return f"it died of {signal.Signals(-returncode).name}"
    last = stderr.strip().rpartition("\n")[2]
    return f"it ended with status {returncode}: {last}"


def progress_of(line: str) -> tuple[int, int] | None:
    """Return (done, all) steps where a line of the build's output tells them."""
    steps = re.match(r"\s*\[\s*(\d+)/(\d+)\]", line)
    if steps:
        return int(steps.group(1)), int(steps.group(2))
    percent = re.match(r"\s*\[\s*(\d+)%\]", line)  # make's, where there is no ninja
    return (int(percent.group(1)), 100) if percent else None


def progress_lines(lines: Iterable[str], stream: TextIO) -> None:
    """Show how far a build is: one moving line on a terminal, else a line every 10 %."""
    shown = -1
    for line in lines:
        steps = progress_of(line)
        if steps is None:
            continue
        percent = 100 * steps[0] // steps[1]
        if stream.isatty():
            print(f"\rllama.cpp: {percent} %", end="", file=stream, flush=True)
        elif percent // 10 > shown:
            shown = percent // 10
            print(f"llama.cpp: {percent} %", file=stream, flush=True)
    if stream.isatty():
        print(file=stream)


def _run_proof(python: Path) -> tuple[int, str]:
    command = [str(python), "-m", "scripts.first_token"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PROOF_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return 1, f"it wrote no token in {_PROOF_TIMEOUT_S} s"
    returncode = done.returncode
    return returncode, RAN if returncode == 0 else describe_exit(returncode, done.stderr)


def _run_pip(wheel: Wheel, target: Path, log: Path, stream: TextIO) -> None:
    print("Building llama.cpp for this processor (3 to 10 minutes, once)", file=stream, flush=True)
    command = [
        *(sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "--no-cache-dir"),
        *("--no-binary", "llama-cpp-python", "--wheel-dir", str(target)),
        *("--config-settings", f"build.targets={_TARGETS}"),
        f"llama-cpp-python=={wheel.version}",
    ]
    arguments = shlex.join(cmake_arguments(wheel.plan, os.environ))
    environment = {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1), **os.environ}
    with subprocess.Popen(
        command,
        env={**environment, "CMAKE_ARGS": arguments},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        progress_lines(_logged(process.stdout or (), log), stream)
    if process.returncode:
        raise BuildError(reason=_failure(log))


def _logged(lines: Iterable[str], log: Path) -> Iterator[str]:
    with log.open("w") as file:
        for line in lines:
            file.write(line)
            yield line


def _failure(log: Path) -> str:
    tail = "\n".join(log.read_text().splitlines()[-_NUM_LOG_LINES:])
    return f"llama.cpp could not be built. The end of {log}:\n{tail}"
