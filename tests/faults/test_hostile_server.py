"""A server that means ill, between an account and its store: each trick is told in a sentence, and costs no memory.

The agent, a script and `doctor` meet the same ones. None may end with a traceback, hold more than a bound, or tell a
stranger the token.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import trustme

from noc_tui.incidents.text import clean
from noc_tui.store.opening import wall_clock
from tests.contract.cli.running import refused
from tests.contract.desk import Desk
from tests.contract.remote.running import Account, Server, following, serving
from tests.contract.remote.test_hostile import Answer, Hostile, OnLoopback, head, meet, plain
from tests.faults.proxy import Proxy

MIB: Final = 1024 * 1024
ROOM: Final = 320 * MIB
"""Bytes that an agent may ever have held: what it is made of, an answer as large as the cap, and a copy of that."""
JSON: Final = "Content-Type: application/json"


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> Answer:
    """An answer in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return lambda write: write(head("200 OK", JSON, "Transfer-Encoding: chunked") + body + end)


def lying(length: int, body: bytes) -> Answer:
    """An answer that says another length than it has."""
    return lambda write: write(head("200 OK", JSON, f"Content-Length: {length}") + body)


def endless_headers(write: Callable[[bytes], object]) -> None:
    """A head that never ends."""
    write(b"HTTP/1.1 200 OK\r\n")
    while True:
        write(b"X-More: " + b"a" * 4_000 + b"\r\n")


def endless_line(write: Callable[[bytes], object]) -> None:
    """A header that never ends."""
    write(b"HTTP/1.1 200 OK\r\nX-More: ")
    while True:
        write(b"a" * 0x10000)


def huge(write: Callable[[bytes], object]) -> None:
    """JSON that is right, and far too much."""
    item = b'"' + b"x" * 0xFFFD + b'",'
    write(head("200 OK", JSON, f"Content-Length: {len(item) * 4_096 + 13}") + b'{"events":[')
    for _ in range(4_096):
        write(item)


