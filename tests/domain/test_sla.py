"""First-reply deadlines: which plan's counts, and what a later change may do to a promise (G-08, G-09)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain import sla
from integration.domain.book import Book
from integration.domain.contract import Contract
from integration.domain.ticket import ByPerson, EarlierPromise
from integration.domain.triage import Decision, triage
from tests.domain.stories import ANA, BEN, DEE, LISBON, contract, examples, local, promise_of, question

BOOK = load_book()
PREMIER, ENTERPRISE = "mattermost/premier", "mattermost/enterprise"


def first(book: Book, plan: str, severity: str, at: datetime) -> sla.Target:
    return next(target for target in sla.choose(book, plan, severity, at) if target.metric == "first_reply")


def deadline_of(decision: Decision) -> datetime:
    assert decision.first_reply is not None and decision.first_reply.deadline is not None
    return decision.first_reply.deadline


# -- G-08: included plans ------------------------------------------------------------------------------------------


def test_g08_a_plan_brings_those_that_it_includes_directly_and_through_others(book: Book) -> None:
    assert list(sla.plans_with_included(book, PREMIER)) == [PREMIER, ENTERPRISE, "mattermost/professional"]


WEEK = st.integers(0, 7 * 24 * 60).map(lambda minute: local("2026-11-22 00:00") + timedelta(minutes=minute))


@examples(100)
@given(st.sampled_from(["L1", "L2", "L3", "L4"]), WEEK)
def test_g08_a_higher_plan_is_never_later(severity: str, at: datetime) -> None:
    """In the week of Thanksgiving, where holidays pull the two plans apart."""
    higher, lower = (first(BOOK, plan, severity, at).deadline for plan in (PREMIER, ENTERPRISE))
    assert higher and lower and higher <= lower


STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))


@examples(100)
@given(st.sampled_from(list(BOOK.plan_ids())), st.integers(0, 3), STARTS)
def test_every_first_reply_is_due_after_its_start_and_each_metric_comes_once(
    plan: str, place: int, at: datetime
) -> None:
    """RC-06, MH-21: counted from the ticket; the other clocks start with the first reply, so they have no deadline."""
    severities = BOOK.of_plan(plan)[0].severity_ids()
    targets = sla.choose(BOOK, plan, severities[place % len(severities)], at)
    metrics = [target.metric for target in targets]
    assert len(metrics) == len(set(metrics))
    for target in targets:
        if target.metric == "first_reply":
            assert target.started_at == at and target.deadline and target.deadline > at
        else:
            assert target.started_at is None and target.deadline is None


# -- RC-34, G-16 ---------------------------------------------------------------------------------------------------

BUSINESS_DAYS = [
    ("RC-34-inside", "rocketchat/standard", "2026-11-18 19:59", "2026-11-19 19:59"),
    ("RC-34-before-opening", "rocketchat/standard", "2026-11-18 06:00", "2026-11-19 08:00"),
    ("RC-34-at-closing", "rocketchat/standard", "2026-11-18 20:00", "2026-11-20 08:00"),
    ("RC-34-friday-evening", "rocketchat/standard", "2026-11-20 19:00", "2026-11-23 19:00"),
    ("RC-34-saturday", "rocketchat/standard", "2026-11-21 12:00", "2026-11-24 08:00"),
    ("RL-10-four-days", "rocketchat-legacy/bronze", "2026-11-18 10:00", "2026-11-24 10:00"),
    ("RC-33-no-holidays", "rocketchat/standard", "2026-12-24 10:00", "2026-12-25 10:00"),
]


@pytest.mark.parametrize(("plan", "start", "due"), [r[1:] for r in BUSINESS_DAYS], ids=[r[0] for r in BUSINESS_DAYS])
def test_business_days_are_the_same_local_time(book: Book, plan: str, start: str, due: str) -> None:
    found = first(book, plan, "low", local(start, "America/Sao_Paulo"))
    assert found.deadline == local(due, "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-18 00:00", "2026-11-19 17:00"),
        ("2026-11-18 23:59", "2026-11-19 17:00"),
        ("2026-11-20 08:00", "2026-11-23 17:00"),
        ("2026-11-22 23:59", "2026-11-23 17:00"),
        ("2026-07-02 12:00", "2026-07-06 17:00"),  # Friday 3 July is the observed holiday
    ],
)
def test_g16_next_business_day_is_its_close_of_business(book: Book, start: str, due: str) -> None:
    """MM-20: after the local date of creation, not on a federal holiday."""
    assert first(book, ENTERPRISE, "L4", local(start)).deadline == local(due)


def test_rs13_a_lisbon_day_starts_in_summer_time_too(book: Book) -> None:
    found = first(book, "rockstor/incident", "high", local("2026-07-02 17:30", LISBON))
    assert found.deadline == local("2026-07-06 17:30", LISBON) == datetime(2026, 7, 6, 16, 30, tzinfo=UTC)


# -- G-09: what a change may do to a promise -----------------------------------------------------------------------

CREATED = local("2026-11-18 10:00")
OF_PREMIER = contract(PREMIER, contacts=[ANA])


def look(severity: str, changed: str = "", before: Decision | None = None, held: Contract = OF_PREMIER,
         **story: object) -> Decision:  # fmt: skip
    """The decision on a ticket of Wednesday 10:00 as it stands after a change at `changed`."""
    earlier = promise_of(before) if before else None
    changed_at = local(changed) if changed else CREATED
    asked = question(held, at=CREATED, severity=severity, earlier=earlier, changed_at=changed_at, **story)  # type: ignore[arg-type]
    return triage(asked, BOOK)


def test_g09_raised_early_the_new_promise_counts_from_the_change() -> None:
    """L3 is due at 18:00; at 11:00 it becomes L1: one hour from there, not from 10:00."""
    raised = look("L1", "2026-11-18 11:00", look("L3"))
    assert deadline_of(raised) == local("2026-11-18 12:00")
    assert raised.first_reply and "G-09" in raised.first_reply.rules


def test_g09_raised_late_the_old_deadline_stays() -> None:
    """At 17:30 one hour more would be 18:30; the promise of 18:00 was there before."""
    assert deadline_of(look("L1", "2026-11-18 17:30", look("L3"))) == local("2026-11-18 18:00")


def test_g09_an_answered_question_counts_from_the_answer() -> None:
    """MM-45: an e-mail runs as L3 until the customer answers Urgent at 13:00."""
    asked = look("", channel="email")
    assert asked.ask_severity
    answered = look("L1", "2026-11-18 13:00", asked, channel="email")
    assert deadline_of(answered) == local("2026-11-18 14:00")


def test_g09_lowered_the_longer_promise_counts_from_the_ticket() -> None:
    assert deadline_of(look("L3", "2026-11-18 10:30", look("L1"))) == local("2026-11-18 18:00")


def test_g09_lowered_never_later_than_it_was_promised_where_it_would_be_born_breached() -> None:
    """An L4 is raised to L1 at 15:00 (due 16:00) and lowered to L2, whose two hours from 10:00 are over already."""
    raised = look("L1", "2026-11-18 15:00", look("L4"))
    assert deadline_of(raised) == local("2026-11-18 16:00")
    assert deadline_of(look("L2", "2026-11-18 15:30", raised)) == local("2026-11-18 16:00")


def test_g09_a_colleague_who_is_sponsored_late_gets_premier_from_that_moment() -> None:
    """MM-30: Dee's L2 has Enterprise's 18:00; at 12:00 an agent treats her as a named contact: 14:00."""
    alone = look("L2", who=DEE)
    assert (alone.entitlement.plan, deadline_of(alone)) == (ENTERPRISE, local("2026-11-18 18:00"))
    sponsor = ByPerson(plan=PREMIER, reasons={"plan": "Ana confirmed"})
    assert deadline_of(look("L2", "2026-11-18 12:00", alone, who=DEE, person=sponsor)) == local("2026-11-18 14:00")
    assert deadline_of(look("L2", "2026-11-18 17:00", alone, who=DEE, person=sponsor)) == local("2026-11-18 18:00")


def test_g09_a_promise_that_comes_after_the_ticket_is_not_born_breached() -> None:
    """An unknown sender on Wednesday; on Friday the contract is found: four hours from then, over the weekend."""
    nobody = look("L1", held=contract(ENTERPRISE, "globex.example"))
    assert nobody.entitlement.outcome == "unknown_domain"
    found = look("L1", "2026-11-20 16:00", nobody, held=contract(ENTERPRISE))
    assert deadline_of(found) == local("2026-11-23 12:00")
    assert look("L1", "2026-11-21 09:00", found, held=contract(ENTERPRISE)).targets == found.targets


def test_g09_a_first_decision_counts_from_the_ticket_however_late_we_look() -> None:
    """Our own delay never eases a promise."""
    assert deadline_of(look("L1", "2026-11-19 10:00")) == local("2026-11-18 11:00")


def test_g09_a_change_in_the_tickets_own_second_is_no_change_of_its_start() -> None:
    """A named contact is registered as the ticket comes in: the promise is the one that it would have had anyway."""
    sponsored = look("L1", before=look("L1", who=DEE))
    assert sponsored.targets == look("L1").targets
    assert look("L1", "2026-11-18 10:30", sponsored).targets == sponsored.targets


SEVERITIES = st.sampled_from(["L1", "L2", "L3", "L4"])
MINUTES = st.integers(0, 14 * 24 * 60)
PEOPLE = st.sampled_from([ANA, BEN])


@examples(80)
@given(st.lists(st.tuples(SEVERITIES, PEOPLE, MINUTES), min_size=1, max_size=5), MINUTES, st.data())
def test_g09_through_any_changes_a_raise_is_never_late_nor_born_breached_and_a_repeat_is_equal(changes, start, data):
    """Severity and person (Premier's contact, or a colleague with Enterprise) change at rising moments."""
    created = local("2026-11-16 00:00") + timedelta(minutes=start)
    now, before = created, None
    for severity, who, after in changes:
        now += timedelta(minutes=after if before else 0)
        facts = {"at": created, "severity": severity, "who": who}
        remembered = promise_of(before) if before else None
        decision = triage(question(OF_PREMIER, **facts, earlier=remembered, changed_at=now), BOOK)
        from_the_ticket = triage(question(OF_PREMIER, **facts), BOOK)
        if before and deadline_of(from_the_ticket) < deadline_of(before):
            fresh = first(BOOK, decision.entitlement.plan or "", severity, now)
            assert deadline_of(decision) <= deadline_of(before)
            assert deadline_of(decision) in (deadline_of(before), fresh.deadline)
            assert deadline_of(decision) > now or deadline_of(decision) == deadline_of(before)
        later = now + timedelta(minutes=data.draw(MINUTES))
        repeat = question(OF_PREMIER, **facts, earlier=promise_of(decision), changed_at=later)
        assert triage(repeat, BOOK).targets == decision.targets
        before = decision


def test_g09_an_empty_earlier_promise_and_none_are_two_things() -> None:
    """None: never decided before. Empty: decided, and nothing was promised."""
    targets = sla.choose(BOOK, ENTERPRISE, "L1", CREATED)
    late = local("2026-11-19 10:00")
    assert sla.improve(BOOK, ENTERPRISE, targets, None, late) == targets
    improved = sla.improve(BOOK, ENTERPRISE, targets, EarlierPromise(), late)
    assert improved[0].deadline == local("2026-11-19 14:00")
    assert improved[1:] == targets[1:]
