"""What a start says at its end, and which databases the demo practice gets into."""

from pathlib import Path

import httpx
import pytest

from deployments.config import Settings
from scripts import demo, welcome
from scripts.errors import StartError
from scripts.processes import ProcessName
from scripts.progress import Progress
from scripts.run_file import RunFile


def database_of(monkeypatch: pytest.MonkeyPatch, *usernames: str) -> None:
    """Let welcome find a database with these therapists."""
    monkeypatch.setattr(welcome, "is_database_empty", lambda _: not usernames)
    monkeypatch.setattr(welcome, "is_practice_of", lambda name, _: [*usernames] == [name])


def record_loads(monkeypatch: pytest.MonkeyPatch, failure: StartError | None = None) -> list[str]:
    """Load nothing; return the addresses at which the demo would have been loaded."""
    loads: list[str] = []

    def load(base_url: str, _: Progress) -> demo.FirstNote:
        loads.append(base_url)
        if failure is not None:
            raise failure
        return demo.FirstNote(1, "**Plan:** Rest.", 1.0)

    monkeypatch.setattr(welcome, "_load_and_write", load)
    return loads


@pytest.mark.parametrize(
    ("usernames", "is_unfinished", "is_loaded"),
    [
        ((), False, True),
        (("demo",), True, True),
        (("demo",), False, False),
        (("demo", "ada"), True, False),
        (("ada",), True, False),
    ],
)
def test_the_demo_enters_no_practice_of_ones_own(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    usernames: tuple[str, ...],
    is_unfinished: bool,
    is_loaded: bool,
) -> None:
    if is_unfinished:
        (tmp_path / welcome.UNFINISHED).touch()
    database_of(monkeypatch, *usernames)
    loads = record_loads(monkeypatch)
    assert welcome.show_first_note(Settings(data_dir=tmp_path), "http://x", Progress())
    assert bool(loads) is is_loaded
    assert not (tmp_path / welcome.UNFINISHED).exists()


def test_the_published_password_is_for_this_machine_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database_of(monkeypatch)
    loads = record_loads(monkeypatch)
    settings = Settings(data_dir=tmp_path, host="192.168.7.5")
    assert welcome.show_first_note(settings, "http://x", Progress())
    assert loads == []
    assert "No demo practice is loaded" in capsys.readouterr().out


@pytest.mark.parametrize(("host", "is_warned"), [("127.0.0.1", False), ("192.168.7.5", True)])
def test_a_demo_that_others_reach_is_warned_of(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    is_warned: bool,
) -> None:
    monkeypatch.setattr(demo, "first_session", lambda _: 1)
    settings = Settings(data_dir=tmp_path, host=host, legacy_open_summary=True)
    run = RunFile(ProcessName(1, 2.0), host, 8002, 8265, 8090, "/tmp/x", {}, True)
    welcome.print_addresses(settings, run)
    printed = capsys.readouterr().out
    assert ("This login is public" in printed) is is_warned
    assert "without a token" in printed


def test_a_failed_demo_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database_of(monkeypatch)
    record_loads(monkeypatch, failure=StartError(reason="The model did not answer."))
    assert not welcome.show_first_note(Settings(data_dir=tmp_path), "http://x", Progress())
    assert (tmp_path / welcome.UNFINISHED).exists()
    assert "The demo failed: The model did not answer." in capsys.readouterr().err


def test_an_extract_is_no_first_note(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "/auth/login": {"access_token": "t"},
        "/sessions/1/generate-notes": {
            "success": True,
            "generated_notes": "**Plan:** What was said.",
            "fallback": True,
            "fallback_reason": "The language model failed.",
        },
    }
    transport = httpx.MockTransport(lambda each: httpx.Response(200, json=answers[each.url.path]))
    client = httpx.Client(base_url="http://x", transport=transport)
    monkeypatch.setattr(httpx, "Client", lambda **_: client)
    with pytest.raises(StartError, match="The language model failed"):
        demo.write_first_note("http://x", 1, print)
