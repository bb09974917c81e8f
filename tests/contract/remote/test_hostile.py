"""A server that is none, or means ill: the agent says in words what is wrong, keeps what it has, and goes on later."""

from __future__ import annotations

import gzip
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, Self

import pytest

from noc_tui.incidents.text import clean
from noc_tui.store.live import Live, live_path
from noc_tui.store.opening import wall_clock
from tests.contract.cli.running import refused
from tests.contract.desk import Desk
from tests.contract.remote.running import Account, Server, following
from tests.faults.proxy import Proxy
from tests.faults.running import until

Answer = Callable[[Callable[[bytes], object]], object]
"""Writes what answers a request; the connection is closed after it."""


def head(status: str, *headers: str) -> bytes:
    """The head of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def plain(status: str, body: bytes, *headers: str) -> Answer:
    """An answer with this body and its length."""
    return lambda write: write(head(status, f"Content-Length: {len(body)}", *headers) + body)


def never_ending(write: Callable[[bytes], object]) -> None:
    """An answer that has no end."""
    write(head("200 OK", "Transfer-Encoding: chunked"))
    while True:
        write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


BOMB: Final = gzip.compress(bytes(512 * 1024 * 1024), compresslevel=1)

ANSWERS: Final[dict[str, tuple[Answer, tuple[str, ...]]]] = {
    "an error page": (
        plain(
            "502 Bad Gateway", b"<html><head><title>502 Bad Gateway</title></head></html>", "Content-Type: text/html"
        ),
        ("502", "Bad Gateway"),
    ),
    "a login page": (plain("200 OK", b"<html>Please sign in</html>", "Content-Type: text/html"), ("something else",)),
    "a redirect": (plain("302 Found", b"", "Location: https://evil.example/x"), ("evil.example", "not followed")),
    "a bomb": (plain("200 OK", BOMB, "Content-Encoding: gzip", "Content-Type: application/json"), ("sent more than",)),
    "no end": (never_ending, ("sent more than",)),
    "half an answer": (lambda write: write(head("200 OK", "Content-Length: 500") + b'{"epoch":'), ()),
    "no HTTP": (lambda write: write(b"SSH-2.0-OpenSSH_9.2\r\n"), ()),
    "another service": (plain("200 OK", b'{"status":"success","data":[]}', "Content-Type: application/json"), ()),
    "escape sequences": (
        plain("503 No", b'{"error":"\\u001b[2J\\u202egnp"}', "Content-Type: application/json"),
        ("503",),
    ),
    "nobody's token": (plain("401 Unauthorized", b"{}"), ("does not know our token", "noc-tui login")),
}


class OnLoopback:
    """A server of our own making, that does with a connection as `hear` says; one that breaks off is let go."""

    def __init__(self) -> None:
        outer = self

        class Talk(socketserver.BaseRequestHandler):
            """One connection."""

            def handle(self) -> None:
                with suppress(OSError):
                    outer.hear(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def hear(self, connection: socket.socket) -> None:
        """Deal with one connection."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Hostile(OnLoopback):
    """Gives whoever asks one and the same answer; of a request nothing is read but its head."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer = plain("200 OK", b"")

    def hear(self, connection: socket.socket) -> None:
        """Answer a request."""
        if connection.recv(1 << 16):
            self.answer(connection.sendall)


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A server that means ill."""
    with Hostile() as server:
        yield server


def meet(account: Account, proxy: Proxy, port: int) -> None:
    """Send an account to another server at once, as when a name means another host now."""
    proxy.to(port)
    proxy.cut()
    proxy.heal()
    with closing(Live(live_path(account.remote.replica))) as live:
        live.wish("retry_now", {}, wall_clock())


def test_whatever_answers_is_told_in_words_and_outlived(
    server: Server, hostile: Hostile, ana: Account, desk: Desk
) -> None:
    with Proxy(server.port) as proxy:
        away = Account(ana.home.parent / "away", proxy.url)
        away.log_in(server.token("bo"), "bo")
        with following(away):
            away.wait_for("following")
            log = desk.command("log", desk.new_id(), title="Pressed in a bad hour", at=wall_clock())
            before = away.board()
            for name, (answer, said) in ANSWERS.items():
                hostile.answer = answer
                meet(away, proxy, hostile.port)
                status = away.wait_for("refused" if name == "nobody's token" else "offline", *said)
                assert status.sentence == clean(status.sentence), name
                assert away.board() == before, "what is held is kept"
                if log.id not in away.states():
                    away.press(log)
                assert away.states() == {log.id: "pending"}
            meet(away, proxy, server.port)
            away.wait_until_same(server)
        assert [row["title"] for row in away.board()] == ["Pressed in a bad hour"]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_script_is_told_in_one_sentence(hostile: Hostile, home: Path, name: str) -> None:
    hostile.answer, said = ANSWERS[name]
    there = Account(home, f"http://127.0.0.1:{hostile.port}")
    there.log_in("ana.secret-that-nobody-sees")
    ran = there.run("list")
    refused(ran, 1, *said)
    assert "secret-that-nobody-sees" not in ran.err
    assert ran.err.rstrip("\n") == clean(ran.err.rstrip("\n"))


@pytest.mark.slow
def test_a_drip_is_given_up(server: Server, hostile: Hostile, ana: Account, desk: Desk) -> None:
    ends = threading.Event()

    def drip(write: Callable[[bytes], object]) -> None:
        write(head("200 OK", "Content-Length: 100000"))
        while not ends.wait(0.5):
            write(b" ")

    hostile.answer = drip
    with Proxy(server.port) as proxy:
        away = Account(ana.home.parent / "away", proxy.url)
        away.log_in(server.token("bo"), "bo")
        with following(away):
            away.wait_for("following")
            meet(away, proxy, hostile.port)
            log = desk.command("log", desk.new_id(), title="Pressed on a drip", at=wall_clock())
            away.press(log)
            until(lambda: (status := away.link()) is not None and "within" in status.sentence, "an end of patience")
            assert away.states() == {log.id: "pending"}
            ends.set()
            meet(away, proxy, server.port)
            away.wait_until_same(server)
