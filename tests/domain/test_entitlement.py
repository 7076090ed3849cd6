"""May this person ask, and whose promise applies? The eight checks in their order, and the seats of named contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from integration.domain.book import Book
from integration.domain.catalogue import OUTCOMES
from integration.domain.contract import Contract, DomainClaim
from integration.domain.entitlement import Entitlement
from integration.domain.ticket import ByPerson
from integration.domain.triage import Decision, triage
from tests.domain.stories import ANA, BEN, CY, DEE, asker, contact, contract, local, question

PREMIER, ENTERPRISE, PLUS = "mattermost/premier", "mattermost/enterprise", "rocketchat/plus"


def decide(book: Book, *contracts: Contract, **story: object) -> Entitlement:
    return triage(question(*contracts, **story), book).entitlement  # type: ignore[arg-type]


def test_because_lists_every_check_in_its_order_with_its_rules(book: Book) -> None:
    """Sender, organization, contract, product, prerequisite, form, channel, contact; what is absent is not checked."""
    whole = contract(PREMIER, contacts=[ANA], product="Server")
    granted = decide(book, whole, product="Server")
    names = [check.name for check in granted.because]
    assert names == ["sender", "organization", "contract", "product", "channel", "contact"]
    assert all(check.passed and check.rules and check.says for check in granted.because)
    pack = contract("rockstor/incident", prerequisite_met=True)
    assert "prerequisite" in [check.name for check in decide(book, pack, channel="email").because]


ALL_WRONG = {"status": "suspended", "product": "Other", "prerequisite_met": False}
# Everything is wrong with this ticket; each step puts one more thing right, and the next check in order fails.
IN_ORDER = [
    ("sender", {}, "unverified_sender"),
    ("organization", {"who": asker("eve@initech.example")}, "unknown_domain"),
    ("contract", {"who": asker(DEE)}, "contract_suspended"),
    ("product", {"status": "active"}, "product_not_covered"),
    ("form", {"product": "Server"}, "form_without_entitlement"),
    ("channel", {"form": "technical"}, "channel_not_in_plan"),
    ("contact", {"channel": "email"}, "not_named_contact"),
    ("nothing", {"who": asker(ANA)}, "entitled"),
]


@pytest.mark.parametrize("step", range(len(IN_ORDER)), ids=[name for name, _, _ in IN_ORDER])
def test_the_outcome_names_the_first_check_that_failed(book: Book, step: int) -> None:
    facts: dict[str, object] = {"who": asker(DEE, flagged=True), "status": "suspended", "product": "Other"}
    facts |= {"form": "sales", "channel": "zulip"}
    for _, right, _ in IN_ORDER[: step + 1]:
        facts |= right
    held = contract(PREMIER, contacts=[ANA, BEN], status=facts.pop("status"), product=facts.pop("product"))
    granted = decide(book, held, **{"product": "Server"} | facts)
    assert granted.outcome == IN_ORDER[step][2]


def test_prerequisite_comes_before_the_channel(book: Book) -> None:
    """RS-02, RS-10: the order of the checks."""
    granted = decide(book, contract("rockstor/incident", prerequisite_met=False), channel="portal")
    assert granted.outcome == "prerequisite_missing"


# -- G-03: who asks ------------------------------------------------------------------------------------------------


def test_g03_f38_a_doubted_sender_proves_nothing_even_on_a_contract(book: Book) -> None:
    assert decide(book, contract(PREMIER, contacts=[ANA]), who=asker(ANA, flagged=True)).outcome == "unverified_sender"


def test_g03_nobody_behind_the_user_proves_nothing(book: Book) -> None:
    assert decide(book, contract(PREMIER), who=asker()).outcome == "unverified_sender"


def test_g03_every_verified_identity_of_a_portal_user_counts(book: Book) -> None:
    """The second identity is on the company's domain and the named contact."""
    who = asker("ana@gmail.com", ANA)
    assert decide(book, contract(PREMIER, contacts=[ANA]), who=who).outcome == "entitled"


def test_a_member_without_any_address_is_no_shared_mailbox(book: Book) -> None:
    """MM-30: found by Zendesk's membership, without an address that could be registered."""
    held = contract(PREMIER, contacts=[ANA], zendesk_organization=42)
    granted = decide(book, held, who=asker(member_of=42))
    assert granted.outcome == "not_named_contact"


# -- organization --------------------------------------------------------------------------------------------------


