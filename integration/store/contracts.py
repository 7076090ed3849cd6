"""All about stored contracts in one place: the rows, how they are written, and whose an asker could be."""

from integration.store.candidates import candidates
from integration.store.contract_rows import (
    Holder,
    Organization,
    Recorded,
    Stored,
    Terms,
    all_organizations,
    by_reference,
    every,
    held_twice,
    history,
    holders,
    in_order,
    of_organizations,
    organization_by_zendesk_id,
)
from integration.store.contract_writing import (
    Version,
    add_contracts,
    add_organizations,
    add_versions,
    lock_customers,
    lock_organization,
    set_zendesk_ids,
)

__all__ = [
    "Holder",
    "Organization",
    "Recorded",
    "Stored",
    "Terms",
    "Version",
    "add_contracts",
    "add_organizations",
    "add_versions",
    "all_organizations",
    "by_reference",
    "candidates",
    "every",
    "held_twice",
    "history",
    "holders",
    "in_order",
    "lock_customers",
    "lock_organization",
    "of_organizations",
    "organization_by_zendesk_id",
    "set_zendesk_ids",
]
