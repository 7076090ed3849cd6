"""Which contract counts, and where does it stand? In force, else in grace, else the vendor's default plan (G-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from integration.domain.contract import Contract, Found, Standing, grace_ends, recognise
from integration.domain.entitlement.case import Case, Check, no, rules_of, yes
from integration.domain.entitlement.plan_checks import product_says

_RUNNING = list(Standing).index(Standing.IN_GRACE)


def check_contract(case: Case) -> tuple[Check | None, Case]:
    """G-11: in force at creation, else in grace, else the vendor's default plan."""
    if not case.contracts:
        return _without_contract(case)
    best = min(case.contracts, key=lambda c: _preference(case, c))
    case = replace(case, contract=best, found=_found_for(case, best))
    return _by_standing[case.standing_of(best)](case, best)


def _without_contract(case: Case) -> tuple[Check | None, Case]:
    if case.plan_id is None:
        return None, case
    says = f"a known customer without a contract gets {case.book.title_of(case.plan_id)}"
    return yes("contract", rules_of(case, "default_plan", "G-11"), says), case


def _preference(case: Case, contract: Contract) -> tuple[bool, bool, int, int, int, str]:
    """A running contract, whose product and prerequisite hold, in force before in grace; the higher, then the newer."""
    _, plan = case.book.of_plan(contract.plan)
    place = list(Standing).index(case.standing_of(contract))
    holds = product_says(case, contract) is None and contract.prerequisite_met is not False
    return (place > _RUNNING, not holds, place, -plan.rank, -contract.start.toordinal(), contract.id)


def _found_for(case: Case, contract: Contract) -> Found | None:
    ways = case.channel.identify_by if case.channel else ("address", "domain")
    return recognise(contract, case.asker, ways, case.at) or case.found


def _until(contract: Contract) -> str:
    return f"until {_on(contract.end)}" if contract.end else "without an end"


def _on(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _in_force(case: Case, contract: Contract) -> tuple[Check, Case]:
    trial = " (trial)" if contract.status == "trial" else ""
    says = f"contract {_label(contract)} ({case.book.title_of(contract.plan)}, {_until(contract)}) is in force{trial}"
    return yes("contract", rules_of(case, "contract", "G-11"), says), replace(case, plan_id=contract.plan)


def _in_grace(case: Case, contract: Contract) -> tuple[Check, Case]:
    last = grace_ends(contract, case.book.of_plan(contract.plan)[0]) - timedelta(days=1)
    says = f"{_named(case, contract)} ended {_when(contract)}; its days of grace last until {_on(last.date())}"
    return yes("contract", rules_of(case, "contract", "G-11"), says), replace(
        case, plan_id=contract.plan, positive="in_grace"
    )


def _ended(case: Case, contract: Contract) -> tuple[Check, Case]:
    default = case.book.of_plan(contract.plan)[0].default_plan
    says = f"{_named(case, contract)} ended {_when(contract)}"
    if default is None:
        return no("contract", rules_of(case, "contract", "G-11"), says, "contract_ended"), case
    lower = replace(case, plan_id=default, positive="entitled_lower_plan")
    says = f"{says}; the customer falls to {case.book.title_of(default)}"
    return yes("contract", rules_of(lower, "default_plan", "G-11"), says), lower


def _not_started(case: Case, contract: Contract) -> tuple[Check, Case]:
    says = f"{_named(case, contract)} starts on {_on(contract.start)}"
    return no("contract", rules_of(case, "contract", "G-11"), says, "contract_not_started"), case


def _suspended(case: Case, contract: Contract) -> tuple[Check, Case]:
    says = f"{_named(case, contract)} is suspended"
    return no("contract", rules_of(case, "contract", "G-11"), says, "contract_suspended"), case


_by_standing = {
    Standing.IN_FORCE: _in_force,
    Standing.IN_GRACE: _in_grace,
    Standing.ENDED: _ended,
    Standing.NOT_STARTED: _not_started,
    Standing.SUSPENDED: _suspended,
}


def _named(case: Case, contract: Contract) -> str:
    return f"contract {_label(contract)} ({case.book.title_of(contract.plan)})"


def _when(contract: Contract) -> str:
    return f"on {_on(contract.end)}" if contract.end and contract.status != "ended" else "by its status"


def _label(contract: Contract) -> str:
    return contract.reference or contract.id
