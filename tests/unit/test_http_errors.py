"""The table of errors, the sentences of refused requests, and the boundary around it all."""

import inspect
import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import notes.errors
from deployments.http_errors import (
    STATUS,
    BodyTooLargeError,
    ErrorBoundary,
    NotOfferedError,
    OperatorOnlyError,
    PromotionRefusedError,
    install_error_handlers,
    status_of,
)
from deployments.middleware import AccessLog, BodyLimit, SecurityHeaders
from notes.errors import (
    AlreadyExistsError,
    AuthenticationError,
    ConfigurationError,
    ConsentMissingError,
    DatabaseUnavailableError,
    DeadlineExceededError,
    EngineError,
    InvalidInputError,
    LostUpdateError,
    ModelNotFoundError,
    NoteExistsError,
    NoteParseError,
    NotesError,
    NoteSignedError,
    NotFoundError,
    QueueFullError,
    SequenceTooLongError,
    TranscriptMissingError,
    TranscriptTooLongError,
    TranscriptTooShortError,
    UnknownStyleError,
)

CASES: list[tuple[NotesError, int]] = [
    (InvalidInputError(reason="wrong"), 400),
    (TranscriptTooShortError(num_chars=3, min_chars=50), 400),
    (TranscriptMissingError(session_id=1), 400),
    (NoteExistsError(session_id=1), 400),
    (UnknownStyleError(style="x", known="y"), 400),
    (AlreadyExistsError(what="therapist", field="email"), 400),
    (AuthenticationError(), 401),
    (ConsentMissingError(patient_id=1), 403),
    (NotFoundError(what="session", id=1), 404),
    (LostUpdateError(session_id=1, current=2), 409),
    (NoteSignedError(session_id=1), 409),
    (TranscriptTooLongError(num_chars=3, max_chars=2), 413),
    (BodyTooLargeError(max_bytes=2), 413),
    (SequenceTooLongError(num_tokens=3, max_tokens=2), 413),
    (QueueFullError(retry_after_s=7), 429),
    (NotOfferedError(what="Translation"), 501),
    (ModelNotFoundError(name="m"), 503),
    (EngineError(reason="r"), 503),
    (DeadlineExceededError(timeout_s=60), 503),
    (DatabaseUnavailableError(), 503),
    (NoteParseError(style="s", reason="r"), 500),
    (ConfigurationError(reason="r"), 500),
]


class Body(BaseModel):
    EXAMPLE: ClassVar[Mapping[str, Any]] = {"count": 3, "text": "hello"}

    count: int
    text: str = ""


class RayLikeError(NotFoundError):
    """What Ray makes of an error in a replica: both classes, and a message with a traceback."""

    def __init__(self, cause: NotesError) -> None:
        self.cause = cause

    def __str__(self) -> str:
        return "ray::Replica traceback, secret words"


@pytest.fixture
def failing() -> dict[str, Exception]:
    return {}


@pytest.fixture
def app(failing: dict[str, Exception]) -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/fail")
    @app.get("/summarize-sessions")
    async def fail() -> None:
        raise failing["error"]

    @app.post("/body")
    async def post_body(body: Body) -> int:
        return body.count

    @app.get("/row/{row_id}")
    async def get_row(row_id: int) -> int:
        return row_id

    app.add_middleware(ErrorBoundary)
    app.add_middleware(BodyLimit, max_bytes=1000)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)
    return app


@pytest.fixture
async def client(app: FastAPI) -> Any:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def log_lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    lines: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.dumps([record.getMessage(), getattr(record, "data", {})]))

    root = logging.getLogger("notes")
    handler = Collect()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)


@pytest.mark.parametrize(("error", "status"), CASES, ids=lambda case: type(case).__name__)
async def test_each_error_has_its_status_and_says_what_to_do(
    error: NotesError, status: int, client: httpx.AsyncClient, failing: dict[str, Exception]
) -> None:
    failing["error"] = error
    response = await client.get("/fail")
    assert response.status_code == status
    assert set(response.json()) == {"detail"}
    detail = response.json()["detail"]
    assert "\n" not in detail
    if status != 500:
        assert detail == " ".join(str(error).split())


def test_every_error_of_the_tree_has_a_status() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(notes.errors, inspect.isclass)
        if issubclass(kind, NotesError)
    ]
    assert all(400 <= status_of(kind) < 600 for kind in kinds)
    of_http = {BodyTooLargeError, NotOfferedError, OperatorOnlyError, PromotionRefusedError}
    assert set(STATUS) <= {*kinds, *of_http}
    assert status_of(ValueError) == 500


async def test_a_full_queue_says_when_to_come_back(
    client: httpx.AsyncClient, failing: dict[str, Exception]
) -> None:
    failing["error"] = QueueFullError(retry_after_s=7)
    assert (await client.get("/fail")).headers["Retry-After"] == "7"
    failing["error"] = DatabaseUnavailableError()
    assert (await client.get("/fail")).headers["Retry-After"] == "5"


