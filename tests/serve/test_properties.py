"""The design's properties of inference, from HTTP to the engine and the database; no Ray."""

import json
import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.logs import JsonFormatter
from notes.parsing import parse_note
from notes.style import SECTIONS5
from tests.fixtures_db import copy_of
from tests.netguard.sitecustomize import host_of, is_local
from tests.serve.desk import Desk, open_desk
from tests.serve.local_service import MAX_ATTEMPTS
from tests.unit.sessions import any_session, branch_texts

EXAMPLES = settings(max_examples=100, deadline=None)
DEADLINE_S = 60  # the design's
HEADINGS = ["Chief Complaint", "Emotional State", "Risk", "Intervention", "Plan"]

characters = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
texts = st.text(characters, max_size=300)
# Conversations, anything else, and both: whatever the interface accepts.
transcripts = st.one_of(
    any_session, texts, st.tuples(any_session, texts).map("\nPatient: ".join)
).filter(lambda text: len(text.strip()) >= 50)
# A word that stands nowhere but in what this patient says.
secrets = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=10).map("zq{}qz".format)


@pytest.fixture(scope="module")
def desk(template_url: str) -> Iterator[Desk]:
    with contextmanager(copy_of)(template_url) as database_url, open_desk(database_url) as desk:
        yield desk


class OutwardCalls:
    """Every call of this process to another machine, while `is_watching`."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.is_watching = False
        sys.addaudithook(self._note)  # Python never takes a hook away again

    @contextmanager
    def watched(self) -> Iterator[None]:
        self.hosts.clear()
        self.is_watching = True
        try:
            yield
        finally:
            self.is_watching = False

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_watching:
            return
        host = host_of(event, arguments)
        if host is not None and not is_local(host):
            self.hosts.append(host)
            raise OSError(event)


@pytest.fixture(scope="module")
def outward_calls() -> OutwardCalls:
    calls = OutwardCalls()
    with calls.watched(), pytest.raises(OSError, match=r"socket\.getaddrinfo"):
        socket.getaddrinfo("example.org", 80)
    assert calls.hosts == ["example.org"]
    return calls


@EXAMPLES
@given(transcripts, branch_texts)
def test_no_request_is_answered_from_outside(
    desk: Desk, outward_calls: OutwardCalls, transcript: str, answers: dict[str, str]
) -> None:
    """Property 1: No External API Calls During Summarization."""
    desk.answers = answers
    with outward_calls.watched():
        note = desk.run(desk.write_note(transcript))
        summaries = desk.run(desk.summarize(note["session_id"]))
    assert outward_calls.hosts == []
    assert not any(answer["fallback"] for answer in (note, *summaries))
    assert {answer["model"] for answer in (note, *summaries)} == {"fake:1"}


class Lines(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []
        self._records: set[logging.LogRecord] = set()

    def emit(self, record: logging.LogRecord) -> None:
        # Before the logs are configured, ours reach the handlers of the root as well.
        if record not in self._records:
            self._records.add(record)
            self.lines.append(self.format(record))

    def data(self, event: str) -> list[dict[str, Any]]:
        """Return what the lines of an event say."""
        parsed = [json.loads(line) for line in self.lines]
        return [line["data"] for line in parsed if line["event"] == event]


@contextmanager
def logged() -> Iterator[Lines]:
    """Yield what is logged meanwhile, by us and by libraries."""
    lines = Lines()
    loggers = [logging.getLogger(), logging.getLogger("notes")]
    for logger in loggers:
        logger.addHandler(lines)
    try:
        yield lines
    finally:
        for logger in loggers:
            logger.removeHandler(lines)


@EXAMPLES
@given(transcripts, secrets, branch_texts)
def test_every_inference_is_logged_without_its_words(
    desk: Desk, transcript: str, secret: str, answers: dict[str, str]
) -> None:
    """Property 12: Inference Logging."""
    desk.answers = {key: f"Patient says {secret}. {text}" for key, text in answers.items()}
    transcript = f"{transcript}\nPatient: It was {secret} who told me so."
    with logged() as log:
        note = desk.run(desk.write_note(transcript))
        desk.run(desk.summarize(note["session_id"]))
    inferences = log.data("inference_complete")
    num_summaries = 2
    assert 1 <= len(inferences) - num_summaries <= MAX_ATTEMPTS
    assert len({each["request_id"] for each in inferences}) == len(inferences)
    for each in inferences:
        assert each["input_length"] > 50
        assert each["output_length"] > 0
        assert 0 < each["inference_time"] < DEADLINE_S
    # The first one read the transcript, whose words are set in a frame of a few lines.
    assert inferences[0]["input_length"] > sum(len(word) for word in transcript.split()) / 2
    assert not [line for line in log.lines if secret in line]


@EXAMPLES
@given(transcripts, branch_texts)
def test_every_valid_session_gets_its_note(
    desk: Desk, transcript: str, answers: dict[str, str]
) -> None:
    """Property 16: Per-Session Note Generation."""
    desk.answers = answers
    answer = desk.run(desk.write_note(transcript))
    assert (answer["success"], answer["fallback"], answer["version"]) == (True, False, 1)
    assert answer["inference_time"] < DEADLINE_S
    draft = parse_note(answer["generated_notes"], SECTIONS5)
    assert [section.heading for section in draft.sections] == HEADINGS
    assert all(section.text for section in draft.sections)
    stored = desk.run(desk.session(answer["session_id"]))
    assert stored["notes"] == answer["generated_notes"]
    assert stored["original_transcription"] == transcript
