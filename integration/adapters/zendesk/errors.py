"""From an answer, or from none, to the port's errors: the one table of what each means for a read and for a write.

A write that may have taken effect is UnknownOutcome, never RetryLater: it costs one more read, the other way round it
costs a doubled note (F20). What Zendesk says it refused (401, 409, 422, 429) took no effect.
"""

from __future__ import annotations

import re
import ssl
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from integration.clock import machine_now
from integration.services.ports import (
    Conflict,
    Gone,
    NotAllowed,
    RefusedByZendesk,
    RetryLater,
    TooMany,
    UnknownOutcome,
    ZendeskError,
)

#: Seconds to wait when told to wait but not how long; Zendesk's limits count per minute.
WITHOUT_A_WORD = 30.0
LONGEST_WAIT = 3600.0
_LONGEST_MESSAGE = 500


def check(answer: requests.Response, write: bool) -> None:
    """Return for a good answer (2xx with a JSON object, or 204 to a write); raise the port's error for all others."""
    status = answer.status_code
    if status == 204 and write:
        return
    if 200 <= status < 300:
        _check_json(answer, write)
        return
    raise _refused(answer, write)


def no_answer(error: Exception, write: bool, address: str) -> ZendeskError:
    """What an exception of the transport means: nothing was sent, or nobody knows what came of it (F19, F20)."""
    what = f"no answer from Zendesk ({type(error).__name__})"
    if isinstance(error, requests.exceptions.InvalidSchema):
        return NotAllowed("Zendesk pointed us to another address; our token does not go there")
    if never_sent(error):
        return RetryLater(f"nobody answers at {address} ({type(error).__name__})")
    return UnknownOutcome(what) if write else RetryLater(what)


def never_sent(error: Exception) -> bool:
    """True where no connection stood, so that the request cannot have taken effect."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return True
    return any(isinstance(arg, ssl.SSLCertVerificationError) for arg in getattr(reason, "args", ()))


def retry_after(answer: requests.Response) -> float | None:
    """Seconds that the answer asks us to wait, from a number or an HTTP date (F18); None where it says nothing."""
    text = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return _bounded(float(text))
    until = _http_date(text)
    if until is None:
        return None
    # The answer's own date comes from the clock that wrote Retry-After; ours may be wrong.
    return _bounded((until - (_http_date(answer.headers.get("Date", "")) or machine_now())).total_seconds())


def _bounded(seconds: float) -> float:
    return min(max(seconds, 1.0), LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return parsed if parsed.tzinfo else None


def _check_json(answer: requests.Response, write: bool) -> None:
    """A maintenance or sign-in page with status 200 is no answer, and half an object is none either (F31)."""
    if isinstance(_body(answer), dict):
        return
    raise _unclear(answer, write, "something that is no JSON object")


def _unclear(answer: requests.Response, write: bool, what: str) -> ZendeskError:
    message = f"Zendesk answered {answer.status_code} with {what}"
    return UnknownOutcome(message) if write else RetryLater(message, retry_after(answer) or 5.0)


def _refused(answer: requests.Response, write: bool) -> ZendeskError:
    status = answer.status_code
    body = _body(answer)
    said = _said(answer, body)
    if status == 429:
        return TooMany(said, retry_after(answer) or WITHOUT_A_WORD)
    if "StartTimeTooRecent" in said or "Too recent start_time" in said:
        return RetryLater(said, retry_after(answer) or WITHOUT_A_WORD)
    if status in (401, 403):
        return NotAllowed(said)
    if status in (404, 410):
        # Zendesk says so in JSON. A web page with 404 is a wrong or sleeping account: no ticket is gone by that.
        return Gone(said) if isinstance(body, dict) else _unclear(answer, write, "a page that is no API answer")
    if status == 409:
        return Conflict(said)
    if 400 <= status < 500 and status not in (408, 425):
        return RefusedByZendesk(said)
    if status in (301, 308):
        return NotAllowed(f"Zendesk answered {status}: the account has moved; correct ZENDESK_SUBDOMAIN")
    return _unclear(answer, write, "no result")


def _body(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _said(answer: requests.Response, body: Any) -> str:
    """One line with the status and Zendesk's own words, without control characters (F77)."""
    words = "; ".join(_words(body)) or "no reason given"
    line = f"Zendesk answered {answer.status_code}: {words}"
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", line)[:_LONGEST_MESSAGE]


def _words(body: Any) -> list[str]:
    """The reasons in Zendesk's three envelopes: error + description + details, error as an object, a list of errors."""
    if not isinstance(body, dict):
        return []
    error = body.get("error")
    if isinstance(error, dict):
        return [f"{error.get('title')}: {error.get('message')}"]
    said = [str(body[key]) for key in ("error", "description", "error_description") if body.get(key)]
    listed = body.get("errors")
    if isinstance(listed, list):
        said += [f"{each.get('code')}: {each.get('title')}" for each in listed if isinstance(each, dict)]
    return said + _details(body.get("details"))


def _details(details: Any) -> list[str]:
    if not isinstance(details, dict):
        return []
    return [
        f"{field}: {each.get('description')}" if isinstance(each, dict) else f"{field}: {each}"
        for field, found in details.items()
        for each in (found if isinstance(found, list) else [found])
    ]
