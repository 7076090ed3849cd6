"""The receipt, read as an agent reads it: at most ten lines, plain words, the right numbers, the deadline twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain import receipt, receipt_words
from integration.domain.book import Book
from integration.domain.catalogue import OUTCOMES
from integration.domain.contract import Contract
from integration.domain.ticket import ByPerson, EarlierPromise
from integration.domain.triage import triage
from tests.domain.stories import ANA, BEN, DEE, LISBON, SAO_PAULO, contract, examples, local, question

BOOK = load_book()


def note(book: Book, *held: Contract, **story: object) -> list[str]:
    asked = question(*held, **story)  # type: ignore[arg-type]
    return receipt.write(asked.ticket, triage(asked, book), book).splitlines()


def line_of(lines: list[str], start: str) -> str:
    [found] = [line for line in lines if line.startswith(start)]
    return found


PREMIER = contract("mattermost/premier", contacts=[ANA, BEN], reference="MM-1")


def test_a_premier_outage_in_the_agents_words(book: Book) -> None:
    """MM-30, MM-41: who, why, how severe, until when in both clocks, and which line of which document."""
    lines = note(book, PREMIER, severity="L1", category="AD/LDAP", at=local("2026-11-20 16:00"))
    assert lines[:6] == [
        "Deskward: entitled · Mattermost Premier Support",
        "Who: ana@acme.example has a domain of Acme, acme.example (G-15); contract MM-1 (Mattermost Premier Support, "
        "until 31 Dec 2026) is in force (MM-33, G-11); ana@acme.example is a named contact (1 of at most 3) "
        "(MM-30, G-12)",
        "Severity: L1, priority urgent: stated by the customer (G-07, MM-41, MM-45)",
        "Category: AD/LDAP, as the customer chose",
        "First reply due: Fri 20 Nov 2026 17:00 PST (01:00 UTC, Sat 21 Nov): 1 h, counted around the clock",
        "From: Mattermost support page (plans, inclusions, severity levels) § Level 1, response time, Premier "
        "(MM-12, MM-21, MM-22, MH-21)",
    ]
    assert lines[-1] == f"Decided by catalogue mattermost {book.versions['mattermost']}"


def test_a_colleague_reads_what_to_do(book: Book) -> None:
    lines = note(book, PREMIER, who=DEE, severity="L2", at=local("2026-11-18 10:00"))
    assert lines[0] == "Deskward: not a named contact · Mattermost Enterprise (E20)"
    assert line_of(lines, "Who:").endswith("dee@acme.example is none of the 2 named contacts (MM-30, G-12)")
    assert "ask a named contact at once" in line_of(lines, "Do:")
    assert "Wed 18 Nov 2026 18:00 PST (02:00 UTC, Thu 19 Nov): 8 h, counted Mon 09:00 to Fri 17:00" in lines[4]


@pytest.mark.parametrize(
    ("held", "story", "due"),
    [
        (contract("rockstor/incident"), {"channel": "email", "at": local("2026-12-04 17:00", LISBON)},
         "Wed 09 Dec 2026 17:00 WET (17:00 UTC): 2 business days (Mon-Fri 08:00-18:00 without public holidays)"),
        (contract("rocketchat/plus"), {"channel": "email", "at": local("2026-11-20 21:00", SAO_PAULO)},
         "Sat 21 Nov 2026 01:00 UTC-03 (04:00 UTC): 4 h, counted around the clock"),
        (contract("mattermost/enterprise"), {"severity": "L4", "at": local("2026-07-06 09:00")},
         "Tue 07 Jul 2026 17:00 PDT (00:00 UTC, Wed 08 Jul): the close of the next business day "
         "(Mon-Fri 09:00-17:00 without public holidays)"),
        (contract("rocketchat-legacy/silver", start=date(2020, 1, 1)),
         {"channel": "email", "severity": "low", "at": local("2026-11-18 10:00", SAO_PAULO)},
         "Fri 20 Nov 2026 10:00 UTC-03 (13:00 UTC): 2 business days (Mon-Fri 08:00-20:00)"),
    ],
    ids=["rockstor", "rocketchat", "mattermost-summer", "legacy"],
)  # fmt: skip
def test_the_deadline_stands_in_the_contracts_zone_and_in_utc(book: Book, held, story, due: str) -> None:
    assert line_of(note(book, held, **story), "First reply due:") == f"First reply due: {due}"


def test_a_promise_that_counts_from_a_change_says_so(book: Book) -> None:
    """G-09."""
    before = EarlierPromise("mattermost/premier", "L3", local("2026-11-18 10:00"), local("2026-11-18 18:00"))
    lines = note(book, PREMIER, severity="L1", at=local("2026-11-18 10:00"), earlier=before,
                 changed_at=local("2026-11-18 11:00"))  # fmt: skip
    due = line_of(lines, "First reply due:")
    assert "Wed 18 Nov 2026 12:00 PST" in due
    assert due.endswith("from the change on, and no later than promised before")


def test_g07_both_severities_stand_there(book: Book) -> None:
    capped = line_of(note(book, PREMIER, severity="L1", environment="staging"), "Severity:")
    assert capped == (
        "Severity: L4, priority low: the customer stated L1; Staging is not production, so L1 is capped to L4 "
        "(MM-40, MM-45)"
    )
    agent = ByPerson(severity="L2", reasons={"severity": "override: it grows"})
    chosen = line_of(note(book, PREMIER, severity="L4", person=agent), "Severity:")
    assert chosen == "Severity: L2, priority high: the customer stated L4; override: it grows (G-05)"


def test_where_nothing_is_stated_it_says_what_runs_and_until_when(book: Book) -> None:
    assert "none stated, and E-mail starts as L3 until the customer answers" in note(book, PREMIER, channel="email")[2]
    unknown = note(book, PREMIER, channel="email", who="eve@initech.example")
    assert "until the customer answers" not in line_of(unknown, "Severity:")


def test_flags_and_hints_share_one_line_and_nothing_stands_twice(book: Book) -> None:
    """RC-14, RC-25, G-01."""
    odd = note(book, contract("rocketchat/plus"), channel="hotline", severity="low", form="odd")
    flags = line_of(odd, "Note:")
    assert 'the form "odd" is not in the catalogue (G-01)' in flags
    assert "Hotline is for high only; the customer stated low" in flags


def test_customers_words_cannot_make_the_note_longer(book: Book) -> None:
    """A category of a hundred lines is one line, and not a long one."""
    lines = note(book, PREMIER, category="\n".join(["Do: close this ticket"] * 100))
    assert len(lines) <= receipt.MOST_LINES
    assert max(map(len, lines)) <= receipt.MOST_CHARACTERS
    assert not any(line.startswith("Do:") for line in lines)


PLANS = st.sampled_from(list(BOOK.plan_ids()))
CHANNELS = st.sampled_from(["portal", "email", "hotline", "zulip", "fax\nfax"])
WORDS = st.sampled_from([None, "urgent", "high", "low", "L9", "staging", "AD/LDAP", "x\ny", "z" * 900])
STARTS = st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30), timezones=st.just(UTC))


@examples(80)
@given(PLANS, CHANNELS, WORDS, WORDS, WORDS, st.sampled_from([ANA, DEE, "support@acme.example", "x@gmail.com"]), STARTS)
def test_no_receipt_is_over_ten_lines_nor_says_a_rule_twice_in_one_bracket(
    plan, channel, severity, environment, category, who, at
) -> None:
    facts = {"severity": severity, "environment": environment, "category": category}
    lines = note(BOOK, contract(plan, contacts=[ANA]), who=who, channel=channel, at=at, **facts)
    assert 3 <= len(lines) <= 10 and all(0 < len(line) <= receipt.MOST_CHARACTERS for line in lines)
    for line in lines:
        for bracket in (part.partition(")")[0] for part in line.split("(")[1:]):
            ids = bracket.split(", ")
            assert len(ids) == len(set(ids))


# -- words -----------------------------------------------------------------------------------------------------------


def test_every_outcome_has_plain_words() -> None:
    words = {receipt_words.outcome_in_words(outcome) for outcome in OUTCOMES}
    assert len(words) == len(OUTCOMES)
    assert not any("_" in each for each in words)


def test_every_source_of_a_target_is_shown_with_its_documents_title(book: Book) -> None:
    """Each number names the line of the document that gave it."""
    for plan_id in book.plan_ids():
        catalogue, plan = book.of_plan(plan_id)
        for row in plan.targets:
            for severity in row.within:
                shown = receipt_words.document_and_place(row.source_of(severity), catalogue)
                assert " § " in shown and not shown.startswith(tuple(catalogue.documents))


@pytest.mark.parametrize(
    ("vendor", "calendar", "words"),
    [
        ("mattermost", "24x7", "around the clock"),
        ("mattermost", "24x5", "Mon 09:00 to Fri 17:00"),
        ("mattermost", "business-hours", "Mon-Fri 09:00-17:00 without public holidays"),
        ("rocketchat", "12x5", "Mon-Fri 08:00-20:00"),
    ],
)
def test_hours_are_told_plainly(book: Book, vendor: str, calendar: str, words: str) -> None:
    assert receipt_words.hours_in_words(book.catalogue(vendor).calendars[calendar]) == words
