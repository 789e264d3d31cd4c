"""llama-cpp-python is built once for a processor, with progress, and proved once."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import build_llama
from scripts.build_llama import (
    RAN,
    BuildError,
    Wheel,
    build,
    cache_key,
    candidate_wheels,
    cmake_arguments,
    describe_exit,
    progress_lines,
    progress_of,
    prove,
    wheel_for,
)
from scripts.compilers import AMX_FLAG, BuildPlan, Compiler, Family

CLANG = Compiler(Family.CLANG, 19, "/bin/clang-19", "/bin/clang++-19")
FLAGS = frozenset({"avx2"})
SIGSEGV = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    return Wheel("1.0", BuildPlan(), tmp_path / "wheels" / "1.0-key")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def ready(wheel: Wheel) -> Wheel:
    wheel.folder.mkdir(parents=True)
    (wheel.folder / "llama.whl").touch()
    return wheel


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  [12/135] /usr/bin/gcc -DGGML_BUILD", (12, 135)),
        ("[ 45%] Building CXX object", (45, 100)),
        ("  Collecting scikit-build-core [pyproject]", None),
        ("", None),
    ],
)
def test_progress_is_read_of_ninja_and_make(line: str, expected: tuple[int, int] | None) -> None:
    assert progress_of(line) == expected


def test_progress_is_a_line_every_ten_percent_where_nobody_watches() -> None:
    stream = io.StringIO()
    progress_lines([f"[{step}/200] cc" for step in range(1, 201)], stream)
    lines = stream.getvalue().splitlines()
    assert lines == [f"llama.cpp: {percent} %" for percent in range(0, 101, 10)]


def test_progress_is_one_moving_line_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress_lines(["[1/2] cc", "noise", "[2/2] cc"], stream)
    assert stream.getvalue() == "\rllama.cpp: 50 %\rllama.cpp: 100 %\n"


def test_unused_parts_are_left_out_and_openmp_is_not() -> None:
    arguments = cmake_arguments(BuildPlan(), {})
    assert {"-DLLAVA_BUILD=OFF", "-DLLAMA_BUILD_TOOLS=OFF"} <= set(arguments)
    assert not [argument for argument in arguments if "OPENMP" in argument or "amx" in argument]


def test_the_chosen_compiler_reaches_cmake() -> None:
    arguments = cmake_arguments(BuildPlan(CLANG), {})
    assert "-DCMAKE_CXX_COMPILER=/bin/clang++-19" in arguments


def test_amx_is_switched_off_for_c_and_cxx() -> None:
    arguments = cmake_arguments(BuildPlan(is_amx_off=True), {})
    for name in ("CMAKE_C_FLAGS", "CMAKE_CXX_FLAGS"):
        assert f"-D{name}=-mno-amx-tile -mno-amx-int8 -mno-amx-bf16" in arguments


def test_the_users_own_options_come_last() -> None:
    arguments = cmake_arguments(BuildPlan(), {"CMAKE_ARGS": "-DGGML_CUDA=ON '-DX=a b'"})
    assert arguments[-2:] == ["-DGGML_CUDA=ON", "-DX=a b"]


def test_every_fact_has_its_own_place_in_the_cache() -> None:
    keys = {
        cache_key("1.0", "gcc 12", ["-DA"], FLAGS),
        cache_key("1.1", "gcc 12", ["-DA"], FLAGS),
        cache_key("1.0", "gcc 13", ["-DA"], FLAGS),
        cache_key("1.0", "gcc 12", ["-DB"], FLAGS),
        cache_key("1.0", "gcc 12", ["-DA"], FLAGS | {"avx512f"}),
    }
    assert len(keys) == 5
    assert cache_key("1.0", "gcc 12", ["-DA"], FLAGS) in keys


def test_a_machine_without_a_compiler_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build_llama, "default_compiler", lambda: "")
    with pytest.raises(BuildError, match="build-essential"):
        wheel_for("1.0", BuildPlan(), FLAGS)


def test_a_wheel_in_the_cache_is_not_built_again(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_llama, "_run_pip", None)
    assert build(ready(wheel)) == wheel.path


def test_a_wheel_is_built_by_pip_and_kept(wheel: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(_fake_pip(wheel)))
    stream = io.StringIO()
    path = build(wheel, stream)
    assert path.parent == wheel.folder
    assert path.read_text() == "-DLLAVA_BUILD=OFF"
    assert "llama.cpp: 100 %" in stream.getvalue()
    assert "[2/2] cc" in (wheel.folder / "build.log").read_text()


def test_what_is_lost_is_said_before_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = Wheel("1.0", BuildPlan(is_amx_off=True, note="Slower."), tmp_path / "key")
    monkeypatch.setattr(sys, "executable", str(_fake_pip(wheel)))
    stream = io.StringIO()
    build(wheel, stream)
    assert stream.getvalue().startswith("Slower.\n")


def test_a_failed_build_shows_the_end_of_its_log(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(_fake_pip(wheel, status=1)))
    with pytest.raises(BuildError, match=r"(?s)build\.log.*\[2/2\] cc"):
        build(wheel, io.StringIO())
    assert wheel.path is None


def test_success_is_remembered(wheel: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", _python("pass"))
    assert prove(ready(wheel), Path(sys.executable)) == RAN
    monkeypatch.setattr(subprocess, "run", None)
    assert prove(wheel, Path(sys.executable)) == RAN
    assert not wheel.is_refused


def test_a_build_that_dies_is_refused_for_good(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", _python(SIGSEGV))
    assert prove(ready(wheel), Path(sys.executable)) == "it died of SIGSEGV"
    assert wheel.is_refused


@pytest.mark.parametrize(
    "code",
    ["raise OSError('no model')", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
)
def test_what_the_build_is_not_to_blame_for_is_tried_again(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(subprocess, "run", _python(code))
    assert prove(ready(wheel), Path(sys.executable)) != RAN
    assert wheel.proof == ""


def test_a_build_that_hangs_is_not_waited_for(
    wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(command: list[str], **options: object) -> None:
        raise subprocess.TimeoutExpired(command, 600)

    monkeypatch.setattr(subprocess, "run", hang)
    assert prove(ready(wheel), Path(sys.executable)) == "it wrote no token in 600 s"


def test_exits_are_described_in_words() -> None:
    assert describe_exit(-signal.SIGILL, "") == "it died of SIGILL"
    assert describe_exit(1, "Trace\nOSError: x\n") == "it ended with status 1: OSError: x"


def test_the_safer_build_follows_one_with_amx(monkeypatch: pytest.MonkeyPatch) -> None:
    _processor(monkeypatch, frozenset({AMX_FLAG}), [CLANG])
    plans = [wheel.plan for wheel in candidate_wheels("1.0")]
    assert [plan.is_amx_off for plan in plans] == [False, True]
    assert {plan.compiler for plan in plans} == {CLANG}


def test_without_amx_there_is_one_build(monkeypatch: pytest.MonkeyPatch) -> None:
    _processor(monkeypatch, FLAGS, [CLANG])
    assert [wheel.plan for wheel in candidate_wheels("1.0")] == [BuildPlan()]


def test_a_compiler_is_installed_where_that_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Compiler] = []
    _processor(monkeypatch, frozenset({AMX_FLAG}), found)
    monkeypatch.setattr(build_llama, "installs", lambda: [("apt-get", "install")])
    monkeypatch.setattr(build_llama, "install_compiler", lambda: found.append(CLANG))
    first = next(candidate_wheels("1.0"))
    assert (first.plan.compiler, first.plan.is_amx_off) == (CLANG, False)


def test_a_proved_build_without_amx_asks_for_no_compiler_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _processor(monkeypatch, frozenset({AMX_FLAG}), [])
    for wheel in candidate_wheels("1.0"):
        ready(wheel).record_proof(RAN)
    monkeypatch.setattr(build_llama, "installs", lambda: [("apt-get", "install")])
    monkeypatch.setattr(build_llama, "install_compiler", None)
    assert [wheel.proof for wheel in candidate_wheels("1.0")] == [RAN]


def _processor(
    monkeypatch: pytest.MonkeyPatch, flags: frozenset[str], found: list[Compiler]
) -> None:
    monkeypatch.setattr(build_llama, "cpu_flags", lambda: flags)
    monkeypatch.setattr(build_llama, "find_compilers", lambda: tuple(found))
    monkeypatch.setattr(build_llama, "installs", list)
    monkeypatch.setattr(build_llama, "default_compiler", lambda: "c++ 12")


def _fake_pip(wheel: Wheel, status: int = 0) -> Path:
    """Write a program that behaves like `python -m pip wheel … --wheel-dir DIR …`."""
    script = wheel.folder.parent / "python"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --wheel-dir ]; do shift; done\n'
        "echo '[1/2] cc'; echo '[2/2] cc'\n"
        f"[ {status} = 0 ] || exit {status}\n"
        'printf %s "${CMAKE_ARGS%% *}" > "$2/llama.whl"\n'
    )
    script.chmod(0o755)
    return script


def _python(code: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a `subprocess.run` that runs this code whatever it is asked for."""
    run = subprocess.run

    def instead(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert command[1:] == ["-m", "scripts.first_token"]
        done = run([command[0], "-c", code], capture_output=True, text=True, check=False)
        return subprocess.CompletedProcess(command, done.returncode, done.stdout, done.stderr)

    return instead
