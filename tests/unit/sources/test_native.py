"""Our own form of an alert, as scripts write it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import Report
from noc_tui.sources.errors import BadAlert, Unreadable
from noc_tui.sources.native import LONGEST_LINE, parse_alert_json, split


def parsed(**fields: Any) -> Report:
    """The report of an alert with these fields."""
    return parse_alert_json(json.dumps(fields).encode())


def test_every_field_arrives() -> None:
    report = parsed(
        source="backup", key="job-7", severity="Major", resource=" db-2 ", summary="failed", service="billing",
        site="par3", labels={"tier": "1", "host": "db-2"}, state="cleared", starts_at="2026-01-31T03:14:07Z",
    )  # fmt: skip

    assert report == Report(
        source="backup",
        key="job-7",
        firing=False,
        severity="major",
        resource="db-2",
        summary="failed",
        service="billing",
        site="par3",
        labels=(("host", "db-2"), ("tier", "1")),
        starts_at=1_769_829_247_000_000,
    )


def test_a_resource_is_enough() -> None:
    report = parsed(resource="core-sw1")

    assert (report.source, report.firing, report.severity, len(report.key)) == ("script", True, "indeterminate", 16)


def test_without_a_key_resource_and_summary_are_the_key() -> None:
    raised = parsed(resource="core-sw1", summary="down", severity="critical")

    assert raised.ref == parsed(resource="core-sw1", summary="down", state="cleared").ref
    assert raised.ref != parsed(resource="core-sw1", summary="slow").ref


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sevrity": "x", "tags": 1}, "There is no field 'sevrity', 'tags'; an alert has source, key, severity,"),
        ({f"x{n}": 1 for n in range(7)}, "'x4', …;"),
        ({"\x1b[2J" + "y" * 90: 1}, "no field '\\x1b[2Jyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\\u2026';"),
        ({"key": 7}, "key must be text in quotes."),
        ({"summary": None, "key": "k"}, "summary must be text in quotes."),
        ({"key": "k" * 256}, "key is at most 255 characters; this one has 256."),
        ({"summary": "down"}, "needs key or resource"),
        ({"key": "k", "severity": "purple"}, "it is one of critical, major, minor, warning, indeterminate."),
        ({"key": "k", "state": "ok"}, "state 'ok' is not known; it is firing or cleared."),
        ({"key": "k", "source": "a:b"}, "source 'a:b' is not possible. A source's name is 1 to 64"),
        ({"key": "k", "labels": ["tier"]}, "labels must be an object"),
        ({"key": "k", "labels": {"port": 443}}, "labels: 'port' must be text in quotes."),
        ({"key": "k", "labels": {"": "x"}}, "labels: a label needs a name."),
        ({"key": "k", "starts_at": "03:14"}, "starts_at '03:14' is not a time; it is ISO 8601 with a zone"),
        ({"key": "k", "starts_at": "2026-01-31T03:14:07"}, "with a zone"),
    ],
)
def test_a_bad_field_is_named_with_what_is_allowed(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadAlert) as caught:
        parsed(**fields)

    assert sentence in str(caught.value)
    assert str(caught.value).isprintable() and str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "no JSON object"),
        (b"{", "no JSON object"),
        (b"\xff", "no JSON object"),
        (b'{"key": NaN, "summary": "\xff"}', "no JSON object"),
        (b"[" * 100_000, "no JSON object"),
        (b"[]", "no JSON object"),
        (b"null", "no JSON object"),
        (b" " * (LONGEST_LINE + 1), "at most 512 KiB"),
    ],
)
def test_what_is_no_alert_at_all_is_told(line: bytes, sentence: str) -> None:
    with pytest.raises(BadAlert, match=sentence):
        parse_alert_json(line)


@pytest.mark.parametrize("text", [b"link \xe9t\xe9", rb"link \ud800t\udfff"])
def test_text_broken_in_its_encoding_is_taken_and_marked(text: bytes) -> None:
    report = parse_alert_json(b'{"key":"k","summary":"' + text + b'"}')

    assert (report.summary, report.damaged) == ("link �t�", True)


def test_a_byte_order_mark_is_no_damage() -> None:
    assert parse_alert_json(b'\xef\xbb\xbf{"key":"k"}').damaged is False


@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda data: b'{"key":"' + data + b'"}'))
def test_no_line_does_worse_than_a_sentence(line: bytes) -> None:
    try:
        report = parse_alert_json(line)
    except BadAlert as error:
        assert str(error).isprintable()
    else:
        assert report.key


@pytest.mark.parametrize(
    ("body", "alerts"),
    [
        (b'{"a":1}', [b'{"a":1}']),
        (b'\xef\xbb\xbf{"a":\n1}\n', [b'{"a":\n1}\n']),
        (b'{"a":1}\n{"b":2}\r\n\n', [b'{"a":1}', b'{"b":2}\r']),
        (b' [{"a":1}, 2]', [b'{"a":1}', b"2"]),
        (b"[]", []),
        (b"", []),
        (b" \n\n", []),
        (b'{"a":1}\n{nope', [b'{"a":1}', b"{nope"]),
        (b'{"a":"\xff"}\n{"b":2}', [b'{"a":"\xff"}', b'{"b":2}']),
        (b'{"a":\n"\xff"}', [b'{"a":\n"\xff"}']),
    ],
)
def test_a_body_is_one_alert_or_an_array_or_one_a_line(body: bytes, alerts: list[bytes]) -> None:
    assert split(body) == alerts


def test_an_array_with_broken_text_is_taken_apart_too() -> None:
    (broken, whole) = split(b'[{"resource":"\xff"},{"resource":"b"}]')

    assert (parse_alert_json(broken).resource, parse_alert_json(broken).damaged) == ("\ufffd", True)
    assert (parse_alert_json(whole).resource, parse_alert_json(whole).damaged) == ("b", False)


@pytest.mark.parametrize("body", [b"[", b'[{"a":1}', b'[{"a":1}]x', b"[\xff]"])
def test_an_array_that_is_cut_off_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="cut off"):
        split(body)


@given(st.binary())
def test_any_body_is_taken_apart_or_refused(body: bytes) -> None:
    try:
        pieces = split(body)
    except Unreadable:
        assert body.lstrip().startswith((b"[", b"\xef\xbb\xbf"))
        return
    assert all(piece.strip() for piece in pieces)


def test_who_reports_it_where_the_alert_does_not_say() -> None:
    assert parse_alert_json(b'{"key":"k"}', "mon").source == "mon"
    assert parse_alert_json(b'{"key":"k","source":"other"}', "mon").source == "other"
