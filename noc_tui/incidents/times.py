"""Instants as people write and read them: kept in UTC with microseconds, typed in the operator's zone.

Shown times are UTC with a Z (OPERATOR.md 2.7). A local time that the clocks skip or pass twice is asked about, never
guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final, Literal, NamedTuple

from noc_tui.incidents.durations import DurationError, parse_duration
from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Micros

Direction = Literal["past", "future"]
"""Which of the moments that a text may mean: the latest not after now, or the next one."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICRO
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICRO
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}

_RFC3339: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):?([0-9]{2}))"
)
_TYPED: Final = re.compile(
    r"(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:t|\s+|$)|(?P<word>[a-z]+)(?:\s+|$))?"
    r"(?:(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?P<offset>z|[+-][0-9]{2}:?[0-9]{2})?"
    r"(?:\s+(?P<which>first|second))?)?"
)


class TimeError(ValueError):
    """Text that is no time, or no single one; the message says what to write."""


def moment(micros: Micros, zone: tzinfo = UTC) -> datetime:
    """Return the instant as a datetime in `zone`; beyond the years 1 to 9999 the nearest that can be written."""
    margin = 0 if zone is UTC else DAY  # a zone may not carry it over the edge
    held = min(max(micros, _FIRST + margin), _LAST - margin)
    return (_EPOCH + timedelta(microseconds=held)).astimezone(zone)


def micros_of(at: datetime) -> Micros:
    """Return the microseconds since the epoch of an aware datetime."""
    return (at - _EPOCH) // _MICRO


def iso(micros: Micros) -> str:
    """Return the instant as `2026-11-24T03:12:44.123456Z`."""
    return f"{moment(micros).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def clock(micros: Micros) -> str:
    """Return the time of day in UTC, rounded down: `03:12:44Z`."""
    seconds = micros // SECOND % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


def day_clock(micros: Micros) -> str:
    """Return day and minute in UTC: `Tue 17 Nov 03:12Z`."""
    at = moment(micros)
    return f"{_day(at)} {at:%H:%M}Z"


def echo(micros: Micros, zone: tzinfo) -> str:
    """Return what a typed time was taken for, in the operator's zone and in UTC: `Tue 17 Nov 03:12 CET = 02:12Z`."""
    at = moment(micros, zone)
    if not at.utcoffset():
        return day_clock(micros)
    return f"{_day(at)} {at:%H:%M} {at.tzname()} = {moment(micros):%H:%M}Z"


def _day(at: datetime) -> str:
    # Names of our own: strftime follows the locale.
    return f"{_WEEKDAYS[at.weekday()][:3].capitalize()} {at.day} {_MONTHS[at.month - 1]}"


def parse_rfc3339(text: str) -> Micros:
    """Return the instant of an RFC 3339 time with any offset and any number of decimals (cut to microseconds)."""
    found = _RFC3339.fullmatch(text.strip())
    if found is None:
        raise TimeError(f"not an RFC 3339 time: {text[:64]!r} (such as 2026-11-17T03:12:44Z)")
    year, month, day, hour, minute, second = (int(found[place]) for place in range(1, 7))
    leap = second == 60
    try:
        at = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=UTC)
    except ValueError as error:
        raise TimeError(f"not an RFC 3339 time: {text[:64]!r} ({error})") from None
    micros = micros_of(at) + leap * SECOND + int((found[7] or "0")[:6].ljust(6, "0"))
    if found[9]:
        offset = int(found[10]) * HOUR + int(found[11]) * MINUTE
        micros += offset if found[9] == "-" else -offset
    if not _FIRST <= micros <= _LAST:
        raise TimeError(f"outside the years 1 to 9999: {text[:64]!r}")
    return micros


class Span(NamedTuple):
    """What a typed time stands for: from `start` up to, without, `end`. Both alike for an instant such as `-2h`."""

    start: Micros
    end: Micros


def parse_time(text: str, now: Micros, zone: tzinfo, direction: Direction = "past") -> Micros:
    """Return the instant that a person means by `text`; TimeError says what to write instead.

    Taken are `03:12`, `tue`, `tue 03:12`, `today`, `yesterday`, `tomorrow 08:00`, `2026-11-17`, `2026-11-17T03:12Z`,
    `-2h`, `+2h` and `now`, in `zone` unless a Z or an offset says otherwise. A time of day or a weekday is, by
    `direction`, the latest such moment not after now or the next one. A day alone is its beginning.
    """
    return parse_span(text, now, zone, direction).start


