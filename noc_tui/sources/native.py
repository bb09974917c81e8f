"""Our own form of an alert: one JSON object a line, as `noc-tui alert send --json -` and the API take it. Pure."""

from __future__ import annotations

import codecs
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import SEVERITIES, Micros, Report
from noc_tui.sources.errors import BadAlert, BadSource, Unreadable
from noc_tui.sources.reading import UNREADABLE, instant, mended, pieces, sorted_labels, stand_in_key
from noc_tui.sources.severities import PERCEIVED
from noc_tui.sources.source import check_name

LONGEST_LINE: Final = 512 * 1024
"""Bytes of one alert; PagerDuty's events API has the same limit."""
LONGEST_KEY: Final = 255
DEFAULT_SOURCE: Final = "script"

_TEXTS: Final = ("source", "key", "severity", "resource", "summary", "service", "site", "state", "starts_at")
_FIELDS: Final = (*_TEXTS, "labels")
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ANY: Final = msgspec.json.Decoder(msgspec.Raw)


def split(body: bytes) -> list[bytes]:
    """Return the alerts of a body, each for `parse_alert_json`: one object, an array of them, or one a line.

    Raise `Unreadable` for an array that is cut off or damaged: where its alerts begin and end cannot be told.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    if not body.lstrip().startswith(b"["):
        return [body] if _is_json(body) else [line for line in body.split(b"\n") if line.strip()]
    try:
        return [bytes(item) for item in _ITEMS.decode(body)]
    except UNREADABLE:
        items = pieces(body)
    if items is None:
        raise Unreadable("The array of alerts is cut off or damaged; send it again whole, or one alert a line.")
    return items


def parse_alert_json(line: bytes, source: str = DEFAULT_SOURCE) -> Report:
    """Return the report of one line; raise `BadAlert` with a sentence that names the field and what is allowed.

    Every field may be left out, but `key` or `resource` must say what it is about. Without a key, resource and
    summary together are the key: clear such an alert with the same two. Text that is broken only in its encoding is
    taken with U+FFFD, and the report is marked damaged. `source` is who reports it where the alert does not say.
    """
    fields, damaged = _object(line)
    texts = {name: _text(fields, name) for name in _TEXTS}
    return Report(
        source=_source(texts["source"] or source),
        key=_key(texts),
        firing=_firing(texts["state"]),
        severity=_severity(texts["severity"]),
        resource=texts["resource"],
        summary=texts["summary"],
        service=texts["service"],
        site=texts["site"],
        labels=sorted_labels(_labels(fields.get("labels", {}))),
        starts_at=_instant(texts["starts_at"]),
        damaged=damaged,
    )


def _object(line: bytes) -> tuple[dict[str, Any], bool]:
    """Return the fields of a line, none of them unknown, and whether its text had to be mended."""
    if len(line) > LONGEST_LINE:
        raise BadAlert(f"An alert is at most {LONGEST_LINE // 1024} KiB of JSON; this one has {len(line):,} bytes.")
    line = line.removeprefix(codecs.BOM_UTF8)
    value, damaged = _value(line), False
    if value is None:
        value, damaged = _value(mended(line) or b""), True
    if not isinstance(value, dict):
        raise BadAlert('This is no JSON object; an alert is one, on one line, like {"resource": "core-sw1"}.')
    unknown = sorted(name for name in value if name not in _FIELDS)
    if unknown:
        named = ", ".join(_quoted(name) for name in unknown[:5]) + (", …" if len(unknown) > 5 else "")
        raise BadAlert(f"There is no field {named}; an alert has {', '.join(_FIELDS)}.")
    return value, damaged


def _value(line: bytes) -> Any:
    """Return what the JSON says, None when it cannot be read."""
    try:
        return msgspec.json.decode(line)
    except UNREADABLE:
        return None


def _is_json(body: bytes) -> bool:
    """Return whether all of a body is one JSON value, its text perhaps broken in its encoding."""
    try:
        _ANY.decode(body)
    except UNREADABLE:
        return mended(body) is not None
    return True


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if isinstance(value, str):
        return value.strip()
    raise BadAlert(f"{name} must be text in quotes.")


def _source(text: str) -> str:
    try:
        return check_name(text)
    except BadSource as error:
        raise BadAlert(f"source {_quoted(text)} is not possible. {error}") from None


def _key(texts: dict[str, str]) -> str:
    key = texts["key"]
    if len(key) > LONGEST_KEY:
        raise BadAlert(f"key is at most {LONGEST_KEY} characters; this one has {len(key):,}.")
    if key:
        return key
    if not texts["resource"]:
        raise BadAlert("An alert needs key or resource, or it can never be recognised again.")
    return stand_in_key((name, texts[name]) for name in ("resource", "summary"))


def _firing(text: str) -> bool:
    if text in ("", "firing", "cleared"):
        return text != "cleared"
    raise BadAlert(f"state {_quoted(text)} is not known; it is firing or cleared.")


def _severity(text: str) -> str:
    """Other systems' words are taken too; a script that mistypes one is told, where a monitoring system is not."""
    severity = PERCEIVED.get(text.lower(), "") if text else SEVERITIES[0]
    if severity:
        return severity
    raise BadAlert(f"severity {_quoted(text)} is not known; it is one of {', '.join(reversed(SEVERITIES))}.")


def _labels(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadAlert('labels must be an object of texts, like {"tier": "1"}.')
    for name, text in value.items():
        if not isinstance(text, str):
            raise BadAlert(f"labels: {_quoted(name)} must be text in quotes.")
        if not name:
            raise BadAlert("labels: a label needs a name.")
    return value


def _instant(text: str) -> Micros | None:
    if not text:
        return None
    moment = instant(text)
    if moment is None:
        raise BadAlert(
            f"starts_at {_quoted(text)} is not a time; it is ISO 8601 with a zone, like 2026-01-31T03:14:07Z."
        )
    return moment


def _quoted(text: str) -> str:
    """Return what somebody else wrote as it may stand in a message."""
    return ascii(text if len(text) <= 40 else text[:39] + "…")
