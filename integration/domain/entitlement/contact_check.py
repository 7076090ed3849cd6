"""May this person of the customer ask? An individual, on the company's domain, registered, within the limit."""

from __future__ import annotations

from integration.domain.catalogue import Contacts
from integration.domain.contact_rules import plan_family, seated
from integration.domain.contract import Contract, Standing
from integration.domain.entitlement.case import Case, Check, no, rules_of, yes
from integration.domain.identity import is_shared_local


def check_contact(case: Case) -> tuple[Check | None, Case]:
    """MM-30 to MM-32, RC-11, G-12: an individual, on the company's domain, registered, and within the limit."""
    rules = case.plan.contacts if case.plan else None
    if rules is None or case.contract is None or (case.channel and not case.channel.contacts_only):
        return None, case
    rule = rules_of(case, "contact", "G-12")
    wrong = _shared(case, rules) or _off_domain(case, rules) or _not_registered(case, rules, rule)
    if wrong:
        return wrong, case
    if case.contract.contacts is None:
        return None, case
    return yes("contact", rule, f"{case.asker.name} is a named contact{_of_how_many(case, rules)}", rules.source), case


def _shared(case: Case, rules: Contacts) -> Check | None:
    words = frozenset(case.catalogue.shared_mailboxes)
    if not rules.individual or not case.asker.mailboxes:
        return None
    if not all(is_shared_local(m.local, words) for m in case.asker.mailboxes):
        return None
    rule = rules_of(case, "individual", "G-12")
    return no("contact", rule, f"{case.asker.name} is a shared mailbox, no individual", "shared_mailbox", rules.source)


def _off_domain(case: Case, rules: Contacts) -> Check | None:
    if not rules.company_domain or on_company_domain(case):
        return None
    says = f"{case.asker.name} is not on a domain of the company"
    return no("contact", rules_of(case, "company_domain", "G-12"), says, "not_named_contact", rules.source)


def on_company_domain(case: Case) -> bool:
    claims = case.contract.domains if case.contract else ()
    return not claims or any(claim.covers(m.domain) for claim in claims for m in case.asker.mailboxes)


def _not_registered(case: Case, rules: Contacts, rule: tuple[str, ...]) -> Check | None:
    if case.contract is None or case.contract.contacts is None:
        return None
    registered = _registered(case)
    place = next((i for i, key in enumerate(registered, 1) if key in _keys(case)), None)
    if place is None:
        says = f"{case.asker.name} is {_none_of(len(registered))}"
        return no("contact", rule, says, "not_named_contact", rules.source)
    if rules.limit is not None and place > rules.limit:
        says = f"{case.asker.name} is contact {place} of at most {rules.limit}, and the oldest count"
        return no("contact", rule, says, "over_contact_limit", rules.source)
    return None


def _registered(case: Case) -> list[str]:
    """Distinct people registered at that time over all the customer's contracts of this plan family, oldest first."""
    ordered = sorted((each for each in case.kin if _shares_seats(case, each)), key=lambda each: (each.start, each.id))
    people = [contact for contract in ordered for contact in contract.contacts or ()]
    return [contact.key for contact in seated(people, case.at)]


def _shares_seats(case: Case, contract: Contract) -> bool:
    """G-12: the decision's own contract, and those of its plan family that have not ended."""
    if case.contract is None or contract.id == case.contract.id:
        return case.contract is not None
    mine, other = (plan_family(case.book, each.plan) for each in (case.contract, contract))
    return mine == other and case.standing_of(contract) is not Standing.ENDED


def _none_of(registered: int) -> str:
    if registered == 0:
        return "no named contact; none is registered"
    return "not the named contact" if registered == 1 else f"none of the {registered} named contacts"


def _keys(case: Case) -> frozenset[str]:
    return frozenset(mailbox.key for mailbox in case.asker.mailboxes)


def _of_how_many(case: Case, rules: Contacts) -> str:
    registered = _registered(case)
    place = next((i for i, key in enumerate(registered, 1) if key in _keys(case)), 0)
    return f" ({place} of at most {rules.limit})" if rules.limit else f" ({place} of {len(registered)})"
