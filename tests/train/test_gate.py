"""Promotion: no loss on support and risk, whole forms, enough sessions; refused with the table."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.errors import ConfigurationError
from notes.prompt import PROMPT_VERSION
from train_jobs import promote as command
from train_jobs.evaluation import measures as m
from train_jobs.gate import MAX_LOSS, MIN_SESSIONS, decide
from train_jobs.promote import Evaluation, Options, promote

LOSABLE = (m.SUPPORT_WRITTEN, m.RISK_WRITTEN)


def difference(value: float, half: float = 0.08) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half, "n": 15}


def evaluation(**minus: float) -> dict[str, Any]:
    """Return a made evaluation: whole forms, and differences that are 0 where not given."""
    return {
        "about": {"prompt version": PROMPT_VERSION},
        "models": {
            "model": {"model": "notes:3", "sha256": "3" * 64},
            "production": {"model": "notes:1", "sha256": "1" * 64},
        },
        "systems": {
            "model": {
                "measures": {name: {"value": 1.0, "low": 0.8, "high": 1.0} for name in m.FORM},
                "words": [50] * 15,
            }
        },
        "model_minus": {"production": {name: difference(minus.get(name, 0.0)) for name in LOSABLE}},
    }


@pytest.mark.parametrize("gain", [0.0, 0.3, -0.03])
def test_better_equal_and_a_loss_within_chance_may_pass(gain: float) -> None:
    verdict = decide(evaluation(**dict.fromkeys(LOSABLE, gain)))
    assert verdict.is_promotable
    assert verdict.faults == ()
    assert verdict.table().count("| met |") == len(verdict.requirements)


@pytest.mark.parametrize("name", LOSABLE)
@given(value=st.floats(-1, 1), half=st.floats(0, 1))
def test_a_loss_is_refused_where_it_is_sure_or_large(name: str, value: float, half: float) -> None:
    found = evaluation()
    found["model_minus"]["production"][name] = difference(value, half)
    may_pass = value + half >= 0 and value >= -MAX_LOSS[name]
    assert decide(found).is_promotable == may_pass


@pytest.mark.parametrize("name", m.FORM)
def test_one_note_without_the_right_form_is_too_many(name: str) -> None:
    found = evaluation()
    found["systems"]["model"]["measures"][name]["value"] = 0.9333
    verdict = decide(found)
    assert not verdict.is_promotable
    assert len(verdict.faults) == 1
    assert "0.9333" in verdict.table()


def test_too_few_sessions_prove_nothing() -> None:
    found = evaluation(**dict.fromkeys(LOSABLE, 0.5))
    found["systems"]["model"]["words"] = [50] * (MIN_SESSIONS - 1)
    assert decide(found).faults == ("sessions: too few sessions",)


def test_notes_by_other_prompts_prove_nothing() -> None:
    found = evaluation()
    found["about"]["prompt version"] = "1"
    assert not decide(found).is_promotable


@pytest.mark.parametrize("key", ["about", "systems", "model_minus"])
def test_what_is_missing_is_not_met(key: str) -> None:
    found = evaluation()
    del found[key]
    assert not decide(found).is_promotable
    assert not decide({**found, key: None}).is_promotable


def test_nothing_at_all_is_refused_with_the_whole_table() -> None:
    verdict = decide({})
    assert len(verdict.faults) == len(verdict.requirements) == len(decide(evaluation()).faults) + 8
    assert "not measured" in verdict.table()


# The command


class System:
    """A running system with three versions; notes:1 is in production."""

    def __init__(self) -> None:
        self.production = 1
        self.sums = {number: str(number) * 64 for number in (1, 2, 3)}
        self.posted: list[tuple[str, Any]] = []
        self.tokens: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.tokens.add(request.headers["Authorization"])
        if request.method == "GET":
            return httpx.Response(200, json={"models": [self._model(n) for n in self.sums]})
        self.posted.append((request.url.path, json.loads(request.content)))
        self.production = self.posted[-1][1]["version"]
        answer = {"message": "Done.", "model": "notes:3", "previous": "notes:1", "num_replicas": 1}
        return httpx.Response(200, json=answer)

    def _model(self, number: int) -> dict[str, Any]:
        return {
            "model": f"notes:{number}",
            "name": "notes",
            "sha256": self.sums[number],
            "is_production": number == self.production,
        }


@pytest.fixture
def options(tmp_path: Path) -> Options:
    token, path = tmp_path / "operator.token", tmp_path / "evaluation.json"
    token.write_text("secret\n")
    path.write_text(json.dumps(evaluation()))
    return Options(path, "notes:3", "http://127.0.0.1:8000", token)


def run(options: Options, system: System, found: dict[str, Any] | None = None) -> dict[str, object]:
    read = Evaluation(found or evaluation(), hashlib.sha256(b"x").hexdigest())
    return promote(options, read, httpx.MockTransport(system))


def test_the_running_system_is_asked_with_the_operators_token(options: Options) -> None:
    system = System()
    done = run(options, system)
    digest = hashlib.sha256(b"x").hexdigest()
    body = {"version": 3, "evaluation_sha256": digest}
    assert system.posted == [("/models/notes/promote", body)]
    assert system.tokens == {"Bearer secret"}
    assert (done["promoted"], done["previous"]) == ("notes:3", "notes:1")
    assert run(options, system) == {"promoted": "notes:3", "was_there": True}
    assert len(system.posted) == 1


def test_another_file_or_another_production_is_not_what_was_evaluated(options: Options) -> None:
    system = System()
    system.sums[3] = "f" * 64
    with pytest.raises(ConfigurationError, match="another file"):
        run(options, system)
    system = System()
    system.production = 2
    with pytest.raises(ConfigurationError, match=r"In production is notes:2.*Evaluate it again"):
        run(options, system)
    system = System()
    del system.sums[3]
    with pytest.raises(ConfigurationError, match="no model notes:3"):
        run(options, system)
    assert system.posted == []


def test_the_evaluation_must_be_of_the_version_that_is_named(options: Options) -> None:
    found = evaluation()
    found["models"]["model"]["model"] = "notes:2"
    with pytest.raises(ConfigurationError, match="The evaluation is of notes:2"):
        run(options, System(), found)
    found = evaluation()
    found["models"]["model"]["adapter"] = "house:1"
    with pytest.raises(ConfigurationError, match="adapter"):
        run(options, System(), found)


def test_a_refusal_of_the_system_is_told(options: Options) -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, json={"detail": "Only the operator."})

    with pytest.raises(ConfigurationError, match="Only the operator"):
        promote(options, Evaluation(evaluation(), "0"), httpx.MockTransport(refuse))


def test_a_loss_is_refused_before_anybody_is_asked(
    options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = copy.deepcopy(evaluation(**{m.SUPPORT_WRITTEN: -0.2}))
    options.evaluation.write_text(json.dumps(lost))
    arguments = ["--evaluation", str(options.evaluation), "--version", "notes:3"]
    assert command.main(arguments) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("| requirement |")
    assert "-0.200 (-0.280 to -0.120)" in "\n".join(printed)
    assert json.loads(printed[-1])["promoted"] is None


@pytest.mark.parametrize("what", ["system", "token", "evaluation"])
def test_what_is_missing_is_said_in_a_sentence(
    what: str, options: Options, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = tmp_path / "absent"
    arguments = [
        *("--evaluation", str(absent if what == "evaluation" else options.evaluation)),
        *("--token-file", str(absent if what == "token" else options.token_file)),
        *("--version", "notes:3", "--url", "http://127.0.0.1:9"),
    ]
    assert command.main(arguments) == 1
    sentences = {"system": "make serve", "token": "--token-file", "evaluation": "evaluation.json"}
    error = capsys.readouterr().err
    assert sentences[what] in error
    assert "Traceback" not in error
