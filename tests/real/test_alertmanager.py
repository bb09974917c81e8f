"""A real Alertmanager: what happens in it, and what of that comes out here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from noc_tui.incidents.model import Report
from noc_tui.net.client import HttpClient
from noc_tui.net.errors import RefusedStatus, Unreachable
from noc_tui.sources.alertmanager import Alertmanager
from tests.real.conftest import AlertmanagerProcess

pytestmark = pytest.mark.real

ENDED = {"endsAt": "2020-01-01T00:00:01Z", "startsAt": "2020-01-01T00:00:00Z"}


def link_down(severity: str = "critical", **parts: Any) -> dict[str, Any]:
    """An alert as Prometheus sends it."""
    return {
        "labels": {"alertname": "LinkDown", "instance": "core-sw1:9100", "severity": severity, "site": "par3"},
        "annotations": {"summary": "link down"},
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
    } | parts


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    """A client for one test."""
    async with HttpClient() as client:
        yield client


@pytest.fixture
def source(real_alertmanager: AlertmanagerProcess, client: HttpClient) -> Alertmanager:
    """A source that does not wait for a server that has just started."""
    return Alertmanager("am", real_alertmanager.url, client, settling=0)


async def news(source: Alertmanager, enough: Callable[[list[Report]], bool] = bool) -> list[Report]:
    """Poll, without keeping, until there is enough news; then keep it."""
    async with asyncio.timeout(20):
        while True:
            polled = await source.poll()
            if enough(polled.reports):
                source.keep(polled)
                return polled.reports


async def test_from_raise_to_clear(real_alertmanager: AlertmanagerProcess, source: Alertmanager) -> None:
    real_alertmanager.fire(link_down())
    (raised,) = await news(source)
    assert (raised.firing, raised.severity, raised.resource, raised.site) == (True, "critical", "core-sw1", "par3")
    assert (raised.summary, raised.url) == ("link down", "http://prometheus:9090/graph?g0.expr=up")
    assert raised.starts_at and raised.starts_at == raised.at

    assert (await source.poll()).reports == []

    silence = real_alertmanager.silence(alertname="LinkDown")
    (silenced,) = await news(source)
    assert (silenced.key, silenced.firing, silenced.suppressed_by) == (raised.key, True, f"silence {silence}")

    real_alertmanager.unsilence(silence)
    (unsilenced,) = await news(source)
    assert (unsilenced.key, unsilenced.suppressed_by) == (raised.key, "")

    real_alertmanager.fire(link_down(**ENDED))
    (cleared,) = await news(source)
    assert (cleared.key, cleared.firing, cleared.summary) == (raised.key, False, "link down")


async def test_ending_while_silenced_is_noticed(real_alertmanager: AlertmanagerProcess, source: Alertmanager) -> None:
    real_alertmanager.silence(alertname="LinkDown")
    real_alertmanager.fire(link_down())
    (raised,) = await news(source)
    real_alertmanager.fire(link_down(**ENDED))
    (cleared,) = await news(source)

    assert raised.suppressed_by.startswith("silence ")
    assert (cleared.key, cleared.firing, cleared.suppressed_by) == (raised.key, False, "")


async def test_another_severity_is_another_alert(real_alertmanager: AlertmanagerProcess, source: Alertmanager) -> None:
    """The severity is a label, and labels are the identity: Prometheus ends the one and raises the other."""
    real_alertmanager.fire(link_down("warning"))
    (before,) = await news(source)
    real_alertmanager.fire(link_down("warning", **ENDED), link_down("error"))
    after = await news(source, lambda reports: len(reports) == 2)

    assert [(report.severity, report.firing) for report in after] == [("major", True), ("warning", False)]
    assert after[0].key != after[1].key == before.key


async def test_another_summary_is_the_same_alert(real_alertmanager: AlertmanagerProcess, source: Alertmanager) -> None:
    real_alertmanager.fire(link_down())
    (before,) = await news(source)
    real_alertmanager.fire(link_down(annotations={"summary": "both links down"}))
    (after,) = await news(source)

    assert (after.key, after.firing, after.summary) == (before.key, True, "both links down")


async def test_an_inhibited_alert_names_what_inhibits_it(
    real_alertmanager: AlertmanagerProcess, source: Alertmanager
) -> None:
    real_alertmanager.fire(link_down(), link_down("warning"))
    reports = await news(source, lambda reports: any(report.suppressed_by for report in reports))
    cause, effect = sorted(reports, key=lambda report: report.suppressed_by)

    assert (cause.severity, cause.suppressed_by) == ("critical", "")
    assert (effect.severity, effect.suppressed_by) == ("warning", f"inhibited by {cause.key}")


async def test_a_crash_clears_nothing_and_an_empty_restart_does_not_either(
    real_alertmanager: AlertmanagerProcess, client: HttpClient
) -> None:
    source = Alertmanager("am", real_alertmanager.url, client)
    real_alertmanager.fire(link_down())
    await news(source)

    real_alertmanager.kill()
    with pytest.raises(Unreachable):
        await source.poll()

    real_alertmanager.start()
    empty = await source.poll()
    assert (empty.alerts, empty.reports) == (0, [])
    source.keep(empty)

    real_alertmanager.fire(link_down(startsAt="2020-01-01T00:00:00Z"))
    (again,) = await news(source)
    assert again.firing and again.starts_at == 1_577_836_800_000_000


async def test_after_the_settling_time_what_is_still_missing_is_cleared(
    real_alertmanager: AlertmanagerProcess, source: Alertmanager
) -> None:
    real_alertmanager.fire(link_down())
    (raised,) = await news(source)
    real_alertmanager.kill()
    real_alertmanager.start()
    (cleared,) = await news(source)

    assert (cleared.key, cleared.firing) == (raised.key, False)


async def test_testing_it(real_alertmanager: AlertmanagerProcess, source: Alertmanager) -> None:
    real_alertmanager.fire(link_down(), link_down("warning"))
    tested = await source.test()

    assert tested.version.count(".") == 2
    assert (tested.alerts, len(tested.sample), tested.odd) == (2, 2, [])
    assert tested.round_trip > 0


async def test_a_wrong_prefix_is_told(real_alertmanager: AlertmanagerProcess, client: HttpClient) -> None:
    with pytest.raises(RefusedStatus, match="answered 404"):
        await Alertmanager("am", f"http://{real_alertmanager.address}/wrong", client).test()
