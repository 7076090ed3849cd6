"""Settings: none at all will do, each bad one is refused by name with what would be right."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.config import FEATURES, ROOT, BadSettings, Settings, load

REAL = {
    "ZENDESK_SUBDOMAIN": "acme",
    "ZENDESK_OAUTH_CLIENT_ID": "deskward",
    "ZENDESK_OAUTH_CLIENT_SECRET": "a secret",
}


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(BadSettings) as refused:
        load(environment)
    return str(refused.value)


def test_without_any_setting_there_are_the_embedded_defaults() -> None:
    settings = load({})
    assert settings.database_url == f"sqlite:///{ROOT}/var/deskward.sqlite3"
    assert (settings.redis_url, settings.port, settings.own_address) == (None, 8000, "http://127.0.0.1:8000")
    assert (settings.is_sandbox, settings.zendesk_address) == (True, "http://127.0.0.1:8001")
    assert {settings.mode_of(feature) for feature in FEATURES} == {"act"}
    assert (settings.customer_mail, settings.active_since) == ("off", None)


def test_an_empty_variable_is_no_setting() -> None:
    names = {name.upper(): "" for name in Settings.model_fields}
    assert load(names | {f"{name}_FILE": "" for name in names}) == load({})


BAD = [
    ("PORT", "web", "write a whole number from 1 to 65535"),
    ("PORT", "0", "write a whole number from 1 to 65535"),
    ("PORT", "65536", "write a whole number from 1 to 65535"),
    ("SANDBOX_PORT", "-1", "write a whole number from 1 to 65535"),
    ("POLL_SECONDS", "0", "greater than or equal to 1"),
    ("POLL_SECONDS", "often", "integer"),
    ("LOG_LEVEL", "info", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ("CUSTOMER_MAIL", "yes", "'off' or 'on'"),
    ("DATABASE_URL", "mysql://root@host/db", "mysql is not supported; write sqlite:"),
    ("DATABASE_URL", "deskward.sqlite3", "write sqlite:////path/to/file or postgresql://"),
    ("DATABASE_URL", "postgresql://u@host:port/db", "write sqlite:////path/to/file or postgresql://"),
    ("DATABASE_URL", "sqlite://", "another one in each process"),
    ("DATABASE_URL", "sqlite:///:memory:", "another one in each process"),
    ("REDIS_URL", "localhost:6379", "write redis://host:6379/0"),
    ("REDIS_URL", "http://localhost", "write redis://host:6379/0"),
    ("REDIS_URL", "redis://host:port/0", "write redis://host:6379/0"),
    ("REDIS_URL", "redis://", "write redis://host:6379/0"),
    ("REDIS_URL", "unix://", "write redis://host:6379/0"),
    ("ZENDESK_SUBDOMAIN", "acme.zendesk.com", '"acme" for https://acme.zendesk.com'),
    ("ZENDESK_SUBDOMAIN", "https://acme", '"acme" for https://acme.zendesk.com'),
    ("ZENDESK_SUBDOMAIN", "acme/../evil", '"acme" for https://acme.zendesk.com'),
    ("ZENDESK_SUBDOMAIN", "-acme", '"acme" for https://acme.zendesk.com'),
    ("ZENDESK_SUBDOMAIN", "ácme", '"acme" for https://acme.zendesk.com'),
    ("ZENDESK_SUBDOMAIN", "a" * 64, '"acme" for https://acme.zendesk.com'),
    ("ZENDESK_BASE_URL", "acme.zendesk.com", "write only the scheme and the host"),
    ("ZENDESK_BASE_URL", "https://user:pass@acme.zendesk.com", "write only the scheme and the host"),
    ("PUBLIC_URL", "ftp://deskward.example.com", "write only the scheme and the host"),
    ("PUBLIC_URL", "https://deskward.example.com/webhooks/zendesk", "write only the scheme and the host"),
    ("PUBLIC_URL", "https://[::1", "write only the scheme and the host"),
    ("DESKWARD_MODE", "on", "write observe, note or act"),
    ("DESKWARD_MODE", "ACT", "write observe, note or act"),
    ("DESKWARD_MODE", "act,pagers=act", "priority|category|group|fields|note"),
    ("DESKWARD_MODE", "act,priority=", "write observe, note or act"),
    ("DESKWARD_MODE", "=act", "write observe, note or act"),
    ("ACTIVE_SINCE", "2026", "write an instant with its zone"),
    ("ACTIVE_SINCE", "1795168800", "write an instant with its zone"),
    ("ACTIVE_SINCE", "2026-11-22", "write an instant with its zone"),
    ("ACTIVE_SINCE", "2026-11-22T00:00:00", "write an instant with its zone"),
    ("ACTIVE_SINCE", "2026-13-22T00:00:00Z", "month value is outside"),
    ("ACTIVE_SINCE", "9999-12-31T23:59:59-01:00", "write an instant with its zone"),
    ("CATALOGUE_DIR", "/nowhere", "/nowhere holds no plan catalogue"),
]


@pytest.mark.parametrize(("name", "value", "right"), BAD, ids=[f"{name}={value[:30]}" for name, value, _ in BAD])
def test_a_bad_setting_is_refused_by_name_with_what_would_be_right(name: str, value: str, right: str) -> None:
    said = refusal({name: value})
    [line] = [each for each in said.splitlines() if each.startswith(f"{name}: ")]
    assert right in line


def test_all_bad_settings_are_named_at_once() -> None:
    said = refusal({"PORT": "x", "LOG_LEVEL": "x", "DESKWARD_MODE": "x", "SECRET_KEY_FILE": "/nowhere"})
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "DESKWARD_MODE",
        "LOG_LEVEL",
        "PORT",
        "SECRET_KEY_FILE",
    ]


def test_f73_a_refusal_shows_no_secret() -> None:
    said = refusal({"DATABASE_URL": "postgresql://u:hunter2@h:x/db", "REDIS_URL": "redis://:hunter2@h:x/0"})
    assert "hunter2" not in said


# -- NAME_FILE ---------------------------------------------------------------------------------------------------------


def test_every_setting_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("one,two\n")
    (tmp_path / "port").write_text(" 9000\n")
    settings = load({"ZENDESK_WEBHOOK_SECRETS_FILE": f"{tmp_path}/secrets", "PORT_FILE": f"{tmp_path}/port"})
    assert (settings.zendesk_webhook_secrets, settings.port) == (("one", "two"), 9000)


def test_a_value_and_a_file_at_once_are_refused() -> None:
    assert refusal({"SECRET_KEY": "a", "SECRET_KEY_FILE": "/b"}) == (
        "SECRET_KEY: set either SECRET_KEY or SECRET_KEY_FILE, not both"
    )


@pytest.mark.parametrize("kind", ["absent", "a folder", "no text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "key"
    if kind == "a folder":
        path.mkdir()
    elif kind == "no text":
        path.write_bytes(b"\xff\xfe\x00")
    said = refusal({"SECRET_KEY_FILE": str(path)})
    assert said.startswith("SECRET_KEY_FILE: ")
    assert str(path) in said


def test_an_empty_file_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    assert load({"REDIS_URL_FILE": f"{tmp_path}/empty"}).redis_url is None


# -- a real account ----------------------------------------------------------------------------------------------------


def test_a_real_account_needs_an_oauth_client_and_both_parts_are_named() -> None:
    said = refusal({"ZENDESK_SUBDOMAIN": "acme"}).splitlines()
    assert [line.partition(":")[0] for line in said] == ["ZENDESK_OAUTH_CLIENT_ID", "ZENDESK_OAUTH_CLIENT_SECRET"]


def test_a_real_account_is_observed_until_somebody_says_otherwise() -> None:
    settings = load(REAL)
    assert (settings.account, settings.is_sandbox, settings.zendesk_address) == ("acme", False, None)
    assert {settings.mode_of(feature) for feature in FEATURES} == {"observe"}


@pytest.mark.parametrize("name", ["ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME"])
def test_what_would_send_a_real_accounts_token_elsewhere_is_refused(name: str) -> None:
    assert refusal(REAL | {name: "elsewhere"}).startswith(f"{name}: unset it")
    assert load({name: "127.0.0.1:1"}).is_sandbox


@pytest.mark.parametrize("name", ["ZENDESK_BASE_URL", "PUBLIC_URL"])
def test_a_real_accounts_traffic_does_not_travel_in_the_clear(name: str) -> None:
    assert refusal(REAL | {name: "http://acme.example"}).startswith(f"{name}: write https://")
    assert load(REAL | {name: "https://acme.example/"})


# -- how values are read -----------------------------------------------------------------------------------------------

MODES = [
    ("", "observe observe observe observe observe"),
    ("note", "note note note note note"),
    ("act", "act act act act act"),
    ("note,priority=act", "act note note note note"),
    ("act, note=observe , group=note", "act act note act observe"),
    ("priority=act", "act observe observe observe observe"),
    ("priority=note,act", "note act act act act"),
]


@pytest.mark.parametrize(("text", "modes"), MODES)
def test_each_feature_may_have_a_mode_of_its_own(text: str, modes: str) -> None:
    settings = load(REAL | {"DESKWARD_MODE": text})
    assert [settings.mode_of(feature) for feature in FEATURES] == modes.split()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_postgresql_is_reached_by_one_driver_however_it_is_written(scheme: str) -> None:
    url = load({"DATABASE_URL": f"{scheme}://u:p%40ss@host:5433/db?sslmode=require"}).database_url
    assert url == "postgresql+psycopg://u:p%40ss@host:5433/db?sslmode=require"


@pytest.mark.parametrize("url", ["redis://h", "rediss://u:p@h:6380/1", "unix:///run/valkey.sock"])
def test_a_queue_is_a_redis(url: str) -> None:
    assert load({"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize("text", ["2026-11-22T00:00:00Z", "2026-11-22T01:00:00+01:00", "2026-11-22 00:00:00+00:00"])
def test_an_instant_is_kept_in_utc(text: str) -> None:
    assert load({"ACTIVE_SINCE": text}).active_since == datetime(2026, 11, 22, tzinfo=UTC)


def test_secrets_are_a_list_and_blanks_are_no_secret() -> None:
    assert load({"ZENDESK_WEBHOOK_SECRETS": " one , ,two,"}).zendesk_webhook_secrets == ("one", "two")


def test_settings_cannot_be_changed_after_the_start() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load({}).port = 9


@pytest.mark.parametrize("document", [".env.example", "docs/operating.md"])
def test_every_setting_stands_in_the_documents(document: str) -> None:
    said = (ROOT / document).read_text(encoding="utf-8").replace("`_SECRET`", "`ZENDESK_OAUTH_CLIENT_SECRET`")
    assert [name.upper() for name in Settings.model_fields if name.upper() not in said] == []


def test_the_example_is_a_file_of_settings_that_would_be_taken() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line[1:].split("=", 1) for line in lines if re.match("#[A-Z_]+=", line))
    values = {name: value for name, value in given.items() if not name.endswith("_FILE")}
    del values["CATALOGUE_DIR"], values["ZENDESK_BASE_URL"]  # a folder of another machine, and the sandbox's
    assert load(values | {"ZENDESK_OAUTH_CLIENT_SECRET": "x"}).account == "acme"


# -- the processes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "process",
    [
        ["-m", "jobs.clock"],
        ["-m", "jobs.worker"],
        ["-m", "flask", "release"],
        ["-c", "import wsgi"],
        ["-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
    ],
)
def test_a_process_with_bad_settings_ends_with_1_and_says_what_to_mend(process: list[str]) -> None:
    environment = {**os.environ, "LOG_LEVEL": "loud", "DESKWARD_MODE": "on"}
    done = subprocess.run(
        [sys.executable, *process], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Deskward cannot start; mend these settings:",
        'DESKWARD_MODE: write observe, note or act, and exceptions such as "act,priority=observe" '
        "(priority|category|group|fields|note)",
        "LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'",
    ]
