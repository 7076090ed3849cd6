"""Public holidays by country, as plain local dates: the only place that knows the `holidays` package.

Dates are materialised once for FIRST_YEAR to LAST_YEAR. A fixed range keeps a calendar the same value on every day and
machine, so that a decision taken last year can be explained today; a deadline is never more than ten years ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal

from holidays.registry import COUNTRIES
from holidays.utils import country_holidays, list_supported_countries

FIRST_YEAR, LAST_YEAR = 2015, 2036
_CODE_LENGTH = 2


class UnknownHolidays(ValueError):
    """A country or subdivision without holiday data: which of the two, its code, and the codes there are."""

    def __init__(self, says: str, key: Literal["country", "subdivision"], code: str, known: Sequence[str]) -> None:
        self.key, self.code, self.known = key, code, tuple(known)
        super().__init__(says)


@cache
def public_holidays(country: str, subdivision: str | None = None, observed: bool = True) -> frozenset[date]:
    """Local dates of a country's public holidays, with the observed days where the law shifts them (MM-20, RS-13).

    UnknownHolidays for a code (ISO 3166) that the data does not have.
    """
    known = _countries()
    if country not in known:
        raise UnknownHolidays(f'there are no holidays for the country "{country}"', "country", country, known)
    try:
        found = country_holidays(
            country, subdiv=subdivision, years=range(FIRST_YEAR, LAST_YEAR + 1), observed=observed, expand=False
        )
    except NotImplementedError:
        parts = list_supported_countries().get(country, [])
        says = f'"{subdivision}" is no part of "{country}" with holidays of its own'
        raise UnknownHolidays(says, "subdivision", subdivision or "", parts) from None
    return frozenset(found)


@cache
def _countries() -> tuple[str, ...]:
    codes = (code for names in COUNTRIES.values() for code in names[1:])
    return tuple(sorted(code for code in codes if len(code) == _CODE_LENGTH))
