"""Sending webhooks in the background, as Zendesk does: signed, tried again by its rules, every attempt on record."""

from __future__ import annotations

import threading
import traceback
from dataclasses import dataclass

import requests

from ..account import Account
from ..faults import Faults
from ..store import Store
from ..table import Row
from ..times import Clock, stamp
from .retry import next_delay
from .signature import sign
from .ulid import ulid
from .waiting import WaitingQueue

TIMEOUT_SECONDS = 10
WORKERS = 8


@dataclass(frozen=True)
class Job:
    """One delivery to make: the `attempt`-th (from 1) of an invocation."""

    account: str
    invocation_id: str
    attempt: int = 1


@dataclass(frozen=True)
class Outcome:
    """What a receiver answered; `status` None is no answer in time, 0 is no connection at all."""

    status: int | None
    headers: dict[str, str]
    text: str


class Deliveries:
    """A few threads that send what requests have stored. The store's lock is never held while one is sending."""

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        self._store, self._clock, self._faults = store, clock, faults
        self._queue: WaitingQueue[Job] = WaitingQueue()
        self._threads: list[threading.Thread] = []
        self._local = threading.local()
        self._stopped = False

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._work, name=f"webhook-{n}", daemon=True) for n in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send nothing more. What is under way stays pending in the store and is sent by the next run."""
        self._stopped = True
        self._queue.close()
        for thread in self._threads:
            thread.join(1.0)

    def settled(self, timeout: float) -> bool:
        """Wait until every webhook is delivered or given up; False when `timeout` seconds were not enough."""
        return self._queue.settled(timeout)

    def unfinished(self) -> int:
        return self._queue.unfinished()

    def send(self, account: str, invocation_ids: list[str]) -> None:
        """Deliver these stored invocations, as often as the faults in force say. Call it after the commit."""
        for invocation_id in invocation_ids:
            copies = self._faults.copies()
            if not copies:
                self._close(Job(account, invocation_id), "lost", None)
            for copy in range(copies):
                # Whether a doubled delivery keeps its invocation id is not published, so half of them do not.
                again = copy > 0 and self._faults.coin()
                job = Job(account, self._twin(account, invocation_id) if again else invocation_id)
                self._queue.put(job, self._faults.delay())

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                self._deliver(job)
            except Exception:  # one bad webhook must not end the thread that serves all others
                traceback.print_exc()
                self._close(job, "terminated", None)
            finally:
                self._queue.done()

    def _deliver(self, job: Job) -> None:
        with self._store.change():
            account = self._store.account(job.account)
            invocation = account.get("invocations", job.invocation_id)
            webhook = account.get("webhooks", invocation["webhook_id"]) if invocation else None
        if invocation is None or webhook is None:
            self._close(job, "terminated", None)
            return
        headers, body = self._request(account, webhook, invocation)
        outcome = self._post(webhook, headers, body)
        if self._stopped:
            return
        self._record(job, headers, body, outcome)
        delay = next_delay(outcome.status, outcome.headers, job.attempt)
        if delay is not None:
            self._queue.put(Job(job.account, job.invocation_id, job.attempt + 1), delay)
            return
        done = outcome.status is not None and 200 <= outcome.status < 300
        self._close(job, "success" if done else "terminated", outcome.status)

    def _request(self, account: Account, webhook: Row, invocation: Row) -> tuple[dict[str, str], bytes]:
        body, now = invocation["_payload"].encode(), stamp(self._clock())
        headers = {
            "User-Agent": "Zendesk Webhook",
            "Content-Type": "application/json; charset=utf-8",
            "X-Zendesk-Account-Id": str(account.number),
            "X-Zendesk-Webhook-Id": webhook["id"],
            "X-Zendesk-Webhook-Invocation-Id": invocation["id"],
            "X-Zendesk-Webhook-Signature-Timestamp": now,
            "X-Zendesk-Webhook-Signature": sign(webhook["_secret"], now, body),
        }
        return {**(webhook.get("custom_headers") or {}), **headers}, body

    def _post(self, webhook: Row, headers: dict[str, str], body: bytes) -> Outcome:
        try:
            answer = self._session().request(
                webhook["http_method"], webhook["endpoint"], data=body, headers=headers, timeout=TIMEOUT_SECONDS
            )
        except requests.Timeout:
            return Outcome(None, {}, f"no answer in {TIMEOUT_SECONDS} s")
        except requests.RequestException as error:
            return Outcome(0, {}, str(error))
        # requests compares header names without case; a plain dict would not.
        kept = {"Retry-After": answer.headers["Retry-After"]} if "Retry-After" in answer.headers else {}
        return Outcome(answer.status_code, kept, answer.text[:2000])

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session

    def _record(self, job: Job, headers: dict[str, str], body: bytes, outcome: Outcome) -> None:
        now = self._clock()
        row = {
            "id": ulid(now),
            "invocation_id": job.invocation_id,
            "status": "timeout" if outcome.status is None else "success" if outcome.status else "failed",
            "status_code": outcome.status or None,
            "completed_at": stamp(now),
            "request": {"headers": _pairs(headers), "payload": body.decode()},
            "response": {"headers": _pairs(outcome.headers), "payload": outcome.text},
        }
        with self._store.change():
            self._store.account(job.account).put("attempts", row)

    def _close(self, job: Job, status: str, code: int | None) -> None:
        with self._store.change():
            account = self._store.account(job.account)
            row = account.get("invocations", job.invocation_id)
            if row is not None:
                ended = {"status": status, "status_code": code or None, "latest_completed_at": stamp(self._clock())}
                account.put("invocations", {**row, **ended})

    def _twin(self, name: str, invocation_id: str) -> str:
        with self._store.change():
            account = self._store.account(name)
            row = account.get("invocations", invocation_id)
            assert row is not None, "a stored invocation is never deleted while it is being sent"
            return str(account.put("invocations", {**row, "id": ulid(self._clock())})["id"])


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in headers.items()]
