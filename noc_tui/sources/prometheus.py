"""An alert as Prometheus and Alertmanager tell it, polled or pushed: which label says what. Pure.

One place for both ways, so that an alert that comes by the webhook and is polled too is the same alert.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from noc_tui.incidents.model import Micros, Report
from noc_tui.sources.reading import (
    UNREADABLE,
    Odd,
    first_of,
    instant,
    mended,
    sorted_labels,
    stand_in_key,
    web_address,
    without_port,
)
from noc_tui.sources.severities import perceived

SERVICE: Final = ("service", "job")
SITE: Final = ("site", "datacenter", "dc", "region")
"""Labels that name the service and the site; the first that says anything counts."""

_RESOURCE: Final = ("resource", "instance", "node", "host", "device")
_TARGETS: Final = frozenset(("instance", "node", "host"))
_SUMMARY: Final = ("summary", "description", "message")


class Told(msgspec.Struct, rename="camel", frozen=True, gc=False):
    """What both ways tell of an alert, as far as it is read here; null stands for absent."""

    labels: dict[str, str]
    annotations: dict[str, str] | None = None
    fingerprint: str | None = None
    starts_at: str | None = None
    generator_url: str | None = msgspec.field(default=None, name="generatorURL")


class _Fingerprint(msgspec.Struct):
    fingerprint: str = ""


A = TypeVar("A", bound=Told)

_FINGERPRINT: Final = msgspec.json.Decoder(_Fingerprint)


def read(body: bytes, decoder: msgspec.json.Decoder[A]) -> tuple[A, bool] | Odd:
    """Return one alert and whether its text had to be mended, which was broken only in its encoding; or why not."""
    damaged = False
    try:
        alert = decoder.decode(body)
    except UNREADABLE as error:
        whole = mended(body)
        try:
            alert = decoder.decode(whole or b"")
        except UNREADABLE as again:
            reason = again if whole else error
            return Odd(f"An alert cannot be read: {reason}.", body, _fingerprint(whole or body))
        damaged = True
    if not alert.labels:
        return Odd("An alert has no labels, so nobody can tell what it is about.", body, alert.fingerprint or "")
    return alert, damaged


def report_of(
    alert: Told,
    source: str,
    *,
    firing: bool = True,
    suppressed_by: str = "",
    at: Micros | None = None,
    damaged: bool = False,
) -> Report:
    """Return the report of an alert; how it is told whether it fires and is hidden differs between the two ways."""
    labels = alert.labels
    return Report(
        source=source,
        key=alert.fingerprint or stand_in_key(labels.items()),
        firing=firing,
        severity=perceived(labels.get("severity", "")),
        resource=_resource(labels),
        summary=first_of(alert.annotations or {}, _SUMMARY) or labels.get("alertname", ""),
        service=first_of(labels, SERVICE),
        site=first_of(labels, SITE),
        labels=sorted_labels(labels),
        url=web_address(alert.generator_url or ""),
        starts_at=_start(alert.starts_at or ""),
        suppressed_by=suppressed_by,
        at=at,
        damaged=damaged,
    )


def _fingerprint(body: bytes) -> str:
    """Return the fingerprint of an alert that cannot be read otherwise, or nothing."""
    try:
        return _FINGERPRINT.decode(body).fingerprint
    except UNREADABLE:
        return ""


def _start(text: str) -> Micros | None:
    """Return since when it fires, to the millisecond: the API tells no more of it, the webhook does."""
    since = instant(text)
    return None if since is None else since // 1000 * 1000


def _resource(labels: dict[str, str]) -> str:
    """Return what an alert is about; a port goes only from labels that hold the address of a target."""
    for name in _RESOURCE:
        value = labels.get(name, "").strip()
        if value:
            return without_port(value) if name in _TARGETS else value
    return ""
