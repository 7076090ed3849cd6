"""Who asks, and whose person is that? The sender's and the organization's check (G-03, G-15)."""

from __future__ import annotations

from dataclasses import replace

from integration.domain.contract import Contract, Standing, recognise
from integration.domain.entitlement.case import Case, Check, no, rules_of, yes
from integration.domain.ownership import Owner, belongs, customer, owners

#: Kinds of domain at which anybody can have an address.
FREE = ("free_mail", "disposable")


def check_sender(case: Case) -> tuple[Check, Case]:
    """G-03: a flagged comment proves nothing, and neither does an identity that is not verified."""
    asker, rules = case.asker, rules_of(case, "sender", "G-03")
    if asker.flagged:
        return no("sender", rules, f"Zendesk doubts that {asker.name} sent this", "unverified_sender"), case
    if not asker.mailboxes and not asker.memberships:
        return no("sender", rules, "no verified address stands behind this user", "unverified_sender"), case
    who = f"{asker.name} is the requester of a ticket that staff logged"
    if case.ticket.submitter == "requester":
        who = f"{asker.name} is the sender"
    return yes("sender", rules, who), case


def check_organization(case: Case) -> tuple[Check, Case]:
    """G-15, RC-13, MM-31: the longest match owns the asker; two owners are ambiguous and never a guess (F34)."""
    ways = case.channel.identify_by if case.channel else ("address", "domain")
    current = [contract for contract in case.contracts if case.standing_of(contract) is not Standing.ENDED]
    found = owners(current, case.asker, ways, case.at) or owners(case.contracts, case.asker, ways, case.at)
    if not found:
        return _unknown(case)
    found = _as_chosen(case, found)
    if len(found) > 1:
        held = " and ".join(sorted(customer(c) for c, _ in found.values()))
        says = f"{held} claim {case.asker.name}, and a person decides which one it is"
        return no("organization", rules_of(case, "organization", "G-15"), says, "ambiguous"), case
    contract, how = next(iter(found.values()))
    kin = tuple(c for c in case.contracts if c.organization == contract.organization)
    mine = tuple(c for c in kin if _is_for(case, c))
    says = belongs(case.asker, how, customer(contract))
    known = replace(case, found=how, contracts=mine, kin=kin)
    return yes("organization", rules_of(case, "organization", "G-15"), says), known


def _as_chosen(case: Case, found: dict[str, Owner]) -> dict[str, Owner]:
    """Among several owners the one that a person chose, by setting the ticket's organization; all where none is."""
    chosen = case.asker.chosen
    if chosen is None or len(found) < 2:
        return found
    mine = {
        name: owner
        for name, owner in found.items()
        if owner[0].zendesk_organization == chosen.id or customer(owner[0]).casefold() == chosen.name.casefold()
    }
    return mine if len(mine) == 1 else found


def _unknown(case: Case) -> tuple[Check, Case]:
    if case.asker.known_organization and case.catalogue.default_plan:
        says = f"{case.asker.name} belongs to {case.asker.known_organization}, whom we know without a contract"
        known = replace(case, plan_id=case.catalogue.default_plan, positive="entitled_lower_plan", contracts=())
        return yes("organization", rules_of(case, "default_plan", "G-11"), says), known
    mailbox = case.asker.mailboxes[0] if case.asker.mailboxes else None
    if mailbox is not None and (mailbox.kind in FREE or mailbox.domain in case.catalogue.also_free_mail):
        says = f"{mailbox.domain} is a domain that anybody can have an address at; it proves no customer"
        return no("organization", rules_of(case, "organization", "G-15"), says, "free_mail"), case
    says = f"no contract holds {mailbox.domain if mailbox else 'this sender'}"
    return no("organization", rules_of(case, "organization", "G-15"), says, "unknown_domain"), case


def _is_for(case: Case, contract: Contract) -> bool:
    """A contract that names domains or addresses is only for those; one that names none is for its organization."""
    ways = case.channel.identify_by if case.channel else ("address", "domain")
    return not contract.names_anybody or recognise(contract, case.asker, ways, case.at) is not None
