"""Who wrote this webhook, and when? (reliability F05 to F09, Zendesk's signing scheme)"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.signature import SignatureError, sign, signed_at, verify

SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
STAMP = "2026-01-01T00:00:00Z"
BODY = b'{"ticket_id":"1"}'
GENUINE = "2j/Gayg6fJ2y6abi9+Sw155axTeQcZcbvmy2GC3vLMo="
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# The sample that Zendesk published in 2021. That page joined the body first and the timestamp last; today's page, and
# what Zendesk sends, is timestamp first. So the sample proves how the key is used, and must not pass as a request.
OLD_SECRET = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
OLD_STAMP = "2021-07-25T10:00:00Z"
OLD_BODY = b'{"say": "hello"}'
OLD_SIGNATURE = "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw="


def refusal(
    stamp: str | None = STAMP,
    signature: str | None = GENUINE,
    body: bytes = BODY,
    secrets: tuple[str, ...] = (SECRET,),
    now: datetime = NOW,
) -> str | None:
    """The reason why a request is refused, or None when it is let in."""
    try:
        verify(secrets, stamp, signature, body, now)
    except SignatureError as error:
        return error.reason
    return None


def test_a_genuine_request_is_let_in_and_sign_gives_the_known_vector() -> None:
    assert refusal() is None
    assert sign(SECRET, STAMP, BODY) == GENUINE


def test_the_published_sample_proves_that_the_key_is_the_secrets_own_characters() -> None:
    assert sign(OLD_SECRET, OLD_BODY.decode(), OLD_STAMP.encode()) == OLD_SIGNATURE


def test_the_old_order_of_body_and_timestamp_is_refused() -> None:
    then = signed_at(OLD_STAMP)
    assert refusal(OLD_STAMP, OLD_SIGNATURE, OLD_BODY, (OLD_SECRET,), then) == "wrong"
    assert refusal(OLD_STAMP, sign(OLD_SECRET, OLD_STAMP, OLD_BODY), OLD_BODY, (OLD_SECRET,), then) is None


def test_f09_the_raw_bytes_are_signed_so_the_same_json_written_otherwise_is_refused() -> None:
    assert refusal(body=b'{"ticket_id": "1"}') == "wrong"


def test_f09_a_request_without_a_body_can_be_signed() -> None:
    assert refusal(signature=sign(SECRET, STAMP, b""), body=b"") is None


def test_two_secrets_live_while_one_is_rotated_and_the_old_one_ends_with_it() -> None:
    fresh = "a-new-secret"
    assert refusal(secrets=(fresh, SECRET)) is None
    assert refusal(secrets=(SECRET, fresh)) is None
    assert refusal(signature=sign(fresh, STAMP, BODY), secrets=(SECRET, fresh)) is None
    assert refusal(secrets=(fresh,)) == "wrong"


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_no_secret_at_all_lets_nobody_in(secrets: tuple[str, ...]) -> None:
    with_an_empty_key = base64.b64encode(hmac.new(b"", STAMP.encode() + BODY, hashlib.sha256).digest()).decode()
    assert refusal(signature=with_an_empty_key, secrets=secrets) == "wrong"


def test_signing_with_an_empty_secret_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="webhook secret is empty"):
        sign("", STAMP, BODY)


@pytest.mark.parametrize(("stamp", "signature"), [(None, GENUINE), (STAMP, None), ("", GENUINE), (STAMP, "")])
def test_f08_a_missing_header_is_named(stamp: str | None, signature: str | None) -> None:
    assert refusal(stamp, signature) == "missing"


@pytest.mark.parametrize(
    "signature",
    [
        "é" * 44,
        "\udcff" * 44,
        "2j/Gayg6fJ2y6abi9+Sw155axTeQcZcbvmy2GC3vLMó=",
        "short",
        GENUINE + "\n",
        " " + GENUINE,
        GENUINE.replace("/", "_").replace("+", "-"),
        "A" * 10_000,
        "sha256=" + GENUINE,
        hmac.new(SECRET.encode(), STAMP.encode() + BODY, hashlib.sha256).hexdigest(),
    ],
)
def test_f08_a_signature_that_is_no_base64_of_32_bytes_is_malformed_and_never_a_type_error(signature: str) -> None:
    assert refusal(signature=signature) == "malformed"


@pytest.mark.parametrize(
    "stamp",
    [
        "1767225600",
        "yesterday",
        "2026-01-01",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00Z\n",
        "2026-02-30T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:00.1234567890Z",
        "٢٠٢٦-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-01-01T00:00:00+99:00",
    ],
)
def test_f08_a_timestamp_that_is_none_is_malformed(stamp: str) -> None:
    assert refusal(stamp) == "malformed"


@pytest.mark.parametrize(
    ("stamp", "means"),
    [
        ("2026-01-01T00:00:00Z", NOW),
        ("2026-01-01T00:00:00.5Z", NOW + timedelta(milliseconds=500)),
        ("2026-01-01T00:00:00.123456Z", NOW + timedelta(microseconds=123456)),
        ("2026-01-01T00:00:00.123456789Z", NOW + timedelta(microseconds=123456)),
        ("2026-01-01T02:00:00+02:00", NOW),
        ("2025-12-31T21:00:00-03:00", NOW),
    ],
)
def test_timestamps_as_zendesk_writes_them(stamp: str, means: datetime) -> None:
    assert signed_at(stamp) == means
    assert refusal(stamp, sign(SECRET, stamp, BODY)) is None


@pytest.mark.parametrize(
    ("seconds", "answer"),
    [(0, None), (60, None), (300, None), (300.000001, "stale"), (600, "stale"),
     (-60, None), (-300, None), (-300.000001, "stale"), (-600, "stale")],
)  # fmt: skip
def test_f06_the_clocks_may_differ_by_five_minutes_either_way_and_not_by_a_microsecond_more(
    seconds: float, answer: str | None
) -> None:
    assert refusal(now=NOW + timedelta(seconds=seconds)) == answer


def test_f05_a_request_replayed_an_hour_later_is_stale() -> None:
    assert refusal(now=NOW + timedelta(hours=1)) == "stale"


def test_f06_a_stranger_cannot_ring_the_alarm_for_clock_skew() -> None:
    assert refusal(signature=sign("guess", STAMP, BODY), now=NOW + timedelta(hours=1)) == "wrong"


def test_the_tolerance_is_a_setting() -> None:
    verify([SECRET], STAMP, GENUINE, BODY, NOW + timedelta(minutes=9), timedelta(minutes=10))


def test_the_refusal_says_what_would_be_right_and_gives_no_secret_away() -> None:
    with pytest.raises(SignatureError) as caught:
        verify([SECRET], STAMP, sign("other", STAMP, BODY), BODY, NOW)
    assert "ZENDESK_WEBHOOK_SECRETS" in str(caught.value)
    assert SECRET not in str(caught.value)


@given(st.text(min_size=1), st.binary(max_size=200))
def test_what_sign_makes_verify_takes_and_one_changed_byte_it_does_not(secret: str, body: bytes) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    signature = sign(secret, STAMP, body)
    assert refusal(signature=signature, body=body, secrets=(secret,)) is None
    assert refusal(signature=signature, body=body + b" ", secrets=(secret,)) == "wrong"


@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()), st.binary(max_size=50))
def test_f08_whatever_the_headers_are_the_answer_is_a_signature_error(
    stamp: str | None, signature: str | None, body: bytes
) -> None:
    assert refusal(stamp, signature, body) in ("missing", "malformed", "wrong")
