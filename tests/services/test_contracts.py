"""Contracts from a file and from Zendesk: every error at once, all or nothing, harmless when repeated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.adapters.address import AddressBook
from integration.domain.book import Book
from integration.domain.catalogue import Sale
from integration.services import contracts as service
from integration.services.contracts import Imported, ImportRefused
from integration.services.contracts.sheet import read_sheet
from integration.store import contacts as contact_rows
from integration.store import contracts as contract_rows
from integration.store.engine import Store
from integration.store.tables import metadata

ACCOUNT = "desk"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "demo" / "contracts.csv"
ACME = {
    "reference": "A-1",
    "organization": "Acme",
    "plan": "mattermost/premier",
    "start": "2026-01-01",
    "domains": "acme.example",
}


class Desk:
    """A store with the shipped plans, at a settable time."""

    def __init__(self, store: Store, book: Book, addresses: AddressBook) -> None:
        self.store, self.book, self.addresses = store, book, addresses
        self.at(NOW)

    def at(self, now: datetime) -> None:
        self.store.clock = lambda connection: now

    def take(self, raw: bytes, *, dry_run: bool = False, by: str = "mara", why: str = "spring import") -> Imported:
        place = (self.store, ACCOUNT, self.book, self.addresses)
        return service.import_file(*place, "c.csv", raw, by=by, why=why, dry_run=dry_run)

    def rows(self, *each: Mapping[str, str], **more: Any) -> Imported:
        return self.take(sheet(*each), **more)

    def refused(self, *each: Mapping[str, str]) -> list[str]:
        with pytest.raises(ImportRefused) as caught:
            self.rows(*each)
        return [str(problem) for problem in caught.value.problems]

    def history(self, reference: str) -> list[contract_rows.Stored]:
        with self.store.read() as (connection, _):
            return contract_rows.history(connection, ACCOUNT, reference)

    def people(self, reference: str) -> list[contact_rows.StoredContact]:
        with self.store.read() as (connection, _):
            contract = contract_rows.by_reference(connection, ACCOUNT, [reference])[reference].id
            return list(contact_rows.of_contracts(connection, [contract]).get(contract, ()))

    def everything(self) -> list[contract_rows.Stored]:
        return service.all_contracts(self.store, ACCOUNT)


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


def sheet(*each: Mapping[str, str], delimiter: str = ",", end: str = "\n") -> bytes:
    """Rows as a file; the header is every column that any row has."""
    names = list(dict.fromkeys(name for row in each for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator=end, restval="")
    writer.writeheader()
    writer.writerows(each)
    return out.getvalue().encode()


# -- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_is_read_as_spreadsheets_write_it(bom: bytes, end: str, delimiter: str) -> None:
    row = ACME | {"organization": 'Acme, "Rockets"; Inc.', "domains": "a.example; b.example, c.example"}
    found = read_sheet("c.csv", bom + sheet(row, delimiter=delimiter, end=end))
    assert [dict(each.cells) for each in found.rows] == [row]
    assert found.rows[0].where == "c.csv:2"


def test_an_error_names_the_line_on_which_its_row_begins() -> None:
    raw = b'reference,organization,plan,start\n"A\n1",Acme,x,y\n\nB,Acme,x,y\nC,Acme,x\n'
    found = read_sheet("c.csv", raw)
    assert [each.where for each in found.rows] == ["c.csv:2", "c.csv:5"]
    assert [str(each) for each in found.problems] == [
        "c.csv:6: the row has 3 cells, the header has 4; put a cell that holds commas in quotes"
    ]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "c.csv:1: the file is empty; its first row names reference"),
        (
            b"reference,organisation,plan,start\n",
            'c.csv:1: organisation: there is no such column; did you mean "organiz',
        ),
        (b"reference,organization,plan\n", "c.csv:1: no column start;"),
        (b"reference,organization,plan,start,plan\n", "c.csv:1: plan: the column stands there twice"),
        (b"reference,,organization,plan,start\n", "c.csv:1: a column has no name"),
        (b"reference,organization,plan,start\nA,\xe9,x,y\n", "c.csv:2: this is no UTF-8; save the file as CSV UTF-8"),
        ("reference,organization".encode("utf-16"), "c.csv:1: this is no UTF-8"),
        (b"reference\0,organization\n", "c.csv:1: this is no text"),
    ],
)
def test_a_file_that_is_no_list_of_contracts_is_refused_with_what_would_be_right(raw: bytes, says: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_sheet("c.csv", raw)
    assert any(str(problem).startswith(says) for problem in caught.value.problems), caught.value


def test_an_open_quote_is_an_error_of_its_row() -> None:
    found = read_sheet("c.csv", b'reference,organization,plan,start\n"A,Acme,x,y\n')
    assert str(found.problems[0]).startswith("c.csv:2: the row cannot be read (unexpected end of data)")


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.binary(max_size=60).map(lambda raw: sheet(ACME) + raw)))
def test_any_bytes_are_read_or_refused_and_nothing_else_happens(raw: bytes) -> None:
    try:
        found = read_sheet("c.csv", raw)
    except ImportRefused as error:
        assert error.problems
    else:
        assert all(each.where.startswith("c.csv:") for each in found.rows)


# -- each cell -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"reference": ""}, "reference: the cell is empty"),
        ({"organization": ""}, "organization: the cell is empty"),
        ({"organization": "x" * 201}, "organization: 201 characters are too many; at most 200 fit"),
        ({"organization": "Ac\u200bme"}, "organization: 'Ac\\u200bme' holds a character that cannot be seen"),
        ({"plan": ""}, "plan: the cell is empty"),
        ({"plan": "premium"}, 'plan: there is no plan "premium"; did you mean "mattermost/premier"?'),
        ({"plan": "mattermost/premiere"}, 'did you mean "mattermost/premier"?'),
        ({"plan": "zzzz"}, 'plan: there is no plan "zzzz"; there are: mattermost/'),
        ({"start": "01.02.2026"}, 'start: "01.02.2026" is no date; write it as 2026-12-31'),
        ({"start": "2026-02-30"}, 'start: "2026-02-30" is no date'),
        ({"end": "9999-12-31"}, 'leave the cell empty for "without end"'),
        ({"end": "2025-12-31"}, "end: 2025-12-31 is before the start, 2026-01-01"),
        ({"end": "2026-06-30", "purchased": "2026-07-01"}, "purchased: 2026-07-01 is after the end, 2026-06-30"),
        (
            {"status": "activ"},
            'status: "activ" is unknown; write trial, active, suspended or ended. did you mean "active"?',
        ),
        ({"source": "web"}, 'source: "web" is unknown; write sales, self-service, partner or migration'),
        ({"prerequisite_met": "maybe"}, 'prerequisite_met: "maybe" is neither; write yes or no'),
        ({"zendesk_organization_id": "12a"}, 'zendesk_organization_id: "12a" is no Zendesk organization id'),
        ({"zendesk_organization_id": "000"}, 'zendesk_organization_id: "000" is no Zendesk organization id'),
        ({"domains": "acme@acme.example"}, "domains: "),
        ({"domains": "https://acme.example"}, "domains: "),
        ({"domains": "*.*.example"}, "domains: "),
        ({"addresses": "not-an-address"}, "addresses: "),
        (
            {"contacts": "ana@acme.example Ana+x@acme.example"},
            "is the same person as ana@acme.example; keep one of them",
        ),
    ],
)
def test_a_bad_cell_is_named_with_file_line_column_and_what_would_be_right(
    sqlite_desk: Desk, cells: dict[str, str], says: str
) -> None:
    problems = sqlite_desk.refused(ACME | {"reference": "FIRST"}, ACME | cells)
    assert len(problems) == 1, problems
    assert problems[0].startswith("c.csv:3: ")
    assert says in problems[0]
    assert sqlite_desk.everything() == []


@pytest.mark.parametrize(
    ("plan", "domain", "says"),
    [
        ("mattermost/premier", "gmail.com", "gmail.com is a free-mail domain"),
        ("mattermost/premier", "*.gmail.com", "gmail.com is a free-mail domain"),
        ("mattermost/premier", "mailinator.com", "mailinator.com is a domain of throw-away addresses"),
        ("mattermost/premier", "co.uk", "co.uk is a public suffix"),
        ("mattermost/premier", "github.io", "github.io is a public suffix"),
        ("mattermost/premier", "mattermost.com", "mattermost.com is the vendor's own (mattermost.com)"),
        ("mattermost/premier", "eu.Mattermost.com", "eu.mattermost.com is the vendor's own"),
        ("rockstor/incident", "*.rockstor.com", "*.rockstor.com is the vendor's own"),
    ],
)
def test_a_domain_that_proves_no_customer_is_refused_g15(sqlite_desk: Desk, plan: str, domain: str, says: str) -> None:
    (problem,) = sqlite_desk.refused(ACME | {"plan": plan, "domains": f"acme.example {domain}"})
    assert problem.startswith("c.csv:2: domains: ")
    assert says in problem
    assert problem.endswith("(G-15)")


def test_one_persons_free_mail_address_can_be_on_a_contract_g15(sqlite_desk: Desk) -> None:
    sqlite_desk.rows(ACME | {"domains": "", "addresses": "Jonas.Berg@gmail.com"})
    (stored,) = sqlite_desk.everything()
    assert stored.terms.addresses == ("jonas.berg@gmail.com",)


def test_a_domain_with_its_sub_domains_takes_the_exact_one_in(sqlite_desk: Desk) -> None:
    sqlite_desk.rows(ACME | {"domains": "*.Acme.example, acme.example; BERG.example *.acme.example"})
    (stored,) = sqlite_desk.everything()
    assert [str(each) for each in stored.terms.domains] == ["*.acme.example", "berg.example"]
    assert sqlite_desk.rows(ACME | {"domains": "berg.example *.acme.example"}).count("unchanged") == 1


def test_all_errors_of_all_rows_are_shown_and_nothing_is_written(desk: Desk) -> None:
    problems = desk.refused(
        ACME,
        ACME | {"plan": "nope-nope", "start": "soon", "status": "odd"},
        ACME | {"reference": "A-2", "domains": "gmail.com", "source": "web"},
    )
    assert [problem.split(": ")[:2] for problem in problems] == [
        ["c.csv:3", "plan"],
        ["c.csv:3", "start"],
        ["c.csv:3", "status"],
        ["c.csv:4", "source"],
        ["c.csv:4", "domains"],
    ]
    assert desk.everything() == []


def test_a_reference_stands_in_a_file_once(sqlite_desk: Desk) -> None:
    (problem,) = sqlite_desk.refused(ACME, ACME | {"reference": "A-2"}, ACME)
    assert problem == 'c.csv:4: reference: "A-1" stands in c.csv:2 too; a reference names one contract'


# -- what may be sold ------------------------------------------------------------------------------------------------


def test_a_legacy_plan_is_not_sold_from_july_2022_on_rl02(sqlite_desk: Desk) -> None:
    gold = ACME | {"plan": "rocketchat-legacy/gold", "start": "2022-07-01"}
    sqlite_desk.rows(gold | {"purchased": "2022-06-30"})
    (problem,) = sqlite_desk.refused(gold | {"reference": "A-2", "purchased": "2022-07-01"})
    assert problem.startswith("c.csv:2: plan: rocketchat-legacy/gold is not sold since 2022-07-01")
    assert problem.endswith("(RL-02)")


def test_a_renewal_of_a_legacy_plan_names_the_older_contract_rl02_g11(sqlite_desk: Desk) -> None:
    old = ACME | {"plan": "rocketchat-legacy/gold", "start": "2021-07-01", "end": "2024-06-30"}
    new = old | {"reference": "A-2", "start": "2024-07-01", "end": "2027-06-30", "renews": "A-1"}
    sqlite_desk.rows(new, old)
    assert len(sqlite_desk.everything()) == 2
    next_one = new | {"reference": "A-3", "start": "2027-07-01", "end": "", "renews": "A-2"}
    assert sqlite_desk.rows(next_one).count("new") == 1


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"renews": "A-9"}, 'renews: there is no contract "A-9" in this file or in store; did you mean "A-1"?'),
        ({"renews": "A-1", "plan": "rocketchat-legacy/silver"}, "another plan is a new purchase"),
        ({"renews": "A-1", "organization": "Berg"}, 'renews: A-1 belongs to "Acme"'),
        ({"renews": "A-1", "start": "2021-07-01"}, "renews: A-1 starts 2021-07-01, so it is not older"),
        ({"renews": "A-2"}, "renews: A-2 starts 2024-07-01, so it is not older"),
    ],
)
def test_a_renewal_that_renews_nothing_is_refused_g11(sqlite_desk: Desk, cells: dict[str, str], says: str) -> None:
    old = ACME | {"plan": "rocketchat-legacy/gold", "start": "2021-07-01"}
    sqlite_desk.rows(old)
    renewal = old | {"reference": "A-2", "start": "2024-07-01", "purchased": "2021-07-01"}
    problems = sqlite_desk.refused(renewal | cells)
    assert len(problems) == 1, problems
    assert says in problems[0]


def test_silver_to_gold_is_a_purchase_and_refused_rl02(sqlite_desk: Desk) -> None:
    old = ACME | {"plan": "rocketchat-legacy/silver", "start": "2021-07-01"}
    problems = sqlite_desk.refused(
        old, old | {"reference": "A-2", "plan": "rocketchat-legacy/gold", "start": "2024-07-01", "renews": "A-1"}
    )
    assert len(problems) == 2
    assert problems[0].startswith("c.csv:3: renews: ") and problems[0].endswith("(G-11)")
    assert problems[1].startswith("c.csv:3: plan: ") and problems[1].endswith("(RL-02)")


def test_self_service_cannot_buy_support_plus_rc03(sqlite_desk: Desk) -> None:
    plus = ACME | {"plan": "rocketchat/plus"}
    (problem,) = sqlite_desk.refused(plus | {"source": "self-service"})
    assert problem.startswith("c.csv:2: plan: ") and "(RC-03)" in problem
    assert sqlite_desk.rows(plus | {"source": "sales"}).count("new") == 1


def test_an_incident_pack_is_recorded_if_it_was_bought_in_time_rs01(sqlite_desk: Desk) -> None:
    pack = ACME | {"plan": "rockstor/incident", "start": "2026-04-20"}
    (problem,) = sqlite_desk.refused(pack | {"purchased": "2026-04-19"})
    assert problem.endswith("(RS-01)")
    assert sqlite_desk.rows(pack | {"purchased": "2026-04-18"}).count("new") == 1


@pytest.mark.parametrize(
    ("bought", "last"), [("2026-04-18", "2027-04-18"), ("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28")]
)
def test_a_pack_lasts_to_the_anniversary_of_its_purchase_rs07(sqlite_desk: Desk, bought: str, last: str) -> None:
    done = sqlite_desk.rows(ACME | {"plan": "rockstor/incident", "start": bought})
    assert done.changes[0].notes == (f"end {last} filled in: 1 year from the purchase (RS-07)",)
    assert str(sqlite_desk.everything()[0].terms.end) == last
    again = sqlite_desk.rows(ACME | {"plan": "rockstor/incident", "start": bought})
    assert again.count("unchanged") == 1


def test_a_pack_that_is_said_to_last_longer_is_noted_rs07(sqlite_desk: Desk) -> None:
    done = sqlite_desk.rows(ACME | {"plan": "rockstor/incident", "start": "2026-01-01", "end": "2028-01-01"})
    assert done.changes[0].notes == ("end 2028-01-01 is later than the plan gives, which is 2027-01-01 (RS-07)",)


def test_a_product_that_the_plan_does_not_cover_is_stored_with_a_warning_rc05(sqlite_desk: Desk) -> None:
    free = ACME | {"plan": "rocketchat/standard"}
    done = sqlite_desk.rows(
        free | {"product": "Cloud Enterprize"}, free | {"reference": "A-2", "product": "cloud enterprise"}
    )
    assert 'did you mean "Cloud Enterprise"?' in done.changes[0].notes[0]
    assert done.flags == {"A-1": ('product "Cloud Enterprize" is none of Rocket.Chat: its tickets are not covered',)}
    assert [each.terms.product for each in sqlite_desk.everything()] == ["Cloud Enterprize", "Cloud Enterprise"]


# -- again and again -------------------------------------------------------------------------------------------------


def test_importing_a_file_twice_changes_nothing(desk: Desk) -> None:
    first = desk.take(DEMO.read_bytes())
    before = {each.reference: (each.version, each.recorded) for each in desk.everything()}
    people = {reference: desk.people(reference) for reference in before}
    desk.at(NOW + timedelta(days=1))
    second = desk.take(DEMO.read_bytes(), by="otto", why="again")
    assert first.count("new") == len(before) == second.count("unchanged") >= 16
    assert {each.reference: (each.version, each.recorded) for each in desk.everything()} == before
    assert {reference: desk.people(reference) for reference in before} == people


def test_a_changed_row_is_a_new_version_with_who_when_and_why_and_the_old_one_stays_f44(desk: Desk) -> None:
    desk.rows(ACME | {"end": "2026-12-31"})
    desk.at(NOW + timedelta(days=1))
    done = desk.rows(ACME | {"end": "2027-12-31", "domains": "*.acme.example"}, by="otto", why="renegotiated")
    assert [str(each) for each in done.changes[0].fields] == [
        "end 2026-12-31 -> 2027-12-31",
        "domains acme.example -> *.acme.example",
    ]
    old, new = desk.history("A-1")
    assert (old.version, old.terms.end, old.recorded.by, old.recorded.why) == (
        1,
        date(2026, 12, 31),
        "mara",
        "spring import",
    )
    assert (new.version, new.terms.end, new.recorded.by, new.recorded.why) == (
        2,
        date(2027, 12, 31),
        "otto",
        "renegotiated",
    )
    assert (old.recorded.at, new.recorded.at, new.recorded.effective_at) == (NOW, *[NOW + timedelta(days=1)] * 2)
    assert old.recorded.effective_at == datetime(2026, 1, 1, 8, tzinfo=UTC)  # midnight of its first day in California


def test_a_back_dated_change_leaves_every_older_version_as_it_was_f44(desk: Desk) -> None:
    for number, start in enumerate(["2026-01-01", "2025-06-01", "2024-01-01"]):
        desk.at(NOW + timedelta(days=number))
        desk.rows(ACME | {"start": start})
    assert [str(each.terms.start) for each in desk.history("A-1")] == ["2026-01-01", "2025-06-01", "2024-01-01"]
    assert [each.recorded.at for each in desk.history("A-1")] == [NOW + timedelta(days=number) for number in range(3)]


def test_a_dry_run_says_what_the_real_run_does_and_writes_nothing(desk: Desk) -> None:
    desk.rows(ACME | {"end": "2026-12-31"})
    file = (
        ACME | {"end": "2027-12-31", "contacts": "ana@acme.example"},
        ACME | {"reference": "B-1", "organization": "Berg", "zendesk_organization_id": "42"},
    )
    before = (desk.everything(), desk.history("A-1"))
    tried = desk.rows(*file, dry_run=True)
    assert (desk.everything(), desk.history("A-1")) == before
    assert desk.people("A-1") == []
    done = desk.rows(*file)
    assert (tried.changes, tried.organizations, tried.flags) == (done.changes, done.organizations, done.flags)
    assert (tried.written, done.written) == (False, True)
    assert done.count("new") == done.count("changed") == 1


def edited(book: Book, **changes: Any) -> Book:
    """The shipped plans after an edit of Mattermost's file."""
    catalogue = replace(book.catalogues["mattermost"], **changes)
    return replace(book, catalogues={**book.catalogues, "mattermost": catalogue})


