"""The mobile app's calls, as tests make them."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self

import httpx

PATIENCE_S = 300.0
PASSWORD = "a zanzibarquartz password"  # a word that tests look for in logs


class MobileApp:
    """The app's service layer: the same routes, headers and bodies, and no others."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=PATIENCE_S, trust_env=False)
        self._token: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def register(self, name: str) -> Any:
        """Create the therapist's account."""
        body = {
            "email": f"{name}@clinic.org",
            "username": name,
            "password": PASSWORD,
            "full_name": "Ada Example",
            "license_number": f"L-{name}",
            "specialization": "CBT",
            "phone": "+1 555 0100",
        }
        return self._ok(self.call("POST", "/auth/register", body))

    def log_in(self, name: str) -> Any:
        """Log in with a form, and keep the token."""
        form = {"username": name, "password": PASSWORD}
        answer = self._ok(self._http.post("/auth/login", data=form))
        self._token = answer["access_token"]
        return answer

    def me(self) -> Any:
        return self._ok(self.call("GET", "/auth/me"))["therapist"]

    def log_out(self) -> httpx.Response:
        return self.call("POST", "/auth/logout")

    def patients(self) -> Any:
        return self._ok(self.call("GET", "/patients/?active_only=true"))["patients"]

    def patient(self, patient_id: int) -> Any:
        path = f"/patients/{patient_id}?include_sessions=true"
        return self._ok(self.call("GET", path))["patient"]

    def search(self, query: str) -> Any:
        return self._ok(self.call("GET", f"/patients/search?q={query}"))["results"]

    def create_patient(self, full_name: str) -> Any:
        body = {"full_name": full_name, "phone": "+1 555 0199", "notes": "Prefers mornings."}
        return self._ok(self.call("POST", "/patients/", body))["patient"]

    def update_patient(self, patient_id: int, **changes: Any) -> Any:
        return self._ok(self.call("PUT", f"/patients/{patient_id}", changes))["patient"]

    def delete_patient(self, patient_id: int) -> Any:
        return self._ok(self.call("DELETE", f"/patients/{patient_id}"))

    def create_session(self, patient_id: int, transcript: str | None = None) -> Any:
        body: dict[str, Any] = {"patient_id": patient_id, "language": "hindi"}
        if transcript is not None:
            body |= {"duration": 3000, "original_transcription": transcript}
        return self._ok(self.call("POST", "/sessions/", body))["session"]

    def sessions(self, patient_id: int) -> Any:
        return self._ok(self.call("GET", f"/sessions/patient/{patient_id}"))["sessions"]

    def session(self, session_id: int) -> Any:
        return self._ok(self.call("GET", f"/sessions/{session_id}"))["session"]

    def update_session(self, session_id: int, **changes: Any) -> Any:
        """Save a session; the app saves edited notes this way, too."""
        return self._ok(self.call("PUT", f"/sessions/{session_id}", changes))["session"]

    def delete_session(self, session_id: int) -> Any:
        return self._ok(self.call("DELETE", f"/sessions/{session_id}"))

    def generate_notes(self, session_id: int, *, regenerate: bool = True) -> httpx.Response:
        """Ask for a note; the app itself always sends `regenerate: true`."""
        path = f"/sessions/{session_id}/generate-notes"
        return self.call("POST", path, {"regenerate": regenerate})

    def save_notes(self, session_id: int, text: str) -> Any:
        """Save edited notes on their own route, with the flags that the app believes in."""
        body = {"notes": text, "is_ai_generated": True, "edited_from_ai": True}
        return self._ok(self.call("PUT", f"/sessions/{session_id}/notes", body))

    def summarize(self, patient_id: int, *, sends_token: bool) -> httpx.Response:
        """Ask for the summary of all sessions; the old app sends no token here."""
        token = self._token if sends_token else None
        return self.call("POST", "/summarize-sessions", {"patient_id": patient_id}, token)

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | str | None = None,
        token: str | None = "",
    ) -> httpx.Response:
        """Send any request, with the token unless told otherwise; a string goes as it is."""
        return self._http.request(
            method,
            path,
            content=body if body is None or isinstance(body, str) else json.dumps(body),
            headers=self.headers(self._token if token == "" else token),
        )

    def hang_up(self, session_id: int, when: Callable[[], None]) -> None:
        """Ask for a note, and close the connection once `when` returns."""
        url = self._http.base_url
        connection = HTTPConnection(url.host, url.port or 80)
        body = json.dumps({"regenerate": True})
        path = f"/sessions/{session_id}/generate-notes"
        with closing(connection):
            connection.request("POST", path, body, self.headers(self._token))
            when()

    @staticmethod
    def headers(token: str | None) -> dict[str, str]:
        """Return the headers of a request with a JSON body."""
        kind = {"Content-Type": "application/json"}
        return {**kind, "Authorization": f"Bearer {token}"} if token else kind

    def _ok(self, response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.url.path}: {response.text}"
        return response.json()


@contextmanager
def new_app(base_url: str) -> Iterator[MobileApp]:
    """Yield the app on the phone of a new therapist who is logged in."""
    name = f"ada-{uuid.uuid4().hex[:8]}"
    with MobileApp(base_url) as app:
        app.register(name)
        app.log_in(name)
        yield app
