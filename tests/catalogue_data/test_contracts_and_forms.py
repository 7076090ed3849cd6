"""Who may ask, what was sold, incident terms and forms of the shipped catalogues."""

from __future__ import annotations

from datetime import date

import pytest

from integration.domain.book import Book
from tests.catalogue_data.facts import PLANS, plan_of


def test_MM30_MM31_MM32_three_individuals_on_the_company_domain_others_get_enterprise(book: Book) -> None:
    contacts = plan_of(book, "mattermost/premier").contacts
    assert contacts is not None
    assert (contacts.limit, contacts.individual, contacts.company_domain) == (3, True, True)
    assert contacts.others == "mattermost/enterprise"


@pytest.mark.parametrize("plan_id", [f"{v}/{p}" for v in ("rocketchat", "rocketchat-legacy") for p in PLANS[v]])
def test_RC11_any_number_of_registered_contacts(book: Book, plan_id: str) -> None:
    contacts = plan_of(book, plan_id).contacts
    assert contacts is not None
    assert (contacts.limit, contacts.others) == (None, None)


@pytest.mark.parametrize("vendor", PLANS)
def test_G11_two_weeks_of_grace(book: Book, vendor: str) -> None:
    assert book.catalogue(vendor).grace_days == 14


DEFAULTS = {
    "mattermost": None,
    "rocketchat": "rocketchat/standard",
    "rocketchat-legacy": "rocketchat/standard",
    "rockstor": None,
}


@pytest.mark.parametrize("vendor", DEFAULTS)
def test_RC02_RC30_what_a_customer_without_contract_falls_to(book: Book, vendor: str) -> None:
    assert book.catalogue(vendor).default_plan == DEFAULTS[vendor]


@pytest.mark.parametrize("name", PLANS["rocketchat-legacy"])
def test_RL02_legacy_plans_are_only_renewed_since_july_2022(book: Book, name: str) -> None:
    sale = plan_of(book, f"rocketchat-legacy/{name}").sale
    assert (sale.stopped_from, sale.renewals) == (date(2022, 7, 1), True)


def test_RS01_packs_are_not_sold_since_april_2026(book: Book) -> None:
    sale = plan_of(book, "rockstor/incident").sale
    assert (sale.stopped_from, sale.renewals) == (date(2026, 4, 19), False)


def test_RC03_plus_and_mission_critical_are_sold_by_sales_only(book: Book) -> None:
    sources = {name: plan.sale.sources for name, plan in book.catalogue("rocketchat").plans.items()}
    assert sources == {"standard": (), "plus": ("sales",), "mission-critical": ("sales",)}


def test_RC05_six_products(book: Book) -> None:
    kinds = ("Enterprise", "Omnichannel", "Chat Engine")
    expected = {f"Self-Managed {kind}" for kind in kinds}
    expected |= {"Cloud Enterprise", "Cloud Enterprise Omnichannel", "Cloud Enterprise Chat Engine"}
    assert set(book.catalogue("rocketchat").products) == expected


def test_RL01_five_legacy_products(book: Book) -> None:
    assert book.catalogue("rocketchat-legacy").products == ("Bronze", "Pro", "Silver", "Gold", "Enterprise")


def test_RC07_services_of_each_plan(book: Book) -> None:
    services = {n: [s.title for s in p.services] for n, p in book.catalogue("rocketchat").plans.items()}
    manager, success = "Account Manager", "Dedicated Customer Success Manager"
    assert services == {"standard": [manager], "plus": [manager], "mission-critical": [manager, success]}


def test_MM37_premier_licenses_four_environments(book: Book) -> None:
    titles = [service.title for service in plan_of(book, "mattermost/premier").services]
    assert any("up to 4 standalone non-production" in title for title in titles)


def test_MM35_groups(book: Book) -> None:
    assert plan_of(book, "mattermost/premier").group == "Senior Support"
    assert book.catalogue("mattermost").forms["sales"].group == "Billing"


def test_RS02_RS03_RS07_RS08_RS09_terms_of_incidents(book: Book) -> None:
    plan = plan_of(book, "rockstor/incident")
    terms = plan.incidents
    assert plan.prerequisite is not None and terms is not None
    assert "Stable Channel" in plan.prerequisite.title
    assert (terms.valid_for_years, terms.refundable, terms.when_empty) == (1, False, "hold")
    assert (terms.currency, terms.expected_price_minor) == ("EUR", 9900)


def test_RS05_RS06_RS15_RS16_what_counts_as_an_incident(book: Book) -> None:
    terms = plan_of(book, "rockstor/incident").incidents
    assert terms is not None
    assert len(terms.counts) == 3
    assert any("bug" in text for text in terms.not_counted)
    assert any("hour" in text for text in terms.not_counted)
    assert terms.opened_by == ("address", "form_field", "agent_tick")


TECHNICAL = """General inquiry|AD/LDAP|Authentication & Provisioning|Compliance & Auditing|Connectivity
Customization & Branding|Data Export and Import|Database|Desktop|Developer Toolkit|DevOps Command Center|General
Installation|Integrations|Invitation & Login|Messaging|Mobile|Notifications & Status|Onboarding|Roles & Permissions
Search|Server Issues|System Console|Upgrading|User Interface|User, Team & Channel Management|User issue"""
SALES = ["Credit Card Issues", "General", "Licensing", "Pricing", "Product", "Renewals"]


def test_MH04_MH05_the_27_and_the_6_categories(book: Book) -> None:
    forms = book.catalogue("mattermost").forms
    technical = [category.name for category in forms["technical"].categories]
    assert technical == TECHNICAL.replace("\n", "|").split("|")
    assert len(technical) == 27
    assert [category.name for category in forms["sales"].categories] == SALES


def test_MH01_MH06_form_numbers_and_the_sales_form_promises_nothing(book: Book) -> None:
    forms = book.catalogue("mattermost").forms
    assert (forms["technical"].zendesk_ids, forms["sales"].zendesk_ids) == ((360000640492,), (360000852671,))
    assert (forms["technical"].entitlement, forms["sales"].entitlement) == (True, False)
    assert "360000640492" in forms["sales"].wrong_form_hint


def test_MH02_ten_fields_of_which_two_are_for_mobiles(book: Book) -> None:
    fields = book.catalogue("mattermost").forms["technical"].fields
    assert len(fields) == 10
    assert [f.title for f in fields if f.when] == ["Mattermost Mobile version", "Mobile device"]


@pytest.mark.parametrize("vendor", PLANS)
def test_MH04_every_category_but_the_catch_all_can_be_read_from_a_text(book: Book, vendor: str) -> None:
    forms = book.catalogue(vendor).forms.values()
    silent = [category.name for form in forms for category in form.categories if not category.terms]
    assert silent == ([] if vendor == "mattermost" else ["Other"])
