"""docs/api.md is true: its routes, fields, answers and errors are the code's."""

import copy
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

import notes.errors
from db.session import Database
from deployments.api.notes import generated_response
from deployments.http_errors import STATUS, UNEXPECTED, error_response, status_of
from deployments.services import NoteOutcome, NoteStatus
from notes.compose import finding_details
from notes.errors import NotesError
from notes.risk import assess_risk
from notes.risk.findings import Polarity, RiskCategory
from notes.transcript import parse_transcript
from notes.validation import Rule
from tests.serve.conftest import registration

DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()

# "`METHOD /path` `body` → STATUS, `Header: value`", then the answer as a block or in the line.
EXAMPLE = re.compile(
    r"`(?P<method>[A-Z]+) (?P<path>/\S*)`(?: `(?P<sent>[^`]+)`)?(?: with `[^`]+`)?"
    r" → (?P<status>\d{3})(?P<headers>(?:, `[^`]+`)*)\s+"
    r"(?:```json\n(?P<block>.*?)```|`(?P<line>\{.*?\})`)",
    re.DOTALL,
)

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Row:
    """One route of the table; "…" in a cell stands for fields that it does not name."""

    method: str
    path: str
    sent: str
    answered: str


@dataclass(frozen=True)
class Example:
    """One call and its answer."""

    method: str
    path: str
    sent: str
    status: int
    headers: str
    answer: dict[str, Any]


@pytest.fixture
def database() -> Database:
    """Return a database that is never asked."""
    return Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")


