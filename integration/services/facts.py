"""From what Zendesk gave and what we remember to the question that triage answers. No rule is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integration.domain import severity
from integration.domain.book import Book
from integration.domain.catalogue import Catalogue
from integration.domain.channel import Arrival, channel_of
from integration.domain.contract import Contract
from integration.domain.desk import Desk
from integration.domain.ticket import Asker, ByPerson, ChosenOrganization, EarlierPromise, Mailbox, Ticket
from integration.domain.triage import Question
from integration.services.desk_schema import FieldSpec
from integration.services.ports import TicketRead

#: Reads an address; None where it is none.
Mailboxes = Callable[[str], Mailbox | None]
STAFF_ROLES = ("agent", "admin")
#: What we write and a person may change for good (G-05).
OF_PERSONS = ("severity", "priority", "category")


@dataclass(frozen=True, slots=True)
class Memory:
    """What we hold of a ticket already.

    `found`: what stood in the fields of persons at first sight; `sent`: the last that we wrote; `person`: what a
    person had set when we decided last.
    """

    stated: str | None = None
    seen_before: bool = False
    found: Mapping[str, Any] = field(default_factory=dict)
    person: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    stated_at: datetime | None = None
    overrides: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    overridden_at: datetime | None = None
    earlier: EarlierPromise | None = None
    source_ticket: Ticket | None = None
    previous: Ticket | None = None
    flagged: bool = False
    known_organization: str | None = None
    chosen: ChosenOrganization | None = None


def mailboxes_of(read: TicketRead, verified: Sequence[str], to_mailbox: Mailboxes) -> tuple[Mailbox, ...]:
    """The addresses that are proved (G-03): where the mail came from; else the requester's verified identities."""
    if is_mail(read) and not is_vouched_for(read):
        # A follow-up by mail names the ticket that it follows and no address: Zendesk found the requester by it.
        requester = read.users.get(int(read.ticket.get("requester_id") or 0), {})
        written = (read.ticket["via"].get("source") or {}).get("from") or {}
        raw = [str(written.get("address") or requester.get("email") or "")]
    else:
        raw = list(verified)
    return tuple(dict.fromkeys(mailbox for each in raw if each and (mailbox := to_mailbox(each))))


def is_mail(read: TicketRead) -> bool:
    """True where the ticket was made by an e-mail."""
    return via_of(read) == "email"


def via_of(read: TicketRead) -> str:
    """How the ticket arrived, in Zendesk's word, lower case."""
    return str((read.ticket.get("via") or {}).get("channel") or "").lower()


def is_staff_made(read: TicketRead) -> bool:
    """True where staff logged the ticket for somebody else."""
    submitter, requester = read.ticket.get("submitter_id"), read.ticket.get("requester_id")
    role = read.users.get(int(submitter or 0), {}).get("role")
    return submitter != requester and role in STAFF_ROLES


def is_vouched_for(read: TicketRead) -> bool:
    """True where staff say who asks (G-03): nobody else can log a ticket for somebody or put another requester in."""
    return bool(read.ticket.get("submitter_id") != read.ticket.get("requester_id"))


def memberships_of(read: TicketRead) -> tuple[int, ...]:
    """The Zendesk organization of the ticket, or the requester's own where the ticket has none."""
    requester = read.users.get(int(read.ticket.get("requester_id") or 0), {})
    chosen = read.ticket.get("organization_id") or requester.get("organization_id")
    return (int(chosen),) if chosen else ()


def chosen_by_person(
    read: TicketRead, mailboxes: tuple[Mailbox, ...], previous: Mapping[str, Any] | None
) -> ChosenOrganization | None:
    """The organization that a person put on the ticket: it changed since we looked, and the requester did not.

    `previous` is the asker as the decision before saw it. Zendesk's own mapping at creation is no choice.
    """
    if previous is None or not read.ticket.get("organization_id"):
        return None
    now = int(read.ticket["organization_id"])
    name = str(read.organizations.get(now, {}).get("name") or "")
    if previous["chosen"] and previous["chosen"]["id"] == now:
        return ChosenOrganization(now, name)
    same_person = [each["key"] for each in previous["mailboxes"]] == [each.key for each in mailboxes]
    return ChosenOrganization(now, name) if same_person and [now] != previous["memberships"] else None


