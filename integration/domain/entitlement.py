"""Entitlement: may this person ask, on this channel, and whose promise applies? One walk through eight checks.

The order is sender, organization, contract, product, prerequisite, form, channel, contact. The outcome names the
first check that failed; `because` lists every check with its rule id and the value it saw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from integration.domain.book import Book
from integration.domain.catalogue import Catalogue, Channel, Contacts, Effects, Form, Plan
from integration.domain.contact_rules import plan_family, seated
from integration.domain.contract import Contract, Found, Standing, grace_ends, recognise, standing
from integration.domain.identity import is_shared_local
from integration.domain.ownership import belongs, customer, owners
from integration.domain.ticket import Asker, Ticket

#: Kinds of domain at which anybody can have an address.
FREE = ("free_mail", "disposable")
_RUNNING = list(Standing).index(Standing.IN_GRACE)


@dataclass(frozen=True, slots=True)
class Check:
    """One question that was asked: its name, whether it held, its rules, and what was seen, in a plain sentence."""

    name: str
    passed: bool
    rules: tuple[str, ...]
    says: str
    source: str = ""
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The answer. `plan` is the plan whose promise applies (full id) or None; `bought` is the contract's own plan."""

    outcome: str
    plan: str | None
    effects: Effects
    because: tuple[Check, ...]
    contract: Contract | None = None
    bought: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """What the checks have in hand; `contract`, `plan` and `found` fill as they go.

    `contracts` narrows to those that could cover the asker, `kin` to all of the same customer.
    """

    ticket: Ticket
    asker: Asker
    contracts: tuple[Contract, ...]
    kin: tuple[Contract, ...]
    catalogue: Catalogue
    book: Book
    at: datetime
    channel: Channel | None
    form: Form | None
    found: Found | None = None
    contract: Contract | None = None
    plan_id: str | None = None
    positive: str = "entitled"

    @property
    def plan(self) -> Plan | None:
        return self.book.of_plan(self.plan_id)[1] if self.plan_id else None


def decide(
    ticket: Ticket, asker: Asker, contracts: tuple[Contract, ...], catalogue: Catalogue, book: Book
) -> Entitlement:
    """Walk the checks at the ticket's own creation time (F43). Pure; raises UnknownPlan for a contract of no plan."""
    channel = catalogue.channels.get(ticket.channel)
    form = catalogue.forms.get(ticket.form or catalogue.default_form or "")
    case = _Case(ticket, asker, contracts, contracts, catalogue, book, ticket.created_at, channel, form)
    checks: list[Check] = []
    for step in (_sender, _organization, _contract, _product, _prerequisite, _form, _channel, _contact):
        check, case = step(case)
        if check is not None:
            checks.append(check)
        if check is not None and not check.passed and case.plan_id is None:
            break
    return _conclude(case, tuple(checks))


def _conclude(case: _Case, checks: tuple[Check, ...]) -> Entitlement:
    failed = next((check for check in checks if not check.passed), None)
    outcome = failed.outcome if failed and failed.outcome else case.positive
    bought = case.contract.plan if case.contract else None
    # The vendor of the contract has the word, also for a customer who fell to another vendor's plan.
    home = case.book.of_plan(bought)[0] if bought else case.catalogue
    effects = home.outcomes[outcome]
    flags = _flags(case)
    return Entitlement(outcome, _promise(case, effects), effects, checks, case.contract, bought, flags)


def _promise(case: _Case, effects: Effects) -> str | None:
    """The plan whose promise applies, by the outcome's effect on the target (G-01)."""
    if effects.target == "plan":
        return case.plan_id
    if effects.target == "fallback" and case.plan and case.plan.contacts and _on_company_domain(case):
        return case.plan.contacts.others
    return None


def _flags(case: _Case) -> tuple[str, ...]:
    flags = []
    if case.channel is None:
        flags.append(f'the channel "{case.ticket.channel}" is not in the catalogue (G-01)')
    if case.ticket.form and case.ticket.form not in case.catalogue.forms:
        flags.append(f'the form "{case.ticket.form}" is not in the catalogue (G-01)')
    return tuple(flags)


# -- sender ----------------------------------------------------------------------------------------------------------


def _sender(case: _Case) -> tuple[Check, _Case]:
    """G-03: a flagged comment proves nothing, and neither does an identity that is not verified."""
    asker = case.asker
    if asker.flagged:
        return _no(
            "sender", _rules(case, "sender", "G-03"), f"Zendesk doubts that {asker.name} sent this", "unverified_sender"
        ), case
    if not asker.mailboxes and not asker.memberships:
        return _no(
            "sender", _rules(case, "sender", "G-03"), "no verified address stands behind this user", "unverified_sender"
        ), case
    who = f"{asker.name} is the requester of a ticket that staff logged"
    if case.ticket.submitter == "requester":
        who = f"{asker.name} is the sender"
    return _yes("sender", _rules(case, "sender", "G-03"), who), case


