"""Alertmanager's webhook, and that it tells of an alert what a poll tells of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.model import Report
from noc_tui.sources import alertmanager
from noc_tui.sources.errors import Unreadable
from noc_tui.sources.webhook import parse
from tests.unit.sources.bodies import alert, body

NEVER = "0001-01-01T00:00:00Z"
"""How Go writes that an alert has no end yet."""


def pushed(**parts: Any) -> dict[str, Any]:
    """One alert as the webhook tells it."""
    whole = alert(endsAt=NEVER, receivers=None, updatedAt=None) | {"status": "firing"} | parts
    return {name: value for name, value in whole.items() if value is not None}


def group(*alerts: object, **parts: Any) -> bytes:
    """A webhook with these alerts, as Alertmanager 0.25 writes it."""
    whole = {
        "receiver": "noc",
        "status": "firing",
        "alerts": alerts,
        "groupLabels": {"alertname": "LinkDown"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://127.0.0.1:9093",
        "version": "4",
        "groupKey": '{}:{alertname="LinkDown"}',
        "truncatedAlerts": 0,
    } | parts
    return json.dumps(whole, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"fingerprint": None},
        {"annotations": {}, "generatorURL": ""},
        {"labels": {"alertname": "A", "host": "h:22", "severity": "page", "region": "r"}},
        {"startsAt": NEVER},
    ],
)
def test_a_poll_tells_the_same_of_an_alert(parts: dict[str, Any]) -> None:
    (by_webhook,) = parse(group(pushed(**parts)), "am").reports
    (by_poll,) = alertmanager.parse(body(alert(**parts)), "am").reports

    assert by_webhook == replace(by_poll, at=None)


def test_the_start_is_as_exact_as_a_poll_tells_it() -> None:
    """Alertmanager's API cuts it to milliseconds, and an alert that began later would be another occurrence."""
    (by_webhook,) = parse(group(pushed(startsAt="2026-11-24T01:54:14.613987654Z")), "am").reports

    assert by_webhook.starts_at == 1_795_485_254_613_000


def test_resolved_is_cleared_at_its_end() -> None:
    (report,) = parse(group(pushed(status="resolved", endsAt="2026-11-24T02:00:00Z"), status="resolved"), "am").reports

    assert (report.firing, report.at) == (False, 1_795_485_600_000_000)
    assert report.starts_at == 1_795_485_254_613_000


def test_what_fires_and_what_is_over_come_together() -> None:
    parsed = parse(group(pushed(), pushed(fingerprint="f2", status="resolved")), "am")

    assert [(report.key, report.firing) for report in parsed.reports] == [("a6da382b853dc135", True), ("f2", False)]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (pushed(status="pending"), "neither firing nor resolved"),
        (pushed(status=None), "neither firing nor resolved"),
        (pushed(status={"state": "active"}), "cannot be read"),
        (pushed(labels={}), "no labels"),
        (pushed(labels={"a": 1}), "cannot be read"),
        ("x", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_an_odd_alert_is_set_aside_and_the_others_go_on(odd: object, reason: str) -> None:
    parsed = parse(group(pushed(), odd, pushed(fingerprint="f2")), "am")

    assert [report.key for report in parsed.reports] == ["a6da382b853dc135", "f2"]
    (set_aside,) = parsed.odd
    assert reason in set_aside.reason
    assert json.loads(set_aside.body) == odd


def test_alerts_that_were_left_out_are_told() -> None:
    parsed = parse(group(pushed(), truncatedAlerts=1_234), "am")

    assert len(parsed.reports) == 1
    (told,) = parsed.odd
    assert told.reason.startswith("Alertmanager left 1,234 alerts of a group out: raise max_alerts")
    assert json.loads(told.body) == {"groupKey": '{}:{alertname="LinkDown"}', "truncatedAlerts": 1234}


def test_only_the_alert_with_broken_text_is_damaged() -> None:
    sent = group(pushed(), pushed(fingerprint="f2", annotations={"summary": "é"}))
    parsed = parse(sent.replace('"é"'.encode(), b'"\xe9"'), "am")

    assert [(report.key, report.damaged) for report in parsed.reports] == [("a6da382b853dc135", False), ("f2", True)]
    assert parsed.reports[1].summary == "\ufffd"


def test_what_is_odd_in_broken_text_is_set_aside_too() -> None:
    sent = group(pushed(annotations={"summary": "é"}), 7)
    parsed = parse(sent.replace('"é"'.encode(), b'"\xe9"'), "am")

    assert (len(parsed.reports), [odd.body for odd in parsed.odd]) == (1, [b"7"])


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "no JSON object"),
        (b"{nope", "no JSON object"),
        (group(pushed())[:-1], "no JSON object"),
        (b"[]", "no JSON object"),
        (b"7", "no JSON object"),
        (b"{}", "no webhook"),
        (b'{"alerts":7}', "no webhook"),
        (b'{"alerts":"\xff"}', "no webhook"),
        (b'{"alerts":[],"truncatedAlerts":"many"}', "no webhook"),
        (b'{"alerts":' + b"[" * 100_000, "no JSON object"),
    ],
)
def test_what_is_no_webhook_is_refused_in_a_sentence(sent: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        parse(sent, "am")


def test_a_group_without_alerts_brings_none() -> None:
    parsed = parse(group(), "am")

    assert (parsed.reports, parsed.odd) == ([], [])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(("labels", "annotations", "status", "startsAt", "endsAt", "fingerprint", "generatorURL", "x"))


@given(st.lists(st.dictionaries(names, json_values) | json_values, max_size=5))
def test_no_alert_is_lost_and_none_breaks_the_others(alerts: list[Any]) -> None:
    parsed = parse(json.dumps({"alerts": [pushed(), *alerts]}).encode(), "am")

    assert len(parsed.reports) + len(parsed.odd) == len(alerts) + 1
    assert isinstance(parsed.reports[0], Report)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_webhook_or_refused(sent: bytes) -> None:
    try:
        parse(sent, "am")
    except Unreadable as error:
        assert str(error).endswith(".")
