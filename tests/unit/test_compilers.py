"""Which compiler builds llama.cpp on which processor."""

from pathlib import Path

import pytest

from scripts import compilers
from scripts.compilers import (
    AMX_FLAG,
    BuildPlan,
    Compiler,
    Family,
    choose_compiler,
    packages_to_try,
    parse_compiler,
    parse_cpu_flags,
    without_amx,
)

AMX = frozenset({"avx2", AMX_FLAG})
PLAIN = frozenset({"avx2"})


def clang(version: int, *, has_openmp: bool = True) -> Compiler:
    return Compiler(Family.CLANG, version, "clang", "clang++", has_openmp)


def gcc(version: int) -> Compiler:
    return Compiler(Family.GCC, version, "gcc", "g++")


def test_without_amx_the_systems_compiler_is_taken() -> None:
    assert choose_compiler(PLAIN, [gcc(9), clang(19)], True) == BuildPlan()


def test_without_amx_a_missing_compiler_is_not_this_functions_matter() -> None:
    assert choose_compiler(frozenset(), [], False) == BuildPlan()


@pytest.mark.parametrize("compiler", [clang(16), clang(19), gcc(13), gcc(15)])
def test_with_amx_a_compiler_that_can_is_taken(compiler: Compiler) -> None:
    plan = choose_compiler(AMX, [gcc(12), clang(14), compiler], True)
    assert plan == BuildPlan(compiler)


def test_the_newest_clang_is_preferred() -> None:
    found = [gcc(15), clang(16), clang(19), clang(15)]
    assert choose_compiler(AMX, found, False).compiler == clang(19)


@pytest.mark.parametrize("found", [[], [gcc(12)], [clang(15)], [clang(19, has_openmp=False)]])
def test_with_amx_and_no_such_compiler_one_is_wanted(found: list[Compiler]) -> None:
    plan = choose_compiler(AMX, found, True)
    assert plan.is_install_wanted
    assert plan.is_amx_off


def test_what_is_lost_is_said_where_none_can_be_installed() -> None:
    plan = choose_compiler(AMX, [gcc(12)], False)
    assert (plan.compiler, plan.is_amx_off, plan.is_install_wanted) == (None, True, False)
    assert "without AMX" in plan.note
    assert "\n" not in plan.note


def test_the_fallback_keeps_the_compiler() -> None:
    plan = without_amx(BuildPlan(clang(19)))
    assert (plan.compiler, plan.is_amx_off) == (clang(19), True)
    assert plan.note


@pytest.mark.parametrize(
    ("banner", "expected"),
    [
        ("Debian clang version 19.1.7 (3+b1)\nTarget: x86_64", (Family.CLANG, 19)),
        ("Ubuntu clang version 16.0.6 (15)", (Family.CLANG, 16)),
        ("Apple clang version 17.0.0 (clang-1700.0.13.3)", (Family.CLANG, 17)),
        ("g++ (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright", (Family.GCC, 12)),
        ("gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0", (Family.GCC, 13)),
        ("gcc (GCC) 14.2.1 20240912 (Red Hat 14.2.1-3)", (Family.GCC, 14)),
        ("", None),
        ("something else", None),
    ],
)
def test_compilers_tell_their_version(banner: str, expected: tuple[Family, int] | None) -> None:
    assert parse_compiler(banner) == expected


def test_processor_flags_are_read_of_the_first_processor() -> None:
    text = (
        "processor\t: 0\nflags\t\t: fpu avx2 amx_tile\nbugs\t:\n\nprocessor\t: 1\nflags\t\t: fpu\n"
    )
    assert parse_cpu_flags(text) == {"fpu", "avx2", "amx_tile"}
    assert parse_cpu_flags("Features\t: fp asimd\n") == {"fp", "asimd"}
    assert parse_cpu_flags("") == frozenset()


def test_packages_are_installed_by_root_alone() -> None:
    assert packages_to_try(["apt-get"], False) == ()
    assert packages_to_try([], True) == ()


def test_clang_comes_with_its_openmp() -> None:
    first, second = packages_to_try(["apt-get", "dnf"], True)
    assert first[-2:] == ("clang-19", "libomp-19-dev")
    assert second[-2:] == ("clang-16", "libomp-16-dev")
    assert packages_to_try(["dnf"], True)[0][-2:] == ("clang", "libomp-devel")


def test_a_compiler_that_the_user_names_is_the_only_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, banner in [("cc", "clang version 18.1.0"), ("cxx", "clang version 18.1.0")]:
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\necho '{banner}'\n")
        script.chmod(0o755)
        monkeypatch.setenv(name.upper(), str(script))
    (found,) = compilers.find_compilers()
    assert (found.family, found.version) == (Family.CLANG, 18)
    assert found.cxx == str(tmp_path / "cxx")


def test_a_compiler_that_is_named_and_missing_is_not_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CC", "/nowhere/cc")
    monkeypatch.setenv("CXX", "/nowhere/c++")
    assert compilers.find_compilers() == ()