async def test_a_missing_token_names_the_scheme(
    client: httpx.AsyncClient, failing: dict[str, Exception]
) -> None:
    failing["error"] = AuthenticationError()
    assert (await client.get("/fail")).headers["WWW-Authenticate"] == "Bearer"


async def test_an_error_of_a_replica_shows_its_own_message(
    client: httpx.AsyncClient, failing: dict[str, Exception]
) -> None:
    failing["error"] = RayLikeError(NotFoundError(what="session", id=3))
    response = await client.get("/fail")
    assert (response.status_code, response.json()) == (404, {"detail": "There is no session 3."})


async def test_where_the_app_shows_message_there_is_one(
    client: httpx.AsyncClient, failing: dict[str, Exception]
) -> None:
    failing["error"] = NotFoundError(what="patient", id=3)
    body = (await client.get("/summarize-sessions")).json()
    assert body["message"] == body["detail"] == "There is no patient 3."
    assert body["success"] is False


def quoting_error() -> ValidationError:
    try:
        Body.model_validate({"count": "planted words"})
    except ValidationError as error:
        return error
    raise AssertionError


async def test_an_unexpected_error_is_plain_and_logged_by_type_only(
    client: httpx.AsyncClient, failing: dict[str, Exception], log_lines: list[str]
) -> None:
    failing["error"] = quoting_error()
    response = await client.get("/fail")
    assert response.status_code == 500
    assert "planted" not in response.text
    logged = "".join(log_lines)
    assert "ValidationError" in logged
    assert "planted" not in logged


async def test_a_wrong_field_is_explained_with_an_example_and_without_the_value(
    client: httpx.AsyncClient, log_lines: list[str]
) -> None:
    response = await client.post("/body", json={"count": "planted words", "text": 3})
    assert response.status_code == 422
    detail = response.json()["detail"]
    assert "`count`: Input should be a valid integer" in detail
    assert "`text`: " in detail
    assert '{"count": 3, "text": "hello"}' in detail
    assert "planted" not in response.text + "".join(log_lines)


@pytest.mark.parametrize(
    ("content", "status", "expected"),
    [
        (b"{planted", 400, "not valid JSON (at character 1)"),
        (b'{"count": 1, "text": "\xff planted"}', 400, "JSON in UTF-8"),
        (b"[]", 422, "The body: "),
        (b"", 422, "The body is missing."),
        (b'{"text": "planted"}', 422, "`count` is missing."),
    ],
)
async def test_malformed_bodies_get_the_right_form(
    content: bytes, status: int, expected: str, client: httpx.AsyncClient
) -> None:
    headers = {"Content-Type": "application/json"}
    response = await client.post("/body", content=content, headers=headers)
    assert response.status_code == status
    assert expected in response.json()["detail"]
    assert '"count": 3' in response.json()["detail"]
    assert "planted" not in response.text


async def test_a_wrong_address_or_method_is_explained(client: httpx.AsyncClient) -> None:
    assert "/docs" in (await client.get("/nowhere")).json()["detail"]
    assert (await client.delete("/body")).status_code == 405
    response = await client.get("/row/planted")
    assert response.status_code == 422
    assert "`row_id`" in response.json()["detail"]
    assert "planted" not in response.text


async def test_a_large_body_is_refused_declared_or_not(client: httpx.AsyncClient) -> None:
    response = await client.post("/body", content=b"x" * 1001)
    assert (response.status_code, "1000 bytes" in response.json()["detail"]) == (413, True)

    async def chunks() -> Any:
        for _ in range(11):
            yield b"x" * 100

    response = await client.post("/body", content=chunks())
    assert response.status_code == 413


async def test_a_body_of_just_the_limit_passes_in_any_pieces(client: httpx.AsyncClient) -> None:
    body = json.dumps({"count": 1, "text": "x" * 970}).encode()
    assert len(body) <= 1000

    async def chunks() -> Any:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    headers = {"Content-Type": "application/json"}
    assert (await client.post("/body", content=chunks(), headers=headers)).json() == 1


async def test_answers_carry_security_headers(
    client: httpx.AsyncClient, failing: dict[str, Exception]
) -> None:
    failing["error"] = ValueError("x")
    for path in ("/row/1", "/fail", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_the_access_log_holds_the_route_and_no_values(
    client: httpx.AsyncClient, log_lines: list[str]
) -> None:
    await client.get("/row/42?q=planted")
    (line,) = log_lines
    event, data = json.loads(line)
    assert event == "request"
    assert (data["method"], data["route"], data["status"]) == ("GET", "/row/{row_id}", 200)
    assert "planted" not in line
    assert "42" not in json.dumps({**data, "seconds": 0})


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=4), st.text(min_size=4))
def test_no_refusal_echoes_what_was_sent(count: str, text: str) -> None:
    import anyio

    planted = "\N{SNOWMAN}planted\N{SNOWMAN}"
    app = FastAPI()
    install_error_handlers(app)

    @app.post("/body")
    async def post_body(body: Body) -> int:
        return body.count

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/body", json={"count": planted + count, "text": [text]})

    response = anyio.run(post)
    assert response.status_code == 422
    assert planted not in response.json()["detail"]
