"""Slow, huge, malformed and greedy clients: each is refused in words, none holds a place for long."""

from __future__ import annotations

import asyncio
import gzip
from base64 import b64decode
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from noc_tui.server.limits import Limits
from tests.contract.server.house import bearer, house, token
from tests.contract.server.raw import Wire, port, request

HASTY = Limits(head_seconds=0.3, body_seconds=0.3, write_seconds=0.3, idle_seconds=1.0, body=4_096)
"""Deadlines that a test can wait for."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "noc.db"


async def test_a_head_that_does_not_come_is_not_waited_for(store: Path) -> None:
    async with port(store, HASTY) as server:
        for begun in (b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nhost: noc\r\nx-a: b\r\n"):
            async with server.wire() as wire:
                await wire.send(begun)
                answer = await wire.last_answer()
                assert (answer.status, answer.code) == (408, "slow")


async def test_a_head_that_drips_is_not_waited_for_either(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        answer = asyncio.create_task(wire.last_answer())
        await wire.send(b"GET /healthz HTTP/1.1\r\n")
        while not answer.done():
            await wire.send(b"x")
            await asyncio.wait((answer,), timeout=0.05)
        assert (await answer).status == 408


async def test_a_second_head_has_to_come_too(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        await wire.send(request("GET", "/healthz"))
        assert (await wire.head()).startswith("http/1.1 200")
        await wire.reader.readexactly(len(b'{"ok":true}'))
        await wire.send(b"GET /healthz HTTP/1.1\r\nx: ")
        assert (await wire.last_answer()).status == 408


async def test_a_body_that_does_not_come_is_not_waited_for(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        await wire.send(request("POST", "/v1/commands", token(store), content_length="100"), b'{"sent')
        answer = await wire.last_answer()
        assert (answer.status, answer.code) == (408, "slow")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_refused_before_it_has_come(store: Path, *, chunked: bool) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        if chunked:
            await wire.send(request("POST", "/v1/commands", token(store), transfer_encoding="chunked"))
            await wire.send(*[b"400\r\n", b"x" * 1_024, b"\r\n"] * 8)
        else:
            await wire.send(request("POST", "/v1/commands", token(store), content_length="1000000000000"), b"x" * 1_024)
        answer = await wire.last_answer()
        assert (answer.status, answer.code) == (413, "large")
        assert "connection: close" in answer.head


async def test_a_body_that_nobody_asked_for_does_not_go_on_for_ever(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        await wire.send(request("GET", "/healthz", content_length="1000000000"))
        assert (await wire.head()).startswith("http/1.1 200")
        await _push_until_closed(wire)


async def test_a_body_that_comes_after_its_answer_is_no_reason_to_hang_up(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        for _ in range(3):
            await wire.send(request("POST", "/v1/commands", "nobody.knows", content_length="1000"))
            answer = await wire.answer()
            assert (answer.status, answer.code) == (401, "token")
            assert "connection: close" not in answer.head
            await wire.send(b"x" * 500)
            await wire.send(b"x" * 500 + request("GET", "/healthz"))
            assert (await wire.answer()).status == 200
        assert not await wire.closed(), "it is not kept for ever either"


async def _push_until_closed(wire: Wire) -> None:
    closed = asyncio.create_task(wire.closed())
    while not closed.done():
        try:
            await wire.send(b"x" * 1_024)
        except ConnectionError:
            break
        await asyncio.wait((closed,), timeout=0.05)
    await asyncio.gather(closed, return_exceptions=True)


async def test_a_compressed_body_is_refused(store: Path) -> None:
    async with house(store) as served, served.bare(bearer(token(store))) as http:
        bomb = gzip.compress(bytes(1 << 20))
        answer = await http.post("/v1/commands", content=bomb, headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "encoded")


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 64,
        b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: noc\r\ncontent-length: -1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: noc\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: noc\r\n\r\n",
    ],
    ids=["tls", "zeros", "hosts", "no-colon", "negative", "lengths", "long"],
)
async def test_what_is_no_http_is_refused_and_closed(store: Path, noise: bytes) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        await wire.send(noise)
        answer = await wire.last_answer()
        assert answer.status in (400, 408, 431), answer
        assert b"Traceback" not in answer.body


ABSURD = {
    "a NUL in the path": request("GET", "/v1/incidents/%00"),
    "dots in the path": request("GET", "/v1/incidents/..%2f..%2fetc%2fpasswd"),
    "a number that is none": request("GET", "/v1/history/" + "9" * 400),
    "no Unicode": request("GET", "/v1/incidents?q=%ff%fe"),
    "a query of brackets": request("GET", "/v1/incidents?q=" + "(" * 4_000),
    "a query of words": request("GET", "/v1/incidents?q=" + "+a" * 3_000),
    "one name many times": request("GET", "/v1/journal?" + "limit=1&" * 900),
    "a limit beyond all": request("GET", "/v1/journal?limit=-1&wait=1e999&after=-5&epoch=zz&hash=zz"),
    "a time that never was": request("GET", "/v1/board?at=9999999-99-99"),
    "many headers": request("GET", "/healthz", **{f"x_{number}": "y" for number in range(500)}),
    "chunks that are none": request("POST", "/v1/commands", transfer_encoding="chunked") + b"zz\r\n\r\n",
    "a chunk without end": request("POST", "/v1/commands", transfer_encoding="chunked") + b"f" * 40 + b"\r\n",
    "two ways to tell a length": request("POST", "/v1/commands", transfer_encoding="chunked", content_length="4")
    + b"0\r\n",
    "an upgrade": request("GET", "/healthz", connection="upgrade", upgrade="websocket", sec_websocket_version="13"),
    "a method of its own": request("BREW", "/v1/journal"),
    "JSON without end": request("POST", "/v1/commands", content_length="4000") + b"[" * 4_000,
}


@pytest.mark.parametrize("absurd", ABSURD.values(), ids=ABSURD.keys())
async def test_what_is_absurd_is_refused_or_answered_and_nothing_of_ours_fails(store: Path, absurd: bytes) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        head, _, rest = absurd.partition(b"\r\n")
        await wire.send(head, f"\r\nauthorization: Bearer {token(store)}\r\n".encode(), rest)
        assert (await wire.answer()).status in (200, *range(400, 432)), absurd[:80]
        async with server.wire() as other:
            await other.send(request("GET", "/metrics", token(store, "kim")))
            assert b"noc_tui_bugs_total 0" in (await other.answer()).body.splitlines()


async def test_strangers_from_one_address_are_kept_few_and_those_with_a_token_are_not(store: Path) -> None:
    limits = Limits(strangers_of_one=3, head_seconds=5.0)
    async with port(store, limits) as server, AsyncExitStack() as stack:
        mine = token(store)
        for _ in range(5):  # more than there may be strangers
            wire = await stack.enter_async_context(server.wire())
            await wire.send(request("GET", "/v1/me", mine))
            assert (await wire.head()).startswith("http/1.1 200")
        for _ in range(3):
            await stack.enter_async_context(server.wire())
        async with server.wire() as wire:
            answer = await wire.last_answer()
        assert (answer.status, answer.code) == (503, "crowd")


async def test_a_place_that_was_given_up_can_be_taken_again(store: Path) -> None:
    async with port(store, Limits(strangers_of_one=1, head_seconds=5.0)) as server:
        for _ in range(5):
            async with server.wire() as wire:
                await wire.send(request("GET", "/healthz", connection="close"))
                assert (await wire.last_answer()).status == 200


async def test_one_who_does_not_read_is_cut_off(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        mine = token(store)
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined] # asyncio's own has it
        ask = request("GET", "/openapi.json", mine)
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionError):
                while True:
                    await wire.send(ask)


async def test_who_asks_too_fast_is_told_when_to_come_again(store: Path) -> None:
    limits = Limits(rate=1.0, burst=3.0)
    async with house(store, limits) as served, served.bare(bearer(token(store))) as http:
        statuses = [(await http.get("/v1/me")).status_code for _ in range(5)]
        last = await http.get("/v1/me")
    assert statuses == [200, 200, 200, 429, 429]
    assert 1 <= int(last.headers["retry-after"]) <= 3
    assert last.json()["code"] == "rate"


async def test_alertmanager_is_never_told_that_it_asks_too_fast(store: Path) -> None:
    limits = Limits(rate=0.001, burst=1.0)
    async with house(store, limits) as served, served.bare(bearer(token(store, "am", "source", "am"))) as http:
        for _ in range(5):
            answer = await http.post("/v1/alerts/alertmanager", json={"version": "4", "alerts": []})
            assert answer.status_code == 200


async def test_one_answer_is_one_write(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        await wire.send(request("GET", "/healthz"))
        async with asyncio.timeout(10):
            first = await wire.reader.read(65_536)
        assert first.endswith(b'\r\n\r\n{"ok":true}')


async def test_a_fault_of_ours_tells_neither_where_nor_whose_token(store: Path) -> None:
    async with house(store) as served:
        mine = token(store)

        def fail(*_: object) -> None:
            raise RuntimeError(f"with {mine}")

        served.desk.tail.check = fail  # type: ignore[assignment,method-assign] # the fault
        async with served.bare(bearer(mine)) as http:
            answer = await http.get("/v1/journal")
        assert (answer.status_code, answer.json()["code"]) == (500, "bug")
        told = " ".join(served.told)
        assert "RuntimeError" in told
        secret = mine.partition(".")[2]
        assert secret not in told + answer.text
        assert served.desk.metrics.bugs == 1


async def test_pipelined_requests_are_answered_in_order(store: Path) -> None:
    async with port(store, HASTY) as server, server.wire() as wire:
        await wire.send(
            request("GET", "/healthz") + request("GET", "/readyz") + request("GET", "/x", connection="close")
        )
        came = await wire.closed()
        assert [part.split()[0] for part in came.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"404"]


async def test_a_client_that_hangs_up_leaves_no_poll_behind(store: Path) -> None:
    async with port(store, Limits()) as server, httpx.AsyncClient() as http:
        mine = token(store)
        url = f"http://127.0.0.1:{server.port}"
        page = (await http.get(f"{url}/v1/journal", headers=bearer(mine))).json()
        async with server.wire() as wire:
            held = f"/v1/journal?epoch={_hex(page['epoch'])}&after=0&hash={_hex(page['hash'])}&wait=25"
            await wire.send(request("GET", held, mine))
            await _figure(http, url, mine, "noc_tui_polls_held 1")
        await _figure(http, url, mine, "noc_tui_polls_held 0")


async def _figure(http: httpx.AsyncClient, url: str, mine: str, line: str) -> None:
    async with asyncio.timeout(20):
        while line not in (await http.get(f"{url}/metrics", headers=bearer(mine))).text.splitlines():
            pass


def _hex(text: str) -> str:
    return b64decode(text).hex()