def arrival_of(read: TicketRead, desk: Desk) -> Arrival:
    """How the ticket arrived, for the catalogue's channel table (G-04)."""
    source = (read.ticket.get("via") or {}).get("source") or {}
    return Arrival(
        via=via_of(read),
        rel=str(source.get("rel") or "").lower(),
        recipient=str(read.ticket.get("recipient") or (source.get("to") or {}).get("address") or "").lower(),
        brand=desk.brands.get(int(read.ticket.get("brand_id") or 0), "").lower(),
        tags=frozenset(str(tag).lower() for tag in read.ticket.get("tags") or ()),
    )


def vendors_of(book: Book, arrival: Arrival) -> tuple[str, ...]:
    """The vendors whose brand or address the ticket came to; all of them where nothing says."""
    found = tuple(
        vendor
        for vendor, catalogue in book.catalogues.items()
        if arrival.brand in (name.lower() for name in catalogue.intake.brands)
        or arrival.recipient in (address.lower() for address in catalogue.intake.recipients)
    )
    return found or tuple(book.catalogues)


def choose_vendor(vendors: Sequence[str], contracts: Sequence[Contract]) -> str:
    """The vendor to ask: one of a contract of the asker's where there is one, else the first."""
    held = [contract.plan.partition("/")[0] for contract in contracts]
    return next((vendor for vendor in held if vendor in vendors), vendors[0])


def question_of(
    read: TicketRead,
    mailboxes: tuple[Mailbox, ...],
    contracts: Sequence[Contract],
    memory: Memory,
    desk: Desk,
    specs: Mapping[str, FieldSpec],
    book: Book,
) -> Question:
    """All facts of one ticket, in the words of the rules."""
    arrival = arrival_of(read, desk)
    vendors = vendors_of(book, arrival)
    mine = tuple(contract for contract in contracts if contract.plan.partition("/")[0] in vendors)
    vendor = choose_vendor(vendors, mine)
    catalogue = book.catalogue(vendor)
    current = _our_fields(read, desk, specs)
    person = _by_person(raw_fields(read, desk), memory, specs)
    asker = Asker(mailboxes, memberships_of(read), memory.flagged, memory.known_organization, memory.chosen)
    ticket = _ticket(read, catalogue, arrival, current, memory, desk, person)
    return Question(ticket, asker, mine, vendor, person, memory.earlier, _changed_at(read, memory))


def _changed_at(read: TicketRead, memory: Memory) -> datetime:
    """The moment from which a changed promise counts (G-09): the customer's answer, the override, the last update."""
    if memory.stated_at and memory.previous and memory.previous.stated_severity != memory.stated:
        return memory.stated_at
    updated = instant_of(read.ticket["updated_at"])
    return max(updated, memory.overridden_at or updated)


