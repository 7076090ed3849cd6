"""Contracts in the database: versions that stay, and the look-up that every decision begins with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from integration.domain.book import Book, UnknownPlan
from integration.domain.contract import Contract, DomainClaim
from integration.domain.ticket import Mailbox
from integration.store import contacts, contracts
from integration.store.candidates import candidates, parents
from integration.store.contacts import NewContact
from integration.store.contracts import Recorded, Terms, Version
from integration.store.engine import Store
from integration.store.tables import contract_versions, organizations
from integration.store.tables import contracts as contract_table
from integration.store.upsert import upsert

ACCOUNT = "acme-desk"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PREMIER = Terms(plan="mattermost/premier", start=date(2026, 1, 1))


def claim(*texts: str) -> tuple[DomainClaim, ...]:
    return tuple(DomainClaim(text.removeprefix("*."), text.startswith("*.")) for text in texts)


def mailbox(address: str) -> Mailbox:
    local, _, domain = address.partition("@")
    return Mailbox(address, local, domain, f"{local.partition('+')[0]}@{domain}")


def put(
    store: Store,
    reference: str,
    organization: str,
    *,
    terms: Terms = PREMIER,
    account: str = ACCOUNT,
    zendesk: str | None = None,
    number: int = 1,
) -> int:
    """Store a contract's version; its organization and the contract itself are made with version 1."""
    with store.write() as (connection, _):
        known = {each.name: each for each in contracts.all_organizations(connection, account)}
        if organization not in known:
            contracts.add_organizations(connection, account, {organization: zendesk})
            known = {each.name: each for each in contracts.all_organizations(connection, account)}
        if number == 1:
            contracts.add_contracts(connection, account, {reference: known[organization].id})
        query = select(contract_table.c.id).where(
            contract_table.c.account == account, contract_table.c.reference == reference
        )
        contract = int(connection.execute(query).scalar_one())
        recorded = Recorded(NOW, NOW + timedelta(days=number), "mara", f"version {number}")
        contracts.add_versions(connection, account, [Version(contract, number, terms, recorded)])
    return contract


def found(
    store: Store, book: Book, *addresses: str, memberships: tuple[int, ...] = (), account: str = ACCOUNT
) -> tuple[Contract, ...]:
    with store.read() as (connection, _):
        return candidates(connection, account, book, [mailbox(each) for each in addresses], memberships)


def references(store: Store, book: Book, *addresses: str, memberships: tuple[int, ...] = ()) -> set[str]:
    return {str(each.reference) for each in found(store, book, *addresses, memberships=memberships)}


def with_claims(*texts: str, addresses: tuple[str, ...] = ()) -> Terms:
    return Terms(plan="mattermost/premier", start=date(2026, 1, 1), domains=claim(*texts), addresses=addresses)


def test_a_mail_finds_its_contract_by_domain_with_or_without_sub_domains_g15(store: Store, book: Book) -> None:
    put(store, "EXACT", "Acme", terms=with_claims("acme.example"))
    put(store, "WIDE", "Berg", terms=with_claims("*.berg.example"))
    assert references(store, book, "ana@acme.example") == {"EXACT"}
    assert references(store, book, "ana@eu.acme.example") == set()
    assert references(store, book, "bo@berg.example") == {"WIDE"}
    assert references(store, book, "bo@lab.eu.berg.example") == {"WIDE"}
    assert references(store, book, "bo@notberg.example") == set()


def test_a_single_persons_address_finds_the_contract_that_holds_it_g15(store: Store, book: Book) -> None:
    put(store, "ONE", "Jonas Berg", terms=with_claims(addresses=("jonas@gmail.com",)))
    assert references(store, book, "jonas@gmail.com") == {"ONE"}
    assert references(store, book, "other@gmail.com") == set()
    assert references(store, book, "a@jonas@gmail.com") == set()


def test_all_contracts_of_a_pointed_to_organization_come_along(store: Store, book: Book) -> None:
    """A renewal that names nobody belongs to its whole organization, so the look-up must bring it."""
    put(store, "OLD", "Acme", terms=with_claims("acme.example"))
    put(store, "NEW", "Acme", terms=PREMIER)
    put(store, "OTHER", "Berg", terms=with_claims("berg.example"))
    assert references(store, book, "ana@acme.example") == {"OLD", "NEW"}


