"""Reading what a source sent, field by field, without letting one bad piece spoil the rest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from noc_tui.incidents.model import Labels, Micros, Report

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for JSON that is broken, of another shape, not UTF-8, or nested too deep."""

_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICRO: Final = timedelta(microseconds=1)


class Odd(msgspec.Struct, frozen=True):
    """One alert that could not be read: why (a sentence), its bytes, and its key if that was readable."""

    reason: str
    body: bytes
    key: str = ""


class Parsed(msgspec.Struct, frozen=True):
    """A whole answer of a source: every alert that it has, and those that could not be read."""

    reports: list[Report]
    odd: list[Odd]


def instant(text: str) -> Micros | None:
    """Return the instant of an RFC 3339 text, None when it has no zone, is unreadable or is before 1970.

    Digits beyond the microsecond are dropped. Go writes the year 1 for "no time": that is None too.
    """
    try:
        since = datetime.fromisoformat(text) - _EPOCH
    except (ValueError, TypeError, OverflowError):
        return None
    return since // _MICRO if since >= timedelta(0) else None


def stand_in_key(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a dedup key for an alert without one: 16 hex digits of SHA-256 over its sorted pairs."""
    data = json.dumps(sorted(pairs), ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return hashlib.sha256(data).hexdigest()[:16]


def first_of(labels: dict[str, str], names: Iterable[str]) -> str:
    """Return the first label among the names that says anything, or nothing."""
    for name in names:
        value = labels.get(name, "").strip()
        if value:
            return value
    return ""


def without_port(text: str) -> str:
    """Return `host` of `host:9100` and `::1` of `[::1]:9100`; a bare IPv6 address or a URL stays as it is."""
    host, colon, port = text.rpartition(":")
    if not (colon and port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) <= 65535):
        return text
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1]
    return host if host and ":" not in host else text


def web_address(text: str) -> str:
    """Return the text when it is an http or https address without anything that does not belong in one."""
    right = text[:8].lower().startswith(("http://", "https://")) and text.isprintable() and " " not in text
    return text if right else ""


def sorted_labels(labels: dict[str, str]) -> Labels:
    """Return labels as an alert keeps them."""
    return tuple(sorted(labels.items()))


def mended(body: bytes) -> bytes | None:
    """Return JSON with U+FFFD where its text is broken only in its encoding; None if it is whole or broken otherwise.

    Broken are bytes that are not UTF-8 and escaped halves of surrogate pairs.
    """
    text = _rewritten(body)
    if text is None or _is_whole(text):
        return None
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")


def pieces(body: bytes) -> list[bytes] | None:
    """Return the items of a JSON array whose text is broken in its encoding, each for `mended`; None for all else."""
    try:
        items = json.loads(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None
    return [json.dumps(item).encode("ascii") for item in items] if isinstance(items, list) else None


def _rewritten(body: bytes) -> str | None:
    """Return JSON again, with a lone surrogate for everything in it that is no character."""
    try:
        return json.dumps(json.loads(body.decode("utf-8", "surrogateescape")), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
