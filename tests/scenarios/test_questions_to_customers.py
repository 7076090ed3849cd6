"""How severe is it? The question goes out by a trigger's e-mail, and few answers count (G-02, MH-20's pictures)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.services.provision import provision
from tests.scenarios.conftest import CONTRACTS
from tests.scenarios.town import BRANDS, Town, settle_in

pytestmark = pytest.mark.xdist_group("stories")


@pytest.fixture
def asking(database_url: str) -> Iterator[Town]:
    """A town whose customers may be written to."""
    town, leave = settle_in(database_url, CONTRACTS, customer_mail="on")
    yield town
    leave()


def ask(town: Town, sender: str = "ana@acme.example", **more: object) -> str:
    """A mail comes in, is decided, and a while passes."""
    number = town.mail(sender, **more)
    town.work()
    town.later(minutes=10)
    return number


def test_nobody_is_written_to_until_somebody_switches_it_on(town: Town) -> None:
    """G-02: off by default; the ticket runs as L3 all the same."""
    number = ask(town)
    assert town.mails(number) == []
    assert (town.ticket(number)["severity"], town.ticket(number)["message"]) == ("L3", None)


def test_an_e_mail_without_a_severity_asks_the_customer_once(asking: Town) -> None:
    """G-02, MM-12: our field changes, Zendesk's trigger sends the mail; no comment of ours, and never a second mail."""
    number = ask(asking)
    [mail] = asking.mails(number)
    assert (mail["to"], mail["subject"]) == ("ana@acme.example", "How severe is it?")
    assert "one word" in mail["body"]
    asking.reply(number, "What do you mean?")
    asking.work()
    asking.agent_sets(number, environment="production")
    asking.work()
    assert len(asking.mails(number)) == 1
    comments = asking.api(f"tickets/{number}/comments.json")["comments"]
    assert [each["public"] for each in comments] == [True, False, True]


def test_one_person_gets_one_mail_in_24_hours(asking: Town) -> None:
    """G-02: three tickets in a day, one question; a day later the next."""
    numbers = [ask(asking) for _ in range(3)]
    other = ask(asking, "ben@acme.example")
    assert [len(asking.mails(number)) for number in (*numbers, other)] == [1, 0, 0, 1]
    asking.later(hours=24)
    assert len(asking.mails(ask(asking))) == 1


def test_an_answer_in_the_very_second_of_our_own_update_is_heard(asking: Town) -> None:
    """F04: Zendesk's instants are whole seconds, so that a fast answer and our update may carry the same one."""
    number = asking.mail("ana@acme.example")
    asking.work()
    asking.reply(number, "High")
    asking.work()
    assert asking.ticket(number)["severity"] == "L2"


def test_the_bare_word_high_raises_to_l2_from_that_moment_on(asking: Town) -> None:
    """MH-20's DEC, G-09: L3 until answered; the two hours of L2 count from the answer; quotes are no answer."""
    number = ask(asking)
    assert asking.ticket(number)["first_reply_due"] == "2026-11-20 18:00 UTC"
    asking.reply(number, "High\n\n--\nAna\n\n> Urgent - production is stopped")
    asking.later(seconds=40)
    asking.work()
    ticket = asking.ticket(number)
    assert (ticket["severity"], ticket["priority"]) == ("L2", "high")
    assert ticket["first_reply_due"] == "2026-11-20 12:10 UTC"
    assert asking.explain(number)["severity_stated"] == "L2"
    asking.later(minutes=5)
    asking.reply(number, "Urgent")
    asking.work()
    assert asking.ticket(number)["severity"] == "L2"


def test_an_answer_found_late_counts_from_when_it_was_given(asking: Town) -> None:
    """G-09, F07: its webhook was lost and an agent touched the ticket since; the customer must not pay for that."""
    number = ask(asking)
    asking.faults(webhook_lost=1.0)
    asking.reply(number, "Urgent")
    asking.later(minutes=20)
    asking.reply(number, "I look into it.", public=False, **{"as": "agent"})
    asking.later(minutes=10)
    asking.poll()
    asking.work()
    assert asking.ticket(number)["first_reply_due"] == "2026-11-20 11:10 UTC"


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("not urgent", {}),
        ("It is very urgent!", {}),
        ("Urgent", {"auto_reply": True}),
        ("Urgent", {"spoofed": True}),
        ("Urgent", {"from": "eve@else.example"}),
        ("Urgent", {"as": "agent"}),
    ],
)
def test_anything_else_is_left_to_an_agent(asking: Town, body: str, more: dict[str, object]) -> None:
    """MH-20's DEC, F38: a sentence, a machine, a doubted sender, another person or an agent is no answer."""
    number = ask(asking)
    asking.reply(number, body, **more)
    asking.work()
    assert asking.ticket(number)["severity"] == "L3"


def test_machines_and_doubted_senders_are_never_written_to(asking: Town) -> None:
    """G-02: an auto-responder, a spoofed sender, staff: no mail, and no loop of two machines."""
    for sender, more in (
        ("ana@acme.example", {"auto_reply": True}),
        ("ben@acme.example", {"spoofed": True}),
        ("ada@sandbox.example", {}),
    ):
        assert asking.mails(ask(asking, sender, **more)) == [], sender


def test_each_vendor_writes_in_words_of_its_own(asking: Town) -> None:
    """G-02: a stranger is asked for the contract by the vendor that the mail went to."""
    bodies = []
    for number, address in enumerate(BRANDS.values()):
        [mail] = asking.mails(ask(asking, f"stranger{number}@nowhere.example", to=address))
        bodies.append(mail["body"])
    assert len(set(bodies)) == 3


def test_a_question_that_was_not_sent_yet_is_dropped_when_it_is_answered(asking: Town) -> None:
    """G-02: writing was off meanwhile; the customer is not asked what an agent has settled by then."""
    asking.switch("writes", "off")
    number = ask(asking)
    asking.agent_sets(number, severity="L2")
    asking.work()
    asking.switch("writes", "on")
    asking.reply(number, "Any news?")
    asking.work()
    assert asking.mails(number) == []
    assert asking.ticket(number)["severity"] == "L2"


def test_provisioning_again_finds_everything(asking: Town) -> None:
    """Triggers, fields and the webhook are made once."""
    assert provision(asking.parts, apply=True) == []
