"""How a source is doing, told by its loop, on a clock that is told."""

from __future__ import annotations

import pytest

from noc_tui.agent.status import RATE_OVER, IntakeRate, SourceWatch
from noc_tui.incidents.model import SECOND


class Clock:
    """Seconds that pass when told, as both clocks."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def wall(self) -> int:
        return int(self.seconds * SECOND)

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> SourceWatch:
    return SourceWatch("am", 2.0, clock.wall, clock.monotonic)


def test_a_source_that_answers_is_ok(watch: SourceWatch, clock: Clock) -> None:
    clock.seconds += 1
    watch.succeeded(12)
    status = watch.status()
    assert (status.name, status.state, status.alerts, status.last_error) == ("am", "ok", 12, "")
    assert status.last_ok_at == 101 * SECOND


def test_it_is_late_after_three_intervals_without_a_success(watch: SourceWatch, clock: Clock) -> None:
    watch.succeeded(1)
    clock.seconds += 6
    assert watch.status().state == "ok"
    clock.seconds += 1
    assert (watch.status().state, watch.status().last_error) == ("late", "nothing was heard for 7 s.")


def test_one_that_never_answered_is_late_too(watch: SourceWatch, clock: Clock) -> None:
    clock.seconds += 7
    assert (watch.status().state, watch.status().last_ok_at) == ("late", None)


def test_one_that_takes_long_by_nature_is_given_the_time(watch: SourceWatch, clock: Clock) -> None:
    watch.succeeded(100_000, took=3.0)
    clock.seconds += 15
    assert watch.status().state == "ok"
    clock.seconds += 1
    assert watch.status().state == "late"


def test_a_long_intake_is_no_silence(watch: SourceWatch, clock: Clock) -> None:
    watch.succeeded(1)
    clock.seconds += 5
    watch.moved()
    clock.seconds += 5
    assert watch.status().state == "ok"


def test_a_failure_is_told_once_and_so_is_the_recovery(watch: SourceWatch, capsys: pytest.CaptureFixture[str]) -> None:
    watch.succeeded(3)
    for _ in range(3):
        watch.failed("the door is \x1b[31mshut.")
    status = watch.status()
    assert (status.state, status.alerts) == ("failing", 3)
    assert "\x1b" not in status.last_error
    watch.succeeded(3)
    assert (watch.status().state, watch.status().last_error) == ("ok", "")
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("noc-tui agent: am: the door is ") and "\x1b" not in first
    assert second == "noc-tui agent: am is well again."


def test_the_rate_is_of_the_last_seconds(clock: Clock) -> None:
    rate = IntakeRate(clock.monotonic)
    assert rate.rate() == 0
    rate.count(50)
    clock.seconds += RATE_OVER / 2
    rate.count(50)
    assert rate.rate() == 100 / RATE_OVER
    clock.seconds += RATE_OVER / 2 + 1
    assert rate.rate() == 50 / RATE_OVER
