"""The small readings that every source shares."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import SEVERITIES
from noc_tui.sources.errors import BadSource
from noc_tui.sources.reading import first_of, instant, mended, pieces, stand_in_key, web_address, without_port
from noc_tui.sources.severities import PERCEIVED, perceived
from noc_tui.sources.source import check_name


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("2026-11-24T01:54:14.613Z", 1_795_485_254_613_000),
        ("2026-11-24T01:54:14.123456789Z", 1_795_485_254_123_456),
        ("2026-11-24T02:54:14+01:00", 1_795_485_254_000_000),
        ("0001-01-01T00:00:00Z", None),
        ("2026-11-24T01:54:14", None),
        ("9999-12-31T23:59:59-23:59", 253_402_387_139_000_000),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_instant_is_read_or_unknown(text: str, micros: int | None) -> None:
    assert instant(text) == micros


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("web-3:9100", "web-3"),
        ("web-3", "web-3"),
        ("web-3:", "web-3:"),
        ("web-3:http", "web-3:http"),
        ("web-3:99999", "web-3:99999"),
        ("web-3:٣", "web-3:٣"),
        (":9100", ":9100"),
        ("[2001:db8::1]:9100", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("https://shop.example:443", "https://shop.example:443"),
    ],
)
def test_only_a_port_is_taken_off(text: str, host: str) -> None:
    assert without_port(text) == host


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://prom/graph?g0.expr=up%7B%7D", True),
        ("HTTP://prom", True),
        ("javascript:alert(1)", False),
        ("file://prom/secrets", False),
        ("http://prom/\x1b]8;;", False),
        ("http://prom/a b", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_kept(text: str, kept: bool) -> None:
    assert web_address(text) == (text if kept else "")


def test_the_first_label_that_says_anything_counts() -> None:
    assert first_of({"a": " ", "b": " x ", "c": "y"}, ("z", "a", "b", "c")) == "x"
    assert first_of({}, ("a",)) == ""


def test_a_stand_in_key_depends_on_the_pairs_and_not_on_their_order() -> None:
    assert stand_in_key([("a", "1"), ("b", "2")]) == stand_in_key([("b", "2"), ("a", "1")]) == "5f13efef7cdd95e7"
    assert stand_in_key([("a", "1b"), ("", "2")]) != stand_in_key([("a", "1"), ("b", "2")])


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b'{"a":"\xff\xe9"}', {"a": "��"}),
        (rb'{"a":"\ud83d"}', {"a": "�"}),
        (rb'{"a":"\ud83d\ude00 \udc00"}', {"a": "😀 �"}),
    ],
)
def test_text_broken_in_its_encoding_is_mended(body: bytes, whole: object) -> None:
    assert json.loads(mended(body) or b"") == whole


@pytest.mark.parametrize("body", ['{"a":"é"}'.encode(), b"{", b"\xff", b"[" * 100_000])
def test_what_is_whole_or_broken_otherwise_is_not_mended(body: bytes) -> None:
    assert mended(body) is None


def test_an_array_is_taken_apart_even_when_its_text_is_broken() -> None:
    assert [mended(piece) for piece in pieces(b'["a", "\xff"]') or ()] == [None, '"�"'.encode()]
    assert pieces(b'{"a":1}') is None
    assert pieces(b'["a"') is None


@given(st.binary(max_size=60))
def test_mending_gives_utf8_or_nothing(body: bytes) -> None:
    (mended(b'{"a":"' + body + b'"}') or b"").decode("utf-8")


def test_every_word_for_severity_is_one_of_x733() -> None:
    assert set(PERCEIVED.values()) == set(SEVERITIES)
    assert all(perceived(word) == word for word in SEVERITIES)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("page", "critical"),
        ("CRITICAL", "critical"),
        (" Error ", "major"),
        ("high", "major"),
        ("medium", "minor"),
        ("low", "warning"),
        ("info", "indeterminate"),
        ("none", "indeterminate"),
        ("purple", "indeterminate"),
        ("", "indeterminate"),
    ],
)
def test_common_words_are_understood(word: str, severity: str) -> None:
    assert perceived(word) == severity


@pytest.mark.parametrize("name", ["am", "am-par.1_b", "9", "x" * 64])
def test_a_name_is_kept(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "a:b", "-a", "a b", "é", "x" * 65, "a\n"])
def test_a_name_that_would_spoil_a_ref_is_refused(name: str) -> None:
    with pytest.raises(BadSource, match="1 to 64"):
        check_name(name)