def test_a_plan_that_stopped_being_sold_does_not_stop_edits_of_old_contracts_rl02(desk: Desk) -> None:
    """A later end is no new purchase; another plan under the same reference is looked at again."""
    desk.rows(ACME | {"end": "2026-12-31"})
    plans = desk.book.catalogues["mattermost"].plans
    stopped = {name: replace(plan, sale=Sale(stopped_from=date(2025, 1, 1))) for name, plan in plans.items()}
    desk.book = edited(desk.book, plans=stopped)
    assert desk.rows(ACME | {"end": "2027-12-31"}).count("changed") == 1
    assert desk.rows(ACME | {"end": "2027-12-31"}).count("unchanged") == 1
    (problem,) = desk.refused(ACME | {"plan": "mattermost/enterprise"})
    assert "mattermost/enterprise is not sold since 2025-01-01" in problem


def test_a_claim_may_not_hold_a_vendors_own_sub_domain_g15(sqlite_desk: Desk) -> None:
    sqlite_desk.book = edited(sqlite_desk.book, own_domains=("staff.acme.example",))
    (problem,) = sqlite_desk.refused(ACME | {"domains": "*.acme.example"})
    assert "*.acme.example is the vendor's own (staff.acme.example)" in problem
    assert sqlite_desk.rows(ACME | {"domains": "acme.example"}).count("new") == 1


