"""Alertmanager's answers, and what becomes of them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import Alert, Report
from noc_tui.net.client import HttpClient
from noc_tui.net.errors import NetError, RefusedStatus, TooLarge, Unreachable
from noc_tui.sources import alertmanager
from noc_tui.sources.alertmanager import Alertmanager, just_started, parse, validate_url
from noc_tui.sources.differ import known_from
from noc_tui.sources.errors import BadSource, SourceError, Unreadable
from noc_tui.sources.source import Source
from tests.unit.net.serving import Answer, answering, saying, serving
from tests.unit.sources.bodies import alert, body


def one(**parts: Any) -> Report:
    """The report of one good alert."""
    parsed = parse(body(alert(**parts)), "am")
    assert parsed.odd == []
    return parsed.reports[0]


class TestParse:
    """Pure."""

    def test_an_alert_in_full(self) -> None:
        assert one() == Report(
            source="am",
            key="a6da382b853dc135",
            severity="critical",
            resource="core-sw1",
            summary="LinkDown on core-sw1:9100",
            service="node",
            site="par3",
            labels=(
                ("alertname", "LinkDown"),
                ("instance", "core-sw1:9100"),
                ("job", "node"),
                ("severity", "critical"),
                ("site", "par3"),
            ),
            url="http://prometheus:9090/graph?g0.expr=up",
            starts_at=1_795_485_254_613_000,
            at=1_795_485_284_618_000,
        )

    def test_nothing_firing(self) -> None:
        assert parse(b" [] ", "am").reports == []

    def test_labels_alone_are_enough(self) -> None:
        parsed = parse(b'[{"labels":{"alertname":"A","zone":"x"}}]', "am")

        assert parsed.reports == [
            Report(source="am", key="3e32e42b4ff4f01e", summary="A", labels=(("alertname", "A"), ("zone", "x")))
        ]

    def test_null_is_absent(self) -> None:
        nulls = dict.fromkeys(("annotations", "fingerprint", "startsAt", "updatedAt", "generatorURL", "status"))
        bare = parse(json.dumps([{"labels": {"a": "b"}, **nulls}]).encode(), "am").reports[0]
        status = parse(body(alert(status={"state": "active", "silencedBy": None, "inhibitedBy": None})), "am")

        assert (bare.summary, bare.starts_at, bare.url) == ("", None, "")
        assert status.reports[0].suppressed_by == ""

    @pytest.mark.parametrize(
        ("labels", "resource"),
        [
            ({"resource": "olt1:3", "instance": "x"}, "olt1:3"),
            ({"instance": "web:9100", "node": "n"}, "web"),
            ({"instance": " ", "node": "n:1", "host": "h"}, "n"),
            ({"host": "h:22", "device": "d"}, "h"),
            ({"device": "sda:1"}, "sda:1"),
            ({"alertname": "A"}, ""),
        ],
    )
    def test_the_resource_comes_from_the_first_label_that_names_one(
        self, labels: dict[str, str], resource: str
    ) -> None:
        assert one(labels=labels).resource == resource

    @pytest.mark.parametrize(
        ("labels", "service", "site"),
        [
            ({"service": "shop", "job": "node", "datacenter": "d", "region": "r"}, "shop", "d"),
            ({"job": "node", "dc": "d", "region": "r"}, "node", "d"),
            ({"region": "r"}, "", "r"),
        ],
    )
    def test_service_and_site(self, labels: dict[str, str], service: str, site: str) -> None:
        report = one(labels=labels)

        assert (report.service, report.site) == (service, site)

    @pytest.mark.parametrize(
        ("annotations", "summary"),
        [
            ({"message": "m", "description": "d", "summary": "s"}, "s"),
            ({"message": "m", "description": "d", "summary": ""}, "d"),
            ({"message": "m"}, "m"),
            ({}, "LinkDown"),
        ],
    )
    def test_the_summary(self, annotations: dict[str, str], summary: str) -> None:
        assert one(annotations=annotations).summary == summary

    @pytest.mark.parametrize(
        ("status", "suppressed_by"),
        [
            ({"state": "suppressed", "silencedBy": ["b", "a"], "inhibitedBy": ["f"]}, "silence a"),
            ({"state": "suppressed", "silencedBy": [], "inhibitedBy": ["f2", "f1"]}, "inhibited by f1"),
            ({"state": "suppressed", "mutedBy": ["weekend"]}, "muted by weekend"),
            ({"state": "suppressed"}, "source"),
            ({"state": "unprocessed"}, ""),
            ({}, ""),
        ],
    )
    def test_what_hides_it(self, status: dict[str, Any], suppressed_by: str) -> None:
        report = one(status=status)

        assert (report.suppressed_by, report.firing) == (suppressed_by, True)

    def test_an_unreadable_time_hides_no_alert(self) -> None:
        assert one(startsAt="soon").starts_at is None

    @pytest.mark.parametrize(
        ("odd", "why", "key"),
        [
            (alert(labels={}), "no labels", "a6da382b853dc135"),
            (alert(labels={}, fingerprint=None), "no labels", ""),
            (alert(labels=None), "missing required field `labels`", "a6da382b853dc135"),
            (alert(labels={"a": 1}), "Expected `str`, got `int`", "a6da382b853dc135"),
            (alert(labels={"a": "\ud800"}, startsAt=7), "Expected `str | null`, got `int`", "a6da382b853dc135"),
            (alert(fingerprint=7), "Expected `str | null`", ""),
            (17, "Expected `object`", ""),
        ],
    )
    def test_one_odd_alert_is_set_aside_and_the_rest_goes_on(self, odd: object, why: str, key: str) -> None:
        parsed = parse(json.dumps([odd, alert(fingerprint="good")]).encode(), "am")

        assert [report.key for report in parsed.reports] == ["good"]
        assert [(why in item.reason, item.key) for item in parsed.odd] == [(True, key)]

    @pytest.mark.parametrize(
        "summary", [b"caf\xe9", rb"caf\ud800", b"caf\xe9 " + b"\\ud83d"], ids=["latin-1", "half a pair", "both"]
    )
    def test_text_broken_in_its_encoding_is_taken_and_marked(self, summary: bytes) -> None:
        broken = b'{"labels":{"a":"b"},"annotations":{"summary":"' + summary + b'"}}'
        parsed = parse(b"[" + broken + b"," + body(alert())[1:], "am")

        assert parsed.odd == []
        assert [report.damaged for report in parsed.reports] == [True, False]
        assert parsed.reports[0].summary.startswith("caf�")

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (b'{"code":500,"message":"no"}', "not a list of alerts (no)"),
            (b'{"status":"success","data":[]}', "not a list of alerts (success)"),
            (b'"silence not found"', "(silence not found)"),
            (b"<html><body>Sign in</body></html>", "(Sign in)"),
            (b"", "not a list of alerts; see"),
            (b"null", "not a list of alerts; see"),
            (body(alert(), alert())[:-5], "cut off or damaged"),
            (b"[1,]", "cut off or damaged"),
            (b"[]]", "cut off or damaged"),
            (b"[" * 100_000, "cut off or damaged"),
        ],
    )
    def test_nothing_is_concluded_from_what_is_no_list(self, answer: bytes, sentence: str) -> None:
        with pytest.raises(Unreadable) as caught:
            parse(answer, "am")

        assert sentence in str(caught.value)

    @given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda data: b"[" + data + b"]"))
    def test_no_body_does_worse_than_a_sentence(self, answer: bytes) -> None:
        try:
            parse(answer, "am")
        except Unreadable as error:
            assert str(error).isprintable()

    def test_a_hundred_thousand_alerts(self) -> None:
        parsed = parse(body(*(alert(fingerprint=f"{n:016x}") for n in range(100_000))), "am")

        assert len({report.ref for report in parsed.reports}) == 100_000


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://127.0.0.1:9093", "http://127.0.0.1:9093"),
        ("https://noc.example/alertmanager/", "https://noc.example/alertmanager"),
        ("http://am:9093/#/alerts", "http://am:9093"),
        ("http://am:9093/am/api/v2/alerts", "http://am:9093/am"),
        ("http://am:9093/api/v2", "http://am:9093"),
        ("http://am:9093/api/v20", "http://am:9093/api/v20"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(typed: str, url: str) -> None:
    assert validate_url(typed) == url


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "127.0.0.1:9093",
            "put http:// or https:// in front of it. An Alertmanager is given like http://127.0.0.1:9093",
        ),
        ("http://ana:secret@am", "give it without"),
    ],
)
def test_a_bad_address_is_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadSource) as caught:
        validate_url(typed)

    assert sentence in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("started", "date", "just"),
    [
        ("2026-11-24T02:00:00.5Z", "Tue, 24 Nov 2026 02:04:59 GMT", True),
        ("2026-11-24T02:00:00.5Z", "Tue, 24 Nov 2026 02:05:01 GMT", False),
        ("2026-11-24T02:00:00Z", "", False),
        ("", "Tue, 24 Nov 2026 02:00:00 GMT", False),
    ],
)
def test_a_server_that_has_just_started_is_told_by_its_own_clock(started: str, date: str, just: bool) -> None:
    assert just_started(started, date, 300.0) is just


Pages = dict[str, httpx.Response]
STATUS = "/am/api/v2/status"
ALERTS = "/am/api/v2/alerts"
NOON = {"date": "Tue, 24 Nov 2026 12:00:00 GMT"}


def page(content: bytes, status: int = 200) -> httpx.Response:
    """An answer given at noon."""
    return httpx.Response(status, headers=NOON, stream=httpx.ByteStream(content))


def up_since(started: str) -> httpx.Response:
    """The status of a server that started then."""
    return page(json.dumps({"uptime": started, "versionInfo": {"version": "0.25.0"}}).encode())


class TestPolling:
    """What one poll after the other brings."""

    @pytest.fixture
    def pages(self) -> Pages:
        """What is to be had at which path."""
        return {STATUS: up_since("2026-11-01T00:00:00Z"), ALERTS: page(body(alert()))}

    @pytest.fixture
    async def source(self, pages: Pages) -> Alertmanager:
        """A source on those pages, which knows nothing yet."""
        return self.made(pages)

    @staticmethod
    def made(pages: Pages, **options: Any) -> Alertmanager:
        """A source whose network is a dictionary."""
        transport = httpx.MockTransport(lambda request: pages[request.url.path])
        return Alertmanager("am", "http://noc.example/am/", HttpClient(transport=transport), **options)

    async def test_it_is_a_source(self, source: Alertmanager) -> None:
        as_source: Source = source

        assert (as_source.name, as_source.url) == ("am", "http://noc.example/am")

    async def test_what_is_not_kept_comes_again(self, source: Alertmanager, pages: Pages) -> None:
        first = await source.poll()
        pages[ALERTS] = page(body(alert()))
        again = await source.poll()
        source.keep(again)
        pages[ALERTS] = page(body(alert()))
        third = await source.poll()

        assert ([r.key for r in first.reports], first.alerts) == (["a6da382b853dc135"], 1)
        assert again.reports == first.reports
        assert (third.reports, third.alerts) == ([], 1)

    async def test_an_odd_alert_is_counted_and_told_once(self, source: Alertmanager, pages: Pages) -> None:
        pages[ALERTS] = page(body(alert(), 17))
        first = await source.poll()
        source.keep(first)
        pages[ALERTS] = page(body(alert(), 17))

        assert (len(first.odd), first.alerts, (await source.poll()).odd) == (1, 2, [])

    async def test_what_vanished_while_nobody_looked_is_cleared(self, pages: Pages) -> None:
        stored = Alert(ref="am:old", source="am", key="old", firing=True, summary="was down")
        source = self.made(pages, known=known_from([stored], "am"))

        reports = (await source.poll()).reports

        assert [(r.key, r.firing, r.summary) for r in reports[1:]] == [("old", False, "was down")]

    async def test_a_server_that_has_just_started_clears_nothing(self, source: Alertmanager, pages: Pages) -> None:
        source.keep(await source.poll())
        pages |= {ALERTS: page(b"[]"), STATUS: up_since("2026-11-24T11:58:00Z")}
        empty = await source.poll()
        source.keep(empty)
        pages |= {ALERTS: page(b"[]"), STATUS: up_since("2026-11-24T11:55:00Z")}

        assert empty.reports == []
        assert [r.firing for r in (await source.poll()).reports] == [False]

    @pytest.mark.parametrize(
        ("broken", "error"),
        [
            ({ALERTS: page(b"<html>Sign in</html>")}, SourceError),
            ({ALERTS: page(b'[{"labels":')}, SourceError),
            ({ALERTS: page(b'"no"', 500)}, NetError),
            ({ALERTS: page(b"[]"), STATUS: page(b"[]")}, SourceError),
            ({ALERTS: page(b"[]"), STATUS: page(b"", 503)}, NetError),
        ],
    )
    async def test_a_poll_that_fails_clears_nothing(
        self, source: Alertmanager, pages: Pages, broken: Pages, error: type[Exception]
    ) -> None:
        source.keep(await source.poll())
        pages |= broken
        with pytest.raises(error):
            await source.poll()
        pages |= {ALERTS: page(body(alert())), STATUS: up_since("2026-11-01T00:00:00Z")}

        assert (await source.poll()).reports == []

    async def test_the_test_tells_version_count_sample_and_round_trip(self, pages: Pages) -> None:
        pages[ALERTS] = page(body(*(alert(fingerprint=str(n)) for n in range(9)), 17))
        ticks = iter((1.0, 1.25))
        tested = await self.made(pages, clock=lambda: next(ticks)).test()

        assert (tested.name, tested.url, tested.version) == ("am", "http://noc.example/am", "0.25.0")
        assert (tested.alerts, len(tested.odd), tested.round_trip) == (10, 1, 250_000)
        assert [report.key for report in tested.sample] == ["0", "1", "2", "3", "4"]

    async def test_a_server_without_a_version_is_tested_too(self, pages: Pages) -> None:
        pages[STATUS] = page(b"{}")

        assert (await self.made(pages).test()).version == ""


async def over_http(answer: Answer, act: Callable[[Alertmanager], Awaitable[object]]) -> None:
    """Let a source on a real connection act."""
    async with serving(answer) as served, HttpClient() as client:
        await act(Alertmanager("am", served.url, client))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (answering(b"<h1>oops</h1>", status="500 Oops"), RefusedStatus),
        (answering(b"[1, 2"), Unreadable),
        (answering(b"", "Location: https://sso.example/", status="302 Found"), NetError),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[", then_close=True), NetError),
    ],
)
async def test_over_a_real_connection_every_fault_is_an_error(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        await over_http(answer, Alertmanager.poll)


async def test_a_huge_answer_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alertmanager, "CAP", 100_000)
    with pytest.raises(TooLarge):
        await over_http(answering(body(*(alert() for _ in range(500)))), Alertmanager.poll)


async def test_nobody_listening_is_an_error() -> None:
    async with HttpClient() as client:
        with pytest.raises(Unreachable):
            await Alertmanager("am", "http://127.0.0.1:1", client).poll()
