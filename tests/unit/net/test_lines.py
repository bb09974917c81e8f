"""Lines that a server streams: read as they come, within bounds, and never taken for whole when they are not."""

import gzip
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.net.client import HttpClient
from noc_tui.net.errors import Garbled, NetError, NotAllowed, Redirected, TimedOut, TooLarge
from noc_tui.net.inflate import CannotInflate, Lines, Overflow
from noc_tui.net.login import Login
from tests.unit.net.serving import Answer, answering, dripping, saying, serving

THREE = b'{"a":1}\n{"b":2}\n{"c":3}\n'


async def lines(
    answer: Answer, *, cap: int = 1000, longest: int = 100, stall: float = 10.0, deadline: float = 10.0
) -> list[bytes]:
    """The lines of one answer."""
    async with serving(answer) as served, HttpClient() as client:
        stream = client.lines(served.url, deadline=deadline, stall=stall, cap=cap, longest=longest)
        async with aclosing(stream) as found:
            return [line async for line in found]


async def failure(answer: Answer, **bounds: float) -> NetError:
    """What reading the lines of one answer ends with."""
    with pytest.raises(NetError) as caught:
        await lines(answer, **bounds)  # type: ignore[arg-type]  # whole numbers are floats too
    return caught.value


async def test_lines_come_one_by_one() -> None:
    assert await lines(answering(THREE)) == THREE.split()


async def test_packed_lines_are_unpacked() -> None:
    assert await lines(answering(gzip.compress(THREE), "Content-Encoding: gzip")) == THREE.split()


async def test_a_stream_that_is_cut_off_is_no_whole_one() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert isinstance(await failure(saying(head + b"8\r\n" + THREE[:8] + b"\r\n", then_close=True)), Garbled)
    assert isinstance(await failure(answering(THREE[:-2])), Garbled)
    cut = gzip.compress(THREE)[:-4]
    assert isinstance(await failure(answering(cut, "Content-Encoding: gzip")), Garbled)


async def test_a_stream_is_bounded() -> None:
    assert isinstance(await failure(answering(THREE), cap=10), TooLarge)
    assert isinstance(await failure(answering(THREE), longest=5), TooLarge)
    bomb = gzip.compress(bytes(10_000_000))
    assert isinstance(await failure(answering(bomb, "Content-Encoding: gzip"), cap=1 << 40), TooLarge)


async def test_silence_and_a_drip_have_an_end() -> None:
    silent = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}\n")
    assert "fell silent" in str(await failure(silent, stall=0.5))
    dripped = await failure(dripping(0.01), deadline=0.1, longest=1 << 20)
    assert isinstance(dripped, TimedOut) and "too long" in str(dripped)


async def test_a_refusal_is_told() -> None:
    error = await failure(answering(b'{"error":"No token."}', status="401 Unauthorized"))
    assert isinstance(error, NotAllowed) and "No token." in str(error)


async def test_a_redirect_is_not_followed_and_its_host_is_named() -> None:
    error = await failure(answering(b"", "Location: https://evil.example/x", status="307 Temporary Redirect"))
    assert isinstance(error, Redirected) and "evil.example" in str(error)


async def test_who_reads_no_further_hangs_up() -> None:
    endless = saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n")
    async with serving(endless) as served, HttpClient() as client:
        stream = client.lines(served.url, deadline=10, stall=10, cap=1 << 20, longest=1 << 20)
        async with aclosing(stream) as found:
            assert await anext(found) == b"{}"
        await served.hung_up.wait()


@given(st.lists(st.sampled_from((b"", b"a", b"lorem ipsum")), max_size=20), st.booleans(), st.integers(1, 60))
def test_lines_are_the_same_however_they_are_cut(texts: list[bytes], packed: bool, size: int) -> None:
    body = b"".join(text + b"\n" for text in texts)
    wire = gzip.compress(body) if packed else body
    reader = Lines("gzip" if packed else "", cap=10_000, longest=100)
    found: list[bytes] = []
    for start in range(0, len(wire), size):
        found += reader.feed(wire[start : start + size])
    reader.finish()
    assert found == texts


def test_a_whole_piece_left_in_the_inflater_is_not_forgotten() -> None:
    body = b"x" * 99 + b"\n"
    reader = Lines("gzip", cap=1 << 30, longest=100)
    assert len(list(reader.feed(gzip.compress(body * 20_000)))) == 20_000
    reader.finish()


def test_what_follows_a_packed_body_is_refused() -> None:
    with pytest.raises(CannotInflate):
        list(Lines("gzip", cap=100, longest=100).feed(gzip.compress(b"a\n") + b"more"))
    with pytest.raises(CannotInflate):
        list(Lines("gzip", cap=100, longest=100).feed(b"not packed"))
    with pytest.raises(Overflow):
        list(Lines("", cap=3, longest=100).feed(b"a\nb\n"))


def test_a_secret_may_stand_in_a_json_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("login") / "login.json"
    file.touch(mode=0o600)
    file.write_text('{"url": "https://noc.example", "token": "id.secret"}')
    login = Login(secret_file=file, secret_name="token")
    assert login.header() == "Bearer id.secret"
    assert login.redact("what id.secret says") == "what *** says"
    for text in ('{"url": "x"}', "id.secret", '["token"]'):
        file.write_text(text)
        with pytest.raises(NetError, match="holds no token"):
            login.header()
