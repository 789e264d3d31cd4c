"""A model into production: `python -m train_jobs.promote --evaluation FILE --version notes:3`.

Judges evaluation.json (train_jobs/gate.py), prints the table, and asks the running system to move
`notes@production`, as only the operator may. Exits with 1 where it is refused. Ends with one line
of JSON.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from notes.errors import ConfigurationError, NotesError
from train_jobs.evaluation import systems as s
from train_jobs.gate import decide

URL = "http://127.0.0.1:8000"
TOKEN_FILE = Path(__file__).parents[1] / ".data" / "secrets" / "operator.token"
TIMEOUT_S = 900.0  # replicas load the model, and a busy one first ends what it is at
_VERSION = re.compile(r"([a-z0-9][a-z0-9._-]*):([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, read."""

    evaluation: Path
    version: str
    url: str = URL
    token_file: Path = TOKEN_FILE


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found, and the SHA-256 of its file."""

    found: Mapping[str, Any]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "Evaluation":
        """Read an evaluation.json; raises ConfigurationError for anything else."""
        try:
            data = path.read_bytes()
            found = json.loads(data)
        except (OSError, ValueError) as error:
            reason = (
                f"There is no evaluation to read at {path}. Name the evaluation.json that "
                "`python -m train_jobs.evaluate` has written."
            )
            raise ConfigurationError(reason=reason) from error
        if not isinstance(found, dict):
            raise ConfigurationError(reason=f"{path} is no evaluation.")
        return cls(found, hashlib.sha256(data).hexdigest())

    def model(self, column: str) -> Mapping[str, Any]:
        """Return which registered version stands in a column; nothing where none does."""
        models = self.found.get("models")
        found = models.get(column) if isinstance(models, dict) else None
        return found if isinstance(found, dict) else {}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = read_options(arguments)
    try:
        evaluation = Evaluation.read(options.evaluation)
        verdict = decide(evaluation.found)
        print(verdict.table())
        if not verdict.is_promotable:
            print(f"{options.version} is not promoted.", file=sys.stderr)
            return _end({"promoted": None, "refused": list(verdict.faults)})
        return _end(promote(options, evaluation))
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read a command line."""
    parser = argparse.ArgumentParser(prog="python -m train_jobs.promote", description=__doc__)
    add = parser.add_argument
    add("--evaluation", type=Path, required=True, help="the evaluation.json of the candidate")
    add("--version", required=True, help="the candidate, such as notes:3")
    add("--url", default=URL, help="the running system; default: %(default)s")
    add("--token-file", type=Path, default=TOKEN_FILE, help="default: %(default)s")
    given = parser.parse_args(arguments)
    return Options(given.evaluation, given.version, given.url.rstrip("/"), given.token_file)


def promote(
    options: Options, evaluation: Evaluation, transport: httpx.BaseTransport | None = None
) -> dict[str, object]:
    """Ask the running system for the promotion; raises ConfigurationError with what to do.

    The evaluation must be of the very file that is registered, and beside the version that is in
    production now.
    """
    name, version = _name_and_version(options, evaluation)
    with httpx.Client(
        base_url=options.url,
        headers={"Authorization": f"Bearer {_token(options)}"},
        timeout=TIMEOUT_S,
        trust_env=False,
        transport=transport,
    ) as client:
        models = {each["model"]: each for each in _ask(client, "GET", "/models")["models"]}
        if _is_there(models, options.version):
            return {"promoted": options.version, "was_there": True}
        _check(models, options.version, evaluation)
        body = {"version": version, "evaluation_sha256": evaluation.sha256}
        answer = _ask(client, "POST", f"/models/{name}/promote", body)
    print(answer["message"])
    return {
        "promoted": answer["model"],
        "previous": answer["previous"],
        "num_replicas": answer["num_replicas"],
        "evaluation_sha256": evaluation.sha256,
    }


def _name_and_version(options: Options, evaluation: Evaluation) -> tuple[str, int]:
    match = _VERSION.fullmatch(options.version)
    if match is None:
        reason = f'"{options.version}" is no version of a model; write it as notes:3.'
        raise ConfigurationError(reason=reason)
    candidate = evaluation.model(s.MODEL)
    if candidate.get("adapter"):
        reason = "An adapter beside its model was evaluated; merge and register them, and evaluate"
        raise ConfigurationError(reason=f"{reason} that.")
    if candidate.get("model") != options.version:
        reason = f"The evaluation is of {candidate.get('model')}, not of {options.version}."
        raise ConfigurationError(reason=reason)
    return match[1], int(match[2])


def _token(options: Options) -> str:
    try:
        return options.token_file.read_text("utf-8").strip()
    except OSError as error:
        reason = (
            f"There is no operator's token at {options.token_file}. `make serve` makes it in "
            "`secrets` of its data folder; name it with --token-file."
        )
        raise ConfigurationError(reason=reason) from error


def _ask(client: httpx.Client, method: str, path: str, body: Any = None) -> dict[str, Any]:
    try:
        answer = client.request(method, path, json=body)
        found: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        reason = (
            f"No system answers at {client.base_url}. Start it with `make serve` and give the same "
            "command again, or name another address with --url."
        )
        raise ConfigurationError(reason=reason) from error
    if answer.status_code != httpx.codes.OK:
        raise ConfigurationError(reason=str(found.get("detail", answer.status_code)))
    return found


def _is_there(models: Mapping[str, Mapping[str, Any]], version: str) -> bool:
    return bool(models.get(version, {}).get("is_production"))


def _check(models: Mapping[str, Mapping[str, Any]], version: str, evaluation: Evaluation) -> None:
    if version not in models:
        raise ConfigurationError(reason=f"The running system has no model {version}.")
    if models[version]["sha256"] != evaluation.model(s.MODEL).get("sha256"):
        reason = f"{version} of the running system is another file than the one evaluated."
        raise ConfigurationError(reason=reason)
    name = version.partition(":")[0]
    now = [each for each in models.values() if each["is_production"] and each["name"] == name]
    if [each["sha256"] for each in now] != [evaluation.model(s.PRODUCTION).get("sha256")]:
        is_now = ", ".join(each["model"] for each in now) or "nothing"
        reason = f"In production is {is_now}, which is not what {version} was compared with."
        raise ConfigurationError(reason=f"{reason} Evaluate it again.")


def _end(found: Mapping[str, object]) -> int:
    print(json.dumps(found))
    return 0 if found["promoted"] else 1


if __name__ == "__main__":
    sys.exit(main())
