"""The session under zenpy and under our own calls: our time-outs, our retries, our errors, our token.

zenpy's own session sends a PUT up to four times and sleeps on a 429 (one comment became two); this one sends a write
once, sleeps only briefly for a read, and turns every failure into the port's errors before zenpy sees it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from integration.clock import monotonic

from .address import Detour, checked_base_url, host_of
from .errors import check, never_sent, no_answer
from .token import Tokens

#: Seconds to connect, and between two pieces of an answer; together far below a job's time limit.
TIMEOUT = (3.05, 10.0)
READS = frozenset({"GET", "HEAD"})
#: A read is tried again at most twice, after about 0.3 and 1 s, and not once 5 s have gone.
RETRIES = 2
FIRST_PAUSE = 0.4
BUDGET = 5.0
_WORTH_REPEATING = frozenset({502, 503, 504})


class Wire(requests.Session):
    """A session that reaches one Zendesk account and nothing else. Use one per thread.

    `tokens` None sends no authorization (the token endpoint). `base_url` names a sandbox on this machine. `timeout` is
    (connect, read) in seconds; `pause` sleeps between the tries of a read. Raises ValueError for a bad address.
    """

    #: Tells zenpy that the session brings its own authorization.
    authorized = True

    def __init__(
        self,
        subdomain: str,
        tokens: Tokens | None,
        base_url: str | None = None,
        *,
        allow_remote: bool = False,
        timeout: tuple[float, float] = TIMEOUT,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.host = host_of(subdomain)
        self.trust_env = False  # no .netrc and no proxy variable may see or replace our token
        self.headers["User-Agent"] = "Deskward"
        self.headers["Accept"] = "application/json"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()  # whatever is not mounted cannot be reached: not by http, not on another host
        direct = HTTPAdapter(max_retries=0)
        self.mount(
            f"https://{self.host}/",
            Detour(checked_base_url(base_url, allow_remote), self.host) if base_url else direct,
        )
        self._address = base_url or f"https://{self.host}"
        self._tokens = tokens
        self._timeout = timeout
        self._sleep = pause

    def url(self, path: str) -> str:
        """The full address of a path below /api/v2, such as `tickets/1.json`."""
        return f"https://{self.host}/api/v2/{path}"

    def read(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """GET a path below /api/v2; returns its JSON object. Raises the port's errors."""
        answer: dict[str, Any] = self.get(self.url(path), params=params).json()
        return answer

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one request; every call ends here, zenpy's too. Raises the port's errors for all but success."""
        kwargs.update(timeout=self._timeout, stream=False)
        answer = self._authorized(request, kwargs)
        check(answer, write=request.method not in READS)
        return answer

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: nothing is followed, and a broken Location raises nothing of its own."""
        return None

    def _authorized(self, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        """A 401 took no effect, so that even a write may be repeated once with a fresh token (F32)."""
        if self._tokens is None:
            return self._tried(request, kwargs)
        token = self._tokens.token()
        request.headers["Authorization"] = f"Bearer {token}"
        answer = self._tried(request, kwargs)
        if answer.status_code != 401:
            return answer
        fresh = self._tokens.replace(token)
        if fresh == token:
            return answer
        request.headers["Authorization"] = f"Bearer {fresh}"
        return self._tried(request, kwargs)

    def _tried(self, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        write = request.method not in READS
        for pause in _pauses(0 if write else RETRIES):
            try:
                answer = super().send(request, **kwargs)
            except (requests.RequestException, HTTPError) as error:
                if pause is None or not never_sent(error):
                    raise no_answer(error, write, self._address) from error
            else:
                if pause is None or not _is_worth_repeating(answer):
                    return answer
            self._sleep(pause)
        raise AssertionError("the last try returns or raises")


def _pauses(retries: int) -> Iterator[float | None]:
    """For each try the seconds to wait after it, with jitter; None for the last one."""
    started = monotonic()
    for number in range(retries):
        if monotonic() - started > BUDGET:
            break
        yield FIRST_PAUSE * 3**number * random.uniform(0.5, 1.0)
    yield None


def _is_worth_repeating(answer: requests.Response) -> bool:
    """A hiccup of a gateway; an answer that says when to come back is left to the caller."""
    return answer.status_code in _WORTH_REPEATING and "Retry-After" not in answer.headers
