"""PagerDuty's Events API v2: what is taken, what is refused in their words, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import Report
from noc_tui.sources.pagerduty import DEEPEST, Event, faults, read, report_of
from tests.unit.sources.test_webhook import json_values

FULL: dict[str, Any] = {
    "routing_key": "0123456789ab.secret",
    "event_action": "trigger",
    "dedup_key": "srv01/mysql",
    "payload": {
        "summary": "disk at 99%",
        "source": "db-03.example.net",
        "severity": "error",
        "timestamp": "2015-07-17T08:42:58.315+0000",
        "component": "mysql",
        "group": "datapipe",
        "class": "disk",
        "custom_details": {"free": "1%", "load": 0.75, "site": "par3", "disks": ["a", "b"], "none": None},
    },
    "links": [{"text": "no address"}, {"href": "javascript:alert(1)"}, {"href": "https://mon.example.net/e/29"}],
    "images": [{"src": "https://mon.example.net/x.png"}],
    "client": "Sample Monitoring",
    "client_url": "https://mon.example.net",
}


def event(**parts: Any) -> Event:
    """The full event with other members; None takes one away."""
    found = read(json.dumps({k: v for k, v in (FULL | parts).items() if v is not None}).encode())
    assert found is not None
    return found


def payload(**parts: Any) -> dict[str, Any]:
    """A payload with other members; None takes one away."""
    return {name: value for name, value in (FULL["payload"] | parts).items() if value is not None}


def report(**parts: Any) -> Report:
    """The report of the full event with another payload, or other members of the event."""
    found = event(**parts)
    assert faults(found) == []
    return report_of(found, found.key, "pd")


def test_an_event_in_full() -> None:
    assert report() == Report(
        source="pd",
        key="srv01/mysql",
        severity="major",
        resource="db-03.example.net",
        summary="disk at 99%",
        service="datapipe",
        site="par3",
        labels=(
            ("class", "disk"),
            ("component", "mysql"),
            ("disks", '["a", "b"]'),
            ("free", "1%"),
            ("group", "datapipe"),
            ("load", "0.75"),
            ("site", "par3"),
        ),
        url="https://mon.example.net/e/29",
        at=1_437_122_578_315_000,
        anew=True,
    )


@pytest.mark.parametrize("parts", [{"payload": None}, {"payload": payload(severity="nope")}, {"payload": {}}])
def test_a_resolve_needs_no_payload(parts: dict[str, Any]) -> None:
    cleared = report(event_action="resolve", **parts)

    assert (cleared.firing, cleared.key, cleared.anew) == (False, "srv01/mysql", False)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", "critical"),
        ("error", "major"),
        ("warning", "warning"),
        ("info", "indeterminate"),
        ("CRITICAL", "critical"),
        ("major", "major"),
        ("page", "critical"),
        ("none", "indeterminate"),
    ],
)
def test_severities_of_theirs_and_those_that_other_systems_put_there(word: str, severity: str) -> None:
    assert report(payload=payload(severity=word)).severity == severity


@pytest.mark.parametrize(
    ("parts", "errors"),
    [
        ({"routing_key": None}, ["'routing_key' cannot be blank"]),
        ({"routing_key": " "}, ["'routing_key' cannot be blank"]),
        ({"routing_key": ["x"]}, ["'routing_key' cannot be blank"]),
        ({"event_action": None}, ["'event_action' is missing or blank"]),
        (
            {"event_action": "triggered"},
            ["'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"],
        ),
        ({"event_action": "resolve", "dedup_key": None}, ["'dedup_key' is missing or blank"]),
        ({"event_action": "acknowledge", "dedup_key": ""}, ["'dedup_key' is missing or blank"]),
        ({"dedup_key": "k" * 256}, ["'dedup_key' is too long (maximum is 255 characters)"]),
        ({"payload": None}, ["'payload' is missing or blank"]),
        ({"payload": "x"}, ["'payload' is missing or blank"]),
        ({"payload": payload(summary="  ")}, ["'payload.summary' is missing or blank"]),
        ({"payload": payload(source=None)}, ["'payload.source' is missing or blank"]),
        ({"payload": payload(severity=None)}, ["'payload.severity' is missing or blank"]),
        (
            {"payload": payload(severity="nope")},
            ["'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"],
        ),
    ],
)
def test_what_is_wrong_is_told_in_their_words(parts: dict[str, Any], errors: list[str]) -> None:
    assert faults(event(**parts)) == errors


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = read(b'{"payload":{}}')

    assert found is not None
    assert faults(found) == ["'routing_key' cannot be blank", "'event_action' is missing or blank"]


@pytest.mark.parametrize(
    "parts", [{"dedup_key": "k" * 255}, {"dedup_key": None}, {"payload": payload(summary="s" * 5000)}]
)
def test_what_they_take_or_we_can_keep_is_taken(parts: dict[str, Any]) -> None:
    assert faults(event(**parts)) == []


def test_a_long_summary_is_kept_whole() -> None:
    assert report(payload=payload(summary="s" * 5000)).summary == "s" * 5000


def test_numbers_are_taken_as_text() -> None:
    taken = report(dedup_key=29, payload=payload(source=7))

    assert (taken.key, taken.resource) == ("29", "7")


def test_a_sender_that_names_itself_says_nothing_of_the_resource() -> None:
    """Alertmanager does: one incident would gather all that it ever sends."""

    def of_alertmanager(**details: str) -> Report:
        return report(client="Alertmanager", payload=payload(source="Alertmanager", custom_details=details))

    assert of_alertmanager(num_firing="1").resource == ""
    assert of_alertmanager(instance="web-3").resource == "web-3"


@pytest.mark.parametrize(
    ("details", "labels"),
    [
        ("free text", (("custom_details", "free text"),)),
        ([1, "é"], (("custom_details", '[1, "é"]'),)),
        ({"": "nameless", "a": True}, (("a", "true"),)),
        (None, ()),
    ],
)
def test_details_of_any_shape_are_kept(details: object, labels: tuple[tuple[str, str], ...]) -> None:
    bare = {"summary": "s", "source": "h", "severity": "info", "custom_details": details}

    assert report(payload=bare).labels == labels


@pytest.mark.parametrize(
    "parts", [{"links": "x"}, {"links": [7, None, {"href": 7}]}, {"links": None}, {"links": [{"href": "\x1b]8;;x"}]}]
)
def test_the_link_is_the_clients_where_there_is_no_better_one(parts: dict[str, Any]) -> None:
    assert report(**parts).url == "https://mon.example.net"


def test_broken_text_is_mended_and_marked() -> None:
    found = read(json.dumps(FULL).replace("disk at", "disk \\ud800 at").encode())

    assert found is not None
    assert (report_of(found, "k", "pd").summary, report_of(found, "k", "pd").damaged) == ("disk \ufffd at 99%", True)


def test_a_routing_key_beside_the_body_counts_where_the_body_has_none() -> None:
    beside, within = read(b"{}", "from-the-header"), read(b'{"routing_key":"from-the-body"}', "from-the-header")

    assert beside is not None and within is not None
    assert (beside.routing_key, within.routing_key) == ("from-the-header", "from-the-body")


def test_the_routing_key_is_nowhere_in_what_is_kept() -> None:
    secret = FULL["routing_key"]
    kept = event(payload=payload(summary=f"key {secret}", custom_details={secret: [secret]})).without_key()

    assert secret not in repr(kept)
    assert report_of(kept, "k", "pd").summary == "key ***"
    assert faults(kept) == ["'routing_key' cannot be blank"]


@pytest.mark.parametrize("sent", [b"", b"{nope", b"[]", b"7", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_no_event(sent: bytes) -> None:
    assert read(sent) is None


def test_what_is_nested_too_deep_is_no_event() -> None:
    def nested(depth: int) -> bytes:
        return b'{"payload":' + b"[" * depth + b"]" * depth + b"}"

    assert read(nested(DEEPEST - 1)) is not None
    assert read(nested(DEEPEST)) is None


members = st.sampled_from(
    ("routing_key", "event_action", "dedup_key", "payload", "links", "client", "client_url", "images")
)
inside = st.sampled_from(
    ("summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details")
)


@given(st.dictionaries(members, json_values), st.dictionaries(inside, json_values))
def test_any_event_is_taken_or_told_what_is_wrong(parts: dict[str, Any], within: dict[str, Any]) -> None:
    for whole in (parts, FULL | parts, FULL | parts | {"payload": FULL["payload"] | within}):
        found = read(json.dumps(whole).encode())
        assert found is None or faults(found) or report_of(found, found.key, "pd").source == "pd"
