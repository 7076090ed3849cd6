"""The tables. Every table with a Zendesk id has the account in its key; every instant is UTC; constraints are named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite forgets zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; instants are aware")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as text, so that two values can be compared in SQL on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


#: One webhook call or poll finding, kept for as long as money may hang on it. `key` makes a repeat harmless (F01).
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(80), nullable=False),
    Column("key", String(120), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("event", String(80), nullable=False, default=""),
    Column("ticket", String(40)),
    Column("body", Text, nullable=False, default=""),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("account", "key"),
    Index("ix_deliveries_ticket", "account", "ticket"),
)

#: What is open: a ticket wants looking at while `wanted` is ahead of `done`. A claim is a lease with a fence (F65).
ticket_work = Table(
    "ticket_work",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("wanted", Integer, nullable=False, default=1),
    Column("done", Integer, nullable=False, default=0),
    Column("is_open", Boolean, nullable=False, default=True),
    Column("due_at", Instant, nullable=False),
    Column("open_since", Instant),
    Column("lease_until", Instant),
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_error", Text),
    Column("parked_at", Instant),
    Index("ix_ticket_work_open", "is_open", "due_at"),
)

#: The last that we read of a ticket, and what the customer stated when we first saw it (G-07).
tickets = Table(
    "tickets",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("zendesk_updated_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("subject", Text, nullable=False, default=""),
    Column("status", String(20), nullable=False, default=""),
    Column("requester", String(40)),
    Column("stated_severity", String(40)),
    Column("stated_at", Instant),
    Column("found", JsonText),
    Column("sender_flagged", Boolean),
    Column("sender_automatic", Boolean),
    Column("revision", Integer, nullable=False, default=0),
    Column("attempted_revision", Integer),
    Column("gone_at", Instant),
)

#: Every decision, with every input it used; never updated.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(80), nullable=False),
    Column("ticket", String(40), nullable=False),
    Column("number", Integer, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("catalogue", String(60), nullable=False),
    Column("catalogue_version", String(64), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("plan", String(80)),
    Column("severity", String(20)),
    Column("priority", String(20)),
    Column("first_reply_due", Instant),
    Column("digest", String(64), nullable=False),
    Column("question", JsonText, nullable=False),
    Column("answer", JsonText, nullable=False),
    Column("mode", String(20), nullable=False),
    UniqueConstraint("account", "ticket", "number"),
    Index("ix_decisions_decided_at", "decided_at"),
)

#: What a ticket's fields should hold, one owner each. Owed while `sent_at` is empty; folded into one update.
desk_fields = Table(
    "desk_fields",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("value", JsonText),
    Column("owner", String(40), nullable=False),
    Column("owed_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("sent_value", JsonText),
    Column("attempt", Integer),
)

#: Internal notes owed to a ticket; `key` makes each a note that is written once.
desk_notes = Table(
    "desk_notes",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("body", Text, nullable=False),
    Column("owed_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("attempt", Integer),
)

#: Texts to customers that we caused (G-02): at most one per ticket and kind, one per requester in 24 hours.
customer_messages = Table(
    "customer_messages",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("ticket", String(40), primary_key=True),
    Column("template", String(60), primary_key=True),
    Column("requester", String(40), nullable=False),
    Column("caused_at", Instant, nullable=False),
    Index("ix_customer_messages_requester", "account", "requester", "caused_at"),
)

#: An agent's decision against ours, with a reason. It stands until it is withdrawn (G-05).
overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(80), nullable=False),
    Column("ticket", String(40), nullable=False),
    Column("field", String(20), nullable=False),
    Column("value", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", String(120)),
    Index("ix_overrides_ticket", "account", "ticket"),
)

#: The customers, as we know them; a Zendesk organization may or may not stand behind one.
organizations = Table(
    "organizations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(80), nullable=False),
    Column("name", String(200), nullable=False),
    Column("zendesk_id", String(40)),
    UniqueConstraint("account", "name"),
    Index("ix_organizations_zendesk_id", "account", "zendesk_id"),
)

#: A contract's identity. All that can change stands in its versions.
contracts = Table(
    "contracts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(80), nullable=False),
    Column("organization", Integer, ForeignKey("organizations.id"), nullable=False),
    Column("reference", String(120), nullable=False),
    UniqueConstraint("account", "reference"),
    Index("ix_contracts_organization", "organization"),
)

#: One dated row per change of a contract (F44); the highest version holds, older ones stay.
contract_versions = Table(
    "contract_versions",
    metadata,
    Column("contract", Integer, ForeignKey("contracts.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("effective_at", Instant, nullable=False),
    Column("is_current", Boolean, nullable=False, default=True),
    Column("plan", String(80), nullable=False),
    Column("product", String(120)),
    Column("source", String(40)),
    Column("status", String(20), nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("purchased", Date),
    Column("prerequisite_met", Boolean),
    Column("order_reference", String(120)),
    Column("external_reference", String(120)),
    Column("renews", String(120)),
    Column("claims", JsonText, nullable=False),
    Index("ix_contract_versions_current", "contract", "is_current"),
)

#: Who a current contract version matches: `kind` is domain, subdomains or address. The index of every look-up.
contract_claims = Table(
    "contract_claims",
    metadata,
    Column("contract", Integer, ForeignKey("contracts.id"), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("value", String(254), primary_key=True),
    Column("account", String(80), nullable=False),
    Index("ix_contract_claims_value", "account", "value"),
)

#: A person whom a customer assigned, from when, until when, by whom and why. Rows end; they are not removed.
named_contacts = Table(
    "named_contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(80), nullable=False),
    Column("contract", Integer, ForeignKey("contracts.id"), nullable=False),
    Column("key", String(254), nullable=False),
    Column("address", String(254), nullable=False),
    Column("name", String(200), nullable=False, default=""),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("added_by", String(120), nullable=False),
    Column("added_why", Text, nullable=False, default=""),
    Column("recorded_at", Instant, nullable=False),
    Column("ended_by", String(120)),
    Column("ended_why", Text),
    Column("ended_recorded_at", Instant),
    Index("ix_named_contacts_contract", "contract"),
    Index("ix_named_contacts_key", "account", "key"),
)

#: Zendesk users as we last read them, so that a decision asks Zendesk once per person.
people = Table(
    "people",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("user", String(40), primary_key=True),
    Column("email", String(254)),
    Column("role", String(20), nullable=False),
    Column("verified", JsonText, nullable=False),
    Column("changed_at", Instant),
    Column("read_at", Instant, nullable=False),
)

#: What stands in the Zendesk account under our names: fields, forms, brands, groups, webhook, triggers.
account_objects = Table(
    "account_objects",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("kind", String(30), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("zendesk_id", String(60), nullable=False),
    Column("detail", JsonText, nullable=False),
    Column("read_at", Instant, nullable=False),
)

#: Secrets that we hold for an account, encrypted: the OAuth token, the webhook's signing secret.
secrets = Table(
    "secrets",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
    Column("expires_at", Instant),
    Column("lease_until", Instant),
)

#: How far a reader of an export has come.
cursors = Table(
    "cursors",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

#: Bearer tokens of the API; only a digest is kept.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

#: Switches that a person throws at run time: the kill switch for writing, the installation's first day.
switches = Table(
    "switches",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
)
