"""Which compiler builds llama.cpp, so that it neither crashes on AMX nor wastes it.

On a processor with AMX, GCC 12 and older drop the stores that fill the tile configuration, and
the first token ends in SIGSEGV (llama.cpp #20824). clang >= 16 and GCC >= 13 do not.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

AMX_FLAG = "amx_tile"
NO_AMX_FLAGS = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
AMX_LOST = (
    "Building llama.cpp without AMX: reading a prompt takes 2 to 3.5 times as long. For AMX "
    "install clang 16 or newer with its OpenMP (Debian: apt-get install clang-19 libomp-19-dev), "
    "or GCC 13 or newer, and run `make setup` again."
)
_OPENMP_PROGRAM = "#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }\n"
_DEBIAN_PACKAGES = (("clang-19", "libomp-19-dev"), ("clang-16", "libomp-16-dev"))
_FEDORA_PACKAGES = (("clang", "libomp-devel"),)


class Family(Enum):
    """The compilers that are known to build llama.cpp."""

    CLANG = "clang"
    GCC = "gcc"

    @property
    def min_version_for_amx(self) -> int:
        """Return the first version that compiles AMX rightly."""
        return 16 if self is Family.CLANG else 13


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C and a C++ compiler of the same version."""

    family: Family
    version: int
    c: str
    cxx: str
    has_openmp: bool = True

    @property
    def can_amx(self) -> bool:
        """Tell whether AMX code of this compiler runs, and in several threads."""
        return self.has_openmp and self.version >= self.family.min_version_for_amx


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """How to build: `compiler=None` is the system's own; `note` says what is lost."""

    compiler: Compiler | None = None
    is_amx_off: bool = False
    is_install_wanted: bool = False
    note: str = ""


def choose_compiler(
    cpu_flags: frozenset[str], compilers: Iterable[Compiler], can_install: bool
) -> BuildPlan:
    """Return how to build for this processor with these compilers.

    `is_install_wanted` asks for a better compiler first; without one the plan holds as it is.
    """
    if AMX_FLAG not in cpu_flags:
        return BuildPlan()
    able = [compiler for compiler in compilers if compiler.can_amx]
    if able:
        return BuildPlan(max(able, key=_preference))
    return BuildPlan(is_amx_off=True, is_install_wanted=can_install, note=AMX_LOST)


def without_amx(plan: BuildPlan) -> BuildPlan:
    """Return the plan to fall back on when a build with AMX dies."""
    return BuildPlan(plan.compiler, is_amx_off=True, note=AMX_LOST)


def cpu_flags() -> frozenset[str]:
    """Return what the processor can do, in Linux's words; elsewhere its name."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return frozenset({platform.machine(), _apple_brand()})
    return parse_cpu_flags(path.read_text())


def parse_cpu_flags(cpuinfo: str) -> frozenset[str]:
    """Return the flags of the first processor in the text of /proc/cpuinfo."""
    match = re.search(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, re.MULTILINE)
    return frozenset(match.group(1).split()) if match else frozenset()


def find_compilers() -> tuple[Compiler, ...]:
    """Return the compilers of this machine; the one in CC and CXX alone where those are set."""
    named = os.environ.get("CC"), os.environ.get("CXX")
    if named[0] and named[1]:
        chosen = _compiler(shutil.which(named[0]), shutil.which(named[1]))
        return () if chosen is None else (chosen,)
    pairs = [(f"clang{suffix}", f"clang++{suffix}") for suffix in _suffixes(16, 22)]
    pairs += [(f"gcc{suffix}", f"g++{suffix}") for suffix in _suffixes(13, 17)]
    found = (_compiler(shutil.which(c), shutil.which(cxx)) for c, cxx in pairs)
    return tuple(compiler for compiler in found if compiler is not None)


def parse_compiler(banner: str) -> tuple[Family, int] | None:
    """Return family and major version out of what `--version` prints."""
    first = banner.partition("\n")[0]
    version = re.search(r"(?:clang version |\) )(\d+)\.", first)
    if version is None:
        return None
    return Family.CLANG if "clang" in first else Family.GCC, int(version.group(1))


def packages_to_try(managers: Iterable[str], is_root: bool) -> Sequence[tuple[str, ...]]:
    """Return commands, each of which would install a compiler that can do AMX."""
    if not is_root:
        return ()
    if "apt-get" in managers:
        install = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
        return [(*install, *packages) for packages in _DEBIAN_PACKAGES]
    if "dnf" in managers:
        return [("dnf", "install", "-y", "-q", *packages) for packages in _FEDORA_PACKAGES]
    return ()


def installs() -> Sequence[tuple[str, ...]]:
    """Return `packages_to_try` for this machine and this user."""
    managers = [name for name in ("apt-get", "dnf") if shutil.which(name)]
    return packages_to_try(managers, os.geteuid() == 0)


def install_compiler() -> None:
    """Try to install a compiler that can do AMX; without success nothing changes."""
    print("Installing a compiler that can do AMX with the system's package manager", flush=True)
    commands = installs()
    if commands and commands[0][0] == "apt-get":
        _succeeds(["apt-get", "update", "-q"])
    for command in commands:
        if _succeeds(command):
            return


def default_compiler() -> str:
    """Return the banner of the system's own C++ compiler, empty where there is none."""
    named = os.environ.get("CXX")
    for name in (named, "c++", "g++", "clang++"):
        if name and shutil.which(name):
            return _banner(name).partition("\n")[0]
    return ""


def _preference(compiler: Compiler) -> tuple[bool, int]:
    return compiler.family is Family.CLANG, compiler.version


def _suffixes(first: int, last: int) -> list[str]:
    return ["", *(f"-{version}" for version in range(first, last + 1))]


def _compiler(c: str | None, cxx: str | None) -> Compiler | None:
    parsed = parse_compiler(_banner(c)) if c and cxx else None
    if c is None or cxx is None or parsed is None:
        return None
    return Compiler(*parsed, c=c, cxx=cxx, has_openmp=_has_openmp(c))


def _banner(compiler: str) -> str:
    done = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
    return done.stdout


def _has_openmp(compiler: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openmp.c"
        source.write_text(_OPENMP_PROGRAM)
        command = [compiler, "-fopenmp", str(source), "-o", str(source.with_suffix(""))]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _apple_brand() -> str:
    if sys.platform != "darwin":
        return platform.processor()
    command = ["sysctl", "-n", "machdep.cpu.brand_string"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0
