"""Settings from the environment, checked at start. None gives the embedded defaults; a bad one is refused by name.

Every setting NAME may also be given as NAME_FILE, the path of a file that holds the value (for secrets).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from dotenv import load_dotenv
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

Mode = Literal["observe", "note", "act"]
#: What can have a mode of its own: the fields we write, and the internal note.
FEATURES = ("priority", "category", "group", "fields", "note")
SANDBOX = "sandbox"


class BadSettings(Exception):
    """One or more settings cannot be used; the message has a line for each, with what would be right."""


def _comma_list(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _no_count(value: object) -> object:
    """A bare number would be taken for seconds since 1970: ACTIVE_SINCE=2026 would wake every ticket there ever was."""
    if isinstance(value, str) and not value.strip()[4:5] == "-":
        raise ValueError(INSTANT_IS)
    return value


INSTANT_IS = "write an instant with its zone, such as 2026-11-22T00:00:00Z"
DATABASE_IS = "write sqlite:////path/to/file or postgresql://user@host/name"
QUEUE_IS = "write redis://host:6379/0, rediss://… or unix:///path/to/socket"
CommaList = Annotated[tuple[str, ...], BeforeValidator(_comma_list)]
Instant = Annotated[datetime, BeforeValidator(_no_count)]


class Settings(BaseModel):
    """One frozen object, made once per process. Field names are the environment's names in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = f"sqlite:///{VAR / 'deskward.sqlite3'}"
    redis_url: str | None = None
    port: int = Field(default=8000, ge=1, le=65535)
    sandbox_port: int = Field(default=8001, ge=1, le=65535)
    zendesk_subdomain: str = SANDBOX
    zendesk_base_url: str | None = None
    zendesk_oauth_client_id: str | None = None
    zendesk_oauth_client_secret: str | None = None
    zendesk_webhook_secrets: CommaList = ()
    public_url: str | None = None
    deskward_mode: str = ""
    active_since: Instant | None = None
    customer_mail: Literal["off", "on"] = "off"
    catalogue_dir: Path = ROOT / "catalogue"
    secret_key: str | None = None
    poll_seconds: int = Field(default=60, ge=1, le=3600)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError(DATABASE_IS) from None
        backend = url.get_backend_name()
        if backend in ("postgresql", "postgres"):  # hosts hand out both spellings
            return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        if backend != "sqlite":
            raise ValueError(f"{backend} is not supported; {DATABASE_IS}")
        if not url.database or url.database == ":memory:":
            raise ValueError(f"a database in memory is another one in each process; {DATABASE_IS}")
        return value

    @field_validator("redis_url")
    @classmethod
    def _a_queue(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = _split(value)
        place = {"redis": parts.hostname, "rediss": parts.hostname, "unix": parts.path} if parts else {}
        if parts is None or not place.get(parts.scheme):
            raise ValueError(QUEUE_IS)
        return value

    @field_validator("zendesk_base_url", "public_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = _split(value)
        rest = parts and (parts.path.rstrip("/") or parts.query or parts.fragment or parts.username)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or rest:
            raise ValueError("write only the scheme and the host, such as https://deskward.example.com")
        return value.rstrip("/")

    @field_validator("zendesk_subdomain")
    @classmethod
    def _a_subdomain(cls, value: str) -> str:
        name = value.strip().lower()
        if not name.isascii() or not all(part.isalnum() for part in name.split("-")) or len(name) > 63:
            raise ValueError('write only the first label of the address: "acme" for https://acme.zendesk.com')
        return name

    @field_validator("active_since")
    @classmethod
    def _an_instant(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        try:
            in_utc = value.astimezone(UTC)
        except OverflowError:
            raise ValueError(INSTANT_IS) from None
        if value.tzinfo is None:
            raise ValueError(INSTANT_IS)
        return in_utc

    @field_validator("catalogue_dir")
    @classmethod
    def _a_folder(cls, value: Path) -> Path:
        if not any(value.glob("*.yaml")):
            raise ValueError(f"{value} holds no plan catalogue; name the folder with the *.yaml files")
        return value

    @field_validator("deskward_mode")
    @classmethod
    def _modes(cls, value: str) -> str:
        for part in filter(None, (p.strip() for p in value.split(","))):
            feature, found, mode = part.rpartition("=")
            if mode not in get_args(Mode) or (found and feature not in FEATURES):
                names = "|".join(FEATURES)
                raise ValueError(f'write observe, note or act, and exceptions such as "act,priority=observe" ({names})')
        return value

    @property
    def account(self) -> str:
        """The key of this Zendesk account in every table."""
        return self.zendesk_subdomain

    @property
    def is_sandbox(self) -> bool:
        """True where the account is the local sandbox and no real Zendesk."""
        return self.zendesk_subdomain == SANDBOX

    @property
    def zendesk_address(self) -> str | None:
        """Where to send in place of https://SUBDOMAIN.zendesk.com; None for the real one."""
        if self.zendesk_base_url or not self.is_sandbox:
            return self.zendesk_base_url
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def own_address(self) -> str:
        """Where Zendesk reaches us."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    def mode_of(self, feature: str) -> Mode:
        """The mode of one feature. Without any word a real account is observed and the sandbox is acted on."""
        whole: Mode = "act" if self.is_sandbox else "observe"
        for part in filter(None, (p.strip() for p in self.deskward_mode.split(","))):
            name, _, mode = part.rpartition("=")
            if name == feature:
                return mode  # type: ignore[return-value]  # _modes checked it
            whole = mode if not name else whole  # type: ignore[assignment]
        return whole


def cannot_start(error: BadSettings) -> str:
    """What a process says before it ends with code 1."""
    return f"Deskward cannot start; mend these settings:\n{error}"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; BadSettings lists every bad one by name."""
    if environment is None:
        load_dotenv(ROOT / ".env")
        environment = os.environ
    values: dict[str, str] = {}
    problems: list[str] = []
    for name in Settings.model_fields:
        try:
            value = _value(name.upper(), environment)
        except BadSettings as error:
            problems.append(str(error))
            continue
        if value not in (None, ""):
            values[name] = str(value)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems.extend(_line(each) for each in error.errors())
    else:
        problems.extend(_missing(settings, environment))
    if problems:
        raise BadSettings("\n".join(sorted(problems)))
    return settings


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None where it is none."""
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 else None
    except ValueError:  # a port that is no number, or half a pair of brackets
        return None


def _value(name: str, environment: Mapping[str, str]) -> str | None:
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name)
    if environment.get(name):
        raise BadSettings(f"{name}: set either {name} or {name}_FILE, not both")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(f"{name}_FILE: cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise BadSettings(f"{name}_FILE: {path} is no text in UTF-8") from None


def _line(error: Mapping[str, object]) -> str:
    name = str(error["loc"][0]).upper()  # type: ignore[index]
    if name in ("PORT", "SANDBOX_PORT"):
        return f'{name}: "{error["input"]}" is no port; write a whole number from 1 to 65535'
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}"


def _missing(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """What a real account cannot do without, and what would send its credentials elsewhere."""
    if settings.is_sandbox:
        return []
    problems = [
        f"{name.upper()}: a real Zendesk account needs it (an OAuth client of a dedicated service user)"
        for name in ("zendesk_oauth_client_id", "zendesk_oauth_client_secret")
        if getattr(settings, name) is None
    ]
    for name in ("zendesk_base_url", "public_url"):
        if (getattr(settings, name) or "https:").startswith("http:"):
            problems.append(f"{name.upper()}: write https://…; a real account's traffic must not travel in the clear")
    forced = [name for name in ("ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME") if environment.get(name)]
    problems += [f"{name}: unset it; it would send all traffic, with its credentials, elsewhere" for name in forced]
    return problems
