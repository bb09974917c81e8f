"""Alertmanager's webhook, version 4: the alerts of one group, sent when the group changes and again from time to time.

It brings an alert within a second, where a poll takes up to its interval. It is no substitute for the poll: of an alert
that ends while it is silenced no webhook ever tells. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

import msgspec

from noc_tui.incidents.model import Report
from noc_tui.sources.errors import Unreadable
from noc_tui.sources.prometheus import Told, read, report_of
from noc_tui.sources.reading import UNREADABLE, Odd, Parsed, instant, mended

_FIRING: Final = {"firing": True, "resolved": False}


class _Alert(Told, frozen=True, gc=False):
    status: str = ""
    ends_at: str | None = None


class _Group(msgspec.Struct, rename="camel"):
    alerts: list[msgspec.Raw]
    group_key: str = ""
    truncated_alerts: int = 0


_ALERT: Final = msgspec.json.Decoder(_Alert)
_GROUP: Final = msgspec.json.Decoder(_Group)
_SHAPE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def parse(body: bytes, source: str) -> Parsed:
    """Read a whole webhook; raise `Unreadable` when it is none.

    One odd alert in a good webhook is set aside, the rest goes on. If Alertmanager left alerts out (`max_alerts`), the
    number of them is set aside too, so that somebody hears of it.
    """
    group, alerts = _group(body)
    parsed = Parsed([], [])
    for item in alerts:
        taken = _read(item, source)
        if isinstance(taken, Report):
            parsed.reports.append(taken)
        else:
            parsed.odd.append(taken)
    if group.truncated_alerts > 0:
        parsed.odd.append(_left_out(group))
    return parsed


def _group(body: bytes) -> tuple[_Group, Iterable[bytes]]:
    """Return what is told of the group, and the JSON of each alert, still broken where the body's encoding is."""
    try:
        group = _GROUP.decode(body)
        return group, map(bytes, group.alerts)
    except UNREADABLE as error:
        whole = mended(body)
        if whole is None:
            raise _unreadable(body, error) from None
    try:
        group = _GROUP.decode(whole)
    except UNREADABLE as error:
        raise _unreadable(whole, error) from None
    broken = json.loads(body.decode("utf-8", "surrogateescape"))["alerts"]
    return group, [json.dumps(item).encode("ascii") for item in broken]


def _unreadable(body: bytes, error: Exception) -> Unreadable:
    try:
        _SHAPE.decode(body)
    except UNREADABLE:
        return Unreadable("This is no JSON object; a webhook of Alertmanager is one.")
    return Unreadable(f"This is no webhook of Alertmanager, version 4 ({error}).")


def _read(body: bytes, source: str) -> Report | Odd:
    found = read(body, _ALERT)
    if isinstance(found, Odd):
        return found
    alert, damaged = found
    firing = _FIRING.get(alert.status)
    if firing is None:
        return Odd("An alert is neither firing nor resolved.", body, alert.fingerprint or "")
    at = None if firing else instant(alert.ends_at or "")
    return report_of(alert, source, firing=firing, at=at, damaged=damaged)


def _left_out(group: _Group) -> Odd:
    count = group.truncated_alerts
    told = {"groupKey": group.group_key, "truncatedAlerts": count}
    return Odd(
        f"Alertmanager left {count:,} alerts of a group out: raise max_alerts of its webhook, or poll it.",
        msgspec.json.encode(told),
    )