def test_rc13_membership_identifies_nobody_by_email(book: Book) -> None:
    """Whatever Zendesk says, an e-mail from another domain is not identified; in the portal membership counts."""
    held = contract(PLUS, zendesk_organization=42)
    member = asker("ana@acme.test", member_of=42)
    assert decide(book, held, who=member, channel="email").outcome == "unknown_domain"
    assert decide(book, held, who=member, channel="portal").outcome == "entitled"


def test_g15_what_an_address_says_goes_before_zendesks_membership(book: Book) -> None:
    """Ana is at Acme's domain; that Zendesk calls her a member of Globex makes nothing ambiguous."""
    acme = contract(PLUS, id="1", organization="Acme")
    globex = contract(PLUS, "globex.example", id="2", organization="Globex", zendesk_organization=42)
    granted = decide(book, acme, globex, who=asker(ANA, member_of=42))
    assert granted.contract == acme


def test_f34_two_identities_of_two_customers_are_ambiguous_however_long_the_domain(book: Book) -> None:
    """The longest match is for one address; it never lets one address outbid another."""
    acme = contract(ENTERPRISE, id="1", organization="Acme")
    globex = contract(ENTERPRISE, "a-much-longer-name.example", id="2", organization="Globex")
    granted = decide(book, acme, globex, who=asker(ANA, "ana@a-much-longer-name.example"))
    assert granted.outcome == "ambiguous"
    assert granted.plan is None and granted.contract is None
    assert "Acme and Globex" in granted.because[-1].says


def test_g15_the_longest_match_owns_the_address(book: Book) -> None:
    """A holding with all its sub-domains, and a daughter with her own contract."""
    holding = contract(ENTERPRISE, "*.acme.example", id="1", organization="Holding")
    daughter = contract(PREMIER, "lab.acme.example", id="2", organization="Lab", contacts=["ana@lab.acme.example"])
    assert decide(book, holding, daughter, who="ana@lab.acme.example").bought == PREMIER
    assert decide(book, holding, daughter, who="ana@shop.acme.example").bought == ENTERPRISE
    assert decide(book, holding, daughter, who="ana@x.lab.acme.example").bought == ENTERPRISE


def test_g15_an_exact_address_is_closer_than_a_domain(book: Book) -> None:
    """Ana works at Acme, and Globex put her address on its contract."""
    acme = contract(ENTERPRISE, id="1", organization="Acme")
    globex = contract(PREMIER, "globex.example", id="2", organization="Globex", addresses=(ANA,))
    assert decide(book, acme, globex).bought == PREMIER


def test_an_ended_contract_of_another_customer_claims_nobody(book: Book) -> None:
    """F34: the domain was Globex's until 2025; today it is Acme's alone."""
    gone = contract(ENTERPRISE, id="1", organization="Globex", start=date(2025, 1, 1), end=date(2025, 12, 1))
    assert decide(book, gone, contract(ENTERPRISE, id="2")).outcome == "entitled"


def test_one_customers_two_contracts_are_not_ambiguous_and_the_higher_plan_answers(book: Book) -> None:
    granted = decide(book, contract(ENTERPRISE, id="1"), contract(PREMIER, id="2", contacts=[ANA]))
    assert (granted.outcome, granted.bought) == ("entitled", PREMIER)


def test_a_contract_with_domains_of_its_own_is_not_for_the_customers_other_people(book: Book) -> None:
    """Acme Lab bought Premier for lab.acme.example; Ana of acme.example has Enterprise."""
    lab = contract(PREMIER, "lab.acme.example", id="1")
    assert decide(book, lab, contract(ENTERPRISE, id="2")).bought == ENTERPRISE


def test_a_renewal_that_names_nobody_is_for_the_whole_customer(book: Book) -> None:
    old = contract(ENTERPRISE, id="1", start=date(2025, 1, 1), end=date(2025, 12, 31))
    assert decide(book, old, contract(PREMIER, "", id="2", contacts=[ANA])).bought == PREMIER


def test_rc30_a_known_customer_without_a_contract_has_the_default_plan(book: Book) -> None:
    """RC-02: in the portal; by e-mail Standard has no channel. A vendor without a default plan promises nothing."""
    known = asker(ANA, known="Acme")
    granted = decide(book, who=known, vendor="rocketchat")
    assert (granted.outcome, granted.plan) == ("entitled_lower_plan", "rocketchat/standard")
    assert decide(book, who=known, vendor="rocketchat", channel="email").outcome == "channel_not_in_plan"
    assert decide(book, who=known, vendor="mattermost").outcome == "unknown_domain"


