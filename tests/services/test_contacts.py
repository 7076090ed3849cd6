"""Named contacts: who can be one, how many there can be, and that a race for the last seat has one winner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.adapters.address import AddressBook
from integration.clock import database_clock
from integration.domain.book import Book
from integration.domain.contact_rules import in_the_way, over_limit, seated
from integration.domain.contract import NamedContact, Refused
from integration.services import contacts as service
from integration.services.contacts import NoSuchContact, NoSuchContract
from integration.services.contracts import import_file
from integration.store.engine import Store
from integration.store.tables import metadata

ACCOUNT = "desk"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = """reference,organization,plan,start,end,domains,renews
A-1,Acme,mattermost/premier,2026-01-01,,*.acme.example,
A-2,Acme,mattermost/premier,2026-06-01,,acme.example,A-1
A-3,Acme,mattermost/enterprise,2026-01-01,,acme.example,
A-0,Acme,mattermost/premier,2024-01-01,2024-12-31,acme.example,
B-1,Berg,mattermost/premier,2026-01-01,,,
C-1,Cleo,rocketchat/standard,2026-01-01,,cleo.example,
"""


class Desk:
    """Customers of every kind, at a settable time."""

    def __init__(self, store: Store, book: Book, addresses: AddressBook) -> None:
        self.store, self.book, self.addresses = store, book, addresses
        self.at(NOW)
        import_file(store, ACCOUNT, book, addresses, "c.csv", FILE.encode(), by="mara", why="start")

    def at(self, now: datetime) -> None:
        self.store.clock = lambda connection: now

    def add(self, reference: str, address: str, since: date | None = None) -> service.Added:
        place = (self.store, ACCOUNT, self.book, self.addresses)
        return service.add_contact(*place, reference, address, by="mara", why="asked", since=since)

    def end(self, reference: str, address: str) -> None:
        service.end_contact(self.store, ACCOUNT, self.addresses, reference, address, by="otto", why="left")

    def people(self, reference: str) -> list[str]:
        (register,) = service.list_contacts(self.store, ACCOUNT, reference)
        return [each.address.partition("@")[0] + ("-" if each.until else "") for each in register.contacts]


@pytest.fixture
def desk(store: Store, book: Book, addresses: AddressBook) -> Desk:
    return Desk(store, book, addresses)


@pytest.fixture
def sqlite_desk(tmp_path: Path, book: Book, addresses: AddressBook) -> Iterator[Desk]:
    """For rules that know no database: one kind is enough."""
    store = Store(f"sqlite:///{tmp_path}/deskward.db")
    metadata.create_all(store.engine)
    yield Desk(store, book, addresses)
    store.close()


# -- seats -----------------------------------------------------------------------------------------------------------


def test_the_fourth_of_three_is_refused_naming_the_three_mm30_g12(desk: Desk) -> None:
    for number, name in enumerate(["ana", "ben", "cleo"], 1):
        desk.at(NOW + timedelta(minutes=number))
        assert desk.add("A-1", f"{name}@acme.example").taken == number
    with pytest.raises(Refused) as caught:
        desk.add("A-1", "dan@acme.example")
    assert str(caught.value) == (
        "Acme has 3 of 3 named contacts: ana@acme.example, ben@acme.example, cleo@acme.example; "
        "end one first: flask contacts end A-1 ADDRESS (MM-30, G-12)"
    )
    assert desk.people("A-1") == ["ana", "ben", "cleo"]


def test_a_seat_that_was_left_is_free_and_the_row_stays_g12(desk: Desk) -> None:
    for name in ("ana", "ben", "cleo"):
        desk.add("A-1", f"{name}@acme.example")
    desk.at(NOW + timedelta(hours=1))
    desk.end("A-1", "BEN+phone@acme.example")
    assert desk.add("A-1", "dan@acme.example").taken == 3
    assert desk.people("A-1") == ["ana", "ben-", "cleo", "dan"]
    (register,) = service.list_contacts(desk.store, ACCOUNT, "A-1")
    ben = register.contacts[1]
    assert (ben.until, ben.ended_by, ben.ended_why, ben.added_by) == (NOW + timedelta(hours=1), "otto", "left", "mara")


def test_who_comes_back_has_a_row_of_their_own(desk: Desk) -> None:
    desk.add("A-1", "ana@acme.example")
    desk.at(NOW + timedelta(hours=1))
    desk.end("A-1", "ana@acme.example")
    desk.at(NOW + timedelta(hours=2))
    desk.add("A-1", "ana@acme.example")
    assert desk.people("A-1") == ["ana-", "ana"]


def test_seats_count_over_all_contracts_of_a_customers_plan_family_g12(desk: Desk) -> None:
    for reference, name in (("A-1", "ana"), ("A-2", "ben"), ("A-2", "cleo")):
        desk.add(reference, f"{name}@acme.example")
    with pytest.raises(Refused, match=r"3 of 3 named contacts: ana@acme.example, ben@acme.example, cleo@acme.example"):
        desk.add("A-1", "dan@acme.example")
    # Ben holds a seat already, so being on the other contract too takes none.
    assert desk.add("A-1", "ben@acme.example").taken == 3


def test_another_plan_family_another_customer_and_an_ended_contract_share_no_seats_g12(desk: Desk) -> None:
    for name in ("ana", "ben", "cleo"):
        desk.add("A-0", f"{name}@acme.example")
    for name in ("dan", "eva", "finn"):
        desk.add("A-1", f"{name}@acme.example")
    assert desk.add("A-3", "gus@acme.example").limit is None
    assert desk.add("B-1", "hana@berg.example").taken == 1


def test_a_plan_without_a_limit_takes_as_many_as_are_registered_rc11(sqlite_desk: Desk) -> None:
    for number in range(1, 8):
        assert sqlite_desk.add("C-1", f"person{number}@cleo.example").taken == number


def test_a_back_dated_contact_must_have_had_a_seat_at_every_instant_since_g12(desk: Desk) -> None:
    for name in ("ana", "ben", "cleo"):
        desk.add("A-1", f"{name}@acme.example", since=date(2026, 3, 1))
    desk.at(NOW + timedelta(days=1))
    desk.end("A-1", "cleo@acme.example")
    with pytest.raises(Refused, match="cleo"):
        desk.add("A-1", "dan@acme.example", since=date(2026, 6, 1))
    assert desk.add("A-1", "dan@acme.example").since == NOW + timedelta(days=1)


def test_a_seat_that_is_promised_for_later_is_taken_g12(sqlite_desk: Desk) -> None:
    later = date(2026, 12, 24)
    sqlite_desk.add("A-1", "ana@acme.example", since=later)
    for name in ("ben", "cleo"):
        sqlite_desk.add("A-1", f"{name}@acme.example")
    with pytest.raises(Refused, match=r"ana@acme\.example"):
        sqlite_desk.add("A-1", "dan@acme.example")
    sqlite_desk.end("A-1", "ana@acme.example")
    assert sqlite_desk.add("A-1", "dan@acme.example").taken == 3


def test_from_is_the_vendors_local_day(sqlite_desk: Desk) -> None:
    assert sqlite_desk.add("A-1", "ana@acme.example", since=date(2026, 7, 1)).since == datetime(
        2026, 7, 1, 7, tzinfo=UTC
    )
    assert sqlite_desk.add("C-1", "cy@cleo.example", since=date(2026, 7, 1)).since == datetime(
        2026, 7, 1, 3, tzinfo=UTC
    )


# -- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "address", "says"),
    [
        ("A-1", "it-support@acme.example", r"it-support@acme.example is a shared mailbox.*\(MM-32\)"),
        ("A-1", "ana@gmail.com", r"not on a domain of the company; this contract holds \*\.acme\.example \(MM-31\)"),
        ("A-1", "ana@acme.example.org", r"\(MM-31\)"),
        ("A-2", "ana@eu.acme.example", r"\(MM-31\)"),
        ("B-1", "ana@gmail.com", r"is a free-mail address; give one on the company's domain \(MM-31\)"),
    ],
)
def test_only_an_individual_on_the_companys_domain_is_taken_mm31_mm32(
    sqlite_desk: Desk, reference: str, address: str, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        sqlite_desk.add(reference, address)
    assert sqlite_desk.people(reference) == []


def test_a_colleague_on_a_sub_domain_and_a_rocketchat_contact_anywhere_are_taken_mm31_rc13(sqlite_desk: Desk) -> None:
    assert sqlite_desk.add("A-1", "ana@eu.acme.example").taken == 1
    assert sqlite_desk.add("C-1", "ana@gmail.com").taken == 1


@pytest.mark.parametrize("again", ["ana@acme.example", "ANA@Acme.Example", "ana+tickets@acme.example"])
def test_plus_tags_and_capitals_are_the_same_person_f42(sqlite_desk: Desk, again: str) -> None:
    sqlite_desk.add("A-1", "Ana@acme.example")
    with pytest.raises(Refused, match="is already a contact of A-1 since 2026-11-22"):
        sqlite_desk.add("A-1", again)


def test_what_is_no_address_and_what_is_no_contract_are_said(sqlite_desk: Desk) -> None:
    with pytest.raises(ValueError, match="ana"):
        sqlite_desk.add("A-1", "ana")
    with pytest.raises(NoSuchContract, match=r'no contract "A-11"\. did you mean "A-1"\?'):
        sqlite_desk.add("A-11", "ana@acme.example")
    with pytest.raises(NoSuchContract, match=r'no contract and no customer "Acne"\. did you mean "Acme"'):
        service.list_contacts(sqlite_desk.store, ACCOUNT, "Acne")


def test_ending_somebody_who_is_no_contact_names_those_who_are(sqlite_desk: Desk) -> None:
    sqlite_desk.add("A-1", "ana@acme.example")
    with pytest.raises(
        NoSuchContact, match=r"dan@acme\.example is no contact of A-1; its contacts are: ana@acme.example"
    ):
        sqlite_desk.end("A-1", "dan@acme.example")
    sqlite_desk.end("A-1", "ana@acme.example")
    with pytest.raises(NoSuchContact, match=r"ana@acme\.example was ended already, on 2026-11-22 by otto"):
        sqlite_desk.end("A-1", "ana@acme.example")
    with pytest.raises(NoSuchContact, match="its contacts are: nobody"):
        sqlite_desk.end("A-1", "dan@acme.example")


def test_contacts_are_listed_by_reference_by_customer_and_all(sqlite_desk: Desk) -> None:
    def listed(which: str | None) -> list[str]:
        return [each.stored.reference for each in service.list_contacts(sqlite_desk.store, ACCOUNT, which)]

    assert listed("a-1") == ["A-1"]
    assert listed("acme") == ["A-0", "A-1", "A-3", "A-2"]
    assert listed(None) == ["A-0", "A-1", "A-3", "A-2", "B-1", "C-1"]


# -- the race --------------------------------------------------------------------------------------------------------


@pytest.mark.xdist_group("servers")
def test_eight_race_for_the_last_seat_and_one_gets_it_in_every_round_g12(desk: Desk) -> None:
    """25 rounds on real threads and connections, with the database's own clock: never four of three."""
    desk.store.clock = database_clock
    for name in ("ana", "ben"):
        desk.add("A-1", f"{name}@acme.example")
    for number in range(25):
        won, lost = _race(desk, number)
        assert (len(won), len(lost)) == (1, 7), (number, won, lost)
        assert all("3 of 3" in each for each in lost)
        everybody = [*desk.people("A-1"), *desk.people("A-2")]
        assert sum(not each.endswith("-") for each in everybody) == 3
        desk.end(*won[0])


