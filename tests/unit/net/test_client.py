"""The HTTP client against a real server on loopback: what a hostile or broken server cannot do to us."""

import asyncio
import gzip
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import trustme

from noc_tui.net.client import HttpAnswer, HttpClient
from noc_tui.net.errors import (
    BadAnswer,
    BadCaFile,
    BadLogin,
    BadTls,
    BadUrl,
    Garbled,
    NetError,
    NotAllowed,
    Redirected,
    RefusedStatus,
    TimedOut,
    TooLarge,
    Unreachable,
)
from noc_tui.net.login import Login
from tests.unit.net.serving import Answer, answering, dripping, saying, serving

CANARY = "canary-6b1f"


async def get(answer: Answer, *, cap: int = 1000, deadline: float = 10.0, login: Login | None = None) -> HttpAnswer:
    """Fetch once what a server answers."""
    async with serving(answer) as served, HttpClient(login=login) as client:
        return await client.get_json_bytes(f"{served.url}/x?token={CANARY}", deadline=deadline, cap=cap)


async def failure(answer: Answer, *, cap: int = 1000, deadline: float = 10.0, login: Login | None = None) -> NetError:
    """Fetch once, and return the error, which must be a sentence without the secret."""
    with pytest.raises(NetError) as caught:
        await get(answer, cap=cap, deadline=deadline, login=login)
    told = str(caught.value)
    assert told.endswith(".") and told.isprintable()
    assert CANARY not in told + repr(caught.value) + caught.value.url
    return caught.value


async def test_brings_status_headers_and_body() -> None:
    answer = await get(answering(b"[1]", "X-Thing: yes"))

    assert (answer.status, answer.headers["x-thing"], answer.body) == (200, "yes", b"[1]")


async def test_says_who_asks_and_what_it_takes() -> None:
    async with serving(answering(b"")) as served, HttpClient() as client:
        await client.get_json_bytes(served.url, deadline=10, cap=10, headers={"x-more": "1"})

        assert served.header("user-agent").startswith("noc-tui/")
        assert served.header("accept") == "application/json"
        assert served.header("accept-encoding") == "gzip"
        assert served.header("x-more") == "1"
        assert served.header("authorization") == ""


async def test_keeps_its_connection() -> None:
    async with serving(answering(b"[]")) as served, HttpClient() as client:
        for _ in range(3):
            await client.get_json_bytes(served.url, deadline=10, cap=10)

        assert served.connections == 1


async def test_can_be_used_again_after_closing() -> None:
    async with serving(answering(b"[]")) as served, HttpClient() as client:
        await client.get_json_bytes(served.url, deadline=10, cap=10)
        await client.aclose()
        await client.aclose()
        await client.get_json_bytes(served.url, deadline=10, cap=10)

        assert served.connections == 2


async def test_a_drip_ends_at_the_deadline_and_the_connection_is_dropped() -> None:
    async with serving(dripping(every=0.01)) as served, HttpClient() as client:
        with pytest.raises(TimedOut, match=r"within 0\.2 s"):
            await client.get_json_bytes(served.url, deadline=0.2, cap=1000)
        await asyncio.wait_for(served.hung_up.wait(), 10)


async def test_silence_ends_at_the_deadline() -> None:
    assert isinstance(await failure(saying(b""), deadline=0.2), TimedOut)


async def test_a_body_of_exactly_the_cap_is_taken_and_one_more_byte_is_not() -> None:
    assert len((await get(answering(b"x" * 1000))).body) == 1000
    assert isinstance(await failure(answering(b"x" * 1001)), TooLarge)


async def test_gzip_is_unpacked() -> None:
    assert (await get(answering(gzip.compress(b"[1]", mtime=0), "Content-Encoding: gzip"))).body == b"[1]"


async def test_a_gzip_bomb_is_stopped_at_the_cap() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)

    assert isinstance(await failure(answering(bomb, "Content-Encoding: gzip"), cap=100_000), TooLarge)


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(b"[1]" * 99, mtime=0)[:-9], "gzip", "cut off"),
        (gzip.compress(b"[1]", mtime=0) + b"more", "gzip", "followed by bytes"),
        (b"no gzip at all", "gzip", "damaged"),
        (b"[1]", "br", "packed in a way"),
        (b"[1]", "gzip, gzip", "packed in a way"),
    ],
)
async def test_a_body_that_cannot_be_unpacked_is_an_error(body: bytes, encoding: str, reason: str) -> None:
    error = await failure(answering(body, f"Content-Encoding: {encoding}"))

    assert isinstance(error, Garbled) and reason in str(error)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1",
        b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n",
    ],
)
async def test_an_answer_cut_off_or_not_http_is_garbled(wire: bytes) -> None:
    assert isinstance(await failure(saying(wire, then_close=True)), Garbled)


