"""The journal's tail by cursor, held while there is nothing new (long poll).

An idle poll asks the store nothing. One that is held longer than a moment is answered piecemeal: blanks, which JSON
allows ahead of a value, tell that the server lives, then the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from noc_tui.journal.beside import Presence
from noc_tui.journal.exchange import LIMIT, LONGEST_WAIT, MOST, Cursor, Fork, Gone
from noc_tui.server.asking import bad, bytes_in, desk_of, identity_of, number_in, seconds_in
from noc_tui.server.desk import Desk
from noc_tui.server.gate import bearer_of
from noc_tui.server.presence import AT_ONE, presence_of
from noc_tui.server.refusing import JSON, json_response
from noc_tui.server.token_watch import Stay
from noc_tui.server.zipping import zipped

BEAT: Final = 2.0
"""Seconds between two signs of life while a poll is held: what is younger than 3 s counts as live."""

_encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, frozen=True):
    """What a poll asks for; `beside` is the version held, None for one who does not care.

    `ahead` is up to where the asker's rows may be newer than his cursor: that must be on our history, too.
    """

    cursor: Cursor
    ahead: Cursor | None
    limit: int
    wait: float
    beside: int | None


async def journal(request: Request) -> Response:
    """Answer with the events after a cursor, at once or when there are some."""
    desk = desk_of(request)
    stay = Stay(desk.token_watch, bearer_of(request.scope))
    people = _people(request, desk)
    asked = _asked(request, desk)
    trouble = await desk.tail.check(asked.cursor)
    if trouble is None and asked.ahead is not None:
        trouble = await desk.tail.check(asked.ahead)
    if trouble is not None:
        return off_history(desk, trouble)
    poll = Poll(desk, asked, people, identity_of(request).role)
    body = await poll.page()
    if body is not None or asked.wait == 0:
        desk.present.arrive(people)
        desk.present.leave(people)
        return await zipped(request, body or poll.bookmark(), JSON)
    return Held(poll, stay)


def off_history(desk: Desk, trouble: Fork | Gone) -> Response:
    """Return the answer to a cursor that is not on our history."""
    if isinstance(trouble, Gone):
        return json_response(trouble, 410)
    desk.metrics.forks += 1
    return json_response(trouble, 409)


class Poll:
    """One poll: what it gets now, and what it waits for; `role` is what its sender may do."""

    def __init__(self, desk: Desk, asked: Asked, people: Sequence[Presence], role: str) -> None:
        self.role = role
        self.desk = desk
        self.asked = asked
        self.people = people

    async def page(self) -> bytes | None:
        """Return the page there is now; None if nothing is new."""
        desk, asked = self.desk, self.asked
        seq = asked.cursor.seq
        events = await desk.tail.after(seq, asked.limit) if desk.tail.head.seq > seq else ()
        newer = asked.beside is not None and desk.present.beside.version > asked.beside
        return self._body(events, with_beside=newer) if events or newer else None

    def bookmark(self) -> bytes:
        """Return the page of one who has got all there is."""
        return self._body((), with_beside=False)

    def _body(self, events: Sequence[bytes], *, with_beside: bool) -> bytes:
        desk, cursor = self.desk, self.asked.cursor
        head = _encode(
            {
                "epoch": cursor.epoch,
                "after": cursor.seq,
                "hash": cursor.hash,
                "head": desk.tail.head.seq,
                "time": desk.clock(),
                "role": self.role,
            }
        )
        parts = [head[:-1]]
        if events:
            parts += [b',"events":[', b",".join(events), b"]"]
        if with_beside:
            parts += [b',"beside":', _encode(desk.present.beside)]
        parts.append(b"}")
        return b"".join(parts)


class Held(Response):
    """The answer to a poll that waits: blanks while nothing is new, then a page."""

    def __init__(self, poll: Poll, stay: Stay) -> None:
        super().__init__(media_type=JSON)
        del self.headers["content-length"]
        self.held = True
        self._poll = poll
        self._stay = stay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer when there is something new, when the time or the token is over, or when the server stops."""
        desk, people = self._poll.desk, self._poll.people
        desk.present.arrive(people)
        desk.watch.held += 1
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await self._answer(send, gone)
        finally:
            gone.cancel()
            desk.watch.held -= 1
            desk.present.leave(people)

    async def _answer(self, send: Send, gone: asyncio.Future[None]) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._poll.asked.wait
        watch = self._poll.desk.watch
        started = False
        while not gone.done():
            news = watch.news
            stays = self._stay.lasts()
            body = await self._poll.page() if stays else None
            left = until - loop.time()
            if body is None and (left <= 0 or watch.stopped.is_set() or not stays):
                body = self._poll.bookmark()
            if body is not None:
                await self._end(send, body, started=started)
                return
            if not await _either(news, gone, min(left, BEAT)):
                await self._beat(send, started=started)
                started = True

    async def _beat(self, send: Send, *, started: bool) -> None:
        if not started:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b" ", "more_body": True})

    async def _end(self, send: Send, body: bytes, *, started: bool) -> None:
        if not started:
            headers = [*self.raw_headers, (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _gone(receive: Receive) -> None:
    """Return when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _either(news: asyncio.Event, gone: asyncio.Future[None], seconds: float) -> bool:
    """Wait until there is news or the client has gone, at most so long; return whether either is so."""
    waiting = asyncio.ensure_future(news.wait())
    try:
        done, _ = await asyncio.wait((waiting, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not waiting.done():
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting
    return bool(done)


def _asked(request: Request, desk: Desk) -> Asked:
    query = request.query_params
    head = desk.tail.head
    cursor = Cursor(head.epoch, head.seq, head.hash)
    if query.get("epoch"):
        cursor = Cursor(bytes_in(query, "epoch"), number_in(query, "after", 0), bytes_in(query, "hash"))
        wait = seconds_in(query, "wait", LONGEST_WAIT)
    else:
        wait = 0.0  # a probe
    ahead = None
    if query.get("ahead"):
        ahead = Cursor(cursor.epoch, number_in(query, "ahead", 0), bytes_in(query, "ahead_hash"))
    limit = number_in(query, "limit", LIMIT, MOST)
    if limit == 0:
        raise bad("limit is a number of events, at least 1.")
    beside = number_in(query, "beside", 0) if "beside" in query else None
    return Asked(cursor, ahead, limit, wait, beside)


def _people(request: Request, desk: Desk) -> list[Presence]:
    said = request.query_params.getlist("here")[:AT_ONE]
    if not said:
        return []
    actor, now = identity_of(request).name, desk.clock()
    found = (presence_of(actor, one, now) for one in said)
    return [one for one in found if one is not None]