def test_a_domain_that_the_catalogue_calls_free_mail_is_refused_g15(sqlite_desk: Desk) -> None:
    sqlite_desk.book = edited(sqlite_desk.book, also_free_mail=("acme.example",))
    (problem,) = sqlite_desk.refused(ACME)
    assert "acme.example is a free-mail domain" in problem


# -- customers -------------------------------------------------------------------------------------------------------


def test_a_customer_is_connected_with_zendesk_and_an_empty_cell_leaves_that(sqlite_desk: Desk) -> None:
    sqlite_desk.rows(ACME)
    done = sqlite_desk.rows(ACME | {"zendesk_organization_id": "0042"})
    assert done.organizations == ("Acme: zendesk_organization_id - -> 42",)
    assert sqlite_desk.rows(ACME).organizations == ()
    assert sqlite_desk.everything()[0].organization.zendesk_id == "42"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"organization": "ACME", "reference": "A-2"}, 'organization: "ACME" differs from "Acme" only in capitals'),
        ({"organization": "Berg"}, 'organization: contract A-1 belongs to "Acme"'),
        (
            {"organization": "Berg", "reference": "A-2", "zendesk_organization_id": "42"},
            'zendesk_organization_id: Zendesk organization 42 is already "Acme"',
        ),
    ],
)
def test_two_names_for_one_customer_are_refused(sqlite_desk: Desk, cells: dict[str, str], says: str) -> None:
    sqlite_desk.rows(ACME | {"zendesk_organization_id": "42"})
    (problem,) = sqlite_desk.refused(ACME | cells)
    assert says in problem


