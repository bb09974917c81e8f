"""Times are shown in UTC, and a typed time means one instant or asks."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import DAY, MINUTE, SECOND
from noc_tui.incidents.times import (
    Direction,
    TimeError,
    clock,
    day_clock,
    echo,
    iso,
    micros_of,
    moment,
    parse_rfc3339,
    parse_span,
    parse_time,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = parse_rfc3339("2026-11-24T03:12:44.123456Z")
"""A Tuesday; 04:12:44 in Paris."""
YEARS = st.integers(parse_rfc3339("0001-01-01T00:00:00Z"), parse_rfc3339("9999-12-31T23:59:59.999999Z"))


def at(text: str) -> int:
    """The instant of a full minute in UTC."""
    return parse_rfc3339(f"{text}:00Z")


def test_an_instant_is_shown() -> None:
    assert iso(NOW) == "2026-11-24T03:12:44.123456Z"
    assert clock(NOW) == "03:12:44Z"
    assert day_clock(NOW) == "Tue 24 Nov 03:12Z"
    assert echo(NOW, PARIS) == "Tue 24 Nov 04:12 CET = 03:12Z"
    assert echo(NOW, UTC) == "Tue 24 Nov 03:12Z"


@given(YEARS)
def test_an_instant_is_read_as_it_was_shown(micros: int) -> None:
    assert parse_rfc3339(iso(micros)) == micros
    assert clock(micros)[:-1] == iso(micros)[11:19]
    assert micros_of(moment(micros)) == micros


@given(st.integers(-(10**18), 10**18))
def test_an_instant_beyond_the_calendar_is_shown_as_the_nearest(micros: int) -> None:
    assert iso(micros).endswith("Z")
    assert moment(micros, PARIS).tzinfo is PARIS


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-11-24T03:12:44Z", "2026-11-24T03:12:44.000000Z"),
        ("2026-11-24t03:12:44z", "2026-11-24T03:12:44.000000Z"),
        ("2026-11-24 03:12:44.5+01:00", "2026-11-24T02:12:44.500000Z"),
        ("2026-11-24T03:12:44.123456789-05:30", "2026-11-24T08:42:44.123456Z"),
        ("2026-11-24T03:12:44,1+0130", "2026-11-24T01:42:44.100000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_rfc_3339_is_read(text: str, same: str) -> None:
    assert iso(parse_rfc3339(text)) == same


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("yesterday", "such as 2026-11-17T03:12:44Z"),
        ("2026-11-24T03:12:44", "not an RFC 3339 time"),
        ("2026-02-30T03:12:44Z", "day"),
        ("0001-01-01T00:00:00+01:00", "outside the years 1 to 9999"),
        ("9" * 5000, "not an RFC 3339 time"),
    ],
)
def test_what_is_not_rfc_3339_is_refused_in_a_sentence(text: str, part: str) -> None:
    with pytest.raises(TimeError) as caught:
        parse_rfc3339(text)
    assert part in str(caught.value)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("now", "2026-11-24T03:12", "2026-11-24T03:12"),
        ("03:12", "2026-11-24T02:12", "2026-11-25T02:12"),
        ("23:00", "2026-11-23T22:00", "2026-11-24T22:00"),
        ("03:12Z", "2026-11-24T03:12", "2026-11-25T03:12"),
        ("tue", "2026-11-23T23:00", "2026-11-30T23:00"),
        ("Tuesday 03:12", "2026-11-24T02:12", "2026-12-01T02:12"),
        ("tue 23:00", "2026-11-17T22:00", "2026-11-24T22:00"),
        ("mon", "2026-11-22T23:00", "2026-11-29T23:00"),
        ("sun 9:05", "2026-11-22T08:05", "2026-11-29T08:05"),
        ("today", "2026-11-23T23:00", "2026-11-23T23:00"),
        ("yesterday", "2026-11-22T23:00", "2026-11-22T23:00"),
        ("tomorrow 08:00", "2026-11-25T07:00", "2026-11-25T07:00"),
        ("2026-11-17", "2026-11-16T23:00", "2026-11-16T23:00"),
        ("2026-11-17T03:12Z", "2026-11-17T03:12", "2026-11-17T03:12"),
        ("2026-11-17 03:12", "2026-11-17T02:12", "2026-11-17T02:12"),
        ("2026-11-17T03:12+05:30", "2026-11-16T21:42", "2026-11-16T21:42"),
        ("2026-11-17T03:12-0530", "2026-11-17T08:42", "2026-11-17T08:42"),
        ("2026-11-17T03:12:00.5Z", "2026-11-17T03:12", "2026-11-17T03:12"),
        ("-2h", "2026-11-24T01:12", "2026-11-24T01:12"),
        ("+2h", "2026-11-24T05:12", "2026-11-24T05:12"),
        ("03:12:40", "2026-11-24T02:12", "2026-11-25T02:12"),
    ],
)
def test_a_typed_time_is_read(text: str, past: str, future: str) -> None:
    assert iso(parse_time(text, NOW, PARIS))[:16] == past
    assert iso(parse_time(text, NOW, PARIS, "future"))[:16] == future


@pytest.mark.parametrize(
    ("text", "length"),
    [("yesterday", DAY), ("tue", DAY), ("03:12", MINUTE), ("03:12:44", SECOND), ("-2h", 0), ("now", 0)],
)
def test_a_typed_time_stands_for_a_stretch(text: str, length: int) -> None:
    start, end = parse_span(text, NOW, PARIS)
    assert end - start == length


def test_the_day_on_which_the_clocks_change_is_longer() -> None:
    start, end = parse_span("2026-10-25", NOW, PARIS)
    assert end - start == DAY + 60 * MINUTE


def test_a_day_without_a_midnight_begins_all_the_same() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    start, _ = parse_span("2026-03-29", NOW, beirut)
    assert moment(start, beirut) == datetime(2026, 3, 29, 1, 0, tzinfo=beirut)


def test_a_time_that_the_clocks_pass_twice_is_asked_about() -> None:
    with pytest.raises(TimeError) as caught:
        parse_time("2026-10-25 02:30", NOW, PARIS)
    assert str(caught.value) == (
        "the clocks pass 02:30 twice on Sun 25 Oct; write 2026-10-25 02:30 first (00:30:00Z)"
        " or 2026-10-25 02:30 second (01:30:00Z)"
    )
    assert parse_time("2026-10-25 02:30 first", NOW, PARIS) == at("2026-10-25T00:30")
    assert parse_time("2026-10-25 02:30 second", NOW, PARIS) == at("2026-10-25T01:30")
    assert parse_time("2026-11-17 02:30 second", NOW, PARIS) == at("2026-11-17T01:30")


def test_of_two_passes_only_the_one_before_now_is_meant() -> None:
    between = at("2026-10-25T00:45")
    assert parse_time("02:30", between, PARIS) == at("2026-10-25T00:30")
    assert parse_time("02:30", between, PARIS, "future") == at("2026-10-25T01:30")


def test_a_time_that_the_clocks_skip_is_asked_about() -> None:
    with pytest.raises(TimeError) as caught:
        parse_time("02:30:10", at("2026-03-29T09:00"), PARIS)
    assert str(caught.value) == (
        "there is no 02:30:10 on Sun 29 Mar, the clocks skip it; write 03:30, or the time in UTC (01:30:10Z)"
    )
    assert parse_time("02:30", at("2026-03-29T00:30"), PARIS) == at("2026-03-28T01:30")


@pytest.mark.parametrize(
    "text", ["soon", "", "25:00", "12:60", "2026-13-01", "9999-12-31", "tue first", "03:12+99:00", "0001-01-01 x"]
)
def test_what_is_no_time_is_answered_with_examples(text: str) -> None:
    with pytest.raises(TimeError) as caught:
        parse_time(text, NOW, PARIS)
    assert str(caught.value) == (f"not a time: {text!r} (try 03:12, tue 03:12, yesterday, 2026-11-17T03:12Z, -2h)")


def test_a_sign_promises_a_duration() -> None:
    with pytest.raises(TimeError, match="not a duration: 'soon'"):
        parse_time("-soon", NOW, PARIS)


@given(
    st.integers(at("1990-01-01T00:00"), at("2035-01-01T00:00")),
    st.times(),
    st.sampled_from(["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.sampled_from(["", "mon ", "sat "]),
)
def test_the_nearest_moment_is_meant(now: int, wanted: object, name: str, day: str) -> None:
    zone = ZoneInfo(name)
    text = f"{day}{wanted}"[: len(day) + 5]
    for direction in ("past", "future"):
        try:
            found = parse_time(text, now, zone, direction)
        except TimeError as error:
            assert "the clocks" in str(error)
            continue
        assert (found <= now) == (direction == "past")
        assert abs(found - now) <= (3 if not day else 15) * DAY
        assert f"{moment(found, zone):%H:%M}" == text[-5:]


@given(st.text(), st.sampled_from(["past", "future"]))
def test_any_text_is_a_time_or_an_error(text: str, direction: Direction) -> None:
    with suppress(TimeError):
        parse_time(text, NOW, timezone(timedelta(hours=5, minutes=45)), direction)