# -- organization ----------------------------------------------------------------------------------------------------


def _organization(case: _Case) -> tuple[Check, _Case]:
    """G-15, RC-13, MM-31: the longest match owns the asker; two owners are ambiguous and never a guess (F34)."""
    ways = case.channel.identify_by if case.channel else ("address", "domain")
    current = [contract for contract in case.contracts if _standing(case, contract) is not Standing.ENDED]
    found = owners(current, case.asker, ways, case.at) or owners(case.contracts, case.asker, ways, case.at)
    if not found:
        return _unknown(case)
    if len(found) > 1:
        held = " and ".join(sorted(customer(c) for c, _ in found.values()))
        says = f"{held} claim {case.asker.name}, and a person decides which one it is"
        return _no("organization", _rules(case, "organization", "G-15"), says, "ambiguous"), case
    contract, how = next(iter(found.values()))
    kin = tuple(c for c in case.contracts if c.organization == contract.organization)
    mine = tuple(c for c in kin if _is_for(case, c))
    says = belongs(case.asker, how, customer(contract))
    known = replace(case, found=how, contracts=mine, kin=kin)
    return _yes("organization", _rules(case, "organization", "G-15"), says), known


def _unknown(case: _Case) -> tuple[Check, _Case]:
    if case.asker.known_organization and case.catalogue.default_plan:
        says = f"{case.asker.name} belongs to {case.asker.known_organization}, whom we know without a contract"
        known = replace(case, plan_id=case.catalogue.default_plan, positive="entitled_lower_plan", contracts=())
        return _yes("organization", _rules(case, "default_plan", "G-11"), says), known
    mailbox = case.asker.mailboxes[0] if case.asker.mailboxes else None
    if mailbox is not None and (mailbox.kind in FREE or mailbox.domain in case.catalogue.also_free_mail):
        says = f"{mailbox.domain} is a domain that anybody can have an address at; it proves no customer"
        return _no("organization", _rules(case, "organization", "G-15"), says, "free_mail"), case
    says = f"no contract holds {mailbox.domain if mailbox else 'this sender'}"
    return _no("organization", _rules(case, "organization", "G-15"), says, "unknown_domain"), case


def _is_for(case: _Case, contract: Contract) -> bool:
    """A contract that names domains or addresses is only for those; one that names none is for its organization."""
    ways = case.channel.identify_by if case.channel else ("address", "domain")
    return not contract.names_anybody or recognise(contract, case.asker, ways, case.at) is not None


# -- contract --------------------------------------------------------------------------------------------------------


def _standing(case: _Case, contract: Contract) -> Standing:
    return standing(contract, case.book.of_plan(contract.plan)[0], case.at)


def _contract(case: _Case) -> tuple[Check | None, _Case]:
    """G-11: in force at creation, else in grace, else the vendor's default plan."""
    if not case.contracts:
        return _without_contract(case)
    best = min(case.contracts, key=lambda c: _preference(case, c))
    case = replace(case, contract=best, found=_found_for(case, best))
    return _by_standing[_standing(case, best)](case, best)


def _without_contract(case: _Case) -> tuple[Check | None, _Case]:
    if case.plan_id is None:
        return None, case
    says = f"a known customer without a contract gets {case.book.title_of(case.plan_id)}"
    return _yes("contract", _rules(case, "default_plan", "G-11"), says), case


def _preference(case: _Case, contract: Contract) -> tuple[bool, bool, int, int, int, str]:
    """A running contract, whose product and prerequisite hold, in force before in grace; the higher, then the newer."""
    _, plan = case.book.of_plan(contract.plan)
    place = list(Standing).index(_standing(case, contract))
    holds = _product_says(case, contract) is None and contract.prerequisite_met is not False
    return (place > _RUNNING, not holds, place, -plan.rank, -contract.start.toordinal(), contract.id)


def _found_for(case: _Case, contract: Contract) -> Found | None:
    ways = case.channel.identify_by if case.channel else ("address", "domain")
    return recognise(contract, case.asker, ways, case.at) or case.found


def _until(contract: Contract) -> str:
    return f"until {_on(contract.end)}" if contract.end else "without an end"