def instant_of(text: str) -> datetime:
    """An instant of Zendesk's."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _our_fields(read: TicketRead, desk: Desk, specs: Mapping[str, FieldSpec]) -> dict[str, str | None]:
    """The values of our own custom fields as shown (an option's name, not its tag)."""
    held = {int(each["id"]): each.get("value") for each in read.ticket.get("custom_fields") or ()}
    return {name: spec.shown_of(held.get(desk.fields.get(name, 0))) for name, spec in specs.items()}


def raw_fields(read: TicketRead, desk: Desk) -> dict[str, Any]:
    """The values of everything that we write, as Zendesk holds them; "" for nothing."""
    held = {int(each["id"]): each.get("value") for each in read.ticket.get("custom_fields") or ()}
    values = {name: held.get(zendesk_id) for name, zendesk_id in desk.fields.items()}
    values |= {"priority": read.ticket.get("priority"), "group": read.ticket.get("group_id")}
    return {name: "" if value is None else value for name, value in values.items()}


def of_persons(read: TicketRead, desk: Desk) -> dict[str, Any]:
    """What stands in the fields that a person may change for good."""
    held = raw_fields(read, desk)
    return {name: held.get(name, "") for name in OF_PERSONS}


def _by_person(held: Mapping[str, Any], memory: Memory, specs: Mapping[str, FieldSpec]) -> ByPerson:
    """What a person set: a value that differs from the last we wrote or found, then and from then on; or an override.

    Severity and priority say the same thing, so the newer word of the two holds (G-05).
    """
    over = {name: value for name, (value, _) in memory.overrides.items()}
    reasons = {name: f"override: {reason}" for name, (_, reason) in memory.overrides.items()}
    before = memory.person.get("reasons") or {}
    stood = {name: memory.person.get(name) for name in OF_PERSONS if name not in before}
    changed = _changed(held, memory, specs)
    is_new = {name for name, value in over.items() if name not in before or memory.person.get(name) != value}
    if {"severity", "priority"} & (set(changed) | is_new):
        stood |= {"severity": None, "priority": None}
    values = stood | changed | over
    return ByPerson(values.get("severity"), values.get("priority"), values.get("category"), values.get("plan"), reasons)


def _changed(held: Mapping[str, Any], memory: Memory, specs: Mapping[str, FieldSpec]) -> dict[str, str | None]:
    """The fields whose value is neither what we wrote nor what we found at first sight."""
    if not memory.seen_before:
        return {}
    ours = {name: memory.sent.get(name, memory.found.get(name, "")) for name in OF_PERSONS}
    changed = {name: held.get(name) for name in OF_PERSONS if held.get(name) and held.get(name) != ours[name]}
    return {name: specs[name].shown_of(value) if name in specs else str(value) for name, value in changed.items()}


def _ticket(
    read: TicketRead,
    catalogue: Catalogue,
    arrival: Arrival,
    current: Mapping[str, str | None],
    memory: Memory,
    desk: Desk,
    person: ByPerson,
) -> Ticket:
    source = memory.source_ticket
    channel = source.channel if source else channel_of(catalogue, arrival)
    stated = memory.stated if memory.seen_before else stated_severity(read, catalogue, current, source)
    return Ticket(
        id=str(read.ticket["id"]),
        created_at=instant_of(read.ticket["created_at"]),
        channel=channel,
        form=_form(read, catalogue, desk),
        subject=str(read.ticket.get("subject") or ""),
        description=str(read.ticket.get("description") or ""),
        stated_severity=stated,
        environment=current.get("environment"),
        product=current.get("product"),
        category=_stated_category(current, memory),
        submitter="staff" if is_staff_made(read) else "requester",
        voicemail=arrival.rel == "voicemail",
        requester_is_staff=read.users.get(int(read.ticket.get("requester_id") or 0), {}).get("role") in STAFF_ROLES,
        group=_group(read, memory),
    )


def _stated_category(current: Mapping[str, str | None], memory: Memory) -> str | None:
    """The customer's own category: what stood in the field at first sight."""
    return memory.previous.category if memory.previous else current.get("category")


def _group(read: TicketRead, memory: Memory) -> str | None:
    """The group that somebody else chose (MM-35: ours is set only where there is none)."""
    group = read.ticket.get("group_id")
    return str(group) if group and group != memory.sent.get("group") else None


def stated_severity(
    read: TicketRead, catalogue: Catalogue, current: Mapping[str, str | None], source: Ticket | None
) -> str | None:
    """What the customer stated, at first sight only (G-07); a follow-up inherits it, and an e-mail states nothing."""
    if source is not None:
        return source.stated_severity
    for value in (current.get("severity"), None if is_mail(read) else read.ticket.get("priority")):
        try:
            found = severity.read(catalogue, value)
        except severity.UnknownSeverity:
            continue
        if found:
            return found
    return None


def _form(read: TicketRead, catalogue: Catalogue, desk: Desk) -> str | None:
    """The catalogue's id of the ticket's form, by Zendesk's form id or by its name; None where nothing matches."""
    form_id = int(read.ticket.get("ticket_form_id") or 0)
    title = desk.forms.get(form_id, "").casefold()
    for name, form in catalogue.forms.items():
        if form_id in form.zendesk_ids or title in (name.casefold(), form.title.casefold()):
            return name
    return None