@pytest.fixture
def schema(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with each answer's fields required and no others allowed."""
    strict = copy.deepcopy(api.openapi())
    for name, kind in strict["components"]["schemas"].items():
        if "properties" in kind:
            kind.setdefault("additionalProperties", False)
            if name.endswith("Reply"):
                kind["required"] = list(kind["properties"])
    return strict


def table(first_heading: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the table that begins with this heading."""
    lines = iter(DOCUMENT.split(f"\n| {first_heading} |", 1)[1].splitlines()[2:])
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def routes() -> list[Row]:
    return [
        Row(method, path.strip("`"), sent, answered)
        for method, path, sent, answered in table("method")
    ]


def examples() -> list[Example]:
    return [
        Example(
            found["method"],
            found["path"],
            found["sent"] or "",
            int(found["status"]),
            found["headers"],
            json.loads(found["block"] or found["line"]),
        )
        for found in EXAMPLE.finditer(DOCUMENT)
    ]


def example(path: str, status: int, method: str = "POST") -> Example:
    return next(e for e in examples() if (e.method, e.path, e.status) == (method, path, status))


def operation(schema: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """Return what the schema says of a call of this address."""
    for template, methods in schema["paths"].items():
        address = re.sub(r"\{\w+\}", r"(?:\\d+|notes)", template)
        if re.fullmatch(address, path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    raise AssertionError(f"There is no {method} {path}.")


def content(part: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a request's or an answer's body; {} where it has none."""
    kinds = [kind["schema"] for kind in part.get("content", {}).values()]
    return kinds[0] if kinds else {}


def object_of(schema: dict[str, Any], kind: dict[str, Any]) -> dict[str, Any]:
    """Return the object that a schema refers to, also where it may be null."""
    kind = kind.get("anyOf", [kind])[0]
    if "$ref" not in kind:
        return kind
    found: dict[str, Any] = schema["components"]["schemas"][kind["$ref"].rpartition("/")[2]]
    return found


def check(schema: dict[str, Any], kind: dict[str, Any], value: object) -> None:
    Draft202012Validator({**kind, "components": schema["components"]}).validate(value)


def accepted_fields(schema: dict[str, Any], call: dict[str, Any]) -> dict[str, bool]:
    """Return whether each field of the body, the query and the headers is required."""
    body = call.get("requestBody", {})
    kind = object_of(schema, content(body))
    is_needed = set(kind.get("required", ())) if body.get("required") else set()
    fields = {name: name in is_needed for name in kind.get("properties", {})}
    for each in call.get("parameters", []):
        if each["in"] != "path":
            fields[each["name"]] = each.get("required", False)
    return fields


def named_fields(cell: str) -> dict[str, bool]:
    """Return whether each field that a cell names is required."""
    return {name.lower(): not mark for name, mark in re.findall(r"`([\w-]+)`(\??)", cell)}


def test_the_table_holds_the_routes_of_the_schema(schema: dict[str, Any]) -> None:
    written = [f"{row.method} {row.path}" for row in routes()]
    served = {f"{m.upper()} {path}" for path, methods in schema["paths"].items() for m in methods}
    assert sorted(written) == sorted(served)


def test_the_table_names_what_is_sent(schema: dict[str, Any]) -> None:
    for row in routes():
        fields = accepted_fields(schema, schema["paths"][row.path][row.method.lower()])
        named = named_fields(row.sent)
        assert named.items() <= fields.items(), row
        left_out = {name for name in fields if name not in named}
        assert not left_out or ("…" in row.sent and not any(fields[n] for n in left_out)), row


def test_the_table_names_what_is_answered(schema: dict[str, Any]) -> None:
    for row in routes():
        answers = schema["paths"][row.path][row.method.lower()]["responses"]
        kind = object_of(schema, content(answers.get("200", {})))
        fields, named = set(kind.get("properties", {})), set(named_fields(row.answered))
        assert named <= fields, row
        assert named == fields or "…" in row.answered, row
        assert ("202" in answers) == ("202" in row.answered), row


def test_the_open_routes_are_those_without_a_lock(schema: dict[str, Any]) -> None:
    sentence = re.search(r"Open without it are (.*?)\. ", DOCUMENT, re.DOTALL)
    assert sentence
    written = set(re.findall(r"`(/[\w/-]*)`", sentence[1]))
    served = {
        path
        for path, methods in schema["paths"].items()
        if not all("security" in call for call in methods.values())
    }
    assert written == served


def test_every_example_is_read_by_these_tests() -> None:
    assert len(examples()) == DOCUMENT.count(" → ") >= 12
    blocks = [found for found in EXAMPLE.finditer(DOCUMENT) if found["block"]]
    assert len(blocks) == DOCUMENT.count("```json")


@pytest.mark.parametrize("example", examples(), ids=lambda e: f"{e.method} {e.path} {e.status}")
def test_an_example_has_the_fields_of_the_answer(example: Example, schema: dict[str, Any]) -> None:
    call = operation(schema, example.method, example.path)
    if example.sent.startswith("{"):
        check(schema, content(call["requestBody"]), json.loads(example.sent))
    if example.status < 400:
        check(schema, content(call["responses"][str(example.status)]), example.answer)
        return
    made = error_response(example.path, example.status, example.answer["detail"])
    assert json.loads(bytes(made.body)) == example.answer


def test_an_etag_is_the_version_of_the_note() -> None:
    tagged = [each for each in examples() if "ETag" in each.headers]
    assert tagged
    for each in tagged:
        version = each.answer.get("notes_version", each.answer.get("version"))
        assert each.headers == f', `ETag: "{version}"`'


def test_the_session_stands_in_both_places() -> None:
    answer = example("/sessions/1", 200, "GET").answer
    assert answer == {**answer["session"], "session": answer["session"], "success": True}


def test_the_findings_are_those_of_the_session() -> None:
    transcript = example("/sessions/1", 200, "GET").answer["original_transcription"]
    findings = [finding_details(each) for each in assess_risk(parse_transcript(transcript).turns)]
    assert example("/sessions/1/generate-notes", 200).answer["findings"] == findings != []


def test_the_pending_answer_is_the_servers() -> None:
    pending = example("/sessions/2/generate-notes", 202)
    made = generated_response(
        NoteOutcome(NoteStatus.PENDING, 2, eta_minutes=pending.answer["eta_minutes"])
    )
    assert json.loads(bytes(made.body)) == pending.answer
    assert pending.headers == f", `Retry-After: {made.headers['Retry-After']}`"


def test_the_values_of_findings_and_warnings_are_named() -> None:
    for kind in (RiskCategory, Polarity, Rule):
        for member in kind:
            assert f"`{member.value}`" in DOCUMENT, member


def kinds_of_errors() -> Iterator[type[NotesError]]:
    """Yield every error with a sentence of its own."""
    declared = [kind for _, kind in inspect.getmembers(notes.errors, inspect.isclass)]
    for kind in {*STATUS, *(kind for kind in declared if issubclass(kind, NotesError))}:
        if not re.fullmatch(r"\{\w+\}", kind.__doc__ or ""):
            yield kind


def says(kind: type[NotesError], sentence: str) -> bool:
    """Tell whether `sentence` is the error's, with some data in it."""
    template = re.escape(" ".join((kind.__doc__ or "").split()))
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", template), sentence) is not None


@pytest.fixture
async def refusals(anonymous: httpx.AsyncClient) -> list[tuple[int, str]]:
    """Return the answers to requests that no route takes."""
    body = registration("ada")
    del body["full_name"]
    answers = [
        await anonymous.post("/auth/register", json=body),
        await anonymous.post("/auth/register", content="{", headers=JSON),
        await anonymous.get("/nowhere"),
        await anonymous.put("/health"),
    ]
    return [(answer.status_code, answer.json()["detail"]) for answer in answers]


async def test_the_errors_are_the_servers(refusals: list[tuple[int, str]]) -> None:
    known = [*refusals, (500, UNEXPECTED)]
    for number, _, sentence in table("status"):
        status, begin = int(number), sentence.removesuffix("…")
        is_raised = any(
            status_of(kind) == status and says(kind, sentence) for kind in kinds_of_errors()
        )
        is_known = any(code == status and text.startswith(begin) for code, text in known)
        assert is_raised or is_known, (status, sentence)


async def test_every_status_of_an_error_stands_in_the_table(
    refusals: list[tuple[int, str]],
) -> None:
    written = {int(number) for number, *_ in table("status")}
    assert written == {*STATUS.values(), *(status for status, _ in refusals)}