def test_two_zendesk_ids_for_one_customer_are_refused(sqlite_desk: Desk) -> None:
    (problem,) = sqlite_desk.refused(
        ACME | {"zendesk_organization_id": "42"}, ACME | {"reference": "A-2", "zendesk_organization_id": "43"}
    )
    assert problem.startswith('c.csv:3: zendesk_organization_id: "Acme" has id 42 in a row above')


def test_a_domain_of_two_customers_is_stored_and_flagged_ambiguous_g15(desk: Desk) -> None:
    desk.rows(ACME)
    done = desk.rows(ACME | {"reference": "B-1", "organization": "Berg", "domains": "*.acme.example berg.example"})
    says = "ambiguous: acme.example is also held by Acme (A-1); a person decides its tickets (G-15)"
    assert done.flags == {"B-1": (says,)}
    views = {each.stored.reference: each.flags for each in service.view_contracts(desk.store, ACCOUNT, desk.book)}
    assert "also held by Berg (B-1)" in views["A-1"][0]
    assert views["B-1"] == (says,)


def test_an_ended_contract_makes_no_domain_ambiguous_g11(desk: Desk) -> None:
    desk.rows(ACME | {"end": "2026-11-21"})
    berg = ACME | {"reference": "B-1", "organization": "Berg"}
    assert desk.rows(berg).flags != {}, "in grace it still counts"
    desk.at(datetime(2026, 12, 6, 8, tzinfo=UTC))  # 14 days after the last day, at midnight in California
    assert desk.rows(berg).flags == {}