@pytest.mark.parametrize("wire", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
async def test_who_hangs_up_without_an_answer_cannot_be_reached(wire: bytes) -> None:
    error = await failure(saying(wire, then_close=True))
    assert isinstance(error, Unreachable) and "hung up" in str(error)


async def test_a_question_with_a_content_is_a_post_and_some_refusals_are_answers() -> None:
    async with serving(answering(b"{}", status="409 Conflict")) as served, HttpClient() as client:
        answer = await client.ask(served.url, deadline=10, cap=10, content=b"[]", but=(409,))
        assert (answer.status, answer.body) == (409, b"{}")
        assert served.heads[0].startswith("POST / ")
        assert served.header("content-type") == "application/json"
        with pytest.raises(RefusedStatus, match="answered 409"):
            await client.ask(served.url, deadline=10, cap=10)
        assert "GET / " in served.heads[1]


async def test_signs_of_life_are_heard_before_the_answer_is_whole() -> None:
    heard: list[bool] = []
    async with serving(answering(b"  {}")) as served, HttpClient() as client:
        answer = await client.ask(served.url, deadline=10, cap=10, heard=lambda: heard.append(True))
    assert heard and answer.body == b"  {}"


async def test_nobody_listening_is_unreachable() -> None:
    async with serving(answering(b"")) as served:
        url = served.url
    async with HttpClient() as client:
        with pytest.raises(Unreachable, match=r"cannot be reached \(.+\); see whether it is running"):
            await client.get_json_bytes(url, deadline=10, cap=10)


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        (["Location: https://elsewhere.example:8443/login?next=" + CANARY], "elsewhere.example:8443"),
        (["Location: http://user:" + CANARY + "@elsewhere.example/"], "elsewhere.example"),
        (["Location: /login"], "another page of the same host"),
        (["Location: http://[broken"], "another page of the same host"),
        ([], "another page of the same host"),
    ],
)
async def test_a_redirect_is_not_followed_and_its_host_is_named(headers: list[str], target: str) -> None:
    error = await failure(answering(b"", *headers, status="302 Found"))

    assert isinstance(error, Redirected) and f"sends us to {target}, and" in str(error)


async def test_an_error_page_in_html_is_told_in_a_line() -> None:
    page = b"<html><head><style>p{}</style></head><body><h1>Bad  gateway</h1>\n<p>later\x1b[2J</p></body></html>"
    error = await failure(answering(page, "Content-Type: text/html", status="502 Bad Gateway"))

    assert isinstance(error, RefusedStatus) and error.status == 502
    assert "answered 502 (Bad gateway later [2J); the server has trouble of its own." in str(error)


async def test_a_refusal_names_what_the_server_said_and_when_to_come_back() -> None:
    body = b'{"code": 429, "message": "slow down"}'
    error = await failure(answering(body, "Retry-After: 7", status="429 Too Many Requests"))

    assert isinstance(error, RefusedStatus) and (error.status, error.retry_after) == (429, 7.0)
    assert "(slow down); wait a moment before it is asked again." in str(error)


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "407 Proxy Authentication Required"])
async def test_wrong_credentials_are_an_error_of_their_own(status: str) -> None:
    error = await failure(answering(b"", status=status))

    assert isinstance(error, NotAllowed) and error.retry_after is None and "check the credentials" in str(error)


async def test_the_endless_body_of_a_refusal_is_not_read() -> None:
    head = b"HTTP/1.1 500 Oops\r\nContent-Length: 900000000\r\n\r\n"
    error = await failure(saying(head + b"why " * 100_000), cap=1_000_000)

    assert isinstance(error, RefusedStatus) and len(str(error)) < 400


async def test_send_returns_a_refusal_as_it_is() -> None:
    async with serving(answering(b"gone", status="410 Gone")) as served, HttpClient() as client:
        answer = await client.send("POST", served.url, deadline=10, cap=10, content=b"{}")

    assert (answer.status, answer.body) == (410, b"gone")


@pytest.mark.parametrize(
    ("login", "header"),
    [
        (Login(user="ana", secret=CANARY), "Basic YW5hOmNhbmFyeS02YjFm"),
        (Login(secret=CANARY), "Bearer " + CANARY),
    ],
)
async def test_credentials_are_sent_and_never_told(login: Login, header: str) -> None:
    echo = f"you sent {header}".encode()
    async with serving(answering(echo, status="500 Echo")) as served, HttpClient(login=login) as client:
        with pytest.raises(RefusedStatus) as caught:
            await client.get_json_bytes(served.url, deadline=10, cap=1000)

        assert served.header("authorization") == header
        assert header.split()[1] not in str(caught.value) and CANARY not in str(caught.value) + repr(login)