def parse_span(text: str, now: Micros, zone: tzinfo, direction: Direction = "past") -> Span:
    """Return the stretch that a person means: a whole day, a minute, a second, or an instant; see `parse_time`."""
    typed = text.strip().lower()
    if typed == "now":
        return Span(now, now)
    if typed[:1] in ("-", "+"):
        away = _away(typed[1:])
        at = now - away if typed[0] == "-" else now + away
        return Span(at, at)
    if _RFC3339.fullmatch(typed):
        start = parse_rfc3339(typed)
        return Span(start, start + SECOND)
    found = _TYPED.fullmatch(typed)
    if found is None or not typed:
        raise _not_a_time(text)
    try:
        return _span(found, now, zone, direction)
    except TimeError:
        raise
    except (ValueError, OverflowError):
        raise _not_a_time(text) from None


def _away(text: str) -> Micros:
    try:
        return parse_duration(text)
    except DurationError as error:
        raise TimeError(str(error)) from None


def _not_a_time(text: str) -> TimeError:
    return TimeError(f"not a time: {text[:64]!r} (try 03:12, tue 03:12, yesterday, 2026-11-17T03:12Z, -2h)")


def _span(found: re.Match[str], now: Micros, zone: tzinfo, direction: Direction) -> Span:
    """The stretch of a text that has the form; ValueError or OverflowError if a part of it is out of range."""
    if found["offset"]:
        zone = _fixed(found["offset"])
    day, every = _day_named(found["date"], found["word"], moment(now, zone).date(), direction)
    if not found["clock"]:
        start = _beginning(day, zone)
        if every and direction == "future" and start <= now:
            day += timedelta(days=every)
            start = _beginning(day, zone)
        return Span(start, _beginning(day + timedelta(days=1), zone))
    hour, minute, *more = map(int, found["clock"].split(":"))
    at = time(hour, minute, more[0] if more else 0)
    while True:
        passes = _passes(day, at, zone, found["which"])
        fitting = [one for one in passes if not every or (one <= now) == (direction == "past")]
        if fitting:
            start = _the_one(fitting, day, at, zone)
            return Span(start, start + (SECOND if more else MINUTE))
        day += timedelta(days=every if direction == "future" else -every)


def _fixed(offset: str) -> tzinfo:
    if offset == "z":
        return UTC
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-away if offset[0] == "-" else away)


def _day_named(written: str | None, word: str | None, today: date, direction: Direction) -> tuple[date, int]:
    """The day to begin with, and after how many days another one fits as well (0: this day alone)."""
    if written:
        return date.fromisoformat(written), 0
    if not word:
        return today, 1
    if word in _NEAR:
        return today + timedelta(days=_NEAR[word]), 0
    weekday = next((place for place, name in enumerate(_WEEKDAYS) if word in (name[:3], name)), None)
    if weekday is None:
        raise ValueError(word)
    away = (weekday - today.weekday()) % 7
    return today + timedelta(days=away - 7 if away and direction == "past" else away), 7


def _beginning(day: date, zone: tzinfo) -> Micros:
    """The first instant of a day, also where the clocks skip or repeat midnight."""
    return micros_of(datetime.combine(day, time(), zone))


def _passes(day: date, at: time, zone: tzinfo, which: str | None) -> list[Micros]:
    """The instants at which the clocks show this time: one, or two; or one that they skip (see `_the_one`)."""
    local = datetime.combine(day, at, zone)
    earlier, later = micros_of(local), micros_of(local.replace(fold=1))
    if earlier >= later:  # once, or never: the clocks skip it, and the fold runs the other way
        return [earlier]
    return {"first": [earlier], "second": [later]}.get(which or "", [earlier, later])


def _the_one(fitting: list[Micros], day: date, at: time, zone: tzinfo) -> Micros:
    """The only instant that fits; TimeError asks if there are two, or if the clocks never show this time."""
    shown = f"{at:%H:%M}" if not at.second else f"{at:%H:%M:%S}"
    start = fitting[0]
    there = moment(start, zone)
    if len(fitting) > 1:
        raise TimeError(
            f"the clocks pass {shown} twice on {_day(there)}; write {day} {shown} first"
            f" ({clock(start)}) or {day} {shown} second ({clock(fitting[1])})"
        )
    if there.time() != at:
        raise TimeError(
            f"there is no {shown} on {_day(there)}, the clocks skip it; write {there:%H:%M}, or the time in UTC"
            f" ({clock(start)})"
        )
    return start
