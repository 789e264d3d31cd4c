"""Set-up does each step once, and again when what it depends on has changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import install_model, setup
from scripts.build_llama import RAN, BuildError, Wheel
from scripts.compilers import BuildPlan
from scripts.setup import Installed, main, pinned_version, read_stamp


class Machine:
    """A machine on which commands are noted, and builds have the verdicts that it is given."""

    def __init__(self, folder: Path, verdicts: list[str]) -> None:
        self.folder = folder
        self.verdicts = verdicts
        self.commands: list[tuple[str, ...]] = []

    def candidates(self, version: str) -> Iterator[Wheel]:
        for number, _ in enumerate(self.verdicts):
            yield Wheel(version, BuildPlan(), self.folder / f"build{number}")

    def build(self, wheel: Wheel) -> Path:
        wheel.folder.mkdir(exist_ok=True)
        return wheel.folder / "llama.whl"

    def prove(self, wheel: Wheel, python: Path) -> str:
        verdict = self.verdicts[int(wheel.folder.name.removeprefix("build"))]
        wheel.record_proof(verdict)
        return verdict

    def python(self, *arguments: str) -> None:
        self.commands.append(arguments)

    @property
    def installed(self) -> list[str]:
        return [command[-1] for command in self.commands if command[:2] == ("-m", "pip")]


def machine_with(
    monkeypatch: pytest.MonkeyPatch, folder: Path, verdicts: list[str] | None = None
) -> Machine:
    machine = Machine(folder, verdicts or [RAN])
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(
        '[project]\ndependencies = ["llama-cpp-python==1.0"]\n'
        '[project.optional-dependencies]\ntrain = ["torch==2.0"]\n'
    )
    monkeypatch.setattr(setup, "PYPROJECT", pyproject)
    monkeypatch.setattr(setup, "STAMP", folder / "stamp.json")
    monkeypatch.setattr(setup, "candidate_wheels", machine.candidates)
    monkeypatch.setattr(setup, "build", machine.build)
    monkeypatch.setattr(setup, "prove", machine.prove)
    monkeypatch.setattr(setup, "_python", machine.python)
    return machine


def test_the_wheel_comes_first_then_the_rest_then_the_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = machine_with(monkeypatch, tmp_path)
    assert main([]) == 0
    assert machine.installed == [str(tmp_path / "build0" / "llama.whl"), str(setup.ROOT)]
    assert machine.commands[-1] == ("-m", "scripts.install_model", "--if-missing")


def test_the_second_time_nothing_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = machine_with(monkeypatch, tmp_path)
    main([])
    machine.commands.clear()
    assert main([]) == 0
    assert machine.installed == []


def test_what_tests_need_is_added_and_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = machine_with(monkeypatch, tmp_path)
    main([])
    machine.commands.clear()
    main(["--train"])
    assert machine.installed == ["torch==2.0", f"{setup.ROOT}[train]"]
    machine.commands.clear()
    main(["--dev"])
    assert machine.installed == ["torch==2.0", f"{setup.ROOT}[dev,train]"]
    machine.commands.clear()
    main([])
    assert machine.installed == []


def test_a_changed_pyproject_is_installed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = machine_with(monkeypatch, tmp_path)
    main(["--dev"])
    machine.commands.clear()
    setup.PYPROJECT.write_text(setup.PYPROJECT.read_text() + "# changed\n")
    main([])
    assert machine.installed == ["torch==2.0", f"{setup.ROOT}[dev,train]"]


def test_a_build_that_dies_is_followed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = machine_with(monkeypatch, tmp_path, ["it died of SIGSEGV", RAN])
    assert main([]) == 0
    assert "refused: it died of SIGSEGV" in capsys.readouterr().err
    assert str(tmp_path / "build1" / "llama.whl") in machine.installed
    machine.commands.clear()
    assert main([]) == 0
    assert machine.installed == []
    assert capsys.readouterr().err == ""


def test_without_a_build_that_runs_set_up_fails_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine_with(monkeypatch, tmp_path, ["it died of SIGSEGV"])
    assert main([]) == 1
    assert "it died of SIGSEGV instead of writing a first token" in capsys.readouterr().err


def test_the_model_goes_into_the_store_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "notes.toml").write_text(f'store_dir = "{tmp_path / "mine"}"\n')
    monkeypatch.setenv("NOTES_CONFIG_FILE", str(tmp_path / "notes.toml"))
    wanted = ["--store", str(tmp_path / "mine"), "--if-missing"]
    monkeypatch.setattr(install_model, "install", lambda given: 0 if given == wanted else 1)
    assert install_model.main(["--if-missing"]) == 0


def test_wrong_settings_end_the_install_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOTES_STORE", "/srv")
    assert install_model.main([]) == 1
    assert "NOTES_STORE_DIR" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"pyproject": "x"}'])
def test_an_unreadable_stamp_means_that_nothing_is_there(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "stamp.json"
    if content is not None:
        path.write_text(content)
    assert read_stamp(path) == Installed()


def test_a_stamp_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "stamp.json"
    path.write_text(json.dumps({"pyproject": "a", "wheel": "b", "extras": ["dev"]}))
    assert read_stamp(path) == Installed("a", "b", ("dev",))


def test_llama_is_pinned_in_one_place() -> None:
    assert pinned_version(setup.PYPROJECT.read_text(), "llama-cpp-python")
    with pytest.raises(BuildError, match="pins no version of other"):
        pinned_version(setup.PYPROJECT.read_text(), "other")