ELSE: Final = ("something else",)
TRICKS: Final[dict[str, tuple[Answer, tuple[str, ...]]]] = {
    "a head that never ends": (endless_headers, ("does not speak HTTP",)),
    "a header that never ends": (endless_line, ("does not speak HTTP",)),
    "huge JSON": (huge, ("sent more than",)),
    "a chunk cut off": (chunked(b'{"epoch":', end=b"ff\r\nabc"), ("broke off",)),
    "chunks that are none": (chunked(b"{}", end=b"zz\r\n\r\n"), ("broke off",)),
    "less than it says": (lying(5_000, b'{"epoch":""}'), ("broke off",)),
    "more than it says": (lying(3, b'{"epoch":""}'), ELSE),
    "lengths that differ": (
        lambda write: write(head("200 OK", "Content-Length: 2", "Content-Length: 3") + b"{} "),
        ("does not speak HTTP",),
    ),
    "no type": (plain("200 OK", b"\x00\x01\x02\xff"), ELSE),
    "a picture": (plain("200 OK", b"\x89PNG\r\n\x1a\n", "Content-Type: image/png"), ELSE),
    "nested deep": (plain("200 OK", b"[" * 200_000 + b"]" * 200_000, JSON), ELSE),
    "nested deep in a body": (plain("200 OK", b'{"events":[{"body":' + b'{"a":' * 100_000 + b"1", JSON), ELSE),
    "numbers without end": (plain("200 OK", b'{"head":' + b"9" * 100_000 + b"}", JSON), ELSE),
    "no Unicode": (plain("200 OK", b'{"epoch":"\xff\xfe\xed\xa0\x80"}', JSON), ELSE),
    "nothing": (plain("204 No Content", b""), ELSE),
    "not modified": (plain("304 Not Modified", b""), ("not followed",)),
    "a status of its own": (plain("799 Whatever", b"<script>", "Content-Type: text/html"), ("799",)),
    "an error page in gzip that is none": (
        plain("500 Oops", b"<html>", "Content-Encoding: gzip"),
        ("damaged on the way",),
    ),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server over an empty store."""
    (tmp_path / "srv").mkdir()
    with serving(tmp_path / "srv" / "noc.db") as found:
        yield found


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A server that means ill."""
    with Hostile() as found:
        yield found


def most_held(pid: int) -> int:
    """The most bytes that a process ever had in memory."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_an_agent_outlives_every_trick_and_says_what_is_wrong(
    server: Server, hostile: Hostile, home: Path, desk: Desk
) -> None:
    with Proxy(server.port) as proxy:
        away = Account(home / "away", proxy.url)
        away.log_in(server.token("bo"), "bo")
        with following(away):
            away.wait_for("following")
            log = desk.command("log", desk.new_id(), title="Pressed in a bad hour", at=wall_clock())
            for name, (answer, said) in TRICKS.items():
                hostile.answer = answer
                meet(away, proxy, hostile.port)
                status = away.wait_for("offline", *said)
                assert status.sentence == clean(status.sentence), name
                away.press(log)
                assert away.states() == {log.id: "pending"}, name
            pid = away.pid
            assert pid is not None
            assert most_held(pid) < ROOM
            meet(away, proxy, server.port)
            away.wait_until_same(server)
            assert away.pid == pid, "the same agent all the time"
        assert "Traceback" not in (away.home / "agent-said").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a head that never ends", "huge JSON", "more than it says", "nested deep", "nothing"])
def test_a_script_is_told_in_one_sentence(hostile: Hostile, home: Path, name: str) -> None:
    hostile.answer, said = TRICKS[name]
    there = Account(home, f"http://127.0.0.1:{hostile.port}")
    there.log_in("ana.secret-that-nobody-sees")
    ran = there.run("list")
    refused(ran, 1, *said)
    assert "secret-that-nobody-sees" not in ran.err


def test_doctor_says_it_too_and_goes_on(hostile: Hostile, home: Path) -> None:
    there = Account(home, f"http://127.0.0.1:{hostile.port}")
    there.log_in("ana.secret-that-nobody-sees")
    hostile.answer, (said,) = TRICKS["nested deep"]
    ran = there.run("doctor")
    assert ran.status == 1
    assert "does not answer" in ran.out
    assert said in ran.err
    assert "Traceback" not in ran.err


class Bystander(Hostile):
    """Another host, which a redirect names: it counts who comes."""

    def __init__(self) -> None:
        super().__init__()
        self.came = 0
        self.answer = self._count

    def _count(self, write: Callable[[bytes], object]) -> None:
        self.came += 1
        write(head("200 OK", "Content-Length: 0"))


def test_nobody_is_followed_elsewhere(hostile: Hostile, home: Path) -> None:
    other = Bystander()
    with other:
        hostile.answer = plain("307 Temporary Redirect", b"", f"Location: http://127.0.0.1:{other.port}/v1/me")
        there = Account(home, f"http://127.0.0.1:{hostile.port}")
        there.log_in("ana.secret-that-nobody-sees")
        refused(there.run("list"), 1, "not followed")
        assert there.run("doctor").status == 1
        refused(there.run("alert", "send", "--resource", "r", "--key", "k", "--severity", "minor"), 1, "not followed")
        with following(there):
            there.wait_for("offline", "not followed")
        assert other.came == 0


class Certificates:
    """An authority that a person trusts, and what it and another one have signed."""

    def __init__(self, place: Path) -> None:
        self._trusted, self._other = trustme.CA(), trustme.CA()
        self._place = place
        self.ca_file = place / "ca.pem"
        self._trusted.cert_pem.write_to_path(str(self.ca_file))

    def bad(self, which: str) -> ssl.SSLContext:
        """What a server speaks with that must not be believed."""
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        leaf = {
            "another's": lambda: self._other.issue_cert("127.0.0.1"),
            "another name": lambda: self._trusted.issue_cert("noc.example"),
            "expired": lambda: self._trusted.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago),
        }[which]()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        return context

    def good(self) -> tuple[str, ...]:
        """The words with which `serve` speaks TLS."""
        leaf = self._trusted.issue_cert("127.0.0.1")
        cert, key = self._place / "cert.pem", self._place / "key.pem"
        leaf.cert_chain_pems[0].write_to_path(str(cert))
        leaf.private_key_pem.write_to_path(str(key))
        return "--tls-cert", str(cert), "--tls-key", str(key)


class Stranger(OnLoopback):
    """Has a certificate that must not be believed; `heard` is what anybody says to it over TLS."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self.heard = b""
        self._context = context

    def hear(self, connection: socket.socket) -> None:
        """Keep what is said, if the connection comes about."""
        with self._context.wrap_socket(connection, server_side=True) as secured:
            self.heard += secured.recv(1 << 16)


WRONG: Final = {
    "another's": ("not trusted", "unable to get local issuer", "ca_file"),
    "another name": ("not trusted", "mismatch"),
    "expired": ("not trusted", "expired"),
}


def test_a_certificate_that_is_wrong_is_said_and_gets_no_token(home: Path, desk: Desk) -> None:
    certificates = Certificates(home)
    (home / "srv").mkdir()
    with serving(home / "srv" / "noc.db", *certificates.good(), scheme="https") as server, Proxy(server.port) as proxy:
        away = Account(home / "away", proxy.url.replace("http:", "https:"))
        away.log_in(server.token("bo"), "bo")
        config = f'[[remote]]\nurl = "{away.remote.url}"\nca_file = "{certificates.ca_file}"\n'
        (away.home / "config.toml").write_text(config, encoding="utf-8")
        with following(away):
            away.wait_for("following")
            log = desk.command("log", desk.new_id(), title="Pressed before a stranger", at=wall_clock())
            for which, said in WRONG.items():
                with Stranger(certificates.bad(which)) as stranger:
                    meet(away, proxy, stranger.port)
                    away.wait_for("offline", *said)
                    away.press(log)
                    ran = away.run("doctor")
                    assert ran.status == 1
                    for one in said:
                        assert one in ran.err, ran
                    assert away.states() == {log.id: "pending"}, which
                    assert not stranger.heard, "nothing is said to a stranger"
            meet(away, proxy, server.port)
            away.wait_until_same(server)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["head", "body", "interim"])
def test_a_drip_is_given_up_by_a_script_too(hostile: Hostile, home: Path, where: str) -> None:
    ends = threading.Event()

    def drip(write: Callable[[bytes], object]) -> None:
        text = {"head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 999, "body": b"x" * 999}.get(where, b"")
        if where == "body":
            write(head("200 OK", "Content-Length: 100000"))
        while not ends.wait(0.5):
            write(head("103 Early Hints") if where == "interim" else text[:1])
            text = text[1:]

    hostile.answer = drip
    there = Account(home, f"http://127.0.0.1:{hostile.port}")
    there.log_in("ana.secret-that-nobody-sees")
    refused(there.run("list"), 1, "within")
    ends.set()
