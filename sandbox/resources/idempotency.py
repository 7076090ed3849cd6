"""Idempotency-Key on the creation of tickets: the same key answers twice with the same ticket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from ..call import Answer, Call
from ..refusals import bad_request
from ..times import parse, stamp

KEPT = timedelta(hours=2)
LONGEST_KEY = 255


def once(call: Call, create: Callable[[], Answer]) -> Answer:
    """Create, or repeat the answer of the first time. Raises 400 for the same key with another body."""
    key = call.headers.get("Idempotency-Key")
    if key is None:
        return create()
    if len(key) > LONGEST_KEY:
        raise bad_request(f"Idempotency-Key has {len(key)} characters, at most {LONGEST_KEY} are allowed")
    digest = hashlib.sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest()
    known = call.account.get("idempotency", key)
    if known is not None and call.desk.now < parse(known["until"]):
        if known["digest"] != digest:
            raise bad_request("this Idempotency-Key was used with another body", "IdempotentRequestError")
        return Answer(known["body"], known["status"], {"x-idempotency-lookup": "hit"})
    answer = create()
    row = {"id": key, "digest": digest, "body": answer.body, "status": answer.status}
    call.account.put("idempotency", {**row, "until": stamp(call.desk.now + KEPT)})
    return Answer(answer.body, answer.status, {**answer.headers, "x-idempotency-lookup": "miss"})
