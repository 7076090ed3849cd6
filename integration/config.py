"""Settings from the environment, checked at start. None gives the embedded defaults; a bad one is refused by name.

Every setting NAME may also be given as NAME_FILE, the path of a file that holds the value (for secrets).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

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


CommaList = Annotated[tuple[str, ...], BeforeValidator(_comma_list)]


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
    active_since: datetime | None = None
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
        except ArgumentError:
            raise ValueError("write sqlite:////path/to/file or postgresql://user@host/name") from None
        backend = url.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise ValueError(
                f"{backend} is not supported; write sqlite:////path/to/file or postgresql://user@host/name"
            )
        if backend == "postgresql" and url.drivername != "postgresql+psycopg":
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @field_validator("redis_url")
    @classmethod
    def _a_queue(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("write redis://host:6379/0, rediss://… or unix:///path/to/socket")
        return value

    @field_validator("zendesk_subdomain")
    @classmethod
    def _a_subdomain(cls, value: str) -> str:
        name = value.strip().lower()
        if not name or not all(part.isalnum() for part in name.split("-")):
            raise ValueError('write only the first label of the address: "acme" for https://acme.zendesk.com')
        return name

    @field_validator("active_since")
    @classmethod
    def _an_instant(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("write an instant with its zone, such as 2026-11-22T00:00:00Z")
        return value.astimezone(UTC) if value else None

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


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings; BadSettings lists every bad one by name."""
    environment = os.environ if environment is None else environment
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


def _value(name: str, environment: Mapping[str, str]) -> str | None:
    path = environment.get(f"{name}_FILE")
    if path is None:
        return environment.get(name)
    if name in environment:
        raise BadSettings(f"{name}: set either {name} or {name}_FILE, not both")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(f"{name}_FILE: cannot read {path}: {error.strerror}") from None


def _line(error: Mapping[str, object]) -> str:
    name = str(error["loc"][0]).upper()  # type: ignore[index]
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
    forced = [name for name in ("ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME") if environment.get(name)]
    problems += [f"{name}: unset it; it would send all traffic, with its credentials, elsewhere" for name in forced]
    return problems
