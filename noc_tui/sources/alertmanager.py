"""Prometheus Alertmanager, API version 2: `GET /api/v2/alerts`, all of it, at every poll.

Alertmanager has no cursor and no resolved alerts: an alert that ended is just not in the answer any more. Its
webhooks alone would not do: for one that ends while silenced none is ever sent.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from noc_tui.incidents.model import Micros, Report
from noc_tui.net.address import accept
from noc_tui.net.client import HttpAnswer, HttpClient
from noc_tui.net.errors import BadUrl
from noc_tui.net.said import said
from noc_tui.sources.differ import Known, compare
from noc_tui.sources.errors import BadSource, Unreadable
from noc_tui.sources.prometheus import Told, read, report_of
from noc_tui.sources.reading import UNREADABLE, Odd, Parsed, instant, pieces
from noc_tui.sources.source import Polled, SourceTest, check_name

CAP: Final = 256 * 1024 * 1024
"""Bytes: the largest answer taken; about half a million alerts."""
DEADLINE: Final = 30.0
"""Seconds for one whole answer."""
SETTLING: Final = 300.0
"""Seconds after its start during which a missing alert is not taken for a cleared one.

Alertmanager keeps no alerts over a restart; Prometheus sends them again, each after up to a minute and an
evaluation. Five minutes are the default of its own `resolve_timeout`.
"""

_PASTED: Final = re.compile(r"/api/v[12](/.*)?$")


class _Status(msgspec.Struct, rename="camel", frozen=True, gc=False):
    state: str = ""
    silenced_by: list[str] | None = None
    inhibited_by: list[str] | None = None
    muted_by: list[str] | None = None


class _Alert(Told, frozen=True, gc=False):
    """A `gettableAlert` of the API."""

    updated_at: str | None = None
    status: _Status | None = None


class _Version(msgspec.Struct, rename="camel"):
    version: str = ""


class _Server(msgspec.Struct, rename="camel"):
    """The answer of `GET /api/v2/status`; `uptime` is the time of the start."""

    version_info: _Version | None = None
    uptime: str = ""


_ANSWER: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ALERT: Final = msgspec.json.Decoder(_Alert)
_SERVER: Final = msgspec.json.Decoder(_Server)


def validate_url(text: str) -> str:
    """Return the base address of an Alertmanager from what a person typed or pasted; raise `BadSource`.

    A path prefix is kept; a trailing slash, `/api/v2...` and the `#/alerts` of its pages are not.
    """
    try:
        address = accept(text)
    except BadUrl as error:
        raise BadSource(f"{error} An Alertmanager is given like http://127.0.0.1:9093") from None
    if address.user or address.password:
        raise BadSource("The address holds a user or password; give it without: none can be kept yet.")
    return _PASTED.sub("", address.url)


def parse(body: bytes, source: str) -> Parsed:
    """Read a whole answer; raise `Unreadable` when it is not a JSON array.

    One odd alert in a good answer is set aside, the rest goes on.
    """
    parsed = Parsed([], [])
    for item in _items(body):
        taken = _read(item, source)
        if isinstance(taken, Report):
            parsed.reports.append(taken)
        else:
            parsed.odd.append(taken)
    return parsed


def _items(body: bytes) -> Iterable[bytes]:
    """Return the JSON of each alert in an answer."""
    try:
        return map(bytes, _ANSWER.decode(body))
    except UNREADABLE:
        items = pieces(body)
    if items is not None:
        return items
    if body.lstrip().startswith(b"["):
        raise Unreadable("The list of alerts is cut off or damaged; see what stands between us and the source.")
    told = said(body)
    raise Unreadable(
        "The answer is not a list of alerts" + (f" ({told})" if told else "") + "; see whether an Alertmanager is "
        "behind that address."
    )


def _read(body: bytes, source: str) -> Report | Odd:
    found = read(body, _ALERT)
    if isinstance(found, Odd):
        return found
    alert, damaged = found
    return report_of(
        alert,
        source,
        suppressed_by=_suppressed_by(alert.status),
        at=instant(alert.updated_at or ""),
        damaged=damaged,
    )


def _suppressed_by(status: _Status | None) -> str:
    """Name one silence, inhibiting alert or mute interval: the smallest, so that polls agree on it."""
    if status is None:
        return ""
    if status.silenced_by:
        return f"silence {min(status.silenced_by)}"
    if status.inhibited_by:
        return f"inhibited by {min(status.inhibited_by)}"
    if status.muted_by:
        return f"muted by {min(status.muted_by)}"
    return "source" if status.state == "suppressed" else ""


class Alertmanager:
    """One Alertmanager as a source; `known` comes from `differ.known_from` at the start."""

    def __init__(
        self,
        name: str,
        url: str,
        client: HttpClient,
        *,
        known: Known | None = None,
        settling: float = SETTLING,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.name = check_name(name)
        self.url = validate_url(url)
        self._client = client
        self._known = known or Known()
        self._settling = settling
        self._clock = clock

    async def poll(self) -> Polled:
        """Fetch all alerts and return what changed; after a `NetError` or `SourceError` nothing is gone."""
        parsed = await self._fetch()
        difference = await asyncio.to_thread(compare, self._known, parsed)
        if difference.gone and await self._has_just_started():
            difference = await asyncio.to_thread(compare, self._known, parsed, may_clear=False)
        return Polled(
            difference.appeared + difference.gone,
            difference.odd,
            len(parsed.reports) + len(parsed.odd),
            difference.known,
        )

    def keep(self, polled: Polled) -> None:
        """Compare with this poll from now on; call it when its reports are durable."""
        self._known = polled.known

    async def test(self) -> SourceTest:
        """Fetch version and alerts once, and measure how long the alerts took; raise as `poll` does."""
        server, _ = await self._server()
        began = self._clock()
        parsed = await self._fetch()
        round_trip: Micros = round((self._clock() - began) * 1_000_000)
        version = server.version_info.version if server.version_info else ""
        count = len(parsed.reports) + len(parsed.odd)
        return SourceTest(self.name, self.url, version, count, parsed.odd, parsed.reports[:5], round_trip)

    async def _fetch(self) -> Parsed:
        answer = await self._client.get_json_bytes(f"{self.url}/api/v2/alerts", deadline=DEADLINE, cap=CAP)
        return await asyncio.to_thread(parse, answer.body, self.name)  # a second of work at 100,000 alerts

    async def _server(self) -> tuple[_Server, HttpAnswer]:
        answer = await self._client.get_json_bytes(f"{self.url}/api/v2/status", deadline=DEADLINE, cap=CAP)
        try:
            return _SERVER.decode(answer.body), answer
        except UNREADABLE:
            raise Unreadable(
                f"{self.url}/api/v2/status does not answer like an Alertmanager; see what is behind it."
            ) from None

    async def _has_just_started(self) -> bool:
        """Tell whether it started within the settling time, by its own clock alone (ours may differ)."""
        server, answer = await self._server()
        return just_started(server.uptime, answer.headers.get("date", ""), self._settling)


def just_started(started: str, date: str, settling: float) -> bool:
    """Tell whether a server started (RFC 3339) less than `settling` seconds before an HTTP date.

    When either cannot be read it counts as long running.
    """
    since = instant(started)
    try:
        now = parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return False
    return since is not None and now - since / 1_000_000 < settling