def test_g15_a_throw_away_address_is_as_good_as_free_mail(book: Book) -> None:
    assert decide(book, who="ana@mailinator.com", vendor="mattermost").outcome == "free_mail"


# -- DomainClaim, F35 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "exact", "wide"),
    [
        ("good.com", True, True),
        ("a.good.com", False, True),
        ("a.b.good.com", False, True),
        ("xgood.com", False, False),
        ("x-good.com", False, False),
        ("good.com.evil.test", False, False),
        ("com", False, False),
        ("", False, False),
    ],
)
def test_f35_a_claim_holds_on_label_boundaries(domain: str, exact: bool, wide: bool) -> None:
    assert DomainClaim("good.com").covers(domain) is exact
    assert DomainClaim("good.com", subdomains=True).covers(domain) is wide


# -- MM-30, MM-32, G-12: named contacts ----------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "outcome"), [(ANA, "entitled"), (BEN, "entitled"), (CY, "entitled"),
                                              (DEE, "over_contact_limit")])  # fmt: skip
def test_g12_the_oldest_three_count_whatever_the_order_of_the_rows(book: Book, who: str, outcome: str) -> None:
    since = {ANA: "2026-01-05 09:00", BEN: "2026-02-01 09:00", CY: "2026-03-01 09:00", DEE: "2026-04-01 09:00"}
    people = [contact(each, local(since[each])) for each in (DEE, CY, ANA, BEN)]
    assert decide(book, contract(PREMIER, contacts=people), who=who).outcome == outcome


def test_g12_a_seat_that_was_given_up_is_free(book: Book) -> None:
    gone = contact(ANA, local("2026-01-05 09:00"), until=local("2026-06-01 09:00"))
    granted = decide(book, contract(PREMIER, contacts=[gone, BEN, CY, DEE]), who=DEE)
    assert granted.outcome == "entitled"


def test_g12_one_person_in_two_contracts_takes_one_seat(book: Book) -> None:
    """F42: the same three people on the old and on the new contract, with and without a tag."""
    first = contract(PREMIER, id="1", contacts=[ANA, BEN, CY])
    second = contract(PREMIER, id="2", contacts=["ana+mm@acme.example", BEN, CY], start=date(2026, 6, 1))
    for who in (ANA, BEN, CY):
        assert decide(book, first, second, who=who).outcome == "entitled"


def test_mm30_with_nobody_registered_nobody_is_a_named_contact(book: Book) -> None:
    granted = decide(book, contract(PREMIER, contacts=[]))
    assert (granted.outcome, granted.plan) == ("not_named_contact", ENTERPRISE)
    assert "none is registered" in granted.because[-1].says


def test_rc11_points_of_contact_are_as_many_as_the_customer_likes(book: Book) -> None:
    crowd = [f"p{number}@acme.example" for number in range(40)]
    assert decide(book, contract(PLUS, contacts=crowd), who=crowd[-1]).outcome == "entitled"


# -- G-05: a person's word -----------------------------------------------------------------------------------------


def overridden(book: Book, plan: str, reason: str) -> Decision:
    """MM-30's button: an agent treats Dee as a named contact."""
    said = ByPerson(plan=plan, reasons={"plan": reason})
    return triage(question(contract(PREMIER, contacts=[ANA]), who=DEE, person=said, severity="L1"), book)


def test_g05_a_plan_that_an_agent_granted_stands_and_the_checks_stay_visible(book: Book) -> None:
    decision = overridden(book, PREMIER, "Ana confirmed by phone")
    assert (decision.entitlement.outcome, decision.entitlement.plan) == ("entitled", PREMIER)
    assert "Ana confirmed by phone" in decision.entitlement.because[0].says
    assert [check.name for check in decision.entitlement.because if not check.passed] == ["contact"]
    assert decision.first_reply is not None and decision.first_reply.within == "1 h"


def test_every_outcome_has_its_effects_in_every_catalogue(book: Book) -> None:
    """G-01: and nothing but the plan or the fallback carries a promise."""
    for catalogue in book.catalogues.values():
        assert set(catalogue.outcomes) == set(OUTCOMES)
        promising = {name for name, effects in catalogue.outcomes.items() if effects.target == "plan"}
        assert promising == {"entitled", "entitled_lower_plan", "in_grace"}


def test_the_order_of_ids_decides_between_equals_and_nothing_else(book: Book) -> None:
    """Two equal contracts of one customer: the answer does not depend on which the database told first."""
    one = contract(ENTERPRISE, id="1", reference="A")
    other = replace(one, id="2", reference="B")
    assert decide(book, one, other) == decide(book, other, one)
