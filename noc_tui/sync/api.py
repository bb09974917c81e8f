"""The routes of a remote store, one call each (journal/exchange.py): values in, values out.

Every call has a deadline for all of it and a cap on what it may bring. What goes wrong is the tree of `net.errors`; a
fork and an archived history are answers, not errors.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec

from noc_tui.incidents.model import Micros
from noc_tui.journal.beside import Presence
from noc_tui.journal.exchange import (
    Cursor,
    Fork,
    Gone,
    History,
    Page,
    Prior,
    PriorAsked,
    Push,
    Pushed,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
)
from noc_tui.journal.finding import FoundLine
from noc_tui.net.client import HttpAnswer, HttpClient
from noc_tui.net.errors import Garbled, NetError, NotAllowed

T = TypeVar("T")
Shape = dict[str, Any]
"""A JSON object as scripts see it (DESIGN.md 6)."""
SnapshotLine = SnapshotStart | SnapshotRows | SnapshotEnd

DEADLINE: Final = 10.0
"""Seconds for a question that a person waits for."""
SNAPSHOT_DEADLINE: Final = 900.0
"""Seconds for a whole snapshot."""
STALL: Final = 20.0
"""Seconds that a snapshot may be silent."""

_MIB: Final = 1024 * 1024
_CAP: Final = 64 * _MIB
"""Bytes of one answer: a page of a thousand events, each of a few fields of 16 KiB."""
_SNAPSHOT_CAP: Final = 2048 * _MIB
_LINE_CAP: Final = 16 * _MIB

_FORK: Final = 409
_GONE: Final = 410
_ABSENT: Final = 404
_UNKNOWN: Final = 401


def in_words(error: NetError, url: str) -> str:
    """Return what a person has to know of an error with the store at `url`: what to do if the token is the reason."""
    if isinstance(error, NotAllowed) and error.status == _UNKNOWN:
        return (
            f"{url} does not know our token: it was revoked, has expired, or is another store's; run `noc-tui login "
            f"{url} --as NAME` with a new one."
        )
    return str(error)


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Whose token it is that we come with, as the server says; `version` is the server's own."""

    name: str
    role: str
    source: str = ""
    version: str = ""
    time: Micros = 0


class AlertAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one alert: `alert` is its key, `incident` a number as text, if there is any."""

    outcome: str
    alert: str | None = None
    incident: str | None = None
    reason: str | None = None


class _AlertAnswers(msgspec.Struct, frozen=True):
    answers: tuple[AlertAnswer, ...]


class Api:
    """One server's routes; `url` is a `Remote`'s, `client` brings login, certificates and proxy along."""

    def __init__(self, url: str, client: HttpClient) -> None:
        self.url = url
        self._base = f"{url}/v1"
        self._client = client

    # The link

    async def page(  # noqa: PLR0913 - what a poll tells, all named at the call
        self,
        cursor: Cursor | None,
        *,
        limit: int,
        wait: float,
        deadline: float,
        beside: int | None = None,
        here: Sequence[Presence] = (),
        ahead: Cursor | None = None,
        heard: Callable[[], None] | None = None,
    ) -> Page | Fork | Gone:
        """Return what follows a cursor, held by the server up to `wait` seconds; without a cursor where its end is.

        With `beside`, the version held of what is beside the journal, a newer one ends the wait, too.
        A Fork if `ahead`, a later place of the same history, is not on the server's.
        `heard` is called for each sign of life that comes while the answer is held.
        """
        wanted: list[tuple[str, str]] = [("limit", str(limit)), ("wait", f"{wait:g}")]
        if beside is not None:
            wanted.append(("beside", str(beside)))
        if cursor is not None:
            wanted += [("epoch", cursor.epoch.hex()), ("after", str(cursor.seq)), ("hash", cursor.hash.hex())]
        if ahead is not None:
            wanted += [("ahead", str(ahead.seq)), ("ahead_hash", ahead.hash.hex())]
        wanted += [("here", f"{one.origin},{one.incident},{one.doing}") for one in here]
        answer = await self._client.ask(
            f"{self._base}/journal?{urlencode(wanted)}",
            deadline=deadline,
            cap=_CAP,
            but=(_FORK, _GONE),
            heard=heard,
        )
        if answer.status == _FORK:
            return self._read(answer, Fork, "journal")
        if answer.status == _GONE:
            return self._read(answer, Gone, "journal")
        return self._read(answer, Page, "journal")

    async def snapshot(self, deadline: float = SNAPSHOT_DEADLINE) -> AsyncGenerator[SnapshotLine, None]:
        """Yield the lines of a snapshot as they come, the last one a `SnapshotEnd`; Garbled if it ends without one."""
        lines = self._client.lines(
            f"{self._base}/snapshot", deadline=deadline, stall=STALL, cap=_SNAPSHOT_CAP, longest=_LINE_CAP
        )
        try:
            async for text in lines:
                try:
                    line = _LINES.decode(text)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    raise self._garbled("snapshot") from None
                yield line
                if isinstance(line, SnapshotEnd):
                    return
            raise self._garbled("snapshot")
        finally:
            await lines.aclose()

    async def prior(self, asked: PriorAsked, deadline: float = DEADLINE) -> Prior:
        """Return how these incidents and alerts were."""
        return self._read(await self._post("prior", asked, deadline), Prior, "prior")

    async def history(self, number: int, deadline: float = DEADLINE) -> History | None:
        """Return all that the journal tells of an incident, None if there is no such incident."""
        answer = await self._get(f"history/{number}", deadline=deadline, but=(_ABSENT,))
        return None if answer.status == _ABSENT else self._read(answer, History, "history")

    async def push(self, push: Push, deadline: float = DEADLINE) -> Pushed | Fork:
        """Hand commands over and return the outcome of each; a Fork if they were made on another history."""
        answer = await self._post("commands", push, deadline, but=(_FORK,))
        if answer.status == _FORK:
            return self._read(answer, Fork, "commands")
        return self._read(answer, Pushed, "commands")

    # What a person or a script asks

    async def me(self) -> Me:
        """Return who we are there."""
        return self._read(await self._get("me"), Me, "me")

    async def incidents(
        self, query: str = "", *, offset: int = 0, limit: int | None = None, sort: str = "", closed: str = ""
    ) -> list[Shape]:
        """Return the incidents that a query finds, as scripts see them, in the board's order or in another.

        The query's times are meant in the zone that is `offset` minutes east of UTC. `closed` is `true` for what is
        closed as well, `only` for that alone.
        """
        wanted = {"q": query, "sort": sort, "closed": closed, "offset": str(offset)}
        if limit is not None:
            wanted["limit"] = str(limit)
        return self._read(await self._get("incidents", wanted), list[Shape], "incidents")

    async def board(self, at: str, query: str = "", *, offset: int = 0) -> list[Shape]:
        """Return the board as it was at an instant (ISO 8601), as scripts see it; the rest is as for `incidents`."""
        wanted = {"at": at, "q": query, "offset": str(offset)}
        return self._read(await self._get("board", wanted), list[Shape], "board")

    async def search(self, words: str, limit: int) -> list[FoundLine]:
        """Return the incidents in which all words were found, the newest mention first."""
        wanted = {"q": words, "limit": str(limit)}
        return self._read(await self._get("search", wanted), list[FoundLine], "search")

    async def policy(self) -> Shape:
        """Return the policy."""
        return self._read(await self._get("policy"), Shape, "policy")

    async def alerts(self, lines: bytes, deadline: float) -> tuple[AlertAnswer, ...]:
        """Hand alerts over, one JSON object a line, and return what came of each, in order, once all are durable."""
        answer = await self._client.ask(
            f"{self._base}/alerts", deadline=deadline, cap=_CAP, content=lines, kind="application/x-ndjson"
        )
        return self._read(answer, _AlertAnswers, "alerts").answers

    # Requests

    async def _get(
        self, path: str, query: dict[str, str] | None = None, *, deadline: float = DEADLINE, but: tuple[int, ...] = ()
    ) -> HttpAnswer:
        given = {name: text for name, text in (query or {}).items() if text}
        asked = f"?{urlencode(given)}" if given else ""
        return await self._client.ask(f"{self._base}/{path}{asked}", deadline=deadline, cap=_CAP, but=but)

    async def _post(self, path: str, value: Any, deadline: float, but: tuple[int, ...] = ()) -> HttpAnswer:
        return await self._client.ask(
            f"{self._base}/{path}",
            deadline=deadline,
            cap=_CAP,
            content=msgspec.json.encode(value),
            but=but,
        )

    def _read(self, answer: HttpAnswer, kind: type[T], path: str) -> T:
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._garbled(path) from None

    def _garbled(self, path: str) -> Garbled:
        place = f"{self._base}/{path}"
        return Garbled(f"{place} sent something else than was asked for; see whether noc-tui serves there.", place)


_LINES: Final = msgspec.json.Decoder(SnapshotStart | SnapshotRows | SnapshotEnd)