async def test_a_changed_token_needs_no_restart(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(mode=0o600)
    async with serving(answering(b"[]")) as served, HttpClient(login=Login(secret_file=file)) as client:
        for token in ("first", "second"):
            file.write_text(token + "\n")
            await client.get_json_bytes(served.url, deadline=10, cap=10)
            assert served.header("authorization") == f"Bearer {token}"


async def test_credentials_do_not_travel_in_the_clear() -> None:
    async with HttpClient(login=Login(secret=CANARY)) as client:
        with pytest.raises(BadLogin, match="use https") as caught:
            await client.get_json_bytes("http://am.example/x", deadline=10, cap=10)

    assert CANARY not in str(caught.value)


async def test_an_address_that_httpx_cannot_use_is_a_sentence() -> None:
    async with HttpClient() as client:
        with pytest.raises(BadUrl):
            await client.get_json_bytes("http://a" + "b" * 70_000, deadline=10, cap=10)


async def test_the_environment_is_not_asked_for_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert (await get(answering(b"[]"))).body == b"[]"


async def test_a_proxy_is_used_when_it_is_named() -> None:
    async with serving(answering(b"[7]")) as proxy, HttpClient(proxy=proxy.url) as client:
        answer = await client.get_json_bytes("http://am.example/x", deadline=10, cap=10)

        assert answer.body == b"[7]" and proxy.heads[-1].startswith("GET http://am.example/x ")


async def test_a_proxy_that_refuses_is_named() -> None:
    async with serving(answering(b"", status="403 No")) as proxy, HttpClient(proxy=proxy.url) as client:
        with pytest.raises(Unreachable, match="The proxy did not let us through"):
            await client.get_json_bytes("https://am.example/x", deadline=10, cap=10)


async def test_a_transport_can_take_the_place_of_the_network() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"/a")))
    async with HttpClient(transport=transport) as client:
        assert (await client.get_json_bytes("http://nowhere/a", deadline=10, cap=10)).body == b"/a"


async def test_cancelling_is_not_swallowed() -> None:
    async with serving(saying(b"")) as served, HttpClient() as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get_json_bytes(served.url, deadline=60, cap=10), 0.1)
        await asyncio.wait_for(served.hung_up.wait(), 10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory, require_server: Callable[..., Path]) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    place = tmp_path_factory.mktemp("tls")
    files = place / "cert.pem", place / "key.pem"
    subprocess.run(
        [require_server("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
         "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


async def test_an_unknown_authority_is_refused(tls: ssl.SSLContext) -> None:
    async with serving(answering(b"[]"), tls=tls) as served, HttpClient() as client:
        with pytest.raises(BadTls, match=r"is not trusted .*ca_file"):
            await client.get_json_bytes(served.url, deadline=10, cap=10)

    assert served.heads == []


async def test_ca_file_makes_it_trusted(tls: ssl.SSLContext, certificate: tuple[Path, Path]) -> None:
    async with serving(answering(b"[]"), tls=tls) as served, HttpClient(ca_file=certificate[0]) as client:
        assert (await client.get_json_bytes(served.url, deadline=10, cap=10)).body == b"[]"


async def test_the_name_is_checked_too(tls: ssl.SSLContext, certificate: tuple[Path, Path]) -> None:
    async with serving(answering(b"[]"), tls=tls) as served, HttpClient(ca_file=certificate[0]) as client:
        with pytest.raises(BadTls, match=r"for 'localhost'\); use a name that it is for"):
            await client.get_json_bytes(served.url.replace("127.0.0.1", "localhost"), deadline=10, cap=10)


async def test_a_certificate_that_has_ended_is_to_be_renewed() -> None:
    authority = trustme.CA()
    ended = authority.issue_cert(
        "127.0.0.1", not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2020, 2, 1, tzinfo=UTC)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ended.configure_cert(context)
    with authority.cert_pem.tempfile() as ca_file:
        async with serving(answering(b"[]"), tls=context) as served, HttpClient(ca_file=Path(ca_file)) as client:
            with pytest.raises(BadTls, match=r"certificate has expired\); have it renewed"):
                await client.get_json_bytes(served.url, deadline=10, cap=10)


async def test_the_environment_adds_no_authority(
    tls: ssl.SSLContext, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    async with serving(answering(b"[]"), tls=tls) as served, HttpClient() as client:
        with pytest.raises(BadTls):
            await client.get_json_bytes(served.url, deadline=10, cap=10)


async def test_a_handshake_that_hangs_ends_and_leaves_no_socket() -> None:
    async with serving(answering(b"")) as served, HttpClient() as client:
        with pytest.raises(TimedOut, match=r"no connection come about within 0\.45 s"):
            await client.get_json_bytes(served.url.replace("http:", "https:"), deadline=1.0, cap=10)
        await asyncio.wait_for(served.hung_up.wait(), 10)


async def test_https_to_a_server_without_it_is_told() -> None:
    async with serving(answering(b""), ends_head=b"\x01") as served, HttpClient() as client:
        with pytest.raises(BadTls, match="really speaks https"):
            await client.get_json_bytes(served.url.replace("http:", "https:"), deadline=10, cap=10)


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_bad_ca_file_is_a_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    async with HttpClient(ca_file=file) as client:
        with pytest.raises(BadCaFile, match=r"ca\.pem"):
            await client.get_json_bytes("https://127.0.0.1:1/", deadline=10, cap=10)


def test_every_error_of_an_answer_is_one_kind() -> None:
    assert {TooLarge, Redirected, Garbled, RefusedStatus} == set(BadAnswer.__subclasses__())
