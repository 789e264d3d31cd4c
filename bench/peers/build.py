"""llama-server and its tools, built as the installed binding was: `python -m bench.peers.build`.

The sources lie in the source distribution of llama-cpp-python; compiler, flags and processor are
those of the wheel that `make setup` installed (scripts/build_llama.py), so that no difference
between the engine and this peer is owed to the build. Built once, into the user's cache.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TextIO

from bench.errors import BenchError
from models.cache import user_cache
from notes.errors import NotesError
from scripts.build_llama import Wheel, candidate_wheels, cmake_arguments, progress_lines

TARGETS = ("llama-server", "llama-quantize", "llama-batched-bench")
PACKAGE = "llama-cpp-python"

# The binding's CMakeLists.txt sets the first two. The rest are parts of the tools that the library
# does not have: they change nothing of what computes.
_OPTIONS = (
    "-DBUILD_SHARED_LIBS=ON",
    "-DLLAMA_CURL=OFF",
    "-DCMAKE_BUILD_TYPE=Release",
    "-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON",  # what was built is moved
    "-DLLAMA_BUILD_TOOLS=ON",
    "-DLLAMA_BUILD_SERVER=ON",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
)
_NUM_LOG_LINES = 20


@dataclass(frozen=True, slots=True)
class PeerBuild:
    """The place in the cache for the programs, whether they have been built yet or not."""

    wheel: Wheel
    folder: Path

    @property
    def is_built(self) -> bool:
        """Tell whether every program is there."""
        return all(self.program(target).exists() for target in TARGETS)

    def program(self, name: str) -> Path:
        """Return the path of one of the TARGETS."""
        return self.folder / name

    def configure_command(self, source: Path, build_folder: Path) -> list[str]:
        """Return what configures llama.cpp in `source`; of two equal options the last wins."""
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        arguments = [*cmake_arguments(self.wheel.plan, os.environ), *_OPTIONS]
        return ["cmake", *generator, "-S", str(source), "-B", str(build_folder), *arguments]


def peer_build() -> PeerBuild:
    """Return the build that belongs to the installed binding."""
    wheels = candidate_wheels(installed_version(PACKAGE))
    wheel = next(wheel for wheel in wheels if not wheel.is_refused)
    # A wheel's folder is named by version, compiler, options and processor.
    return PeerBuild(wheel, user_cache("benchmarks") / f"llama.cpp-{wheel.folder.name}")


def ensure_built(sdist: Path | None = None, stream: TextIO = sys.stderr) -> PeerBuild:
    """Return the programs, built now if they are not in the cache (5 to 15 minutes).

    Raises BenchError with what to do where that fails.
    """
    build = peer_build()
    if not build.is_built:
        build.folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=build.folder.parent) as scratch:
            _build(build, Path(scratch), obtain_sdist(sdist), stream)
    return build


def obtain_sdist(given: Path | None = None) -> Path:
    """Return the source distribution of the installed binding, downloaded once by pip."""
    if given is not None:
        if not given.is_file():
            raise BenchError(reason=f"There is no source distribution at {given}.")
        return given
    folder, version = user_cache("benchmarks"), installed_version(PACKAGE)
    path = folder / f"{PACKAGE.replace('-', '_')}-{version}.tar.gz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _download(version, Path(scratch)).replace(path)
    return path


def unpack(sdist: Path, within: str, target: Path) -> Path:
    """Unpack what lies under `within` in the source distribution, and return its path."""
    with tarfile.open(sdist) as archive:
        members = [member for member in archive if _is_under(member.name, within)]
        if not members:
            raise BenchError(reason=f"{sdist.name} has no {within}.")
        archive.extractall(target, members, filter="data")
    return target / members[0].name.partition("/")[0] / within


def download_command(version: str, folder: Path) -> list[str]:
    """Return what fetches the source distribution."""
    return [
        *(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", PACKAGE),
        *("--dest", str(folder), f"{PACKAGE}=={version}"),
    ]


def build_command(build_folder: Path) -> list[str]:
    """Return what compiles the TARGETS of a configured folder."""
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    return ["cmake", "--build", str(build_folder), "--parallel", jobs, "--target", *TARGETS]


def main(arguments: list[str] | None = None) -> int:
    """Build what is missing and print where it lies; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sdist", type=Path, help="the source distribution, if pip cannot have it")
    try:
        build = ensure_built(parser.parse_args(arguments).sdist)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    print(build.folder)
    return 0


def _build(build: PeerBuild, scratch: Path, sdist: Path, stream: TextIO) -> None:
    if shutil.which("cmake") is None:
        raise BenchError(reason="cmake is missing: `.venv/bin/pip install cmake ninja`.")
    print("Building llama-server as the binding was built (once)", file=stream, flush=True)
    source = unpack(sdist, "vendor/llama.cpp", scratch)
    log = build.folder.with_name(f"{build.folder.name}.log")
    with log.open("w") as file:
        for command in (
            build.configure_command(source, scratch / "build"),
            build_command(scratch / "build"),
        ):
            if _run(command, file, stream):
                raise BenchError(reason=_failure(log))
    shutil.rmtree(build.folder, ignore_errors=True)
    (scratch / "build" / "bin").replace(build.folder)


def _run(command: list[str], log: TextIO, stream: TextIO) -> int:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        progress_lines(_logged(process.stdout or (), log), stream)
    return process.returncode


def _logged(lines: Iterable[str], log: TextIO) -> Iterator[str]:
    for line in lines:
        log.write(line)
        log.flush()
        yield line


def _failure(log: Path) -> str:
    tail = "\n".join(log.read_text().splitlines()[-_NUM_LOG_LINES:])
    return f"llama-server could not be built. The end of {log}:\n{tail}"


def _download(version: str, folder: Path) -> Path:
    done = subprocess.run(download_command(version, folder), stdout=sys.stderr, check=False)
    found = list(folder.glob("*.tar.gz"))
    if done.returncode or not found:
        reason = (
            f"pip could not download the sources of {PACKAGE} {version}; without a network give "
            "the source distribution with --sdist."
        )
        raise BenchError(reason=reason)
    return found[0]


def _is_under(name: str, within: str) -> bool:
    path = name.partition("/")[2]
    return path == within or path.startswith(within + "/")


if __name__ == "__main__":
    sys.exit(main())
