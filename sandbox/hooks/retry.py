"""Which failed deliveries Zendesk tries again."""

from __future__ import annotations

from collections.abc import Mapping

CONFLICT_RETRIES = 3
TIMEOUT_RETRIES = 5
BUSY_RETRIES = 3
LONGEST_RETRY_AFTER = 60
_SPACING = (0.2, 0.5, 1.0, 2.0, 4.0)


def next_delay(status: int | None, headers: Mapping[str, str], attempts: int) -> float | None:
    """Seconds until the next attempt, None to give up. `status` None means the receiver did not answer in time.

    409 is tried again three times; 429 and 503 only when Retry-After is under a minute; time-outs five times; nothing
    else, a 500 never. Zendesk's spacing is not published: here it is short, so that a demo shows it.
    """
    spacing = _SPACING[min(attempts, len(_SPACING)) - 1]
    if status is None:
        return spacing if attempts <= TIMEOUT_RETRIES else None
    if status == 409:
        return spacing if attempts <= CONFLICT_RETRIES else None
    if status in (429, 503) and attempts <= BUSY_RETRIES:
        return _asked_for(headers)
    return None


def _asked_for(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() and int(text) < LONGEST_RETRY_AFTER else None