def test_a_sub_domain_of_another_customer_is_not_ambiguous_the_longest_match_decides_g15(sqlite_desk: Desk) -> None:
    berg = ACME | {"reference": "B-1", "organization": "Berg", "domains": "eu.acme.example"}
    assert sqlite_desk.rows(ACME | {"domains": "*.acme.example"}, berg).flags == {}


# -- contacts of the file --------------------------------------------------------------------------------------------


def test_contacts_of_a_file_are_added_and_those_who_are_missing_stay(desk: Desk) -> None:
    desk.rows(ACME | {"contacts": "ana@acme.example ben@acme.example"})
    desk.at(NOW + timedelta(days=1))
    done = desk.rows(ACME | {"contacts": "cleo@acme.example; ANA@acme.example"})
    assert done.count("changed") == 1
    assert len(desk.history("A-1")) == 1, "a contact is a row of its own, no version of the contract"
    people = desk.people("A-1")
    assert [each.address for each in people] == ["ana@acme.example", "ben@acme.example", "cleo@acme.example"]
    assert [each.until for each in people] == [None, None, None]
    first_day = datetime(2026, 1, 1, 8, tzinfo=UTC)
    assert [each.since for each in people] == [first_day, first_day, NOW + timedelta(days=1)]


def test_an_import_over_the_limit_is_stored_the_oldest_count_and_the_rest_are_listed_g12(desk: Desk) -> None:
    desk.rows(ACME | {"contacts": "ana@acme.example ben@acme.example"})
    desk.at(NOW + timedelta(days=1))
    second = ACME | {"reference": "A-2", "contacts": "cleo@acme.example dan@acme.example ana+x@acme.example"}
    done = desk.rows(second)
    (flag,) = done.flags["A-2"]
    assert flag.startswith("over the limit of 3 (MM-30, G-12): ")
    # A-2 began on the same first day, so the order in which they were written down decides.
    assert flag.endswith("count, being the oldest; not dan@acme.example")
    assert len(desk.people("A-2")) == 3


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        ("support@acme.example", "support@acme.example is a shared mailbox"),
        ("ana@gmail.com", "ana@gmail.com is not on a domain of the company; this contract holds acme.example (MM-31)"),
        ("ana@eu.acme.example", "(MM-31)"),
    ],
)
def test_a_contact_that_the_plan_does_not_take_is_an_error_of_the_row_mm31_mm32(
    sqlite_desk: Desk, contact: str, says: str
) -> None:
    (problem,) = sqlite_desk.refused(ACME | {"contacts": f"ana@acme.example {contact}"})
    assert problem.startswith("c.csv:2: contacts: ") and says in problem