def _on(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _in_force(case: _Case, contract: Contract) -> tuple[Check, _Case]:
    trial = " (trial)" if contract.status == "trial" else ""
    says = f"contract {_label(contract)} ({case.book.title_of(contract.plan)}, {_until(contract)}) is in force{trial}"
    return _yes("contract", _rules(case, "contract", "G-11"), says), replace(case, plan_id=contract.plan)


def _in_grace(case: _Case, contract: Contract) -> tuple[Check, _Case]:
    last = grace_ends(contract, case.book.of_plan(contract.plan)[0]) - timedelta(days=1)
    says = f"{_named(case, contract)} ended {_when(contract)}; its days of grace last until {_on(last.date())}"
    return _yes("contract", _rules(case, "contract", "G-11"), says), replace(
        case, plan_id=contract.plan, positive="in_grace"
    )


def _ended(case: _Case, contract: Contract) -> tuple[Check, _Case]:
    default = case.book.of_plan(contract.plan)[0].default_plan
    says = f"{_named(case, contract)} ended {_when(contract)}"
    if default is None:
        return _no("contract", _rules(case, "contract", "G-11"), says, "contract_ended"), case
    lower = replace(case, plan_id=default, positive="entitled_lower_plan")
    says = f"{says}; the customer falls to {case.book.title_of(default)}"
    return _yes("contract", _rules(lower, "default_plan", "G-11"), says), lower


def _not_started(case: _Case, contract: Contract) -> tuple[Check, _Case]:
    says = f"{_named(case, contract)} starts on {_on(contract.start)}"
    return _no("contract", _rules(case, "contract", "G-11"), says, "contract_not_started"), case


def _suspended(case: _Case, contract: Contract) -> tuple[Check, _Case]:
    says = f"{_named(case, contract)} is suspended"
    return _no("contract", _rules(case, "contract", "G-11"), says, "contract_suspended"), case


_by_standing = {
    Standing.IN_FORCE: _in_force,
    Standing.IN_GRACE: _in_grace,
    Standing.ENDED: _ended,
    Standing.NOT_STARTED: _not_started,
    Standing.SUSPENDED: _suspended,
}


def _named(case: _Case, contract: Contract) -> str:
    return f"contract {_label(contract)} ({case.book.title_of(contract.plan)})"


def _when(contract: Contract) -> str:
    return f"on {_on(contract.end)}" if contract.end and contract.status != "ended" else "by its status"


def _label(contract: Contract) -> str:
    return contract.reference or contract.id


# -- product, prerequisite, form, channel ----------------------------------------------------------------------------


def _product(case: _Case) -> tuple[Check | None, _Case]:
    """RC-05: a contract names its product; another one is not covered. What is absent is not checked."""
    if case.contract is None or case.contract.product is None:
        return None, case
    wrong = _product_says(case, case.contract)
    if wrong:
        return _no("product", _rules(case, "product", "G-01"), wrong, "product_not_covered"), case
    says = f"the product {case.ticket.product or case.contract.product} is covered"
    return _yes("product", _rules(case, "product", "G-01"), says), case


def _product_says(case: _Case, contract: Contract) -> str | None:
    """What is wrong with the product, or None."""
    covered = {name.casefold() for name in case.book.of_plan(contract.plan)[0].products}
    product, asked = contract.product, case.ticket.product
    if product and covered and product.casefold() not in covered:
        return f'"{product}" is none of the products that this plan covers'
    if product and asked and product.casefold() != asked.casefold():
        return f'the ticket is about "{asked}", the contract is for "{product}"'
    return None


def _prerequisite(case: _Case) -> tuple[Check | None, _Case]:
    """RS-02: an add-on means nothing without what it is added to. What is absent is not checked."""
    needed = case.plan.prerequisite if case.plan else None
    if needed is None or case.contract is None or case.contract.prerequisite_met is None:
        return None, case
    rule = needed.rules or ("G-01",)
    if case.contract.prerequisite_met:
        return _yes("prerequisite", rule, f"the customer has {needed.title}", needed.source), case
    says = f"the plan needs {needed.title}, which the customer does not have"
    return _no("prerequisite", rule, says, "prerequisite_missing", needed.source), case


def _form(case: _Case) -> tuple[Check | None, _Case]:
    """MH-06: a form may carry no entitlement, whoever asks."""
    if case.form is None or case.form.entitlement:
        return None, case
    says = f"the form {case.form.title} carries no promise"
    return _no("form", case.form.rules or ("G-01",), says, "form_without_entitlement", case.form.source), case


def _channel(case: _Case) -> tuple[Check | None, _Case]:
    """The channel must be in the plan (MM-10, RC-12, RC-14, RS-10); an unknown one is flagged, not refused (G-01)."""
    if case.plan is None or case.channel is None:
        return None, case
    rule = case.channel.rules or ("G-04",)
    if case.ticket.channel in case.plan.channels:
        return _yes("channel", rule, f"{case.channel.title} is a channel of {case.plan.title}", case.plan.source), case
    titles = ", ".join(case.catalogue.channels[each].title for each in case.plan.channels)
    says = f"{case.channel.title} is no channel of {case.plan.title}, which has {titles}"
    return _no("channel", rule, says, "channel_not_in_plan", case.plan.source), case


# -- contact ---------------------------------------------------------------------------------------------------------


def _contact(case: _Case) -> tuple[Check | None, _Case]:
    """MM-30 to MM-32, RC-11, G-12: an individual, on the company's domain, registered, and within the limit."""
    rules = case.plan.contacts if case.plan else None
    if rules is None or case.contract is None or (case.channel and not case.channel.contacts_only):
        return None, case
    rule = _rules(case, "contact", "G-12")
    wrong = _shared(case, rules) or _off_domain(case, rules) or _not_registered(case, rules, rule)
    if wrong:
        return wrong, case
    if case.contract.contacts is None:
        return None, case
    return _yes("contact", rule, f"{case.asker.name} is a named contact{_of_how_many(case, rules)}", rules.source), case


def _shared(case: _Case, rules: Contacts) -> Check | None:
    words = frozenset(case.catalogue.shared_mailboxes)
    if not rules.individual or not case.asker.mailboxes:
        return None
    if not all(is_shared_local(m.local, words) for m in case.asker.mailboxes):
        return None
    rule = _rules(case, "individual", "G-12")
    return _no("contact", rule, f"{case.asker.name} is a shared mailbox, no individual", "shared_mailbox", rules.source)


def _off_domain(case: _Case, rules: Contacts) -> Check | None:
    if not rules.company_domain or _on_company_domain(case):
        return None
    says = f"{case.asker.name} is not on a domain of the company"
    return _no("contact", _rules(case, "company_domain", "G-12"), says, "not_named_contact", rules.source)


def _on_company_domain(case: _Case) -> bool:
    claims = case.contract.domains if case.contract else ()
    return not claims or any(claim.covers(m.domain) for claim in claims for m in case.asker.mailboxes)


def _not_registered(case: _Case, rules: Contacts, rule: tuple[str, ...]) -> Check | None:
    if case.contract is None or case.contract.contacts is None:
        return None
    registered = _registered(case)
    place = next((i for i, key in enumerate(registered, 1) if key in _keys(case)), None)
    if place is None:
        says = f"{case.asker.name} is {_none_of(len(registered))}"
        return _no("contact", rule, says, "not_named_contact", rules.source)
    if rules.limit is not None and place > rules.limit:
        says = f"{case.asker.name} is contact {place} of at most {rules.limit}, and the oldest count"
        return _no("contact", rule, says, "over_contact_limit", rules.source)
    return None


def _registered(case: _Case) -> list[str]:
    """Distinct people registered at that time over all the customer's contracts of this plan family, oldest first."""
    ordered = sorted((each for each in case.kin if _shares_seats(case, each)), key=lambda each: (each.start, each.id))
    people = [contact for contract in ordered for contact in contract.contacts or ()]
    return [contact.key for contact in seated(people, case.at)]


def _shares_seats(case: _Case, contract: Contract) -> bool:
    """G-12: the decision's own contract, and those of its plan family that have not ended."""
    if case.contract is None or contract.id == case.contract.id:
        return case.contract is not None
    mine, other = (plan_family(case.book, each.plan) for each in (case.contract, contract))
    return mine == other and _standing(case, contract) is not Standing.ENDED


def _none_of(registered: int) -> str:
    if registered == 0:
        return "no named contact; none is registered"
    return "not the named contact" if registered == 1 else f"none of the {registered} named contacts"


def _keys(case: _Case) -> frozenset[str]:
    return frozenset(mailbox.key for mailbox in case.asker.mailboxes)


def _of_how_many(case: _Case, rules: Contacts) -> str:
    registered = _registered(case)
    place = next((i for i, key in enumerate(registered, 1) if key in _keys(case)), 0)
    return f" ({place} of at most {rules.limit})" if rules.limit else f" ({place} of {len(registered)})"


# -- words -----------------------------------------------------------------------------------------------------------


def _rules(case: _Case, name: str, *general: str) -> tuple[str, ...]:
    """The vendor's own rule ids for a check, then the general ones."""
    known = case.plan_id or (case.contract.plan if case.contract else None)
    home = case.book.of_plan(known)[0] if known else case.catalogue
    return tuple(dict.fromkeys((*home.rule_of.get(name, ()), *general)))


def _yes(name: str, rules: tuple[str, ...], says: str, source: str = "") -> Check:
    return Check(name, True, rules, says, source)


def _no(name: str, rules: tuple[str, ...], says: str, outcome: str, source: str = "") -> Check:
    return Check(name, False, rules, says, source, outcome)
