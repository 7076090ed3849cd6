"""Simulate: the same triage on hypothetical tickets, read from JSON, writing nothing (rulebook section 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from integration.domain import contract as contracts
from integration.domain import receipt, severity
from integration.domain.book import Book
from integration.domain.business_coverage import NoOpeningError
from integration.domain.catalogue import Catalogue
from integration.domain.contract import STATUSES, Contract, DomainClaim, NamedContact
from integration.domain.nearest import did_you_mean
from integration.domain.ticket import Asker, Mailbox, Ticket
from integration.domain.triage import Question, triage
from integration.services.contracts.claims import domains_reader
from integration.services.facts import STAFF_ROLES
from integration.services.ports_addresses import Addresses, read_mailbox
from integration.services.records import decision_json

#: Contracts of an organization that is stored; its name in, (contracts, Zendesk organization id or None) out.
StoredContracts = Callable[[str], tuple[Contract, ...] | None]
#: The customer of contracts that name none: all of a line belong together.
ONE_CUSTOMER = "the customer"
#: Years in which a hypothetical ticket can be: the calendars answer safely, and no zone offset leaves Python's dates.
YEARS = range(1970, 3000)
NAMES = {
    "line": ("id", "catalogue", "contracts", "organization", "ticket"),
    "ticket": (
        "id", "channel", "from", "requester_role", "submitter", "form", "severity", "environment", "category",
        "subject", "description", "created_at", "sender_flagged", "product", "voicemail", "group",
    ),
    "contract": (
        "id", "reference", "organization", "plan", "start", "end", "purchased", "status", "product", "source",
        "domains", "addresses", "contacts", "prerequisite_met", "order_reference", "renews",
    ),
}  # fmt: skip


class BadLine(ValueError):
    """A line that cannot be decided; the message says what is wrong, where, and what would be right."""


class Simulator:
    """Decides one hypothetical ticket after another against one set of catalogues."""

    def __init__(self, book: Book, addresses: Addresses, stored: StoredContracts | None = None) -> None:
        self._book = book
        self._addresses = addresses
        self._stored = stored
        self._mailbox = lru_cache(maxsize=4096)(self._read_mailbox)

    def run(self, line: object) -> dict[str, Any]:
        """One answer; a line that cannot be decided gets its `error` and raises nothing."""
        name = line.get("id") if isinstance(line, dict) else None
        try:
            question, warnings = self._question(line)
            decision = triage(question, self._book)
        except (ValueError, NoOpeningError) as error:
            return unanswered(name, str(error))
        note = receipt.write(question.ticket, decision, self._book)
        answer = {"id": name, **decision_json(decision, note), "error": None}
        return answer | ({"warnings": warnings} if warnings else {})

    def _question(self, line: object) -> tuple[Question, list[str]]:
        body = _object(line, "the line")
        given = _object(body.get("ticket"), "ticket")
        warnings = [*_strange(body, "line"), *_strange(given, "ticket")]
        rows = _list(body.get("contracts"), "contracts")
        for row in rows:
            warnings += _strange(_object(row, "contracts"), "contract")
        catalogue = self._catalogue(body, rows)
        severity.read(catalogue, _text(given.get("severity"), "ticket.severity"))
        held = self._contracts(body, rows)
        ticket = self._ticket(given, catalogue)
        asker = self._asker(given, body, held)
        if not asker.mailboxes:
            warnings.append(f'ticket.from: "{given["from"]}" is not one plain address, so it proves nothing (F37)')
        return Question(ticket, asker, held, catalogue.vendor, changed_at=ticket.created_at), warnings

    def _catalogue(self, body: Mapping[str, Any], rows: Sequence[Any]) -> Catalogue:
        name = body.get("catalogue")
        if name is None and rows and isinstance(rows[0].get("plan"), str):
            name = rows[0]["plan"].partition("/")[0]
        if not isinstance(name, str):
            known = ", ".join(sorted(self._book.catalogues))
            raise BadLine(f"catalogue: name the vendor whose plans apply, one of {known}")
        return self._book.catalogue(name)

    # -- the ticket ------------------------------------------------------------------------------------------------

    def _ticket(self, given: Mapping[str, Any], catalogue: Catalogue) -> Ticket:
        return Ticket(
            id=str(given.get("id") or "simulated"),
            created_at=_instant(given.get("created_at"), "ticket.created_at"),
            channel=_word(given.get("channel"), "ticket.channel", needed=True) or "",
            form=_form(given.get("form"), catalogue),
            subject=_text(given.get("subject"), "ticket.subject"),
            description=_text(given.get("description"), "ticket.description"),
            stated_severity=_text(given.get("severity"), "ticket.severity") or None,
            environment=_word(given.get("environment"), "ticket.environment"),
            category=_text(given.get("category"), "ticket.category") or None,
            product=_text(given.get("product"), "ticket.product") or None,
            submitter=_one_of(given.get("submitter") or "requester", ("requester", "staff"), "ticket.submitter"),  # type: ignore[arg-type]
            voicemail=_flag(given.get("voicemail"), "ticket.voicemail") or False,
            requester_is_staff=(_word(given.get("requester_role"), "ticket.requester_role") or "") in STAFF_ROLES,
            group=_text(given.get("group"), "ticket.group") or None,
        )

    def _asker(self, given: Mapping[str, Any], body: Mapping[str, Any], held: Sequence[Contract]) -> Asker:
        sender = _text(given.get("from"), "ticket.from")
        if not sender:
            raise BadLine("ticket.from: name the address that asks, such as ana@acme.example")
        flagged = _flag(given.get("sender_flagged"), "ticket.sender_flagged") or False
        known = body.get("organization") if not held else None
        try:
            return Asker((self._mailbox(sender),), flagged=flagged, known_organization=known)
        except ValueError:
            return Asker((), flagged=flagged)  # an address that cannot be read proves nothing (F37)

    def _read_mailbox(self, raw: str) -> Mailbox:
        return read_mailbox(self._addresses, raw)

    # -- the contracts ---------------------------------------------------------------------------------------------

    def _contracts(self, body: Mapping[str, Any], rows: Sequence[Any]) -> tuple[Contract, ...]:
        name = body.get("organization")
        if name is not None and not rows:
            found = self._stored(_text(name, "organization")) if self._stored else None
            if found is None and body.get("contracts") == []:
                return ()  # known, and said to have none (RC-30)
            if found is None:
                raise BadLine(f'organization: there is no organization "{name}"; `flask contracts show` lists them')
            return found
        read = _without_checks(rows, [self._contract(row, number) for number, row in enumerate(rows)])
        for number, each in enumerate(read):
            self._refuse(each, read, number)
        return tuple(read)

    def _refuse(self, contract: Contract, others: Sequence[Contract], number: int) -> None:
        catalogue, plan = self._book.of_plan(contract.plan)
        older = [o for o in others if o is not contract and contract.renews in (o.id, o.reference)]
        try:
            contracts.refuse_unsellable(contract, catalogue, plan, older[0] if older else None)
        except contracts.Refused as error:
            raise BadLine(f"contracts {number}: {error}") from None

    def _contract(self, row: Any, number: int) -> Contract:
        at = f"contracts {number}"
        given = _object(row, at)
        plan = _text(given.get("plan"), f"{at}.plan")
        catalogue, sold = self._book.of_plan(plan)
        contacts = given.get("contacts")
        start = _day(given.get("start"), f"{at}.start")
        if start is None:
            raise BadLine(f"{at}.start: name the first day, such as 2026-01-01")
        purchased = _day(given.get("purchased"), f"{at}.purchased") or start
        end = _day(given.get("end"), f"{at}.end")
        if end is None and sold.incidents:  # RS-07; a pack that starts after its purchase ran out counts from its start
            end = contracts.anniversary(purchased, sold.incidents.valid_for_years)
            end = end if end >= start else contracts.anniversary(start, sold.incidents.valid_for_years)
        if end is not None and end < start:
            raise BadLine(f"{at}.end: {end} is before the start {start}")
        return Contract(
            id=str(given.get("id") or given.get("reference") or number + 1),
            reference=_text(given.get("reference") or given.get("id"), f"{at}.reference") or None,
            organization=_text(given.get("organization"), f"{at}.organization") or ONE_CUSTOMER,
            organization_name=_text(given.get("organization"), f"{at}.organization"),
            plan=plan,
            start=start,
            end=end,
            purchased=purchased,
            status=_one_of(given.get("status") or "active", STATUSES, f"{at}.status"),
            product=_text(given.get("product"), f"{at}.product") or None,
            source=_text(given.get("source"), f"{at}.source") or None,
            domains=self._domains(given.get("domains"), catalogue, f"{at}.domains"),
            addresses=tuple(self._address(each, f"{at}.addresses") for each in _list(given.get("addresses"), at)),
            contacts=None if contacts is None else self._people(contacts, f"{at}.contacts"),
            prerequisite_met=_flag(given.get("prerequisite_met"), f"{at}.prerequisite_met"),
            order_reference=_text(given.get("order_reference"), f"{at}.order_reference") or None,
            renews=_text(given.get("renews"), f"{at}.renews") or None,
        )

    def _domains(self, value: Any, catalogue: Catalogue, at: str) -> tuple[DomainClaim, ...]:
        names = [_text(each, at) for each in _list(value, at)]
        try:
            return domains_reader(self._addresses, catalogue)(" ".join(names)) if names else ()
        except ValueError as error:
            raise BadLine(f"{at}: {error}") from None

    def _address(self, value: Any, at: str) -> str:
        try:
            return self._mailbox(_text(value, at)).address
        except ValueError as error:
            raise BadLine(f"{at}: {error}") from None

    def _people(self, value: Any, at: str) -> tuple[NamedContact, ...]:
        return tuple(self._person(each, f"{at} {number}") for number, each in enumerate(_list(value, at)))

    def _person(self, value: Any, at: str) -> NamedContact:
        given = value if isinstance(value, dict) else {"address": value}
        try:
            mailbox = self._mailbox(_text(given.get("address"), at))
        except ValueError as error:
            raise BadLine(f"{at}: {error}") from None
        person = NamedContact(mailbox.key, mailbox.address)
        since, until = given.get("since"), given.get("until")
        return replace(
            person,
            since=_instant(since, f"{at}.since") if since else None,
            until=_instant(until, f"{at}.until") if until else None,
        )


def _without_checks(rows: Sequence[Mapping[str, Any]], read: Sequence[Contract]) -> list[Contract]:
    """What is absent is not checked: a customer of whom no contract gives domains or addresses owns every asker."""
    told = {c.organization for row, c in zip(rows, read, strict=True) if not {"domains", "addresses"}.isdisjoint(row)}
    return [replace(contract, anybody=contract.organization not in told) for contract in read]


def unanswered(name: object, error: str) -> dict[str, Any]:
    """The answer to a line that cannot be decided: the usual shape, and the error in it."""
    keys = ("entitlement", "severity", "priority", "category", "targets", "note")
    return {"id": name, **dict.fromkeys(keys), "error": error}


def _strange(given: Mapping[str, Any], what: str) -> list[str]:
    """A warning for each name that nothing reads, so that a typing error does not pass in silence."""
    known = NAMES[what]
    return [f'{what}: "{key}" is not read. {did_you_mean(key, known)}'.strip() for key in given if key not in known]


# -- reading values ----------------------------------------------------------------------------------------------------


def _object(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadLine(f"{at}: an object is needed, such as {{…}}, not {_kind(value)}")
    return value


def _list(value: Any, at: str) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadLine(f"{at}: a list is needed, such as […], not {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"{value!r:.60}"


def _text(value: Any, at: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLine(f"{at}: a text is needed, not {_kind(value)}")
    return value.strip()


def _word(value: Any, at: str, needed: bool = False) -> str | None:
    text = _text(value, at).casefold()
    if needed and not text:
        raise BadLine(f"{at}: it is missing; portal, email and hotline are examples")
    return text or None


def _one_of(value: Any, known: Sequence[str], at: str) -> str:
    text = _text(value, at).casefold()
    if text not in known:
        raise BadLine(f'{at}: "{value}" is unknown; write {" or ".join(known)}')
    return text


def _flag(value: Any, at: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadLine(f"{at}: write true or false, not {_kind(value)}")


def _form(value: Any, catalogue: Catalogue) -> str | None:
    """A form by the catalogue's id or by Zendesk's number, as it stands in its address (MH-01)."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _word(value, "ticket.form")
    by_number = {str(number): name for name, form in catalogue.forms.items() for number in form.zendesk_ids}
    return by_number.get(text or "", text)


def _day(value: Any, at: str) -> date | None:
    text = _text(value, at)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10]) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        raise BadLine(f'{at}: "{text}" is no date; write it as 2026-12-31') from None


def _instant(value: Any, at: str) -> datetime:
    text = _text(value, at)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadLine(f'{at}: "{text}" is no instant; write it as 2026-11-20T19:00:00-03:00') from None
    if found.tzinfo is None:
        raise BadLine(f'{at}: "{text}" has no zone; write it as {found.isoformat()}Z or with an offset such as -03:00')
    if found.year not in YEARS:
        raise BadLine(f'{at}: "{text}" is out of reach; write a year from {YEARS[0]} to {YEARS[-1]}')
    return found.astimezone(UTC)
