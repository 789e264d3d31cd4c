"""What an operator may set: one validated object, from the environment and a TOML file."""

import difflib
import ipaddress
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from db.address import driver_url
from db.embedded import database_url
from notes.compose import MAX_ATTEMPTS
from notes.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "NOTES_"
FILE_VARIABLE = "NOTES_CONFIG_FILE"

# A wrong value here costs speed or comfort, never safety: the default is taken, with a warning.
FORGIVEN = frozenset({"deadline_s", "slow_note_s", "object_store_bytes", "log_level"})

_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def is_private_host(host: str) -> bool:
    """Tell whether `host` is loopback or one private address; "all interfaces" is neither."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or any(address in network for network in _PRIVATE_NETWORKS)


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _uppercase(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


Port = Annotated[int, Field(ge=1, le=65535)]
Folder = Annotated[Path, AfterValidator(_absolute)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_uppercase)]


class Settings(BaseSettings):
    """Every setting with its default; `NOTES_<NAME>` in the environment or `<name>` in the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: Port = 8000
    data_dir: Folder = ROOT / ".data"
    store_dir: Folder = ROOT / "models" / "store"
    styles_dir: Folder | None = None  # a practice's own note styles; none: the built-in ones alone
    database_url: SecretStr | None = None  # none: the embedded PostgreSQL in data_dir
    dashboard_port: Port = 8265
    ray_port: Port = 6379
    metrics_port: Port = 8090
    object_store_bytes: int = Field(default=300_000_000, ge=80_000_000)
    cors_origins: Origins = ()
    legacy_open_summary: bool = False
    access_token_minutes: int = Field(default=720, ge=1, le=43_200)
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    max_transcript_chars: int = Field(default=200_000, ge=1)
    min_transcript_chars: int = Field(default=50, ge=1)
    deadline_s: Seconds = 60.0
    slow_note_s: Seconds = 60.0
    keep_unsupported: bool = False  # flagged, not left out
    max_attempts: Annotated[int, Field(ge=1, le=16)] = MAX_ATTEMPTS
    log_level: LogLevel = "INFO"

    @model_validator(mode="after")
    def _open_summary_needs_private_host(self) -> Self:
        if self.legacy_open_summary and not is_private_host(self.host):
            raise ValueError(
                "legacy_open_summary opens records to everyone who reaches this machine; it is "
                "refused unless `host` is 127.0.0.1 or one private address such as 192.168.1.20"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the file; no other source."""
        file = TomlConfigSettingsSource(settings_cls, config_file(os.environ))
        return init_settings, env_settings, file

    @property
    def secrets_dir(self) -> Path:
        """Return the folder of files that only the owner may read."""
        return self.data_dir / "secrets"

    @property
    def operator_token_file(self) -> Path:
        """Return the file whose text lets its bearer promote models; without it nobody may."""
        return self.secrets_dir / "operator.token"

    @property
    def logs_dir(self) -> Path:
        """Return the folder of the JSON logs."""
        return self.data_dir / "logs"

    def resolved_database_url(self) -> str:
        """Return the URL of the configured database, or of the embedded server in data_dir."""
        if self.database_url is None:
            return database_url(self.data_dir)
        return driver_url(self.database_url.get_secret_value())


def config_file(environ: Mapping[str, str]) -> Path | None:
    """Return the TOML file to read: the one named in the environment, or ./notes.toml."""
    if named := environ.get(FILE_VARIABLE):
        path = Path(named).expanduser()
        if not path.is_file():
            raise ConfigurationError(reason=f"{FILE_VARIABLE} names {path}, which is not a file.")
        return path
    default = Path("notes.toml")
    return default if default.is_file() else None


def load_settings() -> Settings:
    """Read the settings; raises ConfigurationError with a sentence for each wrong one."""
    overrides = _from_environment(os.environ)
    try:
        return Settings(**overrides)
    except ValidationError as error:
        return _with_safe_defaults(error, overrides)
    except ValueError as error:  # the file is not TOML
        raise ConfigurationError(reason=f"The settings file cannot be read: {error}.") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {FILE_VARIABLE}
    for name in environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigurationError(reason=_unknown(name, known))
    url = environ.get("DATABASE_URL")
    return {"database_url": url} if url and PREFIX + "DATABASE_URL" not in environ else {}


def _unknown(name: str, known: set[str]) -> str:
    spellings = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), spellings, n=1)
    hint = f" Did you mean {spellings[close[0]]}?" if close else ""
    return f"There is no setting {name}.{hint}"


def _with_safe_defaults(error: ValidationError, overrides: dict[str, Any]) -> Settings:
    wrong = {str(each["loc"][0]) if each["loc"] else "" for each in error.errors()}
    if not wrong <= FORGIVEN:
        raise ConfigurationError(reason=_sentences(error)) from error
    defaults = {name: Settings.model_fields[name].default for name in wrong}
    warnings.warn(f"{_sentences(error)} The default is used instead.", stacklevel=3)
    return Settings(**overrides, **defaults)


def _sentences(error: ValidationError) -> str:
    return " ".join(_sentence(each["loc"], each["type"], each["msg"]) for each in error.errors())


def _sentence(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return _unknown(str(loc[0]), set(Settings.model_fields))
    name = f"The setting {loc[0]}: " if loc else ""
    return f"{name}{message.removeprefix('Value error, ')}."