def test_a_plan_without_such_rules_takes_any_contact_rc13(sqlite_desk: Desk) -> None:
    free = ACME | {"plan": "rocketchat/standard", "contacts": "support@acme.example ana@gmail.com"}
    assert sqlite_desk.rows(free).count("new") == 1


def test_somebody_who_was_ended_is_not_brought_back_by_an_older_file(desk: Desk) -> None:
    file = ACME | {"contacts": "ana@acme.example"}
    desk.rows(file)
    with desk.store.write() as (connection, now):
        contact_rows.end(connection, [desk_id(desk)], "otto", "left", now)
    done = desk.rows(file)
    assert done.count("unchanged") == 1
    assert "ana@acme.example was ended by otto and stays ended" in done.changes[0].notes[0]
    assert len(desk.people("A-1")) == 1


def desk_id(desk: Desk) -> int:
    with desk.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT id FROM named_contacts").scalar_one())


# -- what people see -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "standing"),
    [
        ({}, "in force"),
        ({"status": "trial"}, "in force (trial)"),
        ({"status": "suspended"}, "suspended"),
        ({"status": "ended"}, "ended"),
        ({"start": "2026-11-23"}, "starts on 2026-11-23"),
        ({"end": "2026-11-22"}, "in force"),
        ({"end": "2026-11-21"}, "in grace until 2026-12-05"),
        ({"end": "2026-11-07"}, "ended 2026-11-07"),
    ],
)
def test_where_a_contract_stands_now_g11(sqlite_desk: Desk, cells: dict[str, str], standing: str) -> None:
    sqlite_desk.rows(ACME | cells)
    (view,) = service.view_contracts(sqlite_desk.store, ACCOUNT, sqlite_desk.book)
    assert view.standing == standing


