"""The walk: sender, organization, contract, product, prerequisite, form, channel, contact, in this order.

The outcome names the first check that failed; `because` lists every check with its rule ids and the value it saw.
"""

from __future__ import annotations

from integration.domain.book import Book
from integration.domain.catalogue import Catalogue, Effects
from integration.domain.contract import Contract
from integration.domain.entitlement.case import Case, Check, Entitlement
from integration.domain.entitlement.contact_check import check_contact, on_company_domain
from integration.domain.entitlement.contract_check import check_contract
from integration.domain.entitlement.person_checks import check_organization, check_sender
from integration.domain.entitlement.plan_checks import check_channel, check_form, check_prerequisite, check_product
from integration.domain.ticket import Asker, Ticket

#: The checks in the order of rulebook section 7.
WALK = (
    check_sender,
    check_organization,
    check_contract,
    check_product,
    check_prerequisite,
    check_form,
    check_channel,
    check_contact,
)


def decide(
    ticket: Ticket, asker: Asker, contracts: tuple[Contract, ...], catalogue: Catalogue, book: Book
) -> Entitlement:
    """Walk the checks at the ticket's own creation time (F43). Pure; raises UnknownPlan for a contract of no plan."""
    channel = catalogue.channels.get(ticket.channel)
    form = catalogue.forms.get(ticket.form or catalogue.default_form or "")
    case = Case(ticket, asker, contracts, contracts, catalogue, book, ticket.created_at, channel, form)
    checks: list[Check] = []
    for step in WALK:
        check, case = step(case)
        if check is not None:
            checks.append(check)
        if check is not None and not check.passed and case.plan_id is None:
            break
    return _conclude(case, tuple(checks))


def _conclude(case: Case, checks: tuple[Check, ...]) -> Entitlement:
    failed = next((check for check in checks if not check.passed), None)
    outcome = failed.outcome if failed and failed.outcome else case.positive
    bought = case.contract.plan if case.contract else None
    # The vendor of the contract has the word, also for a customer who fell to another vendor's plan.
    home = case.book.of_plan(bought)[0] if bought else case.catalogue
    effects = home.outcomes[outcome]
    flags = _flags(case)
    return Entitlement(outcome, _promise(case, effects), effects, checks, case.contract, bought, flags)


def _promise(case: Case, effects: Effects) -> str | None:
    """The plan whose promise applies, by the outcome's effect on the target (G-01)."""
    if effects.target == "plan":
        return case.plan_id
    if effects.target == "fallback" and case.plan and case.plan.contacts and on_company_domain(case):
        return case.plan.contacts.others
    return None


def _flags(case: Case) -> tuple[str, ...]:
    flags = []
    if case.channel is None:
        flags.append(f'the channel "{case.ticket.channel}" is not in the catalogue (G-01)')
    if case.ticket.form and case.ticket.form not in case.catalogue.forms:
        flags.append(f'the form "{case.ticket.form}" is not in the catalogue (G-01)')
    return tuple(flags)
