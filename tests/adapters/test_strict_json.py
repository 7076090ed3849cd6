"""Bytes from outside become a value or one clear refusal, never a server error (reliability F10 to F12)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.strict_json import BadJson, loads


def refusal(raw: bytes, **limits: int) -> str:
    with pytest.raises(BadJson) as caught:
        loads(raw, **limits)
    assert caught.value.reason == str(caught.value)
    assert len(caught.value.reason) < 200
    return caught.value.reason


def test_a_webhook_body_is_read() -> None:
    body = b' {"ticket_id": "1", "tags": ["a", "\\u00e9", "\\ud83d\\ude00"], "n": [0, -1, 1.5, 1e3, true, null]} \n'
    assert loads(body) == {"ticket_id": "1", "tags": ["a", "é", "😀"], "n": [0, -1, 1.5, 1000.0, True, None]}


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_f12_what_is_no_number_is_refused(word: bytes) -> None:
    assert "no JSON number" in refusal(b'{"a": [' + word + b"]}")


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1." + b"0" * 5000])
def test_f12_a_number_that_a_float_does_not_hold_is_refused(number: bytes) -> None:
    assert "beyond what a float holds" in refusal(number)


@pytest.mark.parametrize("number", [b"9223372036854775808", b"-9223372036854775809", b"9" * 100, b"9" * 5000])
def test_f12_an_integer_that_no_column_holds_is_refused(number: bytes) -> None:
    assert "64 bits" in refusal(b"[" + number + b"]")


def test_the_largest_integer_that_fits_is_read() -> None:
    assert loads(b"[9223372036854775807, -9223372036854775808, 1.7976931348623157e308]")


@pytest.mark.parametrize(
    "raw",
    [b'{"id": 1, "id": 2}', b'{"id": 1, "id": 1}', b'[{"x": {"id": 1, "y": 2, "id": 3}}]', b'{"id": 1, "\\u0069d": 2}'],
)
def test_f12_a_key_that_stands_twice_is_refused_by_name(raw: bytes) -> None:
    assert "the key 'id' stands twice" in refusal(raw)


@pytest.mark.parametrize(
    "raw",
    [b"\xff", b'"\xc3"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b'"\xf5\x80\x80\x80"', '"é"'.encode("latin-1"),
     '"a"'.encode("utf-16")],
)  # fmt: skip
def test_f12_bytes_that_are_no_utf8_are_refused(raw: bytes) -> None:
    assert "not UTF-8" in refusal(raw)


@pytest.mark.parametrize("raw", ['{"a": 1}'.encode("utf-16-le"), '"é"'.encode("utf-32-be")])
def test_f12_other_encodings_that_happen_to_be_utf8_are_refused_too(raw: bytes) -> None:
    refusal(raw)


def test_a_byte_order_mark_is_refused() -> None:
    assert "byte order mark" in refusal(b"\xef\xbb\xbf{}")


@pytest.mark.parametrize(
    "raw", [rb'"\ud800"', rb'"\udc00"', rb'"\ude00\ud83d"', rb'{"\ud800": 1}', rb'[{"a": ["x\udfff"]}]']
)
def test_f12_half_of_a_surrogate_pair_is_refused(raw: bytes) -> None:
    assert "surrogate" in refusal(raw)


@pytest.mark.parametrize("raw", [rb'"\u0000"', rb'{"a\u0000": 1}', rb'"\\\u0000"'])
def test_the_character_that_no_database_stores_is_refused(raw: bytes) -> None:
    assert "U+0000" in refusal(raw)


def test_a_backslash_followed_by_u0000_is_ordinary_text() -> None:
    assert loads(rb'"\\u0000 \u00e9"') == "\\u0000 é"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("times", [33, 900, 1_000, 20_000])
def test_f11_deep_nesting_is_refused_before_it_is_parsed(opening: bytes, times: int) -> None:
    assert "inside each other" in refusal(opening * times)


def test_f11_the_depth_that_is_allowed_is_read() -> None:
    assert loads(b"[" * 32 + b"]" * 32)
    assert loads(b'{"a":' * 31 + b"[]" + b"}" * 31)
    assert "more than 3 arrays" in refusal(b"[[[[]]]]", max_depth=3)


def test_f11_brackets_inside_texts_are_no_nesting() -> None:
    text = '[{"\\' * 500
    assert loads(json.dumps({text: [text, '"', "]"]}).encode()) == {text: [text, '"', "]"]}


def test_f11_even_a_careless_limit_ends_in_a_refusal() -> None:
    assert "nested too deeply" in refusal(b"[" * 90_000, max_depth=100_000)


def test_f10_a_body_that_is_too_large_is_told_apart() -> None:
    with pytest.raises(BadJson) as caught:
        loads(b'"' + b"a" * 300_000 + b'"')
    assert caught.value.too_large
    assert "at most 262144" in caught.value.reason
    assert loads(b'"' + b"a" * (256 * 1024 - 2) + b'"')
    assert "at most 3" in refusal(b"1234", max_bytes=3)


@pytest.mark.parametrize(
    "raw",
    [b"", b" ", b"{", b"[1,]", b'{"a":1,}', b"{'a':1}", b"01", b"+1", b".5", b"1.", b"0x1", b"tru", b"[] []", b'"a',
     b'"\n"', b'"\x00"', b"\x00", b'"\\x41"', b'"\\ud83"', b"/* */ 1", b'"\\', b"]" * 50 + b"[" * 50, b"nan",
     "\u00a0{}".encode(), "[١]".encode()],
)  # fmt: skip
def test_what_is_no_json_is_refused_with_its_place(raw: bytes) -> None:
    assert "line 1 column" in refusal(raw) or "line 2 column" in refusal(raw)


@pytest.mark.parametrize("raw", [b'"\\' * 131_000, b'"' * 262_000, b'\\"' * 131_000, b'"' + b"\\" * 262_000])
def test_f11_counting_depth_takes_linear_time_for_texts_made_to_slow_it_down(raw: bytes) -> None:
    """Quadratic counting would take minutes here and run into the suite's own timeout."""
    assert not loads_or_none(raw)


def loads_or_none(raw: bytes) -> object:
    try:
        return loads(raw)
    except BadJson:
        return None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(json_values, st.booleans())
def test_every_plain_value_comes_back_as_it_was(value: object, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


near_json = st.lists(
    st.sampled_from([b"{", b"}", b"[", b"]", b":", b",", b'"', b'"a"', b"\\", b"\\u", b"d800", b"1", b"e9", b"-", b".",
                     b"NaN", b"null", b" ", b"\xff", b"\xef\xbb\xbf", b"\x00"])
).map(b"".join)  # fmt: skip


@given(st.binary() | near_json | st.text().map(str.encode) | st.integers(1, 40).map(lambda n: b"[" * n + b"]" * n))
def test_f12_any_bytes_give_a_value_or_bad_json_and_nothing_else(raw: bytes) -> None:
    try:
        value = loads(raw)
    except BadJson as error:
        assert error.reason
    else:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
