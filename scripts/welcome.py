"""What a start prints at its end: the first note, the addresses, a line to try."""

import re
import sys
from pathlib import Path

import httpx

from deployments.config import Settings
from scripts import demo
from scripts.database import is_database_empty, is_practice_of
from scripts.errors import StartError
from scripts.lan import is_loopback
from scripts.progress import Progress
from scripts.run_file import RunFile
from scripts.system import token_file

UNFINISHED = "demo.unfinished"  # lies in data_dir while the demo practice is being loaded
AFTER_FAILURE = "The system runs; `make logs` tells more, and `make serve` tries the demo again."
RED, PLAIN = "\033[31m", "\033[0m"


def show_first_note(settings: Settings, base_url: str, progress: Progress) -> bool:
    """Load the demo practice into an empty embedded database and turn one session into a note.

    False if that fails; the system runs all the same, and the next start tries again.
    """
    marker = settings.data_dir / UNFINISHED
    if not _wants_demo(settings, marker):
        return True
    if not is_loopback(settings.host):
        print("\nNo demo practice is loaded: its login is public, and others reach this address.")
        return True
    marker.touch()
    try:
        note = _load_and_write(base_url, progress)
    except (httpx.HTTPError, StartError) as error:
        print(f"\nThe demo failed: {error}\n{AFTER_FAILURE}", file=sys.stderr)
        return False
    marker.unlink()
    _print_note(note)
    return True


def _load_and_write(base_url: str, progress: Progress) -> demo.FirstNote:
    progress("the demo practice is loaded")
    session_id = demo.load_demo(base_url)
    progress(f"the note of session {session_id} is written")
    return demo.write_first_note(base_url, session_id, progress)


def _wants_demo(settings: Settings, marker: Path) -> bool:
    """Keep demo data out of a practice of one's own, on whatever server it lies."""
    if settings.database_url is not None:
        return False
    url = settings.resolved_database_url()
    if is_database_empty(url):
        return True
    if marker.exists() and not is_practice_of(demo.credentials()[0], url):
        marker.unlink()  # somebody has begun to work since the demo failed
    return marker.exists()


def _print_note(note: demo.FirstNote) -> None:
    print(f"\n{paint(note.text, is_terminal=sys.stdout.isatty())}\n")
    print(f"Written in {note.seconds:.1f} s (session {note.session_id}).")


def paint(text: str, *, is_terminal: bool) -> str:
    """Show urgent words in red where colours are shown; elsewhere leave the marks as stored."""
    return re.sub(r"\{\{RED:(.*?)\}\}", rf"{RED}\1{PLAIN}", text) if is_terminal else text


def print_addresses(settings: Settings, run: RunFile) -> None:
    """Print where everything is, and a line to try."""
    print(
        f"\nAPI        {run.base_url}"
        f"\nAPI docs   {run.base_url}/docs"
        f"\nHealth     {run.base_url}/health"
        f"\nDashboard  {run.dashboard_url}   (asks for the token: cat {token_file(settings)})"
        f"\nLogs       make logs"
    )
    if settings.legacy_open_summary:
        print("\nOpen door: /summarize-sessions answers without a token (legacy_open_summary).")
    if (session_id := demo.first_session(run.base_url)) is not None:
        _print_demo(run.base_url, session_id)
        if not is_loopback(run.host):
            print(f"This login is public, and the network reaches {run.host}.\n")


def _print_demo(base_url: str, session_id: int) -> None:
    username, password = demo.credentials()
    print(f"\nDemo login {username} / {password}; write a note anew:\n")
    print(curl_line(base_url, session_id, username, password) + "\n")


def curl_line(base_url: str, session_id: int, username: str, password: str) -> str:
    """Return one shell line that logs in and generates; it needs curl and sed only."""
    login = f"curl -s {base_url}/auth/login -d 'username={username}' -d 'password={password}'"
    token = f"""$({login} | sed -E 's/.*"access_token": *"([^"]*)".*/\\1/')"""
    url = f"{base_url}/sessions/{session_id}/generate-notes"
    body = "-H 'Content-Type: application/json' -d '{\"regenerate\": true}'"
    return f'curl -s {url} -H "Authorization: Bearer {token}" {body}'