def test_two_owners_are_both_found_so_that_a_person_decides_g15(store: Store, book: Book) -> None:
    put(store, "A", "Vireo Group", terms=with_claims("vireo.example"))
    put(store, "B", "Vireo Ventures", terms=with_claims("*.vireo.example"))
    assert {each.organization_name for each in found(store, book, "ana@vireo.example")} == {
        "Vireo Group",
        "Vireo Ventures",
    }


def test_a_zendesk_membership_and_a_named_contact_point_to_the_customer_rc13(store: Store, book: Book) -> None:
    contract = put(store, "A", "Acme", zendesk="36001")
    with store.write() as (connection, now):
        person = NewContact(contract, "ana@gmail.com", "Ana@gmail.com", "Ana", NOW, "mara", "")
        contacts.add(connection, ACCOUNT, [person], now)
    assert references(store, book, memberships=(36001,)) == {"A"}
    assert references(store, book, memberships=(36002,)) == set()
    assert references(store, book, "ana+phone@gmail.com") == {"A"}
    assert references(store, book) == set()


def test_contacts_come_oldest_first_and_the_ended_ones_with_their_end_g12(store: Store, book: Book) -> None:
    contract = put(store, "A", "Acme", terms=with_claims("acme.example"))
    with store.write() as (connection, now):
        people = [
            NewContact(contract, f"{name}@acme.example", f"{name}@acme.example", "", NOW + timedelta(days=day), "m", "")
            for name, day in (("second", 2), ("first", 1), ("third", 3))
        ]
        contacts.add(connection, ACCOUNT, people, now)
        rows = contacts.of_contracts(connection, [contract])[contract]
        contacts.end(connection, [rows[1].id], "mara", "left", NOW + timedelta(days=9))
    (it,) = found(store, book, "x@acme.example")
    assert it.contacts is not None
    assert [each.address.partition("@")[0] for each in it.contacts] == ["first", "second", "third"]
    assert [each.until for each in it.contacts] == [None, NOW + timedelta(days=9), None]
    assert it.contacts[0].since == NOW + timedelta(days=1)


def test_the_value_carries_everything_that_the_rules_ask_for(store: Store, book: Book) -> None:
    terms = Terms(
        plan="rockstor/incident",
        start=date(2026, 2, 10),
        end=date(2027, 2, 10),
        purchased=date(2026, 2, 9),
        status="suspended",
        product="Stable",
        source="sales",
        prerequisite_met=True,
        order_reference="ORD-1",
        external_reference="CRM-1",
        renews="OLD",
        domains=claim("vidal.example"),
        addresses=("v@gmail.com",),
    )
    contract = put(store, "RS-1", "Vidal", terms=terms, zendesk="77")
    (it,) = found(store, book, "a@vidal.example")
    assert (it.id, it.reference, it.version, it.zendesk_organization) == (str(contract), "RS-1", 1, 77)
    assert (it.plan, it.start, it.end, it.purchased) == (terms.plan, terms.start, terms.end, terms.purchased)
    assert (it.status, it.product, it.source, it.prerequisite_met) == ("suspended", "Stable", "sales", True)
    assert (it.order_reference, it.renews, it.domains, it.addresses) == (
        "ORD-1",
        "OLD",
        terms.domains,
        terms.addresses,
    )
    with store.read() as (connection, _):
        assert contracts.by_reference(connection, ACCOUNT, ["RS-1"])["RS-1"].terms == terms


def test_a_new_version_takes_over_the_look_up_and_the_old_one_stays_f44(store: Store, book: Book) -> None:
    put(store, "A", "Acme", terms=with_claims("old.example"))
    put(store, "A", "Acme", terms=with_claims("new.example"), number=2)
    assert references(store, book, "x@old.example") == set()
    (it,) = found(store, book, "x@new.example")
    assert it.version == 2
    with store.read() as (connection, _):
        past = contracts.history(connection, ACCOUNT, "A")
    assert [each.terms.domains for each in past] == [claim("old.example"), claim("new.example")]
    assert [each.recorded.why for each in past] == ["version 1", "version 2"]
    assert past[1].recorded.at == NOW + timedelta(days=2)


def test_a_version_number_is_written_once_f44(store: Store) -> None:
    put(store, "A", "Acme")
    put(store, "A", "Acme", number=2)
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(store, "A", "Acme", number=2)
    with store.read() as (connection, _):
        current = select(contract_versions.c.version).where(contract_versions.c.is_current)
        assert connection.execute(current).scalars().all() == [2]


