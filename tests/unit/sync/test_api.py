"""Each route as it is asked, and what is made of its answers."""

from contextlib import aclosing

import msgspec
import pytest

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Incident
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
from noc_tui.net.errors import Garbled, NotAllowed, RefusedStatus, Unreachable
from noc_tui.sync.api import AlertAnswer, Me, in_words
from tests.unit.sync.answering import URL, Answering, always

CURSOR = Cursor(b"\x01" * 16, 41, b"\xab" * 32)
PAGE = Page(epoch=CURSOR.epoch, after=41, hash=CURSOR.hash, head=41, time=7)
START = SnapshotStart(cursor=CURSOR, store_id=b"s", received_at=1, next_number=2, time=3, incidents=1)
ROWS = SnapshotRows(incidents=(Incident(id=b"i", number=1),))
END = SnapshotEnd(1, 0)


async def test_who_follows_the_journal_alone_is_not_woken_by_what_is_beside_it() -> None:
    server = always(PAGE)
    await server.api.page(CURSOR, limit=10, wait=20, deadline=30)
    assert "beside" not in server.asked[0].url.params


async def test_a_poll_says_where_we_are_and_who_is_here() -> None:
    server = always(PAGE)
    here = (Presence(actor="ana", origin="host:pts/1", incident=42, doing="note, and more"),)
    assert await server.api.page(CURSOR, limit=10, wait=20, deadline=30, beside=3, here=here) == PAGE
    (request,) = server.asked
    assert (request.method, request.url.path) == ("GET", "/v1/journal")
    assert dict(request.url.params) == {
        "limit": "10",
        "wait": "20",
        "beside": "3",
        "epoch": CURSOR.epoch.hex(),
        "after": "41",
        "hash": CURSOR.hash.hex(),
        "here": "host:pts/1,42,note, and more",
    }


async def test_a_poll_says_up_to_where_rows_may_be_newer() -> None:
    server = always(PAGE)
    ahead = Cursor(CURSOR.epoch, 57, b"\xcd" * 32)
    await server.api.page(CURSOR, limit=10, wait=0, deadline=30, ahead=ahead)
    params = server.asked[0].url.params
    assert (params["ahead"], params["ahead_hash"]) == ("57", ahead.hash.hex())


async def test_a_poll_may_be_answered_by_a_fork_or_by_what_is_archived() -> None:
    fork, gone = Fork(b"\x02" * 16, 7), Gone(100)
    assert await always(fork, 409).api.page(CURSOR, limit=1, wait=0, deadline=9) == fork
    assert await always(gone, 410).api.page(CURSOR, limit=1, wait=0, deadline=9) == gone
    probe = always(PAGE)
    assert await probe.api.page(None, limit=1, wait=0, deadline=9) == PAGE
    assert "epoch" not in probe.asked[0].url.params


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"epoch":1}', b'{"head":"\xff"}', b"[" * 100_000])
async def test_what_is_no_page_is_garbled(body: bytes) -> None:
    with pytest.raises(Garbled, match="something else than was asked for"):
        await always(body).api.page(CURSOR, limit=1, wait=0, deadline=9)


def lines(*values: object) -> bytes:
    """Values as NDJSON."""
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


async def snapshot(body: bytes) -> list[object]:
    """The lines of a snapshot."""
    async with aclosing(always(body).api.snapshot()) as found:
        return [line async for line in found]


async def test_a_snapshot_ends_with_its_end() -> None:
    assert await snapshot(lines(START, ROWS, END)) == [START, ROWS, END]
    assert await snapshot(lines(START, END, ROWS)) == [START, END]


@pytest.mark.parametrize("body", [b"", lines(START, ROWS), lines(START) + b"<html>\n", b'{"line":"other"}\n'])
async def test_a_snapshot_without_its_end_is_garbled(body: bytes) -> None:
    with pytest.raises(Garbled):
        await snapshot(body)


async def test_priors_histories_and_pushes() -> None:
    asked = PriorAsked(seq=4, incidents=(b"i",))
    server = always(Prior(seq=4))
    assert await server.api.prior(asked) == Prior(seq=4)
    assert (server.asked[0].method, server.asked[0].url.path) == ("POST", "/v1/prior")
    assert msgspec.json.decode(server.asked[0].content, type=PriorAsked) == asked

    history = History(Incident(id=b"i", number=42), ())
    server = always(history)
    assert await server.api.history(42) == history
    assert server.asked[0].url.path == "/v1/history/42"
    assert await always({"error": "none"}, 404).api.history(42) is None

    push = Push(sent_at=5, commands=(Command(id=b"c", verb="ack"),), cursor=CURSOR)
    pushed = Pushed((Outcome(command=b"c", ok=True, seqs=(42,)),), 42, 6)
    server = always(pushed)
    assert await server.api.push(push) == pushed
    assert msgspec.json.decode(server.asked[0].content, type=Push) == push
    assert await always(Fork(b"e", 7), 409).api.push(push) == Fork(b"e", 7)


async def test_what_scripts_ask() -> None:
    me = Me(name="ana", role="operator", version="9.9", time=5)
    assert await always(me).api.me() == me
    server = always([{"number": "INC-000001"}])
    assert await server.api.incidents("p:1 köln", limit=5, sort="-age", closed="true") == [{"number": "INC-000001"}]
    wanted = {"q": "p:1 köln", "sort": "-age", "closed": "true", "limit": "5", "offset": "0"}
    assert dict(server.asked[0].url.params) == wanted
    await server.api.incidents(offset=-120)
    assert dict(server.asked[1].url.params) == {"offset": "-120"}
    assert await server.api.board("2026-11-24T12:00:00Z", "p:1") == [{"number": "INC-000001"}]
    assert await always({"matrix": []}).api.policy() == {"matrix": []}
    answer = AlertAnswer(outcome="opened", alert="k", incident="INC-000001")
    server = always({"answers": [answer]})
    assert await server.api.alerts(b'{"key":"k"}', 9) == (answer,)
    assert server.asked[0].headers["content-type"] == "application/x-ndjson"


async def refused(server: Answering) -> RefusedStatus:
    """How a question was refused."""
    with pytest.raises(RefusedStatus) as caught:
        await server.api.me()
    return caught.value


async def test_a_refusal_says_what_to_do_where_the_token_is_the_reason() -> None:
    unknown = await refused(always({"error": "Who are you?"}, 401))
    assert "revoked" in in_words(unknown, URL) and f"noc-tui login {URL} --as NAME" in in_words(unknown, URL)
    weak = await refused(always({"error": "A viewer may not."}, 403))
    assert isinstance(weak, NotAllowed) and "A viewer may not." in in_words(weak, URL)
    assert in_words(Unreachable("Gone."), URL) == "Gone."