def test_a_contract_shows_the_services_of_its_plan_rc07_mm37(sqlite_desk: Desk) -> None:
    sqlite_desk.rows(ACME, ACME | {"reference": "A-2", "plan": "rocketchat/mission-critical"})
    premier, critical = service.view_contracts(sqlite_desk.store, ACCOUNT, sqlite_desk.book)
    assert any("non-production" in each for each in premier.services)
    assert {"Account Manager", "Dedicated Customer Success Manager"} <= set(critical.services)


# -- pulled from Zendesk ---------------------------------------------------------------------------------------------


class Organizations:
    """Zendesk, as far as a pull asks it."""

    def __init__(self, *found: Mapping[str, Any]) -> None:
        self.found = found

    def listing(self, kind: str) -> Sequence[Mapping[str, Any]]:
        assert kind == "organizations"
        return self.found


def zendesk_organization(number: int, name: str, plan: str | None, *domains: str) -> dict[str, Any]:
    fields = {"support_plan": plan, "other": "x"}
    return {
        "id": number,
        "name": name,
        "domain_names": list(domains),
        "organization_fields": fields,
        "created_at": "2025-03-04T09:00:00Z",
    }


def pull(desk: Desk, *found: Mapping[str, Any], apply: bool = True, **more: Any) -> service.Pulled:
    options: dict[str, Any] = {"values": {}, "start": None, "by": "mara", "why": "pull"} | more
    zendesk: Any = Organizations(*found)
    place = (desk.store, ACCOUNT, desk.book, desk.addresses, zendesk, "support_plan")
    return service.pull(*place, apply=apply, **options)