def test_accounts_do_not_see_each_other(store: Store, book: Book) -> None:
    put(store, "A", "Acme", terms=with_claims("acme.example"), zendesk="5")
    put(store, "A", "Acme", terms=with_claims("acme.example"), zendesk="5", account="other")
    (mine,) = found(store, book, "x@acme.example", memberships=(5,))
    (theirs,) = found(store, book, "x@acme.example", memberships=(5,), account="other")
    assert mine.id != theirs.id
    with store.read() as (connection, _):
        assert contracts.held_twice(connection, ACCOUNT, ["acme.example"]) == []


def test_a_contract_whose_plan_no_catalogue_carries_is_named(store: Store, book: Book) -> None:
    put(store, "A-9", "Acme", terms=Terms("gone/plan", date(2026, 1, 1), domains=claim("acme.example")))
    with pytest.raises(UnknownPlan, match=r'A-9 of Acme.*no plan "gone/plan"; there are: mattermost/'):
        found(store, book, "x@acme.example")


def test_an_organization_is_found_by_its_zendesk_id(store: Store) -> None:
    put(store, "A", "Acme", zendesk="36001")
    with store.read() as (connection, _):
        here = contracts.organization_by_zendesk_id(connection, ACCOUNT, 36001)
        assert here is not None and here.name == "Acme"
        assert contracts.organization_by_zendesk_id(connection, ACCOUNT, 36002) is None
        assert contracts.organization_by_zendesk_id(connection, "other", 36001) is None


def test_a_look_up_reads_by_index_and_never_scans_a_table(store: Store, book: Book) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL scans small tables because that is quicker; SQLite tells its plan whatever the size")
    put(store, "A", "Acme", terms=with_claims("*.acme.example"), zendesk="5")
    statements: list[tuple[str, tuple[object, ...]]] = []
    with store.read() as (connection, _):
        event.listen(connection, "before_cursor_execute", lambda c, k, sql, p, x, m: statements.append((sql, p)))
        candidates(connection, ACCOUNT, book, [mailbox("a@eu.acme.example")], (5,))
        asked = list(statements)
        assert len(asked) == 3
        for sql, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
            scans = [row[3] for row in plan if row[3].startswith("SCAN") and "SCAN (" not in row[3]]
            assert not [each for each in scans if "subquery" not in each.lower()], (sql, plan)


def test_parents_stop_above_the_last_two_labels() -> None:
    assert parents("a.b.acme.example") == ["b.acme.example", "acme.example"]
    assert parents("acme.example") == []
    assert parents("localhost") == []


def test_upsert_says_whether_it_did_anything(store: Store) -> None:
    row = {"account": ACCOUNT, "name": "Acme", "zendesk_id": "1"}
    with store.write() as (connection, _):
        assert upsert(connection, organizations, row, ["account", "name"]) is True
        assert upsert(connection, organizations, row | {"zendesk_id": "2"}, ["account", "name"]) is False
        assert upsert(connection, organizations, row | {"zendesk_id": "3"}, ["account", "name"], ["zendesk_id"]) is True
        assert [each.zendesk_id for each in contracts.all_organizations(connection, ACCOUNT)] == ["3"]


_labels = st.sampled_from(["acme", "berg", "eu", "lab"])
_domains = st.lists(_labels, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))
_claims = st.builds(DomainClaim, _domains, st.booleans())
_numbers = count()  # an account of its own for each example, in one database


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.lists(st.sets(_claims, max_size=3), min_size=1, max_size=4), domain=_domains)
def test_the_index_finds_exactly_whom_the_rules_would_recognise_g15(
    store: Store, book: Book, held: list[set[DomainClaim]], domain: str
) -> None:
    """Against the definition: a contract is found where one of its claims covers the asker's domain."""
    account = f"{ACCOUNT}-{next(_numbers)}"
    for number, claims in enumerate(held):
        terms = Terms("mattermost/premier", date(2026, 1, 1), domains=tuple(claims))
        put(store, f"R{number}", f"Customer {number}", terms=terms, account=account)
    expected = {f"R{number}" for number, claims in enumerate(held) if any(each.covers(domain) for each in claims)}
    assert {each.reference for each in found(store, book, f"x@{domain}", account=account)} == expected
