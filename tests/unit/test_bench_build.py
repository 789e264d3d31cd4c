"""The peer is built from the binding's own sources, as the binding was."""

import io
import stat
import sys
import tarfile
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.peers import build as peer
from bench.peers.build import (
    TARGETS,
    PeerBuild,
    build_command,
    download_command,
    ensure_built,
    obtain_sdist,
    unpack,
)
from scripts.build_llama import Wheel
from scripts.compilers import BuildPlan, Compiler, Family

CLANG = Compiler(Family.CLANG, 19, "/bin/clang-19", "/bin/clang++-19")
FAKE_CMAKE = """#!{python}
import pathlib, sys
arguments = sys.argv[1:]
print("[1/2] Compiling")
if "{fails}" == "yes":
    sys.exit("cmake: no such compiler")
if "--build" in arguments:
    folder = pathlib.Path(arguments[arguments.index("--build") + 1]) / "bin"
    folder.mkdir(parents=True)
    for target in arguments[arguments.index("--target") + 1:]:
        (folder / target).write_text(target)
"""


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CMAKE_ARGS", raising=False)


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    return Wheel("1.0", BuildPlan(CLANG), tmp_path / "wheels" / "1.0-key")


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    path = tmp_path / "package-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in ("README.md", "vendor/llama.cpp/CMakeLists.txt", "vendor/llama.cpp/a/b.gguf"):
            member = tarfile.TarInfo(f"package-1.0/{name}")
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
    return path


def put_cmake(folder: Path, monkeypatch: pytest.MonkeyPatch, fails: str = "no") -> None:
    program = folder / "programs" / "cmake"
    program.parent.mkdir()
    program.write_text(FAKE_CMAKE.format(python=sys.executable, fails=fails))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent))


def test_the_peer_has_the_compiler_and_the_flags_of_the_wheel(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_OPENMP=OFF")
    build = PeerBuild(wheel, Path("there"))
    command = build.configure_command(Path("source"), Path("out"))
    assert command[0] == "cmake"
    assert {"-DCMAKE_C_COMPILER=/bin/clang-19", "-DCMAKE_CXX_COMPILER=/bin/clang++-19"} <= {
        *command
    }
    assert "-DGGML_OPENMP=OFF" in command  # the user's own, which the wheel had, too
    assert not [each for each in command if each.startswith("-DGGML") and "OPENMP" not in each]
    assert command[command.index("-S") + 1] == "source"
    assert command[command.index("-B") + 1] == "out"


def test_of_the_parts_that_the_wheel_leaves_out_tools_and_server_are_put_back(
    wheel: Wheel,
) -> None:
    command = PeerBuild(wheel, Path("there")).configure_command(Path("source"), Path("out"))
    last = dict(each.removeprefix("-D").split("=", 1) for each in command if each[:2] == "-D")
    assert (last["LLAMA_BUILD_TOOLS"], last["LLAMA_BUILD_SERVER"]) == ("ON", "ON")
    assert (last["LLAMA_BUILD_UI"], last["LLAMA_BUILD_TESTS"]) == ("OFF", "OFF")
    assert last["CMAKE_BUILD_TYPE"] == "Release"


def test_amx_is_off_where_the_wheels_is(tmp_path: Path) -> None:
    wheel = Wheel("1.0", BuildPlan(is_amx_off=True), tmp_path)
    command = PeerBuild(wheel, tmp_path).configure_command(Path("source"), Path("out"))
    assert any("-mno-amx-tile" in each for each in command)


def test_only_the_programs_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMAKE_BUILD_PARALLEL_LEVEL", "3")
    assert build_command(Path("out")) == [
        *("cmake", "--build", "out", "--parallel", "3", "--target"),
        *("llama-server", "llama-quantize", "llama-batched-bench"),
    ]


def test_the_sources_are_those_of_exactly_the_installed_version() -> None:
    command = download_command("0.3.36", Path("here"))
    assert command[-1] == "llama-cpp-python==0.3.36"
    assert command[command.index("--no-binary") + 1] == "llama-cpp-python"
    assert "--no-deps" in command


def test_a_build_lies_beside_the_name_of_its_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wheel: Wheel
) -> None:
    refused = Wheel("1.0", BuildPlan(), tmp_path / "wheels" / "1.0-refused")
    refused.folder.mkdir(parents=True)
    refused.record_proof("it died of SIGSEGV")
    monkeypatch.setattr(peer, "candidate_wheels", lambda _: iter([refused, wheel]))
    found = peer.peer_build()
    assert found.wheel == wheel
    assert found.folder == tmp_path / "cache" / "clinic-notes" / "benchmarks" / "llama.cpp-1.0-key"


def test_it_is_built_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wheel: Wheel, sdist: Path
) -> None:
    monkeypatch.setattr(peer, "candidate_wheels", lambda _: iter([wheel]))
    put_cmake(tmp_path, monkeypatch)
    progress = io.StringIO()
    build = ensure_built(sdist, progress)
    assert [build.program(target).read_text() for target in TARGETS] == list(TARGETS)
    assert "50 %" in progress.getvalue()
    left = {path.name for path in build.folder.parent.iterdir()}
    assert left == {build.folder.name, f"{build.folder.name}.log"}
    monkeypatch.setenv("PATH", "")
    assert ensure_built(None, progress) == build


def test_a_failed_build_leaves_nothing_and_says_where_to_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wheel: Wheel, sdist: Path
) -> None:
    monkeypatch.setattr(peer, "candidate_wheels", lambda _: iter([wheel]))
    put_cmake(tmp_path, monkeypatch, fails="yes")
    with pytest.raises(BenchError, match=r"could not be built.*\.log:(.|\n)*no such compiler"):
        ensure_built(sdist, io.StringIO())
    assert not peer.peer_build().folder.exists()


def test_without_cmake_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, wheel: Wheel, sdist: Path
) -> None:
    monkeypatch.setattr(peer, "candidate_wheels", lambda _: iter([wheel]))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BenchError, match="cmake is missing"):
        ensure_built(sdist, io.StringIO())


def test_a_part_of_the_sources_can_be_unpacked(sdist: Path, tmp_path: Path) -> None:
    file = unpack(sdist, "vendor/llama.cpp/a/b.gguf", tmp_path / "one")
    assert file.read_text() == "vendor/llama.cpp/a/b.gguf"
    folder = unpack(sdist, "vendor/llama.cpp", tmp_path / "all")
    assert sorted(path.name for path in folder.rglob("*")) == ["CMakeLists.txt", "a", "b.gguf"]
    with pytest.raises(BenchError, match=r"package-1.0.tar.gz has no vendor/other"):
        unpack(sdist, "vendor/other", tmp_path / "none")


def test_sources_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="There is no source distribution at"):
        obtain_sdist(tmp_path / "none.tar.gz")
