"""The one HTTP client: every exchange has a deadline for all of it, and a cap on what it may bring."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Final, Self

import httpx
import msgspec

from noc_tui import __version__
from noc_tui.net import tls
from noc_tui.net.address import host_of, is_loopback, shown
from noc_tui.net.backoff import retry_after
from noc_tui.net.errors import BadLogin, Garbled, NotAllowed, Redirected, RefusedStatus, TimedOut, TooLarge
from noc_tui.net.inflate import Body, CannotInflate, Lines, Overflow
from noc_tui.net.login import Login
from noc_tui.net.said import said
from noc_tui.net.translating import as_ours

_CONNECT_SHARE: Final = 0.45
"""The part of the deadline for the connection, and again for the TLS handshake.

Together less than all of it: httpcore leaves the socket open when a handshake is cancelled from outside.
"""

_REFUSAL_CAP: Final = 64 * 1024
"""Bytes kept of the body of a refusal; the rest is not read."""


class HttpAnswer(msgspec.Struct, frozen=True):
    """What came back: `headers` have lower-case names, `body` is unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpClient:
    """Speaks HTTP under our rules and keeps its connections open; use it as an async context manager.

    Nothing is taken from the environment (no proxy, .netrc or certificate file), redirects are not followed,
    and certificates are always checked. `until`, by the monotonic clock, ends every exchange of `send` whatever its own
    deadline. `transport` replaces the network in tests.
    """

    def __init__(
        self,
        *,
        login: Login | None = None,
        ca_file: Path | None = None,
        proxy: str | None = None,
        until: float | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._login = login
        self._ca_file = ca_file
        self._proxy = proxy
        self._until = until
        self._transport = transport
        self._made: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the client may be used again afterwards."""
        made, self._made = self._made, None
        if made is not None:
            await made.aclose()

    async def get_json_bytes(
        self, url: str, *, deadline: float, cap: int, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """Fetch a JSON body without looking into it; any status but 2xx raises `RefusedStatus`.

        `deadline` is in seconds, `cap` in bytes after decompression.
        """
        wanted = {"accept": "application/json", **(headers or {})}
        answer = await self.send("GET", url, deadline=deadline, cap=cap, headers=wanted)
        if 200 <= answer.status < 300:
            return answer
        raise self._refusal(answer, shown(url))

    async def ask(
        self,
        url: str,
        *,
        deadline: float,
        cap: int,
        content: bytes | None = None,
        kind: str = "application/json",
        but: Collection[int] = (),
        heard: Callable[[], None] | None = None,
    ) -> HttpAnswer:
        """Ask for JSON: GET, or with a content of a `kind` POST; other than 2xx and those in `but` is `RefusedStatus`.

        The rest is as for `send`.
        """
        wanted = {"accept": "application/json"} | ({"content-type": kind} if content is not None else {})
        method = "GET" if content is None else "POST"
        answer = await self.send(method, url, deadline=deadline, cap=cap, headers=wanted, content=content, heard=heard)
        if 200 <= answer.status < 300 or answer.status in but:
            return answer
        raise self._refusal(answer, shown(url))

    async def lines(
        self, url: str, *, deadline: float, stall: float, cap: int, longest: int
    ) -> AsyncGenerator[bytes, None]:
        """Yield the lines of a streamed body (NDJSON) as they come; any status but 2xx raises `RefusedStatus`.

        `deadline` is in seconds for all of it, `stall` for each next piece; `cap` is in bytes for all of it, `longest`
        for one line, after decompression. Raises the `NetError` tree, also for a body that is cut off.
        """
        place = shown(url)
        end = asyncio.get_running_loop().time() + deadline
        with as_ours(place, stall, stall * _CONNECT_SHARE):
            async with asyncio.timeout(stall):
                request = self._request("GET", url, stall, {"accept": "application/x-ndjson"})
                response = await self._client().send(request, stream=True)
            try:
                _follow_nowhere(response, place)
                if not 200 <= response.status_code < 300:
                    async with asyncio.timeout(stall):
                        body = await _read(response, _REFUSAL_CAP, place)
                    raise self._refusal(_answer(response, body), place)
                reader = Lines(response.headers.get("content-encoding", ""), cap=cap, longest=longest)
                async with aclosing(_chunks(response, stall, end, place)) as chunks:
                    async for chunk in chunks:
                        for line in reader.feed(chunk):
                            yield line
                reader.finish()
            except CannotInflate as error:
                raise _garbled(place, error) from None
            except Overflow as error:
                raise TooLarge(f"{place} sent more than {error}; see what is behind that address.", place) from None
            finally:
                await response.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        deadline: float,
        cap: int,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        heard: Callable[[], None] | None = None,
    ) -> HttpAnswer:
        """Send one request and return the answer, whatever its status; a redirect is an error.

        Of the body of a refusal (400 and up) at most 64 KiB are kept. `heard` is called for each piece of the body.
        Raises the `NetError` tree.
        """
        place = shown(url)
        deadline = self._within(deadline, place)
        with as_ours(place, deadline, deadline * _CONNECT_SHARE):
            async with asyncio.timeout(deadline):
                request = self._request(method, url, deadline, headers or {}, content)
                return await self._exchange(request, cap, heard)

    def _within(self, deadline: float, place: str) -> float:
        """Return a deadline that ends no later than we do."""
        if self._until is None:
            return deadline
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimedOut(f"{place} was not asked: there was no time left; try again.", place)
        return min(deadline, left)

    def _request(
        self, method: str, url: str, deadline: float, headers: Mapping[str, str], content: bytes | None = None
    ) -> httpx.Request:
        own = {"accept-encoding": "gzip", "user-agent": f"noc-tui/{__version__}", **headers}
        return self._client().build_request(
            method,
            url,
            headers=own | self._credentials(url),
            content=content,
            extensions={"timeout": {"connect": deadline * _CONNECT_SHARE}},
        )

    def _credentials(self, url: str) -> dict[str, str]:
        """Return the header that says who we are, if we are anybody; raise `BadLogin` where it could be read."""
        if self._login is None:
            return {}
        if url.lower().startswith("https://") or is_loopback(url):
            return {"authorization": self._login.header()}
        raise BadLogin(
            f"{shown(url)} is plain http to another host, where a password can be read on the way; use https.",
            shown(url),
        )

    def _client(self) -> httpx.AsyncClient:
        if self._made is None:
            self._made = httpx.AsyncClient(
                verify=tls.context(self._ca_file),
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # each exchange has one deadline for all of it instead
                proxy=self._proxy,
                transport=self._transport,
            )
        return self._made

    async def _exchange(self, request: httpx.Request, cap: int, heard: Callable[[], None] | None) -> HttpAnswer:
        place = shown(str(request.url))
        response = await self._client().send(request, stream=True)
        try:
            _follow_nowhere(response, place)
            return _answer(response, await _read(response, cap, place, heard))
        finally:
            await response.aclose()

    def _refusal(self, answer: HttpAnswer, place: str) -> RefusedStatus:
        text = said(answer.body)
        if self._login is not None:
            text = self._login.redact(text)
        told = f"{place} answered {answer.status}" + (f" ({text})" if text else "")
        asked = retry_after(answer.headers.get("retry-after", ""), answer.headers.get("date", ""))
        if answer.status in (401, 403, 407):
            return NotAllowed(f"{told}; check the credentials and what they allow.", place, answer.status, asked)
        return RefusedStatus(f"{told}; {_advice(answer.status)}.", place, answer.status, asked)


def _advice(status: int) -> str:
    if status == 429:
        return "wait a moment before it is asked again"
    return "the server has trouble of its own" if status >= 500 else "check the address"


def _follow_nowhere(response: httpx.Response, place: str) -> None:
    if 300 <= response.status_code < 400:
        raise Redirected(
            f"{place} sends us to {host_of(response.headers.get('location', ''))}, and redirects are not followed; if "
            "that is right, use the new address.",
            place,
        )


async def _read(response: httpx.Response, cap: int, place: str, heard: Callable[[], None] | None = None) -> bytes:
    """Read the body up to the cap; a refusal's is cut, any other that is larger raises `TooLarge`."""
    refused = response.status_code >= 400
    limit = min(cap, _REFUSAL_CAP) if refused else cap
    try:
        body = Body(response.headers.get("content-encoding", ""), limit)
        async for chunk in response.aiter_raw():
            if heard is not None:
                heard()
            if body.feed(chunk):
                continue
            if refused:
                return body.collected()
            raise TooLarge(
                f"{place} sent more than {cap:,} bytes; ask for less, or see what is behind that address.",
                place,
            )
        return body.finish()
    except CannotInflate as error:
        raise _garbled(place, error) from None


async def _chunks(response: httpx.Response, stall: float, end: float, place: str) -> AsyncGenerator[bytes, None]:
    """Yield the pieces of a body as they come off the wire; TimedOut when the next one is not there in time."""
    clock = asyncio.get_running_loop().time
    chunks = aiter(response.aiter_raw())
    while True:
        try:
            async with asyncio.timeout(max(0.0, min(stall, end - clock()))):
                chunk = await anext(chunks, None)
        except TimeoutError:
            late = "took too long for all of its answer" if clock() >= end else f"fell silent for {stall:g} s"
            raise TimedOut(f"{place} {late}; see whether it is overloaded or the way to it is slow.", place) from None
        if chunk is None:
            return
        yield chunk


def _answer(response: httpx.Response, body: bytes) -> HttpAnswer:
    return HttpAnswer(response.status_code, dict(response.headers), body)


def _garbled(place: str, error: CannotInflate) -> Garbled:
    return Garbled(f"The answer of {place} is {error}; see what stands between it and us.", place)
