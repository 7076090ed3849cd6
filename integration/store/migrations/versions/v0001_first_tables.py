"""The first tables."""

import sqlalchemy as sa
from alembic import op

from integration.store.tables import Instant, JsonText

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account_objects",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zendesk_id", sa.String(length=60), nullable=False),
        sa.Column("detail", JsonText(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind", "name", name=op.f("pk_account_objects")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_table(
        "cursors",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("pk_cursors")),
    )
    op.create_table(
        "customer_messages",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("requester", sa.String(length=40), nullable=False),
        sa.Column("caused_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account", "ticket", "template", name=op.f("pk_customer_messages")),
    )
    op.create_index(
        "ix_customer_messages_requester", "customer_messages", ["account", "requester", "caused_at"], unique=False
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("catalogue", sa.String(length=60), nullable=False),
        sa.Column("catalogue_version", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("plan", sa.String(length=80), nullable=True),
        sa.Column("severity", sa.String(length=20), nullable=True),
        sa.Column("priority", sa.String(length=20), nullable=True),
        sa.Column("first_reply_due", Instant(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("question", JsonText(), nullable=False),
        sa.Column("answer", JsonText(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("account", "ticket", "number", name=op.f("uq_decisions_account_ticket_number")),
    )
    op.create_index("ix_decisions_decided_at", "decisions", ["decided_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("account", "key", name=op.f("uq_deliveries_account_key")),
    )
    op.create_index("ix_deliveries_ticket", "deliveries", ["account", "ticket"], unique=False)
    op.create_table(
        "desk_fields",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value", JsonText(), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("owed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_value", JsonText(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("account", "ticket", "field", name=op.f("pk_desk_fields")),
    )
    op.create_table(
        "desk_notes",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("owed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("account", "ticket", "key", name=op.f("pk_desk_notes")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zendesk_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("account", "name", name=op.f("uq_organizations_account_name")),
    )
    op.create_index("ix_organizations_zendesk_id", "organizations", ["account", "zendesk_id"], unique=False)
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index("ix_overrides_ticket", "overrides", ["account", "ticket"], unique=False)
    op.create_table(
        "people",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("user", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("verified", JsonText(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("read_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account", "user", name=op.f("pk_people")),
    )
    op.create_table(
        "secrets",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "ticket_work",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("open_since", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("parked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account", "ticket", name=op.f("pk_ticket_work")),
    )
    op.create_index("ix_ticket_work_open", "ticket_work", ["is_open", "due_at"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("ticket", sa.String(length=40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("zendesk_updated_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("requester", sa.String(length=40), nullable=True),
        sa.Column("stated_severity", sa.String(length=40), nullable=True),
        sa.Column("stated_at", Instant(), nullable=True),
        sa.Column("found", JsonText(), nullable=True),
        sa.Column("sender_flagged", sa.Boolean(), nullable=True),
        sa.Column("sender_automatic", sa.Boolean(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempted_revision", sa.Integer(), nullable=True),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account", "ticket", name=op.f("pk_tickets")),
    )
    op.create_table(
        "contracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organizations.id"], name=op.f("fk_contracts_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("account", "reference", name=op.f("uq_contracts_account_reference")),
    )
    op.create_index("ix_contracts_organization", "contracts", ["organization"], unique=False)
    op.create_table(
        "contract_claims",
        sa.Column("contract", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["contract"], ["contracts.id"], name=op.f("fk_contract_claims_contract")),
        sa.PrimaryKeyConstraint("contract", "kind", "value", name=op.f("pk_contract_claims")),
    )
    op.create_index("ix_contract_claims_value", "contract_claims", ["account", "value"], unique=False)
    op.create_table(
        "contract_versions",
        sa.Column("contract", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_at", Instant(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.String(length=80), nullable=False),
        sa.Column("product", sa.String(length=120), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("purchased", sa.Date(), nullable=True),
        sa.Column("prerequisite_met", sa.Boolean(), nullable=True),
        sa.Column("order_reference", sa.String(length=120), nullable=True),
        sa.Column("external_reference", sa.String(length=120), nullable=True),
        sa.Column("renews", sa.String(length=120), nullable=True),
        sa.Column("claims", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["contract"], ["contracts.id"], name=op.f("fk_contract_versions_contract")),
        sa.PrimaryKeyConstraint("contract", "version", name=op.f("pk_contract_versions")),
    )
    op.create_index("ix_contract_versions_current", "contract_versions", ["contract", "is_current"], unique=False)
    op.create_table(
        "named_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("contract", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("added_by", sa.String(length=120), nullable=False),
        sa.Column("added_why", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("ended_recorded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["contract"], ["contracts.id"], name=op.f("fk_named_contacts_contract")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_contacts")),
    )
    op.create_index("ix_named_contacts_contract", "named_contacts", ["contract"], unique=False)
    op.create_index("ix_named_contacts_key", "named_contacts", ["account", "key"], unique=False)
