"""One address or domain, read into one form, so that equal people compare equal and look-alikes do not (F36, F42).

The library email-validator judges the syntax, without looking anything up. A From header is never read here: readers
of headers disagree on what two addresses in one mean, which is how senders are forged (F37). Zendesk names the sender.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

# RFC 5321 section 4.5.3.1.3, less the angle brackets.
_MAX_LENGTH = 254
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_LIKE = "such as anna@acme.example"
_DOMAIN_LIKE = "such as acme.example"
# Invisible or control characters and line breaks: what can make one address look like another, or break a log line.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Address:
    """One e-mail address. `address` is `local`@`domain`, case-folded, the domain in ASCII (xn-- where it must be).

    `display` keeps the case as it was written; its domain is ASCII too, so that a look-alike shows as what it is.
    `mailbox_key` stands for the person: no +tag, and for Gmail no dots and one domain (F42).
    """

    address: str
    local: str
    domain: str
    display: str
    mailbox_key: str


class BadAddress(ValueError):
    """`raw` is no address, or no domain; `reason` says why and what would be right."""

    def __init__(self, raw: object, reason: str) -> None:
        shown = ascii(raw)
        super().__init__(f"{shown if len(shown) <= 80 else shown[:77] + '...'}: {reason}")
        self.raw = raw
        self.reason = reason


def normalise(raw: str) -> Address:
    """Read exactly one address; full-width characters, case, IDN and a closing dot are levelled.

    Raises BadAddress for anything else: an empty text, two addresses, a display name, a quoted local part, an IP
    address as domain, invisible characters, more than 254 characters.
    """
    text = _clean(raw, _LIKE)
    local, domain = _halves(raw, text)
    ascii_domain = _ascii_domain(raw, domain)
    written = _checked_local(raw, local, ascii_domain)
    folded = _fold(written)
    address = f"{folded}@{ascii_domain}"
    if len(address.encode()) > _MAX_LENGTH:
        raise BadAddress(raw, _too_long())
    return Address(address, folded, ascii_domain, f"{written}@{ascii_domain}", _mailbox_key(folded, ascii_domain))


def normalise_domain(raw: str) -> str:
    """Read one domain: "Acme.COM." is acme.com, an international one becomes xn--.

    Raises BadAddress for an address, a URL, a wildcard, an IP address, a name without a dot, and says what to write.
    """
    text = _clean(raw, _DOMAIN_LIKE)
    reason = _why_no_domain(text)
    if reason:
        raise BadAddress(raw, reason)
    return _ascii_domain(raw, text)


def _clean(raw: str, like: str) -> str:
    """Full-width and other compatibility forms to plain ones (NFKC), once nothing invisible is left."""
    if not isinstance(raw, str):
        raise BadAddress(raw, f"no text; write it as text, {like}")
    if len(raw) > 4 * _MAX_LENGTH:
        raise BadAddress(raw, _too_long())
    for character in raw:
        if unicodedata.category(character) in _UNSAFE:
            raise BadAddress(raw, f"holds the invisible or control character U+{ord(character):04X}; type it anew")
    text = unicodedata.normalize("NFKC", raw).strip(" ")
    if not text:
        raise BadAddress(raw, f"is empty; write one, {like}")
    return text


def _too_long() -> str:
    return f"is longer than the {_MAX_LENGTH} characters that mail can carry"


def _halves(raw: str, text: str) -> tuple[str, str]:
    if "<" in text or ">" in text:
        raise BadAddress(raw, f"has angle brackets; write the address alone, without a name, {_LIKE}")
    if '"' in text:
        raise BadAddress(raw, f"has a quoted part; write an address without quotes, {_LIKE}")
    if text.count("@") > 1:
        raise BadAddress(raw, f"has more than one @; write exactly one address, {_LIKE}")
    local, at, domain = text.partition("@")
    if not (local and at and domain):
        raise BadAddress(raw, f"needs a name, one @ and a domain, {_LIKE}")
    return local, domain


def _ascii_domain(raw: str, domain: str) -> str:
    """The domain as mail carries it: lower case, ASCII, no closing dot."""
    domain = domain.removesuffix(".")
    if _is_ip(domain):
        raise BadAddress(raw, f"has an IP address for a domain; write the domain, {_DOMAIN_LIKE}")
    name = _library(raw, f"x@{domain}").ascii_domain or ""
    if name.rpartition(".")[2].isdigit() or "." not in name:
        raise BadAddress(raw, f"needs a full domain with a dot, {_DOMAIN_LIKE}")
    return name


def _is_ip(domain: str) -> bool:
    try:
        ipaddress.ip_address(domain.strip("[]"))
    except ValueError:
        return False
    return True


def _checked_local(raw: str, local: str, ascii_domain: str) -> str:
    return _library(raw, f"{local}@{ascii_domain}").local_part or ""


def _library(raw: str, text: str) -> ValidatedEmail:
    """Ask email-validator; the test names (.test) count, since example customers use such. No look-ups."""
    try:
        return validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress(raw, f"is not valid, write it {_LIKE}: {error}") from None


def _fold(local: str) -> str:
    """Case never tells two people apart. Folding takes some letters apart, hence the second NFKC."""
    return unicodedata.normalize("NFKC", local.casefold())


def _mailbox_key(local: str, domain: str) -> str:
    person = local.partition("+")[0] or local
    if domain in _GMAIL:
        return f"{person.replace('.', '')}@gmail.com"
    return f"{person}@{domain}"


def _why_no_domain(text: str) -> str | None:
    """The common slips, each with its own advice; None where it may be a domain."""
    if "@" in text:
        return f"is an e-mail address; write only what follows the @, {_DOMAIN_LIKE}"
    if "*" in text or text.startswith("."):
        return f"is a pattern; write the domain itself, {_DOMAIN_LIKE}, and say that sub-domains count"
    if _is_ip(text):
        return f"is an IP address; write the domain, {_DOMAIN_LIKE}"
    if any(mark in text for mark in "/:?#"):
        return f"is a web address; write only its domain, {_DOMAIN_LIKE}"
    if any(mark in text for mark in ",; "):
        return f"is more than one domain, or none; write exactly one, {_DOMAIN_LIKE}"
    return None