def test_a_plan_in_an_organization_field_becomes_a_contract(desk: Desk) -> None:
    found = (
        zendesk_organization(11, "Acme", "gold_customer", "acme.example", "acme.test"),
        zendesk_organization(12, "Berg", "Premier", "berg.example"),
        zendesk_organization(13, "Nobody", None, "nobody.example"),
    )
    done = pull(desk, *found, values={"gold_customer": "mattermost/enterprise"}, apply=False)
    assert done.imported.count("new") == 2 and desk.everything() == []
    pull(desk, *found, values={"Gold_Customer": "mattermost/enterprise"})
    acme, berg = desk.everything()
    assert (acme.reference, acme.terms.plan, acme.organization.zendesk_id) == (
        "zendesk-org-11",
        "mattermost/enterprise",
        "11",
    )
    assert [str(each) for each in acme.terms.domains] == ["acme.example", "acme.test"]
    assert (berg.terms.plan, str(berg.terms.start)) == ("mattermost/premier", "2025-03-04")


def test_a_pull_repeated_changes_nothing_and_keeps_what_a_person_added(desk: Desk) -> None:
    acme = zendesk_organization(11, "Acme", "mattermost/premier", "acme.example")
    pull(desk, acme)
    by_hand = ACME | {
        "reference": "zendesk-org-11",
        "end": "2027-03-03",
        "domains": "*.acme.example",
        "start": "2025-01-01",
    }
    desk.rows(by_hand)
    assert pull(desk, acme).imported.count("unchanged") == 1
    done = pull(desk, zendesk_organization(11, "Acme", "mattermost/enterprise", "acme.example", "acme.test"))
    assert [str(each) for each in done.imported.changes[0].fields] == [
        "plan mattermost/premier -> mattermost/enterprise",
        "domains *.acme.example -> *.acme.example acme.test",
    ]


def test_a_value_that_is_no_plan_stops_the_pull_and_says_how_to_translate_it(sqlite_desk: Desk) -> None:
    with pytest.raises(ImportRefused, match=r'Zendesk organization 11 \(Acme\): support_plan: "bronce" is no plan'):
        pull(sqlite_desk, zendesk_organization(11, "Acme", "bronce"), zendesk_organization(12, "B", "premier"))
    with pytest.raises(ImportRefused, match=r'"Enterprise" is no plan'):
        pull(sqlite_desk, zendesk_organization(11, "Acme", "Enterprise"))  # two vendors sell one
    assert sqlite_desk.everything() == []


def test_a_free_mail_domain_of_an_organization_is_left_out_and_said_g15(sqlite_desk: Desk) -> None:
    done = pull(sqlite_desk, zendesk_organization(11, "Acme", "premier", "acme.example", "gmail.com"))
    assert "domain left out: gmail.com is a free-mail domain" in done.skipped[0]
    assert [str(each) for each in sqlite_desk.everything()[0].terms.domains] == ["acme.example"]


def test_an_organization_with_another_contract_is_left_alone(sqlite_desk: Desk) -> None:
    sqlite_desk.rows(ACME)
    done = pull(sqlite_desk, zendesk_organization(11, "Acme", "premier", "acme.example"))
    assert done.skipped == ("Zendesk organization 11 (Acme): has contract A-1 (mattermost/premier) already",)
    assert [each.reference for each in sqlite_desk.everything()] == ["A-1"]


def test_a_pull_obeys_the_rules_of_the_sale_rl02(sqlite_desk: Desk) -> None:
    gold = zendesk_organization(11, "Acme", "rocketchat-legacy/gold", "acme.example")
    with pytest.raises(ImportRefused, match=r"not sold since 2022-07-01.*\(RL-02\)"):
        pull(sqlite_desk, gold)
    assert pull(sqlite_desk, gold, start=date(2021, 1, 1)).imported.count("new") == 1


def test_a_field_that_nobody_fills_is_said(sqlite_desk: Desk) -> None:
    done = pull(sqlite_desk, zendesk_organization(11, "Acme", None))
    assert done.skipped == ('no organization has a value in the field "support_plan"; give the key of the right field',)
