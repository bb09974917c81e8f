"""The operator's zone: summer time, and the hour that comes twice."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from noc_tui.cli.local_zone import LocalZone
from noc_tui.incidents.model import HOUR
from noc_tui.incidents.times import TimeError, micros_of, moment, parse_time

PARIS = "Europe/Paris"


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalZone]:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield LocalZone()
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_it_is_the_zone_that_the_system_has(paris: LocalZone) -> None:
    for hour in range(0, 24 * 365, 7):
        at = micros_of(datetime(2026, 1, 1, tzinfo=UTC)) + hour * HOUR
        there, known = moment(at, paris), moment(at, ZoneInfo(PARIS))
        assert there.replace(tzinfo=None) == known.replace(tzinfo=None)
        assert (there.utcoffset(), there.tzname()) == (known.utcoffset(), known.tzname())
        assert micros_of(there) == at


def test_the_hour_that_comes_twice_is_two_hours(paris: LocalZone) -> None:
    first = micros_of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    second = first + HOUR
    assert [moment(at, paris).tzname() for at in (first, second)] == ["CEST", "CET"]
    assert [micros_of(moment(at, paris)) for at in (first, second)] == [first, second]


def test_a_time_that_comes_twice_is_asked_about(paris: LocalZone) -> None:
    now = micros_of(datetime(2026, 10, 26, tzinfo=UTC))
    with pytest.raises(TimeError, match="twice"):
        parse_time("2026-10-25 02:30", now, paris)
    with pytest.raises(TimeError, match="skip"):
        parse_time("2026-03-29 02:30", now, paris)


@pytest.mark.parametrize("edge", [-(1 << 62), 1 << 62])
def test_the_ends_of_time_can_be_shown(paris: LocalZone, edge: int) -> None:
    assert moment(edge, paris).tzinfo is paris
