"""Does the plan cover this? Product, prerequisite, form and channel, each by its own rule."""

from __future__ import annotations

from integration.domain.contract import Contract
from integration.domain.entitlement.case import Case, Check, no, rules_of, yes


def check_product(case: Case) -> tuple[Check | None, Case]:
    """RC-05: a contract names its product; another one is not covered. What is absent is not checked."""
    if case.contract is None or case.contract.product is None:
        return None, case
    wrong = product_says(case, case.contract)
    if wrong:
        return no("product", rules_of(case, "product", "G-01"), wrong, "product_not_covered"), case
    says = f"the product {case.ticket.product or case.contract.product} is covered"
    return yes("product", rules_of(case, "product", "G-01"), says), case


def product_says(case: Case, contract: Contract) -> str | None:
    """What is wrong with the product, or None."""
    covered = {name.casefold() for name in case.book.of_plan(contract.plan)[0].products}
    product, asked = contract.product, case.ticket.product
    if product and covered and product.casefold() not in covered:
        return f'"{product}" is none of the products that this plan covers'
    if product and asked and product.casefold() != asked.casefold():
        return f'the ticket is about "{asked}", the contract is for "{product}"'
    return None


def check_prerequisite(case: Case) -> tuple[Check | None, Case]:
    """RS-02: an add-on means nothing without what it is added to. What is absent is not checked."""
    needed = case.plan.prerequisite if case.plan else None
    if needed is None or case.contract is None or case.contract.prerequisite_met is None:
        return None, case
    rule = needed.rules or ("G-01",)
    if case.contract.prerequisite_met:
        return yes("prerequisite", rule, f"the customer has {needed.title}", needed.source), case
    says = f"the plan needs {needed.title}, which the customer does not have"
    return no("prerequisite", rule, says, "prerequisite_missing", needed.source), case


def check_form(case: Case) -> tuple[Check | None, Case]:
    """MH-06: a form may carry no entitlement, whoever asks."""
    if case.form is None or case.form.entitlement:
        return None, case
    says = f"the form {case.form.title} carries no promise"
    return no("form", case.form.rules or ("G-01",), says, "form_without_entitlement", case.form.source), case


def check_channel(case: Case) -> tuple[Check | None, Case]:
    """The channel must be in the plan (MM-10, RC-12, RC-14, RS-10); an unknown one is flagged, not refused (G-01)."""
    if case.plan is None or case.channel is None:
        return None, case
    rule = case.channel.rules or ("G-04",)
    if case.ticket.channel in case.plan.channels:
        return yes("channel", rule, f"{case.channel.title} is a channel of {case.plan.title}", case.plan.source), case
    titles = ", ".join(case.catalogue.channels[each].title for each in case.plan.channels)
    says = f"{case.channel.title} is no channel of {case.plan.title}, which has {titles}"
    return no("channel", rule, says, "channel_not_in_plan", case.plan.source), case
