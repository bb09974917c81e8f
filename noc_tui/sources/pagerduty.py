"""PagerDuty's Events API v2: one event, as whatever can page PagerDuty sends it. Pure.

The fields are those of the PagerDuty Common Event Format. An event is refused only for what PagerDuty refuses it for,
and in its words, since senders know these and show them. Where refusing would lose an alert that we can keep, it is
taken: a severity in the words of another monitoring system, a summary that is too long (docs/decisions/0008).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Micros, Report
from noc_tui.sources.prometheus import SITE
from noc_tui.sources.reading import UNREADABLE, first_of, instant, mended, sorted_labels, web_address
from noc_tui.sources.severities import PERCEIVED

LONGEST_KEY: Final = 255
"""Characters of a dedup key: cut, two alerts could become one."""
DEEPEST: Final = 64
"""Levels of nesting."""
ACTIONS: Final = ("trigger", "acknowledge", "resolve")
HIDDEN: Final = "***"
"""What stands for the routing key, which is a secret, wherever the event is kept."""

_PAYLOAD: Final = ("summary", "source", "severity")
_CONTEXT: Final = ("component", "group", "class")
_RESOURCE: Final = ("resource", "instance", "host", "hostname", "node", "device")
_SERVICE: Final = ("service", "group")

Fields = dict[str, Any]


class Event(msgspec.Struct, frozen=True):
    """One event as it was sent, whatever is wrong with it."""

    fields: Fields
    damaged: bool = False

    @property
    def key(self) -> str:
        """The dedup key; "" where the sender leaves it to us."""
        return _text(self.fields.get("dedup_key"))

    @property
    def action(self) -> str:
        """What it asks for, one of `ACTIONS` if it is sound."""
        return _text(self.fields.get("event_action"))

    @property
    def routing_key(self) -> str:
        """The token that it came with."""
        return _text(self.fields.get("routing_key"))

    @property
    def payload(self) -> Fields:
        """What is wrong, with what, how badly; senders leave it out when they resolve."""
        return _object(self.fields.get("payload"))

    def without_key(self) -> Event:
        """Return the event without its routing key, wherever in it that stands."""
        fields = {name: value for name, value in self.fields.items() if name != "routing_key"}
        body = msgspec.json.encode(fields)
        if self.routing_key:
            body = body.replace(msgspec.json.encode(self.routing_key)[1:-1], HIDDEN.encode())
        return Event(msgspec.json.decode(body), self.damaged)


def read(body: bytes, routing_key: str = "") -> Event | None:
    """Return the event of a body, None when it is no JSON object; text broken only in its encoding is mended.

    `routing_key` is the one that came beside the body, for an event that has none in it.
    """
    value, damaged = _value(body), False
    if value is None:
        value, damaged = _value(mended(body) or b""), True
    if not isinstance(value, dict) or _is_deep(value):
        return None
    return Event({"routing_key": routing_key} | value if routing_key else value, damaged)


def faults(event: Event) -> list[str]:
    """Return what is wrong with an event, in PagerDuty's words where these are known; nothing when it can be taken."""
    return [*_head_faults(event), *(_payload_faults(event) if event.action == "trigger" else ())]


def report_of(event: Event, key: str, source: str) -> Report:
    """Return the report of a sound trigger or resolve under a dedup key.

    `anew`: each trigger tells of something that happened, so after a person resolved the incident it is another one.
    The timestamp is that of the event, not of the beginning.
    """
    payload = event.payload
    labels = dict(_labels(payload))
    firing = event.action == "trigger"
    return Report(
        source=source,
        key=key,
        firing=firing,
        severity=PERCEIVED.get(_text(payload.get("severity")).lower(), "indeterminate"),
        resource=_resource(event, labels),
        summary=_text(payload.get("summary")),
        service=first_of(labels, _SERVICE),
        site=first_of(labels, SITE),
        labels=sorted_labels(labels),
        url=_url(event.fields),
        at=_instant(payload.get("timestamp")),
        damaged=event.damaged,
        anew=firing,
    )


def _value(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except UNREADABLE:
        return None


def _is_deep(value: Any) -> bool:
    """Return whether a value is nested deeper than it can safely be walked through again."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inner(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inner(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _head_faults(event: Event) -> Iterator[str]:
    if not event.routing_key:
        yield "'routing_key' cannot be blank"
    if not event.action:
        yield "'event_action' is missing or blank"
    elif event.action not in ACTIONS:
        yield "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"
    elif not event.key and event.action != "trigger":
        yield "'dedup_key' is missing or blank"
    if len(event.key) > LONGEST_KEY:
        yield f"'dedup_key' is too long (maximum is {LONGEST_KEY} characters)"


def _payload_faults(event: Event) -> Iterator[str]:
    payload = event.payload
    if not payload:
        yield "'payload' is missing or blank"
        return
    for name in _PAYLOAD:
        if not _text(payload.get(name)):
            yield f"'payload.{name}' is missing or blank"
    severity = _text(payload.get("severity")).lower()
    if severity and severity not in PERCEIVED:
        yield ("'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')")


def _text(value: Any) -> str:
    """Return a text, or a number as text, as some senders write the ids of theirs; "" for all else."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _object(value: Any) -> Fields:
    return value if isinstance(value, dict) else {}


def _labels(payload: Fields) -> Iterator[tuple[str, str]]:
    """Yield the details and what the alert is a part of; what is no text is told as JSON."""
    details = payload.get("custom_details")
    for name, value in _object(details).items():
        if name and value is not None:
            yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if details is not None and not isinstance(details, dict):
        yield "custom_details", details if isinstance(details, str) else json.dumps(details, ensure_ascii=False)
    for name in _CONTEXT:
        text = _text(payload.get(name))
        if text:
            yield name, text


def _resource(event: Event, labels: dict[str, str]) -> str:
    """Return what the alert is about. A sender that names itself there (Alertmanager does) says nothing of it.

    All its alerts would else be grouped into one incident.
    """
    resource = _text(event.payload.get("source"))
    if resource == _text(event.fields.get("client")):
        return first_of(labels, _RESOURCE)
    return resource


def _url(fields: Fields) -> str:
    links = fields.get("links")
    found = [_text(_object(link).get("href")) for link in links] if isinstance(links, list) else []
    addresses = [web_address(text) for text in (*found, _text(fields.get("client_url")))]
    return next(filter(None, addresses), "")


def _instant(value: Any) -> Micros | None:
    return instant(value.strip()) if isinstance(value, str) else None
