"""Settings: defaults, where values come from, what is refused and what is forgiven."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from db.address import driver_url
from deployments.config import Settings, is_private_host, load_settings
from notes.errors import ConfigurationError

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in tuple(os.environ):
        if name.upper().startswith("NOTES_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str) -> Path:
        path = tmp_path / "notes.toml"
        path.write_text(text)
        return path

    return write_file


def test_everything_has_a_safe_default() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.legacy_open_summary) == (
        "127.0.0.1",
        8000,
        False,
    )
    assert settings.data_dir.name == ".data"
    assert settings.store_dir.parts[-2:] == ("models", "store")
    assert settings.cors_origins == ()


def test_the_environment_goes_before_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('port = 9000\nhost = "127.0.0.2"\n')
    monkeypatch.setenv("NOTES_PORT", "9001")
    assert (load_settings().port, load_settings().host) == (9001, "127.0.0.2")


def test_a_named_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.toml").write_text("access_token_minutes = 5")
    monkeypatch.setenv("NOTES_CONFIG_FILE", str(tmp_path / "other.toml"))
    assert load_settings().access_token_minutes == 5


def test_a_named_file_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_CONFIG_FILE", str(tmp_path / "missing.toml"))
    with pytest.raises(ConfigurationError, match="is not a file"):
        load_settings()


def test_a_broken_file_is_refused(write: Write) -> None:
    write("port = = 1")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings()


def test_unknown_keys_are_refused_with_a_hint(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("prot = 9000")
    with pytest.raises(ConfigurationError, match=r"no setting prot\. Did you mean port\?"):
        load_settings()
    write("")
    monkeypatch.setenv("NOTES_PROT", "9000")
    with pytest.raises(ConfigurationError, match=r"NOTES_PROT\. Did you mean NOTES_PORT\?"):
        load_settings()


def test_an_unsafe_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_PORT", "70000")
    with pytest.raises(ConfigurationError, match="The setting port"):
        load_settings()


def test_a_harmless_value_falls_back_to_the_default_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTES_DEADLINE_S", "soon")
    monkeypatch.setenv("NOTES_LOG_LEVEL", "chatty")
    with pytest.warns(UserWarning, match="The default is used instead"):
        settings = load_settings()
    assert (settings.deadline_s, settings.log_level) == (60.0, "INFO")


def test_lists_are_comma_separated_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_CORS_ORIGINS", "http://a.lan, http://b.lan")
    assert load_settings().cors_origins == ("http://a.lan", "http://b.lan")


def test_lists_are_lists_in_the_file(write: Write) -> None:
    write('cors_origins = ["http://a.lan"]')
    assert load_settings().cors_origins == ("http://a.lan",)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "8.8.8.8", "clinic.example"])
def test_the_open_summary_is_refused_on_a_public_address(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTES_LEGACY_OPEN_SUMMARY", "true")
    monkeypatch.setenv("NOTES_HOST", host)
    with pytest.raises(ConfigurationError, match="private address"):
        load_settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.168.1.20", "10.0.0.5", "::1"])
def test_the_open_summary_is_possible_on_a_private_address(host: str) -> None:
    assert is_private_host(host)
    assert Settings(host=host, legacy_open_summary=True).legacy_open_summary


def test_a_database_url_is_found_under_both_names_and_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@db/notes")
    settings = load_settings()
    assert settings.resolved_database_url() == "postgresql+asyncpg://u:hidden@db/notes"
    assert "hidden" not in repr(settings)
    monkeypatch.setenv("NOTES_DATABASE_URL", "postgresql+asyncpg://u@other/notes")
    assert load_settings().resolved_database_url() == "postgresql+asyncpg://u@other/notes"


def test_libpqs_sslmode_is_the_drivers_ssl() -> None:
    url = driver_url("postgres://u:p%40ss@db:5433/notes?sslmode=require&host=/tmp")
    arguments = make_url(url).get_dialect()().create_connect_args(make_url(url))[1]
    assert (arguments.pop("host"), arguments.pop("port")) == ("/tmp", 5433)
    assert arguments == {"user": "u", "password": "p@ss", "database": "notes", "ssl": "require"}


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_usual_scheme_is_taken(scheme: str) -> None:
    assert driver_url(f"{scheme}://u@db/notes") == "postgresql+asyncpg://u@db/notes"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://u:hidden@db/x?channel_binding=require", '"channel_binding"'),
        ("postgresql://u:hidden@db/x?timeout=1", '"timeout"'),
        ("postgresql://u:hidden@db/x?sslmode=yes", 'wrong "ssl".*verify-full'),
        ("postgresql://u:hidden@db/x?sslmode=require&sslmode=disable", 'wrong "ssl"'),
        ("postgresql://u:hidden@db/x?ssl=require&sslmode=disable", 'both "ssl" and "sslmode"'),
        ("postgresql://u:hidden@db:port/x", "must be such as"),
        ("mysql://u:hidden@db/x", "must be such as"),
        ("hidden", "must be such as"),
    ],
)
def test_a_wrong_database_url_is_refused_with_a_sentence(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ConfigurationError, match=words) as caught:
        load_settings().resolved_database_url()
    assert "hidden" not in f"{caught.value}{caught.value.__context__}"


def test_without_a_database_url_the_embedded_server_is_used(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).resolved_database_url().startswith("postgresql+asyncpg://")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1
