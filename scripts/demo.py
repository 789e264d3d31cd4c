"""The demo practice: a therapist, patients and sessions, posted as an app would post them.

The data lie in scripts/demo/practice.json:

    therapist    the body of POST /auth/register
    patients     bodies of POST /patients/, each with `sessions`
    sessions     `file` (a transcript beside the JSON file) or `text`; `days_ago`, `duration`
                 (minutes), `language`
    first_note   optional: the patient_id whose newest session is turned into a note at first
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from scripts.errors import StartError

FOLDER = Path(__file__).with_name("demo")
NOTE_PATIENCE_S = 300.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FirstNote:
    """The note that the demo shows, and the seconds from request to note."""

    session_id: int
    text: str
    seconds: float


def read_practice() -> dict[str, Any]:
    """Return the demo data."""
    practice: dict[str, Any] = json.loads((FOLDER / "practice.json").read_text())
    return practice


def credentials() -> tuple[str, str]:
    """Return the demo therapist's user name and password."""
    therapist = read_practice()["therapist"]
    return therapist["username"], therapist["password"]


def load_demo(base_url: str) -> int:
    """Post what is not there yet, and return the session to turn into a note first."""
    practice = read_practice()
    with httpx.Client(base_url=base_url, timeout=60, trust_env=False) as http:
        _authorise(http, practice["therapist"])
        known = {each["patient_id"]: each for each in _get(http, "/patients/")["patients"]}
        newest = {
            patient["patient_id"]: _load_patient(http, patient, known)
            for patient in practice["patients"]
        }
    first = practice.get("first_note") or practice["patients"][0]["patient_id"]
    return newest[first]


def write_first_note(base_url: str, session_id: int, say: Say) -> FirstNote:
    """Turn a session into a note, over HTTP; on a slow machine it is written in the background."""
    started = time.monotonic()
    with httpx.Client(base_url=base_url, timeout=NOTE_PATIENCE_S, trust_env=False) as http:
        _authorise(http, read_practice()["therapist"])
        answer = _post(http, f"/sessions/{session_id}/generate-notes", {"regenerate": True})
        if answer.get("fallback"):
            raise StartError(reason=f"No note was written. {answer['fallback_reason']}")
        if not answer["success"]:
            say(answer["detail"])
        text = answer.get("generated_notes") or _wait_for_note(http, session_id)
    return FirstNote(session_id, text, time.monotonic() - started)


def _wait_for_note(http: httpx.Client, session_id: int) -> str:
    deadline = time.monotonic() + NOTE_PATIENCE_S
    while not (text := _get(http, f"/sessions/{session_id}")["notes"]):
        if time.monotonic() > deadline:
            raise StartError(reason=f"There is no note after {NOTE_PATIENCE_S:.0f} s.")
        time.sleep(1)
    return str(text)


def first_session(base_url: str) -> int | None:
    """Return the first session of the demo practice, or None where it is not loaded."""
    practice = read_practice()
    with httpx.Client(base_url=base_url, timeout=60, trust_env=False) as http:
        if not _log_in(http, practice["therapist"]):
            return None
        patients = sorted(_get(http, "/patients/")["patients"], key=_id)
        sessions = [each for patient in patients[:1] for each in _sessions(http, _id(patient))]
    return min(map(_id, sessions), default=None)


def _authorise(http: httpx.Client, therapist: Mapping[str, Any]) -> None:
    if not _log_in(http, therapist):
        _post(http, "/auth/register", therapist)
        _log_in(http, therapist)


def _log_in(http: httpx.Client, therapist: Mapping[str, Any]) -> bool:
    form = {"username": therapist["username"], "password": therapist["password"]}
    answer = http.post("/auth/login", data=form)
    if answer.is_success:
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return answer.is_success


def _load_patient(
    http: httpx.Client, patient: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> int:
    """Post a patient and sessions, those aside that an interrupted load has posted."""
    fields = {name: value for name, value in patient.items() if name != "sessions"}
    stored = known.get(patient["patient_id"]) or _post(http, "/patients/", fields)["patient"]
    posted = _sessions(http, stored["id"])
    oldest_first = sorted(patient["sessions"], key=_days_ago, reverse=True)
    for session in oldest_first[len(posted) :]:
        posted.append(_load_session(http, stored["id"], session))
    return max(_id(each) for each in posted)


def _load_session(
    http: httpx.Client, patient_id: int, session: Mapping[str, Any]
) -> dict[str, Any]:
    text = session.get("text") or (FOLDER / session["file"]).read_text()
    when = datetime.now(UTC) - timedelta(days=_days_ago(session))
    body = {
        "patient_id": patient_id,
        "language": session.get("language", "english"),
        "duration": int(session.get("duration", 50)) * 60,  # seconds, as the app sends them
        "original_transcription": text,
        "session_date": when.isoformat(timespec="seconds"),
    }
    stored: dict[str, Any] = _post(http, "/sessions/", body)["session"]
    return stored


def _id(row: Mapping[str, Any]) -> int:
    return int(row["id"])


def _days_ago(session: Mapping[str, Any]) -> int:
    return int(session.get("days_ago", 0))


def _sessions(http: httpx.Client, patient_id: int) -> list[dict[str, Any]]:
    sessions: list[dict[str, Any]] = _get(http, f"/sessions/patient/{patient_id}")["sessions"]
    return sessions


def _get(http: httpx.Client, path: str) -> dict[str, Any]:
    return _checked(http.get(path))


def _post(http: httpx.Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return _checked(http.post(path, json=body))


def _checked(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    body: dict[str, Any] = answer.json()
    return body