def _race(desk: Desk, number: int) -> tuple[list[tuple[str, str]], list[str]]:
    """Eight people at two contracts of one customer's plan family; returns who got in where, and the refusals."""
    start = threading.Barrier(8)
    won: list[tuple[str, str]] = []
    lost: list[str] = []

    def run(racer: int) -> None:
        asked = ("A-1" if racer % 2 else "A-2", f"racer{racer}.{number}@acme.example")
        start.wait()
        try:
            desk.add(*asked)
            won.append(asked)
        except Refused as error:
            lost.append(str(error))

    threads = [threading.Thread(target=run, args=(racer,)) for racer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won, lost


# -- the count, against its definition -------------------------------------------------------------------------------

_instants = st.integers(0, 12).map(lambda day: NOW + timedelta(days=day))


@st.composite
def _registrations(draw: st.DrawFn) -> NamedContact:
    key = draw(st.sampled_from(["ana", "ben", "cleo", "dan", "eva"]))
    return NamedContact(key, key, draw(_instants), draw(st.none() | _instants))


@settings(max_examples=300, deadline=None)
@given(st.lists(_registrations(), max_size=8), st.integers(1, 3), _instants)
def test_a_free_seat_is_one_that_is_free_on_every_day_from_then_on_g12(
    there: list[NamedContact], limit: int, since: datetime
) -> None:
    days = [since + timedelta(days=day) for day in range(30)]
    full = [day for day in days if len({c.key for c in there if c.is_current(day)} - {"new"}) >= limit]
    assert bool(in_the_way(there, "new", limit, since)) is bool(full)


@settings(max_examples=200, deadline=None)
@given(st.lists(_registrations(), max_size=8), _instants)
def test_who_is_over_the_limit_came_after_those_who_count_g12(there: list[NamedContact], at: datetime) -> None:
    people = seated(there, at)
    assert {each.key for each in people} == {each.key for each in there if each.is_current(at)}
    split = over_limit(there, 3, at)
    assert (split is None) is (len(people) <= 3)
    if split:
        assert len(split.counted) == 3
        assert max(c.since for c in split.counted if c.since) <= min(c.since for c in split.rest if c.since)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef"), st.sampled_from(["A-1", "A-2"])), max_size=14))
def test_whatever_people_do_there_are_never_four_of_three_g12(
    tmp_path_factory: pytest.TempPathFactory,
    book: Book,
    addresses: AddressBook,
    steps: list[tuple[bool, str, str]],
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('steps')}/deskward.db")
    metadata.create_all(store.engine)
    desk = Desk(store, book, addresses)
    seats: dict[str, set[str]] = {"A-1": set(), "A-2": set()}
    for number, (coming, name, reference) in enumerate(steps):
        desk.at(NOW + timedelta(minutes=number))
        address, taken = f"{name}@acme.example", seats["A-1"] | seats["A-2"]
        try:
            if coming:
                desk.add(reference, address)
                assert name not in seats[reference] and len(taken | {name}) <= 3
                seats[reference].add(name)
            else:
                desk.end(reference, address)
                assert name in seats[reference]
                seats[reference].remove(name)
        except Refused:
            assert coming and (name in seats[reference] or len(taken | {name}) > 3)
        except NoSuchContact:
            assert not coming and name not in seats[reference]
    for reference, expected in seats.items():
        assert {each for each in desk.people(reference) if not each.endswith("-")} == expected
    store.close()
